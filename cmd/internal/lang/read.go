package lang

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"glassbox/nn/message"
)

// ofError is what an error says: a text, or plain English that is read layer by
// layer, since what an error wraps knows its own parts.
func ofError(err error) Text {
	if said, ok := message.Said(err); ok {
		return Of(said)
	}
	english, inner := err.Error(), errors.Unwrap(err)
	if inner == nil || inner.Error() == "" || !strings.Contains(english, inner.Error()) {
		return Read(english)
	}
	const hole = "\x00"
	at := strings.LastIndex(english, inner.Error())
	around := inChinese(english[:at] + hole + english[at+len(inner.Error()):])
	return Text{english, strings.Replace(around, hole, ofError(inner).ZH, 1)}
}

// Read returns in both languages a text that comes as plain English: from
// packages that know of no texts, such as mat, from Go and the system. It looks
// in the files plain-*.txt for the format that the text was made by, the one with
// the most letters of its own, and reads what stands for its verbs likewise. Of a
// text without one it reads the parts before and behind a colon or semicolon;
// what is not known stays English.
func Read(english string) Text {
	if t, ok := table()[english]; ok {
		return t
	}
	return Text{english, inChinese(english)}
}

// A format is a pair of the table as what a text may have been made by.
type format struct {
	Text
	shape   *regexp.Regexp
	args    []int  // which argument each of its groups is
	letters int    // of its own
	longest string // of what stands between its verbs
}

// plain are the formats of the files plain-*.txt; without verbs by themselves.
var plain = sync.OnceValues(func() (map[string]string, []format) {
	whole, formats := map[string]string{}, []format(nil)
	for english, t := range load("plain-") {
		if f := (format{Text: t}); f.compile() {
			formats = append(formats, f)
		} else {
			whole[english] = t.ZH
		}
	}
	return whole, formats
})

// verb is a verb of a format; its groups are the index of its argument, before
// or behind its flags, the flags, and the letter.
var verb = regexp.MustCompile(`%(?:\[(\d+)\])?([-+#0]*\d*(?:\.\d+|\.\*)?)(?:\[(\d+)\])?([a-zA-Z%])`)

// compile makes the shape of what f makes; false for a text without verbs.
func (f *format) compile() bool {
	shape, last := "", 0
	own := func(text string) {
		shape += regexp.QuoteMeta(text)
		f.letters += len(text)
		if len(text) > len(f.longest) {
			f.longest = text
		}
	}
	next := 1
	for _, m := range verb.FindAllStringSubmatchIndex(f.EN, -1) {
		own(f.EN[last:m[0]])
		last = m[1]
		for _, g := range []int{2, 6} {
			if m[g] >= 0 {
				next, _ = strconv.Atoi(f.EN[m[g]:m[g+1]])
			}
		}
		switch f.EN[m[8]:m[9]] {
		case "%":
			own("%")
			continue
		case "d":
			shape += `(-?\d+|\[[^\]]*\])`
		case "q":
			shape += `("(?:[^"\\]|\\.)*"|'[^']*')`
		case "g", "f", "e", "x":
			shape += `([-+]?(?:\d[\w.+-]*|Inf)|NaN)`
		default:
			if shape == "" {
				shape = `((?:[^:;]|[:;][^ ])*?)` // what stands before a colon is a part of its own
			} else {
				shape += `(.*?)`
			}
		}
		f.args = append(f.args, next)
		next++
	}
	own(f.EN[last:])
	f.shape = regexp.MustCompile(`(?s)^` + shape + `$`)
	return len(f.args) > 0
}

// inChinese is the Chinese of plain English, or the English.
func inChinese(text string) string {
	whole, formats := plain()
	if zh, ok := whole[text]; ok {
		return zh
	}
	if !strings.Contains(text, " ") {
		return text // a name
	}
	if t, ok := table()[text]; ok {
		return t.ZH
	}
	var best *format
	var groups []string
	for i := range formats {
		f := &formats[i]
		if best != nil && f.letters <= best.letters || !strings.Contains(text, f.longest) {
			continue
		}
		if g := f.shape.FindStringSubmatch(text); g != nil {
			best, groups = f, g[1:]
		}
	}
	if best != nil {
		return best.fill(groups)
	}
	for i := range text {
		for _, sep := range [][2]string{{": ", "："}, {"; ", "；"}} {
			if !strings.HasPrefix(text[i:], sep[0]) {
				continue
			}
			head, tail := text[:i], text[i+len(sep[0]):]
			if zhHead, zhTail := inChinese(head), inChinese(tail); zhHead != head || zhTail != tail || tail == "\x00" {
				return zhHead + sep[1] + zhTail
			}
		}
	}
	return text
}

// fill puts what the groups of the shape found into the Chinese.
func (f *format) fill(groups []string) string {
	args := map[int]string{}
	for k, n := range f.args {
		args[n] = inChinese(groups[k])
	}
	next := 1
	return verb.ReplaceAllStringFunc(f.ZH, func(v string) string {
		m := verb.FindStringSubmatch(v)
		if m[4] == "%" {
			return "%"
		}
		for _, index := range []string{m[1], m[3]} {
			if n, err := strconv.Atoi(index); err == nil {
				next = n
			}
		}
		next++
		return args[next-1]
	})
}
