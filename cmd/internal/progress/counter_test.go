package progress

import (
	"io"
	"sync"
	"testing"
	"time"
)

// TestCounter: the bar gets every unit in the end, soon enough to be drawn ten
// times a second, and the clock is left alone while steps are fast.
func TestCounter(t *testing.T) {
	f, b := newFake("run", 200_000)
	c := b.Counter()
	f.asks = 0
	for range 100_000 {
		f.pass(time.Microsecond)
		c.Add(1)
	}
	if f.asks > 100_000/64+16 {
		t.Errorf("looked at the clock %d times in 100,000 steps of 1 µs", f.asks)
	}
	if told := b.done.Load(); told < 100_000-64 || told > 100_000 {
		t.Errorf("the bar knows of %d of 100,000 steps", told)
	}
	c.Flush()
	if told := b.done.Load(); told != 100_000 {
		t.Errorf("after Flush the bar knows of %d of 100,000 steps", told)
	}
	f.drawings()
	for range 10_000 {
		f.pass(time.Millisecond)
		c.Add(1)
	}
	if n := len(f.drawings()); n < 70 || n > 100 {
		t.Errorf("%d drawings in 10 s of steps of 1 ms", n)
	}
	// After fast steps, slow ones: it may take up to 64 of them to notice.
	for range 64 + 8 {
		f.pass(time.Second)
		c.Add(1)
	}
	f.drawings()
	for range 20 {
		f.pass(time.Second)
		c.Add(1)
	}
	if n := len(f.drawings()); n != 20 {
		t.Errorf("%d drawings of 20 slow steps", n)
	}
	asks := f.asks
	if c.Flush(); f.asks != asks {
		t.Error("Flush looks at the clock with nothing to tell")
	}
}

func TestCounters(t *testing.T) {
	f, b := newFake("runs", 4000)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			c := b.Counter()
			defer c.Flush()
			for range 1000 {
				f.pass(time.Millisecond)
				c.Add(1)
			}
		})
	}
	wg.Wait()
	if got := b.done.Load(); got != 4000 {
		t.Errorf("%d counted", got)
	}
}

func TestCounterElsewhere(t *testing.T) {
	var none *Bar
	for _, b := range []*Bar{none, New(io.Discard, "x", 3)} {
		c := b.Counter()
		c.Add(3)
		c.Flush()
		if n := testing.AllocsPerRun(1000, func() { c.Add(1) }); n != 0 {
			t.Errorf("%v allocations a step", n)
		}
	}
	_, b := newFake("run", 1<<40)
	c := b.Counter()
	if n := testing.AllocsPerRun(1000, func() { c.Add(1) }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
}

func BenchmarkCounter(b *testing.B) {
	f, p := newFake("run", 1<<40)
	p.now = time.Now
	c := p.Counter()
	for range b.N {
		c.Add(1)
		f.Reset()
	}
}

// One bar and as many goroutines as there are cores, each with its own counter.
func BenchmarkCounterParallel(b *testing.B) {
	f, p := newFake("run", 1<<40)
	p.now = time.Now
	b.RunParallel(func(pb *testing.PB) {
		c := p.Counter()
		for pb.Next() {
			c.Add(1)
		}
	})
	f.Reset()
}

func BenchmarkAddParallel(b *testing.B) {
	f, p := newFake("run", 1<<40)
	p.now = time.Now
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			p.Add(1)
		}
	})
	f.Reset()
}
