package pack

import "math/bits"

// Digits are what packed text is made of: a page's plain characters but <, which
// means something in it.
const digits = " !\"#$%&'()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

const (
	base  = len(digits)               // 94
	least = base * base * base        // the range is kept from here
	whole = base * base * base * base // up to here, so that numbers of a script hold it
)

// A chance says how probable a 0 is, of 2048. It learns from every bit.
type chance uint16

const even chance = 1024

func (p *chance) learn(b int) {
	if b == 0 {
		*p += (2048 - *p) >> 5
	} else {
		*p -= *p >> 5
	}
}

// A coder is an adaptive arithmetic coder whose output is digits of base 94: no
// byte has to be written as text afterwards. One model of what comes next serves
// both ways, as bit takes a bit and returns it, or returns that of the text.
type coder struct {
	span   int // of the numbers left
	low    int // where they begin, writing
	code   int // where in them the text is, reading
	text   []byte
	at     int
	reads  bool
	broken bool // the text ended too soon
}

func newWriter() *coder { return &coder{span: whole} }

func newReader(text []byte) *coder {
	c := &coder{span: whole, text: text, reads: true}
	for range 4 {
		c.code = c.code*base + c.next()
	}
	return c
}

// next is the value of the next digit.
func (c *coder) next() int {
	if c.at >= len(c.text) {
		c.broken = true
		return 0
	}
	d := int(c.text[c.at]) - ' '
	c.at++
	if d > '<'-' ' {
		d--
	}
	return d
}

// bit codes a bit of which the chance is known, and lets that learn.
func (c *coder) bit(p *chance, b int) int {
	b = c.split(c.span>>8*int(*p)>>3, b)
	p.learn(b)
	return b
}

// split codes a 0 as the first zero numbers of the span, a 1 as the others.
func (c *coder) split(zero, b int) int {
	if c.reads {
		b = 0
		if c.code >= zero {
			b = 1
		}
	}
	if b == 0 {
		c.span = zero
	} else {
		c.span -= zero
		c.low += zero
		c.code -= zero
	}
	for c.span < least {
		c.span *= base
		if c.reads {
			c.code = c.code*base + c.next()
		} else {
			c.put()
		}
	}
	return b
}

// put writes the first digit of low.
func (c *coder) put() {
	if c.low >= whole { // it carries
		c.low -= whole
		i := len(c.text) - 1
		for ; int(c.text[i]) == base-1; i-- {
			c.text[i] = 0
		}
		c.text[i]++
	}
	c.text = append(c.text, byte(c.low/least))
	c.low = c.low % least * base
}

// end is the text of all that was coded.
func (c *coder) end() []byte {
	for range 4 {
		c.put()
	}
	for i, d := range c.text {
		c.text[i] = digits[d]
	}
	return c.text
}

// tree codes n bits of v, the highest first, each with a chance for what precedes it.
func (c *coder) tree(p []chance, n, v int) int {
	at := 1
	for n--; n >= 0; n-- {
		at = at<<1 | c.bit(&p[at], v>>n&1)
	}
	return at
}

// plain codes n bits that may as well be 0 as 1.
func (c *coder) plain(n, v int) int {
	r := 0
	for n--; n >= 0; n-- {
		r = r<<1 | c.split(c.span>>1, v>>n&1)
	}
	return r
}

// numbers are the chances of a number's digits: first its slot, which is twice its
// length in bits and its second bit, then the bits after these.
type numbers struct {
	slot  [64]chance
	short [64][32]chance // of all five or fewer that are left
	low   [16]chance     // of the last four of more
}

// number codes v ≥ 0.
func (c *coder) number(p *numbers, v int) int {
	s, n, rest := slot(v)
	s = c.tree(p.slot[:], 6, s) - 64
	if s < 4 {
		return s
	}
	n = s>>1 - 1
	v = (2 | s&1) << n
	if n <= 5 {
		return v + c.tree(p.short[s][:], n, rest) - 1<<n
	}
	v += c.plain(n-4, rest>>4) << 4
	return v + c.tree(p.low[:], 4, rest&15) - 16
}

// slot takes a number apart: its slot, and the n bits after it.
func slot(v int) (s, n, rest int) {
	if v < 4 {
		return v, 0, 0
	}
	n = bits.Len(uint(v)) - 2
	return n*2 + v>>n, n, v & (1<<n - 1)
}
