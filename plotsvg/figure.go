package plotsvg

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Neutral as a Class is the colour of the text, with a round mark: for what
// belongs to no class, such as rings around points or a threshold. Any other
// negative Class means the same.
const Neutral = -1

// A Figure is one drawing. The zero value of every field but Layers is good.
type Figure struct {
	Title Text
	Desc  Text // one sentence for screen readers; nil: made from axes and names
	X, Y  Axis

	// Languages are the codes, such as "en", of the languages in which the
	// figure's texts stand. The figure is laid out once, with room for all of
	// them, and each element of text that differs is there once a language,
	// with its lang attribute, for the page around it to show one. At most one
	// leaves out the attributes.
	Languages []string

	// Width and Height in pixels, at most 10,000. 0: 640×420, and 640×480 with
	// Equal. A figure grows beyond them rather than cut a text off.
	Width, Height int

	// Equal makes one unit as long on x as on y. The figure then becomes
	// narrower or lower than asked instead of showing more than the limits,
	// unless one side of the frame would exceed four times the other.
	Equal bool

	Layers []Layer // drawn in order, at least one

	// Shown is how many of the legend's names show at first; the layers of the
	// others are there for a page to switch on. 0: all.
	Shown int

	// bare leaves out the style, and the texts on hover and keys, which the drawing
	// that this one was made from has, for the same marks in the same order.
	bare bool
}

// An Axis has a label and limits. Min and Max both 0 take the limits from the
// data, rounded out a little. A Log axis needs values and limits above 0.
type Axis struct {
	Label    Text
	Min, Max float64
	Log      bool
	Whole    bool // ticks at whole numbers only, for counts and numbered things
}

// A Layer is one of Points, Line, Band, Heat, Contour, HLine and Mark. Layers
// with the same Name share one entry of the legend, so a Line and its Band
// can be one thing to the reader. All that belongs to an entry has its number
// as data-entry, by which a page can switch it.
type Layer interface {
	// what tells the kind and the name, for messages and the legend.
	what() (kind string, name Text)
	// check returns what is wrong with the layer in the figure, "" if nothing.
	check(f *Figure) string
	// extent adds the values to show to the ranges of both axes.
	extent(x, y *extent)
	// avoid tells where the layer draws, in pixels of the frame.
	avoid(f *frame, busy *obstacles)
	// draw writes the layer in pixels of the frame.
	draw(p *plot)
}

// A keyed layer has an entry in the legend if it has a name; the others are
// labelled where they stand.
type keyed interface {
	Layer
	// key draws a sample, w wide, in the middle of which is (x, y).
	key(c *canvas, x, y, w float64)
}

// A Drawing is a figure that has been drawn.
type Drawing struct {
	c      canvas
	figure Figure
}

// Draw draws the figure. The error names what cannot be drawn.
func (f *Figure) Draw() (Drawing, error) {
	if err := f.check(); err != nil {
		return Drawing{}, err
	}
	return f.drawing(), nil
}

// drawing draws a figure that is right.
func (f *Figure) drawing() Drawing {
	p := f.layout()
	es := f.entries()
	for _, l := range f.Layers {
		k := slices.IndexFunc(es, func(e entry) bool { return len(es) > 1 && e.has(l) })
		if k < 0 {
			l.draw(p)
			continue
		}
		body, hover := len(p.body.b), len(p.hover.b)
		open := fmt.Sprintf("<g data-entry=\"%d\"%s>\n", k, f.off(k))
		p.body.printf("%s", open)
		p.hover.printf("%s", open)
		l.draw(p)
		p.body.end(body, len(open))
		p.hover.end(hover, len(open))
	}
	return Drawing{f.assemble(p), *f}
}

// off is the attribute of what entry k of the legend does not show at first.
func (f *Figure) off(k int) string {
	if f.Shown > 0 && k >= f.Shown {
		return ` class="gboff"`
	}
	return ""
}

// Resized draws the same figure in another size, laid out anew: texts keep
// their size. It is to stand on a page with d, whose style it takes and whose
// texts on hover and keys are its marks' too, one by one in their order.
func (d Drawing) Resized(width, height int) Drawing {
	f := d.figure
	f.Width, f.Height, f.bare = width, height, true
	return f.drawing()
}

// Log reports whether the y axis is logarithmic.
func (d Drawing) Log() bool { return d.figure.Y.Log }

// Rescaled draws the same figure with a logarithmic y axis where that of d is
// linear, and the other way round, to stand on a page with d as Resized does. It
// reports false where y has values that no logarithmic axis can show.
func (d Drawing) Rescaled() (Drawing, bool) {
	f := d.figure
	f.Y.Log, f.bare = !f.Y.Log, true
	if f.Y.Log && !f.Y.auto() && f.Y.Min <= 0 {
		f.Y.Min, f.Y.Max = 0, 0
	}
	if f.check() != nil {
		return Drawing{}, false
	}
	return f.drawing(), true
}

// Align gives all figures, which show one quantity, the same range of y: that of
// all their data. The scale is logarithmic where one of them has it and all
// values are above 0.
func Align(figures ...*Figure) {
	var y extent
	log := false
	for _, f := range figures {
		var x extent
		for _, l := range f.Layers {
			l.extent(&x, &y)
		}
		log = log || f.Y.Log
		if !f.Y.auto() {
			y.hard.add(f.Y.Min)
			y.hard.add(f.Y.Max)
		}
	}
	if !y.soft.any && !y.hard.any {
		return
	}
	log = log && !(y.soft.any && y.soft.lo <= 0) && !(y.hard.any && y.hard.lo <= 0)
	s := Axis{Log: log}.scale(y)
	for _, f := range figures {
		f.Y.Min, f.Y.Max, f.Y.Log = s.lo, s.hi, log
	}
}

