package parallel

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

func TestEachOnce(t *testing.T) {
	for _, procs := range []int{1, 2, 7} {
		old := runtime.GOMAXPROCS(procs)
		for _, n := range []int{-1, 0, 1, 2, 1000} {
			calls := make([]atomic.Int32, max(n, 0))
			if err := Do(t.Context(), n, func(i int) { calls[i].Add(1) }); err != nil {
				t.Errorf("n %d: %v", n, err)
			}
			for i := range calls {
				if c := calls[i].Load(); c != 1 {
					t.Errorf("%d cores, n %d: call %d made %d times", procs, n, i, c)
				}
			}
		}
		runtime.GOMAXPROCS(old)
	}
}

// TestAllCores lets every call wait until as many run as there are cores: it
// ends only if they run at the same time.
func TestAllCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3))
	var running atomic.Int32
	together := make(chan bool)
	Do(t.Context(), 3, func(int) {
		if running.Add(1) == 3 {
			close(together)
		}
		select {
		case <-together:
		case <-time.After(10 * time.Second):
			t.Error("a call waited in vain for the others to start")
		}
	})
}

func TestNoMoreThanCores(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var running, tooMany atomic.Int32
	Do(t.Context(), 200, func(int) {
		if running.Add(1) > 2 {
			tooMany.Add(1)
		}
		runtime.Gosched()
		running.Add(-1)
	})
	if tooMany.Load() > 0 {
		t.Errorf("more calls at once than cores, %d times", tooMany.Load())
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int32
	err := Do(ctx, 1000, func(i int) {
		calls.Add(1)
		if i == 5 {
			cancel()
		}
		if i >= 5 {
			<-ctx.Done() // or the others might make all calls before the cancel
		}
	})
	if !errors.Is(err, context.Canceled) || calls.Load() < 6 || calls.Load() > int32(6+runtime.GOMAXPROCS(0)) {
		t.Errorf("%v after %d calls", err, calls.Load())
	}
	if err := Do(ctx, 3, func(int) { t.Error("a call after the end") }); !errors.Is(err, context.Canceled) {
		t.Errorf("begun after the end: %v", err)
	}
	// Work that was done in full is not an error because the end came then.
	ctx, cancel = context.WithCancel(t.Context())
	if err := Do(ctx, 1, func(int) { cancel() }); err != nil {
		t.Errorf("all calls made: %v", err)
	}
}
