package mat

import "glassbox/mat/internal/kernel"

// SetThreads says on how many threads a large product may run: 1 keeps it on
// the caller's, 0, as at the start, takes as many as GOMAXPROCS where that
// pays. The bits of a result do not depend on it. It returns the setting until
// now.
func SetThreads(n int) (before int) { return kernel.SetThreads(n) }

// Threads returns on how many threads a large product may run.
func Threads() int { return kernel.Threads() }

// Kernel names the instructions that products and other operations use on this
// CPU: avx512, avx2, neon, or go for plain Go.
func Kernel() string { return kernel.Active().String() }
