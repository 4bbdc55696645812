package lang

import "embed"

// files are the table without what only commands say: a page has no help, and is to
// stay small.
//
//go:embed texts/[a-o]*.txt texts/page.txt texts/part*.txt texts/plain-e*.txt texts/plain-go.txt texts/program.txt texts/report.txt
var files embed.FS
