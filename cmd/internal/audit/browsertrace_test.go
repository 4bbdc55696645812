package audit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
	"glassbox/mat/npy"
)

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
		// What is still explained in the other language may lie over the finding.
		p.Eval(`document.querySelector("#explanation .close")?.click()`, nil)
		p.Click("#findings .link")
		p.WaitFor(`!document.getElementById("explanation").hidden`)
		// The finding's element is marked, with what was expected and found.
		var wrong []int
		p.Eval(`[document.querySelectorAll("#tables-0 .bad").length, document.querySelectorAll("#tables-0 .bad.asked").length, document.querySelectorAll("#explanation .wrong").length]`, &wrong)
		if wrong[0] < 20 || wrong[1] != 1 || wrong[2] != 1 {
			t.Errorf("%s: %d elements are marked, %d of them is explained, %d say what would be right", language, wrong[0], wrong[1], wrong[2])
		}
		var seen bool
		p.Eval(`(e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().bottom <= document.getElementById("explanation").getBoundingClientRect().top)(document.querySelector(".asked"))`, &seen)
		if !seen {
			t.Errorf("%s: the explanation covers the number it explains", language)
		}
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
		p.Click("#explanation .close")
		p.WaitFor(`document.getElementById("explanation").hidden`)
	}
	p.Quiet()
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
			p.Quiet()
		})
	}
}
