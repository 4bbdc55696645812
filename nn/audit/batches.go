package audit

import (
	"encoding/binary"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/message"
)

// What the batches of a trace are beside each other: rows and labels that do not
// belong together show only where a row comes again.

// acrossBatches looks at the rows and labels of all steps.
func acrossBatches(judges []*judge) {
	judges = slices.DeleteFunc(slices.Clone(judges), func(j *judge) bool { x, y := j.s.T["x"], j.s.T["y"]; return x.Rows == 0 || x.Rows != y.Rows })
	if len(judges) == 0 {
		return
	}
	s := newSamples(judges)
	s.otherLabels()
	s.labelsRepeat()
	s.classes()
	s.rows()
	s.features()
	s.unrelated()
	fallingRate(judges)
	if j := judges[0]; j.s.Number == 0 {
		j.sureAtOnce()
	}
}

// samples are the rows of a trace's steps.
type samples struct {
	judges []*judge
	keys   [][]string  // of each step's rows: their bits
	labels [][]string  // of each step's labels
	of     [][]float64 // each row of the data once, in the order in which they come,
	class  []string    // with the label that it has first
	times  map[string]int
	whole  map[string]bool // rows of whole numbers: they may well be alike by chance
}

func newSamples(judges []*judge) *samples {
	s := &samples{judges: judges, times: map[string]int{}, whole: map[string]bool{}}
	for _, j := range judges {
		x, y := j.s.T["x"], j.s.T["y"]
		var keys, labels []string
		for i := range x.Rows {
			key, label := bits(x.Row(i)), bits(y.Row(i))
			keys, labels = append(keys, key), append(labels, label)
			if s.times[key]++; s.times[key] == 1 {
				s.of, s.class = append(s.of, x.Row(i)), append(s.class, label)
			}
			s.whole[key] = !slices.ContainsFunc(x.Row(i), func(v float64) bool { return v != math.Trunc(v) })
		}
		s.keys, s.labels = append(s.keys, keys), append(s.labels, labels)
	}
	return s
}

// bits are those of a row's numbers.
func bits(row []float64) string {
	b := make([]byte, 0, 8*len(row))
	for _, v := range row {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return string(b)
}

// again reports that a step has a row twice.
func (s *samples) again(step int) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(s.keys[step])))) < len(s.keys[step])
}

// otherLabels looks for rows that come with another label than before. Rows of
// whole numbers tell nothing, and labels that are no classes may be meant to change.
func (s *samples) otherLabels() {
	first := map[string]string{}
	for k, j := range s.judges {
		y := j.s.T["y"]
		if !isOneHot(y) && !isSigns(y) {
			return
		}
		again, other := 0, map[int]bool{}
		for i, key := range s.keys[k] {
			label, seen := first[key]
			if s.whole[key] {
				continue
			}
			if !seen {
				first[key] = s.labels[k][i]
				continue
			}
			again++
			if label != s.labels[k][i] {
				other[i] = true
			}
		}
		if len(other) >= 3 && 4*len(other) >= again {
			c := comparison{at: elementsOf(y, func(e int) bool { return other[e/y.Cols] })}
			j.report("error", "y", c, "labels-of-other-rows", message.New("%s (of %d rows that came before, %d have another label now)", faultText("labels-of-other-rows"), again, len(other)))
			return
		}
	}
}

func isSigns(y mat.Matrix) bool {
	return !slices.ContainsFunc(y.Data, func(v float64) bool { return v != 1 && v != -1 })
}

// labelsRepeat looks for labels that stay while the rows become others. Rows that
// are changed a little, as by noise, are the same; and labels in an order that is
// made, by blocks or in turn, are so in every batch.
func (s *samples) labelsRepeat() {
	if len(s.judges) < 3 || inOrderMade(s.labels[0]) {
		return
	}
	first := s.judges[0].s.T["x"]
	for k := 1; k < len(s.judges); k++ {
		x := s.judges[k].s.T["x"]
		if !slices.Equal(s.labels[k], s.labels[0]) || !sameShape(x, first) {
			return
		}
		near, far := 0.0, 0.0
		for i := range x.Rows {
			near += apart(x.Row(i), first.Row(i))
			far += apart(x.Row(i), first.Row((i+x.Rows/2)%x.Rows))
		}
		if near < far/2 {
			return
		}
	}
	j := s.judges[1]
	j.report("error", "y", comparison{at: allElements(j.s.T["y"])}, "labels-repeat", message.New("%s (%d labels, in all %d steps)", faultText("labels-repeat"), len(s.labels[0]), len(s.judges)))
}

