package part1

import "math"

// A Spread describes a number over several seeds.
type Spread struct {
	Count int     `json:"count"`
	Mean  float64 `json:"mean"`
	SD    float64 `json:"sd"` // of the seeds themselves, np.std
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
}

// newSpread leaves the NaN out, which stand for seeds not come to.
func newSpread(values []float64) Spread {
	s := Spread{Min: math.Inf(1), Max: math.Inf(-1)}
	for _, v := range values {
		if v == v {
			s.Count++
			s.Mean += v
			s.Min, s.Max = min(s.Min, v), max(s.Max, v)
		}
	}
	if s.Count == 0 {
		return Spread{}
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

// few is how many seeds, or test points, are too few to draw conclusions from.
const few = 20

// holds reports whether a value is one that the seeds give.
func (s Spread) holds(v float64) bool { return v >= s.Min && v <= s.Max }

// above says how s's mean compares with o's: 1 and −1 where they differ by more
// than two standard errors, as of independent draws.
func (s Spread) above(o Spread) int {
	if s.Count < 2 || o.Count < 2 {
		return 0
	}
	e := 2 * math.Sqrt(float64(s.SD*s.SD)/float64(s.Count)+float64(o.SD*o.SD)/float64(o.Count))
	switch d := s.Mean - o.Mean; {
	case d > e:
		return 1
	case d < -e:
		return -1
	}
	return 0
}

// far says on which side of the mean a value is by more than two standard
// deviations, and 0 if it is nearer.
func (s Spread) far(v float64) int {
	const rounding = 1e-9 // of a mean of equal values
	switch d := v - s.Mean; {
	case d > 2*s.SD+rounding:
		return 1
	case d < -2*s.SD-rounding:
		return -1
	}
	return 0
}
