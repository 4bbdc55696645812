package program

import (
	"math"
	"slices"
)

// A scoring is one execution of the product of n samples with the weights.
type scoring struct {
	node   int // the product
	w, b   int // the weights as it reads them, and what is added to the score, -1 for nothing
	x      [][]float64
	s      []float64 // the scores, what is added included
	y      []float64 // the labels as -1 and 1, nil where they are not known
	offset float64   // 1 where b is added, -1 where it is taken away
	slot   int       // the weights' operand of the product
	label  int       // the labels
	read   int       // what reads them
}

// A perceptronStep is one step of the weights: the scorings since the one before,
// and by how much they move.
type perceptronStep struct {
	runs   []scoring
	all    []scoring // those of the whole program
	dw     []float64
	db     float64
	w, b   int // the new weights and offset as they are read next
	tol    float64
	tolB   float64
	factor float64 // dw is factor times the rule's direction
}

func (c *perceptronStep) last() *scoring { return &c.runs[len(c.runs)-1] }

// fit is the factor by which u is the step, within the rounding of the
// weights; 0 where it is not.
func (c *perceptronStep) fit(u []float64) float64 {
	if len(u) != len(c.dw) {
		return 0
	}
	uu, ud := 0.0, 0.0
	for i, x := range u {
		uu, ud = uu+x*x, ud+x*c.dw[i]
	}
	if uu == 0 {
		return 0
	}
	f := ud / uu
	for i, x := range u {
		if !(math.Abs(c.dw[i]-f*x) <= c.tol+1e-12*math.Abs(f*x)) {
			return 0
		}
	}
	return f
}

// scorings finds the products of which the operand slot is stepped between
// executions, by the place in the program.
func (j *judge) scorings(slot int) [][]scoring {
	type place struct{ site, size int }
	by := map[place][]int{}
	var order []place
	for i := range j.n {
		if !contractions[j.op[i]] || len(j.in[i]) != 2 || j.site[i] < 0 || !j.float[i] || len(squeezed(j.shapes[j.in[i][slot]])) > 1 {
			continue
		}
		k := place{j.site[i], j.size[j.in[i][slot]]}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], i)
	}
	var out [][]scoring
	for _, k := range order {
		var runs []scoring
		if !j.decides(by[k], slot) {
			continue
		}
		for _, i := range by[k] {
			r, ok := j.scoringAt(i, slot)
			if !ok {
				runs = nil
				break
			}
			runs = append(runs, r)
		}
		if len(runs) > 3 {
			if j.labels(runs); slices.ContainsFunc(runs, func(r scoring) bool { return r.y != nil }) {
				j.readSamples(runs)
				out = append(out, runs)
			}
		}
	}
	return out
}

// decides reports that of products with weights that change nothing enters
// later weights but by a comparison or a sign.
func (j *judge) decides(products []int, slot int) bool {
	weights := map[int]bool{}
	for _, i := range products {
		weights[j.maker(j.in[i][slot])] = true
	}
	if len(weights) < 3 {
		return false
	}
	stop := make([]bool, j.n)
	for i := range j.n {
		stop[i] = constantOps[j.op[i]]
	}
	reached := j.after(products, stop)
	for w := range weights {
		if reached[w] {
			return false
		}
	}
	return true
}

// scoringAt reads one product as the scores of samples.
func (j *judge) scoringAt(i, slot int) (scoring, bool) {
	r := scoring{node: i, w: j.in[i][slot], b: -1, offset: 1, slot: slot}
	x := j.in[i][1-slot]
	d, n := j.size[r.w], j.size[i]
	if d == 0 || n == 0 || j.size[x] != n*d || j.val(x) == nil || j.val(i) == nil || j.val(r.w) == nil {
		return r, false
	}
	top := i
	for _, c := range j.cons[i] {
		if (j.op[c] == "add" || j.op[c] == "sub") && j.size[c] == n && len(j.in[c]) == 2 {
			k := slices.Index(j.in[c], i)
			if o := j.in[c][1-k]; j.size[o] == 1 && o != i && j.val(o) != nil && (j.op[c] == "add" || k == 0) {
				top, r.b = c, o
				if j.op[c] == "sub" {
					r.offset = -1
				}
				break
			}
		}
	}
	v := j.val(top)
	if v == nil || !finite(v) {
		return r, false
	}
	r.s = v.Data
	return r, true
}

