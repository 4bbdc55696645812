package graph

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"glassbox/mat/npy"
)

// A store has the values that were read or computed, up to a budget.
type store struct {
	archive  *npy.Archive
	names    []string // of the arrays
	arrays   [][]float64
	indices  [][]int32
	strided  map[string][]int32 // indices by their steps
	shapes   [][]int            // of the arrays
	kinds    []npy.Kind
	scalars  map[int]float64
	nodes    []*Array // by node, nil if not there
	before   []*Array // what nodes was when it was full
	failed   map[int]error
	held     int // elements in all of these but before
	budget   int
	elements int // that one value may have
	zeros    []float64
}

// add counts n more elements, and lets go of what has not been asked for lately
// if they are too many.
func (s *store) add(n int) {
	if s.held += n; s.held > s.budget/2 {
		clear(s.arrays)
		clear(s.indices)
		clear(s.strided)
		if s.nodes, s.before = s.before, s.nodes; s.nodes == nil {
			s.nodes = make([]*Array, len(s.before))
		}
		clear(s.nodes)
		s.held = n
	}
}

// node is the value of node n, nil if it is not held.
func (s *store) node(n int) *Array {
	v := s.nodes[n]
	if v == nil && s.before != nil && s.before[n] != nil {
		v = s.before[n]
		s.add(len(v.Data))
		s.nodes[n] = v
	}
	return v
}

// array reads an array's numbers.
func (s *store) array(k int) ([]float64, error) {
	if a := s.arrays[k]; a != nil {
		return a, nil
	}
	a, err := s.archive.Array(s.names[k])
	if err != nil {
		return nil, err
	}
	s.add(len(a.Data))
	if a.Data == nil {
		a.Data = []float64{}
	}
	s.arrays[k] = a.Data
	return a.Data, nil
}

// index reads an array of indices.
func (s *store) index(k int) ([]int32, error) {
	if x := s.indices[k]; x != nil {
		return x, nil
	}
	a, err := s.archive.Array(s.names[k])
	if err != nil {
		return nil, err
	}
	x := make([]int32, len(a.Data))
	for i, v := range a.Data {
		if v < 0 || v > math.MaxInt32 {
			return nil, fmt.Errorf("array %s: element %d is %v, which is no index", s.names[k], i, v)
		}
		x[i] = int32(v)
	}
	s.add(len(x) / 2)
	s.indices[k] = x
	return x, nil
}

// checkSteps returns the shape of the indices that steps describe: the first,
// then for each axis how many there are and how far they are apart.
func (s *store) checkSteps(steps []int) ([]int, error) {
	if len(steps)%2 != 1 {
		return nil, fmt.Errorf("steps %v are not a start and two numbers an axis", steps)
	}
	var shape []int
	low, high := int64(steps[0]), int64(steps[0])
	for k := 1; k < len(steps); k += 2 {
		n, step := steps[k], steps[k+1]
		if n < 0 || n > maxIndices || step < -math.MaxInt32 || step > math.MaxInt32 {
			return nil, fmt.Errorf("steps %v: %d by %d is no axis", steps, n, step)
		}
		shape = append(shape, n)
		last := int64(step) * int64(max(0, n-1))
		low, high = low+min(0, last), high+max(0, last)
		if n > 0 && (low < 1 || high > math.MaxInt32) {
			return nil, fmt.Errorf("steps %v lead outside any array", steps)
		}
	}
	if n := elements(shape); n < 0 || n > maxIndices {
		return nil, fmt.Errorf("steps %v are too many", steps)
	}
	return shape, nil
}

// maxIndices bounds what steps may describe. A data set's reshape has more than
// may be held: it is read and known to be there, and made when it is asked for.
const maxIndices = 1 << 28

// steps returns the indices that checked steps describe, of n elements.
func (s *store) steps(steps []int, n int) ([]int32, error) {
	if n > s.elements {
		return nil, fmt.Errorf("%w: steps %v are more than is held", ErrOpaque, steps)
	}
	var room [64]byte // 40 bits hold each number
	key := room[:0]
	for _, n := range steps {
		wide := int64(n)
		key = append(key, byte(wide), byte(wide>>8), byte(wide>>16), byte(wide>>24), byte(wide>>32))
	}
	if x, ok := s.strided[string(key)]; ok {
		return x, nil
	}
	x := []int32{int32(steps[0])}
	for k := 1; k < len(steps); k += 2 {
		next := make([]int32, 0, len(x)*steps[k])
		for _, v := range x {
			for j := range steps[k] {
				next = append(next, v+int32(j*steps[k+1]))
			}
		}
		x = next
	}
	s.add(len(x) / 2)
	if s.strided == nil {
		s.strided = map[string][]int32{}
	}
	s.strided[string(key)] = x
	return x, nil
}

