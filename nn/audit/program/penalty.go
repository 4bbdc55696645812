package program

import (
	"slices"

	"glassbox/nn/message"
)

// A term of the backward pass that the loss has not may be meant: the derivative
// of a penalty on the value that the gradient is by, where what is printed is the
// loss without it. A variational autoencoder's divergence is such, and an activity
// penalty.

// penalty is the term that an intervention finds too many, -1 where there is none
// or it is made of more than the value that the derivative is by.
func (s *step) penalty(f *intervention) int {
	s.blame(f)
	if f.edit == nil || f.edit.kind != termTooMany {
		return -1
	}
	terms := []int{f.edit.to}
	if n := f.edit.node; f.edit.to < 0 && len(s.in[n]) == 2 {
		terms = s.in[n]
	}
	for _, q := range terms {
		if q >= 0 && !s.lossOf[q] && len(f.m.of(q)) == 0 && s.madeOfAlone(q, f.about) {
			return q
		}
	}
	return -1
}

// Operations that a penalty's derivative is made by, element by element.
var ownOps = setOf("add", "sub", "mul", "div", "neg", "copy", "gather", "concatenate", "stack", "setitem", "exp", "log", "sqrt", "square", "pow", "abs", "sign", "reciprocal", "maximum", "minimum", "clip", "where", "cmp")

// Operations that hand states on from one step to the next.
var carrying = setOf("copy", "gather", "stack")

// madeOfAlone reports that value q is a function of the forward value of, element
// by element or by its length, of the same value at other times, as what steadies a
// recurrent network's states is, and of numbers; parameters may have been added to it
// on the way, as biases are.
func (s *step) madeOfAlone(q, of int) bool {
	reached := false
	seen, todo := map[int]bool{}, []int{q}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch {
		case seen[x]:
		case x == of || s.original(s.root(x)) == s.original(s.root(of)) || s.readAgain(x, of) || slices.Contains(s.in[x], of) && (s.op[x] == "add" || s.op[x] == "sub") && s.lossOf[x]:
			reached = true
		case !s.forward[x] && s.size[x] == 1 || s.op[x] == "create:zeros" || s.site[s.root(x)] == s.site[s.root(of)]:
		case len(seen) > 1000 || s.isCur[x] || !s.forward[x] && !carrying[s.op[x]] || !ownOps[s.op[x]] && !(s.size[x] == 1 && measures[s.op[x]]):
			return false
		default:
			todo = append(todo, s.in[x]...)
		}
		seen[x] = true
	}
	return reached
}

// readAgain reports that x and of are the same elements of one array.
func (s *step) readAgain(x, of int) bool {
	v, w := s.val(x), s.val(of)
	return s.op[x] == "gather" && s.op[of] == "gather" && s.in[x][0] == s.in[of][0] && v != nil && w != nil && slices.Equal(v.Data, w.Data)
}

// tellPenalty says of a term that the loss has not what it seems to be.
func (j *judge) tellPenalty(s *step, f *intervention, term int) {
	j.tell(Finding{Severity: "note", Step: s.k, Relation: "a penalty", Text: message.New("`%s` is added to the derivative by `%s` and is made of that value alone, as the derivative of a penalty is: the loss at %s has no penalty, so this share is not judged",
		j.nameOf(term), j.nameOf(f.about), j.where(s.loss.node))}, at(f.node))
}

// withPenalties is the loss that best is only a part of, where all that the program
// adds to it are penalties on the parameters or on values of the same pass, element by
// element, and where nothing makes up for them behind the gradients: those that lack a
// penalty's share are not the derivative of what the program computes, though all may be
// that of the part.
func (s *step) withPenalties(best *loss, list []*loss) *loss {
	s.setLoss(best)
	right := s.right(nil)
	all := len(s.wrong(right)) == 0
	per := func(k float64) bool { // the gradients are k times the derivative of the part
		return all && !slices.ContainsFunc(s.live, func(p int) bool {
			return len(right[p]) > 0 && !slices.ContainsFunc(right[p], func(h hit) bool { return alike(h.c, k, 1e-6) })
		})
	}
	for _, l := range list {
		if l == best || l.guarded != best.guarded || !s.addsPenalties(best, l) || !s.servesOnly(best.node, l) {
			continue
		}
		s.setLoss(l)
		wrong := s.wrong(s.right(nil))
		if a, _ := s.derivativeOf(best.node); a.v == nil || a.v.Data[0] != 1 && !per(a.v.Data[0]) || !all && l.right < best.right {
			continue // it is no sum with it, nor with its mean
		}
		if len(wrong) > 0 && !slices.ContainsFunc(wrong, s.decaysApart) {
			l.whole = all && !slices.ContainsFunc(wrong, func(p int) bool {
				return slices.ContainsFunc(s.region[p], func(q int) bool {
					return slices.ContainsFunc(s.in[q], func(o int) bool { return s.ownShare(p, o) })
				})
			})
			return l
		}
	}
	s.setLoss(best)
	return best
}

// addsPenalties reports that loss l is more than best, and that what it has more is made
// element by element of single arrays that best has, or the parameters, and summed.
func (s *step) addsPenalties(best, l *loss) bool {
	for q := range best.seeds {
		if l.node <= q || !l.made[q] {
			return false
		}
	}
	for q, in := range l.made {
		if !in || best.made[q] || s.isCur[q] || !s.forward[q] || s.alias[q] {
			continue
		}
		if op := s.op[q]; !ownOps[op] && op != "sum" && op != "mean" && op != "norm" {
			return false
		}
	}
	return true
}

