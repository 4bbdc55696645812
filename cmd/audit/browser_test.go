package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/mat/npy"
	"glassbox/nn/audit"
	"glassbox/testdata/browser"
)

// opened writes a page and opens it, ready to be used.
func opened(t *testing.T, b *browser.Browser, args []string, options ...browser.Option) *browser.Page {
	t.Helper()
	file := filepath.Join(t.TempDir(), "audit.html")
	if _, stderr, status := audits(t, append([]string{"page", "-o", file}, args...)...); status != 0 {
		t.Fatalf("status %d, %s", status, stderr)
	}
	p := b.In(t).Open(file, options...)
	p.WaitFor(`document.documentElement.dataset.ready === "true"`)
	return p
}

// quiet holds that the page said nothing and asked for nothing.
func quiet(t *testing.T, p *browser.Page) {
	t.Helper()
	if seen := p.Console(); len(seen) > 0 {
		t.Errorf("console: %q", seen)
	}
	if seen := p.Requests(); len(seen) > 0 {
		t.Errorf("requests: %q", seen)
	}
}

// text returns what an element says.
func text(p *browser.Page, selector string) string {
	var s string
	p.Eval(fmt.Sprintf("document.querySelector(%s).innerText", strconv.Quote(selector)), &s)
	return s
}

// TestPageByHand uses the page of the default run by mouse and keyboard.
func TestPageByHand(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	p := opened(t, browser.Start(t), nil, browser.Size(1440, 900))

	// A number, by mouse; on to what it is made of, and back.
	p.Click(`#tables-0 [data-name="p[0,1]"]`)
	p.WaitFor(`document.getElementById("explained").innerText.startsWith("p[0,1]")`)
	p.Click(`#explanation .terms .link`)
	p.WaitFor(`document.getElementById("explained").innerText.startsWith("z2[0,0]")`)
	p.Click(`#explanation .back`)
	p.WaitFor(`document.getElementById("explained").innerText.startsWith("p[0,1]")`)
	p.Key("Escape")
	p.WaitFor(`document.getElementById("explanation").hidden`)

	// The same by keyboard: one number of a table is in the tab order, the
	// arrows lead to the others.
	p.Eval(`document.querySelector('#tables-0 [data-name="z1[0,0]"]').focus()`, nil)
	p.Key("ArrowDown")
	p.Key("ArrowRight")
	p.Key("Enter")
	p.WaitFor(`document.getElementById("explained").innerText.startsWith("h1[0,1]")`)
	p.Key("Escape")
	if got := p.Focused(); !strings.Contains(got, "number") {
		t.Errorf("closing the explanation leaves the keyboard on %s", got)
	}
	p.Eval(`document.getElementById("element").focus()`, nil)
	for _, key := range "dW1[1,3]" {
		p.Key(string(key))
	}
	p.Key("Enter")
	p.WaitFor(`document.getElementById("explained").innerText.startsWith("dW1[1,3]")`)
	p.Click(`#explanation .close`)

	// Steps, by slider and by button.
	step := func() (n int) { p.Eval(`glassbox.model.nets[0].steps[glassbox.state.at].n`, &n); return n }
	p.Eval(`document.getElementById("step").focus()`, nil)
	p.Key("ArrowRight")
	p.Key("ArrowRight")
	p.WaitFor(`document.getElementById("step-now").innerText === "step 2"`)
	p.Key("End")
	p.WaitFor(`document.getElementById("step-now").innerText === "step 1499"`)
	if got := step(); got != 1499 {
		t.Errorf("the slider's end is step %d", got)
	}
	before := text(p, `#tables-0 [data-name="W1[0,0]"]`)
	p.Click("#back")
	p.WaitFor(`document.getElementById("step-now").innerText !== "step 1499"`)
	if after := text(p, `#tables-0 [data-name="W1[0,0]"]`); after == before {
		t.Error("a step back changes no weight")
	}
	p.Click("#play")
	p.WaitFor(`document.getElementById("step-now").innerText === "step 1499" && !glassbox.state.playing`)

	// Samples, by a click on a point, and by keyboard.
	sample := func() (n int) { p.Eval(`glassbox.state.sample`, &n); return n }
	var row int
	p.Eval(`(() => {
		const step = glassbox.model.nets[0].steps[0], at = step.kept.length - 5;
		document.querySelectorAll("#plane-0 .point")[step.row[at]].dataset.test = "it";
		return step.kept[at];
	})()`, &row)
	p.Click(`[data-test=it]`)
	p.WaitFor(fmt.Sprintf("glassbox.state.sample === %d && document.querySelector('#tables-0 [data-name=\"z1[%d,0]\"]')", row, row))
	p.Eval(`document.getElementById("sample").focus()`, nil)
	p.Key("ArrowDown")
	p.WaitFor(fmt.Sprintf("glassbox.state.sample > %d", row))
	was := sample()
	p.Click("#sample-back")
	p.WaitFor(fmt.Sprintf("glassbox.state.sample === %d", row))
	if was == row {
		t.Error("the arrow key chose no other sample")
	}

	// Edges show gradients, and an edge is explained.
	p.Click("[value=gradients]")
	p.WaitFor(`glassbox.state.edges === "gradients"`)
	p.Eval(`document.querySelector("#graph-0 .edges line").dispatchEvent(new MouseEvent("click", {bubbles: true}))`, nil)
	p.WaitFor(`document.getElementById("explained").innerText.startsWith("dW")`)

	// Chinese and back, without loading anew.
	p.Eval(`window.here = true`, nil)
	p.Click(`[data-lang="zh-Hans"]`)
	p.WaitFor(`document.getElementById("step-now").innerText === "第 1499 步"`)
	for _, selector := range []string{"h1", "#find", "#tables-0 figcaption", "#explanation h2", "footer h2", "#net-name-0", "#curves figcaption"} {
		if got := text(p, selector); !strings.ContainsFunc(got, func(r rune) bool { return r >= 0x4e00 && r < 0xa000 }) {
			t.Errorf("%s says %q in Chinese", selector, got)
		}
	}
	p.Click(`[data-lang="en"]`)
	p.WaitFor(`window.here && document.getElementById("step-now").innerText === "step 1499"`)
	quiet(t, p)
}

