// Package parallel spreads independent runs over the machine's cores.
package parallel

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// Do calls f(0) … f(n−1), each once, on up to GOMAXPROCS goroutines, and
// returns when all calls have ended. Calls start in the order of i but end in
// any order, so f must put what it finds where only i decides, for instance in
// results[i]; then nothing depends on how many cores there are.
//
// Once ctx is done no further call starts; those under way are waited for, and
// Do returns ctx's error. It returns nil when every call was made, even if ctx
// ended meanwhile. n ≤ 0 makes no call.
func Do(ctx context.Context, n int, f func(i int)) error {
	if n <= 0 {
		return nil
	}
	var next, made atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			i := int(next.Add(1) - 1)
			if i >= n {
				return
			}
			f(i)
			made.Add(1)
		}
	}
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wg.Go(work)
	}
	wg.Wait()
	if int(made.Load()) == n {
		return nil
	}
	return ctx.Err()
}
