package audit

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/output"
	"glassbox/mat/npy"
)

// paged writes a page and returns what its script is given.
func paged(t *testing.T, args ...string) (m inspector.Model, html string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.html")
	stdout, stderr, status := audits(t, append(append([]string{"page"}, args...), "-o", file)...)
	if status != 0 || stderr != "" || !strings.HasPrefix(stdout, "wrote "+file+": ") || strings.Count(stdout, "\n") != 1 {
		t.Fatalf("page %q: status %d, %q, %q", args, status, stdout, stderr)
	}
	return pageModel(t, file)
}

func pageModel(t *testing.T, file string) (m inspector.Model, html string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) >= 3_000_000 {
		t.Errorf("%s has %d bytes", file, len(b))
	}
	_, rest, ok := strings.Cut(string(b), `id="model">`)
	text, _, ok2 := strings.Cut(rest, "</script>")
	if !ok || !ok2 {
		t.Fatal("the page has no model")
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m, string(b)
}

// stored returns the value of an element and what its explanation comes to.
func stored(t *testing.T, net inspector.Net, step int, tensor string, i, j int) (value, result float64) {
	t.Helper()
	at := slices.IndexFunc(net.Steps, func(s inspector.Step) bool { return s.N == step })
	if at < 0 {
		t.Fatalf("step %d is not kept", step)
	}
	s := net.Steps[at]
	packed, err := base64.StdEncoding.DecodeString(s.Data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	number := func(k int) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(data[8*k:])) }
	start := 0
	for _, x := range net.Layouts[s.Layout] {
		stride, rows, large := 1, x.Rows, 0
		if x.Explained {
			stride += 2 * (x.Head + x.Tail)
			for _, more := range []bool{x.Given, x.Head+x.Tail < x.Terms} {
				if more {
					stride++
				}
			}
			if x.Head+x.Tail < x.Terms {
				large = 3 * x.Large
			}
			stride += large
		}
		row := i
		if x.ByRow {
			rows, row = len(s.Kept), slices.Index(s.Kept, i)
		}
		if x.Name == tensor {
			k := start + (row*x.Cols+j)*stride
			return number(k), number(k + stride - large - 1)
		}
		start += rows * x.Cols * stride
	}
	t.Fatalf("step %d has no %s", step, tensor)
	return 0, 0
}

// The command that a page gives for a number explains that number, to the last
// bit.
func TestPageAgreesWithExplain(t *testing.T) {
	trace := traced(t, "-n", "40", "-steps", "0:4", "-fault", "dx-with-dw")
	for _, args := range []string{
		"-n 40 -max_steps 12", "-n 40 -max_steps 12 -sgd -momentum 0.5", "-n 40 -max_steps 12 -as_reported", "-n 40 -max_steps 12 -fault bias-gradient-mean -reduction sum -seed 7",
		"-data ../../../testdata/iris.csv -standardize -max_steps 12 -dnn_hidden_units 5,4", "-trace " + trace, "-trace " + trace + " -learning_rate 0.5",
	} {
		m, _ := paged(t, strings.Fields(args)...)
		for n, net := range m.Nets {
			s := net.Steps[len(net.Steps)-1]
			i := s.Kept[len(s.Kept)-1]
			L := len(m.Layers) - 1
			for _, at := range []string{
				fmt.Sprintf("z1[%d,1]", i), fmt.Sprintf("p[%d,0]", i), fmt.Sprintf("dh1[%d,2]", i), fmt.Sprintf("dz%d[%d,1]", L, i),
				"dW1[1,0]", "db1[0,2]", fmt.Sprintf("W%d_new[0,1]", L), "W1[0,0]", "loss",
			} {
				var tensor string
				var r, c int
				if at == "loss" {
					tensor = at
				} else if _, err := fmt.Sscanf(strings.NewReplacer("[", " ", ",", " ", "]", "").Replace(at), "%s %d %d", &tensor, &r, &c); err != nil {
					t.Fatal(err)
				}
				value, result := stored(t, net, s.N, tensor, r, c)
				command, ok := strings.CutPrefix(net.Explain, "go run ./cmd/audit ")
				if !ok {
					t.Fatalf("%q", net.Explain)
				}
				out, stderr, status := audits(t, append(strings.Fields(command), "-step", fmt.Sprint(s.N), at)...)
				if status != 0 {
					t.Fatalf("%s: %s -step %d %s: %s", args, command, s.N, at, stderr)
				}
				if want := fmt.Sprintf("\n%s = %s\n", at, bits(result)); !strings.Contains(out, want) {
					t.Errorf("%s: network %d: %s of step %d is explained as %v:\n%s", args, n, at, s.N, result, out)
				}
				if tensor == "W1" {
					continue // nobody else has anything for it
				}
				same := math.Float64bits(value) == math.Float64bits(result)
				if strings.Contains(out, "the same 64 bits") != same || !same && !strings.Contains(strings.Join(strings.Fields(out), " "), " has "+strings.Join(strings.Fields(bits(value)), " ")) {
					t.Errorf("%s: network %d: %s of step %d is %v:\n%s", args, n, at, s.N, value, out)
				}
			}
		}
	}
}

