package listing

import (
	"slices"

	"glassbox/nn/graph"
)

// A Source is a line of an excerpt.
type Source struct {
	Number int // from 1
	Code   string
	Marked bool // the line that the excerpt is about
}

// around is how many lines an excerpt has before and after that one.
const around = 3

// Excerpt is the source around a line of a recorded program's file; none where
// the recording has no such file.
func Excerpt(g *graph.Graph, name string, line int) (lines []Source) {
	i := slices.IndexFunc(g.Files, func(f graph.File) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	f := &g.Files[i]
	for n := max(1, line-around); n <= min(line+around, f.Lines()); n++ {
		lines = append(lines, Source{n, f.Line(n), n == line})
	}
	return lines
}
