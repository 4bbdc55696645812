package plotsvg

import (
	"cmp"
	"math"
	"slices"
)

// A frame is the rectangle in which data are drawn, with its scales.
type frame struct {
	x, y scale
	w, h float64 // pixels
}

// at returns the pixel of (x, y), y downwards from the upper edge.
func (f *frame) at(x, y float64) point {
	return point{float64(f.x.at(x) * f.w), float64((1 - f.y.at(y)) * f.h)}
}

// points returns the pixels of data.
func (f *frame) points(xs, ys []float64) []point {
	ps := make([]point, len(xs))
	for i := range xs {
		ps[i] = f.at(xs[i], ys[i])
	}
	return ps
}

// near reports whether a mark at (x, y) can reach into the frame, whatever the
// frame's size.
func (f *frame) near(x, y float64) bool {
	const room = 0.1 // of the frame, which is more than a mark is wide
	x, y = f.x.at(x), f.y.at(y)
	return -room <= x && x <= 1+room && -room <= y && y <= 1+room
}

// area is the frame's rectangle.
func (f *frame) area() box { return box{0, 0, f.w, f.h} }

// A plot is a figure laid out, and what its layers have drawn so far.
type plot struct {
	frame
	bare                     bool     // the figure's
	xLinear, yLinear         [][]tick // of the scales
	xTicks, yTicks           []tick
	left, top, right, bottom float64 // room around the frame
	head                     float64 // where title and legend start
	title, xLabel, yLabel    block
	legend                   legend
	legendX, legendY         float64 // its corner, from the frame's

	busy   obstacles
	body   canvas // the layers, clipped to the frame
	labels canvas // their texts, above all of them
	hover  canvas // invisible targets, above everything
}

// Where a legend stands.
type legendPlace int

const (
	inFrame legendPlace = iota // takes no room
	aboveFrame
	besideFrame
)

// Room between things, in pixels.
const (
	margin   = 12.0
	tickLen  = 4.0
	tickGap  = 4.0
	minSide  = 120.0 // of the frame; a figure grows rather than go below,
	minShare = 0.5   // or below this share of what was asked
	maxRatio = 4.0   // of the frame's sides, with Equal
)

// layout finds the scales and a place for everything. The legend goes into a
// part of the frame where nothing is drawn; if there is none, above the frame
// or to its right, whichever leaves the larger frame and does not widen the
// figure.
func (f *Figure) layout() *plot {
	var ex, ey extent
	for _, l := range f.Layers {
		l.extent(&ex, &ey)
	}
	x, y := f.X.scale(ex), f.Y.scale(ey)
	if f.Equal {
		x, y = equalise(x, y)
	}
	start := plot{bare: f.bare, frame: frame{x: x, y: y}, xLinear: x.linearTicks(), yLinear: y.linearTicks()}
	for _, c := range []*canvas{&start.body, &start.labels, &start.hover} {
		c.languages = f.Languages
	}
	es := f.entries()

	p := f.around(start, es, inFrame)
	p.findObstacles(f.Layers)
	if len(es) == 0 {
		return p
	}
	if p.legendInside(arrange(es, float64(p.w*0.45), 1)) {
		return p
	}
	above, beside := f.around(start, es, aboveFrame), f.around(start, es, besideFrame)
	p = above
	grows := beside.left+beside.w+beside.right > max(float64(cmp.Or(f.Width, 640)), above.left+above.w+above.right)
	if float64(beside.w*beside.h) > float64(above.w*above.h) && !grows {
		p = beside
	}
	p.findObstacles(f.Layers)
	return p
}

func (p *plot) findObstacles(layers []Layer) {
	p.busy = newObstacles(p.area())
	for _, l := range layers {
		l.avoid(&p.frame, &p.busy)
	}
}

// legendInside puts the legend into a free corner, if there is one.
func (p *plot) legendInside(lg legend) bool {
	if lg.h > float64(p.h*0.6) || lg.w > float64(p.w*0.6) {
		return false
	}
	const off = 10.0
	l, r := off, p.w-off-lg.w
	t, b := off, p.h-off-lg.h
	c, m := r/2+l/2, t/2+b/2
	spots := []box{}
	for _, s := range []point{{r, t}, {r, b}, {l, t}, {l, b}, {r, m}, {l, m}, {c, t}, {c, b}} {
		spots = append(spots, at(s.x, s.y, lg.w, lg.h).grow(off-2))
	}
	spot, cost := p.busy.best(spots)
	if cost > 0 {
		return false
	}
	p.legend, p.legendX, p.legendY = lg, spot.x0+off-2, spot.y0+off-2
	p.busy.boxes = append(p.busy.boxes, spot)
	return true
}