// Room is how many elements may be held beside the values: in proportion to the
// file, and some millions.
func (g *Graph) Room() int { return g.values.budget / 4 }

// HasValue reports whether the recording has the value of node n.
func (g *Graph) HasValue(n int) bool { return g.Nodes[n].kept != keptNone }

// Value returns the value of node n: as it was recorded, or else computed from
// its inputs and held against the elements that were. The error says what keeps
// it from being computed (it is ErrOpaque then), or that the elements differ.
func (g *Graph) Value(n int) (*Array, error) {
	if v := g.values.node(n); v != nil {
		return v, nil
	}
	if err := g.values.failed[n]; err != nil {
		return nil, err
	}
	if g.HasValue(n) {
		v, err := g.recorded(n)
		if err != nil {
			g.values.fail(n, err)
			return nil, err
		}
		g.values.nodes[n] = v
		return v, nil
	}
	return g.compute(n)
}

// MustValue is Value where the error was looked at before: nil if there is one.
func (g *Graph) MustValue(n int) *Array {
	v, _ := g.Value(n)
	return v
}

func (s *store) fail(n int, err error) {
	if s.failed == nil {
		s.failed = map[int]error{}
	}
	s.failed[n] = err
}

// recorded returns the value that the recording has of node n.
func (g *Graph) recorded(n int) (*Array, error) {
	node := &g.Nodes[n]
	if node.kept == keptScalar {
		return &Array{node.Shape, []float64{g.values.scalars[n]}}, nil
	}
	data, err := g.values.array(int(node.kept))
	if err != nil {
		return nil, err
	}
	return &Array{node.Shape, data}, nil
}

// compute finds the value of a node that was not kept, and of those before it
// that it needs.
func (g *Graph) compute(n int) (*Array, error) {
	// What has to be computed, each after what it needs.
	need := map[int]int{n: 1} // with how many of these use it
	todo := []int{n}
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if g.Nodes[i].Op.value == nil {
			continue
		}
		for _, q := range g.Nodes[i].In {
			if g.values.node(q) != nil || g.HasValue(q) {
				continue
			}
			if need[q]++; need[q] == 1 {
				todo = append(todo, q)
			}
		}
	}
	order := make([]int, 0, len(need))
	for i := range need {
		order = append(order, i)
	}
	slices.Sort(order)
	made := map[int]*Array{}
	elements, all := 0, 0
	for _, i := range order {
		all += g.Size(i)
	}
	mine := map[int]bool{} // copies made here, which nothing else holds
	for _, i := range order {
		if g.values.failed[i] != nil {
			continue
		}
		if v := g.values.node(i); v != nil { // came with an earlier value
			made[i] = v
			continue
		}
		// A large table that is filled row by row is one array, not as many as rows.
		mine[i] = g.Nodes[i].Op.writes && all > g.values.budget/2
		spent := mine[i] && mine[g.Nodes[i].In[0]] && need[g.Nodes[i].In[0]] == 1
		v, err := g.apply(i, made, spent)
		if spent {
			elements -= g.Size(i)
			delete(made, g.Nodes[i].In[0])
		}
		if err != nil {
			g.values.fail(i, err)
			continue
		}
		made[i] = v
		elements += len(v.Data)
		if elements > g.values.budget/8 { // let go of what is used up, before it drives out what is asked for
			for _, q := range g.Nodes[i].In {
				if need[q]--; need[q] == 0 && made[q] != nil {
					elements -= len(made[q].Data)
					delete(made, q)
				}
			}
		}
	}
	if err := g.values.failed[n]; err != nil {
		return nil, err
	}
	g.values.add(elements)
	for i, v := range made {
		g.values.nodes[i] = v
	}
	return made[n], nil
}

// apply computes node i from its inputs, of which some may be in made, and holds
// it against its samples. Where the first input is spent, its array becomes the result.
func (g *Graph) apply(i int, made map[int]*Array, spent bool) (*Array, error) {
	node := &g.Nodes[i]
	if size := g.Size(i); size > g.values.elements {
		return nil, g.at(i, fmt.Errorf("%w: its %d elements are more than the %d that a trace of this size is trusted with", ErrOpaque, size, g.values.elements))
	}
	if node.Op.source {
		if v := created(node); v != nil {
			return v, nil
		}
		return nil, g.at(i, fmt.Errorf("%w: its value was not kept", ErrOpaque))
	}
	if node.Op.value == nil {
		return nil, g.at(i, fmt.Errorf("%w: nothing is known of this operation, and its value was not kept", ErrOpaque))
	}
	in := make([]*Array, len(node.In))
	for k, q := range node.In {
		v := made[q]
		if v == nil {
			var err error
			if v, err = g.Value(q); err != nil {
				return nil, fmt.Errorf("node %d needs node %d: %w", i, q, err)
			}
		}
		in[k] = v
	}
	c := Call{Op: node.Op, Attr: node.Attr, Kind: node.Kind, In: in, Max: g.values.elements, spent: spent}
	v, err := c.Value()
	if err == nil && !slices.Equal(v.Shape, node.Shape) && (len(v.Data) != 1 || Size(node.Shape) != 1) {
		err = fmt.Errorf("comes out with the shape %s and was recorded with %s", ShapeText(v.Shape), ShapeText(node.Shape))
	}
	if err != nil {
		return nil, g.at(i, err)
	}
	v.Shape = node.Shape
	if err := g.sampled(i, v, in); err != nil {
		return nil, g.at(i, err)
	}
	return v, nil
}

