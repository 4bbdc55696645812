package nprand

// The Mersenne Twister MT19937 of M. Matsumoto and T. Nishimura, "Mersenne
// Twister: a 623-dimensionally equidistributed uniform pseudo-random number
// generator", ACM TOMACS 8 (1998), seeded in the two ways NumPy seeds it.

const (
	stateLen = 624
	stateMid = 397 // how far ahead the recurrence looks

	upperBit  = 0x80000000
	lowerBits = 0x7fffffff
	twistMask = 0x9908b0df
)

// A RandomState draws the numbers of numpy.random.RandomState. Make one with
// [New]. It is a plain value: `saved := *r` keeps the state and `*r = saved`
// goes back to it. It must not be used by two goroutines at once.
type RandomState struct {
	key  [stateLen]uint32 // the recurrence's last 624 words
	out  [stateLen]uint32 // what it hands out: key, tempered, the first one last
	left uint             // words of out not yet handed out: the next is out[left-1]

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
	for i := range r.key {
		r.key[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	r.seeded = true
	r.left = 0
	r.kept, r.hasKept = 0, false
}

// SeedArray puts r into the state of numpy.random.seed(key) with a list, which
// NumPy treats otherwise than a number: SeedArray([]uint32{5}) and Seed(5) give
// different streams. It panics if key is empty.
func (r *RandomState) SeedArray(key []uint32) {
	if len(key) == 0 {
		panic("nprand.SeedArray: the key is empty, want at least one number")
	}
	r.Seed(19650218)
	k := &r.key
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
	k[0] = upperBit // so that the state is not all zero
}

// Uint32 returns the generator's next 32 bits.
func (r *RandomState) Uint32() uint32 {
	i := r.left - 1
	if i >= stateLen { // left was 0
		i = r.refill() - 1
	}
	r.left = i
	return r.out[i]
}

// Uint64 returns the next 64 bits: two draws, the first of which is the upper
// half.
func (r *RandomState) Uint64() uint64 {
	hi := r.Uint32()
	return uint64(hi)<<32 | uint64(r.Uint32())
}

// refill runs the recurrence 624 words further, tempers them, and returns how
// many there are.
func (r *RandomState) refill() uint {
	if !r.seeded {
		panic("nprand: a RandomState that was not seeded; make it with New")
	}
	k := &r.key
	for i := range stateLen - stateMid {
		k[i] = k[i+stateMid] ^ twist(k[i], k[i+1])
	}
	for i := stateLen - stateMid; i < stateLen-1; i++ {
		k[i] = k[i+stateMid-stateLen] ^ twist(k[i], k[i+1])
	}
	k[stateLen-1] = k[stateMid-1] ^ twist(k[stateLen-1], k[0])

	for i, y := range k {
		y ^= y >> 11
		y ^= y << 7 & 0x9d2c5680
		y ^= y << 15 & 0xefc60000
		r.out[stateLen-1-i] = y ^ y>>18
	}
	return stateLen
}

// twist joins u's upper bit to v's lower bits and multiplies by the
// recurrence's matrix.
func twist(u, v uint32) uint32 {
	y := u&upperBit | v&lowerBits
	return y>>1 ^ -(y&1)&twistMask
}
