package audit

import (
	"fmt"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

// Compare judges every recorded tensor of a trace.
func Compare(t Trace) Verdict {
	out := Verdict{File: t.File, Notes: slices.Clone(t.Notes), Findings: []Finding{}, Unjudged: []string{}, Steps: len(t.Steps)}
	link(&t)
	for i := range t.Steps {
		var prev *Step
		if i > 0 && t.Steps[i-1].Number == t.Steps[i].Number-1 {
			prev = &t.Steps[i-1]
		}
		newJudge(&t, &t.Steps[i], prev, &out).run()
	}
	attribute(out.Findings)
	otherRates(&t, &out)
	slices.Sort(out.Notes)
	out.Notes = slices.Compact(out.Notes)
	out.Verdict = "clean"
	if len(out.Findings) > 0 {
		out.Verdict = "findings"
	}
	if out.Judged == 0 {
		out.Verdict, out.Error = "unreadable", "nothing in the trace can be judged: record the tensors of a step together with what they are made from"
	}
	return out
}

// link gives each step the parameters that the next one starts from.
func link(t *Trace) {
	for i := range t.Steps[:len(t.Steps)-1] {
		s, next := t.Steps[i], t.Steps[i+1]
		if next.Number != s.Number+1 {
			continue
		}
		for name, m := range next.T {
			if kind, _, suffix, _ := splitName(name); suffix == "" && (kind == "W" || kind == "b") {
				if _, ok := s.T[name+"_next"]; !ok {
					s.T[name+"_next"], s.Single[name+"_next"] = m, next.Single[name]
				}
			}
		}
	}
}

func newJudge(t *Trace, s, prev *Step, out *Verdict) *judge {
	j := &judge{t: t, s: s, prev: prev, L: layers(s.T), N: 1, out: out, memo: map[string]value{}}
	for _, name := range append([]string{"x", "y", "p"}, rowNames(j.L)...) {
		if m, ok := s.T[name]; ok {
			j.N = m.Rows
			break
		}
	}
	return j
}

// run judges the step in its own order.
func (j *judge) run() {
	if j.notFinite() {
		return
	}
	j.start()
	for _, name := range spec.Order(j.L, false) {
		if _, _, suffix, _ := splitName(name); suffix == "" {
			j.tensor(name)
		}
	}
	j.health()
	j.updates()
	j.between()
	j.lossAndGradient()
}

// notFinite reports inputs of the step that are not numbers: nothing that is
// made from them can be judged.
func (j *judge) notFinite() bool {
	for _, name := range append([]string{"x", "y"}, spec.ParamNames(j.L)...) {
		m := j.s.T[name]
		for i := range m.Rows {
			for k, v := range m.Row(i) {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					c := comparison{math.Inf(1), i, k, v, 0, 1}
					j.report("error", name, c, len(m.Data), "not-finite",
						fmt.Sprintf("%s goes into the step with a number that is not finite; look at the step before, or at the data", name))
					return true
				}
			}
		}
	}
	return false
}

// start looks at the first weights.
func (j *judge) start() {
	if j.s.Number != 0 {
		return
	}
	for k := 1; k <= j.L; k++ {
		name := spec.Name("W", k)
		W, ok := j.s.T[name]
		if !ok || W.Rows < 8 || W.Rows*W.Cols < 40 {
			continue
		}
		var sum float64
		for i := range W.Rows {
			for _, v := range W.Row(i) {
				sum += v * v
			}
		}
		sd, inverse := math.Sqrt(sum/float64(W.Rows*W.Cols)), math.Sqrt(float64(W.Rows)/2)
		if sd > 0.75*inverse && sd < 1.3*inverse {
			j.report("warning", name, comparison{sd / math.Sqrt(2/float64(W.Rows)), 0, 0, sd, math.Sqrt(2 / float64(W.Rows)), len(W.Data)}, len(W.Data), "inverted-he-init",
				fmt.Sprintf("%s (their deviation is %.3g, √(in/2) is %.3g, √(2/in) is %.3g)", faultText("inverted-he-init"), sd, inverse, math.Sqrt(2/float64(W.Rows))))
		}
	}
}

// health looks for tensors that follow and yet bode ill.
func (j *judge) health() {
	if j.N < 8 {
		return
	}
	for k := 1; k < j.L; k++ {
		name := spec.Name("h", k)
		h, ok := j.s.T[name]
		if !ok {
			continue
		}
		if every(h, func(v float64) bool { return v == 0 }) {
			j.report("warning", name, comparison{want: 0}, len(h.Data), "dead-relu",
				fmt.Sprintf("all %d units of layer %d are 0 for all %d rows: no gradient passes, the layer is dead. Smaller steps or other first weights would help", h.Cols, k, h.Rows))
		}
	}
	if p, ok := j.s.T["p"]; ok {
		sure := 0
		for i := range p.Rows {
			if slices.Max(p.Row(i)) == 1 {
				sure++
			}
		}
		if sure == p.Rows {
			j.report("warning", "p", comparison{got: 1, want: 1}, len(p.Data), "saturated-softmax",
				"every row has one probability of exactly 1: the logits are too large, and right answers give no gradient any more")
		}
	}
}

