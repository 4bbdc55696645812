//go:build unix

package part1

import (
	"errors"
	"io"
	"testing"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/testkit/interrupt"
)

// Ctrl-C itself, as a signal.
func TestCtrlC(t *testing.T) {
	stop := interrupt.Press(t, nil)
	start := time.Now()
	err := Main([]string{"-seeds", "20000", "-out", t.TempDir()}, io.Discard, io.Discard)
	stop()
	if !errors.Is(err, cli.ErrInterrupted) || time.Since(start) > 20*time.Second {
		t.Errorf("error %v after %v", err, time.Since(start))
	}
}
