package kernel

import "sync/atomic"

var threads atomic.Int64

// SetThreads sets on how many threads a product may run, 0 for GOMAXPROCS, and
// returns the setting until now.
func SetThreads(n int) (before int) { return int(threads.Swap(int64(n))) }
