package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
)

// The page of a program shows its source, what is wrong at its line and the
// values of the chosen step, on narrow and wide screens, in both languages.
func TestProgramPage(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	file := filepath.Join(t.TempDir(), "program.html")
	if _, stderr, status := audits(t, "page", "-trace", recorded(t, "broken.py"), "-steps", "1,5", "-o", file); status != 0 {
		t.Fatalf("status %d, %s", status, stderr)
	}
	p := browser.Start(t).Open(file, browser.Size(360, 800))
	for _, c := range []struct {
		width    int
		dark     bool
		language string
	}{{360, false, "en"}, {360, true, "zh-Hans"}, {1440, true, "en"}, {1440, false, "zh-Hans"}} {
		p.Size(c.width, 900)
		p.Dark(c.dark)
		p.Click(fmt.Sprintf("[data-lang=%q]", c.language))
		if wide := p.Overflow(); len(wide) > 0 {
			t.Errorf("%+v: wider than the screen: %v", c, wide)
		}
		if dir := os.Getenv("GLASSBOX_SHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("program-%d-%v.png", c.width, c.dark)), p.ScreenshotPNG(true), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
	p.Click(`[data-lang="en"]`)
	values := func() string {
		var text string
		p.Eval(`[...document.querySelectorAll("#file-1-line-19 .values:not([hidden])")].map(e => e.dataset.step + " " + e.innerText).join()`, &text)
		return text
	}
	if text := values(); !strings.HasPrefix(text, "1 dz (40, 5) [") {
		t.Errorf("beside line 19 stands %q", text)
	}
	p.Click(`#steps [data-step="5"]`)
	if text := values(); !strings.HasPrefix(text, "5 dz (40, 5) [") {
		t.Errorf("in step 5 %q stands beside line 19", text)
	}
	var at string
	p.Eval(`document.querySelector("#file-1-line-20 .finding").innerText`, &at)
	if !strings.Contains(at, "x.T @ dhidden should be the derivative of the loss by p[\"W\"] (broken.py:10)") || !strings.Contains(at, "dz (broken.py:19) is meant, not dhidden") {
		t.Errorf("at line 20 stands %q", at)
	}
	p.Quiet()
}
