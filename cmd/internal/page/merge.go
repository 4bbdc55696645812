package page

import (
	"strings"

	"glassbox/cmd/internal/lang"
)

// merge makes one drawing of a figure in two languages: lines that are equal
// stand once, elements that differ twice, each marked with its language. It
// returns "" when the two do not match line by line.
func merge(svg lang.Text) string {
	en, zh := strings.TrimSpace(svg.EN), strings.TrimSpace(svg.ZH)
	if en == zh {
		return en
	}
	a, b := strings.Split(en, "\n"), strings.Split(zh, "\n")
	if len(a) != len(b) {
		return ""
	}
	var out strings.Builder
	for i := range a {
		if i > 0 {
			out.WriteByte('\n')
		}
		switch both, ok := mergeHover(a[i], b[i]); {
		case a[i] == b[i]:
			out.WriteString(a[i])
		case ok:
			out.WriteString(both)
		case whole(a[i]) && whole(b[i]):
			out.WriteString(mark(a[i], lang.EN) + mark(b[i], lang.ZH))
		default:
			return ""
		}
	}
	return out.String()
}

// whole reports whether a line is one element, begun and ended.
func whole(line string) bool {
	name := elementOf(line)
	return name != "" && (strings.HasSuffix(line, "/>") && strings.Count(line, "<") == 1 ||
		strings.HasSuffix(line, "</"+name+">") && strings.Count(line, "<"+name) == 1)
}

// elementOf returns the name of the element that a line begins with.
func elementOf(line string) string {
	if !strings.HasPrefix(line, "<") {
		return ""
	}
	n := strings.IndexAny(line, " />")
	return line[1:max(n, 1)]
}

// mark gives the element of a line a language.
func mark(line, code string) string {
	n := 1 + len(elementOf(line))
	return line[:n] + ` lang="` + code + `"` + line[n:]
}

// mergeHover joins two elements that differ in their titles only.
func mergeHover(a, b string) (string, bool) {
	head, restA, ok := strings.Cut(a, "<title>")
	headB, restB, okB := strings.Cut(b, "<title>")
	if !ok || !okB || head != headB || head == "" {
		return "", false
	}
	textA, tail, ok := strings.Cut(restA, "</title>")
	textB, tailB, okB := strings.Cut(restB, "</title>")
	if !ok || !okB || tail != tailB {
		return "", false
	}
	return head + mark("<title>"+textA+"</title>", lang.EN) + mark("<title>"+textB+"</title>", lang.ZH) + tail, true
}
