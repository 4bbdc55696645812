package bench

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"

	"glassbox/cmd/internal/testkit/golden"
)

// The values are numpy.quantile's.
func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		q    float64
		want float64
	}{
		{[]float64{3}, 0.25, 3},
		{[]float64{2, 1}, 0.5, 1.5},
		{[]float64{5, 1, 4, 2, 3}, 0.5, 3},
		{[]float64{5, 1, 4, 2, 3}, 0.25, 2},
		{[]float64{5, 1, 4, 2, 3}, 0, 1},
		{[]float64{5, 1, 4, 2, 3}, 1, 5},
		{[]float64{10, 1, 7, 4}, 0.25, 3.25},
		{[]float64{10, 1, 7, 4}, 0.75, 7.75},
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 20}, 0.9, 10.1},
	} {
		before := append([]float64{}, c.v...)
		if got := quantile(c.v, c.q); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("quantile(%v, %v) = %v, want %v", c.v, c.q, got, c.want)
		}
		for i := range before {
			if c.v[i] != before[i] {
				t.Fatalf("%v was changed to %v", before, c.v)
			}
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("the median of nothing is a number")
	}
}

func TestNoise(t *testing.T) {
	if got := noise([]float64{8, 9, 10, 11, 12}); got != 0.1 {
		t.Errorf("noise %v, want 0.1: quartiles 9 and 11 around 10", got)
	}
	if got := noise([]float64{4}); got != 0 {
		t.Errorf("noise of one number %v", got)
	}
}

// The ratio is of the same rounds: a slow phase of the machine hits both.
func TestRatiosAreOfTheSameRound(t *testing.T) {
	c := workCase{Contenders: []contender{
		{Role: ours, Seconds: []float64{1, 1, 5, 5, 5}},
		{Name: "A", Seconds: []float64{2, 2, 10, 10, 10}},
		{Name: "B", Seconds: []float64{3, 3}},
		{Name: "C", Failed: "no"},
	}}
	if got := median(c.ratios(c.byName("A"))); got != 2 {
		t.Errorf("A: %v", got)
	}
	if got := c.ratios(c.byName("B")); len(got) != 2 || got[0] != 3 {
		t.Errorf("B: %v", got)
	}
	if got := c.ratios(c.byName("C")); got != nil {
		t.Errorf("C: %v", got)
	}
}

// A share of the peak compares flops a second: 100 flops in 4 s against 10 in
// 0.2 s is half.
func TestShare(t *testing.T) {
	c := workCase{Flops: 100, Contenders: []contender{
		{Role: ours, Seconds: []float64{4, 4, 8}},
		{Role: peak, Flops: 10, Seconds: []float64{0.2, 0.2, 0.4}},
	}}
	if share, flops := c.share(); math.Abs(share-0.5) > 1e-15 || flops != 50 {
		t.Errorf("share %v of %v flops a second", share, flops)
	}
	c.Contenders = c.Contenders[:1]
	if share, _ := c.share(); share != 0 {
		t.Errorf("a share of %v of no peak", share)
	}
}

