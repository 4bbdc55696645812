package main

import (
	"context"
	"math"
	"sync"

	"glassbox/cmd/internal/parallel"
	"glassbox/mat"
	"glassbox/perceptron"
)

// A result is all that is found out about one setup.
type result struct {
	setup
	trials  []trial  // with -seed, the variant asked for first
	spreads []spread // of the accuracy over the further seeds, a variant each
	ceilings
}

// main is the training that was asked for.
func (r result) main() trial { return r.trials[0] }

// ceilings say how well anything could do.
type ceilings struct {
	origin  float64    // any line through the origin, on the test points
	originW [2]float64 // such a line
	bayes   float64    // anything at all, expected on fresh points

	// The rest is known only where lines is true: finding the best of all
	// lines takes the square of the number of points.
	lines                   bool
	line                    float64 // any line, on the test points
	separable, fromOrigin   bool    // all points, by any line and by one through the origin
	trainLine, trainThrough float64 // the best on the training points
}

// maxLines is up to how many points the best line of all is looked for.
const maxLines = 1000

func newCeilings(pair perceptron.Pair, d perceptron.Data) (c ceilings, err error) {
	if c.bayes, err = perceptron.Bayes(pair); err != nil {
		return c, err
	}
	c.origin, c.originW = perceptron.BestThroughOrigin(d.TestX, d.TestY)
	n := d.TrainX.Rows + d.TestX.Rows
	if n > maxLines {
		return c, nil
	}
	c.lines = true
	c.line = perceptron.BestLine(d.TestX, d.TestY)
	c.trainLine = perceptron.BestLine(d.TrainX, d.TrainY)
	c.trainThrough, _ = perceptron.BestThroughOrigin(d.TrainX, d.TrainY)
	all := mat.New(n, 2)
	all.RowRange(0, d.TrainX.Rows).CopyFrom(d.TrainX)
	all.RowRange(d.TrainX.Rows, n).CopyFrom(d.TestX)
	labels := append(append([]float64{}, d.TrainY...), d.TestY...)
	through, _ := perceptron.BestThroughOrigin(all, labels)
	c.separable, c.fromOrigin = perceptron.BestLine(all, labels) == 1, through == 1
	return c, nil
}

// A spread describes a number over several seeds.
type spread struct {
	Count int     `json:"count"`
	Mean  float64 `json:"mean"`
	SD    float64 `json:"sd"` // of the seeds themselves, np.std
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
}

// newSpread leaves the NaN out, which stand for seeds not come to.
func newSpread(values []float64) spread {
	s := spread{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, v := range values {
		if v == v {
			s.Count++
			s.Mean += v
			s.Min, s.Max = min(s.Min, v), max(s.Max, v)
		}
	}
	if s.Count == 0 {
		return spread{}
	}
	s.Mean /= float64(s.Count)
	for _, v := range values {
		if v == v {
			s.SD += float64((v - s.Mean) * (v - s.Mean))
		}
	}
	s.SD = math.Sqrt(s.SD / float64(s.Count))
	return s
}

// run trains on every setup with -seed and with the further seeds, on all
// cores. tick is called after each further seed of a setup. When ctx ends it
// returns ctx's error with the results of the setups that were done by then,
// and the spreads over the seeds that were.
func (c config) run(ctx context.Context, tick func()) ([]result, error) {
	results := make([]result, len(c.setups))
	err := each(ctx, len(c.setups), func(i int) error {
		s := c.setups[i]
		trials, err := c.trials(ctx, s, c.seed)
		if err != nil {
			return err
		}
		ceil, err := newCeilings(s.pair, trials[0].data)
		results[i] = result{s, trials, make([]spread, len(trials)), ceil}
		return err
	})
	if err != nil {
		var done []result
		for _, r := range results {
			if r.trials != nil {
				done = append(done, r)
			}
		}
		return done, err
	}

	// accuracies[setup][variant][seed]
	accuracies := make([][][]float64, len(results))
	for i, r := range results {
		for range r.trials {
			unknown := make([]float64, c.seeds)
			for k := range unknown {
				unknown[k] = math.NaN()
			}
			accuracies[i] = append(accuracies[i], unknown)
		}
	}
	err = each(ctx, len(results)*c.seeds, func(job int) error {
		i, k := job/c.seeds, job%c.seeds
		trials, err := c.trials(ctx, c.setups[i], c.seed+1+uint32(k))
		for v, t := range trials {
			accuracies[i][v][k] = t.accuracy
		}
		tick()
		return err
	})
	for i := range results {
		for v, values := range accuracies[i] {
			results[i].spreads[v] = newSpread(values)
		}
	}
	return results, err
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
