package program

import (
	"math"
	"slices"

	"glassbox/nn/graph"
)

// A squash is how probabilities were made of logits.
type squash int

const (
	noSquash squash = iota
	sigmoid
	softmax
)

// probabilities reports that p is, by value, the sigmoid of z or of -z (sign),
// or the softmax of z along an axis.
func (s *step) probabilities(p int) (z int, kind squash, axis int, sign float64) {
	z = s.logits(p)
	if z < 0 || s.val(z) == nil || s.val(p) == nil || !slices.Equal(s.shapes[z], s.shapes[p]) {
		return -1, noSquash, 0, 0
	}
	tol := 1e-6
	if s.prec == single {
		tol = 1e-4
	}
	zv, pv := s.val(z).Data, s.val(p).Data
	for _, sign := range []float64{1, -1} {
		is := true
		for i, x := range zv {
			if !(math.Abs(1/(1+math.Exp(-sign*x))-pv[i]) <= tol*pv[i]+1e-12) {
				is = false
				break
			}
		}
		if is {
			return z, sigmoid, 0, sign
		}
	}
	shape := s.shapes[z]
	for ax := range shape {
		if shape[ax] < 2 {
			continue
		}
		is := true
		eachLine(shape, ax, func(at []int) {
			top, sum := math.Inf(-1), 0.0
			for _, i := range at {
				top = max(top, zv[i])
			}
			for _, i := range at {
				sum += math.Exp(zv[i] - top)
			}
			for _, i := range at {
				w := math.Exp(zv[i]-top) / sum
				is = is && math.Abs(w-pv[i]) <= tol*w+1e-12
			}
		})
		if is {
			return z, softmax, ax, 1
		}
	}
	return -1, noSquash, 0, 0
}

// eachLine calls f with the flat indices of each line along an axis.
func eachLine(shape []int, axis int, f func(at []int)) {
	inner := 1
	for _, d := range shape[axis+1:] {
		inner *= d
	}
	outer := 1
	for _, d := range shape[:axis] {
		outer *= d
	}
	at := make([]int, shape[axis])
	for o := range outer {
		for i := range inner {
			for k := range at {
				at[k] = (o*shape[axis]+k)*inner + i
			}
			f(at)
		}
	}
}

// logits is the value below the exponential that p is made of, -1 where there
// is none.
func (s *step) logits(p int) int {
	through := setOf("div", "copy", "gather", "add", "sub", "mul", "reciprocal", "setitem", "where", "clip", "sum")
	seen := map[int]bool{}
	todo := []int{p}
	for n := 0; len(todo) > 0 && n < 200; n++ {
		x := todo[0]
		todo = todo[1:]
		if seen[x] {
			continue
		}
		seen[x] = true
		switch {
		case s.op[x] == "expit" || s.op[x] == "softmax":
			return s.in[x][0]
		case s.op[x] == "exp":
			q := s.in[x][0]
			for range 4 {
				if o := s.op[q]; (o == "sub" || o == "neg" || o == "copy" || o == "gather" || o == "clip") && s.forward[s.in[q][0]] && slices.Equal(s.shapes[s.in[q][0]], s.shapes[q]) {
					q = s.in[q][0]
				}
			}
			return q
		case through[s.op[x]]:
			for _, q := range s.in[x] {
				if s.forward[q] {
					todo = append(todo, q)
				}
			}
		}
	}
	return -1
}

