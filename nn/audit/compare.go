package audit

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// Compare judges every recorded tensor of a trace.
func Compare(t Trace) Verdict {
	t.recognise()
	out := Verdict{File: t.File, Notes: append(append([]message.Text{}, t.Notes...), t.told...), Findings: []Finding{}, Unjudged: []message.Text{}, Steps: len(t.Steps)}
	steps := make([]Step, len(t.Steps))
	for i := range t.Steps {
		steps[i] = t.linked(i)
	}
	t.Steps = steps
	mem := memory{unjudged: map[tensorOf]bool{}}
	var judges []*judge
	perceptron := t.isPerceptron()
	if perceptron {
		out.Notes = append(out.Notes, message.New("judged as a perceptron: a step is a rate times the label times the sample"))
	}
	for i := range t.Steps {
		var prev *Step
		if i > 0 && t.Steps[i-1].Number == t.Steps[i].Number-1 {
			prev = &t.Steps[i-1]
		}
		j := newJudge(&t, &mem, &t.Steps[i], prev, &out)
		if perceptron {
			j.perceptron()
		} else {
			j.run()
		}
		judges = append(judges, j)
	}
	attribute(out.Findings, judges)
	acrossGaps(&out, judges)
	waited(out.Findings)
	bothSigns(&out, judges)
	for _, j := range judges {
		j.trainingLoop()
	}
	acrossBatches(judges)
	adaptive(&mem, &out)
	if list := mem.undeclared; len(list) > 0 && undivided(list) {
		list[0].meanLossSumGradient()
	}
	otherRates(mem.rates, t.Rate, &out)
	inOrder(out.Findings, judges)
	if mem.work > mostWork {
		out.Notes = append(out.Notes, message.New("causes were looked for as long as a network of this size allows; mistakes of the catalogue that were not tried may give these numbers too"))
	}
	out.Notes = sorted(out.Notes)
	out.Areas, out.Looked = t.areas(&mem), t.looked()
	out.Verdict = "clean"
	if len(out.Findings) > 0 {
		out.Verdict = "findings"
	}
	if out.Judged == 0 && len(out.Findings) == 0 {
		out.Verdict, out.Error = "unreadable", message.New("nothing in the trace can be judged: record the tensors of a step together with what they are made from")
		if len(out.Unjudged) > 0 {
			out.Error = message.New("nothing in the trace can be judged: %s", out.Unjudged[0])
		}
	}
	return out
}

// inOrder sorts the findings by step and, within one, as the step goes.
func inOrder(list []Finding, judges []*judge) {
	L := 0
	for _, j := range judges {
		L = max(L, j.L)
	}
	order := spec.All(L, spec.Settings{})
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(slices.Index(order, a.Tensor), slices.Index(order, b.Tensor)))
	})
}

func newJudge(t *Trace, mem *memory, s, prev *Step, out *Verdict) *judge {
	j := &judge{t: t, mem: mem, s: s, prev: prev, L: layers(s.T), N: 1, u: s.unit(), out: out, memo: map[string]value{}}
	for _, name := range rowNames(j.L) {
		if m, ok := s.T[name]; ok {
			j.N = m.Rows
			break
		}
	}
	return j
}

// run judges the step in its own order.
func (j *judge) run() {
	j.misfits()
	if j.notFinite() {
		return
	}
	j.firstWeights()
	j.start()
	j.findPenalty()
	for _, n := range spec.Made(j.L, spec.Settings{}) {
		if n.String() == spec.Name("dz", j.L) {
			j.findLogitScale()
		}
		if n.Suffix == "" {
			j.tensor(n.String())
		}
	}
	if j.broken {
		return
	}
	j.deadOrSaturated()
	j.updates()
	j.between()
	j.lossAndGradient()
}

// notFinite reports inputs of the step that are not numbers: nothing that is
// made from them can be judged.
func (j *judge) notFinite() bool {
	for _, name := range spec.Given(j.L, spec.Settings{}) {
		m := j.s.T[name]
		i, k, v, found := m.NonFinite()
		if !found {
			continue
		}
		if !j.said("not-finite") {
			at := i*m.Cols + k
			c := comparison{ratio: math.Inf(1), k: at, got: v, off: 1, at: []int{at}}
			if name == "x" {
				j.report("error", name, c, "data-not-finite", message.New("%s: column %d of x, row %d", faultText("data-not-finite"), k, i))
				return true
			}
			j.report("error", name, c, "not-finite",
				message.New("%s goes into the step with a number that is not finite; look at the step before, or at the data", name))
		}
		return true
	}
	return false
}

