package browser

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// One browser serves all that can be tested in a page. Most of it goes on at the
// same time, each in a tab of its own.
func TestPage(t *testing.T) {
	b := Start(t)
	for _, c := range []struct {
		name string
		test func(*testing.T, *Browser)
	}{
		{"open", testOpen}, {"eval", testEval}, {"window", testWindow}, {"parallel", testParallel},
		{"console", testConsole}, {"requests", testRequests},
		{"mouse", testMouse}, {"click fails", testClickFails}, {"keys", testKeys}, {"characters", testCharacters}, {"focus", testFocus},
		{"screenshot", testScreenshot}, {"overflow", testOverflow}, {"small", testSmall},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name != "open" { // which changes the directory
				t.Parallel()
			}
			c.test(t, b.In(t))
		})
	}
}

// another loads another file into the same tab, as if it were new.
func (p *Page) another(file string) {
	p.t.Helper()
	p.catchUp()
	p.record.console.lines, p.record.requests.lines = nil, nil
	p.load(file)
}

func testEval(t *testing.T, b *Browser) {
	p := b.Open(write(t, `<title>The title</title><script>const four = 4;</script>`))
	t.Run("values", func(t *testing.T) {
		p := p.In(t)
		var text string
		p.Eval("document.title", &text)
		if text != "The title" {
			t.Errorf("title %q", text)
		}
		var list []int
		p.Eval("new Promise((done) => setTimeout(() => done([1, 2, four]), 20))", &list)
		if !slices.Equal(list, []int{1, 2, 4}) {
			t.Errorf("list %v", list)
		}
		var object struct{ A, B float64 }
		p.Eval("({a: 0.1, b: 1e300})", &object)
		if object.A != 0.1 || object.B != 1e300 {
			t.Errorf("object %v", object)
		}
		p.Eval("undefined", nil)
	})
	t.Run("numbers that JSON lacks", func(t *testing.T) {
		for js, want := range map[string]float64{"0/0": math.NaN(), "1/0": math.Inf(1), "-1/0": math.Inf(-1), "-0": math.Copysign(0, -1)} {
			var got float64
			p.In(t).Eval(js, &got)
			if math.Float64bits(got) != math.Float64bits(want) && got == got {
				t.Errorf("%s is %v", js, got)
			}
		}
	})
	t.Run("failures", func(t *testing.T) {
		var n int
		for _, c := range []struct {
			js    string
			into  any
			words []string
		}{
			{"document.title.absent.value", nil, []string{"Eval(document.title.absent.value): TypeError: ", "undefined"}},
			{"1 +", nil, []string{"SyntaxError"}},
			{`(() => { throw "a word" })()`, nil, []string{"Uncaught a word"}},
			{`Promise.reject(new RangeError("too far"))`, nil, []string{"RangeError: too far"}},
			{"document.title", &n, []string{`its value is "The title"`, "int"}},
			{"undefined", &n, []string{"its value is undefined"}},
			{"0/0", &n, []string{"NaN", "*int"}},
		} {
			fails(t, func(t testing.TB) { p.In(t).Eval(c.js, c.into) }, c.words...)
		}
	})
	t.Run("waiting", func(t *testing.T) {
		p := p.In(t)
		p.Eval("setTimeout(() => { window.late = {deep: 1} }, 100)", nil)
		p.WaitFor("late.deep === 1 // throws until then")
		p.WaitFor("Promise.resolve(1)")
	})
}

