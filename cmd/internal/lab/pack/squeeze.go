package pack

import (
	"math"
	"slices"
)

// squeeze writes bytes as the shortest text that it finds. Phase is 3 where they
// are words of four bytes, 0 where not.
func squeeze(data []byte, phase int) []byte {
	c := newWriter()
	c.plain(most, len(data))
	c.plain(2, phase)
	s := &squeezer{data: data, m: newModel(phase, len(data)), pairs: make([]int32, 1<<16), heads: make([]int32, 1<<hashBits), sons: make([][2]int32, len(data)), cost: make([]node, window+longEnough+1)}
	out := make([]byte, 0, len(data))
	for len(out) < len(data) {
		for _, t := range s.plan(len(out)) {
			out, _ = s.m.code(c, t, out, int(data[len(out)]))
		}
	}
	return c.end()
}

const (
	window     = 4096 // bytes planned at once
	longEnough = 160  // a repetition of that length is taken at once
	depth      = 32   // places looked at for repetitions
	hashBits   = 17
)

// A squeezer looks for the cheapest tokens by dynamic programming: the cost of a
// place is the least by which it is reached, with the chances as they are now.
type squeezer struct {
	data         []byte
	m            *model
	pairs, heads []int32 // where two and three bytes were last, plus one
	sons         [][2]int32
	found        int // places entered
	cost         []node
	plans        []token

	lengthBits [2][longEnough + 1]float32
	slotBits   [4][64]float32
}

type node struct {
	bits   float32
	t      token
	from   int32
	state  int32
	recent [4]int
}

// bitsOf has how many bits a chance costs.
var bitsOf = func() (t [2049]float32) {
	for i := range t {
		t[i] = float32(-math.Log2(max(float64(i), 1) / 2048))
	}
	return
}()

func cost(p chance, b int) float32 {
	if b == 0 {
		return bitsOf[p]
	}
	return bitsOf[2048-p]
}

func treeCost(p []chance, n, v int) (bits float32) {
	at := 1
	for n--; n >= 0; n-- {
		b := v >> n & 1
		bits += cost(p[at], b)
		at = at<<1 | b
	}
	return bits
}

// restCost is what the bits after a number's slot cost.
func restCost(p *numbers, s, n, rest int) float32 {
	if n <= 5 {
		return treeCost(p.short[s][:], n, rest)
	}
	return float32(n-4) + treeCost(p.low[:], 4, rest&15)
}

func (s *squeezer) distCost(k, d int) float32 {
	slot, n, rest := slot(d - 1)
	return s.slotBits[k][slot] + restCost(&s.m.dists[k], slot, n, rest)
}

func hash3(b []byte) uint32 {
	return (uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16) * 2654435761 >> (32 - hashBits)
}

// enter puts the places from s.found to at into the trees of those that begin with
// the same three bytes: newer above older, what sorts before on the left. The way
// down finds ever longer repetitions of what is at the last, which it hands to try.
func (s *squeezer) enter(at int, try func(j, n int)) {
	for ; s.found <= at; s.found++ {
		i := s.found
		left := min(len(s.data)-i, longEnough)
		if left < 3 {
			continue
		}
		b := s.data[i:]
		pair, head := &s.pairs[uint32(b[0])|uint32(b[1])<<8], &s.heads[hash3(b)]
		if j := int(*pair) - 1; j >= 0 && i == at {
			try(j, s.same(j, i, left))
		}
		*pair = int32(i + 1)
		j := int(*head) - 1
		*head = int32(i + 1)
		before, after := &s.sons[i][0], &s.sons[i][1]
		some, other := 0, 0 // bytes that the places on either side share with i
		for tries := depth; ; tries-- {
			if j < 0 || tries == 0 {
				*before, *after = 0, 0
				break
			}
			n := min(some, other)
			for n < left && s.data[j+n] == s.data[i+n] {
				n++
			}
			if i == at {
				try(j, n)
			}
			if n == left {
				*before, *after = s.sons[j][0], s.sons[j][1]
				break
			}
			if s.data[j+n] < s.data[i+n] {
				*before, before, some = int32(j+1), &s.sons[j][1], n
				j = int(*before) - 1
			} else {
				*after, after, other = int32(j+1), &s.sons[j][0], n
				j = int(*after) - 1
			}
		}
	}
}

// same is how many bytes are at i as at j, before i.
func (s *squeezer) same(j, i, most int) (n int) {
	for n < most && s.data[j+n] == s.data[i+n] {
		n++
	}
	return n
}

