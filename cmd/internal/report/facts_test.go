package report

import (
	"context"
	"math"
	"slices"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/stat"
	"glassbox/mat"
	"glassbox/perceptron"
)

func evals(steps []int, of func(step int) experiment.Eval) []experiment.Eval {
	var list []experiment.Eval
	for _, s := range steps {
		v := of(s)
		v.Step = s
		list = append(list, v)
	}
	return list
}

func steps(from, to, by int) []int {
	var list []int
	for s := from; s <= to; s += by {
		list = append(list, s)
	}
	return list
}

func TestHalvings(t *testing.T) {
	falling := func(of func(t float64) float64) []experiment.Eval {
		return evals(steps(0, 5000, 10), func(s int) experiment.Eval { return experiment.Eval{Loss: of(float64(s))} })
	}
	for name, x := range map[string]struct {
		evals  []experiment.Eval
		bottom float64
		want   []int
	}{
		"exponential": {falling(func(t float64) float64 { return 300 + 200*math.Exp2(-(t-50)/100) }), 300, []int{100, 100, 100, 100}},
		"hyperbola":   {falling(func(t float64) float64 { return 200 / (1 + t) }), 200.0 / 5001, []int{50, 100, 180, 330}},
		"rising":      {falling(func(t float64) float64 { return 300 + t }), 300, nil},
		"late":        {falling(func(t float64) float64 { return 500 - max(0, t-4000) }), -500, []int{4450, 250, 130, 60}},
		"jump": {evals([]int{0, 50, 60, 70}, func(s int) experiment.Eval {
			return experiment.Eval{Loss: map[int]float64{0: 9, 50: 8, 60: 1, 70: 0}[s]}
		}), 0, []int{10, 0, 0, 10}},
	} {
		bottom, got := halvings(x.evals)
		if !slices.Equal(got, x.want) || math.Abs(bottom-x.bottom) > 1e-6 {
			t.Errorf("%s: down to %v in %v, want %v in %v", name, bottom, got, x.bottom, x.want)
		}
	}
}

func TestLikeness(t *testing.T) {
	for _, x := range []struct {
		test func(train float64) float64
		want float64
	}{
		{func(v float64) float64 { return v/2 + 0.1 }, 1}, {func(v float64) float64 { return 1 - v }, -1}, {func(float64) float64 { return 0.5 }, 0},
	} {
		list := evals(steps(0, 500, 10), func(s int) experiment.Eval {
			train := 0.5 + float64(s)/2000
			if s < early {
				return experiment.Eval{TrainAccuracy: train, TestAccuracy: 7} // not looked at
			}
			return experiment.Eval{TrainAccuracy: train, TestAccuracy: x.test(train)}
		})
		if got := likeness(list); math.Abs(got-x.want) > 1e-9 {
			t.Errorf("likeness %v, want %v", got, x.want)
		}
	}
}

func TestLeavesHalf(t *testing.T) {
	for _, x := range []struct {
		accuracies []float64
		step       float64
		ok         bool
	}{
		{[]float64{0.7, 0.5, 0.5, 0.8, 0.5, 0.6, 0.8}, 50, true}, {[]float64{0.7, 0.7}, 0, true}, {[]float64{0.7, 0.59}, 0, false},
	} {
		r := experiment.Result{Evals: evals(steps(0, 10*(len(x.accuracies)-1), 10), func(s int) experiment.Eval {
			return experiment.Eval{TestAccuracy: x.accuracies[s/10]}
		})}
		if step, ok := leavesHalf(r); step != x.step || ok != x.ok {
			t.Errorf("%v: settles at %v (%v), want %v (%v)", x.accuracies, step, ok, x.step, x.ok)
		}
	}
}

