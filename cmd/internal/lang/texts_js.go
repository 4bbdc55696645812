package lang

import "embed"

// files are the table without what only commands say: a page has no help, writes no
// report and no marks, and is to stay small.
//
//go:embed texts/audit.txt texts/both.txt texts/lab.txt texts/nn.txt texts/page.txt texts/plain-e*.txt texts/plain-go.txt texts/program.txt
var files embed.FS
