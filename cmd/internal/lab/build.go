package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lab/pack"
)

// A program is the Go of the page, compiled.
type program struct {
	compiler string // "go1.26.0"
	support  []byte // the compiler's own wasm_exec.js
	bytes    int    // of WebAssembly
	packed   []byte // the same as text
}

// The page is downloaded more often than it computes: functions are inlined only
// where numbers are made.
var compilerFlags = []string{"-trimpath", "-ldflags=-s -w", "-gcflags=all=-l", "-gcflags=math=", "-gcflags=math/bits=", "-gcflags=glassbox/mat/...=", "-gcflags=glassbox/nn=", "-gcflags=glassbox/nn/spec="}

// build compiles the program with the Go toolchain at hand.
func build(ctx context.Context) (*program, error) {
	env, err := goCommand(ctx, "env", "GOROOT", "GOVERSION", "GOMOD")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(env), "\n")
	if len(lines) < 3 {
		return nil, fmt.Errorf("go env printed %q; GOROOT, GOVERSION and GOMOD were asked for", env)
	}
	p := &program{compiler: strings.TrimSpace(lines[1])}
	if p.support, err = support(strings.TrimSpace(lines[0]), p.compiler); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "glassbox")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	wasm := filepath.Join(dir, "glassbox.wasm")
	args := append([]string{"build", "-o", wasm}, compilerFlags...)
	if _, err := goCommand(ctx, append(args, "glassbox/cmd/internal/lab/wasm")...); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(wasm)
	if err != nil {
		return nil, err
	}
	p.bytes = len(b)
	if p.packed, err = pack.Pack(b); err != nil {
		return nil, err
	}
	return p, nil
}

// support reads what a toolchain brings along for its WebAssembly.
func support(root, version string) ([]byte, error) {
	for _, dir := range []string{"lib", "misc"} { // misc up to Go 1.23
		b, err := os.ReadFile(filepath.Join(root, dir, "wasm", "wasm_exec.js"))
		if err == nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("%s in %s has no lib/wasm/wasm_exec.js, so it cannot make a page; a Go installed whole, from go.dev/dl or a package golang-go with its misc files, would be right", version, root)
}

// goCommand runs the go command for a browser's system and returns what it prints.
func goCommand(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	var said bytes.Buffer
	cmd.Stderr = &said
	b, err := cmd.Output()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%w before the page was made", cli.ErrInterrupted)
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("there is no go command on PATH to compile the page with")
	case err != nil:
		return nil, fmt.Errorf("go %s for WebAssembly: %s", args[0], cli.OneLine(strings.TrimSpace(said.String())+" ("+err.Error()+")"))
	}
	return b, nil
}
