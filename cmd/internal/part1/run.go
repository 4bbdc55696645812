package part1

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"sync"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/parallel"
	"glassbox/mat/nprand"
	"glassbox/perceptron"
)

// A Config says what is run.
type Config struct {
	Variant       // what Test.Main is trained by
	MaxEpochs int // of a training, at least 1
	// MaxUpdates ends the training of Test.Main after so many; 0: any number.
	MaxUpdates int
	N          int     // points of each class, at least 2; the first 80 % train
	Rate       float64 // the learning rate
	Seed       uint32  // NumPy's, set afresh for every setup
	Seeds      int     // further seeds, Seed+1 and up, for the spreads; at most what is left below 2³²
	Setups     []Setup
}

// Defaults are the report's settings and tests, with 100 further seeds.
func Defaults() Config {
	return Config{MaxEpochs: 100, N: 100, Rate: 0.01, Seed: 42, Seeds: 100, Setups: ReportSetups()}
}

// A Variant is a way to learn.
type Variant struct {
	Rule perceptron.Rule
	Bias bool
}

// Name names the variant as one of several on the same points, as within a
// sentence.
func (v Variant) Name() lang.Text {
	switch v {
	case Variant{perceptron.RuleReport, false}:
		return lang.T("the report's rule")
	case Variant{perceptron.RuleReport, true}:
		return lang.T("the report's rule with a bias")
	case Variant{perceptron.RuleRosenblatt, false}:
		return lang.T("Rosenblatt's rule")
	}
	return lang.T("Rosenblatt's rule with a bias")
}

// String is the English name.
func (v Variant) String() string { return v.Name().EN }

// A Setup is a pair of Gaussians to run on.
type Setup struct {
	Name   string // "1" to "5" for the report's tests, "own"
	Pair   perceptron.Pair
	Report *float64 // the report's accuracy; nil if it has none
	Blames Blame    // why it is below 1, by the report
}

// A Blame is what the report says an accuracy is due to.
type Blame int

// The report's reasons: none, as all is well; the classes overlap; the
// perceptron has no bias.
const (
	BlameNothing Blame = iota
	BlameOverlap
	BlameBias
)

// ReportSetups returns the report's five tests in its order.
func ReportSetups() []Setup {
	blames := [5]Blame{BlameNothing, BlameOverlap, BlameOverlap, BlameOverlap, BlameBias}
	var list []Setup
	for i, t := range perceptron.Report() {
		list = append(list, Setup{strconv.Itoa(i + 1), t.Pair, new(t.Accuracy), blames[i]})
	}
	return list
}

// Variants are the ways that are compared on the same points, three of them,
// Config's own first. The report's rule with a bias leaves the bias at 0 and so
// stands for the one without.
func (c Config) Variants() []Variant {
	list := []Variant{c.Variant}
	for _, v := range []Variant{
		{perceptron.RuleReport, false}, {perceptron.RuleRosenblatt, false}, {perceptron.RuleRosenblatt, true},
	} {
		if v != c.Variant && !(v.Rule == perceptron.RuleReport && c.Rule == perceptron.RuleReport) {
			list = append(list, v)
		}
	}
	return list
}

// A Run is what a Config has led to.
type Run struct {
	Config
	Tests []Test // as Setups, without those that were not run
	Cut   bool   // the context ended before everything was done
}

// A Test is all that is found out about one setup.
type Test struct {
	Setup
	Trials  []Trial  // with Config.Seed, a variant each, Config's own first
	Spreads []Spread // of the accuracy over the further seeds, a variant each
	Ceilings
	seeds [][]float64 // the accuracies of Spreads, a seed each; NaN: not run
}

// Main is the training that was asked for.
func (t Test) Main() Trial { return t.Trials[0] }

// Of returns the training by a variant and its accuracy over the further seeds,
// and false where it is none of those compared.
func (t Test) Of(v Variant) (Trial, Spread, bool) {
	for i, x := range t.Trials {
		if x.Variant == v {
			return x, t.Spreads[i], true
		}
	}
	return Trial{}, Spread{}, false
}

// reports is the report's rule among the variants, with or without a bias.
func (t Test) reports() (Trial, Spread) {
	for i, x := range t.Trials {
		if x.Rule == perceptron.RuleReport {
			return x, t.Spreads[i]
		}
	}
	panic("part1.Test: no trial by the report's rule")
}

// points is how many points there are of each class.
func (t Test) points() int {
	d := t.Main().Data
	return (d.TrainX.Rows + d.TestX.Rows) / 2
}

