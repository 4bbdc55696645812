package plotsvg

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestContour: on a plane the line is straight where the plane is 0, and a
// saddle has two pieces in its middle square.
func TestContour(t *testing.T) {
	f := frame{x: scale{lo: 0, hi: 1}, y: scale{lo: 0, hi: 1}, w: 100, h: 100}
	plane := Heat{X1: 1, Y1: 1, Rows: 10, Cols: 10}
	for i := range 100 {
		x, y := (float64(i%10)+0.5)/10, (float64(i/10)+0.5)/10
		plane.Z = append(plane.Z, (x-2*y+0.31)/4)
	}
	list := Contour{Of: plane}.segments(&f)
	for _, s := range list {
		for _, p := range s {
			if x, y := p.x/100, 1-p.y/100; math.Abs(x-2*y+0.31) > 1e-12 {
				t.Errorf("(%v, %v) is on the line of x − 2y + 0.31 = 0", x, y)
			}
		}
	}
	if len(list) < 9 {
		t.Errorf("%d pieces across 9 squares", len(list))
	}
	saddle := Heat{X1: 1, Y1: 1, Rows: 2, Cols: 2, Z: []float64{1, -1, -1, 1}}
	if n := len(Contour{Of: saddle}.segments(&f)); n != 2 {
		t.Errorf("a saddle has %d pieces", n)
	}
	classes := Figure{Layers: []Layer{Contour{Of: Heat{X1: 1, Y1: 1, Rows: 1, Cols: 1, Classes: []int{0}}}}}
	if _, err := classes.SVG(); err == nil || !strings.Contains(err.Error(), "Of has no Z") {
		t.Errorf("classes: %v", err)
	}
}

// curves are two lines, the second of which need not show.
func curves(y ...float64) Figure {
	x := make([]float64, len(y))
	for i := range x {
		x[i] = float64(i)
	}
	return Figure{Shown: 1, Layers: []Layer{
		Band{Name: Text{"a"}, X: x, Lo: y, Hi: y}, Line{Name: Text{"a"}, X: x, Y: y}, Line{Name: Text{"b"}, X: x, Y: y, Class: 1},
	}}
}

// TestEntries: what an entry switches bears its number, in the picture, on hover
// and in the legend; what need not show is off.
func TestEntries(t *testing.T) {
	f := curves(1, 10, 100)
	svg, err := f.SVG()
	if err != nil {
		t.Fatal(err)
	}
	for want, n := range map[string]int{`<g data-entry="0">`: 4, `<g data-entry="1" class="gboff">`: 3, `class="gbz"`: 2} {
		if got := strings.Count(svg, want); got != n {
			t.Errorf("%s is there %d times, want %d", want, got, n)
		}
	}
	f.Layers = f.Layers[:2]
	if svg, _ := f.SVG(); strings.Contains(svg, "data-entry") {
		t.Error("a single name can be switched off")
	}
}

// TestVariants: the drawing of another size has texts of the same size, and that
// of another scale other ticks; values that are not above 0 have no other scale.
func TestVariants(t *testing.T) {
	f := curves(1, 10, 100)
	d, err := f.Draw()
	if err != nil {
		t.Fatal(err)
	}
	small := d.Resized(300, 280).SVG()
	if !strings.Contains(small, `width="300" height="280"`) || strings.Contains(small, "font:12px") {
		t.Error("the smaller drawing has not its size, or a style of its own")
	}
	// The texts on hover stand in d, for the same marks in their order.
	marks := regexp.MustCompile(`<circle c`)
	if n := len(marks.FindAllString(small, -1)); n != 6 || n != len(marks.FindAllString(d.SVG(), -1)) || strings.Count(small, "<title") != 1 {
		t.Errorf("the smaller drawing has %d marks, %d titles", n, strings.Count(small, "<title"))
	}
	ticks := func(svg string) []string {
		_, svg, _ = strings.Cut(svg, `text-anchor="end">`)
		svg, _, _ = strings.Cut(svg, "</g>")
		return regexp.MustCompile(`>[^<\n]+<`).FindAllString(svg, -1)
	}
	other, ok := d.Rescaled()
	if !ok || !other.Log() || d.Log() || slices.Equal(ticks(other.SVG()), ticks(d.SVG())) {
		t.Errorf("logarithmic: %v, ticks %q, before %q", ok, ticks(other.SVG()), ticks(d.SVG()))
	}
	if back, ok := other.Rescaled(); !ok || !slices.Equal(ticks(back.SVG()), ticks(d.SVG())) {
		t.Error("and back it is another drawing")
	}
	zero := curves(0, 1)
	if d, err = zero.Draw(); err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Rescaled(); ok {
		t.Error("0 is on a logarithmic axis")
	}
}

// TestAlign: figures of one quantity get one range, which holds all data.
func TestAlign(t *testing.T) {
	a, b := curves(1, 2), curves(5, 600)
	b.Y.Log = true
	Align(&a, &b)
	if a.Y.Min != b.Y.Min || a.Y.Max != b.Y.Max || !a.Y.Log || !(a.Y.Min <= 1 && 600 <= a.Y.Max) {
		t.Errorf("%+v and %+v", a.Y, b.Y)
	}
	c := curves(-1, 2)
	Align(&b, &c)
	if b.Y.Log || b.Y.Min != c.Y.Min || b.Y.Max != c.Y.Max || b.Y.Min > -1 {
		t.Errorf("with values below 0: %+v and %+v", b.Y, c.Y)
	}
}
