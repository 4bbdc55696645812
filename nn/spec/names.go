package spec

import (
	"slices"
	"strconv"
	"strings"
)

// A TensorName is the name of a tensor taken apart: "vW1_new" is vW, 1 and _new.
type TensorName struct {
	Kind   string // "x", "z", "dW", "vb"
	Layer  int    // from 1; 0 where the tensor belongs to no layer
	Suffix string // "", or when it was seen
}

// When a parameter was seen, if not at the step's beginning.
const (
	SuffixNew      = "_new"      // after the update
	SuffixNext     = "_next"     // as the next training step finds it
	SuffixBackward = "_backward" // as the backward pass found it, if not as the forward pass did
)

func (n TensorName) String() string {
	if n.Layer == 0 {
		return n.Kind + n.Suffix
	}
	return n.Kind + strconv.Itoa(n.Layer) + n.Suffix
}

// Of returns the tensor of another kind in the same layer.
func (n TensorName) Of(kind string) string { return Name(kind, n.Layer) }

// Name returns the name of a tensor of layer k, "dW2".
func Name(kind string, k int) string { return kind + strconv.Itoa(k) }

// Param returns the parameter that a gradient, what an optimizer keeps or a new
// parameter belongs to: W1 for W1_next, dW1 or vW1_new.
func (n TensorName) Param() string {
	return strings.TrimLeft(n.Kind, "dvs") + strconv.Itoa(n.Layer)
}

// IsState reports whether n is what an optimizer keeps: a velocity, a mean of
// squares or the number of steps.
func (n TensorName) IsState() bool { return n.Kind[0] == 'v' || n.Kind[0] == 's' || n.Kind == "t" }

// mostLayers bounds what is read as a layer's number.
const mostLayers = 1000

// ParseName takes a name apart; false for one that no step has.
func ParseName(name string) (n TensorName, ok bool) {
	base := name
	for _, suffix := range []string{SuffixNew, SuffixNext, SuffixBackward} {
		if rest, ok := strings.CutSuffix(name, suffix); ok {
			base, n.Suffix = rest, suffix
		}
	}
	n.Kind = strings.TrimRight(base, "0123456789")
	if digits := base[len(n.Kind):]; digits != "" {
		k, err := strconv.Atoi(digits)
		if err != nil || k < 1 || k > mostLayers || strconv.Itoa(k) != digits {
			return TensorName{}, false
		}
		n.Layer = k
	}
	shape, ok := shapes[TensorName{Kind: n.Kind, Suffix: n.Suffix}]
	if !ok || shape.layered() != (n.Layer > 0) {
		return TensorName{}, false
	}
	return n, true
}

// A Dim is one side of a tensor's shape.
type Dim int

// The sides that tensors have.
const (
	One      Dim = iota
	Rows         // N, a row a sample
	In           // units of the layer before
	Out          // units of the layer
	Features     // of the data
	Classes
)

// A Shape is rows and columns.
type Shape [2]Dim

func (s Shape) layered() bool { return slices.Contains(s[:], Out) }

// Shape returns the shape of n's kind of tensor.
func (n TensorName) Shape() Shape { return shapes[TensorName{Kind: n.Kind, Suffix: n.Suffix}] }

// Layers returns of which layer, in a network of L, the units are that the rows
// and the columns of n stand for: 0 for the features, L for the classes, −1 where
// they stand for something else.
func (n TensorName) Layers(L int) (of [2]int) {
	for side, dim := range n.Shape() {
		switch dim {
		case Features:
			of[side] = 0
		case In:
			of[side] = n.Layer - 1
		case Out:
			of[side] = n.Layer
		case Classes:
			of[side] = L
		default:
			of[side] = -1
		}
	}
	return of
}

// ByRow reports whether n has a row a sample.
func (n TensorName) ByRow() bool { return n.Shape()[0] == Rows }

// shapes are those of all tensors: of what a step is given, and of what the
// operations of the table make.
var shapes = func() map[TensorName]Shape {
	list := map[TensorName]Shape{
		{Kind: "x"}: {Rows, Features}, {Kind: "y"}: {Rows, Classes},
		{Kind: "W"}: {In, Out}, {Kind: "b"}: {One, Out}, {Kind: "vW"}: {In, Out}, {Kind: "vb"}: {One, Out},
		{Kind: "sW"}: {In, Out}, {Kind: "sb"}: {One, Out}, {Kind: "t"}: {One, One},
		{Kind: "W", Suffix: SuffixBackward}: {In, Out}, {Kind: "b", Suffix: SuffixBackward}: {One, Out},
	}
	for _, op := range right.Rows() {
		for _, n := range op.Makes {
			list[n] = op.Shape
			if op.Shape == (Shape{}) {
				list[n] = list[TensorName{Kind: n.Kind}] // a parameter's later form
			}
		}
	}
	return list
}()
