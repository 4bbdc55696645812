package graph

import (
	"errors"
	"fmt"
	"math"

	"glassbox/mat/npy"
)

// An Op is an operation's room: all that is known of it. The rows stand in
// elementwise.go, reduce.go, products.go, movement.go and composite.go; those
// that no row describes are opaque.
type Op struct {
	Name string // NumPy's name where there is one

	min, max int // how many inputs it may have

	// value computes the result. It fails by fail.
	value func(c *Call) *Array
	// adjoint adds to into[i], where that is not nil, what input i receives of
	// the result's adjoint g. nil where the derivative is zero or not known.
	adjoint func(c *Call, g *Array, into []*Array)
	// bound returns how far the result may be from that of exact arithmetic on
	// exact inputs.
	bound func(c *Call) *Array
	// adjointBound adds to into[i] how far what adjoint adds may be from the
	// exact, where the exact g is within e.
	adjointBound func(c *Call, g, e *Array, into []*Array)
	// ties lists the elements of the result at which the derivative jumps.
	ties func(c *Call) []int

	// terms tells how element o of the result comes about; nil where that is plain
	// from the name.
	terms func(t *teller, o int)

	constant bool // the derivative is zero wherever there is one
	source   bool // a value from outside: there is nothing to compute
	writes   bool // the result is the first input with some elements changed
	moves    bool // the derivative depends on shapes alone
}

// ErrOpaque is what cannot be computed because an operation is not known, or
// because its inputs were not kept.
var ErrOpaque = errors.New("cannot be computed")

// Opaque reports whether the operation can be neither computed nor
// differentiated.
func (op *Op) Opaque() bool { return op.value == nil && !op.source }

// Source reports whether the operation brings a value from outside (leaf,
// const, create, random): nothing leads back beyond it.
func (op *Op) Source() bool { return op.source }

// A Call is an operation on given inputs.
type Call struct {
	Op    *Op
	Attr  *Attr     // never nil
	Kind  npy.Kind  // of the result: it is rounded to this type
	In    []*Array  // the inputs' values
	Out   *Array    // the result
	Err   []*Array  // how far each input may be from the exact; nil entries are exact
	Kink  Kink      // which side counts where the derivative jumps
	Adds  int       // how many other adjoints are added to what the inputs receive
	Ties  bool      // bounds take in all that the derivative may be where it jumps
	Max   int       // elements that a result may have
	spent bool      // the first input's array may be written into
	memo  *composed // of a composite operation
	plan  *contraction
}

// A Kink says what counts as the derivative where it jumps.
type Kink int

const (
	// KinkNone lets nothing pass at a tie of maximum, minimum, clip, relu and abs;
	// max and min over an axis share evenly.
	KinkNone Kink = iota
	// KinkFirst lets the first of those that tie have everything, the kept value
	// of clip among them.
	KinkFirst
	// KinkLast lets the last of those that tie have everything.
	KinkLast
	// KinkAll lets each of those that tie have everything.
	KinkAll
)

// maxElements bounds what an operation called by itself may make.
const maxElements = 1 << 26

// Eval computes op on the inputs, each element rounded to kind.
func (op *Op) Eval(attr *Attr, kind npy.Kind, in ...*Array) (*Array, error) {
	c := Call{Op: op, Attr: attr, Kind: kind, In: in, Max: maxElements}
	return c.Value()
}

