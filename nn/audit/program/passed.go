package program

import "glassbox/nn/message"

// passedOver finds, where a value lacks what the next function on the way back gives it,
// that this function was called, that nothing reads what it gave, and that the value is
// read in its stead: it is that reading which is told.
func (s *step) passedOver(f *intervention) {
	if s.blame(f); len(f.pairs) != 1 {
		return
	}
	for w := f.node + 1; w < s.n && w < s.hi; w++ {
		if s.alias[w] || s.size[w] != s.size[f.node] || s.size[w] < 2 || !s.float[w] || s.read(w) {
			continue
		}
		if v := layout(s.val(w), f.want.Shape); v == nil || !alike(factor(v, f.want, s.tolerance()), 1, 1e-6) {
			continue
		}
		for _, c := range s.readers(f.node) {
			if c < w || !s.update[c] {
				continue
			}
			// Where it is read in the function that both are called from.
			path, other, n := s.callsTo(c), s.callsTo(w), 0
			for n < min(len(path), len(other)) && path[len(path)-1-n] == other[len(other)-1-n] {
				n++
			}
			f.place = at(c)
			if k := len(path) - n; k > 0 && path[k-1].File >= 0 {
				f.place = place{node: c, file: path[k-1].File, line: path[k-1].Line}
			}
			text := message.New("`%s` (%s) is meant, not `%s`", s.nameOf(w), s.where(w), s.nameOf(f.node))
			if a, b := s.callsTo(f.node), len(other)-n; b > 0 && len(a) > n {
				text = message.New("what the call at line %d gives is meant, not what that at line %d does", other[b-1].Line, a[len(a)-n-1].Line)
			}
			f.edit = &edit{kind: otherOperand, class: 1, node: c, from: f.node, to: w, slot: -1, text: text}
			return
		}
	}
}

// read reports that something is made of a value, by whatever name.
func (s *step) read(w int) bool {
	for _, c := range s.cons[w] {
		if !s.alias[c] || s.read(c) {
			return true
		}
	}
	return false
}
