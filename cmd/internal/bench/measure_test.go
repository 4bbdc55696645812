package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// A stage runs fake peers on a clock that only they move, and notes who did
// what.
type stage struct {
	log   []string
	clock float64
	fakes map[kind]*fake
}

// A fake does an operation in so many seconds and can be told to fail.
type fake struct {
	stage  *stage
	kind   kind
	per    float64
	first  float64 // what its first run takes longer
	failAt int     // the run that fails, counted from 1
	runs   int
	closed bool
	at     about
	lack   error // why it cannot be started
	after  func(runs int)
}

func (f *fake) run(ctx context.Context, work string, warm, reps int) (float64, error) {
	f.runs++
	f.stage.log = append(f.stage.log, fmt.Sprintf("%s %d+%d", f.kind, warm, reps))
	if f.runs == f.failAt {
		return 0, errors.New("out of paper")
	}
	took := f.per * float64(reps)
	if f.runs == 1 {
		took += f.first
	}
	if f.after != nil {
		f.after(f.runs)
	}
	f.stage.clock += took + f.per*float64(warm)
	return took, ctx.Err()
}

func (f *fake) close() { f.closed = true }

func newStage(fakes ...*fake) (*stage, *meter) {
	s := &stage{fakes: map[kind]*fake{}}
	for _, f := range fakes {
		f.stage = s
		s.fakes[f.kind] = f
	}
	p := &pool{start: func(_ context.Context, w peer) (runner, about, error) {
		f := s.fakes[w.kind]
		if w.core != "" {
			return f, about{Core: w.core}, f.lack
		}
		return f, f.at, f.lack
	}}
	return s, &meter{pool: p, rounds: 4, slice: 0.03, budget: 100, least: 2, tick: func(int) {}, pause: func(time.Duration) { s.log = append(s.log, "pause") }}
}

func contest(threads int, list ...kind) workCase {
	c := workCase{Name: "work", Threads: threads}
	for i, k := range list {
		x := by(k, threads, "w")
		if i == 0 {
			x.Role = ours
		}
		c.Contenders = append(c.Contenders, x)
	}
	return c
}

func TestTurns(t *testing.T) {
	s, m := newStage(&fake{kind: glassbox, per: 1e-3, first: 0.01}, &fake{kind: numpyKind, per: 4e-3}, &fake{kind: gonumKind, per: 0.2})
	r := contest(1, glassbox, numpyKind, gonumKind)
	err := m.one(context.Background(), &r)
	if err != nil {
		t.Fatal(err)
	}
	// The rounds come after the calibration, every other one backwards; 30 ms
	// are 30, 8 (of 7.5) and 1 operation, a tenth of that to warm up.
	want := []string{"glassbox 3+30", "NumPy 1+8", "gonum 0+1", "gonum 0+1", "NumPy 1+8", "glassbox 3+30"}
	if got := s.log[len(s.log)-6:]; !slices.Equal(got, want) {
		t.Errorf("the last two rounds are %q, want %q", got, want)
	}
	for i, per := range []float64{1e-3, 4e-3, 0.2} {
		x := r.Contenders[i]
		if len(x.Seconds) != 4 || math.Abs(median(x.Seconds)/per-1) > 1e-9 {
			t.Errorf("%s: %v, want 4 times %v", x.Name, x.Seconds, per)
		}
	}
	if r.Contenders[0].Role != ours || len(r.find(ours).Seconds) == 0 || median(r.ratios(r.byName("gonum"))) < 199 {
		t.Errorf("%+v", r)
	}
}

// Work that takes long has fewer rounds.
func TestBudget(t *testing.T) {
	_, m := newStage(&fake{kind: glassbox, per: 1}, &fake{kind: numpyKind, per: 2})
	ticks := 0
	m.tick = func(n int) { ticks += n }
	for budget, want := range map[float64]int{100: 4, 9.5: 3, 1: 2} {
		m.budget, ticks = budget, 0
		r := contest(1, glassbox, numpyKind)
		err := m.one(context.Background(), &r)
		if err != nil || len(r.Contenders[1].Seconds) != want || ticks != 4 {
			t.Errorf("budget %v s: %v and %d ticks, error %v; want %d rounds", budget, r.Contenders, ticks, err, want)
		}
	}
}

