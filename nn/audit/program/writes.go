package program

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// addedByHand is what a write puts into its elements beside what stands there, as
// `x[i] += d` does; nil where it puts in something else. The sum itself is no
// help: where i names an element twice it holds what was written there last.
func (s *step) addedByHand(n int) *array {
	sum := s.in[n][1]
	if o := s.op[sum]; o != "add" && o != "sub" || len(s.in[sum]) != 2 || s.op[s.in[sum][0]] != "gather" || s.value(s.in[sum][1]) == nil {
		return nil
	}
	what := s.stretch(s.value(s.in[sum][1]), s.shapes[sum])
	if what != nil && s.op[sum] == "sub" {
		return what.Scaled(-1)
	}
	return what
}

// repeats reports that a write names an element more than once.
func (s *step) repeats(n int) bool {
	idx := slices.Sorted(slices.Values(s.index(n)))
	return len(slices.Compact(slices.Clone(idx))) < len(idx)
}

// countedOnce is a write of parameter p's update that names an element more than
// once, where only the last counts, and whose steps, all added up, are its
// derivative; -1 for none.
func (s *step) countedOnce(p int) int {
	for _, q := range s.region[p] {
		if s.op[q] != "setitem" || len(s.in[q]) != 2 || !s.repeats(q) {
			continue
		}
		what := s.addedByHand(q)
		if base := s.value(s.in[q][0]); what == nil && base != nil && isZero(base) { // the step of rows, as a whole
			what = s.value(s.in[q][1])
		}
		if what != nil {
			r := s.apply("add_at", s.attr(q), graph.NewArray(s.shapes[q]...), what)
			if r != nil && s.prec.fits(r, s.ad[s.cur[p]]) != 0 {
				return q
			}
		}
	}
	return -1
}

// tellCountedOnce tells of such writes, and returns the other wrong parameters.
func (j *judge) tellCountedOnce(s *step, wrong []int) []int {
	return slices.DeleteFunc(wrong, func(p int) bool {
		q := s.countedOnce(p)
		if q >= 0 {
			j.tell(Finding{Severity: "error", Step: s.k, Relation: "written, not added", Text: j.wrongGradient(s, p), Fix: message.New("the index names an element more than once, and only the last counts: np.add.at or np.subtract.at is meant")}, at(q))
		}
		return q >= 0
	})
}

// underWrite is the operand of a write that has to be another for the whole to be
// want, and what: the value that is put into elements, or where others are off
// too, the array that it is put into; nil where it cannot be told.
func (s *step) underWrite(n int, want *array) (slot int, r *array) {
	idx, base := s.index(n), s.value(s.in[n][0])
	if base == nil || len(idx) == 0 || len(base.Data) != len(want.Data) {
		return 1, nil
	}
	outside := want.Clone()
	shape := []int{len(idx)}
	if u := s.in[n][1]; s.size[u] == len(idx) {
		shape = s.shapes[u]
	}
	inside := graph.NewArray(shape...)
	for i, k := range idx {
		if k <= 0 {
			return 1, nil
		}
		outside.Data[k-1] = base.Data[k-1]
		inside.Data[i] = want.Data[k-1]
	}
	for i, x := range outside.Data {
		if x != base.Data[i] && !(math.Abs(x-base.Data[i]) <= 1e-12+1e-7*math.Abs(x)) {
			return 0, outside
		}
	}
	return 1, inside
}

// wroteRight reports that the elements that a write sets are as wanted.
func (s *step) wroteRight(n int, want *array) bool {
	v, top := s.value(n), want.MaxAbs()
	return !slices.ContainsFunc(s.index(n), func(k int32) bool {
		return k <= 0 || math.Abs(v.Data[k-1]-want.Data[k-1]) > 1e-7*top
	})
}

