// Command part2 is Parts II and III of the coursework: a multi-layer
// perceptron on two moons, trained on the whole batch or, with -sgd, on one
// random row a step.
//
//	go run ./cmd/part2
//	go run ./cmd/part2 -sgd -max_steps 45000 -eval_freq 500
//	go run ./cmd/part2 -sweep learning_rate=0.01,0.1,1 -seeds 10
package main

import (
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/part2"
)

func main() { cli.Main(part2.Main) }
