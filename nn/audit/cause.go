package audit

import (
	"fmt"
	"math"
	"strings"

	"glassbox/mat"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

// found reports a tensor that does not follow from its inputs, with what the
// catalogue has that would give it; attribute chooses among several.
func (j *judge) found(name string, want value, c comparison) {
	got := j.s.T[name]
	if kindOf(name) == "loss" && j.s.PerRow {
		want = value{flipTo(want.V, got), flipTo(want.E, got)}
	}
	maybe := j.causes(name, want)
	message := ""
	if len(maybe) == 0 {
		message = "no mistake of the catalogue gives these numbers"
		if said := describe(got, want, j); said != "" {
			message += "; " + said
		}
		if math.IsNaN(c.got) || math.IsInf(c.got, 0) {
			message = "the first number that is not finite is made here, from inputs that are: look for an overflow, a division by 0 or a logarithm of 0"
		}
	}
	j.report("error", name, c, len(got.Data), "", message)
	j.out.Findings[len(j.out.Findings)-1].maybe = maybe
}

// attribute names the cause of each finding: of the mistakes that would give
// it, the one that explains most findings of the trace, then the first of the
// catalogue.
func attribute(list []Finding) {
	count := map[string]int{}
	for _, f := range list {
		for _, m := range f.maybe {
			count[namesOf(m)]++
		}
	}
	for i, f := range list {
		var best []faults.Fault
		for _, m := range f.maybe {
			if best == nil || count[namesOf(m)] > count[namesOf(best)] {
				best = m
			}
		}
		if best == nil {
			continue
		}
		list[i].Cause, list[i].Level = namesOf(best), "warning"
		var texts []string
		for _, x := range best {
			texts = append(texts, x.Doc+": "+x.Fix)
			if !x.Misleads {
				list[i].Level = "error"
			}
		}
		list[i].Message = strings.Join(texts, "; ")
	}
}

func namesOf(list []faults.Fault) string {
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	return strings.Join(names, "+")
}

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
	for _, f := range faults.All {
		for _, c := range f.Changes {
			if op == "" || touches(c)[op] {
				list = append(list, suspect{[]faults.Fault{f}, c})
			}
		}
	}
	return list
}

// pairs are two of them one after the other, in both orders.
func pairs(single []suspect) []suspect {
	var list []suspect
	for i, a := range single {
		for k, b := range single {
			if i == k || a.faults[0].Name == b.faults[0].Name {
				continue
			}
			list = append(list, suspect{[]faults.Fault{a.faults[0], b.faults[0]}, func(ops *spec.Ops) { a.change(ops); b.change(ops) }})
		}
	}
	return list
}

// touches says which operations a change replaces.
func touches(c faults.Change) map[string]bool {
	var ops spec.Ops
	c(&ops)
	return map[string]bool{"z": ops.Z != nil, "h": ops.H != nil, "p": ops.P != nil, "loss": ops.Loss != nil, "dzL": ops.DZL != nil,
		"dW": ops.DW != nil, "db": ops.DB != nil, "dh": ops.DH != nil, "dz": ops.DZ != nil, "new": ops.Update != nil, "next": ops.Next != nil}
}

// opOf returns the operation that makes a tensor.
func (j *judge) opOf(name string) string {
	kind, k, suffix, _ := splitName(name)
	switch {
	case suffix != "":
		return suffix[1:]
	case kind == "dz" && k == j.L:
		return "dzL"
	}
	return kind
}

// causes looks for the mistakes that give the recorded numbers of a tensor from
// its own recorded inputs: of the catalogue's those that the step's other
// tensors contradict least, else the first two that do it together.
func (j *judge) causes(name string, want value) [][]faults.Fault {
	op := j.opOf(name)
	single := suspects(op)
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
	if fit == nil {
		for _, x := range pairs(single) {
			if j.gives(x.change, name, want) {
				fit = []suspect{x}
				break
			}
		}
	}
	var list [][]faults.Fault
	for _, x := range fit {
		list = append(list, x.faults)
	}
	if len(fit) > 0 && op == "dzL" {
		j.keepReduction(fit[0].change, name, want)
	}
	return list
}

