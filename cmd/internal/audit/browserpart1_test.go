package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
)

// TestPart1ByHand opens numbers of Part I in its page, down to the generator's words,
// by mouse and by keyboard.
func TestPart1ByHand(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	file := filepath.Join(t.TempDir(), "audit.html")
	if _, stderr, status := audits(t, "page", "-part1", "2", "-o", file); status != 0 {
		t.Fatalf("status %d, %s", status, stderr)
	}
	b := browser.Start(t)
	p := b.Open(file, browser.Size(1440, 900))
	said := func(name string) {
		t.Helper()
		p.WaitFor(fmt.Sprintf(`document.querySelector("#explained code")?.innerText === %q`, name))
	}
	p.Click(`[data-explain="2.0/accuracy"]`)
	said("accuracy")
	p.Click(`#explanation [data-name="test_z[3]"]`)
	said("test_z[3]")
	p.Click(`#explanation [data-name="test_x[3,0]"]`)
	said("test_x[3,0]")
	out, _, _ := audits(t, "explain", "-part1", "2", "test_x[3,0]")
	page := text(p, "#explanation")
	for _, word := range strings.Fields(out) {
		if strings.HasPrefix(word, "0x") && !strings.Contains(page, word) {
			t.Errorf("the command shows %s and the page does not:\n%s\n%s", word, out, page)
		}
	}
	p.Click(`#explanation .back`)
	said("test_z[3]")
	p.Key("Escape")
	p.WaitFor(`document.getElementById("explanation").hidden`)
	if got := p.Focused(); !strings.Contains(got, "explained") {
		t.Errorf("the focus is on %q, not where it came from", got)
	}
	// By keyboard, in Chinese, and by the address alone.
	p.Eval(`document.querySelector('[data-explain="2.0/1.w[0]"]').focus()`, nil)
	p.Key("Enter")
	said("1.w[0]")
	p.Click(`[data-lang="zh-Hans"]`)
	p.WaitFor(`document.getElementById("explanation").innerText.includes("学习率")`)
	var address string
	p.Eval("location.href", &address)
	other := b.Open(file, browser.Size(360, 740), browser.Dark())
	if list := other.Small(); len(list) > 0 {
		t.Errorf("too small for a finger: %v", list)
	}
	other.Axe()
	other.Eval(fmt.Sprintf("location.hash = %q", address[strings.IndexByte(address, '#'):]), nil)
	other.WaitFor(`document.querySelector("#explained code")?.innerText === "1.w[0]"`)
	if list := other.Overflow(); len(list) > 0 {
		t.Errorf("wider than a phone: %v", list)
	}
	for name, q := range map[string]*browser.Page{"page": p, "phone": other} {
		if dir := os.Getenv("PART1_SHOTS"); dir != "" {
			os.WriteFile(filepath.Join(dir, name+".png"), q.ScreenshotPNG(false), 0o666)
		}
	}
}
