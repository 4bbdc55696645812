//go:build linux || darwin || freebsd || netbsd || openbsd

package progress

import (
	"os"
	"syscall"
	"unsafe"
)

// columns returns the width of the terminal f, 0 when f is none: only a
// terminal has a window size (a pipe, a file and /dev/null have not). A
// terminal that does not know its size counts as 80 wide.
func columns(f *os.File) int {
	conn, err := f.SyscallConn()
	if err != nil {
		return 0
	}
	var size struct{ rows, cols, x, y uint16 }
	terminal := false
	err = conn.Control(func(fd uintptr) {
		_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCGWINSZ, uintptr(unsafe.Pointer(&size)))
		terminal = errno == 0
	})
	switch {
	case err != nil || !terminal:
		return 0
	case size.cols == 0:
		return 80
	}
	return int(size.cols)
}
