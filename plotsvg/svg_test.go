package plotsvg_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	. "glassbox/plotsvg"
)

// draw returns the text of a figure that must be drawn.
func draw(t *testing.T, fig Figure) string {
	t.Helper()
	svg, err := fig.SVG()
	if err != nil {
		t.Fatal(err)
	}
	if err := wellFormed(svg); err != nil {
		t.Fatal(err)
	}
	return svg
}

// frameSize returns the size of the nested svg that clips the data.
func frameSize(t *testing.T, svg string) (w, h float64) {
	t.Helper()
	m := regexp.MustCompile(`<svg x="\S+" y="\S+" width="(\S+)" height="(\S+)"`).FindStringSubmatch(svg)
	if m == nil {
		t.Fatal("no frame")
	}
	w, _ = strconv.ParseFloat(m[1], 64)
	h, _ = strconv.ParseFloat(m[2], 64)
	return w, h
}

// linePath returns the absolute vertices of the first line.
func linePath(t *testing.T, svg string) [][2]float64 {
	t.Helper()
	m := regexp.MustCompile(`<path class="gbl[^>]* d="([^"]*)"`).FindStringSubmatch(svg)
	if m == nil {
		t.Fatal("no line")
	}
	var out [][2]float64
	var x, y float64
	for _, c := range regexp.MustCompile(`([MmlhvLHV])([^A-Za-z]*)`).FindAllStringSubmatch(m[1], -1) {
		var ns []float64
		for _, s := range regexp.MustCompile(`-?(\d+\.?\d*|\.\d+)`).FindAllString(c[2], -1) {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			ns = append(ns, v)
		}
		for len(ns) > 0 {
			switch c[1] {
			case "M":
				x, y, ns = ns[0], ns[1], ns[2:]
			case "m", "l":
				x, y, ns = x+ns[0], y+ns[1], ns[2:]
			case "h":
				x, ns = x+ns[0], ns[1:]
			case "v":
				y, ns = y+ns[0], ns[1:]
			}
			out = append(out, [2]float64{x, y})
		}
	}
	return out
}

func near(a, b float64) bool { return math.Abs(a-b) < 0.011 }

func TestLinePositions(t *testing.T) {
	fig := Figure{
		X:      Axis{Min: 0, Max: 4},
		Y:      Axis{Min: -1, Max: 1},
		Layers: []Layer{Line{X: []float64{0, 1, 3, 4, 4}, Y: []float64{-1, 0, 0.5, 1, -1}}},
	}
	svg := draw(t, fig)
	w, h := frameSize(t, svg)
	got := linePath(t, svg)
	want := [][2]float64{{0, h}, {w / 4, h / 2}, {w * 3 / 4, h / 4}, {w, 0}, {w, h}}
	if len(got) != len(want) {
		t.Fatalf("%d vertices: %v", len(got), got)
	}
	for i := range want {
		if !near(got[i][0], want[i][0]) || !near(got[i][1], want[i][1]) {
			t.Errorf("vertex %d at %v, want %v", i, got[i], want[i])
		}
	}

	// On a log axis a factor is a distance.
	fig.Y = Axis{Min: 1, Max: 1e4, Log: true}
	fig.Layers = []Layer{Line{X: []float64{0, 1, 2, 3}, Y: []float64{1, 10, 1000, 1e4}}}
	svg = draw(t, fig)
	_, h = frameSize(t, svg)
	for i, share := range []float64{0, 0.25, 0.75, 1} {
		if y := linePath(t, svg)[i][1]; !near(y, h*(1-share)) {
			t.Errorf("log vertex %d at %v, want %v", i, y, h*(1-share))
		}
	}
}