// SVG returns the figure in all its languages: one <svg> element and a line end.
func (d Drawing) SVG() string { return string(d.c.b) }

// First returns the figure in the first of its languages alone, for a file of
// its own.
func (d Drawing) First() string { return string(d.c.first()) }

// SVG draws the figure and returns it in all its languages.
func (f *Figure) SVG() (string, error) {
	d, err := f.Draw()
	return d.SVG(), err
}

// maxSide bounds Width and Height, and with them the work for one figure.
const maxSide = 10_000

func (f *Figure) check() error {
	if f.Width < 0 || f.Width > maxSide || f.Height < 0 || f.Height > maxSide {
		return fmt.Errorf("plotsvg: size %d×%d, want sides from 0 to %d pixels", f.Width, f.Height, maxSide)
	}
	wrong := cmp.Or(f.text("Title", f.Title), f.text("Desc", f.Desc), f.text("X.Label", f.X.Label), f.text("Y.Label", f.Y.Label),
		f.X.check("X"), f.Y.check("Y"))
	switch {
	case wrong != "":
		return errors.New("plotsvg: " + wrong)
	case f.Equal && (f.X.Log || f.Y.Log):
		return errors.New("plotsvg: Equal needs two linear axes, one is Log")
	case len(f.Layers) == 0:
		return errors.New("plotsvg: the figure has no Layers")
	}
	for i, l := range f.Layers {
		if l == nil {
			return fmt.Errorf("plotsvg: Layers[%d] is nil", i)
		}
		kind, name := l.what()
		switch wrong := cmp.Or(f.text("Name", name), l.check(f)); {
		case wrong == "":
		case in(name, 0) == "":
			return fmt.Errorf("plotsvg: Layers[%d] (%s): %s", i, kind, wrong)
		default:
			return fmt.Errorf("plotsvg: %s %q: %s", kind, in(name, 0), wrong)
		}
	}
	return nil
}

// text checks that a text stands in as many languages as the figure has, or in
// one for all.
func (f *Figure) text(name string, t Text) string {
	if n := max(1, len(f.Languages)); len(t) > 1 && len(t) != n {
		return fmt.Sprintf("%s stands in %d languages, the figure in %d", name, len(t), n)
	}
	return ""
}

// check says what is wrong with the limits of the axis of that name.
func (a Axis) check(name string) string {
	wrong := cmp.Or(finite("Min", a.Min), finite("Max", a.Max))
	switch {
	case wrong != "":
	case a.auto():
		return ""
	case a.Min >= a.Max:
		wrong = fmt.Sprintf("Min %v is not below Max %v", a.Min, a.Max)
	case a.Log && a.Min <= 0:
		wrong = fmt.Sprintf("Min %v, a Log axis needs limits above 0", a.Min)
	default:
		return ""
	}
	return name + " axis: " + wrong
}

// auto reports whether the limits come from the data.
func (a Axis) auto() bool { return a.Min == 0 && a.Max == 0 }

// value checks one number that is drawn on axis a.
func (a Axis) value(name string, v float64) string {
	if wrong := finite(name, v); wrong != "" {
		return wrong
	}
	if a.Log && v <= 0 {
		return fmt.Sprintf("%s is %v, a Log axis needs values above 0", name, v)
	}
	return ""
}

// column is a named slice of a layer and the axis its values belong to.
type column struct {
	name   string
	values []float64
	axis   Axis
}

// columns checks slices that must have one length, at least 1, and values
// that can be drawn. hover, if any, must be as long as they are.
func (f *Figure) columns(hover []Text, cols ...column) string {
	first := cols[0]
	for _, c := range cols[1:] {
		if len(c.values) != len(first.values) {
			return fmt.Sprintf("%d values in %s, %d in %s", len(first.values), first.name, len(c.values), c.name)
		}
	}
	if len(first.values) == 0 {
		return "no data: " + first.name + " is empty"
	}
	if hover != nil && len(hover) != len(first.values) {
		return fmt.Sprintf("%d values in %s, %d in Hover", len(first.values), first.name, len(hover))
	}
	for i, t := range hover {
		if len(t) > 1 {
			if wrong := f.text("Hover["+strconv.Itoa(i)+"]", t); wrong != "" {
				return wrong
			}
		}
	}
	for _, c := range cols {
		for i, v := range c.values {
			// The name is only put together for a value that is wrong.
			if c.axis.value("", v) != "" {
				return c.axis.value(c.name+"["+strconv.Itoa(i)+"]", v)
			}
		}
	}
	return ""
}

// finite says that v is NaN or infinite, "" if it is neither.
func finite(name string, v float64) string {
	switch {
	case math.IsNaN(v):
		return name + " is NaN"
	case math.IsInf(v, 1):
		return name + " is +Inf"
	case math.IsInf(v, -1):
		return name + " is -Inf"
	}
	return ""
}

// pixels checks a size of a mark or of a stroke.
func pixels(name string, v float64) string {
	if !(v >= 0 && v <= 100) { // so that a NaN is refused too
		return fmt.Sprintf("%s is %v, want 0 (the default) to 100 pixels", name, v)
	}
	return ""
}
