package npy

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// checkRefusal fails the test if err is not one readable line about the file.
func checkRefusal(t *testing.T, err error, file string) {
	t.Helper()
	if text := err.Error(); !strings.HasPrefix(text, file+": ") || strings.ContainsAny(text, "\n\r\x00\x1b") || len(text) > 1000 {
		t.Fatalf("message %q", text)
	}
}

// checkArray fails the test if parts of the array do not fit one another, or
// if it is not itself again when written and read. From is how many bytes it
// came from.
func checkArray(t *testing.T, a Array, from int) {
	t.Helper()
	n := elements(a.Shape)
	if a.Kind == Text && (len(a.Text) != n || a.Data != nil) || a.Kind != Text && (len(a.Data) != n || a.Text != nil) ||
		len(a.Shape) > 3 || !a.Kind.valid() || a.Inexact < 0 || a.Inexact > n {
		t.Fatalf("%v: %d elements", a, n)
	}
	if n > max(from, maxEmpty) || a.Kind != Text && n*kinds[a.Kind].size > from {
		t.Fatalf("%d elements from %d bytes", n, from)
	}
	var b bytes.Buffer
	err := Write(&b, a)
	if a.Inexact > 0 {
		if err == nil {
			t.Fatal("inexact integers were written")
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(bytes.NewReader(b.Bytes()), int64(b.Len()), "w.npy")
	if err != nil || !EqualBits(a, again) {
		t.Fatalf("%v\nwritten and read is\n%v, error %v", a, again, err)
	}
}

// FuzzReadNPY reads any bytes: they are refused in one line, or are an array
// that comes back when it is written.
func FuzzReadNPY(f *testing.F) {
	for _, c := range refusedFiles {
		if len(c.file) < 500 {
			f.Add([]byte(c.file))
		}
	}
	files, _ := filepath.Glob("testdata/*.npy")
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	for _, e := range golden() {
		if e.Array.Inexact == 0 {
			f.Add([]byte(written(f, e.Array)))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Read(bytes.NewReader(data), int64(len(data)), "f.npy")
		if err != nil {
			checkRefusal(t, err, "f.npy")
			return
		}
		checkArray(t, a, len(data))
	})
}

// FuzzReadNPZ reads any bytes as an archive or, since chance does not find
// CRCs, as what lies in one: stored, deflated or as deflated data. As above
// they are refused or come back. The seeds are small, or minimizing takes all
// the time.
func FuzzReadNPZ(f *testing.F) {
	for _, name := range []string{"small", "small_compressed", "none"} {
		file, err := os.ReadFile("testdata/" + name + ".npz")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, byte(0))
	}
	small := build(stored("a.npy", good), deflated("b.npy", good))
	f.Add([]byte(small), byte(0))
	f.Add([]byte(zip64End(small)), byte(0))
	f.Add([]byte(build(stored("a.npy", good).with(func(p *part) { p.zip64 = true }))), byte(0))
	for how := byte(1); how < 4; how++ {
		f.Add([]byte(good), how)
		f.Add([]byte(written(f, FromText("größe"))), how)
		f.Add([]byte(deflate(good)), how+4)
	}
	f.Fuzz(func(t *testing.T, data []byte, how byte) {
		file := data
		switch how % 4 {
		case 1:
			file = []byte(build(stored("a.npy", string(data))))
		case 2:
			file = []byte(build(deflated("a.npy", string(data))))
		case 3:
			file = []byte(build(deflated("a.npy", good).with(func(p *part) {
				p.data, p.packed = string(data), uint64(len(data))
			})))
		}
		archive, err := NewArchive(bytes.NewReader(file), int64(len(file)), "f.npz")
		if err != nil {
			checkRefusal(t, err, "f.npz")
			return
		}
		var all []Entry
		for _, name := range archive.Names() {
			a, err := archive.Array(name)
			if err != nil {
				checkRefusal(t, err, "f.npz: entry "+place(name+suffix))
				continue
			}
			checkArray(t, a, max(maxRatio*len(file), freeBytes))
			if a.Inexact == 0 {
				all = append(all, Entry{name, a})
			}
		}
		var b bytes.Buffer
		if err := WriteNPZ(&b, all, how&4 != 0); err != nil {
			if strings.Contains(err.Error(), "not UTF-8 or has a NUL") || strings.Contains(err.Error(), "too long") {
				return // zip has names that Python's module does not give
			}
			t.Fatal(err)
		}
		again, err := openText(b.String())
		if err != nil || len(again.Names()) != len(all) {
			t.Fatalf("%q, error %v", again.Names(), err)
		}
		for i, name := range again.Names() {
			if a, err := again.Array(name); err != nil || name != all[i].Name || !EqualBits(a, all[i].Array) {
				t.Fatalf("%q, %v\nwritten and read is\n%q, %v, error %v", all[i].Name, all[i].Array, name, a, err)
			}
		}
	})
}