// What the page of each kind says of itself.
func TestPage(t *testing.T) {
	m, html := paged(t, "-max_steps", "30", "-n", "40", "-samples", "3,17", "-steps", "0:3,20")
	if len(m.Nets) != 1 || m.Findings != nil || len(m.Nets[0].Steps) != 4 || m.Nets[0].Explain != "go run ./cmd/audit explain -max_steps 30 -seed 42 -n 40" {
		t.Errorf("%d networks, %q", len(m.Nets), m.Nets[0].Explain)
	}
	for _, want := range []string{"2–20–2 units, trained on make_moons for 30 steps", "go run ./cmd/audit page -max_steps 30 -seed 42 -n 40 -o ", "dnn_hidden_units"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	m, html = paged(t, "-as_reported", "-max_steps", "30", "-n", "40")
	if len(m.Nets) != 2 || m.Differs == nil || m.Nets[0].Explain != "go run ./cmd/audit explain -max_steps 30 -init 1e-4 -reduction sum -seed 42 -n 40" ||
		m.Nets[1].Explain != "go run ./cmd/audit explain -max_steps 30 -seed 42 -n 40 -as_reported" {
		t.Errorf("%d networks, %+v, %q, %q", len(m.Nets), m.Differs, m.Nets[0].Explain, m.Nets[1].Explain)
	}
	if want := "with softmax-every-layer and bias-gradient-mean"; m.Nets[1].Name.EN != want || !strings.Contains(html, "beside one with a mistake") {
		t.Errorf("%q", m.Nets[1].Name.EN)
	}
	m, html = paged(t, "-trace", traced(t, "-n", "30", "-fault", "bias-gradient-mean"))
	if len(m.Nets) != 1 || len(m.Findings) == 0 || !strings.Contains(html, fmt.Sprintf("%d findings in ", len(m.Findings))) || !strings.Contains(html, "The recorded steps of trace.npz") {
		t.Errorf("%d networks, %d findings", len(m.Nets), len(m.Findings))
	}
	m, html = paged(t, "-trace", traced(t, "-n", "30"))
	if m.Findings == nil || len(m.Findings) != 0 || !strings.Contains(html, "Clean: all ") {
		t.Errorf("findings %+v", m.Findings)
	}
}

// The page of the default run has its size, and twice the same bytes.
func TestDefaultPage(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	m, html := paged(t)
	if n := len(m.Nets[0].Steps); n < 22 || len(m.Nets[0].Steps[0].Kept) != 32 {
		t.Errorf("%d steps with %d rows", n, len(m.Nets[0].Steps[0].Kept))
	}
	_, again := paged(t)
	// The name of the file is in the command.
	if i := strings.Index(html, `id="model">`); html[i:strings.Index(html[i:], "</script>")+i] != again[i:strings.Index(again[i:], "</script>")+i] {
		t.Error("the second page is another")
	}
}

func TestPageUsage(t *testing.T) {
	trace := traced(t, "-n", "20")
	for args, want := range map[string]string{
		"-trace " + trace + " -fault dz-sign": "-fault belongs to our own run and -trace brings a recorded one",
		"-trace " + trace + " -as_reported":   "-as_reported belongs to our own run",
		"-trace " + trace + " -steps 0,9":     "-steps: " + trace + " has no step 9; it has 0, 1, 2",
		"-trace " + trace + " -samples 16":    "-samples: no batch has a row 16; the largest has 16 rows",
		"-steps 0:9 -max_steps 5":             "-steps: there is no step 8; with -max_steps 5 they are 0 to 4",
		"-steps x":                            `"x" is not a step or a range of steps`,
		"-samples 1,-2":                       `-samples: "1,-2": "-2" is not the number of a row`,
		"-samples 16 -n 20":                   "-samples: there is no training row 16; they are 0 to 15",
		"-sgd -samples 1":                     "-samples keeps rows of a batch and -sgd has one row a step",
		"extra":                               "extra",
		"-sgd -batch_size 3":                  "give one of the two",
	} {
		_, stderr, status := audits(t, append([]string{"page", "-o", filepath.Join(t.TempDir(), "x.html")}, strings.Fields(args)...)...)
		if status != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, stderr %q", args, status, stderr)
		}
	}
	for args, want := range map[string]string{
		"-trace /no.npz":                        "/no.npz",
		"-dnn_hidden_units 3000,3000":           "3 steps of this network would take ",
		"-n 20 -max_steps 3 -o /no/such/x.html": "-o: ",
	} {
		_, stderr, status := audits(t, append([]string{"page"}, strings.Fields(args)...)...)
		if status != 1 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, stderr %q", args, status, stderr)
		}
	}
}

