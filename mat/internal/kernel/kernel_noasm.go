//go:build purego || !(amd64 || arm64)

package kernel

// Sets returns the sets that this CPU and build have, the best one last.
func Sets() []Set { return []Set{Go} }

// tile returns the size of a product's tile.
func tile() (m, n int) { return goTileM, goTileN }

func laneCount() int { return 1 }

func (s *strip) run() { stripGo(s) }

// hasEndings reports whether a strip may end in more than its chains.
func hasEndings() bool { return true }

// narrow says that there is no kernel for few columns.
func (s *strip) narrow() bool { return false }

func (g *Grid) addRow()      { addRowGo(g) }
func (g *Grid) sumRows()     { sumRowsGo(g) }
func (g *Grid) relu()        { reluGo(g) }
func (g *Grid) reluGrad()    { reluGradGo(g) }
func (g *Grid) subDiv()      { subDivGo(g) }
func (g *Grid) step()        { stepGo(g) }
func (g *Grid) within() bool { return withinGo(g) }
func (g *Grid) panels()      { panelsGo(g) }
func (g *Grid) transpose()   { transposeGo(g) }
func (g *Grid) exp()         { expGo(g) }
func (g *Grid) softMax()     { softMaxGo(g) }
