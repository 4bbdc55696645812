package graph

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"glassbox/mat/npy"
)

// An opCase is an operation with NumPy's expression of it. Operands are "3x4"
// for normal numbers of that shape, "" for one number, with a letter for others:
// p positive, u between 0 and 1, b 0 and 1, i small whole numbers, n with a NaN,
// t with ties.
type opCase struct {
	op   string
	attr Attr
	expr string // of a, b, c
	in   []string
	// index is an expression in brackets of what gather and the writes take.
	index string
	// smooth is false where differences are no derivative.
	rough bool
}

func axis(axes ...int) Attr { return Attr{Axis: axes} }
func keep(axes ...int) Attr { return Attr{Axis: axes, Keepdims: true} }

var opCases = []opCase{
	{op: "neg", expr: "-a", in: []string{"3x4"}},
	{op: "copy", expr: "a.copy()", in: []string{"3x0"}},
	{op: "positive", expr: "+a", in: []string{"3x4"}},
	{op: "real", expr: "np.real(a)", in: []string{"3x4"}},
	{op: "exp", expr: "np.exp(a)", in: []string{"2x3x2"}},
	{op: "exp2", expr: "np.exp2(a)", in: []string{"5"}},
	{op: "expm1", expr: "np.expm1(a)", in: []string{"5"}},
	{op: "log", expr: "np.log(a)", in: []string{"3x4p"}},
	{op: "log2", expr: "np.log2(a)", in: []string{"3x4p"}},
	{op: "log10", expr: "np.log10(a)", in: []string{"3x4p"}},
	{op: "log1p", expr: "np.log1p(a)", in: []string{"3x4p"}},
	{op: "reciprocal", expr: "np.reciprocal(a)", in: []string{"4p"}},
	{op: "sqrt", expr: "np.sqrt(a)", in: []string{"p"}},
	{op: "cbrt", expr: "np.cbrt(a)", in: []string{"6"}},
	{op: "square", expr: "np.square(a)", in: []string{"6"}},
	{op: "sin", expr: "np.sin(a)", in: []string{"6"}},
	{op: "cos", expr: "np.cos(a)", in: []string{"6"}},
	{op: "tan", expr: "np.tan(a)", in: []string{"6u"}},
	{op: "sinh", expr: "np.sinh(a)", in: []string{"6"}},
	{op: "cosh", expr: "np.cosh(a)", in: []string{"6"}},
	{op: "tanh", expr: "np.tanh(a)", in: []string{"3x4"}},
	{op: "arctan", expr: "np.arctan(a)", in: []string{"6"}},
	{op: "arcsin", expr: "np.arcsin(a)", in: []string{"6u"}},
	{op: "arccos", expr: "np.arccos(a)", in: []string{"6u"}},
	{op: "arcsinh", expr: "np.arcsinh(a)", in: []string{"6"}},
	{op: "arctanh", expr: "np.arctanh(a)", in: []string{"6u"}},
	{op: "expit", expr: "special.expit(a)", in: []string{"3x4"}},
	{op: "erf", expr: "special.erf(a)", in: []string{"3x4"}},
	{op: "abs", expr: "np.abs(a)", in: []string{"3x4"}},
	{op: "nan_to_num", expr: "np.nan_to_num(a)", in: []string{"5n"}, rough: true},
	{op: "sign", expr: "np.sign(a)", in: []string{"5t"}, rough: true},
	{op: "floor", expr: "np.floor(a)", in: []string{"5"}, rough: true},
	{op: "ceil", expr: "np.ceil(a)", in: []string{"5"}, rough: true},
	{op: "trunc", expr: "np.trunc(a)", in: []string{"5"}, rough: true},
	{op: "round", attr: Attr{Decimals: 2}, expr: "np.round(a, 2)", in: []string{"9"}, rough: true},
	{op: "isnan", expr: "np.isnan(a)", in: []string{"5n"}, rough: true},
	{op: "isinf", expr: "np.isinf(a)", in: []string{"5n"}, rough: true},
	{op: "isfinite", expr: "np.isfinite(a)", in: []string{"5n"}, rough: true},
	{op: "not", expr: "np.logical_not(a)", in: []string{"5b"}, rough: true},

	{op: "add", expr: "a + b", in: []string{"3x4", "4"}},
	{op: "add", expr: "a + b", in: []string{"3x1", "1x4"}},
	{op: "add", expr: "a + b", in: []string{"0x4", "4"}},
	{op: "sub", expr: "a - b", in: []string{"2x3x4", "3x1"}},
	{op: "mul", expr: "a * b", in: []string{"3x4", ""}},
	{op: "mul", expr: "a * b", in: []string{"5", "2x1x1"}},
	{op: "div", expr: "a / b", in: []string{"3x4", "3x1p"}},
	{op: "pow", expr: "a ** b", in: []string{"3x4p", ""}},
	{op: "pow", expr: "a ** b", in: []string{"3x4p", "4"}},
	{op: "maximum", expr: "np.maximum(a, b)", in: []string{"3x4", ""}},
	{op: "minimum", expr: "np.minimum(a, b)", in: []string{"3x4", "4"}},
	{op: "fmax", expr: "np.fmax(a, b)", in: []string{"3x4", "3x1"}},
	{op: "fmax", expr: "np.fmax(a, b)", in: []string{"5n", "5"}, rough: true},
	{op: "fmin", expr: "np.fmin(a, b)", in: []string{"3x4", "3x1"}},
	{op: "fmin", expr: "np.fmin(a, b)", in: []string{"5", "5n"}, rough: true},
	{op: "logaddexp", expr: "np.logaddexp(a, b)", in: []string{"9t", "9t"}, rough: true},
	{op: "logaddexp", expr: "np.logaddexp(a, b)", in: []string{"3x4", "4"}},
	{op: "hypot", expr: "np.hypot(a, b)", in: []string{"3x4", "4"}},
	{op: "arctan2", expr: "np.arctan2(a, b)", in: []string{"3x4", "4"}},
	{op: "mod", expr: "a % b", in: []string{"7", "p"}},
	{op: "floordiv", expr: "a // b", in: []string{"7", "p"}, rough: true},
	{op: "floordiv", expr: "a // b", in: []string{"5", "5b"}, rough: true},
	{op: "heaviside", expr: "np.heaviside(a, b)", in: []string{"5n", ""}, rough: true},
	{op: "heaviside", expr: "np.heaviside(a, b)", in: []string{"5t", ""}, rough: true},
	{op: "copysign", expr: "np.copysign(a, b)", in: []string{"5", "5"}},
	{op: "cmp", attr: Attr{Cmp: "Gt"}, expr: "a > b", in: []string{"5t", "5t"}, rough: true},
	{op: "cmp", attr: Attr{Cmp: "Lt"}, expr: "a < b", in: []string{"9t", "9t"}, rough: true},
	{op: "cmp", attr: Attr{Cmp: "GtE"}, expr: "a >= b", in: []string{"9t", "9t"}, rough: true},
	{op: "cmp", attr: Attr{Cmp: "Eq"}, expr: "a == b", in: []string{"9t", "9t"}, rough: true},
	{op: "and", expr: "(a != 0) & (b != 0)", in: []string{"9b", "9b"}, rough: true},
	{op: "or", expr: "(a != 0) | (b != 0)", in: []string{"9b", "9b"}, rough: true},
	{op: "xor", expr: "(a != 0) ^ (b != 0)", in: []string{"9b", "9b"}, rough: true},
	{op: "cmp", attr: Attr{Cmp: "LtE"}, expr: "a <= b", in: []string{"5t", "2x1"}, rough: true},
	{op: "cmp", attr: Attr{Cmp: "NotEq"}, expr: "a != b", in: []string{"5t", ""}, rough: true},
	{op: "where", expr: "np.where(a != 0, b, c)", in: []string{"3x4b", "4", "3x1"}},
	{op: "clip", expr: "np.clip(a, b, c)", in: []string{"3x4", "4u", "p"}},

	{op: "sum", expr: "a.sum()", in: []string{"3x4"}},
	{op: "sum", attr: axis(0), expr: "a.sum(0)", in: []string{"50x3"}},
	{op: "sum", attr: axis(-1), expr: "a.sum(-1)", in: []string{"3x4x2"}},
	{op: "sum", attr: axis(0, 2), expr: "a.sum((0, 2))", in: []string{"3x4x2"}},
	{op: "sum", attr: keep(1), expr: "a.sum(1, keepdims=True)", in: []string{"3x4x2"}},
	{op: "sum", attr: axis(0), expr: "a.sum(0)", in: []string{"0x4"}},
	{op: "sum", expr: "a.sum()", in: []string{""}},
	{op: "mean", expr: "a.mean()", in: []string{"3x4"}},
	{op: "mean", attr: keep(0), expr: "a.mean(0, keepdims=True)", in: []string{"3x4"}},
	{op: "nansum", attr: axis(0), expr: "np.nansum(a, 0)", in: []string{"3x4n"}, rough: true},
	{op: "nanmean", attr: axis(0), expr: "np.nanmean(a, 0)", in: []string{"3x4n"}, rough: true},
	{op: "prod", attr: axis(1), expr: "a.prod(1)", in: []string{"3x4"}},
	{op: "prod", expr: "a.prod()", in: []string{"5t"}},
	{op: "max", attr: axis(1), expr: "a.max(1)", in: []string{"3x4"}},
	{op: "max", attr: keep(-2), expr: "a.max(-2, keepdims=True)", in: []string{"2x3x4"}},
	{op: "max", expr: "a.max()", in: []string{"5n"}, rough: true},
	{op: "min", expr: "a.min()", in: []string{"3x4"}},
	{op: "ptp", attr: axis(0), expr: "np.ptp(a, 0)", in: []string{"3x4"}},
	{op: "argmax", attr: axis(1), expr: "a.argmax(1)", in: []string{"3x4t"}, rough: true},
	{op: "argmax", expr: "a.argmax()", in: []string{"5n"}, rough: true},
	{op: "argmin", attr: axis(0), expr: "a.argmin(0)", in: []string{"3x4t"}, rough: true},
	{op: "all", attr: axis(0), expr: "a.all(0)", in: []string{"3x4b"}, rough: true},
	{op: "any", attr: axis(0), expr: "a.any(0)", in: []string{"3x4b"}, rough: true},
	{op: "count_nonzero", attr: axis(0), expr: "np.count_nonzero(a, 0)", in: []string{"3x4b"}, rough: true},
	{op: "var", attr: axis(0), expr: "a.var(0)", in: []string{"5x3"}},
	{op: "var", attr: Attr{DDof: 1}, expr: "a.var(ddof=1)", in: []string{"5x3"}},
	{op: "std", attr: keep(1), expr: "a.std(1, keepdims=True)", in: []string{"5x3"}},
	{op: "median", attr: axis(0), expr: "np.median(a, 0)", in: []string{"5x3"}},
	{op: "median", expr: "np.median(a)", in: []string{"2x3"}},
	{op: "cumsum", attr: axis(0), expr: "a.cumsum(0)", in: []string{"5x3"}},
	{op: "cumsum", expr: "a.cumsum()", in: []string{"2x3"}},
	{op: "sort", attr: axis(0), expr: "np.sort(a, 0)", in: []string{"5x3"}},
	{op: "sort", expr: "np.sort(a)", in: []string{"5x3"}},
	{op: "argsort", attr: axis(1), expr: "np.argsort(a, 1)", in: []string{"2x5"}, rough: true},
	{op: "norm", expr: "np.linalg.norm(a)", in: []string{"3x4"}},
	{op: "norm", attr: Attr{Axis: []int{1}, Ord: "1"}, expr: "np.linalg.norm(a, 1, axis=1)", in: []string{"3x4"}},
	{op: "norm", attr: Attr{Ord: "inf"}, expr: "np.linalg.norm(a, np.inf)", in: []string{"5"}},
	{op: "norm", attr: keep(-1), expr: "np.linalg.norm(a, axis=-1, keepdims=True)", in: []string{"3x4"}},
	{op: "softmax", attr: axis(1), expr: "special.softmax(a, 1)", in: []string{"3x4"}},
	{op: "softmax", expr: "special.softmax(a)", in: []string{"3x4"}},
	{op: "log_softmax", attr: axis(-1), expr: "special.log_softmax(a, -1)", in: []string{"3x4"}},
	{op: "logsumexp", attr: axis(1), expr: "special.logsumexp(a, 1)", in: []string{"3x4"}},
	{op: "logsumexp", attr: keep(0), expr: "special.logsumexp(a, 0, keepdims=True)", in: []string{"3x4t"}},

	{op: "matmul", expr: "a @ b", in: []string{"3x4", "4x5"}},
	{op: "matmul", expr: "a @ b", in: []string{"4", "4"}},
	{op: "matmul", expr: "a @ b", in: []string{"4", "4x5"}},
	{op: "matmul", expr: "a @ b", in: []string{"3x4", "4"}},
	{op: "matmul", expr: "a @ b", in: []string{"2x3x4", "2x4x5"}},
	{op: "matmul", expr: "a @ b", in: []string{"2x3x4", "4x5"}},
	{op: "matmul", expr: "a @ b", in: []string{"2x1x3x4", "5x4x2"}},
	{op: "matmul", expr: "a @ b", in: []string{"2x3x4", "4"}},
	{op: "matmul", expr: "a @ b", in: []string{"4", "2x4x3"}},
	{op: "matmul", expr: "a @ b", in: []string{"1x1", "1x1"}},
	{op: "matmul", expr: "a @ b", in: []string{"3x0", "0x2"}},
	{op: "dot", expr: "np.dot(a, b)", in: []string{"3x4", "4x5"}},
	{op: "dot", expr: "np.dot(a, b)", in: []string{"30", "30"}},
	{op: "dot", expr: "np.dot(a, b)", in: []string{"", "3x2"}},
	{op: "dot", expr: "np.dot(a, b)", in: []string{"2x3x4", "5x4x2"}},
	{op: "dot", expr: "np.dot(a, b)", in: []string{"2x3x4", "4"}},
	{op: "inner", expr: "np.inner(a, b)", in: []string{"3x4", "2x4"}},
	{op: "outer", expr: "np.outer(a, b)", in: []string{"3", "2x2"}},
	{op: "outer0", expr: "np.multiply.outer(a, b)", in: []string{"3", "2x2"}},
	{op: "vdot", expr: "np.vdot(a, b)", in: []string{"3x2", "3x2"}},
	{op: "tensordot", attr: Attr{Axes: Axes{Last: 1}}, expr: "np.tensordot(a, b, 1)", in: []string{"3x4", "4x2"}},
	{op: "tensordot", attr: Attr{Axes: Axes{Last: 0}}, expr: "np.tensordot(a, b, 0)", in: []string{"3", "2"}},
	{op: "tensordot", attr: Attr{Axes: Axes{Pairs: [][]int{{0, -1}, {1, 0}}}}, expr: "np.tensordot(a, b, ([0, -1], [1, 0]))", in: []string{"2x3x4", "4x2x5"}},
	{op: "kron", expr: "np.kron(a, b)", in: []string{"2x3", "3x2"}},
	{op: "kron", expr: "np.kron(a, b)", in: []string{"3", "2x2"}},
	{op: "einsum", attr: Attr{Eq: "ij,jk->ki"}, expr: "np.einsum('ij,jk->ki', a, b)", in: []string{"3x4", "4x2"}},
	{op: "einsum", attr: Attr{Eq: "ntd,nte->de"}, expr: "np.einsum('ntd,nte->de', a, b)", in: []string{"2x3x4", "2x3x2"}},
	{op: "einsum", attr: Attr{Eq: "ba, cb"}, expr: "np.einsum('ba, cb', a, b)", in: []string{"3x4", "2x3"}},
	{op: "einsum", attr: Attr{Eq: "ii->i"}, expr: "np.einsum('ii->i', a)", in: []string{"3x3"}},
	{op: "einsum", attr: Attr{Eq: "ij->"}, expr: "np.einsum('ij->', a)", in: []string{"3x4"}},
	{op: "einsum", attr: Attr{Eq: "ij,ij,j->i"}, expr: "np.einsum('ij,ij,j->i', a, b, c)", in: []string{"3x4", "3x4", "4"}},
	{op: "einsum", attr: Attr{Eq: "...ij,...jk->...ik"}, expr: "np.einsum('...ij,...jk->...ik', a, b)", in: []string{"2x3x4", "4x2"}},
	{op: "einsum", attr: Attr{Eq: "ij,kl->k"}, expr: "np.einsum('ij,kl->k', a, b)", in: []string{"3x4", "2x2"}},
	{op: "multi_dot", expr: "np.linalg.multi_dot([a, b, c])", in: []string{"3x4", "4x2", "2x5"}},
	{op: "trace", expr: "np.trace(a)", in: []string{"4x4"}},
	{op: "trace", attr: Attr{Offset: -1}, expr: "np.trace(a, -1)", in: []string{"4x3"}},
	{op: "convolve", attr: Attr{Mode: "full"}, expr: "np.convolve(a, b)", in: []string{"7", "3"}},
	{op: "convolve", attr: Attr{Mode: "same"}, expr: "np.convolve(a, b, 'same')", in: []string{"7", "4"}},
	{op: "convolve", attr: Attr{Mode: "same"}, expr: "np.convolve(a, b, 'same')", in: []string{"3", "6"}},
	{op: "convolve", attr: Attr{Mode: "valid"}, expr: "np.convolve(a, b, 'valid')", in: []string{"3", "7"}},
	{op: "correlate", attr: Attr{Mode: "valid"}, expr: "np.correlate(a, b)", in: []string{"7", "3"}},
	{op: "correlate", attr: Attr{Mode: "valid"}, expr: "np.correlate(a, b, 'valid')", in: []string{"3", "7"}},
	{op: "correlate", attr: Attr{Mode: "same"}, expr: "np.correlate(a, b, 'same')", in: []string{"7", "4"}},
	{op: "correlate", attr: Attr{Mode: "same"}, expr: "np.correlate(a, b, 'same')", in: []string{"7", "3"}},
	{op: "correlate", attr: Attr{Mode: "same"}, expr: "np.correlate(a, b, 'same')", in: []string{"3", "7"}},
	{op: "correlate", attr: Attr{Mode: "same"}, expr: "np.correlate(a, b, 'same')", in: []string{"4", "7"}},
	{op: "correlate", attr: Attr{Mode: "full"}, expr: "np.correlate(a, b, 'full')", in: []string{"4", "6"}},
	{op: "convolve2d", attr: Attr{Mode: "full"}, expr: "signal.convolve2d(a, b)", in: []string{"4x5", "2x3"}},
	{op: "convolve2d", attr: Attr{Mode: "same"}, expr: "signal.convolve2d(a, b, 'same')", in: []string{"4x5", "2x3"}},
	{op: "convolve2d", attr: Attr{Mode: "same"}, expr: "signal.convolve2d(a, b, 'same')", in: []string{"2x3", "4x4"}},
	{op: "convolve2d", attr: Attr{Mode: "valid"}, expr: "signal.convolve2d(a, b, 'valid')", in: []string{"4x5", "2x3"}},
	{op: "convolve2d", attr: Attr{Mode: "valid"}, expr: "signal.convolve2d(a, b, 'valid')", in: []string{"2x3", "4x5"}},
	{op: "correlate2d", attr: Attr{Mode: "full"}, expr: "signal.correlate2d(a, b)", in: []string{"4x5", "2x3"}},
	{op: "correlate2d", attr: Attr{Mode: "same"}, expr: "signal.correlate2d(a, b, 'same')", in: []string{"4x5", "2x4"}},
	{op: "correlate2d", attr: Attr{Mode: "same"}, expr: "signal.correlate2d(a, b, 'same')", in: []string{"3x2", "4x5"}},
	{op: "correlate2d", attr: Attr{Mode: "valid"}, expr: "signal.correlate2d(a, b, 'valid')", in: []string{"4x5", "2x3"}},
	{op: "correlate2d", attr: Attr{Mode: "valid"}, expr: "signal.correlate2d(a, b, 'valid')", in: []string{"2x3", "4x5"}},

	{op: "gather", index: "a.T", in: []string{"3x4"}},
	{op: "gather", index: "a[[2, 0, 0], 1:]", in: []string{"3x4"}},
	{op: "gather", index: "np.pad(a, 1)", in: []string{"3x4"}},
	{op: "gather", index: "np.concatenate([a, b], 1)", in: []string{"3x4", "3x2"}},
	{op: "gather", index: "np.lib.stride_tricks.sliding_window_view(a, (2, 2))", in: []string{"3x4"}},
	{op: "gather", index: "a[1, 1]", in: []string{"3x4"}},
	{op: "setitem", index: "a[1:, ::2]", in: []string{"3x4", "2"}},
	{op: "setitem", index: "a[[0, 0, 2]]", in: []string{"3x4", "3x4"}},
	{op: "setitem", index: "a[1]", in: []string{"3x4", ""}},
	{op: "setitem", index: "a[1]", in: []string{"3x4", "1x1x4"}},
	{op: "add_at", index: "a[[0, 0, 2]]", in: []string{"3x4", "3x4"}},
	{op: "add_at", index: "a[[1, 1], [2, 2]]", in: []string{"3x4", ""}},
}

