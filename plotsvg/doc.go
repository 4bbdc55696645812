// Package plotsvg draws the figures of a report as SVG text: scatters, curves,
// bands, heat maps and reference lines on linear or logarithmic axes.
//
// A figure is a plain struct; its layers are drawn in their order:
//
//	fig := plotsvg.Figure{
//		Title:  plotsvg.Text{"Loss"},
//		X:      plotsvg.Axis{Label: plotsvg.Text{"step"}},
//		Y:      plotsvg.Axis{Label: plotsvg.Text{"cross-entropy"}, Log: true},
//		Layers: []plotsvg.Layer{plotsvg.Line{Name: plotsvg.Text{"train"}, X: steps, Y: loss}},
//	}
//	svg, err := fig.SVG()
//
// The text is one <svg> element that stands alone as a file and can be put
// into an HTML page any number of times: it holds no ids, and its style is
// scoped under the class "gb", the same in every figure. It follows the
// reader's light or dark colour scheme, shows the values of points and curves
// on hover, and carries a title and a description for screen readers.
//
// The same figure gives the same text on every machine: positions come from
// operations that are rounded alike everywhere and are themselves rounded to
// a hundredth of a pixel.
//
// Numbers that cannot be drawn are errors that name the layer, the field and
// the index: plotsvg: Line "test": Y[3] is NaN. Data outside of limits that an
// axis was given are clipped at the frame, which is no error.
//
// Its files: figure.go has the figure and what is wrong with one; points.go,
// lines.go, heat.go and contour.go the layers; scale.go and ticks.go the axes; text.go the
// texts, their widths and lines; layout.go the places of all around the frame,
// with the legend; place.go the geometry in it and the places of labels; svg.go
// the elements that are written, and their style.
package plotsvg
