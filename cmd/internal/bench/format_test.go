package bench

import (
	"math"
	"testing"
)

func TestFormats(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0.00 ns", 9.994e-10: "1.00 ns", 1.25e-7: "125 ns", 9.994e-7: "999 ns", 9.995e-7: "1.00 µs",
		21.66e-6: "21.7 µs", 9.996e-6: "10.0 µs", 9.994e-6: "9.99 µs", 999.6e-6: "1.00 ms", 0.2481: "248 ms", 1.874: "1.87 s", 123.4: "123 s",
		math.NaN(): none,
	} {
		if got := duration(v); got != want {
			t.Errorf("duration(%v) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0.814: "0.81×", 9.994: "9.99×", 9.996: "10.0×", 99.96: "100×", 1034.4: "1034×", math.NaN(): none} {
		if got := times(v); got != want {
			t.Errorf("times(%v) = %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{0: "±0.0%", 0.0044: "±0.4%", 0.0996: "±10%", 0.25: "±25%", 1.2: "±120%", math.NaN(): none} {
		if got := plusMinus(v); got != want {
			t.Errorf("plusMinus(%v) = %q, want %q", v, got, want)
		}
	}
	if got := gigaflops(2e9, 0.025); got != "80.0" {
		t.Errorf("2e9 flops in 25 ms: %q", got)
	}
	if plural(1, "thread") != "one thread" || plural(2, "thread") != "two threads" || plural(16, "thread") != "16 threads" {
		t.Error("plural")
	}
}

func TestMachine(t *testing.T) {
	const info = "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\nmodel name\t: Intel(R)  Xeon(R) CPU\nflags\t\t: fpu avx2 %s\n\nprocessor\t: 1\nmodel name\t: another\nflags\t: avx512f\n"
	name, wide := fromCPUInfo(info)
	if name != "Intel(R) Xeon(R) CPU (family 6, model 106)" || wide {
		t.Errorf("%q, AVX-512 %v", name, wide)
	}
	if _, wide := fromCPUInfo("flags : fpu avx512f avx512dq\n"); !wide {
		t.Error("AVX-512 is not seen")
	}
	if name, wide := fromCPUInfo(""); name != "" || wide {
		t.Errorf("%q, AVX-512 %v of an empty file", name, wide)
	}
	amd := machine{System: "linux/amd64", avx512: true}
	for _, c := range []struct {
		m            machine
		kernel, want string
	}{
		{amd, "avx512", "SkylakeX"},
		{amd, "avx2", "Haswell"},
		{machine{System: "linux/amd64"}, "avx2", "Haswell"},
		{machine{System: "linux/amd64"}, "go", ""},
		{machine{System: "linux/arm64"}, "neon", ""},
	} {
		if got := heldCore(c.m, c.kernel); got != c.want {
			t.Errorf("%v, %s: held to %q, want %q", c.m, c.kernel, got, c.want)
		}
	}
	for _, c := range []struct {
		held, itself string
		want         bool
	}{{"SkylakeX", "Haswell", true}, {"SkylakeX", "Zen", true}, {"SkylakeX", "Cooperlake", false}, {"Haswell", "Cooperlake", true}, {"Haswell", "Zen", false}, {"Haswell", "Haswell", false}, {"", "Haswell", false}} {
		if got := differs(about{Core: c.held}, about{Core: c.itself}); got != c.want {
			t.Errorf("held to %s, by itself %s: differs %v", c.held, c.itself, got)
		}
	}
}
