package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// terminal opens a pseudo-terminal: what is written to the second file by a
// program comes out of the first, as a user's screen would get it.
func terminal(t *testing.T, cols uint16) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { screen.Close() })
	ioctl := func(f *os.File, request uintptr, arg unsafe.Pointer) {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); errno != 0 {
			t.Skipf("no pseudo-terminals here: %v", errno)
		}
	}
	var lock, number int32
	ioctl(screen, syscall.TIOCSPTLCK, unsafe.Pointer(&lock))
	ioctl(screen, syscall.TIOCGPTN, unsafe.Pointer(&number))
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { tty.Close() })
	size := struct{ rows, cols, x, y uint16 }{24, cols, 0, 0}
	ioctl(tty, syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	return screen, tty
}

func TestTerminal(t *testing.T) {
	t.Setenv("TERM", "xterm")
	t.Setenv("LC_ALL", "C.UTF-8")
	screen, tty := terminal(t, 60)
	if got := columns(tty); got != 60 {
		t.Fatalf("%d columns", got)
	}
	b := New(tty, "training", 100)
	b.Add(20)
	time.Sleep(6 * interval)
	b.Clear()
	time.Sleep(2 * interval)
	tty.Close()
	all, _ := io.ReadAll(screen) // ends with an error: nobody is left to write
	text := string(all)
	if !strings.HasPrefix(text, "\rtraining  ") || !strings.Contains(text, "░") || !strings.Contains(text, "left\x1b[K") || !strings.HasSuffix(text, "\r\x1b[K") {
		t.Errorf("the screen got %q", text)
	}
	if n := strings.Count(text, "training"); n < 2 || n > 6 {
		t.Errorf("%d drawings in 6 intervals", n)
	}
	_, tty = terminal(t, 0)
	if got := columns(tty); got != 80 {
		t.Errorf("a terminal without a size: %d columns", got)
	}
	t.Setenv("TERM", "dumb")
	if b := New(tty, "training", 100); b.w != nil {
		t.Error("a bar on a dumb terminal")
	}
}
