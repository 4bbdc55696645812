package kernel

import (
	"math"
	"unsafe"
)

// An Operand is a matrix read in either direction: element (i, j) is
// Data[i*Row+j*Col], and Row or Col is 1.
type Operand struct {
	Data     []float64
	Row, Col int
}

// from returns the operand without its first i rows and j columns.
func (o Operand) from(i, j int) Operand { return Operand{o.Data[i*o.Row+j*o.Col:], o.Row, o.Col} }

func (o Operand) transposed() Operand { return Operand{o.Data, o.Col, o.Row} }

// Holds reports whether n numbers are enough for rows of cols at a distance of
// at least cols.
func Holds(n, rows, cols, distance int) bool {
	if rows <= 1 {
		return rows == 0 || rows == 1 && uint(cols) <= uint(n)
	}
	// The product cannot overflow where both factors are below 2³¹.
	return cols >= 0 && distance >= cols && rows|distance <= math.MaxInt32 && (rows-1)*distance+cols <= n
}

// Overlap reports whether two slices share memory. Views of different columns
// of one matrix count as sharing when their address ranges meet.
func Overlap(a, b []float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	a0, b0 := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return a0 < b0+uintptr(len(b))*8 && b0 < a0+uintptr(len(a))*8
}