// A run that was stopped, or that diverged, leaves a page that says so.
func TestPageOfAnEarlyEnd(t *testing.T) {
	for _, args := range []string{"-n 30", "-n 30 -as_reported"} {
		f := newPageFlags()
		f.out = filepath.Join(t.TempDir(), "page.html")
		if err := f.set.Parse(strings.Fields(args), io.Discard); err != nil {
			t.Fatal(err)
		}
		var err error
		if f.file, err = output.Create("o", f.out); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := f.own(ctx, io.Discard, io.Discard); !errors.Is(err, cli.ErrInterrupted) || !strings.Contains(err.Error(), "after 1 of 1500 steps; what was done by then is in ") {
			t.Errorf("%s: %v", args, err)
		}
		m, html := pageModel(t, f.out)
		if len(m.Nets[0].Steps) != 1 || !strings.Contains(html, "The run was interrupted after 1 of 1500 steps") {
			t.Errorf("%s: %d steps", args, len(m.Nets[0].Steps))
		}
	}
	file := filepath.Join(t.TempDir(), "page.html")
	_, stderr, status := audits(t, "page", "-learning_rate", "1e300", "-n", "30", "-o", file)
	if status != 1 || !strings.Contains(stderr, "the run has diverged; a smaller learning rate would be right than -learning_rate 1e+300; what was done by then is in ") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if m, _ := pageModel(t, file); !strings.Contains(m.Nets[0].Note.EN, "It diverged: in step ") {
		t.Errorf("%q", m.Nets[0].Note)
	}
	// That a mistake makes a network diverge is what one wanted to see.
	if m, _ := paged(t, "-fault", "update-sign", "-learning_rate", "3", "-n", "40", "-max_steps", "400"); !strings.Contains(m.Nets[1].Note.EN, "It diverged: in step ") {
		t.Errorf("%q", m.Nets[1].Note)
	}
}

// Names of files and of entries are text in the page, whatever is in them.
func TestHostilePage(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "<img src=x onerror=alert(1)>\u202ec.npz")
	b, err := os.ReadFile(traced(t, "-n", "20"))
	if err != nil {
		t.Fatal(err)
	}
	plain := filepath.Join(dir, "plain.npz")
	if err := os.WriteFile(plain, b, 0o666); err != nil {
		t.Fatal(err)
	}
	a, err := npy.ReadNPZ(plain)
	if err != nil {
		t.Fatal(err)
	}
	entries := []npy.Entry{{Name: `</script><script>alert(2)</script>`, Array: npy.FromFloat(1)}}
	for _, name := range a.Names() {
		array, err := a.Array(name)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, npy.Entry{Name: name, Array: array})
	}
	var w bytes.Buffer
	if err := npy.WriteNPZ(&w, entries, false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, w.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	m, html := paged(t, "-trace", file)
	if m.Nets[0].Name.EN != cli.OneLine(filepath.Base(file)) || !strings.Contains(m.Nets[0].Note.EN, "<script>alert(2)</script>") {
		t.Errorf("%q, %q", m.Nets[0].Name, m.Nets[0].Note)
	}
	for _, bad := range []string{"<img", "<script>alert"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if m.Nets[0].Explain != "go run ./cmd/audit explain -trace $'"+cli.OneLine(file)+"'" {
		t.Errorf("%q", m.Nets[0].Explain)
	}
}
