// Package lang holds every text of the pages in English and in Chinese, in one
// table: the files texts/*.txt, a topic each, which take no Go to read or mend.
//
// Code says a text in English, where it is used, and gets both:
//
//	lang.T("%d of the %d test points are right", n, of)
//
// The first argument is the table's key, so it is always a literal; a test
// looks for each of them in the table. What packages below, Go or the system say
// in plain English is read (read.go) by the formats of the files plain-*.txt.
package lang

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"glassbox/nn/message"
)

// Text is a text in both languages.
type Text struct{ EN, ZH string }

// The languages, as HTML's lang attribute names them.
const (
	EN = "en"
	ZH = "zh-Hans"
)

// T returns an English text of the table and its Chinese, both with args in
// the place of their verbs, as in fmt. An argument that is itself a text, or an
// error that says one, goes in by language. A text that the table lacks stays
// English.
func T(english string, args ...any) Text {
	t, ok := table()[english]
	if !ok {
		t = Text{english, english}
	}
	if len(args) == 0 {
		return t
	}
	en, zh := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		en[i], zh[i] = a, a
		switch a := a.(type) {
		case Text:
			en[i], zh[i] = a.EN, a.ZH
		case message.Text:
			both := Of(a)
			en[i], zh[i] = both.EN, both.ZH
		case error:
			both := ofError(a)
			en[i], zh[i] = both.EN, both.ZH
		}
	}
	return Text{unsigned(fmt.Sprintf(t.EN, en...)), unsigned(fmt.Sprintf(t.ZH, zh...))}
}

// unsigned takes the sign from numbers that are 0 by the digits they are written
// with: a loss of -1e-7 is not -0.0000.
func unsigned(text string) string {
	if !strings.Contains(text, "-0.0") {
		return text // as most are
	}
	return negativeZero.ReplaceAllString(text, "$1$2$3")
}

var negativeZero = regexp.MustCompile(`(^|[^\w.])-(0\.0+)($|[^\d.e])`)

// Words are a text in both languages, in JSON one string where it is the same.
type Words Text

// MarshalJSON writes a string or both texts.
func (w Words) MarshalJSON() ([]byte, error) {
	if w.EN == w.ZH {
		return json.Marshal(w.EN)
	}
	return json.Marshal(Text(w))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (w *Words) UnmarshalJSON(text []byte) error {
	var both Text
	err := json.Unmarshal(text, &both.EN)
	if both.ZH = both.EN; err != nil {
		err = json.Unmarshal(text, &both)
	}
	*w = Words(both)
	return err
}

// Of returns in both languages what a library says.
func Of(t message.Text) Text { return T(t.Format, t.Args...) }

// Same is a text that needs no translation: a number, a name, code.
func Same(s string) Text { return Text{s, s} }

// Sames are several of them.
func Sames(list ...string) []Text {
	texts := make([]Text, len(list))
	for i, s := range list {
		texts[i] = Same(s)
	}
	return texts
}

// Codes are the languages in the order of All, as HTML's lang attribute names
// them.
var Codes = []string{EN, ZH}

// All returns the text in each language, once where they are the same, nil for
// none: what a figure takes.
func (t Text) All() []string {
	switch {
	case t.Empty():
		return nil
	case t.EN == t.ZH:
		return []string{t.EN}
	}
	return []string{t.EN, t.ZH}
}

// String returns the English, for what goes into a file that programs read.
func (t Text) String() string { return t.EN }

// here is the language of what goes to a terminal.
var here = EN

// Use sets the language of what goes to a terminal, EN or ZH. It returns the one
// that it was.
func Use(code string) (before string) {
	before, here = here, code
	return before
}

// Here returns the text as it goes to a terminal.
func (t Text) Here() string {
	if here == ZH {
		return t.ZH
	}
	return t.EN
}

// Plain is Here without the backticks around code.
func (t Text) Plain() string { return strings.ReplaceAll(t.Here(), "`", "") }

// Say is what T gives as it goes to a terminal, without the backticks around code.
func Say(english string, args ...any) string { return T(english, args...).Plain() }

// SayOf is what Say gives with a path in the place of %s, as it is.
func SayOf(english, path string) string {
	return strings.Replace(Say(english, "\x00"), "\x00", path, 1)
}

// Empty reports whether there is no text.
func (t Text) Empty() bool { return t.EN == "" && t.ZH == "" }

// Capital returns t with its first English letter large.
func (t Text) Capital() Text {
	if t.EN != "" {
		t.EN = strings.ToUpper(t.EN[:1]) + t.EN[1:]
	}
	return t
}

// Cut shortens either language to so many characters.
func (t Text) Cut(most int) Text { return Text{cut(t.EN, most), cut(t.ZH, most)} }

func cut(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}

// Count returns one where n is 1, else many.
func Count(n int, one, many Text) Text {
	if n == 1 {
		return one
	}
	return many
}

// Join puts sep between the parts, leaving empty ones out.
func Join(sep Text, parts ...Text) Text {
	var en, zh []string
	for _, p := range parts {
		if !p.Empty() {
			en, zh = append(en, p.EN), append(zh, p.ZH)
		}
	}
	return Text{strings.Join(en, sep.EN), strings.Join(zh, sep.ZH)}
}

// Sentences joins sentences to a paragraph: English ones by a space.
func Sentences(parts ...Text) Text { return Join(Text{" ", ""}, parts...) }

// Paragraphs are those of the texts that are not empty.
func Paragraphs(texts ...Text) []Text {
	return slices.DeleteFunc(texts, Text.Empty)
}

// And lists the parts as prose does: "a, b and c".
func And(parts ...Text) Text {
	if len(parts) < 2 {
		return Join(Text{}, parts...)
	}
	last := len(parts) - 1
	return Join(Text{" and ", "和"}, Join(Text{", ", "、"}, parts[:last]...), parts[last])
}

// Sentence makes a sentence of a clause: a large letter before it, a full stop
// behind it.
func Sentence(t Text) Text {
	if t.Empty() {
		return t
	}
	t = t.Capital()
	return Text{strings.TrimRight(t.EN, ".") + ".", strings.TrimRight(t.ZH, "。") + "。"}
}
