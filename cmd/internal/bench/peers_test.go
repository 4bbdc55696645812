package bench

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"glassbox/mat/nptest"
)

// testLauncher returns a launcher of the test, with the data.
func testLauncher(t *testing.T) *launcher {
	t.Helper()
	s, err := newLauncher()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(s.temp) })
	return s
}

// startOrSkip starts a peer. NumPy and scikit-learn are there where tests may
// want them; the others are not everywhere.
func startOrSkip(t *testing.T, s *launcher, k kind) *child {
	t.Helper()
	switch k {
	case numpyKind:
		nptest.Python(t, "numpy")
	case sklearnKind:
		nptest.Python(t, "numpy", "sklearn")
	}
	c, err := s.child(context.Background(), peer{kind: k, threads: 1})
	if err != nil && (k == torchKind || k == openblasKind || k == gonumKind) {
		t.Skipf("%s: %v", k, err)
	}
	if err != nil {
		t.Fatalf("%s: %v", k, err)
	}
	t.Cleanup(c.close)
	return c
}

// Everyone does the same work: from the same weights, rows and draws come the
// same loss and parameters, from the same numbers the same products.
func TestPeersAgree(t *testing.T) {
	l := testLauncher(t)
	own := startOrSkip(t, l, glassbox)
	var mu sync.Mutex
	type work struct {
		theirs, ours string
		steps        int
	}
	same := func(steps int, list ...string) []work {
		var all []work
		for _, w := range list {
			all = append(all, work{w, w, steps})
		}
		return all
	}
	steps := same(20, "step moons rows 800", "step moons draw 1", "step three rows 800", "step wide rows 64")
	// Past the end of an epoch, with a last batch that is smaller.
	steps = append(steps, same(60, "step moons epochs 32", "step moons epochs 300")...)
	products := same(1, "mul ab 5 6 7", "mul atb 5 6 7", "mul abt 5 6 7", "mul ab 64 256 784", "mul atb 20 2 800", "mul abt 33 65 129")
	for k, list := range map[kind][]work{
		numpyKind: append(steps,
			work{"modules moons rows 800", "step moons rows 800", 20}, work{"modules moons draw 1", "step moons draw 1", 20},
			work{"modules moons epochs 32", "step moons epochs 32", 60},
			work{"exp 1600", "exp 1600", 2}, work{"normals 1000", "normals 1000", 3}),
		torchKind: append(steps,
			work{"modules moons rows 800", "step moons rows 800", 20}, work{"modules moons draw 1", "step moons draw 1", 20},
			work{"modules moons epochs 32", "step moons epochs 32", 60},
			work{"exp 1600", "exp 1600", 2}),
		sklearnKind: {
			// Two classes are something else there. An epoch by fit is a
			// permutation of the rows.
			{"step three rows 800", "step three rows 800", 20}, {"partial three rows 800", "step three rows 800", 20},
			{"partial three draw 1", "step three draw 1", 20}, {"step three epochs 32", "step three epochs 32", 25},
			{"step three draw 1", "step three epochs 1", 800},
			{"step wide rows 64", "step wide rows 64", 5}, {"moons 1000", "moons 1000", 3}, {"moons 1001", "moons 1001", 1}},
		openblasKind: products,
		gonumKind:    products,
	} {
		t.Run(string(k), func(t *testing.T) {
			if testing.Short() && (k == torchKind || k == sklearnKind) {
				t.Skip("importing it takes a second or two")
			}
			t.Parallel()
			c := startOrSkip(t, l, k)
			for _, w := range list {
				a, b, err := c.check(w.theirs, w.steps)
				if err != nil {
					t.Errorf("%s: %v", w.theirs, err)
					continue
				}
				mu.Lock()
				wantA, wantB, err := own.check(w.ours, w.steps)
				mu.Unlock()
				if err != nil {
					t.Errorf("glassbox, %s: %v", w.ours, err)
					continue
				}
				// What rounding in another order leaves after some steps.
				const tolerance = 1e-10
				if !(math.Abs(a-wantA) <= tolerance*math.Abs(wantA)) || !(math.Abs(b-wantB) <= tolerance*math.Abs(wantB)) {
					t.Errorf("%s: %.17g and %.17g, glassbox's are %.17g and %.17g", w.theirs, a, b, wantA, wantB)
				}
			}
		})
	}
}

// Every peer tells a mistake and stays alive.
func TestPeersRefuse(t *testing.T) {
	l := testLauncher(t)
	for _, k := range []kind{glassbox, numpyKind, openblasKind, gonumKind} {
		t.Run(string(k), func(t *testing.T) {
			t.Parallel()
			c := startOrSkip(t, l, k)
			right := "mul ab 4 4 4"
			if k == numpyKind {
				right = "exp 10"
			}
			for _, work := range []string{"dance 1", "mul ba 3 4 5", "mul ab 0 4 5", "step moons backwards 3", "", "exp"} {
				if took, err := c.run(context.Background(), work, 0, 1); err == nil {
					t.Errorf("%q took %v s", work, took)
				}
				if took, err := c.run(context.Background(), right, 1, 2); err != nil || took <= 0 {
					t.Errorf("%s after %q: %v s, error %v", right, work, took, err)
				}
			}
		})
	}
}

