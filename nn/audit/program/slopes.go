package program

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"glassbox/nn/graph"
)

// The program's own gradients, with a revision made, are held against the slope of its
// own loss along random directions.

// loss is the loss with some values put in and a revision made, NaN where it
// cannot be computed.
func (r *reviser) loss(x *revision, put map[int]*array) float64 {
	x.put = put
	changed, work := r.rerun(r.first, put, nil, r.val, x.own)
	if r.work += work + r.cost; changed == nil {
		return math.NaN()
	}
	total := 0.0
	for _, q := range keys(r.step.loss.seeds) {
		seed := r.step.loss.seeds[q]
		v, was := changed[q], r.val(q)
		if v == nil {
			v = was
		}
		if v == nil || len(v.Data) != len(seed.Data) || was == nil || len(was.Data) != len(v.Data) {
			return math.NaN()
		}
		scale := cmp.Or(r.step.loss.scale, 1)
		for i, y := range v.Data {
			d := y - was.Data[i]
			if total += seed.Data[i] * d; !r.step.loss.computed {
				total += scale * d * d / 2
			}
		}
	}
	return total
}

// right reports that the gradients of all parameters are the loss's derivative,
// times one constant, with a revision made.
func (r *reviser) right(x *revision, params []int) bool {
	x.put = map[int]*array{}
	changed, work := r.rerun(r.all, x.put, nil, r.val, x.own)
	if r.work += work + r.total; changed == nil || r.flattened(x, changed) {
		return false
	}
	common := r.common()
	for _, p := range params {
		cur := r.val(r.cur[p])
		if cur == nil {
			return false
		}
		var slopes []float64
		for i := range 3 {
			d := r.direction(p, i)
			const h = 1e-6
			slope := (r.loss(x, map[int]*array{r.cur[p]: plus(cur, h, d)}) - r.loss(x, map[int]*array{r.cur[p]: plus(cur, -h, d)})) / (2 * h)
			if math.IsNaN(slope) || math.Abs(slope) < 1e-7 {
				return false
			}
			slopes = append(slopes, slope)
			if i == 1 && len(r.multiples(p, changed, slopes)) == 0 {
				return false
			}
		}
		of := r.multiples(p, changed, slopes)
		if common == nil {
			common = of
		}
		common = slices.DeleteFunc(common, func(c float64) bool {
			return !slices.ContainsFunc(of, func(o float64) bool { return alike(c, o, 1e-3) })
		})
		if len(common) == 0 {
			return false
		}
	}
	return true
}

// common are the factors that gradients may have: that of those that are right now, or of
// them all, whatever it is, where none is.
func (r *reviser) common() (out []float64) {
	for p, hits := range r.step.right(nil) {
		if len(hits) > 0 && !r.single(p) {
			out = append(out, hits[0].c)
		}
	}
	if out != nil || len(r.live) == 1 {
		out = append(out, 1)
	}
	return out
}

// flattened reports that a revision leaves of an array nothing but one number: then what
// went back through it is right because nothing goes through it any more.
func (r *reviser) flattened(x *revision, changed map[int]*array) bool {
	constant := func(v *array) bool {
		return v != nil && len(v.Data) > 1 && slices.Min(v.Data) == slices.Max(v.Data)
	}
	if constant(changed[x.node]) && !constant(r.val(x.node)) {
		return true
	}
	for q, v := range changed { // or of two sides one
		if r.op[q] == "cmp" && constant(v) && !constant(r.val(q)) {
			return true
		}
	}
	return slices.ContainsFunc(r.cons[x.node], func(c int) bool {
		return r.lossOf[c] && r.sameStatement(c, x.node) && constant(changed[c]) && !constant(r.val(c))
	})
}

// direction is a fixed random direction for a parameter.
func (r *reviser) direction(p, i int) *array {
	for k := len(r.checks[p]); k <= i; k++ {
		a, random := graph.NewArray(r.shapes[r.cur[p]]...), rand.New(rand.NewPCG(uint64(p), uint64(k)))
		for e := range a.Data {
			a.Data[e] = random.NormFloat64()
		}
		r.checks[p] = append(r.checks[p], a)
	}
	return r.checks[p][i]
}

// multiples are the constants c for which a value on the way of parameter p into
// its update is c times a gradient with these slopes.
func (r *reviser) multiples(p int, changed map[int]*array, slopes []float64) (out []float64) {
	for _, q := range r.region[p] {
		if r.isNew[q] || r.zone[p][q] || r.partial[p][q] || !r.decayed && r.beforeDecay(p, q) {
			continue
		}
		v := changed[q]
		if v == nil {
			v = r.val(q)
		}
		if v = layout(v, r.shapes[r.cur[p]]); v == nil {
			continue
		}
		c, same := 0.0, true
		for i, slope := range slopes {
			dot := 0.0
			for e, x := range r.direction(p, i).Data {
				dot += x * v.Data[e]
			}
			if i == 0 {
				c = dot / slope
			}
			same = same && c != 0 && alike(dot/slope, c, r.close)
		}
		if same {
			out = append(out, c)
		}
	}
	return out
}

// beforeDecay reports that a share of parameter p itself is added to value q, as a
// penalty's is to the gradient: q is not all of it.
func (r *reviser) beforeDecay(p, q int) bool {
	return slices.ContainsFunc(r.cons[q], func(c int) bool {
		return r.inRegion[p][c] && !r.isNew[c] && !r.zone[p][c] && (r.op[c] == "add" || r.op[c] == "sub") && slices.ContainsFunc(r.in[c], func(o int) bool {
			return o != q && r.size[o] == r.size[q] && r.forward[o] && r.root(o) != r.root(r.cur[p]) && r.ownTerm(p, o)
		})
	})
}
