package audit

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/golden"
	"glassbox/mat/npy"
)

// What explain prints, of our own run.
func TestExplain(t *testing.T) {
	for name, args := range map[string]string{
		"dW":       "-step 12 dW1[0,3]",
		"dW-all":   "-n 30 -all 2.dW2[1,0]",
		"p":        "-data ../../../testdata/iris.csv -standardize -dnn_hidden_units 4 -step 3 p[5,2]",
		"z":        "-n 50 -step 3 z1[5,2]",
		"stopped":  "-n 50 h1[0,1]",
		"loss":     "-n 50 -reduction sum loss",
		"momentum": "-n 50 -momentum 0.9 -step 2 W1_new[0,3]",
		"before":   "-n 50 -step 2 b1[3]",
		"drawn":    "-n 50 W1[0,3]",
		"data":     "-n 50 -sgd -step 4 x[0,1]",
		"accuracy": "-n 50 -step 9 accuracy",
		"reported": "-n 50 -as_reported db2[0,1]",
		"help":     "-h",
	} {
		t.Run(name, func(t *testing.T) {
			out, stderr, status := audits(t, append([]string{"explain"}, strings.Fields(args)...)...)
			if status != 0 || stderr != "" {
				t.Fatalf("status %d, stderr %q", status, stderr)
			}
			golden.Terminal(t, "explain-"+name+".txt", out)
		})
	}
}

// The network in training has the bits that explain shows, whatever it is.
func TestExplainAgreesWithTraining(t *testing.T) {
	for _, run := range []string{"", "-sgd", "-batch_size 7 -momentum 0.9", "-reduction sum -dnn_hidden_units 4,3"} {
		for _, name := range []string{"z1[0,2]", "h1[0,1]", "p[0,1]", "loss", "dz2[0,0]", "dW1[1,2]", "db2[1]", "dh1[0,3]", "dz1[0,2]", "W2_new[2,1]", "b1_new[0,1]"} {
			args := append([]string{"explain", "-n", "40", "-step", "9", name}, strings.Fields(run)...)
			out, stderr, status := audits(t, args...)
			if status != 0 || !strings.Contains(out, "\nthe network in training has the same 64 bits\n") {
				t.Errorf("%s: status %d, %s%s", args, status, stderr, out)
			}
		}
	}
}

// The command it ends with works, and leads back to the data in the end.
func TestExplainGoesOn(t *testing.T) {
	args := []string{"explain", "-n", "30", "-learning_rate", "0.5", "-dnn_hidden_units", "3,2", "-step", "2", "W1_new[0,1]"}
	var names []string
	for range 100 {
		out, stderr, status := audits(t, args...)
		if status != 0 {
			t.Fatalf("%s: %s", args, stderr)
		}
		names = append(names, args[len(args)-1])
		_, line, ok := strings.Cut(out, "\ngo on: go run ./cmd/audit ")
		if !ok {
			if !strings.Contains(out, ", a = word ") {
				t.Errorf("%s ends at\n%s", names, out)
			}
			return
		}
		args = strings.Fields(strings.ReplaceAll(line, "'", ""))
	}
	t.Errorf("it does not end: %s", names)
}

