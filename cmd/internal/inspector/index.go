package inspector

import (
	"encoding/binary"
	"math"

	"glassbox/mat"
)

// An index finds rows by their bits, the first of several that are alike.
type index map[string]int

func indexRows(x, y mat.Matrix) index {
	ix := index{}
	for i := range x.Rows {
		if key := rowKey(x, y, i); !ix.has(key) {
			ix[key] = i
		}
	}
	return ix
}

func (ix index) has(key string) bool {
	_, ok := ix[key]
	return ok
}

// of returns the numbers of the rows of a batch, −1 for unknown ones.
func (ix index) of(x, y mat.Matrix) []int {
	list := make([]int, x.Rows)
	for i := range list {
		at, ok := ix[rowKey(x, y, i)]
		if !ok {
			at = -1
		}
		list[i] = at
	}
	return list
}

// rowKey is row i of x and y.
func rowKey(x, y mat.Matrix, i int) string {
	var b []byte
	for _, m := range []mat.Matrix{x, y} {
		if i < m.Rows {
			for _, v := range m.Row(i) {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
			}
		}
	}
	return string(b)
}