// A line that crosses the frame keeps its slope, however far its ends are.
func TestFarEndsAreClipped(t *testing.T) {
	for _, far := range []float64{10, 1e6, 1e12} {
		svg := draw(t, Figure{
			X: Axis{Min: -1, Max: 1}, Y: Axis{Min: -1, Max: 1},
			Layers: []Layer{Line{X: []float64{-far, far}, Y: []float64{-far / 2, far / 2}}},
		})
		w, h := frameSize(t, svg)
		p := linePath(t, svg)
		if len(p) != 2 {
			t.Fatalf("far %v: vertices %v", far, p)
		}
		slope := (p[1][1] - p[0][1]) / (p[1][0] - p[0][0])
		if want := -h / w / 2; math.Abs(slope-want) > 1e-4 {
			t.Errorf("far %v: slope %v, want %v", far, slope, want)
		}
		if middle := (p[0][0] + p[1][0]) / 2; !near(middle, w/2) {
			t.Errorf("far %v: middle %v, want %v", far, middle, w/2)
		}
		for _, v := range p {
			if math.Abs(v[0]) > 2000 || math.Abs(v[1]) > 2000 {
				t.Errorf("far %v: vertex at %v", far, v)
			}
		}
	}
	// Beyond what doubles can tell apart, still in bounds.
	for _, v := range linePath(t, draw(t, Figure{
		X: Axis{Min: -1, Max: 1}, Y: Axis{Min: -1, Max: 1},
		Layers: []Layer{Line{X: []float64{-1e200, 1e200}, Y: []float64{-1e300, 1e200}}},
	})) {
		if math.Abs(v[0]) > 2000 || math.Abs(v[1]) > 2000 {
			t.Errorf("vertex at %v", v)
		}
	}
	// What lies outside altogether is left out, without an error.
	svg := draw(t, Figure{
		X: Axis{Min: 0, Max: 1}, Y: Axis{Min: 0, Max: 1},
		Layers: []Layer{
			Line{X: []float64{5, 6}, Y: []float64{5, 6}},
			Points{X: []float64{5, 0.5}, Y: []float64{5, 0.5}},
			Band{X: []float64{5, 6}, Lo: []float64{5, 5}, Hi: []float64{6, 6}},
			Heat{X0: 5, X1: 6, Y0: 5, Y1: 6, Rows: 1, Cols: 1, Z: []float64{1}},
			HLine{Name: Text{"level"}, At: 5}, Mark{Text: Text{"mark"}, X: 5, Y: 5},
		},
	})
	if n := strings.Count(svg, "<circle"); n != 1 {
		t.Errorf("%d points, want the one inside", n)
	}
	for _, s := range []string{`class="gbl`, `class="gbr`, `class="gbm`, ">level<", ">mark<"} {
		if strings.Contains(svg, s) {
			t.Errorf("%s is drawn, though outside", s)
		}
	}
}

// A band's region is cut, not moved: the edge inside keeps its slope.
func TestBandIsCut(t *testing.T) {
	svg := draw(t, Figure{
		X: Axis{Min: 0, Max: 1}, Y: Axis{Min: 0, Max: 1},
		Layers: []Layer{Band{X: []float64{0, 1}, Lo: []float64{0, 0}, Hi: []float64{0.5, 1e9}}},
	})
	w, h := frameSize(t, svg)
	m := regexp.MustCompile(`class="gbr gb0" d="([^"]*)z"`).FindStringSubmatch(svg)
	if m == nil {
		t.Fatal("no band")
	}
	p := linePath(t, strings.Replace(m[0], `class="gbr gb0"`, `<path class="gbl"`, 1))
	// The steep edge leaves the frame next to x = 0.
	high := 0
	for _, v := range p {
		if v[1] < 0 && v[0] < 0.1 {
			high++
		}
		if v[0] < -1 || v[0] > w+1 || v[1] > h+1 {
			t.Errorf("vertex %v outside of %v×%v", v, w, h)
		}
	}
	if high == 0 {
		t.Errorf("no vertex above the frame near x = 0: %v", p)
	}
}