// sampled compares a computed value with the elements of it that were recorded.
func (g *Graph) sampled(i int, v *Array, in []*Array) error {
	samples := g.Nodes[i].Attr.Sample
	if len(samples) == 0 {
		return nil
	}
	tolerance := 1e-7
	if kind := g.Nodes[i].Kind; kind == npy.Float32 || kind == npy.Float16 {
		tolerance = 0x1p13 * (&Call{Kind: kind}).unit()
	}
	size := -1.0 // of the largest element, looked for where it matters
	for _, s := range samples {
		x := v.Data[s.Index]
		if x == s.Value || x != x && s.Value != s.Value || math.Abs(x-s.Value) <= tolerance*math.Abs(x) {
			continue
		}
		if size < 0 {
			size = v.MaxAbs()
			for _, x := range in {
				size = max(size, x.MaxAbs())
			}
		}
		if math.Abs(x-s.Value) <= tolerance*size || size-size != 0 {
			continue
		}
		return fmt.Errorf("element %d comes out as %v and was recorded as %v", s.Index, x, s.Value)
	}
	return nil
}

// at says which node an error is about.
func (g *Graph) at(i int, err error) error {
	name := g.Nodes[i].Op.Name
	text := strings.TrimPrefix(err.Error(), name+": ")
	if errors.Is(err, ErrOpaque) {
		text = strings.TrimPrefix(text, ErrOpaque.Error()+": ")
		err = fmt.Errorf("%w: %s", ErrOpaque, text)
	} else {
		err = errors.New(text)
	}
	if file, line := g.Where(i); file != "" {
		return fmt.Errorf("%s:%d: %s (node %d): %w", file, line, name, i, err)
	}
	return fmt.Errorf("%s (node %d): %w", name, i, err)
}

// created returns what NumPy's makers of arrays make, nil for those that need
// to know more than the shape.
func created(node *Node) *Array {
	switch strings.TrimPrefix(node.Op.Name, "create:") {
	case "zeros", "zeros_like":
		return NewArray(node.Shape...)
	case "ones", "ones_like":
		return Filled(1, node.Shape...)
	case "eye", "identity":
		a := NewArray(node.Shape...)
		if n := len(node.Shape); n == 2 && node.Shape[0] == node.Shape[1] && len(node.In) == 0 {
			for i := range node.Shape[0] {
				a.Data[i*(node.Shape[0]+1)] = 1
			}
			return a
		}
	}
	return nil
}

// CallOf returns node n as a call: its operation on its values, and its result.
func (g *Graph) CallOf(n int) (*Call, error) {
	node := &g.Nodes[n]
	c := &Call{Op: node.Op, Attr: node.Attr, Kind: node.Kind, In: make([]*Array, len(node.In)), Max: g.values.elements}
	var err error
	if c.Out, err = g.Value(n); err != nil {
		return nil, err
	}
	for i, q := range node.In {
		if c.In[i], err = g.Value(q); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// DerivativeOf is CallOf for what the derivative alone is asked of: where that
// depends on shapes only, as with a movement of data, the numbers are zeros.
func (g *Graph) DerivativeOf(n int) (*Call, error) {
	node := &g.Nodes[n]
	if !node.Op.moves {
		return g.CallOf(n)
	}
	c := &Call{Op: node.Op, Attr: node.Attr, Kind: node.Kind, In: make([]*Array, len(node.In)), Max: g.values.elements}
	c.Out = g.blank(n)
	for i, q := range node.In {
		c.In[i] = g.blank(q)
	}
	return c, nil
}

// blank is an array of zeros like node n, which shares them with others.
func (g *Graph) blank(n int) *Array {
	size := g.Size(n)
	if len(g.values.zeros) < size {
		g.values.zeros = make([]float64, size)
	}
	return &Array{g.Nodes[n].Shape, g.values.zeros[:size:size]}
}
