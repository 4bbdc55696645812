package inspector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sort"
	"strings"
	"sync"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/parallel"
	"glassbox/nn/message"
)

// A detail is how much of a step is kept.
type detail struct {
	rows, ends int  // of a batch; of them this many from either end of it
	sums       int  // terms kept at either end of a sum over features
	terms      int  // terms kept at either end of a sum over rows
	bare       bool // parameters have their value alone
	steps      int  // before there are fewer steps than these, less of each is kept
}

// ladder are the details to try, the best first. Terms are no more than ends:
// the rows whose terms are shown are there to be looked at.
var ladder = []detail{
	{32, 8, 16, 8, false, 20},
	{24, 8, 16, 8, false, 20},
	{16, 4, 16, 4, false, 20},
	{8, 2, 16, 2, false, 16},
	{4, 1, 8, 1, false, 12},
	{1, 0, 3, 1, false, 8},
	{1, 0, 0, 0, false, 5},
	{1, 0, 0, 0, true, fewest},
}

// fewest steps make a page, unless there are fewer; most is where more would
// not help.
const fewest, most = 3, 150

// fold returns the terms kept at either end of the sum that makes a tensor.
func (d detail) fold(name string) int {
	if name == "loss" || strings.HasPrefix(name, "dW") || strings.HasPrefix(name, "db") {
		return d.terms
	}
	return d.sums
}

// A series is the steps of one network that could be kept.
type series struct {
	steps  []int                           // ascending
	source func(step int) *source          // makes one again
	kept   func(s *source, d detail) []int // the rows of its batch to keep
	place  func(row int) int               // where a row of the data stands among the points
	draw   func(s *source) Drawing         // what is drawn of it
	beside func(s *Step) int               // how many bytes it takes in other places of the page; nil: none

	drawn sync.Map // drawings by step, which no detail changes
}

// A plan is what of the networks is kept.
type plan struct {
	steps [][]int         // of each series
	built []map[int]built // of each series, by step
}

// built is a step as it goes into the page.
type built struct {
	step   Step
	layout []Tensor
	size   int // in bytes of the page
}

// make makes step n of a series.
func (r *series) make(n int, d detail) built {
	s := r.source(n)
	layout, rows := s.layout(d), r.kept(s, d)
	drawn, ok := r.drawn.Load(n)
	if !ok {
		drawn = r.draw(s)
		r.drawn.Store(n, drawn)
	}
	b := built{layout: layout, step: Step{N: n, Batch: s.batch(), Kept: rows, Row: []int{}, Rate: s.Rate, Momentum: s.Momentum, Mean: s.Mean,
		Data: page.Packed(s.store(layout, rows)), Drawing: drawn.(Drawing)}}
	for _, i := range rows {
		if i < len(s.rows) {
			b.step.Row = append(b.step.Row, r.place(s.rows[i]))
		}
	}
	if len(s.Missing) > 0 {
		b.step.Missing = map[string]lang.Text{}
		for name, why := range s.Missing {
			b.step.Missing[name] = lang.Of(message.Of(Advise(why)))
		}
	}
	for _, note := range s.Notes {
		b.step.Notes = append(b.step.Notes, lang.Of(note))
	}
	text, err := json.Marshal(b.step)
	if err != nil {
		panic("inspector: " + err.Error()) // numbers that JSON has not are null
	}
	if b.size = len(text); r.beside != nil {
		b.size += r.beside(&b.step)
	}
	return b
}

// A request is which steps a page should have.
type request struct {
	room   int                                // in bytes
	asked  []int                              // by the user: these, however many there are; nil leaves the choice to spread
	must   []int                              // beside those
	spread func(there []int, count int) []int // so many of those there are, ascending
	done   func()                             // is called after each step that was made
}

// fit keeps of the networks what a page can hold. It tries one detail after the
// other until enough steps fit.
func (q request) fit(nets []*series) (*plan, error) {
	all := map[int]bool{}
	for _, r := range nets {
		for _, n := range r.steps {
			all[n] = true
		}
	}
	there := slices.Sorted(maps.Keys(all))
	var need int
	sizes := make([]float64, len(nets)) // of a step of each
	total := func(count int) (sum float64) {
		for i, n := range q.lengths(nets, there, count) {
			sum += float64(sizes[i] * float64(n))
		}
		return sum
	}
	// What a number takes of each at the least: 2 bytes where most units are dead.
	least := slices.Repeat([]float64{2}, len(nets))
	for at, d := range ladder {
		if need = min(d.steps, len(there)); q.asked != nil {
			need = len(q.asked)
		}
		lowest := at == len(ladder)-1
		p := &plan{}
		for i, n := range q.lengths(nets, there, need) {
			size, built := q.measure(nets[i], d, &least[i], func(size float64) bool { return !lowest && size*float64(n) > float64(q.room) })
			sizes[i] = size
			p.built = append(p.built, built)
		}
		if total(need) > float64(q.room) {
			continue
		}
		count := sort.Search(most, func(n int) bool { return n >= need && total(n+1) > float64(q.room) })
		// The estimate may be a little off.
		enough := need
		if q.asked == nil && !lowest {
			enough -= need / 4
		}
		if q.assemble(p, nets, there, d, count, enough) {
			return p, nil
		}
	}
	return nil, &TooLargeError{Steps: need, Size: int(total(need)), Fits: int(float64(need) * float64(q.room) / total(need))}
}

