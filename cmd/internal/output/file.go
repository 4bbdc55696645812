package output

import (
	"fmt"
	"os"
	"path/filepath"
)

// A File is a single result: it appears whole under its name or not at all.
type File struct {
	flag, path string
	temp       *os.File
}

// Create makes ready to write the file at path, so that a mistake in its name
// shows before the work and not after it. Errors name the flag that gave it.
func Create(flag, path string) (*File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fmt.Errorf("-%s: %s is a directory; name a file in it", flag, show(path))
	}
	temp, err := os.CreateTemp(filepath.Dir(path), stagePrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("-%s: cannot write %s: %w", flag, show(path), reason(err))
	}
	return &File{flag, path, temp}, nil
}

// Put writes data and gives the file its name.
func (f *File) Put(data []byte) error {
	_, err := f.temp.Write(data)
	if err == nil {
		err = f.temp.Chmod(0o644) // a temporary file's mode is stricter than a result's
	}
	if cerr := f.temp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.temp.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("-%s: cannot write %s: %w", f.flag, show(f.path), reason(err))
	}
	return nil
}

// Drop gives up what was not put in place; after Put it does nothing.
func (f *File) Drop() {
	f.temp.Close()
	os.Remove(f.temp.Name())
}
