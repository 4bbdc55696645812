package mark_test

import (
	"os"
	"path/filepath"
	"testing"

	"glassbox/cmd/internal/testkit/browser"
	"glassbox/cmd/internal/testkit/chinese"
)

// TestPagesFit looks at the pages of a class and of its students: at every width
// nothing leaves the window, in both languages, and a student's way from the
// class leads to the hints, which open by keyboard.
func TestPagesFit(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	dir, out := class(t, 8), t.TempDir()
	if _, stderr, status := marks("-o", out, "-hints", "4", dir); status != 2 { // one is broken
		t.Fatal(stderr)
	}
	b := browser.Start(t)
	for _, file := range []string{"index.html", "students/doejane/index.html", "students/thin/index.html", "students/broken/index.html"} {
		path := filepath.Join(out, filepath.FromSlash(file))
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if left := chinese.Leftovers(string(text)); len(left) > 0 {
			t.Errorf("%s: English in the Chinese: %q", file, left)
		}
		p := b.In(t).Open(path)
		for _, width := range []int{360, 768, 1440, 1920} {
			p.Size(width, 900)
			for _, language := range []string{"en", "zh-Hans"} {
				p.Click(`[data-lang="` + language + `"]`)
				if beyond := p.Overflow(); len(beyond) > 0 {
					t.Errorf("%s, %d wide, %s: beyond the window: %q", file, width, language, beyond)
				}
			}
		}
		t.Run("axe", func(t *testing.T) { p.In(t).Axe() })
		p.Quiet()
	}
	p := b.Open(filepath.Join(out, "index.html"), browser.Size(1440, 900))
	p.Click(`#students th:nth-child(3) button`)
	var first string
	p.Eval(`document.querySelector("#students tbody tr td, #students tbody tr th").innerText`, &first)
	if first != "broken" {
		t.Errorf("sorted by points, %q comes first, want what could not be marked", first)
	}
	p.Click(`a[href="students/doejane/index.html"]`)
	p.WaitFor(`document.querySelector("h1").innerText.includes("doejane")`)
	p.Eval(`document.querySelector("details summary").focus()`, nil)
	p.Key("Enter")
	p.WaitFor(`document.querySelector("details").open && document.querySelector("details p").innerText.includes("db2[")`)
}
