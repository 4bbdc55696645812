package part1

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"
	"time"

	"glassbox/perceptron"
)

// trialsOf trains on the report's five tests as `part1 -seed seed` with the
// rule does, at the command's defaults otherwise.
func trialsOf(t *testing.T, seed uint32, v Variant) []Trial {
	t.Helper()
	c := Config{Variant: v, MaxEpochs: 100, N: 100, Rate: 0.01, Seed: seed}
	var list []Trial
	for _, test := range perceptron.Report() {
		x, err := c.trial(context.Background(), v, test.Pair, seed)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	return list
}

// The spreads are of what runs with these seeds would find.
func TestSpreadsAreOfSeeds(t *testing.T) {
	c := Config{Variant: Variant{perceptron.RuleRosenblatt, true}, MaxEpochs: 100, N: 100, Rate: 0.01, Seed: 7, Seeds: 6}
	for i, test := range perceptron.Report() {
		c.Setups = append(c.Setups, Setup{Name: string(rune('1' + i)), Pair: test.Pair})
	}
	ticks := make(chan int, 100)
	results, err := c.Run(context.Background(), func() { ticks <- 1 })
	if err != nil || len(ticks) != 30 {
		t.Fatal(err, len(ticks))
	}
	for v, variant := range c.Variants() {
		var accuracies [5][]float64
		for seed := uint32(8); seed <= 13; seed++ {
			for i, x := range trialsOf(t, seed, variant) {
				accuracies[i] = append(accuracies[i], x.Accuracy)
			}
		}
		for i, own := range trialsOf(t, 7, variant) {
			if got := results.Tests[i].Trials[v]; got.Accuracy != own.Accuracy || got.Learned.W[0] != own.Learned.W[0] {
				t.Errorf("test %d, %s: %v, alone %v", i+1, variant, got.Accuracy, own.Accuracy)
			}
			if got, want := results.Tests[i].Spreads[v], newSpread(accuracies[i]); got != want {
				t.Errorf("test %d, %s: %+v, want %+v", i+1, variant, got, want)
			}
		}
	}
}

func TestSpread(t *testing.T) {
	nan := math.NaN()
	if got, want := newSpread([]float64{0.5, nan, 1, 0.75, nan, 0.75}), spreadOf(4, 0.75, math.Sqrt(0.125/4), 0.5, 1); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := newSpread([]float64{nan}); got != (Spread{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestVariants(t *testing.T) {
	report, plain, biased := Variant{perceptron.RuleReport, false}, Variant{perceptron.RuleRosenblatt, false}, Variant{perceptron.RuleRosenblatt, true}
	withBias := Variant{perceptron.RuleReport, true}
	for _, want := range [][]Variant{{report, plain, biased}, {plain, report, biased}, {biased, report, plain}, {withBias, plain, biased}} {
		got := Config{Variant: want[0]}.Variants()
		if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
			t.Errorf("%s: %v, want %v", want[0], got, want)
		}
	}
}

// Whatever the number of cores, the error is that of the first in order, and
// all before it are done.
func TestEach(t *testing.T) {
	bad, worse := errors.New("bad"), errors.New("worse")
	for _, cores := range []int{1, 2, 8} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		for range 50 {
			var done [100]bool
			failing, begun := make(chan bool), make(chan bool)
			err := each(context.Background(), 100, func(i int) error {
				done[i] = true
				switch {
				case i == 40:
					if cores > 1 {
						<-begun
					}
					close(failing)
					return bad
				case i == 41: // begins before 40 has failed, fails after it
					close(begun)
					<-failing
					time.Sleep(time.Millisecond)
					return worse
				case i > 40 && i%2 == 1:
					return worse
				}
				return nil
			})
			if err != bad {
				t.Fatalf("%d cores: error %v, want bad", cores, err)
			}
			for i := range 40 {
				if !done[i] {
					t.Fatalf("%d cores: %d was left out", cores, i)
				}
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	err := each(ctx, 10, func(i int) error {
		if i == 9 {
			cancel()
			return ctx.Err()
		}
		return nil
	})
	if err != context.Canceled {
		t.Errorf("a last call that was cut short: %v", err)
	}
}

// The ceilings hold for what was learned, and know what can be separated.
func TestCeilings(t *testing.T) {
	for seed := range uint32(8) {
		var all [5]Ceilings
		for _, v := range []Variant{{perceptron.RuleReport, false}, {perceptron.RuleRosenblatt, false}, {perceptron.RuleRosenblatt, true}} {
			for i, x := range trialsOf(t, seed, v) {
				if all[i].Bayes == 0 {
					c, err := newCeilings(perceptron.Report()[i].Pair, x.Data)
					if err != nil {
						t.Fatal(err)
					}
					all[i] = c
				}
				c := all[i]
				if !c.Lines || x.Accuracy > c.Line || !v.Bias && x.Accuracy > c.Origin || c.Origin > c.Line || c.TrainThrough > c.TrainLine {
					t.Errorf("test %d, seed %d, %s: accuracy %v, %+v", i+1, seed, v, x.Accuracy, c)
				}
				if x.Outcome.Converged && v.Rule == perceptron.RuleRosenblatt && (c.TrainLine != 1 || !v.Bias && c.TrainThrough != 1) {
					t.Errorf("test %d, seed %d, %s: separated what cannot be: %+v", i+1, seed, v, c)
				}
			}
		}
		for i, want := range map[int]bool{0: true, 1: false, 3: false, 4: true} {
			if all[i].Separable != want || all[i].FromOrigin != (i == 0) {
				t.Errorf("test %d, seed %d: separable %v, through the origin %v", i+1, seed, all[i].Separable, all[i].FromOrigin)
			}
		}
	}
}
