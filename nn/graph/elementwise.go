package graph

import (
	"math"

	"glassbox/mat"
	"glassbox/mat/npy"
)

// Operations on each element by itself. A row has the value, and the derivative
// with what its error depends on; adjoint and bounds follow.

// A slope is a derivative at a point: its value, how fast it changes with the
// operand (the magnitude of the second derivative), and the largest number that
// it is rounded from.
type slope struct{ d, curve, size float64 }

// even is the slope of an operation that is linear: nothing changes it.
func even(d float64) slope { return slope{d, 0, math.Abs(d)} }

// A unary operation is f with its slope at x, where y = f(x). A tie is where
// the slope jumps: there it is one of two.
type unary struct {
	f      func(x float64) float64
	choose func(c *Call) func(x float64) float64 // in the place of f: what c asks for
	slope  func(x, y float64) slope
	tie    func(x float64) (low, high float64, tied bool)
}

// roundings bounds the roundings of an elementary operation's value and of a
// derivative's few steps, in units of the roundoff. Library functions are within
// four units in the last place.
const roundings = 8

func unaryOp(name string, u unary) *Op {
	op := &Op{Name: name, min: 1, max: 3} // a dtype or an out may come along
	op.value = func(c *Call) *Array {
		x, f := c.In[0], u.f
		if u.choose != nil {
			f = u.choose(c)
		}
		y := c.zeros(x.Shape)
		for i, v := range x.Data {
			y.Data[i] = f(v)
		}
		return y
	}
	if u.slope == nil {
		op.constant = true
		return op
	}
	slopeAt := func(c *Call, i int) slope {
		x := c.In[0].Data[i]
		if u.tie != nil {
			if low, high, tied := u.tie(x); tied {
				switch c.Kink {
				case KinkFirst:
					return even(low)
				case KinkLast, KinkAll:
					return even(high)
				}
				return slope{}
			}
		}
		return u.slope(x, c.Out.Data[i])
	}
	op.bound = func(c *Call) *Array {
		e := c.zeros(c.Out.Shape)
		unit := roundings * c.unit()
		for i, y := range c.Out.Data {
			e.Data[i] = unit * math.Abs(y)
			if c.inexact(0) {
				if ex := c.Err[0].Data[i]; ex != 0 {
					s := u.slope(c.In[0].Data[i], y)
					e.Data[i] += ex*math.Abs(s.d) + ex*ex*s.curve/2
				}
			}
		}
		return e
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		if a := into[0]; a != nil {
			for i, v := range g.Data {
				a.Data[i] += float64(v * slopeAt(c, i).d)
			}
		}
	}
	op.adjointBound = func(c *Call, g, e *Array, into []*Array) {
		a := into[0]
		if a == nil {
			return
		}
		unit := float64(roundings+c.Adds) * c.unit()
		for i, v := range g.Data {
			s := slopeAt(c, i)
			uncertain := unit * s.size
			if c.inexact(0) {
				if ex := c.Err[0].Data[i]; ex != 0 {
					uncertain += ex * s.curve
				}
			}
			if c.Ties && u.tie != nil {
				if low, high, tied := u.tie(c.In[0].Data[i]); tied {
					uncertain += max(math.Abs(s.d-low), math.Abs(s.d-high))
				}
			}
			a.Data[i] += plus(e.Data[i]*math.Abs(s.d), math.Abs(v)*uncertain)
		}
	}
	if u.tie != nil {
		op.ties = func(c *Call) (at []int) {
			for i, x := range c.In[0].Data {
				if _, _, tied := u.tie(x); tied {
					at = append(at, i)
				}
			}
			return at
		}
	}
	return op
}

// plus adds two bounds. 0·∞ is no uncertainty: what is multiplied by zero is
// zero.
func plus(a, b float64) float64 {
	if a != a {
		a = 0
	}
	if b != b {
		b = 0
	}
	return a + b
}

// A binary operation is f with its derivatives by a and by b: each with how far
// it may be off where a and b are off by ea and eb, in which rounding with the
// unit u is included.
type binary struct {
	f      func(a, b float64) float64
	choose func(c *Call) func(a, b float64) float64 // in the place of f: what c asks for
	slopes func(a, b, y, ea, eb, u float64) (da, eda, db, edb float64)
	tie    func(a, b float64) bool
	single bool // exact: no rounding
}

