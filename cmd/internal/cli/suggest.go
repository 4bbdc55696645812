package cli

import (
	"strings"

	"glassbox/nn/message"
)

// DidYouMean returns "; did you mean WORD?" with the word that a mistyped one
// most likely means, nothing when none is near.
func DidYouMean(typed string, words []string) message.Text {
	if near := nearest(typed, words); near != "" {
		return message.New("; did you mean %s?", near)
	}
	return message.Text{}
}

// nearest returns the word that a mistyped name most likely means: the same
// but for case, dashes and underscores, the only one it begins, is a good part
// of or goes on from, the one with these initials (lr for learning_rate), or
// the one fewest edits away if they are few. The first in order wins a tie; ""
// when none is near.
func nearest(name string, words []string) string {
	plain := func(s string) string {
		return strings.NewReplacer("-", "", "_", "").Replace(strings.ToLower(s))
	}
	target := plain(name)
	if target == "" {
		return ""
	}
	var prefixed, containing []string
	for _, w := range words {
		if plain(w) == target || initials(w) == target {
			return w
		}
		if strings.HasPrefix(plain(w), target) {
			prefixed = append(prefixed, w)
		}
		if len(target) >= 4 && strings.Contains(plain(w), target) || len(w) >= 4 && strings.HasPrefix(target, plain(w)) {
			containing = append(containing, w)
		}
	}
	if len(prefixed) == 1 {
		return prefixed[0]
	}
	if len(containing) == 1 {
		return containing[0]
	}
	best, few := "", max(len(target)/3, 1)+1
	for _, w := range words {
		if d := edits(target, plain(w)); d < min(few, len(plain(w))) {
			best, few = w, d
		}
	}
	return best
}

// initials returns the first letters of a name's words, "" for a single word.
func initials(name string) string {
	var b strings.Builder
	parts := strings.Split(name, "_")
	for _, p := range parts {
		if p != "" {
			b.WriteByte(p[0])
		}
	}
	if len(parts) < 2 {
		return ""
	}
	return b.String()
}

// edits counts the single-byte insertions, deletions, replacements and swaps
// of neighbours that turn a into b (Damerau's distance, restricted to one
// edit a place).
func edits(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			d := last[j-1]
			if a[i-1] != b[j-1] {
				d++
			}
			d = min(d, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
