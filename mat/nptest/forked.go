package nptest

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

//go:embed forked.py
var forked string

// A warm is a Python that has NumPy loaded and waits for scripts.
type warm struct {
	in  io.WriteCloser
	out *bufio.Reader
}

// warms holds, for an interpreter, those that wait: as many as run at once.
var warms struct {
	sync.Mutex
	idle map[string]chan *warm
}

// Script runs the script file in the folder dir as python would with these
// arguments, and returns what it wrote to standard output and error together.
// The error tells a failure to run it or its exit status.
//
// Starting Python, loading NumPy and compiling a long script take longer than
// most scripts that tests run, so each script runs in a forked child of a Python
// that has done these once.
func Script(t testing.TB, python, dir, script string, args ...string) ([]byte, error) {
	t.Helper()
	idle := idleOf(python)
	w := <-idle
	defer func() { idle <- w }() // one that has failed is nil: the next call starts another
	if w == nil {
		var err error
		if w, err = start(python); err != nil {
			return nil, err
		}
	}
	script, err := filepath.Abs(script)
	if err != nil {
		return nil, err
	}
	output := filepath.Join(t.TempDir(), "output")
	request, err := json.Marshal(map[string]any{"dir": dir, "argv": append([]string{script}, args...), "output": output})
	if err != nil {
		return nil, err
	}
	var status int
	if _, err = fmt.Fprintf(w.in, "%s\n", request); err == nil {
		_, err = fmt.Fscanln(w.out, &status)
	}
	if err != nil {
		w = nil
		return nil, fmt.Errorf("%s that runs scripts ended: %w", python, err)
	}
	text, err := os.ReadFile(output)
	if err == nil && status != 0 {
		err = fmt.Errorf("exit status %d", status)
	}
	return text, err
}

func idleOf(python string) chan *warm {
	warms.Lock()
	defer warms.Unlock()
	idle := warms.idle[python]
	if idle == nil {
		n := runtime.GOMAXPROCS(0)
		idle = make(chan *warm, n)
		for range n {
			idle <- nil
		}
		if warms.idle == nil {
			warms.idle = map[string]chan *warm{}
		}
		warms.idle[python] = idle
	}
	return idle
}

// start starts a Python, which ends when the tests' process closes its pipe.
func start(python string) (*warm, error) {
	cmd := exec.Command(python, "-c", forked)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &warm{in: in, out: bufio.NewReader(out)}, nil
}
