package program

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"glassbox/nn/graph"
)

// A word is a value that a line of the program could read, as it would write it.
type word struct {
	code  string
	value *array
	cost  int    // how far from a mere name
	truth bool   // true and false alone
	of    string // the word that it is made of alone; "" where it is a name or of more
	kind  kind   // what lies between that word and this
}

// instead is the kind of change that writes a word in the place of code.
func (w word) instead(code string) kind {
	if w.of == code {
		return w.kind
	}
	return otherOperand
}

// isReference reports that code is a name, an attribute or an element of one.
func isReference(code string) bool {
	depth := 0
	for i, r := range code {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth > 0, r == '_', r == '.' && i > 0, r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9' && i > 0, r > 127:
		default:
			return false
		}
	}
	return code != "" && depth == 0 && len(code) <= 40
}

// variesBy reports that code reads an element at an index with a name that the
// lines around do not have.
func variesBy(code, around string) bool {
	_, index, ok := strings.Cut(code, "[")
	if !ok || strings.ContainsAny(index, `"'`) {
		return false
	}
	known := namesIn(around)
	return slices.ContainsFunc(namesIn(index), func(name string) bool { return !slices.Contains(known, name) })
}

// namesIn lists the names in code.
func namesIn(code string) []string {
	return strings.FieldsFunc(code, func(r rune) bool { return !(r == '_' || r == '.' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') })
}

// A binding is a name that stands for a value at some point of the run.
type binding struct {
	at, node int
	set      bool // assigned, not read
}

// words lists what the line of a node could read: what its function reads or
// assigns, each name as it stands there; then what other functions call the
// values of the forward pass; and apart from them numbers with a name.
func (s *step) words(near int) (out, numbers []word) {
	site := s.g.Site(near)
	if site == nil {
		return nil, nil
	}
	bound := map[string][]binding{}
	var order []string
	beside := map[string]bool{} // expressions of the same statement
	bind := func(code string, b binding) {
		if !isReference(code) && !beside[code] {
			return
		}
		if bound[code] == nil {
			order = append(order, code)
		}
		bound[code] = append(bound[code], b)
	}
	end := min(s.hi, s.n)
	for c := range end {
		t := s.g.Site(c)
		if t == nil || t.File != site.File || t.Func != site.Func || s.call[c] != s.call[near] {
			continue
		}
		same := t.Stmt == site.Stmt && c <= near && near-c < 60
		for j, q := range s.in[c] {
			if s.op[c] == "add_at" && j > 0 {
				break // its second argument is an index
			}
			if code := s.operandCode(c, j); same && len(code) < 30 && s.size[q] > 1 {
				beside[code] = true
			}
			if code := s.operandCode(c, j); !strings.Contains(code, "[") || slices.Equal(t.Loops, site.Loops) {
				bind(code, binding{c, q, false})
			}
		}
		if code, by := s.indexOf(c); by >= 0 {
			bind(code, binding{c, by, false})
		}
		if !same && t.Target != "return" && (!strings.Contains(t.Target, "[") || slices.Equal(t.Loops, site.Loops)) && s.op[c] != "gather" && c != near {
			bind(t.Target, binding{c, c, true})
		}
	}
	for _, k := range s.kept {
		if k.kind != "name" || k.site < 0 || k.node >= end {
			continue
		}
		if t := &s.g.Sites[k.site]; t.File == site.File && t.Func == site.Func && k.node < near {
			bind(t.Target, binding{k.node, k.node, true})
		}
	}
	// An index that is a name may be another loop's.
	around := s.view.source(site.File, site.Stmt[0])
	for _, l := range site.Loops {
		around += " " + s.view.source(site.File, l)
	}
	order = slices.DeleteFunc(order, func(code string) bool { return variesBy(code, around) })
	seen := map[int]bool{}
	take := func(code string, q, cost int) {
		v := s.value(q)
		if v == nil || seen[q] || !finite(v) {
			return
		}
		seen[q] = true
		if w := (word{code: code, value: v, cost: cost, truth: s.dtype[q] == "bool"}); len(v.Data) > 1 {
			out = append(out, w)
		} else if !isZero(v) && v.Data[0] != 1 && !s.forward[q] && !s.isCur[q] {
			numbers = append(numbers, w)
		}
	}
	for _, code := range order {
		slices.SortStableFunc(bound[code], func(a, b binding) int { return a.at - b.at })
		best := -1
		for i, b := range bound[code] {
			if b.at <= near || best < 0 && !b.set {
				best = i
			} else if best < 0 {
				break
			}
		}
		if best >= 0 {
			take(code, bound[code][best].node, b2i(!isReference(code)))
		}
	}
	if len(out) > 60 {
		out = out[len(out)-60:]
	}
	others := 0
	for q := end - 1; q >= s.begin && others < 60; q-- {
		if t := s.g.Site(q); q < near && s.lossOf[q] && !seen[q] && s.size[q] > 1 && t != nil && isReference(t.Target) && t.Target != "return" {
			take(t.Target, q, 1)
			others++
		}
	}
	for q, cur := range s.isCur {
		if cur && !seen[q] && s.size[q] > 1 {
			if code := s.bestName(q); isReference(code) {
				take(code, q, 1)
			}
		}
	}
	return out, numbers
}

// indexOf is the array that a value is read or added to at, or the last of two,
// and its source; -1 where it is none.
func (v *view) indexOf(c int) (string, int) {
	by := v.attr(c).By
	if len(by) == 0 || v.site[c] < 0 {
		return "", -1
	}
	if v.op[c] == "add_at" {
		if len(by) > 1 {
			return "", -1
		}
		return v.operandCode(c, 1), by[0]
	}
	code, ok := strings.CutPrefix(v.g.Text(v.site[c]), v.operandCode(c, 0)+"[")
	if v.op[c] != "gather" || !ok {
		return "", -1
	}
	code = strings.TrimSuffix(code, "]")
	if len(by) == 1 {
		return code, by[0]
	}
	at := strings.LastIndex(code, ", ")
	return strings.TrimSpace(code[at+1:]), by[len(by)-1]
}

// operandCode is the whole source of a node's operand, "" where it is not known.
func (v *view) operandCode(i, slot int) string {
	args := v.args(i)
	if slot < 0 || slot >= len(args) {
		return ""
	}
	return strings.Join(strings.Fields(args[slot]), " ")
}

// functionsOf are the simple functions of words, element by element.
func functionsOf(words []word) (out []word) {
	for _, w := range words {
		for _, f := range slices.Concat(forms, moreForms) {
			if x := f.apply(w.value); finite(x) {
				out = append(out, word{f.write(w.code), x, w.cost + 2, f.truth, w.code, functionMissing})
			}
		}
	}
	return out
}

// reductionsOf are words transposed, their rows reversed, and their sums and
// means over an axis.
func (v *view) reductionsOf(words []word) (out []word) {
	for _, w := range words {
		add := func(k kind, x *array, code string, args ...any) {
			if x != nil && len(x.Data) > 1 && finite(x) {
				out = append(out, word{factorText(w.code) + fmt.Sprintf(code, args...), x, w.cost + 2, w.truth, w.code, k})
			}
		}
		n := len(w.value.Shape)
		if n >= 2 {
			add(transposition, lastTwo(w.value), "%s", transposing(n))
		}
		for axis := range n {
			for _, op := range []string{"sum", "mean"} {
				add(functionMissing, v.apply(op, axisAttr([]int{axis}, false), w.value), ".%s(axis=%d)", op, axis)
				add(functionMissing, v.apply(op, axisAttr([]int{axis}, true), w.value), ".%s(axis=%d, keepdims=True)", op, axis)
			}
		}
		if n == 1 {
			add(functionMissing, graph.Of(w.value.Data, len(w.value.Data), 1), "[:, None]")
		}
		if n > 0 && w.value.Shape[0] > 1 {
			r := w.value.Clone()
			rows, width := w.value.Shape[0], len(r.Data)/w.value.Shape[0]
			for i := range rows {
				copy(r.Data[i*width:(i+1)*width], w.value.Data[(rows-1-i)*width:])
			}
			add(rowsReversed, r, "[::-1]")
		}
	}
	return out
}

// transposing is what a line writes after an array of so many axes for lastTwo.
func transposing(axes int) string {
	if axes == 2 {
		return ".T"
	}
	return ".swapaxes(-1, -2)"
}

// lastTwo is an array of matrices with each of them transposed.
func lastTwo(a *array) *array {
	n := len(a.Shape)
	r, c := a.Shape[n-2], a.Shape[n-1]
	shape := slices.Clone(a.Shape)
	shape[n-2], shape[n-1] = c, r
	out := graph.NewArray(shape...)
	for from := 0; from < len(a.Data); from += r * c {
		for i := range r {
			for j := range c {
				out.Data[from+j*r+i] = a.Data[from+i*c+j]
			}
		}
	}
	return out
}

// pairsOf are the products of two words, element by element and of matrices,
// the slope of a swish and what a softmax hands down, that have as many elements as a value wanted.
func (v *view) pairsOf(words, forms []word, size int, spent func(int) bool) []word {
	var out []word
	add := func(code string, x *array, cost int) {
		if x != nil && len(x.Data) == size && finite(x) {
			out = append(out, word{code: code, value: x, cost: cost})
		}
	}
	turned := map[*array]*array{}
	turn := func(a *array) *array {
		if turned[a] == nil {
			turned[a] = lastTwo(a)
		}
		return turned[a]
	}
	turnedCode := func(w word) string { return factorText(w.code) + transposing(len(w.value.Shape)) }
	for _, a := range words {
		for _, b := range words {
			n, m := len(a.value.Shape), len(b.value.Shape)
			cost := 3 + a.cost + b.cost
			if n >= 2 && n == m && slices.Equal(a.value.Shape[:n-2], b.value.Shape[:n-2]) {
				ra, ca, rb, cb := a.value.Shape[n-2], a.value.Shape[n-1], b.value.Shape[n-2], b.value.Shape[n-1]
				batch := len(a.value.Data) / (ra * ca)
				for _, c := range []struct {
					ok         bool
					x, y       func() *array
					codeA      string
					codeB      string
					rows, cols int
				}{
					{ca == rb, func() *array { return a.value }, func() *array { return b.value }, factorText(a.code), factorText(b.code), ra, cb},
					{ca == cb, func() *array { return a.value }, func() *array { return turn(b.value) }, factorText(a.code), turnedCode(b), ra, rb},
					{ra == rb, func() *array { return turn(a.value) }, func() *array { return b.value }, turnedCode(a), factorText(b.code), ca, cb},
				} {
					if !c.ok || batch*c.rows*c.cols != size || spent(batch*c.rows*c.cols*max(ra, ca)) {
						continue
					}
					add(c.codeA+" @ "+c.codeB, v.apply("matmul", nil, c.x(), c.y()), cost)
				}
			}
			if n == 1 && m == 1 && len(a.value.Data)*len(b.value.Data) == size && !spent(size) {
				add(fmt.Sprintf("np.outer(%s, %s)", a.code, b.code), v.apply("outer", nil, a.value, b.value), cost)
			}
			if n == 2 && m == 1 && a.value.Shape[0] == len(b.value.Data) && a.value.Shape[1] == size && !spent(len(a.value.Data)) {
				add(factorText(a.code)+".T @ "+b.code, v.apply("matmul", nil, turn(a.value), b.value), cost)
			}
			if n > 0 && slices.Equal(a.value.Shape, b.value.Shape) && len(a.value.Data) == size && !spent(8*size) {
				// b is a sigmoid's output at a, times which it is handed on (swish).
				slope := make([]float64, size)
				for i, x := range a.value.Data {
					slope[i] = b.value.Data[i] * (1 + x*(1-b.value.Data[i]))
				}
				add(fmt.Sprintf("%[2]s * (1 + %[1]s * (1 - %[2]s))", factorText(a.code), factorText(b.code)), graph.Of(slope, a.value.Shape...), cost)
				// b is a softmax's output over an axis.
				mul := v.apply("mul", nil, a.value, b.value)
				axis := n - 1
				for _, k := range []int{axis, 0} {
					mean := func(x *array) *array { return v.apply("mean", axisAttr([]int{k}, true), x) }
					add(fmt.Sprintf("%[1]s - %[1]s.mean(axis=%[3]d, keepdims=True) - %[2]s * (%[1]s * %[2]s).mean(axis=%[3]d, keepdims=True)", factorText(a.code), factorText(b.code), k), v.apply("sub", nil, v.apply("sub", nil, a.value, mean(a.value)), v.apply("mul", nil, b.value, mean(mul))), cost+2)
					sum := v.apply("sum", axisAttr([]int{k}, true), mul)
					add(fmt.Sprintf("%[2]s * (%[1]s - (%[1]s * %[2]s).sum(axis=%[3]d, keepdims=True))", factorText(a.code), factorText(b.code), k), v.apply("mul", nil, b.value, v.apply("sub", nil, a.value, sum)), cost+1)
					for _, op := range []string{"sum", "mean"} {
						part := v.apply(op, axisAttr([]int{k}, true), mul)
						add(fmt.Sprintf("%[2]s * (%[1]s * %[2]s).%[4]s(axis=%[3]d, keepdims=True)", factorText(a.code), factorText(b.code), k, op), v.apply("mul", nil, b.value, part), cost+1)
					}
					if axis == 0 {
						break
					}
				}
			}
		}
	}
	fits := func(a, b []int) bool {
		for i := 1; i <= min(len(a), len(b)); i++ {
			if x, y := a[len(a)-i], b[len(b)-i]; x != y && x != 1 && y != 1 {
				return false
			}
		}
		return true
	}
	for i, a := range words {
		for k, b := range slices.Concat(words, forms) {
			if k < len(words) && k < i || a.cost > 0 || b.cost > 2 || k >= len(words) && b.cost != 2 || max(len(a.value.Data), len(b.value.Data)) > size || !fits(a.value.Shape, b.value.Shape) || spent(2*size) {
				continue
			}
			code := factorText(b.code)
			add(factorText(a.code)+" * "+code, v.apply("mul", nil, a.value, b.value), a.cost+b.cost+2)
			if k < len(words) && k != i {
				add(factorText(a.code)+" - "+code, v.apply("sub", nil, a.value, b.value), a.cost+b.cost+2)
				add(factorText(a.code)+" + "+code, v.apply("add", nil, a.value, b.value), a.cost+b.cost+2)
				add(factorText(a.code)+" / "+code, v.apply("div", nil, a.value, b.value), a.cost+b.cost+2)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b word) int { return cmp.Compare(a.cost, b.cost) })
	return out
}
