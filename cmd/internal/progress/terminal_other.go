//go:build !(linux || darwin || freebsd || netbsd || openbsd)

package progress

import "os"

// columns returns a width all consoles have, 0 when f is no console but a
// file, a pipe or the null device.
func columns(f *os.File) int {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return 0
	}
	if null, err := os.Stat(os.DevNull); err == nil && os.SameFile(info, null) {
		return 0
	}
	return 79
}