func every(m mat.Matrix, f func(float64) bool) bool {
	for i := range m.Rows {
		for _, v := range m.Row(i) {
			if !f(v) {
				return false
			}
		}
	}
	return len(m.Data) > 0
}

// between holds what the next step found against what this one left.
func (j *judge) between() {
	for _, name := range spec.ParamNames(j.L) {
		left, ok1 := j.s.T[name+"_new"]
		next, ok2 := j.s.T[name+"_next"]
		if !ok1 || !ok2 {
			continue
		}
		j.out.Judged++
		want := recorded(left)
		if c := compareTo(next, want); c.ratio > 1 {
			// The bound here is that of one more update.
			for i := range want.E.Rows {
				for k, v := range left.Row(i) {
					want.E.Set(i, k, 4*j.unit(name+"_next")*math.Abs(v))
				}
			}
			j.found(name+"_next", want, c)
		}
	}
}

// lossAndGradient holds the loss against the gradient: both of the sum over
// the batch, or both of its mean.
func (j *judge) lossAndGradient() {
	if j.N == 1 || j.lossMean == 0 || j.dzBy == 0 && j.gradBy == 0 || j.said("mean-loss-sum-gradient") || j.said("sum-loss-mean-gradient") {
		return
	}
	if _, ok := j.s.T[spec.Name("dz", j.L)]; ok && j.dzBy == 0 {
		return // it is wrong in a way that does not tell
	}
	n := float64(j.N)
	divided := j.dzBy == n || j.gradBy == n
	atUpdate := slices.Contains(j.out.Notes, "1/N stands at the update")
	if !divided && j.t.Rate == 0 && j.rate != 0 {
		// No declared rate tells whether 1/N is in the factor of the update: the
		// factor that takes fewer digits to write, and is at most 1, is the rate.
		atUpdate = atUpdate || j.rate*n <= 1 && figures(j.rate*n) < figures(j.rate)
		if !atUpdate && j.rate*n <= 1 && figures(j.rate) > 3 {
			return
		}
	}
	dz := spec.Name("dz", j.L)
	switch {
	case j.lossMean == 1 && !divided && !atUpdate && j.rate != 0:
		m, ok := j.s.T[dz]
		if !ok {
			dz, m = "loss", j.s.T["loss"]
		}
		c := comparison{ratio: n, got: m.At(0, 0), want: m.At(0, 0) / n, off: len(m.Data)}
		j.report("warning", dz, c, len(m.Data), "mean-loss-sum-gradient",
			fmt.Sprintf("%s. Your step is %d× what the loss suggests", faultText("mean-loss-sum-gradient"), j.N))
	case j.lossMean == -1 && (divided || atUpdate):
		m := j.s.T["loss"]
		c := comparison{ratio: n, got: m.At(0, 0), want: m.At(0, 0) / n, off: 1}
		j.report("warning", "loss", c, 1, "sum-loss-mean-gradient",
			fmt.Sprintf("%s. Your step is 1/%d of what the loss suggests", faultText("sum-loss-mean-gradient"), j.N))
	}
}

// said reports whether a cause has been named before.
func (j *judge) said(cause string) bool {
	return slices.ContainsFunc(j.out.Findings, func(f Finding) bool { return f.Cause == cause })
}

// figures is the number of significant digits a factor takes to write.
func figures(v float64) int {
	for n := 1; n < 12; n++ {
		var rounded float64
		fmt.Sscanf(fmt.Sprintf("%.*e", n-1, v), "%g", &rounded)
		if math.Abs(rounded-v) <= 1e-9*math.Abs(v) {
			return n
		}
	}
	return 12
}

// faultText is what the catalogue says of a mistake and its mending.
func faultText(name string) string {
	f, err := faults.Find(name)
	if err != nil {
		return name
	}
	return f.Doc + ": " + f.Fix
}

// otherRates says of updates that fit another rate than the declared one, when
// all steps are known, whether that rate changes or is simply another.
func otherRates(t *Trace, out *Verdict) {
	if len(t.rates) == 0 {
		return
	}
	same := len(t.rates) >= 2 && t.rates[0].step == 0
	for _, r := range t.rates {
		same = same && math.Abs(r.ratio/t.rates[0].ratio-1) < 1e-6
	}
	r := t.rates[0]
	said := fmt.Sprintf("the update uses %.6g× the declared rate %.6g", r.ratio, t.Rate)
	if !same {
		out.Notes = append(out.Notes, fmt.Sprintf("in step %d %s: a rate that decays, or another one than was declared", r.step, said))
		return
	}
	out.Findings = append(out.Findings, Finding{Level: "warning", Step: 0, Tensor: r.tensor, Index: []int{0, 0}, Ratio: Number(r.ratio),
		Got: Number(r.ratio * t.Rate), Want: Number(t.Rate), Message: said + " in every step: declare the rate that is used"})
}