// Value computes the result from the inputs. It does not look at Out.
func (c *Call) Value() (out *Array, err error) {
	if c.Op.value == nil {
		return nil, fmt.Errorf("%s: %w: nothing is known of this operation", c.Op.Name, ErrOpaque)
	}
	err = c.guard(func() {
		out = c.Op.value(c)
		toKind(out.Data, c.Kind)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Adjoint adds to into[i], where that is not nil, what input i receives of g,
// the adjoint of the result: the product of g and the derivative.
func (c *Call) Adjoint(g *Array, into []*Array) error {
	if c.Op.constant {
		return nil
	}
	if c.Op.adjoint == nil {
		return fmt.Errorf("%s: %w: its derivative is not known", c.Op.Name, ErrOpaque)
	}
	return c.guard(func() { c.Op.adjoint(c, g, into) })
}

// Bound returns how far each element of Out may be from what exact arithmetic
// makes of exact inputs, whatever the order of the additions.
func (c *Call) Bound() (e *Array, err error) {
	if c.Op.constant {
		return c.zeros(c.Out.Shape), nil
	}
	if c.Op.bound == nil {
		return nil, fmt.Errorf("%s: %w: its rounding is not known", c.Op.Name, ErrOpaque)
	}
	err = c.guard(func() {
		e = c.Op.bound(c)
		abs(e.Data)
	})
	return e, err
}

// AdjointBound adds to into[i], where that is not nil, how far what Adjoint
// adds may be from the exact, where the exact g is within e of g.
func (c *Call) AdjointBound(g, e *Array, into []*Array) error {
	if c.Op.constant {
		return nil
	}
	if c.Op.adjointBound == nil {
		return fmt.Errorf("%s: %w: its derivative is not known", c.Op.Name, ErrOpaque)
	}
	return c.guard(func() { c.Op.adjointBound(c, g, e, into) })
}

// TiesAt returns the elements of the result (as flat indices) at which the
// derivative jumps: equal operands of maximum, a zero under abs, equal largest
// elements of max.
func (c *Call) TiesAt() []int {
	if c.Op.ties == nil {
		return nil
	}
	var at []int
	if c.guard(func() { at = c.Op.ties(c) }) != nil {
		return nil
	}
	return at
}

// failure is why an operation cannot be computed.
type failure struct{ err error }

// fail ends an operation: its inputs do not fit it.
func fail(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// guard runs f and returns what it failed with.
func (c *Call) guard(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case failure:
			err = fmt.Errorf("%s: %w", c.Op.Name, r.err)
		default:
			panic(r)
		}
	}()
	if c.Attr == nil {
		c.Attr = &Attr{}
	}
	if len(c.In) < c.Op.min || len(c.In) > c.Op.max {
		fail("has %d inputs", len(c.In))
	}
	f()
	return nil
}

// zeros returns an array to write to. It fails if it is beyond c.Max.
func (c *Call) zeros(shape []int) *Array {
	n, limit := 1, max(c.Max, 1)
	for _, size := range shape {
		if size > 0 && n > limit/size {
			fail("a result of shape %s has more than %d elements", ShapeText(shape), limit)
		}
		n *= size
	}
	return like(shape)
}

// unit returns the unit roundoff of what the program computed with.
func (c *Call) unit() float64 {
	switch c.Kind {
	case npy.Float32:
		return 0x1p-24
	case npy.Float16:
		return 0x1p-11
	}
	return 0x1p-53
}

// errOf returns the error bound of input i, zeros if it is exact.
func (c *Call) errOf(i int) *Array {
	if i < len(c.Err) && c.Err[i] != nil {
		return c.Err[i]
	}
	return c.zeros(c.In[i].Shape)
}

func (c *Call) inexact(i int) bool { return i < len(c.Err) && c.Err[i] != nil }

// toKind rounds the numbers to what the type can hold, as a cast does.
func toKind(data []float64, kind npy.Kind) {
	switch kind {
	case npy.Float64, npy.Text:
	case npy.Float32:
		for i, v := range data {
			data[i] = float64(float32(v))
		}
	case npy.Float16:
		for i, v := range data {
			data[i] = half(v)
		}
	case npy.Bool:
		for i, v := range data {
			if v != 0 {
				data[i] = 1
			}
		}
	default:
		lo, hi := kindRange(kind)
		for i, v := range data {
			v = math.Trunc(v)
			if v < lo || v > hi { // beyond its ends an integer begins at the other
				v = math.Mod(v-lo, hi-lo+1)
				if v < 0 {
					v += hi - lo + 1
				}
				v += lo
			}
			data[i] = v
		}
	}
}

// kindRange returns the smallest and the largest integer of the kind.
func kindRange(kind npy.Kind) (lo, hi float64) {
	switch kind {
	case npy.Int8:
		return math.MinInt8, math.MaxInt8
	case npy.Int16:
		return math.MinInt16, math.MaxInt16
	case npy.Int32:
		return math.MinInt32, math.MaxInt32
	case npy.Uint8:
		return 0, math.MaxUint8
	case npy.Uint16:
		return 0, math.MaxUint16
	case npy.Uint32:
		return 0, math.MaxUint32
	case npy.Uint64:
		return 0, math.MaxFloat64 // not wrapped: beyond 2⁵³ nothing is exact
	}
	return -math.MaxFloat64, math.MaxFloat64
}

// half returns the binary16 nearest to v, ties to even.
func half(v float64) float64 {
	a := math.Abs(v)
	switch {
	case v != v || a == 0:
		return v
	case a >= 65520: // from halfway between the largest and the next power of 2
		return math.Copysign(math.Inf(1), v)
	}
	_, e := math.Frexp(a)
	e = max(e-11, -24) // the neighbours of a are 2^e apart
	return math.Copysign(math.Ldexp(math.RoundToEven(math.Ldexp(a, -e)), e), v)
}

func abs(data []float64) {
	for i, v := range data {
		data[i] = math.Abs(v)
	}
}

// magnitude returns |a|.
func magnitude(a *Array) *Array {
	m := a.Clone()
	abs(m.Data)
	return m
}
