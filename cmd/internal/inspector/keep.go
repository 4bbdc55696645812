package inspector

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/frame"
	"glassbox/mat"
)

// A keeper chooses the rows whose numbers are kept: the same ones in all steps
// and networks, as far as their batches have them.
type keeper struct {
	lives []*life
	asked map[int]bool
	rank  []int // of each training row, where it stands in the order of worth
}

// newKeeper returns one that keeps the rows asked for, and the one of differs
// if that is in a row.
func newKeeper(lives []*life, samples []int, differs *Place) *keeper {
	d := lives[0].exp.Data
	var ps []mat.Matrix
	for _, l := range lives {
		ps = append(ps, l.exp.Net.Predict(d.TrainX).Clone())
	}
	k := &keeper{lives: lives, asked: map[int]bool{}, rank: ranks(worth(d.TrainX, d.TrainLabels, len(d.Classes), ps...))}
	first := lives[0].rows.of(d.TrainX, d.TrainY)
	for _, r := range samples {
		k.asked[r] = true
		k.asked[first[r]] = true // rows that are alike are found by the first
	}
	if differs != nil && byRow(differs.Tensor) {
		c := lives[1].made[differs.Step]
		k.asked[lives[1].batch(c.x, c.y)[differs.I]] = true
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

// places are the rows that the picture of the data shows.
type places struct {
	x      mat.Matrix // all rows
	labels []int      // of all rows; −1 where it is not known
	rows   []int      // those shown, ascending
	of     map[int]int
}

// places returns the training rows to show: all, or so many of them beside
// those that may be kept.
func (k *keeper) places() *places {
	d := k.lives[0].exp.Data
	rows := experiment.Evenly(d.TrainX.Rows, mostPoints)
	if len(rows) < d.TrainX.Rows {
		for _, l := range k.lives {
			for _, n := range l.steps {
				c := l.made[n]
				s := &source{rows: l.batch(c.x, c.y)}
				for _, i := range k.kept(s, ladder[0]) {
					rows = append(rows, s.rows[i])
				}
			}
		}
		slices.Sort(rows)
		rows = slices.Compact(rows)
	}
	return newPlaces(d.TrainX, d.TrainLabels, rows)
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
	finite := mat.New(0, 2)
	for _, r := range p.rows {
		x, y := p.x.At(r, 0), p.x.At(r, 1)
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
