package bench

import (
	"cmp"
	"context"
	"fmt"
)

// A shape is a product in M×N with K terms an element: of A·B (ab), Aᵀ·B (atb,
// A stored K×M) or A·Bᵀ (abt, B stored N×K).
type shape struct {
	op      string
	m, n, k int
}

func (s shape) work() string   { return fmt.Sprintf("mul %s %d %d %d", s.op, s.m, s.n, s.k) }
func (s shape) flops() float64 { return 2 * float64(s.m) * float64(s.n) * float64(s.k) }

// String names the product with the factors as they are multiplied.
func (s shape) String() string {
	sign := map[string]string{"ab": "A·B", "atb": "Aᵀ·B", "abt": "A·Bᵀ"}[s.op]
	if s.m == s.n && s.n == s.k {
		return fmt.Sprintf("%-5s n = %d", sign, s.m)
	}
	return fmt.Sprintf("%-5s %d×%d · %d×%d", sign, s.m, s.k, s.k, s.n)
}

// shapes are the products that are measured.
func shapes() []shape {
	var list []shape
	for _, n := range []int{16, 32, 64, 128, 256, 512, 1024, 2048} {
		list = append(list, shape{"ab", n, n, n})
	}
	for _, n := range []int{64, 256, 1024} {
		list = append(list, shape{"atb", n, n, n}, shape{"abt", n, n, n})
	}
	return append(list,
		// The step of 2-20-2 on 800 rows.
		shape{"ab", 800, 20, 2}, shape{"ab", 800, 2, 20},
		shape{"atb", 20, 2, 800}, shape{"atb", 2, 20, 800}, shape{"abt", 800, 20, 2},
		// The step of 784-256-10 on 800 rows, and on 64.
		shape{"ab", 800, 256, 784}, shape{"atb", 784, 256, 800}, shape{"abt", 800, 256, 10},
		shape{"ab", 64, 256, 784})
}

// heavyFlops is where a product is too long for -quick.
const heavyFlops = 1e9

func products(held string, top shape, threads int) section {
	s := section{Letter: "e", Title: "Products in GFLOP/s, " + plural(threads, "thread"), Table: true}
	for _, p := range shapes() {
		blas := by(openblasKind, threads, p.work())
		list := []contender{own(threads, p.work()), blas}
		list = append(list, heldTo(held, blas)...)
		list = append(list, by(gonumKind, threads, p.work()))
		if threads == 1 {
			list = append(list, atPeak(top))
		} else {
			one := own(1, p.work())
			one.Role, one.Name = single, "one thread"
			list = append(list, one)
		}
		c := workCase{Name: p.String(), Threads: threads, Flops: p.flops(), heavy: p.flops() > heavyFlops, Contenders: list}
		if square := p.m == p.n && p.n == p.k; square && p.op == "ab" && p.n >= 128*(threads-1) || !square && (threads == 1 || p.flops() > 1e8) {
			c.Short = p.String()
		}
		s.Cases = append(s.Cases, c)
	}
	return s
}

// findPeak returns the product, among small ones whose operands or their
// blocks lie in the first cache, that our process does at most flops a second.
func findPeak(ctx context.Context, own runner, seconds float64) (shape, error) {
	type found struct {
		shape
		rate float64
	}
	var best found
	for _, m := range []int{24, 48, 64, 96} {
		for _, n := range []int{24, 48, 96, 240} {
			for _, k := range []int{64, 128, 256} {
				s := shape{"ab", m, n, k}
				took := 0.0
				reps := max(1, int(seconds*10e9/s.flops()))
				for range 3 {
					t, err := own.run(ctx, s.work(), 1, reps)
					if err != nil {
						return shape{}, err
					}
					if took == 0 || t < took {
						took = t
					}
				}
				if rate := s.flops() * float64(reps) / took; cmp.Compare(rate, best.rate) > 0 {
					best = found{s, rate}
				}
			}
		}
	}
	return best.shape, nil
}
