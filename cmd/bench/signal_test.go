//go:build unix

package main

import (
	"bytes"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"glassbox/cmd/internal/cli"
)

// Ctrl-C ends the children and gives out what there is.
func TestCtrlC(t *testing.T) {
	// The test catches the signal as well, so that one that comes before or
	// after the run listens does not end it.
	guard := make(chan os.Signal, 1)
	signal.Notify(guard, syscall.SIGINT)
	defer signal.Stop(guard)
	t.Setenv("PATH", "")
	done := make(chan bool)
	head := &firstWrite{then: make(chan bool)}
	go func() {
		<-head.then
		for {
			select {
			case <-done:
				return
			case <-time.After(500 * time.Millisecond):
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			}
		}
	}()
	start := time.Now()
	var errors bytes.Buffer
	status := cli.Run("bench", run, []string{"-rounds", "100000", "-slice", "1", "-only", "f"}, head, &errors)
	close(done)
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