// Run trains on every setup with Seed and with the further seeds, on all cores.
// tick, which may be nil, is called after each further seed of a setup, from any
// goroutine. When ctx ends it returns ctx's error with the tests that were done
// by then, if any, and the spreads over the seeds that were. Another error names
// the test, the seed and the variant that it comes from.
func (c Config) Run(ctx context.Context, tick func()) (*Run, error) {
	r := &Run{Config: c, Tests: make([]Test, len(c.Setups))}
	err := each(ctx, len(c.Setups), func(i int) error {
		s := c.Setups[i]
		trials, err := c.trials(ctx, s, c.Seed)
		if err != nil {
			return err
		}
		ceil, err := newCeilings(s.Pair, trials[0].Data)
		r.Tests[i] = Test{s, trials, make([]Spread, len(trials)), ceil, nil}
		return err
	})
	if err != nil {
		var done []Test
		for _, t := range r.Tests {
			if t.Trials != nil {
				done = append(done, t)
			}
		}
		r.Tests, r.Cut = done, true
		return r, err
	}
	err = r.further(ctx, tick)
	r.Cut = err != nil
	return r, err
}

// further makes the spreads.
func (r *Run) further(ctx context.Context, tick func()) error {
	accuracies := make([][][]float64, len(r.Tests)) // [test][variant][seed]
	for i, t := range r.Tests {
		for range t.Trials {
			unknown := make([]float64, r.Seeds)
			for k := range unknown {
				unknown[k] = math.NaN()
			}
			accuracies[i] = append(accuracies[i], unknown)
		}
	}
	err := each(ctx, len(r.Tests)*r.Seeds, func(job int) error {
		i, k := job/r.Seeds, job%r.Seeds
		trials, err := r.trials(ctx, r.Setups[i], r.Seed+1+uint32(k))
		for v, t := range trials {
			accuracies[i][v][k] = t.Accuracy
		}
		if tick != nil {
			tick()
		}
		return err
	})
	for i := range r.Tests {
		r.Tests[i].seeds = accuracies[i]
		for v, values := range accuracies[i] {
			r.Tests[i].Spreads[v] = newSpread(values)
		}
	}
	return err
}

// Fingerprint is the SHA-256 of the bits of the weights of the tests in order,
// each test's bias after its weights where there is one, each number as 8
// bytes, lowest first.
func (r *Run) Fingerprint() string {
	var b []byte
	for _, t := range r.Tests {
		p := t.Main().Learned
		for _, w := range p.W {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(w))
		}
		if p.Bias {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p.B))
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256(b))
}

// each calls f for 0 … n−1 on all cores, leaving out those after one that
// failed. It returns the error of the first in order that failed, on however
// many cores, or else ctx's if that kept anything from being done.
func each(ctx context.Context, n int, f func(i int) error) error {
	var (
		mu     sync.Mutex
		failed = n
		first  error // of f(failed)
		cut    error // of a call that ctx ended
	)
	err := parallel.Do(ctx, n, func(i int) {
		mu.Lock()
		late := i > failed
		mu.Unlock()
		if late {
			return
		}
		err := f(i)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err != nil && err == ctx.Err():
			cut = err
		case err != nil && i < failed:
			failed, first = i, err
		}
	})
	if first != nil {
		return first
	}
	if cut != nil {
		return cut
	}
	return err
}

// A Trial is one training on freshly drawn points.
type Trial struct {
	Variant
	Data     perceptron.Data
	Learned  *perceptron.Perceptron
	Outcome  perceptron.Outcome
	Accuracy float64 // on the test points
}

// drawsLine reports whether w is not 0.
func (t Trial) drawsLine() bool { return t.Learned.W[0] != 0 || t.Learned.W[1] != 0 }

// New returns a perceptron of c's settings that has learned nothing.
func (c Config) New() *perceptron.Perceptron {
	p := perceptron.New(2)
	p.Rule, p.Bias, p.MaxEpochs, p.MaxUpdates, p.Rate = c.Rule, c.Bias, c.MaxEpochs, c.MaxUpdates, c.Rate
	return p
}

// trial draws the points of a pair with a seed and trains on them.
func (c Config) trial(ctx context.Context, v Variant, pair perceptron.Pair, seed uint32) (Trial, error) {
	rng := nprand.New(seed)
	d, err := pair.Sample(c.N, rng)
	if err != nil {
		return Trial{}, err
	}
	if v != c.Variant {
		c.Variant, c.MaxUpdates = v, 0
	}
	p := c.New()
	out, err := p.Train(ctx, d.TrainX, d.TrainY, rng)
	if err != nil {
		return Trial{}, err
	}
	return Trial{v, d, p, out, p.Accuracy(d.TestX, d.TestY)}, nil
}

// trials runs every variant on the same draws.
func (c Config) trials(ctx context.Context, s Setup, seed uint32) ([]Trial, error) {
	var list []Trial
	for _, v := range c.Variants() {
		t, err := c.trial(ctx, v, s.Pair, seed)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("test %s, seed %d, %s: %w", s.Name, seed, v, err)
		}
		list = append(list, t)
	}
	return list, nil
}