// around lays out the frame and what surrounds it. Margins depend on tick
// labels, these on the frame, the frame on the margins: a few rounds settle
// it, and the last margins are right for the frame whatever happens.
func (f *Figure) around(start plot, es []entry, place legendPlace) *plot {
	width, height := float64(f.Width), float64(f.Height)
	if f.Width == 0 {
		width = 640
	}
	if f.Height == 0 {
		height = 420
		if f.Equal {
			height = 480
		}
	}
	p := &start
	p.w, p.h = max(minSide, width-80), max(minSide, height-80)
	for range 5 {
		p.surround(f, es, place, width)
		p.w = math.Floor(max(minSide, float64(width*minShare), width-p.left-p.right))
		p.h = math.Floor(max(minSide, float64(height*minShare), height-p.top-p.bottom))
		if f.Equal {
			p.shrinkEqual()
		}
	}
	p.surround(f, es, place, width)
	return p
}

// surround sets the ticks, the texts and the room around the frame as it is.
func (p *plot) surround(f *Figure, es []entry, place legendPlace, width float64) {
	p.xTicks = p.x.ticks(p.xLinear, p.fitAlong)
	p.yTicks = p.y.ticks(p.yLinear, p.fitUp)
	thin(p.xTicks, p.w, func(label string) float64 { return textWidth(label, tickSize) })
	thin(p.yTicks, p.h, func(string) float64 { return tickSize })

	p.xLabel = wrapEach(f.X.Label, labelSize, p.w)
	p.yLabel = wrapEach(f.Y.Label, labelSize, p.h)
	p.left = margin + tickLen + tickGap
	if n := p.yLabel.count(); n > 0 {
		p.left += float64(float64(n)*labelSize*lineHeight) + 4
	}
	wide := 0.0
	for _, t := range p.yTicks {
		wide = max(wide, textWidth(t.label, tickSize))
	}
	p.left += wide
	overhang := 0.0 // of tick labels on the right
	for _, t := range p.xTicks {
		at, half := float64(t.at*p.w), textWidth(t.label, tickSize)/2
		p.left = max(p.left, half-at+4)
		overhang = max(overhang, at+half-p.w)
	}
	p.right = max(margin+2, overhang+4)
	p.left, p.right = math.Ceil(p.left), math.Ceil(p.right)

	// Title and legend stand above the frame, but do not waste a very wide
	// margin; above a narrow frame they may be wider than it.
	p.head = p.left
	if p.left > float64(width*0.2) {
		p.head = margin
	}
	room := max(p.left-p.head+p.w, min(width-p.head-p.right, 360))
	p.title = wrapEach(f.Title, titleSize*bold, room)
	p.top = margin
	if n := p.title.count(); n > 0 {
		p.top += float64(float64(n)*titleSize*lineHeight) + 4
	}
	over := p.head - p.left + p.title.width(titleSize*bold) // right of the frame's left
	switch place {
	case aboveFrame:
		p.legend = arrange(es, room, len(es))
		p.legendX, p.legendY = p.head-p.left, -p.legend.h-8
		p.top += p.legend.h + 8
		over = max(over, p.legendX+p.legend.w)
	case besideFrame:
		p.legend = arrange(es, float64(width*0.36), 1)
		p.legendX, p.legendY = p.w+14, 2
		if p.legend.h > p.h-8 { // it reaches down to the tick labels
			p.legendX = p.w + max(14, overhang+8)
		}
		over = max(over, p.legendX+p.legend.w)
	}
	p.right = max(p.right, math.Ceil(over-p.w+margin))
	p.top = math.Ceil(p.top)

	p.bottom = tickLen + tickGap + tickSize + margin
	if n := p.xLabel.count(); n > 0 {
		p.bottom += float64(float64(n)*labelSize*lineHeight) + 2
	}
	if place == besideFrame {
		p.bottom = max(p.bottom, p.legend.h+2-p.h+margin)
	}
	p.bottom = math.Ceil(p.bottom)
}

// fitAlong reports whether labels along x stay apart.
func (p *plot) fitAlong(ts []tick, gap float64) bool {
	return apart(ts, func(a, b tick) bool {
		need := textWidth(a.label, tickSize)/2 + textWidth(b.label, tickSize)/2 + 24
		return float64((b.at-a.at)*p.w) >= max(need, gap)
	})
}

// fitUp reports whether labels along y stay apart.
func (p *plot) fitUp(ts []tick, gap float64) bool {
	return apart(ts, func(a, b tick) bool { return float64((b.at-a.at)*p.h) >= gap })
}

// apart reports whether any two labelled ticks in a row are far enough.
func apart(ts []tick, far func(a, b tick) bool) bool {
	last := -1
	for i, t := range ts {
		if t.minor {
			continue
		}
		if last >= 0 && !far(ts[last], t) {
			return false
		}
		last = i
	}
	return true
}

// thin takes the labels off ticks that no step keeps apart: long labels on a
// very short axis. size is the room a label takes along the axis.
func thin(ts []tick, length float64, size func(label string) float64) {
	end := -far
	for i, t := range ts {
		half, middle := size(t.label)/2, float64(t.at*length)
		switch {
		case t.minor:
		case middle-half < end+2:
			ts[i].label = ""
		default:
			end = middle + half
		}
	}
}

