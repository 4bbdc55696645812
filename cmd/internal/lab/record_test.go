package lab

import (
	"io"
	"path/filepath"
	"testing"

	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/python"
)

// recordedProgram is the trace of a whole program with a mistake in it.
func recordedProgram(t *testing.T) string {
	t.Helper()
	interpreter, err := python.NumPy()
	if err != nil {
		t.Skip(err)
	}
	trace := filepath.Join(t.TempDir(), "broken.npz")
	program, err := filepath.Abs("../../../testdata/broken.py")
	if err != nil {
		t.Fatal(err)
	}
	audit.Main([]string{"run", "-python", interpreter, "-o", trace, program}, io.Discard, io.Discard)
	return trace
}
