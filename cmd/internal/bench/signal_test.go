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

// Ctrl-C ends the children and gives out what there is; how long it takes until
// there is something hangs on the machine.
func TestCtrlC(t *testing.T) {
	t.Setenv("PATH", "")
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		head := &firstWrite{wait: wait, then: make(chan bool)}
		stop := interrupt.Press(t, head.then)
		var errors bytes.Buffer
		status := cli.Run("bench", Main, []string{"-rounds", "100000", "-slice", "1", "-only", "f"}, head, &errors)
		stop()
		stdout, stderr := head.String(), errors.String()
		if status != 130 || stderr != "bench: interrupted: what was measured by then was given out\n" {
			t.Fatalf("status %d, stderr %q", status, stderr)
		}
		if strings.Contains(stdout, "1,600 elements") {
			return
		}
		if wait > time.Minute {
			t.Fatalf("stdout lacks what was measured:\n%s", stdout)
		}
	}
}

// firstWrite closes a channel some time after the first write.
type firstWrite struct {
	bytes.Buffer
	wait time.Duration
	then chan bool
	once sync.Once
}

func (w *firstWrite) Write(p []byte) (int, error) {
	w.once.Do(func() { time.AfterFunc(w.wait, func() { close(w.then) }) })
	return w.Buffer.Write(p)
}
