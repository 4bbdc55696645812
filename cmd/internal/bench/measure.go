package bench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"
)

// A meter measures pieces of work.
type meter struct {
	pool   *pool
	rounds int     // at most
	slice  float64 // seconds of a contender's turn
	budget float64 // seconds of a case, past which there are fewer rounds
	least  int     // rounds however long they take
	tick   func(rounds int)
	pause  func(time.Duration)
	wakeup float64 // seconds before a turn with several threads, see the constant
}

// wakeup is for how long a turn with several threads works before it counts:
// the system puts a thread that wakes up onto the core of the one that woke it,
// and takes some hundredths of a second to see that another core is idle.
const wakeup = 60 * time.Millisecond

// spinning is how long a peer's second thread may go on spinning after the work:
// OpenBLAS's does for 2²⁶ ticks of the clock, some 25 ms.
const spinning = 40 * time.Millisecond

// section measures all cases of s. Those that were not are dropped when ctx ends
// or glassbox fails.
func (m *meter) section(ctx context.Context, s *section) error {
	for i := range s.Cases {
		c := &s.Cases[i]
		err := m.one(ctx, c)
		if ctx.Err() != nil {
			err = ctx.Err()
			if len(c.Contenders[0].Seconds) > 0 {
				i++
			}
		}
		if err != nil {
			s.Cases = s.Cases[:i]
			return err
		}
	}
	m.pool.closeIf(func(w peer) bool { return w.threads > 1 })
	return nil
}

// one measures a case: a round is a slice of each contender after the other,
// and every second round goes backwards, so that what one leaves behind does
// not always meet the same other.
func (m *meter) one(ctx context.Context, c *workCase) error {
	c.Contenders = slices.DeleteFunc(c.Contenders, func(t contender) bool { return m.leftOut(ctx, t) })
	round := 0.0 // seconds
	for i := range c.Contenders {
		t := &c.Contenders[i]
		member := m.pool.get(ctx, t.peer)
		if t.peer.kind == openblasKind && member.about.Core != "" {
			t.Name = "OpenBLAS " + member.about.Core
		}
		err := member.err
		t.absent = err != nil
		if err == nil {
			t.runner = member.runner
			var took float64
			took, err = m.calibrate(ctx, t)
			round += took
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && t.Role == ours && !t.absent {
			return fmt.Errorf("glassbox, %s: %w", c.Name, err)
		}
		if err != nil {
			t.Failed = err.Error()
		}
	}
	rounds := min(m.rounds, max(m.least, int(m.budget/round)))
	for i := range rounds {
		if err := m.round(ctx, c.Contenders, i%2 == 1); err != nil {
			trim(c.Contenders)
			return err
		}
		m.tick(1)
	}
	m.tick(m.rounds - rounds)
	return nil
}

// leftOut reports whether t is held to a core type whose like it takes by itself,
// or does not say which it has taken.
func (m *meter) leftOut(ctx context.Context, t contender) bool {
	if t.peer.core == "" {
		return false
	}
	free := t.peer
	free.core = ""
	held, itself := m.pool.get(ctx, t.peer), m.pool.get(ctx, free)
	return held.err == nil && !differs(held.about, itself.about)
}

// calibrate finds how often t's work fills its slice, which warms it up too.
// It returns the seconds of a turn.
func (m *meter) calibrate(ctx context.Context, t *contender) (float64, error) {
	slice := m.slice
	if t.slice > 0 {
		slice *= t.slice
	}
	t.reps = 1
	// The first time of all is slow: pages are touched, caches filled.
	took, err := t.runner.run(ctx, t.work, 0, 1)
	if err != nil || took > 2*slice {
		return took, err
	}
	for {
		took, err := t.runner.run(ctx, t.work, 0, t.reps)
		if err != nil {
			return 0, err
		}
		per := took / float64(t.reps)
		if took >= slice/3 || t.reps >= 1<<30 {
			t.reps = max(1, int(math.Round(slice/per)))
			t.warm = (t.reps + 9) / 10
			if per > slice/2 {
				t.warm = 0
			}
			if t.peer.threads > 1 {
				t.warm = max(t.warm, int(math.Ceil(m.wakeup/per)))
			}
			return per * float64(t.reps+t.warm), nil
		}
		t.reps = min(t.reps*8, max(t.reps+1, int(slice/2/per)))
	}
}

// round gives every contender its turn. One that fails is out, and so are its
// times; glassbox's failure ends the bench.
func (m *meter) round(ctx context.Context, list []contender, backwards bool) error {
	for i := range list {
		if backwards {
			i = len(list) - 1 - i
		}
		t := &list[i]
		if t.Failed != "" {
			continue
		}
		took, err := t.runner.run(ctx, t.work, t.warm, t.reps)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && t.Role == ours {
			return fmt.Errorf("glassbox, %s: %w", t.work, err)
		}
		if err != nil {
			t.Failed, t.Seconds = err.Error(), nil
			continue
		}
		t.Seconds = append(t.Seconds, took/float64(t.reps))
		if t.peer.threads > 1 && t.peer.kind != glassbox && t.peer.kind != gonumKind {
			m.pause(spinning)
		}
	}
	return nil
}

// trim drops the round that not all have done.
func trim(list []contender) {
	least := math.MaxInt
	for _, t := range list {
		if t.Failed == "" {
			least = min(least, len(t.Seconds))
		}
	}
	for i := range list {
		if t := &list[i]; t.Failed == "" {
			t.Seconds = t.Seconds[:least]
		}
	}
}
