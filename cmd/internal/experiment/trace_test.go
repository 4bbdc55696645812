package experiment

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"glassbox/mat"
	"glassbox/mat/npy"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
)

// A trace in memory is judged as the one that is read from its file.
func TestTraceAndItsFile(t *testing.T) {
	c := Config{Hidden: []int{5, 4}, Rate: 0.05, N: 60, Noise: 0.05, Seed: 3, BatchSize: 20, Momentum: 0.5}
	c.Init = Defaults().Init
	for name, list := range map[string][]faults.Fault{"right": nil, "reported": faults.AsReported} {
		c.Faults, c.Mean = list, list == nil
		after := 0
		trace, err := Trace(c, []int{0, 2, 3}, func() error { after++; return nil })
		if err != nil || after != 4 || len(trace.Steps) != 3 {
			t.Fatalf("%s: %d steps of %d, error %v", name, len(trace.Steps), after, err)
		}
		entries, err := TraceFile(c, trace)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := npy.WriteNPZ(&b, entries, true); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "trace.npz")
		if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		read, err := audit.ReadTrace(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range read.Steps {
			if len(s.T) != len(trace.Steps[i].T) || len(s.T) < 30 {
				t.Errorf("%s, step %d: %d tensors, in the file %d", name, s.Number, len(trace.Steps[i].T), len(s.T))
			}
			for tensor, m := range s.T {
				if !mat.EqualBits(m, trace.Steps[i].T[tensor]) {
					t.Errorf("%s, step %d: %s differs from the file's", name, s.Number, tensor)
				}
			}
		}
		read.File = ""
		memory, disk := audit.Compare(trace), audit.Compare(read)
		said, err := json.Marshal(memory)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := json.Marshal(disk); err != nil || !bytes.Equal(said, again) {
			t.Errorf("%s: judged as %.300s, and from the file as %.300s (error %v)", name, said, again, err)
		}
		if want := map[string]string{"right": "clean", "reported": "findings"}[name]; memory.Verdict != want {
			t.Errorf("%s: verdict %s", name, memory.Verdict)
		}
	}
	stop := errors.New("stop")
	if _, err := Trace(c, []int{9}, func() error { return stop }); err != stop {
		t.Errorf("error %v, want that of after", err)
	}
}
