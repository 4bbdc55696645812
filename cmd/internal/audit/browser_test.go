package audit

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
)

func TestMain(m *testing.M) { browser.Main(m) }

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
	p.WaitFor(`document.activeElement !== document.body`)
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
	p.Quiet()
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
				if width == 1440 && (name == "two" || name == "trace") {
					p.Click(".number")
					t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
				}
				p.Key("Escape")
				for _, dark := range []bool{false, true} {
					p.Dark(dark)
					if n := browser.Colours(p.Screenshot()); n < 30 {
						t.Errorf("%d wide, dark %v: only %d colours", width, dark, n)
					}
				}
			}
			p.Quiet()
		})
	}
}

// TestPageBesideAMistake: what differs from the right network is marked, the
// first of it linked.
func TestPageBesideAMistake(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	p := opened(t, browser.Start(t), []string{"-n", "100", "-max_steps", "20", "-fault", "bias-gradient-mean"}, browser.Size(1440, 900))
	if got := text(p, "#differs"); !strings.Contains(got, "db2[0,0], step 0") {
		t.Errorf("the first number that differs: %q", got)
	}
	p.Click("#differs .link")
	p.WaitFor(`document.getElementById("explained").innerText.startsWith("db2[0,0]")`)
	if got := text(p, "#explanation"); !strings.Contains(got, "with bias-gradient-mean") || !strings.Contains(got, "By this formula it would be") {
		t.Errorf("its explanation says %q", got)
	}
	marks := func(selector string) (names []string) {
		p.Eval(fmt.Sprintf(`[...new Set([...document.querySelectorAll(%q)].map(e => (e.dataset.name || e.innerText).split("[")[0]))].sort()`, selector), &names)
		return names
	}
	// In step 0 the biases' gradients differ, and the biases after it.
	for selector, want := range map[string]string{
		"#tables-1 button.differs": "[b1_new b2_new db1 db2]", "#tables-1 th.differs": "[b1_new b2_new db1 db2]", "#tables-1 th.first": "[db2]", "#tables-0 .differs": "[]",
	} {
		if got := fmt.Sprint(marks(selector)); got != want {
			t.Errorf("%s: %s, want %s", selector, got, want)
		}
	}
	p.Key("Escape")
	p.Click("#next")
	p.WaitFor(`document.getElementById("step-now").innerText === "step 1"`)
	if got := marks("#tables-1 th.differs"); len(got) < 8 {
		t.Errorf("in step 1 only %s differ", got)
	}
	p.Quiet()
}
