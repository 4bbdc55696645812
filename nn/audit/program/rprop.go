package program

import (
	"math"

	"glassbox/nn/message"
)

// fitSizes recognises steps by the gradient's sign alone, each element by a size
// of its own, which grows while that sign stays and shrinks when it changes
// (Riedmiller, Braun, A direct adaptive method for faster backpropagation learning:
// the RPROP algorithm, 1993).
func (j *judge) fitSizes(f *updateFit, n int) (done bool, wrong *updateFault) {
	h := f.h
	if len(h.value[0].Data) < 6 {
		return false, nil
	}
	for _, st := range h.states {
		if f.rate = h.bySizes(st, n); f.rate == 0 {
			continue
		}
		// How often a size grows and shrinks where the sign stays and where it
		// changes.
		var grows, shrinks [2]int
		for k := 1; k < n; k++ {
			for i, size := range st.values[k].Data {
				agree := h.truth[k].Data[i] * h.truth[k-1].Data[i]
				if agree == 0 {
					continue
				}
				switch ratio, change := st.values[k+1].Data[i]/size, b2i(agree < 0); {
				case ratio > 1+1e-9:
					grows[change]++
				case ratio < 1-1e-9:
					shrinks[change]++
				}
			}
		}
		node := st.nodes[n]
		switch {
		case grows[1] == 0 && shrinks[0] == 0:
			return true, nil
		case grows[0] == 0 && shrinks[1] == 0:
			return true, &updateFault{weight: 5, node: node, text: message.New("the sizes of the steps grow where the gradient's sign changes and shrink where it stays: the other way round is meant")}
		case shrinks[0] > 0 && shrinks[1] == 0:
			return true, &updateFault{weight: 5, node: node, text: message.New("the sizes of the steps shrink where the gradient's sign stays: where it changes is meant")}
		case grows[1] > 0 && grows[0] == 0:
			return true, &updateFault{weight: 5, node: node, text: message.New("the sizes of the steps grow where the gradient's sign changes: where it stays is meant")}
		}
		f.rate = 0
	}
	return false, nil
}

// bySizes reports that each element moves by what a state is after the step, or
// not at all: -1 down the gradient, 1 up, 0 where it is not so.
func (h *history) bySizes(st *stateHistory, n int) float64 {
	up, down := 0, 0
	var signs [2]bool // a velocity that happens to be positive is no size
	for k := range n {
		moved, size, was := h.moved[k], st.values[k+1], h.value[k]
		for i, d := range moved.Data {
			if size.Data[i] <= 0 {
				return 0
			}
			if d == 0 {
				continue
			}
			if math.Abs(math.Abs(d)-size.Data[i]) > 1e-9*size.Data[i]+1e-14*math.Abs(was.Data[i]) {
				return 0
			}
			signs[b2i(d > 0)] = true
			switch along := d * h.truth[k].Data[i]; {
			case along > 0:
				up++
			case along < 0:
				down++
			}
		}
	}
	switch {
	case up+down < 6 || !signs[0] || !signs[1]:
		return 0
	case up == 0:
		return -1
	case down == 0:
		return 1
	}
	return 0
}
