package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A process is a program that is run anew for each operation.
type process struct {
	program string
	args    []string // before the work's
}

func (s *workshop) part2(ctx context.Context) (runner, about, error) {
	program, err := s.goBuild(ctx, s.root, "./cmd/part2", "part2")
	return process{program, []string{"-out", filepath.Join(s.temp, "out-part2")}}, about{}, err
}

func (s *workshop) script(ctx context.Context) (runner, about, error) {
	var a about
	path := s.peer("part2.py")
	python, err := eachPython(func(python string) error {
		stderr := &tail{}
		cmd := exec.CommandContext(ctx, python, path, "-about")
		cmd.Stderr = stderr
		out, err := cmd.Output()
		if err == nil {
			err = json.Unmarshal(bytes.TrimSpace(out), &a)
		}
		if last := stderr.last(); err != nil && last != "" {
			err = errors.New(last)
		}
		return err
	})
	return process{python, []string{path, "-out", filepath.Join(s.temp, "out-script")}}, a, err
}

func (p process) run(ctx context.Context, work string, warm, reps int) (float64, error) {
	total := 0.0
	for i := range warm + reps {
		took, err := p.once(ctx, strings.Fields(work))
		if err != nil {
			return 0, err
		}
		if i >= warm {
			total += took
		}
	}
	return total, nil
}

func (p process) close() {}

// once runs the program from start to end and returns the seconds it took.
func (p process) once(ctx context.Context, args []string) (float64, error) {
	stderr := &tail{}
	cmd := exec.CommandContext(ctx, p.program, append(slices.Clone(p.args), args...)...)
	cmd.Stderr = stderr
	cmd.Env = withoutSettings(os.Environ())
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start).Seconds()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if last := stderr.last(); err != nil && last != "" {
		err = errors.New(last)
	}
	return took, err
}
