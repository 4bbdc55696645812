package program

import (
	"errors"
	"path"
	"slices"
	"strings"

	"glassbox/mat/npy"
	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// A view is a recorded graph, or its beginning, as the judge walks it: columns
// by node, and the places of the source by node.
type view struct {
	g      *graph.Graph
	n      int // nodes in view
	op     []string
	in     [][]int
	cons   [][]int
	size   []int
	shapes [][]int
	site   []int
	call   []int
	obj    []int
	float  []bool
	dtype  []string
	alias  []bool
	moved  []int // arrays of which an element is off for a while
	// inplace marks operations that wrote into their first input.
	inplace []bool
	// versionsOf lists the contents of each array object in order.
	versionsOf map[int][]int
	kept       []keptAt
	zeros      map[int]bool // what zero has found
	dirs       directions
	stopped    bool // a search met its budget
	// near are, while a derivative is taken, other values than were recorded.
	near map[int]*array
}

// A keptAt is an array that a name, a list or an object holds without a copy.
type keptAt struct {
	site, node int
	kind       string
}

var errNoValue = errors.New("a value was not kept")

func newView(g *graph.Graph) *view {
	n := len(g.Nodes)
	v := &view{g: g, n: n, op: make([]string, n), in: make([][]int, n), cons: make([][]int, n), size: make([]int, n), shapes: make([][]int, n), site: make([]int, n), call: make([]int, n), obj: make([]int, n), float: make([]bool, n), dtype: make([]string, n), alias: make([]bool, n), inplace: make([]bool, n), versionsOf: map[int][]int{}, zeros: map[int]bool{}}
	for i := range n {
		x := &g.Nodes[i]
		v.op[i], v.in[i], v.cons[i], v.size[i], v.shapes[i] = x.Op.Name, x.In, g.Uses(i), g.Size(i), x.Shape
		v.site[i], v.call[i], v.obj[i] = x.Site, x.Call, x.Obj
		v.alias[i], v.inplace[i] = x.Attr.Alias, x.Attr.Inplace
		switch x.Kind {
		case npy.Float64, npy.Float32, npy.Float16:
			v.float[i] = true
		}
		v.dtype[i] = kindName(x.Kind)
		if x.Attr.Moved {
			v.moved = append(v.moved, i)
		}
		if x.Obj >= 0 {
			v.versionsOf[x.Obj] = append(v.versionsOf[x.Obj], i)
		}
	}
	for _, k := range g.Kept {
		v.kept = append(v.kept, keptAt{k.Site, k.Node, k.Kind})
	}
	return v
}

func kindName(k npy.Kind) string {
	switch k {
	case npy.Float64:
		return "float64"
	case npy.Float32:
		return "float32"
	case npy.Float16:
		return "float16"
	case npy.Bool:
		return "bool"
	case npy.Int64, npy.Int32, npy.Int16, npy.Int8:
		return "int64"
	}
	return "other"
}

// cut keeps the first nodes alone in view.
func (v *view) cut(limit int) {
	v.n = limit
	for i := range limit {
		l := v.cons[i]
		k, _ := slices.BinarySearch(l, limit)
		v.cons[i] = l[:k]
	}
	v.kept = slices.DeleteFunc(v.kept, func(k keptAt) bool { return k.node >= limit })
	for o, l := range v.versionsOf {
		k, _ := slices.BinarySearch(l, limit)
		v.versionsOf[o] = l[:k]
	}
}

// val is a node's value, nil where it is not known.
func (v *view) val(i int) *array { return v.g.MustValue(i) }

// zero reports that a node's value is known and zero throughout. It is asked of
// the same values for each loss that is tried, when large ones were let go.
func (v *view) zero(i int) bool {
	zero, known := v.zeros[i]
	if !known {
		some := slices.ContainsFunc(v.attr(i).Sample, func(x graph.Sample) bool { return x.Value != 0 })
		if !some {
			a := v.val(i)
			zero = a != nil && isZero(a)
		}
		v.zeros[i] = zero
	}
	return zero
}

// scalar is the value of a node of one element.
func (v *view) scalar(i int) float64 {
	if a := v.val(i); a != nil && len(a.Data) == 1 {
		return a.Data[0]
	}
	return 0
}

func (v *view) attr(i int) *graph.Attr { return v.g.Nodes[i].Attr }

// index is, for a gather or a write, one more than the place of each element, 0
// for a constant.
func (v *view) index(i int) []int32 {
	if x := v.attr(i).Index; x != nil {
		idx, _ := x.Elements()
		return idx
	}
	return nil
}

// evaluate computes node i from other operands.
func (v *view) evaluate(i int, ins []*array) (*array, error) {
	x := &v.g.Nodes[i]
	kind := x.Kind
	if v.float[i] {
		kind = npy.Float64
	}
	r, err := x.Op.Eval(x.Attr, kind, ins...)
	if err == nil && len(r.Data) == 1 && v.size[i] == 1 {
		r = graph.Of(r.Data, x.Shape...)
	}
	return r, err
}

// apply computes an operation that the program does not have, nil where it does
// not fit its operands.
func (v *view) apply(op string, at *graph.Attr, ins ...*array) *array {
	for _, a := range ins {
		if a == nil {
			return nil
		}
	}
	r, err := graph.Lookup(op).Eval(at, npy.Float64, ins...)
	if err != nil {
		return nil
	}
	return r
}

// backward gives what node i hands to each of its inputs in the forward pass of the
// derivative by its value, and with e, which says how far that may be off, how far
// they may.
func (v *step) backward(i int, g, e *array) (into, errs []*array, err error) {
	return v.backwardInto(i, -1, g, e)
}

// backwardInto is backward to one operand alone, or to all if slot is below 0.
func (v *step) backwardInto(i, slot int, g, e *array) (into, errs []*array, err error) {
	c, err := v.g.DerivativeOf(i)
	if err != nil {
		return nil, nil, err
	}
	c.Kink = v.kink
	if x := v.near[i]; x != nil {
		c.Out = x
	}
	into = make([]*array, len(c.In))
	for j, q := range v.in[i] {
		if x := v.near[q]; x != nil {
			c.In[j] = x
		}
		if v.float[q] && v.forward[q] && (slot < 0 || j == slot) {
			into[j] = graph.NewArray(v.shapes[q]...)
		}
	}
	if g.Shape == nil || !slices.Equal(g.Shape, v.shapes[i]) {
		g = graph.Of(g.Data, v.shapes[i]...)
	}
	if err := c.Adjoint(g, into); err != nil {
		return nil, nil, err
	}
	if e == nil {
		return into, nil, nil
	}
	errs = make([]*array, len(c.In))
	for j := range errs {
		if into[j] != nil {
			errs[j] = graph.NewArray(v.shapes[v.in[i][j]]...)
		}
	}
	if !slices.Equal(e.Shape, v.shapes[i]) {
		e = graph.Of(e.Data, v.shapes[i]...)
	}
	if err := c.AdjointBound(g, e, errs); err != nil {
		return nil, nil, err
	}
	return into, errs, nil
}

// A position is a line of a file.
type position struct{ file, line int }

func (v *view) line(i int) position {
	if s := v.g.Site(i); s != nil {
		return position{s.File, s.Line}
	}
	return position{-1, 0}
}

func (v *view) fileName(file int) string {
	if file < 0 || file >= len(v.g.Files) {
		return "?"
	}
	return v.g.Files[file].Name
}

// source is a line of the program without its indentation.
func (v *view) source(file, line int) string {
	if file < 0 || file >= len(v.g.Files) {
		return ""
	}
	return strings.TrimSpace(v.g.Files[file].Line(line))
}

// where is "net.py:41".
func (v *view) where(i int) message.Text {
	p := v.line(i)
	return message.New("%s:%d", message.Plain(path.Base(v.fileName(p.file))), p.line)
}

func (v *view) sameStatement(a, b int) bool {
	x, y := v.g.Site(a), v.g.Site(b)
	return x != nil && y != nil && x.File == y.File && x.Stmt == y.Stmt
}

// short cuts a text of the program that is too long for a sentence.
func short(s string, n int) message.Text {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		s = string(r[:n-1]) + "…"
	}
	return message.Plain(s)
}

