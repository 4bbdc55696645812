package plotsvg

// Neutral as a Class is the colour of the text, with a round mark: for what
// belongs to no class, such as rings around points or a threshold. Any other
// negative Class means the same.
const Neutral = -1

// A Figure is one drawing. The zero value of every field but Layers is good.
type Figure struct {
	Title string
	Desc  string // one sentence for screen readers; "": made from axes and names
	X, Y  Axis

	// Width and Height in pixels, at most 10,000. 0: 640×420, and 640×480 with
	// Equal. A figure grows beyond them rather than cut a text off.
	Width, Height int

	// Equal makes one unit as long on x as on y. The figure then becomes
	// narrower or lower than asked instead of showing more than the limits,
	// unless one side of the frame would exceed four times the other.
	Equal bool

	Layers []Layer // drawn in order, at least one
}

// An Axis has a label and limits. Min and Max both 0 take the limits from the
// data, rounded out a little. A Log axis needs values and limits above 0.
type Axis struct {
	Label    string
	Min, Max float64
	Log      bool
	Whole    bool // ticks at whole numbers only, for counts and numbered things
}

// A Layer is one of Points, Line, Band, Heat, HLine, VLine and Mark. Layers
// with the same Name share one entry of the legend, so a Line and its Band
// can be one thing to the reader.
type Layer interface {
	// what tells the kind and the name, for messages and the legend.
	what() (kind, name string)
	// check returns what is wrong with the layer, "" if nothing.
	check(x, y Axis) string
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

// SVG returns the figure as text: one <svg> element and a line end. The error
// names what cannot be drawn.
func (f *Figure) SVG() (string, error) {
	if err := f.check(); err != nil {
		return "", err
	}
	p := f.layout()
	for _, l := range f.Layers {
		l.draw(p)
	}
	return f.assemble(p), nil
}
