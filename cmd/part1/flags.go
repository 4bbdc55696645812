package main

import (
	"math"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/part1"
	"glassbox/perceptron"
)

// flags are the command line.
type flags struct {
	set                      *cli.Set
	rule, out                *string
	bias                     *bool
	maxEpochs, n, seeds      *int
	rate                     *float64
	seed                     *uint32
	mean1, mean2, cov1, cov2 *[]float64
}

// pairFlags describe a pair of one's own, together.
var pairFlags = []string{"mean1", "mean2", "cov1", "cov2"}

func newFlags() flags {
	f := flags{set: cli.New("part1",
		"Trains the perceptron of Part I on the report's five pairs of Gaussians, or on a pair of one's own.",
		"", "-rule rosenblatt -bias", "-seed 7 -seeds 1000",
		"-mean1 1,-6 -mean2 -2,-3 -cov1 3,0,0,4 -cov2 2,0,0,5 -n 100")}
	s := f.set
	s.Group("The perceptron")
	f.rule = s.Choice("rule", perceptron.RuleReport.String(), []string{perceptron.RuleReport.String(), perceptron.RuleRosenblatt.String()},
		"report: one look at the whole batch an epoch, w += rate·Σ y·x if it is not right on balance. "+
			"rosenblatt: sample by sample, w += rate·y·x where one is wrong, until an epoch has no error")
	f.bias = s.Bool("bias", false, "learns an offset b too, so that the line need not pass through the origin")
	f.maxEpochs = s.Int("max_epochs", 100, 1, "ends the training after this many epochs")
	f.rate = s.Float("learning_rate", 0.01, cli.Positive, "the size of an update; as w starts at 0 it scales w and changes no answer")
	s.Group("The data")
	f.n = s.IntRange("n", 100, 2, 1_000_000, "points of each class; the first 80 % train, the others test")
	f.mean1 = s.Floats("mean1", nil, 2, "1,-6", "class 1's mean; with the three flags below a pair of one's own in place of the five")
	f.mean2 = s.Floats("mean2", nil, 2, "-2,-3", "class 2's mean")
	f.cov1 = s.Floats("cov1", nil, 4, "3,0,0,4", "class 1's covariance, row by row")
	f.cov2 = s.Floats("cov2", nil, 4, "2,0,0,5", "class 2's covariance, row by row")
	f.seed = s.Seed("seed", 42, "NumPy's seed, set afresh for every test")
	f.seeds = s.IntRange("seeds", 100, 0, 1_000_000, "further seeds, from the one after -seed up, for mean ± sd")
	s.Group("Output")
	f.out = s.String("out", "out/part1", "DIR", "directory for the page, the figures and the numbers")
	return f
}

// config returns what the flags ask for. Its error is the user's mistake.
func (f flags) config() (part1.Config, error) {
	c := part1.Config{MaxEpochs: *f.maxEpochs, N: *f.n, Rate: *f.rate, Seed: *f.seed, Seeds: *f.seeds, Setups: part1.ReportSetups()}
	c.Bias = *f.bias
	var err error
	if c.Rule, err = perceptron.ParseRule(*f.rule); err != nil {
		return c, cli.Usagef("-rule: %w", err)
	}
	if left := math.MaxUint32 - uint64(c.Seed); uint64(c.Seeds) > left {
		return c, cli.Usagef("-seeds %d: after -seed %d only %d further seeds are left, up to 4294967295; a smaller -seed would be right", c.Seeds, c.Seed, left)
	}
	own, err := f.pair()
	if err != nil {
		return c, err
	}
	if own != nil {
		c.Setups = []part1.Setup{{Name: "own", Pair: *own}}
	}
	return c, nil
}

// pair returns the pair of one's own, or nil if none is asked for.
func (f flags) pair() (*perceptron.Pair, error) {
	var given, missing []string
	for _, name := range pairFlags {
		if f.set.Given(name) {
			given = append(given, "-"+name)
		} else {
			missing = append(missing, "-"+name)
		}
	}
	if len(given) == 0 {
		return nil, nil
	}
	if len(missing) > 0 {
		return nil, cli.Usagef("%s without %s: a pair of one's own needs -mean1, -mean2, -cov1 and -cov2", strings.Join(given, ", "), strings.Join(missing, ", "))
	}
	cov := func(v []float64) [2][2]float64 { return [2][2]float64{{v[0], v[1]}, {v[2], v[3]}} }
	p := &perceptron.Pair{
		Mean1: [2]float64(*f.mean1), Mean2: [2]float64(*f.mean2), Cov1: cov(*f.cov1), Cov2: cov(*f.cov2),
	}
	if err := p.Check(); err != nil {
		return nil, cli.Usagef("-%w", err)
	}
	return p, nil
}

// settings are the flags that decide the results, without those of a pair of
// one's own where there is none.
func (f flags) settings() cli.Settings {
	without := []string{"out"}
	if !f.set.Given("mean1") {
		without = append(without, pairFlags...)
	}
	return f.set.Settings(without...)
}
