package program

import (
	"math"
	"slices"

	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// A relation is the kind of a mistake: what lies between the value that stands
// there and the one that should.
type relation struct {
	name  string       // of Finding.Relation
	words message.Text // the same with its numbers, to begin a sentence with
	place place        // to be told there instead; line 0 where the place is as it was
}

// relationOf says what kind of mistake an intervention mends: as the numbers
// show it, else as the change of the expression does.
func (j *judge) relationOf(s *step, f *intervention) relation {
	c := &compared{judge: j, s: s, f: f, was: f.was, want: f.want, tol: 1e-7}
	if s.prec == single {
		c.tol = 1e-3
	}
	if x := f.edit; x != nil && x.from >= 0 && x.to >= 0 {
		if r := c.operand(x); r.place.line > 0 {
			return r
		}
	}
	if c.was != nil && c.want != nil && c.was.MaxAbs() > 0 && finite(c.was) && finite(c.want) {
		if w := layout(c.want, c.was.Shape); w != nil {
			c.want = w
		}
		if len(c.was.Data) == len(c.want.Data) && len(c.was.Data) > 1 {
			for _, try := range []func() relation{c.constant, c.squashed, c.mask, c.moved, c.spread, c.kept, c.decay, c.share} {
				if r := try(); r.name != "" {
					return r
				}
			}
			if f.edit == nil && f.blunt != f.c && f.blunt != 0 {
				// The factor that most elements agree on may be one's by chance.
				c.want = c.want.Scaled(f.blunt / f.c)
				if r := c.decay(); r.name != "" {
					return r
				}
				c.want = c.want.Scaled(f.c / f.blunt)
			}
		}
	}
	if r := c.changed(); r.name != "" {
		return r
	}
	if c.was != nil && c.want != nil && len(c.was.Data) == len(c.want.Data) && len(c.was.Data) > 1 {
		for _, try := range []func() relation{c.factor, c.another, c.part} {
			if r := try(); r.name != "" {
				return r
			}
		}
	}
	return relation{name: "not the derivative"}
}

// A compared is a wrong value beside the right one, of one shape but for
// transposition.
type compared struct {
	*judge
	s         *step
	f         *intervention
	was, want *array
	tol       float64
}

// constant: one factor between all elements, and what it is.
func (c *compared) constant() relation {
	k := factor(c.was, c.want, c.tol)
	switch {
	case k == 0 || alike(k, 1, 1e-6):
		return relation{}
	case alike(k, -1, 1e-6):
		return relation{name: "the sign", words: message.New("the sign is the other way round")}
	case k < 0:
		r := c.known(-k)
		return relation{name: "the sign", words: message.New("the sign is the other way round, and a constant: %s", r)}
	}
	return relation{name: "a constant", words: message.New("a constant: %s", c.known(k))}
}

// known says what a positive factor is, where it is a length of the step's
// arrays, the rate, or what one divides by.
func (c *compared) known(k float64) message.Text { return c.s.known(k, c.names) }

func (s *step) known(k float64, names []string) message.Text {
	times := message.New("%s times what it should be", number(k))
	over := k < 1
	n := k
	if over {
		n = 1 / k
	}
	rows, lengths := s.lengths()
	is := func(v int) bool { return v > 1 && alike(n, float64(v), 1e-6) }
	say := func(what message.Text) message.Text {
		if over {
			return message.New("%s, divided by %s too often", times, what)
		}
		return message.New("%s, multiplied by %s, or not divided by it", times, what)
	}
	batch := message.New("the %d rows of the batch", rows)
	switch {
	case is(rows):
		return say(batch)
	case is(rows * rows):
		return say(message.New("the square of %s", batch))
	case is(2):
		return say(message.New("2"))
	}
	for _, l := range lengths {
		switch at := message.New("`%s`, which is %s", names[l.param], graph.ShapeText(s.shapes[s.cur[l.param]])); {
		case is(l.n):
			return say(message.New("%d, a length of %s", l.n, at))
		case is(l.n * rows):
			return say(message.New("%s and by %d, a length of %s", batch, l.n, at))
		}
	}
	return times
}

// A length is one of a parameter's.
type length struct{ n, param int }

// lengths are the number of rows in a batch, as far as it can be told, and the
// lengths of the parameters.
func (s *step) lengths() (rows int, of []length) {
	own := map[int]bool{}
	for _, matrices := range []bool{true, false} {
		for i := len(s.live) - 1; i >= 0; i-- { // the last layer's first: the classes
			shape := s.shapes[s.cur[s.live[i]]]
			for _, n := range shape {
				if n > 1 && !own[n] && (len(shape) > 1) == matrices {
					own[n] = true
					of = append(of, length{n, s.live[i]})
				}
			}
		}
	}
	count := map[int]int{}
	for q, in := range s.lossOf {
		if !in || s.isCur[q] || s.size[q] < 2 {
			continue
		}
		for _, n := range s.shapes[q] {
			if n > 1 && !own[n] {
				count[n]++
			}
		}
	}
	for _, n := range keys(count) {
		if count[n] > count[rows] {
			rows = n
		}
	}
	return rows, of
}

// squashed: the derivative of the softmax or the sigmoid once more, or not at
// all.
func (c *compared) squashed() relation {
	s, about := c.s, c.s.root(c.f.about)
	for q := range s.n {
		if !s.lossOf[q] || s.size[q] != len(c.want.Data) || s.isCur[q] || s.op[q] == "sub" || !slices.Equal(s.shapes[q], c.want.Shape) {
			continue
		}
		z, kind, axis, sign := s.probabilities(q)
		if z < 0 || kind == sigmoid && sign < 0 {
			continue
		}
		byLogits, ok := s.derivativeOf(z)
		name := "softmax"
		if kind == sigmoid {
			name = "sigmoid"
		}
		twice := relation{name: "a derivative twice", words: message.New("the derivative of the %s is applied to a gradient that has it in it already", name)}
		if s.root(q) == about {
			if ok && factor(c.was, byLogits.v, c.tol) != 0 {
				return twice
			}
			continue
		}
		if !ok || factor(c.want, byLogits.v, c.tol) == 0 {
			continue
		}
		p := s.val(q)
		diagonal := func(d *array) *array {
			out := d.Clone()
			for i, x := range p.Data {
				out.Data[i] *= x * (1 - x)
			}
			return out
		}
		through := diagonal
		if kind == softmax {
			through = func(d *array) *array {
				out := graph.NewArray(d.Shape...)
				eachLine(d.Shape, axis, func(at []int) {
					dot := 0.0
					for _, i := range at {
						dot += p.Data[i] * d.Data[i]
					}
					for _, i := range at {
						out.Data[i] = p.Data[i] * (d.Data[i] - dot)
					}
				})
				return out
			}
		}
		switch {
		case factor(c.was, through(c.want), c.tol) != 0:
			return twice
		case factor(c.want, through(c.was), c.tol) != 0:
			return relation{name: "a derivative missing", words: message.New("the derivative of the %s is missing: this is still the gradient at its result", name)}
		case kind == softmax && factor(c.was, diagonal(c.want), c.tol) != 0:
			return relation{name: "a derivative twice", words: message.New("a gradient at the logits is multiplied by p·(1 - p), a sigmoid's derivative, which it has in it already")}
		}
	}
	return relation{}
}

// mask: right but for elements that are 0 where they should not be, or are not
// where they should.
func (c *compared) mask() relation {
	top := max(c.was.MaxAbs(), c.want.MaxAbs())
	passes, stops, stopped := 0, 0, 0
	for i, w := range c.want.Data {
		v := c.was.Data[i]
		stopped += b2i(v == 0)
		switch {
		case math.Abs(v-w) <= c.tol*top:
		case w == 0:
			passes++
		case v == 0:
			stops++
		default:
			return relation{}
		}
	}
	n := len(c.want.Data)
	switch {
	case passes > 0 && stops == 0 && stopped == 0:
		return relation{name: "a mask missing", words: message.New("the mask is missing: %d of %d elements pass that should be 0", passes, n)}
	case passes == 0 && stops > 0:
		return relation{name: "another mask", words: message.New("a mask too many, or too narrow a one: %d of %d elements are 0 that should pass", stops, n)}
	case passes > 0 && stops == 0:
		return relation{name: "another mask", words: message.New("too wide a mask, or one that is missing: %d of %d elements pass that should be 0", passes, n)}
	case passes > 0:
		whose := c.maskOf()
		if whose.IsZero() {
			return relation{name: "another mask", words: message.New("the mask of other values: %d of %d elements pass that should be 0, %d are 0 that should pass", passes, n, stops)}
		}
		return relation{name: "another mask", words: message.New("the mask of %s: %d of %d elements pass that should be 0, %d are 0 that should pass", whose, passes, n, stops)}
	}
	return relation{}
}

// maskOf names the value that is positive just where the wrong value is not 0,
// one that the wrong statement itself reads before others.
func (c *compared) maskOf() message.Text {
	s, best := c.s, -1
	for q := c.f.node - 1; q >= s.begin; q-- {
		if s.size[q] != len(c.was.Data) || !s.float[q] || s.isBack[q] {
			continue
		}
		v := s.value(q)
		if v == nil || !slices.Equal(v.Shape, c.was.Shape) {
			continue
		}
		same, some := true, 0
		for i, x := range v.Data {
			same = same && (x > 0) == (c.was.Data[i] != 0)
			some += b2i(x > 0)
		}
		if !same || some == 0 || some == len(v.Data) {
			continue
		}
		if slices.ContainsFunc(s.cons[q], func(u int) bool { return s.line(u) == s.line(c.f.node) }) {
			best = q
			break
		}
		if best < 0 {
			best = q
		}
	}
	if best < 0 {
		return message.Text{}
	}
	return message.New("`%s` (%s)", s.called(best, c.f.node), s.where(best))
}

// moved: the right numbers in other places.
func (c *compared) moved() relation {
	shape := squeezed(c.was.Shape)
	top := c.want.MaxAbs()
	equal := func(a, b []float64) bool {
		for i, x := range a {
			if math.Abs(x-b[i]) > c.tol*top {
				return false
			}
		}
		return true
	}
	if len(shape) == 2 && shape[0] == shape[1] && factor(turned(c.was), c.want, c.tol) != 0 {
		return relation{name: "transposed", words: message.New("it is transposed")}
	}
	a, b := slices.Clone(c.was.Data), slices.Clone(c.want.Data)
	slices.Sort(a)
	slices.Sort(b)
	if !equal(a, b) || equal(c.was.Data, c.want.Data) || a[0] == a[len(a)-1] {
		return relation{}
	}
	if len(shape) == 2 {
		n := shape[1]
		row := func(x *array, i int) []float64 { return x.Data[i*n : (i+1)*n] }
		if n > 1 {
			for i := range shape[0] {
				if equal(row(c.was, 0), row(c.want, i)) {
					return relation{name: "rows in another order", words: message.New("its rows are right but stand in another order: row 0 holds what row %d should", i)}
				}
			}
		}
	}
	return relation{name: "elements in another order", words: message.New("its numbers are right but stand in other places, as after a reshape where a transposition is meant")}
}

// spread: one number, row or column in the place of many.
func (c *compared) spread() relation {
	if c.even(c.was, nil) && !c.even(c.want, nil) {
		sum := 0.0
		for _, x := range c.want.Data {
			sum += x
		}
		v := c.was.Data[0]
		switch near := 1e-6 * c.want.MaxAbs() * float64(len(c.want.Data)); {
		case math.Abs(v-sum) <= near:
			return relation{name: "summed over all axes", words: message.New("it is summed over all axes: every element gets the sum of all %d", len(c.want.Data))}
		case math.Abs(v-sum/float64(len(c.want.Data))) <= near/float64(len(c.want.Data)):
			return relation{name: "summed over all axes", words: message.New("it is averaged over all axes: every element gets the mean of all %d", len(c.want.Data))}
		}
		return relation{name: "broadcast", words: message.New("one number is spread over all %d elements", len(c.want.Data))}
	}
	if shape := squeezed(c.was.Shape); len(shape) == 2 {
		for axis, what := range []message.Text{message.New("one row is spread over all %d rows", shape[0]), message.New("one column is spread over all %d columns", shape[1])} {
			if c.even(c.was, &axis) && !c.even(c.want, &axis) {
				return relation{name: "broadcast", words: what}
			}
		}
	}
	return relation{}
}

// even reports that all elements are one number, or along an axis of a matrix.
func (c *compared) even(a *array, axis *int) bool {
	top := c.tol * a.MaxAbs()
	if axis == nil {
		return !slices.ContainsFunc(a.Data, func(x float64) bool { return math.Abs(x-a.Data[0]) > top })
	}
	shape := squeezed(a.Shape)
	if shape[*axis] < 2 {
		return false
	}
	is := true
	eachLine(shape, *axis, func(at []int) {
		for _, i := range at {
			is = is && math.Abs(a.Data[i]-a.Data[at[0]]) <= top
		}
	})
	return is
}

// kept: what an earlier step has left.
func (c *compared) kept() relation {
	s, d := c.s, plus(c.was, -1, c.want)
	for q := s.begin - 1; q >= 0; q-- {
		if s.size[q] != len(c.was.Data) || !s.float[q] || s.isCur[q] || s.site[q] != s.site[c.f.node] && !slices.Contains(s.in[c.f.node], q) {
			continue
		}
		v := s.val(q)
		if v == nil || isZero(v) || len(v.Data) != len(d.Data) {
			continue
		}
		v = graph.Of(v.Data, d.Shape...)
		switch {
		case near(v, c.was, c.tol):
			return relation{name: "an earlier step's value", words: message.New("this is the value of an earlier step")}
		case near(v, d, c.tol*max(1, c.want.MaxAbs()/d.MaxAbs())):
			return relation{name: "accumulated", words: message.New("the value of the step before is still in it: it is added up and never set to zero")}
		}
	}
	return relation{}
}

// decay: a multiple of a parameter too many or missing.
func (c *compared) decay() relation {
	d := plus(c.was, -1, c.want)
	dm := d.MaxAbs()
	if dm < 1e-6*c.want.MaxAbs() {
		return relation{}
	}
	for _, p := range c.s.live {
		w := layout(c.s.val(c.s.cur[p]), d.Shape)
		if w == nil || len(w.Data) != len(d.Data) {
			continue
		}
		switch k := factor(d, w, c.tol*max(1, c.want.MaxAbs()/dm)); {
		case k > 0:
			return relation{name: "a decay", words: message.New("%s times the parameter `%s` is in it too many, as of a decay", figure(k), c.names[p])}
		case k < 0:
			return relation{name: "a decay missing", words: message.New("%s times the parameter `%s` is missing: the derivative of the penalty in the loss", figure(-k), c.names[p]), place: c.s.decayedInLoop(p)}
		}
	}
	return relation{}
}

// decayedInLoop is the head of the loop in which the gradients of several parameters other
// than p, one after another, get their decay; no place where there is none.
func (s *step) decayedInLoop(p int) place {
	count := map[int]int{} // of parameters, by site
	for _, o := range s.live {
		for _, q := range s.region[o] {
			if s.op[q] != "add" || !slices.ContainsFunc(s.in[q], func(x int) bool { return s.ownShare(o, x) }) {
				continue
			}
			if count[s.site[q]]++; o == p {
				count[s.site[q]] = -len(s.live)
			}
		}
	}
	for _, site := range keys(count) {
		if l := s.g.Sites[site].Loops; count[site] > 1 && len(l) > 0 {
			return place{file: s.file(site), line: l[len(l)-1]}
		}
	}
	return place{}
}

// share: what one of the value's uses hands back is left out, or counted twice.
func (c *compared) share() relation {
	s := c.s
	if t := s.shareOf(c.f, plus(c.want, -1, c.was), c.want, c.tol); t != nil {
		return relation{name: "a share left out", words: message.New("the share of the derivative that comes through `%s` (%s) is left out", c.text(t.user), c.where(t.user))}
	}
	if t := s.shareOf(c.f, plus(c.was, -1, c.want), c.want, c.tol); t != nil {
		return relation{name: "a share too many", words: message.New("the share of the derivative that comes through `%s` (%s) is counted twice", c.text(t.user), c.where(t.user))}
	}
	return relation{}
}

// factor: a factor too many, or one that is missing, that is a value of the
// forward pass or easily made of one.
func (c *compared) factor() relation {
	s := c.s
	top, low := c.want.MaxAbs(), c.was.MaxAbs()
	tried := 0
	for q := c.f.node - 1; q >= 0 && tried < 400; q-- {
		if s.size[q] != len(c.was.Data) || !s.float[q] || s.isBack[q] || !s.lossOf[q] && !s.isCur[q] {
			continue
		}
		v := s.val(q)
		if v == nil || !slices.Equal(squeezed(v.Shape), squeezed(c.was.Shape)) {
			continue
		}
		tried++
		for _, f := range []form{itself, sigmoidSlope, tanhSlope, complement} {
			many, few := true, true
			for i, x := range v.Data {
				y := f.of(x)
				many = many && math.Abs(c.was.Data[i]-y*c.want.Data[i]) <= c.tol*max(top, low)
				few = few && math.Abs(c.want.Data[i]-y*c.was.Data[i]) <= c.tol*max(top, low)
				if !many && !few {
					break
				}
			}
			if many || few {
				code := f.write(s.called(q, c.f.node).String())
				if many {
					return relation{name: "a factor too many", words: message.New("the factor `%s` is too many", code)}
				}
				return relation{name: "a factor missing", words: message.New("the factor `%s` is missing", code)}
			}
		}
	}
	return relation{}
}

// another: the derivative by another value than the one meant.
func (c *compared) another() relation {
	for _, m := range c.f.m.whole[c.f.node] {
		if m.key != c.f.about && c.s.root(m.key) != c.s.root(c.f.about) {
			return relation{name: "another derivative", words: message.New("this is the derivative by `%s` (%s), another value", c.nameOf(m.key), c.where(m.key))}
		}
	}
	return relation{}
}

// part: only some elements are off, or all by the same.
func (c *compared) part() relation {
	top := max(c.was.MaxAbs(), c.want.MaxAbs())
	off, shift, even := 0, c.was.Data[0]-c.want.Data[0], true
	rows, cols := map[int]bool{}, map[int]bool{}
	shape := squeezed(c.was.Shape)
	for i, w := range c.want.Data {
		d := c.was.Data[i] - w
		even = even && math.Abs(d-shift) <= 1e-6*math.Abs(shift)
		if math.Abs(d) > c.tol*top {
			off++
			if len(shape) == 2 {
				rows[i/shape[1]], cols[i%shape[1]] = true, true
			}
		}
	}
	n := len(c.want.Data)
	switch {
	case even && shift != 0:
		return relation{name: "shifted", words: message.New("every element is %s more than it should be", figure(shift))}
	case len(shape) == 2 && len(cols) == 1 && shape[1] > 1:
		return relation{name: "some elements", words: message.New("only column %d is off", keys(cols)[0])}
	case len(shape) == 2 && len(rows) == 1 && shape[0] > 1:
		return relation{name: "some elements", words: message.New("only row %d is off", keys(rows)[0])}
	case len(shape) == 2 && 2*len(rows) <= shape[0]:
		return relation{name: "some elements", words: message.New("only %d of %d rows are off", len(rows), shape[0])}
	case 2*off <= n:
		return relation{name: "some elements", words: message.New("only %d of %d elements are off", off, n)}
	}
	return relation{}
}