// keepReduction remembers whether a wrong gradient at the logits is divided by
// N, which the gradients after it depend on.
func (j *judge) keepReduction(c faults.Change, name string, want value) {
	for _, mean := range j.reductions(name) {
		if t, ok := j.with(c, name, mean); ok && j.fits(name, t, want) {
			j.dzBy = 1
			if mean {
				j.dzBy = float64(j.N)
			}
			return
		}
	}
}

// gives reports whether the recorded tensor is what the changed operation
// makes of its inputs.
func (j *judge) gives(c faults.Change, name string, want value) bool {
	for _, mean := range j.reductions(name) {
		if t, ok := j.with(c, name, mean); ok && j.fits(name, t, want) {
			return true
		}
	}
	return false
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

// with computes a tensor with changed operations.
func (j *judge) with(c faults.Change, name string, mean bool) (t mat.Matrix, ok bool) {
	// An operation may need a tensor that is not there; that is no match.
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	ops := spec.Right()
	c(&ops)
	s := j.step(mean)
	_, k, suffix, _ := splitName(name)
	switch j.opOf(name) {
	case "z":
		t = ops.Z(s, k)
	case "h":
		t = ops.H(s, k)
	case "p":
		t = ops.P(s)
	case "loss":
		t = ops.Loss(s)
	case "dzL":
		t = ops.DZL(s)
	case "dW":
		t = j.by(ops.DW(s, k))
	case "db":
		t = j.by(ops.DB(s, k))
	case "dh":
		t = ops.DH(s, k)
	case "dz":
		t = ops.DZ(s, k)
	case "new":
		t = ops.Update(s, strings.TrimSuffix(name, suffix))
	case "next":
		t = ops.Next(s, strings.TrimSuffix(name, suffix))
	default:
		return t, false
	}
	return t, t.Rows > 0
}

// by divides a parameter's gradient as this program does.
func (j *judge) by(m mat.Matrix) mat.Matrix {
	if j.gradBy > 1 {
		return divided(recorded(m), j.gradBy, u64).V
	}
	return m
}

// step is the step at hand for spec's operations: what was recorded, and what
// could be computed of the rest.
func (j *judge) step(mean bool) *spec.Step {
	s := &spec.Step{Settings: spec.Settings{Rate: j.rate, Mean: mean}, L: j.L, T: spec.Tensors{}}
	for _, name := range append([]string{"x", "y"}, append(spec.ParamNames(j.L), spec.Order(j.L, false)...)...) {
		if v, ok := j.value(name); ok {
			s.T[name] = v.V
		}
	}
	if j.prev != nil {
		s.Prev = j.prev.T
	}
	if m := j.t.Meta.Momentum; m != nil {
		s.Momentum = *m
	}
	return s
}

// fits reports whether the recorded tensor is t but for rounding: 200 times
// the bound of the right operation and a few roundings of numbers as large as
// the row's. Right and wrong do not meet anywhere near.
func (j *judge) fits(name string, t mat.Matrix, want value) bool {
	got := j.s.T[name]
	if len(t.Data) != len(got.Data) || want.V.Rows*want.V.Cols != len(got.Data) {
		return false
	}
	t = flipTo(t, got)
	u := j.unit(name)
	for i := range got.Rows {
		size := 0.0
		for k := range got.Cols {
			if v := math.Abs(t.At(i, k)); !math.IsInf(v, 0) {
				size = max(size, v)
			}
		}
		for k, g := range got.Row(i) {
			e := 200 * (want.E.At(i, k) + 16*u*math.Abs(t.At(i, k)) + 4*u*size)
			if math.IsNaN(e) || math.IsInf(e, 0) {
				e = 200 * 20 * u * size
			}
			if apart(g, t.At(i, k), e) > 1 {
				return false
			}
		}
	}
	return true
}

// contradictions counts the step's recorded tensors that a change would have
// made otherwise.
func (j *judge) contradictions(c faults.Change) int {
	n := 0
	touched := touches(c)
	for _, name := range spec.Order(j.L, false) {
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

// describe says what can be said of numbers no mistake explains.
func describe(got mat.Matrix, want value, j *judge) string {
	w := want.V
	if got.Rows != w.Rows || got.Cols != w.Cols {
		return ""
	}
	if r, ok := constantRatio(got, w); ok {
		return fmt.Sprintf("every element is %.6g× what it should be%s", r, j.equals(r))
	}
	if got.Rows == got.Cols && got.Rows > 1 && distance(flip(got), w) < 1e-9 {
		return "it is transposed"
	}
	if same, ok := permuted(got, w); ok {
		return fmt.Sprintf("its rows are right but stand in another order (row 0 holds what row %d should)", same)
	}
	if d, ok := constantShift(got, w); ok {
		return fmt.Sprintf("every element is %.6g more than it should be", d)
	}
	return oneLine(got, want)
}

// equals says what a ratio is.
func (j *judge) equals(r float64) string {
	n, c := float64(j.N), 0.0
	if y, ok := j.value(spec.Name("dz", j.L)); ok {
		c = float64(y.V.Cols)
	}
	for _, k := range []struct {
		v     float64
		words string
	}{{-1, "the sign"}, {n, fmt.Sprintf("N = %d", j.N)}, {1 / n, fmt.Sprintf("1/N, N = %d", j.N)}, {-1 / n, "−1/N"}, {c, fmt.Sprintf("C = %.0f, the classes", c)},
		{1 / c, "1/C"}, {1 / (n * c), "1/(N·C)"}, {n * n, "N²"}, {1 / (n * n), "1/N²"}, {2, "twice"}, {0.5, "half"}, {j.rate, "the rate"}, {1 / j.rate, "1/rate"}, {math.Ln10, "ln 10"}, {1 / math.Ln10, "1/ln 10"}} {
		if k.v != 0 && !math.IsInf(k.v, 0) && math.Abs(r/k.v-1) < 1e-6 && (j.N > 1 || !strings.Contains(k.words, "N")) {
			return ": " + k.words
		}
	}
	return ""
}

func constantRatio(got, want mat.Matrix) (float64, bool) {
	r, n := 0.0, 0
	for i := range got.Rows {
		for k, g := range got.Row(i) {
			w := want.At(i, k)
			if w == 0 && g == 0 {
				continue
			}
			if w == 0 || math.IsNaN(g) || math.IsInf(g/w, 0) {
				return 0, false
			}
			if n++; n == 1 {
				r = g / w
			} else if math.Abs(g/w-r) > 1e-6*math.Abs(r) {
				return 0, false
			}
		}
	}
	return r, n > 0 && r != 0
}

func constantShift(got, want mat.Matrix) (float64, bool) {
	d := got.At(0, 0) - want.At(0, 0)
	for i := range got.Rows {
		for k, g := range got.Row(i) {
			if !(math.Abs(g-want.At(i, k)-d) <= 1e-6*math.Abs(d)) {
				return 0, false
			}
		}
	}
	return d, d != 0 && len(got.Data) > 1
}

// permuted reports whether got has want's rows in another order, and which of
// them comes first.
func permuted(got, want mat.Matrix) (first int, ok bool) {
	if got.Rows < 2 || got.Rows > 5000 {
		return 0, false
	}
	key := func(m mat.Matrix, i int) string {
		var b strings.Builder
		for _, v := range m.Row(i) {
			fmt.Fprintf(&b, "%.8e ", v)
		}
		return b.String()
	}
	at := map[string][]int{}
	for i := range want.Rows {
		k := key(want, i)
		at[k] = append(at[k], i)
	}
	for i := range got.Rows {
		k := key(got, i)
		if len(at[k]) == 0 {
			return 0, false
		}
		if i == 0 {
			first = at[k][0]
		}
		at[k] = at[k][1:]
	}
	return first, true
}

// oneLine says when only one row or one column is off.
func oneLine(got mat.Matrix, want value) string {
	rows, cols := map[int]bool{}, map[int]bool{}
	for i := range got.Rows {
		for k, g := range got.Row(i) {
			if apart(g, want.V.At(i, k), want.E.At(i, k)) > 1 {
				rows[i], cols[k] = true, true
			}
		}
	}
	only := func(set map[int]bool) int {
		for k := range set {
			return k
		}
		return 0
	}
	switch {
	case len(rows) == 1 && got.Rows > 1:
		return fmt.Sprintf("only row %d is off", only(rows))
	case len(cols) == 1 && got.Cols > 1:
		return fmt.Sprintf("only column %d is off", only(cols))
	}
	return ""
}
