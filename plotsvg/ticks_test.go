package plotsvg

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// ticksAlong returns the labelled ticks of an axis of this length, as of x.
func ticksAlong(s scale, length float64) []tick {
	return labelled(s.ticks(s.linearTicks(), (&plot{frame: frame{w: length}}).fitAlong))
}

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		log    bool
		length float64
		want   string
	}{
		{0, 1, false, 500, "0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1.0"},
		{0, 1, false, 250, "0 0.2 0.4 0.6 0.8 1.0"},
		{0, 1, false, 100, "0 0.5 1.0"},
		{0.3, 0.7, false, 300, "0.3 0.4 0.5 0.6 0.7"},
		{-1.13, 2.04, false, 400, "−1.0 −0.5 0 0.5 1.0 1.5 2.0"},
		{0, 1490, false, 500, "0 200 400 600 800 1000 1200 1400"},
		{0, 45_000, false, 500, "0 10,000 20,000 30,000 40,000"},
		{0, 2e7, false, 400, "0 0.5×10⁷ 1.0×10⁷ 1.5×10⁷ 2.0×10⁷"},
		{0, 8e-6, false, 300, "0 2×10⁻⁶ 4×10⁻⁶ 6×10⁻⁶ 8×10⁻⁶"},
		{0, 8e-4, false, 300, "0 0.0002 0.0004 0.0006 0.0008"},
		{-1.7e308, 1.7e308, false, 400, "−1×10³⁰⁸ 0 1×10³⁰⁸"},
		{1e9, 1e9 + 1e-3, false, 600, "1,000,000,000.0000 1,000,000,000.0005 1,000,000,000.0010"},
		{-3e-300, 3e-300, false, 400, "−2×10⁻³⁰⁰ 0 2×10⁻³⁰⁰"},
		{1, 1000, true, 600, "1 2 5 10 20 50 100 200 500 1000"},
		{1, 1000, true, 200, "1 10 100 1000"},
		{0.5, 20_000, true, 400, "1 10 100 1,000 10,000"},
		{1e-6, 10, true, 400, "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰ 10¹"},
		{1e-6, 3e-5, true, 600, "10⁻⁶ 2×10⁻⁶ 5×10⁻⁶ 10⁻⁵ 2×10⁻⁵"},
		{1e-300, 1e300, true, 600, "10⁻³⁰⁰ 10⁻²⁰⁰ 10⁻¹⁰⁰ 10⁰ 10¹⁰⁰ 10²⁰⁰ 10³⁰⁰"},
		{340, 554, true, 400, "350 400 450 500 550"},
		{7, 12, true, 400, "7 8 9 10 11 12"},
	} {
		var got []string
		for _, tk := range ticksAlong(scale{c.lo, c.hi, c.log, false}, c.length) {
			got = append(got, tk.label)
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%v to %v, log %v, on %v px:\n got %s\nwant %s", c.lo, c.hi, c.log, c.length, s, c.want)
		}
	}
}

