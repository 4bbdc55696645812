package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"glassbox/cmd/internal/python"
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

// A peer names a process: its kind, the threads it may use, and the core type
// its OpenBLAS is held to, "" for the one it takes by itself.
type peer struct {
	kind    kind
	threads int
	core    string
}

// about is what a peer says of itself.
type about struct {
	Version string `json:"version"`
	BLAS    string `json:"blas"`
	Core    string `json:"core"` // the kernels its BLAS has taken
}

// words says what a peer is in a few words.
func (a about) words(k kind) string {
	text := strings.TrimPrefix(a.Version, "v")
	switch {
	case k == glassbox:
		text = "Go " + text
		if a.Core != "" {
			text += ", " + a.Core + " kernels"
		}
	case k == part2Kind:
		return "glassbox's, built by go build"
	case k == openblasKind && a.Core != "":
		text += ", by itself with " + a.Core + " kernels"
	case a.BLAS != "" && a.Core != "":
		text += " with " + a.BLAS + " (" + a.Core + ")"
	case a.BLAS != "":
		text += " with " + a.BLAS
	}
	return text
}

// peerResults says who takes part, and of those who do not, why.
func peerResults(ctx context.Context, p *pool, list []section) []peerResult {
	var all []peerResult
	wanted := starters(list)
	for _, k := range kinds {
		i := slices.IndexFunc(wanted, func(w peer) bool { return w.kind == k && w.core == "" })
		if i < 0 {
			continue
		}
		m := p.get(ctx, wanted[i])
		r := peerResult{Name: string(k), About: m.about.words(k)}
		if m.err != nil {
			r.Missing = m.err.Error()
		}
		for _, w := range wanted {
			if w.kind == k && w.core != "" {
				if held := p.get(ctx, w); held.err == nil && differs(held.about, m.about) {
					r.About += "; also held to " + held.about.Core
				}
			}
		}
		all = append(all, r)
	}
	return all
}

// A launcher has what is needed to start peers.
type launcher struct {
	root  string   // of the module's tree
	temp  string   // for what is built
	data  string   // the file with the steps' data
	self  string   // this program
	built sync.Map // of each program that was built, a func() error
}

// newLauncher finds the tree and makes a directory for what is built, with the
// data of the steps in it.
func newLauncher() (*launcher, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "glassbox-bench-*")
	if err != nil {
		return nil, err
	}
	l := &launcher{root: root, temp: temp, data: filepath.Join(temp, "data.npz"), self: self}
	if err := newData().write(l.data); err != nil {
		os.RemoveAll(temp)
		return nil, err
	}
	return l, nil
}

// findRoot returns the directory, from the present one up, that has the peers.
func findRoot() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "testdata", "peers", "protocol.py")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no directory from %s up has testdata/peers; run it inside glassbox's tree", start)
		}
	}
}

// start starts the process that p names.
func (l *launcher) start(ctx context.Context, p peer) (runner, about, error) {
	switch p.kind {
	case part2Kind:
		program, err := l.goBuild(ctx, l.root, "./cmd/part2", "part2")
		return wholeRun{program, []string{"-out", filepath.Join(l.temp, "out-part2")}}, about{}, err
	case scriptKind:
		return l.script(ctx)
	}
	c, err := l.child(ctx, p)
	if err != nil {
		return nil, about{}, err
	}
	return c, c.about, nil
}

func (l *launcher) child(ctx context.Context, p peer) (*child, error) {
	env := environment(p)
	switch p.kind {
	case glassbox:
		return startChild(ctx, env, l.self, serveWord)
	case numpyKind:
		return l.python(ctx, env, "numpy_peer.py")
	case torchKind:
		return l.python(ctx, env, "torch_peer.py")
	case sklearnKind:
		return l.python(ctx, env, "sklearn_peer.py")
	case openblasKind:
		program, err := l.openBLAS(ctx)
		if err != nil {
			return nil, err
		}
		return startChild(ctx, env, program)
	case gonumKind:
		program, err := l.goBuild(ctx, l.file("gonum"), ".", "gonum")
		if err != nil {
			return nil, err
		}
		return startChild(ctx, env, program)
	}
	panic("bench: no kind " + p.kind)
}

