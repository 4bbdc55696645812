//go:build unix

package bench

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/testkit/interrupt"
)

// Ctrl-C ends the children and gives out what there is.
func TestCtrlC(t *testing.T) {
	t.Setenv("PATH", "")
	head := &firstWrite{then: make(chan bool)}
	stop := interrupt.Press(t, head.then)
	start := time.Now()
	var errors bytes.Buffer
	status := cli.Run("bench", Main, []string{"-rounds", "100000", "-slice", "1", "-only", "f"}, head, &errors)
	stop()
	stdout, stderr := head.String(), errors.String()
	if status != 130 || stderr != "bench: interrupted: what was measured by then was given out\n" || time.Since(start) > 10*time.Second {
		t.Errorf("status %d, stderr %q after %v", status, stderr, time.Since(start))
	}
	if !strings.Contains(stdout, "1,600 elements") {
		t.Errorf("stdout lacks what was measured:\n%s", stdout)
	}
}

// firstWrite closes a channel at the first write.
type firstWrite struct {
	bytes.Buffer
	then chan bool
	once sync.Once
}

func (w *firstWrite) Write(p []byte) (int, error) {
	w.once.Do(func() { close(w.then) })
	return w.Buffer.Write(p)
}
