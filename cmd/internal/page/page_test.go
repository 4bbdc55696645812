package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// drawing is a small figure with a style of its own, as plotsvg makes them.
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 420" width="640" height="420" role="img" class="demo">
<title>Loss</title>
<desc>The loss falls from 0.69 to 0.12.</desc>
<style>.demo{font:14px system-ui,sans-serif}.demo .a{stroke:#0072b2;fill:none;stroke-width:2}.demo text{fill:#1b1e23}.demo .f{fill:none;stroke:#888}@media (prefers-color-scheme:dark){.demo text{fill:#e4e7eb}.demo .a{stroke:#56b4e9}}</style>
<rect class="f" x="60" y="20" width="560" height="340"/>
<text x="340" y="400" text-anchor="middle">step</text>
<path class="a" d="M60 30L100 160L180 260L300 310L460 335L620 345"/></svg>`

// drawn is the same with its texts in Chinese.
var drawn = lang.Text{EN: drawing, ZH: strings.NewReplacer("Loss", "损失", ">step<", ">步<").Replace(drawing)}

// tx is a text whose Chinese differs from the English.
func tx(s string) lang.Text { return lang.Text{EN: s, ZH: "〈" + s + "〉"} }

func txs(list ...string) []lang.Text {
	var texts []lang.Text
	for _, s := range list {
		texts = append(texts, tx(s))
	}
	return texts
}

// sample is a page with every kind of block.
func sample() *Page {
	var wide [][]Cell
	for _, name := range []string{"setosa", "versicolor", "virginica"} {
		row := []string{name}
		for range 14 {
			row = append(row, "−12.345")
		}
		wide = append(wide, Row(row...))
	}
	head := []lang.Text{tx("class")}
	for _, c := range "abcdefghijklmn" {
		head = append(head, tx("feature "+string(c)))
	}
	var long [][]Cell
	var keys []string
	for i := range 60 {
		long, keys = append(long, Row(strconv.Itoa(10*i), "0.61")), append(keys, strconv.Itoa(10*i))
	}
	keyed := strings.Replace(drawing, `<path class="a"`, `<g class="hover"><circle cx="100" cy="160" r="8" data-key="0"><title>loss (0, 0.61)</title></circle>
<circle cx="180" cy="260" r="8" data-key="590"><title>loss (590, 0.61)</title></circle></g>
<path class="a"`, 1)
	return &Page{
		Title:       tx("Two moons: a multi-layer perceptron trained by gradient descent"),
		Subtitle:    tx("1,000 points, 20 hidden units, 1,500 steps of the full batch (`part2`)"),
		Interrupted: tx("Stopped at step 310 of 1500; what follows is the run up to there."),
		Sections: []Section{
			{ID: "outcome", Heading: tx("Outcome"), Blocks: []Block{
				Facts{
					{tx("Test accuracy"), "0.905", tx("the report: 0.845")},
					{tx("Training loss"), "0.2187", tx("mean of 800 points")},
					{tx("Steps"), "1,500", lang.Text{}},
				},
				Text(tx("The network reaches 0.905 on the test points. The step is the mean's, so `-learning_rate 0.01` is small: the curve is still falling at the end, and ten times the rate reaches 1.000 in the same number of steps.")),
				Note{Title: tx("Try this"), Text: tx("`-learning_rate 0.1` goes on from where this run stops; with `-sgd -max_steps 45000` the single samples reach ≥ 0.99.")},
				Note{Warning: true, Title: tx("Not the network of the text"), Text: tx("This is the network behind the report's figures: softmax after every layer, and the bias gradient averaged.")},
				Claim{tx("The accuracy is 0.845."), tx("It is 0.905."), Holds}, Claim{tx("It overfits."), tx("It does not."), Fails}, Claim{tx("More steps help."), tx("They do, with mean gradients."), Partly},
			}},
			{Heading: tx("Settings"), Blocks: []Block{
				Settings{Caption: tx("The values of this run; those given by the user are bold."), Rows: cli.Settings{
					{Name: "dnn_hidden_units", Text: "20", Given: false}, {Name: "learning_rate", Text: "0.01", Given: true}, {Name: "max_steps", Text: "1500", Given: false},
					{Name: "eval_freq", Text: "10", Given: false}, {Name: "sgd", Text: "false", Given: false}, {Name: "fault", Text: "", Given: false}, {Name: "data", Text: "some/very/long/directory/with/a/file-of-one's-own.csv", Given: true},
				}},
			}},
			{Heading: tx("Results"), Blocks: []Block{
				Table{Caption: tx("Accuracy on the 40 test points; the report's beside this run's."), Head: txs("test", "means", "report", "this run", "mean ± sd"), Align: "llrrr", RowHeads: true, Sortable: true,
					Rows: [][]Cell{
						Row("1", "(10, 10), (−10, −10)", "1.000", "1.000", "0.999 ± 0.004"),
						{{Text: lang.Same("2"), Link: "#outcome"}, {Text: lang.Same("(1, −6), (−2, −3)")}, {Text: lang.Same("0.625"), Shade: 2}, {Text: lang.Same("0.675"), Shade: 9}, {Text: lang.Same("0.675 ± 0.061"), Sort: 0.675}},
						Row("5", "(10, 10), (20, 20)", "0.500", "0.500", "0.500 ± 0.000"),
					}, Note: tx("Mean ± sd over 100 further seeds.")},
				Table{Caption: tx("A table wider than the page scrolls on its own."), Head: head, Align: "lrrrrrrrrrrrrrr", RowHeads: true, Rows: wide},
			}},
			{Heading: tx("Figures"), Blocks: []Block{
				Figure{lang.Same(keyed), tx("The loss, mean over the batch, at every tenth step.")},
				Figures{{drawn, tx("Accuracy.")}, {drawn, tx("The decision boundary, with the lines where each hidden unit of `W1` switches.")}},
				Text(tx("A paragraph after the pair.")),
			}},
			{Heading: tx("A part of it"), Minor: true, Blocks: []Block{Text(tx("Not in the contents."))}},
			{Heading: tx("How it was made"), Blocks: []Block{
				List{tx("`z1 = x·W1 + b1`, one rounding a term"), tx("`h1 = relu(z1)`")},
				Code{tx("The commands, in order:"), lang.Same("go run ./cmd/part2 -seed 42\ngo run ./cmd/part2 -seed 42 -sgd -max_steps 45000 -eval_freq 500 -dnn_hidden_units 20 -out out/sgd\n")},
				Details{tx("Every evaluation"), []Block{Table{Caption: tx("All."), Head: txs("step", "loss"), Align: "rr", Rows: long, Keys: keys, Long: true}}},
			}},
		},
		Files: []File{{"metrics.csv", tx("step, loss, train and test accuracy")}, {"run.json", tx("settings, numbers and `fingerprint`")}},
		Run: Run{Command: "go run ./cmd/part2 -seed 42 -learning_rate 0.01", Seed: "42",
			Fingerprint: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Built: "glassbox, go1.26"},
	}
}

func render(t *testing.T, p *Page) string {
	t.Helper()
	b, err := p.Render()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGolden(t *testing.T) {
	for name, p := range map[string]*Page{"sample.html": sample()} {
		// The page's own style and script are files beside this one.
		got, path := strings.NewReplacer(style, "…", script, "…").Replace(render(t, p)), filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from what Render makes now; if that is right, run go test -update and look at it", name)
		}
	}
}

// TestWellFormed holds the page to XML's rules, which are stricter than HTML's.
func TestWellFormed(t *testing.T) {
	wellFormed(t, render(t, sample()))
}

func wellFormed(t *testing.T, page string) {
	t.Helper()
	page, _, _ = strings.Cut(page, "<script>") // whose text is no XML
	d := xml.NewDecoder(strings.NewReader(page + "</body></html>"))
	ids := map[string]bool{}
	for {
		token, err := d.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if e, ok := token.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "id" && ids[a.Value] {
					t.Errorf("id %q twice", a.Value)
				} else if a.Name.Local == "id" {
					ids[a.Value] = true
				}
			}
		}
	}
}

// TestPolicy finds every style in the finished file and asks whether the
// policy in the same file allows it.
func TestPolicy(t *testing.T) {
	got := render(t, sample())
	meta := regexp.MustCompile(`http-equiv="Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(got)
	if meta == nil {
		t.Fatal("no policy")
	}
	allowed := strings.NewReplacer("&#39;", "'", "&#43;", "+").Replace(meta[1])
	if !strings.HasPrefix(allowed, "default-src 'none';") || strings.Contains(allowed, "unsafe") {
		t.Errorf("policy %q", allowed)
	}
	styles := regexp.MustCompile(`(?s)<style>(.*?)</style>`).FindAllStringSubmatch(got, -1)
	if len(styles) != 4 {
		t.Fatalf("%d styles, want the page's and one a figure", len(styles))
	}
	for i, s := range styles {
		sum := sha256.Sum256([]byte(s[1]))
		if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(allowed, hash) {
			t.Errorf("style %d: %s is not allowed by %s", i, hash, allowed)
		}
	}
	scripts := regexp.MustCompile(`(?s)<script>(.*?)</script>`).FindAllStringSubmatch(got, -1)
	if len(scripts) != 1 {
		t.Fatalf("%d scripts, want one", len(scripts))
	}
	sum := sha256.Sum256([]byte(scripts[0][1]))
	if _, scripted, _ := strings.Cut(allowed, "script-src "); scripted != "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'" {
		t.Errorf("the policy lets other scripts run than the page's: %s", scripted)
	}
	if strings.Count(allowed, "sha256-") != 3 {
		t.Errorf("equal styles should be allowed once: %s", allowed)
	}
	if strings.Contains(got, "<script ") || strings.Contains(got, " style=") || strings.Contains(got, "http://") && strings.Count(got, "http://") != strings.Count(got, "http://www.w3.org/2000/svg") {
		t.Error("the page has a script from elsewhere, a style attribute or an address")
	}
}

