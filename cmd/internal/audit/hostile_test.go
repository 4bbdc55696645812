package audit

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/mat/npy"
)

// hostile writes a trace of a step of 2-3-2 with an entry put in or replaced,
// and returns its path.
func hostile(t *testing.T, name string, a npy.Array) string {
	t.Helper()
	zeros := func(shape ...int) npy.Array {
		n := 1
		for _, s := range shape {
			n *= s
		}
		return npy.Array{Shape: shape, Data: make([]float64, n)}
	}
	var entries []npy.Entry
	for _, e := range []npy.Entry{{Name: "lr", Array: npy.FromFloat(0.01)}, {Name: "0.x", Array: zeros(4, 2)}, {Name: "0.y", Array: zeros(4, 2)}, {Name: "0.W1", Array: zeros(2, 3)},
		{Name: "0.b1", Array: zeros(1, 3)}, {Name: "0.z1", Array: zeros(4, 3)}, {Name: "0.W2", Array: zeros(3, 2)}, {Name: "0.b2", Array: zeros(1, 2)}} {
		if e.Name == "0.y" {
			e.Array.Data = []float64{1, 0, 0, 1, 1, 0, 0, 1}
		}
		if e.Name != name {
			entries = append(entries, e)
		}
	}
	return saved(t, append(entries, npy.Entry{Name: name, Array: a}))
}

func saved(t *testing.T, entries []npy.Entry) string {
	t.Helper()
	var b bytes.Buffer
	if err := npy.WriteNPZ(&b, entries, false); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "trace.npz")
	if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

// A file that cannot be judged is refused in one short line by every command,
// with the entry that is to blame, and the others of a run are judged.
func TestHostileTraces(t *testing.T) {
	right := traced(t, "-n", "20", "-steps", "0:1")
	empty := func(shape ...int) npy.Array { return npy.Array{Shape: shape} }
	for _, c := range []struct {
		name string
		a    npy.Array
		want string
	}{
		{"0.loss", empty(0), "entry 0.loss has shape (0,) and so no numbers"},
		{"0.b1", empty(0, 3), "entry 0.b1 has shape 0×3 and so no numbers"},
		{"0.W1", empty(0, 3), "entry 0.W1 has shape 0×3 and so no numbers"},
		{"0.x", empty(4, 0), "entry 0.x has shape 4×0 and so no numbers"},
		{"0.h1", empty(0, 0, 0), "entry 0.h1 has shape 0×0×0 and so no numbers"},
		{"reduction", npy.FromText(strings.Repeat("x", 3_000_000)), `entry reduction: it holds "` + strings.Repeat("x", 100) + `… (3000000 letters)"`},
		{"lr2", npy.FromFloat(1), ""},
		{"lr", npy.Array{Shape: []int{1 << 17}, Data: make([]float64, 1<<17)}, "entry lr: it holds 131072 numbers"},
		{"0." + strings.Repeat("z", 60_000), npy.FromFloat(1), ""},
	} {
		file := hostile(t, c.name, c.a)
		for _, args := range [][]string{{"compare", file, right}, {"compare", "-json", file, right}, {"page", "-trace", file, "-o", filepath.Join(t.TempDir(), "page.html")}, {"explain", "-trace", file, "-step", "0", "z1[0,0]"}} {
			stdout, stderr, status := audits(t, args...)
			if all := stdout + stderr; len(all) > 20_000 || strings.Contains(all, "defect") {
				t.Errorf("%.20s, %s: %d bytes, %.300s", c.name, args[0], len(all), all)
			}
			if c.want == "" {
				if status > 1 {
					t.Errorf("%.20s, %s: status %d, %.300s", c.name, args[0], status, stderr)
				}
				continue
			}
			if status == 0 || !strings.Contains(strings.ReplaceAll(stdout+stderr, `\"`, `"`), c.want) {
				t.Errorf("%.20s, %s: status %d, %.300s%.300s; want %.200s", c.name, args[0], status, stdout, stderr, c.want)
			}
			if args[0] == "compare" && !strings.Contains(stdout, "clean") {
				t.Errorf("%.20s, %s: the other file is not judged: %.300s", c.name, args[0], stdout)
			}
		}
	}
}

// What compare cannot judge has no page either, for the same reason.
func TestNothingJudged(t *testing.T) {
	row := func(v ...float64) npy.Array { return npy.Array{Shape: []int{1, len(v)}, Data: v} }
	file := saved(t, []npy.Entry{{Name: "0.x", Array: row(1e200, 1e200)}, {Name: "0.W1", Array: npy.Array{Shape: []int{2, 1}, Data: []float64{1e108, -1e108}}},
		{Name: "0.b1", Array: row(0)}, {Name: "0.z1", Array: row(12345)}})
	const want = "nothing in the trace can be judged: step 0, z1: 1 of its 1 elements may be anything by rounding"
	if stdout, _, status := audits(t, "compare", file); status != exitUnjudged || !strings.Contains(stdout, want) {
		t.Errorf("compare: status %d, %s", status, stdout)
	}
	out := filepath.Join(t.TempDir(), "page.html")
	if _, stderr, status := audits(t, "page", "-trace", file, "-o", out); status != 1 || !strings.Contains(stderr, want) {
		t.Errorf("page: status %d, %s", status, stderr)
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("there is a page")
	}
}