// lengths are how many steps of each series are among count of all steps.
func (q request) lengths(nets []*series, there []int, count int) []int {
	list := make([]int, len(nets))
	for _, n := range q.choose(there, count) {
		for i, r := range nets {
			if _, ok := slices.BinarySearch(r.steps, n); ok {
				list[i]++
			}
		}
	}
	return list
}

// measure returns the mean size of a step of the series, from three of them,
// which it returns too. It is content with less of a look where that is too
// much: least is what a number took at a finer detail, where more repeat others.
func (q request) measure(r *series, d detail, least *float64, tooMuch func(size float64) bool) (float64, map[int]built) {
	probes := slices.Compact([]int{r.steps[len(r.steps)/2], r.steps[0], r.steps[len(r.steps)-1]})
	s := r.source(probes[0])
	numbers := float64(count(s.layout(d), r.kept(s, d)))
	if size := *least * numbers; tooMuch(size) {
		return size, nil
	}
	made := make([]built, len(probes))
	build := func(i int) {
		made[i] = r.make(probes[i], d)
		q.done()
	}
	build(0)
	size := float64(made[0].size)
	*least = 0.9 * size / numbers
	if tooMuch(0.8 * size) {
		return size, nil
	}
	parallel.Do(context.Background(), len(probes)-1, func(i int) { build(i + 1) })
	sum, list := 0, map[int]built{}
	for i, b := range made {
		sum += b.size
		list[probes[i]] = b
	}
	return float64(sum) / float64(len(made)), list
}

// choose returns the steps of a page that has count of them.
func (q request) choose(there []int, count int) []int {
	with := func(list []int) []int {
		list = slices.Concat(list, q.must)
		slices.Sort(list)
		return slices.Compact(list)
	}
	if q.asked != nil {
		return with(q.asked)
	}
	for n := count; ; n-- {
		if list := with(q.spread(there, max(n, 2))); len(list) <= count || n <= 2 {
			return list
		}
	}
}

// assemble makes as many steps as fit, count of them if the estimate was right,
// and puts them into the plan, which may have some already. It reports whether
// they are least or more.
func (q request) assemble(p *plan, nets []*series, there []int, d detail, count, least int) bool {
	for {
		type job struct{ series, step int }
		var jobs []job
		p.steps = make([][]int, len(nets))
		for _, n := range q.choose(there, count) {
			for i, r := range nets {
				if _, ok := slices.BinarySearch(r.steps, n); !ok {
					continue // this network did not come so far
				}
				p.steps[i] = append(p.steps[i], n)
				if _, ok := p.built[i][n]; !ok {
					jobs = append(jobs, job{i, n})
				}
			}
		}
		made := make([]built, len(jobs))
		parallel.Do(context.Background(), len(jobs), func(k int) {
			made[k] = nets[jobs[k].series].make(jobs[k].step, d)
			q.done()
		})
		for k, j := range jobs {
			p.built[j.series][j.step] = made[k]
		}
		size := 0
		for i, list := range p.steps {
			for _, n := range list {
				size += p.built[i][n].size
			}
		}
		if size <= q.room {
			return true
		}
		if count = min(count-1, int(float64(count)*float64(q.room)/float64(size))); count < least || q.asked != nil {
			return false
		}
	}
}

// spread returns at most count steps from 0 to last, ascending: 0, the first
// ones singly, then ever farther apart by one ratio, and last. All of them if
// they are no more than count, which is at least 2.
func spread(last, count int) []int {
	if last < count {
		return upTo(last + 1)
	}
	if count == 2 {
		return []int{0, last}
	}
	steps := func(growth float64) []int {
		var list []int
		for s := 0; s < last && len(list) <= count; s = max(s+1, int(math.Round(float64(s)*growth))) {
			list = append(list, s)
		}
		return append(list, last)
	}
	// The smallest growth that makes few enough, to a thousandth.
	const fine = 1000
	k := sort.Search(min(1<<40, math.MaxInt), func(k int) bool { return len(steps(1+float64(k)/fine)) <= count })
	list := steps(1 + float64(k)/fine)
	// The last interval is what was left over: the step before it makes room
	// where it is much shorter than the others.
	if n := len(list); n > 3 && 2*(last-list[n-2]) < list[n-2]-list[n-3] {
		list = slices.Delete(list, n-2, n-1)
	}
	return list
}

