package progress

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// line returns the text of one drawing, short enough for the terminal: where
// room is short the bar shrinks, then values, rate and count are left out.
func (b *Bar) line(now time.Time) string {
	done, elapsed := b.done.Load(), now.Sub(b.start).Seconds()
	rate := 0.0
	if elapsed > 0 {
		rate = float64(done) / elapsed
	}
	count := group(done)
	percent, left := "", ""
	if b.total > 0 {
		count += "/" + group(b.total)
		percent = fmt.Sprintf("%3d%%", min(100*done/b.total, 100))
		if rate > 0 {
			left = clock(float64(max(b.total-done, 0))/rate) + " left"
		}
	} else {
		left = clock(elapsed)
	}
	var values []string
	for i := range b.show {
		if name := b.show[i].name.Load(); name != nil {
			values = append(values, *name+" "+short(math.Float64frombits(b.show[i].bits.Load())))
		}
	}
	room := b.width() - 1 // a full last column would wrap on some terminals
	// Each try has less: label, bar and percent, count, rate, values, time left.
	full := []string{count, speed(rate) + " " + b.unit + "/s", strings.Join(values, "  "), left}
	for _, pick := range [][]int{{0, 1, 2, 3}, {1, 2, 3}, {2, 3}, {3}, {}} {
		parts := []string{}
		for _, i := range pick {
			if full[i] != "" {
				parts = append(parts, full[i])
			}
		}
		tail := strings.Join(append([]string{percent}, parts...), "  ")
		free := room - utf8.RuneCountInString(b.label) - utf8.RuneCountInString(tail) - 4
		if b.total == 0 && free >= -2 {
			return b.label + tail
		}
		if b.total > 0 && free >= 8 {
			return b.label + "  " + bar(float64(done)/float64(b.total), min(free, 30), b.block) + "  " + strings.TrimLeft(tail, " ")
		}
	}
	text := []rune(strings.TrimSpace(b.label + " " + strings.TrimSpace(percent)))
	return string(text[:max(min(len(text), room), 0)])
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
		return group(int64(math.Round(rate/unit) * unit))
	case rate >= 100:
		return strconv.FormatFloat(rate, 'f', 0, 64)
	case rate >= 10:
		return strconv.FormatFloat(rate, 'f', 1, 64)
	}
	return strconv.FormatFloat(rate, 'f', 2, 64)
}

// short shows a value with four digits, for the eye and not for the record.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// group writes a count with a comma between thousands.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// clock shows seconds as 0:07, 12:34 or 1:02:03.
func clock(seconds float64) string {
	if !(seconds < 1000*3600) {
		return "days"
	}
	s := int64((time.Duration(math.Ceil(seconds)) * time.Second).Seconds())
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
