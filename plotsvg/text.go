package plotsvg

import (
	"strings"
	"unicode"
)

// A Text is a text in each of the figure's Languages, in their order, or one
// string for all of them. Nil is no text.
type Text = []string

// in returns the text in language i.
func in(t Text, i int) string {
	switch {
	case i < len(t):
		return t[i]
	case len(t) == 0:
		return ""
	}
	return t[0]
}

// blank reports whether a text is empty in every language.
func blank(t Text) bool {
	for _, s := range t {
		if s != "" {
			return false
		}
	}
	return true
}

// A block is a text cut into lines, in each language or once for all.
type block [][]string

func wrapEach(t Text, size, width float64) block {
	b := make(block, len(t))
	for i, s := range t {
		b[i] = wrap(s, size, width)
	}
	return b
}

// count is the number of lines of the longest.
func (b block) count() int {
	n := 0
	for _, lines := range b {
		n = max(n, len(lines))
	}
	return n
}

// spare is what a text may stand out into the gaps around it, in pixels: half a
// character.
const spare = 6.0

// width is that of the widest line, which in other languages than the first
// may use the spare room: a word that is hardly longer there moves nothing.
func (b block) width(size float64) float64 {
	w := 0.0
	for i, lines := range b {
		own := widest(lines, size)
		if i > 0 {
			own -= spare
		}
		w = max(w, own)
	}
	return w
}

// line returns line k in each language, "" where there are fewer.
func (b block) line(k int) Text {
	t := make(Text, len(b))
	for i, lines := range b {
		if k < len(lines) {
			t[i] = lines[k]
		}
	}
	return t
}

// The sizes of texts, in pixels. A line is lineHeight times as high.
const (
	tickSize   = 11.0
	labelSize  = 12.0
	titleSize  = 14.0
	bold       = 1.15 // a bold text is about this much wider
	lineHeight = 1.3
)

// asciiWidths are advance widths in hundredths of the font's size, from space
// to tilde, as measured on DejaVu Sans. It is wider than the fonts that most
// readers will see, so a text that fits by this table fits.
var asciiWidths = [...]uint8{
	32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53,
	100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79,
	60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50,
	50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61,
	63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
}

// runeWidth returns the width of r in hundredths of the font's size; beyond
// ASCII it is an estimate that is rather too large.
func runeWidth(r rune) int {
	switch {
	case ' ' < r && r <= '~':
		return int(asciiWidths[r-' '])
	case !legal(r):
		return 110 // shown as a replacement
	case r <= ' ':
		return 32
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r == '²' || r == '³' || r == '¹' || 0x2070 <= r && r < 0x20a0:
		return 45
	case r == '−' || r == '×':
		return 84
	case r < 0x530 && unicode.IsLower(r) && !strings.ContainsRune("œæжшщюыфњљѠ", r):
		return 70
	case r < 0x2000:
		return 90
	case r < 0x2e80:
		return 100
	}
	return 110 // ideographs, symbols and the like fill a square
}

// textWidth returns the width of a line of text in pixels.
func textWidth(s string, size float64) float64 {
	sum := 0
	for _, r := range s {
		sum += runeWidth(r)
	}
	return float64(float64(sum)*size) / 100
}

// widest returns the width of the widest line.
func widest(lines []string, size float64) float64 {
	w := 0.0
	for _, l := range lines {
		w = max(w, textWidth(l, size))
	}
	return w
}

// wrap breaks s into lines at most width pixels wide: between words, and
// within a word that is too long for a line. White space of any kind counts
// as one space. An empty text has no lines.
func wrap(s string, size, width float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" {
			if textWidth(line+" "+word, size) <= width {
				line += " " + word
				continue
			}
			lines = append(lines, line)
		}
		for {
			head := fitting(word, size, width)
			if head == len(word) {
				break
			}
			lines = append(lines, word[:head])
			word = word[head:]
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitting returns how many bytes of word fit into width, at least one
// character with the marks that combine with it.
func fitting(word string, size, width float64) int {
	used, limit := 0, float64(width*100)/size
	for i, r := range word {
		w := runeWidth(r)
		if i > 0 && w > 0 && float64(used+w) > limit {
			return i
		}
		used += w
	}
	return len(word)
}

// shorten keeps at most n lines and ends the last one with an ellipsis if
// there were more.
func shorten(lines []string, n int, size, width float64) []string {
	if len(lines) <= n {
		return lines
	}
	last := lines[n-1]
	if room := width - textWidth(" …", size); textWidth(last, size) > room {
		last = last[:fitting(last, size, room)]
	}
	return append(lines[:n-1:n-1], last+" …")
}

// legal reports whether XML can hold r and a reader can show it.
func legal(r rune) bool {
	switch {
	case r == '\t' || r == '\n' || r == '\r':
		return true
	case r < ' ' || 0x7f <= r && r < 0xa0:
		return false
	case r <= 'ÿ' || 0x2e80 <= r && r < 0xa000: // as most are
		return true
	}
	return r != 0xfffe && r != 0xffff && r != unicode.ReplacementChar && !unicode.Is(unicode.Bidi_Control, r)
}

// escape makes s safe as XML text and as a value in double quotes. What XML
// cannot hold (control characters, broken UTF-8) and what would turn the
// direction of other characters becomes U+FFFD.
func escape(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || r == '&' || r == '<' || r == '>' || r == '"' }) {
		return s // as most are
	}
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '&':
			b.WriteString("&amp;")
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '"':
			b.WriteString("&quot;")
		case '\r':
			b.WriteByte('\n') // what an XML reader would make of it
		default:
			if !legal(r) {
				r = unicode.ReplacementChar
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}