// TestPageFits looks at pages of each kind at two widths in both schemes.
func TestPageFits(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	wrong := traced(t, "-n", "60", "-as_reported", "-steps", "0:3")
	for name, args := range map[string][]string{
		"own":   {},
		"two":   {"-n", "100", "-max_steps", "30", "-fault", "dx-with-dw"},
		"deep":  {"-n", "60", "-max_steps", "20", "-dnn_hidden_units", "20,10", "-sgd", "-momentum", "0.9"},
		"trace": {"-trace", wrong},
	} {
		t.Run(name, func(t *testing.T) {
			p := opened(t, b, args)
			for _, width := range []int{360, 1440} {
				p.Size(width, 900)
				for _, explaining := range []bool{false, true} {
					if explaining {
						p.Eval(`document.querySelector(".number").click()`, nil)
						p.WaitFor(`!document.getElementById("explanation").hidden`)
					}
					if out := p.Overflow(); len(out) > 0 {
						t.Errorf("%d wide: beyond the window: %q", width, out)
					}
				}
				p.Key("Escape")
				for _, dark := range []bool{false, true} {
					p.Dark(dark)
					if n := browser.Colours(p.Screenshot()); n < 30 {
						t.Errorf("%d wide, dark %v: only %d colours", width, dark, n)
					}
				}
			}
			quiet(t, p)
		})
	}
}

// shown is an explanation as the page has it, its numbers as bits.
type shown struct {
	Formula, Numbers, Result, Found string
	Given                           string
	Left                            int
	Before                          string
	Terms                           []struct{ Text, Numbers, Value, Running string }
}

// ask has the page explain elements of a step.
const ask = `Promise.all(%s.map(name => glassbox.explain(name, %d, %d).then(x => x && {
	formula: x.formula, numbers: x.numbers, result: glassbox.bits(x.result), found: glassbox.bits(x.found),
	given: x.given ? x.given.text + " " + glassbox.bits(x.given.value) : "", left: x.left, before: x.left ? glassbox.bits(x.before) : "",
	terms: x.terms.filter(t => t).map(t => ({text: t.text, numbers: t.numbers, value: glassbox.bits(t.value), running: glassbox.bits(t.running)})),
})))`