// nearest replaces each of the wanted steps by the one of those there are that
// lies nearest, and returns them ascending, each once.
func nearest(wanted, have []int) []int {
	var list []int
	for _, w := range wanted {
		i := sort.SearchInts(have, w)
		if i == len(have) || i > 0 && w-have[i-1] <= have[i]-w {
			i--
		}
		list = append(list, have[i])
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// budget is how many bytes of the page the steps may take, if all else of the
// model takes no more than rest.
const budget, rest = 2_600_000, 180_000

// A TooLargeError says that not even the least of a network fits into a page.
type TooLargeError struct {
	Steps int    // that should have been in it
	Size  int    // in bytes, that they would have taken
	Fits  int    // steps that there is room for
	Right string // what would be right
}

func (e *TooLargeError) Error() string {
	text := fmt.Sprintf("%d steps of this network would take %.1f MB with no more than the values of one row each, and a page has room for %.1f MB", e.Steps, float64(e.Size)/1e6, float64(budget)/1e6)
	if e.Right != "" {
		text += ": " + e.Right + " would be right"
	}
	return text
}

// room is what the steps may take beside all else of the model.
func room(m Model) int {
	text, err := json.Marshal(m)
	if err != nil {
		panic("inspector: " + err.Error()) // numbers that JSON has not are null
	}
	return budget - max(0, len(text)-rest)
}

// check refuses what does not go together, and a network that is far too large
// before it is trained.
func (o Options) check(c experiment.Config) error {
	if c.SGD && len(o.Samples) > 0 {
		return cli.Usagef("-samples keeps rows of a batch and -sgd has one row a step: give one of the two")
	}
	if n := len(o.Steps); n > 0 && o.Steps[n-1] >= c.Steps {
		return cli.Usagef("-steps: there is no step %d; with -max_steps %d they are 0 to %d", o.Steps[n-1], c.Steps, c.Steps-1)
	}
	need := min(fewest, c.Steps)
	if len(o.Steps) > 0 {
		need = len(o.Steps)
	}
	if step := leastSize(c); float64(need)*step >= 1.1*budget {
		return o.explain(&TooLargeError{Steps: need, Size: int(float64(need) * step), Fits: int(budget / step)}, c)
	}
	if len(o.Samples) == 0 {
		return nil
	}
	rows := experiment.New(c).Data.TrainX.Rows
	for _, r := range o.Samples {
		if r >= rows {
			return cli.Usagef("-samples: there is no training row %d; they are 0 to %d", r, rows-1)
		}
	}
	return nil
}

// sizes are how many numbers there are of the network of c: its parameters, what a row
// of a batch has in a step, and rows, those that test too.
func sizes(c experiment.Config) (params, width, rows int) {
	in, classes, rows := 2, 2, c.N
	if c.Table != nil {
		in, classes, rows = c.Table.X.Cols, len(c.Table.Classes), c.Table.X.Rows
	}
	width = in + classes
	for _, out := range append(slices.Clone(c.Hidden), classes) {
		params += (in + 1) * out
		width += 4 * out
		in = out
	}
	return params, width, rows
}

// leastSize is about what one step of c's network, or of both, takes at the
// least: the values of its parameters before and after, and of their gradients,
// eight bytes each of which six bits a letter write down.
func leastSize(c experiment.Config) float64 {
	params, _, _ := sizes(c)
	tensors, nets := 3.0, 1.0
	if c.Momentum != 0 {
		tensors = 5
	}
	if len(c.Faults) > 0 {
		nets = 2
	}
	return nets * (0.93 * 8 * 8 / 6 * tensors * float64(params))
}

// explain says in err what would be right.
func (o Options) explain(err error, c experiment.Config) error {
	var large *TooLargeError
	if !errors.As(err, &large) {
		return err
	}
	if len(o.Steps) > 0 && large.Fits > 0 {
		large.Right = fmt.Sprintf("%d of -steps", large.Fits)
		return large
	}
	// Smaller by an eighth, until it fits with some room.
	c.Hidden = slices.Clone(c.Hidden)
	for range 400 {
		if float64(min(fewest, c.Steps))*leastSize(c) < 0.8*budget {
			break
		}
		for i := range c.Hidden {
			c.Hidden[i] = max(1, c.Hidden[i]*7/8)
		}
	}
	large.Right = "-dnn_hidden_units " + cli.Ints.Format(c.Hidden)
	return large
}

// candidates is how many steps a run keeps to choose from, so that they take no
// more memory than is common.
func candidates(c experiment.Config) int {
	const memory = 256 << 20
	params, width, rows := sizes(c)
	if c.SGD {
		rows = 1
	} else if c.BatchSize > 0 {
		rows = c.BatchSize
	}
	bytes := 8 * 5 * params
	if len(c.Faults) > 0 {
		bytes += 8 * rows * width
	}
	return min(max(memory/bytes, fewest+1), most)
}
