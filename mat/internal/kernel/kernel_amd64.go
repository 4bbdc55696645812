//go:build amd64 && !purego

package kernel

import (
	"math"
	"unsafe"
)

// Sets returns the sets that this CPU and build have, the best one last.
func Sets() []Set { return sets }

var sets = detect()

// tile returns the size of a product's tile.
func tile() (m, n int) {
	switch active {
	case AVX512:
		return 8, 24
	case AVX2:
		return 4, 12
	}
	return goTileM, goTileN
}

// laneCount returns how many float64s a vector register holds, 1 without.
func laneCount() int {
	switch active {
	case AVX512:
		return 8
	case AVX2:
		return 4
	}
	return 1
}

func (s *strip) run() {
	switch active {
	case AVX512:
		stripAVX512(s)
	case AVX2:
		stripAVX2(s)
	default:
		stripGo(s)
	}
}

// hasEndings reports whether a strip may end in more than its chains.
func hasEndings() bool { return true }

// narrow runs a strip of up to narrowest columns, if there is a kernel for it.
func (s *strip) narrow() bool {
	switch active {
	case AVX512:
		narrowAVX512(s)
		return true
	case AVX2:
		narrowAVX2(s)
		return true
	}
	return false
}

func (g *Grid) addRow() {
	switch active {
	case AVX512:
		addRowAVX512(g)
	case AVX2:
		addRowAVX2(g)
	default:
		addRowGo(g)
	}
}

func (g *Grid) sumRows() {
	switch active {
	case AVX512:
		sumRowsAVX512(g)
	case AVX2:
		sumRowsAVX2(g)
	default:
		sumRowsGo(g)
	}
}

func (g *Grid) relu() {
	switch active {
	case AVX512:
		reluAVX512(g)
	case AVX2:
		reluAVX2(g)
	default:
		reluGo(g)
	}
}

func (g *Grid) reluGrad() {
	switch active {
	case AVX512:
		reluGradAVX512(g)
	case AVX2:
		reluGradAVX2(g)
	default:
		reluGradGo(g)
	}
}

func (g *Grid) subDiv() {
	switch active {
	case AVX512:
		subDivAVX512(g)
	case AVX2:
		subDivAVX2(g)
	default:
		subDivGo(g)
	}
}

func (g *Grid) step() {
	switch active {
	case AVX512:
		stepAVX512(g)
	case AVX2:
		stepAVX2(g)
	default:
		stepGo(g)
	}
}

func (g *Grid) within() bool {
	switch active {
	case AVX512:
		return withinAVX512(g)
	case AVX2:
		return withinAVX2(g)
	}
	return withinGo(g)
}

func (g *Grid) panels() {
	switch active {
	case AVX512:
		panelsAVX512(g)
	case AVX2:
		panelsAVX2(g)
	default:
		panelsGo(g)
	}
}

func (g *Grid) transpose() {
	switch active {
	case AVX512:
		transposeAVX512(g)
	case AVX2:
		transposeAVX2(g)
	default:
		transposeGo(g)
	}
}

func (g *Grid) exp() {
	switch active {
	case AVX512:
		expAVX512(g)
	case AVX2:
		expAVX2(g)
	default:
		expGo(g)
	}
}

func (g *Grid) softMax() {
	switch active {
	case AVX512:
		softMaxAVX512(g)
	case AVX2:
		softMaxAVX2(g)
	default:
		softMaxGo(g)
	}
}

// What the loops of the same names do, in avx2_amd64.s and avx512_amd64.s.

//go:noescape
func stripAVX2(s *strip)

//go:noescape
func stripAVX512(s *strip)

//go:noescape
func narrowAVX2(s *strip)

//go:noescape
func narrowAVX512(s *strip)

//go:noescape
func addRowAVX2(grid *Grid)

//go:noescape
func addRowAVX512(grid *Grid)

//go:noescape
func sumRowsAVX2(grid *Grid)

//go:noescape
func sumRowsAVX512(grid *Grid)

//go:noescape
func reluAVX2(grid *Grid)

//go:noescape
func reluAVX512(grid *Grid)

//go:noescape
func reluGradAVX2(grid *Grid)

//go:noescape
func reluGradAVX512(grid *Grid)

//go:noescape
func subDivAVX2(grid *Grid)

//go:noescape
func subDivAVX512(grid *Grid)

//go:noescape
func stepAVX2(grid *Grid)

//go:noescape
func stepAVX512(grid *Grid)

//go:noescape
func withinAVX2(grid *Grid) bool

//go:noescape
func withinAVX512(grid *Grid) bool

//go:noescape
func panelsAVX2(grid *Grid)

//go:noescape
func panelsAVX512(grid *Grid)

//go:noescape
func transposeAVX2(grid *Grid)

//go:noescape
func transposeAVX512(grid *Grid)

//go:noescape
func expAVX2(grid *Grid)

//go:noescape
func expAVX512(grid *Grid)

//go:noescape
func softMaxAVX2(grid *Grid)

//go:noescape
func softMaxAVX512(grid *Grid)

// lanes has at [n] the mask of the first n lanes of an AVX2 register.
var lanes = [5][4]int64{{}, {-1}, {-1, -1}, {-1, -1, -1}, {-1, -1, -1, -1}}

// expTable has the constants of Exp, each as wide as the widest register, in
// the order of gen's expConstants.
var expTable = wide(expMax, expMin, math.Log2E, toInteger, ln2Hi, ln2Lo, 1,
	0.5, expC3, expC4, expC5, expC6, expC7, expC8, expC9, expC10, expC11, expC12,
	math.Float64frombits(1023), math.Inf(-1))

// wide puts each number eight times into a line of the cache: a register that
// lay across two would be read twice.
func wide(numbers ...float64) *float64 {
	const line = 8
	table := make([]float64, (len(numbers)+1)*line)
	for uintptr(unsafe.Pointer(&table[0]))%(8*line) != 0 {
		table = table[1:]
	}
	for i, v := range numbers {
		for j := range line {
			table[i*line+j] = v
		}
	}
	return &table[0]
}
