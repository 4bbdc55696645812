//go:build !unix

package mark

import (
	"context"
	"os/exec"
)

// command is the command; this system's programs are held to their time alone.
func (l *Limits) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, name, args...)
}

func interrupt(cmd *exec.Cmd) error { return cmd.Process.Kill() }

func endAll(*exec.Cmd) {}
