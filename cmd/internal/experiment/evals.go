package experiment

// LossPerRow returns the loss a row of the batch in hand, which can be compared
// between batch sizes.
func (v Eval) LossPerRow() float64 { return v.Loss / float64(v.Rows) }

// At returns the last evaluation at or before a step, and false when the run
// ended before it or was not evaluated by then.
func (r Result) At(step int) (Eval, bool) {
	if r.Steps < step {
		return Eval{}, false
	}
	for i := len(r.Evals) - 1; i >= 0; i-- {
		if r.Evals[i].Step <= step {
			return r.Evals[i], true
		}
	}
	return Eval{}, false
}

// Reached returns the first evaluation whose test accuracy is at least as high
// as asked, and false when there is none.
func (r Result) Reached(testAccuracy float64) (Eval, bool) {
	for _, v := range r.Evals {
		if v.TestAccuracy >= testAccuracy {
			return v, true
		}
	}
	return Eval{}, false
}

// Best returns the first evaluation with the highest test accuracy. There must
// be one.
func (r Result) Best() Eval {
	best := r.Evals[0]
	for _, v := range r.Evals {
		if v.TestAccuracy > best.TestAccuracy {
			best = v
		}
	}
	return best
}

// Evenly returns at most most of the indices below n, ascending and evenly
// spread, the first and the last among them.
func Evenly(n, most int) []int {
	list := make([]int, min(n, most))
	for i := range list {
		list[i] = i * (n - 1) / max(len(list)-1, 1)
	}
	return list
}
