//go:build unix

package mark

import (
	"context"
	"os/exec"
	"slices"
	"strconv"
	"syscall"
)

// limited has a shell set the limits of a process and become the program: memory
// that it may address (which macOS does not hold it to), seconds of a core, and
// half-kilobytes of a file that it writes.
const limited = `ulimit -v "$1" 2>/dev/null; ulimit -t "$2" 2>/dev/null; ulimit -f 2097152 2>/dev/null; shift 2; exec "$@"`

// command is the command with the limits, in a process group of its own: what
// it starts ends with it.
func (l *Limits) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	seconds := int(l.Time.Seconds()) + 10
	cmd := exec.CommandContext(ctx, "/bin/sh", slices.Concat([]string{"-c", limited, "sh", strconv.Itoa(l.Memory << 10), strconv.Itoa(seconds), name}, args)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// interrupt asks the command and what it started to end.
func interrupt(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }

// endAll ends what is left of them.
func endAll(cmd *exec.Cmd) {
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
