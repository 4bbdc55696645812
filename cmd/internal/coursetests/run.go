// Package coursetests tries a course's own unit tests: each mistake of the
// catalogue is planted into right modules of the assignment, and what no test
// fails on is a mistake that a student can hand in unnoticed.
//
// planted.go has the mistakes as they are written into the modules of template;
// run.go runs the tests.
package coursetests

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/parallel"
	"glassbox/nn/faults"
)

// Options are what to run and how.
type Options struct {
	Python   string
	Files    []string      // the course's tests
	Runner   []string      // arguments of Python before a test's file: "-m", "pytest"
	Time     time.Duration // that the tests may take on one set of modules
	Progress func(total int) (done func())
}

// A Result is what became of the tests.
type Result struct {
	Planted int
	Passed  []faults.Fault // the mistakes that no test fails on
}

// Run runs the tests on the right modules, which they have to pass, and on each
// planted mistake.
func Run(ctx context.Context, o Options) (Result, error) {
	list := append([]string{""}, Names()...)
	done := o.Progress(len(list))
	passed, why := make([]bool, len(list)), make([]error, len(list))
	var mu sync.Mutex
	one := func(i int) {
		passed[i], why[i] = o.try(ctx, list[i])
		mu.Lock()
		defer mu.Unlock()
		done()
	}
	if one(0); why[0] == nil && !passed[0] {
		why[0] = errors.New("they fail")
	}
	if why[0] != nil {
		return Result{}, fmt.Errorf("on the right modules: %w; tests have to pass there first. They are run beside modules.py (Linear, ReLU, SoftMax, CrossEntropy) and mlp_numpy.py (MLP)", why[0])
	}
	if err := parallel.Do(ctx, len(list)-1, func(i int) { one(i + 1) }); err != nil {
		return Result{}, fmt.Errorf("%w before every mistake was tried", cli.ErrInterrupted)
	}
	r := Result{Planted: len(list) - 1}
	for i, name := range list {
		if i > 0 && passed[i] && why[i] == nil {
			f, err := faults.Find(name)
			if err != nil {
				return r, err
			}
			r.Passed = append(r.Passed, f)
		}
	}
	return r, nil
}

// try runs every test file beside modules with a mistake and reports whether all
// pass. On the right modules, of which mistake is "", it says why not.
func (o Options) try(ctx context.Context, mistake string) (passed bool, err error) {
	dir, err := os.MkdirTemp("", "glassbox")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	for name, text := range Sources(mistake) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return false, err
		}
	}
	for _, file := range o.Files {
		text, err := os.ReadFile(file)
		if err != nil {
			return false, err
		}
		name := filepath.Base(file)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return false, err
		}
		limited, cancel := context.WithTimeout(ctx, o.Time)
		cmd := exec.CommandContext(limited, o.Python, append(append([]string{}, o.Runner...), name)...)
		cmd.Dir, cmd.WaitDelay = dir, time.Second
		cmd.Env = append(os.Environ(), "PYTHONPATH="+dir, "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
		output, ran := cmd.CombinedOutput()
		late := limited.Err() != nil
		cancel()
		switch {
		case ctx.Err() != nil:
			return false, ctx.Err()
		case ran == nil:
			continue
		case mistake != "":
			return false, nil // endless work is found too
		case late:
			return false, fmt.Errorf("%s takes longer than %s", name, o.Time)
		}
		lines := strings.Split(strings.TrimSpace(string(output)), "\n")
		return false, fmt.Errorf("%s fails: %s", name, cli.OneLine(lines[len(lines)-1]))
	}
	return true, nil
}
