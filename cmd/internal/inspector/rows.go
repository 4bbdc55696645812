package inspector

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/frame"
	"glassbox/mat"
)

// byInterest orders the rows of x by how much they tell. Each p has
// a prediction for every row, of which labels are right: the rows nearest to
// the decision boundary, the most wrong and the most sure ones of each class
// in turn, apart from each other; then all others, the least sure first.
func byInterest(x mat.Matrix, labels []int, classes int, ps ...mat.Matrix) []int {
	const chosen = 64
	var queues [][]int
	for _, kind := range []func(j judged) (float64, bool){
		func(j judged) (float64, bool) { return j.margin, true },
		func(j judged) (float64, bool) { return j.p, j.wrong },
		func(j judged) (float64, bool) { return -j.p, !j.wrong },
	} {
		for c := range classes {
			for _, p := range ps {
				queues = append(queues, queue(p, labels, c, kind))
			}
		}
	}
	var order []int
	taken, near := make([]bool, x.Rows), 0.08*extent(x)
	alone := func(i int) bool {
		return !slices.ContainsFunc(order, func(o int) bool { return distance(x.Row(i), x.Row(o)) < near })
	}
	for more := true; more && len(order) < chosen; {
		more = false
		for _, q := range queues {
			// The first that is not near one that was taken, or else the first that
			// was not.
			q = slices.DeleteFunc(slices.Clone(q), func(i int) bool { return taken[i] })
			if len(q) == 0 {
				continue
			}
			pick := q[max(0, slices.IndexFunc(q, alone))]
			taken[pick], order, more = true, append(order, pick), true
		}
	}
	var rest []int
	for i := range taken {
		if !taken[i] {
			rest = append(rest, i)
		}
	}
	slices.SortStableFunc(rest, func(a, b int) int { return cmp.Compare(judge(ps[0], labels, a).margin, judge(ps[0], labels, b).margin) })
	return append(order, rest...)
}

// judged is how a prediction for a row fares.
type judged struct {
	p      float64 // of the right class
	margin float64 // of the right class over the likeliest other one, without sign
	wrong  bool
}

func judge(p mat.Matrix, labels []int, i int) judged {
	if i >= p.Rows || labels[i] < 0 || labels[i] >= p.Cols {
		return judged{margin: math.Inf(1)}
	}
	row := p.Row(i)
	j := judged{p: row[labels[i]]}
	other := math.Inf(-1)
	for c, v := range row {
		if c != labels[i] {
			other = max(other, v)
		}
	}
	j.margin, j.wrong = math.Abs(j.p-other), mat.ArgMax(row) != labels[i]
	return j
}

// queue returns the first rows of a class by key, of those that it admits.
func queue(p mat.Matrix, labels []int, class int, key func(judged) (float64, bool)) []int {
	const most = 500
	type entry struct {
		row int
		key float64
	}
	var list []entry
	for i, l := range labels {
		if k, ok := key(judge(p, labels, i)); ok && l == class {
			list = append(list, entry{i, k})
		}
	}
	slices.SortStableFunc(list, func(a, b entry) int { return cmp.Compare(a.key, b.key) })
	rows := make([]int, 0, most)
	for _, e := range list[:min(len(list), most)] {
		rows = append(rows, e.row)
	}
	return rows
}

func distance(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += float64((a[i] - b[i]) * (a[i] - b[i]))
	}
	return math.Sqrt(s)
}

// extent is the length of the diagonal of the rows' box.
func extent(x mat.Matrix) float64 {
	if x.Rows == 0 {
		return 0
	}
	low, high := slices.Clone(x.Row(0)), slices.Clone(x.Row(0))
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			low[j], high[j] = min(low[j], v), max(high[j], v)
		}
	}
	return distance(low, high)
}

// A keeper chooses the rows whose numbers are kept: the same ones in all steps
// and networks, as far as their batches have them.
type keeper struct {
	trainings []*training
	asked     map[int]bool
	rank      []int // of each training row, where it stands in the order of interest
}

// newKeeper returns one that keeps the rows asked for, and the one of differs
// if that is in a row.
func newKeeper(trainings []*training, samples []int, differs *Place) *keeper {
	d := trainings[0].exp.Data
	var ps []mat.Matrix
	for _, l := range trainings {
		ps = append(ps, l.exp.Predict(d.TrainX).Clone())
	}
	k := &keeper{trainings: trainings, asked: map[int]bool{}, rank: ranks(byInterest(d.TrainX, d.TrainLabels, len(d.Classes), ps...))}
	first := trainings[0].rows.of(d.TrainX, d.TrainY)
	for _, r := range samples {
		k.asked[r] = true
		k.asked[first[r]] = true // rows that are alike are found by the first
	}
	if differs != nil && byRow(differs.Tensor) {
		c := trainings[1].made[differs.Step]
		k.asked[trainings[1].batch(c.x, c.y)[differs.I]] = true
	}
	return k
}

// ranks turns an order into where each stands in it.
func ranks(order []int) []int {
	rank := make([]int, len(order))
	for i, r := range order {
		rank[r] = i
	}
	return rank
}

