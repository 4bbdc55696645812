package plotsvg

import (
	"errors"
	"fmt"
	"math"
	"strconv"
)

// maxSide bounds Width and Height, and with them the work for one figure.
const maxSide = 10_000

func (f *Figure) check() error {
	if f.Width < 0 || f.Width > maxSide || f.Height < 0 || f.Height > maxSide {
		return fmt.Errorf("plotsvg: size %d×%d, want sides from 0 to %d pixels", f.Width, f.Height, maxSide)
	}
	for _, a := range []struct {
		name string
		axis Axis
	}{{"X", f.X}, {"Y", f.Y}} {
		if wrong := a.axis.check(); wrong != "" {
			return fmt.Errorf("plotsvg: %s axis: %s", a.name, wrong)
		}
	}
	if f.Equal && (f.X.Log || f.Y.Log) {
		return errors.New("plotsvg: Equal needs two linear axes, one is Log")
	}
	if len(f.Layers) == 0 {
		return errors.New("plotsvg: the figure has no Layers")
	}
	for i, l := range f.Layers {
		if l == nil {
			return fmt.Errorf("plotsvg: Layers[%d] is nil", i)
		}
		if wrong := l.check(f.X, f.Y); wrong != "" {
			kind, name := l.what()
			if name == "" {
				return fmt.Errorf("plotsvg: Layers[%d] (%s): %s", i, kind, wrong)
			}
			return fmt.Errorf("plotsvg: %s %q: %s", kind, name, wrong)
		}
	}
	return nil
}

func (a Axis) check() string {
	for _, limit := range []struct {
		name  string
		value float64
	}{{"Min", a.Min}, {"Max", a.Max}} {
		if wrong := finite(limit.name, limit.value); wrong != "" {
			return wrong
		}
	}
	switch {
	case a.auto():
		return ""
	case a.Min >= a.Max:
		return fmt.Sprintf("Min %v is not below Max %v", a.Min, a.Max)
	case a.Log && a.Min <= 0:
		return fmt.Sprintf("Min %v, a Log axis needs limits above 0", a.Min)
	}
	return ""
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
func columns(hover []string, cols ...column) string {
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
