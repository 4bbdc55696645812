//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"glassbox/cmd/internal/cli"
)

// Ctrl-C itself, as a signal.
func TestCtrlC(t *testing.T) {
	// The test catches the signal as well, so that one that comes before or
	// after the run listens does not end it.
	guard := make(chan os.Signal, 1)
	signal.Notify(guard, syscall.SIGINT)
	defer signal.Stop(guard)
	done := make(chan bool)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(300 * time.Millisecond):
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			}
		}
	}()
	start := time.Now()
	err := run([]string{"-seeds", "20000", "-out", t.TempDir()}, io.Discard, io.Discard)
	close(done)
	if !errors.Is(err, cli.ErrInterrupted) || time.Since(start) > 20*time.Second {
		t.Errorf("error %v after %v", err, time.Since(start))
	}
}