// Threads and kernels are the bench's to choose.
func TestEnvironment(t *testing.T) {
	got := strings.Join(withoutSettings([]string{"A=1", "OPENBLAS_CORETYPE=Haswell", "OMP_NUM_THREADS=7", "GOMAXPROCS=9", "GOMAXPROCS_X=1", "GLASSBOX_KERNEL=go", "B"}), " ")
	if want := "A=1 GOMAXPROCS_X=1 GLASSBOX_KERNEL=go B"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	env := strings.Join(environment(peer{kind: numpyKind, threads: 2, core: "Zen"}), " ")
	for _, want := range []string{"OPENBLAS_NUM_THREADS=2", "OMP_NUM_THREADS=2", "GOMAXPROCS=2", "OPENBLAS_CORETYPE=Zen"} {
		if !strings.Contains(env, want) {
			t.Errorf("%q lacks %s", env, want)
		}
	}
}

// A script with the given text in place of python3.
func fakePython(t *testing.T, text string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "python3"), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestChildrenThatFail(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("there is no /bin/sh")
	}
	for _, c := range []struct{ name, script, want string }{
		{"a module is missing", `echo "Traceback:" >&2; echo "ModuleNotFoundError: No module named 'numpy'" >&2; exit 1`, "python3 lacks numpy"},
		{"nothing is said", `exit 3`, "python3 fails: it ended: EOF"},
		{"nonsense is said", `echo hello; read line`, `python3 fails: it says "hello", not what it is`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := fakePython(t, c.script)
			t.Setenv("PATH", dir+string(filepath.ListSeparator)+filepath.Join(dir, "no-such-directory"))
			s := &launcher{root: "."}
			_, err := s.child(context.Background(), peer{kind: numpyKind, threads: 1})
			if err == nil || err.Error() != filepath.Join(dir, c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, answer, want string }{
		{"an error", "error: no paper", "no paper"},
		{"words", "soon", `it answers "soon", not seconds`},
		{"less than no time", "-1", `it answers "-1", not seconds`},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := fakePython(t, `echo '{"version": "7"}'; while read line; do echo "`+c.answer+`"; done`)
			first := fakePython(t, `echo "ModuleNotFoundError: No module named 'numpy'" >&2; exit 1`)
			t.Setenv("PATH", first+string(filepath.ListSeparator)+dir)
			s := &launcher{root: "."}
			c2, err := s.child(context.Background(), peer{kind: numpyKind, threads: 1})
			if err != nil || c2.about.Version != "7" {
				t.Fatalf("the second python3 was not taken: %v", err)
			}
			defer c2.close()
			if _, err := c2.run(context.Background(), "w", 0, 1); err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
	t.Run("it dies", func(t *testing.T) {
		t.Setenv("PATH", fakePython(t, `echo '{}'; read line; echo "out of memory" >&2; exit 1`))
		c, err := (&launcher{root: "."}).child(context.Background(), peer{kind: numpyKind, threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := c.run(context.Background(), "w", 0, 1); err == nil || err.Error() != "out of memory" {
				t.Errorf("error %v", err)
			}
		}
		c.close()
	})
	t.Run("the bench is stopped", func(t *testing.T) {
		t.Setenv("PATH", fakePython(t, `echo '{}'; read line; exec sleep 60`)+string(filepath.ListSeparator)+os.Getenv("PATH"))
		ctx, cancel := context.WithCancel(context.Background())
		c, err := (&launcher{root: "."}).child(ctx, peer{kind: numpyKind, threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer c.close()
		go cancel()
		if _, err := c.run(ctx, "w", 0, 1); err == nil {
			t.Error("no error")
		}
	})
}

// A compiler's complaint comes back as its first line.
func TestBuildFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "cc"), []byte("#!/bin/sh\necho '# openblas' >&2\necho 'openblas.c:9: no such header' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	s := &launcher{root: "../../..", temp: t.TempDir()}
	for range 2 {
		if _, err := s.child(context.Background(), peer{kind: openblasKind, threads: 1}); err == nil || err.Error() != "cannot be built: openblas.c:9: no such header" {
			t.Errorf("error %v", err)
		}
		// A second try, which would end otherwise, is not made.
		if err := os.WriteFile(filepath.Join(dir, "cc"), []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// check has a work done steps times from its beginning and returns the two
// numbers that tell what came of it.
func (c *child) check(work string, steps int) (a, b float64, err error) {
	answer, err := c.ask(fmt.Sprintf("check %d %s", steps, work))
	if err != nil {
		return 0, 0, err
	}
	if _, err := fmt.Sscan(answer, &a, &b); err != nil {
		return 0, 0, fmt.Errorf("it answers %q, not two numbers", answer)
	}
	return a, b, nil
}
