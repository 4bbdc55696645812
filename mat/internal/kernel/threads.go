package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A large product is cut into parts of C that are computed independently, each
// with all of its chains, so that it does not matter which thread computes which. The
// caller starts on them at once; other goroutines that wake up in time take
// what is left. Nobody spins, and nothing is pinned to a core.

// parallelTerms is from how many terms on a product is cut: below, a goroutine
// on another core would often come too late to be of use.
const parallelTerms = 6 << 20

// threads is how many threads a product may run on, 0 for GOMAXPROCS.
var threads atomic.Int64

// SetThreads sets on how many threads a product may run, 0 for GOMAXPROCS, and
// returns the setting until now.
func SetThreads(n int) (before int) { return int(threads.Swap(int64(n))) }

// Threads returns on how many threads a product may run.
func Threads() int {
	if n := int(threads.Load()); n > 0 {
		return n
	}
	return runtime.GOMAXPROCS(0)
}

// team is the one product that is computed in parts at a time.
var team struct {
	inUse sync.Mutex // held by the caller of the product

	sync.Mutex            // guards what follows
	done       *sync.Cond // nothing in the works any more
	wake       chan struct{}
	helpers    int

	trials         [16]trial
	product        product
	rows, cols     int // of a part
	parts, next    int
	inTheWorks     int
	partsAlongRows int
}

// inParts computes p on several threads, or on one where several were found to
// be of no use. It reports whether it did: it does not when p is too small or
// the others are busy with another product.
func (p *product) inParts() bool {
	n := Threads()
	if n < 2 || p.m*p.n*p.k < parallelTerms || !team.inUse.TryLock() {
		return false
	}
	defer team.inUse.Unlock()
	t := trialOf(p.m, p.n, p.k)
	start := time.Now()
	if t.rest > 0 {
		p.serial()
		t.wasSerial(time.Since(start))
	} else {
		p.parallel(n)
		t.wasParallel(time.Since(start))
	}
	return true
}

// parallel computes p with the helpers.
func (p *product) parallel(n int) {
	team.Lock()
	if team.done == nil {
		team.done, team.wake = sync.NewCond(&team.Mutex), make(chan struct{}, 64)
	}
	team.product = *p
	team.rows, team.cols = partSize(p.m, p.n, p.k, n)
	team.partsAlongRows = (p.n + team.cols - 1) / team.cols
	team.next, team.parts = 0, team.partsAlongRows*((p.m+team.rows-1)/team.rows)
	// One more is called than there is work for. The one that was called last
	// stands next in line on the caller's own processor, from where others take
	// it only after a pause of some 50 µs; the ones before it are taken at once.
	helpers := min(n, team.parts, cap(team.wake))
	for ; team.helpers < helpers; team.helpers++ {
		go func() {
			for range team.wake {
				work()
			}
		}()
	}
	team.Unlock()
	for range helpers {
		select {
		case team.wake <- struct{}{}:
		default: // enough are called already
		}
	}
	work()
	team.Lock()
	for team.inTheWorks > 0 {
		team.done.Wait()
	}
	team.product = product{} // keeps nothing alive
	team.Unlock()
}

// A trial is what is known of products of a shape: whether threads are of use.
// They are not while other programs have the cores, or while the system puts a
// thread that slept onto the core of the one that woke it.
type trial struct {
	m, n, k int
	serial  time.Duration // one thread's time, about the least of late
	rest    int           // so many more on one thread
	pause   int           // how long the last rest was
}

func trialOf(m, n, k int) *trial {
	t := &team.trials[(m*31+n*7+k)%len(team.trials)]
	if t.m != m || t.n != n || t.k != k {
		*t = trial{m: m, n: n, k: k}
	}
	return t
}

func (t *trial) wasSerial(took time.Duration) {
	t.rest--
	if t.serial == 0 || took < t.serial {
		t.serial = took
	} else {
		t.serial += t.serial / 32
	}
}

func (t *trial) wasParallel(took time.Duration) {
	switch {
	case t.serial == 0:
		t.rest = 1 // to compare with
	case took > t.serial-t.serial/16:
		t.pause = min(2*t.pause+1, 31)
		t.rest = t.pause
	default:
		t.pause = 0
	}
}

// work takes parts of the team's product until there are none left.
func work() {
	team.Lock()
	for team.next < team.parts {
		i, j := team.next/team.partsAlongRows*team.rows, team.next%team.partsAlongRows*team.cols
		p := team.product.part(i, j, team.rows, team.cols)
		team.next++
		team.inTheWorks++
		team.Unlock()
		p.serial()
		team.Lock()
		team.inTheWorks--
	}
	if team.inTheWorks == 0 {
		team.done.Broadcast()
	}
	team.Unlock()
}

// part is the product for up to m rows and n columns of C from (i, j) on.
func (p *product) part(i, j, m, n int) product {
	return product{p.c[i*p.cRow+j:], p.cRow, min(m, p.m-i), min(n, p.n-j), p.k, p.a.from(i, 0), p.b.from(0, j), p.on}
}

// partSize returns the size of the parts of an m×n product for n threads. They
// are equal, one for each thread, so that all end at the same time; in a product
// that takes long several for each, so that a core which other programs use as
// well can leave some to the others.
func partSize(m, n, k, threads int) (rows, cols int) {
	const long, least = 1 << 28, 64
	want := threads
	if m*n*k >= long {
		want = 4 * threads
	}
	rows, cols = m, n
	for parts := 1; parts < want; parts *= 2 {
		switch {
		case rows >= cols && rows >= 2*least:
			rows = half(rows)
		case cols >= 2*least:
			cols = half(cols)
		case rows >= 2*least:
			rows = half(rows)
		}
	}
	return rows, cols
}

// half of n, in full registers.
func half(n int) int { return ((n+1)/2 + 7) / 8 * 8 }