// TestHostile puts markup into every text and asks that none of it is markup
// in the page.
func TestHostile(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&{{.}}</style></title>` + "\x00\x1b]0;x\a\r\xff\u0085`</code><b>`"
	bad := tx(evil)
	p := &Page{Title: bad, Subtitle: bad, Interrupted: bad, Files: []File{{"javascript:alert(1)", bad}},
		Run: Run{evil, evil, evil, evil},
		Sections: []Section{{ID: `x" onclick="alert(1)`, Heading: bad, Blocks: []Block{
			Text(bad), List{bad}, Note{true, bad, bad}, Settings{bad, cli.Settings{{Name: evil, Text: evil, Given: true}}},
			Facts{{bad, evil, bad}}, Table{Caption: bad, Head: []lang.Text{bad}, Rows: [][]Cell{{{Text: bad}}}, RowHeads: true, Note: bad, Keys: []string{evil}},
			Code{bad, bad}, Details{bad, []Block{Text(bad)}}, Claim{bad, bad, Fails}, Figure{lang.Same(drawing), bad}}}}}
	got := render(t, p)
	lower := strings.ToLower(strings.Replace(got, "<script>"+script, "", 1))
	for _, bad := range []string{"<script", "<img", "<b></code>", `" onclick=`, `href="javascript:`, "\x1b", "\x00", "\a", "\r", "\xff"} {
		if strings.Contains(lower, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	wellFormed(t, got)
}

func TestSVGRefused(t *testing.T) {
	wrap := func(inner string) string { return `<svg xmlns="http://www.w3.org/2000/svg">` + inner + `</svg>` }
	for svg, want := range map[string]string{
		"":                                                 "no <svg> element",
		"<div/>":                                           "element <div>",
		wrap("") + wrap(""):                                "where one <svg>",
		wrap("") + "tail":                                  "text outside",
		wrap("<g>"):                                        "not well-formed",
		wrap("<style/>") + "<style/>":                      "<style> where one <svg>",
		`<?xml version="1.0"?>` + wrap(""):                 "a declaration",
		"<g/>":                                             "<g> where one <svg>",
		wrap("</g>"):                                       "</g> ends no element",
		wrap("<g></rect>"):                                 "</rect> ends no element",
		wrap("<!-- -->"):                                   "a declaration",
		wrap("<style><![CDATA[a]]></style>"):               "a declaration",
		wrap("<style>a<g/></style>"):                       "inside of a <style>",
		wrap("<path d='M0 0'/>"):                           "double quotes",
		wrap(`<path d="M0 0" x/>`):                         "double quotes",
		wrap(`<path d="M0 0"x="1"/>`):                      "no attribute",
		wrap(`<path d="M0 0`):                              "double quotes",
		wrap("<text>a & b</text>"):                         "& without an entity",
		wrap("<text>a ]]> b</text>"):                       "]]> in a text",
		wrap(`<path d="a &x; b"/>`):                        "double quotes",
		wrap(`<use xlink:href="a.svg"/>`):                  "refers outside",
		wrap(`<path onc&#108;ick="x()"/>`):                 "double quotes",
		wrap(`<path fill="&#117;rl(//a)"/>`):               "refers outside",
		wrap("<script>alert(1)</script>"):                  "element <script>",
		wrap("<foreignObject/>"):                           "element <foreignObject>",
		wrap("<p/>"):                                       "element <p>",
		wrap(`<path style="fill:red"/>`):                   "style attribute",
		wrap(`<path onclick="x()"/>`):                      "script attribute onclick",
		wrap(`<use href="https://example.com/#a"/>`):       "refers outside",
		wrap(`<path fill="url(https://example.com/#a)"/>`): "refers outside",
		wrap(`<style>@import "https://example.com/a";</style>`): "refers outside",
		wrap(`<style>a{fill:URL(//example.com/a)}</style>`):     "refers outside",
	} {
		_, err := (&Page{Sections: []Section{{Blocks: []Block{Figure{SVG: lang.Same(svg)}}}}}).Render()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "figure 1") {
			t.Errorf("%s: error %v, want one with %q", svg, err, want)
		}
	}
	if _, err := inspect(wrap(wrap("") + `<defs><clipPath><rect/></clipPath></defs><g clip-path="url(#a)"/><use href="#a"/>`)); err != nil {
		t.Errorf("references inside the figure: %v", err)
	}
}

