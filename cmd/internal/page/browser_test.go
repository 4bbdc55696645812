package page

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// browse opens an HTML file and returns the document as it is after loading
// and what the browser logged.
func browse(t *testing.T, file string) (dom, log string) {
	t.Helper()
	var browser string
	for _, name := range []string{"google-chrome", "chromium-browser", "chromium"} {
		if path, err := exec.LookPath(name); err == nil {
			browser = path
		}
	}
	if browser == "" {
		t.Skip("needs chromium or google-chrome on PATH")
	}
	// Not t.TempDir, which fails the test when a process of the browser that is
	// still ending writes there once more.
	profile, err := os.MkdirTemp("", "profile")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(profile)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--disable-extensions", "--no-first-run", "--hide-scrollbars", "--allow-file-access-from-files", "--enable-logging=stderr",
		"--window-size=1600,1200", "--user-data-dir="+profile, "--dump-dom", "file://"+file)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Skipf("%s does not run here: %v", browser, err)
	}
	return out.String(), errs.String()
}

// probe shows the page in frames of several widths and writes into the
// document what a browser makes of it in each: the frame's width, the page's,
// how many parts reach outside, the width of the first figure, and a property
// that the page's style sets and one that the figure's does.
const probe = `<!DOCTYPE html><title>probe</title>
<iframe width="360" height="800" src="PAGE"></iframe>
<iframe width="768" height="800" src="PAGE"></iframe>
<iframe width="1440" height="800" src="PAGE"></iframe>
<pre id="out"></pre>
<script>onload = () => {
  const look = f => {
    const d = f.contentDocument, style = e => f.contentWindow.getComputedStyle(e);
    const box = e => e.getBoundingClientRect(), svg = [...d.querySelectorAll(".figures svg")].find(e => box(e).width);
    const out = [...d.querySelectorAll(".scroll, .figures svg, p, dl, h1, h2")]
      .filter(e => box(e).right > f.clientWidth + 1 || box(e).left < -1);
    return [f.clientWidth, d.documentElement.scrollWidth, out.length, Math.round(box(svg).width),
      style(d.body).marginTop, style(svg.querySelector("path")).fill].join(" ");
  };
  document.getElementById("out").textContent =
    "RESULT " + [...document.querySelectorAll("iframe")].map(look).join("; ") + " END";
}</script>`

// TestBrowser loads the page at three widths: nothing reaches beyond the
// frame, figures shrink to fit, and the policy lets the page's style and the
// figure's apply without a word in the console.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	dir := t.TempDir()
	open := func(page string) (result, log string) {
		for file, text := range map[string]string{"page.html": page, "probe.html": strings.ReplaceAll(probe, "PAGE", "page.html")} {
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		dom, log := browse(t, filepath.Join(dir, "probe.html"))
		m := regexp.MustCompile(`(?s)RESULT (.*?) END</pre>`).FindStringSubmatch(dom)
		if m == nil {
			t.Fatalf("the probe wrote nothing: %s", log)
		}
		return html.UnescapeString(m[1]), log
	}
	good := render(t, sample())
	result, log := open(good)
	if strings.Contains(log, "CONSOLE") {
		t.Errorf("console: %s", log)
	}
	for i, line := range strings.Split(result, "; ") {
		var frame, scroll, outside, figure int
		var margin, fill string
		if _, err := fmt.Sscan(line, &frame, &scroll, &outside, &figure, &margin, &fill); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if width := []int{360, 768, 1440}[i]; frame != width || scroll > width || outside > 0 {
			t.Errorf("frame of %d: the page is %d wide and %d parts reach outside", frame, scroll, outside)
		}
		if most := min([]int{480, 640, 640}[i], frame); figure > most || figure < most-32 {
			t.Errorf("frame of %d: the first figure is %d wide, want about %d", frame, figure, most)
		}
		if margin != "0px" || fill != "none" {
			t.Errorf("frame of %d: styles do not apply: margin %s, fill %s", frame, margin, fill)
		}
	}

	// What the checks above are for must show in them: a style changed after
	// its hash was taken is blocked, and an unbreakable box reaches outside.
	changed := strings.ReplaceAll(good, ".gb{font:12px", ".gb{font:13px")
	changed = strings.Replace(changed, "<main>", `<main><svg width="2000" height="9"></svg>`, 1)
	result, log = open(changed)
	if !strings.Contains(log, "CONSOLE") || !strings.Contains(log, "Content Security Policy") {
		t.Errorf("a style that the policy does not name went unnoticed: %s", log)
	}
	var frame, scroll int
	if fmt.Sscan(result, &frame, &scroll); scroll < 2000 || strings.Contains(result, "none") {
		t.Errorf("a box 2000 wide and a blocked style give %s", result)
	}
}
