package program

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"glassbox/nn/graph"
)

const squaredError = "squared error" // the kind of an assumed loss

// assumedLosses are seeds for losses that are not computed: the program's first
// backward value p - y read as the derivative of a standard loss. They are
// used only where no loss that the program computes explains a gradient.
func (s *step) assumedLosses() []*loss {
	type first struct {
		p int
		v *array
		w *array // v times what weighs it, nil where nothing does
	}
	groups := map[lossPlace][]first{}
	var order []lossPlace
	put := func(site int, how string, f first) {
		k := lossPlace{site: site, how: how}
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], f)
	}
	for _, d := range s.between {
		write := s.op[d] == "setitem" || s.op[d] == "add_at"
		if !write && s.op[d] != "sub" || len(s.in[d]) != 2 || !s.float[d] {
			continue
		}
		switch {
		case !write:
			for j, p := range s.in[d] {
				y := s.in[d][1-j]
				if s.forward[p] && !s.forward[y] && slices.Equal(s.shapes[p], s.shapes[d]) && !s.isCur[p] && (s.size[y] > 1 || s.size[d] == 1) && !s.ofOneParameter(p) && !s.bentOnly(d) {
					x, w := s.val(d), s.weighted(d)
					if x == nil {
						continue
					}
					if j == 1 {
						if x = x.Scaled(-1); w != nil {
							w = w.Scaled(-1)
						}
					}
					put(s.site[d], "sub", first{p, x, w})
				}
			}
		default:
			p := s.in[d][0]
			if !s.forward[p] {
				continue
			}
			for (s.op[p] == "gather" || s.op[p] == "copy") && len(s.in[p]) == 1 && slices.Equal(s.shapes[s.in[p][0]], s.shapes[d]) {
				p = s.in[p][0]
			}
			if !s.forward[p] || !slices.Equal(s.shapes[p], s.shapes[d]) {
				continue
			}
			v, pv := s.val(d), s.val(p)
			if v == nil || pv == nil {
				continue
			}
			hot := true
			for i, x := range v.Data {
				if w := pv.Data[i] - x; math.Abs(w) > 1e-6 && math.Abs(w-1) > 1e-6 {
					hot = false
				}
			}
			if hot {
				put(s.site[d], "set", first{p: p, v: v})
			}
		}
	}
	var out []*loss
	for _, k := range order {
		square, cross := map[int]*array{}, map[int]*array{}
		name := ""
		for _, f := range groups[k] {
			if old, ok := square[f.p]; ok {
				square[f.p] = plus(old, 1, f.v)
			} else {
				square[f.p] = f.v
			}
			for _, w := range s.writes(f.p) {
				z, of, sign := s.canonical(w.node)
				if z < 0 {
					continue
				}
				g := graph.NewArray(s.shapes[z]...)
				for i, k := range w.at {
					g.Data[i] = sign * f.v.Data[k]
				}
				if !s.stepsAlong(z, g) {
					continue
				}
				if old, ok := cross[z]; ok {
					g = plus(old, 1, g)
				}
				name, cross[z] = of, g
			}
		}
		pl := k
		pl.how += ", " + squaredError
		out = append(out, &loss{node: slices.Max(keys(square)), kind: squaredError, place: pl, seeds: square})
		if len(cross) > 0 && len(cross) >= len(square) {
			pl := k
			pl.how += ", " + name
			out = append(out, &loss{node: slices.Max(keys(cross)), kind: name, place: pl, seeds: cross})
			if zeros := s.labelledZero(cross); zeros != nil {
				pl.how += ", some labelled 0"
				out = append(out, &loss{node: slices.Max(keys(zeros)), kind: name, place: pl, seeds: zeros})
			}
		}
		if slices.ContainsFunc(groups[k], func(f first) bool { return f.w == nil }) {
			continue
		}
		// Weighed, as what was chosen is by what came of it.
		weighed := map[int]*array{}
		for _, f := range groups[k] {
			if z, of, sign := s.canonical(f.p); z >= 0 && s.size[z] == len(f.w.Data) {
				name, weighed[z] = of, layout(f.w.Scaled(sign), s.shapes[z])
			}
		}
		if len(weighed) == len(groups[k]) {
			pl := k
			pl.how += ", " + name + ", weighed"
			out = append(out, &loss{node: slices.Max(keys(weighed)), kind: name, place: pl, seeds: weighed})
		}
	}
	return out
}

// labelledZero adds to the derivatives by logits those of sigmoids that go back as they are,
// p - y with y = 0, as of the samples that are drawn against the one that is there; nil
// where there are none.
func (s *step) labelledZero(cross map[int]*array) map[int]*array {
	var all map[int]*array
	for _, p := range s.between {
		back := s.readers(p)
		if !s.forward[p] || s.op[p] != "div" && s.op[p] != "expit" || len(back) == 0 ||
			slices.ContainsFunc(back, func(c int) bool { return !s.update[c] || s.op[c] == "sub" }) {
			continue
		}
		z, kind, _, sign := s.probabilities(p)
		if v := s.val(p); kind == sigmoid && sign > 0 && cross[z] == nil && v != nil {
			if all == nil {
				all = maps.Clone(cross)
			}
			all[z] = layout(v, s.shapes[z])
		}
	}
	return all
}

