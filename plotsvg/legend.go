package plotsvg

import "slices"

// An entry of the legend is a name and the layers that bear it.
type entry struct {
	name   string
	layers []keyed
}

// entries lists each name once, in the order of the layers.
func (f *Figure) entries() []entry {
	var es []entry
	for _, l := range f.Layers {
		k, ok := l.(keyed)
		if !ok {
			continue
		}
		if _, name := k.what(); len(wrap(name, labelSize, far)) > 0 {
			i := slices.IndexFunc(es, func(e entry) bool { return e.name == name })
			if i < 0 {
				i, es = len(es), append(es, entry{name: name})
			}
			es[i].layers = append(es[i].layers, k)
		}
	}
	return es
}

// A legend is a set of entries laid out in a rectangle.
type legend struct {
	cells []cell
	w, h  float64
	key   float64 // width of the samples
}

type cell struct {
	entry
	lines []string
	x, y  float64 // of its upper left corner
}

const (
	keyGap     = 7.0  // between a sample and its name
	columnGap  = 18.0 // between two columns
	legendLine = labelSize * lineHeight
	rowGap     = 3.0
)

// arrange lays entries out row by row in as many columns, at most limit, as
// fit into width.
func arrange(es []entry, width float64, limit int) legend {
	if len(es) == 0 {
		return legend{}
	}
	n := min(limit, len(es))
	for n > 1 && inColumns(es, width, n).w > width {
		n--
	}
	// Rows of 3 and 2 rather than of 4 and 1.
	rows := (len(es) + n - 1) / n
	if lg := inColumns(es, width, (len(es)+rows-1)/rows); lg.w <= width {
		return lg
	}
	return inColumns(es, width, n)
}

// inColumns lays entries out in n columns, each as wide as its widest entry.
// A name too long for width is wrapped.
func inColumns(es []entry, width float64, n int) legend {
	lg := legend{key: 12}
	for _, e := range es {
		for _, l := range e.layers {
			if kind, _ := l.what(); kind != "Points" {
				lg.key = 22
			}
		}
	}
	text := max(width-lg.key-keyGap, 60)
	widths := make([]float64, n)
	for i, e := range es {
		c := cell{entry: e, lines: wrap(e.name, labelSize, text)}
		widths[i%n] = max(widths[i%n], lg.key+keyGap+widest(c.lines, labelSize))
		lg.cells = append(lg.cells, c)
	}
	for row := range slices.Chunk(lg.cells, n) {
		high, x := 0, 0.0
		for i := range row {
			row[i].x, row[i].y = x, lg.h
			x += widths[i] + columnGap
			high = max(high, len(row[i].lines))
		}
		lg.w = max(lg.w, x-columnGap)
		lg.h += float64(float64(high)*legendLine) + rowGap
	}
	lg.h -= rowGap
	return lg
}

// draw writes the legend with its upper left corner at (x, y).
func (lg legend) draw(c *canvas, x, y float64) {
	for _, l := range lg.cells {
		left, top := x+l.x, y+l.y
		for _, k := range l.layers {
			k.key(c, left+lg.key/2, top+legendLine/2, lg.key)
		}
		c.lines(l.lines, labelSize, left+lg.key+keyGap, top+labelSize*0.97, "")
	}
}
