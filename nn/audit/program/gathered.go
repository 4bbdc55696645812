package program

import (
	"fmt"
	"math"
	"regexp"
	"slices"

	"glassbox/nn/message"
)

// tellGathered warns where the gradients of several passes, each of which is that of a
// mean over its own rows, are added up to one update, and nothing divides them by the
// passes.
func (j *judge) tellGathered(s *step) {
	stages, right := s.stages(), s.right(nil)
	if len(stages) == 0 {
		return
	}
	last := stages[len(stages)-1]
	for _, p := range s.live {
		if len(right[p]) == 0 || s.size[s.cur[p]] < 3 {
			continue
		}
		at, passes, rows := s.gathered(p, right[p])
		if passes < 2 || rows < 2 {
			return
		}
		// mean reports that a number is one over the rows, or over the elements, of a pass.
		mean := func(c float64) bool {
			return slices.ContainsFunc(s.customs(), func(custom float64) bool {
				return slices.ContainsFunc(append([]int{1}, last.lengths...), func(m int) bool {
					return (m == 1 || m != rows && m != passes) && alike(c*float64(rows*m), custom, 1e-5)
				})
			})
		}
		for i, h := range right[p] {
			if c := math.Abs(h.c) * last.by; i == 0 && !mean(c) || mean(c*float64(passes)) {
				return
			}
		}
		written := regexp.MustCompile(fmt.Sprintf(`\b%d\b`, passes))
		for _, q := range s.region[p] {
			if q > at && written.MatchString(j.source(j.line(q).file, j.line(q).line)) {
				return
			}
			for _, u := range s.in[q] {
				if s.size[u] != 1 || s.forward[u] {
					continue
				}
				for x, in := range s.before([]int{u}, s.isCur) { // a rate for each of the passes
					if in && made(s.op[x]) && s.size[x] == 1 && s.scalar(x) == float64(passes) {
						return
					}
				}
			}
		}
		j.tell(Finding{Severity: "warning", Step: s.k, Relation: "several passes", Cause: "epoch-gradient",
			Text: message.New("the gradients of %d passes, each that of a mean over its %d rows, are added up to one update, and nothing divides them by %d; %s", passes, rows, passes, cause("epoch-gradient")),
			Fix:  message.New("update behind each pass, or divide by %d", passes)}, place{node: at})
		return
	}
}

// gathered is where parameter p's gradient is added up, the number of passes that it is
// added up of, and the rows of one: 0 where a pass is made of what another is made of, as
// in a network that goes on in time.
func (s *step) gathered(p int, right []hit) (node, passes, rows int) {
	node = right[0].node
	var shares [][]bool
	for _, q := range s.region[p] {
		if s.site[q] != s.site[node] || s.op[q] != "add" || len(s.in[q]) != 2 || !slices.Equal(s.callsTo(q), s.callsTo(node)) {
			continue
		}
		passes++
		g := s.in[q][1]
		if len(shares) < 3 {
			shares = append(shares, s.before([]int{g}, s.isCur))
		}
		for range 4 {
			if in := s.in[g]; len(in) == 2 && contractions[s.op[g]] {
				rows = int(math.Round(math.Sqrt(float64(s.size[in[0]]) * float64(s.size[in[1]]) / float64(s.size[g]))))
			} else if len(in) > 0 {
				g = in[0]
				continue
			}
			break
		}
	}
	for i, a := range shares {
		own := false // of the loss
		for q := range a {
			if !a[q] || !s.lossOf[q] || s.isCur[s.root(q)] {
				continue
			}
			own = true
			if slices.ContainsFunc(shares[:i], func(b []bool) bool { return b[q] }) {
				return node, 0, 0
			}
		}
		if !own {
			return node, 0, 0
		}
	}
	return node, passes, rows
}

// tellPartial tells of smaller batches whose gradients are divided by the size of a full
// one: where the loss is the mean over the rows in hand, and the gradients of full batches
// are its derivative, theirs are the share of it that their rows are of a full batch's.
func (j *judge) tellPartial(all []*step) {
	full, of := 0, map[int]*step{}
	for _, s := range all {
		rows, _ := s.lengths()
		if of[rows] == nil {
			of[rows] = s
		}
		full = max(full, rows)
	}
	if s := of[full]; s == nil || !s.loss.computed || j.commonFactor(s) != 0 {
		return
	}
	for _, rows := range keys(of) {
		s := of[rows]
		c := j.commonFactor(s)
		if rows < 1 || rows == full || !s.loss.computed || !alike(c*float64(full), float64(rows), 1e-6) {
			continue
		}
		if q := j.firstScaling(s, c); q >= 0 {
			j.report(s, []updateFault{{node: q, cause: "divided-by-full-batch", text: message.New("the gradients of a batch of %d rows are %d of %d parts of the derivative of its mean loss: they are divided by the size of a full batch", rows, rows, full)}}, "a smaller batch")
			return
		}
	}
}
