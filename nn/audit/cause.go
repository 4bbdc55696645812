package audit

import (
	"math"
	"slices"
	"strings"

	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// found reports a tensor that does not follow from its inputs, with what the
// catalogue has that would give it; attribute chooses among several.
func (j *judge) found(name string, want value, c comparison) {
	got := j.s.T[name]
	if kindOf(name) == "loss" && j.s.PerRow {
		want = want.flippedTo(got)
	}
	cause, text := j.otherPenalty(name)
	if text.IsZero() {
		cause, text = j.special(name, want)
	}
	if !text.IsZero() {
		j.report("error", name, c, cause, text)
		return
	}
	maybe := j.causes(name, want)
	if len(maybe) == 0 {
		text = message.New("no mistake of the catalogue gives these numbers")
		if j.mem.work > mostWork {
			text = message.New("no mistake of the catalogue that was tried gives these numbers")
		}
		rows := j.t.Meta.Inside[j.s.Number]
		n, _ := spec.ParseName(name)
		if backward := right.Op(n, j.L); rows > 0 && backward != nil && backward.Pass == spec.InBackward {
			cause = "evaluation-inside-step"
			text = message.New("between the forward and the backward pass of this step the network ran over %d other rows, and these numbers fit no mistake of the step itself: the layers keep what that pass left in them; evaluate behind the update, or keep apart what backward needs", rows)
		} else if said := describe(got, want, j); !said.IsZero() {
			text = message.New("%s; %s", text, said)
		}
	}
	j.report("error", name, c, cause, text)
	j.out.Findings[len(j.out.Findings)-1].maybe = maybe
}

// foundNonFinite reports the tensor in which the first number appears that is
// not finite, made from inputs that are.
func (j *judge) foundNonFinite(name string, want value, k int) {
	got := j.s.T[name]
	c := comparison{ratio: math.Inf(1), k: k, got: got.Data[k], want: want.V.Data[k], off: 1, with: want, at: []int{k}}
	j.report("error", name, c, "not-finite",
		message.New("the first number that is not finite is made here, from inputs that are: look for an overflow, a division by 0 or a logarithm of 0"))
	if j.s.Single[name] {
		want = written(want)
	}
	if compareTo(got, want).ratio > 1 {
		j.out.Findings[len(j.out.Findings)-1].maybe = j.causes(name, want)
	}
}

// flippedTo is v as a row where it is a column and like is a row, or the
// other way round.
func (v value) flippedTo(like mat.Matrix) value { return value{flipTo(v.V, like), flipTo(v.E, like)} }

func flipTo(m, like mat.Matrix) mat.Matrix {
	if m.Rows != like.Rows && len(m.Data) == len(like.Data) {
		return mat.Of(like.Rows, like.Cols, m.Data...)
	}
	return m
}

// suspect is one change of operations and the faults it makes up.
type suspect struct {
	faults []faults.Fault
	change faults.Change
}

// suspects are all changes of the catalogue that touch an operation.
func suspects(op string) []suspect {
	var list []suspect
	for _, f := range faults.InStep {
		for _, c := range f.Changes {
			if op == "" || c.Touches()[op] {
				list = append(list, suspect{[]faults.Fault{f}, c})
			}
		}
	}
	return list
}

// firsts are the first form of each fault.
func firsts(list []suspect) []suspect {
	var first []suspect
	for _, x := range list {
		if len(first) == 0 || first[len(first)-1].faults[0].Name != x.faults[0].Name {
			first = append(first, x)
		}
	}
	return first
}

// pairs are two of them one after the other, in both orders.
func pairs(single []suspect) []suspect {
	var list []suspect
	for i, a := range single {
		for k, b := range single {
			if i != k {
				list = append(list, suspect{[]faults.Fault{a.faults[0], b.faults[0]}, func(ops *spec.Ops) { a.change(ops); b.change(ops) }})
			}
		}
	}
	return list
}

// opOf returns the kind of the operation that makes a tensor.
func (j *judge) opOf(name string) string {
	n, _ := spec.ParseName(name)
	if n.Suffix == spec.SuffixNext && j.s.T[n.Param()+spec.SuffixNew].Rows == 0 {
		n.Suffix = spec.SuffixNew // it is all there is of the update
	}
	if op := right.Op(n, j.L); op != nil {
		return op.Kind
	}
	return ""
}

// causes looks for the mistakes that give the recorded numbers of a tensor from
// its own recorded inputs: of the catalogue's those that the step's other
// tensors contradict least, else the first two that do it together.
func (j *judge) causes(name string, want value) []suspect {
	op := j.opOf(name)
	single := suspects(op)
	if op == "dzL" && j.epsilon != 0 {
		if f, err := faults.Find("epsilon-in-gradient"); err == nil {
			single = append(single, suspect{[]faults.Fault{f}, faults.Stalled(j.epsilon)})
		}
	}
	if missing := j.missing(); len(missing) > 0 {
		single = slices.DeleteFunc(suspects(""), func(x suspect) bool {
			t := x.change.Touches()
			return !t[op] && !slices.ContainsFunc(missing, func(op string) bool { return t[op] })
		})
	}
	var fit []suspect
	least := math.MaxInt
	for _, x := range single {
		if !j.gives(x.change, name, want) {
			continue
		}
		n := j.contradictions(x.change)
		if n < least {
			fit, least = nil, n
		}
		if n == least {
			fit = append(fit, x)
		}
	}
	if fit == nil && j.mem.mayTry(op) {
		for _, x := range pairs(firsts(suspects(op))) {
			if j.gives(x.change, name, want) {
				fit = []suspect{x}
				break
			}
		}
		j.mem.tells(op, fit != nil)
	}
	if len(fit) > 0 { // the gradients after it depend on how it is divided
		switch mean, by, _ := j.reading(fit[0].change, name, want); {
		case op == "dW" || op == "db":
			j.gradBy = by
		case op == "dzL" && mean:
			j.dzBy = float64(j.N)
		case op == "dzL":
			j.dzBy = 1
		}
	}
	return fit
}

// scales are what a parameter's gradient may be divided by.
func (j *judge) scales(name string) []float64 {
	op := j.opOf(name)
	switch {
	case op != "dW" && op != "db" || j.N == 1 || j.t.Reduction == "sum" || j.dzBy == float64(j.N):
		return []float64{1}
	case j.gradBy != 0:
		return []float64{j.gradBy}
	}
	return []float64{1, float64(j.N)}
}

// reading returns how the gradients are to be read, as those of the mean or of
// the sum and divided by what, for the changed operation to make the recorded
// tensor of its inputs; ok is false where it does not.
func (j *judge) reading(c faults.Change, name string, want value) (mean bool, by float64, ok bool) {
	for _, mean := range j.reductions(name) {
		for _, by := range j.scales(name) {
			if !j.mem.mayDo(j.workOf(name)) {
				return false, 0, false
			}
			t, ok := j.with(c, name, mean, by)
			if !ok || !j.fits(name, t, want) && !(j.opOf(name) == "dz" && j.fits(name, j.leaking(name, t), want)) {
				continue
			}
			// A mistake that a layer of this shape cannot have is none for being divided.
			if same, ok := j.with(func(*spec.Ops) {}, name, mean, by); by == 1 || !ok || !slices.Equal(same.Data, t.Data) {
				return mean, by, true
			}
		}
	}
	return false, 0, false
}

// gives reports whether the recorded tensor is what the changed operation
// makes of its inputs.
func (j *judge) gives(c faults.Change, name string, want value) bool {
	_, _, ok := j.reading(c, name, want)
	return ok
}

// leaking gives a mask of a plain ReLU what a leaky one passes where it stops.
func (j *judge) leaking(name string, t mat.Matrix) mat.Matrix {
	n, _ := spec.ParseName(name)
	dh, ok := j.value(n.Of("dh"))
	if slope := j.slope(n.Layer); slope != 0 && ok && sameShape(dh.V, t) {
		t = t.Clone()
		for k, v := range t.Data {
			if v == 0 {
				t.Data[k] = slope * dh.V.Data[k]
			}
		}
	}
	return t
}

// reductions are the readings of the gradient at the logits worth trying.
func (j *judge) reductions(name string) []bool {
	switch {
	case j.N == 1 || j.t.Reduction == "sum":
		return []bool{false}
	case j.t.Reduction == "mean" && j.dzBy != 1:
		return []bool{true}
	case j.dzBy != 0 && j.opOf(name) != "loss" && j.opOf(name) != "dzL":
		return []bool{j.dzBy != 1}
	}
	return []bool{true, false}
}

// with computes a tensor with changed operations; ok is false where they need
// what is not there.
func (j *judge) with(c faults.Change, name string, mean bool, by float64) (t mat.Matrix, ok bool) {
	ops := j.right()
	c(&ops)
	s := j.step(mean)
	for _, n := range spec.Made(j.L, spec.Settings{}) {
		missing := n.String()
		if missing == name {
			break
		}
		if _, ok := j.s.T[missing]; ok || n.Suffix != "" {
			continue
		}
		if m, ok := j.make(ops, s, missing); ok {
			s.T[missing] = m
		} else if c.Touches()[j.opOf(missing)] {
			delete(s.T, missing)
		}
	}
	t, ok = j.make(ops, s, name)
	if by != 1 && ok {
		t = divided(recorded(t), by, u64).V
	}
	return t, ok && t.Rows > 0
}

// missing returns the operations whose tensors were not recorded, up to the
// parameters' gradients: the mistake may be in one of them.
func (j *judge) missing() []string {
	var ops []string
	for _, name := range spec.Order(j.L, spec.Settings{}) {
		if _, ok := j.s.T[name]; !ok && name != "loss" && !strings.Contains(name, "_") {
			ops = append(ops, j.opOf(name))
		}
	}
	return ops
}

// make makes one tensor of s with the given operations, if its inputs are
// there.
func (j *judge) make(ops spec.Ops, s *spec.Step, name string) (t mat.Matrix, ok bool) {
	kind := j.opOf(name)
	if kind == "" {
		return t, false
	}
	n, _ := spec.ParseName(name)
	t, lacks := ops.Row(kind).Make(s, n)
	return t, lacks == ""
}

// step is the step at hand for spec's operations: what was recorded, and what
// could be computed of the rest.
func (j *judge) step(mean bool) *spec.Step {
	rate := j.rate
	for _, r := range []float64{j.t.Rate, j.mem.seen} {
		if rate == 0 {
			rate = r
		}
	}
	s := &spec.Step{Settings: j.t.settings(), L: j.L, T: spec.Tensors{}}
	s.Rate, s.Mean, s.Decay = rate, mean, j.penalty.lambda
	for _, name := range spec.All(j.L, spec.Settings{}) {
		if m, ok := j.s.T[name]; ok {
			s.T[name] = m
		} else if v, ok := j.value(name); ok {
			s.T[name] = v.V
		}
	}
	for name, m := range j.s.T {
		if strings.HasSuffix(name, "_backward") {
			s.T[name] = m
		}
	}
	if j.prev != nil {
		s.Prev = j.prev.T
	}
	if s.Momentum = max(s.Momentum, 0); s.Momentum > 0 {
		j.velocities(s)
	}
	return s
}

// velocities gives the step those that the parameters' last moves tell.
func (j *judge) velocities(s *spec.Step) {
	for _, name := range spec.ParamNames(j.L) {
		d, ok := s.T["d"+name]
		w, has := j.value(name)
		if !ok || !has {
			continue
		}
		v := d
		if moved, ok := j.movedBefore(move{name: name, w: w}); ok && s.Rate != 0 && sameShape(moved, d) {
			v = mat.New(d.Rows, d.Cols)
			for k, g := range d.Data {
				v.Data[k] = g + s.Momentum*moved.Data[k]/s.Rate
			}
		}
		s.T["v"+name+"_new"] = v
	}
}

// right are the right operations of this program, as fast as they can be had.
func (j *judge) right() spec.Ops {
	ops := nn.Ops()
	j.t.into(&ops, j.slope)
	return ops
}

// fits reports whether the recorded tensor is t but for rounding: 200 times
// the bound of the right operation and a few roundings of numbers as large as
// the row's. Right and wrong do not meet anywhere near.
func (j *judge) fits(name string, t mat.Matrix, want value) bool {
	got := j.s.T[name]
	if len(t.Data) != len(got.Data) || len(want.V.Data) != len(got.Data) {
		return false
	}
	size := 0.0
	for k, g := range got.Data {
		if k%got.Cols == 0 { // a row begins
			size = 0
			for _, v := range t.Data[k : k+got.Cols] {
				if !math.IsInf(v, 0) {
					size = max(size, math.Abs(v))
				}
			}
		}
		e := 200 * (want.E.Data[k] + 16*j.u*math.Abs(t.Data[k]) + 4*j.u*size)
		if math.IsNaN(e) || math.IsInf(e, 0) {
			e = 200 * 20 * j.u * size
		}
		if boundRatio(g, t.Data[k], e) > 1 {
			return false
		}
	}
	return true
}

// contradictions counts the step's recorded tensors that a change would have
// made otherwise.
func (j *judge) contradictions(c faults.Change) int {
	n := 0
	touched := c.Touches()
	for _, name := range spec.Order(j.L, spec.Settings{}) {
		if _, ok := j.s.T[name]; !ok || !touched[j.opOf(name)] {
			continue
		}
		var want value
		if v, ok := j.compute(name); ok {
			want = v
		} else {
			want = recorded(j.s.T[name]) // judged by size alone
		}
		if !j.gives(c, name, want) {
			n++
		}
	}
	return n
}

// attribute names the cause of each finding. Of several mistakes that would
// give it, the one that the trace's other tensors contradict least is taken,
// then the one that explains most findings, then the first of the catalogue.
func attribute(list []Finding, judges []*judge) {
	count, against := map[string]int{}, map[string]int{}
	for _, f := range list {
		for _, m := range f.maybe {
			count[namesOf(m.faults)]++
		}
	}
	contradicted := func(m suspect) int {
		name := namesOf(m.faults)
		n, known := against[name]
		if !known {
			for _, j := range judges {
				n += j.contradictions(m.change)
			}
			against[name] = n
		}
		return n
	}
	for i, f := range list {
		best := -1
		for k, m := range f.maybe {
			if best < 0 {
				best = k
				continue
			}
			b := f.maybe[best]
			less := contradicted(m) - contradicted(b)
			if less < 0 || less == 0 && count[namesOf(m.faults)] > count[namesOf(b.faults)] {
				best = k
			}
		}
		if best < 0 {
			continue
		}
		list[i].Cause, list[i].Level = namesOf(f.maybe[best].faults), "warning"
		for n, x := range f.maybe[best].faults {
			said := mending(x)
			if n > 0 {
				said = message.New("%s; %s", list[i].Message, said)
			}
			list[i].Message = said
			if !x.Misleads {
				list[i].Level = "error"
			}
		}
	}
}

func namesOf(list []faults.Fault) string {
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	return strings.Join(names, "+")
}
