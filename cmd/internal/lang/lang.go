// Package lang holds every text of the pages in English and in Chinese, in one
// table: the files table_*.go, a topic each.
//
// Code says a text in English, where it is used, and gets both:
//
//	lang.T("%d of the %d test points are right", n, of)
//
// The first argument is the table's key, so it is always a literal; a test
// looks for each of them in the table.
package lang

import (
	"fmt"
	"strings"
)

// Text is a text in both languages.
type Text struct{ EN, ZH string }

// Codes are the languages as HTML's lang attribute names them.
const (
	EN = "en"
	ZH = "zh-Hans"
)

// T returns an English text of the table and its Chinese, both with args in
// the place of their verbs, as in fmt. An argument that is itself a Text goes
// in by language. A text that the table lacks stays English.
func T(english string, args ...any) Text {
	t, ok := table()[english]
	if !ok {
		t = Text{english, english}
	}
	if len(args) == 0 {
		return t
	}
	return Text{fill(t.EN, args, Text.en), fill(t.ZH, args, Text.zh)}
}

func (t Text) en() string { return t.EN }
func (t Text) zh() string { return t.ZH }

// fill formats args, those that are Texts in one language.
func fill(format string, args []any, in func(Text) string) string {
	local := make([]any, len(args))
	for i, a := range args {
		if t, ok := a.(Text); ok {
			a = in(t)
		}
		local[i] = a
	}
	return fmt.Sprintf(format, local...)
}

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

// String returns the English, for what goes to a terminal or into a file.
func (t Text) String() string { return t.EN }

// Empty reports whether there is no text.
func (t Text) Empty() bool { return t.EN == "" && t.ZH == "" }

// Capital returns t with its first English letter large.
func (t Text) Capital() Text {
	if t.EN != "" {
		t.EN = strings.ToUpper(t.EN[:1]) + t.EN[1:]
	}
	return t
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

// And lists the parts as prose does: "a, b and c".
func And(parts ...Text) Text {
	if len(parts) < 2 {
		return Join(Text{}, parts...)
	}
	last := len(parts) - 1
	return Join(Text{" and ", "和"}, Join(Text{", ", "、"}, parts[:last]...), parts[last])
}
