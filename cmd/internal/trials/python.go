package trials

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"sync"
)

//go:embed changes.py
var changes []byte

// A helper is a Python that answers questions of changes.py.
type helper struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// helpers are as many Pythons as there are cores, started when they are needed.
type helpers struct {
	python, script string
	start          sync.Once
	failed         error
	idle           chan *helper
}

type question struct {
	Do     string `json:"do"`
	Name   string `json:"name"`
	Source string `json:"source"`
	Lines  []int  `json:"lines"`
	Right  string `json:"right"`
	Out    string `json:"out"`
	Line   int    `json:"line"`
	Text   string `json:"text"`
}

type answer struct {
	Out     string
	Error   string
	Apart   float64
	Changes []mutation
	By      string
}

// ask puts a question to an idle helper. One that fails or is interrupted is
// ended, and another takes its place.
func (h *helpers) ask(ctx context.Context, q question) (a answer, err error) {
	h.start.Do(func() {
		h.failed = os.WriteFile(h.script, changes, 0o666)
		h.idle = make(chan *helper, runtime.GOMAXPROCS(0))
		for range cap(h.idle) {
			h.idle <- nil
		}
	})
	if h.failed != nil {
		return a, h.failed
	}
	var x *helper
	select {
	case x = <-h.idle:
	case <-ctx.Done():
		return a, ctx.Err()
	}
	defer func() { h.idle <- x }()
	if x == nil {
		if x, err = h.begin(); err != nil {
			return a, err
		}
	}
	stop := context.AfterFunc(ctx, func() { x.cmd.Process.Kill() })
	defer stop()
	if err = json.NewEncoder(x.in).Encode(q); err == nil {
		var line []byte
		if line, err = x.out.ReadBytes('\n'); err == nil {
			err = json.Unmarshal(line, &a)
		}
	}
	if err != nil {
		x.end()
		x = nil
		if ctx.Err() != nil {
			return a, ctx.Err()
		}
		return a, fmt.Errorf("changes.py, asked to %s %s: %w", q.Do, q.Name, err)
	}
	return a, nil
}

func (h *helpers) begin() (*helper, error) {
	cmd := exec.Command(h.python, h.script)
	cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &helper{cmd, in, bufio.NewReader(out)}, cmd.Start()
}

func (x *helper) end() {
	x.in.Close()
	x.cmd.Process.Kill()
	x.cmd.Wait()
}

// close ends all helpers.
func (h *helpers) close() {
	if h.idle == nil {
		return
	}
	for range cap(h.idle) {
		if x := <-h.idle; x != nil {
			x.end()
		}
	}
}
