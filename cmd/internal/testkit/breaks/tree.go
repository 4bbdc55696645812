package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Package is one of the tree, as go list tells it.
type Package struct {
	ImportPath, Dir                          string
	GoFiles, Deps, TestGoFiles, XTestGoFiles []string
	TestImports, XTestImports                []string
	reach                                    map[string]bool // packages that its tests are compiled from
	tested                                   bool
	takes                                    time.Duration // its tests, with nothing broken; < 0 where they do not count
	code                                     []byte        // its machine code, with nothing broken
}

// A Tree is a copy of the sources, to break.
type Tree struct {
	ctx      context.Context
	dir      string
	limit    time.Duration
	Run      string // tests of this pattern alone; "" for all
	packages map[string]*Package
	broken   []*Package // to break
	tests    []*Package // whose tests run, those on fewest others first
}

// Copy copies what git knows, or would take in, of the tree at dir.
func Copy(ctx context.Context, dir string, limit time.Duration) (*Tree, error) {
	list := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = dir
	names, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("git ls-files: %w; run it inside the tree", err)
	}
	to, err := os.MkdirTemp("", "breaks-")
	if err != nil {
		return nil, err
	}
	t := &Tree{ctx: ctx, dir: to, limit: limit, packages: map[string]*Package{}}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(dir, name), filepath.Join(to, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Remove()
			return nil, err
		}
	}
	return t, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// Remove takes the copy away.
func (t *Tree) Remove() { os.RemoveAll(t.dir) }

// command is a go command in the copy. Its memory is bounded, as a loop that
// does not end may take all there is; it and what it starts end with the context.
func (t *Tree) command(args ...string) *exec.Cmd {
	c := bounded(t.ctx, args)
	c.Dir = t.dir
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off")
	c.WaitDelay = time.Second
	return c
}

// List finds the packages to break and those to test, by go list's patterns.
func (t *Tree) List(broken, tests []string) error {
	var err error
	if _, err = t.list([]string{"./..."}); err != nil {
		return err
	}
	for _, p := range t.packages {
		p.reach = map[string]bool{p.ImportPath: true}
		for _, d := range slices.Concat(p.Deps, p.TestImports, p.XTestImports) {
			p.reach[d] = true
			if q := t.packages[d]; q != nil {
				for _, d := range q.Deps {
					p.reach[d] = true
				}
			}
		}
	}
	if t.broken, err = t.list(broken); err != nil {
		return err
	}
	if t.tests, err = t.list(tests); err != nil {
		return err
	}
	t.tests = slices.DeleteFunc(t.tests, func(p *Package) bool { return len(p.TestGoFiles)+len(p.XTestGoFiles) == 0 })
	ours := func(p *Package) (n int) {
		for d := range p.reach {
			if t.packages[d] != nil {
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(t.tests, func(a, b *Package) int { return ours(a) - ours(b) })
	return nil
}

func (t *Tree) list(patterns []string) ([]*Package, error) {
	c := t.command(append([]string{"list", "-json=ImportPath,Dir,GoFiles,Deps,TestGoFiles,XTestGoFiles,TestImports,XTestImports"}, patterns...)...)
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w: %s", strings.Join(patterns, " "), err, &said)
	}
	var list []*Package
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		p := &Package{}
		if err := d.Decode(p); err == io.EOF {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		if q := t.packages[p.ImportPath]; q != nil {
			p = q
		}
		t.packages[p.ImportPath] = p
		list = append(list, p)
	}
}

// Changes returns every change of the packages to break.
func (t *Tree) Changes() ([]Change, error) {
	var all []Change
	for _, p := range t.broken {
		dir, err := filepath.Rel(t.dir, p.Dir)
		if err != nil {
			return nil, err
		}
		for _, file := range p.GoFiles {
			list, err := changesOf(p, t.dir, filepath.Join(dir, file))
			if err != nil {
				return nil, err
			}
			all = append(all, list...)
		}
	}
	return all, nil
}

// An Outcome is what came of a change.
type Outcome string

const (
	Noticed Outcome = "noticed"
	Missed  Outcome = "NOT NOTICED"
	Refused Outcome = "does not compile"
	Same    Outcome = "the same machine code"
)

// Try makes the change, runs tests until one fails, and takes it back. By says
// whose tests failed.
func (t *Tree) Try(c Change) (outcome Outcome, by string, err error) {
	path := filepath.Join(t.dir, c.File)
	before, err := os.ReadFile(path)
	if err != nil {
		return "", "", err
	}
	var tests []*Package
	for _, p := range t.tests {
		if p.reach[c.Package.ImportPath] {
			tests = append(tests, p)
		}
	}
	slices.SortStableFunc(tests, func(a, b *Package) int { // the broken one's first
		return bool2int(b == c.Package) - bool2int(a == c.Package)
	})
	if c.Package.code == nil {
		if c.Package.code, err = t.compile(c.Package); err != nil {
			return "", "", err
		}
	}
	for i, p := range tests {
		if err := t.time(p); err != nil {
			return "", "", err
		}
		if p.takes < 0 {
			continue
		}
		if err := os.WriteFile(path, slices.Concat(before[:c.From], []byte(c.Text), before[c.To:]), 0o666); err != nil {
			return "", "", err
		}
		started := time.Now()
		said, failed := t.test(p, 10*time.Second+5*p.takes)
		same := false
		if i == 0 && failed == nil && c.InCode { // not noticed at once: is it a change at all?
			var code []byte
			code, err = t.compile(c.Package)
			same = bytes.Equal(code, c.Package.code)
		}
		if err := errors.Join(err, os.WriteFile(path, before, 0o666)); err != nil {
			return "", "", err
		}
		switch {
		case failed != nil && (bytes.Contains(said, []byte("[build failed]")) || bytes.Contains(said, []byte("[setup failed]"))):
			return Refused, "", nil
		case failed != nil:
			how := ""
			if bytes.Contains(said, []byte("panic: test timed out")) {
				how = ", which did not end"
			}
			return Noticed, fmt.Sprintf(" by %s in %.1f s%s", p.ImportPath, time.Since(started).Seconds(), how), nil
		case same:
			return Same, "", nil
		}
	}
	return Missed, "", nil
}

func (t *Tree) test(p *Package, limit time.Duration) ([]byte, error) {
	return t.command("test", "-vet=off", "-count=1", "-failfast", "-run", t.Run, "-timeout", limit.Round(time.Millisecond).String(), p.ImportPath).CombinedOutput()
}

// time runs a package's tests with nothing broken, once.
func (t *Tree) time(p *Package) error {
	if p.tested {
		return nil
	}
	p.tested = true
	if said, err := t.test(p, t.limit); err != nil {
		if t.ctx.Err() == nil && !bytes.Contains(said, []byte("panic: test timed out")) {
			return fmt.Errorf("the tests of %s fail with nothing broken: %s", p.ImportPath, said)
		}
		p.takes = -1
		fmt.Fprintf(os.Stderr, "the tests of %s take longer than %v and are left out\n", p.ImportPath, t.limit)
		return nil
	}
	started := time.Now() // once more: the first one compiles
	_, err := t.test(p, t.limit)
	p.takes = time.Since(started)
	return err
}

// compile returns the machine code of a package as the compiler lists it.
func (t *Tree) compile(p *Package) ([]byte, error) {
	code, err := t.command("build", "-gcflags=-S", "-o", os.DevNull, p.ImportPath).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go build %s: %w: %s", p.ImportPath, err, code)
	}
	return code, nil
}

func bool2int(b bool) int {
	if b {
		return 1
	}
	return 0
}
