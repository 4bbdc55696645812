package part2

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/mat"
	"glassbox/plotsvg"
)

// config is the experiment of a command line.
func config(t *testing.T, args string) experiment.Config {
	t.Helper()
	c, err := experiment.FromFlags(args, 42)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// trained runs the experiment of a command line.
func trained(t *testing.T, args string) *Run {
	t.Helper()
	e := experiment.New(config(t, args))
	return New(e, e.Run(context.Background(), nil, nil))
}

// untrained has these evaluations instead of a training's.
func untrained(t *testing.T, args string, steps int, evals ...experiment.Eval) *Run {
	t.Helper()
	return New(experiment.New(config(t, args)), experiment.Result{Steps: steps, Evals: evals})
}

func says(t *testing.T, texts []lang.Text, want string) {
	t.Helper()
	if got := lang.Sentences(texts...).Plain(); !strings.Contains(got, want) || want == "" && got != "" {
		t.Errorf("%q\ndoes not say %q", got, want)
	}
}

// The rows of the long table are the points that the curves show.
func TestKeys(t *testing.T) {
	for _, steps := range []int{30, 399, 400, 401, 1000} {
		r := trained(t, fmt.Sprintf("-sgd -eval_freq 1 -max_steps %d", steps))
		r.Name = "short"
		figures, err := Draw(r.Sketches("accuracy", "loss"))
		if err != nil {
			t.Fatal(err)
		}
		rows := r.AllEvaluations()
		if len(rows.Keys) > 402 || rows.Keys[0] != "short-step-0" || rows.Keys[len(rows.Keys)-1] != fmt.Sprintf("short-step-%d", steps) {
			t.Errorf("%d steps: %d rows from %s to %s", steps, len(rows.Keys), rows.Keys[0], rows.Keys[len(rows.Keys)-1])
		}
		for _, f := range figures {
			if !strings.HasPrefix(f.File, "short-") {
				t.Errorf("the figure's file is %s", f.File)
			}
			var keys []string
			for _, m := range regexp.MustCompile(`data-key="([^"]*)"><title>step `).FindAllStringSubmatch(f.Drawing.First(), -1) {
				keys = append(keys, m[1])
			}
			curves := slices.Repeat(rows.Keys, strings.Count(f.Drawing.First(), `data-key="short-step-0"`))
			if !slices.Equal(keys, curves) {
				t.Errorf("%d steps, %s: the curves show %d points, the table has %d rows", steps, f.File, len(keys), len(curves))
			}
		}
	}
}

func TestBeside(t *testing.T) {
	eval := func(step int, loss, accuracy float64) experiment.Eval {
		return experiment.Eval{Step: step, Loss: loss, Rows: 800, TrainAccuracy: accuracy, TestAccuracy: accuracy}
	}
	start := eval(0, 554.5, 0.5)
	for _, c := range []struct {
		args string
		end  experiment.Eval
		want string
	}{
		{"", eval(1500, 163, 0.9), "At step 1500 the test accuracy is 0.900, which is 0.055 above the report's 0.845. The loss, 163.0, is 48 % of the report's 340. The report's figures are those of a network with two mistakes"},
		{"", eval(1500, 680, 0.5), "is 0.500, which is 0.345 below the report's 0.845. The loss, 680.0, is 2 times the report's 340."},
		{"-as_reported", eval(1500, 351, 0.825), "is 0.825, within 0.03 of the report's 0.845. The loss, 351.0, is within a tenth of the report's 340."},
		{"", eval(95, 300, 0.8), "The report trains for 1500 steps, this run for 95: their ends cannot be compared."},
		{"-sgd -max_steps 45000", eval(45000, 0.1, 1), "At step 45000 the test accuracy is 1.000, which is 0.200 above the report's 0.8. The report's"},
		{"-n 500", eval(1500, 163, 0.9), ""},
		{"-batch_size 8", eval(1500, 163, 0.9), ""},
		{"-data ../../../testdata/iris.csv", eval(1500, 163, 0.9), ""},
	} {
		r := untrained(t, c.args, c.end.Step, start, c.end)
		says(t, r.Beside(), c.want)
		table, ok := r.BesideTable()
		if ok != (c.want != "") {
			t.Errorf("%s: a table: %v", c.args, ok)
		}
		if ok {
			last := table.Rows[len(table.Rows)-1]
			if last[0].Text.EN != "this run" || last[1].Text.EN != fmt.Sprint(c.end.Step) || len(last) != len(table.Head) {
				t.Errorf("%s: the table ends with %+v", c.args, last)
			}
		}
	}
	if says := lang.Sentences(untrained(t, "-as_reported", 1500, start, eval(1500, 351, 0.8)).Beside()...); strings.Contains(says.EN, "this one has none") {
		t.Error("the network as reported is said to have no mistakes")
	}
	// A run that goes on is compared at the report's last step.
	r := untrained(t, "-max_steps 3000", 3000, start, eval(1500, 163, 0.9), eval(3000, 10, 1))
	says(t, r.Beside(), "At step 1500 the test accuracy is 0.900")
}

func TestSummary(t *testing.T) {
	eval := func(step int, train, test float64) experiment.Eval {
		return experiment.Eval{Step: step, Loss: 80, Rows: 800, TrainAccuracy: train, TestAccuracy: test}
	}
	for _, c := range []struct {
		evals []experiment.Eval
		want  string
		not   string
	}{
		{[]experiment.Eval{eval(0, 0.5, 0.5), eval(10, 0.9, 0.9)}, "It reached 0.9 at step 10. Training and test rows fare alike", "It was best"},
		{[]experiment.Eval{eval(0, 0.9, 0.9), eval(10, 0.9, 0.9)}, "fare alike", "reached"},
		{[]experiment.Eval{eval(0, 0.5, 0.5), eval(10, 0.9, 0.95), eval(20, 0.9, 0.89)}, "It was best at step 10, 0.950, and did not stay there.", "chance"},
		{[]experiment.Eval{eval(0, 0.5, 0.5), eval(10, 0.95, 0.9)}, "The training rows fare better by 0.050", "alike"},
		{[]experiment.Eval{eval(0, 0.5, 0.5), eval(10, 0.8, 0.9)}, "The test rows fare better by 0.100, which is chance", "alike"},
		{[]experiment.Eval{eval(0, 0.5, 0.5), eval(10, 0.5, 0.5)}, "in 10 steps", "alike"},
	} {
		said := untrained(t, "", 20, c.evals...).Summary()
		says(t, said, c.want)
		if got := lang.Sentences(said...).EN; strings.Contains(got, c.not) {
			t.Errorf("%q says %q", got, c.not)
		}
	}
}

// What the page says is wrong is what is ringed and what the table counts.
func TestWrong(t *testing.T) {
	r := trained(t, "-max_steps 200")
	train, test := r.wrong(r.Exp.Data.TrainX, r.Exp.Data.TrainLabels), r.wrong(r.Exp.Data.TestX, r.Exp.Data.TestLabels)
	last := r.Result.Last()
	if got := 1 - float64(train)/800; math.Abs(got-last.TrainAccuracy) > 1e-12 || train == 0 {
		t.Errorf("%d of 800 are wrong, the accuracy is %v", train, last.TrainAccuracy)
	}
	figures, err := Draw(r.Sketches("boundary"))
	if err != nil {
		t.Fatal(err)
	}
	svg := figures[0].Drawing.SVG()
	// Twice: the point and the ring around it.
	if got := strings.Count(svg, ", wrong</title>"); got != 2*(train+test) {
		t.Errorf("%d marks are wrong, want 2·(%d + %d)", got, train, test)
	}
	if got := strings.Count(svg, "，错误</title>"); got != 2*(train+test) {
		t.Errorf("in Chinese %d marks are wrong", got)
	}
	if right := strings.Count(svg, ", right</title>"); right != 1000-train-test {
		t.Errorf("%d points are right", right)
	}
	says(t, []lang.Text{figures[0].Caption}, fmt.Sprintf("A dark ring marks each of the %d points", train+test))
	diagonal := 0
	counts := r.confusion()
	for i := range counts {
		diagonal += counts[i][i]
	}
	if diagonal != 200-test {
		t.Errorf("the confusion table has %d right, want %d", diagonal, 200-test)
	}
	// A point says what the network says.
	p := r.Predict(r.Exp.Data.TestX)
	text := fmt.Sprintf("test row 7, class %d: p = %.4f, %.4f, ", r.Exp.Data.TestLabels[7], p.At(7, 0), p.At(7, 1))
	if !strings.Contains(svg, text) {
		t.Errorf("no point says %q", text)
	}
}

// Every hinge's line is where its unit's z is 0, and it says so.
func TestHinges(t *testing.T) {
	r := trained(t, "-max_steps 50 -dnn_hidden_units 7")
	s, ok := r.boundarySketch()
	if !ok {
		t.Fatal("no boundary")
	}
	w, b := r.Result.Params[0], r.Result.Params[1]
	seen := 0
	for _, l := range s.figure.Layers {
		line, ok := l.(plotsvg.Line)
		if !ok {
			continue
		}
		var j int
		if _, err := fmt.Sscanf(line.Hover[0][0], "unit %d of layer 1 switches where", &j); err != nil {
			t.Fatalf("%q: %v", line.Hover[0][0], err)
		}
		seen++
		for i := range line.X {
			if z := w.At(0, j)*line.X[i] + w.At(1, j)*line.Y[i] + b.At(0, j); math.Abs(z) > 1e-9 {
				t.Errorf("unit %d at (%v, %v): z = %v", j, line.X[i], line.Y[i], z)
			}
		}
	}
	if seen < 3 {
		t.Errorf("only %d lines", seen)
	}
	if got := signed(-0.5, true) + signed(1.25, false) + signed(-3, false); got != "−0.5 + 1.25 − 3" {
		t.Errorf("a sum is written %s", got)
	}
}

// A network whose answers are no numbers has no boundary, and no figure fails.
func TestNoBoundary(t *testing.T) {
	r := trained(t, "-max_steps 5")
	for _, p := range r.Exp.Net.Params() {
		for i := range p.Rows {
			for j := range p.Row(i) {
				p.Set(i, j, math.MaxFloat64)
			}
		}
	}
	r.Result.Params = slices.Clone(r.Result.Params)
	figures, err := Draw(r.Sketches())
	if err != nil || len(figures) != 3 {
		t.Errorf("%d figures, error %v", len(figures), err)
	}
	r.Result.Params[0] = mat.Of(1, 1, math.NaN())
	if _, ok := r.boundarySketch(); ok {
		t.Error("NaN weights have a boundary")
	}
}

// What cannot be drawn is an error that names the file.
func TestDrawError(t *testing.T) {
	bad := Sketch{File: "bad.svg", figure: plotsvg.Figure{Layers: []plotsvg.Layer{plotsvg.HLine{At: math.NaN()}}}}
	if _, err := Draw([]Sketch{bad}); err == nil || !strings.HasPrefix(err.Error(), "bad.svg: ") {
		t.Errorf("error %v", err)
	}
}
