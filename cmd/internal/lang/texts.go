//go:build !js

package lang

import "embed"

// files are the table, a topic a file: each English text in a line, and under
// it, after a tab, its Chinese. Lines that begin with # are remarks.
//
//go:embed texts/*.txt
var files embed.FS
