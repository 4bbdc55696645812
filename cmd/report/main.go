// Command report runs the whole coursework, as the report ran it and right,
// and sets each claim of the report beside what was measured, on one page that
// follows the report's chapters.
//
//	go run ./cmd/report
//	go run ./cmd/report -seed 7
//	go run ./cmd/report -seeds 20 -out out/quick
package main

import (
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/report"
)

func main() { cli.Main(report.Main) }
