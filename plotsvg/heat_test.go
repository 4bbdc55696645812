package plotsvg_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	. "glassbox/plotsvg"
)

func TestHeatIsSmall(t *testing.T) {
	const n = 100
	smooth, noise := make([]float64, n*n), make([]float64, n*n)
	classes := make([]int, n*n)
	r := random(10)
	for i := range smooth {
		u, v := float64(i%n)/n-0.5, float64(i/n)/n-0.5
		smooth[i] = squash(40 * (u*u + v*v - 0.1))
		noise[i] = 2*r.uniform() - 1
		classes[i] = int(4 * r.uniform())
	}
	for _, c := range []struct {
		name  string
		heat  Heat
		limit int
	}{
		{"smooth", Heat{Z: smooth}, 30_000},
		{"noise", Heat{Z: noise}, 66_000},
		{"classes", Heat{Classes: classes}, 66_000},
		{"constant", Heat{Z: make([]float64, n*n)}, 7_000},
	} {
		h := c.heat
		h.X1, h.Y1, h.Rows, h.Cols = 1, 1, n, n
		svg := draw(t, Figure{Layers: []Layer{h}})
		if len(svg) > c.limit {
			t.Errorf("%s: %d bytes, want at most %d", c.name, len(svg), c.limit)
		}
	}
}

// Row 0 is at the bottom, and the strengths are the values'.
func TestHeatCells(t *testing.T) {
	svg := draw(t, Figure{Layers: []Layer{Heat{
		X1: 2, Y1: 2, Rows: 2, Cols: 2,
		Z: []float64{-1, 0.45, -0.04, 1},
	}}})
	w, h := frameSize(t, svg)
	want := fmt.Sprintf(`<g class="gbm" transform="matrix(%.5f 0 0 %.5f 0 %v)">
<path class="gb0" stroke-opacity="0.36" d="M0 0h1"/>
<path class="gb1" stroke-opacity="0.18" d="M1 0h1"/>
<path class="gb1" stroke-opacity="0.36" d="M1 1h1"/>
</g>`, w/2, -h/2, h*3/4)
	if !strings.Contains(svg, want) {
		t.Errorf("no such cells:\n%s\nin\n%s", want, svg[strings.Index(svg, "</style>"):])
	}

	// A part of a cell and a part of a fine grid both fill the frame.
	for _, heat := range []Heat{
		{X0: -1e9, X1: 1e9, Y0: -1e9, Y1: 1e9, Rows: 1, Cols: 1, Z: []float64{1}},
		{X0: 0, X1: 1, Y0: 0, Y1: 1, Rows: 1, Cols: 100_000, Classes: make([]int, 100_000)},
	} {
		svg := draw(t, Figure{X: Axis{Min: 0, Max: 1}, Y: Axis{Min: 0, Max: 1}, Layers: []Layer{heat}})
		w, h := frameSize(t, svg)
		var sx, sy, x, y float64
		at := strings.Index(svg, "matrix(")
		if _, err := fmt.Sscanf(svg[at:], "matrix(%f 0 0 %f %f %f)", &sx, &sy, &x, &y); err != nil {
			t.Fatal(err)
		}
		if cols := w / sx; math.Abs(x) > 0.01 || math.Abs(cols-400) > 0.01 {
			t.Errorf("%d columns are shown from %v on as %v", heat.Cols, x, cols)
		}
		if bottom := y - sy/2; math.Abs(bottom-h) > 0.01 {
			t.Errorf("the heat starts at %v, want %v", bottom, h)
		}
	}
}
