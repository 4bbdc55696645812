package lab

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/chinese"
)

// The page holds all it needs and says so to the browser, in both languages.
func TestPage(t *testing.T) {
	const digits = " !\"#$%&'()*+,-./0123456789:;=>?@[\\]^_`{|}~ "
	p := &program{compiler: "go1.26", support: []byte("// </script>\n"), packed: []byte(digits)}
	html, err := p.render()
	if err != nil {
		t.Fatal(err)
	}
	text := string(html)
	for _, want := range []string{
		"default-src &#39;none&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;; style-src &#39;sha256-", "&#39;wasm-unsafe-eval&#39;; worker-src blob:; frame-src blob:",
		`id="wasm">` + digits + `</script>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"unsafe-inline", "&#39;unsafe-eval&#39;", "src=\"http", "<style></style>", "http-equiv=\"refresh", "connect-src", "style=\""} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if n := strings.Count(text, "</script>"); n != 2 {
		t.Errorf("%d scripts end in the page, not 2", n)
	}
	if left := chinese.Leftovers(text); len(left) > 0 {
		t.Errorf("English in Chinese: %q", left)
	}
}

// What keeps a page from being made is said in a line.
func TestNoToolchain(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := build(context.Background()); err == nil || !strings.Contains(err.Error(), "no go command on PATH") {
		t.Errorf("without a go command: %v", err)
	}
	if _, err := support(t.TempDir(), "go1.30"); err == nil || !strings.Contains(err.Error(), "go1.30 in ") || !strings.Contains(err.Error(), "wasm_exec.js") {
		t.Errorf("without wasm_exec.js: %v", err)
	}
	for _, args := range [][]string{{"-o", t.TempDir()}, {"page.html"}, {"-serve", "maybe"}} {
		var out bytes.Buffer
		if err := Main(args, &out, io.Discard); err == nil || strings.Contains(err.Error(), "\n") || out.Len() > 0 {
			t.Errorf("%q: %v, %q", args, err, &out)
		}
	}
}
