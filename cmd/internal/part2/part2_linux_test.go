package part2

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/testkit/interrupt"
)

// Ctrl-C ends the run after the step in hand and keeps what there is.
func TestInterrupt(t *testing.T) {
	for _, args := range [][]string{
		{"-max_steps", "100000000", "-sgd", "-eval_freq", "1000000"},
		{"-max_steps", "20000", "-seeds", "20"},
	} {
		stop := interrupt.Press(t, nil)
		dir, _, stderr, status := command(t, args...)
		stop()
		if status != 130 || !strings.Contains(stderr, "interrupted after") {
			t.Errorf("%v: status %d, stderr %q", args, status, stderr)
		}
		var run struct{ Interrupted bool }
		readJSON(t, dir, &run)
		if html, _ := os.ReadFile(filepath.Join(dir, "index.html")); !run.Interrupted || !bytes.Contains(html, []byte("interrupted after")) {
			t.Errorf("%v: the results are not marked as interrupted", args)
		}
	}
}

// A disk that fills up leaves no half of a result.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("needs to mount a small tmpfs: ", err)
	}
	defer func() { _ = syscall.Unmount(dir, 0) }()
	var stdout, stderr bytes.Buffer
	status := cli.Run("part2", Main, []string{"-max_steps", "20", "-out", filepath.Join(dir, "out")}, &stdout, &stderr)
	if status != 1 || !strings.Contains(stderr.String(), syscall.ENOSPC.Error()) || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("status %d, stderr %q", status, stderr.String())
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "out")); err == nil && len(entries) > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