// firstWeights looks at the first weights.
func (j *judge) firstWeights() {
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
		for _, v := range W.Data {
			sum += v * v
		}
		sd, inverse := math.Sqrt(sum/float64(W.Rows*W.Cols)), math.Sqrt(float64(W.Rows)/2)
		if sd > 0.75*inverse && sd < 1.3*inverse {
			he := math.Sqrt(2 / float64(W.Rows))
			c := comparison{ratio: sd / he, got: sd, want: he, at: allElements(W)}
			j.report("warning", name, c, "inverted-he-init",
				message.New("%s (their deviation is %.3g, √(in/2) is %.3g, √(2/in) is %.3g)", faultText("inverted-he-init"), sd, inverse, he))
		}
	}
}

// deadOrSaturated looks for tensors that follow and yet bode ill.
func (j *judge) deadOrSaturated() {
	if j.N < 8 {
		return
	}
	for k := 1; k < j.L; k++ {
		name := spec.Name("h", k)
		h, ok := j.s.T[name]
		if !ok {
			continue
		}
		if isZero(h) {
			j.report("warning", name, comparison{at: allElements(h)}, "dead-relu",
				message.New("all %d units of layer %d are 0 for all %d rows: no gradient passes, the layer is dead. Smaller steps or other first weights would help", h.Cols, k, h.Rows))
		}
	}
	if p, ok := j.s.T["p"]; ok && !slices.ContainsFunc(j.out.Findings, func(f Finding) bool { return f.Step == j.s.Number && f.Tensor == "p" }) {
		sure, wrong := 0, map[int]bool{}
		for i := range p.Rows {
			if slices.Max(p.Row(i)) == 1 {
				sure++
			}
			if y, ok := j.s.T["y"]; ok && mat.ArgMax(p.Row(i)) != mat.ArgMax(y.Row(i)) {
				wrong[i] = true
			}
		}
		if sure == p.Rows && len(wrong) > 0 {
			c := comparison{got: 1, want: 1, at: elementsOf(p, func(k int) bool { return wrong[k/p.Cols] && p.Data[k] == 1 })}
			j.report("warning", "p", c, "saturated-softmax",
				message.New("every row has one probability of exactly 1 and %d of %d are wrong: the logits are too large; smaller first weights, standardized data or smaller steps would help", len(wrong), p.Rows))
		}
	}
}

func isZero(m mat.Matrix) bool {
	return len(m.Data) > 0 && !slices.ContainsFunc(m.Data, func(v float64) bool { return v != 0 })
}

// trainingLoop reports what the recorder saw of the training loop and no tensor
// shows.
func (j *judge) trainingLoop() {
	name := spec.Name("dz", j.L)
	if rows := j.t.Meta.Merged[j.s.Number]; rows > 1 && !j.said("epoch-gradient") {
		j.report("warning", name, comparison{}, "epoch-gradient",
			message.New("%s (this step is made of passes of %d rows)", faultText("epoch-gradient"), rows))
	}
	if j.t.Meta.Skipped && !j.said("correct-samples-skipped") {
		j.report("error", name, comparison{}, "correct-samples-skipped", faultText("correct-samples-skipped"))
	}
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
		if c := compareTo(next, recorded(left)); c.ratio > 1 {
			if k := j.againBy(name, left, next); k != 0 {
				j.report("error", name+"_next", c, "stale-gradient-again", message.New("%s (%.6g times this step's)", faultText("stale-gradient-again"), k))
				continue
			}
			// The bound of a cause is that of one more update.
			moved := elementwise(left, func(k int) (float64, float64) { return left.Data[k], 4 * j.u * math.Abs(left.Data[k]) })
			j.found(name+"_next", moved, c)
		}
	}
}

// againBy is the factor, against this step's own, with which the gradient takes a
// parameter once more to where the next step starts; 0 where it does not.
func (j *judge) againBy(name string, left, next mat.Matrix) float64 {
	d, ok := j.value("d" + name)
	if !ok || !sameShape(d.V, left) || !sameShape(left, next) || j.rate == 0 {
		return 0
	}
	m := move{name: name, w: recorded(left), d: d, got: next}
	if c, e := fitted(m, j.u); c != 0 && j.follows(m, c, e) {
		return c / j.rate
	}
	return 0
}

