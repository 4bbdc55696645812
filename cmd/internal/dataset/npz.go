package dataset

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"glassbox/cmd/internal/cli"
	"glassbox/mat"
	"glassbox/mat/npy"
)

// readNPZ returns the table in the .npz file at path, of the arrays x or X and
// y.
func readNPZ(path string) (Table, error) {
	archive, err := npy.ReadNPZ(path)
	if err != nil {
		return Table{}, err
	}
	key := "x"
	switch x, X := archive.Has("x"), archive.Has("X"); {
	case x && X:
		return Table{}, fmt.Errorf("%s: there are both x and X; one of them would be right", path)
	case X:
		key = "X"
	}
	x, err := archive.Array(key)
	if err == nil {
		var y npy.Array
		if y, err = archive.Array("y"); err == nil {
			return newArrays(path, key, x, y)
		}
	}
	if !archive.Has(key) || !archive.Has("y") {
		err = fmt.Errorf("%w; a table has x or X, rows × features, and y, a class for each row", err)
	}
	return Table{}, err
}

// arrays are the two of a file, for its errors.
type arrays struct {
	path, key string // key is x or X
}

func (a arrays) errorf(format string, args ...any) error { return errorf(a.path, format, args...) }

func newArrays(path, key string, x, y npy.Array) (Table, error) {
	a := arrays{path, key}
	t := Table{Name: cli.OneLine(filepath.Base(path))}
	var err error
	if t.X, err = a.features(x); err != nil {
		return Table{}, err
	}
	for j := range t.X.Cols {
		t.Features = append(t.Features, fmt.Sprintf("x%d", j+1))
	}
	if len(y.Shape) == 0 || y.Shape[0] != t.X.Rows {
		hint := "y should have a class for each row"
		if len(y.Shape) > 0 && y.Shape[0] == t.X.Cols {
			hint = fmt.Sprintf("%s should be rows × features; %[1]s.T would be", key)
		}
		return Table{}, a.errorf("%s is %s and y is %s; %s", key, x.ShapeText(), y.ShapeText(), hint)
	}
	if t.Classes, t.Labels, err = a.classes(y); err != nil {
		return Table{}, err
	}
	return t, checkClasses(path, t.Classes, len(t.Labels), "y", "y should have classes, not measurements")
}

// features returns x as a matrix.
func (a arrays) features(x npy.Array) (mat.Matrix, error) {
	if x.Kind == npy.Text {
		return mat.Matrix{}, a.errorf("%s has text; rows × features, numbers, would be right", a.key)
	}
	if len(x.Shape) != 2 {
		hint := ""
		if len(x.Shape) == 1 {
			hint = fmt.Sprintf(": for one feature %s.reshape(-1, 1)", a.key)
		}
		return mat.Matrix{}, a.errorf("%s is %s; rows × features would be right%s", a.key, x.ShapeText(), hint)
	}
	switch n := len(x.Data); {
	case n == 0:
		return mat.Matrix{}, a.errorf("%s is %s and has no numbers", a.key, x.ShapeText())
	case n > maxNumbers:
		return mat.Matrix{}, a.errorf("%s is %s, more than %d numbers; this program takes tables into memory and stops there", a.key, x.ShapeText(), maxNumbers)
	}
	for i, v := range x.Data {
		row, col := i/x.Shape[1], i%x.Shape[1]
		switch {
		case v != v || math.IsInf(v, 0):
			return mat.Matrix{}, a.errorf("%s[%d,%d] is %v, not a finite number; fill it in or leave the row out", a.key, row, col, v)
		case math.Abs(v) > maxValue:
			return mat.Matrix{}, a.errorf("%s[%d,%d] is %v, which is too large; numbers up to %g are right", a.key, row, col, v, maxValue)
		}
	}
	return mat.Of(x.Shape[0], x.Shape[1], x.Data...), nil
}

// classes returns the names of y's classes in their order and each row's index
// among them.
func (a arrays) classes(y npy.Array) (names []string, labels []int, err error) {
	wide := len(y.Shape) == 2 && y.Shape[1] != 1
	switch {
	case y.Kind == npy.Text:
		return a.words(y.Text)
	case len(y.Shape) > 2:
		return nil, nil, a.errorf("y is %s; (rows,) of class numbers or names, or rows × classes of ones and zeros, would be right", y.ShapeText())
	case y.Inexact > 0:
		return nil, nil, a.errorf("y has integers beyond 2⁵³, which are no class numbers")
	}
	number := y.Data
	if wide {
		if number, err = a.oneHot(y); err != nil {
			return nil, nil, err
		}
	}
	for i, v := range number {
		if v != math.Trunc(v) || math.Abs(v) > 1<<53 { // NaN is unequal, too
			return nil, nil, a.errorf("y[%d] is %v; a class number is whole", i, v)
		}
	}
	values, labels := rank(number)
	for _, v := range values {
		names = append(names, strconv.FormatFloat(v+0, 'f', -1, 64))
	}
	return names, labels, nil
}

// oneHot returns the column of each row's one.
func (a arrays) oneHot(y npy.Array) ([]float64, error) {
	column := make([]float64, y.Shape[0])
	for i := range column {
		one := -1
		for j, v := range y.Data[i*y.Shape[1] : (i+1)*y.Shape[1]] {
			switch {
			case v != 0 && v != 1:
				return nil, a.errorf("y[%d,%d] is %v; y is %s, and there each row has a single 1 and zeros", i, j, v, y.ShapeText())
			case v == 1 && one >= 0:
				return nil, a.errorf("y[%d,%d] and y[%d,%d] are both 1; y is %s, and there each row has a single 1", i, one, i, j, y.ShapeText())
			case v == 1:
				one = j
			}
		}
		if one < 0 {
			return nil, a.errorf("y[%d] has no 1; y is %s, and there each row has a single 1", i, y.ShapeText())
		}
		column[i] = float64(one)
	}
	return column, nil
}

// words returns classes that are text, tidied as in a CSV file.
func (a arrays) words(text []string) (names []string, labels []int, err error) {
	for i, s := range text {
		s = strings.Join(strings.Fields(s), " ")
		switch {
		case s == "":
			return nil, nil, a.errorf("y[%d] is empty; the class is missing", i)
		case strings.ContainsFunc(s, unicode.IsControl):
			return nil, nil, a.errorf("y[%d], %s, has a control character", i, quote(s))
		}
		text[i] = cli.OneLine(s)
	}
	names, labels = rank(text)
	return names, labels, nil
}

// rank returns the different values in ascending order and the index of each
// of list among them: numpy.unique with its inverse.
func rank[T cmp.Ordered](list []T) (values []T, index []int) {
	values = slices.Clone(list)
	slices.Sort(values)
	values = slices.Clip(slices.Compact(values))
	index = make([]int, len(list))
	for i, v := range list {
		index[i], _ = slices.BinarySearch(values, v)
	}
	return values, index
}