// kept returns the rows of a step's batch to keep.
func (k *keeper) kept(s *source, d detail) []int {
	return keptRows(len(s.rows), d, func(i int) bool { return k.asked[s.rows[i]] }, func(i int) int { return k.rank[s.rows[i]] })
}

// keptRows chooses from n rows of a batch: those asked for, some from either
// end, whose terms stand in folded sums, and those of the lowest rank.
func keptRows(n int, d detail, asked func(i int) bool, rank func(i int) int) []int {
	if n <= d.rows {
		return upTo(n)
	}
	keep := map[int]bool{}
	for i := range n {
		if asked(i) || i < d.ends || i >= n-d.ends {
			keep[i] = true
		}
	}
	others := upTo(n)
	slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	for _, i := range others {
		if len(keep) >= d.rows {
			break
		}
		keep[i] = true
	}
	return slices.Sorted(maps.Keys(keep))
}

// mostPoints are as many rows as the picture of the data shows, beside those
// whose numbers are kept.
const mostPoints = 2000

// mostChosen are as many numbers as there are of the features that a reader may
// choose a pair of.
const mostChosen = 20_000

// places are the rows that the picture of the data shows.
type places struct {
	x      mat.Matrix // all rows
	labels []int      // of all rows; −1 where it is not known
	rows   []int      // those shown, ascending
	of     map[int]int
}

// places returns the training rows to show.
func (k *keeper) places() *places {
	d := k.trainings[0].exp.Data
	rows := shown(d.TrainX.Rows, func(also func(row int)) {
		for _, l := range k.trainings {
			for _, n := range l.steps {
				c := l.made[n]
				s := &source{rows: l.batch(c.x, c.y)}
				for _, i := range k.kept(s, ladder[0]) {
					also(s.rows[i])
				}
			}
		}
	})
	return newPlaces(d.TrainX, d.TrainLabels, rows)
}

// shown are the rows of n that the picture of the data shows: all, or so many of
// them beside those that may be kept, of which kept tells.
func shown(n int, kept func(also func(row int))) []int {
	rows := experiment.Evenly(n, mostPoints)
	if len(rows) == n {
		return rows
	}
	kept(func(row int) { rows = append(rows, row) })
	slices.Sort(rows)
	return slices.Compact(rows)
}

func newPlaces(x mat.Matrix, labels, rows []int) *places {
	p := &places{x: x, labels: labels, rows: rows, of: map[int]int{}}
	for at, r := range rows {
		p.of[r] = at
	}
	return p
}

// place is where a row stands among those shown.
func (p *places) place(row int) int { return p.of[row] }

// points places the rows in the plane of their first two features.
func (p *places) points() Points {
	q := Points{X: Floats{}, Y: Floats{}, Class: []int{}}
	if p.x.Cols < 2 {
		return q
	}
	if len(p.rows) < p.x.Rows {
		q.Row, q.Of = p.rows, p.x.Rows
	}
	if p.x.Cols > 2 {
		q.All = make([]Floats, min(p.x.Cols, max(2, mostChosen/len(p.rows))))
	}
	finite := mat.New(0, 2)
	for _, r := range p.rows {
		x, y := p.x.At(r, 0), p.x.At(r, 1)
		for j := range q.All {
			q.All[j] = append(q.All[j], rounded(p.x.At(r, j), 6))
		}
		q.X, q.Y, q.Class = append(q.X, rounded(x, 6)), append(q.Y, rounded(y, 6)), append(q.Class, p.labels[r])
		// A frame has a width that is a number too.
		if math.Abs(x) < 1e300 && math.Abs(y) < 1e300 {
			finite.Data = append(finite.Data, x, y)
			finite.Rows++
		}
	}
	if finite.Rows > 0 {
		f, _ := frame.Of(finite)
		q.Frame = [4]float64{f.X0, f.X1, f.Y0, f.Y1}
	}
	return q
}

// frame is the part of the plane that is shown; it has no area where there are
// no points.
func (p Points) frame() frame.Frame {
	return frame.Frame{X0: p.Frame[0], X1: p.Frame[1], Y0: p.Frame[2], Y1: p.Frame[3]}
}

// An index finds rows by their bits, the first of several that are alike.
type index map[string]int

func indexRows(x, y mat.Matrix) index {
	ix := index{}
	for i := range x.Rows {
		if key := rowKey(x, y, i); ix.at(key) < 0 {
			ix[key] = i
		}
	}
	return ix
}

// at returns the number of a row, −1 for an unknown one.
func (ix index) at(key string) int {
	if i, ok := ix[key]; ok {
		return i
	}
	return -1
}

// of returns the numbers of the rows of a batch.
func (ix index) of(x, y mat.Matrix) []int {
	list := make([]int, x.Rows)
	for i := range list {
		list[i] = ix.at(rowKey(x, y, i))
	}
	return list
}

// rowKey is row i of x and y.
func rowKey(x, y mat.Matrix, i int) string {
	var b []byte
	for _, m := range []mat.Matrix{x, y} {
		if i < m.Rows {
			for _, v := range m.Row(i) {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
			}
		}
	}
	return string(b)
}
