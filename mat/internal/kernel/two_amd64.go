//go:build amd64 && !purego

package kernel

func (t *Two) forward() {
	switch active {
	case AVX512:
		twoForwardAVX512(t)
	case AVX2:
		twoForwardAVX2(t)
	default:
		twoForwardGo(t)
	}
}

func (t *Two) backward() {
	switch active {
	case AVX512:
		twoBackwardAVX512(t)
	case AVX2:
		twoBackwardAVX2(t)
	default:
		twoBackwardGo(t)
	}
}

// step has no kernel for AVX-512: it waits for one operation after the other,
// and wider registers would not make the wait shorter.
func (t *Two) step() bool {
	if active == Go {
		return twoStepGo(t)
	}
	return twoStepAVX2(t)
}

//go:noescape
func twoForwardAVX2(t *Two)

//go:noescape
func twoForwardAVX512(t *Two)

//go:noescape
func twoBackwardAVX2(t *Two)

//go:noescape
func twoBackwardAVX512(t *Two)

//go:noescape
func twoStepAVX2(t *Two) bool

// pairTable has the orders of two registers of pairs: the firsts, the seconds,
// and back in pairs, first register and second.
var pairTable = [4][8]int64{{0, 2, 4, 6, 8, 10, 12, 14}, {1, 3, 5, 7, 9, 11, 13, 15}, {0, 8, 1, 9, 2, 10, 3, 11}, {4, 12, 5, 13, 6, 14, 7, 15}}

// absTable has all bits but the sign's.
var absTable = [4]int64{1<<63 - 1, 1<<63 - 1, 1<<63 - 1, 1<<63 - 1}
