package graph

import (
	"math"
	"strconv"
	"strings"
)

// ops has every operation that is known, by name.
var ops map[string]*Op

func init() {
	ops = map[string]*Op{}
	add := func(list ...*Op) {
		for _, op := range list {
			ops[op.Name] = op
		}
	}
	for name, row := range unaryRows {
		add(unaryOp(name, row))
	}
	for name, row := range binaryRows {
		add(binaryOp(name, row))
	}
	add(roundOp(), whereOp(), gatherOp(), writeOp("setitem", false), writeOp("add_at", true), sortOp(), argsortOp(),
		sumOp("sum", false, false), sumOp("mean", true, false), sumOp("nansum", false, true), sumOp("nanmean", true, true),
		prodOp(), cumsumOp(),
		extremeOp("max", func(a, b float64) bool { return a > b }),
		extremeOp("min", func(a, b float64) bool { return a < b }),
		argOp("argmax", func(a, b float64) bool { return a > b }),
		argOp("argmin", func(a, b float64) bool { return a < b }),
		countOp("all", func(n, of int) float64 { return truth(n == of) }),
		countOp("any", func(n, of int) float64 { return truth(n > 0) }),
		countOp("count_nonzero", func(n, of int) float64 { return float64(n) }),
		productOp("matmul", matmulPlan), productOp("dot", dotPlan), productOp("inner", innerPlan), productOp("outer", outerPlan),
		productOp("outer0", outer0Plan), productOp("vdot", vdotPlan), productOp("tensordot", tensordotPlan), productOp("kron", kronPlan),
		productOp("einsum2", einsumPlan),
		convolveOp("convolve", false, false), convolveOp("correlate", true, false),
		convolveOp("convolve2d", false, true), convolveOp("correlate2d", true, true),
		compositeOp("softmax", 1, 1, (*tape).softmax), compositeOp("log_softmax", 1, 1, (*tape).logSoftmax),
		compositeOp("logsumexp", 1, 1, (*tape).logSumExp), compositeOp("var", 1, 4, (*tape).variance),
		compositeOp("std", 1, 4, func(t *tape) int { return t.do("sqrt", nil, t.variance()) }),
		compositeOp("norm", 1, 3, (*tape).norm), compositeOp("clip", 3, 4, (*tape).clip), compositeOp("ptp", 1, 2, (*tape).ptp),
		compositeOp("multi_dot", 1, math.MaxInt, (*tape).chain), compositeOp("einsum", 1, math.MaxInt, (*tape).einsum),
		compositeOp("trace", 1, 1, (*tape).trace), compositeOp("median", 1, 2, (*tape).median),
	)
	for _, name := range []string{"leaf", "const"} {
		add(&Op{Name: name, max: math.MaxInt, source: true})
	}
}

// Lookup returns the operation of that name. One that is not known is opaque, or
// a source if it is random:… or create:…, and its name is all that it has.
func Lookup(name string) *Op {
	if op := ops[name]; op != nil {
		return op
	}
	kind, _, _ := strings.Cut(name, ":")
	return &Op{Name: name, max: math.MaxInt, source: kind == "random" || kind == "create"}
}

// roundOp is np.round to a number of decimals.
func roundOp() *Op {
	op := &Op{Name: "round", min: 1, max: 3, constant: true}
	op.value = func(c *Call) *Array {
		y, decimals := c.zeros(c.In[0].Shape), 0
		if c.Attr.Decimals != 0 {
			decimals = c.Attr.Decimals
		} else if len(c.In) > 1 && len(c.In[1].Data) == 1 {
			decimals = int(c.In[1].Data[0])
		}
		scale, err := strconv.ParseFloat("1e"+strconv.Itoa(decimals), 64)
		if err != nil {
			fail("there are no %d decimals", decimals)
		}
		for i, v := range c.In[0].Data {
			y.Data[i] = math.RoundToEven(v*scale) / scale
		}
		return y
	}
	return op
}
