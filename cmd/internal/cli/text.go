package cli

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"glassbox/cmd/internal/lang"
)

// OneLine returns text as one line that a terminal shows as it is: control
// characters, invisible ones and bytes that are no UTF-8 become escapes.
func OneLine(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return b.String()
}

// JSON returns a JSON text in which what a terminal or an editor would not show,
// or show in another order, stands as an escape of JSON, which means the same.
func JSON(text []byte) []byte {
	if bytes.IndexFunc(text, Hidden) < 0 {
		return text // as most are
	}
	var b []byte
	for _, r := range string(text) {
		if !Hidden(r) {
			b = utf8.AppendRune(b, r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			b = fmt.Appendf(b, `\u%04x`, unit)
		}
	}
	return b
}

// Hidden reports whether a character of a text is not seen, but for the ends of
// lines and tabs: one that commands a terminal, joins, or turns the direction.
func Hidden(r rune) bool { return !unicode.IsGraphic(r) && r != '\n' && r != '\t' }

// quote returns a value for an error message: as it was typed when it is one
// plain word, in quotes otherwise.
func quote(text string) string {
	plain := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(" ,;:\"'`\\", r) }
	if text == "" || strings.ContainsFunc(text, plain) || !utf8.ValidString(text) {
		return strconv.Quote(text)
	}
	return text
}

// Plural returns "1 step", "2 steps".
func Plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Thousands writes a count with a comma between thousands.
func Thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Columns is how wide a terminal is at the least.
const Columns = 80

// Width is how many columns of a terminal text takes: two for a Chinese
// character.
func Width(text string) int {
	n := 0
	for _, r := range text {
		if n++; wide(r) {
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	return r >= 0x2e80 && r < 0xa4d0 || r >= 0xac00 && r < 0xd7a4 || r >= 0xf900 && r < 0xfb00 || r >= 0xff00 && r < 0xff61
}

// Wrap writes text in lines of at most width columns, each after indent, broken
// between words and between Chinese characters, but not before a stop. A longer
// word has a line of its own.
func Wrap(w io.Writer, text, indent string, width int) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		space := " "
		for _, part := range parts(word) {
			if line != "" && Width(indent+line+space+part) > width {
				fmt.Fprintln(w, indent+line)
				line = ""
			}
			if line != "" {
				line += space
			}
			line, space = line+part, ""
		}
	}
	if line != "" {
		fmt.Fprintln(w, indent+line)
	}
}

// parts cuts a word where a line may end: before and after each Chinese
// character, but for stops, which stay behind what they follow.
func parts(word string) []string {
	const stops, opening = "，。；：、！？）》」』”’", "（《「『“‘"
	list, last := []string{""}, rune(0)
	for _, r := range word {
		fits := !wide(r) && !wide(last) || strings.ContainsRune(stops, r) || strings.ContainsRune(opening, last)
		if n := len(list) - 1; fits || list[n] == "" {
			list[n] += string(r)
		} else {
			list = append(list, string(r))
		}
		last = r
	}
	return list
}

// Table writes rows of texts, the first of them heads, in columns as wide as
// their longest text, each line after indent and the columns gap spaces apart.
// Align has l or r for each column, its last letter for all that follow. Where
// that takes more than a terminal's columns, those of less are left out in their
// order, then the last ones, and named below.
func Table(w io.Writer, rows [][]string, indent string, gap int, align string, less ...int) {
	var widths []int
	total := Width(indent) - gap
	for _, row := range rows {
		for j, text := range row {
			if j == len(widths) {
				widths = append(widths, 0)
			}
			widths[j] = max(widths[j], Width(text))
		}
	}
	for _, width := range widths {
		total += gap + width
	}
	less = slices.Clone(less)
	for j := len(widths) - 1; j > 0; j-- {
		if !slices.Contains(less, j) {
			less = append(less, j)
		}
	}
	out := 0
	for ; total > Columns && out < len(less); out++ {
		total -= gap + widths[less[out]]
	}
	for _, row := range rows {
		line := indent
		for j, text := range row {
			if slices.Contains(less[:out], j) {
				continue
			}
			if line != indent {
				line += strings.Repeat(" ", gap)
			}
			pad := strings.Repeat(" ", widths[j]-Width(text))
			if align[min(j, len(align)-1)] == 'r' {
				line += pad + text
			} else {
				line += text + pad
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
	if out > 0 {
		var names []string
		for _, j := range less[:out] {
			names = append(names, rows[0][j])
		}
		Wrap(w, lang.T("left out for want of room: %s", strings.Join(names, ", ")).Plain(), indent, Columns)
	}
}