func TestRangesOfAllKinds(t *testing.T) {
	for _, v := range [][]float64{
		{0}, {7}, {-3, -3}, {1e300, 1e300}, {5e-324}, {0, 5e-324}, {-1e308, 1.7e308}, {1e-300, 1e300},
		{1e9, 1e9 + 1e-3}, {1, 1 + 1e-16}, {-1e-310, 1e-310}, {math.MaxFloat64, -math.MaxFloat64},
		{math.MaxFloat64}, {math.MaxFloat64, math.Nextafter(math.MaxFloat64, 0)},
	} {
		for _, log := range []bool{false, true} {
			if log && min(v[0], v[len(v)-1]) <= 0 {
				continue
			}
			svg := draw(t, Figure{
				X: Axis{Log: log}, Y: Axis{Log: log},
				Layers: []Layer{Points{X: v, Y: v}, Line{X: v, Y: v}},
			})
			if n := strings.Count(svg, "<circle"); n != 2*len(v) {
				t.Errorf("%v, log %v: %d points and targets, want %d", v, log, n, 2*len(v))
			}
			if strings.Count(svg, "<text") < 4 {
				t.Errorf("%v, log %v: too few tick labels", v, log)
			}
		}
	}
}

func TestLegendNamesEachOnce(t *testing.T) {
	x := []float64{0, 1, 2}
	svg := draw(t, Figure{Layers: []Layer{
		Band{Name: Text{"train"}, X: x, Lo: x, Hi: []float64{1, 2, 3}},
		Line{Name: Text{"train"}, X: x, Y: x},
		Points{Name: Text{"train"}, X: x, Y: x},
		Line{X: x, Y: x, Class: 3},
		Line{Name: Text{"test"}, X: x, Y: x, Class: 1},
	}})
	for _, name := range []string{"train", "test"} {
		if n := strings.Count(svg, ">"+name+"</text>"); n != 1 {
			t.Errorf("%q stands %d times in the legend", name, n)
		}
	}
}

// A legend within the frame covers no data: where all corners are taken, it
// goes outside.
func TestLegendCoversNothing(t *testing.T) {
	inside := func(xs, ys []float64) (in bool, w, h float64) {
		svg := draw(t, Figure{
			X: Axis{Min: 0, Max: 1}, Y: Axis{Min: 0, Max: 1},
			Layers: []Layer{Points{Name: Text{"the_points"}, X: xs, Y: ys}},
		})
		w, h = frameSize(t, svg)
		frame := regexp.MustCompile(`<svg x="(\S+)" y="(\S+)"`).FindStringSubmatch(svg)
		text := regexp.MustCompile(`<text x="(\S+)" y="(\S+)">the_points<`).FindStringSubmatch(svg)
		var n [4]float64
		for i, s := range append(frame[1:], text[1:]...) {
			n[i], _ = strconv.ParseFloat(s, 64)
		}
		return n[2] > n[0] && n[2] < n[0]+w && n[3] > n[1] && n[3] < n[1]+h, w, h
	}
	if in, _, _ := inside([]float64{0.5}, []float64{0.5}); !in {
		t.Error("the legend is outside of an empty frame")
	}
	var xs, ys []float64
	for x := 0.02; x < 1; x += 0.06 {
		for y := 0.02; y < 1; y += 0.06 {
			xs, ys = append(xs, x), append(ys, y)
		}
	}
	if in, _, _ := inside(xs, ys); in {
		t.Error("the legend is inside of a full frame")
	}
	// One free corner is enough, and is found.
	var fx, fy []float64
	for i := range xs {
		if xs[i] > 0.4 || ys[i] > 0.3 {
			fx, fy = append(fx, xs[i]), append(fy, ys[i])
		}
	}
	if in, _, _ := inside(fx, fy); !in {
		t.Error("the legend is outside, though a corner is free")
	}
}

