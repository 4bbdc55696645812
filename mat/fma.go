package mat

import "glassbox/mat/internal/kernel"

// FMA returns x·y + z rounded once: math.FMA, and where a processor has no
// instruction for it the same bits in less time.
func FMA(x, y, z float64) float64 { return kernel.FMA(x, y, z) }
