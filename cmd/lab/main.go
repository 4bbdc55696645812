// Command lab writes the judge and the laboratory as one HTML file, which needs
// neither Go nor Python nor a network where it is opened.
//
//	go run ./cmd/lab
//	go run ./cmd/lab -o site/glassbox.html
//	go run ./cmd/lab -serve
package main

import (
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lab"
)

func main() { cli.Main(lab.Main) }
