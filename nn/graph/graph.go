package graph

import (
	"slices"
	"strings"

	"glassbox/mat/npy"
)

// A Graph is a recorded program: its operations in the order in which they ran.
// It is not safe for concurrent use: it keeps what it has computed.
type Graph struct {
	File     string // the trace's
	Recorder string // name and version
	Python   string // version
	NumPy    string // version
	Program  string // path as given
	Argv     []string
	Files    []File
	Sites    []Site
	Calls    [][]Position // call paths, innermost caller first
	Nodes    []Node
	Kept     []Kept // in order
	End      End
	Seconds  float64 // what the recording cost

	uses  []int // of all nodes, one after the other
	first []int // where each node's begin, and one more

	values store
}

// A File is a source file of the program.
type File struct {
	Name   string // relative to the program's folder, '/' between
	SHA256 string
	Text   string

	lines []int // byte where each line begins
}

// A Site is an expression whose value was recorded.
type Site struct {
	File            int // in Graph.Files
	Line, Col       int // from 1; from 0, counted in characters
	EndLine, EndCol int
	Stmt            [2]int   // first and last line of the statement
	Func            string   // "Net.backward", "" at the top of a module
	Target          string   // what is assigned to: "dW1", "self.W", "return", or ""
	Args            []string // text of each operand
	Loops           []int    // lines of the loops around it, outermost first
	Params          []string // of the function around it
}

// A Position is a line of a file.
type Position struct {
	File int // in Graph.Files, -1 if it is none of them
	Line int
}

// A Node is one execution of an operation.
type Node struct {
	Op    *Op
	In    []int // nodes, each below its own number
	Site  int   // in Graph.Sites, -1 if none
	Call  int   // in Graph.Calls, -1 if none
	Obj   int   // the array object that holds the value; -1 for numbers. One object's nodes are its versions.
	Kind  npy.Kind
	Shape []int // shared: not to be changed
	Attr  *Attr // never nil, shared where it says nothing

	kept int32 // the entry that has the value, scalar if number has it, none
}

const (
	keptNone   = -1
	keptScalar = -2
)

// An Attr has the constants of an operation.
type Attr struct {
	Axis     []int // nil for all
	Keepdims bool
	DDof     float64
	Ord      string // of norm: "" if not given, "2", "fro", "inf"
	Eq       string // of einsum
	Axes     Axes   // of tensordot
	Cmp      string // Lt LtE Gt GtE Eq NotEq
	Mode     string // of convolve
	Decimals int    // of round
	Offset   int    // of trace
	Index    *Index // of gather, setitem and add_at
	N        []int  // sizes of a gather's inputs
	By       []int  // nodes that a gather was indexed by, if any
	Fill     float64
	Part     int // which of an opaque operation's results
	Inplace  bool
	Alias    bool // a name for the same object
	View     bool // the write through a view, as the base has it
	Big      bool // a leaf of which only parts were kept
	Moved    bool // an element is off for a while: of [Graph.Unperturbed]
	Sample   []Sample
}

// Axes are tensordot's: the last Last of one with the first of the other, or
// Pairs.
type Axes struct {
	Last  int
	Pairs [][]int // nil, or two lists
}

// A Sample is an element of a value that was not kept.
type Sample struct {
	Index int
	Value float64
}

var noAttr = &Attr{}

func (a *Attr) withoutFill() *Attr {
	if a.Fill == 0 {
		return a
	}
	b := *a
	b.Fill = 0
	return &b
}

// A Kept is an array that a name, a list or an object now holds without a copy,
// or a value that was printed.
type Kept struct {
	Site, Node int
	Kind       string // "name", "append", "store", "return", "print"
	At         int    // how many nodes there were
}

// An End says why the recording ended.
type End struct {
	Why    string
	Nodes  int
	Behind int // first node of what follows the first epoch, with updates unseen before it; Nodes where there is none
	Limits []Limit
	Error  *ProgramError  // what the program raised, nil if nothing
	Inside map[string]int // the recorder's own troubles, and how often
}

// A Limit is one that the recording met.
type Limit struct {
	What  string // of the recording: "values", "preparation of data"
	Limit string // of which there was too much, "bytes", or how much there may be
	At    int    // node
}

// A ProgramError is what the program raised.
type ProgramError struct {
	Type, Message, File string
	Line                int
	Shapes              map[string][]int // of the arrays in that line
}

// Uses returns the nodes that have n among their inputs, ascending, each once.
// They must not be changed.
func (g *Graph) Uses(n int) []int { return g.uses[g.first[n]:g.first[n+1]] }

// Size returns how many elements node n has.
func (g *Graph) Size(n int) int { return Size(g.Nodes[n].Shape) }

// Where returns the file and the line of node n, "" and 0 if it has none.
func (g *Graph) Where(n int) (file string, line int) {
	if s := g.Site(n); s != nil {
		return g.Files[s.File].Name, s.Line
	}
	return "", 0
}

// Site returns the expression that node n is the value of, nil if there is none.
func (g *Graph) Site(n int) *Site {
	if s := g.Nodes[n].Site; s >= 0 {
		return &g.Sites[s]
	}
	return nil
}

// Text returns the source of an expression. Line ends in it stay.
func (g *Graph) Text(site int) string {
	s := &g.Sites[site]
	f := &g.Files[s.File]
	from, to := f.offset(s.Line, s.Col), f.offset(s.EndLine, s.EndCol)
	if from >= to {
		return ""
	}
	return f.Text[from:to]
}

// Line returns a line of the file, from 1, without its end; "" beyond the file.
func (f *File) Line(n int) string {
	from, to := f.offset(n, 0), f.offset(n+1, 0)
	return strings.TrimRight(f.Text[from:to], "\r\n")
}

// Indent returns the spaces and tabs that a line begins with, more than any line has
// where nothing else is in it.
func (f *File) Indent(n int) int {
	l := f.Line(n)
	if strings.TrimSpace(l) == "" {
		return 1 << 20
	}
	return len(l) - len(strings.TrimLeft(l, " \t"))
}

// Lines returns how many lines the file has.
func (f *File) Lines() int { return len(f.lines) }

// offset returns the byte of a column of a line, the end of the text beyond it.
func (f *File) offset(line, col int) int {
	if line < 1 {
		return 0
	}
	if line > len(f.lines) {
		return len(f.Text)
	}
	at := f.lines[line-1]
	for i := range f.Text[at:] {
		if col == 0 {
			return at + i
		}
		col--
	}
	return len(f.Text)
}

func (f *File) findLines() {
	f.lines = []int{0}
	for i := 0; i < len(f.Text); i++ {
		switch c := f.Text[i]; {
		case c == '\n', c == '\r' && (i+1 == len(f.Text) || f.Text[i+1] != '\n'):
			f.lines = append(f.lines, i+1)
		}
	}
}

// link makes the lists of uses.
func (g *Graph) link() {
	n := len(g.Nodes)
	g.first = make([]int, n+1)
	each := func(f func(node, in int)) {
		for i := range g.Nodes {
			in := g.Nodes[i].In
			for k, q := range in {
				if !slices.Contains(in[:min(k, 16)], q) {
					f(i, q)
				}
			}
		}
	}
	each(func(_, in int) { g.first[in+1]++ })
	for i := range n {
		g.first[i+1] += g.first[i]
	}
	g.uses = make([]int, g.first[n])
	next := slices.Clone(g.first)
	each(func(node, in int) {
		g.uses[next[in]] = node
		next[in]++
	})
}
