package dataset

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/mat/npy"
)

// save writes the arrays as t.npz into a directory and returns its path.
func save(t *testing.T, arrays ...npy.Entry) string {
	t.Helper()
	var b bytes.Buffer
	if err := npy.WriteNPZ(&b, arrays, true); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "t.npz")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// array has the numbers with that shape.
func array(kind npy.Kind, shape []int, data ...float64) npy.Array {
	return npy.Array{Shape: shape, Kind: kind, Data: data}
}

// noisy are numbers that do not compress: few bytes that become many numbers are
// refused before they are counted.
func noisy(n int) []float64 {
	list, state := make([]float64, n), uint32(1)
	for i := range list {
		state = state*1664525 + 1013904223
		list[i] = float64(state >> 25)
	}
	return list
}

func words(text ...string) npy.Array {
	return npy.Array{Shape: []int{len(text)}, Kind: npy.Text, Text: text}
}

// x3 has three rows of two features.
var x3 = array(npy.Float64, []int{3, 2}, 1, 2, 3, 4, 5, 6.5)

func TestReadNPZ(t *testing.T) {
	six := array(npy.Int8, []int{6, 1}, 1, 2, 3, 4, 5, 6)
	for _, c := range []struct {
		name string
		x, y npy.Array
		want string
	}{
		{"int64", x3, npy.FromInts([]int{10, 9, 10}), "x1,x2: 1,2=1 3,4=0 5,6.5=1 of 9|10"},
		{"negative", x3, npy.FromInts([]int{1, -1, 1}), "x1,x2: 1,2=1 3,4=0 5,6.5=1 of -1|1"},
		{"column", x3, array(npy.Uint8, []int{3, 1}, 2, 0, 2), "x1,x2: 1,2=1 3,4=0 5,6.5=1 of 0|2"},
		{"bool", x3, array(npy.Bool, []int{3}, 0, 1, 1), "x1,x2: 1,2=0 3,4=1 5,6.5=1 of 0|1"},
		{"float", x3, array(npy.Float32, []int{3}, math.Copysign(0, -1), 1, math.Copysign(0, -1)), "x1,x2: 1,2=0 3,4=1 5,6.5=0 of 0|1"},
		{"two rows of two classes", array(npy.Float64, []int{2, 1}, 1, 2), npy.FromInts([]int{5, 4}), "x1: 1=1 2=0 of 4|5"},
		{"large", x3, array(npy.Int64, []int{3}, 0x1p53, 1, 1), "x1,x2: 1,2=1 3,4=0 5,6.5=0 of 1|9007199254740992"},
		{"one-hot", x3, array(npy.Float64, []int{3, 3}, 0, 0, 1, 1, 0, 0, 0, 0, 1), "x1,x2: 1,2=1 3,4=0 5,6.5=1 of 0|2"},
		{"one-hot bool", x3, array(npy.Bool, []int{3, 2}, 0, 1, 1, 0, 0, 1), "x1,x2: 1,2=1 3,4=0 5,6.5=1 of 0|1"},
		{"text", x3, words("b", "a ", "b"), "x1,x2: 1,2=1 3,4=0 5,6.5=1 of a|b"},
		{"text in code points' order", six, words("é", "Z", "a\t b", "é", "Z", "a b"), "x1: 1=2 2=0 3=1 4=2 5=0 6=1 of Z|a b|é"},
		{"text that is numbers", x3, words("9", "10", "9"), "x1,x2: 1,2=1 3,4=0 5,6.5=1 of 10|9"},
	} {
		for _, key := range []string{"x", "X"} {
			t.Run(c.name+" "+key, func(t *testing.T) {
				table, err := Read(save(t, npy.Entry{Name: "other", Array: npy.FromText("no array of a table")},
					npy.Entry{Name: "y", Array: c.y}, npy.Entry{Name: key, Array: c.x}), io.Discard)
				if err != nil {
					t.Fatal(err)
				}
				if got := show(table); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
				if table.Name != "t.npz" {
					t.Errorf("name %q", table.Name)
				}
				checkTable(t, table)
			})
		}
	}
}

