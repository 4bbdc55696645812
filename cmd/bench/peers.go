package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// A kind is a kind of process.
type kind string

const (
	glassbox     kind = "glassbox"
	numpyKind    kind = "NumPy"
	torchKind    kind = "PyTorch"
	sklearnKind  kind = "scikit-learn"
	openblasKind kind = "OpenBLAS"
	gonumKind    kind = "gonum"
	part2Kind    kind = "part2"
	scriptKind   kind = "part2.py"
)

// kinds are all in the order in which they are named.
var kinds = []kind{glassbox, numpyKind, torchKind, sklearnKind, openblasKind, gonumKind, part2Kind, scriptKind}

// A workshop has what is needed to start peers.
type workshop struct {
	root string   // of the module's tree
	temp string   // for what is built
	data string   // the file with the steps' data
	self []string // the command that makes this program glassbox's child

	mu    sync.Mutex // for building: one after the other, and once
	built map[string]error
}

// start starts the process that w names.
func (s *workshop) start(ctx context.Context, w who) (runner, about, error) {
	switch w.kind {
	case part2Kind:
		return s.part2(ctx)
	case scriptKind:
		return s.script(ctx)
	}
	c, err := s.child(ctx, w)
	if err != nil {
		return nil, about{}, err
	}
	return c, c.about, nil
}

func (s *workshop) child(ctx context.Context, w who) (*child, error) {
	env := environment(w)
	switch w.kind {
	case glassbox:
		return startChild(ctx, env, s.self[0], append(s.self[1:], s.data)...)
	case numpyKind:
		return s.python(ctx, env, "numpy_peer.py")
	case torchKind:
		return s.python(ctx, env, "torch_peer.py")
	case sklearnKind:
		return s.python(ctx, env, "sklearn_peer.py")
	case openblasKind:
		program, err := s.openBLAS(ctx)
		if err != nil {
			return nil, err
		}
		return startChild(ctx, env, program)
	case gonumKind:
		program, err := s.goBuild(ctx, s.peer("gonum"), ".", "gonum")
		if err != nil {
			return nil, err
		}
		return startChild(ctx, env, program)
	}
	panic("bench: no kind " + w.kind)
}

// environment holds a process to its threads and its BLAS to its kernels. The
// number of threads has to be set before a BLAS is loaded.
func environment(w who) []string {
	var env []string
	for _, name := range []string{"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "GOMAXPROCS"} {
		env = append(env, fmt.Sprintf("%s=%d", name, w.threads))
	}
	if w.core != "" {
		env = append(env, "OPENBLAS_CORETYPE="+w.core)
	}
	return env
}

func (s *workshop) peer(name string) string {
	return filepath.Join(s.root, "testdata", "peers", name)
}

// python starts a script with the first python3 on PATH that runs it.
func (s *workshop) python(ctx context.Context, env []string, script string) (*child, error) {
	var c *child
	_, err := eachPython(func(python string) (err error) {
		c, err = startChild(ctx, env, python, s.peer(script), s.data)
		return err
	})
	return c, err
}

// eachPython calls try with every python3 on PATH until one returns no error,
// and returns that python3.
func eachPython(try func(python string) error) (string, error) {
	var lacks []string
	tried := map[string]bool{}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		python, err := exec.LookPath(filepath.Join(dir, "python3"))
		if err != nil {
			continue
		}
		real, err := filepath.EvalSymlinks(python)
		if err != nil || tried[real] {
			continue
		}
		tried[real] = true
		if err = try(python); err == nil {
			return python, nil
		}
		lacks = append(lacks, python+" "+lack(err))
	}
	if lacks == nil {
		return "", errors.New("there is no python3 on PATH")
	}
	return "", errors.New(strings.Join(lacks, "; "))
}

// lack says why a python3 is not the one.
func lack(err error) string {
	if _, module, ok := strings.Cut(err.Error(), "No module named "); ok {
		return "lacks " + strings.Trim(module, "'")
	}
	return "fails: " + err.Error()
}

// openBLAS builds the C program around OpenBLAS.
func (s *workshop) openBLAS(ctx context.Context) (string, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return "", errors.New("there is no C compiler (cc) on PATH")
	}
	program := filepath.Join(s.temp, "openblas")
	return program, s.build(ctx, s.root, program, cc, "-O2", "-o", program, s.peer("openblas.c"), "-ldl")
}

// goBuild builds the command pkg of the module in dir.
func (s *workshop) goBuild(ctx context.Context, dir, pkg, name string) (string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return "", errors.New("there is no go on PATH")
	}
	program := filepath.Join(s.temp, name)
	return program, s.build(ctx, dir, program, "go", "build", "-o", program, pkg)
}

// build runs a compiler in dir, unless it has tried to make the program before.
func (s *workshop) build(ctx context.Context, dir, program, compiler string, args ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err, done := s.built[program]
	if !done {
		err = compile(ctx, dir, compiler, args...)
		if s.built == nil {
			s.built = map[string]error{}
		}
		s.built[program] = err
	}
	return err
}

func compile(ctx context.Context, dir, compiler string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, compiler, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s did not end in %v", filepath.Base(compiler), patience)
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return fmt.Errorf("cannot be built: %s", line)
		}
	}
	return fmt.Errorf("cannot be built: %w", err)
}