// apart is the squared distance between two rows.
func apart(a, b []float64) (d float64) {
	for k, v := range a {
		d += (v - b[k]) * (v - b[k])
	}
	return d
}

// inOrderMade reports labels that come in turn or in blocks, or are too few to tell.
func inOrderMade(labels []string) bool {
	if len(labels) < 12 {
		return true
	}
	blocks := 1
	for i := 1; i < len(labels); i++ {
		if labels[i] != labels[i-1] {
			blocks++
		}
	}
	if kinds := len(slices.Compact(slices.Sorted(slices.Values(labels)))); blocks <= kinds {
		return true
	}
	for period := 1; period <= len(labels)/2; period++ {
		if slices.Equal(labels[period:], labels[:len(labels)-period]) {
			return true
		}
	}
	return false
}

// classes looks for batches of one class each, and for a class that no row has.
func (s *samples) classes() {
	count := make([]int, s.judges[0].s.T["y"].Cols)
	one, rows := true, 0
	for k, j := range s.judges {
		y := j.s.T["y"]
		if len(count) < 2 || len(count) > 20 || y.Cols != len(count) || !isOneHot(y) || j.t.output != nil {
			return
		}
		for i := range y.Rows {
			c := slices.Index(y.Row(i), 1)
			if c < 0 {
				return
			}
			count[c]++
		}
		rows += y.Rows
		one = one && y.Rows >= 8 && !slices.ContainsFunc(s.labels[k], func(l string) bool { return l != s.labels[k][0] })
	}
	j := s.judges[0]
	y := j.s.T["y"]
	missing := slices.Index(count, 0)
	used := len(count) - len(slices.DeleteFunc(slices.Clone(count), func(n int) bool { return n > 0 }))
	switch {
	case one && len(s.judges) > 2 && used > 1:
		j.report("warning", "y", comparison{at: allElements(y)}, "batches-of-one-class", message.New("%s (%d batches, %d classes)", faultText("batches-of-one-class"), len(s.judges), used))
	case missing >= 0 && used > 1 && len(s.of) >= 20*len(count):
		j.report("warning", "y", comparison{at: elementsOf(y, func(e int) bool { return e%y.Cols == missing })}, "class-missing", message.New("%s: class %d, in %d rows", faultText("class-missing"), missing, rows))
	}
}

// rows looks for rows that come more often than they should.
func (s *samples) rows() {
	j, x := s.judges[0], s.judges[0].s.T["x"]
	telling := slices.DeleteFunc(slices.Clone(s.keys[0]), func(key string) bool { return s.whole[key] })
	n, once := len(telling), len(slices.Compact(slices.Sorted(slices.Values(telling))))
	if once < 8 {
		return
	}
	if each := n / once; each > 1 && each*once == n {
		count := map[string]int{}
		for _, key := range telling {
			count[key]++
		}
		same := true
		for _, c := range count {
			same = same && c == each
		}
		if same {
			j.report("warning", "x", comparison{at: allElements(x)}, "rows-doubled", message.New("%s (each %d times in this batch)", faultText("rows-doubled"), each))
			return
		}
	}
	same := len(s.judges) > 2 && n-once >= 2 && 100*(n-once) >= 3*n
	for k := range s.judges {
		same = same && slices.Equal(s.keys[k], s.keys[0])
	}
	if same {
		j.report("warning", "x", comparison{at: allElements(x)}, "same-batch-each-step", message.New("%s (%d rows, some of them twice as only a draw has them, and the same draw in %d steps)", faultText("same-batch-each-step"), n, len(s.judges)))
		return
	}
	s.overlap()
}

// overlap looks for batches each of which begins with the last rows of the one
// before.
func (s *samples) overlap() {
	shared, pairs := 0, 0
	for k := 1; k < len(s.judges); k++ {
		if s.judges[k].s.Number != s.judges[k-1].s.Number+1 {
			continue
		}
		a, b := s.keys[k-1], s.keys[k]
		if s.again(k) || len(b) < 4 {
			return
		}
		at := slices.Index(a, b[0])
		if at <= 0 || len(a)-at < 2 || len(a)-at > len(b) || !slices.Equal(a[at:], b[:len(a)-at]) || pairs > 0 && shared != len(a)-at {
			return
		}
		shared = len(a) - at
		pairs++
	}
	if pairs > 1 {
		j := s.judges[1]
		x := j.s.T["x"]
		j.report("warning", "x", comparison{at: elementsOf(x, func(e int) bool { return e/x.Cols < shared })}, "batches-overlap", message.New("%s (%d of %d)", faultText("batches-overlap"), shared, x.Rows))
	}
}