// masks tries other conditions where a statement writes into, or scales, the
// elements that a condition names.
func (s *step) masks(v *vocabulary, node int, want *array, spent func(int) bool) (out []rewriting) {
	if s.op[node] != "setitem" || len(s.in[node]) != 2 {
		return nil
	}
	base, u := s.value(s.in[node][0]), s.in[node][1]
	_, code, _ := strings.Cut(s.g.Site(node).Target, "[")
	code = strings.TrimSuffix(code, "]")
	if base == nil || !strings.ContainsAny(code, "<>=~") {
		return nil
	}
	put := base
	switch o := s.op[u]; {
	case s.size[u] == 1:
		put = graph.Filled(s.scalar(u), base.Shape...)
	case (o == "mul" || o == "div") && len(s.in[u]) == 2 && s.size[s.in[u][1]] == 1:
		k := s.scalar(s.in[u][1])
		if o == "div" {
			k = 1 / k
		}
		put = base.Scaled(k)
	default:
		return nil
	}
	g := goal{node: node, slot: 1, code: code, depth: 1}
	for _, w := range v.words {
		if w.truth || !slices.Equal(w.value.Shape, base.Shape) || spent(6*len(base.Data)) {
			continue
		}
		for _, c := range []string{"LtE", "Lt", "Gt", "GtE"} {
			mask := s.apply("cmp", &graph.Attr{Cmp: c}, w.value, graph.Scalar(0))
			if r := s.apply("where", nil, mask, put, base); r != nil && near(r, want, 1e-7) {
				out = append(out, rewriting{kind: otherMask, goal: g, code: factorText(w.code) + " " + comparison(c) + " 0", cost: w.cost + 1, given: s.givenFor(node, code, w.code), meant: w.code})
				break
			}
		}
	}
	return out
}

// givenFor is the parameter of the function around a node that a condition there
// is of, where the function has no such value as meant; "" where there is none.
func (s *step) givenFor(node int, condition, meant string) string {
	of := func(code string) string {
		return code[:len(code)-len(strings.TrimLeftFunc(code, func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }))]
	}
	name, params := of(condition), s.paramsOf(node)
	for q := s.begin; q < node; q++ {
		if s.alias[q] && s.frame(q) == s.frame(node) && s.g.Site(q) != nil && s.g.Site(q).Target == name {
			name = s.operandCode(q, 0) // Z = cache
			break
		}
	}
	if !slices.Contains(params, name) || slices.Contains(params, of(meant)) || of(meant) == "self" {
		return ""
	}
	return name
}

// joined finds arrays that are joined in another order than meant.
func (s *step) joined(q int, want *array) *edit {
	ins := s.in[q]
	if s.op[q] != "gather" || len(ins) < 2 || len(ins) > 8 || s.site[q] < 0 || len(s.index(q)) != len(want.Data) {
		return nil
	}
	var flat []float64
	var from []int
	for _, u := range ins {
		v := s.value(u)
		if v == nil {
			return nil
		}
		from = append(from, len(flat))
		flat = append(flat, v.Data...)
	}
	for a := range ins {
		for b := a + 1; b < len(ins); b++ {
			if !slices.Equal(s.shapes[ins[a]], s.shapes[ins[b]]) {
				continue
			}
			n := s.size[ins[a]]
			r := graph.NewArray(want.Shape...)
			for i, k := range s.index(q) {
				switch at := int(k) - 1; {
				case at < 0:
				case at >= from[a] && at < from[a]+n:
					r.Data[i] = flat[at-from[a]+from[b]]
				case at >= from[b] && at < from[b]+n:
					r.Data[i] = flat[at-from[b]+from[a]]
				default:
					r.Data[i] = flat[at]
				}
			}
			if x, y := s.operandCode(q, a), s.operandCode(q, b); near(r, want, 1e-7) {
				whole := strings.Join(strings.Fields(s.g.Text(s.site[q])), " ")
				if i, j := strings.Index(whole, x), strings.Index(whole, y); i >= 0 && i < j && x != "" && y != "" {
					other := whole[:i] + y + whole[i+len(x):j] + x + whole[j+len(y):]
					return &edit{kind: otherOperand, class: 2, node: q, text: message.New("`%s` is meant, not `%s`", message.Plain(other), message.Plain(whole)), from: -1, to: -1, slot: -1}
				}
				return &edit{class: 2, node: q, text: message.New("`%s` and `%s` are joined in the wrong order", s.operand(q, a), s.operand(q, b)), from: -1, to: -1, slot: -1}
			}
		}
	}
	return nil
}