func testOpen(t *testing.T, b *Browser) {
	dir := t.TempDir()
	t.Run("any file name", func(t *testing.T) {
		file := filepath.Join(dir, "a b#c?d%41é&.html")
		if err := os.WriteFile(file, []byte("<title>found</title><img src=data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=>"), 0o644); err != nil {
			t.Fatal(err)
		}
		p := b.In(t).Open(file)
		var title string
		p.Eval("document.title", &title)
		if title != "found" {
			t.Errorf("title %q", title)
		}
		p.Eval(`location.hash = "there"`, nil)
		if asked, said := p.Requests(), p.Console(); len(asked)+len(said) > 0 {
			t.Errorf("requests %q, console %q", asked, said)
		}
	})
	t.Run("relative", func(t *testing.T) {
		t.Chdir(dir)
		if err := os.WriteFile("relative.html", nil, 0o644); err != nil {
			t.Fatal(err)
		}
		b.In(t).Open("relative.html")
	})
	t.Run("no such file", func(t *testing.T) {
		fails(t, func(t testing.TB) { b.In(t).Open(filepath.Join(dir, "absent.html")) }, "absent.html: net::ERR_FILE_NOT_FOUND")
	})
	t.Run("all of it is there", func(t *testing.T) {
		p := b.In(t).Open(write(t, `<script>
			addEventListener("load", () => requestAnimationFrame(() => { window.complete = true }))</script>`+strings.Repeat("<p>text", 1000)))
		var complete bool
		p.Eval("window.complete === true", &complete)
		if !complete {
			t.Error("Open returns before the page is loaded and drawn")
		}
	})
}

// What the reader's window is like is so before the page loads, and it is told
// of changes.
func testWindow(t *testing.T, b *Browser) {
	file := write(t, `<script>
		const dark = matchMedia("(prefers-color-scheme: dark)"), narrow = matchMedia("(max-width: 400px)");
		const state = () => [innerWidth, innerHeight, devicePixelRatio, narrow.matches, dark.matches, navigator.language, (1.5).toLocaleString()];
		const first = state(), told = [];
		for (const q of [dark, narrow]) q.addEventListener("change", () => told.push(q.media + q.matches));
	</script>`)
	check := func(t *testing.T, p *Page, js string, want ...any) {
		t.Helper()
		var got []any
		p.Eval(js, &got)
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", js, got, want)
		}
	}
	t.Run("as it is", func(t *testing.T) {
		check(t, b.In(t).Open(file), "first", 1280.0, 800.0, 1.0, false, false, "en-US", "1.5")
	})
	t.Run("options", func(t *testing.T) {
		p := b.In(t).Open(file, Size(360, 640), Dark(), Language("de-AT"))
		check(t, p, "first", 360.0, 640.0, 1.0, true, true, "de-AT", "1,5")
	})
	t.Run("changes", func(t *testing.T) {
		p := b.In(t).Open(file)
		p.Dark(true)
		check(t, p, "told", "(prefers-color-scheme: dark)true")
		p.Size(360, 500)
		check(t, p, "told", "(prefers-color-scheme: dark)true", "(max-width: 400px)true")
		p.Language("de-AT")
		check(t, p, "state()", 360.0, 500.0, 1.0, true, true, "de-AT", "1,5")
		p.Dark(false)
		p.Size(2000, 900)
		check(t, p, "state()", 2000.0, 900.0, 1.0, false, false, "de-AT", "1,5")
		check(t, p, "first", 1280.0, 800.0, 1.0, false, false, "en-US", "1.5")
	})
}

// Subtests that run side by side share a browser and do not meet in it.
func testParallel(t *testing.T, b *Browser) {
	for i := range 3 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			p := b.In(t).Open(write(t, fmt.Sprintf(`<button id=b>%d</button><script>b.onclick = () => console.log(%[1]d)</script>`, i)))
			var stored bool
			p.Eval(`localStorage.getItem("number") !== null`, &stored)
			if stored {
				t.Error("the page finds what another one stored")
			}
			for range 10 {
				var text string
				p.Eval(fmt.Sprintf(`localStorage.setItem("number", %d), b.textContent`, i), &text)
				if text != fmt.Sprint(i) {
					t.Fatalf("page %d says %s", i, text)
				}
				p.Click("#b")
			}
			said := p.Console()
			if len(said) != 10 {
				t.Errorf("10 clicks were noted %d times", len(said))
			}
			for _, line := range said {
				if line != fmt.Sprintf("console.log: %d", i) {
					t.Errorf("page %d: %s", i, line)
				}
			}
		})
	}
}
