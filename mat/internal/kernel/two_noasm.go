//go:build purego || !amd64

package kernel

func (t *Two) forward()   { twoForwardGo(t) }
func (t *Two) backward()  { twoBackwardGo(t) }
func (t *Two) step() bool { return twoStepGo(t) }
