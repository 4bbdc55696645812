package npy

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
)

var errDisk = errors.New("input/output error")

// A failing disk reads well but for the call that is left calls away: that one
// gives half of what was asked for, with an error.
type failing struct {
	r    io.ReaderAt
	left int
}

func (f *failing) ReadAt(b []byte, off int64) (int, error) {
	if f.left--; f.left == 0 {
		n, _ := f.r.ReadAt(b[:len(b)/2], off)
		return n, errDisk
	}
	return f.r.ReadAt(b, off)
}

// everyCall runs use with a disk that fails at its first call, at its second and
// so on, until one run needs no more calls. Use says what it has read.
func everyCall(t *testing.T, file string, use func(r io.ReaderAt, size int64) (any, error)) {
	t.Helper()
	want, err := use(strings.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ {
		disk := &failing{strings.NewReader(file), n}
		got, err := use(disk, int64(len(file)))
		switch {
		case disk.left > 0 && n == 1:
			t.Fatal("nothing was read")
		case disk.left > 0:
			return
		case err == nil && reflect.DeepEqual(got, want):
		case err == nil:
			t.Errorf("call %d fails: read %v, want an error or %v", n, got, want)
		case !errors.Is(err, errDisk) || !strings.HasPrefix(err.Error(), "w.np"):
			t.Errorf("call %d fails: error %v, want the file and why it could not be read", n, err)
		}
	}
}

func TestFailingReads(t *testing.T) {
	everyCall(t, f8("(9000,)", zeros(72000)), func(r io.ReaderAt, size int64) (any, error) { return Read(r, size, "w.npy") })
	archive := build(stored("x.npy", good), deflated("y.npy", f8("(9000,)", zeros(72000))), deflated("program.npy", npyFile(1, dict("'|u1'", "False", "(5,)"), "hello")))
	everyCall(t, archive, func(r io.ReaderAt, size int64) (any, error) {
		a, err := NewArchive(r, size, "w.npz")
		if err != nil {
			return nil, err
		}
		read := []any{a.Names()}
		for _, name := range a.Names() {
			if _, _, err := a.Header(name); err != nil {
				return nil, err
			}
			array, err := a.Array(name)
			if err != nil {
				return nil, err
			}
			read = append(read, array)
		}
		return read, nil
	})
}
