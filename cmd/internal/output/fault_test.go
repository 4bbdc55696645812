package output

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// failAt has call number n fail, and returns how many there were so far.
func failAt(t *testing.T, n int, err error) (calls func() int) {
	before := Fail
	t.Cleanup(func() { Fail = before })
	var count atomic.Int64 // files are kept on goroutines of their own
	Fail = func(string) error {
		if count.Add(1) == int64(n) {
			return err
		}
		return nil
	}
	return func() int { return int(count.Load()) }
}

// Whichever call fails, and however: the error is one line, the old files or the
// new ones are there, and nothing is left beside them.
func TestEveryCallFails(t *testing.T) {
	type result struct{ name, old, new string }
	files := []result{{"index.html", "old page", "new page"}, {"run.json", "old", "new"}}
	for name, run := range map[string]func(dir string) error{
		"a file": func(dir string) error {
			f, err := Create("o", filepath.Join(dir, files[0].name))
			if err != nil {
				return err
			}
			defer f.Drop()
			return f.Put([]byte(files[0].new))
		},
		"a directory": func(dir string) error {
			d, err := Open("out", dir, owned)
			if err != nil {
				return err
			}
			defer d.Close()
			for _, f := range files {
				if err := d.Write(f.name, []byte(f.new)); err != nil {
					return err
				}
			}
			return d.Commit()
		},
	} {
		for _, why := range []error{syscall.ENOSPC, syscall.EIO, syscall.EACCES} {
			for n := 1; ; n++ {
				dir := t.TempDir()
				for _, f := range files {
					if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.old), 0o666); err != nil {
						t.Fatal(err)
					}
				}
				calls := failAt(t, n, why)
				err := run(dir)
				if calls() < n { // it made fewer
					if err != nil || n < 5 {
						t.Errorf("%s: %v after %d calls", name, err, n-1)
					}
					break
				}
				if !errors.Is(err, why) || strings.Count(err.Error(), "\n") > 0 {
					t.Errorf("%s, call %d: %v, want %v in one line", name, n, err, why)
				}
				entries, _ := os.ReadDir(dir)
				page, _ := os.ReadFile(filepath.Join(dir, files[0].name))
				record, missing := os.ReadFile(filepath.Join(dir, files[1].name))
				mixed := string(page) == files[0].new && string(record) != files[1].new
				if name == "a directory" && mixed != (missing != nil) {
					t.Errorf("%s, call %d: the page is %q beside the record %q", name, n, page, record)
				}
				for _, e := range entries {
					text, _ := os.ReadFile(filepath.Join(dir, e.Name()))
					known := false
					for _, f := range files {
						known = known || e.Name() == f.name && (string(text) == f.old || string(text) == f.new)
					}
					if !known {
						t.Errorf("%s, call %d: %s holds %q", name, n, e.Name(), text)
					}
				}
				if len(entries) != len(files) && !(mixed && missing != nil) {
					t.Errorf("%s, call %d: %v are there", name, n, entries)
				}
			}
		}
	}
}

// What is no file is written as it is, a link's end changes and the link stays,
// and what must not be written is refused before anything is made.
func TestOutputsOfOtherKinds(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	put := func(name string) error {
		f, err := Create("o", at(name))
		if err != nil {
			return err
		}
		defer f.Drop()
		return f.Put([]byte("new"))
	}
	for link, to := range map[string]string{"link": "real", "dangling": "made", "null": os.DevNull} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Skip(err)
		}
	}
	for name, mode := range map[string]os.FileMode{"real": 0o640, "read-only": 0o444} {
		if err := os.WriteFile(at(name), []byte("old"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"link", "dangling", "null"} {
		if err := put(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if info, err := os.Lstat(at(name)); err != nil || info.Mode()&os.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", name, err)
		}
	}
	for _, name := range []string{"real", "made"} {
		if text, err := os.ReadFile(at(name)); err != nil || string(text) != "new" {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
	}
	if info, err := os.Stat(at("real")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("another mode: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Fatalf("the null device: %v, %v", info, err)
	}
	if err := put("read-only"); err == nil || err.Error() != "-o: cannot write "+at("read-only")+": it is read-only" {
		t.Errorf("a read-only file: %v", err)
	}
	if err := os.WriteFile(at("index.html"), nil, 0o444); err != nil {
		t.Fatal(err)
	}
	if _, err := Open("out", dir, owned); err == nil || err.Error() != "-out: cannot write in "+dir+": index.html: it is read-only" {
		t.Errorf("a read-only file among the owned: %v", err)
	}
}

// What a run that was killed left is removed by the next; that of one which
// still runs is not, nor is anything else.
func TestLeftovers(t *testing.T) {
	const gone = 1<<22 + 1 // beyond any process's number on Linux
	dir := t.TempDir()
	for _, name := range []string{".partial-4194305-0a1b2c3d/index.html", ".partial-4194305-ffffffff", ".partial-1-00000000", ".partial-mine", "index.html"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, nil, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	if runs(gone) || !runs(os.Getpid()) {
		t.Fatal("which processes run is not known")
	}
	f, err := Create("o", filepath.Join(dir, "page.html"))
	if err != nil {
		t.Fatal(err)
	}
	f.Drop()
	var left []string
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if got := strings.Join(left, " "); got != ".partial-1-00000000 .partial-mine index.html" {
		t.Errorf("left: %s", got)
	}
}
