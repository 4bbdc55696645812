package plotsvg

// An HLine is a reference level across the frame, with Name as its label.
type HLine struct {
	Name   string
	At     float64
	Class  int
	Dashed bool
}

// A VLine is a reference value up the frame, with Name as its label.
type VLine struct {
	Name   string
	At     float64
	Class  int
	Dashed bool
}

const referenceWidth = 1.3

func (l HLine) what() (string, string) { return "HLine", l.Name }
func (l VLine) what() (string, string) { return "VLine", l.Name }

func (l HLine) check(_, y Axis) string { return y.value("At", l.At) }
func (l VLine) check(x, _ Axis) string { return x.value("At", l.At) }

func (l HLine) extent(_, y *extent) { y.soft.add(l.At) }
func (l VLine) extent(x, _ *extent) { x.soft.add(l.At) }

func (l HLine) avoid(f *frame, busy *obstacles) {
	if f.y.inside(l.At) {
		y := f.at(f.x.lo, l.At).y
		busy.line([]point{{0, y}, {f.w, y}})
	}
}

func (l VLine) avoid(f *frame, busy *obstacles) {
	if f.x.inside(l.At) {
		x := f.at(l.At, f.y.lo).x
		busy.line([]point{{x, 0}, {x, f.h}})
	}
}

func (l HLine) draw(p *plot) {
	if !p.y.inside(l.At) {
		return
	}
	y := p.at(p.x.lo, l.At).y
	p.body.printf("<path class=\"gbl%s\"%s d=\"M0 %vh%v\"/>\n", colour(l.Class), strokeAttrs(referenceWidth, l.Dashed), px(y), px(p.w))
	p.label(l.Name, func(w, h float64) []box {
		right, middle := p.w-w-6, (p.w-w)/2
		over, under := y-h-2, y+2
		return []box{
			at(right, over, w, h), at(right, under, w, h), at(6, over, w, h), at(6, under, w, h),
			at(middle, over, w, h), at(middle, under, w, h),
		}
	})
}

func (l VLine) draw(p *plot) {
	if !p.x.inside(l.At) {
		return
	}
	x := p.at(l.At, p.y.lo).x
	p.body.printf("<path class=\"gbl%s\"%s d=\"M%v 0v%v\"/>\n", colour(l.Class), strokeAttrs(referenceWidth, l.Dashed), px(x), px(p.h))
	p.label(l.Name, func(w, h float64) []box {
		left, right := x-w-5, x+5
		bottom, middle := p.h-h-6, (p.h-h)/2
		return []box{
			at(right, 6, w, h), at(left, 6, w, h), at(right, bottom, w, h), at(left, bottom, w, h),
			at(right, middle, w, h), at(left, middle, w, h),
		}
	})
}