// Each of these alone makes a page one that needs cleaning.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"a\n\tb – ·~":   "a\n\tb – ·~",
		"a\r\nb":        "a\nb",
		"a\rb":          "a\nb",
		"a\x00b":        "a\ufffdb",
		"a\x1bb":        "a\ufffdb",
		"a\x7fb":        "a\ufffdb",
		"a\u0085b":      "a\ufffdb",
		"a\xffb":        "a\ufffdb",
		"a\ufffeb":      "a\ufffdb",
		"a\uffffb":      "a\ufffdb",
		"a\ufffdb\x80·": "a\ufffdb\ufffd·",
	} {
		if got := string(Clean([]byte(text))); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestStyleText checks that a style's hash is that of the text a browser sees.
func TestStyleText(t *testing.T) {
	styles, err := inspect(`<svg><style>a&gt;b{}</style><style>x{}</style></svg>`)
	if err != nil || len(styles) != 2 || styles[0] != "a>b{}" || styles[1] != "x{}" {
		t.Errorf("%q, %v", styles, err)
	}
}

func TestSpans(t *testing.T) {
	for text, want := range map[string]string{
		"":            "",
		"plain":       "plain",
		"a `b` c":     "a [b] c",
		"`b``c`":      "[b][c]",
		"one ` stays": "one ` stays",
		"``":          "",
		"`a` `":       "[a] `",
	} {
		var b bytes.Buffer
		for _, s := range spans(text) {
			if s.Code {
				b.WriteString("[" + s.Text + "]")
			} else {
				b.WriteString(s.Text)
			}
		}
		if b.String() != want {
			t.Errorf("%q: %q, want %q", text, b.String(), want)
		}
	}
}

func TestMistakesPanic(t *testing.T) {
	for name, p := range map[string]*Page{
		"cells":     {Sections: []Section{{Blocks: []Block{Table{Head: txs("a", "b"), Rows: [][]Cell{Row("1")}}}}}},
		"alignment": {Sections: []Section{{Blocks: []Block{Table{Head: txs("a"), Align: "x"}}}}},
		"keys":      {Sections: []Section{{Blocks: []Block{Table{Head: txs("a"), Rows: [][]Cell{Row("1")}, Keys: []string{"1", "2"}}}}}},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			p.Render()
		}()
	}
}

