//go:build arm64 && !purego

package kernel

import "math"

// Sets returns the sets that this CPU and build have, the best one last. Every
// arm64 CPU has NEON.
func Sets() []Set { return sets }

var sets = []Set{Go, NEON}

// tile returns the size of a product's tile.
func tile() (m, n int) {
	if active == NEON {
		return 4, 12
	}
	return goTileM, goTileN
}

// laneCount returns how many float64s a vector register holds, 1 without.
func laneCount() int {
	if active == NEON {
		return 2
	}
	return 1
}

func (s *strip) run() {
	if active == NEON {
		stripNEON(s)
	} else {
		stripGo(s)
	}
}

// hasEndings reports whether a strip may end in more than its chains.
func hasEndings() bool { return active == Go }

// narrow runs a strip of up to narrowest columns, if there is a kernel for it.
func (s *strip) narrow() bool {
	if active != NEON || s.m < 8 {
		return false
	}
	narrowNEON(s)
	return true
}

func (g *Grid) addRow() {
	if active == NEON {
		addRowNEON(g)
	} else {
		addRowGo(g)
	}
}

func (g *Grid) sumRows() {
	if active == NEON {
		if !g.On {
			clear(g.Dst[:g.Cols])
		}
		sumRowsNEON(g)
	} else {
		sumRowsGo(g)
	}
}

func (g *Grid) relu() {
	if active == NEON {
		reluNEON(g)
	} else {
		reluGo(g)
	}
}

func (g *Grid) reluGrad() {
	if active == NEON {
		reluGradNEON(g)
	} else {
		reluGradGo(g)
	}
}

func (g *Grid) subDiv() {
	if active == NEON {
		subDivNEON(g)
	} else {
		subDivGo(g)
	}
}

func (g *Grid) step() {
	if active == NEON {
		stepNEON(g)
	} else {
		stepGo(g)
	}
}

func (g *Grid) within() bool {
	if active == NEON {
		return withinNEON(g)
	}
	return withinGo(g)
}

func (g *Grid) panels() {
	if active == NEON {
		panelsNEON(g)
	} else {
		panelsGo(g)
	}
}

func (g *Grid) transpose() {
	if active == NEON {
		transposeNEON(g)
	} else {
		transposeGo(g)
	}
}

func (g *Grid) exp() {
	if active == NEON {
		expNEON(g)
	} else {
		expGo(g)
	}
}

func (g *Grid) softMax() {
	if active == NEON {
		softMaxNEON(g)
	} else {
		softMaxGo(g)
	}
}

// What the loops of the same names do, in the files *_arm64.s. Their Grid is not
// called g: to the assembler that is a register.

//go:noescape
func stripNEON(s *strip)

// narrowNEON is stripGo for one to four columns and eight rows or more, for A
// with its rows in one piece, and not to go on.
//
//go:noescape
func narrowNEON(s *strip)

//go:noescape
func addRowNEON(grid *Grid)

// sumRowsNEON always goes on from what is in Dst.
//
//go:noescape
func sumRowsNEON(grid *Grid)

//go:noescape
func reluNEON(grid *Grid)

//go:noescape
func reluGradNEON(grid *Grid)

//go:noescape
func subDivNEON(grid *Grid)

//go:noescape
func stepNEON(grid *Grid)

//go:noescape
func withinNEON(grid *Grid) bool

//go:noescape
func panelsNEON(grid *Grid)

//go:noescape
func transposeNEON(grid *Grid)

//go:noescape
func expNEON(grid *Grid)

//go:noescape
func softMaxNEON(grid *Grid)

// expTable holds the constants of exp and softmax, each for both lanes.
var expTable = func() (table [20][2]float64) {
	for i, c := range [...]float64{
		math.Inf(-1), expMax, expMin, math.Log2E, toInteger, ln2Hi, ln2Lo, 1, 0.5,
		expC3, expC4, expC5, expC6, expC7, expC8, expC9, expC10, expC11, expC12,
		// Taken from toInteger + k as an integer, leaves k + 2·1023.
		math.Float64frombits(math.Float64bits(toInteger) - 2*1023),
	} {
		table[i] = [2]float64{c, c}
	}
	return table
}()
