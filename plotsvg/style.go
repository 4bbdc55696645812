package plotsvg

import (
	"fmt"
	"strings"
)

// palette holds the colours of the classes on a light and on a dark ground.
// The light ones are the colour-blind-safe set of Okabe and Ito (Color
// Universal Design, 2008) with a grey for their yellow, which cannot be seen
// on white; the dark ones are the same hues, lighter.
var palette = [...]struct{ light, dark string }{
	{"#0072b2", "#3d97d9"}, // blue
	{"#d55e00", "#e8702a"}, // vermilion
	{"#009e73", "#1fc49a"}, // bluish green
	{"#cc79a7", "#d98ab6"}, // reddish purple
	{"#e69f00", "#f5c04a"}, // orange
	{"#56b4e9", "#a5dcff"}, // sky blue
	{"#5a5a5a", "#7d7d7d"}, // grey
}

// colour returns the class attribute's word that sets the colour of a class,
// with a space before it; Neutral keeps the colour of the text.
func colour(class int) string {
	if class < 0 {
		return ""
	}
	return fmt.Sprintf(" gb%d", class%len(palette))
}

// style is the same in every figure, so figures on one page cannot disagree.
// Colours are set as "color" and used as currentColor: that works in readers
// without CSS variables too. Those without media queries show the light form.
var style = makeStyle()

func makeStyle() string {
	const shape = `
.gb{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;max-width:100%;height:auto}
.gb text{fill:currentColor;white-space:pre}
.gb .gbt{font-size:11px}
.gb .gbh{font-size:14px;font-weight:600}
.gb .gbg{stroke:currentColor;stroke-opacity:.1;fill:none;shape-rendering:crispEdges}
.gb .gba{stroke:currentColor;stroke-opacity:.6;fill:none;shape-rendering:crispEdges}
.gb .gbf{fill:currentColor;stroke-width:.6}
.gb .gbo{fill:currentColor;fill-opacity:0;stroke:currentColor;stroke-width:1.4}
.gb .gbp{fill:currentColor;fill-opacity:.7;pointer-events:none}
.gb .gbd{fill:none;stroke:currentColor;stroke-linecap:round;stroke-opacity:.7;pointer-events:none}
.gb .gbl{fill:none;stroke:currentColor;stroke-linejoin:round;stroke-linecap:round;pointer-events:none}
.gb .gbr{fill:currentColor;fill-opacity:.2;pointer-events:none}
.gb .gbm{fill:none;stroke:currentColor;shape-rendering:crispEdges;pointer-events:none}
.gb .gbv{fill:currentColor;fill-opacity:0}
.gb .gbv :hover{fill-opacity:.6}
.gb .gbn{stroke-width:3px;stroke-linejoin:round;paint-order:stroke;pointer-events:none}
`
	light := []string{".gb{color:#1f2328}", ".gb .gbb{fill:#fff}", ".gb .gbf,.gb .gbn{stroke:#fff}"}
	dark := []string{".gb{color:#e3e6ea}", ".gb .gbb{fill:#14171b}", ".gb .gbf,.gb .gbn{stroke:#14171b}"}
	for i, p := range palette {
		light = append(light, fmt.Sprintf(".gb .gb%d{color:%s}", i, p.light))
		dark = append(dark, fmt.Sprintf(".gb .gb%d{color:%s}", i, p.dark))
	}
	return shape + strings.Join(light, "\n") +
		"\n@media (prefers-color-scheme:dark){\n" + strings.Join(dark, "\n") + "\n}\n"
}
