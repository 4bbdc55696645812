package plotsvg

import (
	"encoding/binary"
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"
)

// FuzzFigure draws figures of arbitrary numbers and texts: never a panic, and
// either well-formed XML in which no text is cut off or an error of this
// package.
func FuzzFigure(f *testing.F) {
	numbers := func(vs ...float64) []byte {
		var b []byte
		for _, v := range vs {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		return b
	}
	f.Add(uint64(0), numbers(1, 2, 3, 4, 5, 6, 7, 8), "title", "name")
	f.Add(uint64(0x3ff), numbers(1e-300, 1e300, 1, 2, 3, 1e-5, 7, 8e9), "<&>\x00\xff", "\"]]>")
	f.Add(uint64(0xf00), numbers(-1e308, 1.7e308, 0, -5e-324, 5e-324, 1e9, 1e9+1e-3, 0), "", "a very long name that has to be wrapped somewhere, 中文标签")
	f.Add(uint64(0xffff), numbers(0, 0, 0, 0), "\u202e\u0301", "\t\n")
	f.Add(uint64(7)<<40|5<<32, numbers(1, 1, 1, 1), "x", "x")
	f.Add(uint64(1)<<16, numbers(math.NaN(), math.Inf(1)), "x", "x")
	f.Fuzz(func(t *testing.T, bits uint64, data []byte, title, name string) {
		if len(data) > 1<<12 || len(title)+len(name) > 1<<10 {
			return
		}
		fig := figureFrom(bits, data, title, name)
		svg, err := fig.SVG()
		if err != nil {
			if !strings.HasPrefix(err.Error(), "plotsvg: ") || svg != "" {
				t.Fatalf("error %q with %d bytes of figure", err, len(svg))
			}
			return
		}
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if e, ok := token.(xml.StartElement); ok {
				for _, a := range e.Attr {
					if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") || strings.Contains(a.Value, "e+") ||
						a.Name.Local == "d" && len(strings.TrimLeft(a.Value, "MmlhvzaA0123456789 .-")) > 0 {
						t.Fatalf("%s: %s=%q", e.Name.Local, a.Name.Local, a.Value)
					}
				}
			}
		}
		if err := crowded(svg); err != nil {
			t.Fatal(err)
		}
		if again, _ := fig.SVG(); again != svg {
			t.Fatal("the second drawing differs")
		}
	})
}

// figureFrom makes a figure that uses every bit of its arguments.
func figureFrom(bits uint64, data []byte, long, short string) Figure {
	var vs []float64
	for ; len(data) >= 8; data = data[8:] {
		vs = append(vs, math.Float64frombits(binary.LittleEndian.Uint64(data)))
	}
	bit := func(i int) bool { return bits>>i&1 == 1 }
	title, name := Text{long}, Text{short}
	var languages []string
	if bit(17) {
		title, name, languages = Text{long, short}, Text{short, long}, []string{"en", "zh-Hans"}
	}
	class := int(bits>>12&15) - 2
	n := len(vs) / 2
	xs, ys := vs[:n], vs[n:2*n]
	fig := Figure{Languages: languages, Title: title, Desc: name, Equal: bit(0) && (bit(16) || !bit(1) && !bit(2))}
	fig.X = Axis{Label: name, Log: bit(1)}
	fig.Y = Axis{Label: title, Log: bit(2)}
	if n > 1 && bit(3) {
		fig.X.Min, fig.X.Max = min(xs[0], xs[1]), max(xs[0], xs[1])
	}
	if n > 1 && bit(4) {
		fig.Y.Min, fig.Y.Max = min(ys[0], ys[1]), max(ys[0], ys[1])
	}
	fig.Width, fig.Height = int(bits>>32&0x3ff), int(bits>>42&0x3ff)
	if !bit(5) {
		fig.Layers = append(fig.Layers, Line{Name: name, X: xs, Y: ys, Class: class, Dashed: bit(6)})
	}
	if bit(7) {
		fig.Layers = append(fig.Layers, Points{Name: title, X: xs, Y: ys, Class: class + 1, Hollow: bit(6)})
	}
	if bit(8) {
		lo, hi := make([]float64, n), make([]float64, n)
		for i := range n {
			lo[i], hi[i] = min(xs[i], ys[i]), max(xs[i], ys[i])
		}
		fig.Layers = append(fig.Layers, Band{Name: Text{short + "±"}, X: xs, Lo: lo, Hi: hi, Class: class})
	}
	if bit(9) && n > 1 && !bit(1) && !bit(2) {
		z := make([]float64, n)
		for i := range z {
			z[i] = math.Mod(ys[i], 1)
		}
		fig.Layers = append(fig.Layers, Heat{Name: title, X0: min(xs[0], xs[1]), X1: max(xs[0], xs[1]), Y0: min(ys[0], ys[1]), Y1: max(ys[0], ys[1]), Rows: 1, Cols: n, Z: z})
	}
	for i := range n {
		if i < 3 && bit(10) {
			fig.Layers = append(fig.Layers, HLine{Name: name, At: ys[i], Class: class})
		}
		if i < 3 && bit(11) {
			fig.Layers = append(fig.Layers, Mark{Text: name, X: xs[i], Y: ys[i]})
		}
	}
	return fig
}
