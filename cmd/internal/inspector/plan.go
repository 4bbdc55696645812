package inspector

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"glassbox/cmd/internal/lang"
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

// A reel is the steps of one network that could be kept.
type reel struct {
	steps  []int                           // ascending
	source func(step int) *source          // makes one again
	kept   func(s *source, d detail) []int // the rows of its batch to keep
	place  func(row int) int               // where a row of the data stands among the points
	draw   func(s *source) drawing         // what is drawn of it
	beside func(s *Step) int               // how many bytes it takes in other places of the page; nil: none

	drawn sync.Map // drawings by step, which no detail changes
}

// A drawing is what the page draws of a step.
type drawing struct {
	boundary string
	hinges   [][4]float64
	dead     [][]int
	right    []bool
	differs  []string
}

// A plan is what of the reels is kept.
type plan struct {
	steps [][]int         // of each reel
	built []map[int]built // of each reel, by step
}

// built is a step as it goes into the page.
type built struct {
	step   Step
	layout []Tensor
	size   int // in bytes of the page
}

// make makes step n of a reel.
func (r *reel) make(n int, d detail) built {
	s := r.source(n)
	layout, rows := s.layout(d), r.kept(s, d)
	drawn, ok := r.drawn.Load(n)
	if !ok {
		drawn = r.draw(s)
		r.drawn.Store(n, drawn)
	}
	p := drawn.(drawing)
	b := built{layout: layout, step: Step{N: n, Batch: s.batch(), Kept: rows, Row: []int{}, Rate: s.Rate, Momentum: s.Momentum, Mean: s.Mean,
		Data: packed(s.store(layout, rows)), Boundary: p.boundary, Hinges: p.hinges, Dead: p.dead, Right: p.right, Differs: p.differs}}
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

// fit keeps of the reels what a page can hold. It tries one detail after the
// other until enough steps fit.
func (q request) fit(reels []*reel) (*plan, error) {
	all := map[int]bool{}
	for _, r := range reels {
		for _, n := range r.steps {
			all[n] = true
		}
	}
	there := slices.Sorted(maps.Keys(all))
	var need int
	sizes := make([]float64, len(reels)) // of a step of each
	total := func(count int) (sum float64) {
		for i, n := range q.lengths(reels, there, count) {
			sum += float64(sizes[i] * float64(n))
		}
		return sum
	}
	// What a number takes of each at the least: 2 bytes where most units are dead.
	least := slices.Repeat([]float64{2}, len(reels))
	for at, d := range ladder {
		if need = min(d.steps, len(there)); q.asked != nil {
			need = len(q.asked)
		}
		lowest := at == len(ladder)-1
		p := &plan{}
		for i, n := range q.lengths(reels, there, need) {
			size, built := q.measure(reels[i], d, &least[i], func(size float64) bool { return !lowest && size*float64(n) > float64(q.room) })
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
		if q.assemble(p, reels, there, d, count, enough) {
			return p, nil
		}
	}
	return nil, &TooLargeError{Steps: need, Size: int(total(need)), Fits: int(float64(need) * float64(q.room) / total(need))}
}

// lengths are how many steps of each reel are among count of all.
func (q request) lengths(reels []*reel, there []int, count int) []int {
	list := make([]int, len(reels))
	for _, n := range q.choose(there, count) {
		for i, r := range reels {
			if _, ok := slices.BinarySearch(r.steps, n); ok {
				list[i]++
			}
		}
	}
	return list
}

// measure returns the mean size of a step of the reel, from three of them,
// which it returns too. It is content with less of a look where that is too
// much: least is what a number took at a finer detail, where more repeat others.
func (q request) measure(r *reel, d detail, least *float64, tooMuch func(size float64) bool) (float64, map[int]built) {
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
func (q request) assemble(p *plan, reels []*reel, there []int, d detail, count, least int) bool {
	for {
		type job struct{ reel, step int }
		var jobs []job
		p.steps = make([][]int, len(reels))
		for _, n := range q.choose(there, count) {
			for i, r := range reels {
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
			made[k] = reels[jobs[k].reel].make(jobs[k].step, d)
			q.done()
		})
		for k, j := range jobs {
			p.built[j.reel][j.step] = made[k]
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
