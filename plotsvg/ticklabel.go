package plotsvg

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

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
