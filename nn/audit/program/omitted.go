package program

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// More is left out than put in: where the backward pass goes back through something
// that the forward pass does not have, the forward pass is likely to lack it.

// An orphan is a value that the backward pass reads and the forward pass does not: the
// executions of its expression, or one number.
type orphan struct {
	name   message.Text
	nodes  []int   // ascending
	term   bool    // it can be a term alone
	number float64 // where there are none
}

// at is the value that is at hand for node i, nil where there is none.
func (o *orphan) at(r *reviser, x *revision, i int) *array {
	if o.nodes == nil {
		return graph.Scalar(o.number)
	}
	k, _ := slices.BinarySearch(o.nodes, i)
	switch {
	case r.isCur[o.nodes[0]]:
		k = 1
	case k == 0:
		return nil
	}
	return r.with(x, o.nodes[k-1])
}

// orphans lists them: parameters, what the forward pass makes, data, and numbers.
func (r *reviser) orphans(f *intervention) (out []*orphan) {
	last := -1 // of the forward pass that anything goes back through
	written := map[string]bool{}
	for _, q := range r.first {
		if slices.ContainsFunc(r.cons[q], func(c int) bool { return r.isBack[c] }) {
			last = max(last, q)
		}
		for j := range r.in[q] {
			written[r.operandCode(q, j)] = true
		}
	}
	hint := ""
	if f != nil {
		hint = f.edit.text.String()
		if f.edit.kind == termTooMany && r.lossOf[f.about] {
			o := &orphan{name: r.nameOf(f.about), term: true}
			for _, q := range r.first {
				if r.likeExecution(q, f.about) {
					o.nodes = append(o.nodes, q)
				}
			}
			if o.nodes != nil {
				out = append(out, o)
			}
		}
	}
	current := map[int]bool{} // where what the forward pass reads was made: others from there are of another step
	for _, q := range r.first {
		for _, u := range r.in[q] {
			if u = r.ownSource(u); !r.forward[u] && r.site[u] >= 0 {
				current[r.site[u]] = true
			}
		}
	}
	by := map[int]*orphan{}
	numbers := map[string]bool{}
	seen := map[int]bool{} // what the forward pass reads
	for _, c := range r.back {
		for j, q := range r.in[c] {
			if read, known := seen[q]; known && read {
				continue
			}
			code := r.operandCode(c, j)
			q = r.ownSource(q)
			if r.size[q] == 1 && !r.forward[q] {
				if v := r.scalar(q); strings.Contains(hint, "`"+code+"`") && !written[code] && !numbers[code] && v != 0 && math.Abs(v) != 1 && !isNumber(code) {
					numbers[code] = true
					out = append(out, &orphan{name: message.Plain(code), number: v})
				}
				continue
			}
			read, known := seen[q]
			if !known {
				read = r.lossOf[q] && !r.isCur[q] || slices.ContainsFunc(r.readers(q), func(c int) bool { return r.lossOf[c] })
				seen[q] = read
			}
			if r.sameStatement(q, c) || made(r.op[q]) && r.op[q] != "leaf" && !r.isCur[q] || read || !r.forward[q] && current[r.site[q]] || !r.float[q] || r.forward[q] && q > last {
				continue
			}
			key := r.site[q]
			if key < 0 || r.isCur[q] {
				key = -2 - q
			}
			o := by[key]
			if o == nil {
				if o = (&orphan{name: r.nameOf(q)}); r.isCur[q] {
					o.name = message.Plain(r.bestName(q))
				}
				by[key] = o
				out = append(out, o)
			}
			o.nodes = append(o.nodes, q)
		}
	}
	for _, o := range out {
		slices.Sort(o.nodes)
		o.nodes = slices.Compact(o.nodes)
	}
	return out[:min(len(out), 16)]
}

// ownSource is the array that a value is another name, another order or, of data, a
// multiple of.
func (r *reviser) ownSource(q int) int {
	for {
		next := -1
		for _, u := range r.in[q] {
			if r.size[u] == r.size[q] && r.size[u] > 1 || r.alias[q] {
				next = u
			} else if r.size[u] > 1 {
				return q
			}
		}
		switch {
		case next < 0 || !r.alias[q] && r.op[q] != "gather" && (r.forward[q] || !r.scaling(q)):
			return q
		}
		q = next
	}
}

// unused are revisions in which an expression, or one of its operands, is one of the
// values that nothing of the loss is made of, or has it as a factor or as a term.
func (r *reviser) unused(orphans []*orphan, n int) (out []*revision) {
	for _, o := range orphans {
		for j := -1; j < len(r.in[n]); j++ {
			if j >= 0 && !r.float[r.in[n][j]] {
				continue
			}
			for _, op := range []string{"", "mul", "div", "add"} {
				if o.nodes == nil && op != "mul" && op != "div" || op == "" && j < 0 || o.term && op != "add" {
					continue
				}
				x := &revision{node: n, class: 0.6, adds: true, idle: true, whole: j < 0}
				switch op {
				case "":
					x.text = message.New("`%s` is meant, not `%s`", o.name, r.operand(n, j))
				case "mul":
					x.text = message.New("the factor `%s` is missing", o.name)
				case "div":
					x.text = message.New("the division by `%s` is missing", o.name)
				case "add":
					x.text = message.New("the term `%s` is missing", o.name)
				}
				put := func(i int, a *array) *array {
					v := o.at(r, x, i)
					if v != nil && isZero(v) {
						return nil // a buffer that was cleared
					}
					if op != "" {
						v = r.apply(op, nil, a, v)
					}
					if v == nil || !slices.Equal(v.Shape, a.Shape) {
						return nil
					}
					return v
				}
				if v := r.val(n); j < 0 && (v == nil || put(n, v) == nil) {
					continue
				} else if j >= 0 && put(n, r.val(r.in[n][j])) == nil {
					continue
				}
				x.own = r.everyTime(n, func(i int, ins []*array) *array {
					if j >= 0 {
						if ins[j] = put(i, ins[j]); ins[j] == nil {
							return nil
						}
					}
					y, _ := r.evaluate(i, ins)
					if j < 0 && y != nil {
						y = put(i, y)
					}
					return y
				})
				out = append(out, x)
			}
		}
	}
	return out
}

