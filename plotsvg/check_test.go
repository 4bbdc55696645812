package plotsvg_test

import (
	"fmt"
	"math"
	"testing"

	. "glassbox/plotsvg"
)

func TestErrors(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	two, three := []float64{1, 2}, []float64{1, 2, 3}
	log := Axis{Log: true}
	for _, c := range []struct {
		fig  Figure
		want string
	}{
		{Figure{}, "plotsvg: the figure has no Layers"},
		{Figure{Layers: []Layer{Mark{}, nil}}, "plotsvg: Layers[1] is nil"},
		{Figure{Width: -1}, "plotsvg: size -1×0, want sides from 0 to 10000 pixels"},
		{Figure{Height: 20_000}, "plotsvg: size 0×20000, want sides from 0 to 10000 pixels"},
		{Figure{X: Axis{Min: 3, Max: 1}}, "plotsvg: X axis: Min 3 is not below Max 1"},
		{Figure{X: Axis{Min: 3, Max: 3}}, "plotsvg: X axis: Min 3 is not below Max 3"},
		{Figure{Y: Axis{Min: nan, Max: 1}}, "plotsvg: Y axis: Min is NaN"},
		{Figure{Y: Axis{Max: inf}}, "plotsvg: Y axis: Max is +Inf"},
		{Figure{Y: Axis{Min: 0, Max: 1, Log: true}}, "plotsvg: Y axis: Min 0, a Log axis needs limits above 0"},
		{Figure{Equal: true, X: log}, "plotsvg: Equal needs two linear axes, one is Log"},

		{one(Line{Name: Text{"test"}, X: three, Y: []float64{0, 1, nan}}), `plotsvg: Line "test": Y[2] is NaN`},
		{one(Line{Name: Text{"test"}, X: []float64{inf, 1}, Y: two}), `plotsvg: Line "test": X[0] is +Inf`},
		{one(Line{Y: []float64{-inf}, X: []float64{1}}), `plotsvg: Layers[0] (Line): Y[0] is -Inf`},
		{one(Line{Name: Text{"l"}, X: three, Y: two}), `plotsvg: Line "l": 3 values in X, 2 in Y`},
		{one(Line{Name: Text{"l"}}), `plotsvg: Line "l": no data: X is empty`},
		{one(Line{Name: Text{"l"}, X: two, Y: two, Hover: []Text{{"a"}}}), `plotsvg: Line "l": 2 values in X, 1 in Hover`},
		{one(Line{Name: Text{"l"}, X: two, Y: two, Width: nan}), `plotsvg: Line "l": Width is NaN, want 0 (the default) to 100 pixels`},
		{Figure{Y: log, Layers: []Layer{Line{Name: Text{"loss"}, X: two, Y: []float64{1, 0}}}},
			`plotsvg: Line "loss": Y[1] is 0, a Log axis needs values above 0`},
		{one(Points{Name: Text{"p"}, X: two, Y: three}), `plotsvg: Points "p": 2 values in X, 3 in Y`},
		{one(Points{Name: Text{"p"}, X: two, Y: two, Size: -1}), `plotsvg: Points "p": Size is -1, want 0 (the default) to 100 pixels`},
		{Figure{X: log, Layers: []Layer{Points{Name: Text{"p"}, X: []float64{-4}, Y: []float64{0}}}},
			`plotsvg: Points "p": X[0] is -4, a Log axis needs values above 0`},
		{one(Points{Name: Text{"p"}, X: two, Y: two, Hover: []Text{}}), `plotsvg: Points "p": 2 values in X, 0 in Hover`},
		{one(Band{Name: Text{"b"}, X: two, Lo: two, Hi: three}), `plotsvg: Band "b": 2 values in X, 3 in Hi`},
		{one(Band{Name: Text{"b"}, X: two, Lo: []float64{1, 3}, Hi: two}), `plotsvg: Band "b": Lo[1] 3 is above Hi[1] 2`},
		{one(Band{Name: Text{"b"}, X: two, Lo: []float64{nan, 0}, Hi: two}), `plotsvg: Band "b": Lo[0] is NaN`},
		{one(HLine{Name: Text{"h"}, At: nan}), `plotsvg: HLine "h": At is NaN`},
		{Figure{Y: log, Layers: []Layer{HLine{Name: Text{"h"}}}}, `plotsvg: HLine "h": At is 0, a Log axis needs values above 0`},
		{Figure{Languages: []string{"en", "zh"}, Title: Text{"a", "b", "c"}, Layers: []Layer{Mark{}}}, "plotsvg: Title stands in 3 languages, the figure in 2"},
		{one(Mark{Text: Text{"m", "n"}}), `plotsvg: Mark "m": Name stands in 2 languages, the figure in 1`},
		{one(Points{X: two, Y: two, Hover: []Text{nil, {"a", "b"}}}), "plotsvg: Layers[0] (Points): Hover[1] stands in 2 languages, the figure in 1"},
		{one(Mark{Text: Text{"m"}, Y: nan}), `plotsvg: Mark "m": Y is NaN`},
		{one(Mark{Text: Text{"m"}, X: -inf}), `plotsvg: Mark "m": X is -Inf`},

		{one(Heat{X1: 1, Y1: 1}), `plotsvg: Layers[0] (Heat): no data: 0×0 cells`},
		{one(Heat{X1: 1, Y1: 1, Rows: 2, Cols: 1, Z: []float64{1}}), `plotsvg: Layers[0] (Heat): 1 values in Z for 2×1 cells`},
		{one(Heat{X1: 1, Y1: 1, Rows: math.MaxInt, Cols: 2, Z: two}), fmt.Sprintf("plotsvg: Layers[0] (Heat): 2 values in Z for %d×2 cells", math.MaxInt)},
		{one(Heat{X1: 1, Y1: 1, Rows: 1, Cols: 2, Z: []float64{1, nan}}), `plotsvg: Layers[0] (Heat): Z[1] is NaN, want -1 to 1`},
		{one(Heat{X1: 1, Y1: 1, Rows: 1, Cols: 1, Z: []float64{1.5}}), `plotsvg: Layers[0] (Heat): Z[0] is 1.5, want -1 to 1`},
		{one(Heat{X1: 1, Y1: 1, Rows: 1, Cols: 1, Classes: []int{-2}}), `plotsvg: Layers[0] (Heat): Classes[0] is -2, want 0 or more`},
		{one(Heat{X1: 1, Y1: 1, Rows: 1, Cols: 1, Classes: []int{2}, Z: []float64{0}}), `plotsvg: Layers[0] (Heat): both Z and Classes are given`},
		{one(Heat{Name: Text{"z"}, X0: 1, X1: 1, Y1: 1, Rows: 1, Cols: 1, Z: []float64{0}}), `plotsvg: Heat "z": X0 1 is not below X1 1`},
		{one(Heat{Name: Text{"z"}, X1: 1, Y1: nan, Rows: 1, Cols: 1, Z: []float64{0}}), `plotsvg: Heat "z": Y1 is NaN`},
		{Figure{X: log, Layers: []Layer{Heat{Name: Text{"z"}, X1: 1, Y1: 1, Rows: 1, Cols: 1, Z: []float64{0}}}},
			`plotsvg: Heat "z": needs two linear axes, one is Log`},
	} {
		svg, err := c.fig.SVG()
		if err == nil || err.Error() != c.want || svg != "" {
			t.Errorf("%+v:\n got %v\nwant %s", c.fig, err, c.want)
		}
	}
}

func one(l Layer) Figure { return Figure{Layers: []Layer{l}} }
