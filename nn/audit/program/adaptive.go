package program

import (
	"math"
	"slices"

	"glassbox/nn/message"
)

// A numerator is what an adaptive step divides: a moment or the gradient.
type numerator struct {
	values []*array
	moment bool
}

// An adaptiveFit is num/step = a + b·√s (form "sqrt") or its square (form "in").
type adaptiveFit struct {
	eps, b float64 // eps relative to √s's coefficient
	form   string
}

func adaptive(num, moved, squares []*array) []adaptiveFit {
	var out []adaptiveFit
	for k := range moved {
		dm, nm := moved[k].MaxAbs(), num[k].MaxAbs()
		var r, root []float64
		for i, d := range moved[k].Data {
			if x := num[k].Data[i]; math.Abs(d) > 1e-9*dm && math.Abs(x) > 1e-9*nm && squares[k].Data[i] > 0 {
				r, root = append(r, x/d), append(root, math.Sqrt(squares[k].Data[i]))
			}
		}
		if len(r) == 0 || len(r) < min(3, len(moved[k].Data)) {
			return nil
		}
		if len(r) < 3 { // too few to tell a constant beside the root
			out = append(out, adaptiveFit{0, r[0] / root[0], "few"})
			continue
		}
		if high, low := slices.Max(root), slices.Min(root); high < 1.001*low { // where all are alike either
			f := adaptiveFit{0, r[0] / root[0], "few"}
			for i := range r {
				if !alike(r[i]/root[i], f.b, 1e-6+1e-3*(high/low-1)) {
					return nil
				}
			}
			out = append(out, f)
			continue
		}
		var got *adaptiveFit
		for _, form := range []string{"sqrt", "in"} {
			ones, cols, want := make([]float64, len(r)), make([]float64, len(r)), make([]float64, len(r))
			for i := range r {
				y, b := r[i], root[i]
				if form == "in" {
					y, b = y*y, b*b
				}
				w := 1 / math.Abs(y)
				ones[i], cols[i], want[i] = w, b*w, y*w
			}
			x, off, ok := leastSquares([][]float64{ones, cols}, want)
			if !ok || off > 3e-6 {
				continue
			}
			f := adaptiveFit{form: form, eps: math.Inf(1), b: x[1]}
			if x[1] != 0 {
				f.eps = x[0] / x[1]
			}
			if form == "in" {
				sorted := slices.Clone(r)
				slices.Sort(sorted)
				f.b = math.Copysign(math.Sqrt(math.Abs(x[1])), sorted[len(sorted)/2])
			}
			got = &f
			break
		}
		if got == nil {
			return nil
		}
		out = append(out, *got)
	}
	return out
}

