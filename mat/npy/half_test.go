package npy

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Every float16 comes back, and its neighbours' halfway points round to even.
func TestHalf(t *testing.T) {
	for h := range uint16(0x7c00) {
		v := fromHalf(h)
		if got := fromHalf(h | 1<<15); got != -v || !math.Signbit(got) {
			t.Fatalf("fromHalf(%#x) = %v, of the other sign %v", h, v, got)
		}
		if toHalf(v) != h || toHalf(-v) != h|1<<15 {
			t.Fatalf("toHalf(%v) = %#x, want %#x", v, toHalf(v), h)
		}
		next := fromHalf(h + 1)
		if h == 0x7bff {
			next = 65536 // where the one after the largest would be
		}
		if next <= v {
			t.Fatalf("fromHalf(%#x) = %v is not above %v", h+1, next, v)
		}
		middle := (v + next) / 2 // exact
		even := h + h&1
		for _, c := range []struct {
			v    float64
			want uint16
		}{{middle, even}, {math.Nextafter(middle, 0), h}, {math.Nextafter(middle, 1e9), h + 1}} {
			if got := toHalf(c.v); got != c.want {
				t.Fatalf("toHalf(%v) = %#x, want %#x", c.v, got, c.want)
			}
		}
	}
	if fromHalf(0x3c01) != 1+0x1p-10 || fromHalf(1) != 0x1p-24 || fromHalf(0x7bff) != 65504 || !math.IsInf(fromHalf(0xfc00), -1) || !math.IsNaN(fromHalf(0x7c01)) {
		t.Error("fromHalf is wrong about 1+2⁻¹⁰, 2⁻²⁴, 65504, −∞ or NaN")
	}
	if toHalf(5e-324) != 0 || toHalf(math.Inf(-1)) != 0xfc00 {
		t.Error("toHalf is wrong about 5e-324 or −∞")
	}
}

// exact against the conversion there and back.
func TestExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		v := r.Uint64() >> r.IntN(64) << r.IntN(64)
		f := float64(v)
		if want := f < 0x1p64 && uint64(f) == v; exact(v) != want {
			t.Fatalf("exact(%#x) = %t", v, !want)
		}
	}
}

// fromFortran against the definition of the order.
func TestFromFortran(t *testing.T) {
	for _, shape := range [][]int{{}, {4}, {3, 4}, {4, 1}, {2, 3, 4}, {1, 5, 2}, {3, 0, 2}} {
		n := elements(shape)
		file := make([]float64, n)
		for i := range file {
			file[i] = float64(i)
		}
		c := fromFortran(shape, file)
		if len(c) != n {
			t.Fatalf("%v: %d numbers", shape, len(c))
		}
		for i, v := range c {
			if got, want := index(shape, true, int(v)), index(shape, false, i); got != want {
				t.Errorf("%v: element %d of the file is %s and came to %s", shape, int(v), got, want)
			}
		}
	}
	if got := index([]int{2, 3, 4}, false, 23) + index([]int{2, 3, 4}, true, 7) + index(nil, true, 0); got != "[1,2,3][1,0,1][]" {
		t.Error(got)
	}
}