func bitsText(v float64) string { return fmt.Sprintf("0x%016x", math.Float64bits(v)) }

// agree holds explanations of the page against those of audit.Explain, text by
// text and bit by bit.
func agree(t *testing.T, p *browser.Page, net int, s *audit.Numbered, names []string) {
	t.Helper()
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, strconv.Quote(name))
	}
	var list []*shown
	p.Eval(fmt.Sprintf(ask, "["+strings.Join(quoted, ", ")+"]", s.Number, net), &list)
	for i, name := range names {
		e, err := audit.ParseElement(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := audit.Explain(s, e)
		if err != nil {
			t.Fatal(err)
		}
		got := list[i]
		if got == nil {
			t.Errorf("%s of step %d is not in the page", name, s.Number)
			continue
		}
		given := ""
		for _, d := range want.Given {
			given = d.Text + " " + bitsText(d.Value)
		}
		found := want.Result
		if want.Recorded != nil {
			found = *want.Recorded
		}
		for _, pair := range [][3]string{{"formula", got.Formula, want.Formula}, {"numbers", got.Numbers, want.Numbers}, {"result", got.Result, bitsText(want.Result)},
			{"given", got.Given, given}, {"found", got.Found, bitsText(found)}} {
			if pair[1] != pair[2] {
				t.Errorf("%s of step %d: its %s is %q, want %q", name, s.Number, pair[0], pair[1], pair[2])
			}
		}
		if len(got.Terms)+got.Left != len(want.Terms) {
			t.Errorf("%s of step %d: %d terms and %d left out, want %d", name, s.Number, len(got.Terms), got.Left, len(want.Terms))
			continue
		}
		head := len(got.Terms) - len(got.Terms)/2
		if got.Left == 0 {
			head = len(got.Terms)
		} else if before := bitsText(want.Terms[head+got.Left-1].Running); got.Before != before {
			t.Errorf("%s of step %d: %s before the last terms, want %s", name, s.Number, got.Before, before)
		}
		for k, term := range got.Terms {
			w := want.Terms[k]
			if k >= head {
				w = want.Terms[k+got.Left]
			}
			if term.Text != w.Text || term.Numbers != w.Numbers || term.Value != bitsText(w.Value) || term.Running != bitsText(w.Running) {
				t.Errorf("%s of step %d, term %d: %q, want %q = %q, %s, %s", name, s.Number, k, term, w.Text, w.Numbers, bitsText(w.Value), bitsText(w.Running))
				break
			}
		}
	}
}

// some returns elements of every tensor of a step that the page has whole, or
// of the rows that it keeps: at most few of each tensor.
func some(p *browser.Page, net, at, few int) (step int, names []string) {
	var kept struct {
		N       int
		Kept    []int
		Tensors []struct {
			Name       string
			Rows, Cols int
			ByRow      bool
		}
	}
	p.Eval(fmt.Sprintf(`(() => { const net = glassbox.model.nets[%d], step = net.steps[%d]; return {n: step.n, kept: step.kept, tensors: net.layouts[step.layout]}; })()`, net, at), &kept)
	r := rand.New(rand.NewPCG(uint64(at), 7))
	for _, x := range kept.Tensors {
		if x.Name == "loss" {
			names = append(names, "loss")
			continue
		}
		for range few {
			i := r.IntN(x.Rows)
			if x.ByRow {
				i = kept.Kept[r.IntN(len(kept.Kept))]
			}
			names = append(names, fmt.Sprintf("%s[%d,%d]", x.Name, i, r.IntN(x.Cols)))
		}
	}
	return kept.N, names
}

