package main

import (
	"io"

	"glassbox/cmd/audit/recorder"
	"glassbox/cmd/internal/cli"
)

// runRecorder prints the recorder for Python.
func runRecorder(args []string, stdout, _ io.Writer) error {
	set := cli.New("audit recorder", "Prints glassbox_record.py, a NumPy-only file that records a network of the assignment's template while it trains.",
		"> glassbox_record.py")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	_, err := stdout.Write(recorder.Source)
	return err
}