func TestTextsAreEscaped(t *testing.T) {
	evil := "<script>&\"']]>\x00\x1b\xff\ufffe\t\r\n</text>"
	x := []float64{1, 2}
	svg := draw(t, Figure{
		Title: Text{evil}, Desc: Text{evil}, X: Axis{Label: Text{evil}}, Y: Axis{Label: Text{evil}},
		Layers: []Layer{
			Line{Name: Text{evil}, X: x, Y: x, Hover: []Text{{evil}, {evil}}},
			Points{X: x, Y: x, Hover: []Text{{evil}, {"b"}}},
			HLine{Name: Text{evil}, At: 1.5}, Mark{Text: Text{evil}, X: 1, Y: 1},
		},
	})
	if strings.Contains(svg, "<script>") {
		t.Error("a text became an element")
	}
	if strings.ContainsAny(svg, "\x00\x1b\r\ufffe") {
		t.Error("a control character remains")
	}
	if !strings.Contains(svg, "<title>&lt;script&gt;&amp;&quot;']]&gt;\ufffd\ufffd\ufffd\ufffd\t\n\n&lt;/text&gt;</title>") {
		t.Error("the title does not say what it was given")
	}
}

func TestHover(t *testing.T) {
	x := []float64{0, 0.125, 2}
	svg := draw(t, Figure{Layers: []Layer{
		Points{X: x, Y: []float64{1, 1e-7, 3}},
		Points{X: x, Y: x, Hover: []Text{{"first"}, {"second"}, {"third"}}, Class: 2},
		Line{Name: Text{"curve"}, X: x, Y: x},
		Line{X: x, Y: x, Hover: []Text{{"step 0"}, {"step 1"}, {"step 2"}}},
	}})
	for _, want := range []string{"(0.125, 1e-07)", "second", "curve (0.125, 0.125)", "step 1"} {
		if n := strings.Count(svg, "<title>"+want+"</title>"); n != 1 {
			t.Errorf("%q is shown %d times", want, n)
		}
	}

	// A long curve has few targets and all its vertices.
	n := 45_000
	xs, ys := make([]float64, n), make([]float64, n)
	for i := range xs {
		xs[i], ys[i] = float64(i), float64(i%7)
	}
	svg = draw(t, Figure{Layers: []Layer{Line{X: xs, Y: ys}}})
	if c := strings.Count(svg, "<circle"); c > 402 || c < 200 {
		t.Errorf("%d hover targets for %d vertices", c, n)
	}
	if !strings.Contains(svg, "<title>(44999, 3)</title>") {
		t.Error("the last vertex has no target")
	}
	if v := len(linePath(t, svg)); v != n {
		t.Errorf("%d vertices are drawn of %d", v, n)
	}
}

func TestManyPoints(t *testing.T) {
	r := random(9)
	x, y := cloud(&r, 45_000, 0, 0, 1, 1)
	for class := range 3 {
		for _, hollow := range []bool{false, true} {
			svg := draw(t, Figure{Layers: []Layer{Points{Name: Text{"p"}, X: x, Y: y, Class: class, Hollow: hollow}}})
			limit := 600_000
			if class > 0 || hollow {
				limit = 2_000_000
			}
			if len(svg) > limit {
				t.Errorf("class %d, hollow %v: %d bytes", class, hollow, len(svg))
			}
			if n := strings.Count(svg, "<title>"); n != 1 {
				t.Errorf("class %d: %d titles", class, n)
			}
		}
	}
}

// Points at the same place are drawn once.
func TestManyEqualPoints(t *testing.T) {
	xs := make([]float64, 5000)
	for i := range xs {
		xs[i] = float64(i % 3)
	}
	svg := draw(t, Figure{Layers: []Layer{Points{X: xs, Y: xs}}})
	if n := strings.Count(svg, "h0"); n != 3 {
		t.Errorf("%d dots, want 3", n)
	}
}