func TestRefusedNPZ(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(-1)
	good := npy.FromInts([]int{0, 1, 0})
	xy := func(x, y npy.Array) []npy.Entry { return []npy.Entry{{Name: "X", Array: x}, {Name: "y", Array: y}} }
	rows := func(n int, y func(i int) float64) []npy.Entry {
		a := array(npy.Float64, []int{n}, make([]float64, n)...)
		for i := range n {
			a.Data[i] = y(i)
		}
		return xy(array(npy.Float64, []int{n, 1}, make([]float64, n)...), a)
	}
	for _, c := range []struct {
		name   string
		arrays []npy.Entry
		want   string
	}{
		{"nothing", nil, "there is no array x; the file holds none; a table has x or X, rows × features, and y, a class for each row"},
		{"no x", []npy.Entry{{Name: "0.x", Array: x3}, {Name: "y", Array: good}}, "there is no array x; it holds 0.x, y; a table has x or X, rows × features, and y, a class for each row"},
		{"no y", []npy.Entry{{Name: "x", Array: x3}, {Name: "Y", Array: good}}, "there is no array y; it holds x, Y; a table has x or X, rows × features, and y, a class for each row"},
		{"two x", []npy.Entry{{Name: "x", Array: x3}, {Name: "y", Array: good}, {Name: "X", Array: x3}}, "there are both x and X; one of them would be right"},

		{"x is text", xy(words("a", "b", "c"), good), "X has text; rows × features, numbers, would be right"},
		{"x has one axis", xy(array(npy.Float64, []int{3}, 1, 2, 3), good), "X is (3,); rows × features would be right: for one feature X.reshape(-1, 1)"},
		{"x has no axis", xy(npy.FromFloat(1), good), "X is (); rows × features would be right"},
		{"x has three axes", xy(array(npy.Float64, []int{3, 1, 2}, x3.Data...), good), "X is 3×1×2; rows × features would be right"},
		{"no rows", xy(array(npy.Float64, []int{0, 2}), npy.FromInts(nil)), "X is 0×2 and has no numbers"},
		{"no features", xy(array(npy.Float64, []int{3, 0}), good), "X is 3×0 and has no numbers"},
		{"too many numbers", xy(array(npy.Int8, []int{maxNumbers/2 + 1, 2}, noisy(maxNumbers+2)...), good), "X is 5000001×2, more than 10000000 numbers; this program takes tables into memory and stops there"},
		{"NaN", xy(array(npy.Float64, []int{3, 2}, 1, 2, 3, nan, 5, 6), good), "X[1,1] is NaN, not a finite number; fill it in or leave the row out"},
		{"Inf", xy(array(npy.Float32, []int{3, 2}, 1, 2, 3, 4, inf, 6), good), "X[2,0] is -Inf, not a finite number; fill it in or leave the row out"},
		{"too large", xy(array(npy.Float64, []int{3, 2}, 1, -2e100, 3, 4, 5, 6), good), "X[0,1] is -2e+100, which is too large; numbers up to 1e+100 are right"},

		{"fewer classes than rows", xy(x3, npy.FromInts([]int{0, 1, 0, 1})), "X is 3×2 and y is (4,); y should have a class for each row"},
		{"features × rows", xy(x3, npy.FromInts([]int{0, 1})), "X is 3×2 and y is (2,); X should be rows × features; X.T would be"},
		{"a class for all", xy(x3, npy.FromText("a")), "X is 3×2 and y is (); y should have a class for each row"},
		{"a row of classes", xy(x3, array(npy.Int64, []int{1, 3}, 0, 1, 0)), "X is 3×2 and y is 1×3; y should have a class for each row"},
		{"y has three axes", xy(x3, array(npy.Int64, []int{3, 1, 1}, 0, 1, 0)), "y is 3×1×1; (rows,) of class numbers or names, or rows × classes of ones and zeros, would be right"},
		{"measurements", xy(x3, array(npy.Float64, []int{3}, 0, 1, 0.5)), "y[2] is 0.5; a class number is whole"},
		{"NaN in y", xy(x3, array(npy.Float64, []int{3, 1}, 0, nan, 1)), "y[1] is NaN; a class number is whole"},
		{"Inf in y", xy(x3, array(npy.Float64, []int{3}, inf, 0, 1)), "y[0] is -Inf; a class number is whole"},
		{"beyond 2⁵³", xy(x3, array(npy.Float64, []int{3}, 0, 1, 1e16)), "y[2] is 1e+16; a class number is whole"},
		{"probabilities", xy(x3, array(npy.Float64, []int{3, 2}, 0, 1, 1, 0, 0.25, 0.75)), "y[2,0] is 0.25; y is 3×2, and there each row has a single 1 and zeros"},
		{"two ones", xy(x3, array(npy.Uint8, []int{3, 3}, 0, 1, 0, 1, 0, 1, 1, 0, 0)), "y[1,0] and y[1,2] are both 1; y is 3×3, and there each row has a single 1"},
		{"no one", xy(x3, array(npy.Bool, []int{3, 2}, 0, 1, 1, 0, 0, 0)), "y[2] has no 1; y is 3×2, and there each row has a single 1"},
		{"no columns", xy(x3, array(npy.Bool, []int{3, 0})), "y[0] has no 1; y is 3×0, and there each row has a single 1"},
		{"empty name", xy(x3, words("a", "b", " ")), "y[2] is empty; the class is missing"},
		{"control character", xy(x3, words("a", "\x1b[31m", "a")), `y[1], "\x1b[31m", has a control character`},

		{"one class", xy(x3, npy.FromInts([]int{7, 7, 7})), `every row has the class "7" in y; there should be at least two classes`},
		{"one class in one-hot", xy(x3, array(npy.Int64, []int{3, 2}, 0, 1, 0, 1, 0, 1)), `every row has the class "1" in y; there should be at least two classes`},
		{"one name", xy(x3, words("a", " a", "a")), `every row has the class "a" in y; there should be at least two classes`},
		{"a class a row", xy(x3, npy.FromInts([]int{4, 5, 6})), "each of the 3 rows has a class of its own; y should have classes, not measurements"},
		{"too many classes", rows(2002, func(i int) float64 { return float64(i / 2) }), "y has 1001 classes, and up to 1000 are right; it should have classes, not measurements"},
		{"too many rows × classes", rows(20_001, func(i int) float64 { return float64(i % 500) }), "20001 rows of 500 classes are too many; up to 10000000 rows × classes are right"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := save(t, c.arrays...)
			table, err := Read(path, io.Discard)
			if err == nil {
				t.Fatalf("accepted: %s", show(table))
			}
			if got, want := err.Error(), path+": "+c.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// What is no archive, and arrays that npy refuses.
func TestRefusedNPZFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"text.npz": "1,2,a\n", "upper.NPZ": "1,2,a\n", "x.npy": "\x93NUMPY",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "d.npz"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"text.npz":  `text.npz: is no .npz file: it begins with "1,2,a\n" where one begins with PK; np.savez makes one`,
		"upper.NPZ": `upper.NPZ: is no .npz file: it begins with "1,2,a\n" where one begins with PK; np.savez makes one`,
		"x.npy":     `x.npy is a single array; a table has two: np.savez("table.npz", x=x, y=y)`,
		"d.npz":     "d.npz: is a directory; a file in it would be right",
		"none.npz":  "none.npz: no such file or directory",
	} {
		_, err := Read(filepath.Join(dir, name), io.Discard)
		if err == nil || !strings.HasSuffix(err.Error(), string(filepath.Separator)+want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// Files as NumPy makes them, and what npy has to say of objects.
func TestReadNPZOfNumPy(t *testing.T) {
	python := nptest.Python(t, "numpy")
	dir := t.TempDir()
	nptest.Run(t, python, `
import os, sys
import numpy as np
os.chdir(sys.argv[1])
x = np.arange(8.0).reshape(4, 2) / 4
np.savez("int.npz", x=x, y=np.array([0, 1, 1, 0]))
np.savez_compressed("text.npz", X=np.asfortranarray(x.astype(">f4")), y=np.array(["größe", "a", "a", "größe"]))
np.savez("hot.npz", X=x, y=np.eye(3, dtype=int)[[2, 1, 1, 2]])
np.savez("big.npz", x=x, y=np.array([2**53 + 1, 2**53, 0, 0]))
np.savez("object.npz", X=x, y=np.array(["b", 1, 1, None], dtype=object))
np.savez("object_x.npz", X=np.array([[1, None]] * 4), y=np.zeros(4, int))
`, nil, dir)
	for name, want := range map[string]string{
		"int":  "x1,x2: 0,0.25=0 0.5,0.75=1 1,1.25=1 1.5,1.75=0 of 0|1",
		"text": "x1,x2: 0,0.25=1 0.5,0.75=0 1,1.25=0 1.5,1.75=1 of a|größe",
		"hot":  "x1,x2: 0,0.25=1 0.5,0.75=0 1,1.25=0 1.5,1.75=1 of 1|2",
	} {
		table, err := Read(filepath.Join(dir, name+".npz"), io.Discard)
		if err != nil {
			t.Error(err)
		} else if got := show(table); got != want {
			t.Errorf("%s: got  %s\nwant %s", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"big":      "big.npz: y has integers beyond 2⁵³, which are no class numbers",
		"object":   "object.npz: entry y.npy: dtype object holds pickled Python objects, which are not read; save plain numbers: np.asarray(a, dtype=float)",
		"object_x": "object_x.npz: entry X.npy: dtype object holds pickled Python objects, which are not read; save plain numbers: np.asarray(a, dtype=float)",
	} {
		if _, err := Read(filepath.Join(dir, name+".npz"), io.Discard); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}