// readSamples reads what is scored, once where several scorings read the same.
func (j *judge) readSamples(runs []scoring) {
	read := map[int][][]float64{}
	for t := range runs {
		r := &runs[t]
		q, d, n := j.in[r.node][1-r.slot], j.size[r.w], j.size[r.node]
		if r.x = read[q]; r.x != nil {
			continue
		}
		x := j.val(q)
		for s := range n {
			if r.slot == 1 || len(x.Shape) == 1 {
				r.x = append(r.x, x.Data[s*d:(s+1)*d])
				continue
			}
			row := make([]float64, d)
			for f := range row {
				row[f] = x.Data[f*n+s]
			}
			r.x = append(r.x, row)
		}
		read[q] = r.x
	}
}

// labels finds the values of the two classes that are read after each scoring
// and before the next.
func (j *judge) labels(runs []scoring) {
	type place struct{ site, slot int }
	var made []int
	for _, r := range runs {
		made = append(made, r.w)
	}
	learnt := j.after(made, nil)
	type labels struct {
		y        []float64
		node, by int
	}
	read := map[place]map[int]labels{}
	sources := map[place][]float64{} // the labels of all samples, of which single ones are read
	var order []place
	for t, r := range runs {
		end := j.n
		if t+1 < len(runs) {
			end = runs[t+1].node
		}
		for c := r.node + 1; c < end; c++ {
			for k, q := range j.in[c] {
				if j.size[q] != len(r.s) || learnt[q] || j.op[q] == "const" || j.site[c] < 0 {
					continue
				}
				y := twoClasses(j.val(q))
				if y == nil {
					continue
				}
				p := place{j.site[c], k}
				if read[p] == nil {
					read[p] = map[int]labels{}
					order = append(order, p)
					if j.op[q] == "gather" && len(j.in[q]) == 1 {
						sources[p] = twoClasses(j.val(j.in[q][0]))
					}
				}
				if read[p][t].y == nil {
					read[p][t] = labels{y, q, c}
				}
			}
		}
	}
	// Both classes have to occur: a constant is no label.
	var best place
	most := 0
	for _, p := range order {
		var seen [2]bool
		for _, l := range read[p] {
			for _, x := range l.y {
				seen[b2i(x > 0)] = true
			}
		}
		for _, y := range sources[p] {
			seen[b2i(y > 0)] = true
		}
		if seen[0] && seen[1] && len(read[p]) > most {
			best, most = p, len(read[p])
		}
	}
	if most == 0 {
		return
	}
	// The other places of the program have the same labels.
	for _, p := range slices.Insert(order, 0, best) {
		for t := range runs {
			if l := read[p][t]; runs[t].y == nil && (p == best || len(read[p]) > 2) {
				runs[t].y, runs[t].label, runs[t].read = l.y, l.node, l.by
			}
		}
	}
}

// twoClasses reads labels of -1 and 1, or of 0 and 1, as -1 and 1.
func twoClasses(a *array) []float64 {
	if a == nil || len(a.Data) == 0 {
		return nil
	}
	y := make([]float64, len(a.Data))
	for i, x := range a.Data {
		switch x {
		case 1, -1:
			y[i] = x
		case 0:
			y[i] = -1
		default:
			return nil
		}
	}
	return y
}

// corrections cuts the scorings where the weights or what is added to the score
// move.
func (j *judge) corrections(runs []scoring) []*perceptronStep {
	var out []*perceptronStep
	first := 0
	for t := range len(runs) - 1 {
		r, next := &runs[t], &runs[t+1]
		a, b := j.val(r.w).Data, j.val(next.w).Data
		c := &perceptronStep{runs: runs[first : t+1], all: runs, w: next.w, b: next.b}
		eps := 0x1p-52
		if j.dtype[r.w] == "float32" {
			eps = 0x1p-23
		}
		moved := false
		for i := range a {
			c.dw = append(c.dw, b[i]-a[i])
			c.tol = max(c.tol, 8*eps*(math.Abs(a[i])+math.Abs(b[i])))
			moved = moved || a[i] != b[i]
		}
		if r.b >= 0 && next.b >= 0 {
			p, q := j.scalar(r.b), j.scalar(next.b)
			c.db = (q - p) * r.offset
			c.tolB = 8 * eps * (math.Abs(p) + math.Abs(q))
		}
		if !moved && c.db == 0 {
			continue
		}
		first = t + 1
		if !moved { // the offset alone: a step of zero along the sample
			continue
		}
		out = append(out, c)
	}
	return out
}

// moves reports that what is added to the score is stepped too.
func (j *judge) moves(list []*perceptronStep) bool {
	return slices.ContainsFunc(list, func(c *perceptronStep) bool { return c.db != 0 && c.b >= 0 })
}

// maker is what made a value that a product reads, without choices of elements.
func (j *judge) maker(q int) int {
	for {
		q = j.root(q)
		if j.op[q] != "gather" || len(j.in[q]) != 1 {
			return q
		}
		q = j.in[q][0]
	}
}
