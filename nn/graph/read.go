package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"glassbox/mat/npy"
)

// Read reads a program trace. Its errors name the file, the entry and what would
// be right.
func Read(path string) (*Graph, error) {
	a, err := npy.ReadNPZ(path)
	if err != nil {
		return nil, err
	}
	size := int64(0)
	if info, err := os.Stat(path); err == nil {
		size = info.Size()
	}
	return Decode(a, size, path)
}

// Is reports whether an archive is a program trace rather than one of named
// tensors.
func Is(a npy.Archive) bool { return a.Has("program") }

// The bounds of the package comment.
const (
	freeBytes    = 8 << 20 // what the entry program may have beside …
	jsonRatio    = 16      // … this multiple of the file
	freeElements = 4 << 20 // what one value may have beside …
	valueRatio   = 2       // … this multiple of the file's bytes,
	freeHeld     = 4 << 20 // and all that are held beside the file's bytes
)

// Decode returns the graph in an archive of size bytes. Errors call it name.
func Decode(a npy.Archive, size int64, name string) (*Graph, error) {
	g := &Graph{File: name}
	g.values.archive = &a
	if err := g.decode(a, size); err != nil {
		if strings.HasPrefix(err.Error(), name+":") {
			return nil, err
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}

func (g *Graph) decode(a npy.Archive, size int64) error {
	if !a.Has("program") {
		return errors.New("there is no entry program; a program trace has its graph there")
	}
	shape, kind, err := a.Header("program")
	if err != nil {
		return err
	}
	if limit := freeBytes + jsonRatio*size; kind != npy.Uint8 || len(shape) != 1 || int64(shape[0]) > limit {
		return fmt.Errorf("entry program: is %s of %s; a text, uint8 of one axis, of up to %d bytes would be right", kind, ShapeText(shape), limit)
	}
	text, err := a.Bytes("program")
	if err != nil {
		return err
	}
	var t traceJSON
	if err := json.Unmarshal(text, &t); err != nil {
		return fmt.Errorf("entry program: %w", err)
	}
	text = nil
	if t.Schema != 1 {
		return fmt.Errorf("entry program: has the schema %d; 1 is read", t.Schema)
	}
	s := &g.values
	s.elements = freeElements + valueRatio*int(size)
	s.budget = freeHeld + int(size)
	for _, n := range a.Names() {
		if n == "program" {
			continue
		}
		shape, kind, err := a.Header(n)
		if err != nil {
			return err
		}
		if Size(shape) > s.elements {
			return fmt.Errorf("entry %s.npy: has %d elements; a file of %d bytes is trusted with up to %d", n, Size(shape), size, s.elements)
		}
		s.names, s.shapes, s.kinds = append(s.names, n), append(s.shapes, shape), append(s.kinds, kind)
	}
	s.arrays, s.indices = make([][]float64, len(s.names)), make([][]int32, len(s.names))
	if err := g.build(&t); err != nil {
		return fmt.Errorf("entry program: %w", err)
	}
	s.nodes = make([]*Array, len(g.Nodes))
	g.seeThrough()
	g.link()
	return nil
}

// build makes the graph of what was read, and checks it all.
func (g *Graph) build(t *traceJSON) error {
	g.Recorder, g.Python, g.NumPy, g.Program, g.Argv, g.Seconds = t.Recorder, t.Python, t.NumPy, t.Program, t.Argv, t.Seconds
	for _, f := range t.Files {
		file := File{Name: f.Name, SHA256: f.SHA256, Text: f.Text}
		file.findLines()
		g.Files = append(g.Files, file)
	}
	for i, s := range t.Sites {
		if s.File < 0 || s.File >= len(g.Files) {
			return fmt.Errorf("sites[%d]: there is no file %d of %d", i, s.File, len(g.Files))
		}
		g.Sites = append(g.Sites, Site(s))
	}
	for i, path := range t.Calls {
		var p []Position
		for _, c := range path {
			file := -1
			var name string
			if json.Unmarshal(c[0], &name) == nil {
				file = slices.IndexFunc(g.Files, func(f File) bool { return f.Name == name })
			} else if err := json.Unmarshal(c[0], &file); err != nil || file < -1 || file >= len(g.Files) {
				return fmt.Errorf("calls[%d]: %.40s is no file", i, c[0])
			}
			line := 0
			if err := json.Unmarshal(c[1], &line); err != nil {
				return fmt.Errorf("calls[%d]: %.40s is no line", i, c[1])
			}
			p = append(p, Position{file, line})
		}
		g.Calls = append(g.Calls, p)
	}
	for i, shape := range t.Shapes {
		if n := elements(shape); n < 0 {
			return fmt.Errorf("shapes[%d]: %v has a negative size or more elements than there can be", i, shape)
		}
	}
	if err := g.buildNodes(t); err != nil {
		return err
	}
	for i, k := range t.Kept {
		kept := Kept{}
		if len(k) != 4 || json.Unmarshal(k[0], &kept.Site) != nil || json.Unmarshal(k[1], &kept.Node) != nil ||
			json.Unmarshal(k[2], &kept.Kind) != nil || json.Unmarshal(k[3], &kept.At) != nil {
			return fmt.Errorf("kept[%d]: is not [site, node, kind, node count]", i)
		}
		if kept.Site < -1 || kept.Site >= len(g.Sites) || kept.Node < 0 || kept.Node >= len(g.Nodes) {
			return fmt.Errorf("kept[%d]: names site %d and node %d; there are %d and %d", i, kept.Site, kept.Node, len(g.Sites), len(g.Nodes))
		}
		g.Kept = append(g.Kept, kept)
	}
	g.End = End{Why: t.End.Why, Nodes: t.End.Node, Behind: len(g.Nodes), Inside: t.End.ErrorsInside}
	if b := t.End.Behind; b != nil && *b >= 0 && *b < len(g.Nodes) {
		g.End.Behind = *b
	}
	for _, l := range t.End.Limits {
		g.End.Limits = append(g.End.Limits, Limit{l.What, string(l.Limit), l.AtNode})
	}
	if e := t.End.Error; e != nil {
		g.End.Error = &ProgramError{e.Type, e.Message, e.File, e.Line, e.Shapes}
	}
	return nil
}

// elements is Size, or -1 where a size is negative or the product is beyond
// reach.
func elements(shape []int) int {
	n := 1
	for _, size := range shape {
		if size < 0 || size > 0 && n > min(1<<40, math.MaxInt)/size {
			return -1
		}
		n *= size
	}
	return n
}

func (g *Graph) buildNodes(t *traceJSON) error {
	n := len(t.Nodes.Op)
	for _, c := range []struct {
		name string
		n    int
	}{{"site", len(t.Nodes.Site)}, {"in", len(t.Nodes.In.end)}, {"obj", len(t.Nodes.Obj)}, {"call", len(t.Nodes.Call)},
		{"dtype", len(t.Nodes.DType)}, {"shape", len(t.Nodes.Shape)}, {"val", len(t.Nodes.Val.name)}} {
		if c.n != n {
			return fmt.Errorf("nodes.%s has %d items and nodes.op %d", c.name, c.n, n)
		}
	}
	var known []*Op
	for _, name := range t.Ops {
		known = append(known, Lookup(name))
	}
	var kinds []npy.Kind
	for _, name := range t.DTypes {
		kinds = append(kinds, kindOf(name))
	}
	s := &g.values
	entries := map[string]int{}
	for k, name := range s.names {
		entries[name] = k
	}
	s.scalars = map[int]float64{}
	in := slices.Clip(t.Nodes.In.all)
	from := 0
	g.Nodes = make([]Node, n)
	for i := range g.Nodes {
		wrong := func(column string, is, below int) error {
			return fmt.Errorf("nodes.%s[%d] is %d; -1 < %[3]d < %d would be right", column, i, is, below)
		}
		outside := func(v int32, n int) bool { return v < 0 || int(v) >= n }
		node := &g.Nodes[i]
		if v := t.Nodes.Op[i]; outside(v, len(known)) {
			return wrong("op", int(v), len(known))
		}
		if v := t.Nodes.DType[i]; outside(v, len(kinds)) {
			return wrong("dtype", int(v), len(kinds))
		}
		if v := t.Nodes.Shape[i]; outside(v, len(t.Shapes)) {
			return wrong("shape", int(v), len(t.Shapes))
		}
		if v := t.Nodes.Site[i]; v != -1 && outside(v, len(g.Sites)) {
			return wrong("site", int(v), len(g.Sites))
		}
		if v := t.Nodes.Call[i]; v != -1 && outside(v, len(g.Calls)) {
			return wrong("call", int(v), len(g.Calls))
		}
		to := t.Nodes.In.end[i]
		for _, q := range in[from:to] {
			if q < 0 || q >= i {
				return fmt.Errorf("nodes.in[%d] has %d; a node's inputs come before it", i, q)
			}
		}
		*node = Node{Op: known[t.Nodes.Op[i]], In: in[from:to:to], Site: int(t.Nodes.Site[i]), Call: int(t.Nodes.Call[i]),
			Obj: int(t.Nodes.Obj[i]), Kind: kinds[t.Nodes.DType[i]], Shape: t.Shapes[t.Nodes.Shape[i]], Attr: noAttr, kept: keptNone}
		from = to
		switch name := t.Nodes.Val.name[i]; name {
		case "null":
		case "":
			if Size(node.Shape) != 1 {
				return fmt.Errorf("nodes.val[%d] is a number and the shape %s", i, ShapeText(node.Shape))
			}
			node.kept = keptScalar
			s.scalars[i] = t.Nodes.Val.number[i]
		default:
			k, ok := entries[name]
			if !ok {
				return fmt.Errorf("nodes.val[%d] is %q; there is no such array", i, name)
			}
			if s.kinds[k] == npy.Text || Size(s.shapes[k]) != Size(node.Shape) {
				return fmt.Errorf("nodes.val[%d]: the array %s is %s of %s and the node's shape %s", i, name, s.kinds[k], ShapeText(s.shapes[k]), ShapeText(node.Shape))
			}
			node.kept = int32(k)
		}
	}
	return g.buildAttrs(t, entries)
}

func (g *Graph) buildAttrs(t *traceJSON, entries map[string]int) error {
	s := &g.values
	attrs := t.Nodes.Attr
	if attrs == nil {
		attrs = t.Attr
	}
	for key, a := range attrs {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(g.Nodes) {
			return fmt.Errorf("attr: %q is no node of %d", key, len(g.Nodes))
		}
		node := &g.Nodes[i]
		b := &Attr{Axis: a.Axis, Keepdims: bool(a.Keepdims), DDof: a.DDof, Eq: a.Eq, Cmp: a.Cmp, Mode: a.Mode, Decimals: a.Decimals, Offset: a.Offset,
			N: a.N, Fill: float64(a.Fill), Part: a.Part, Inplace: bool(a.Inplace), Alias: bool(a.Alias), View: bool(a.View), Big: bool(a.Big)}
		wrong := func(what string, text []byte) error {
			return fmt.Errorf("attr %d: %s %.60s is not understood", i, what, text)
		}
		if len(a.Ord) > 0 && string(a.Ord) != "null" {
			b.Ord = strings.Trim(string(a.Ord), `"`)
			b.Ord = strings.TrimSuffix(b.Ord, ".0")
		}
		if len(a.Axes) > 0 && string(a.Axes) != "null" {
			var pairs []intOrList
			if json.Unmarshal(a.Axes, &b.Axes.Last) != nil {
				if json.Unmarshal(a.Axes, &pairs) != nil || len(pairs) != 2 {
					return wrong("axes", a.Axes)
				}
				b.Axes.Pairs = [][]int{pairs[0], pairs[1]}
			}
		}
		if len(a.By) > 0 && a.By[0] == '[' { // of another operation it is text
			if json.Unmarshal(a.By, &b.By) != nil {
				return wrong("by", a.By)
			}
			for _, q := range b.By {
				if q < 0 || q >= i {
					return fmt.Errorf("attr %d: by is node %d; an earlier one would be right", i, q)
				}
			}
		}
		for _, p := range a.Sample {
			k := float64(p[0])
			if k != math.Trunc(k) || k < 0 || k >= float64(Size(node.Shape)) {
				return fmt.Errorf("attr %d: sample has element %v; the shape is %s", i, k, ShapeText(node.Shape))
			}
			b.Sample = append(b.Sample, Sample{int(k), float64(p[1])})
		}
		if a.Idx != "" {
			k, ok := entries[a.Idx]
			if !ok {
				return fmt.Errorf("attr %d: idx is %q; there is no such array", i, a.Idx)
			}
			shape := s.shapes[k]
			if !s.kinds[k].Integer() || node.Op.Name == "gather" && Size(shape) != Size(node.Shape) {
				return fmt.Errorf("attr %d: idx %s is %s of %s for a result of %s", i, a.Idx, s.kinds[k], ShapeText(shape), ShapeText(node.Shape))
			}
			if node.Op.Name == "gather" {
				shape = node.Shape
			}
			b.Index = &Index{Shape: shape, load: func() ([]int32, error) { return s.index(k) }}
		} else if a.Steps != nil {
			shape, err := s.checkSteps(a.Steps)
			if err == nil && node.Op.Name == "gather" && Size(shape) != Size(node.Shape) {
				err = fmt.Errorf("steps %v are of %s for a result of %s", a.Steps, ShapeText(shape), ShapeText(node.Shape))
			}
			if err != nil {
				return fmt.Errorf("attr %d: %w", i, err)
			}
			if node.Op.Name == "gather" {
				shape = node.Shape
			}
			b.Index = &Index{Shape: shape, load: func() ([]int32, error) { return s.steps(a.Steps, elements(shape)) }}
		}
		node.Attr = b
	}
	return nil
}

// kindOf returns the kind of a dtype by NumPy's name or code, Text for one whose
// values are not numbers here.
func kindOf(dtype string) npy.Kind {
	code := strings.TrimLeft(dtype, "<>|=")
	for k := npy.Float64; k < npy.Text; k++ {
		if dtype == k.String() || code == k.Code() {
			return k
		}
	}
	switch dtype {
	case "float", "double":
		return npy.Float64
	case "int":
		return npy.Int64
	case "bool_":
		return npy.Bool
	}
	return npy.Text
}
