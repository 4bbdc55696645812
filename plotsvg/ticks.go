package plotsvg

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A tick is a place on an axis, 0…1 along it, with its label. A minor tick
// has none and no grid line.
type tick struct {
	at    float64
	label string
	minor bool
}

// A decimal is the number digits·10^exp. Ticks are decimals and not doubles,
// so their labels are exact and differ.
type decimal struct {
	digits int64
	exp    int
}

// float returns the double nearest to d, infinite if out of range.
func (d decimal) float() float64 {
	// Of two exact numbers the product or quotient is rounded once.
	if -1<<53 < d.digits && d.digits < 1<<53 {
		switch {
		case 0 <= d.exp && d.exp < len(exactPowers):
			return float64(d.digits) * exactPowers[d.exp]
		case d.exp < 0 && -d.exp < len(exactPowers):
			return float64(d.digits) / exactPowers[-d.exp]
		}
	}
	v, _ := strconv.ParseFloat(strconv.FormatInt(d.digits, 10)+"e"+strconv.Itoa(d.exp), 64)
	return v
}

// exactPowers are the powers of ten that are doubles.
var exactPowers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// steps are the round numbers between two powers of ten.
var steps = [...]int64{1, 2, 5}

// maxTicks is more than any axis can show; it bounds the work.
const maxTicks = 200

// ticks returns the finest round ticks that fit, at least two where the
// limits allow it. fits is told how crowded the ticks may be: the least
// distance between two labels of the kind tried, in pixels. linear are
// s.linearTicks().
func (s scale) ticks(linear [][]tick, fits func(ts []tick, gap float64) bool) []tick {
	if s.log {
		// Where round numbers are few, linear steps tell more, unless they
		// would crowd at one end.
		enough := 3
		if decades(s.lo, s.hi) > 1.5 {
			enough = 2
		}
		if ts := s.logTicks(fits); len(labelled(ts)) >= enough {
			return ts
		}
	}
	var best []tick
	for _, best = range linear {
		if fits(best, 36) {
			break
		}
	}
	return slices.Clone(best)
}

// linearTicks returns the ticks in steps of 1, 2, 5, 10, … from fine to coarse.
// They depend on nothing but the limits, and layout tries them many times.
func (s scale) linearTicks() [][]tick {
	var list [][]tick
	first := exponent(s.half()) - 2
	for i := range 12 {
		step := decimal{steps[i%3], first + i/3}
		ds := s.multiples(step)
		if ds == nil || s.whole && step.exp < 0 {
			continue
		}
		if len(ds) < 2 && list != nil {
			break
		}
		list = append(list, s.place(ds, decimalLabels(ds)))
	}
	return list
}

// multiples returns the multiples of step within the limits, nil if they are
// too many or too fine for doubles.
func (s scale) multiples(step decimal) []decimal {
	width := step.float()
	lo, hi := s.lo/width, s.hi/width
	if !(math.Abs(lo) < 1e16 && math.Abs(hi) < 1e16) || hi-lo > maxTicks {
		return nil
	}
	ds := []decimal{}
	// The quotients may be off by a rounding: look one further.
	for n := int64(math.Floor(lo)) - 1; n <= int64(math.Ceil(hi))+1; n++ {
		if d := (decimal{n * step.digits, step.exp}); s.inside(d.float()) {
			ds = append(ds, d)
		}
	}
	return ds
}

// logTicks tries 1, 2, 5 of every decade, then every decade, then every
// second, fifth, tenth, … decade.
func (s scale) logTicks(fits func([]tick, float64) bool) []tick {
	first, last := exponent(s.lo), exponent(s.hi)
	if last-first <= 4 {
		var ds []decimal
		for k := first; k <= last; k++ {
			for _, m := range steps {
				if d := (decimal{m, k}); s.inside(d.float()) {
					ds = append(ds, d)
				}
			}
		}
		if ts := s.place(ds, powerLabels(ds)); fits(ts, 20) {
			return s.withMinor(ts, ds, 1)
		}
	}
	var best []tick
	for every, i := 1, 0; ; i++ {
		var ds []decimal
		for k := first; k <= last; k++ {
			if d := (decimal{1, k}); k%every == 0 && s.inside(d.float()) {
				ds = append(ds, d)
			}
		}
		if len(ds) < 3 && best != nil {
			return best
		}
		best = s.withMinor(s.place(ds, powerLabels(ds)), ds, every)
		if len(ds) < 3 || fits(best, 26) {
			return best
		}
		every = int(steps[(i+1)%3] * pow10(int64((i+1)/3)))
	}
}

