package output

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// stagePrefix begins the names of the hidden directories that hold staged files.
const stagePrefix = ".partial-"

// Write stages data as the file name, to appear at Commit. On an error nothing
// of the run appears: every staged file is gone and so is the right to Commit.
// It panics when name is not among the owned ones (it could never be cleaned
// up) or the Dir is done.
func (d *Dir) Write(name string, data []byte) error {
	if !plain(name) || !d.owns(name) {
		panic(fmt.Sprintf("output.Write: %q is not among the owned names %q", name, d.owned))
	}
	if d.done {
		panic(fmt.Sprintf("output.Write: %q after Commit or Close", name))
	}
	err := d.put(name, data)
	if err != nil {
		d.Close()
		return fmt.Errorf("-out: cannot write %s (%d bytes): %w; nothing was changed there", show(filepath.Join(d.path, name)), len(data), reason(err))
	}
	if !slices.Contains(d.written, name) {
		d.written = append(d.written, name)
	}
	return nil
}

func (d *Dir) put(name string, data []byte) error {
	if d.stage == "" {
		stage, err := os.MkdirTemp(d.path, stagePrefix+"*")
		if err != nil {
			return err
		}
		d.stage = stage
	}
	f, err := os.Create(filepath.Join(d.stage, name))
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	// A disk may report that it is full only when asked to keep the data.
	return errors.Join(err, f.Sync(), f.Close())
}

func (d *Dir) owns(name string) bool {
	return slices.ContainsFunc(d.owned, func(pattern string) bool {
		ok, _ := path.Match(pattern, name)
		return ok
	})
}

// Commit puts every staged file in its place and removes the owned files that
// an earlier run left and this run did not write. Until the first rename
// nothing has changed; each file changes at once.
func (d *Dir) Commit() error {
	if d.done {
		panic("output.Commit: after Commit or Close")
	}
	defer d.Close()
	for _, name := range d.written {
		place := filepath.Join(d.path, name)
		if info, err := os.Lstat(place); err == nil && info.IsDir() {
			return fmt.Errorf("-out: cannot write %s: a directory has that name; nothing was changed there", show(place))
		}
	}
	stale, err := d.stale()
	if err != nil {
		return fmt.Errorf("-out: cannot list %s: %w; nothing was changed there", show(d.path), reason(err))
	}
	for _, name := range d.written {
		place := filepath.Join(d.path, name)
		if err := os.Rename(filepath.Join(d.stage, name), place); err != nil {
			return fmt.Errorf("-out: cannot put %s in its place: %w", show(place), reason(err))
		}
	}
	for _, name := range stale {
		place := filepath.Join(d.path, name)
		if err := os.Remove(place); err != nil {
			return fmt.Errorf("-out: cannot remove %s of an earlier run: %w", show(place), reason(err))
		}
	}
	return nil
}

// stale returns the owned files in place that this run did not write.
func (d *Dir) stale() ([]string, error) {
	entries, err := os.ReadDir(d.path)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && d.owns(e.Name()) && !slices.Contains(d.written, e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Close gives up what was staged and not committed, and removes the
// directories Open made when nothing came to stand in them. After Commit it
// does nothing, so `defer d.Close()` suits every way out.
func (d *Dir) Close() {
	if d.done {
		return
	}
	d.done = true
	if d.stage != "" {
		os.RemoveAll(d.stage)
	}
	d.unmake()
}
