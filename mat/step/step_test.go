package step

import (
	"math"
	"testing"

	"glassbox/mat"
)

func TestRowsOfBlocks(t *testing.T) {
	for n := 1; n <= 5*blockRows; n++ {
		rows := rowsOfBlocks(n)
		if rows%8 != 0 || rows < 8 || rows > blockRows {
			t.Fatalf("%d rows go in blocks of %d", n, rows)
		}
		if blocks, least := (n+rows-1)/rows, (n+blockRows-1)/blockRows; blocks != least {
			t.Fatalf("%d rows go in %d blocks of %d, where %d would do", n, blocks, rows, least)
		}
	}
}

// layers returns layers of these sizes, with parameters that are not 0.
func layers(sizes ...int) []Layer {
	var list []Layer
	for k, out := range sizes[1:] {
		l := Layer{mat.New(sizes[k]+1, out), mat.New(sizes[k]+1, out)}
		for i := range l.W.Data {
			l.W.Data[i] = float64(i%7-3) / 4
		}
		list = append(list, l)
	}
	return list
}

func TestNewRefuses(t *testing.T) {
	for _, c := range []struct {
		sizes []int
		want  bool
	}{
		{[]int{2, 20, 2}, true}, {[]int{9, 64, 64, 64, 10}, true},
		{[]int{2, 2}, false},           // no hidden layer
		{[]int{2, 300, 100, 2}, false}, // too many parameters
		{[]int{784, 8, 10}, false},     // too many features
		{[]int{784, 256, 10}, false},   // both
	} {
		if got := New(layers(c.sizes...)) != nil; got != c.want {
			t.Errorf("%v in one piece: %v, want %v", c.sizes, got, c.want)
		}
	}
}

// Where a number is not within its limit, in whichever block, that is said.
func TestLimits(t *testing.T) {
	for _, rows := range []int{1, 7, 300, 600} {
		for _, at := range []int{0, rows / 2, rows - 1} {
			for _, v := range []float64{11, -11, math.Inf(1), math.NaN()} {
				n := New(layers(2, 5, 3))
				x, y := mat.New(rows, 2), mat.New(rows, 3)
				if !n.Gradients(x, y, true, Limits{10, 10}) {
					t.Fatalf("%d rows of zeros are refused", rows)
				}
				x.Set(at, 1, v)
				if n.Gradients(x, y, true, Limits{10, 10}) {
					t.Errorf("%d rows with %v in x, row %d, are not refused", rows, v, at)
				}
				x.Set(at, 1, 10)
				y.Set(at, 2, v)
				if n.Gradients(x, y, true, Limits{10, 10}) {
					t.Errorf("%d rows with %v in y, row %d, are not refused", rows, v, at)
				}
			}
		}
	}
}

func TestReluOfOneRow(t *testing.T) {
	h := []float64{1, -1, 0, math.Copysign(0, -1), 0x1p-1074, -0x1p-1074, math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.Inf(-1)}
	want := []float64{1, 0, 0, 0, 0x1p-1074, 0, math.MaxFloat64, 0, math.Inf(1), 0}
	relu(h)
	if !mat.EqualBits(mat.Of(1, len(h), h...), mat.Of(1, len(h), want...)) {
		t.Errorf("relu gives %v, want %v", h, want)
	}
}
