package inspector

import (
	"cmp"
	"math"
	"slices"

	"glassbox/mat"
)

// worth orders the rows of x by how much they are worth looking at. Each p has
// a prediction for every row, of which labels are right: the rows nearest to
// the decision boundary, the most wrong and the most sure ones of each class
// in turn, apart from each other; then all others, the least sure first.
func worth(x mat.Matrix, labels []int, classes int, ps ...mat.Matrix) []int {
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
	v := visitor{x: x, taken: make([]bool, x.Rows)}
	v.apart = 0.08 * extent(x)
	for more := true; more && len(v.order) < chosen; {
		more = false
		for _, q := range queues {
			more = v.take(q) || more
		}
	}
	var rest []int
	for i, taken := range v.taken {
		if !taken {
			rest = append(rest, i)
		}
	}
	slices.SortStableFunc(rest, func(a, b int) int { return cmp.Compare(judge(ps[0], labels, a).margin, judge(ps[0], labels, b).margin) })
	return append(v.order, rest...)
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

// A visitor takes rows one after the other, none near another if it can.
type visitor struct {
	x     mat.Matrix
	apart float64
	taken []bool
	order []int
}

// take adds the first row of the queue that is not near one that was taken, or
// else the first that was not taken, and reports whether there was any.
func (v *visitor) take(queue []int) bool {
	pick := -1
	for _, i := range queue {
		if v.taken[i] {
			continue
		}
		if pick < 0 {
			pick = i
		}
		if !slices.ContainsFunc(v.order, func(o int) bool { return distance(v.x.Row(i), v.x.Row(o)) < v.apart }) {
			pick = i
			break
		}
	}
	if pick < 0 {
		return false
	}
	v.taken[pick] = true
	v.order = append(v.order, pick)
	return true
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
