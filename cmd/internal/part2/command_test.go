package part2

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/testkit/golden"
	"glassbox/mat"
	"glassbox/nn/faults"
)

// command runs part2 with its output in a directory of the test.
func command(t *testing.T, args ...string) (dir, stdout, stderr string, status int) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "out")
	var out, err bytes.Buffer
	status = cli.Run("part2", Main, append(args, "-out", dir), &out, &err)
	return dir, strings.ReplaceAll(out.String(), dir, "OUT"), strings.ReplaceAll(err.String(), dir, "OUT"), status
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func readJSON(t *testing.T, dir string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "run.json"))
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever a table's names hold, and its file's: all that is printed and written
// of it is seen by whoever reads it.
func TestHiddenCharactersAreShown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "table\u202e\u200b\x1b[8m.csv")
	var rows strings.Builder
	rows.WriteString("a\u202e,b\u2066,=class\n")
	for i := range 40 {
		fmt.Fprintf(&rows, "%d,%d,=1+%d\u202e\n", i, i%7, i%3)
	}
	if err := os.WriteFile(file, []byte(rows.String()), 0o666); err != nil {
		t.Skip(err) // a system without such names
	}
	dir, stdout, stderr, status := command(t, "-data", file, "-max_steps", "20")
	if status != 0 {
		t.Fatal(stderr)
	}
	texts := map[string]string{"stdout": stdout, "stderr": stderr}
	for _, name := range names(t, dir) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(text)
	}
	for name, text := range texts {
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsGraphic(r) }); i >= 0 {
			t.Errorf("%s: %q", name, text[max(0, i-60):min(len(text), i+40)])
		}
	}
	if !strings.Contains(texts["index.html"], `=1+0\u202e`) {
		t.Error("the page does not name the class")
	}
}