func TestMerge(t *testing.T) {
	const head, tail = "<svg>\n", "\n</svg>"
	for _, c := range []struct{ en, zh, want string }{
		{"<rect/>", "<rect/>", "<rect/>"},
		{"<text x=\"1\">a</text>", "<text x=\"1\">甲</text>", "<text lang=\"en\" x=\"1\">a</text><text lang=\"zh-Hans\" x=\"1\">甲</text>"},
		{"<title>a</title>", "<title>甲</title>", "<title lang=\"en\">a</title><title lang=\"zh-Hans\">甲</title>"},
		{"<circle r=\"5\"><title>a</title></circle>", "<circle r=\"5\"><title>甲</title></circle>", "<circle r=\"5\"><title lang=\"en\">a</title><title lang=\"zh-Hans\">甲</title></circle>"},
		{"<circle r=\"5\"><title>a</title></circle>", "<circle r=\"6\"><title>甲</title></circle>", "<circle lang=\"en\" r=\"5\"><title>a</title></circle><circle lang=\"zh-Hans\" r=\"6\"><title>甲</title></circle>"},
		{"<path d=\"M1 1\"/>", "<path d=\"M2 2\"/>", "<path lang=\"en\" d=\"M1 1\"/><path lang=\"zh-Hans\" d=\"M2 2\"/>"},
		{"<g>\n<path/></g>", "<g id=\"x\">\n<path/></g>", ""}, // begun and not ended
		{"<g class=\"a\"><path d=\"M1 1\"/>", "<g class=\"a\"><path d=\"M2 2\"/>", ""},
		{"<text>a</text><text>b</text>", "<text>甲</text><text>b</text>", ""},
		{"<rect/>", "<rect/>\n<rect/>", ""},
	} {
		got := merge(lang.Text{EN: head + c.en + tail, ZH: head + c.zh + tail})
		want := c.want
		if want != "" {
			want = head + want + tail
		}
		if got != want {
			t.Errorf("%s and %s: %q, want %q", c.en, c.zh, got, want)
		}
	}
}

// FuzzInspect: what is let into a page is XML, of one <svg>, without scripts.
func FuzzInspect(f *testing.F) {
	f.Add(drawing)
	f.Add(`<svg a="&quot;"><style>a&gt;b</style><g><text>a&amp;b &#177;</text><use href="#a"/></g></svg>`)
	f.Add(`<svg><path d="M0 0" /></svg >`)
	f.Fuzz(func(t *testing.T, svg string) {
		if _, err := inspect(svg); err != nil {
			return
		}
		d := xml.NewDecoder(strings.NewReader(strings.ToValidUTF8(string(Clean([]byte(svg))), "?")))
		for {
			token, err := d.Token()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("%q is let in: %v", svg, err)
			}
			if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "script" || !slices.Contains(elements, e.Name.Local)) {
				t.Fatalf("%q is let in, with <%s>", svg, e.Name.Local)
			}
		}
	})
}
