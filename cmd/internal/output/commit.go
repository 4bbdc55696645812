package output

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/nn/message"
)

// Write stages data as the file name, to appear at Commit. The disk takes it
// in while the caller goes on: that it could not is told by Commit, when not
// here. On an error nothing of the run appears: every staged file is gone and
// so is the right to Commit. It panics when name is not among the owned ones
// (it could never be cleaned up) or the Dir is done.
func (d *Dir) Write(name string, data []byte) error {
	if !plain(name) || !d.owns(name) {
		panic(fmt.Sprintf("output.Write: %q is not among the owned names %q", name, d.owned))
	}
	if d.done {
		panic(fmt.Sprintf("output.Write: %q after Commit or Close", name))
	}
	f := staged{name, len(data), make(chan error, 1)}
	if err := d.put(f, data); err != nil {
		d.Close()
		return d.cannotWrite(f, err)
	}
	d.staged = append(d.staged, f)
	if !slices.Contains(d.written, name) {
		d.written = append(d.written, name)
	}
	return nil
}

// A staged file is written and may not be on the disk yet.
type staged struct {
	name   string
	size   int
	synced chan error // gets what putting it on the disk ended with
}

func (d *Dir) put(s staged, data []byte) error {
	if d.stage == "" {
		stage := filepath.Join(d.path, stageName())
		if err := makeDir(stage); err != nil {
			return err
		}
		d.stage = stage
	}
	f, err := create(filepath.Join(d.stage, s.name), os.O_TRUNC)
	if err != nil {
		return err
	}
	if err := fill(f, data); err != nil {
		return errors.Join(err, f.Close())
	}
	// A disk may report that it is full only when asked to keep the data.
	go func() { s.synced <- keep(f) }()
	return nil
}

// sync waits until the disk has taken in every staged file.
func (d *Dir) sync() error {
	var first error
	for _, f := range d.staged {
		if err := <-f.synced; err != nil && first == nil {
			first = d.cannotWrite(f, err)
		}
	}
	d.staged = nil
	return first
}

func (d *Dir) cannotWrite(f staged, err error) error {
	return message.Errorf("-%s: cannot write %s (%d bytes): %w; nothing was changed there", d.flag, show(filepath.Join(d.path, f.name)), f.size, reason(err))
}

func (d *Dir) owns(name string) bool {
	return slices.ContainsFunc(d.owned, func(pattern string) bool {
		ok, _ := path.Match(pattern, name)
		return ok
	})
}

// Commit puts every staged file in its place and removes the owned files that
// an earlier run left and this run did not write. Until the first rename
// nothing has changed; each file changes at once. A run's record (its .json, of
// settings and results) is the first to go and the last to come: files of two
// runs that a kill leaves beside each other stand without one.
func (d *Dir) Commit() error {
	if d.done {
		panic("output.Commit: after Commit or Close")
	}
	defer d.Close()
	if err := d.sync(); err != nil {
		return err
	}
	for _, name := range d.written {
		place := filepath.Join(d.path, name)
		if info, err := os.Lstat(place); err == nil && info.IsDir() {
			return message.Errorf("-%s: cannot write %s: a directory has that name; nothing was changed there", d.flag, show(place))
		}
	}
	old, err := d.inPlace()
	if err != nil {
		return message.Errorf("-%s: cannot list %s: %w; nothing was changed there", d.flag, show(d.path), reason(err))
	}
	records, others := split(d.written)
	oldRecords, oldOthers := split(old)
	changed := false
	for _, name := range oldRecords {
		place, aside := filepath.Join(d.path, name), filepath.Join(d.path, stageName())
		if len(others)+len(oldOthers) == 0 && slices.Contains(records, name) {
			continue // nothing stands beside it
		}
		if err := rename(place, aside); err != nil {
			return message.Errorf("-%s: cannot put %s in its place: %w", d.flag, show(place), reason(err))
		}
		defer func() {
			if !changed {
				os.Rename(aside, place)
			}
			os.Remove(aside)
		}()
	}
	put := func(names []string) error {
		for _, name := range names {
			place := filepath.Join(d.path, name)
			if err := rename(filepath.Join(d.stage, name), place); err != nil {
				return message.Errorf("-%s: cannot put %s in its place: %w", d.flag, show(place), reason(err))
			}
			changed = true
		}
		return nil
	}
	if err := put(others); err != nil {
		return err
	}
	for _, name := range oldOthers {
		if slices.Contains(others, name) {
			continue
		}
		place := filepath.Join(d.path, name)
		if err := remove(place); err != nil {
			return message.Errorf("-%s: cannot remove %s of an earlier run: %w", d.flag, show(place), reason(err))
		}
		changed = true
	}
	if err := put(records); err != nil {
		return err
	}
	changed = true
	if err := keepNames(d.path); err != nil {
		return message.Errorf("-%s: cannot keep the files in %s: %w", d.flag, show(d.path), reason(err))
	}
	return nil
}

// inPlace returns the owned files that are there.
func (d *Dir) inPlace() (names []string, err error) {
	entries, err := os.ReadDir(d.path)
	for _, e := range entries {
		if !e.IsDir() && d.owns(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// split parts the records of runs from other files.
func split(names []string) (records, others []string) {
	for _, name := range names {
		if path.Ext(name) == ".json" {
			records = append(records, name)
		} else {
			others = append(others, name)
		}
	}
	return records, others
}

// Close gives up what was staged and not committed, and removes the
// directories Open made when nothing came to stand in them. After Commit it
// does nothing, so `defer d.Close()` suits every way out.
func (d *Dir) Close() {
	if d.done {
		return
	}
	d.done = true
	_ = d.sync() // what is given up need not be kept
	if d.stage != "" {
		os.RemoveAll(d.stage)
	}
	d.unmake()
}

// WriteAll writes files, and beside them index.html, which page makes while the
// disk takes these in, and commits.
func (d *Dir) WriteAll(files []Content, page func() ([]byte, error)) error {
	type made struct {
		html []byte
		err  error
	}
	index := make(chan made, 1)
	go func() {
		html, err := page()
		index <- made{html, err}
	}()
	var err error
	for _, f := range files {
		if err == nil {
			err = d.Write(f.Name, f.Data)
		}
	}
	p := <-index
	if err == nil {
		err = p.err
	}
	if err == nil {
		err = d.Write("index.html", p.html)
	}
	if err != nil {
		return err
	}
	return d.Commit()
}

// Content is what a file of that name holds.
type Content struct {
	Name string
	Data []byte
}

// JSON is a file that holds v, indented.
func JSON(name string, v any) (Content, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	return Content{name, append(cli.JSON(text), '\n')}, err
}

// CSV is a file that holds rows. A text that a spreadsheet would compute as a
// formula begins with the quote that makes it a text there, and what would not
// be seen is an escape.
func CSV(name string, rows [][]string) Content {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = cli.OneLine(cell)
			if _, err := strconv.ParseFloat(cell, 64); err != nil && strings.ContainsAny(cell[:min(1, len(cell))], "=+-@") {
				cells[i] = "'" + cells[i]
			}
		}
		_ = w.Write(cells)
	}
	w.Flush() // a Buffer takes all
	return Content{name, b.Bytes()}
}