// fitAdaptive: the step is a moment, or the gradient, divided by the root of the
// second moment, with the corrections for their beginnings or without.
func (j *judge) fitAdaptive(f *updateFit, n int, small bool) (*updateFault, message.Text) {
	h, last := f.h, f.h.made[n-1]
	if w := j.outsideRoot(h, f.squares, n); w != nil {
		return w, message.Text{}
	}
	squares := f.squares.values[1 : n+1]
	if f.squares.fit.size {
		squares = squared(squares)
	}
	var nums []numerator
	if f.velocity != nil {
		nums = append(nums, numerator{f.velocity.values[1 : n+1], true})
	}
	nums = append(nums, numerator{f.squares.fit.grad.values[:n], false})
	moved := h.moved[:n]
	var fit []adaptiveFit
	var num numerator
	for _, x := range nums {
		if fit = adaptive(x.values, moved, squares); fit != nil {
			num = x
			break
		}
		if f.velocity == nil {
			continue
		}
		if fit = adaptive(x.values, moved, centred(squares, f.velocity.values[1:n+1])); fit != nil {
			num = x
			break
		}
	}
	if fit == nil {
		// A decay beside the adaptive part: some value on the way is the step
		// without it.
		fit, num = j.behindDecay(f, n, nums, squares)
		if fit == nil {
			if done, w := j.fitMixture(f, n, squares); done {
				return w, message.Text{}
			}
			if w := j.forgetful(f, n); w != nil {
				return w, message.Text{}
			}
			if w := j.oddStep(f, nums, n); w != nil && h.plainRoot(j, f.squares) {
				return w, message.Text{}
			}
			return nil, message.New("its step is no moment divided by the root of the second")
		}
		if f.decay > 1e-9 {
			return &updateFault{weight: 5, node: last, text: message.New("the decay adds %s of the weight to it in each step: its sign should be the other", number(f.decay))}, message.Text{}
		}
	}
	for _, x := range fit {
		if x.eps > 1e-2 && !small && len(squares[0].Data) > 3 {
			return &updateFault{weight: 4, node: last, text: message.New("the constant beside the root is %s", number(fit[len(fit)-1].eps))}, message.Text{}
		}
	}
	b2 := f.squares.fit.decay
	b1 := 0.0
	if num.moment {
		b1 = f.velocity.fit.decay
	}
	// The rate in each step with either correction or without.
	rates := func(first, second bool) []float64 {
		out := make([]float64, n)
		for k := range out {
			c1, c2 := 1.0, 1.0
			if first {
				c1 = 1 - math.Pow(b1, h.time(k))
			}
			if second {
				c2 = math.Sqrt(1 - math.Pow(b2, h.time(k)))
			}
			out[k] = c1 / (fit[k].b * c2)
		}
		return out
	}
	corrected := b2 < 1-1e-6 && !f.squares.fit.largest
	rate := rates(false, false)
	if n >= 2 {
		first, second := noCorrection, noCorrection
		var wrong1, wrong2 *updateFault
		if num.moment {
			first, wrong1 = j.correction(h, f.velocity, f.squares, "first", n)
		}
		if corrected {
			second, wrong2 = j.correction(h, f.squares, f.velocity, "second", n)
		}
		switch {
		case wrong1 != nil:
			return wrong1, message.Text{}
		case wrong2 != nil:
			return wrong2, message.Text{}
		case j.miscounted(h, b1, b2) != nil:
			return j.miscounted(h, b1, b2), message.Text{}
		case j.undecaying(f, rates(num.moment, false)) != nil:
			return j.undecaying(f, rates(num.moment, false)), message.Text{}
		case first == rightCorrection && f.velocity != nil && !h.weighted(f.velocity.fit) && j.given[h.p] == nil:
			v := f.velocity
			return &updateFault{weight: 5, sure: true, node: v.nodes[len(v.nodes)-1], text: message.New("the first moment decays by %s, but the gradient enters it with %s, not %s", number(b1), number(h.rawGain(v.fit)), number(1-b1)), fix: otherDecay(h.rawGain(v.fit))}, message.Text{}
		case steady(rate):
		case steady(rates(num.moment, corrected)), first == rightCorrection && second == rightCorrection:
			rate = rates(num.moment, corrected)
		case num.moment && !h.weighted(f.velocity.fit) && steady(rates(false, corrected)): // a sum lacks no correction
			rate = rates(false, corrected)
		case first != rightCorrection && steady(rates(false, corrected)):
			if q := j.withoutStep(h, b1); q >= 0 {
				return &updateFault{weight: 5, sure: true, node: q, text: message.New("the %s moment should be divided by 1 - %s**t with t = 1, 2, …: %s", "first", number(b1), message.New("it is divided by 1 - %s", number(b1))), fix: j.raised(q)}, message.Text{}
			}
			return &updateFault{weight: 3, node: j.uncorrected(h, f.velocity, n, last), text: message.New("only the second of the two moments is corrected for its beginning at zero")}, message.Text{}
		case second != rightCorrection && steady(rates(num.moment, false)):
			if q := j.withoutStep(h, b2); q >= 0 {
				return &updateFault{weight: 5, sure: true, node: q, text: message.New("the %s moment should be divided by 1 - %s**t with t = 1, 2, …: %s", "second", number(b2), message.New("it is divided by 1 - %s", number(b2))), fix: j.raised(q)}, message.Text{}
			}
			return &updateFault{weight: 3, node: j.uncorrected(h, f.squares, n, last), text: message.New("only the first of the two moments is corrected for its beginning at zero")}, message.Text{}
		case num.moment && corrected && len(h.value[0].Data) > 2 && j.oddCorrection(h, rate, b1, b2, last) != nil:
			return j.oddCorrection(h, rate, b1, b2, last), message.Text{}
		case num.moment && (corrected || f.squares.fit.largest) && j.miscorrected(f, rate, b1, b2) != nil:
			return j.miscorrected(f, rate, b1, b2), message.Text{}
		case first == noCorrection && second == noCorrection: // a schedule
		case num.moment && corrected && (first == rightCorrection || j.correctedBy(h, b1, n)) && (second == rightCorrection || j.correctedBy(h, b2, n)):
			rate = rates(true, true) // and a schedule besides
		case first == rightCorrection && f.squares.fit.largest: // the largest may be corrected or not
		case j.scheduled(h, rate):
		default:
			return nil, message.New("its rate follows no known rule from step to step")
		}
	}
	gain, g := 1.0, f.squares.fit.grad
	if num.moment {
		gain, g = f.velocity.fit.gain, f.velocity.fit.grad
	}
	f.known, f.rates = true, map[int]float64{}
	for k, r := range rate {
		f.rate = r * gain * g.c[k]
		f.rates[h.steps[k].k] = f.rate
	}
	return nil, message.Text{}
}

