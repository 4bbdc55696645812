package program

import (
	"slices"
	"strings"

	"glassbox/nn/message"
)

// Steps that are not by a derivative of the loss alone, and are not meant to be.

// underived says why a parameter's step is not held against the derivative of the
// loss where it is not that: it is empty where it should be.
func (j *judge) underived(s *step, p int) message.Text {
	for _, q := range j.params[p] { // what one step is made of all are
		if w := j.instead[q]; !w.IsZero() {
			return w
		}
	}
	why, known := j.instead[s.new[p]]
	if !known {
		why = j.steppedBy(s, p)
		j.instead[s.new[p]] = why
	}
	return why
}

// steppedBy says what else than a derivative a parameter's step is made of.
func (j *judge) steppedBy(s *step, p int) message.Text {
	if q := s.drawn(); q >= 0 {
		return message.New("the loss passes by a choice at random (%s), which has no derivative", j.where(q))
	}
	if q := s.goesOn(p); q >= 0 {
		return message.New("it goes on along its last change (%s) between two steps, as accelerated methods do", j.where(q))
	}
	if q := s.traced(p); q >= 0 {
		return message.New("its step is an error times what is carried on from derivatives of steps before (%s), as with eligibility traces", j.where(q))
	}
	if q := s.tried(p); q >= 0 {
		return message.New("it goes to a point that was tried before (%s), along what was made of earlier ones, as in a line search", j.where(q))
	}
	ofLoss := s.before(keys(s.loss.seeds), nil)
	versions := j.versions() // how a parameter began is no part of its step
	versions[s.new[p]] = false
	for q, in := range s.before([]int{s.new[p]}, versions) {
		switch {
		case !in:
		case s.attr(q).Moved:
			return message.New("its step is made of differences of the loss, an element being moved at a time (%s)", j.where(q))
		case s.site[q] == s.site[s.loss.node] && s.loss.computed && s.size[q] == 1 && s.float[q]:
			return message.New("its step is made of values of the loss (%s), not of a derivative", j.where(q))
		case s.loss.computed && !ofLoss[q] && s.drawnBy(q):
			return message.New("its step is made of what is chosen at random (%s), not of a derivative of the loss", j.where(q))
		case !ofLoss[q] && inverting[strings.TrimPrefix(s.op[q], "opaque:")]:
			return message.New("its step passes by `%s` (%s), as in Newton's method", j.text(q), j.where(q))
		}
	}
	return message.Text{}
}

// goesOn is the change of a parameter from an earlier array to what it is now, where its
// step adds a multiple of that and nothing else; -1 where it is not made so.
func (s *step) goesOn(p int) int {
	now, x := s.root(s.cur[p]), s.root(s.new[p])
	for k, q := range s.in[x] {
		if s.op[x] != "add" || s.root(s.in[x][1-k]) != now || s.op[q] != "mul" {
			continue
		}
		for _, d := range s.in[q] {
			if s.op[d] == "sub" && s.size[d] == s.size[x] && s.root(s.in[d][0]) == now && s.in[d][1] < now {
				return d
			}
		}
	}
	return -1
}

// tried is where the step of a parameter went before it was made, to see what the loss is
// there, where nothing else in it is made of the parameter; -1 where it did not.
func (s *step) tried(p int) int {
	x, made := s.val(s.new[p]), s.after([]int{s.cur[p]}, nil)
	if x == nil || s.older == nil {
		return -1
	}
	along := false
	for _, q := range s.region[p] {
		if made[q] && !s.isNew[q] {
			return -1
		}
		along = along || s.older[q] && !s.isNew[q]
	}
	if !along {
		return -1
	}
	for q := s.begin; q < s.root(s.new[p]); q++ {
		if v := s.val(q); s.forward[q] && !s.isCur[q] && s.size[q] == len(x.Data) && slices.Contains(s.in[q], s.cur[p]) && v != nil && slices.Equal(v.Data, x.Data) {
			return q
		}
	}
	return -1
}

// traced finds where a parameter's step multiplies, by a number that the loss is made of,
// a value that the same line made in the step before too, and that goes on from there; -1
// where there is none.
func (s *step) traced(p int) int {
	sites := map[int]bool{}
	for _, q := range s.region[p] {
		sites[s.site[q]] = sites[s.site[q]] || !s.isNew[q]
	}
	for _, q := range s.region[p] {
		for k, u := range s.in[q] {
			if s.op[q] != "mul" || len(s.in[q]) != 2 || !s.shareOfLoss(u) {
				continue
			}
			todo, seen := []int{s.in[q][1-k]}, map[int]bool{}
			for len(todo) > 0 {
				x := todo[len(todo)-1]
				todo = todo[:len(todo)-1]
				switch {
				case seen[x] || s.isCur[x] || s.size[x] != s.size[q]:
				case x < s.begin:
					if !made(s.op[x]) && sites[s.site[x]] {
						return q
					}
				default:
					todo = append(todo, s.in[x]...)
				}
				seen[x] = true
			}
		}
	}
	return -1
}

// shareOfLoss reports that a number is a share of the loss, perhaps times others.
func (s *step) shareOfLoss(u int) bool {
	return s.size[u] == 1 && !s.isCur[u] && (s.lossOf[u] ||
		(s.op[u] == "mul" || s.op[u] == "neg") && s.forward[u] && slices.ContainsFunc(s.in[u], s.shareOfLoss))
}

// estimated says that the steps of a player are made of differences of a loss, where
// they are.
func (j *judge) estimated(pl player) message.Text {
	if len(pl.steps) < 2 || len(j.moved) == 0 {
		return message.Text{}
	}
	s := j.newStep(pl.steps, 1, len(j.params), j.states, pl.fixed)
	for _, q := range j.moved {
		if s.update[q] {
			return message.New("the steps are made of differences of the loss, an element being moved at a time (%s): there is no derivative to be judged", j.where(q))
		}
	}
	return message.Text{}
}

// Operations by which a gradient is divided by a matrix.
var inverting = setOf("inv", "solve", "pinv", "lstsq", "cholesky", "cho_solve", "eigh", "eig", "svd", "qr", "solve_triangular", "tensorsolve", "tensorinv")

// drawn is where the loss comes to depend on the parameters by a comparison of what
// is made of them with random numbers, as sampled units are made; -1 if nowhere.
func (s *step) drawn() int {
	for q := s.begin; q < s.hi && q < s.n; q++ {
		if s.lossOf[q] && s.drawnBy(q) {
			return q
		}
	}
	return -1
}

// drawnBy reports that a value is drawn from what is made of the parameters, or is a
// comparison of that with random numbers.
func (s *step) drawnBy(q int) bool {
	if random(s.op[q]) && slices.ContainsFunc(s.in[q], func(x int) bool { return s.forward[x] }) {
		return true
	}
	if s.op[q] != "cmp" {
		return false
	}
	for k, x := range s.in[q] {
		if random(s.op[s.root(x)]) && s.forward[s.in[q][1-k]] {
			return true
		}
	}
	return false
}
