package nprand

import (
	"fmt"
	"math"
	"math/bits"
)

// Intn returns the next number of randint(n): uniform in [0, n). It panics if
// n < 1. n = 1 draws nothing.
func (r *RandomState) Intn(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("nprand.Intn: n = %d, want at least 1", n))
	}
	return int(r.upTo(uint64(n - 1)))
}

// RandInt returns the next number of randint(lo, hi), NumPy's default dtype
// being int64: uniform in [lo, hi). It panics if hi ≤ lo. A range of one number
// draws nothing.
func (r *RandomState) RandInt(lo, hi int64) int64 {
	if hi <= lo {
		panic(fmt.Sprintf("nprand.RandInt: lo = %d, hi = %d: no integer lies in between", lo, hi))
	}
	// Unsigned, because hi−lo may not fit an int64; the sum wraps back.
	return lo + int64(r.upTo(uint64(hi)-1-uint64(lo)))
}

// upTo returns an integer uniform in [0, last]: it draws as many bits as last
// has until they are not above last. One word of 32 bits a try where last fits
// in 32 bits, else two.
func (r *RandomState) upTo(last uint64) uint64 {
	if last == 0 {
		return 0
	}
	mask := uint64(math.MaxUint64) >> bits.LeadingZeros64(last)
	for {
		var u uint64
		if last <= math.MaxUint32 {
			u = uint64(r.Uint32()) & mask
		} else {
			u = r.Uint64() & mask
		}
		if u <= last {
			return u
		}
	}
}
