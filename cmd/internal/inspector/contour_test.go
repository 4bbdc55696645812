package inspector

import (
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/frame"
)

var coordinate = regexp.MustCompile(`[ML](-?[0-9.]+) (-?[0-9.]+)`)

// polygons reads a path.
func polygons(t *testing.T, path string) [][][2]float64 {
	t.Helper()
	var list [][][2]float64
	for text := range strings.SplitSeq(strings.TrimSuffix(path, "Z"), "Z") {
		if text == "" {
			continue
		}
		var p [][2]float64
		for _, m := range coordinate.FindAllStringSubmatch(text, -1) {
			x, _ := strconv.ParseFloat(m[1], 64)
			y, _ := strconv.ParseFloat(m[2], 64)
			p = append(p, [2]float64{x, y})
		}
		if coordinate.ReplaceAllString(text, "") != "" || strings.Count(text, "M") != 1 || len(p) < 3 {
			t.Fatalf("%q is no polygon", text)
		}
		list = append(list, p)
	}
	return list
}

// within reports whether a point lies in the polygons, by the rule that fills
// them: an odd number of lines to its right, or a winding number that is not 0.
func within(list [][][2]float64, x, y float64) (odd bool, winding int) {
	for _, p := range list {
		for k, a := range p {
			b := p[(k+1)%len(p)]
			if (a[1] > y) == (b[1] > y) || x >= a[0]+(y-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
				continue
			}
			odd = !odd
			if b[1] > a[1] {
				winding++
			} else {
				winding--
			}
		}
	}
	return odd, winding
}

// Every place of the frame lies in the polygons or not as the function says,
// but for those near the line.
func TestContour(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 60 {
		f := frame.Frame{X0: 3 * r.NormFloat64(), Y0: 3 * r.NormFloat64()}
		scale := math.Pow(10, float64(n%5-2))
		f.X1, f.Y1 = f.X0+scale*(1+r.Float64()), f.Y0+scale*(1+r.Float64())
		var a [6]float64
		for k := range a {
			a[k] = 3 * r.NormFloat64()
		}
		v := func(x, y float64) float64 {
			x, y = (x-f.X0)/scale, (y-f.Y0)/scale
			return math.Sin(a[0]*x+a[1]*y+a[2]) + math.Sin(a[3]*x*y+a[4]) + a[5]/6
		}
		g := newGrid(f)
		values := make([]float64, 0, g.nx*g.ny)
		for j := range g.ny {
			for i := range g.nx {
				values = append(values, v(g.at(i, j)))
			}
		}
		path := g.contour(values)
		list := polygons(t, path)
		inside, judged := 0, 0
		for range 500 {
			x, y := f.X0+(0.01+0.98*r.Float64())*(f.X1-f.X0), f.Y0+(0.01+0.98*r.Float64())*(f.Y1-f.Y0)
			if math.Abs(v(x, y)) < 0.1 {
				continue
			}
			judged++
			odd, winding := within(list, x, y)
			if odd {
				inside++
			}
			if want := v(x, y) > 0; odd != want || (winding != 0) != want || winding < 0 {
				t.Fatalf("%d: (%v, %v) has %v and lies inside: %v, winding %d\n%s", n, x, y, v(x, y), odd, winding, path)
			}
		}
		if judged < 100 {
			t.Errorf("%d: only %d points", n, judged)
		}
		if len(path) > 6000 {
			t.Errorf("%d: the path takes %d bytes", n, len(path))
		}
		for _, p := range list {
			for _, c := range p {
				if c[0] < f.X0-scale/500 || c[0] > f.X1+scale/500 || c[1] < f.Y0-scale/500 || c[1] > f.Y1+scale/500 {
					t.Fatalf("%d: %v lies outside of %v", n, c, f)
				}
			}
		}
	}
}

func TestContourEdges(t *testing.T) {
	f := frame.Frame{X0: 0, X1: 2, Y0: 0, Y1: 1}
	g := newGrid(f)
	of := func(v func(i, j int) float64) string {
		var values []float64
		for j := range g.ny {
			for i := range g.nx {
				values = append(values, v(i, j))
			}
		}
		return g.contour(values)
	}
	if got := of(func(i, j int) float64 { return -1 }); got != "" {
		t.Errorf("nothing: %q", got)
	}
	if got := of(func(i, j int) float64 { return 0 }); got != "" {
		t.Errorf("where both are as likely the first class is taken: %q", got)
	}
	if got := of(func(i, j int) float64 { return math.NaN() }); got != "" {
		t.Errorf("no numbers: %q", got)
	}
	all := polygons(t, of(func(i, j int) float64 { return 1 }))
	if len(all) != 1 || len(all[0]) != 4 {
		t.Errorf("everything: %v", all)
	}
	// A line through the middle cuts the frame into halves.
	half := polygons(t, of(func(i, j int) float64 { x, _ := g.at(i, j); return x - 1.2345 }))
	if len(half) != 1 || len(half[0]) != 4 {
		t.Fatalf("half: %v", half)
	}
	for _, c := range half[0] {
		if math.Abs(c[0]-1.2345) > 1e-3 && math.Abs(c[0]-2) > 1e-3 || c[1] != 0 && c[1] != 1 {
			t.Errorf("half: %v", c)
		}
	}
	// Chequers: at each crossing opposite corners are joined or kept apart.
	for _, sign := range []float64{0.5, -0.5} {
		list := polygons(t, of(func(i, j int) float64 {
			if (i/10+j/10)%2 == 0 {
				return 1 + sign
			}
			return -1 + sign
		}))
		// In the middle of a crossing the sum of its corners decides.
		for j := 9; j < g.ny-1; j += 10 {
			for i := 9; i < g.nx-1; i += 10 {
				odd, _ := within(list, (float64(i)+0.501)/float64(g.nx-1)*2, (float64(j)+0.503)/float64(g.ny-1))
				if odd != (sign > 0) {
					t.Errorf("chequers %v: the crossing at %d, %d lies inside: %v", sign, i, j, odd)
				}
			}
		}
		for j := 5; j < g.ny; j += 10 {
			for i := 5; i < g.nx; i += 10 {
				odd, winding := within(list, float64(i)/float64(g.nx-1)*2, float64(j)/float64(g.ny-1))
				if want := (i/10+j/10)%2 == 0; odd != want || winding != 0 != want {
					t.Errorf("chequers %v: field %d, %d lies inside: %v", sign, i, j, odd)
				}
			}
		}
	}
}