// features looks for a column that is one number throughout. A 1 stands for the
// bias, and a 0 for what is not there.
func (s *samples) features() {
	if len(s.of) < 20 {
		return
	}
	first := s.of[0]
	for c, v := range first {
		if v == 0 || v == 1 || slices.ContainsFunc(s.of, func(row []float64) bool { return len(row) != len(first) || row[c] != v }) {
			continue
		}
		j := s.judges[0]
		x := j.s.T["x"]
		j.report("warning", "x", comparison{at: elementsOf(x, func(e int) bool { return e%x.Cols == c })}, "feature-constant", message.New("%s (column %d is %.4g in all %d rows)", faultText("feature-constant"), c, v, len(s.of)))
		return
	}
}

// unrelated notes labels that have no more to do with the rows than chance: of each
// row's nearest other row they are the same no more often than of any two.
func (s *samples) unrelated() {
	const most, columns = 400, 40
	rows, class := s.of[:min(len(s.of), most)], s.class
	if len(rows) < 60 || len(rows[0]) > columns {
		return
	}
	for _, j := range s.judges {
		if !isOneHot(j.s.T["y"]) && !isSigns(j.s.T["y"]) {
			return
		}
	}
	d, n := len(rows[0]), float64(len(rows))
	scales := make([]float64, d)
	for c := range scales {
		mean, square := 0.0, 0.0
		for _, row := range rows {
			if len(row) != d {
				return
			}
			mean += row[c] / n
		}
		for _, row := range rows {
			square += (row[c] - mean) * (row[c] - mean) / n
		}
		if square > 0 {
			scales[c] = 1 / square
		}
	}
	count := map[string]float64{}
	agree := 0.0
	for i, row := range rows {
		count[class[i]]++
		best, least := -1, math.Inf(1)
		for k, other := range rows {
			if k == i {
				continue
			}
			dist := 0.0
			for c, v := range row {
				dist += (v - other[c]) * (v - other[c]) * scales[c]
			}
			if dist < least {
				best, least = k, dist
			}
		}
		if best >= 0 && class[best] == class[i] {
			agree++
		}
	}
	chance, top := 0.0, 0.0
	for _, c := range count {
		chance += c / n * c / n
		top = max(top, c/n)
	}
	if top < 0.8 && agree/n <= chance+2*math.Sqrt(chance*(1-chance)/n) {
		s.judges[0].note(message.New("the labels seem to have nothing to do with the rows: a row's nearest has its label in %.0f %% of %d, and any two rows have the same in %.0f %%. Were they shuffled apart?", 100*agree/n, len(rows), 100*chance))
	}
}

// fallingRate looks for a rate that falls by one factor in every step, of batches
// that are parts of an epoch.
func fallingRate(judges []*judge) {
	var fits []*judge
	for _, j := range judges {
		if j.stepRate > 0 {
			fits = append(fits, j)
		}
	}
	if len(fits) < 4 || len(fits) < len(judges) {
		return
	}
	a, b := fits[0], fits[1]
	c := math.Pow(b.stepRate/a.stepRate, 1/float64(b.s.Number-a.s.Number))
	if !(c < 0.97) {
		return
	}
	for _, j := range fits {
		if want := a.stepRate * math.Pow(c, float64(j.s.Number-a.s.Number)); !(math.Abs(j.stepRate/want-1) < 1e-6) {
			return
		}
	}
	rows := func(j *judge) []string {
		x := j.s.T["x"]
		var keys []string
		for i := range x.Rows {
			keys = append(keys, bits(x.Row(i)))
		}
		return slices.Sorted(slices.Values(keys))
	}
	if slices.Equal(rows(a), rows(b)) {
		return // each step may be an epoch
	}
	to := ""
	for _, m := range b.moves() {
		to = m.to
		break
	}
	b.report("warning", to, comparison{}, "decay-each-step", message.New("%s (it is %.4g times the one before in every step: after 100 steps %.4g of the first)", faultText("decay-each-step"), c, math.Pow(c, 100)))
}
