package lang

import "embed"

// files are those of the table that the laboratory's page says: it is downloaded,
// and has no commands, no marks and no report.
//
//go:embed texts/audit.txt texts/lab.txt texts/nn.txt texts/page.txt texts/part1.txt texts/part2.txt texts/program.txt
var files embed.FS
