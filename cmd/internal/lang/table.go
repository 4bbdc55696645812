package lang

import (
	"fmt"
	"strings"
	"sync"
)

// table returns the whole of it, by the English text. It panics on a line
// without its partner and on a text that stands twice.
var table = sync.OnceValue(func() map[string]Text { return load("") })

// load reads the files whose names begin so.
func load(prefix string) map[string]Text {
	m := make(map[string]Text, 1<<11)
	topics, err := files.ReadDir("texts")
	if err != nil {
		panic("lang: " + err.Error())
	}
	for _, topic := range topics {
		if !strings.HasPrefix(topic.Name(), prefix) {
			continue
		}
		b, err := files.ReadFile("texts/" + topic.Name())
		if err != nil {
			panic("lang: " + err.Error())
		}
		if err := read(m, string(b)); err != nil {
			panic(fmt.Sprintf("lang: texts/%s: %v", topic.Name(), err))
		}
	}
	return m
}

// read adds the pairs of a file to m.
func read(m map[string]Text, file string) error {
	english, number := "", 0 // "": the next text is English
	for line := range strings.Lines(file) {
		number++
		line = strings.TrimSuffix(line, "\n")
		chinese, indented := strings.CutPrefix(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case indented != (english != ""):
			return fmt.Errorf("line %d: each English text needs its Chinese under it, after a tab", number)
		case indented:
			m[english], english = Text{english, chinese}, ""
		case m[line] != Text{}:
			return fmt.Errorf("line %d: %q stands twice in the table", number, line)
		default:
			english = line
		}
	}
	if english != "" {
		return fmt.Errorf("%q has no Chinese", english)
	}
	return nil
}

// Lookup returns the pair of an English text as it stands in the table, verbs
// and all.
func Lookup(english string) (Text, bool) {
	t, ok := table()[english]
	return t, ok
}
