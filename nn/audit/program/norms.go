package program

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"glassbox/nn/message"
)

// Gradients that are bounded by their norm the wrong way.

// growing finds a factor of the gradient that grows with the gradients' norm, a
// clipping that multiplies by what it should divide by, and one that falls with the
// norm's square, where its root was forgotten.
func (j *judge) growing(h *history, all []*history) *updateFault {
	n := len(h.steps)
	if len(h.value[0].Data) < 3 {
		return nil
	}
	if w := j.byNorm(h, all); w != nil {
		return w
	}
	if w := j.lengthened(h, all); w != nil {
		return w
	}
	for _, g := range h.grads[1:] {
		var factors, own, every []float64 // own, every: the squares of norms, of this gradient and of all
		for k := range h.steps {
			r := math.Abs(g.c[k] / h.grads[0].c[k])
			if alike(r, 1, 1e-9) {
				continue
			}
			mine, total := h.squares(k, all)
			factors, own, every = append(factors, r), append(own, mine), append(every, total)
		}
		if len(factors) < 4 || slices.Max(factors) < 1.001*slices.Min(factors) {
			continue
		}
		for _, l := range [][]float64{own, every} {
			steady := func(f func(r, square float64) float64) bool {
				for k, r := range factors {
					if !alike(f(r, l[k]), f(factors[0], l[0]), 1e-6) {
						return false
					}
				}
				return true
			}
			if steady(func(r, square float64) float64 { return r / math.Sqrt(square) }) {
				return &updateFault{weight: 5, node: j.scale(h, g, n-1), text: message.New("the factor of the gradient grows with its norm: to bound the norm the gradient is divided by it")}
			}
			if steady(func(r, square float64) float64 { return r * square }) {
				at := j.scale(h, g, n-1)
				if j.op[at] == "div" && j.size[at] == 1 && !made(j.op[j.root(j.in[at][1])]) {
					at = j.root(j.in[at][1])
				}
				return &updateFault{weight: 5, sure: true, node: at, text: message.New("the gradient is divided by the square of its norm, not by its norm"), fix: message.New("the root of the sum of squares is meant")}
			}
		}
	}
	return nil
}

// squares are the squares of two norms in step k: of the parameter's own gradient,
// and of those of all parameters together, as the program scales them.
func (h *history) squares(k int, all []*history) (own, total float64) {
	for _, o := range all {
		i := slices.Index(o.steps, h.steps[k])
		if i < 0 {
			continue
		}
		sum := 0.0
		for _, v := range o.truth[i].Data {
			sum += o.grads[0].c[i] * o.grads[0].c[i] * v * v
		}
		if total += sum; o.p == h.p {
			own = sum
		}
	}
	return own, total
}

// byNorm finds the gradient multiplied by its norm over a number, in any step: what
// was to bound it makes it larger.
func (j *judge) byNorm(h *history, all []*history) *updateFault {
	for k, s := range h.steps {
		var by []int // numbers over a setting that the update multiplies by
		for _, q := range s.region[h.p] {
			for _, o := range j.in[q] {
				if o = j.root(o); j.op[q] == "mul" && j.size[q] > 1 && j.size[o] == 1 && j.op[o] == "div" && made(j.op[j.in[o][1]]) && !made(j.op[j.in[o][0]]) {
					by = append(by, o)
				}
			}
		}
		if len(by) == 0 {
			continue
		}
		own, total := h.squares(k, all)
		tol := exactOf(s.prec == single, 1e-9, 1e-4)
		for _, q := range by {
			if norm := j.scalar(j.in[q][0]); alike(norm, math.Sqrt(own), tol) || alike(norm, math.Sqrt(total), tol) {
				return &updateFault{weight: 5, sure: true, coarse: true, node: q, text: message.New("the gradient is multiplied by its norm over %s: to bound the norm it is divided by it", number(j.scalar(j.in[q][1])))}
			}
		}
	}
	return nil
}

// lengthened finds gradients that a bound of their norm makes larger where they are below it
// and leaves alone where they are above.
func (j *judge) lengthened(h *history, all []*history) *updateFault {
	bounds := map[int]map[int]int{} // by the line of the number and the step
	for k, s := range h.steps {
		var todo []int // numbers that the update multiplies by
		for _, q := range s.region[h.p] {
			if j.op[q] == "mul" && j.size[q] > 1 {
				todo = append(todo, j.in[q]...)
			}
		}
		for len(todo) > 0 {
			o := j.root(todo[0])
			switch todo = todo[1:]; {
			case j.size[o] > 1:
			case j.op[o] == "mul":
				todo = append(todo, j.in[o]...)
			case j.op[o] == "div" && made(j.op[j.in[o][0]]):
				if bounds[j.site[o]] == nil {
					bounds[j.site[o]] = map[int]int{}
				}
				bounds[j.site[o]][k] = o
			}
		}
	}
	for _, site := range keys(bounds) {
		by := bounds[site]
		o := by[keys(by)[0]]
		c := j.scalar(j.in[o][0])
		own, total := len(by) < len(h.steps), len(by) < len(h.steps)
		for k := range h.steps {
			mine, every := h.squares(k, all)
			fits := func(norm float64) bool {
				if o, ok := by[k]; ok {
					return norm < c && alike(j.scalar(j.in[o][1]), norm, 1e-5)
				}
				return norm > c
			}
			own, total = own && fits(math.Sqrt(mine)), total && fits(math.Sqrt(every))
		}
		if j.neverSmaller(o) && !slices.ContainsFunc(keys(by), func(k int) bool { return j.scalar(by[k]) < 1 }) {
			return &updateFault{weight: 5, sure: true, coarse: true, node: o, text: message.New("the factor of the gradient is 1 or more, however large its norm is: to bound the norm it is 1 at most")}
		}
		if own || total {
			return &updateFault{weight: 5, sure: true, node: o, text: message.New("the gradient is made larger where its norm is below %s, and left alone above: to bound the norm it is made smaller above", number(c))}
		}
	}
	return nil
}

var (
	leastOne = regexp.MustCompile(`\bmax(imum)?\((1(\.0*)?, .* / .*|.* / .*, 1(\.0*)?)\)$`)
	overLess = regexp.MustCompile(`([\w.]+) / (?:\w+\.)?min(?:imum)?\((.*)\)$`)
)

// neverSmaller reports that a number over a norm is written so that it is never below 1:
// as the larger of the two, or over the smaller of itself and the norm.
func (j *judge) neverSmaller(o int) bool {
	l := j.line(o)
	code, _, _ := strings.Cut(j.source(l.file, l.line), "#")
	code = strings.TrimSpace(code)
	m := overLess.FindStringSubmatch(code)
	return leastOne.MatchString(code) || m != nil && slices.Contains(strings.Split(m[2], ", "), m[1])
}

// scale is where the factor that makes a gradient in step k comes from.
func (j *judge) scale(h *history, g *gradientSite, k int) int {
	q := g.nodes[k]
	if j.op[q] != "mul" && j.op[q] != "div" || len(j.in[q]) != 2 {
		return q
	}
	for _, o := range j.in[q] {
		if j.size[o] == 1 && o >= h.steps[k].begin && !made(j.op[o]) {
			return o
		}
	}
	return q
}