func binaryOp(name string, r binary) *Op {
	op := &Op{Name: name, min: 2, max: 4}
	op.value = func(c *Call) *Array {
		a, b, f := c.In[0], c.In[1], r.f
		if r.choose != nil {
			f = r.choose(c)
		}
		y := c.zeros(broadcast(a.Shape, b.Shape))
		walkPair(y.Shape, a.Shape, b.Shape, func(o, n int, at, step steps) {
			i, j, di, dj := at[0], at[1], step[0], step[1]
			dst := y.Data[o : o+n]
			for t := range dst {
				dst[t] = f(a.Data[i], b.Data[j])
				i, j = i+di, j+dj
			}
		})
		return y
	}
	if r.slopes == nil {
		op.constant = true
		return op
	}
	// each calls f for every element of the result with the places of the
	// operands' elements.
	each := func(c *Call, f func(o, i, j int)) {
		walkPair(c.Out.Shape, c.In[0].Shape, c.In[1].Shape, func(o, n int, at, step steps) {
			i, j := at[0], at[1]
			for t := range n {
				f(o+t, i, j)
				i, j = i+step[0], j+step[1]
			}
		})
	}
	// at returns the slopes at an element: at a tie each is 0 or 1, or half.
	at := func(c *Call, o, i, j int, u float64) (da, eda, db, edb float64, tied bool) {
		a, b := c.In[0].Data[i], c.In[1].Data[j]
		if r.tie != nil && r.tie(a, b) {
			switch c.Kink {
			case KinkFirst:
				da = 1
			case KinkLast:
				db = 1
			case KinkAll:
				da, db = 1, 1
			}
			return da, 0, db, 0, true
		}
		ea, eb := 0.0, 0.0
		if c.inexact(0) {
			ea = c.Err[0].Data[i]
		}
		if c.inexact(1) {
			eb = c.Err[1].Data[j]
		}
		da, eda, db, edb = r.slopes(a, b, c.Out.Data[o], ea, eb, u)
		return da, eda, db, edb, false
	}
	op.bound = func(c *Call) *Array {
		e := c.zeros(c.Out.Shape)
		u := roundings * c.unit()
		if r.single {
			u = 0
		}
		for i, y := range c.Out.Data {
			e.Data[i] = u * math.Abs(y)
		}
		if !c.inexact(0) && !c.inexact(1) {
			return e
		}
		ea, eb := c.errOf(0), c.errOf(1)
		each(c, func(o, i, j int) {
			x, y := ea.Data[i], eb.Data[j]
			if x == 0 && y == 0 {
				return
			}
			da, eda, db, edb, tied := at(c, o, i, j, 0)
			if tied {
				e.Data[o] += max(x, y)
				return
			}
			e.Data[o] = plus(e.Data[o], x*(math.Abs(da)+eda))
			e.Data[o] = plus(e.Data[o], y*(math.Abs(db)+edb))
		})
		return e
	}
	op.adjoint = func(c *Call, g *Array, into []*Array) {
		each(c, func(o, i, j int) {
			da, _, db, _, _ := at(c, o, i, j, 0)
			if into[0] != nil {
				into[0].Data[i] += float64(g.Data[o] * da)
			}
			if into[1] != nil {
				into[1].Data[j] += float64(g.Data[o] * db)
			}
		})
	}
	op.adjointBound = func(c *Call, g, e *Array, into []*Array) {
		u := c.unit()
		round := [2]float64{}
		for k, in := range c.In[:2] {
			round[k] = float64(c.Adds+2+len(c.Out.Data)/max(1, len(in.Data))) * u
		}
		each(c, func(o, i, j int) {
			da, eda, db, edb, tied := at(c, o, i, j, u)
			if tied && c.Ties {
				eda, edb = 1, 1
			}
			v := math.Abs(g.Data[o])
			if into[0] != nil {
				into[0].Data[i] += plus(e.Data[o]*math.Abs(da), v*(eda+round[0]*math.Abs(da)))
			}
			if into[1] != nil {
				into[1].Data[j] += plus(e.Data[o]*math.Abs(db), v*(edb+round[1]*math.Abs(db)))
			}
		})
	}
	if r.tie != nil {
		op.ties = func(c *Call) (at []int) {
			each(c, func(o, i, j int) {
				if r.tie(c.In[0].Data[i], c.In[1].Data[j]) {
					at = append(at, o)
				}
			})
			return at
		}
	}
	return op
}