func TestAmong(t *testing.T) {
	s := Spread{11, stat.Stat{Min: 0.8, Max: 0.9}}
	one := Spread{1, stat.Stat{Min: 0.8, Max: 0.8}}
	for _, x := range []struct {
		told float64
		s    Spread
		want page.Verdict
	}{
		{0.8, s, page.Holds}, {0.9, s, page.Holds}, {0.79, s, page.Partly}, {0.93, s, page.Partly}, {0.76, s, page.Fails}, {0.94, s, page.Fails},
		{0.83, one, page.Holds}, {0.84, one, page.Partly}, {0.75, one, page.Partly}, {0.73, one, page.Fails},
	} {
		if got := among(x.told, 0.03, x.s); got != x.want {
			t.Errorf("%v among %+v: %s, want %s", x.told, x.s, got.Text(), x.want.Text())
		}
	}
}

func TestGroup(t *testing.T) {
	for n, want := range map[int]string{0: "0", 1500: "1500", 9999: "9999", 10000: "10,000", 288000000: "288,000,000", 123456: "123,456"} {
		if got := group(n); got != want {
			t.Errorf("group(%d) = %s, want %s", n, got, want)
		}
	}
}

// What a step costs, counted by hand for 2-20-2: 40 products a layer, three
// times in a step and once in an evaluation.
func TestCost(t *testing.T) {
	c := Config{Seed: 1}
	for name, want := range map[string]Cost{
		fullRight:  {30, 24000, 24000 * 240, 4 * 1000 * 80},
		shortRight: {30, 30, 30 * 240, 4 * 1000 * 80},
	} {
		p := plan{name: name, config: c.experiment(name)}
		p.config.Steps = 30
		if got := train(context.Background(), p, func(int) {}).cost(); got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

func TestDistinct(t *testing.T) {
	c := Config{Seed: 5}.experiment(shortRight)
	e := experiment.New(c)
	seen := map[[2]float64]bool{} // no two rows are alike
	for range c.Steps {
		x, _ := e.Next()
		seen[[2]float64{x.At(0, 0), x.At(0, 1)}] = true
	}
	if got := distinct(c); got != len(seen) || got < 650 || got > 700 {
		t.Errorf("%d different rows, counted by their numbers %d", got, len(seen))
	}
}

func TestPlainSoftMax(t *testing.T) {
	z := mat.Of(2, 2, 0, 0, 1, -1)
	p := plainSoftMax(z)
	if p.At(0, 0) != 0.5 || math.Abs(p.At(1, 0)-1/(1+math.Exp(-2))) > 1e-15 {
		t.Errorf("p = %v", p.Data)
	}
	if d := off(mat.Of(1, 2, 1, 2), mat.Of(1, 2, 1, 2.25)); d != 0.25 {
		t.Errorf("off by %v, want 0.25", d)
	}
	if d := off(mat.Of(1, 2, 1, math.NaN()), mat.Of(1, 2, 1, 2)); d != 1 {
		t.Errorf("off by %v from no number, want 1", d)
	}
}

// The report's rule does not care about the order, Rosenblatt's does.
func TestOrders(t *testing.T) {
	c := Config{Seed: 42}.perceptron()
	run, err := c.Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := newOrders(context.Background(), c, run)
	if err != nil || o.Changed != 0 || o.Answers != 5*10*200 || o.Off == 0 || o.Off > 1e-13 {
		t.Errorf("the report's rule: %+v, error %v", o, err)
	}
	rosenblatt := c
	rosenblatt.Rule = perceptron.RuleRosenblatt
	if run, err = rosenblatt.Run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if o, err = newOrders(context.Background(), rosenblatt, run); err != nil || o.Changed < 100 || o.Changed%o.Count == 0 { // ten times the same order changes a multiple of ten
		t.Errorf("Rosenblatt's rule: %+v, error %v; want many other answers", o, err)
	}
}

func TestSigns(t *testing.T) {
	if got := signs([]int{1, 0, 1}); !slices.Equal(got, []float64{1, -1, 1}) {
		t.Error(got)
	}
}
