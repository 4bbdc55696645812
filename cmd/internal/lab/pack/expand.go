package pack

import "errors"

// A model has the chances of what comes next in bytes that repeat themselves: a
// byte, or bytes as they stood at some distance before, which may be a distance
// used lately. It is LZMA's, with one way of writing for lengths and distances.
type model struct {
	phase   int // a byte's place in a word is its number's remainder by phase+1
	match   [27][4]chance
	again   [27]chance
	which   [27][4]chance // of the distances used lately
	lengths [2]numbers
	dists   [4]numbers
	bytes   [8 * 4][3 * 256]chance

	// What has been.
	state  int // the kinds of the last three tokens
	recent [4]int
	end    int // how many bytes there are to be
}

const (
	literal = iota
	match
	again
)

func newModel(phase, end int) *model {
	m := &model{phase: phase, end: end, recent: [4]int{1, 1, 1, 1}}
	fill := func(p []chance) {
		for i := range p {
			p[i] = even
		}
	}
	number := func(n *numbers) {
		fill(n.slot[:])
		fill(n.low[:])
		for i := range n.short {
			fill(n.short[i][:])
		}
	}
	fill(m.again[:])
	for i := range m.match {
		fill(m.match[i][:])
		fill(m.which[i][:])
	}
	for i := range m.lengths {
		number(&m.lengths[i])
	}
	for i := range m.dists {
		number(&m.dists[i])
	}
	for i := range m.bytes {
		fill(m.bytes[i][:])
	}
	return m
}

// A token stands for n bytes: one as it is, or as many as stood dist before, where
// dist may be number lately of those used last.
type token struct{ kind, n, dist, lately int }

// then is the state after a token.
func then(state, kind int) int { return state%9*3 + kind }

// byteChances are those of the byte that follows b.
func (m *model) byteChances(b []byte) *[3 * 256]chance {
	last := 0
	if len(b) > 0 {
		last = int(b[len(b)-1])
	}
	return &m.bytes[last>>5|len(b)&m.phase<<3]
}

// code codes the token that follows b and returns what is then there. The byte of a
// token that is one comes with it.
func (m *model) code(c *coder, t token, b []byte, value int) ([]byte, error) {
	copied := c.bit(&m.match[m.state][len(b)&m.phase], boolBit(t.kind != literal))
	if copied == 0 {
		p := m.byteChances(b)
		at, meant := 1, -1
		if m.state%3 != literal && m.recent[0] <= len(b) {
			meant = int(b[len(b)-m.recent[0]])
		}
		for i := 7; i >= 0; i-- {
			o := 0
			if meant >= 0 {
				o = 256 << (meant >> i & 1)
			}
			bit := c.bit(&p[o+at], value>>i&1)
			if meant >= 0 && bit != meant>>i&1 {
				meant = -1
			}
			at = at<<1 | bit
		}
		m.state = then(m.state, literal)
		return append(b, byte(at)), nil
	}
	least := 1
	if c.bit(&m.again[m.state], boolBit(t.kind == again)) == 1 {
		t.kind, t.lately = again, c.tree(m.which[m.state][:], 2, t.lately)-4
		t.n = least + c.number(&m.lengths[1], t.n-least)
	} else {
		least = 2
		t.kind, t.lately = match, 3
		t.n = least + c.number(&m.lengths[0], t.n-least)
		m.recent[3] = 1 + c.number(&m.dists[min(t.n-least, 3)], t.dist-1)
	}
	m.used(t.lately)
	m.state = then(m.state, t.kind)
	if t.n > m.end-len(b) || m.recent[0] > len(b) {
		return b, errBroken
	}
	for range t.n {
		b = append(b, b[len(b)-m.recent[0]])
	}
	return b, nil
}

// used puts the distance with that number before the others.
func (m *model) used(lately int) {
	d := m.recent[lately]
	copy(m.recent[1:], m.recent[:lately])
	m.recent[0] = d
}

func boolBit(b bool) int {
	if b {
		return 1
	}
	return 0
}

var errBroken = errors.New("packed text that no packing writes")

// most bounds the bytes of a text that expand makes, in bits.
const most = 28

// expand undoes squeeze and returns how many characters of the text it has read.
func expand(text []byte) (b []byte, read int, err error) {
	c := newReader(text)
	n, phase := c.plain(most, 0), c.plain(2, 0)
	if c.broken {
		return nil, 0, errBroken
	}
	m := newModel(phase, n)
	b = make([]byte, 0, min(n, 1<<24)) // a text may claim anything
	for len(b) < n && err == nil {
		if c.broken {
			return nil, 0, errBroken
		}
		b, err = m.code(c, token{}, b, 0)
	}
	return b, c.at, err
}
