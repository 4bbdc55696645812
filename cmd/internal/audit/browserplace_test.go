package audit

import (
	"encoding/json"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
)

// TestPageExplainsInPlace: an explanation opens beside the pictures, which stay
// in the window and show what it is about; a number of the tables stays where it
// was; closing closes, whatever comes after; and the address holds it all.
func TestPageExplainsInPlace(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	inPlace(t, opened(t, b, []string{"-n", "200", "-max_steps", "60", "-fault", "bias-gradient-mean"}, browser.Size(1440, 900)))
	p := opened(t, b, []string{"-n", "200", "-max_steps", "60"}, browser.Size(1440, 900))
	inPlace(t, p)
	p.Click("#next")
	p.WaitFor(`document.getElementById("step-now").innerText === "step 1"`)
	var hidden bool
	if p.Eval(`document.getElementById("explanation").hidden`, &hidden); !hidden {
		t.Error("a step on, what was closed is open again")
	}

	choosePair(t, opened(t, b, []string{"-data", "../../../testdata/iris.csv", "-dnn_hidden_units", "100", "-max_steps", "40"}, browser.Size(1440, 900)))

	// What is not kept is said how to get, and a step alone is gone to.
	var said string
	p.Eval(`(async () => {
		const e = document.getElementById("element"), said = [];
		for (const text of ["43.dW1[0,3]", "z1[151,2]", "43"]) {
			e.value = text;
			document.getElementById("find").requestSubmit();
			await new Promise(done => setTimeout(done, 150));
			said.push(document.getElementById("find-error").textContent);
		}
		return said.concat(document.getElementById("step-now").textContent).join("|");
	})()`, &said)
	parts := strings.Split(said, "|")
	if len(parts) != 4 || !strings.HasSuffix(parts[0], "-step 43 'dW1[0,3]'") || !strings.Contains(parts[1], "In a terminal: go run ./cmd/audit explain") ||
		!strings.HasSuffix(parts[1], "'z1[151,2]'") || !strings.HasPrefix(parts[2], "Step 43 is not kept") || parts[3] == "step 1" {
		t.Errorf("the find box says %q", parts)
	}
	// The size for a projector, and back.
	var sizes [2]float64
	p.Eval(`(() => { const size = () => parseFloat(getComputedStyle(document.querySelector(".number")).fontSize), small = size(); document.getElementById("larger").click(); return [small, size()]; })()`, &sizes)
	if sizes[1] < 1.4*sizes[0] {
		t.Errorf("on a projector a number is %v px high, before %v", sizes[1], sizes[0])
	}
	if wide := p.Overflow(); len(wide) > 0 {
		t.Errorf("in a projector's size: %q", wide)
	}
	p.Click("#larger")

	// The find box takes what the command takes, and says why it takes no other.
	find := func(wanted string) string {
		var said string
		quoted, _ := json.Marshal(wanted)
		p.Eval(`(async () => {
			document.getElementById("element").value = `+string(quoted)+`;
			document.getElementById("find").requestSubmit();
			await new Promise(done => setTimeout(done, 150));
			return document.getElementById("find-error").textContent || document.getElementById("explained").innerText;
		})()`, &said)
		return said
	}
	for wanted, want := range map[string]string{
		"dW1 [0, 3]":    "dW1[0,3] of step",
		"2.db1[3]":      "db1[0,3] of step 2",
		"dW1[0]":        "dW1 has rows and columns and this is one index; for example dW1[0,0]",
		"dW1":           "dW1 names no element",
		"dW1[0,99]":     "dW1 is 2×20.",
		"7.dW1[0,3":     "NAME[ROW,COLUMN] would be right",
		"9999.dW1[0,3]": "Step 9999 is not kept in this page; the nearest is 59.",
	} {
		if got := find(wanted); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q, want %q", wanted, got, want)
		}
	}

	// The address: a link, the way back, and a reload.
	find("2.dW1[1,4]")
	p.WaitFor(`location.hash.startsWith("#step=2&sample=") && location.hash.endsWith("&n=dW1[1,4]")`)
	find("db1[4]")
	p.WaitFor(`location.hash.endsWith("&n=db1[0,4]")`)
	p.Eval(`history.back()`, nil)
	p.WaitFor(`document.getElementById("explained").innerText.startsWith("dW1[1,4]")`)
	p.Eval(`(() => { window.before = true; location.reload(); })()`, nil)
	p.WaitFor(`!window.before && document.documentElement.dataset.ready === "true" && document.getElementById("explained").innerText.startsWith("dW1[1,4] of step 2")`)
	p.Key("Escape")
	p.WaitFor(`location.hash.startsWith("#step=2&sample=") && !location.hash.includes("n=")`)

	// What a screen reader is told.
	for selector, want := range map[string]string{"#next": "next step", "#find": "Step, sample and number", `#tables-0 [data-name="dW1[0,3]"]`: "explain dW1 row 0 column 3, "} {
		var label string
		p.Eval(`document.querySelector(`+"`"+selector+"`"+`).getAttribute("aria-label")`, &label)
		if !strings.HasPrefix(label, want) {
			t.Errorf("%s is called %q, want %q", selector, label, want)
		}
	}
	p.Quiet()
}

