package program

// An overshot is a first step that a factor of all gradients makes too long: the loss of
// its rows before it, behind it, and behind one without the factor.
type overshot struct{ before, after, without float64 }

// overshoots finds that the loss of the first step's rows is higher behind it, where one
// that is c times shorter lowers it, and that those of most steps after it are no lower
// either: the rate does not take up the factor. Of steps that are no multiple of the
// gradient nothing is said.
func overshoots(all []*step, c float64) *overshot {
	s := all[0]
	if s.k > 0 || len(all) < 4 || !s.loss.computed {
		return nil
	}
	whole, shorter := map[int]*array{}, map[int]*array{}
	right := s.right(nil)
	for _, p := range s.live {
		h, cur, next := right[p], s.value(s.cur[p]), s.value(s.new[p])
		if s.trivial[p] || cur == nil || next == nil {
			continue
		}
		next = layout(next, cur.Shape)
		moved := plus(next, -1, cur)
		if len(h) == 0 {
			return nil
		}
		g := layout(s.value(h[0].node), cur.Shape)
		x, off, ok := leastSquares([][]float64{g.Data, cur.Data}, moved.Data) // perhaps with a decay
		if !ok || off > exactFit {
			if x, off, ok = leastSquares([][]float64{g.Data}, moved.Data); !ok || off > exactFit {
				return nil
			}
		}
		whole[s.cur[p]], shorter[s.cur[p]] = next, plus(next, x[0]*(1/c-1), g)
	}
	before, known := s.lossWith(nil)
	after, _ := s.lossWith(whole)
	without, ok := s.lossWith(shorter)
	if !known || !ok || len(whole) == 0 || !(after > before) || !(without < before) {
		return nil
	}
	higher := 0
	for _, x := range all[1:] {
		l, ok := x.lossWith(nil)
		higher += b2i(ok && !(l < before))
	}
	if 2*higher <= len(all)-1 {
		return nil
	}
	return &overshot{before, after, without}
}

// lossWith is the loss of a step's rows with other values in the place of some; ok is
// false where it cannot be computed again.
func (s *step) lossWith(put map[int]*array) (sum float64, ok bool) {
	var nodes []int
	for q := s.begin; q < min(s.hi, s.n); q++ {
		if s.lossOf[q] && !s.isCur[q] {
			nodes = append(nodes, q)
		}
	}
	changed := map[int]*array{}
	if len(put) > 0 {
		if changed, _ = s.rerun(nodes, put, nil, s.value, func(int) func([]*array) *array { return nil }); changed == nil {
			return 0, false
		}
	}
	for q, seed := range s.loss.seeds {
		v := changed[q]
		if v == nil {
			if v = s.value(q); v == nil {
				return 0, false
			}
		}
		for i, x := range v.Data {
			sum += seed.Data[i%len(seed.Data)] * x
		}
	}
	return sum, true
}
