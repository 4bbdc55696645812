package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"
)

// ends returns a pipe and the two ends a browser would have.
func ends(t *testing.T) (c *pipe, in, out *os.File) {
	t.Helper()
	in, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	from, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, f := range []*os.File{in, to, from, out} {
			f.Close()
		}
	})
	return newPipe(to, from), in, out
}

// Answers find their calls in whatever order they come.
func TestPipe(t *testing.T) {
	c, in, out := ends(t)
	stopped := make(chan error)
	go func() { stopped <- c.read() }()
	const n = 20
	go func() {
		r := bufio.NewReader(in)
		var answers []string
		for range n {
			text, err := r.ReadBytes(0)
			if err != nil {
				t.Error(err)
				return
			}
			var m struct {
				ID     int
				Method string
			}
			if err := json.Unmarshal(text[:len(text)-1], &m); err != nil {
				t.Error(err)
			}
			if m.Method == "Method.0" {
				answers = append(answers, fmt.Sprintf(`{"id":%d,"error":{"code":-1,"message":"refused","data":"for a reason"}}`, m.ID))
			} else {
				answers = append(answers, fmt.Sprintf(`{"id":%d,"result":{"said":%q}}`, m.ID, m.Method))
			}
		}
		for i := range answers {
			fmt.Fprintf(out, "%s\x00", answers[n-1-i])
		}
	}()
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			var answer struct{ Said string }
			method := fmt.Sprintf("Method.%d", i)
			err := c.call("", method, nil, &answer, 10*time.Second)
			if i == 0 {
				if err == nil || err.Error() != "Method.0: refused: for a reason" {
					t.Errorf("refused: %v", err)
				}
			} else if err != nil || answer.Said != method {
				t.Errorf("%s: %q, %v", method, answer.Said, err)
			}
		})
	}
	wait.Wait()
	fmt.Fprint(out, "not JSON\x00")
	if err := <-stopped; err == nil || !strings.Contains(err.Error(), "not JSON") {
		t.Errorf("read stopped with %v", err)
	}
}

// A browser that reads nothing holds nobody up.
func TestPipeThatIsFull(t *testing.T) {
	c, _, _ := ends(t)
	start := time.Now()
	err := c.call("", "Method", params{"long": strings.Repeat("x", 1<<20)}, nil, 100*time.Millisecond)
	if err == nil || err.Error() != "Method: not taken in 100ms" || time.Since(start) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}