// withMinor adds ticks without labels: 2…9 times each decade, or the decades
// that have no label, where there is room for them.
func (s scale) withMinor(ts []tick, labelled []decimal, every int) []tick {
	first, last := exponent(s.lo), exponent(s.hi)
	digits := int64(9)
	if every > 1 {
		digits = 1
	}
	if int64(last-first)*digits > 100 {
		return ts
	}
	has := map[decimal]bool{}
	for _, d := range labelled {
		has[d] = true
	}
	for k := first; k <= last; k++ {
		for m := range digits {
			d := decimal{m + 1, k}
			if v := d.float(); s.inside(v) && !has[d] {
				ts = append(ts, tick{at: s.at(v), minor: true})
			}
		}
	}
	return ts
}

// place puts labels at the positions of ds.
func (s scale) place(ds []decimal, labels []string) []tick {
	ts := make([]tick, len(ds))
	for i, d := range ds {
		ts[i] = tick{at: s.at(d.float()), label: labels[i]}
	}
	return ts
}

// labelled returns the ticks that have a label.
func labelled(ts []tick) []tick {
	var ls []tick
	for _, t := range ts {
		if !t.minor {
			ls = append(ls, t)
		}
	}
	return ls
}

// exponent returns the k for which 10^k ≤ v < 10^(k+1), for v > 0.
func exponent(v float64) int {
	text := strconv.FormatFloat(v, 'e', -1, 64) // d.ddde±dd
	for i := range text {
		if text[i] == 'e' {
			k, _ := strconv.Atoi(text[i+1:])
			return k
		}
	}
	panic("plotsvg: no exponent in " + text)
}

func pow10(k int64) int64 {
	p := int64(1)
	for range k {
		p *= 10
	}
	return p
}

// decimalLabels writes multiples of one step, all with the same exponent:
// 0, 0.5, 1.0 or 0, 10,000, 20,000 or, where that is shorter,
// 0, 2×10⁷, 4×10⁷.
func decimalLabels(ds []decimal) []string {
	top, exp := int64(0), 0
	for _, d := range ds {
		top, exp = max(top, d.digits, -d.digits), d.exp
	}
	whole := len(strconv.FormatInt(top, 10)) + exp // digits before the point
	labels := make([]string, len(ds))
	for i, d := range ds {
		if shorter(top, whole, exp) {
			labels[i] = d.scientific(whole - 1)
		} else {
			labels[i] = d.plain(whole >= 5)
		}
	}
	return labels
}

// shorter reports whether top·10^exp, with whole digits before the point, is
// so large or so small that a power of ten makes it shorter.
func shorter(top int64, whole, exp int) bool {
	if top == 0 || whole < 8 && whole > -4 {
		return false
	}
	plain := max(whole, 1) + max(whole-1, 0)/3 + max(-exp, -1) + 1
	return runes(decimal{top, exp}.scientific(whole-1)) < plain
}

// powerLabels writes the ticks of a logarithmic axis: as plain numbers while
// these are short, else as 10⁻⁶, 2×10⁻⁶.
func powerLabels(ds []decimal) []string {
	plain, commas := true, false
	for _, d := range ds {
		plain = plain && -4 <= d.exp && d.exp <= 4
		commas = commas || d.exp >= 4
	}
	labels := make([]string, len(ds))
	for i, d := range ds {
		switch {
		case plain:
			labels[i] = d.plain(commas)
		case d.digits == 1:
			labels[i] = "10" + superscript(d.exp)
		default:
			labels[i] = d.scientific(d.exp)
		}
	}
	return labels
}

// plain writes d without a power of ten: −0.25, 1500 or, with commas, 1,500.
func (d decimal) plain(commas bool) string {
	if d.digits == 0 {
		return "0"
	}
	text, sign := strconv.FormatInt(d.digits, 10), ""
	if text[0] == '-' {
		text, sign = text[1:], "−"
	}
	fraction := ""
	if d.exp >= 0 {
		text += strings.Repeat("0", d.exp)
	} else {
		if short := 1 - d.exp - len(text); short > 0 {
			text = strings.Repeat("0", short) + text
		}
		point := len(text) + d.exp
		text, fraction = text[:point], "."+text[point:]
	}
	if commas {
		for i := len(text) - 3; i > 0; i -= 3 {
			text = text[:i] + "," + text[i:]
		}
	}
	return sign + text + fraction
}

// scientific writes d as a multiple of 10^exp, exp ≥ d.exp: 1.5×10⁷.
func (d decimal) scientific(exp int) string {
	if d.digits == 0 {
		return "0"
	}
	return decimal{d.digits, d.exp - exp}.plain(false) + "×10" + superscript(exp)
}

var raised = strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴",
	"5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

func superscript(n int) string { return raised.Replace(strconv.Itoa(n)) }

func runes(s string) int { return utf8.RuneCountInString(s) }
