//go:build !(amd64 || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x)

package kernel

// FMA is math.FMA, whose software is several times slower than softFMA.
func FMA(x, y, z float64) float64 { return softFMA(x, y, z) }
