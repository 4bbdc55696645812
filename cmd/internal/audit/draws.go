package audit

import (
	"fmt"
	"math"
	mathbits "math/bits"

	"glassbox/mat"
	"glassbox/mat/nprand"
	"glassbox/nn/audit"
)

// A word is one of the generator's, with its place in the stream.
type word struct {
	at   int // 0 is the first after the seeding
	bits uint32
}

func next(r *nprand.RandomState) word { return word{r.Drawn(), r.Uint32()} }

func (w word) String() string { return fmt.Sprintf("word %d 0x%08x", w.at, w.bits) }

// A drawing is a number that the generator gave and what it was found from,
// down to its words.
type drawing struct {
	given  []audit.Definition
	number float64
}

func (d *drawing) find(value float64, format string, args ...any) float64 {
	d.given = append(d.given, audit.Definition{Text: fmt.Sprintf(format, args...), Value: value})
	return value
}

// normal follows standard normal deviate n after a state in which none of a pair
// is kept, by the polar method: NumPy's legacy_gauss.
func normal(r nprand.RandomState, n int, name string) drawing {
	for range n / 2 * 2 {
		r.StandardNormal()
	}
	var d drawing
	for {
		a, b, c, e := next(&r), next(&r), next(&r), next(&r)
		x1, x2 := signed(a, b), signed(c, e)
		r2 := float64(x1*x1) + float64(x2*x2)
		if r2 >= 1 || r2 == 0 {
			d.find(r2, "words %d to %d 0x%08x 0x%08x 0x%08x 0x%08x give a point that is not in the unit disk: its x1² + x2²", a.at, e.at, a.bits, b.bits, c.bits, e.bits)
			continue
		}
		d.find(x1, "x1 = 2·((a>>5)·2²⁶ + (b>>6))/2⁵³ − 1, a = %s, b = %s", a, b)
		d.find(x2, "x2 = 2·((a>>5)·2²⁶ + (b>>6))/2⁵³ − 1, a = %s, b = %s", c, e)
		d.find(r2, "r2 = x1² + x2²")
		f := d.find(math.Sqrt(-2*mat.Log(r2)/r2), "f = √(−2·log(r2)/r2)")
		if n%2 == 0 {
			d.number = d.find(f*x2, "%s = f·x2", name)
		} else {
			d.number = d.find(f*x1, "%s = f·x1, the second of its pair", name)
		}
		return d
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
func shuffled(r *nprand.RandomState, n, place int, name string) drawing {
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
	var d drawing
	for k := len(path) - 1; k >= 0; k-- {
		s := path[k]
		d.find(float64(s.j), "the shuffle swaps place %d with that of %s & %d", s.i, s.word, s.mask)
	}
	d.number = d.find(float64(place), "%s, before the shuffle", name)
	return d
}
