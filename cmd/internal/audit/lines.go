package audit

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/audit/program"
	"glassbox/nn/graph"
)

// A place is a line of a recorded program and what is asked for there:
// "net.py:41", "net.py:41:dW", "net.py:41:dW[0,3]".
type place struct {
	file  string
	line  int
	text  string // the name or expression; "" for all of the line
	index []int  // of an element; nil for the value as a whole
}

// parsePlace reads a place; ok is false where the text is none.
func parsePlace(text string) (p place, ok bool) {
	file, rest, ok := strings.Cut(text, ":")
	if !ok {
		return p, false
	}
	number, rest, _ := strings.Cut(rest, ":")
	line, err := strconv.Atoi(number)
	if err != nil || line < 1 || file == "" {
		return p, false
	}
	p = place{file: file, line: line, text: strings.TrimSpace(rest)}
	if open := strings.LastIndexByte(p.text, '['); open > 0 && strings.HasSuffix(p.text, "]") {
		var index []int
		for field := range strings.SplitSeq(p.text[open+1:len(p.text)-1], ",") {
			n, err := strconv.Atoi(strings.TrimSpace(field))
			if err != nil || n < 0 {
				return p, true // an index of the program's own
			}
			index = append(index, n)
		}
		p.text, p.index = p.text[:open], index
	}
	return p, true
}

// lines are a recorded program by its lines, steps and rounds.
type lines struct {
	g    *graph.Graph
	ends []int         // the last node of each training step
	at   map[int][]int // nodes by site, in order
	// begin has the sites of each file and line that ran.
	begin map[[2]int][]int
}

func newLines(g *graph.Graph) *lines {
	l := &lines{g: g, ends: program.StepEnds(g), at: map[int][]int{}, begin: map[[2]int][]int{}}
	for n := range g.Nodes {
		if s := g.Nodes[n].Site; s >= 0 {
			l.at[s] = append(l.at[s], n)
		}
	}
	for i, s := range g.Sites {
		if len(l.at[i]) > 0 {
			key := [2]int{s.File, s.Line}
			l.begin[key] = append(l.begin[key], i)
		}
	}
	return l
}

// step returns in which training step a node ran; what follows the last one is
// counted as one more.
func (l *lines) step(n int) int {
	k, _ := slices.BinarySearch(l.ends, n)
	return k
}

// file returns the index of a file by its name, or by its last part where that
// is enough; -1 if there is none.
func (l *lines) file(name string) int {
	same := func(f graph.File) bool { return f.Name == path.Clean(name) }
	if i := slices.IndexFunc(l.g.Files, same); i >= 0 {
		return i
	}
	return slices.IndexFunc(l.g.Files, func(f graph.File) bool { return path.Base(f.Name) == path.Base(name) })
}

// sites returns the expressions of a line: those that begin there, else those
// of the statement around it.
func (l *lines) sites(file, line int) []int {
	if begin := l.begin[[2]int{file, line}]; begin != nil {
		return begin
	}
	var around []int
	for i := range l.g.Sites {
		if s := &l.g.Sites[i]; s.File == file && len(l.at[i]) > 0 && s.Stmt[0] <= line && line <= s.Stmt[1] {
			around = append(around, i)
		}
	}
	return around
}

// rounds returns the nodes of expressions in a training step, those of each
// execution of the line together.
func (l *lines) rounds(sites []int, step int) [][]int {
	var nodes []int
	for _, s := range sites {
		for _, n := range l.at[s] {
			if l.step(n) == step {
				nodes = append(nodes, n)
			}
		}
	}
	slices.Sort(nodes)
	type what struct {
		site int
		op   *graph.Op
	}
	var rounds [][]int
	seen := map[what]bool{}
	for _, n := range nodes {
		w := what{l.g.Nodes[n].Site, l.g.Nodes[n].Op}
		if len(rounds) == 0 || seen[w] {
			rounds, seen = append(rounds, nil), map[what]bool{}
		}
		seen[w] = true
		rounds[len(rounds)-1] = append(rounds[len(rounds)-1], n)
	}
	return rounds
}

// text is the expression of a node on one line.
func (l *lines) text(n int) string {
	if s := l.g.Nodes[n].Site; s >= 0 {
		return strings.Join(strings.Fields(l.g.Text(s)), " ")
	}
	return l.g.Nodes[n].Op.Name
}

// name is what a node's value is assigned to, else its expression.
func (l *lines) name(n int) string {
	if s := l.g.Site(n); s != nil && s.Target != "" && s.Target != "return" {
		return s.Target
	}
	return l.text(n)
}

// title is what a node's value is shown as; ok is false for a plain number,
// which says itself what it is.
func (l *lines) title(n int) (text string, ok bool) {
	text = l.text(n)
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return "", false
	}
	if s := l.g.Site(n); s != nil && s.Target != "" && s.Target != "return" && !strings.HasPrefix(text, s.Target) {
		text = s.Target + " = " + text
	}
	return text, true
}

// operands calls f for each input of a node with its text there.
func (l *lines) operands(n int, f func(q int, text string)) {
	s := l.g.Site(n)
	if s == nil || len(s.Args) < len(l.g.Nodes[n].In) {
		return
	}
	for k, q := range l.g.Nodes[n].In {
		f(q, strings.Join(strings.Fields(s.Args[k]), " "))
	}
}

// find returns the node that a name or expression stands for among those of an
// execution; -1 if there is none. What is assigned comes before what is read.
func (l *lines) find(nodes []int, text string) int {
	text = strings.Join(strings.Fields(text), " ")
	for _, n := range slices.Backward(nodes) {
		if s := l.g.Site(n); s.Target == text {
			return n
		}
	}
	found := -1
	for _, n := range slices.Backward(nodes) {
		if l.text(n) == text {
			return n
		}
		l.operands(n, func(q int, is string) {
			if is == text {
				found = q
			}
		})
	}
	return found
}

// flat is the number of an element in C order.
func flat(shape, index []int) (int, error) {
	if len(index) != len(shape) {
		return 0, fmt.Errorf("it has the shape %s and so %d indices", graph.ShapeText(shape), len(shape))
	}
	at := 0
	for i, n := range index {
		if n >= shape[i] {
			return 0, fmt.Errorf("its shape is %s: index %d is beyond axis %d", graph.ShapeText(shape), n, i)
		}
		at = at*shape[i] + n
	}
	return at, nil
}

// unflat writes the indices of an element: "[0,3]", nothing for a number.
func unflat(shape []int, at int) string {
	if len(shape) == 0 {
		return ""
	}
	parts := make([]string, len(shape))
	for i := len(shape) - 1; i >= 0; i-- {
		parts[i] = strconv.Itoa(at % max(1, shape[i]))
		at /= max(1, shape[i])
	}
	return "[" + strings.Join(parts, ",") + "]"
}
