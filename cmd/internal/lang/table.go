package lang

import (
	"fmt"
	"sync"
)

// topics are the parts of the table.
var topics = [][]Text{pageTexts, part1Texts, part2Texts, reportTexts, auditTexts, faultTexts}

// table returns the whole of it, by the English text.
var table = sync.OnceValue(func() map[string]Text {
	m := map[string]Text{}
	for _, list := range topics {
		for _, t := range list {
			if old, ok := m[t.EN]; ok && old != t {
				panic(fmt.Sprintf("lang: %q stands twice in the table, as %q and as %q", t.EN, old.ZH, t.ZH))
			}
			m[t.EN] = t
		}
	}
	return m
})

// Lookup returns the pair of an English text as it stands in the table, verbs
// and all.
func Lookup(english string) (Text, bool) {
	t, ok := table()[english]
	return t, ok
}
