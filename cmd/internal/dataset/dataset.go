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
	"os"
	"path/filepath"
	"strings"

	"glassbox/mat"
)

// Limits, so that a file that is no table cannot fill the memory.
const (
	maxRow     = 1 << 20    // bytes of a row
	maxNumbers = 10_000_000 // rows × features, and rows × classes
	maxClasses = 1000
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
// .npz, otherwise CSV.
func Read(path string) (Table, error) {
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
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return Table{}, fmt.Errorf("%s is a directory; a CSV file would be right", path)
	}
	return Parse(path, f)
}

// Parse returns the table in r; path is what its errors call it.
func Parse(path string, r io.Reader) (Table, error) {
	p, err := newParser(path, r)
	if err != nil {
		return Table{}, err
	}
	if err := p.rows(); err != nil {
		return Table{}, err
	}
	classes, labels, err := p.classes.table(p)
	if err != nil {
		return Table{}, err
	}
	n := len(labels)
	return Table{
		Name:     filepath.Base(path),
		Features: p.features,
		Classes:  classes,
		X:        mat.Of(n, len(p.features), p.numbers...),
		Labels:   labels,
	}, nil
}
