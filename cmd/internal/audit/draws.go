package audit

import (
	"fmt"
	"math"
	mathbits "math/bits"

	"glassbox/mat"
	"glassbox/mat/nprand"
)

// A word is one of the generator's, with its place in the stream.
type word struct {
	at   int // 0 is the first after the seeding
	bits uint32
}

func next(r *nprand.RandomState) word { return word{r.Drawn(), r.Uint32()} }

func (w word) String() string { return fmt.Sprintf("word %d 0x%08x", w.at, w.bits) }

// normal follows standard normal deviate n after a state in which none of a pair
// is kept, by the polar method, down to the generator's words: NumPy's
// legacy_gauss.
func (c *chain) normal(r nprand.RandomState, n int, name string) float64 {
	for range n / 2 * 2 {
		r.StandardNormal()
	}
	for {
		w := [4]word{next(&r), next(&r), next(&r), next(&r)}
		x1, x2 := signed(w[0], w[1]), signed(w[2], w[3])
		r2 := float64(x1*x1) + float64(x2*x2)
		if r2 >= 1 || r2 == 0 {
			c.find(r2, "words %d to %d 0x%08x 0x%08x 0x%08x 0x%08x give a point that is not in the unit disk: its x1² + x2²", w[0].at, w[3].at, w[0].bits, w[1].bits, w[2].bits, w[3].bits)
			continue
		}
		c.find(x1, "x1 = 2·((a>>5)·2²⁶ + (b>>6))/2⁵³ − 1, a = %s, b = %s", w[0], w[1])
		c.find(x2, "x2 = 2·((a>>5)·2²⁶ + (b>>6))/2⁵³ − 1, a = %s, b = %s", w[2], w[3])
		c.find(r2, "r2 = x1² + x2²")
		f := c.find(math.Sqrt(-2*mat.Log(r2)/r2), "f = √(−2·log(r2)/r2)")
		if n%2 == 0 {
			return c.find(f*x2, "%s = f·x2", name)
		}
		return c.find(f*x1, "%s = f·x1, the second of its pair", name)
	}
}

// signed makes a number of −1 to 1 of two words, exactly.
func signed(a, b word) float64 {
	return float64(int64(a.bits>>5)<<26|int64(b.bits>>6))*0x1p-52 - 1
}

// below follows a whole number of 0 to most: the low bits of the first word in
// which they are no more than that.
func below(r *nprand.RandomState, most int) (w word, mask, n int) {
	if most == 0 {
		return w, 0, 0 // takes no word
	}
	mask = 1<<mathbits.Len(uint(most)) - 1
	for {
		if w = next(r); int(w.bits)&mask <= most {
			return w, mask, int(w.bits) & mask
		}
	}
}

// shuffled follows what a shuffle or a permutation of n brings to a place back to
// where it was, through the swaps it took part in. It leaves r behind the shuffle.
func (c *chain) shuffled(r *nprand.RandomState, n, place int, name string) int {
	type swap struct {
		word
		mask, i, j int
	}
	var swaps, path []swap
	for i := n - 1; i > 0; i-- {
		w, mask, j := below(r, i)
		swaps = append(swaps, swap{w, mask, i, j})
	}
	for k := len(swaps) - 1; k >= 0; k-- {
		switch s := swaps[k]; place {
		case s.i:
			place = s.j
			path = append(path, s)
		case s.j:
			place = s.i
			path = append(path, s)
		}
	}
	for k := len(path) - 1; k >= 0; k-- {
		s := path[k]
		c.find(float64(s.j), "the shuffle swaps place %d with that of %s & %d", s.i, s.word, s.mask)
	}
	c.find(float64(place), "%s, before the shuffle", name)
	return place
}