// TestPageExplainsAsExplain: what the page says of a number is what the command
// says, to the last bit.
func TestPageExplainsAsExplain(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	for name, args := range map[string]string{
		"default":       "",
		"one row":       "-sgd -max_steps 200 -reduction sum",
		"small batches": "-n 60 -batch_size 7 -momentum 0.9 -max_steps 40 -dnn_hidden_units 40,3",
		"reported":      "-n 80 -as_reported -max_steps 30",
		"table":         "-data ../../testdata/iris.csv -standardize -max_steps 50",
	} {
		t.Run(name, func(t *testing.T) {
			p := opened(t, b, strings.Fields(args))
			var nets int
			p.Eval(`glassbox.model.nets.length`, &nets)
			for net := range nets {
				of := slices.DeleteFunc(strings.Fields(args), func(flag string) bool { return net < nets-1 && flag == "-as_reported" })
				if net < nets-1 {
					of = append(of, "-init", "1e-4", "-reduction", "sum")
				}
				var steps int
				p.Eval(fmt.Sprintf(`glassbox.model.nets[%d].steps.length`, net), &steps)
				for _, at := range []int{0, 1, steps - 1} {
					n, names := some(p, net, at, 6)
					s, err := stepOfRun(of, n)
					if err != nil {
						t.Fatal(err)
					}
					agree(t, p, net, s, names)
				}
			}
			quiet(t, p)
		})
	}
	t.Run("trace", func(t *testing.T) {
		file := traced(t, "-n", "60", "-as_reported", "-steps", "0:3")
		p := opened(t, b, []string{"-trace", file})
		tr, err := audit.ReadTrace(file)
		if err != nil {
			t.Fatal(err)
		}
		for at := range 3 {
			n, names := some(p, 0, at, 6)
			s, err := tr.Numbered(n, 0)
			if err != nil {
				t.Fatal(err)
			}
			agree(t, p, 0, s, names)
		}
	})
}

// stepOfRun is a step of our own run as audit explain has it, with what the
// network that trains has for its tensors.
func stepOfRun(args []string, step int) (*audit.Numbered, error) {
	set := cli.New("test", "")
	opts := experiment.Flags(set)
	if err := set.Parse(args, io.Discard); err != nil {
		return nil, err
	}
	config, err := opts.Config()
	if err != nil {
		return nil, err
	}
	s, _, err := ownStep(config, step, io.Discard)
	return s, err
}

// TestPageShowsHostileTextsAsText: names and texts of a trace are text,
// whatever they hold.
func TestPageShowsHostileTextsAsText(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	const evil = `<img src=x onerror=alert(1)>"'&lt;` + "\u202etxet\u202c"
	a, err := npy.ReadNPZ(traced(t, "-n", "30", "-as_reported", "-steps", "0:2"))
	if err != nil {
		t.Fatal(err)
	}
	entries := []npy.Entry{{Name: evil + "</script><script>alert(2)</script>", Array: npy.FromFloat(1)}, {Name: "0." + strings.Repeat("long", 500), Array: npy.FromFloat(1)}}
	for _, name := range a.Names() {
		array, err := a.Array(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "meta" {
			array = npy.FromText(`{"recorder": "</script><script>alert(3)</script>", "layers": [{"name": "<b>", "slope": 0.01}]}`)
		}
		entries = append(entries, npy.Entry{Name: name, Array: array})
	}
	var data bytes.Buffer
	if err := npy.WriteNPZ(&data, entries, true); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), evil+".npz")
	if err := os.WriteFile(file, data.Bytes(), 0o666); err != nil {
		t.Skipf("this system has no such file names: %v", err)
	}
	p := opened(t, browser.Start(t), []string{"-trace", file}, browser.Size(360, 800))
	for _, language := range []string{"zh-Hans", "en"} {
		p.Click(fmt.Sprintf("[data-lang=%q]", language))
		p.Click("#findings .link")
		p.WaitFor(`!document.getElementById("explanation").hidden`)
		var strays []string
		p.Eval(`[...document.querySelectorAll("img, iframe, b:not(#findings b, figcaption b), script:not(#model, body > script:last-of-type)")].map(e => e.outerHTML.slice(0, 200))`, &strays)
		if len(strays) > 0 {
			t.Errorf("%s: elements come from the trace's texts: %q", language, strays)
		}
		for _, selector := range []string{"h1", "#net-name-0", "#explanation pre", ".settings"} {
			if got := text(p, selector); !strings.Contains(got, `<img src=x onerror=alert(1)>`) {
				t.Errorf("%s: %s says %q", language, selector, got)
			}
		}
		if got := text(p, "#net-note-0"); !strings.Contains(got, "</script>") {
			t.Errorf("%s: the note on entries left out says %q", language, got)
		}
		if out := p.Overflow(); len(out) > 0 {
			t.Errorf("%s: beyond the window: %q", language, out)
		}
		p.Key("Escape")
	}
	quiet(t, p)
}