// environment holds a process to its threads and its BLAS to its kernels. The
// number of threads has to be set before a BLAS is loaded.
func environment(p peer) []string {
	var env []string
	for _, name := range []string{"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "GOMAXPROCS"} {
		env = append(env, fmt.Sprintf("%s=%d", name, p.threads))
	}
	if p.core != "" {
		env = append(env, "OPENBLAS_CORETYPE="+p.core)
	}
	return env
}

// file is the path of a file of testdata/peers.
func (l *launcher) file(name string) string {
	return filepath.Join(l.root, "testdata", "peers", name)
}

// script finds a python3 for part2's counterpart.
func (l *launcher) script(ctx context.Context) (runner, about, error) {
	var a about
	path := l.file("part2.py")
	python, err := python.Each(func(python string) error {
		stderr := &tail{}
		cmd := exec.CommandContext(ctx, python, path, "-about")
		cmd.Stderr = stderr
		out, err := cmd.Output()
		if err == nil {
			err = json.Unmarshal(bytes.TrimSpace(out), &a)
		}
		return stderr.explain(err)
	})
	return wholeRun{python, []string{path, "-out", filepath.Join(l.temp, "out-script")}}, a, err
}

// python starts a script with the first python3 on PATH that runs it.
func (l *launcher) python(ctx context.Context, env []string, script string) (*child, error) {
	var c *child
	_, err := python.Each(func(python string) (err error) {
		c, err = startChild(ctx, env, python, l.file(script), l.data)
		return err
	})
	return c, err
}

// openBLAS builds the C program around OpenBLAS.
func (l *launcher) openBLAS(ctx context.Context) (string, error) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		return "", errors.New("there is no C compiler (cc) on PATH")
	}
	program := filepath.Join(l.temp, "openblas")
	return program, l.build(ctx, l.root, program, cc, "-O2", "-o", program, l.file("openblas.c"), "-ldl")
}

// goBuild builds the command pkg of the module in dir.
func (l *launcher) goBuild(ctx context.Context, dir, pkg, name string) (string, error) {
	if _, err := exec.LookPath("go"); err != nil {
		return "", errors.New("there is no go on PATH")
	}
	program := filepath.Join(l.temp, name)
	return program, l.build(ctx, dir, program, "go", "build", "-o", program, pkg)
}

// build runs a compiler in dir, unless it has tried to make the program before.
func (l *launcher) build(ctx context.Context, dir, program, compiler string, args ...string) error {
	once, _ := l.built.LoadOrStore(program, sync.OnceValue(func() error { return compile(ctx, dir, compiler, args...) }))
	return once.(func() error)()
}

func compile(ctx context.Context, dir, compiler string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, compiler, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s did not end in %v", filepath.Base(compiler), answerTimeout)
	}
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return fmt.Errorf("cannot be built: %s", line)
		}
	}
	return fmt.Errorf("cannot be built: %w", err)
}

// A pool keeps the processes that were started, and why one could not be. A
// process is started when it is first asked for.
type pool struct {
	start func(ctx context.Context, p peer) (runner, about, error)
	held  sync.Map // *member by peer
}

// A member is a process of a pool.
type member struct {
	once   sync.Once
	runner runner
	about  about
	err    error
}

// get returns the process that w names, with err when there is none.
func (p *pool) get(ctx context.Context, w peer) *member {
	held, _ := p.held.LoadOrStore(w, &member{})
	m := held.(*member)
	m.once.Do(func() { m.runner, m.about, m.err = p.start(ctx, w) })
	return m
}

// startAll starts several at once: importing a large library takes a second.
func (p *pool) startAll(ctx context.Context, list []peer) {
	var wg sync.WaitGroup
	for _, w := range list {
		wg.Go(func() { p.get(ctx, w) })
	}
	wg.Wait()
}

// closeIf ends the processes of which f says so.
func (p *pool) closeIf(f func(w peer) bool) {
	var wg sync.WaitGroup
	p.held.Range(func(w, held any) bool {
		if m := held.(*member); f(w.(peer)) {
			if m.err == nil && m.runner != nil {
				wg.Go(m.runner.close)
			}
			p.held.Delete(w)
		}
		return true
	})
	wg.Wait()
}
