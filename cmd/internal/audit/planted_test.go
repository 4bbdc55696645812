package audit

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/coursetests"
	"glassbox/nn/faults"
)

// TestEachMistakeIsPlanted counts where the tests plant each mistake of the
// catalogue and find it under its own name: in our own network, as TestCatalogue
// lists; in a course's modules; in the traces and programs of testdata; and in the
// traces of nn/audit. Each has to be in two of them, or twice in one.
func TestEachMistakeIsPlanted(t *testing.T) {
	// Those in programs of the tests of nn/audit/program: TestRemarks, TestPrepared
	// and TestSnapshots.
	count := map[string]int{"best-without-copy": 2, "rows-left-out": 1, "tested-on-training-rows": 1, "reshaped-not-transposed": 2, "test-scaled-by-itself": 2}
	read := func(file string) string {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for line := range strings.Lines(read("testdata/catalogue.txt")) {
		if name := strings.Fields(line)[0]; name != "fault" {
			count[name]++
		}
	}
	for _, name := range coursetests.Names() {
		count[name]++
	}
	var traces []struct{ Expect []struct{ Cause string } }
	if err := json.Unmarshal([]byte(read("../../../testdata/traces/golden/index.json")), &traces); err != nil {
		t.Fatal(err)
	}
	for _, c := range traces {
		if len(c.Expect) > 0 {
			count[c.Expect[0].Cause]++
		}
	}
	for line := range strings.Lines(read("../../../nn/audit/testdata/planted.txt")) {
		name, n, _ := strings.Cut(strings.TrimSpace(line), " ")
		k, err := strconv.Atoi(n)
		if err != nil {
			t.Fatal(err)
		}
		count[name] += k
	}
	files, err := filepath.Glob("../../../testdata/programs/*/faults.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		var programs map[string][]struct{ Name string }
		if err := json.Unmarshal([]byte(read(file)), &programs); err != nil {
			t.Fatal(err)
		}
		for _, list := range programs {
			for _, f := range list {
				count[f.Name]++
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^    \w+, [^[\n]*? \[([a-z0-9-]+)\]: `).FindAllStringSubmatch(read("testdata/reports.txt"), -1) {
		count[m[1]]++
	}
	if len(faults.All) < 120 {
		t.Errorf("the catalogue has %d mistakes", len(faults.All))
	}
	for _, f := range faults.All {
		if count[f.Name] < 2 {
			t.Errorf("%s (%s) is planted %d times", f.Name, f.Kind, count[f.Name])
		}
	}
}

// TestUnderEveryOptimizer plants mistakes that have to do with the update in networks
// of each rule: all that is found has their name, and nothing else is.
func TestUnderEveryOptimizer(t *testing.T) {
	for _, rule := range []string{"", "-momentum 0.9", "-optimizer nesterov", "-optimizer rmsprop", "-optimizer adam"} {
		for _, fault := range []string{"epoch-gradient -batch_size 40 -steps 0:9", "dx-updated-weights -dnn_hidden_units 10,7 -steps 0:4"} {
			file := filepath.Join(t.TempDir(), "trace.npz")
			args := strings.Fields("trace " + rule + " -n 100 -o " + file + " -fault " + fault)
			if _, stderr, status := audits(t, args...); status != 0 {
				t.Fatalf("%s: status %d, %s", args, status, stderr)
			}
			out, _, _ := audits(t, "compare", "-json", file)
			var causes []string
			for _, m := range regexp.MustCompile(`"cause": "([^"]*)"`).FindAllStringSubmatch(out, -1) {
				causes = append(causes, m[1])
			}
			want := strings.Fields(fault)[0]
			if len(causes) < 3 || slices.ContainsFunc(causes, func(cause string) bool { return cause != want }) {
				t.Errorf("%s: %q", args, causes)
			}
		}
	}
}