// What is printed is the same on every machine, to the last digit.
func TestPrinted(t *testing.T) {
	for name, args := range map[string]string{
		"default":  "-max_steps 300",
		"sgd":      "--sgd True --max_steps 600 --eval_freq 20",
		"reported": "-as_reported -max_steps 60",
		"plateau":  "-init 1e-4 -max_steps 200",
		"sum":      "-reduction sum -max_steps 100 -seed 1",
		"iris":     "-data ../../../testdata/iris.csv -standardize -learning_rate 0.1 -max_steps 200",
		"batches":  "-batch_size 96 -momentum 0.9 -dnn_hidden_units 16,8 -max_steps 100 -v -eval_freq 50",
		"study":    "-sweep learning_rate=0.01,0.1 -sweep dnn_hidden_units=5,8+4 -seeds 3 -max_steps 60",
		"help":     "-h",
	} {
		t.Run(name, func(t *testing.T) {
			_, got, stderr, status := command(t, strings.Fields(args)...)
			if status != 0 || stderr != "" {
				t.Fatalf("status %d, stderr %q", status, stderr)
			}
			if i := strings.Index(got, " cores\n"); i >= 0 {
				at := strings.LastIndexByte(got[:i], ' ')
				got = got[:at] + " N" + got[i:]
			}
			golden.Terminal(t, name+".txt", got)
			if t.Failed() {
				t.Log(got)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	dir, _, _, status := command(t, "-max_steps", "95", "-seed", "7")
	if status != 0 {
		t.Fatal("status", status)
	}
	want := []string{"accuracy.svg", "boundary.svg", "data.svg", "index.html", "loss.svg", "metrics.csv", "run.json"}
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("wrote %v, want %v", got, want)
	}
	var run runJSON
	var raw map[string]any
	readJSON(t, dir, &raw)
	settings := raw["settings"].(map[string]any)
	for name, want := range map[string]any{"seed": 7.0, "max_steps": 95.0, "init": "he", "reduction": "mean", "learning_rate": 0.01, "sgd": false} {
		if settings[name] != want {
			t.Errorf("settings.%s = %v, want %v", name, settings[name], want)
		}
	}
	delete(raw, "settings")
	b, _ := json.Marshal(raw)
	if err := json.Unmarshal(b, &run); err != nil {
		t.Fatal(err)
	}
	if run.Steps != 95 || len(run.Evaluations) != 11 || run.Final.Step != 95 || len(run.Fingerprint) != 64 || run.Network != "2-20-2" || run.Interrupted {
		t.Errorf("run.json: %+v", run)
	}

	f, err := os.ReadFile(filepath.Join(dir, "metrics.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(f)).ReadAll()
	if err != nil || len(rows) != 12 || rows[11][1] != cli.FormatFloat(run.Final.Loss) || strings.Join(rows[0], ",") != "step,loss,train_accuracy,test_accuracy" {
		t.Errorf("metrics.csv has %d rows, the last %v, error %v", len(rows), rows[len(rows)-1], err)
	}
	html, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{run.Fingerprint, "go run ./cmd/part2 -max_steps 95 -seed 7", "<svg", "Decision boundary", strconv.FormatFloat(run.Final.Loss, 'f', 2, 64), "report"} {
		if !bytes.Contains(html, []byte(text)) {
			t.Errorf("index.html does not have %q", text)
		}
	}
}

// The figures of the run a newcomer starts with, which the README shows.
func TestFigures(t *testing.T) {
	dir, _, _, status := command(t, "-sgd", "-max_steps", "45000", "-eval_freq", "500")
	if status != 0 {
		t.Fatal("status", status)
	}
	for _, name := range []string{"accuracy.svg", "loss.svg", "boundary.svg"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "sgd-"+name, string(got))
	}
}

// The same bits whatever the run was asked to show, and others for another seed.
func TestFingerprint(t *testing.T) {
	fingerprint := func(args ...string) string {
		dir, _, _, _ := command(t, append(args, "-max_steps", "40")...)
		var run struct{ Fingerprint string }
		readJSON(t, dir, &run)
		return run.Fingerprint
	}
	base := fingerprint()
	if got := fingerprint("-eval_freq", "7", "-v"); got != base {
		t.Errorf("evaluating more often changed the parameters: %s, %s", got, base)
	}
	if got := fingerprint("-seed", "43"); got == base {
		t.Error("another seed gave the same parameters")
	}
	if got := fingerprint("-batch_size", "800"); got == base {
		t.Error("reshuffled rows gave the same parameters")
	}
}

// A file an earlier run left does not stay beside this run's.
func TestStaleFigures(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	do := func(args ...string) {
		if status := cli.Run("part2", Main, append(args, "-max_steps", "5", "-out", dir), &bytes.Buffer{}, os.Stderr); status != 0 {
			t.Fatal("status", status)
		}
	}
	do()
	do("-data", "../../../testdata/iris.csv")
	if got := names(t, dir); slices.Contains(got, "boundary.svg") || !slices.Contains(got, "loss.svg") {
		t.Errorf("after a run with four features: %v", got)
	}
}

// The catalogue is listed on request, a fault a paragraph.
func TestListOfFaults(t *testing.T) {
	var stdout, stderr bytes.Buffer
	status := cli.Run("part2", Main, []string{"-fault", "?"}, &stdout, &stderr)
	for _, f := range faults.InStep {
		if !strings.Contains(stdout.String(), "\n  "+f.Name+" — ") {
			t.Errorf("%s is not listed", f.Name)
		}
	}
	if status != 0 || stderr.Len() > 0 {
		t.Errorf("status %d, stderr %q", status, stderr.String())
	}
}

func TestRefusals(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a-file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		want string // in the one line on stderr
	}{
		{"-learning_rat 1", "unknown flag -learning_rat; did you mean -learning_rate?"},
		{"leftover", "unexpected argument leftover"},
		{"-learning_rate nan", "-learning_rate: nan is not a finite number above 0"},
		{"-learning_rate 0", "-learning_rate: 0 is not a finite number above 0"},
		{"-learning_rate", "-learning_rate"},
		{"-max_steps 0", "-max_steps: 0 is not a whole number above 0"},
		{"-max_steps -3", "-max_steps: -3 is not"},
		{"-eval_freq 0", "-eval_freq: 0 is not"},
		{"-dnn_hidden_units 20,,x", "-dnn_hidden_units: \"20,,x\": field 2 is empty"},
		{"-dnn_hidden_units 20,x", "field 2 x is not a whole number above 0"},
		{"-dnn_hidden_units 0", "0 is not a whole number above 0"},
		{"-batch_size -1", "-batch_size: -1 is not"},
		{"-batch_size 801", "-batch_size: 801 is more than the 800 training rows"},
		{"-batch_size 8 -sgd", "give one of the two"},
		{"-momentum 1", "-momentum: 1 is not a number from 0 up to but not including 1"},
		{"-seed -1", "-seed: -1 is not a whole number from 0 to 4294967295"},
		{"-seed 4294967295 -seeds 2", "goes past 4294967295"},
		{"-seeds 0", "-seeds: 0 is not"},
		{"-n 4", "-n: 4 is not a whole number, 5 or above"},
		{"-noise 1e308", "-noise: 1e308 is not a number from 0 to 1e+06"},
		{"-dnn_hidden_units 100000,100000", "would take 325 GB of memory, and 4.29 GB is the most: -dnn_hidden_units 10000,10000 would fit"},
		{"-dnn_hidden_units 1000000", "-dnn_hidden_units 170000 would fit"},
		{"-n 9223372036854775807", "-n 6500000 would fit"},
		{"-seeds 1000000000", "-seeds: 1000000000 is not a whole number from 1 to 1000000"},
		{"-seeds 1000000 -sweep learning_rate=0.1,0.2,0.3", "3000000 runs would hold "},
		{"-seeds 1000000 -max_steps 10000000 -eval_freq 1", "-seeds 8 would fit"},
		{"-noise -1", "-noise: -1 is not a number from 0 to 1e+06"},
		{"-init xavier", "-init: \"xavier\" is neither he nor randn nor a standard deviation"},
		{"-init -1", "-init: \"-1\" is neither"},
		{"-reduction median", "-reduction: median is not one of mean, sum"},
		{"-fault nonsense", "no fault is called \"nonsense\"; the catalogue has"},
		{"-fault dx-with-dw,bias-gradient-meen", "-fault: no fault is called \"bias-gradient-meen\"; did you mean bias-gradient-mean? -fault ? lists them"},
		{"-fault bias-gradient-mean,bias-gradient-mean", "is named twice"},
		{"--sgd maybe", "maybe"},
		{"-sweep rate=1", "\"rate\" cannot be swept; batch_size, dnn_hidden_units, init, learning_rate, momentum, noise can"},
		{"-sweep learning-rate=1", "noise can; did you mean learning_rate?"},
		{"-sweep momentum", "has no values"},
		{"-sweep momentum=0,,0.9", "value 2 is empty"},
		{"-sweep momentum=0,1", "momentum, value 2: 1 is not"},
		{"-sweep momentum=0,0", "0 is given twice"},
		{"-sweep momentum=0 -sweep momentum=0.9", "-sweep momentum is given twice"},
		{"-sweep batch_size=8,900", "-sweep batch_size=900: -batch_size: 900 is more than"},
		{"-sweep batch_size=8 -sgd", "leave it out to sweep batch_size"},
		{"-data no-such-file.csv", "no-such-file.csv"},
		{"-data ../../../testdata/iris.csv -n 50", "-n belongs to make_moons"},
		{"-data ../../../testdata/iris.csv -sweep noise=0,1", "-sweep noise belongs to make_moons"},
		{"-out " + file, "is a file, not a directory"},
		{"-out " + file + "/below", "is a file, not a directory"},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := strings.Fields(c.args)
			var stdout, stderr bytes.Buffer
			if !strings.Contains(c.args, "-out") {
				args = append(args, "-out", filepath.Join(t.TempDir(), "out"))
			}
			status := cli.Run("part2", Main, args, &stdout, &stderr)
			got := stderr.String()
			if status == 0 || !strings.Contains(got, c.want) || strings.Count(got, "\n") != 1 || stdout.Len() > 0 {
				t.Errorf("status %d, stderr %q, stdout %q; want a line with %q", status, got, stdout.String(), c.want)
			}
		})
	}
}

// A run whose numbers overflow says where, exits with 1, and keeps what it had.
func TestDivergence(t *testing.T) {
	dir, stdout, stderr, status := command(t, "-learning_rate", "1e6")
	if status != 1 || !strings.Contains(stderr, "step 32, layer 2: tensor z2 became") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	if !strings.Contains(stdout, "6431.12") {
		t.Errorf("the evaluations before are not printed:\n%s", stdout)
	}
	var run struct {
		Error       string
		Steps       int
		Evaluations []experiment.Eval
	}
	readJSON(t, dir, &run)
	if !strings.Contains(run.Error, "tensor z2") || run.Steps != 32 || len(run.Evaluations) != 4 {
		t.Errorf("run.json: %+v", run)
	}
	if html, _ := os.ReadFile(filepath.Join(dir, "index.html")); !bytes.Contains(html, []byte("Stopped")) {
		t.Error("the page does not say that the run stopped")
	}
	_, stdout, _, status = command(t, "-sweep", "learning_rate=0.01,1e6", "-max_steps", "60")
	if status != 0 || !strings.Contains(stdout, "1e6      0          1") {
		t.Errorf("a sweep with a diverging run: status %d\n%s", status, stdout)
	}
}

// While the runs of a study share the cores, each product stays on one; what
// was set before holds again afterwards.
func TestThreads(t *testing.T) {
	defer mat.SetThreads(mat.SetThreads(3))
	stop, seen := make(chan bool), make(chan bool)
	go func() {
		one := false
		for {
			select {
			case <-stop:
				seen <- one
				return
			default:
				one = one || mat.Threads() == 1
				runtime.Gosched()
			}
		}
	}()
	_, _, stderr, status := command(t, "-seeds", "4", "-max_steps", "2000")
	close(stop)
	if one := <-seen; status != 0 {
		t.Fatalf("status %d, stderr %q", status, stderr)
	} else if !one {
		t.Error("the products of a study ran on several threads")
	}
	if got := mat.SetThreads(3); got != 3 {
		t.Errorf("after a study products run on %d threads, want the 3 from before", got)
	}
}

// run.json says what made it, for whoever has the numbers and not the program.
func TestBuild(t *testing.T) {
	dir, _, _, _ := command(t, "-max_steps", "1")
	text, err := os.ReadFile(filepath.Join(dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	var j struct{ Build cli.Build }
	if err := json.Unmarshal(text, &j); err != nil {
		t.Fatal(err)
	}
	if j.Build != cli.ThisBuild() || j.Build.Module != "glassbox" || j.Build.Go != runtime.Version() || j.Build.Kernel != mat.Kernel() {
		t.Errorf("run.json was made by %+v", j.Build)
	}
}
