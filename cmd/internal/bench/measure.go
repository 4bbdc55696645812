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

// A turn is a contender with its process and how often it does its work.
type turn struct {
	contender
	runner     runner
	at         int // index of its series
	warm, reps int
}

// section measures all cases of s. It returns what was done when ctx ends.
func (m *meter) section(ctx context.Context, s section) (sectionResult, error) {
	r := sectionResult{Letter: s.letter, Title: s.title, Table: s.table}
	for _, c := range s.cases {
		result, err := m.one(ctx, c)
		if ctx.Err() != nil {
			if len(result.Series) > 0 && len(result.Series[0].Seconds) > 0 {
				r.Cases = append(r.Cases, result)
			}
			return r, ctx.Err()
		}
		if err != nil {
			return r, err
		}
		r.Cases = append(r.Cases, result)
	}
	m.pool.closeIf(func(w peer) bool { return w.threads > 1 })
	return r, nil
}

// one measures a case: a round is a slice of each contender after the other,
// and every second round goes backwards, so that what one leaves behind does
// not always meet the same other.
func (m *meter) one(ctx context.Context, c workCase) (caseResult, error) {
	r := caseResult{Name: c.name, Short: c.short, Threads: c.threads, Flops: c.flops, Elements: c.elements}
	var turns []*turn
	round := 0.0 // seconds
	for _, one := range m.contenders(ctx, c) {
		s := series{Name: one.name, Role: one.role, Flops: one.flops}
		t := &turn{contender: one, at: len(r.Series)}
		member := m.pool.get(ctx, one.peer)
		if one.peer.kind == openblasKind && member.about.Core != "" {
			s.Name = "OpenBLAS " + member.about.Core
		}
		err := member.err
		s.absent = err != nil
		if err == nil {
			t.runner = member.runner
			var took float64
			took, err = m.calibrate(ctx, t)
			round += took
		}
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
		if err != nil && one.role == ours && !s.absent {
			return r, fmt.Errorf("glassbox, %s: %w", c.name, err)
		}
		if err != nil {
			s.Failed = err.Error()
		} else {
			turns = append(turns, t)
		}
		r.Series = append(r.Series, s)
	}
	rounds := min(m.rounds, max(m.least, int(m.budget/round)))
	for i := range rounds {
		if err := m.round(ctx, r.Series, turns, i%2 == 1); err != nil {
			return trim(r), err
		}
		m.tick(1)
	}
	m.tick(m.rounds - rounds)
	return r, nil
}

// contenders are those of the case without the ones held to a core type whose
// like they take by themselves, or that do not say which they have taken.
func (m *meter) contenders(ctx context.Context, c workCase) []contender {
	return slices.DeleteFunc(slices.Clone(c.contenders), func(one contender) bool {
		if one.peer.core == "" {
			return false
		}
		free := one.peer
		free.core = ""
		held, itself := m.pool.get(ctx, one.peer), m.pool.get(ctx, free)
		return held.err == nil && !differs(held.about, itself.about)
	})
}

// calibrate finds how often t's work fills its slice, which warms it up too.
// It returns the seconds of a turn.
func (m *meter) calibrate(ctx context.Context, t *turn) (float64, error) {
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

// round gives every turn its slice. A contender that fails is out, and so are
// its times; glassbox's failure ends the bench.
func (m *meter) round(ctx context.Context, list []series, turns []*turn, backwards bool) error {
	for i := range turns {
		if backwards {
			i = len(turns) - 1 - i
		}
		t := turns[i]
		s := &list[t.at]
		if s.Failed != "" {
			continue
		}
		took, err := t.runner.run(ctx, t.work, t.warm, t.reps)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && t.role == ours {
			return fmt.Errorf("glassbox, %s: %w", t.work, err)
		}
		if err != nil {
			s.Failed, s.Seconds = err.Error(), nil
			continue
		}
		s.Seconds = append(s.Seconds, took/float64(t.reps))
		if t.peer.threads > 1 && t.peer.kind != glassbox && t.peer.kind != gonumKind {
			m.pause(spinning)
		}
	}
	return nil
}

// trim drops the round that not all have done.
func trim(r caseResult) caseResult {
	least := math.MaxInt
	for _, s := range r.Series {
		if s.Failed == "" {
			least = min(least, len(s.Seconds))
		}
	}
	for i := range r.Series {
		if s := &r.Series[i]; s.Failed == "" {
			s.Seconds = s.Seconds[:least]
		}
	}
	return r
}
