package nprand

import (
	"fmt"
	"math"
	"math/bits"
	"sort"
)

// Shuffle puts n things into the order of numpy.random.shuffle, the way of
// Fisher and Yates: for i = n−1 … 1 it calls swap(i, j) with j uniform in
// [0, i]. The rows of a matrix, a list and an array of n elements all take the
// same draws. i may equal j. It draws ahead of the calls, so swap must leave r
// alone. It panics if n is negative.
func (r *RandomState) Shuffle(n int, swap func(i, j int)) {
	if n < 0 {
		panic(fmt.Sprintf("nprand.Shuffle: n = %d, want at least 0", n))
	}
	var js [ahead]int
	for i := n - 1; i > 0; {
		for _, j := range r.partners(&js, i) {
			swap(i, j)
			i--
		}
	}
}

// Permutation returns permutation(n): 0 … n−1 shuffled. It panics if n is
// negative.
func (r *RandomState) Permutation(n int) []int {
	if n < 0 {
		panic(fmt.Sprintf("nprand.Permutation: n = %d, want at least 0", n))
	}
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	var js [ahead]int
	for i := n - 1; i > 0; {
		for _, j := range r.partners(&js, i) {
			p[i], p[j] = p[j], p[i]
			i--
		}
	}
	return p
}

// ahead is how many partners are drawn at a time.
const ahead = 64

// partners returns the partners of i > 0, i−1, … in a shuffle, as many as it
// finds at once. Each is a number up to its i, as upTo draws it; but whether a
// word will do is added up and not asked, because no branch can foresee it.
func (r *RandomState) partners(js *[ahead]int, i int) []int {
	if uint64(i) > math.MaxUint32 {
		js[0] = int(r.upTo(uint64(i)))
		return js[:1]
	}
	mask := 1<<bits.Len(uint(i)) - 1
	w := r.words()
	w = w[:min(len(w), ahead)]
	n, used := 0, len(w)
	for k, u := range w {
		j := int(u) & mask
		js[n] = j
		if j <= i {
			n++
			i--
		}
		if i <= mask>>1 { // the next has fewer bits, or there is none
			used = k + 1
			break
		}
	}
	r.left -= uint(used)
	return js[:n]
}

// Choice returns choice(n, k, replace=False): k different numbers of 0 … n−1.
// They are the first k of Permutation(n), whatever k is. It panics unless
// 0 ≤ k ≤ n.
func (r *RandomState) Choice(n, k int) []int {
	if n < 0 || k < 0 || k > n {
		panic(fmt.Sprintf("nprand.Choice: n = %d, k = %d, want 0 ≤ k ≤ n", n, k))
	}
	return r.Permutation(n)[:k:k]
}

// ChoiceP returns choice(len(p), k, p=p): k numbers of 0 … len(p)−1, each drawn
// with its probability in p, so the same number may come again. It panics if k
// is negative or if p is empty, has a negative element or one that is not a
// number, or does not sum to 1 within 1.5e-8 as NumPy asks.
func (r *RandomState) ChoiceP(p []float64, k int) []int {
	if k < 0 {
		panic(fmt.Sprintf("nprand.ChoiceP: k = %d, want at least 0", k))
	}
	const tolerance = 0x1p-26 // √2⁻⁵²
	cdf := make([]float64, len(p))
	sum := 0.0
	for i, x := range p {
		if !(x >= 0) {
			panic(fmt.Sprintf("nprand.ChoiceP: p[%d] = %v is not a probability", i, x))
		}
		sum += x
		cdf[i] = sum
	}
	if !(math.Abs(sum-1) <= tolerance) {
		panic(fmt.Sprintf("nprand.ChoiceP: the %d probabilities sum to %v, want 1", len(p), sum))
	}
	for i := range cdf {
		cdf[i] /= sum
	}
	chosen := make([]int, k)
	for i := range chosen {
		u := r.Float64()
		chosen[i] = sort.Search(len(cdf), func(j int) bool { return cdf[j] > u })
	}
	return chosen
}
