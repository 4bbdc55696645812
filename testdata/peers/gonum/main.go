// Command gonum is the product of gonum.org/v1/gonum behind the protocol of
// protocol.py. It is a module of its own, so that glassbox has no requirements.
package main

import (
	"bufio"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"time"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// product is a product in hand: op is ab, atb or abt; C is m×n, k terms an
// element.
type product struct {
	op      string
	m, n, k int
	a, b, c []float64
}

func main() {
	signal.Ignore(os.Interrupt) // Ctrl-C is cmd/bench's affair
	fmt.Printf("{\"version\": %q}\n", version())
	var p product
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var warm, reps, m, n, k int
		var op string
		if _, err := fmt.Sscanf(in.Text(), "run %d %d mul %s %d %d %d", &warm, &reps, &op, &m, &n, &k); err == nil {
			if err := p.take(op, m, n, k); err != nil {
				fmt.Println("error:", err)
				continue
			}
			p.multiply(warm)
			start := time.Now()
			p.multiply(reps)
			fmt.Printf("%.9e\n", time.Since(start).Seconds())
		} else if _, err := fmt.Sscanf(in.Text(), "check %d mul %s %d %d %d", &reps, &op, &m, &n, &k); err == nil {
			if err := p.take(op, m, n, k); err != nil {
				fmt.Println("error:", err)
				continue
			}
			p.multiply(reps)
			var sum, weighted float64
			for i, v := range p.c {
				sum += v
				weighted += v * float64(i%7)
			}
			fmt.Printf("%.17g %.17g\n", sum, weighted)
		} else {
			fmt.Println("error: no such work")
		}
	}
}

func (p *product) take(op string, m, n, k int) error {
	switch {
	case op != "ab" && op != "atb" && op != "abt":
		return fmt.Errorf("no such product")
	case m < 1 || n < 1 || k < 1:
		return fmt.Errorf("sizes have to be above 0")
	case p.op == op && p.m == m && p.n == n && p.k == k:
		return nil
	}
	*p = product{op: op, m: m, n: n, k: k, a: numbers(m*k, 1), b: numbers(k*n, 2), c: make([]float64, m*n)}
	return nil
}

// numbers are those that every peer multiplies: in [−1/2, 1/2).
func numbers(n int, seed uint32) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = float64(uint32(i)*2654435761+seed)/(1<<32) - 0.5
	}
	return v
}

func (p *product) multiply(reps int) {
	ta, tb, lda, ldb := blas.NoTrans, blas.NoTrans, p.k, p.n
	if p.op == "atb" {
		ta, lda = blas.Trans, p.m
	}
	if p.op == "abt" {
		tb, ldb = blas.Trans, p.k
	}
	for range reps {
		gonum.Implementation{}.Dgemm(ta, tb, p.m, p.n, p.k, 1, p.a, lda, p.b, ldb, 0, p.c, p.n)
	}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "gonum.org/v1/gonum" {
				return m.Version
			}
		}
	}
	return ""
}
