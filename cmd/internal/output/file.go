package output

import (
	"errors"
	"glassbox/nn/message"
	"io/fs"
	"os"
	"path/filepath"
)

// A File is a single result: it appears whole under its name or not at all. A
// link stays what it is, and the file at its end is the one that changes. What
// is no file, a device, a pipe or a terminal, is written as the data comes.
type File struct {
	flag, path string      // path as it was given
	place      string      // at the end of links
	mode       fs.FileMode // of the file that is there; 0 for what the umask leaves
	temp       *os.File    // nil for what is no file
}

// Create makes ready to write the file at path, so that a mistake in its name
// shows before the work and not after it. Errors name the flag that gave it.
func Create(flag, path string) (*File, error) {
	f := &File{flag: flag, path: path, place: follow(path)}
	info, err := os.Stat(path)
	if err == nil {
		if info.IsDir() {
			return nil, message.Errorf("-%s: %s is a directory; name a file in it", flag, show(path))
		}
		if err := unwritable(path, info); err != nil {
			return nil, f.cannot(err)
		}
		if !info.Mode().IsRegular() {
			f.place = path
			return f, nil
		}
		f.mode = info.Mode().Perm()
	}
	dir := filepath.Dir(f.place)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, f.cannot(message.Errorf("there is no directory %s", show(dir)))
	}
	sweep(dir)
	if f.temp, err = create(filepath.Join(dir, stageName()), os.O_EXCL); err != nil {
		return nil, f.cannot(err)
	}
	return f, nil
}

// follow returns where the links at path end, whether anything is there or not.
func follow(path string) string {
	for range 40 { // as many as systems follow
		next, err := os.Readlink(path)
		if err != nil {
			break
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return path
}

func (f *File) cannot(err error) error {
	return message.Errorf("-%s: cannot write %s: %w", f.flag, show(f.path), reason(err))
}

// Put writes data and gives the file its name.
func (f *File) Put(data []byte) error {
	if f.temp == nil {
		out, err := os.OpenFile(f.place, os.O_WRONLY, 0)
		if err == nil {
			err = errors.Join(fill(out, data), out.Close())
		}
		if err != nil {
			return f.cannot(err)
		}
		return nil
	}
	err := fill(f.temp, data)
	if err == nil && f.mode != 0 {
		err = setMode(f.temp, f.mode)
	}
	if kept := keep(f.temp); err == nil {
		err = kept
	}
	if err == nil {
		err = rename(f.temp.Name(), f.place)
	}
	if err != nil {
		f.Drop()
		return f.cannot(err)
	}
	if err := keepNames(filepath.Dir(f.place)); err != nil {
		return f.cannot(err)
	}
	return nil
}

// Drop gives up what was not put in place; after Put it does nothing.
func (f *File) Drop() {
	if f.temp != nil {
		f.temp.Close()
		os.Remove(f.temp.Name())
	}
}
