// Package dataset reads tables of one's own: CSV files whose last column is
// the class and whose other columns are the features, and NumPy's .npz files.
//
// What a CSV file may look like:
//   - Fields are separated by tabs, semicolons or commas: the first of these
//     that the first line has outside quotes.
//   - Fields may be quoted as in RFC 4180, "" for a quote; a quoted field may
//     hold separators and line ends. Spaces around a field do not count.
//   - The first line is a header if its feature fields are words, and data if
//     they are numbers. A mixture is an error, for one of the two would be lost
//     in silence.
//   - Numbers have a decimal point or, where the separator is not the comma, a
//     decimal comma, but not both in one file.
//   - Classes are numbers, in ascending order then, or names, in the order of
//     their code points: numpy.unique's orders. 1 and 1.0 are one number.
//   - Lines that begin with # are comments. They, blank lines and rows in which
//     every field is empty are passed over. A UTF-8 byte order mark and CRLF
//     line ends are fine.
//
// What a file named .npz has, as np.savez and np.savez_compressed make it:
//   - x or X, rows × features: numbers of any type.
//   - y, a class for each row: whole numbers or text, (rows,) or rows×1, in
//     numpy.unique's order; or one-hot, rows × classes, where the classes are
//     the numbers of the columns, without those that no row has.
//   - Other arrays are passed over.
//
// Errors name the file, the line and the column, or the array and the element.
package dataset

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/progress"
	"glassbox/mat"
)

// Limits, so that a file that is no table cannot fill the memory.
const (
	maxRow     = 1 << 20    // bytes of a row
	maxNumbers = 10_000_000 // rows × features, and rows × classes
	maxClasses = 1000
	maxName    = 200   // letters of a column's name or a class's, which figures show many times
	maxValue   = 1e100 // of a number: its square and sums of squares stay finite
)

// A Table is a file's content: row i has the features X.Row(i) and the class
// Classes[Labels[i]].
type Table struct {
	Name     string     // of the file, without its directory
	Features []string   // a name for each column of X; x1, x2, … without a header
	Classes  []string   // at least two, each with at least one row
	X        mat.Matrix // rows×features, finite numbers
	Labels   []int      // one a row, an index of Classes
}

// Read returns the table in the file at path: NumPy's arrays if it is named
// .npz, otherwise CSV, of which it shows on w, if that is a terminal, how much
// is read.
func Read(path string, w io.Writer) (Table, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".npz":
		return readNPZ(path)
	case ".npy":
		return Table{}, fmt.Errorf("%s is a single array; a table has two: np.savez(\"table.npz\", x=x, y=y)", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return Table{}, err
	}
	defer f.Close()
	size := int64(0)
	switch info, err := f.Stat(); {
	case err != nil:
	case info.IsDir():
		return Table{}, fmt.Errorf("%s is a directory; a CSV file would be right", path)
	case info.Mode().IsRegular():
		size = info.Size()
	}
	bar := progress.New(w, "reading the table", int(min(size>>10, math.MaxInt32)))
	bar.SetUnit("kB")
	defer bar.Clear()
	return parse(path, &watched{f, bar, 0}, size)
}

// A watched reader tells a bar of every 1,024 bytes.
type watched struct {
	r    io.Reader
	bar  *progress.Bar
	left int // bytes it has not told of
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.r.Read(b)
	w.left += n
	w.bar.Add(w.left >> 10)
	w.left &= 1<<10 - 1
	return n, err
}

// Parse returns the table in r; path is what its errors call it.
func Parse(path string, r io.Reader) (Table, error) { return parse(path, r, 0) }

// parse is Parse of so many bytes, 0 where it is not known how many.
func parse(path string, r io.Reader, size int64) (Table, error) {
	p, err := newParser(path, r)
	if err != nil {
		return Table{}, err
	}
	p.size = size
	if err := p.rows(); err != nil {
		return Table{}, err
	}
	classes, labels, err := p.classes.table(p)
	if err != nil {
		return Table{}, err
	}
	n := len(labels)
	return Table{
		Name:     cli.OneLine(filepath.Base(path)),
		Features: p.features,
		Classes:  classes,
		X:        mat.Of(n, len(p.features), p.numbers...),
		Labels:   labels,
	}, nil
}

func errorf(path, format string, args ...any) error {
	return fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...))
}

// checkClasses refuses what cannot be the classes of so many rows, in the
// column or array that is named where.
func checkClasses(path string, names []string, rows int, where, right string) error {
	switch {
	case len(names) == 1:
		return errorf(path, "every row has the class %s in %s; there should be at least two classes", quote(names[0]), where)
	case len(names) == rows && rows > 2:
		return errorf(path, "each of the %d rows has a class of its own; %s", rows, right)
	case len(names) > maxClasses:
		return errorf(path, "%s has %d classes, and up to %d are right; it should have classes, not measurements", where, len(names), maxClasses)
	case rows > maxNumbers/len(names):
		return errorf(path, "%d rows of %d classes are too many; up to %d rows × classes are right", rows, len(names), maxNumbers)
	}
	for _, name := range names {
		if n := utf8.RuneCountInString(name); n > maxName {
			return errorf(path, "the class %s in %s has %d letters; names of up to %d are right", quote(name), where, n, maxName)
		}
	}
	return nil
}

// Standardize replaces each column of train (N×features) and test
// (M×features) by (x − mean)/sd, in place, with the mean and the population
// standard deviation of train's column: test rows must not tell anything about
// themselves.
//
// The sums are plain additions in ascending order; mean = Σx/N and
// sd = √(Σ(x − mean)²/N), the square rounded first. A column that is the same
// in all rows of train has no deviation to divide by; its mean is that number
// exactly, its sd 1. The indices of such columns are returned.
func Standardize(train, test mat.Matrix) (constant []int) {
	if train.Rows == 0 || train.Cols != test.Cols {
		panic(fmt.Sprintf("dataset.Standardize: train %s, test %s", train.Shape(), test.Shape()))
	}
	for j := range train.Cols {
		mean, sd := Moments(train, j)
		if sd == 0 {
			sd = 1
			constant = append(constant, j)
		}
		for _, m := range []mat.Matrix{train, test} {
			for i := range m.Rows {
				m.Set(i, j, (m.At(i, j)-mean)/sd)
			}
		}
	}
	return constant
}

// Moments returns mean and standard deviation of column j, as [Standardize]
// finds them; sd is 0 for a constant column, where the rounding of the sum would
// leave a tiny one.
func Moments(m mat.Matrix, j int) (mean, sd float64) {
	n, sum, same := float64(m.Rows), 0.0, true
	for i := range m.Rows {
		sum += m.At(i, j)
		same = same && m.At(i, j) == m.At(0, j)
	}
	if same {
		return m.At(0, j), 0
	}
	mean = sum / n
	sum = 0
	for i := range m.Rows {
		d := m.At(i, j) - mean
		sum += float64(d * d)
	}
	return mean, math.Sqrt(sum / n)
}