// layerForms are the functions that layers end in, the leaky rectifier's with the numbers
// between 0 and 1 that the backward pass multiplies by or chooses.
func (r *reviser) layerForms() []form {
	out := []form{rectified, tanh, {code: "1 / (1 + np.exp(-%s))", of: func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }}}
	var leaks []float64
	for _, c := range r.back {
		for _, q := range r.in[c] {
			if r.size[q] != 1 || r.forward[q] || r.op[c] != "where" && r.op[c] != "mul" && r.op[c] != "add" && r.op[c] != "setitem" {
				continue
			}
			if k := r.scalar(q); k > 0 && k < 1 && !slices.Contains(leaks, k) && len(leaks) < 4 {
				leaks = append(leaks, k)
				out = append(out, form{code: fmt.Sprintf("np.maximum(%%[1]s, %g * %%[1]s)", k), of: func(x float64) float64 { return max(x, k*x) }})
			}
		}
	}
	return out
}

// unbent are revisions in which a layer's function is put over an expression.
func (r *reviser) unbent(forms []form, n int) (out []*revision) {
	if r.size[n] < 2 || len(r.shapes[n]) == 0 || r.argumentOf(n) >= 0 || r.chosen(n) || r.bentBefore(n) || r.linear(n) || slices.ContainsFunc(r.readers(n), r.bent) {
		return nil
	}
	is := r.text(n)
	if k := r.renamed(n); k >= 0 {
		is = r.siteText(k)
	}
	for _, f := range forms {
		if v := r.val(n); v == nil || factor(f.apply(v), v, 1e-9) != 0 {
			continue // a mere multiple
		}
		out = append(out, &revision{node: n, class: 1.2, adds: true, whole: true, form: true, text: message.New("`%s` is meant, not `%s`", f.write(is.String()), is), own: r.everyTime(n, func(i int, ins []*array) *array {
			y, _ := r.evaluate(i, ins)
			if y != nil {
				y = f.apply(y)
			}
			return y
		})})
	}
	return out
}

// bent reports that a value of the forward pass is a function of one array.
func (r *reviser) bent(n int) bool { return r.lossOf[n] && r.argumentOf(n) >= 0 }

func elementwise(op string) bool {
	switch op {
	case "setitem", "gather":
		return false
	}
	return updateOps[op] || op == "cmp"
}

// argumentOf is the one array that a value is a function of, element by element, as
// one statement has it; -1 where it is none or a sum or a multiple of it.
func (r *reviser) argumentOf(n int) int {
	u, bent := -1, false
	todo, seen := []int{n}, map[int]bool{}
	for len(todo) > 0 {
		q := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !elementwise(r.op[q]) {
			return -1
		}
		switch r.op[q] {
		case "add", "sub", "mul", "div", "neg", "copy":
		default:
			bent = true
		}
		for _, i := range r.in[q] {
			switch {
			case seen[i] || r.size[i] == 1 && !r.forward[i]:
			case elementwise(r.op[i]) && !r.alias[i] && r.sameStatement(i, n) && r.call[i] == r.call[n] && r.size[i] == r.size[n] && len(seen) < 12:
				seen[i] = true
				todo = append(todo, i)
			case u >= 0 && u != i || r.size[i] != r.size[n]:
				return -1
			default:
				u = i
			}
		}
	}
	if !bent {
		return -1
	}
	return u
}

// axes are revisions in which a sum, a mean or a maximum is taken along another axis,
// counted from the last, so that arrays of several ranks may pass.
func (r *reviser) axes(n int) (out []*revision) {
	op := r.op[n]
	if op != "sum" && op != "mean" && op != "max" && op != "min" {
		return nil
	}
	from := r.shapes[r.in[n][0]]
	rows, _ := r.lengths()
	for _, other := range []string{"sum", "mean", "max"} {
		if (op == "sum" || op == "min") && other == "max" || op == "max" && other == "sum" {
			continue
		}
		for back := 1; back <= len(from); back++ {
			at := len(from) - back
			if from[at] == rows && !slices.Contains(r.attr(n).Axis, at) {
				continue // samples are rather mixed by mistake
			}
			for _, keep := range []bool{false, true} {
				out = append(out, &revision{node: n, class: 0.5, text: message.New("%s%s is meant", other, axisText([]int{at}, keep)), own: r.everyTime(n, func(_ int, ins []*array) *array {
					if back > len(ins[0].Shape) {
						return nil
					}
					return r.apply(other, axisAttr([]int{len(ins[0].Shape) - back}, keep), ins...)
				})})
			}
		}
	}
	return out
}
