package plotsvg

import (
	"cmp"
	"fmt"
	"math"
)

// A Heat colours the cells of a grid over the rectangle X0…X1 × Y0…Y1, such
// as the regions in which a network decides for one class or another. It
// needs linear axes. The grid is row-major, Rows×Cols, row 0 at Y0.
//
// Either Z holds a value of [-1, 1] a cell: -1 is the colour of class 0, 1 the
// colour of class 1, 0 none, shown in eight strengths each; or Classes holds
// a class a cell.
type Heat struct {
	Name           Text
	X0, X1, Y0, Y1 float64 // X0 < X1, Y0 < Y1
	Rows, Cols     int
	Z              []float64
	Classes        []int // 0 or more
}

const (
	strengths = 8    // steps from no colour to full colour
	opacity   = 0.36 // of full colour
	maxCells  = 400  // shown along one side; finer grids are sampled
)

func (l Heat) what() (string, Text) { return "Heat", l.Name }

func (l Heat) check(f *Figure) string {
	if f.X.Log || f.Y.Log {
		return "needs two linear axes, one is Log"
	}
	if wrong := cmp.Or(finite("X0", l.X0), finite("X1", l.X1), finite("Y0", l.Y0), finite("Y1", l.Y1)); wrong != "" {
		return wrong
	}
	if l.X0 >= l.X1 {
		return fmt.Sprintf("X0 %v is not below X1 %v", l.X0, l.X1)
	}
	if l.Y0 >= l.Y1 {
		return fmt.Sprintf("Y0 %v is not below Y1 %v", l.Y0, l.Y1)
	}
	if l.Rows < 1 || l.Cols < 1 {
		return fmt.Sprintf("no data: %d×%d cells", l.Rows, l.Cols)
	}
	field, n := "Z", len(l.Z)
	if l.Classes != nil {
		if l.Z != nil {
			return "both Z and Classes are given"
		}
		field, n = "Classes", len(l.Classes)
	}
	// By division, as the product of absurd sizes could overflow.
	if n%l.Cols != 0 || n/l.Cols != l.Rows {
		return fmt.Sprintf("%d values in %s for %d×%d cells", n, field, l.Rows, l.Cols)
	}
	for i, z := range l.Z {
		if !(z >= -1 && z <= 1) {
			return fmt.Sprintf("Z[%d] is %v, want -1 to 1", i, z)
		}
	}
	for i, c := range l.Classes {
		if c < 0 {
			return fmt.Sprintf("Classes[%d] is %d, want 0 or more", i, c)
		}
	}
	return ""
}

func (l Heat) extent(x, y *extent) {
	x.addAll([]float64{l.X0, l.X1}, true)
	y.addAll([]float64{l.Y0, l.Y1}, true)
}

func (l Heat) avoid(f *frame, busy *obstacles) {
	low, high := f.at(l.X0, l.Y0), f.at(l.X1, l.Y1)
	busy.region([]point{low, {high.x, low.y}}, []point{{low.x, high.y}, high})
}

// A tint is a class and how strongly its colour shows, 1 to strengths; 0 is
// no colour.
type tint struct{ class, strength int }

func (l Heat) tint(row, col int) tint {
	i := row*l.Cols + col
	if l.Classes != nil {
		return tint{l.Classes[i] % len(palette), strengths}
	}
	z, class := l.Z[i], 1
	if z < 0 {
		z, class = -z, 0
	}
	return tint{class, int(math.Floor(float64(z*strengths) + 0.5))}
}

// A lane is the cells along one axis as they are shown: from pixel start on,
// each step pixels long (negative upwards), and which cell of the grid each is.
type lane struct {
	start, step float64
	cells       []int
}

// lanes cuts n cells from lo to hi to the part in view. A part with more
// cells than can be told apart, or so few that their edges lie far outside,
// is sampled.
func lanes(s scale, lo, hi float64, n int, length float64) lane {
	// Positions of the grid's ends along the axis, in frames.
	t0, t1 := s.at(lo), s.at(hi)
	cell := (t1 - t0) / float64(n)
	from, to := max(t0, 0), min(t1, 1)
	if !(from < to) {
		return lane{}
	}
	index := func(t float64) int {
		return int(min(max(math.Floor((t-t0)/cell), 0), float64(n-1)))
	}
	first, last := index(from), index(to)
	count := last - first + 1
	start := t0 + float64(float64(first)*cell)
	if count > maxCells || cell > 0.5 {
		count = maxCells
		start, cell = from, (to-from)/maxCells
	}
	ln := lane{start: float64(start * length), step: float64(cell * length)}
	for k := range count {
		i := first + k
		if count == maxCells {
			i = index(start + float64((float64(k)+0.5)*cell))
		}
		ln.cells = append(ln.cells, i)
	}
	return ln
}

// draw writes one path for each tint. Equal cells next to each other in a row
// are one stroke as high as the row, in units of cells.
func (l Heat) draw(p *plot) {
	xs := lanes(p.x, l.X0, l.X1, l.Cols, p.w)
	ys := lanes(p.y, l.Y0, l.Y1, l.Rows, p.h)
	if len(xs.cells) == 0 || len(ys.cells) == 0 {
		return
	}
	paths := map[tint]*path{}
	for r, row := range ys.cells {
		for c := 0; c < len(xs.cells); {
			t, end := l.tint(row, xs.cells[c]), c+1
			for end < len(xs.cells) && l.tint(row, xs.cells[end]) == t {
				end++
			}
			if t.strength > 0 {
				d := paths[t]
				if d == nil {
					d = &path{}
					paths[t] = d
				}
				d.moveTo(int64(c)*100, int64(r)*100)
				d.lineTo(int64(end)*100, int64(r)*100)
			}
			c = end
		}
	}
	// A stroke lies around its line: half a cell further up.
	p.body.printf("<g class=\"gbm\" transform=\"matrix(%s 0 0 %s %v %v)\">\n",
		factor(xs.step), factor(-ys.step), px(xs.start), px(p.h-ys.start-ys.step/2))
	for class := range palette {
		for strength := 1; strength <= strengths; strength++ {
			if d := paths[tint{class, strength}]; d != nil {
				p.body.printf("<path class=\"gb%d\" stroke-opacity=\"%v\" d=\"%s\"/>\n",
					class, px(float64(opacity*float64(strength))/strengths), d.b)
			}
		}
	}
	p.body.printf("</g>\n")
}

// factor prints a scale: hundredths of a pixel would add up over many cells.
func factor(v float64) string { return fmt.Sprintf("%.5f", v) }

// key shows the colours from the first class to the last.
func (l Heat) key(c *canvas, x, y, w float64) {
	var shown []tint
	if l.Classes == nil {
		shown = []tint{{0, strengths}, {0, 3}, {1, 3}, {1, strengths}}
	} else {
		var has [len(palette)]bool
		for _, k := range l.Classes {
			has[k%len(palette)] = true
		}
		for k := range palette {
			if has[k] {
				shown = append(shown, tint{k, strengths})
			}
		}
	}
	part := w / float64(len(shown))
	for i, t := range shown {
		c.printf("<path class=\"gbm gb%d\" stroke-width=\"10\" stroke-opacity=\"%v\" d=\"M%v %vh%v\"/>\n", t.class,
			px(float64(opacity*float64(t.strength))/strengths), px(x-w/2+float64(float64(i)*part)), px(y), px(part))
	}
}