// plan returns tokens for bytes from start on.
func (s *squeezer) plan(start int) []token {
	m := s.m
	for k := range s.lengthBits {
		for n := range s.lengthBits[k] {
			slot, bits, rest := slot(n)
			s.lengthBits[k][n] = treeCost(m.lengths[k].slot[:], 6, slot) + restCost(&m.lengths[k], slot, bits, rest)
		}
	}
	for k := range s.slotBits {
		for v := range s.slotBits[k] {
			s.slotBits[k][v] = treeCost(m.dists[k].slot[:], 6, v)
		}
	}
	end := min(len(s.data)-start, window)
	for i := range s.cost {
		s.cost[i].bits = math.MaxFloat32
	}
	s.cost[0] = node{state: int32(m.state), recent: m.recent}
	var long token
	i := 0
	for ; i < end; i++ {
		if i > 0 {
			s.arrive(i)
		}
		if long = s.relax(start, i); long.n > 0 {
			break
		}
	}
	if i == end {
		s.arrive(i)
	}
	// The way back, turned round.
	s.plans = s.plans[:0]
	if long.n > 0 {
		s.plans = append(s.plans, long)
	}
	for i > 0 {
		s.plans = append(s.plans, s.cost[i].t)
		i = int(s.cost[i].from)
	}
	slices.Reverse(s.plans)
	return s.plans
}

// arrive works out the state at a place from the cheapest way to it.
func (s *squeezer) arrive(i int) {
	n := &s.cost[i]
	from := &s.cost[n.from]
	n.state, n.recent = int32(then(int(from.state), n.t.kind)), from.recent
	switch n.t.kind {
	case match:
		n.recent = [4]int{n.t.dist, from.recent[0], from.recent[1], from.recent[2]}
	case again:
		copy(n.recent[1:], from.recent[:n.t.lately])
		n.recent[0] = from.recent[n.t.lately]
	}
}

// relax tries all tokens at start+i; one that is long enough it returns.
func (s *squeezer) relax(start, i int) (long token) {
	m, at, here := s.m, start+i, &s.cost[i]
	left := len(s.data) - at
	reach := func(bits float32, t token) {
		if to := &s.cost[i+t.n]; bits < to.bits {
			to.bits, to.t, to.from = bits, t, int32(i)
		}
	}
	isMatch := m.match[here.state][at&m.phase]
	reach(here.bits+cost(isMatch, 0)+s.byteCost(at, here), token{kind: literal, n: 1})
	copied := here.bits + cost(isMatch, 1)
	best := 1 // lengths up to here are had nearer
	lately := copied + cost(m.again[here.state], 1)
	for k, d := range here.recent {
		if d > at {
			continue
		}
		n := s.same(at-d, at, min(left, longEnough))
		if n == longEnough {
			s.enter(at, func(int, int) {})
			return token{kind: again, n: s.same(at-d, at, left), dist: d, lately: k}
		}
		if n == 0 {
			continue
		}
		bits := lately + treeCost(m.which[here.state][:], 2, k)
		for n := n; n >= 1; n-- {
			reach(bits+s.lengthBits[1][n-1], token{kind: again, n: n, dist: d, lately: k})
		}
	}
	matched := copied + cost(m.again[here.state], 0)
	s.enter(at, func(j, n int) {
		if n <= best {
			return
		}
		d := at - j
		if n == longEnough {
			long = token{kind: match, n: s.same(j, at, left), dist: d, lately: 3}
		}
		far := matched + s.distCost(3, d)
		for l := best + 1; l <= n; l++ {
			bits := far
			if l < 5 {
				bits = matched + s.distCost(l-2, d)
			}
			reach(bits+s.lengthBits[0][l-2], token{kind: match, n: l, dist: d, lately: 3})
		}
		best = n
	})
	return long
}

// byteCost is what a byte costs as it is.
func (s *squeezer) byteCost(at int, here *node) (bits float32) {
	p, value, meant := s.m.byteChances(s.data[:at]), int(s.data[at]), -1
	if d := here.recent[0]; here.state%3 != literal && d <= at {
		meant = int(s.data[at-d])
	}
	node := 1
	for i := 7; i >= 0; i-- {
		b, o := value>>i&1, 0
		if meant >= 0 {
			o = 256 << (meant >> i & 1)
			if b != meant>>i&1 {
				meant = -1
			}
		}
		bits += cost(p[o+node], b)
		node = node<<1 | b
	}
	return bits
}
