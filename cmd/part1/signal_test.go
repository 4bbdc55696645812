//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"glassbox/cmd/internal/cli"
)

// Ctrl-C itself, as a signal.
func TestCtrlC(t *testing.T) {
	r, w := io.Pipe()
	defer r.Close()
	go func() {
		r.Read(make([]byte, 1)) // the head is printed once signals are caught
		go io.Copy(io.Discard, r)
		time.Sleep(300 * time.Millisecond)
		syscall.Kill(os.Getpid(), syscall.SIGINT)
	}()
	start := time.Now()
	err := run([]string{"-seeds", "20000", "-out", t.TempDir()}, w, io.Discard)
	if !errors.Is(err, cli.ErrInterrupted) || time.Since(start) > 10*time.Second {
		t.Errorf("error %v after %v", err, time.Since(start))
	}
}
