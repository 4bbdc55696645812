package audit

// memory is what the judges of a trace's steps tell each other.
type memory struct {
	tried           map[string]int // searches for two mistakes at once that found none, by operation
	seen            float64        // the rate that an earlier step was seen to use,
	seenError       float64        // and how far off it may be
	even            bool           // the first update moves every number by the same length
	rates           []otherRate
	undeclared      []undeclared
	dividesAtUpdate bool // an update was seen to divide by N
	kept            int  // elements of the tensors whose findings say which are off
}

// keptElements bounds what the findings of a trace hold beside it: 64 MB of
// expected numbers and at most as much of places.
const keptElements = 1 << 23

// room reports whether a finding of a tensor of n elements may say which are
// off, and counts them.
func (m *memory) room(n int) bool {
	if m.kept+n > keptElements {
		return false
	}
	m.kept += n
	return true
}

// otherRate is a step whose update fits ratio times the declared rate.
type otherRate struct {
	step   int
	tensor string
	ratio  float64
}

// undeclared is a step with a mean loss, a summed gradient and a fitted rate.
type undeclared struct {
	s    *Step
	N    int
	rate float64
}

// mayTry and tells bound the searches for two mistakes at once, which are many:
// what two of them did not explain, a third will not either.
func (m *memory) mayTry(op string) bool { return m.tried[op] < 2 }

func (m *memory) tells(op string, found bool) {
	if m.tried == nil {
		m.tried = map[string]int{}
	}
	if !found {
		m.tried[op]++
	}
}
