package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/testkit/golden"
	"glassbox/plotsvg"
)

// drawn is a small figure whose vertices have these keys.
func drawn(title lang.Text, keys ...string) plotsvg.Drawing {
	hover := lang.T("step %d: loss %s", 0, "0.61").All()
	f := plotsvg.Figure{
		Languages: lang.Codes, Title: title.All(), Desc: lang.Same("The loss falls from 0.69 to 0.12.").All(), X: plotsvg.Axis{Label: lang.T("step").All()},
		Layers: []plotsvg.Layer{plotsvg.Line{X: []float64{0, 590}, Y: []float64{0.69, 0.12}, Hover: []plotsvg.Text{hover, nil}, Keys: keys}},
	}
	d, err := f.Draw()
	if err != nil {
		panic(err)
	}
	return d
}

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
				Claim{"claim-a", tx("The accuracy is 0.845."), tx("It is 0.905."), Holds}, Claim{"claim-b", tx("It overfits."), tx("It does not."), Fails}, Claim{"claim-c", tx("More steps help."), tx("They do, with mean gradients."), Partly},
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
				Figure{drawn(lang.T("Loss"), "0", "590"), true, tx("The loss, mean over the batch, at every tenth step.")},
				Figures{{drawn(tx("Accuracy")), false, tx("Accuracy.")}, {drawn(tx("Accuracy")), false, tx("The decision boundary, with the lines where each hidden unit of `W1` switches.")}},
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
		golden.Check(t, name, strings.NewReplacer(style, "…", script, "…").Replace(render(t, p)))
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
			Code{bad, bad}, Details{bad, []Block{Text(bad)}}, Claim{evil, bad, bad, Fails}, Figure{drawn(bad), true, bad}}}}}
	got := render(t, p)
	lower := strings.ToLower(strings.Replace(got, "<script>"+script, "", 1))
	for _, bad := range []string{"<script", "<img", "<b></code>", `" onclick=`, `href="javascript:`, "\x1b", "\x00", "\a", "\r", "\xff"} {
		if strings.Contains(lower, bad) {
			t.Errorf("%q in the page", bad)
		}
	}
	wellFormed(t, got)
}

// Each of these alone makes a page one that needs cleaning.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"a\n\tb – ·~":   "a\n\tb – ·~",
		"a\r\nb":        "a\nb",
		"a\rb":          "a\nb",
		"a\x00b":        `a\x00b`,
		"a\x1bb":        `a\x1bb`,
		"a\x7fb":        `a\x7fb`,
		"a\u0085b":      `a\u0085b`,
		"a\xffb":        `a\xffb`,
		"a\ufffeb":      `a\ufffeb`,
		"a\uffffb":      `a\uffffb`,
		"a\ufffdb\x80·": "a\ufffdb\\x80·",
		"a\u202eb":      `a\u202eb`,
	} {
		if got := string(Clean([]byte(text))); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// A script that shows a text of the page's data shows what is hidden in it.
func TestData(t *testing.T) {
	for text, want := range map[string]string{"a\u202eb\x1b\u2028\x7f\u00ad\r": `a\u202eb\u001b\u2028\u007f\u00ad\r`, "文 <a&b>\n\t\"\\u202e": "文 <a&b>\n\t\"\\u202e"} {
		data, err := Data(text)
		var shown string
		if err != nil || json.Unmarshal(data, &shown) != nil || shown != want {
			t.Errorf("%q: %s, shown as %q, want %q", text, data, shown, want)
		}
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