// acrossGaps names what is in the gradients of steps whose step before is not
// recorded, where the other steps add gradients up: the numbers that were added
// are not in the trace.
func acrossGaps(out *Verdict, judges []*judge) {
	const cause = "gradient-accumulated"
	if !slices.ContainsFunc(out.Findings, func(f Finding) bool { return f.Cause == cause }) {
		return
	}
	gap := map[int]bool{}
	for _, j := range judges {
		gap[j.s.Number] = j.prev == nil && j.s.Number > 0
	}
	for i, f := range out.Findings {
		n, _ := spec.ParseName(f.Tensor)
		if gap[f.Step] && f.Cause == "" && (n.Kind == "dW" || n.Kind == "db") && n.Suffix == "" {
			out.Findings[i].Cause = cause
			out.Findings[i].Message = message.New("%s (as in the other steps; the step before this one is not recorded)", faultText(cause))
		}
	}
}

// waited names steps that change no parameter and whose gradients are in the next
// step's: those of several batches are added up before one update.
func waited(list []Finding) {
	const still, added, cause = "parameters-not-updated", "gradient-accumulated", "epoch-gradient"
	type at struct {
		step  int
		cause string
	}
	has := map[at]bool{}
	for _, f := range list {
		has[at{f.Step, f.Cause}] = true
	}
	waits := func(step int) bool { return has[at{step, still}] || has[at{step, cause}] }
	for i, f := range list {
		if f.Cause == still && (has[at{f.Step + 1, added}] || waits(f.Step-1) && has[at{f.Step, added}]) || f.Cause == added && waits(f.Step-1) {
			list[i].Cause, list[i].Message = cause, faultText(cause)
		}
	}
	if !slices.ContainsFunc(list, func(f Finding) bool { return f.Cause == cause }) {
		return
	}
	for i, f := range list { // the last of them has no next step
		if f.Cause == still {
			list[i].Cause, list[i].Message = cause, faultText(cause)
		}
	}
}

// bothSigns takes a gradient of y − p together with an update that adds it for
// what they are: two ways of writing that belong together.
func bothSigns(out *Verdict, judges []*judge) {
	for _, j := range judges {
		of := func(cause string) (n int) {
			for _, f := range out.Findings {
				if f.Step == j.s.Number && f.Cause == cause {
					n++
				}
			}
			return n
		}
		moved := 0
		for _, name := range spec.ParamNames(j.L) {
			if _, _, ok := j.after(name); ok {
				if d, ok := j.value("d" + name); ok && !isZero(d.V) {
					moved++
				}
			}
		}
		if of("dz-sign") == 0 || moved == 0 || of("update-sign") != moved {
			continue
		}
		out.Findings = slices.DeleteFunc(out.Findings, func(f Finding) bool {
			return f.Step == j.s.Number && (f.Cause == "dz-sign" || f.Cause == "update-sign")
		})
		out.Notes = append(out.Notes, message.New("the gradient is that of y − p, and the update adds it: the step is the same"))
	}
}

// lossAndGradient holds the loss against the gradient: both of the sum over
// the batch, or both of its mean.
func (j *judge) lossAndGradient() {
	if j.N == 1 || j.t.Meta.Merged[j.s.Number] > 0 || j.lossMean == 0 || j.dzBy == 0 && j.gradBy == 0 || j.said("mean-loss-sum-gradient") || j.said("sum-loss-mean-gradient") {
		return
	}
	if _, ok := j.s.T[spec.Name("dz", j.L)]; ok && j.dzBy == 0 {
		return // it is wrong in a way that does not tell
	}
	if slices.ContainsFunc(j.out.Findings, func(f Finding) bool { return f.Step == j.s.Number && f.Tensor[0] == 'd' && len(f.maybe) == 0 }) {
		return // where the gradients are wrong in a way that is not known they do not tell
	}
	n := float64(j.N)
	divided := j.dzBy == n || j.gradBy == n
	atUpdate := j.mem.dividesAtUpdate || j.t.Rate != 0 && math.Abs(j.rate*n/j.t.Rate-1) < 1e-9
	if !divided && j.t.Rate == 0 {
		atUpdate = true // which cannot be told from one step
		if j.lossMean == 1 && j.rate != 0 {
			j.mem.undeclared = append(j.mem.undeclared, j)
		}
	}
	switch {
	case j.lossMean == 1 && !divided && !atUpdate && j.rate != 0:
		j.meanLossSumGradient()
	case j.lossMean == -1 && (divided || atUpdate && j.t.Rate != 0):
		m := j.s.T["loss"]
		c := comparison{ratio: n, got: m.At(0, 0), want: m.At(0, 0) / n, at: []int{0}}
		j.report("warning", "loss", c, "sum-loss-mean-gradient",
			message.New("%s. Your step is 1/%d of what the loss suggests", faultText("sum-loss-mean-gradient"), j.N))
	}
}

