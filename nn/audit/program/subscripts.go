package program

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// subscript is an element or a part of an array as the program writes it.
type subscript struct {
	base  string
	parts []string
	shape []int // of the array
}

func (x subscript) String() string { return x.base + "[" + strings.Join(x.parts, ", ") + "]" }

// with is the same with another index at one place.
func (x subscript) with(axis int, part string) string {
	x.parts = slices.Clone(x.parts)
	x.parts[axis] = part
	return x.String()
}

// subscriptAt reads code as what is read of, or written into, the first operand of a
// node.
func (e *expression) subscriptAt(n int, code string) (x subscript, ok bool) {
	x.base, x.shape = e.operandCode(n, 0), e.shapes[e.step.in[n][0]]
	rest, ok := strings.CutPrefix(code, x.base+"[")
	if !ok || x.base == "" || !strings.HasSuffix(rest, "]") {
		return x, false
	}
	for _, p := range parts(rest[:len(rest)-1]) {
		x.parts = append(x.parts, strings.TrimSpace(p))
	}
	for _, p := range x.parts {
		if p == "" || p == "None" || p == "..." || strings.ContainsAny(p, `"'`) {
			return x, false
		}
	}
	return x, x.parts != nil && len(x.parts) <= len(x.shape)
}

// indices tries, where a part of an array is read or written, its indices in
// another order, another element, and another part as long as this one.
func (e *expression) indices() (out []edit) {
	for _, n := range e.nodes {
		if e.spent() || len(e.step.in[n]) == 0 {
			continue
		}
		switch e.op[n] {
		case "gather":
			if x, ok := e.subscriptAt(n, e.g.Text(max(e.site[n], 0))); ok && e.site[n] >= 0 {
				out = append(out, e.inOrder(n, x)...)
				out = append(out, e.elsewhere(n, x)...)
			}
		case "setitem":
			if t := e.g.Site(n); t != nil {
				if x, ok := e.subscriptAt(n, t.Target); ok {
					out = append(out, e.inOrder(n, x)...)
				}
			}
		}
	}
	return out
}

// inOrder tries two indices of a node in the other order.
func (e *expression) inOrder(n int, x subscript) (out []edit) {
	for i := range x.parts {
		for j := i + 1; j < len(x.parts); j++ {
			if x.parts[i] == x.parts[j] || x.shape[i] != x.shape[j] || x.shape[i] < 2 {
				continue
			}
			each := func(m int) func([]*array) *array {
				idx := e.index(m)
				return func(ins []*array) *array {
					if len(idx) == 0 || len(ins[0].Shape) != len(x.shape) {
						return nil
					}
					turn := swapped(ins[0].Shape, i, j)
					if e.op[m] == "setitem" { // what the statement adds, or takes away, elsewhere
						r, _ := e.evaluate(m, ins)
						if r == nil {
							return nil
						}
						was := ins[0].Clone()
						for k, v := range r.Data {
							if v != ins[0].Data[k] {
								was.Data[turn[k]] += v - ins[0].Data[k]
							}
						}
						return was
					}
					r := graph.NewArray(e.shapes[m]...)
					for k, p := range idx {
						if p > 0 {
							r.Data[k] = ins[0].Data[turn[p-1]]
						}
					}
					return r
				}
			}
			if e.good(change{node: n, each: each, slot: -1, from: -1}) {
				y := subscript{x.base, slices.Clone(x.parts), x.shape}
				y.parts[i], y.parts[j] = y.parts[j], y.parts[i]
				out = append(out, edit{kind: exchanged, class: 1, node: n, text: message.New("`%s` is meant, not `%s`", message.Plain(y.String()), message.Plain(x.String())), from: -1, to: -1, slot: -1})
			}
		}
	}
	return out
}

// swapped is, for each element of an array, the place of the one with two of its
// indices exchanged.
func swapped(shape []int, i, j int) []int {
	size := 1
	for _, d := range shape {
		size *= d
	}
	strides := stridesOf(shape)
	out := make([]int, size)
	for k := range out {
		a, b := k/strides[i]%shape[i], k/strides[j]%shape[j]
		out[k] = k + (b-a)*strides[i] + (a-b)*strides[j]
	}
	return out
}

func stridesOf(shape []int) []int {
	strides := make([]int, len(shape))
	for i, s := len(shape)-1, 1; i >= 0; i-- {
		strides[i] = s
		s *= shape[i]
	}
	return strides
}

// elsewhere tries another element, or a part as long, along one axis.
func (e *expression) elsewhere(n int, x subscript) (out []edit) {
	idx := e.index(n)
	if len(idx) < 2 || slices.Min(idx) < 1 {
		return nil
	}
	for axis, part := range x.parts {
		stride, length := stridesOf(x.shape)[axis], x.shape[axis]
		lo, hi := length, 0
		for _, p := range idx {
			k := (int(p) - 1) / stride % length
			lo, hi = min(lo, k), max(hi, k)
		}
		single := !strings.Contains(part, ":")
		if hi-lo+1 == length || single && lo != hi || strings.Count(part, ":") > 1 {
			continue
		}
		for d := max(-lo, -64); d <= min(length-1-hi, 64) && !e.spent(); d++ {
			code := e.indexText(n, part, lo+d, hi+d+1, length, d)
			if d == 0 || code == "" {
				continue
			}
			each := func(m int) func([]*array) *array {
				idx := e.index(m)
				return func(ins []*array) *array {
					r := graph.NewArray(e.shapes[m]...)
					for i, p := range idx {
						k := int(p) - 1 + d*stride
						if p < 1 || k < 0 || k >= len(ins[0].Data) {
							return nil
						}
						r.Data[i] = ins[0].Data[k]
					}
					return r
				}
			}
			if e.good(change{node: n, each: each, slot: -1, from: -1}) {
				out = append(out, edit{kind: otherOperand, class: 1, node: n, text: message.New("`%s` is meant, not `%s`", message.Plain(x.with(axis, code)), message.Plain(x.String())), from: -1, to: -1, slot: -1})
			}
		}
	}
	return out
}

// indexText is how the program would write the part from lo to hi of an axis, which
// it wrote as part; "" where it would not.
func (e *expression) indexText(n int, part string, lo, hi, length, d int) string {
	named := func(k int) string {
		_, numbers := e.words(n)
		for _, w := range numbers {
			if w.value.Data[0] == float64(k) && isReference(w.code) {
				return w.code
			}
		}
		return strconv.Itoa(k)
	}
	if !strings.Contains(part, ":") {
		if _, err := strconv.Atoi(part); err != nil {
			if !isReference(part) || max(d, -d) > 2 {
				return ""
			}
			return fmt.Sprintf("%s %c %d", part, "-+"[b2i(d > 0)], max(d, -d))
		}
		if lo == length-1 {
			return "-1"
		}
		return named(lo)
	}
	from, to := "", ""
	if lo > 0 {
		from = named(lo)
	}
	if hi < length {
		to = named(hi)
	}
	return from + ":" + to
}