// pick is the slopes of an operation that returns one of its operands.
func pick(first bool) (da, eda, db, edb float64) {
	if first {
		return 1, 0, 0, 0
	}
	return 0, 0, 1, 0
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Sigmoid returns 1/(1 + e⁻ˣ) without overflow.
func Sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + mat.Exp(-x))
	}
	e := mat.Exp(x)
	return e / (1 + e)
}

var unaryRows = map[string]unary{
	"neg":        {f: func(x float64) float64 { return -x }, slope: func(x, y float64) slope { return even(-1) }},
	"copy":       {f: func(x float64) float64 { return x }, slope: func(x, y float64) slope { return even(1) }},
	"positive":   {f: func(x float64) float64 { return x }, slope: func(x, y float64) slope { return even(1) }},
	"real":       {f: func(x float64) float64 { return x }, slope: func(x, y float64) slope { return even(1) }},
	"exp":        {f: mat.Exp, slope: func(x, y float64) slope { return slope{y, y, y} }},
	"exp2":       {f: math.Exp2, slope: func(x, y float64) slope { d := y * math.Ln2; return slope{d, d * math.Ln2, d} }},
	"expm1":      {f: math.Expm1, slope: func(x, y float64) slope { return slope{y + 1, y + 1, math.Abs(y) + 1} }},
	"log":        {f: mat.Log, slope: func(x, y float64) slope { return inverse(1, x) }},
	"log2":       {f: math.Log2, slope: func(x, y float64) slope { return inverse(1/math.Ln2, x) }},
	"log10":      {f: math.Log10, slope: func(x, y float64) slope { return inverse(1/math.Ln10, x) }},
	"log1p":      {f: math.Log1p, slope: func(x, y float64) slope { return inverse(1, 1+x) }},
	"reciprocal": {f: func(x float64) float64 { return 1 / x }, slope: func(x, y float64) slope { d := y * y; return slope{-d, 2 * math.Abs(d*y), d} }},
	"sqrt":       {f: math.Sqrt, slope: func(x, y float64) slope { d := 0.5 / y; return slope{d, 0.5 * d / x, d} }},
	"cbrt":       {f: math.Cbrt, slope: func(x, y float64) slope { d := 1 / (3 * y * y); return slope{d, math.Abs(d / (1.5 * x)), d} }},
	"square":     {f: func(x float64) float64 { return x * x }, slope: func(x, y float64) slope { return slope{2 * x, 2, 2 * math.Abs(x)} }},
	"sin":        {f: math.Sin, slope: func(x, y float64) slope { return slope{math.Cos(x), math.Abs(y), 1} }},
	"cos":        {f: math.Cos, slope: func(x, y float64) slope { return slope{-math.Sin(x), math.Abs(y), 1} }},
	"tan":        {f: math.Tan, slope: func(x, y float64) slope { d := 1 + y*y; return slope{d, 2 * math.Abs(y) * d, d} }},
	"sinh":       {f: math.Sinh, slope: func(x, y float64) slope { d := math.Cosh(x); return slope{d, math.Abs(y), d} }},
	"cosh":       {f: math.Cosh, slope: func(x, y float64) slope { d := math.Sinh(x); return slope{d, y, math.Abs(d)} }},
	"tanh":       {f: math.Tanh, slope: func(x, y float64) slope { d := 1 - y*y; return slope{d, 2 * math.Abs(y*d), 1 + y*y} }},
	"arctan":     {f: math.Atan, slope: func(x, y float64) slope { d := 1 / (1 + x*x); return slope{d, 2 * math.Abs(x) * d * d, d} }},
	"arcsin":     {f: math.Asin, slope: func(x, y float64) slope { return arc(1, x) }},
	"arccos":     {f: math.Acos, slope: func(x, y float64) slope { return arc(-1, x) }},
	"arcsinh":    {f: math.Asinh, slope: func(x, y float64) slope { d := 1 / math.Hypot(1, x); return slope{d, math.Abs(x) * d * d * d, d} }},
	"arctanh": {f: math.Atanh, slope: func(x, y float64) slope {
		r := 1 - x*x
		return slope{1 / r, 2 * math.Abs(x) / (r * r), (1 + x*x) / (r * r)}
	}},
	"expit": {f: Sigmoid, slope: func(x, y float64) slope { d := y * (1 - y); return slope{d, math.Abs(d * (1 - 2*y)), y} }},
	"erf": {f: math.Erf, slope: func(x, y float64) slope {
		d := 2 / math.Sqrt(math.Pi) * math.Exp(-x*x)
		return slope{d, 2 * math.Abs(x) * d, d * (1 + x*x)}
	}},
	"abs": {f: math.Abs, slope: func(x, y float64) slope { return even(math.Copysign(1, x)) },
		tie: func(x float64) (float64, float64, bool) { return -1, 1, x == 0 }},
	"nan_to_num": {f: nanToNum, slope: func(x, y float64) slope { return even(truth(x == y)) }},
	"sign": {f: func(x float64) float64 {
		switch {
		case x > 0:
			return 1
		case x < 0:
			return -1
		}
		return x * 0 // a NaN stays
	}},
	"floor":    {f: math.Floor},
	"ceil":     {f: math.Ceil},
	"trunc":    {f: math.Trunc},
	"isnan":    {f: func(x float64) float64 { return truth(x != x) }},
	"isinf":    {f: func(x float64) float64 { return truth(math.IsInf(x, 0)) }},
	"isfinite": {f: func(x float64) float64 { return truth(x-x == 0) }},
	"not": {choose: func(c *Call) func(x float64) float64 {
		if c.Kind.Integer() { // of bits
			return func(x float64) float64 { return -x - 1 }
		}
		return func(x float64) float64 { return truth(x == 0) }
	}},
}

