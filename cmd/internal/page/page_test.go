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
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// drawing is a small figure with a style of its own, as plotsvg makes them.
const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 420" width="640" height="420" role="img" class="demo">
<title>Loss</title><desc>The loss falls from 0.69 to 0.12.</desc>
<style>.demo{font:14px system-ui,sans-serif}.demo .a{stroke:#0072b2;fill:none;stroke-width:2}.demo text{fill:#1b1e23}.demo .f{fill:none;stroke:#888}@media (prefers-color-scheme:dark){.demo text{fill:#e4e7eb}.demo .a{stroke:#56b4e9}}</style>
<rect class="f" x="60" y="20" width="560" height="340"/><text x="340" y="400" text-anchor="middle">step</text>
<path class="a" d="M60 30L100 160L180 260L300 310L460 335L620 345"/></svg>`

// sample is a page with every kind of block.
func sample() *Page {
	var wide [][]string
	for _, name := range []string{"setosa", "versicolor", "virginica"} {
		row := []string{name}
		for range 14 {
			row = append(row, "−12.345")
		}
		wide = append(wide, row)
	}
	head := []string{"class"}
	for _, c := range "abcdefghijklmn" {
		head = append(head, "feature "+string(c))
	}
	return &Page{
		Title:       "Two moons: a multi-layer perceptron trained by gradient descent",
		Subtitle:    "1,000 points, 20 hidden units, 1,500 steps of the full batch (`part2`)",
		Interrupted: "Stopped at step 310 of 1500; what follows is the run up to there.",
		Sections: []Section{
			{ID: "outcome", Heading: "Outcome", Blocks: []Block{
				Facts{
					{"Test accuracy", "0.905", "the report: 0.845"},
					{"Training loss", "0.2187", "mean of 800 points"},
					{"Steps", "1,500", ""},
				},
				Text("The network reaches 0.905 on the test points. The step is the mean's, so `-learning_rate 0.01` is small: the curve is still falling at the end, and ten times the rate reaches 1.000 in the same number of steps."),
				Note{Title: "Try this", Text: "`-learning_rate 0.1` goes on from where this run stops; with `-sgd -max_steps 45000` the single samples reach ≥ 0.99."},
				Note{Warning: true, Title: "Not the network of the text", Text: "This is the network behind the report's figures: softmax after every layer, and the bias gradient averaged."},
			}},
			{Heading: "Settings", Blocks: []Block{
				Settings{Caption: "The values of this run; those given by the user are bold.", Rows: []Setting{
					{"dnn_hidden_units", "20", false}, {"learning_rate", "0.01", true}, {"max_steps", "1500", false},
					{"eval_freq", "10", false}, {"sgd", "false", false}, {"fault", "", false}, {"data", "some/very/long/directory/with/a/file-of-one's-own.csv", true},
				}},
			}},
			{Heading: "Results", Blocks: []Block{
				Table{Caption: "Accuracy on the 40 test points; the report's beside this run's.", Head: []string{"test", "means", "report", "this run", "mean ± sd"}, Align: "llrrr", RowHeads: true,
					Rows: [][]string{
						{"1", "(10, 10), (−10, −10)", "1.000", "1.000", "0.999 ± 0.004"},
						{"2", "(1, −6), (−2, −3)", "0.625", "0.675", "0.675 ± 0.061"},
						{"5", "(10, 10), (20, 20)", "0.500", "0.500", "0.500 ± 0.000"},
					}, Note: "Mean ± sd over 100 further seeds."},
				Table{Caption: "A table wider than the page scrolls on its own.", Head: head, Align: "lrrrrrrrrrrrrrr", RowHeads: true, Rows: wide},
			}},
			{Heading: "Figures", Blocks: []Block{
				Figure{drawing, "The loss, mean over the batch, at every tenth step."},
				Figures{{drawing, "Accuracy."}, {drawing, "The decision boundary, with the lines where each hidden unit of `W1` switches."}},
				Text("A paragraph after the pair."),
			}},
			{Heading: "How it was made", Blocks: []Block{
				List{"`z1 = x·W1 + b1`, one rounding a term", "`h1 = relu(z1)`"},
				Code{"The commands, in order:", "go run ./cmd/part2 -seed 42\ngo run ./cmd/part2 -seed 42 -sgd -max_steps 45000 -eval_freq 500 -dnn_hidden_units 20 -out out/sgd\n"},
				Details{"Every evaluation", []Block{Table{Caption: "All.", Head: []string{"step", "loss"}, Align: "rr", Rows: [][]string{{"0", "0.69"}, {"10", "0.61"}}}}},
			}},
		},
		Files: []File{{"metrics.csv", "step, loss, train and test accuracy"}, {"run.json", "settings, numbers and `fingerprint`"}},
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
	short := &Page{Title: "随机梯度下降", Lang: "zh", Sections: []Section{{Heading: "结果", Blocks: []Block{Text("测试准确率 `0.905`"),
		Table{Caption: "结果", Head: []string{"步"}, Rows: [][]string{{"0"}}}, Figure{drawing, "损失"}}}}, Run: Run{Seed: "42", Built: "glassbox, go1.26"}}
	for name, p := range map[string]*Page{"sample.html": sample(), "zh.html": short} {
		got, path := render(t, p), filepath.Join("testdata", name)
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
	d := xml.NewDecoder(strings.NewReader(page))
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
	if strings.Count(allowed, "sha256-") != 2 {
		t.Errorf("equal styles should be allowed once: %s", allowed)
	}
	if strings.Contains(got, "<script") || strings.Contains(got, " style=") || strings.Contains(got, "http://") && strings.Count(got, "http://") != strings.Count(got, "http://www.w3.org/2000/svg") {
		t.Error("the page has a script, a style attribute or an address")
	}
}

// TestHostile puts markup into every text and asks that none of it is markup
// in the page.
func TestHostile(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&{{.}}</style></title>` + "\x00\x1b]0;x\a\r\xff\u0085`</code><b>`"
	p := &Page{Title: evil, Subtitle: evil, Interrupted: evil, Files: []File{{"javascript:alert(1)", evil}},
		Run: Run{evil, evil, evil, evil},
		Sections: []Section{{ID: `x" onclick="alert(1)`, Heading: evil, Blocks: []Block{
			Text(evil), List{evil}, Note{true, evil, evil}, Settings{evil, []Setting{{evil, evil, true}}},
			Facts{{evil, evil, evil}}, Table{Caption: evil, Head: []string{evil}, Rows: [][]string{{evil}}, RowHeads: true, Note: evil},
			Code{evil, evil}, Details{evil, []Block{Text(evil)}}, Figure{drawing, evil}}}}}
	got := render(t, p)
	lower := strings.ToLower(got)
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
		"":                                 "no <svg> element",
		"<div/>":                           "<div> where one <svg>",
		wrap("") + wrap(""):                "where one <svg>",
		wrap("") + "tail":                  "text outside",
		wrap("<g>"):                        "not well-formed",
		wrap("<style/>") + "<style/>":      "<style> where one <svg>",
		`<?xml version="1.0"?>` + wrap(""): "a declaration",
		wrap("<script>alert(1)</script>"):  "element <script>",
		wrap("<foreignObject/>"):           "element <foreignObject>",
		wrap("<p/>"):                       "element <p>",
		wrap(`<path style="fill:red"/>`):   "style attribute",
		wrap(`<path onclick="x()"/>`):      "script attribute onclick",
		wrap(`<use href="https://example.com/#a"/>`):            "refers outside",
		wrap(`<path fill="url(https://example.com/#a)"/>`):      "refers outside",
		wrap(`<style>@import "https://example.com/a";</style>`): "refers outside",
		wrap(`<style>a{fill:URL(//example.com/a)}</style>`):     "refers outside",
	} {
		_, err := (&Page{Title: "T", Sections: []Section{{Heading: "H", Blocks: []Block{Figure{SVG: svg}}}}}).Render()
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
		if got := string(clean([]byte(text))); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestStyleText checks that a style's hash is that of the text a browser sees.
func TestStyleText(t *testing.T) {
	styles, err := inspect(`<svg><style>a&gt;b{}<![CDATA[c>d{}]]></style><style>x{}</style></svg>`)
	if err != nil || len(styles) != 2 || styles[0] != "a>b{}c>d{}" || styles[1] != "x{}" {
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
		"language":  {Lang: "xx"},
		"cells":     {Sections: []Section{{Blocks: []Block{Table{Head: []string{"a", "b"}, Rows: [][]string{{"1"}}}}}}},
		"alignment": {Sections: []Section{{Blocks: []Block{Table{Head: []string{"a"}, Align: "x"}}}}},
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
