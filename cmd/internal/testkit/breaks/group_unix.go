//go:build unix

package main

import (
	"context"
	"os/exec"
	"syscall"
)

// bounded is a go command whose memory is bounded, in a group of its own that ends with
// the context.
func bounded(ctx context.Context, args []string) *exec.Cmd {
	c := exec.CommandContext(ctx, "sh", append([]string{"-c", `ulimit -v 16000000; exec go "$@"`, "go"}, args...)...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	return c
}
