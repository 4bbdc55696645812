package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/experiment"
	"glassbox/mat"
	"glassbox/nn"
	nnaudit "glassbox/nn/audit"
)

// never is a deadline that is not met.
var never = time.Now().Add(time.Hour)

func begun(t *testing.T, s setup) *run {
	t.Helper()
	r, err := newRun(s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *run) goTo(t *testing.T, step int) string {
	t.Helper()
	if step < r.step {
		if err := r.back(step); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.advance(step, never); err != nil {
		t.Fatal(err)
	}
	if r.step != step {
		t.Fatalf("at step %d, not %d", r.step, step)
	}
	return experiment.Fingerprint(r.net.Params())
}

// A run has the parameters and evaluations of the command line, whatever it does
// in between: it goes back, and on again, to the same bits.
func TestRunIsTheCommandLines(t *testing.T) {
	for _, flags := range []string{
		"-max_steps 230", "-max_steps 230 -sgd -seed 7", "-max_steps 230 -batch_size 32 -momentum 0.9", "-max_steps 130 -dnn_hidden_units 7,5 -reduction sum -learning_rate 0.001",
		"-max_steps 130 -fault dx-with-dw", "-max_steps 130 -as_reported", "-max_steps 130 -fault stale-gradient-again -momentum 0.5", "-max_steps 130 -fault gradient-accumulated -learning_rate 0.001", "-max_steps 130 -fault momentum", "-max_steps 130 -fault rmsprop-reset -sgd",
		"-max_steps 130 -activation tanh -l2 0.01", "-max_steps 130 -loss binary_cross_entropy -activation gelu -batch_size 50", "-max_steps 130 -optimizer adam -n 200", "-max_steps 130 -optimizer nesterov -loss half_mean_squared_error -n 200",
		"-max_steps 130 -optimizer rmsprop -reduction sum -activation sigmoid -n 200", "-max_steps 130 -optimizer adam -activation elu -fault bias-gradient-mean -n 200",
	} {
		c, err := experiment.FromFlags(flags, 42)
		if err != nil {
			t.Errorf("%s: %v", flags, err)
			continue
		}
		want := experiment.New(c).Run(context.Background(), nil, nil)
		r := begun(t, setup{Flags: flags})
		r.goTo(t, 77)
		middle := experiment.Fingerprint(r.net.Params())
		for _, path := range [][]int{{c.Steps}, {3, 77, c.Steps}, {120, 77, c.Steps}} {
			for _, step := range path {
				got := r.goTo(t, step)
				switch {
				case step == 77 && got != middle:
					t.Errorf("%s: by way of %v step 77 is another", flags, path)
				case step == c.Steps && got != want.Fingerprint:
					t.Errorf("%s: by way of %v the parameters are not those of part2", flags, path)
				}
			}
			if got := want.Evals[:len(want.Evals)-1]; !slices.Equal(r.evals, got) {
				t.Errorf("%s: by way of %v %d evaluations, %d of part2", flags, path, len(r.evals), len(got))
			}
		}
	}
}

// A mistake switched on in mid-run trains from there as a network does that was
// built with it from these parameters, and the right network goes on beside it.
func TestMistakeInMidRun(t *testing.T) {
	for _, fault := range []string{"dx-with-dw", "bias-gradient-mean", "softmax-every-layer"} {
		const on, off, end = 60, 90, 140
		r := begun(t, setup{Flags: "-sgd -seed 3 -n 200"})
		r.goTo(t, on)
		if err := r.change("fault", fault); err != nil {
			t.Fatal(err)
		}
		r.goTo(t, off)
		if err := r.change("fault", ""); err != nil {
			t.Fatal(err)
		}
		got := r.goTo(t, end)

		c, err := experiment.FromFlags("-sgd -seed 3 -n 200", 42)
		if err != nil {
			t.Fatal(err)
		}
		e := experiment.New(c)
		var right experiment.Trainer = e.Net.(*nn.SGD)
		faulty, err := c.With("fault", fault)
		if err != nil {
			t.Fatal(err)
		}
		var net nn.Stepper = right
		for step := range end {
			x, y := e.Next()
			switch step {
			case on:
				right = stateOf(right).right(c)
				net = faulty.Loops(right.Params())
			case off:
				net = state{params: net.Params()}.right(c)
			}
			for _, n := range []nn.Stepper{net, right} {
				if step < on && n == nn.Stepper(right) && net == n {
					continue // one network so far
				}
				n.Forward(x, y)
				n.Backward()
				n.Update()
			}
			if step < on {
				right.(*nn.SGD).Step(x, y)
			}
		}
		if want := experiment.Fingerprint(net.Params()); got != want {
			t.Errorf("%s: not the parameters of a network built with it", fault)
		}
		if experiment.Fingerprint(r.twin.Params()) != experiment.Fingerprint(right.Params()) {
			t.Errorf("%s: the right network beside it is another", fault)
		}
		again := begun(t, setup{Flags: r.Flags, Changes: r.Changes})
		if again.goTo(t, end) != got {
			t.Errorf("%s: the setup does not give the run again", fault)
		}
	}
}

// An edited weight is that number, and taken back it leaves no trace.
func TestEditAndUndo(t *testing.T) {
	r := begun(t, setup{Flags: "-n 100"})
	before := r.goTo(t, 50)
	if err := r.change("W1[1,3]", "0.5"); err != nil {
		t.Fatal(err)
	}
	if v := r.net.Params()[0].At(1, 3); v != 0.5 {
		t.Errorf("W1[1,3] is %v", v)
	}
	edited := r.goTo(t, 120)
	if err := r.undo(); err != nil {
		t.Fatal(err)
	}
	if r.goTo(t, 50) != before || r.goTo(t, 120) == edited {
		t.Error("the edit is still there")
	}
}

// A weight changed into the number that it is changes nothing, whatever the
// mistake of the network keeps from step to step.
func TestEditWithAMistake(t *testing.T) {
	for _, fault := range []string{"rmsprop-reset", "stale-gradient-again", "gradient-accumulated", "momentum"} {
		flags := "-n 60 -momentum 0.5 -learning_rate 0.001 -fault " + fault
		want := begun(t, setup{Flags: flags}).goTo(t, 40)
		r := begun(t, setup{Flags: flags})
		r.goTo(t, 20)
		if err := r.change("b1[0,0]", strconv.FormatFloat(r.net.Params()[1].At(0, 0), 'g', -1, 64)); err != nil {
			t.Fatal(err)
		}
		if r.goTo(t, 40) != want {
			t.Errorf("%s: the network goes on as another", fault)
		}
	}
}

// What cannot be is refused in words, and the run that is there goes on.
func TestHostileSetups(t *testing.T) {
	e := New()
	if answer, _ := e.Call("start", `{"flags":"-n 50"}`, nil); answer != `{"step":0}` {
		t.Fatal(answer)
	}
	for _, args := range []string{
		`{"flags":"-dnn_hidden_units 1000000000"}`, `{"flags":"-n 1000000000"}`, `{"flags":"-data /etc/passwd"}`, `{"flags":"-learning_rate NaN"}`,
		`{"flags":"<script>"}`, `{"flags":"-fault nothing"}`, `{"data":"own","csv":"<b>,1"}`, `{"data":"own","csv":"1,2,0\nNaN,3,1"}`, `{"data":"sphere"}`,
		`{"changes":[{"step":0,"name":"W9[0,0]","text":"1"}]}`, `{"changes":[{"step":0,"name":"W1[0,0]","text":"Inf"}]}`, `{"changes":[{"step":0,"name":"seed","text":"1"}]}`,
		`{"changes":[{"step":5},{"step":1}]}`, `[]`, ``, `{"flags":"-n 4"}`,
	} {
		answer, _ := e.Call("start", args, nil)
		if len(answer) < 20 || answer[:10] != `{"error":"` {
			t.Errorf("start %s: %s", args, answer)
		}
	}
	if answer, _ := e.Call("advance", `{"to":3,"ms":1000}`, nil); answer != `{"step":3}` {
		t.Error(answer)
	}
}

// The data of the page are, as the file that it saves, the data of -data.
func TestDataReadBack(t *testing.T) {
	for data := range shapes {
		r := begun(t, setup{Flags: "-n 60 -noise 0.2", Data: data})
		own := begun(t, setup{Flags: "-n 60 -noise 0.2", Data: "own", CSV: string(csvOf(r.start.Table, r.start))})
		if r.goTo(t, 30) != own.goTo(t, 30) {
			t.Errorf("%s: the file gives another run", data)
		}
		for _, m := range []mat.Matrix{r.exp.Data.TrainX, r.exp.Data.TestX} {
			for i := range m.Rows {
				if m.At(i, 0) != m.At(i, 0) || math.Abs(m.At(i, 1)) > 9 {
					t.Errorf("%s: row %s", data, strconv.Itoa(i))
				}
			}
		}
	}
}

// The next step of a run, saved as a trace, is clean; after a mistake was switched
// on it is judged to have that one, and its page explains its numbers.
func TestTraceOfARun(t *testing.T) {
	e := New()
	call := func(name, args string) (answer string, file []byte) {
		t.Helper()
		answer, file = e.Call(name, args, nil)
		if strings.HasPrefix(answer, `{"error"`) {
			t.Fatalf("%s: %s", name, answer)
		}
		return answer, file
	}
	call("start", `{"flags":"-n 100 -momentum 0.9 -dnn_hidden_units 6,5"}`)
	call("advance", `{"to":40,"ms":10000}`)
	for _, want := range []string{"", "bias-gradient-mean", "relu-mask-inverted"} {
		if want != "" {
			call("change", `{"name":"fault","text":"`+want+`"}`)
			call("advance", `{"to":60,"ms":10000}`)
		}
		_, trace := call("save", `{"what":"trace"}`)
		v := audit.JudgeBytes(trace, "step.npz", 0).Verdict
		switch {
		case want == "" && v.Word() != "clean":
			t.Errorf("the right network is %s", v.Word())
		case want != "" && (len(v.Tensors.Findings) == 0 || v.Tensors.Findings[0].Cause != want):
			t.Errorf("with %s: %+v", want, v.Tensors.Findings)
		}
		_, html := call("inspect", `{}`)
		if !bytes.Contains(html, []byte(`"name":"dW3"`)) || want != "" && !bytes.Contains(html, []byte(`"cause":"`+want+`"`)) {
			t.Errorf("with %q the page of the step lacks numbers or the finding", want)
		}
		answer, _ := call("view", `{"full":true}`)
		var s scene
		if err := json.Unmarshal([]byte(answer), &s); err != nil {
			t.Fatal(err)
		}
		if figures := map[bool]int{true: 3, false: 6}[want == ""]; len(s.Figures) != figures || !strings.Contains(s.Weights, "W2[5,4]") {
			t.Errorf("with %q there are %d figures, and the weights are %.80q", want, len(s.Figures), s.Weights)
		}
		if step := map[bool]string{true: "40", false: "40 # 40: fault = bias-gradient-mean"}[want == ""]; !strings.HasSuffix(s.Command, "-max_steps "+step) {
			t.Errorf("with %q the command is %q", want, s.Command)
		}
	}
}

// With any activation, loss, penalty and optimizer a mistake is switched on in
// mid-run, its trace has that mistake, and without it the trace is clean; the command
// names what was chosen.
func TestOtherNetworks(t *testing.T) {
	for _, flags := range []string{"-activation tanh -l2 0.01", "-loss binary_cross_entropy", "-optimizer adam -activation leaky_relu", "-optimizer nesterov -loss squared_error -learning_rate 0.001"} {
		e := New()
		call := func(name, args string) (answer string, file []byte) {
			t.Helper()
			if answer, file = e.Call(name, args, nil); strings.HasPrefix(answer, `{"error"`) {
				t.Fatalf("%s: %s %s: %s", flags, name, args, answer)
			}
			return answer, file
		}
		call("start", `{"flags":"-n 80 `+flags+`"}`)
		call("advance", `{"to":30,"ms":10000}`)
		for _, want := range []string{"", "bias-gradient-mean"} {
			if want != "" {
				call("change", `{"name":"fault","text":"`+want+`"}`)
				call("advance", `{"to":40,"ms":10000}`)
			}
			_, trace := call("save", `{"what":"trace"}`)
			v := audit.JudgeBytes(trace, "step.npz", 0).Verdict
			if want == "" && v.Word() != "clean" || want != "" && !slices.ContainsFunc(v.Tensors.Findings, func(f nnaudit.Finding) bool { return f.Cause == want }) {
				t.Errorf("%s: with %q the trace is %s: %+v", flags, want, v.Word(), v.Tensors)
			}
			if _, html := call("inspect", `{}`); !bytes.Contains(html, []byte(`"name":"dW2"`)) {
				t.Errorf("%s: the page of the step lacks numbers", flags)
			}
			answer, _ := call("view", `{"full":true}`)
			var s scene
			if err := json.Unmarshal([]byte(answer), &s); err != nil {
				t.Fatal(err)
			}
			for _, word := range strings.Fields(flags) {
				if !strings.Contains(s.Command, word) {
					t.Errorf("%s: the command is %s", flags, s.Command)
				}
			}
			if strings.Contains(s.Status, "NaN") || len(s.Figures) < 3 {
				t.Errorf("%s: %d figures, %s", flags, len(s.Figures), s.Status)
			}
		}
	}
	r := begun(t, setup{Flags: "-optimizer adam"})
	if err := r.change("momentum", "0.5"); err == nil {
		t.Error("Adam takes a momentum")
	}
	for k, list := range Choices() {
		for i, c := range list {
			if strings.ContainsAny(c.Formula, "{}%") || i > 0 && c.Formula == list[0].Formula {
				t.Errorf("-%s %s: %s", k, c.Word, c.Formula)
			}
		}
	}
}