// The label of a line at the frame's edge stays inside and off the line.
func TestLabelsStayInside(t *testing.T) {
	for _, c := range []struct {
		at    float64
		below bool
	}{{0.99, true}, {0.01, false}} {
		svg := draw(t, Figure{
			X: Axis{Min: 0, Max: 1}, Y: Axis{Min: 0, Max: 1},
			Layers: []Layer{HLine{Name: Text{"level"}, At: c.at}},
		})
		_, h := frameSize(t, svg)
		m := regexp.MustCompile(`<text x="\S+" y="(\S+)">level<`).FindStringSubmatch(svg)
		if m == nil {
			t.Fatal("no label")
		}
		y, _ := strconv.ParseFloat(m[1], 64)
		if line := h * (1 - c.at); c.below && y < line+11 || !c.below && y > line-3 || y < 0 || y > h {
			t.Errorf("the label of the line at %v has its baseline at %v", line, y)
		}
	}
}

// The text of a mark at the edge goes to its other side, not onto it.
func TestMarkAtTheEdge(t *testing.T) {
	svg := draw(t, Figure{
		X: Axis{Min: 0, Max: 1}, Y: Axis{Min: 0, Max: 1},
		Layers: []Layer{Mark{Text: Text{"wide text"}, X: 0.99, Y: 0.5}},
	})
	w, _ := frameSize(t, svg)
	m := regexp.MustCompile(`<text x="(\S+)" y="\S+">wide text<`).FindStringSubmatch(svg)
	if m == nil {
		t.Fatal("no text")
	}
	if x, _ := strconv.ParseFloat(m[1], 64); x > 0.99*w-50 {
		t.Errorf("the text starts at %v, the mark is at %v", x, 0.99*w)
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct{ x, y Axis }{
		{Axis{Min: 0, Max: 2}, Axis{Min: 0, Max: 1}},
		{Axis{Min: 0, Max: 1}, Axis{Min: -2, Max: 2}},
		{Axis{Min: 0, Max: 3e5}, Axis{Min: 0, Max: 1e5}},
	} {
		svg := draw(t, Figure{X: c.x, Y: c.y, Equal: true, Layers: []Layer{Mark{}}})
		w, h := frameSize(t, svg)
		if a, b := w/(c.x.Max-c.x.Min), h/(c.y.Max-c.y.Min); math.Abs(a/b-1) > 1e-3 {
			t.Errorf("%v, %v: units of %v and %v pixels", c.x, c.y, a, b)
		}
	}
	// A line of points is no reason for a frame without height.
	w, h := frameSize(t, draw(t, Figure{Equal: true, Layers: []Layer{Line{X: []float64{0, 1000}, Y: []float64{1, 1.5}}}}))
	if w > 4.001*h {
		t.Errorf("the frame is %v×%v", w, h)
	}
}

func TestSizeIsKept(t *testing.T) {
	for _, size := range [][2]int{{640, 420}, {400, 300}, {900, 250}} {
		svg := draw(t, Figure{Width: size[0], Height: size[1], Title: Text{"title"}, X: Axis{Label: Text{"x"}}, Y: Axis{Label: Text{"y"}},
			Layers: []Layer{Line{Name: Text{"l"}, X: []float64{0, 1}, Y: []float64{0, 1}}}})
		if want := fmt.Sprintf(`width="%d" height="%d" viewBox="0 0 %[1]d %[2]d"`, size[0], size[1]); !strings.Contains(svg, want) {
			t.Errorf("no %s in %.200s", want, svg)
		}
	}
}

// No number is written as -0, and none with more than two decimals but the
// factors of a heat map.
func TestNumbersAreRounded(t *testing.T) {
	r := random(11)
	x, y := cloud(&r, 300, 0, 0, 1, 1)
	svg := draw(t, Figure{Layers: []Layer{
		Points{X: x, Y: y, Class: 4}, Line{X: x, Y: y}, Mark{Text: Text{"m"}},
	}})
	svg = regexp.MustCompile(`(?s)<style>.*?</style>|<title>[^<]*</title>`).ReplaceAllString(svg, "")
	if m := regexp.MustCompile(`-(0|0?\.0+)["\s,A-Za-z]`).FindString(svg); m != "" {
		t.Errorf("a negative zero: %q", m)
	}
	if m := regexp.MustCompile(`\d*\.\d{3,}`).FindString(svg); m != "" {
		t.Errorf("more than two decimals: %q", m)
	}
}
