package bench

import (
	"encoding/json"
	"math"
	"slices"
)

// A result is all that a run of the bench found.
type result struct {
	Machine     machine      `json:"machine"`
	Kernel      string       `json:"kernel,omitempty"` // glassbox's, for products
	Rounds      int          `json:"rounds"`           // at most, of each piece of work
	Slice       float64      `json:"slice_seconds"`
	Peers       []peerResult `json:"peers"`
	Sections    []section    `json:"sections"`
	Interrupted bool         `json:"interrupted"`
}

// A peerResult is who was measured, or why not.
type peerResult struct {
	Name    string `json:"name"`
	About   string `json:"about,omitempty"` // version, BLAS and its core type
	Missing string `json:"missing,omitempty"`
}

// find returns the first contender with the role that has times, else one without.
func (c workCase) find(r role) contender {
	return c.first(func(s contender) bool { return s.Role == r })
}

// byName returns the first contender with the name that has times, else one without.
func (c workCase) byName(name string) contender {
	return c.first(func(s contender) bool { return s.Name == name })
}

func (c workCase) first(want func(contender) bool) contender {
	i := slices.IndexFunc(c.Contenders, func(s contender) bool { return want(s) && len(s.Seconds) > 0 })
	if i < 0 {
		return contender{}
	}
	return c.Contenders[i]
}

// isPeer says whether glassbox is compared with s.
func (s contender) isPeer() bool { return s.Role == theirs || s.Role == secondWay }

// ratios returns, round by round, s's time over glassbox's.
func (c workCase) ratios(s contender) []float64 { return over(s.Seconds, c.find(ours).Seconds) }

// share returns glassbox's speed as a share of its product's peak, the median
// over the rounds, and the median peak in flops a second; 0 where either is not
// known.
func (c workCase) share() (share, flops float64) {
	top := c.find(peak)
	per := over(top.Seconds, c.find(ours).Seconds) // both for one operation
	if len(per) == 0 || c.Flops == 0 {
		return 0, 0
	}
	return median(per) * c.Flops / top.Flops, top.Flops / median(top.Seconds)
}

// seriesJSON is a contender with what its times come to.
type seriesJSON struct {
	Name    string    `json:"name"`
	Role    role      `json:"role,omitempty"`
	Failed  string    `json:"failed,omitempty"`
	Median  float64   `json:"median_seconds,omitempty"`
	Best    float64   `json:"best_seconds,omitempty"`
	Noise   float64   `json:"noise,omitempty"`           // half the distance between the quartiles over the median
	Ratio   *float64  `json:"ratio,omitempty"`           // to glassbox's times, the median over the rounds
	Between []float64 `json:"ratio_quartiles,omitempty"` // of the rounds' ratios
	Flops   float64   `json:"flops,omitempty"`           // of one operation, where not the case's
	Seconds []float64 `json:"seconds,omitempty"`         // an operation, in each round
}

// MarshalJSON writes a case with its statistics.
func (c workCase) MarshalJSON() ([]byte, error) {
	type plain workCase
	out := struct {
		plain
		Share  float64      `json:"share_of_peak,omitempty"`
		Series []seriesJSON `json:"series"`
	}{plain: plain(c)}
	out.Share, _ = c.share()
	for _, s := range c.Contenders {
		j := seriesJSON{Name: s.Name, Role: s.Role, Failed: s.Failed, Flops: s.Flops, Seconds: s.Seconds}
		if len(s.Seconds) > 0 {
			j.Median, j.Best, j.Noise = median(s.Seconds), quantile(s.Seconds, 0), noise(s.Seconds)
		}
		if r := c.ratios(s); len(r) > 0 && s.Role != ours && s.Role != peak && s.Role != exps {
			m := median(r)
			j.Ratio, j.Between = &m, []float64{quantile(r, 0.25), quantile(r, 0.75)}
		}
		if math.IsNaN(j.Noise) {
			j.Noise = 0
		}
		out.Series = append(out.Series, j)
	}
	return json.Marshal(out)
}

// quantile returns the q-quantile of v, 0 ≤ q ≤ 1: linear between the two
// nearest of the sorted numbers, as numpy.quantile does by default. It is a NaN
// for no numbers.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	at := q * float64(len(s)-1)
	i := min(int(at), len(s)-1)
	j := min(i+1, len(s)-1)
	return s[i] + (at-float64(i))*(s[j]-s[i])
}

func median(v []float64) float64 { return quantile(v, 0.5) }

// noise returns half the distance between the quartiles of v over its median:
// about half of the numbers lie within that share of the median.
func noise(v []float64) float64 {
	return (quantile(v, 0.75) - quantile(v, 0.25)) / 2 / median(v)
}

// over returns a[i]/b[i] for the rounds that both have.
func over(a, b []float64) []float64 {
	var r []float64
	for i := range min(len(a), len(b)) {
		r = append(r, a[i]/b[i])
	}
	return r
}
