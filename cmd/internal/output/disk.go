package output

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// stagePrefix begins the names of what is hidden while it is written. The
// number of the process follows, by which a later run knows what was left by one
// that is no more.
const stagePrefix = ".partial-"

// Fail is asked before each call that changes the disk, but for those that clean
// up after an error; tests put errors in.
var Fail = func(call string) error { return nil }

func stageName() string { return fmt.Sprintf("%s%d-%08x", stagePrefix, os.Getpid(), rand.Uint32()) }

// create makes a file to fill. Its mode is what the user's umask leaves of a
// result's. If there is one already, how says what of it: os.O_EXCL or O_TRUNC.
func create(path string, how int) (*os.File, error) {
	if err := Fail("create"); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|how, 0o666)
}

func fill(f *os.File, data []byte) error {
	if err := Fail("write"); err != nil {
		f.Write(data[:len(data)/2]) // as a disk that is full does
		return err
	}
	_, err := f.Write(data)
	return err
}

// keep has the disk take in a file, which it may refuse only now, and closes it.
func keep(f *os.File) error {
	err := Fail("sync")
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, Fail("close"), f.Close())
}

// makeDir makes a directory, whose mode is what the umask leaves of a result's.
func makeDir(path string) error {
	if err := Fail("make a directory"); err != nil {
		return err
	}
	return os.Mkdir(path, 0o777)
}

// setMode gives a file that is being filled the mode of the one it replaces.
func setMode(f *os.File, mode fs.FileMode) error {
	if err := Fail("set the mode"); err != nil {
		return err
	}
	return f.Chmod(mode)
}

func remove(path string) error {
	if err := Fail("remove"); err != nil {
		return err
	}
	return os.Remove(path)
}

func rename(from, to string) error {
	if err := Fail("rename"); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// keepNames has the disk take in the names of a directory, where it can be asked.
func keepNames(dir string) error {
	if err := Fail("sync the directory"); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil // it may be written and not read
	}
	defer d.Close()
	if err := d.Sync(); errors.Is(err, syscall.EIO) || errors.Is(err, syscall.ENOSPC) {
		return err
	}
	return nil // others cannot do it for directories
}

// sweep removes what runs that were killed left in dir.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), stagePrefix)
		number, _, numbered := strings.Cut(rest, "-")
		if pid, err := strconv.Atoi(number); ours && numbered && err == nil && pid > 0 && !runs(pid) {
			os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
}

// runs reports whether there is such a process.
func runs(pid int) bool {
	p, err := os.FindProcess(pid)
	return err == nil && !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// unwritable says why a file that is there cannot be written, before the work
// of making what goes into it.
func unwritable(path string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("it is a directory")
	case info.Mode()&0o222 == 0:
		return errors.New("it is read-only")
	case info.Mode()&fs.ModeNamedPipe != 0:
		return nil // opening one waits for a reader
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}