// inPlace asks for a number at every width and closes it again.
func inPlace(t *testing.T, p *browser.Page) {
	t.Helper()
	type place struct {
		Number, Bottom, Look, LookBottom, Panel float64
		Lit                                     int
	}
	where := func() (x place) {
		p.Eval(`(() => {
			const box = e => e.getBoundingClientRect(), number = box(document.querySelector('#tables-0 [data-name="dW1[0,3]"]')), look = box(document.getElementById("look"));
			return {number: number.top, bottom: number.bottom, look: look.top, lookBottom: look.bottom, panel: box(document.getElementById("explanation")).top, lit: document.querySelectorAll(".lit").length};
		})()`, &x)
		return x
	}
	for _, size := range [][2]int{{360, 740}, {768, 1024}, {1440, 900}, {1920, 1080}} {
		p.Size(size[0], size[1])
		p.Eval(`document.querySelector('#tables-0 [data-name="dW1[0,3]"]').scrollIntoView({block: "center"})`, nil)
		before := where()
		p.Eval(`document.querySelector('#tables-0 [data-name="dW1[0,3]"]').click()`, nil)
		p.WaitFor(`!document.getElementById("explanation").hidden && document.activeElement.id === "explained"`)
		after := where()
		bottom := float64(size[1])
		if size[0] < 960 {
			bottom = after.Panel
		}
		if d := after.Number - before.Number; (d > 1 || d < -1) && before.Number > after.LookBottom && before.Bottom < bottom {
			t.Errorf("%d wide: the number moved by %v", size[0], d)
		}
		if after.Look < 0 || after.LookBottom > bottom || after.Number < after.LookBottom || after.Bottom > bottom {
			t.Errorf("%d wide: not all is in the window: %+v", size[0], after)
		}
		if after.Lit != 1+2+1+5 && after.Lit != 1+2+1+4 { // an edge, its units, the line where one switches, the samples of the largest terms
			t.Errorf("%d wide: %d things are lit", size[0], after.Lit)
		}
		p.Key("Escape")
		p.WaitFor(`document.getElementById("explanation").hidden`)
		if left := where(); left.Lit != 0 {
			t.Errorf("%d wide: %d things are lit after closing", size[0], left.Lit)
		}
	}
}

// choosePair: of more features than two the reader chooses which are drawn, and
// names and units are all there.
func choosePair(t *testing.T, p *browser.Page) {
	t.Helper()
	var names []string
	p.Eval(`[...document.querySelectorAll("#graph-0 text, .pair option:checked")].map(e => e.textContent)`, &names)
	if all := strings.Join(names, " "); !strings.Contains(all, "petal_length_cm petal_width_cm x h1 setosa versicolor virginica") || strings.Contains(all, "…") {
		t.Errorf("the graph names %q", names)
	}
	var units int
	if p.Eval(`document.querySelectorAll("#graph-0 .unit").length`, &units); units != 107 {
		t.Errorf("%d of 107 units are drawn", units)
	}
	place := `JSON.stringify([...document.querySelectorAll("#plane-0 circle.point")].slice(0, 5).map(e => e.cx.baseVal.value))`
	var before, after, tongue string
	p.Eval(place, &before)
	p.Eval(`(e => { e.value = 2; e.dispatchEvent(new Event("change")); })(document.querySelector(".pair select"))`, nil)
	p.WaitFor(`document.querySelector("#plane-0 svg > text").textContent === "petal_length_cm"`)
	if p.Eval(place, &after); before == after || after == "[]" {
		t.Errorf("after another feature was chosen the points stand at %s, before %s", after, before)
	}
	p.Click(`.languages [data-lang="zh-Hans"]`)
	if p.Eval(`document.querySelector(".pair label").textContent`, &tongue); !strings.HasPrefix(tongue, "横轴") {
		t.Errorf("in Chinese the choice is called %q", tongue)
	}
	p.Quiet()
}
