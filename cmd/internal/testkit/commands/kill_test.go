package commands

import (
	"bytes"
	"cmp"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/python"
	"glassbox/mat/npy"
)

var kills = flag.Int("kills", 12, "`times` that a command is killed")

// What a child is to be, and the call to the disk at which it kills itself.
const (
	envArgs = "GLASSBOX_TEST_COMMAND"
	envCall = "GLASSBOX_TEST_KILLED_AT"
)

// child runs the command that a test asks for and does not return, or returns at
// once in the test itself.
func child() {
	main := mains[strings.Fields(os.Getenv(envArgs) + " -")[0]]
	if main == nil {
		return
	}
	if n, err := strconv.Atoi(os.Getenv(envCall)); err == nil {
		failing(n, func() error {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			time.Sleep(time.Minute)
			return err
		})
	}
	cli.Main(main)
}

// start starts the command in a process of its own.
func (w writer) start(t *testing.T, out string, call int) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	line := append([]string{self}, arguments(w.args, out)...)
	if w.command != nil {
		line = slices.Concat(w.command, line[1:])
	}
	c := exec.Command(line[0], line[1:]...)
	c.Env = append(os.Environ(), envArgs+"="+w.name)
	if call > 0 {
		c.Env = append(c.Env, envCall+"="+strconv.Itoa(call))
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Killed at any moment, a command leaves whole files, those of two runs beside
// each other only where no record stands with them, and a later run makes
// everything good and tidies up.
func TestKilled(t *testing.T) {
	type prepared struct {
		writer
		home          string
		before, after map[string][]byte
		took          time.Duration
		calls         int
	}
	list := recorderWriter(t)
	list = append(list, writers(t)...)
	if *kills < 100 {
		list = slices.DeleteFunc(list, func(w writer) bool { return w.name == "report" }) // which takes seconds
	}
	ready := make([]*prepared, len(list))
	rng := rand.New(rand.NewPCG(1, 2))
	byCall, unfinished := 0, 0
	for i := range *kills {
		w := ready[i%len(list)]
		if w == nil {
			w = &prepared{writer: list[i%len(list)], home: filepath.Join(t.TempDir(), "home")}
			ready[i%len(list)] = w
			out := filepath.Join(w.home, "out")
			run := func(args string) map[string][]byte {
				if stderr, status := w.run(args, out, io.Discard); status != 0 {
					t.Fatalf("%s: status %d, %s", w.name, status, stderr)
				}
				return files(t, w.home)
			}
			restore(t, w.home, nil)
			if w.older != "" {
				w.before = run(w.older)
			}
			counted := failAt(t, 0, nil)
			w.after = run(w.args)
			w.calls = counted()
			restore(t, w.home, w.before)
			started := time.Now()
			if err := w.start(t, out, 0).Wait(); err != nil {
				t.Fatalf("%s: %v", w.name, err)
			}
			w.took = time.Since(started)
		}
		out := filepath.Join(w.home, "out")
		restore(t, w.home, w.before)
		call := 0
		if i/len(list)%2 == 0 && w.command == nil {
			call = 1 + rng.IntN(w.calls)
			byCall++
		}
		c := w.start(t, out, call)
		wait := time.Duration(rng.Float64() * float64(w.took))
		if call > 0 {
			wait = 10*w.took + 10*time.Second
		}
		timer := time.AfterFunc(wait, func() { c.Process.Kill() })
		if err := c.Wait(); err != nil {
			unfinished++
		} else if call > 0 {
			t.Errorf("%s: there was no call %d", w.name, call)
		}
		timer.Stop()
		now := files(t, w.home)
		for name, text := range now {
			if !isPartial(name) && !same(text, w.before[name]) && !w.made(text, w.after[name]) {
				t.Errorf("%s, call %d or after %v: %s is neither the old file nor the new one", w.name, call, wait, name)
			}
		}
		if w.whole == nil {
			for name := range now {
				if isRecord(name) && !oneRun(filepath.Dir(name), now, w.before) && !oneRun(filepath.Dir(name), now, w.after) {
					t.Errorf("%s, call %d or after %v: %s stands beside files of two runs", w.name, call, wait, name)
				}
			}
		}
		if stderr, status := w.run(w.args, out, io.Discard); status != 0 {
			t.Fatalf("%s, once more: status %d, %s", w.name, status, stderr)
		}
		now = files(t, w.home)
		for name, text := range now {
			if !w.made(text, w.after[name]) {
				t.Errorf("%s, call %d or after %v: %s is not right after another run", w.name, call, wait, name)
			}
		}
		if len(now) != len(w.after) {
			t.Errorf("%s, call %d or after %v: %d files after another run, want %d", w.name, call, wait, len(now), len(w.after))
		}
	}
	t.Logf("%d commands, %d kills, %d of them at a call to the disk; %d before the command was done", len(list), *kills, byCall, unfinished)
}

// made reports whether a file of the command is as it has to be.
func (w writer) made(text, want []byte) bool {
	return want != nil && (bytes.Equal(text, want) || w.whole != nil && w.whole(text))
}

func same(text, want []byte) bool { return want != nil && bytes.Equal(text, want) }

// oneRun reports whether a folder's files are those of a run, and all of them.
func oneRun(dir string, now, run map[string][]byte) bool {
	for _, m := range []map[string][]byte{now, run} {
		for name := range m {
			if filepath.Dir(name) == dir && !isPartial(name) && !same(now[name], run[name]) {
				return false
			}
		}
	}
	return true
}

// isPartial reports whether a file is one that was being written.
func isPartial(name string) bool {
	return slices.ContainsFunc(strings.Split(filepath.ToSlash(name), "/"), func(s string) bool {
		return strings.HasPrefix(s, ".partial-") || strings.Contains(s, ".part-")
	})
}

// recorderWriter is the recorder under a small program, if there is a Python
// for it.
func recorderWriter(t *testing.T) []writer {
	path, err := python.NumPy()
	if err != nil {
		t.Logf("without the recorder: %v", err)
		return nil
	}
	dir := t.TempDir()
	program, file := filepath.Join(dir, "net.py"), filepath.Join(dir, "glassbox_record.py")
	text := "import numpy as np\nW = np.ones((300, 300))\nx = np.arange(90000.).reshape(300, 300)\nfor i in range(5):\n    z = np.dot(x, W)\n    W = W - 1e-9 * np.dot(x.T, z)\n"
	if err := cmp.Or(os.WriteFile(program, []byte(text), 0o666), os.WriteFile(file, recorder.Source, 0o666)); err != nil {
		t.Fatal(err)
	}
	return []writer{{
		name: "recorder", command: []string{path, file}, args: "-o OUT.npz " + program, older: "-o OUT.npz --steps 1 " + program,
		main: func(args []string, stdout, stderr io.Writer) error {
			c := exec.Command(path, append([]string{file}, args...)...)
			c.Stdout, c.Stderr = stdout, stderr
			return c.Run()
		},
		whole: func(text []byte) bool {
			copied := filepath.Join(dir, "copy.npz")
			err := os.WriteFile(copied, text, 0o666)
			if err == nil {
				_, err = npy.ReadNPZ(copied)
			}
			return err == nil
		},
	}}
}