func (j *judge) meanLossSumGradient() {
	loss, n := j.s.T["loss"].At(0, 0), float64(j.N)
	c := comparison{ratio: n, got: loss, want: loss * n, at: []int{0}}
	j.report("warning", "loss", c, "mean-loss-sum-gradient",
		message.New("%s. Your step is %d× what the loss suggests", faultText("mean-loss-sum-gradient"), j.N))
}

// undivided decides, where no rate is declared, whether the factor of the
// update has 1/N in it: batches of several sizes tell, or else the factor
// itself. It has not if the rate would then be above 1, or the longer number
// to write.
func undivided(list []*judge) bool {
	first := list[0]
	n := float64(first.N)
	for _, u := range list[1:] {
		if u.N != first.N {
			return math.Abs(u.rate/first.rate-1) < 1e-6
		}
	}
	return first.rate*n > 1 || figures(first.rate*n) > figures(first.rate)
}

// said reports whether a cause has been named before.
func (j *judge) said(cause string) bool {
	return slices.ContainsFunc(j.out.Findings, func(f Finding) bool { return f.Cause == cause })
}

// figures is the number of significant digits a factor takes to write.
func figures(v float64) int {
	for n := 1; n < 7; n++ {
		var rounded float64
		fmt.Sscanf(fmt.Sprintf("%.*e", n-1, v), "%g", &rounded)
		if math.Abs(rounded-v) <= 1e-5*math.Abs(v) {
			return n
		}
	}
	return 7
}

// faultText is what the catalogue says of a mistake and its mending.
func faultText(name string) message.Text {
	f, err := faults.Find(name)
	if err != nil {
		return message.Plain(name)
	}
	return mending(f)
}

func mending(f faults.Fault) message.Text {
	return message.New("%s: %s", message.New(f.Doc), message.New(f.Fix))
}

// otherRates says of updates that fit another rate than the declared one, when
// all steps are known, whether that rate changes or is simply another.
func otherRates(list []otherRate, declared float64, out *Verdict) {
	if len(list) == 0 {
		return
	}
	same := len(list) >= 2 && list[0].step == 0
	for _, r := range list {
		same = same && math.Abs(r.ratio/list[0].ratio-1) < 1e-6
	}
	r := list[0]
	said := message.New("the update uses %.6g× the declared rate %.6g", r.ratio, declared)
	if !same {
		out.Notes = append(out.Notes, message.New("in step %d %s: a rate that decays, or another one than was declared", r.step, said))
		return
	}
	out.Findings = append(out.Findings, Finding{Level: "warning", Step: 0, Tensor: r.tensor, Index: []int{0, 0}, Ratio: Number(r.ratio),
		Got: Number(r.ratio * declared), Want: Number(declared), Message: message.New("%s in every step: declare the rate that is used", said)})
}

// adaptive takes back what was said of updates that start like RMSprop or Adam,
// every number moved by the same length, and do not go on so: their running
// means are not in the trace. One that starts anew in every step is a mistake.
func adaptive(mem *memory, out *Verdict) {
	if !mem.even {
		return
	}
	isUpdate := func(f Finding) bool { n, _ := spec.ParseName(f.Tensor); return n.Suffix != "" }
	named := func(f Finding) bool { return !isUpdate(f) || f.Cause == "rmsprop-reset" }
	if !slices.ContainsFunc(out.Findings, func(f Finding) bool { return !named(f) }) {
		return
	}
	out.Findings = slices.DeleteFunc(out.Findings, isUpdate)
	mem.adaptive = true
	out.Unjudged = append(out.Unjudged, message.New("the updates: they start like those of RMSprop or Adam, whose running means are not in the trace"))
}
