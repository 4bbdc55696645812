package progress

import (
	"math"
	"time"
)

// A Counter counts for one goroutine and tells its bar now and then, so that
// goroutines with short steps do not wait for each other's counts: Add is an
// addition and a comparison, mostly. [Bar.Counter] makes one.
type Counter struct {
	bar   *Bar
	n     int64 // counted and not yet told
	every int64 // tell when it is so many
	pace  pace
}

// Counter returns a counter for b, which may be nil or no terminal's.
func (b *Bar) Counter() *Counter {
	if b == nil || b.w == nil {
		return &Counter{every: math.MaxInt64}
	}
	return &Counter{bar: b, every: 1, pace: pace{b.now(), 1}}
}

// Add counts n more units as done and draws the bar if it is time to. It
// allocates nothing and looks at the clock once in up to 64 units.
func (c *Counter) Add(n int) {
	c.n += int64(n)
	if c.n >= c.every {
		c.tell()
	}
}

// Flush tells the bar what it does not know yet. Call it when the work is done.
func (c *Counter) Flush() {
	if c.bar != nil && c.n != 0 {
		c.tell()
	}
}

func (c *Counter) tell() {
	now := c.bar.now()
	c.every = c.pace.next(now)
	c.bar.done.Add(c.n)
	c.n = 0
	if !c.bar.mu.TryLock() {
		return // someone else is drawing
	}
	defer c.bar.mu.Unlock()
	if now.Sub(c.bar.drawn) >= interval {
		c.bar.draw(now)
	}
}

// pace decides how much may be counted before the clock is looked at again.
type pace struct {
	looked time.Time // when it was looked at
	stride int64     // how much was to be counted until then
}

// next takes a look at the clock and returns how much to count until the next
// one: about a hundredth of a second's worth, 64 at most so that slow steps
// are noticed soon after fast ones.
func (p *pace) next(now time.Time) int64 {
	switch since := now.Sub(p.looked); {
	case since > interval/5:
		p.stride = max(p.stride/4, 1)
	case since < interval/20:
		p.stride = min(p.stride*2, 64)
	}
	p.looked = now
	return p.stride
}
