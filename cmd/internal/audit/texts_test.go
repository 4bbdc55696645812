package audit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"glassbox/mat/npy"
)

// hidden are characters that a reader does not see, and that change what they
// do see: a terminal's commands, another direction, other lines.
const hidden = "\u202e\u2066\u200b\u2028\x1b[8m\x07\u0085"

// program is a program with them in its texts, which a verdict quotes.
const hiddenProgram = `import numpy as np
rng = np.random.RandomState(0)
X = rng.randn(20, 3); Y = rng.randn(20, 2)
d = {"W‮‮​": rng.randn(3, 2)}
for step in range(9):
    p = X @ d["W‮‮​"]
    loss = np.mean((p - Y) ** 2)
    dz = (p - Y) / 20  # ‮‮​
    d["dW‮‮​"] = X.T @ dz + 0.1 * d["W‮‮​"] ** 3
    d["W‮‮​"] = d["W‮‮​"] - 0.1 * d["dW‮‮​"]
raise ValueError("‮\x1b[8m\x07​")
`

// showsAll complains of the first character of a text that is not seen.
func showsAll(t *testing.T, what, text string) {
	t.Helper()
	i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsGraphic(r) })
	if i >= 0 {
		t.Errorf("%s: %q", what, text[max(0, i-60):min(len(text), i+40)])
	}
}

// Whatever a name or a text of a trace holds, and its file's name: all that the
// commands write of it is seen by whoever reads it.
func TestHiddenCharactersAreShown(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "net"+hidden+".py")
	if err := os.WriteFile(source, []byte(hiddenProgram), 0o666); err != nil {
		t.Skip(err) // a system without such names
	}
	programTrace := filepath.Join(dir, "program"+hidden+".npz")
	stdout, stderr, _ := ran(t, "-o", programTrace, source)
	showsAll(t, "run", stdout)
	showsAll(t, "run", stderr[strings.LastIndex(stderr, "audit: "):]) // above stands what Python says
	named := hostile(t, "0.z1"+hidden, npy.FromFloat(1))
	meta := hostile(t, "meta", npy.FromText(`{"layers": ["Linear`+hidden+`"], "note": "`+strings.ReplaceAll(hidden, "\x1b[8m\x07", "")+`"}`))
	refused := hostile(t, "reduction", npy.FromText(hidden))
	for _, trace := range []string{programTrace, named, meta, refused} {
		if trace != programTrace {
			to := filepath.Join(dir, filepath.Base(filepath.Dir(trace))+hidden+".npz")
			if err := os.Rename(trace, to); err != nil {
				t.Fatal(err)
			}
			trace = to
		}
		html := filepath.Join(dir, "page"+hidden+".html")
		for _, args := range [][]string{{"compare", trace}, {"compare", "-all", trace, trace}, {"compare", "-json", trace}, {"compare", "-sarif", trace},
			{"explain", "-trace", trace, "net:9"}, {"explain", "-trace", trace, "-step", "0", "z1[0,0]" + hidden}, {"explain", "-trace", trace, "-step", "0", "z1[0,0]"}, {"page", "-trace", trace, "-o", html}} {
			stdout, stderr, _ := audits(t, args...)
			showsAll(t, strings.Join(args[:2], " "), stdout)
			showsAll(t, strings.Join(args[:2], " "), stderr)
			if strings.HasPrefix(args[1], "-json") || args[1] == "-sarif" {
				if !json.Valid([]byte(stdout)) {
					t.Errorf("%s: no JSON: %.200s", args[1], stdout)
				}
			}
		}
		if page, err := os.ReadFile(html); err == nil {
			showsAll(t, "page", string(page))
			os.Remove(html)
		}
	}
}