// unguarded gives the derivatives at the logits as they are without the guard
// of a logarithm (log(p + 1e-7), log(clip(p, …)), log(maximum(p, …))): y - p
// and the like, which is what programs compute. They are made of what the loss
// hands to each logarithm. Nil where there is no guard or no known form.
func (s *step) unguarded(l *loss) map[int]*array {
	made := s.before(keys(l.seeds), s.isCur)
	has := false
	for q := range s.n {
		if made[q] && s.forward[q] && (s.op[q] == "log" || s.op[q] == "log2" || s.op[q] == "log10") {
			has = true
		}
	}
	if !has {
		return nil
	}
	// Derivatives by logits, which an exponential is taken of, are held against others.
	logits := map[int]bool{}
	for q := range s.n {
		if o := s.op[q]; made[q] && s.forward[q] && (o == "exp" || o == "expit" || o == "softmax") {
			x := s.in[q][0]
			for n := 0; n < 5 && x >= 0; n++ {
				if logits[x] = true; len(s.in[x]) == 0 {
					break
				}
				x = s.in[x][0]
			}
		}
	}
	ad, _ := s.reverseUpTo(l.seeds, nil, false, nil, nil, func(q int, _ adjoint) bool {
		return logits[q] || s.op[q] == "log" || s.op[q] == "log2" || s.op[q] == "log10"
	})
	type pull struct{ yes, no *array } // the derivative by log p and by log(1-p)
	pulls := map[int]*pull{}
	anyGuard := false
	for q := range s.n {
		a, ok := ad[q]
		if !ok || !made[q] || !s.forward[q] {
			continue
		}
		w := a.open().v
		switch s.op[q] {
		case "log":
		case "log2":
			w = w.Scaled(1 / math.Ln2)
		case "log10":
			w = w.Scaled(1 / math.Ln10)
		default:
			continue
		}
		todo := []pulled{{at: s.in[q][0], w: w}}
		for n := 0; len(todo) > 0; n++ {
			x, parts, ok := s.belowLog(todo[0])
			todo = append(todo[1:], parts...)
			switch {
			case !ok || n == 1000:
				return nil
			case parts != nil:
				continue
			}
			anyGuard = anyGuard || x.guard
			pl := pulls[x.at]
			if pl == nil {
				pl = &pull{graph.NewArray(s.shapes[x.at]...), graph.NewArray(s.shapes[x.at]...)}
				pulls[x.at] = pl
			}
			if x.no {
				pl.no = plus(pl.no, 1, graph.Of(x.w.Data, s.shapes[x.at]...))
			} else {
				pl.yes = plus(pl.yes, 1, graph.Of(x.w.Data, s.shapes[x.at]...))
			}
		}
	}
	if !anyGuard {
		return nil
	}
	over := map[int]*array{}
	// What the loss has of a probability besides its logarithm, as an entropy has.
	apart, _ := s.reverseUpTo(l.seeds, nil, false, func(i, _ int) bool { return s.op[i] == "log" || s.op[i] == "log2" || s.op[i] == "log10" }, nil,
		func(q int, _ adjoint) bool { return pulls[q] != nil })
	for _, p := range keys(pulls) {
		pl := pulls[p]
		if a, ok := apart[p]; ok {
			a = a.open()
			for i, x := range s.val(p).Data {
				pl.yes.Data[i] += x * a.v.Data[i]
			}
		}
		z, kind, ax, sign := s.probabilities(p)
		g, pv := graph.NewArray(s.shapes[z]...), s.val(p).Data
		switch kind {
		case sigmoid:
			for i := range g.Data {
				g.Data[i] = sign * (pl.yes.Data[i]*(1-pv[i]) - pl.no.Data[i]*pv[i])
			}
		case softmax:
			if !isZero(pl.no) {
				return nil
			}
			eachLine(s.shapes[z], ax, func(at []int) {
				sum := 0.0
				for _, i := range at {
					sum += pl.yes.Data[i]
				}
				for _, i := range at {
					g.Data[i] = pl.yes.Data[i] - pv[i]*sum
				}
			})
		}
		if old, ok := over[z]; ok {
			g = plus(g, 1, old)
		}
		over[z] = g
	}
	for z, g := range over {
		if a, ok := ad[z]; ok && !near(a.open().v, g, 1e-10) {
			return over
		}
	}
	return nil
}

// A pulled value is one that a logarithm is taken of, or 1 less it (no), and the
// derivative by the logarithm.
type pulled struct {
	at        int
	w         *array
	guard, no bool
}

// belowLog goes from what a logarithm is taken of to the probabilities that it is
// made of, past guards. Where those of several places were put into one array it
// returns the parts. Without a known form it is not ok.
func (s *step) belowLog(p pulled) (_ pulled, parts []pulled, ok bool) {
	for range 8 {
		in := s.in[p.at]
		if len(in) == 0 || s.isCur[p.at] {
			break
		}
		next := -1
		switch s.op[p.at] {
		case "add":
			for j, o := range in {
				if len(in) == 2 && s.size[o] == 1 && !s.forward[o] && math.Abs(s.scalar(o)) <= 1e-3 {
					next, p.guard = in[1-j], true
				}
			}
		case "clip", "maximum", "minimum", "fmax", "fmin":
			if s.forward[in[0]] && slices.Equal(s.shapes[in[0]], s.shapes[p.at]) {
				next, p.guard = in[0], true
			} else if len(in) > 1 && s.forward[in[1]] && slices.Equal(s.shapes[in[1]], s.shapes[p.at]) {
				next, p.guard = in[1], true
			}
		case "sub":
			if s.size[in[0]] == 1 && !s.forward[in[0]] && alike(s.scalar(in[0]), 1, 1e-2) {
				if s.scalar(in[0]) != 1 {
					p.guard = true
				}
				next, p.no = in[1], !p.no
			}
		case "copy", "gather":
			if len(in) == 1 && s.forward[in[0]] {
				if z, k, _, _ := s.probabilities(p.at); z >= 0 && k != noSquash {
					break
				}
				g, _, err := s.backward(p.at, graph.Of(p.w.Data, s.shapes[p.at]...), nil)
				if err == nil {
					next, p.w = in[0], g[0]
				}
			}
		}
		if next < 0 || !s.forward[next] || len(p.w.Data) != s.size[next] {
			break
		}
		p.at = next
	}
	z, kind, _, _ := s.probabilities(p.at)
	if kind != noSquash {
		return p, nil, len(p.w.Data) == s.size[z]
	}
	switch s.op[p.at] {
	case "setitem", "concatenate", "stack", "where":
		g, _, err := s.backward(p.at, graph.Of(p.w.Data, s.shapes[p.at]...), nil)
		if err != nil {
			return p, nil, false
		}
		for k, q := range s.in[p.at] {
			if s.forward[q] && g[k] != nil {
				parts = append(parts, pulled{q, g[k], p.guard, p.no})
			}
		}
	}
	return p, parts, parts != nil
}
