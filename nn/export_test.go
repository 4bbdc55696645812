package nn

// WasFused reports whether the step in hand was taken in one piece.
func (s *SGD) WasFused() bool { return s.hand == gradients || s.hand == stepped }
