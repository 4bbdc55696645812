// Package progress draws a bar on a terminal while long work runs, and nothing
// anywhere else.
package progress

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// interval is the shortest time between two drawings.
const interval = 100 * time.Millisecond

// Bar shows how far some work is, its rate, a few values and the time left.
// All methods may be called from several goroutines, and on a nil *Bar or one
// whose writer is no terminal they do nothing at almost no cost.
type Bar struct {
	w     io.Writer
	label string
	total int64
	unit  string
	block bool // the terminal shows UTF-8
	now   func() time.Time
	width func() int

	done atomic.Int64
	wait atomic.Int64 // calls of Add still to pass before one looks at the clock
	show [2]shown

	mu      sync.Mutex // for all below and for writing
	start   time.Time
	drawn   time.Time // when the line was last written
	pace    pace      // of the calls of Add
	visible bool
	buf     []byte
}

// shown is a value beside the bar.
type shown struct {
	name atomic.Pointer[string]
	bits atomic.Uint64
}

// New returns a bar for total units of work (steps, unless SetUnit says
// otherwise), to be drawn on w if that is a terminal. Total ≤ 0 means that the
// end is unknown: then the count is shown and no bar. Nothing is drawn before
// a tenth of a second has passed.
func New(w io.Writer, label string, total int) *Bar {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" || columns(f) == 0 {
		return &Bar{}
	}
	return newBar(w, label, total, time.Now, func() int { return columns(f) }, unicodeLocale())
}

func newBar(w io.Writer, label string, total int, now func() time.Time, width func() int, block bool) *Bar {
	t := now()
	return &Bar{w: w, label: label, total: int64(max(total, 0)), unit: "steps", block: block,
		now: now, width: width, start: t, drawn: t, pace: pace{t, 1}}
}

// SetUnit names what is counted, in the plural. Call it before the first Add.
func (b *Bar) SetUnit(plural string) {
	if b != nil {
		b.unit = plural
	}
}

// Show puts a value beside the bar, such as Show("loss", loss); it appears
// with the next drawing. Two names are kept; further ones are ignored. It
// allocates nothing once a name is known.
func (b *Bar) Show(name string, v float64) {
	if b == nil || b.w == nil {
		return
	}
	for i := range b.show {
		s := &b.show[i]
		known := s.name.Load()
		if known == nil {
			s.bits.Store(math.Float64bits(v))
			if s.name.CompareAndSwap(nil, keep(name)) {
				return
			}
			known = s.name.Load()
		}
		if *known == name {
			s.bits.Store(math.Float64bits(v))
			return
		}
	}
}

// keep moves a string to the heap, apart so that only this call allocates.
//
//go:noinline
func keep(s string) *string { return &s }

// Add counts n more units as done and draws the bar if it is time to. It
// allocates nothing and looks at the clock only once in up to 64 calls. For
// steps of microseconds a [Counter] is cheaper.
func (b *Bar) Add(n int) {
	if b == nil || b.w == nil {
		return
	}
	b.done.Add(int64(n))
	if b.wait.Add(-1) >= 0 || !b.mu.TryLock() {
		return
	}
	defer b.mu.Unlock()
	now := b.now()
	b.wait.Store(b.pace.next(now) - 1)
	if now.Sub(b.drawn) >= interval {
		b.draw(now)
	}
}

// Pause erases the bar, calls f and lets the bar come back with the next
// drawing: for what f prints to the same terminal.
func (b *Bar) Pause(f func()) {
	if b == nil || b.w == nil {
		f()
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
	f()
	b.drawn = time.Time{}
}

// Clear erases the bar, for good unless work is added again.
func (b *Bar) Clear() {
	if b == nil || b.w == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
	b.drawn = b.now()
}

func (b *Bar) erase() {
	if b.visible {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.visible = false
	}
}

// draw writes the line anew, over the old one.
func (b *Bar) draw(now time.Time) {
	b.drawn, b.visible = now, true
	b.buf = append(b.buf[:0], "\r"...)
	b.buf = append(b.buf, b.line(now)...)
	b.buf = append(b.buf, "\x1b[K"...)
	b.w.Write(b.buf)
}

// unicodeLocale reports whether the terminal's user has chosen UTF-8.
func unicodeLocale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(os.Getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}