// accumulated finds writes into parts of an array, of which each should be added
// to what stands there.
func (s *step) accumulated(f *intervention) *edit {
	q := f.part
	for range 3 {
		if s.op[q] != "setitem" && len(s.in[q]) == 1 {
			q = s.in[q][0]
		}
	}
	if s.op[q] != "setitem" || len(s.in[q]) != 2 {
		return nil
	}
	same := func(x int) bool { return s.op[x] == "setitem" && len(s.in[x]) == 2 && s.site[x] == s.site[q] }
	for same(s.in[q][0]) {
		q = s.in[q][0]
	}
	r := s.value(s.in[q][0])
	last, n := -1, 0
	for x := q; x >= 0; {
		if v := s.value(s.in[x][1]); r == nil || v == nil {
			return nil
		} else if r = s.apply("add_at", s.attr(x), r, v); r == nil {
			return nil
		}
		n++
		last = x
		x = -1
		for _, c := range s.cons[last] {
			if same(c) && s.in[c][0] == last {
				x = c
			}
		}
	}
	if n < 2 || near(r, s.value(last), 1e-9) {
		return nil
	}
	if wrong := s.wrong(s.right(s.replay(map[int]*array{last: r}))); len(wrong) > f.of-f.mended {
		return nil
	}
	return &edit{kind: overwritten, class: 2, node: last, text: message.New("the value should be added (`+=`), not written (`=`)"), from: -1, to: -1, slot: -1}
}

// otherIndex tries other rows for what np.add.at adds to an array, and other
// columns where a statement changes one element in each row.
func (s *step) otherIndex(v *vocabulary, q int, want *array) *edit {
	if len(s.in[q]) != 2 || want == nil {
		return nil
	}
	base, what := s.value(s.in[q][0]), s.value(s.in[q][1])
	if base == nil || what == nil || len(base.Shape) == 0 || len(base.Data) != len(want.Data) {
		return nil
	}
	width := len(base.Data) / base.Shape[0]
	var changed func(at *array) *array
	switch s.op[q] {
	case "add_at":
		changed = func(rows *array) *array {
			if len(rows.Data)*width != len(what.Data) {
				return nil
			}
			r := base.Clone()
			for i, k := range rows.Data {
				if k < 0 || int(k) >= base.Shape[0] || k != float64(int(k)) {
					return nil
				}
				for c := range width {
					r.Data[int(k)*width+c] += what.Data[i*width+c]
				}
			}
			return r
		}
	case "setitem":
		idx := s.index(q)
		if len(base.Shape) != 2 || len(idx) != base.Shape[0] || len(what.Data) != 1 && len(what.Data) != len(idx) {
			return nil
		}
		changed = func(columns *array) *array {
			if len(columns.Data) != len(idx) {
				return nil
			}
			r := base.Clone()
			for i, k := range columns.Data {
				if k < 0 || int(k) >= width || k != float64(int(k)) || idx[i] <= 0 {
					return nil
				}
				r.Data[i*width+int(k)] += what.Data[i%len(what.Data)] - base.Data[idx[i]-1]
			}
			return r
		}
	default:
		return nil
	}
	read, meant := "", ""
	for _, w := range v.words {
		if r := changed(w.value); r == nil {
			continue
		} else if read == "" && near(r, s.value(q), 1e-9) {
			read = w.code
		} else if meant == "" && near(r, want, 1e-7) {
			meant = w.code
		}
	}
	if read == "" || meant == "" {
		return nil
	}
	return &edit{kind: otherOperand, class: 2, node: q, text: message.New("`%s` is meant, not `%s`", message.Plain(meant), message.Plain(read)), from: -1, to: -1, slot: -1}
}
