package bench

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A runner does a work: reps times after warm times that do not count. It
// returns the seconds of the former.
type runner interface {
	run(ctx context.Context, work string, warm, reps int) (seconds float64, err error)
	close()
}

// answerTimeout is how long a child may take for an answer: the slowest work takes
// some seconds, a first import of a large library some tens.
const answerTimeout = 2 * time.Minute

// A child is a process that answers lines, as testdata/peers/protocol.py says.
// Between two lines it sleeps.
type child struct {
	about  about
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr *tail
}

// startChild starts the program and waits for its first line. It is killed
// when ctx ends. env has the settings besides the environment of this process.
func startChild(ctx context.Context, env []string, program string, args ...string) (*child, error) {
	c := &child{cmd: exec.CommandContext(ctx, program, args...), stderr: &tail{}}
	c.cmd.Env = append(withoutSettings(os.Environ()), env...)
	c.cmd.Stderr = c.stderr
	c.cmd.WaitDelay = time.Second
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	c.stdout = bufio.NewReader(stdout)
	line, err := c.answer()
	if err == nil {
		if err = json.Unmarshal([]byte(line), &c.about); err != nil {
			err = fmt.Errorf("it says %q, not what it is", line)
		}
	}
	if err != nil {
		c.kill()
		return nil, err
	}
	return c, nil
}

// withoutSettings drops from env what the user has set for the threads and the
// kernels of others: here those are this command's to choose, and what a BLAS
// takes by itself is to be seen.
func withoutSettings(env []string) []string {
	return slices.DeleteFunc(slices.Clone(env), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return name == "GOMAXPROCS" || slices.ContainsFunc([]string{"OPENBLAS_", "GOTO_", "OMP_", "GOMP_", "KMP_", "MKL_"},
			func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	})
}

// ask sends a line and returns the line that comes back.
func (c *child) ask(line string) (string, error) {
	if _, err := io.WriteString(c.stdin, line+"\n"); err != nil {
		return "", c.reason(err)
	}
	answer, err := c.answer()
	if text, wrong := strings.CutPrefix(answer, "error: "); err == nil && wrong {
		return "", errors.New(text)
	}
	return answer, err
}

// answer reads a line, for as long as answerTimeout allows.
func (c *child) answer() (string, error) {
	timer := time.AfterFunc(answerTimeout, func() { c.cmd.Process.Kill() })
	line, err := c.stdout.ReadString('\n')
	if !timer.Stop() {
		return "", fmt.Errorf("no answer in %v", answerTimeout)
	}
	if err != nil {
		return "", c.reason(err)
	}
	return strings.TrimSpace(line), nil
}

// reason says why a child ended.
func (c *child) reason(err error) error {
	c.kill()
	return c.stderr.explain(fmt.Errorf("it ended: %w", err))
}

func (c *child) kill() {
	c.cmd.Process.Kill()
	c.cmd.Wait()
}

func (c *child) run(ctx context.Context, work string, warm, reps int) (float64, error) {
	answer, err := c.ask(fmt.Sprintf("run %d %d %s", warm, reps, work))
	if err != nil {
		return 0, err
	}
	seconds, err := strconv.ParseFloat(answer, 64)
	if err != nil || !(seconds >= 0) {
		return 0, fmt.Errorf("it answers %q, not seconds", answer)
	}
	return max(seconds, 1e-9), ctx.Err()
}

// close ends the child: it has no more lines to read.
func (c *child) close() {
	c.stdin.Close()
	timer := time.AfterFunc(2*time.Second, func() { c.cmd.Process.Kill() })
	defer timer.Stop()
	io.Copy(io.Discard, c.stdout)
	c.cmd.Wait()
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - 4096; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

// explain returns err, or, where the process wrote a reason, the last line of
// it that is not empty.
func (t *tail) explain(err error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := strings.TrimSpace(string(t.text))
	if err == nil || text == "" {
		return err
	}
	return errors.New(strings.TrimSpace(text[strings.LastIndexByte(text, '\n')+1:]))
}

// A wholeRun is a program that is run anew for each operation.
type wholeRun struct {
	program string
	args    []string // before the work's
}

func (p wholeRun) run(ctx context.Context, work string, warm, reps int) (float64, error) {
	var start time.Time
	for i := range warm + reps {
		if i == warm {
			start = time.Now()
		}
		stderr := &tail{}
		cmd := exec.CommandContext(ctx, p.program, slices.Concat(p.args, strings.Fields(work))...)
		cmd.Stderr, cmd.Env = stderr, withoutSettings(os.Environ())
		if err := cmd.Run(); err != nil {
			return 0, cmp.Or(ctx.Err(), stderr.explain(err))
		}
	}
	return time.Since(start).Seconds(), ctx.Err()
}

func (p wholeRun) close() {}