func TestExplainTrace(t *testing.T) {
	path := traced(t, "-n", "30", "-steps", "3:5")
	out, stderr, status := audits(t, "explain", "-trace", path, "4.dW1[0,3]")
	if status != 0 || !strings.Contains(out, "\nthe trace has the same 64 bits\n") {
		t.Fatalf("status %d, %s%s", status, stderr, out)
	}
	golden.Check(t, "explain-trace.txt", strings.ReplaceAll(out, path, "trace.npz"))
	// Without a step it is the first recorded.
	if out, _, _ := audits(t, "explain", "-trace", path, "z2[1,0]"); !strings.HasPrefix(out, "z2[1,0] of step 3 in ") {
		t.Error(out)
	}
	for args, want := range map[string]string{
		"-step 7 x[0,0]":   "has no step 7; it has 3, 4",
		"-seed 3 x[0,0]":   "-seed belongs to our own run and -trace brings a recorded one",
		"3.dW9[0,0]":       "no tensor is called dW9: the network has 2 layers and step 3 has x, y",
		"3.dW1[0,99]":      "dW1[0,99]: dW1 is 2×20: its rows are 0 to 1, its columns 0 to 19",
		"-step 3 4.x[0,0]": "-step 3 and 4.x[0,0] name two steps",
	} {
		_, stderr, status := audits(t, append([]string{"explain", "-trace", path}, strings.Fields(args)...)...)
		if status == 0 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, stderr %q", args, status, stderr)
		}
	}
}

// A recorded number that does not follow is shown beside the one that does.
func TestExplainShowsTheDifference(t *testing.T) {
	for _, c := range []struct {
		change func(v float64) float64
		want   string
	}{
		{func(v float64) float64 { return math.Nextafter(v, 9) }, "1 unit in the last place"},
		{func(v float64) float64 { return math.Nextafter(math.Nextafter(v, -9), -9) }, "2 units in the last place"},
		{func(v float64) float64 { return v / 8 }, "0.125 times what follows"},
		{func(v float64) float64 { return -v }, "-1 times what follows"},
		{func(v float64) float64 { return math.NaN() }, "which is NaN away"},
	} {
		a, err := npy.ReadNPZ(traced(t, "-n", "30", "-steps", "0:1"))
		if err != nil {
			t.Fatal(err)
		}
		var entries []npy.Entry
		for _, name := range a.Names() {
			array, err := a.Array(name)
			if err != nil {
				t.Fatal(err)
			}
			if name == "0.db1" {
				array.Data[3] = c.change(array.Data[3])
			}
			entries = append(entries, npy.Entry{Name: name, Array: array})
		}
		path := filepath.Join(t.TempDir(), "wrong.npz")
		f, err := os.Create(path)
		if err == nil {
			err = npy.WriteNPZ(f, entries, false)
		}
		if err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		out, stderr, status := audits(t, "explain", "-trace", path, "db1[3]")
		if status != 0 || !strings.Contains(out, "\nthe trace has ") || !strings.Contains(out, c.want) || strings.Contains(out, "same 64 bits") {
			t.Errorf("%s: status %d, %s%s", c.want, status, stderr, out)
		}
	}
}

func TestExplainUsage(t *testing.T) {
	for args, want := range map[string]string{
		"":                   "NAME[ROW,COLUMN]",
		"foo":                "no tensor is called foo",
		"fooo":               "of an evaluation there are accuracy, train_accuracy, plotted_loss,",
		"-step 1 2.accuracy": "name two steps: give one of them",
		"-trace t accuracy":  "accuracy belongs to our own run",
		"dW1":                `"dW1" names no element`,
		"dW1[0":              `"dW1[0" is not an element of a tensor`,
		"x[0,0] y[0,0]":      "y[0,0]",
		"-step -1 x[0,0]":    "-step",
		"-momentum 2 x[0,0]": "-momentum",
		"-step 1 2.x[0,0]":   "name two steps: give one of them",
	} {
		_, stderr, status := audits(t, append([]string{"explain"}, strings.Fields(args)...)...)
		if status != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: status %d, stderr %q", args, status, stderr)
		}
	}
	for args, want := range map[string]string{
		"dW9[0,0]":              "no tensor is called dW9: the network has 2 layers and step 0 has x, y, W1",
		"W1[0,20]":              "W1[0,20]: W1 is 2×20",
		"-trace /no.npz x[0,0]": "/no.npz",
	} {
		_, stderr, status := audits(t, append([]string{"explain"}, strings.Fields(args)...)...)
		if status != 1 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: status %d, stderr %q", args, status, stderr)
		}
	}
}
