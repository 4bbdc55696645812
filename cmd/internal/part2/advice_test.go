package part2

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
)

// losses is a run with these losses, a row each, of which none is interrupted.
func losses(c experiment.Config, each []float64) *Run {
	r := New(experiment.New(c), experiment.Result{})
	for i, v := range each {
		r.Result.Evals = append(r.Result.Evals, experiment.Eval{Step: 10 * i, Loss: v, Rows: 1, TrainAccuracy: 0.5, TestAccuracy: 0.6})
	}
	return r
}

// What is advised fits what the losses do.
func TestAdvice(t *testing.T) {
	series := func(of func(i int) float64) []float64 {
		list := make([]float64, 100)
		for i := range list {
			list[i] = of(i)
		}
		return list
	}
	batch, single := experiment.Defaults(), experiment.Defaults()
	single.SGD = true
	zero, err := experiment.Defaults().With("init", "0")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name      string
		run       *Run
		want, not string
	}{
		{"falling", losses(batch, series(func(i int) float64 { return 0.6 * math.Exp(-float64(i)/60) })), "still falling", "jumps"},
		{"at its end", losses(batch, series(func(i int) float64 { return 0.2 + math.Exp(-float64(i)) })), "", "still falling"},
		{"jumping", losses(batch, series(func(i int) float64 { return []float64{0.65, 5.9, 2}[i%3] })), "The loss jumps between 0.65 and 5.9 a row", "still falling"},
		{"single rows", losses(single, series(func(i int) float64 { return []float64{0.1, 1.3, 0.02, 0.5, 0.9, 0.04, 0.3}[i*i%7] })), "", "still falling"},
		{"all weights 0", losses(zero, series(func(int) float64 { return math.Ln2 })), "no number of steps changes that", "-max_steps"},
	} {
		said := ""
		for _, s := range c.run.Advice() {
			said += s.EN
		}
		if !strings.Contains(said, c.want) || strings.Contains(said, c.not) || c.want == "" && said != "" {
			t.Errorf("%s: %q", c.name, said)
		}
	}
}

// Features of very different sizes ask for -standardize, not for another rate,
// and with it the network learns.
func TestAdviceUnscaled(t *testing.T) {
	text := "age,income,class\n"
	for i := range 80 {
		income := 30000 + 137*((i*53)%80)
		text += strconv.Itoa(20+(i*7)%40) + "," + strconv.Itoa(income) + "," + strconv.FormatBool(income > 35500) + "\n"
	}
	file := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	args := []string{"-data", file, "-max_steps", "600", "-learning_rate", "0.01"}
	_, stdout, _, _ := command(t, args...)
	if flat := strings.Join(strings.Fields(stdout), " "); !strings.Contains(flat, "The features are not scaled (the values of income are of size") || strings.Contains(flat, "or a larger -learning_rate") {
		t.Errorf("unscaled:\n%s", stdout)
	}
	if _, stdout, _, _ = command(t, append(args, "-standardize")...); strings.Contains(stdout, "not scaled") {
		t.Errorf("scaled:\n%s", stdout)
	}
}