// scheduled reports that rates change from step to step as a number does that the update
// is made with.
func (j *judge) scheduled(h *history, rate []float64) bool {
	by := map[slot][]float64{}
	for k := range rate {
		for _, q := range h.steps[k].region[h.p] {
			for i, u := range j.in[q] {
				if at := (slot{j.site[q], i}); j.size[u] == 1 && j.size[q] > 1 && len(by[at]) == k {
					by[at] = append(by[at], j.scalar(u))
				}
			}
		}
	}
	for _, l := range by {
		same := len(l) == len(rate) && l[0] != 0
		for k := range l {
			same = same && alike(rate[k]*l[0], rate[0]*l[k], 1e-5)
		}
		if same {
			return true
		}
	}
	return false
}

func squared(list []*array) []*array {
	var out []*array
	for _, a := range list {
		b := a.Clone()
		for i, x := range a.Data {
			b.Data[i] = x * x
		}
		out = append(out, b)
	}
	return out
}

// steady reports that rates are one, or change by one factor or one amount from
// step to step.
func steady(r []float64) bool {
	same, factor, amount := true, len(r) >= 3, len(r) >= 4
	for i := range r {
		same = same && alike(r[i], r[0], 1e-4)
		if i > 0 && factor {
			factor = alike(r[i]/r[i-1], r[1]/r[0], 1e-5)
		}
		if i > 0 && amount {
			amount = alike(r[i]-r[i-1], r[1]-r[0], 1e-4)
		}
	}
	return same || factor && math.Abs(r[1]/r[0]) < 1+1e-9 || amount
}

