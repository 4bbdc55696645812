package nn

// WasFused reports whether the current step was fused.
func (s *SGD) WasFused() bool { return s.have == gradients || s.have == stepped }
