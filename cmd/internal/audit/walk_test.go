package audit

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/part2"
	"glassbox/nn/audit"
)

// A walk explains numbers of a run, each of what they are made of, and so on.
type walk struct {
	t      *testing.T
	flags  string
	config experiment.Config
	steps  int
	done   map[string]float64
	ends   map[string]int // where the way ends, by the tensor
}

// to returns a number of a step after it walked to the end of all that it is made of.
func (w *walk) to(step int, name string) float64 {
	w.t.Helper()
	if number, rest, ok := strings.Cut(name, "."); ok {
		step, _ = strconv.Atoi(number)
		name = rest
	}
	key := fmt.Sprintf("%d.%s", step, name)
	if v, ok := w.done[key]; ok {
		return v
	}
	q, err := asked(name)
	var x audit.Explanation
	if err == nil {
		x, err = q.explain(w.config, step, io.Discard)
	}
	if err != nil {
		w.t.Fatalf("%s: %s: %v", w.flags, key, err)
	}
	w.done[key] = x.Result
	if x.Recorded != nil && math.Float64bits(*x.Recorded) != math.Float64bits(x.Result) {
		w.t.Errorf("%s: %s comes to %v, the run has %v", w.flags, key, x.Result, *x.Recorded)
	}
	for _, term := range x.Terms {
		for _, of := range term.Inputs {
			w.to(step, of)
		}
	}
	if len(x.Inputs) == 0 {
		kind := strings.TrimRight(strings.SplitN(name[strings.LastIndexByte(name, '_')+1:], "[", 2)[0], "0123456789")
		w.ends[kind]++
		text := ""
		for _, g := range x.Given {
			text += g.Text
		}
		words := strings.Count(text, "0x")
		if kind == "x" && w.config.Table == nil && words < 4 || kind == "W" && words < 4 || kind == "x" && w.config.Table != nil && words == 0 {
			w.t.Errorf("%s: %s ends at %d words of the generator: %s", w.flags, key, words, text)
		}
		if !slices.Contains([]string{"x", "y", "W", "b", "vW", "vb", "sW", "sb", "t", "rows", "guess", "confusion"}, kind) {
			w.t.Errorf("%s: %s is made of nothing: %s", w.flags, key, x.Formula)
		}
	}
	return x.Result
}

// So it is with several seeds: means, deviations and ranges are those of explain.
func TestExplainSpread(t *testing.T) {
	flags := "-max_steps 3 -dnn_hidden_units 2 -n 20 -seeds 3"
	var printed, stderr strings.Builder
	if err := part2.Main(append(strings.Fields(flags), "-out", t.TempDir()), &printed, &stderr); err != nil {
		t.Fatal(err)
	}
	value := func(name string) (v float64) {
		out, stderr, status := audits(t, append([]string{"explain", name}, strings.Fields(flags)...)...)
		at := strings.Index(out, "\n"+name+" = ")
		if status != 0 || at < 0 {
			t.Fatalf("%s: status %d, %s%s", name, status, stderr, out)
		}
		fmt.Sscan(out[at+len(name)+4:], &v)
		return v
	}
	for _, name := range []string{"loss_a_row", "train_accuracy", "accuracy"} {
		if want := fmt.Sprintf("%.4f ± %.4f", value("mean_"+name), value("sd_"+name)); !strings.Contains(printed.String(), want) {
			t.Errorf("%s: %s is not in\n%s", name, want, printed.String())
		}
	}
	if want := fmt.Sprintf("%.3f–%.3f", value("least_accuracy"), value("most_accuracy")); !strings.Contains(printed.String(), want) {
		t.Errorf("%s is not in\n%s", want, printed.String())
	}
}

// Hints and fingerprints too are what explain says.
func TestExplainHintsAndFingerprints(t *testing.T) {
	for _, flags := range []string{"-n 60 -max_steps 60 -eval_freq 2", "-n 300 -batch_size 200 -max_steps 200 -eval_freq 5"} {
		var printed, stderr strings.Builder
		if err := part2.Main(append(strings.Fields(flags), "-out", t.TempDir()), &printed, &stderr); err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(printed.String()), " ")
		hint := regexp.MustCompile(`falling \(([\d.]+) a row, ([\d.]+) at step (\d+)\)`).FindStringSubmatch(text)
		if hint == nil {
			t.Fatalf("%s: no hint: %s", flags, text)
		}
		config, err := experiment.FromFlags(flags, 42)
		if err != nil {
			t.Fatal(err)
		}
		for step, want := range map[int]string{config.Steps: hint[1], atoi(hint[3]): hint[2]} {
			x, err := explainRecent(config, step)
			if err != nil || fmt.Sprintf("%.4f", x.Result) != want {
				t.Errorf("%s: recent_loss of step %d is %v (%v), the hint has %s", flags, step, x.Result, err, want)
			}
			of, err := explainEvaluation(config, "loss_a_row", step, io.Discard)
			if last := x.Terms[len(x.Terms)-2]; err != nil || of.Result != last.Value || last.Inputs[0] != fmt.Sprint(step, ".loss_a_row") {
				t.Errorf("%s: loss_a_row of step %d is %v, in recent_loss %v", flags, step, of.Result, last)
			}
		}
		out, _, _ := audits(t, append([]string{"explain", fmt.Sprint(config.Steps, ".fingerprint")}, strings.Fields(flags)...)...)
		_, sum, _ := strings.Cut(out, "\nfingerprint = ")
		if sum = strings.Fields(sum + " -")[0]; !strings.Contains(text, "fingerprint "+sum) || !strings.Contains(out, "the run has the same") {
			t.Errorf("%s: fingerprint %s\n%s", flags, sum, text)
		}
	}
	if out, _, status := audits(t, "explain", "-part1", "1", "-bias", "-n", "10", "fingerprint"); status != 0 || !strings.Contains(out, "the run has the same") || strings.Count(out, "\n  b ") != 5 {
		t.Errorf("Part I: %d\n%s", status, out)
	}
}

