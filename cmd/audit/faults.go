package main

import (
	"fmt"
	"io"

	"glassbox/cmd/internal/cli"
	"glassbox/nn/faults"
)

// runFaults lists the catalogue.
func runFaults(args []string, stdout, _ io.Writer) error {
	set := cli.New("audit faults", "Lists the mistakes that compare knows and -fault builds in.", "")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	for _, f := range faults.All {
		kind := "error"
		if f.Misleads {
			kind = "warning"
		}
		fmt.Fprintf(stdout, "%s (%s)\n    %s\n    right: %s\n", f.Name, kind, f.Doc, f.Fix)
	}
	return nil
}
