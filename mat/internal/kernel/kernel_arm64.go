//go:build arm64 && !purego

package kernel

import "math"

// Sets returns the sets that this CPU and build have, the best one last. Every
// arm64 CPU has NEON.
func Sets() []Set { return sets }

var sets = []Set{Go, NEON}

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
