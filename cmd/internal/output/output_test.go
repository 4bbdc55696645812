package output

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var owned = []string{"index.html", "run.json", "figure*.svg"}

func open(t *testing.T, dir string) *Dir {
	t.Helper()
	d, err := Open(dir, owned)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func write(t *testing.T, d *Dir, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := d.Write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
}

// holds compares a directory with the files it should hold, by name and text.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names, wanted []string
	for _, e := range entries {
		names = append(names, e.Name())
		if text, _ := os.ReadFile(filepath.Join(dir, e.Name())); string(text) != want[e.Name()] {
			t.Errorf("%s holds %q, want %q", e.Name(), text, want[e.Name()])
		}
	}
	for name := range want {
		wanted = append(wanted, name)
	}
	if slices.Sort(wanted); !slices.Equal(names, wanted) {
		t.Errorf("%s holds %q, want %q", dir, names, wanted)
	}
}

func TestCommit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	first := map[string]string{"index.html": "1", "run.json": "{}", "figure1.svg": "<svg/>", "figure2.svg": "<svg/>"}
	d := open(t, dir)
	write(t, d, first)
	if entries, _ := os.ReadDir(dir); len(entries) != 1 || !strings.HasPrefix(entries[0].Name(), stagePrefix) {
		t.Errorf("before Commit there is %v", entries)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	d.Close()
	holds(t, dir, first)

	// A second run writes less; what is another's stays.
	for name, text := range map[string]string{"notes.txt": "mine", "figure.png": "mine too"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	d = open(t, dir)
	write(t, d, map[string]string{"index.html": "half"})
	write(t, d, map[string]string{"index.html": "2", "figure1.svg": ""})
	if names := d.Names(); !slices.Equal(names, []string{"index.html", "figure1.svg"}) && !slices.Equal(names, []string{"figure1.svg", "index.html"}) {
		t.Errorf("names %q", names)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	holds(t, dir, map[string]string{"index.html": "2", "figure1.svg": "", "notes.txt": "mine", "figure.png": "mine too"})
	if info, err := os.Stat(filepath.Join(dir, "index.html")); err != nil || info.Mode().Perm()&0o444 == 0 || info.Mode().Perm() == 0o600 {
		t.Errorf("mode %v, %v: others cannot read the page", info.Mode(), err)
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "a", "b")
	d := open(t, dir)
	write(t, d, map[string]string{"index.html": "x"})
	d.Close()
	d.Close()
	holds(t, root, nil)

	if err := os.Mkdir(filepath.Join(root, "a"), 0o777); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	d.Close()
	holds(t, root, map[string]string{"a": ""}) // it was there
	holds(t, filepath.Join(root, "a"), nil)

	d = open(t, dir)
	write(t, d, map[string]string{"index.html": "old"})
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	write(t, d, map[string]string{"index.html": "new", "run.json": "new"})
	d.Close()
	holds(t, dir, map[string]string{"index.html": "old"})
}

func TestOpenRefuses(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	loop := filepath.Join(root, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		"":                                   "-out: the directory's name is empty; for example -out out/run1",
		file:                                 "-out: cannot make directory " + file + ": " + file + " is a file, not a directory; name a directory",
		filepath.Join(file, "x", "y"):        "-out: cannot make directory " + filepath.Join(file, "x", "y") + ": " + file + " is a file, not a directory; name a directory",
		loop:                                 "-out: cannot make directory " + loop + ": " + loop + " is there but cannot be opened: too many levels of symbolic links",
		filepath.Join(root, "a b\n", "\x00"): "-out: cannot make directory \"" + root + "/a b\\n/\\x00\": invalid argument",
	} {
		d, err := Open(dir, owned)
		if err == nil {
			d.Close()
			t.Errorf("%q: no error", dir)
		} else if err.Error() != want {
			t.Errorf("%q:\n got %s\nwant %s", dir, err, want)
		}
	}
	if entries, _ := os.ReadDir(root); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o777)
	if f, err := os.Create(filepath.Join(dir, "probe")); err == nil {
		f.Close()
		t.Skip("this user may write into directories that are read-only")
	}
	checkReadOnly(t, dir, "permission denied")
}

func checkReadOnly(t *testing.T, dir, reason string) {
	t.Helper()
	_, err := Open(dir, owned)
	if want := "-out: cannot write in " + dir + ": " + reason; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Open(filepath.Join(dir, "x"), owned)
	if want := "-out: cannot make directory " + filepath.Join(dir, "x") + ": " + reason; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestSymlinks(t *testing.T) {
	root := t.TempDir()
	place, link := filepath.Join(root, "place"), filepath.Join(root, "link")
	if err := os.Mkdir(place, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("place", link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "precious"), []byte("keep"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"index.html", "figure9.svg"} {
		if err := os.Symlink("../precious", filepath.Join(place, name)); err != nil {
			t.Fatal(err)
		}
	}
	d := open(t, link)
	write(t, d, map[string]string{"index.html": "page"})
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	holds(t, place, map[string]string{"index.html": "page"})
	if text, err := os.ReadFile(filepath.Join(root, "precious")); string(text) != "keep" {
		t.Errorf("the file behind a link holds %q, %v", text, err)
	}
}

// TestNameTaken: where one file cannot be put in place, none is.
func TestNameTaken(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	write(t, d, map[string]string{"index.html": "old", "figure1.svg": "old"})
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "run.json"), 0o777); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir)
	write(t, d, map[string]string{"index.html": "new", "run.json": "new"})
	err := d.Commit()
	if want := "-out: cannot write " + filepath.Join(dir, "run.json") + ": a directory has that name; nothing was changed there"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	holds(t, dir, map[string]string{"index.html": "old", "figure1.svg": "old", "run.json": ""})
}

// TestDirectoryGone: the directory is removed while the run goes on.
func TestDirectoryGone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	d := open(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	err := d.Write("run.json", []byte("{}"))
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "-out: cannot write "+filepath.Join(dir, "run.json")+" (2 bytes): no such file") {
		t.Errorf("error %v", err)
	}
}

func TestMistakesPanic(t *testing.T) {
	d := open(t, t.TempDir())
	closed := open(t, t.TempDir())
	closed.Close()
	for name, f := range map[string]func(){
		"not owned":   func() { d.Write("other.txt", nil) },
		"a path":      func() { d.Write("figure/../x.svg", nil) },
		"after Close": func() { closed.Write("run.json", nil) },
		"commit":      func() { closed.Commit() },
		"bad pattern": func() { Open(t.TempDir(), []string{"a[.svg"}) },
		"owned path":  func() { Open(t.TempDir(), []string{"../*"}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}
