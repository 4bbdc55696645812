package graph

import (
	"math/rand/v2"
	"testing"

	"glassbox/mat/npy"
)

// A builder makes graphs for tests, node by node.
type builder struct {
	t testing.TB
	g *Graph
}

func build(t testing.TB) *builder {
	g := &Graph{Files: []File{{Name: "test.py"}}}
	g.values.elements, g.values.budget = 1<<20, 1<<22
	return &builder{t, g}
}

// leaf adds a value from outside.
func (b *builder) leaf(a *Array) int { return b.put("leaf", npy.Float64, nil, a) }

// do adds an operation on nodes, and its value.
func (b *builder) do(name string, attr *Attr, in ...int) int {
	b.t.Helper()
	op := Lookup(name)
	var values []*Array
	kind := npy.Float64
	for _, q := range in {
		values = append(values, b.g.values.nodes[q])
		if k := b.g.Nodes[q].Kind; k == npy.Float32 {
			kind = k
		}
	}
	v, err := op.Eval(attr, kind, values...)
	if err != nil {
		b.t.Fatalf("%s: %v", name, err)
	}
	return b.put(name, kind, attr, v, in...)
}

func (b *builder) put(name string, kind npy.Kind, attr *Attr, v *Array, in ...int) int {
	if attr == nil {
		attr = noAttr
	}
	b.g.Nodes = append(b.g.Nodes, Node{Op: Lookup(name), In: in, Site: -1, Call: -1, Obj: -1, Kind: kind, Shape: v.Shape, Attr: attr, kept: keptNone})
	b.g.values.nodes = append(b.g.values.nodes, v)
	return len(b.g.Nodes) - 1
}

// done returns the graph.
func (b *builder) done() *Graph {
	b.g.End.Behind = len(b.g.Nodes)
	b.g.link()
	return b.g
}

// random is an array of normal deviates.
func random(r *rand.Rand, shape ...int) *Array {
	a := NewArray(shape...)
	for i := range a.Data {
		a.Data[i] = r.NormFloat64()
	}
	return a
}
