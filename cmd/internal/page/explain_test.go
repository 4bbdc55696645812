package page

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"glassbox/cmd/internal/chain"
	"glassbox/cmd/internal/lang"
)

// A cell is a button where its number has an explanation, and a page without any has
// neither their script nor their style.
func TestExplained(t *testing.T) {
	row := Row("", "7", "8")
	row[1].Explain, row[2].Explain = "a/seven", "a/eight"
	p := Page{Title: lang.Same("x"), Sections: []Section{{Blocks: []Block{Table{Head: lang.Sames("", "", ""), Rows: [][]Cell{row}}}}}}
	render := func() string {
		html, err := p.Render()
		if err != nil {
			t.Fatal(err)
		}
		return string(html)
	}
	if html := render(); strings.Contains(html, "data-explain") || strings.Contains(html, "explanation") {
		t.Error("a page without explanations has what belongs to them")
	}
	c := &chain.Chain{Name: "seven"}
	for i := range 100 {
		c.Do(lang.Text{EN: "term", ZH: "项"}, "", float64(-i), c.Result-float64(i), fmt.Sprintf("x[%d]", i))
	}
	p.Explained = map[string]Explained{"a/seven": {Chain: c}}
	if html := render(); !strings.Contains(html, `data-explain="a/seven">7</button>`) || strings.Contains(html, "a/eight") {
		t.Error("not the number with an explanation, or not it alone, is a button")
	}
	text, err := json.Marshal(p.Explained["a/seven"])
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Left   int
		Before float64
		Terms  []struct{ Value, Running float64 }
		Large  []struct{ Value, Share float64 }
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Left != 84 || got.Before != -91*92/2 || len(got.Terms) != 16 || got.Terms[8].Value != -92 || len(got.Large) != 5 || got.Large[0].Value != -99 || got.Large[0].Share != 99./4950 {
		t.Errorf("%+v", got)
	}
}