// weighted is what becomes of a value, collected with others perhaps, when it is
// multiplied by numbers that no parameter is in; nil where it is not.
func (s *step) weighted(d int) *array {
	at := make([]int, s.size[d]) // where its elements are
	for i := range at {
		at[i] = i
	}
	for q := d; ; {
		next := -1
		for _, c := range s.cons[q] {
			switch {
			case s.op[c] == "mul" && s.size[c] == s.size[q] && len(s.in[c]) == 2:
				o := s.in[c][0] + s.in[c][1] - q
				v := s.val(c)
				if o == q || s.forward[o] || s.size[o] < 2 || v == nil {
					continue
				}
				w := graph.NewArray(s.shapes[d]...)
				for i, k := range at {
					w.Data[i] = v.Data[k]
				}
				return w
			case s.op[c] == "gather" && s.attr(c).Index != nil && s.size[c] >= len(at):
				next = c
			}
		}
		if next < 0 {
			return nil
		}
		offset := 0
		for _, u := range s.in[next] {
			if u == q {
				break
			}
			offset += s.size[u]
		}
		to := make(map[int]int, s.size[next])
		for i, k := range s.index(next) {
			to[int(k)-1] = i
		}
		for i, k := range at {
			n, ok := to[offset+k]
			if !ok {
				return nil
			}
			at[i] = n
		}
		q = next
	}
}

// rescale takes for an assumed loss the multiple of it that most gradients are
// the derivative of: whether to divide by the number of samples is the author's
// choice where no loss is computed. Of several that many are it is the one nearest
// to what was assumed.
func (s *step) rescale(l *loss) {
	s.setLoss(l)
	var factors []float64
	for p, hits := range s.right(nil) {
		from := len(factors)
		for _, h := range hits {
			if c := math.Abs(h.c); !s.single(p) && !slices.ContainsFunc(factors[from:], func(o float64) bool { return alike(c, o, 1e-6) }) {
				factors = append(factors, c)
			}
		}
	}
	far := func(c float64) float64 { return math.Abs(math.Log(c)) }
	slices.SortStableFunc(factors, func(a, b float64) int { return cmp.Compare(far(a), far(b)) })
	if c := commonest(factors, 1); len(c) > 0 && !alike(c[0], 1, 1e-6) {
		l.multiply(c[0])
	}
}

// multiply takes an assumed loss c times.
func (l *loss) multiply(c float64) {
	if l.computed || c == 0 {
		return
	}
	l.scale = c
	for q, v := range l.seeds {
		l.seeds[q] = v.Scaled(c)
	}
}

// stepsAlong reports that a value is no parameter, or one that moves by a multiple of what
// is taken for its derivative: nothing else speaks for that.
func (s *step) stepsAlong(z int, g *array) bool {
	for _, p := range s.live {
		if s.original(z) == s.root(s.cur[p]) || s.op[z] == "sub" && s.original(s.in[z][0]) == s.root(s.cur[p]) {
			was, now := s.val(s.cur[p]), s.val(s.new[p])
			return was != nil && now != nil && factor(plus(now, -1, was), g, 1e-6) != 0
		}
	}
	return true
}

// canonical is the value of which p is the mean under the usual link, as
// probabilities are of logits, and the loss whose derivative by it is p - y; z is
// -1 where there is none. Of 1 - p the derivative has the other sign.
func (s *step) canonical(p int) (z int, loss string, sign float64) {
	z, kind, _, sign := s.probabilities(p)
	switch kind {
	case sigmoid:
		return z, "cross-entropy of a sigmoid", sign
	case softmax:
		return z, "cross-entropy of a softmax", sign
	}
	if p = s.root(p); s.op[p] == "exp" && len(s.in[p]) == 1 {
		return s.in[p][0], "negative log-likelihood of Poisson's counts", 1
	}
	return -1, "", 0
}

// A written part of a buffer is a value and the places of its elements in it.
type writtenPart struct {
	node int
	at   []int
}

// writes are the values that a buffer has been filled with, row by row perhaps;
// the value itself, whole, where it is no such buffer.
func (s *step) writes(p int) []writtenPart {
	all := make([]int, s.size[p])
	for i := range all {
		all[i] = i
	}
	var parts []writtenPart
	free := len(all)
	taken := make([]bool, len(all))
	for q := p; free > 0; q = s.in[q][0] {
		if len(s.in[q]) == 1 && (s.op[q] == "copy" || s.alias[q]) && s.size[s.in[q][0]] == len(all) {
			continue
		}
		if s.op[q] != "setitem" || len(s.in[q]) != 2 || s.size[s.in[q][1]] != len(s.index(q)) {
			return []writtenPart{{p, all}}
		}
		w := writtenPart{node: s.in[q][1]}
		for _, k := range s.index(q) {
			if k == 0 || taken[k-1] {
				return []writtenPart{{p, all}}
			}
			taken[k-1] = true
			free--
			w.at = append(w.at, int(k)-1)
		}
		parts = append(parts, w)
	}
	return parts
}

// bentOnly reports that a difference goes back through functions of it alone, as those
// of a loss that is no square: it is not what goes back itself.
func (s *step) bentOnly(d int) bool {
	bends := setOf("tanh", "sign", "abs", "cmp", "clip", "where", "exp", "maximum", "minimum", "sqrt", "expit")
	read := false
	for _, c := range s.readers(d) {
		if s.update[c] && !bends[s.op[c]] {
			return false
		}
		read = read || s.update[c]
	}
	return read
}