// oddStep recognises what is wrong with a step of moments that are right: it is
// a moment divided by the root of the second, times or divided by something too
// many, or a decay is divided by the root as well.
func (j *judge) oddStep(f *updateFit, nums []numerator, n int) *updateFault {
	h, last := f.h, f.h.made[n-1]
	k := n - 1
	moved, s := h.moved[k], f.squares.values[k+1]
	if len(moved.Data) < 4 || j.op[last] == "clip" {
		return nil
	}
	root := s.Clone()
	for i, x := range root.Data {
		root.Data[i] = math.Sqrt(x)
	}
	// Where the root is large against any constant beside it.
	var at []int
	top := root.MaxAbs()
	for i, x := range root.Data {
		if x > 1e-2*top && moved.Data[i] != 0 {
			at = append(at, i)
		}
	}
	if len(at) < 4 {
		return nil
	}
	const rough = 1e-3 // for a constant beside the root
	for _, num := range nums {
		v := num.values[k]
		steady := func(g func(i int) float64) bool {
			first := 0.0
			for _, i := range at {
				x := g(i)
				if first == 0 {
					first = x
				}
				if !alike(x, first, rough) {
					return false
				}
			}
			return first != 0
		}
		ratio := func(i int) float64 { return moved.Data[i] / v.Data[i] }
		switch {
		case steady(func(i int) float64 { return ratio(i) * root.Data[i] * root.Data[i] }):
			cause := "rmsprop-without-root"
			if num.moment {
				cause = "adam-without-root"
			}
			return &updateFault{weight: 5, node: last, cause: cause, text: message.New("the step is divided by the second moment itself, not by its root")}
		case steady(func(i int) float64 { return ratio(i) / root.Data[i] }):
			return &updateFault{weight: 5, node: last, text: message.New("the step is multiplied by the root of the second moment, not divided by it")}
		case steady(func(i int) float64 { return ratio(i) }):
			return &updateFault{weight: 5, node: last, text: message.New("the step is not divided by the root of the second moment")}
		}
		cols, want := [][]float64{make([]float64, len(at)), make([]float64, len(at))}, make([]float64, len(at))
		for x, i := range at {
			w := 1 / math.Abs(moved.Data[i]*root.Data[i])
			cols[0][x], cols[1][x], want[x] = v.Data[i]*w, h.value[k].Data[i]*w, moved.Data[i]*root.Data[i]*w
		}
		if x, off, ok := leastSquares(cols, want); ok && off < rough && x[1] != 0 && len(at) > 4 {
			return &updateFault{weight: 4, node: last, text: message.New("the decay is divided by the root of the second moment as well: it should be taken from the weights themselves")}
		}
	}
	return nil
}

// plainRoot reports that the root is taken of the second moment, of a multiple
// or of its sum with a constant: not of a variance, say.
func (h *history) plainRoot(j *judge, st *stateHistory) bool {
	k := len(h.steps) - 2
	mine := h.reads(j, k, st.nodes[k])
	for _, w := range h.ways {
		q := w.nodes[k]
		if !mine[q] || !j.isRoot(q) {
			continue
		}
		v := layout(j.val(j.in[q][0]), st.values[k+1].Shape)
		if v == nil {
			return false
		}
		ones := make([]float64, len(v.Data))
		for i := range ones {
			ones[i] = 1
		}
		if _, off, ok := leastSquares([][]float64{st.values[k+1].Data, ones}, v.Data); !ok || off > exactFit {
			return false
		}
	}
	return true
}

// behindDecay finds the value on a parameter's way that is the adaptive step,
// where a multiple of the parameter is added to it.
func (j *judge) behindDecay(f *updateFit, n int, nums []numerator, squares []*array) ([]adaptiveFit, numerator) {
	h := f.h
	by := map[int][]*array{}
	last := map[int]int{}
	for k := range n {
		for _, q := range h.steps[k].region[h.p] {
			if v := layout(j.val(q), h.truth[k].Shape); v != nil && len(by[j.site[q]]) == k {
				by[j.site[q]] = append(by[j.site[q]], v)
				last[j.site[q]] = q
			}
		}
	}
	sites := keys(by)
	slices.SortStableFunc(sites, func(a, b int) int { return last[b] - last[a] })
	for _, site := range sites {
		u := by[site]
		if len(u) < n || len(u[0].Data) < 3 {
			continue
		}
		for _, num := range nums {
			r := adaptive(num.values, u, squares)
			if r == nil || math.Abs(r[len(r)-1].eps) > 1e-2 {
				continue
			}
			var x []float64
			ok := true
			for k := range n {
				var off float64
				var good bool
				x, off, good = leastSquares([][]float64{u[k].Data, h.value[k].Data}, h.moved[k].Data)
				ok = ok && good && off < 1e-5
			}
			if !ok || x[0] == 0 {
				continue
			}
			for k := range r {
				r[k].b /= x[0]
			}
			f.decay, f.decays = x[1], true
			return r, num
		}
	}
	return nil, numerator{}
}
