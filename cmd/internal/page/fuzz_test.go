package page

import (
	"strings"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
)

// FuzzRender puts any text in every place of a page: the file stays well
// formed, holds no element that the text wrote and shows all of it.
func FuzzRender(f *testing.F) {
	for _, text := range []string{"<script>alert(1)</script>", "`a` b` \"'&<", "\u202e\x00\x1b[8m\xff\u2028", "--><!--]]>", "{{.}} ${a} %s", "\r\n\t"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		both := lang.Text{EN: text, ZH: "文" + text}
		p := &Page{Title: both, Subtitle: both, Files: []File{{text, both}}, Run: Run{Command: text, Seed: text, Fingerprint: text}, Sections: []Section{{Heading: both, Blocks: []Block{
			Text(both), List{both}, Note{true, both, both}, Facts{{both, text, both}}, Claim{text, both, both, Partly}, Code{both, both}, Details{both, []Block{Text(both)}},
			Settings{both, cli.Settings{{Name: text, Text: text, Value: text, Given: true}}},
			Table{Caption: both, Head: []lang.Text{both}, Rows: [][]Cell{{{Text: both}}}, Note: both, Keys: []string{text}, RowHeads: true},
		}}}}
		html, err := p.Render()
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, string(html))
		plain, err := (&Page{Title: lang.Same("a"), Sections: p.Sections[:0]}).Render()
		if err != nil {
			t.Fatal(err)
		}
		if got, want := strings.Count(string(html), "<script"), strings.Count(string(plain), "<script"); got != want {
			t.Errorf("%d scripts, not %d", got, want)
		}
		if strings.ContainsFunc(string(html), cli.Hidden) {
			t.Errorf("%q is not seen", text)
		}
	})
}
