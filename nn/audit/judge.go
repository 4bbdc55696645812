package audit

import (
	"fmt"
	"math"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// A judge goes through one step, tensor by tensor.
type judge struct {
	t    *Trace
	mem  *memory
	s    *Step
	prev *Step // the step before this one, if it was recorded
	L    int
	N    int
	u    float64 // the unit roundoff of the step
	out  *Verdict
	memo map[string]value // tensors that are missing and were computed

	// How this program writes what may be written in several ways.
	dzBy      float64 // dzL is divided by this: 1 or N; 0 while not known
	gradBy    float64 // dW and db are divided by this as well; 0 while not known
	lossMean  int     // 1: the loss is a mean, −1: a sum, 0: not known
	rate      float64 // the factor of the update, 0 while not known
	stepRate  float64 // that factor, where every parameter follows it
	lossScale float64 // what the sum over all elements is multiplied by beside 1/N; 0 while not known
	penalty   penalty
	masks     map[int]mat.Matrix // of dropped units, by layer
	epsilon   float64            // the guard of the logarithm, where it is an unusual one
	broken    bool               // a tensor of the step has held a NaN or an infinity
}

// candidate is one right way to compute a tensor.
type candidate struct {
	v    value
	note message.Text // what to tell when it is this one; may be empty
	take func()       // keeps the choice; may be nil
	lax  bool         // with wider bounds than findings are told by
}

// unit returns the unit roundoff in which the step was computed: that of the
// coarsest precision in use. (A loss of float32 numbers often ends as a
// Python float, which is recorded in float64.)
func (s *Step) unit() float64 {
	for _, single := range s.Single {
		if single {
			return u32
		}
	}
	return u64
}

// asRecorded is a tensor that was recorded. One in float32 may have been
// rounded only when it was written.
func (j *judge) asRecorded(name string) value {
	v := recorded(j.s.T[name])
	if j.s.Single[name] && name != "y" {
		v = written(v)
	}
	return v
}

// value returns a tensor as the program had it: as recorded, or computed from
// the nearest tensors that were.
func (j *judge) value(name string) (value, bool) {
	if _, ok := j.s.T[name]; ok {
		return j.asRecorded(name), true
	}
	if v, ok := j.memo[name]; ok {
		return v, v.V.Rows > 0
	}
	j.memo[name] = value{} // in case it asks for itself
	v, ok := j.compute(name)
	if !ok {
		v = value{}
	}
	j.memo[name] = v
	return v, ok
}

// values returns several at once, false if any cannot be had.
func (j *judge) values(names ...string) ([]value, bool) {
	var list []value
	for _, name := range names {
		v, ok := j.value(name)
		if !ok {
			return nil, false
		}
		list = append(list, v)
	}
	return list, true
}

func (j *judge) slope(k int) float64 { return j.t.Meta.Slopes[fmt.Sprint(k)] }

// compute computes a tensor by its definition, in the way this program has
// been seen to write it.
func (j *judge) compute(name string) (value, bool) {
	list := j.ways(name)
	if len(list) == 0 {
		return value{}, false
	}
	return list[0].v, true
}

// ways returns the right ways to compute a tensor from its inputs, the one
// most to be expected first; none if an input is missing.
func (j *judge) ways(name string) []candidate {
	n, _ := spec.ParseName(name)
	op := operationOf(n, j.L)
	if op.value == nil && op.ways == nil {
		return nil
	}
	in, ok := j.values(right.Op(n, j.L).Inputs(&spec.Step{L: j.L, Settings: j.t.settings()}, n)...)
	if !ok && op.instead != nil {
		in, ok = op.instead(j, n)
	}
	if !ok {
		return nil
	}
	if op.value != nil {
		return []candidate{{v: op.value(j, n, in, j.u)}}
	}
	return op.ways(j, n, in, j.u)
}

// scaled offers a tensor undivided and divided by N, for 1/N may stand at the
// logits or at the parameters, but only once: state keeps which it is.
func (j *judge) scaled(state *float64, note message.Text, of func(by float64) value) []candidate {
	n := float64(j.N)
	try := []float64{1, n}
	switch {
	case *state != 0:
		try = []float64{*state}
	case j.N == 1 || j.t.Reduction == "sum":
		try = []float64{1}
	case state == &j.gradBy && j.dzBy == n:
		try = []float64{1} // divided already
	case state == &j.dzBy && j.t.Reduction == "mean":
		try = []float64{n, 1}
	case state == &j.gradBy && j.lossMean == -1 && j.biasIsSum():
		try = []float64{1} // dW is the one to be found
	}
	var list []candidate
	for _, by := range try {
		c := candidate{v: of(by), take: func() { *state = by }}
		if by == n && j.N > 1 {
			c.note = note
		}
		list = append(list, c)
	}
	return list
}

// written allows for a rounding to float32 when a tensor is written down, in
// which what is too large for one is infinite.
func written(v value) value {
	return elementwise(v.V, func(k int) (float64, float64) {
		x := v.V.Data[k]
		e := v.E.Data[k] + u32*math.Abs(x) + tiny(1, u32)
		if math.Abs(x)-e > math.MaxFloat32 {
			x = math.Copysign(math.Inf(1), x)
		}
		return x, e
	})
}

// tensor judges one recorded tensor and reports what it finds.
func (j *judge) tensor(name string) {
	got, ok := j.s.T[name]
	if !ok {
		return
	}
	list := j.ways(name)
	if len(list) == 0 {
		j.unjudged(name, message.New("its inputs are not recorded and cannot be computed"))
		return
	}
	j.out.Judged++
	if j.broken {
		return // everything behind a NaN is NaN
	}
	if i, k, _, found := got.NonFinite(); found {
		j.broken = true
		if sameShape(list[0].v.V, got) {
			j.foundNonFinite(name, list[0].v, i*got.Cols+k)
			return
		}
	}
	var best comparison
	var nearest value
	for _, c := range list {
		v := c.v
		if name == "loss" && j.s.PerRow {
			v = v.flippedTo(got)
		}
		if !sameShape(v.V, got) {
			continue
		}
		if j.s.Single[name] {
			v = written(v)
		}
		cmp := compareTo(got, v)
		if cmp.ratio <= 1 {
			if c.take != nil {
				c.take()
			}
			j.note(c.note)
			j.boundless(name, cmp)
			return
		}
		if c.lax {
			continue
		}
		if nearest.V.Rows == 0 || cmp.off < best.off || cmp.off == best.off && cmp.ratio < best.ratio {
			best, nearest = cmp, v
		}
	}
	if nearest.V.Rows == 0 {
		j.unjudged(name, message.New("its shape %s is not that of any form it may have", got.Shape()))
		return
	}
	if c, ok := clippedTo(got, nearest); ok && (kindOf(name) == "dW" || kindOf(name) == "db") {
		j.note(message.New("the gradients are clipped at %.4g", c))
		return
	}
	j.found(name, nearest, best)
}

// clippedTo reports that a tensor is what it should be, but for elements that
// would be larger than a limit and are that limit: a number of a few digits that
// several elements have.
func clippedTo(got mat.Matrix, want value) (limit float64, ok bool) {
	for _, v := range got.Data {
		limit = max(limit, math.Abs(v))
	}
	if limit == 0 || math.Round(limit*1e4) != limit*1e4 && math.Round(limit*1e7) != limit*1e7 {
		return 0, false
	}
	n := 0
	for k, w := range want.V.Data {
		g, e := got.Data[k], want.E.Data[k]
		switch {
		case math.Abs(w) > limit:
			if n++; g != math.Copysign(limit, w) {
				return 0, false
			}
		case !(math.Abs(g-w) <= e):
			return 0, false
		}
	}
	return limit, n > 1
}

// check holds a recorded tensor against the one it should be.
func (j *judge) check(name string, want value) {
	j.out.Judged++
	c := compareTo(j.s.T[name], want)
	if c.ratio > 1 {
		j.found(name, want, c)
		return
	}
	j.boundless(name, c)
}

// boundless says that a tensor fits only because anything would.
func (j *judge) boundless(name string, c comparison) {
	if c.boundless > 0 {
		j.out.Judged--
		j.unjudged(name, message.New("%d of its %d elements may be anything by rounding: what they are made of is near the largest float64", c.boundless, len(j.s.T[name].Data)))
	}
}

func (j *judge) note(text message.Text) {
	if !text.IsZero() {
		j.out.Notes = append(j.out.Notes, text)
	}
}

func (j *judge) unjudged(name string, why message.Text) {
	j.mem.unjudged[tensorOf{j.s.Number, name}] = true
	j.out.Unjudged = append(j.out.Unjudged, message.New("step %d, %s: %s", j.s.Number, name, why))
}

// biasIsSum reports whether db of the last layer is recorded and is a sum,
// not a mean, over the batch.
func (j *judge) biasIsSum() bool {
	db, ok := j.s.T[spec.Name("db", j.L)]
	dz, has := j.value(spec.Name("dz", j.L))
	return ok && has && compareTo(db, biasGradient(dz, j.u)).ratio <= 1
}

// findLogitScale finds out whether a gradient at the logits that was not
// recorded is divided by N, from the first tensor that is made of it.
func (j *judge) findLogitScale() {
	if _, ok := j.s.T[spec.Name("dz", j.L)]; ok || j.N == 1 {
		return
	}
	// What is passed back tells more than a parameter's gradient, at which 1/N
	// may stand as well.
	var inner, outer []string
	for _, name := range spec.Order(j.L, spec.Settings{}) {
		switch kindOf(name) {
		case "dh", "dz":
			inner = append(inner, name)
		case "dW", "db":
			outer = append(outer, name)
		}
	}
	for _, name := range append(inner, outer...) {
		got, ok := j.s.T[name]
		if !ok {
			continue
		}
		for _, by := range []float64{1, float64(j.N)} {
			j.assume(by)
			if v, ok := j.compute(name); ok && compareTo(got, v).ratio <= 1 {
				j.gradBy = 0
				if kindOf(name) == "dW" || kindOf(name) == "db" {
					j.gradBy = 1 // wherever 1/N stands, it is counted
				}
				return
			}
		}
		j.dzBy, j.gradBy = 0, 0
		clear(j.memo)
	}
}

// memory is what the judges of a trace's steps tell each other.
type memory struct {
	tried           map[string]int    // searches for two mistakes at once that found none, by operation
	seen            float64           // the rate that an earlier step was seen to use,
	seenError       float64           // and how far off it may be
	momentum        bool              // an update was seen to have it
	even            bool              // the first update moves every number by the same length
	states          states            // what a declared optimizer keeps
	otherRule       *string           // the mistake of the declared optimizer, once it was looked for
	adaptive        bool              // the updates were not judged: their running means are not recorded
	unjudged        map[tensorOf]bool // tensors that could not be judged
	rates           []otherRate
	undeclared      []*judge // of steps with a mean loss, a summed gradient and a fitted rate
	dividesAtUpdate bool     // an update was seen to divide by N
	work            float64  // multiplications and additions that trying mistakes has taken
	kept            int      // elements of the tensors whose findings say which are off
}

// keptElements bounds what the findings of a trace hold beside it: 64 MB of
// expected numbers and at most as much of places.
const keptElements = 1 << 23

// room reports whether a finding of a tensor of n elements may say which are
// off, and counts them.
func (m *memory) room(n int) bool {
	if m.kept+n > keptElements {
		return false
	}
	m.kept += n
	return true
}

// mostWork bounds what trying mistakes on a trace takes: some seconds, as a
// network of a million parameters in every pair of mistakes would take hours. It
// counts work and not time, for the verdict to be the same everywhere.
var mostWork = 6e9

// mayDo counts the work of another try; false says that it is too much. What is
// wrong is told all the same, and that its cause was not looked for to the end.
func (m *memory) mayDo(work float64) bool {
	if m.work > mostWork {
		return false
	}
	m.work += work
	return true
}

// workOf is that of the products that make a tensor of what it is made from, and
// of those between where any was not recorded; that of the step for "".
func (j *judge) workOf(name string) float64 {
	n, _ := spec.ParseName(name)
	if len(j.missing()) > 0 {
		name = ""
	}
	products := 0.0
	for k := 1; k <= j.L; k++ {
		w := j.s.T[spec.Name("W", k)]
		switch size := float64(j.N) * float64(w.Rows) * float64(w.Cols); {
		case name == "":
			products += 3 * size // z, dW and dh
		case k == n.Layer:
			products += size
		}
	}
	return products
}

// tensorOf is a tensor of a step.
type tensorOf struct {
	step   int
	tensor string
}

// otherRate is a step whose update fits ratio times the declared rate.
type otherRate struct {
	tensorOf
	ratio float64
}

// mayTry and tells bound the searches for two mistakes at once, which are many:
// what two of them did not explain, a third will not either.
func (m *memory) mayTry(op string) bool { return m.tried[op] < 2 }

func (m *memory) tells(op string, found bool) {
	if m.tried == nil {
		m.tried = map[string]int{}
	}
	if !found {
		m.tried[op]++
	}
}