// canned is a report with the shape of a real one: two sections of few cases,
// products on one and on two threads, peers that are missing or failed.
func canned() result {
	ns := func(list ...float64) []float64 {
		for i := range list {
			list[i] *= 1e-9
		}
		return list
	}
	return result{
		Machine: machine{CPU: "Acme 3000 (family 6, model 1)", Cores: 2, System: "linux/amd64", Go: "go1.26.8"},
		Kernel:  "avx512", Rounds: 5, Slice: 0.03,
		Peers: []peerResult{
			{Name: "glassbox", About: "Go 1.26.8, avx512 kernels"},
			{Name: "NumPy", About: "1.24.2 with OpenBLAS 0.3.21 (Haswell); also held to SkylakeX"},
			{Name: "PyTorch", Missing: "/usr/local/bin/python3: ModuleNotFoundError: No module named 'torch'; /usr/bin/python3: ModuleNotFoundError: No module named 'torch'"},
			{Name: "OpenBLAS", About: "0.3.21, by itself with Haswell kernels; also held to SkylakeX"},
			{Name: "gonum", About: "0.17.0"},
		},
		Sections: []section{
			{Letter: "a", Title: "Full-batch step of 2-20-2, one thread", Cases: []workCase{{
				Name: "all 800 points", Short: "step on the whole batch of 800", Threads: 1, Flops: stepFlops, Contenders: []contender{
					{Name: "glassbox", Role: ours, Seconds: ns(10_000, 10_100, 10_200, 10_050, 10_150)},
					{Name: "NumPy", Seconds: ns(103_000, 104_000, 102_000, 103_500, 120_000)},
					{Name: "NumPy, as modules", Role: secondWay, Seconds: ns(119_000, 119_500, 118_000, 119_200, 140_000)},
					{Name: "PyTorch", Failed: "ModuleNotFoundError: No module named 'torch'", absent: true},
					{Name: "scikit-learn", Failed: "ValueError: no"},
					{Name: "A·B 48×128 · 128×48", Role: peak, Flops: 2 * 48 * 128 * 48, Seconds: ns(5000, 5010, 5020, 5005, 5015)},
					{Name: "exp of 1,600", Role: exps, Seconds: ns(680, 690, 700, 685, 695)},
				}}}},
			{Letter: "e", Title: "Products in GFLOP/s, one thread", Table: true, Cases: []workCase{
				{Name: "A·B   n = 16", Short: "A·B   n = 16", Threads: 1, Flops: 8192, Contenders: []contender{
					{Name: "glassbox", Role: ours, Seconds: ns(100, 102, 98)},
					{Name: "OpenBLAS Haswell", Seconds: ns(150, 151, 149)},
					{Name: "OpenBLAS SkylakeX", Seconds: ns(90, 91, 92)},
					{Name: "gonum", Seconds: ns(1500, 1500, 1500)},
					{Name: "A·B 48×128 · 128×48", Role: peak, Flops: 2 * 48 * 128 * 48, Seconds: ns(5000, 5000, 5000)},
				}},
				{Name: "A·Bᵀ  n = 64", Threads: 1, Flops: 524288, Contenders: []contender{
					{Name: "glassbox", Role: ours, Seconds: ns(5000, 5100, 4900)},
					{Name: "OpenBLAS Haswell", Seconds: ns(9000, 9000, 9000)},
					{Name: "OpenBLAS SkylakeX", Failed: "killed"},
					{Name: "gonum", Seconds: ns(50_000, 50_000, 50_000)},
					{Name: "A·B 48×128 · 128×48", Role: peak, Flops: 2 * 48 * 128 * 48, Seconds: ns(5000, 5000, 5000)},
				}},
			}},
			{Letter: "e", Title: "Products in GFLOP/s, two threads", Table: true, Cases: []workCase{
				{Name: "A·B   n = 1024", Short: "A·B   n = 1024", Threads: 2, Flops: 2 << 30, Contenders: []contender{
					{Name: "glassbox", Role: ours, Seconds: []float64{0.010, 0.0102}},
					{Name: "OpenBLAS Haswell", Seconds: []float64{0.021, 0.021}},
					{Name: "gonum", Seconds: []float64{0.12, 0.12}},
					{Name: "one thread", Role: single, Seconds: []float64{0.019, 0.0191}},
				}},
			}},
			{Letter: "g", Title: "Data", Cases: []workCase{
				{Name: "10,000,000 normal deviates", Short: "10,000,000 normal deviates", Threads: 1, Elements: 10_000_000, Contenders: []contender{
					{Name: "glassbox", Role: ours, Seconds: []float64{0.120, 0.121}},
					{Name: "NumPy", Seconds: []float64{0.133, 0.134}},
				}}}},
			{Letter: "h", Title: "part2 beside a script, whole processes", Cases: []workCase{
				{Name: "-sgd", Short: "`part2`, -sgd", Contenders: []contender{
					{Name: "glassbox", Role: ours, Seconds: []float64{0.065}},
					{Name: "NumPy", Seconds: []float64{1.3}},
				}}}},
		},
	}
}

func TestText(t *testing.T) {
	var b bytes.Buffer
	r := canned()
	printHead(&b, r)
	for _, s := range r.Sections {
		printSection(&b, s)
	}
	golden.Check(t, "report.txt", b.String())
}

func TestMarkdown(t *testing.T) {
	var b bytes.Buffer
	printMarkdown(&b, canned())
	golden.Check(t, "report.md", b.String())
}

func TestJSON(t *testing.T) {
	text, err := json.MarshalIndent(canned(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "report.json", string(text)+"\n")
}

// A report that was stopped at once, and one in which glassbox's own part2
// could not be built, can be printed.
func TestEmpty(t *testing.T) {
	var b bytes.Buffer
	printHead(&b, result{})
	printMarkdown(&b, result{})
	for _, table := range []bool{false, true} {
		s := section{Letter: "a", Table: table, Cases: []workCase{{Name: "n", Flops: 1, Contenders: []contender{
			{Name: "glassbox", Role: ours, Failed: "no go"}, {Name: "NumPy", Seconds: []float64{1}}}}}}
		printSection(&b, s)
		printMarkdown(&b, result{Sections: []section{s}})
		if _, err := json.Marshal(s); err != nil {
			t.Error(err)
		}
		printSection(&b, section{Letter: "e", Table: table})
	}
	if bytes.Contains(b.Bytes(), []byte("NaN")) {
		t.Errorf("NaN in\n%s", b.String())
	}
}
