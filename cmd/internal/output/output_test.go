package output

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var owned = []string{"index.html", "run.json", "figure*.svg"}

func open(t *testing.T, dir string) *Dir {
	t.Helper()
	d, err := Open("out", dir, owned)
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
		d, err := Open("out", dir, owned)
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
	_, err := Open("out", dir, owned)
	if want := "-out: cannot write in " + dir + ": " + reason; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = Open("out", filepath.Join(dir, "x"), owned)
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
		"bad pattern": func() { Open("out", t.TempDir(), []string{"a[.svg"}) },
		"owned path":  func() { Open("out", t.TempDir(), []string{"../*"}) },
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

// A file is there whole after Put, with the mode of a result, and not before;
// what is wrong with its name shows at once.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "page.html")
	for _, data := range []string{"first", "second"} {
		f, err := Create("o", path)
		if err != nil {
			t.Fatal(err)
		}
		if old, _ := os.ReadFile(path); string(old) == data {
			t.Errorf("%s is there before Put", data)
		}
		if err := f.Put([]byte(data)); err != nil {
			t.Fatal(err)
		}
		f.Drop()
		got, err := os.ReadFile(path)
		if info, _ := os.Stat(path); err != nil || string(got) != data || info.Mode().Perm() != 0o644 {
			t.Errorf("%q, %v, error %v; want %q", got, info.Mode(), err, data)
		}
	}
	f, err := Create("o", path)
	if err != nil {
		t.Fatal(err)
	}
	f.Drop()
	if list, _ := os.ReadDir(dir); len(list) != 1 {
		t.Errorf("dropped, but there are %v", list)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "no", "page.html"): "-o: cannot write " + filepath.Join(dir, "no", "page.html") + ": there is no directory " + filepath.Join(dir, "no"),
		dir:                                   "-o: " + dir + " is a directory; name a file in it",
	} {
		if _, err := Create("o", path); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// The page is the last file, and an error in making it leaves nothing.
func TestWriteAll(t *testing.T) {
	js, err := JSON("run.json", map[string]int{"steps": 3})
	if err != nil {
		t.Fatal(err)
	}
	files := []Content{CSV("runs.csv", [][]string{{"a", "b,c"}}), js}
	for _, wrong := range []error{errors.New("no page"), nil} {
		dir := t.TempDir()
		d, err := Open("out", dir, []string{"runs.csv", "run.json", "index.html"})
		if err != nil {
			t.Fatal(err)
		}
		err = d.WriteAll(files, func() ([]byte, error) { return []byte("<p>"), wrong })
		d.Close()
		entries, _ := os.ReadDir(dir)
		if err != wrong || wrong != nil && len(entries) > 0 {
			t.Errorf("error %v, want %v; %v are there", err, wrong, entries)
		}
		if wrong != nil {
			continue
		}
		for name, want := range map[string]string{"runs.csv": "a,\"b,c\"\n", "run.json": "{\n  \"steps\": 3\n}\n", "index.html": "<p>"} {
			if got, _ := os.ReadFile(filepath.Join(dir, name)); string(got) != want {
				t.Errorf("%s holds %q, want %q", name, got, want)
			}
		}
	}
}

// A cell that a spreadsheet would compute is a text there, and what would not be
// seen is an escape, in JSON one that means the same.
func TestTextsOfStrangers(t *testing.T) {
	c := CSV("a.csv", [][]string{{"=1+1", "@SUM(A1)", "-x", "+Inf", "-2e-5", "a=b", "", "a\u202eb", "=\x1b"}})
	if got, want := string(c.Data), `'=1+1,'@SUM(A1),'-x,+Inf,-2e-5,a=b,,a\u202eb,'=\x1b`+"\n"; got != want {
		t.Errorf("CSV holds %s, want %s", got, want)
	}
	text := "a\u202eb\x7f\U000e0001\u200b文é"
	js, err := JSON("a.json", text)
	var back string
	if err != nil || json.Unmarshal(js.Data, &back) != nil || back != text {
		t.Errorf("JSON holds %s: %q, %v", js.Data, back, err)
	}
	if got, want := string(js.Data), `"a\u202eb\u007f\udb40\udc01\u200b文é"`+"\n"; got != want {
		t.Errorf("JSON holds %s, want %s", got, want)
	}
}