// equalise widens the shorter range where the frame would be too slim.
func equalise(x, y scale) (scale, scale) {
	sx, sy := x.half(), y.half()
	widen := func(s scale, half float64) scale {
		middle := float64(s.lo/2) + float64(s.hi/2)
		return scale{max(middle-half, -math.MaxFloat64), min(middle+half, math.MaxFloat64), false, s.whole}
	}
	if sx < sy/maxRatio {
		x = widen(x, sy/maxRatio)
	} else if sy < sx/maxRatio {
		y = widen(y, sx/maxRatio)
	}
	return x, y
}

// shrinkEqual makes one side shorter so that units are equally long.
func (p *plot) shrinkEqual() {
	ratio := p.x.half() / p.y.half() // w to h
	if w := float64(p.h * ratio); w < p.w {
		p.w = w
	} else {
		p.h = p.w / ratio
	}
	if grow := minSide / 2 / min(p.w, p.h); grow > 1 {
		p.w, p.h = float64(p.w*grow), float64(p.h*grow)
	}
}

// An entry of the legend is a name and the layers that bear it.
type entry struct {
	name   Text
	layers []keyed
}

// has reports whether a layer bears the entry's name.
func (e entry) has(l Layer) bool {
	k, ok := l.(keyed)
	if !ok {
		return false
	}
	_, name := k.what()
	return slices.Equal(e.name, name)
}

// entries lists each name once, in the order of the layers.
func (f *Figure) entries() []entry {
	var es []entry
	for _, l := range f.Layers {
		k, ok := l.(keyed)
		if !ok {
			continue
		}
		if _, name := k.what(); wrapEach(name, labelSize, far).count() > 0 {
			i := slices.IndexFunc(es, func(e entry) bool { return e.has(l) })
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
	lines block
	w     float64 // of sample and lines
	x, y  float64 // of its upper left corner
}

const (
	keyGap     = 7.0  // between a sample and its name
	columnGap  = 18.0 // between two columns
	legendLine = labelSize * lineHeight
	rowGap     = 24 - legendLine // a row is as high as a finger needs
)

// arrange lays entries out row by row in as many columns, at most limit, as
// fit into width.
func arrange(es []entry, width float64, limit int) legend {
	if len(es) == 0 {
		return legend{}
	}
	n, lg := min(limit, len(es)), legendOf(es, width)
	for n > 1 && lg.inColumns(n).w > width {
		n--
	}
	// Rows of 3 and 2 rather than of 4 and 1.
	rows := (len(es) + n - 1) / n
	if lg := lg.inColumns((len(es) + rows - 1) / rows); lg.w <= width {
		return lg
	}
	return lg.inColumns(n)
}

// legendOf wraps the names that are too long for width.
func legendOf(es []entry, width float64) legend {
	lg := legend{key: 12}
	for _, e := range es {
		for _, l := range e.layers {
			if kind, _ := l.what(); kind != "Points" {
				lg.key = 22
			}
		}
	}
	text := max(width-lg.key-keyGap, 60)
	for _, e := range es {
		lines := wrapEach(e.name, labelSize, text)
		lg.cells = append(lg.cells, cell{entry: e, lines: lines, w: lg.key + keyGap + lines.width(labelSize)})
	}
	return lg
}

// inColumns lays the entries out in n columns, each as wide as its widest entry.
func (lg legend) inColumns(n int) legend {
	lg.cells = slices.Clone(lg.cells)
	widths := make([]float64, n)
	for i, c := range lg.cells {
		widths[i%n] = max(widths[i%n], c.w)
	}
	for row := range slices.Chunk(lg.cells, n) {
		high, x := 0, 0.0
		for i := range row {
			row[i].x, row[i].y = x, lg.h
			x += widths[i] + columnGap
			high = max(high, row[i].lines.count())
		}
		lg.w = max(lg.w, x-columnGap)
		lg.h += float64(float64(high)*legendLine) + rowGap
	}
	lg.h -= rowGap
	return lg
}

// draw writes the legend with its upper left corner at (x, y), each entry over
// an invisible ground that takes clicks.
func (lg legend) draw(c *canvas, x, y float64, f *Figure) {
	for i, l := range lg.cells {
		left, top := x+l.x, y+l.y
		if len(lg.cells) > 1 {
			c.printf("<g data-entry=\"%d\"%s>\n<rect class=\"gbz\" x=\"%v\" y=\"%v\" width=\"%v\" height=\"%v\"/>\n", i, f.off(i),
				px(left-3), px(top-rowGap/2), px(l.w+6), px(float64(float64(l.lines.count())*legendLine)+rowGap))
		}
		var drawn []string // layers may have one look
		for _, k := range l.layers {
			var sample canvas
			k.key(&sample, left+lg.key/2, top+legendLine/2, lg.key)
			if s := string(sample.b); !slices.Contains(drawn, s) {
				drawn = append(drawn, s)
				c.add(sample)
			}
		}
		c.lines(l.lines, labelSize, left+lg.key+keyGap, top+labelSize*0.97, "")
		if len(lg.cells) > 1 {
			c.printf("</g>\n")
		}
	}
}
