// Command audit judges the numbers of the coursework, ours and other people's.
//
//	go run ./cmd/audit recorder > glassbox_record.py
//	go run ./cmd/audit run train.py
//	go run ./cmd/audit run -sarif train.py > findings.sarif
//	go run ./cmd/audit compare trace.npz
//	go run ./cmd/audit check
//	go run ./cmd/audit trace -steps 0:3 -o trace.npz
//	go run ./cmd/audit explain -step 12 'dW1[0,3]'
//	go run ./cmd/audit explain -trace trace.npz 'train.py:41:dW[0,3]'
//	go run ./cmd/audit page -o audit.html
//	go run ./cmd/audit page -trace trace.npz -o train.html
package main

import (
	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/cli"
)

func main() { cli.Main(audit.Main) }
