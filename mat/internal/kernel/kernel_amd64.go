//go:build amd64 && !purego

package kernel

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

func (g *Grid) addRow()      { addRowGo(g) }
func (g *Grid) sumRows()     { sumRowsGo(g) }
func (g *Grid) relu()        { reluGo(g) }
func (g *Grid) reluGrad()    { reluGradGo(g) }
func (g *Grid) step()        { stepGo(g) }
func (g *Grid) within() bool { return withinGo(g) }
func (g *Grid) copy()        { copyGo(g) }
func (g *Grid) transpose()   { transposeGo(g) }
func (g *Grid) exp()         { expGo(g) }
func (g *Grid) softMax()     { softMaxGo(g) }

// What the loops of the same names do, in avx2_amd64.s and avx512_amd64.s.

//go:noescape
func stripAVX2(s *strip)

//go:noescape
func stripAVX512(s *strip)

// tails has at [n] the mask of the first n lanes of an AVX2 register.
var tails = [4][4]int64{{}, {-1}, {-1, -1}, {-1, -1, -1}}