func TestPeerThatFails(t *testing.T) {
	broken := &fake{kind: numpyKind, per: 0.05, failAt: 3}
	_, m := newStage(&fake{kind: glassbox, per: 0.05}, broken, &fake{kind: torchKind, lack: errors.New("not installed")}, &fake{kind: gonumKind, per: 0.1})
	r := contest(1, glassbox, numpyKind, torchKind, gonumKind)
	err := m.one(context.Background(), &r)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []contender{{Name: "glassbox", Role: ours}, {Name: "NumPy", Failed: "out of paper"}, {Name: "PyTorch", Failed: "not installed", absent: true}, {Name: "gonum"}} {
		got := r.Contenders[i]
		if want.Failed == "" && len(got.Seconds) != 4 || want.Failed != "" && got.Seconds != nil {
			t.Errorf("%s has the times %v", got.Name, got.Seconds)
		}
		if got.Name != want.Name || got.Role != want.Role || got.Failed != want.Failed || got.absent != want.absent {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if notes := remarks(section{Cases: []workCase{r}}); !slices.Equal(notes, []string{"NumPy failed: out of paper."}) {
		t.Errorf("remarks %q", notes)
	}
	_, m = newStage(&fake{kind: glassbox, per: 0.05, failAt: 4}, &fake{kind: numpyKind, per: 1})
	r = contest(1, glassbox, numpyKind)
	if err := m.one(context.Background(), &r); err == nil || !strings.Contains(err.Error(), "out of paper") {
		t.Errorf("glassbox itself failed: error %v", err)
	}
}

// When the bench is stopped, the rounds that all have done count.
func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	// The second is stopped in the third round, when the first has done it:
	// two runs were for the calibration.
	_, m := newStage(&fake{kind: glassbox, per: 0.1}, &fake{kind: numpyKind, per: 0.1, after: func(runs int) {
		if runs == 4 {
			cancel()
		}
	}})
	r := section{Letter: "x", Cases: []workCase{contest(1, glassbox, numpyKind), contest(1, glassbox, numpyKind)}}
	err := m.section(ctx, &r)
	if !errors.Is(err, context.Canceled) || len(r.Cases) != 1 {
		t.Fatalf("error %v, %d cases", err, len(r.Cases))
	}
	a, b := r.Cases[0].Contenders[0].Seconds, r.Cases[0].Contenders[1].Seconds
	if len(a) != 2 || len(b) != 2 {
		t.Errorf("%d and %d rounds, want 2", len(a), len(b))
	}
}

// The second threads of some peers spin on after their work: nobody else's turn
// comes meanwhile, and the processes end with their section.
func TestTwoThreads(t *testing.T) {
	blas := &fake{kind: openblasKind, per: 1e-3, at: about{Core: "Haswell"}}
	s, m := newStage(&fake{kind: glassbox, per: 1e-3}, blas, &fake{kind: gonumKind, per: 1e-3})
	r := section{Cases: []workCase{contest(2, glassbox, openblasKind, gonumKind)}}
	if err := m.section(context.Background(), &r); err != nil {
		t.Fatal(err)
	}
	if got := s.log[len(s.log)-4:]; !slices.Equal(got, []string{"gonum 3+30", "OpenBLAS 3+30", "pause", "glassbox 3+30"}) {
		t.Errorf("the last round is %q", got)
	}
	if !blas.closed {
		t.Error("OpenBLAS is still there")
	}
	if got := r.Cases[0].Contenders[1].Name; got != "OpenBLAS Haswell" {
		t.Errorf("the column is %q", got)
	}
}

// A peer held to the kernels it takes by itself is left out.
func TestHeld(t *testing.T) {
	for itself, want := range map[string]int{"Haswell": 3, "Cooperlake": 2, "SkylakeX": 2} {
		_, m := newStage(&fake{kind: glassbox, per: 1}, &fake{kind: numpyKind, per: 1, at: about{Core: itself}})
		c := contest(1, glassbox, numpyKind)
		c.Contenders = append(c.Contenders, heldTo("SkylakeX", c.Contenders[1])...)
		err := m.one(context.Background(), &c)
		if err != nil || len(c.Contenders) != want {
			t.Errorf("by itself %s: %d contenders, want %d; error %v", itself, len(c.Contenders), want, err)
		}
		if want == 3 && c.Contenders[2].Name != "NumPy SkylakeX" {
			t.Errorf("the third is %q", c.Contenders[2].Name)
		}
	}
}

// The product with the most flops a second is found.
func TestFindPeak(t *testing.T) {
	top, err := findPeak(context.Background(), rates{}, 1e-6)
	if err != nil || top != (shape{"ab", 48, 96, 128}) {
		t.Errorf("found %v, error %v", top, err)
	}
}

// rates is a machine that is fastest at 48×128 · 128×96.
type rates struct{}

func (rates) run(_ context.Context, work string, warm, reps int) (float64, error) {
	var s shape
	if _, err := fmt.Sscanf(work, "mul %s %d %d %d", &s.op, &s.m, &s.n, &s.k); err != nil {
		return 0, err
	}
	rate := 1e9
	if s == (shape{"ab", 48, 96, 128}) {
		rate = 2e9
	}
	return float64(reps) * s.flops() / rate, nil
}

func (rates) close() {}

func TestPlan(t *testing.T) {
	chosen, err := workKind.Parse("a, E,h")
	if err != nil {
		t.Fatal(err)
	}
	list := sections(chosen, "", shape{"ab", 8, 8, 8})
	var got []string
	for _, s := range list {
		got = append(got, fmt.Sprint(s.Letter, len(s.Cases)))
	}
	if want := []string{"a1", "e23", "e23", "h2"}; !slices.Equal(got, want) {
		t.Errorf("sections %v, want %v", got, want)
	}
	leaveOutHeavy(list)
	for _, s := range list {
		for _, c := range s.Cases {
			if c.Flops > heavyFlops {
				t.Errorf("%s is left in", c.Name)
			}
			if first := c.Contenders[0]; first.Role != ours {
				t.Errorf("%s: %s comes first", c.Name, first.Name)
			}
		}
	}
	for _, w := range starters(list) {
		if w.threads > 1 {
			t.Errorf("%v is started at once", w)
		}
	}
}
