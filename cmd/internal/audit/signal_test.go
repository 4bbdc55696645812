//go:build unix

package audit

import (
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/interrupt"
	"glassbox/mat/npy"
)

// A request to end is met with a line that says what was kept.
func TestInterrupted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "trace.npz")
	for args, want := range map[string]string{
		"check -dnn_hidden_units 2000":          "; a check says nothing before its end\n",
		"check -at 100000000":                   "audit: interrupted before step 100000000\n",
		"trace -steps 100000000 -o " + file:     "audit: interrupted before step 100000000, the first to keep; nothing was written\n",
		"trace -steps 0:2,100000000 -o " + file: "audit: interrupted; " + file + " has 2 of the 3 steps\n",
		"explain -step 100000000 dW1[0,0]":      "audit: interrupted before step 100000000\n",
	} {
		stop := interrupt.Press(t, nil)
		_, stderr, status := audits(t, strings.Fields(args)...)
		stop()
		if status != 130 || !strings.HasSuffix(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q, want %q", args, status, stderr, want)
		}
	}
	if a, err := npy.ReadNPZ(file); err != nil || !a.Has("1.dW1") || a.Has("2.dW1") {
		t.Errorf("the trace: %v, %v", a, err)
	}
}
