package npy

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// floats and numbers are those of testdata/make.py.
var floats = []float64{0, math.Copysign(0, -1), 1, -1.5, math.Inf(1), math.Inf(-1), math.NaN(),
	0.25, 0x1p-14, 0x1p-24, 65504, -3.140625}

func numbers(k Kind) []float64 {
	if k.Float() {
		return floats
	}
	var low, high float64
	switch k {
	case Bool:
		return []float64{1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0}
	case Int64:
		low, high = -0x1p63, 0x1p63 // the largest int64 is rounded to 2⁶³
	case Int32:
		low, high = -0x1p31, 0x1p31-1
	case Int16:
		low, high = -0x1p15, 0x1p15-1
	case Int8:
		low, high = -0x1p7, 0x1p7-1
	case Uint64:
		high = 0x1p64 // rounded from 2⁶⁴−1
	case Uint32:
		high = 0x1p32 - 1
	case Uint16:
		high = 0x1p16 - 1
	case Uint8:
		high = 0x1p8 - 1
	}
	return []float64{0, 1, 2, low, high, 3, 4, 5, 6, 7, 8, 9}
}

// golden returns the arrays of stored.npz and compressed.npz, in order.
func golden() []Entry {
	var list []Entry
	for _, k := range []Kind{Float64, Float32, Float16, Int64, Int32, Int16, Int8, Uint64, Uint32, Uint16, Uint8, Bool} {
		a := Array{Shape: []int{2, 3, 2}, Kind: k, Data: numbers(k)}
		if k == Int64 || k == Uint64 {
			a.Inexact = 1
		}
		for _, name := range []string{"little_c", "little_fortran", "big_c", "big_fortran"} {
			list = append(list, Entry{kinds[k].code + "_" + name, a})
		}
	}
	names := []string{"moons", "", "größe ✓ 🙂", " a\x00b "}
	return append(list, []Entry{
		{"axes_0", FromFloat(-1.5)},
		{"axes_1", Array{Shape: []int{12}, Data: floats}},
		{"axes_2", Array{Shape: []int{3, 4}, Data: floats}},
		{"axes_2_fortran", Array{Shape: []int{3, 4}, Data: floats}},
		{"empty_1", Array{Shape: []int{0}}},
		{"empty_2", Array{Shape: []int{0, 3}}},
		{"empty_3_fortran", Array{Shape: []int{3, 2, 0}}},
		{"text_0", FromText(`{"layout": "in×out"}`)},
		{"text_1_little", Array{Shape: []int{4}, Kind: Text, Text: names}},
		{"text_1_big", Array{Shape: []int{4}, Kind: Text, Text: names}},
		{"text_bytes", Array{Shape: []int{4}, Kind: Text, Text: names}},
		{"text_empty", Array{Shape: []int{0}, Kind: Text}},
	}...)
}

func TestGoldenArchives(t *testing.T) {
	for _, file := range []string{"testdata/stored.npz", "testdata/compressed.npz"} {
		archive, err := ReadNPZ(file)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range golden() {
			names = append(names, e.Name)
			got, err := archive.Array(e.Name)
			if err != nil {
				t.Error(err)
			} else if !EqualBits(got, e.Array) {
				t.Errorf("%s: %s is %v, want %v", file, e.Name, got, e.Array)
			}
			if !archive.Has(e.Name) || archive.Has(e.Name+suffix) {
				t.Errorf("%s: Has is wrong about %s", file, e.Name)
			}
		}
		if got := archive.Names(); !slices.Equal(got, names) {
			t.Errorf("%s: names %q", file, got)
		}
	}
	for _, file := range []string{"testdata/small.npz", "testdata/small_compressed.npz"} {
		archive, err := ReadNPZ(file)
		if err != nil {
			t.Fatal(err)
		}
		y, err1 := archive.Array("y")
		meta, err2 := archive.Array("meta")
		if err1 != nil || err2 != nil || !EqualBits(y, FromInts([]int{0, 1})) || !EqualBits(meta, FromText("ü")) {
			t.Errorf("%s: %v, %v, errors %v, %v", file, y, meta, err1, err2)
		}
	}
	archive, err := ReadNPZ("testdata/none.npz")
	if err != nil || len(archive.Names()) != 0 {
		t.Errorf("none.npz: names %q, error %v", archive.Names(), err)
	}
}

func TestGoldenFiles(t *testing.T) {
	want := Array{Shape: []int{3, 4}, Data: floats}
	for _, version := range []int{1, 2, 3} {
		got, err := ReadFile(fmt.Sprintf("testdata/version%d.npy", version))
		if err != nil || !EqualBits(got, want) {
			t.Errorf("version %d: %v, error %v", version, got, err)
		}
	}
	want.Kind = Float32
	if got, err := ReadFile("testdata/fortran.npy"); err != nil || !EqualBits(got, want) {
		t.Errorf("fortran.npy: %v, error %v", got, err)
	}
}

// TestBytesOfNumPy writes what NumPy wrote and holds the bytes against its.
func TestBytesOfNumPy(t *testing.T) {
	archive, err := ReadNPZ("testdata/stored.npz")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, e := range golden() {
		// NumPy keeps the order it has, but for one axis or none; Write has one.
		if strings.HasSuffix(e.Name, "_fortran") || strings.Contains(e.Name, "_big") || e.Name == "text_bytes" || e.Array.Inexact > 0 {
			continue
		}
		raw, err := archive.entries[archive.index[e.Name]].File.Open()
		if err != nil {
			t.Fatal(err)
		}
		var want, got strings.Builder
		if _, err := io.Copy(&want, raw); err != nil {
			t.Fatal(err)
		}
		a := e.Array
		if e.Name == "text_1_little" {
			a.Text = slices.Clone(a.Text)
			a.Text[1] = "ten letter" // NumPy made it ten wide
		}
		if err := Write(&got, a); err != nil {
			t.Fatal(err)
		}
		w, g := want.String(), got.String()
		if e.Name == "text_1_little" {
			w, g = w[:128], g[:128]
		}
		if g != w {
			t.Errorf("%s:\n%q\nNumPy wrote\n%q", e.Name, g, w)
		}
		compared++
	}
	if compared != 18 {
		t.Errorf("%d arrays compared", compared)
	}
	file, err := os.ReadFile("testdata/version1.npy")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if err := Write(&got, Array{Shape: []int{3, 4}, Data: floats}); err != nil || got.String() != string(file) {
		t.Errorf("error %v, %q\nNumPy wrote\n%q", err, got.String(), file)
	}
}
