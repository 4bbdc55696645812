//go:build !(amd64 || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x)

package kernel

// FMA is math.FMA, whose software is several times slower than softFMA. Half of
// a network's numbers are 0 behind a ReLU: they cost no call.
func FMA(x, y, z float64) float64 {
	if x == 0 || y == 0 {
		return float64(x*y) + z
	}
	return softFMA(x, y, z)
}