// inverse is the slope c/x.
func inverse(c, x float64) slope {
	d := c / x
	return slope{d, math.Abs(d / x), math.Abs(d)}
}

// arc is the slope c/√(1 − x²).
func arc(c, x float64) slope {
	r := 1 - x*x
	d := c / math.Sqrt(r)
	return slope{d, math.Abs(x * d / r), math.Abs(d) * (1 + x*x/r)}
}

func nanToNum(x float64) float64 {
	switch {
	case x != x:
		return 0
	case x > math.MaxFloat64:
		return math.MaxFloat64
	case x < -math.MaxFloat64:
		return -math.MaxFloat64
	}
	return x
}

var binaryRows = map[string]binary{
	"add": {f: func(a, b float64) float64 { return a + b },
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) { return 1, 0, 1, 0 }},
	"sub": {f: func(a, b float64) float64 { return a - b },
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) { return 1, 0, -1, 0 }},
	"mul": {f: func(a, b float64) float64 { return a * b },
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) { return b, eb, a, ea }},
	"div": {f: func(a, b float64) float64 { return a / b },
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) {
			da, db := 1/b, -y/b
			r := eb/math.Abs(b) + roundings*u // relative error of a power of b
			return da, math.Abs(da) * r, db, ea/(b*b) + 2*math.Abs(db)*r
		}},
	"pow": {f: math.Pow, slopes: powSlopes},
	"maximum": {f: maxNaN, single: true, tie: func(a, b float64) bool { return a == b },
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) { return pick(a > b || a != a) }},
	"minimum": {f: minNaN, single: true, tie: func(a, b float64) bool { return a == b },
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) { return pick(a < b || a != a) }},
	"fmax": {f: func(a, b float64) float64 { return skipNaN(maxNaN, a, b) }, single: true, tie: func(a, b float64) bool { return a == b },
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) { return pick(a > b || b != b) }},
	"fmin": {f: func(a, b float64) float64 { return skipNaN(minNaN, a, b) }, single: true, tie: func(a, b float64) bool { return a == b },
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) { return pick(a < b || b != b) }},
	"logaddexp": {f: logAddExp,
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) {
			da, db := mat.Exp(a-y), mat.Exp(b-y)
			r := ea + eb + (roundings+math.Abs(a)+math.Abs(b))*u
			return da, da * r, db, db * r
		}},
	"hypot": {f: math.Hypot,
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) {
			r := (ea+eb)/y + roundings*u
			return a / y, ea/y + math.Abs(a/y)*r, b / y, eb/y + math.Abs(b/y)*r
		}},
	"arctan2": {f: math.Atan2,
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) {
			q := a*a + b*b
			r := 2*(ea+eb)/math.Sqrt(q) + roundings*u
			return b / q, eb/q + math.Abs(b/q)*r, -a / q, ea/q + math.Abs(a/q)*r
		}},
	"mod": {f: floorMod,
		slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) {
			return 1, 0, -math.Floor(a / b), 0
		}},
	"floordiv":  {f: func(a, b float64) float64 { return floorDiv(a, b) }},
	"cmp":       {choose: comparison},
	"and":       {choose: bits(func(a, b uint64) uint64 { return a & b })},
	"or":        {choose: bits(func(a, b uint64) uint64 { return a | b })},
	"xor":       {choose: bits(func(a, b uint64) uint64 { return a ^ b })},
	"heaviside": {f: heaviside},
	"copysign": {f: math.Copysign, slopes: func(a, b, y, ea, eb, u float64) (float64, float64, float64, float64) {
		return truth(a == y)*2 - 1, 0, 0, 0
	}},
}