// number reads a label back.
func number(label string) float64 {
	label = strings.ReplaceAll(label, ",", "")
	if strings.HasPrefix(label, "10") && strings.ContainsAny(label, "⁰¹²³⁴⁵⁶⁷⁸⁹") && !strings.Contains(label, "×") {
		label = "1×" + label
	}
	label = strings.NewReplacer("−", "-", "×10", "e", "⁻", "-", "⁰", "0", "¹", "1", "²", "2", "³", "3",
		"⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9").Replace(label)
	v, err := strconv.ParseFloat(label, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// Whatever the limits, ticks are some, differ, ascend and say where they are.
func TestTicksOfAnyRange(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	magnitude := func() float64 {
		return (1 + 9*r.Float64()) * math.Pow(10, float64(r.IntN(600)-300))
	}
	for i := range 4000 {
		a := Axis{Log: i%2 == 1}
		var e extent
		switch v := magnitude(); i / 2 % 4 {
		case 0:
			e.addAll([]float64{v, magnitude()}, false)
		case 1:
			e.addAll([]float64{v, v * (1 + magnitude()*1e-12)}, false)
		case 2:
			e.addAll([]float64{v, math.Nextafter(v, 0)}, true)
		case 3:
			w := v * (0.1 + 3*r.Float64())
			if !a.Log {
				v = -v
			}
			e.addAll([]float64{v, w}, false)
		}
		if math.IsInf(e.soft.hi, 1) {
			continue
		}
		s := a.scale(e)
		if !(s.lo < s.hi) || math.IsInf(s.lo, 0) || math.IsInf(s.hi, 0) {
			t.Fatalf("%+v: limits %v to %v", e, s.lo, s.hi)
		}
		ls := ticksAlong(s, 560)
		if len(ls) < 2 || len(ls) > 30 {
			t.Fatalf("%v to %v, log %v: %d labels: %v", s.lo, s.hi, s.log, len(ls), ls)
		}
		for k, tk := range ls {
			if k > 0 && !(ls[k-1].at < tk.at) || tk.at < 0 || tk.at > 1 {
				t.Fatalf("%v to %v, log %v: positions %v", s.lo, s.hi, s.log, ls)
			}
			if k > 0 && ls[k-1].label == tk.label {
				t.Fatalf("%v to %v, log %v: equal labels %v", s.lo, s.hi, s.log, ls)
			}
			if at := s.at(number(tk.label)); !(math.Abs(at-tk.at) < 1e-9) {
				t.Fatalf("%v to %v, log %v: label %q is at %v, drawn at %v", s.lo, s.hi, s.log, tk.label, at, tk.at)
			}
		}
		for _, v := range []float64{e.soft.lo, e.soft.hi} {
			if at := s.at(v); e.soft.any && (at < 0 || at > 1) {
				t.Fatalf("%v to %v, log %v: %v is at %v", s.lo, s.hi, s.log, v, at)
			}
		}
	}
}

func TestLog10(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100_000 {
		v := math.Float64frombits(r.Uint64() >> 1)
		if !(v >= 0x1p-1022 && v <= math.MaxFloat64) {
			continue
		}
		want := math.Log10(v)
		if got := log10(v); math.Abs(got-want) > 4e-16*max(1, math.Abs(want)) {
			t.Fatalf("log10(%v) = %v, want %v", v, got, want)
		}
	}
	if got := log10(math.SmallestNonzeroFloat64); math.Abs(got+323.30621534311580) > 1e-12 {
		t.Errorf("log10 of the smallest number = %v", got)
	}
	for v := 0.3; v < 3; v += 1e-4 {
		if got, want := log10(v), math.Log10(v); math.Abs(got-want) > 2e-16 {
			t.Fatalf("log10(%v) = %v, want %v", v, got, want)
		}
	}
}

// The short way to a double gives what reading its decimal digits gives.
func TestDecimalFloat(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 200_000 {
		d := decimal{r.Int64() >> r.IntN(63), r.IntN(60) - 30}
		if r.IntN(2) == 0 {
			d.digits = -d.digits
		}
		want, _ := strconv.ParseFloat(strconv.FormatInt(d.digits, 10)+"e"+strconv.Itoa(d.exp), 64)
		if got := d.float(); got != want {
			t.Fatalf("%d·10^%d is %v, want %v", d.digits, d.exp, got, want)
		}
	}
}

func TestExponent(t *testing.T) {
	for v, want := range map[float64]int{1: 0, 9.99: 0, 10: 1, 0.1: -1, 0.099: -2, 1e300: 300, 5e-324: -324, 999.9999: 2} {
		if got := exponent(v); got != want {
			t.Errorf("exponent(%v) = %d, want %d", v, got, want)
		}
	}
}

func TestWholeTicks(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{{0.5, 5.5, "1 2 3 4 5"}, {0, 2, "0 1 2"}, {0.2, 0.8, ""}} {
		var labels []string
		for _, tk := range ticksAlong(scale{c.lo, c.hi, false, true}, 500) {
			labels = append(labels, tk.label)
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%g to %g: %q, want %q", c.lo, c.hi, got, c.want)
		}
	}
}
