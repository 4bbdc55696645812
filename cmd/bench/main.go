// Command bench measures glassbox beside the peers it finds on this machine:
// NumPy, PyTorch, scikit-learn, OpenBLAS and gonum, in the coursework's steps,
// in products, exp, the making of data and the whole of part2. Each is a
// process of its own, and they take turns.
//
//	go run ./cmd/bench
//	go run ./cmd/bench -quick -only a,b,c
//	go run ./cmd/bench -only e -json products.json
package main

import (
	"glassbox/cmd/internal/bench"
	"glassbox/cmd/internal/cli"
)

func main() { cli.Main(bench.Main) }