var comparisons = map[string]func(a, b float64) bool{
	"Lt":    func(a, b float64) bool { return a < b },
	"LtE":   func(a, b float64) bool { return a <= b },
	"Gt":    func(a, b float64) bool { return a > b },
	"GtE":   func(a, b float64) bool { return a >= b },
	"Eq":    func(a, b float64) bool { return a == b },
	"NotEq": func(a, b float64) bool { return a != b },
}

// comparison is the one that cmp's attribute names.
func comparison(c *Call) func(a, b float64) float64 {
	holds := comparisons[c.Attr.Cmp]
	if holds == nil {
		fail("there is no comparison %q", c.Attr.Cmp)
	}
	return func(a, b float64) float64 { return truth(holds(a, b)) }
}

// bits is an operation on bits: of the truth of its operands where the result
// is bool.
func bits(f func(a, b uint64) uint64) func(c *Call) func(a, b float64) float64 {
	return func(c *Call) func(a, b float64) float64 {
		if c.Kind == npy.Bool {
			return func(a, b float64) float64 { return float64(f(uint64(truth(a != 0)), uint64(truth(b != 0)))) }
		}
		return func(a, b float64) float64 { return float64(int64(f(uint64(int64(a)), uint64(int64(b))))) }
	}
}

// powSlopes are b·a^(b−1) and a^b·ln a, the latter 0 where a is not positive.
func powSlopes(a, b, y, ea, eb, u float64) (da, eda, db, edb float64) {
	if b != 0 {
		p := math.Pow(a, b-1)
		da = b * p
		eda = (roundings + math.Abs(b)) * u * math.Abs(da)
		if ea != 0 && b != 1 {
			eda += ea * math.Abs(b*(b-1)*math.Pow(a, b-2))
		}
		if eb != 0 {
			eda += eb * (math.Abs(p) + math.Abs(da*math.Log(math.Abs(a))))
		}
	}
	if a > 0 {
		l := math.Log(a)
		db = y * l
		edb = math.Abs(db)*(roundings+math.Abs(b*l))*u + ea*math.Abs(y/a)*(1+math.Abs(b*l)) + eb*math.Abs(db*l)
	}
	return da, eda, db, edb
}

func maxNaN(a, b float64) float64 {
	if a > b || a != a {
		return a
	}
	return b
}

func minNaN(a, b float64) float64 {
	if a < b || a != a {
		return a
	}
	return b
}

func skipNaN(f func(a, b float64) float64, a, b float64) float64 {
	switch {
	case a != a:
		return b
	case b != b:
		return a
	}
	return f(a, b)
}

func logAddExp(a, b float64) float64 {
	if a == b {
		return a + math.Ln2
	}
	m := maxNaN(a, b)
	return m + math.Log1p(mat.Exp(-math.Abs(a-b)))
}

// floorMod is Python's and NumPy's %, which has the sign of b.
func floorMod(a, b float64) float64 {
	r := math.Mod(a, b)
	if r != 0 && (r < 0) != (b < 0) {
		r += b
	}
	return r
}

func floorDiv(a, b float64) float64 {
	if b == 0 || math.IsInf(a, 0) || a != a || b != b {
		return math.Floor(a / b)
	}
	q := (a - floorMod(a, b)) / b
	f := math.Floor(q)
	if q-f > 0.5 {
		f++
	}
	return f
}

func heaviside(x, zero float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return 0
	case x == 0:
		return zero
	}
	return x
}
