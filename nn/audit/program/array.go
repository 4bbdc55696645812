package program

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"glassbox/nn/graph"
)

type array = graph.Array

// plus is a + c·b of one shape.
func plus(a *array, c float64, b *array) *array {
	r := graph.NewArray(a.Shape...)
	for i, x := range a.Data {
		r.Data[i] = x + c*b.Data[i]
	}
	return r
}

func finite(a *array) bool {
	for _, x := range a.Data {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

func isZero(a *array) bool {
	for _, x := range a.Data {
		if x != 0 {
			return false
		}
	}
	return true
}

// squeezed is a shape without its ones.
func squeezed(shape []int) []int {
	out := make([]int, 0, len(shape))
	for _, d := range shape {
		if d != 1 {
			out = append(out, d)
		}
	}
	return out
}

// turned is a matrix (ones apart) with its two axes exchanged.
func turned(a *array) *array {
	s := squeezed(a.Shape)
	if len(s) != 2 {
		return a
	}
	r := graph.NewArray(s[1], s[0])
	for i := range s[0] {
		for j := range s[1] {
			r.Data[j*s[0]+i] = a.Data[i*s[1]+j]
		}
	}
	return r
}

// layout is a in the given shape: as it is, with other ones, or transposed; nil
// where none of them gives it, or a is not known.
func layout(a *array, shape []int) *array {
	switch {
	case a == nil || !fits(a.Shape, shape):
		return nil
	case slices.Equal(a.Shape, shape):
		return a
	case slices.Equal(squeezed(a.Shape), squeezed(shape)):
		return graph.Of(a.Data, shape...)
	}
	return graph.Of(turned(a).Data, shape...)
}

// fits reports that an array of one shape can be laid out in another.
func fits(shape, in []int) bool {
	from, to := squeezed(shape), squeezed(in)
	return slices.Equal(from, to) || len(from) == 2 && len(to) == 2 && from[0] == to[1] && from[1] == to[0]
}

// factor is c where v = c·a to tol of v's largest element, 0 where there is
// none.
func factor(v, a *array, tol float64) float64 {
	if len(v.Data) != len(a.Data) {
		return 0
	}
	va, aa, top := 0.0, 0.0, 0.0
	for i, x := range a.Data {
		va += v.Data[i] * x
		aa += x * x
		top = max(top, math.Abs(v.Data[i]))
	}
	c := va / aa
	if c == 0 || math.IsNaN(c) || math.IsInf(c, 0) {
		return 0
	}
	for i, x := range a.Data {
		if !(math.Abs(v.Data[i]-c*x) <= tol*top) {
			return 0
		}
	}
	return c
}

// lone reports that one element is not zero: a multiple of any other such array.
func lone(a *array) bool {
	n := 0
	for _, x := range a.Data {
		n += b2i(x != 0)
	}
	return n == 1
}

// near reports a = b to tol of b's largest element.
func near(a, b *array, tol float64) bool {
	if len(a.Data) != len(b.Data) {
		return false
	}
	top := b.MaxAbs()
	for i, x := range b.Data {
		if !(math.Abs(a.Data[i]-x) <= tol*top) {
			return false
		}
	}
	return true
}

// alike reports that two factors are one.
func alike(a, b, tol float64) bool { return math.Abs(a-b) <= tol*math.Abs(b) }

// An adjoint is a derivative and how far it may be from the exact one. Where it
// differs in a few elements from another, as those by the versions of an array that
// is filled bit by bit do, it may be packed: without a value, which open has.
type adjoint struct {
	v, err *array
	packed *difference
	by     *handing // where it is let go: what hands it, and nothing else does
}

// A handing is one operand of an operation, which gets its derivative from it alone.
type handing struct {
	usage
	depth int // how many such lie between it and a derivative that is held
}

// A difference is what an adjoint has in the place of some elements of another.
type difference struct {
	from   *adjoint // packed in its turn, later
	shape  []int
	at     []int32
	v, err []float64
	less   float64 // elsewhere the error is smaller by so much of the value: the rounding of a move
}

// leastPacked is how many elements an adjoint has that is worth packing.
const leastPacked = 1 << 10

// packedFrom is a as a difference from another adjoint, and whether it is a small one.
func (a adjoint) packedFrom(b *adjoint) (adjoint, bool) {
	d := &difference{from: b, shape: a.v.Shape}
	if a.err != nil {
		var rates []float64
		for i := 0; i < len(a.v.Data) && len(rates) < 9; i += len(a.v.Data)/64 + 1 {
			if x := a.v.Data[i]; x != 0 && x == b.v.Data[i] {
				rates = append(rates, (b.err.Data[i]-a.err.Data[i])/math.Abs(x))
			}
		}
		if slices.Sort(rates); len(rates) > 0 {
			d.less = rates[len(rates)/2]
		}
	}
	for i, x := range a.v.Data {
		if x == b.v.Data[i] && (a.err == nil || alike(b.err.Data[i]-d.less*math.Abs(x), a.err.Data[i], 1e-6)) {
			continue
		}
		if len(d.at) > len(a.v.Data)/16 {
			return a, false
		}
		d.at, d.v = append(d.at, int32(i)), append(d.v, x)
		if a.err != nil {
			d.err = append(d.err, a.err.Data[i])
		}
	}
	return adjoint{packed: d}, true
}

// open is the adjoint with its value.
func (a adjoint) open() adjoint {
	if a.packed == nil {
		return a
	}
	var list []*difference
	from := &a
	for ; from.packed != nil; from = from.packed.from {
		list = append(list, from.packed)
	}
	out := adjoint{v: graph.Of(slices.Clone(from.v.Data), a.packed.shape...)}
	if from.err != nil {
		out.err = graph.Of(slices.Clone(from.err.Data), a.packed.shape...)
	}
	less, since := 0.0, make([]float64, len(out.v.Data))
	for _, d := range slices.Backward(list) {
		less += d.less
		for k, i := range d.at {
			if out.v.Data[i], since[i] = d.v[k], less; d.err != nil {
				out.err.Data[i] = d.err[k]
			}
		}
	}
	if out.err != nil {
		for i, x := range out.v.Data {
			out.err.Data[i] -= (less - since[i]) * math.Abs(x)
		}
	}
	return out
}

// A precision is what a value of the program may differ by from a derivative:
// rel of its largest element, and some times the derivative's own bound, since
// the program's backward pass rounds as well.
type precision struct{ rel, bounds float64 }

var (
	double = precision{1e-9, 64}
	single = precision{1e-4, 16}
)

// fits is c where v = c·a within rounding, 0 where there is none.
func (p precision) fits(v *array, a adjoint) float64 {
	if len(v.Data) != len(a.v.Data) {
		return 0
	}
	va, aa, top := 0.0, 0.0, 0.0
	for i, x := range a.v.Data {
		va += v.Data[i] * x
		aa += x * x
		top = max(top, math.Abs(v.Data[i]))
	}
	c := va / aa
	if c == 0 || math.IsNaN(c) || math.IsInf(c, 0) {
		return 0
	}
	for i, x := range a.v.Data {
		b := 0.0
		if a.err != nil {
			b = a.err.Data[i]
		}
		if math.IsNaN(b) || math.IsInf(b, 0) || !(math.Abs(v.Data[i]-c*x) <= p.rel*top+p.bounds*math.Abs(c)*b) {
			return 0
		}
	}
	return c
}

// An index finds an array again by value, up to one factor and transposition:
// the angle of two fixed random projections says where to look.
type index struct {
	prec precision
	dirs *directions
	rows map[string][]indexed
}

type indexed struct {
	angle float64
	key   int
	turn  bool           // the adjoint transposed
	adj   func() adjoint // as it was added
}

// A match is an entry of an index that a value equals up to the factor c.
type match struct {
	key  int
	c    float64
	turn bool
}

// directions are the projections, by size, and in single precision the factors
// that were met.
type directions struct {
	by      map[int][2][]float64
	factors []float64
}

// class is the factor that was met before where c is one with it as far as single
// precision tells: rounding parts them by more than what tells factors apart.
func (d *directions) class(c float64) float64 {
	for _, o := range d.factors {
		if alike(math.Abs(c), o, 2e-5) {
			return math.Copysign(o, c)
		}
	}
	d.factors = append(d.factors, math.Abs(c))
	return c
}

func (d *directions) of(n int) [2][]float64 {
	if p, ok := d.by[n]; ok {
		return p
	}
	var p [2][]float64
	s := uint64(n)*0x9e3779b97f4a7c15 + 1
	for k := range p {
		p[k] = make([]float64, n)
		for i := range p[k] {
			// The sum of two uniform numbers is random enough to tell values apart.
			u := 0.0
			for range 2 {
				s ^= s << 13
				s ^= s >> 7
				s ^= s << 17
				u += float64(s>>11)/(1<<53) - 0.5
			}
			p[k][i] = u
		}
	}
	if d.by == nil {
		d.by = map[int][2][]float64{}
	}
	d.by[n] = p
	return p
}

// angle is the direction of a's projections, modulo π.
func (d *directions) angle(a *array) (float64, bool) {
	top := a.MaxAbs()
	if top == 0 || math.IsNaN(top) || math.IsInf(top, 0) {
		return 0, false
	}
	p := d.of(len(a.Data))
	x, y := 0.0, 0.0
	for i, v := range a.Data {
		v /= top
		x += p[0][i] * v
		y += p[1][i] * v
	}
	t := math.Atan2(x, y)
	if t < 0 {
		t += math.Pi
	}
	return t, true
}

func shapeKey(shape []int) string {
	b := make([]byte, 0, 16)
	for _, d := range shape {
		if d != 1 {
			for ; d > 0; d >>= 7 {
				b = append(b, byte(d&0x7f)|0x80)
			}
			b = append(b, 0)
		}
	}
	return string(b)
}

func newIndex(prec precision, dirs *directions) *index {
	return &index{prec, dirs, map[string][]indexed{}}
}

func (x *index) add(key int, a adjoint) { x.addLater(key, a.v, func() adjoint { return a }) }

// addLater is add of an adjoint whose value is v, and which is not held but worked
// out again where it is asked for.
func (x *index) addLater(key int, v *array, adj func() adjoint) {
	put := func(v *array, turn bool) {
		if t, ok := x.dirs.angle(v); ok {
			k := shapeKey(v.Shape)
			x.rows[k] = append(x.rows[k], indexed{t, key, turn, adj})
		}
	}
	put(v, false)
	if s := squeezed(v.Shape); len(s) == 2 {
		put(turned(v), true)
	}
}

func (x *index) done() *index {
	for _, l := range x.rows {
		slices.SortStableFunc(l, func(a, b indexed) int { return cmp.Or(cmp.Compare(a.angle, b.angle), a.key-b.key) })
	}
	return x
}

// find returns all entries that v equals up to a factor.
func (x *index) find(v *array) []match {
	l := x.rows[shapeKey(v.Shape)]
	if len(l) == 0 {
		return nil
	}
	t, ok := x.dirs.angle(v)
	if !ok {
		return nil
	}
	tol := 1e-6
	if x.prec == single {
		tol = 1e-2
	}
	var out []match
	for _, base := range [3]float64{t, t - math.Pi, t + math.Pi} {
		for i := sort.Search(len(l), func(i int) bool { return l[i].angle >= base-tol }); i < len(l) && l[i].angle <= base+tol; i++ {
			a := l[i].adj()
			if l[i].turn {
				if a.v = turned(a.v); a.err != nil {
					a.err = turned(a.err)
				}
			}
			if c := x.prec.fits(v, a); c != 0 {
				if x.prec == single {
					c = x.dirs.class(c)
				}
				out = append(out, match{l[i].key, c, l[i].turn})
			}
		}
	}
	return out
}