// TestPageOfIncompleteTraces: whatever is missing, every number that is there
// can be asked for, and what cannot be explained says why.
func TestPageOfIncompleteTraces(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	whole, err := npy.ReadNPZ(traced(t, "-n", "30", "-steps", "0:2"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ without, ask, want string }{
		{"W1", "z1[0,0]", "needs W1"}, {"dz2", "dW2[0,0]", ""}, {"x", "dW1[0,0]", "needs x"}, {"x y p z2 dz2", "dW2[0,0]", "needs dz2"}, {"W1 W2 b1 b2", "h1[0,0]", ""},
	} {
		t.Run(c.without, func(t *testing.T) {
			var entries []npy.Entry
			for _, name := range whole.Names() {
				_, bare, _ := strings.Cut(name, ".")
				if slices.Contains(strings.Fields(c.without), bare) || strings.HasPrefix(name, "1.") && len(c.without) > 2 {
					continue
				}
				array, err := whole.Array(name)
				if err != nil {
					t.Fatal(err)
				}
				entries = append(entries, npy.Entry{Name: name, Array: array})
			}
			var data bytes.Buffer
			if err := npy.WriteNPZ(&data, entries, true); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "trace.npz")
			if err := os.WriteFile(file, data.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
			p := opened(t, b, []string{"-trace", file})
			var asked int
			p.Eval(`(async () => {
				let asked = 0;
				for (const b of document.querySelectorAll(".number")) { await glassbox.explain(b.dataset.name, glassbox.model.nets[0].steps[0].n); asked++; }
				return asked;
			})()`, &asked)
			if asked < 30 {
				t.Errorf("only %d numbers are there", asked)
			}
			for _, key := range c.ask {
				p.Eval(`document.getElementById("element").focus()`, nil)
				p.Key("End")
				p.Key(string(key))
			}
			p.Key("Enter")
			p.WaitFor(fmt.Sprintf(`(document.getElementById("explained") || {innerText: ""}).innerText.startsWith(%q)`, c.ask))
			if got := text(p, "#explanation"); !strings.Contains(got, c.want) {
				t.Errorf("the explanation says %q, want %q", got, c.want)
			}
			quiet(t, p)
		})
	}
}

// TestPageWritesNumbersAsGo: decimal, hexadecimal and bits of numbers of every
// size and kind are written as the program writes them.
func TestPageWritesNumbersAsGo(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e5, 123456, 999999, 1e6, 1234567, 1e20, 1e21, 1e22, 1e-4, 1e-5, 0.00012345, 5e-324, -5e-324,
		math.SmallestNonzeroFloat64 * 3, 2.2250738585072014e-308, 2.225073858507201e-308, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 0.30000000000000004, 100, 12.5, 1 << 53}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		numbers = append(numbers, math.Float64frombits(r.Uint64()), (r.Float64()-0.5)*math.Pow10(r.IntN(24)-12))
	}
	var in []string
	for _, v := range numbers {
		in = append(in, fmt.Sprintf(`"0x%016x"`, math.Float64bits(v)))
	}
	var out [][3]string
	p := opened(t, browser.Start(t), []string{"-n", "20", "-max_steps", "2"})
	p.Eval(`(() => { const d = new DataView(new ArrayBuffer(8)); return [`+strings.Join(in, ",")+`].map(text => {
		d.setBigUint64(0, BigInt(text));
		const v = d.getFloat64(0);
		return [glassbox.num(v), glassbox.hex(v), glassbox.bits(v)];
	}); })()`, &out)
	for i, v := range numbers {
		want := [3]string{strconv.FormatFloat(v, 'g', -1, 64), fmt.Sprintf("%x", v), bitsText(v)}
		if v != v {
			want[2] = out[i][2] // which NaN it is, is not kept by every engine
		}
		if out[i] != want {
			t.Errorf("%v is written %q, want %q", v, out[i], want)
		}
	}
}
