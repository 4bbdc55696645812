package chain

import (
	"math"
	"math/bits"

	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/mat/nprand"
)

// A Word is one of the generator's, with its place in the stream.
type Word struct {
	at   int // 0 is the first after the seeding
	bits uint32
}

func next(r *nprand.RandomState) Word { return Word{r.Drawn(), r.Uint32()} }

// Text says which word it is.
func (w Word) Text() lang.Text { return lang.T("word %d 0x%08x", w.at, w.bits) }

// Normal follows standard normal deviate n after a state in which none of a pair
// is kept, by the polar method, down to the generator's words: NumPy's
// legacy_gauss.
func (c *Chain) Normal(r nprand.RandomState, n int, name string) float64 {
	for range n / 2 * 2 {
		r.StandardNormal()
	}
	for {
		w := [4]Word{next(&r), next(&r), next(&r), next(&r)}
		x1, x2 := signed(w[0], w[1]), signed(w[2], w[3])
		r2 := float64(x1*x1) + float64(x2*x2)
		if r2 >= 1 || r2 == 0 {
			c.Find(r2, lang.T("words %d to %d 0x%08x 0x%08x 0x%08x 0x%08x give a point that is not in the unit disk: its x1² + x2²", w[0].at, w[3].at, w[0].bits, w[1].bits, w[2].bits, w[3].bits))
			continue
		}
		c.Find(x1, lang.T("x1 = 2·((a>>5)·2²⁶ + (b>>6))/2⁵³ − 1, a = %s, b = %s", w[0].Text(), w[1].Text()))
		c.Find(x2, lang.T("x2 = 2·((a>>5)·2²⁶ + (b>>6))/2⁵³ − 1, a = %s, b = %s", w[2].Text(), w[3].Text()))
		c.Find(r2, lang.Same("r2 = x1² + x2²"))
		f := c.Find(math.Sqrt(-2*mat.Log(r2)/r2), lang.Same("f = √(−2·log(r2)/r2)"))
		if n%2 == 0 {
			return c.Find(f*x2, lang.Same(name+" = f·x2"))
		}
		return c.Find(f*x1, lang.T("%s = f·x1, the second of its pair", name))
	}
}

// signed makes a number of −1 to 1 of two words, exactly.
func signed(a, b Word) float64 {
	return float64(int64(a.bits>>5)<<26|int64(b.bits>>6))*0x1p-52 - 1
}

// Below follows a whole number of 0 to most: the low bits of the first word in
// which they are no more than that.
func Below(r *nprand.RandomState, most int) (w Word, mask, n int) {
	if most == 0 {
		return w, 0, 0 // takes no word
	}
	mask = 1<<bits.Len(uint(most)) - 1
	for {
		if w = next(r); int(w.bits)&mask <= most {
			return w, mask, int(w.bits) & mask
		}
	}
}

// Shuffled follows what a shuffle or a permutation of n brings to a place back to
// where it was, through the swaps it took part in. It leaves r behind the shuffle.
func (c *Chain) Shuffled(r *nprand.RandomState, n, place int, name lang.Text) int {
	type swap struct {
		Word
		mask, i, j int
	}
	var swaps, path []swap
	for i := n - 1; i > 0; i-- {
		w, mask, j := Below(r, i)
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
		c.Find(float64(s.j), lang.T("the shuffle swaps place %d with that of %s & %d", s.i, s.Word.Text(), s.mask))
	}
	c.Find(float64(place), lang.T("%s, before the shuffle", name))
	return place
}
