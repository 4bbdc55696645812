package program

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// rescalings are the changes of the expression of a value that is ratio times what
// it should be, the simplest first: an operation of it, one of its numbers, or a
// number by its name that the function knows. surplus is that the first of them
// takes a factor away.
func (s *step) rescalings(q int, ratio float64, m *matches) (out []message.Text, surplus bool) {
	for s.alias[q] && len(s.in[q]) == 1 {
		q = s.in[q][0]
	}
	v := s.value(q)
	if v == nil || isZero(v) || len(v.Data) > 100_000 {
		return nil, false
	}
	e := s.express(q, v.Scaled(1/ratio), -1, m.c(q), m, true, 4_000_000)
	e.nodes = slices.DeleteFunc(e.nodes, func(n int) bool { return !s.sameStatement(n, q) })
	edits := e.operations()
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(b.node, a.node) })
	for _, x := range edits {
		if x.kind != itsSign && x.kind != otherNumber && x.kind != otherExponent {
			surplus = surplus || len(out) == 0 && x.kind == factorTooMany
			out = append(out, x.text)
		}
	}
	instead := func(meant, code string) {
		out = append(out, message.New("`%s` is meant, not `%s`", message.Plain(meant), message.Plain(code)))
	}
	numbers := s.numbersAt(q)
	for _, n := range e.nodes {
		if s.op[n] != "mul" && s.op[n] != "div" {
			continue
		}
		for j, u := range s.in[n] {
			code := s.operandCode(n, j)
			if s.size[u] != 1 || s.forward[u] || code == "" || isNumber(code) {
				continue
			}
			k := 1 / ratio
			if s.op[n] == "div" && j == 1 {
				k = ratio
			}
			if !e.good(change{node: n, slot: j, from: -1, with: s.value(u).Scaled(k)}) {
				continue
			}
			for _, w := range numbers {
				if w.code != code && alike(s.scalar(u)*k, w.value.Data[0], 1e-9) {
					instead(w.code, code)
				}
			}
			for _, w := range numbers {
				switch x := w.value.Data[0]; {
				case alike(k*x, 1, 1e-9):
					instead(factorText(code)+" / "+factorText(w.code), code)
				case alike(k, x, 1e-9):
					instead(factorText(code)+" * "+factorText(w.code), code)
				}
			}
		}
	}
	if code := s.wholeCode(q); code != "" {
		for _, w := range numbers {
			switch x := w.value.Data[0]; {
			case alike(ratio, x, 1e-9):
				instead(factorText(code)+" / "+factorText(w.code), code)
			case alike(ratio*x, 1, 1e-9):
				instead(factorText(code)+" * "+factorText(w.code), code)
			}
		}
	}
	spent := s.allowance(4_000_000)
	for _, g := range s.goals(q, v.Scaled(1/ratio), m) {
		if len(out) > 0 {
			break
		}
		for _, r := range s.fill(g, s.vocabularyAt(q).short, spent) {
			if r.kind == otherOperand && r.cost <= 2 && r.code != g.code {
				instead(r.code, g.code)
			}
		}
	}
	return out, surplus
}

// inCommon are the corrections that two steps have in common.
func inCommon(list, other []message.Text) []message.Text {
	return slices.DeleteFunc(list, func(t message.Text) bool {
		return !slices.ContainsFunc(other, func(u message.Text) bool { return t.String() == u.String() })
	})
}

// numbersAt are the numbers other than 1 that the function of a value calls by a
// name, or writes as a length, as it writes them, those that its class has for its own,
// constants in capitals, and last the lengths of what it reads.
func (s *step) numbersAt(near int) []word {
	arrays, out := s.words(near)
	known := map[string]bool{}
	for _, w := range out {
		known[w.code] = true
	}
	site := s.g.Site(near)
	for c := s.begin; c < min(s.hi, s.n); c++ {
		t := s.g.Site(c)
		if t == nil || t.File != site.File {
			continue
		}
		class, _, method := strings.Cut(site.Func, ".")
		own := t.Func == site.Func || strings.HasPrefix(site.Func, t.Func+".")
		mate := method && strings.HasPrefix(t.Func, class+".")
		for j, u := range s.in[c] {
			code := s.operandCode(c, j)
			if !own && !(mate && strings.HasPrefix(code, "self.")) && (len(code) < 2 || code != strings.ToUpper(code)) {
				continue
			}
			if s.size[u] != 1 || s.forward[u] || s.isCur[u] || known[code] || code == "" || len(code) > 24 || isNumber(code) || strings.ContainsAny(code, "+*/ ") {
				continue
			}
			if v := s.value(u); v != nil && v.Data[0] != 1 && v.Data[0] != 0 {
				known[code] = true
				out = append(out, word{code: code, value: v})
			}
		}
	}
	for _, w := range slices.Clone(out) {
		code, x := factorText(w.code), w.value.Data[0]
		out = append(out, word{code: code + " / 2", value: graph.Scalar(x / 2)}, word{code: "2 * " + code, value: graph.Scalar(2 * x)})
		if x > 0 {
			out = append(out, word{code: "np.sqrt(" + w.code + ")", value: graph.Scalar(math.Sqrt(x))})
		}
	}
	for _, w := range arrays {
		if isReference(w.code) && len(w.value.Shape) > 0 && w.value.Shape[0] > 1 {
			out = append(out, word{code: "len(" + w.code + ")", value: graph.Scalar(float64(w.value.Shape[0])), cost: 1})
		}
	}
	return out
}

// lackedScale is the update of parameter p where it lacks the number, by its name,
// that the updates of the usual ones are multiplied by, and the correction; -1 for
// none.
func (s *step) lackedScale(p int, usual []entry, ratio float64) (node int, fix message.Text) {
	w := s.root(s.new[p])
	if s.op[w] != "sub" && s.op[w] != "add" {
		return -1, fix
	}
	for _, e := range usual {
		for _, q := range s.region[e.p] {
			if s.op[q] != "mul" || !s.sameStatement(q, s.root(s.new[e.p])) {
				continue
			}
			for i, u := range s.in[q] {
				code := s.operandCode(q, i)
				if s.size[u] != 1 || s.forward[u] || !isReference(code) || !alike(s.scalar(u)*ratio, 1, 1e-6) {
					continue
				}
				for k, x := range s.in[w] {
					if text := s.operandCode(w, k); text != "" && s.inRegion[p][x] && !s.sameStatement(x, w) && s.frame(w).fn == s.frame(q).fn {
						return w, message.New("`%s` is meant, not `%s`", message.Plain(code+" * "+factorText(text)), message.Plain(text))
					}
				}
			}
		}
	}
	return -1, fix
}
