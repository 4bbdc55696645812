// Package output writes a command's results: whole files, all of them or none.
package output

import (
	"errors"
	"fmt"
	"glassbox/nn/message"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Dir is a directory that receives the results of one run. Files are staged in
// a hidden directory beside their places and renamed by Commit, so a reader
// sees the earlier run's file or this run's, never a part of one.
type Dir struct {
	flag    string // that named it, for errors
	path    string
	owned   []string
	made    []string // directories Open made, outermost first
	stage   string   // "" until the first Write
	staged  []staged // files the disk may still be taking in
	written []string
	done    bool // committed or closed
}

// Open prepares dir, making it and its parents when they are missing, and
// checks that files can be made there, so that a mistake shows before the work
// and not after it. Errors name the flag that gave it.
//
// Owned are the names of every file this command may write, as patterns of
// path.Match ("index.html", "test*.svg"): Commit removes those an earlier run
// left and this one did not write. Nothing else in dir is ever touched.
func Open(flag, dir string, owned []string) (*Dir, error) {
	for _, pattern := range owned {
		if _, err := path.Match(pattern, ""); err != nil || !plain(pattern) {
			panic(fmt.Sprintf("output.Open: owned name %q is not a plain file name or pattern", pattern))
		}
	}
	if dir == "" {
		return nil, message.Errorf("-%s: the directory's name is empty; for example -%s out/run1", flag, flag)
	}
	d := &Dir{flag: flag, path: filepath.Clean(dir), owned: slices.Clone(owned)}
	if err := d.make(); err != nil {
		return nil, err
	}
	sweep(d.path)
	probe := filepath.Join(d.path, stageName())
	err := makeDir(probe)
	os.Remove(probe)
	if err == nil {
		err = d.replaceable()
	}
	if err != nil {
		d.unmake()
		return nil, message.Errorf("-%s: cannot write in %s: %w", d.flag, show(d.path), reason(err))
	}
	return d, nil
}

// Path returns the directory as given to Open, cleaned.
func (d *Dir) Path() string { return d.path }

// Names returns the names written so far, in the order of writing.
func (d *Dir) Names() []string { return slices.Clone(d.written) }

// replaceable says which of the owned files that are there would not be
// replaced by a run's. A link would: what it leads to is not in the directory.
func (d *Dir) replaceable() error {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil // Commit says so, if it matters
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !d.owns(e.Name()) || e.IsDir() || info.Mode()&fs.ModeSymlink != 0 {
			continue
		}
		if !info.Mode().IsRegular() {
			return message.Errorf("%s is no file", show(e.Name()))
		}
		if err := unwritable(filepath.Join(d.path, e.Name()), info); err != nil {
			return message.Errorf("%s: %w", show(e.Name()), reason(err))
		}
	}
	return nil
}

// make makes the directory and remembers what it made.
func (d *Dir) make() error {
	var missing []string
	for p := d.path; ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if err == nil {
			if !info.IsDir() {
				return message.Errorf("-%s: cannot make directory %s: %s is a file, not a directory; name a directory", d.flag, show(d.path), show(p))
			}
			break
		}
		if _, lerr := os.Lstat(p); lerr == nil {
			return message.Errorf("-%s: cannot make directory %s: %s is there but cannot be opened: %w", d.flag, show(d.path), show(p), reason(err))
		}
		if parent := filepath.Dir(p); parent == p {
			return message.Errorf("-%s: cannot make directory %s: %w", d.flag, show(d.path), reason(err))
		}
		missing = append(missing, p)
	}
	for _, p := range slices.Backward(missing) {
		if err := makeDir(p); err != nil && !errors.Is(err, fs.ErrExist) {
			d.unmake()
			return message.Errorf("-%s: cannot make directory %s: %w", d.flag, show(d.path), reason(err))
		} else if err == nil {
			d.made = append(d.made, p)
		}
	}
	return nil
}

// unmake removes the directories Open made, as far as they are empty.
func (d *Dir) unmake() {
	for _, p := range slices.Backward(d.made) {
		if os.Remove(p) != nil {
			return
		}
	}
}

// reason returns the cause inside a path error, whose path is told already.
func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	if le, ok := errors.AsType[*os.LinkError](err); ok {
		return le.Err
	}
	return err
}

// show returns a path as it is, or quoted when it would be hard to read so.
func show(p string) string {
	if q := fmt.Sprintf("%q", p); q != `"`+p+`"` || strings.ContainsAny(p, " ") {
		return q
	}
	return p
}

// plain reports whether name is one file's name without directories.
func plain(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, `/\`)
}
