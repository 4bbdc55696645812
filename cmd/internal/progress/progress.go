// Package progress draws a bar on a terminal while long work runs, and nothing
// anywhere else.
package progress

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
)

// interval is the time between two drawings.
const interval = 100 * time.Millisecond

// Bar shows how far some work is, its rate, a value and the time left. All
// methods may be called from several goroutines, and on a nil *Bar or one whose
// writer is no terminal they do nothing at almost no cost.
type Bar struct {
	w     io.Writer
	label string
	total int64
	unit  string // "steps/s"
	block bool   // the terminal shows UTF-8
	width func() int
	start time.Time
	done  atomic.Int64

	mu      sync.Mutex // for all below and for writing
	timer   *time.Timer
	name    string // of the value beside the bar, "" for none
	value   float64
	visible bool
	cleared bool
}

// New returns a bar for total units of work (steps, unless SetUnit says
// otherwise), to be drawn on w if that is a terminal. Total ≤ 0 means that the
// end is unknown: then the count is shown and no bar. It is drawn ten times a
// second until Clear.
func New(w io.Writer, label string, total int) *Bar {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" || columns(f) == 0 {
		return &Bar{}
	}
	b := newBar(w, label, total, time.Now(), func() int { return columns(f) }, unicodeLocale())
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = time.AfterFunc(interval, b.tick)
	return b
}

func newBar(w io.Writer, label string, total int, now time.Time, width func() int, block bool) *Bar {
	return &Bar{w: w, label: lang.Read(label).Here(), total: int64(max(total, 0)), unit: lang.Read("steps/s").Here(), block: block, width: width, start: now}
}

// SetUnit names what is counted, in the plural. Call it before the first Add.
func (b *Bar) SetUnit(plural string) {
	if b != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.unit = lang.Read(plural + "/s").Here()
	}
}

// Add counts n more units as done.
func (b *Bar) Add(n int) {
	if b != nil && b.w != nil {
		b.done.Add(int64(n))
	}
}

// Show puts a value beside the bar, such as Show("loss", loss).
func (b *Bar) Show(name string, v float64) {
	if b == nil || b.w == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.name, b.value = name, v
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
}

// Clear erases the bar for good.
func (b *Bar) Clear() {
	if b == nil || b.w == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cleared = true
	b.erase()
}

func (b *Bar) erase() {
	if b.visible {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.visible = false
	}
}

// tick draws the bar, and again after an interval, until it is cleared.
func (b *Bar) tick() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.cleared {
		b.draw(time.Now())
		b.timer.Reset(interval)
	}
}

// draw writes the line anew, over the old one.
func (b *Bar) draw(now time.Time) {
	b.visible = true
	fmt.Fprintf(b.w, "\r%s\x1b[K", b.line(now))
}

// line returns the text of one drawing, short enough for the terminal: where
// room is short the bar shrinks, then value, rate and count are left out.
func (b *Bar) line(now time.Time) string {
	done, elapsed := b.done.Load(), now.Sub(b.start).Seconds()
	rate := 0.0
	if elapsed > 0 {
		rate = float64(done) / elapsed
	}
	count := cli.Thousands(done)
	percent, left := "", ""
	if b.total > 0 {
		count += "/" + cli.Thousands(b.total)
		percent = fmt.Sprintf("%3d%%", min(100*done/b.total, 100))
		if rate > 0 {
			left = lang.Say("%s left", clock(float64(max(b.total-done, 0))/rate))
		}
	} else {
		left = clock(elapsed)
	}
	value := ""
	if b.name != "" {
		value = lang.Read(b.name).Here() + " " + strconv.FormatFloat(b.value, 'g', 4, 64)
	}
	room := b.width() - 1 // a full last column would wrap on some terminals
	// Each try has less: label, bar and percent, count, rate, value, time left.
	full := []string{count, speed(rate) + " " + b.unit, value, left}
	for i := range len(full) + 1 {
		parts := slices.DeleteFunc(slices.Clone(full[i:]), func(s string) bool { return s == "" })
		tail := strings.Join(append([]string{percent}, parts...), "  ")
		free := room - cli.Width(b.label) - cli.Width(tail) - 4
		if b.total == 0 && free >= -2 {
			return b.label + tail
		}
		if b.total > 0 && free >= 8 {
			return b.label + "  " + bar(float64(done)/float64(b.total), min(free, 30), b.block) + "  " + strings.TrimLeft(tail, " ")
		}
	}
	text := []rune(strings.TrimSpace(b.label + " " + strings.TrimSpace(percent)))
	for len(text) > 0 && cli.Width(string(text)) > room {
		text = text[:len(text)-1]
	}
	return string(text)
}

// bar draws a share of 1 as n characters.
func bar(share float64, n int, block bool) string {
	full := min(max(int(share*float64(n)), 0), n)
	if block {
		return strings.Repeat("█", full) + strings.Repeat("░", n-full)
	}
	return strings.Repeat("#", full) + strings.Repeat(".", n-full)
}

// speed rounds a rate to about three digits.
func speed(rate float64) string {
	switch {
	case rate >= 1000:
		unit := math.Pow(10, math.Floor(math.Log10(rate))-2)
		return cli.Thousands(int64(math.Round(rate/unit) * unit))
	case rate >= 100:
		return strconv.FormatFloat(rate, 'f', 0, 64)
	case rate >= 10:
		return strconv.FormatFloat(rate, 'f', 1, 64)
	}
	return strconv.FormatFloat(rate, 'f', 2, 64)
}

// clock shows seconds as 0:07, 12:34 or 1:02:03.
func clock(seconds float64) string {
	if !(seconds < 1000*3600) {
		return lang.Say("days")
	}
	s := int64((time.Duration(math.Ceil(seconds)) * time.Second).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
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