// name is the case's in messages.
func (c opCase) name() string { return c.op + " " + c.expr + c.index + " " + strings.Join(c.in, " ") }

// operands makes the case's inputs: always the same.
func (c opCase) operands() []*Array {
	h := fnv.New64a()
	h.Write([]byte(c.name()))
	r := rand.New(rand.NewPCG(h.Sum64(), 7))
	var list []*Array
	for _, text := range c.in {
		letter := byte(' ')
		if n := len(text); n > 0 && (text[n-1] < '0' || text[n-1] > '9') {
			letter, text = text[n-1], text[:n-1]
		}
		var shape []int
		for _, s := range strings.Split(text, "x") {
			if n, err := strconv.Atoi(s); err == nil {
				shape = append(shape, n)
			}
		}
		a := random(r, shape...)
		for i, v := range a.Data {
			switch letter {
			case 'p':
				v = 0.5 + math.Abs(v)
			case 'u':
				v = 0.1 + 0.8*r.Float64()
			case 'b':
				v = truth(v > 0)
			case 't':
				v = math.Round(v)
			case 'n':
				if i == 1 {
					v = math.NaN()
				}
			}
			a.Data[i] = float64(float32(v))
		}
		list = append(list, a)
	}
	return list
}

// kind is the type of the result where the operands are of that type.
func (c opCase) kind(kind npy.Kind) npy.Kind {
	switch c.op {
	case "cmp", "and", "or", "xor", "not", "isnan", "isinf", "isfinite", "all", "any":
		return npy.Bool
	case "argmax", "argmin", "argsort", "count_nonzero":
		return npy.Int64
	}
	return kind
}
