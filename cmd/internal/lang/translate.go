package lang

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Translate finds the Chinese of a text that another package has made in
// English from formats of the table. Where an argument is a text of the table
// too, its Chinese goes in; any other, a name or code, stays as it is. A format
// without a word of its own, such as "%s: %s", fits only where all its texts
// are in the table. Of several that fit, the one is taken that leaves least
// standing, then the one with most words of its own.
//
// It reports false, and returns the English for both, where no format fits.
func Translate(english string) (Text, bool) {
	t := translator{known: map[string]translation{}, steps: mostSteps}
	result := t.translate(english)
	return Text{english, result.zh}, result.ok
}

// Of is Translate for whoever shows the English where there is no Chinese.
func Of(english string) Text {
	t, _ := Translate(english)
	return t
}

// verb is a verb of a format; its groups are the index of the argument, if it
// has one, and the letter.
var verb = regexp.MustCompile(`%[-+#0]*\d*(?:\.\d+)?(?:\[(\d+)\])?([a-zA-Z%])`)

// A piece of a format is text of its own, or a verb.
type piece struct {
	text string
	verb byte // 0 for text
	arg  int  // which argument, from 0
}

func pieces(format string) []piece {
	var list []piece
	text, next := "", 0
	flush := func() {
		if text != "" {
			list = append(list, piece{text: text})
		}
		text = ""
	}
	end := 0
	for _, at := range verb.FindAllStringSubmatchIndex(format, -1) {
		text += format[end:at[0]]
		end = at[1]
		letter := format[at[4]]
		if letter == '%' {
			text += "%"
			continue
		}
		flush()
		if at[2] >= 0 {
			n, _ := strconv.Atoi(format[at[2]:at[3]])
			next = n - 1
		}
		list = append(list, piece{verb: letter, arg: next})
		next++
	}
	text += format[end:]
	flush()
	return list
}

// A pattern is a format of the table to hold texts against.
type pattern struct {
	en, zh []piece
	own    string // its longest text
	words  int    // the length of all its texts
	said   bool   // they hold a word
}

var (
	word  = regexp.MustCompile(`[A-Za-z]{2}`)
	prose = regexp.MustCompile(`[A-Za-z]{2} [A-Za-z]{2}`)
)

// patterns are the formats with verbs, those with most text of their own first.
var patterns = sync.OnceValue(func() []pattern {
	var list []pattern
	for _, t := range table() {
		p := pattern{en: pieces(t.EN), zh: pieces(t.ZH)}
		verbs, all := 0, ""
		for _, x := range p.en {
			if x.verb != 0 {
				verbs++
				continue
			}
			all += x.text + " "
			p.words += len(x.text)
			if len(x.text) > len(p.own) {
				p.own = x.text
			}
		}
		p.said = word.MatchString(all)
		if verbs > 0 && p.words > 0 {
			list = append(list, p)
		}
	}
	slices.SortFunc(list, func(a, b pattern) int {
		return cmp.Or(cmp.Compare(b.words, a.words), cmp.Compare(a.own, b.own), slices.CompareFunc(a.en, b.en, comparePieces))
	})
	return list
})

func comparePieces(a, b piece) int {
	return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.verb, b.verb))
}

// A translator translates a text and its parts.
type translator struct {
	known map[string]translation // of parts
	steps int                    // still allowed
}

type translation struct {
	zh string
	ok bool
}

// mostSteps bounds the ways in which a text is taken apart, which are many for
// one of nothing but colons. What is said takes some hundreds.
const mostSteps = 20000

func (t *translator) translate(english string) translation {
	if pair, ok := table()[english]; ok {
		return translation{pair.ZH, true}
	}
	if known, ok := t.known[english]; ok {
		return known
	}
	result := translation{zh: english}
	t.known[english] = result // for a format that would give the same text as its argument
	least := -1
	for _, p := range patterns() {
		if !strings.Contains(english, p.own) {
			continue
		}
		t.match(p.en, english, nil, func(args []string) bool {
			if zh, left, fits := t.fill(p, args); fits && (least < 0 || left < least) {
				least = left
				result.zh, result.ok = zh, true
			}
			return least != 0
		})
		if least == 0 {
			break
		}
	}
	t.known[english] = result
	return result
}

// fill puts the arguments into the Chinese and returns how much of them was
// left as it is and may be English: what has words. More of that than the
// format's own text is no fit.
func (t *translator) fill(p pattern, args []string) (zh string, left int, fits bool) {
	local := slices.Clone(args)
	n := 0
	for _, x := range p.en {
		if x.verb == 's' || x.verb == 'v' {
			arg := t.translate(args[n])
			switch {
			case arg.ok:
				local[n] = arg.zh
			case !p.said:
				return "", 0, false
			case prose.MatchString(args[n]):
				left += len(args[n])
			}
		}
		if x.verb != 0 {
			n++
		}
	}
	var b strings.Builder
	for _, x := range p.zh {
		if x.verb == 0 {
			b.WriteString(x.text)
		} else if x.arg < len(local) {
			b.WriteString(local[x.arg])
		}
	}
	return b.String(), left, left <= p.words
}

// shapes are what verbs of numbers and quoted texts may have printed.
var shapes = map[byte]*regexp.Regexp{
	'd': regexp.MustCompile(`^[-+]?\d+`),
	'q': regexp.MustCompile(`^"(?:[^"\\]|\\.)*"`),
	'x': regexp.MustCompile(`^[-+]?[0-9a-fA-FxXpP.+-]+`),
	'g': number, 'e': number, 'f': number, 'G': number, 'E': number,
}

var number = regexp.MustCompile(`^[-+]?(?:\d+(?:\.\d+)?(?:e[-+]?\d+)?|Inf|NaN)`)

// match calls found with the arguments of every way in which the format gives
// text, until it says to stop or the steps are used up.
func (t *translator) match(format []piece, text string, args []string, found func(args []string) bool) (goOn bool) {
	if t.steps--; t.steps < 0 {
		return false
	}
	if len(format) == 0 {
		return text != "" || found(args)
	}
	x, rest := format[0], format[1:]
	if x.verb == 0 {
		after, ok := strings.CutPrefix(text, x.text)
		return !ok || t.match(rest, after, args, found)
	}
	args = args[:len(args):len(args)]
	if shape, ok := shapes[x.verb]; ok {
		got := shape.FindString(text)
		return got == "" || t.match(rest, text[len(got):], append(args, got), found)
	}
	if len(rest) == 0 {
		return text == "" || found(append(args, text))
	}
	for end := 1; end < len(text); end++ {
		if rest[0].verb == 0 {
			at := strings.Index(text[end:], rest[0].text)
			if at < 0 {
				return true
			}
			end += at
		}
		if !t.match(rest, text[end:], append(args, text[:end]), found) {
			return false
		}
	}
	return true
}
