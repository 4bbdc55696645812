package nprand

// The Mersenne Twister MT19937 of M. Matsumoto and T. Nishimura, "Mersenne
// Twister: a 623-dimensionally equidistributed uniform pseudo-random number
// generator", ACM TOMACS 8 (1998), seeded in the two ways NumPy seeds it.

const (
	stateLen = 624
	stateMid = 397 // how far ahead the recurrence looks
)

// A RandomState draws the numbers of numpy.random.RandomState. Make one with
// [New]. It is a plain value: `saved := *r` keeps the state and `*r = saved`
// goes back to it. It must not be used by two goroutines at once.
type RandomState struct {
	key  [stateLen / 2]uint64 // the recurrence's last 624 words, in pairs: see refill
	out  [stateLen]uint32     // what it hands out: the words of key, tempered
	left uint                 // how many of out are not yet handed out: its last ones
	made int                  // how many words refill has made since the seeding

	seeded bool

	kept    float64 // the second normal deviate of a pair, while hasKept
	hasKept bool
}

// New returns the state of numpy.random.RandomState(seed).
func New(seed uint32) *RandomState {
	r := new(RandomState)
	r.Seed(seed)
	return r
}

// Seed puts r into the state of numpy.random.seed(seed).
func (r *RandomState) Seed(seed uint32) {
	k := firstKey(seed)
	r.start(&k)
}

// firstKey returns the words that follow from a number.
func firstKey(seed uint32) (k [stateLen]uint32) {
	for i := range k {
		k[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return k
}

// SeedArray puts r into the state of numpy.random.seed(key) with a list, which
// NumPy treats otherwise than a number: SeedArray([]uint32{5}) and Seed(5) give
// different streams. It panics if key is empty.
func (r *RandomState) SeedArray(key []uint32) {
	if len(key) == 0 {
		panic("nprand.SeedArray: the key is empty, want at least one number")
	}
	k := firstKey(19650218)
	i, j := 1, 0
	next := func() { // to the following word of the state, around its end
		if i++; i == stateLen {
			k[0] = k[stateLen-1]
			i = 1
		}
	}
	for range max(stateLen, len(key)) {
		prev := k[i-1]
		k[i] = (k[i] ^ (prev^prev>>30)*1664525) + key[j] + uint32(j)
		if j++; j == len(key) {
			j = 0
		}
		next()
	}
	for range stateLen - 1 {
		prev := k[i-1]
		k[i] = (k[i] ^ (prev^prev>>30)*1566083941) - uint32(i)
		next()
	}
	k[0] = 1 << 31 // so that the state is not all zero
	r.start(&k)
}

// start makes k the words of the state, none of which is handed out.
func (r *RandomState) start(k *[stateLen]uint32) {
	for i := range r.key {
		r.key[i] = pair(k[2*i], k[2*i+1])
	}
	r.seeded = true
	r.left, r.made = 0, 0
	r.kept, r.hasKept = 0, false
}

// Uint32 returns the generator's next 32 bits.
func (r *RandomState) Uint32() uint32 {
	if r.left == 0 {
		r.refill()
	}
	r.left--
	return r.out[stateLen-1-r.left]
}

// Uint64 returns the next 64 bits: two draws, the first of which is the upper
// half.
func (r *RandomState) Uint64() uint64 {
	hi := r.Uint32()
	return uint64(hi)<<32 | uint64(r.Uint32())
}

// Drawn returns how many 32-bit words have been handed out since the seeding: the
// next one is word Drawn() of the stream, counted from 0.
func (r *RandomState) Drawn() int { return r.made - int(r.left) }

// words returns the next words, at least one; the caller takes from left how
// many of them it uses.
func (r *RandomState) words() []uint32 {
	if r.left == 0 {
		r.refill()
	}
	return r.out[stateLen-r.left:]
}

// refill runs the recurrence 624 words further,
//
//	k[i+624] = k[i+397] ^ twist(k[i] & upper bit | k[i+1] & lower bits)
//
// and tempers them. It works on two words at a time: pair j is k[2j] in its
// lower half and k[2j+1] in its upper one.
func (r *RandomState) refill() {
	if !r.seeded {
		panic("nprand: a RandomState that was not seeded; make it with New")
	}
	const mid = stateMid / 2 // pair j+mid has word 2j+397 in its upper half
	k := &r.key
	u, m := k[0], k[mid]
	step := func(j int, mNext, uNext uint64) {
		y := twist(u, straddle(u, uNext)) ^ straddle(m, mNext)
		k[j] = y
		u, m = uNext, mNext
		y = temper(y)
		r.out[2*j], r.out[2*j+1] = uint32(y), uint32(y>>32)
	}
	n := len(k)
	for j := range n - mid - 1 {
		step(j, k[j+mid+1], k[j+1])
	}
	for j := n - mid - 1; j < n-1; j++ {
		step(j, k[j+mid+1-n], k[j+1])
	}
	step(n-1, k[mid], k[0])
	r.left = stateLen
	r.made += stateLen
}

// pair puts two words together.
func pair(lo, hi uint32) uint64 { return uint64(hi)<<32 | uint64(lo) }

// straddle returns the upper word of a pair and the lower one of the next.
func straddle(a, b uint64) uint64 { return a>>32 | b<<32 }

// twist joins the upper bit of u's words to the lower bits of v's and
// multiplies by the recurrence's matrix.
func twist(u, v uint64) uint64 {
	const one = 1<<32 | 1 // a 1 in both words
	y := u&(one<<31) | v&(one<<31-one)
	return y>>1&(one<<31-one) ^ y&one*0x9908b0df
}

// temper is the last step between the recurrence and what is handed out.
func temper(y uint64) uint64 {
	const one = 1<<32 | 1
	y ^= y >> 11 & (one<<21 - one)
	y ^= y << 7 & (one * 0x9d2c5680)
	y ^= y << 15 & (one * 0xefc60000)
	return y ^ y>>18&(one<<14-one)
}
