// Command part1 is Part I of the coursework: the perceptron on the report's
// five pairs of Gaussians, or on a pair of one's own.
//
//	go run ./cmd/part1
//	go run ./cmd/part1 -rule rosenblatt -bias
//	go run ./cmd/part1 -mean1 1,-6 -mean2 -2,-3 -cov1 3,0,0,4 -cov2 2,0,0,5
package main

import (
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/part1"
)

func main() { cli.Main(part1.Main) }