// servesOnly reports that a number goes nowhere but into loss l.
func (s *step) servesOnly(q int, l *loss) bool {
	for _, k := range s.kept {
		if k.node == q && k.kind != "return" && k.kind != "name" {
			return false
		}
	}
	return !slices.ContainsFunc(s.cons[q], func(c int) bool { return !l.made[c] })
}

// decaysApart reports that parameter p is made smaller by something else than a share
// that is added to its gradient.
func (s *step) decaysApart(p int) bool {
	moved := s.movedOn(p)
	return slices.ContainsFunc(s.region[p], func(q int) bool {
		return slices.ContainsFunc(s.in[q], func(o int) bool {
			if moved[s.root(o)] {
				return (s.op[q] == "mul" || s.op[q] == "div") && s.apart(p, q, moved)
			}
			return s.zone[p][q] && s.ownShare(p, o)
		})
	})
}

// apart reports that a share q of parameter p itself goes into its new value by another
// way than with the gradient: added to the moved parameter, to what moments have given or
// to what was clipped or to the signs alone, or in the parameter's own place.
func (s *step) apart(p, q int, moved map[int]bool) bool {
	type way struct {
		node   int
		joined bool // something else was added
	}
	seen, todo := map[way]bool{}, []way{{q, false}}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x] {
			continue
		}
		seen[x] = true
		last := true
		for _, c := range s.cons[x.node] {
			if !s.inRegion[p][c] {
				continue
			}
			last = false
			next := way{c, x.joined}
			if o := s.op[c]; (o == "add" || o == "sub") && len(s.in[c]) == 2 {
				other := s.in[c][0] + s.in[c][1] - x.node
				if s.zone[p][c] || s.op[other] == "clip" || s.op[other] == "sign" || moved[s.root(other)] {
					if !x.joined {
						return true
					}
					continue
				}
				next.joined = true
			}
			todo = append(todo, next)
		}
		if last {
			return true
		}
	}
	return false
}

// decay is the number that parameter p is multiplied by in a value made of it
// alone, 0 where the value is no such multiple.
func (s *step) decay(p int, v *array) float64 {
	w := s.val(s.cur[p])
	if v == nil || w == nil || len(v.Data) != len(w.Data) || s.single(p) {
		return 0
	}
	return factor(v, w, s.tolerance())
}

// penalised is the decay that a penalty in the loss gives parameter p, and the
// operation of the penalty that reads it.
func (s *step) penalised(p int) (k float64, by int) {
	for _, u := range s.cons[s.cur[p]] {
		if !s.lossOf[u] || !s.ownTerm(p, u) && s.size[u] > 1 {
			continue
		}
		for j, x := range s.in[u] {
			if x != s.cur[p] {
				continue
			}
			if a := s.handedOn(u, j); a.v == nil {
				continue
			} else if d := s.decay(p, a.v); d != 0 {
				k, by = k+d, u
			}
		}
	}
	return k, by
}

// decayed is the decay that the backward pass adds to a value v that is c times
// parameter p's gradient, and where it is added; 0 where there is none.
func (s *step) decayed(p, v int, c float64) (k float64, at int) {
	for _, q := range s.cons[v] {
		if !s.inRegion[p][q] || s.isNew[q] || s.zone[p][q] || s.op[q] != "add" || len(s.in[q]) != 2 {
			continue
		}
		o := s.in[q][0] + s.in[q][1] - v
		if s.size[o] == s.size[v] && s.ownTerm(p, o) {
			return s.decay(p, s.value(o)) / c, q
		}
	}
	return 0, -1
}

// tellUnpenalised tells of parameters whose gradient has the share of a penalty
// that the loss has of others alone, with the very same constant; and reports that
// the gradients of those others, the wrong ones, lack nothing but that share.
func (j *judge) tellUnpenalised(s *step, wrong []int) bool {
	if !s.loss.computed {
		return false
	}
	var common []float64
	by, penalised := -1, map[int]bool{}
	for _, p := range s.live {
		k, u := s.penalised(p)
		penalised[p] = k != 0
		if k != 0 && !s.trivial[p] && (wrong == nil || slices.Contains(wrong, p) && s.rightWithout(p, k)) {
			common, by = append(common, k), u
		}
	}
	if by < 0 || len(common) < len(wrong) {
		return false
	}
	right := s.right(nil)
	for _, p := range s.live {
		if penalised[p] {
			continue
		}
		for _, h := range right[p] {
			k, q := s.decayed(p, h.node, h.c)
			if k == 0 || !slices.ContainsFunc(common, func(c float64) bool { return alike(k, c, 1e-6) }) {
				continue
			}
			f := Finding{Severity: "warning", Step: s.k, Relation: "another loss",
				Text: message.New("the penalty leaves `%s` out, whose gradient (%s) has the share of it that those of the others have", j.names[p], j.where(q))}
			if len(wrong) > 0 {
				f.Severity = "error"
				f.Text = message.New("the loss has the penalty of %s, the gradients have the share of that of `%s` (%s)", j.listed(wrong), j.names[p], j.where(q))
			}
			j.tell(f, at(by))
			return true
		}
	}
	return false
}

// rightWithout reports that parameter p's gradient is the derivative without the
// decay k.
func (s *step) rightWithout(p int, k float64) bool {
	a := s.ad[s.cur[p]]
	x := newIndex(s.prec, &s.dirs)
	x.add(0, adjoint{v: plus(a.v, -k, s.val(s.cur[p])), err: a.err})
	x.done()
	return slices.ContainsFunc(s.region[p], func(q int) bool {
		return !s.isNew[q] && !s.zone[p][q] && !s.partial[p][q] && s.value(q) != nil && len(x.find(s.value(q))) > 0
	})
}