// text is the expression that a node is the value of.
func (v *view) text(i int) message.Text {
	if v.site[i] < 0 {
		return message.Plain("?")
	}
	return v.siteText(v.site[i])
}

func (v *view) siteText(site int) message.Text { return short(v.g.Text(site), 50) }

// args are the sources of a node's operands, without the module that a function
// is called of.
func (v *view) args(i int) []string {
	s := v.g.Site(i)
	if s == nil {
		return nil
	}
	args := s.Args
	if len(args) > 0 && (args[0] == "np" || args[0] == "numpy" || args[0] == "math") {
		args = args[1:]
	}
	return args
}

// operand is the source of a node's operand, or else of the node.
func (v *view) operand(i, slot int) message.Text {
	args := v.args(i)
	if slot < 0 || slot >= len(args) {
		return v.text(i)
	}
	if args[slot] == "" && slot < len(v.in[i]) { // written by brackets alone, as np.r_[x, h]
		return v.text(v.in[i][slot])
	}
	return short(args[slot], 50)
}

// bestName is what the program calls a value where it reads it.
func (v *view) bestName(i int) string {
	count := map[string]int{}
	var order []string
	for _, c := range v.cons[i] {
		for j, q := range v.in[c] {
			if q != i {
				continue
			}
			if args := v.args(c); j < len(args) {
				if count[args[j]] == 0 {
					order = append(order, args[j])
				}
				count[args[j]]++
			}
		}
	}
	best := "?"
	weight := func(s string) int {
		if len(s) < 24 {
			return count[s]
		}
		return 0
	}
	for _, s := range order {
		if best == "?" || weight(s) > weight(best) || weight(s) == weight(best) && len(s) < len(best) {
			best = s
		}
	}
	return best
}