// The other numbers of hints are what explain says too.
func TestExplainOtherHints(t *testing.T) {
	table := filepath.Join(t.TempDir(), "people.csv")
	text := "age,income,class\n"
	for i := range 40 {
		text += fmt.Sprintf("%d,%d,%t\n", 20+(i*7)%40, 30000+137*((i*53)%80), (i*53)%80 > 40)
	}
	if err := os.WriteFile(table, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ flags, hint, names string }{
		{"-n 60 -max_steps 20 -eval_freq 2 -init 1e-4", `ln 2 = ([\d.]+) a row \(([\d.]+) for`, "guess guess_sum"},
		{"-n 60 -max_steps 40 -eval_freq 1 -learning_rate 3", `jumps between ([\d.]+) and ([\d.]+) a row`, "lowest_loss highest_loss"},
		{"-n 60 -max_steps 20 -reduction sum", "be -learning_rate ([0-9.e-]+)\\.", "mean_rate"},
		{"-max_steps 30 -eval_freq 3 -data " + table, `are of size ([0-9.e+]+)\)`, "feature_size"},
	} {
		var printed, stderr strings.Builder
		if err := part2.Main(append(strings.Fields(c.flags), "-out", t.TempDir()), &printed, &stderr); err != nil {
			t.Fatal(err)
		}
		hint := regexp.MustCompile(c.hint).FindStringSubmatch(strings.Join(strings.Fields(printed.String()), " "))
		if hint == nil {
			t.Errorf("%s: no hint: %s", c.flags, printed.String())
			continue
		}
		for i, name := range strings.Fields(c.names) {
			out, stderr, _ := audits(t, append([]string{"explain", name}, strings.Fields(c.flags)...)...)
			_, result, _ := strings.Cut(out, "\n  "+name+" = ")
			_, result, _ = strings.Cut(result, "\n  "+name+" = ") // behind the formula
			said, _ := strconv.ParseFloat(strings.Fields(result + " -")[0], 64)
			want, _ := strconv.ParseFloat(hint[i+1], 64)
			if math.Abs(said-want) > 2e-3*want || want == 0 {
				t.Errorf("%s: the hint has %s, explain %s says %v: %s%s", c.flags, hint[i+1], name, said, out, stderr)
			}
		}
	}
}

func atoi(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}

// From every number that part2 prints the way leads down to the generator's words.
func TestWalkFromWhatPart2Prints(t *testing.T) {
	for _, flags := range []string{"", "-sgd", "-batch_size 4 -optimizer adam -l2 0.1", "-momentum 0.9 -reduction sum -activation tanh", "-sgd -optimizer rmsprop -loss squared_error",
		"-optimizer nesterov -loss binary_cross_entropy", "-data ../../../testdata/iris.csv -standardize -batch_size 7"} {
		flags = strings.TrimSpace(flags + " -max_steps 3 -eval_freq 2 -dnn_hidden_units 2 -n 11 -v")
		if strings.Contains(flags, "iris") {
			flags = strings.Replace(flags, "-n 11 ", "", 1)
		}
		config, err := experiment.FromFlags(strings.Replace(flags, " -v", "", 1), 42)
		if err != nil {
			t.Fatal(err)
		}
		var out, stderr strings.Builder
		if err := part2.Main(append(strings.Fields(flags), "-out", t.TempDir()), &out, &stderr); err != nil {
			t.Fatal(err, stderr.String())
		}
		w := &walk{t, flags, config, 3, map[string]float64{}, map[string]int{}}
		known := []float64{0, 2, 3} // the steps
		for _, step := range []int{0, 2, 3} {
			for _, name := range []string{"plotted_loss", "loss_a_row", "train_accuracy", "accuracy"} {
				known = append(known, w.to(step, name))
			}
		}
		classes := len(experiment.New(config).Data.Classes)
		for i := range classes {
			for j := range classes {
				known = append(known, w.to(3, fmt.Sprintf("confusion[%d,%d]", i, j)))
			}
		}
		known = append(known, w.to(3, "train_rows"), w.to(3, "test_rows"), w.to(3, "guess"))
		_, text, _ := strings.Cut(out.String(), "\n\n")
		text, _, _ = strings.Cut(text, "fingerprint")
		text += strings.SplitN(out.String(), "\n", 3)[1] // the rows
		for _, printed := range regexp.MustCompile(`\d+(?:\.\d+)?`).FindAllString(strings.ReplaceAll(text, "seed 42", ""), -1) {
			_, decimals, _ := strings.Cut(printed, ".")
			if !slices.ContainsFunc(known, func(v float64) bool { return strconv.FormatFloat(v, 'f', len(decimals), 64) == printed }) {
				t.Errorf("%s: part2 prints %s, which no explanation ends in\n%s", flags, printed, text)
				break
			}
		}
		for _, kind := range []string{"x", "y", "W", "b"} {
			if w.ends[kind] == 0 {
				t.Errorf("%s: no way ends at %s: %v", flags, kind, w.ends)
			}
		}
	}
}
