package plotsvg_test

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/plotsvg"
)

var update = flag.Bool("update", false, "rewrite the figures in testdata")

// golden compares a figure with the file of this name in testdata and says
// how they compare; with -update it writes the file.
func golden(name string, fig plotsvg.Figure) {
	svg, err := fig.SVG()
	if err != nil {
		fmt.Println(err)
		return
	}
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(svg), 0o644); err != nil {
			fmt.Println(err)
			return
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		fmt.Println(err)
		return
	}
	if svg == string(want) {
		fmt.Println(name, "is as it was")
		return
	}
	got, old := strings.Split(svg, "\n"), strings.Split(string(want), "\n")
	for i := range min(len(got), len(old)) {
		if got[i] != old[i] {
			fmt.Printf("%s differs in line %d:\n%.200s\n%.200s\n", name, i+1, got[i], old[i])
			return
		}
	}
	fmt.Printf("%s has %d lines, had %d\n", name, len(got), len(old))
}

// wellFormed reports the first thing an XML reader would refuse.
func wellFormed(svg string) error {
	d := xml.NewDecoder(strings.NewReader(svg))
	roots, depth := 0, 0
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		switch e := t.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
			for _, a := range e.Attr {
				if a.Name.Local == "id" {
					return fmt.Errorf("an id: %q", a.Value)
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
					return fmt.Errorf("%s %s=%q", e.Name.Local, a.Name.Local, a.Value)
				}
			}
		case xml.EndElement:
			depth--
		}
	}
	if roots != 1 || !strings.HasPrefix(svg, "<svg ") {
		return fmt.Errorf("%d root elements, starting %.20q", roots, svg)
	}
	return nil
}

func TestGoldensAreWellFormed(t *testing.T) {
	files, err := filepath.Glob("testdata/*.svg")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d figures in testdata (%v)", len(files), err)
	}
	for _, file := range files {
		svg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := wellFormed(string(svg)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, want := range []string{`role="img"`, "<title", "<desc", "prefers-color-scheme:dark"} {
			if !strings.Contains(string(svg), want) {
				t.Errorf("%s: no %s", file, want)
			}
		}
		// Each must be some Example's.
		source, err := os.ReadFile("example_test.go")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(source), `"`+filepath.Base(file)+`"`) {
			t.Errorf("%s belongs to no Example", file)
		}
	}
}

// The data of the examples come from operations that all machines round
// alike, so that the figures can be compared everywhere.

// random is a small generator (Knuth's MMIX constants).
type random uint64

// uniform returns a number of [0, 1).
func (r *random) uniform() float64 {
	*r = *r*6364136223846793005 + 1442695040888963407
	return float64(*r>>33) / (1 << 31)
}

// normal returns a sum of uniforms, of mean 0 and variance 1.
func (r *random) normal() float64 {
	s := -6.0
	for range 12 {
		s += r.uniform()
	}
	return s
}

// circle returns the point of the upper half of the unit circle at u of [0, 1],
// from right to left, roughly evenly.
func circle(u float64) (x, y float64) {
	if u > 0.5 {
		x, y = circle(1 - u)
		return -x, y
	}
	t := float64(u * (1.57 + float64(u*u)*1.72)) // tan(u·π/2)
	d := 1 + float64(t*t)
	return (1 - float64(t*t)) / d, float64(2*t) / d
}

// moons returns n points of the class's crescent.
func moons(r *random, n, class int, noise float64) (xs, ys []float64) {
	for range n {
		x, y := circle(r.uniform())
		if class == 1 {
			x, y = 1-x, 0.5-y
		}
		xs = append(xs, x+float64(noise*r.normal()))
		ys = append(ys, y+float64(noise*r.normal()))
	}
	return xs, ys
}

// cloud returns n points around (x, y).
func cloud(r *random, n int, x, y, sx, sy float64) (xs, ys []float64) {
	for range n {
		xs = append(xs, x+float64(sx*r.normal()))
		ys = append(ys, y+float64(sy*r.normal()))
	}
	return xs, ys
}

// each returns f of every x.
func each(xs []float64, f func(x float64) float64) []float64 {
	ys := make([]float64, len(xs))
	for i, x := range xs {
		ys[i] = f(x)
	}
	return ys
}

// count returns 0, by, 2·by, … below end.
func count(end, by float64) []float64 {
	var xs []float64
	for x := 0.0; x < end; x += by {
		xs = append(xs, x)
	}
	return xs
}

// shift returns xs + by·of, element by element.
func shift(xs []float64, by float64, of []float64) []float64 {
	ys := make([]float64, len(xs))
	for i := range xs {
		ys[i] = xs[i] + float64(by*of[i])
	}
	return ys
}

// squash maps any v into (-1, 1).
func squash(v float64) float64 { return v / math.Sqrt(1+float64(v*v)) }