func (v *view) file(site int) int       { return v.g.Sites[site].File }
func (v *view) lineOfSite(site int) int { return v.g.Sites[site].Line }

// paramsOf are the arguments' names of the function around a node.
func (v *view) paramsOf(i int) []string {
	if s := v.g.Site(i); s != nil {
		return s.Params
	}
	return nil
}

// callerOf is the line that called the function around a node; one that merely
// hands an argument of its own on counts for its caller in turn.
func (v *view) callerOf(i int) (file, line int, ok bool) {
	if v.call[i] < 0 {
		return 0, 0, false
	}
	list := v.g.Calls[v.call[i]]
	if len(list) == 0 {
		return 0, 0, false
	}
	k := 0
	for k+1 < len(list) && v.handsOn(list[k]) {
		k++
	}
	return list[k].File, list[k].Line, list[k].File >= 0
}

// handsOn reports that at a line an argument of the enclosing function is
// handed on as it is to another.
func (v *view) handsOn(p graph.Position) bool {
	for i := range v.g.Sites {
		s := &v.g.Sites[i]
		if s.File != p.File || s.Line != p.Line {
			continue
		}
		text := v.g.Text(i)
		for _, a := range s.Params {
			for _, call := range []string{"(" + a + ")", "(" + a + ",", ", " + a + ")", ", " + a + ","} {
				if a != "self" && strings.Contains(text, call) {
					return true
				}
			}
		}
	}
	return false
}

// keptAs is the site at which a value got another name, last before the site in
// the same function; -1 where there is none.
func (v *view) keptAs(node, before int) int {
	best := -1
	if before < 0 {
		return -1
	}
	at := &v.g.Sites[before]
	for _, k := range v.kept {
		if k.node == node && k.kind == "name" && k.site >= 0 {
			if s := &v.g.Sites[k.site]; s.File == at.File && s.Func == at.Func && s.Line <= at.Line {
				best = k.site
			}
		}
	}
	return best
}

func axisAttr(axes []int, keep bool) *graph.Attr { return &graph.Attr{Axis: axes, Keepdims: keep} }

func axisText(axes []int, keep bool) message.Text {
	t := message.New(" over all axes")
	switch len(axes) {
	case 1:
		t = message.New(" over axis %d", axes[0])
	case 2:
		t = message.New(" over the axes %d and %d", axes[0], axes[1])
	case 3:
		t = message.New(" over the axes %d, %d and %d", axes[0], axes[1], axes[2])
	}
	return t
}
