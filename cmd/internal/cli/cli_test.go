package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"
)

// trial is a command with a flag of every kind.
type trial struct {
	set           *Set
	hidden        []int
	rate, noise   float64
	momentum      float64
	steps, freq   int
	seed          uint32
	sgd, standard bool
	out           string
	rosenblatt    bool
	mean          []float64
	sweep         []string
	init          string
}

func newTrial() *trial {
	t := &trial{set: New("part2", "trains the network on two moons", "", "-sgd -max_steps 45000"),
		hidden: []int{20}, rate: 0.01, noise: 0.05, steps: 1500, freq: 10, seed: 42, standard: true, out: "out/part2", init: "he"}
	s := t.set
	s.Group("Network")
	Var(s, &t.hidden, "dnn_hidden_units", Ints, "units of each hidden layer")
	Var(s, &t.rate, "learning_rate", Positive, "size of a step")
	Var(s, &t.noise, "noise", NonNegative, "standard deviation of the noise")
	Var(s, &t.momentum, "momentum", BelowOne, "share of the last step kept")
	Var(s, &t.init, "init", Kind[string]{
		Hint: "he|randn|STD", Example: "0.01", Words: []Word{{"he", "√(2/in), for layers with a ReLU behind them, which lets half of the variance through, and long enough to wrap"}, {"randn", "1"}},
		Format: func(v string) string { return v },
		Parse: func(text string) (string, error) {
			if text == "he" || text == "randn" {
				return text, nil
			}
			if _, err := Positive.Parse(text); err != nil {
				return "", fmt.Errorf("%w, nor he or randn", err)
			}
			return text, nil
		},
	}, "how the weights start")
	s.Group("Run")
	Var(s, &t.steps, "max_steps", AtLeast(1), "steps")
	Var(s, &t.freq, "eval_freq", Between(1, 1000), "steps from one evaluation to the next")
	Var(s, &t.seed, "seed", Seed, "seed of all draws")
	Var(s, &t.sgd, "sgd", Switch, "one random row a step")
	Var(s, &t.standard, "standardize", Switch, "scale features")
	Var(s, &t.rosenblatt, "rule", OneOf(Choice[bool]{"report", false}, Choice[bool]{"rosenblatt", true}), "the learning rule")
	Var(s, &t.mean, "mean1", Floats(2, "1,-6"), "mean of class 1")
	Var(s, &t.out, "out", Text("DIR"), "where the results go")
	VarEach(s, &t.sweep, "sweep", Kind[string]{Hint: "NAME=V1,V2,…", Example: "momentum=0,0.9",
		Format: Text("").Format, Parse: Text("").Parse}, "runs with each value; may be repeated")
	return t
}

func TestAcceptedForms(t *testing.T) {
	for _, c := range []struct {
		args string
		got  func(*trial) any
		want any
	}{
		{"", func(x *trial) any { return x.sgd }, false},
		{"-sgd", func(x *trial) any { return x.sgd }, true},
		{"--sgd", func(x *trial) any { return x.sgd }, true},
		{"--sgd True", func(x *trial) any { return x.sgd }, true},
		{"-standardize --sgd FALSE", func(x *trial) any { return x.sgd }, false},
		{"--standardize False", func(x *trial) any { return x.standard }, false},
		{"-standardize no -sgd yes", func(x *trial) any { return fmt.Sprint(x.standard, x.sgd) }, "false true"},
		{"-standardize 0 -sgd 1", func(x *trial) any { return fmt.Sprint(x.standard, x.sgd) }, "false true"},
		{"--sgd=True -standardize=off", func(x *trial) any { return fmt.Sprint(x.standard, x.sgd) }, "false true"},
		{"-sgd -seed 7", func(x *trial) any { return fmt.Sprint(x.sgd, x.seed) }, "true 7"},
		{"-sgd True -sgd False", func(x *trial) any { return x.sgd }, false},
		{"--seed=4294967295", func(x *trial) any { return x.seed }, uint32(4294967295)},
		{"--learning_rate 1e-2", func(x *trial) any { return x.rate }, 0.01},
		{"-noise 0", func(x *trial) any { return x.noise }, 0.0},
		{"-dnn_hidden_units 20,10", func(x *trial) any { return fmt.Sprint(x.hidden) }, "[20 10]"},
		{"-mean1 -2,-3.5", func(x *trial) any { return fmt.Sprint(x.mean) }, "[-2 -3.5]"},
		{"-out -x", func(x *trial) any { return x.out }, "-x"},
		{"-out=-sgd", func(x *trial) any { return x.out }, "-sgd"},
		{"-sweep a=1 -sweep b=2", func(x *trial) any { return fmt.Sprint(x.sweep) }, "[a=1 b=2]"},
		{"-init 1e-4", func(x *trial) any { return x.init }, "1e-4"},
		{"-dnn_hidden_units 20+10", func(x *trial) any { return fmt.Sprint(x.hidden) }, "[20 10]"},
		{"-rule rosenblatt --", func(x *trial) any { return x.rosenblatt }, true},
	} {
		x := newTrial()
		if err := x.set.Parse(strings.Fields(c.args), io.Discard); err != nil {
			t.Errorf("%s: %v", c.args, err)
		} else if got := c.got(x); got != c.want {
			t.Errorf("%s: %v, want %v", c.args, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	stray := "; every value needs its flag before it, and -h lists the flags"
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-learning_rat", "1"}, "unknown flag -learning_rat; did you mean -learning_rate?"},
		{[]string{"--learning-rate=1"}, "unknown flag --learning-rate; did you mean -learning_rate?"},
		{[]string{"-SGD"}, "unknown flag -SGD; did you mean -sgd?"},
		{[]string{"-lr", "1"}, "unknown flag -lr; did you mean -learning_rate?"},
		{[]string{"-epochs"}, "unknown flag -epochs; -h lists the flags"},
		{[]string{"-x\x1b[2J"}, `unknown flag "-x\x1b[2J"; -h lists the flags`},
		{[]string{"-5"}, "unknown flag -5; -h lists the flags"},
		{[]string{"-=5"}, "unknown flag -; -h lists the flags"},
		{[]string{"sgd"}, "unexpected argument sgd" + stray},
		{[]string{"-"}, "unexpected argument -" + stray},
		{[]string{"-sgd", "true", "true"}, "unexpected argument true" + stray},
		{[]string{"-sgd", "maybe"}, "-sgd: maybe is neither true nor false; write -sgd, -sgd true or -sgd false"},
		{[]string{"-sgd=maybe"}, "-sgd: maybe is neither true nor false; write -sgd, -sgd true or -sgd false"},
		{[]string{"-sgd="}, `-sgd: "" is neither true nor false; write -sgd, -sgd true or -sgd false`},
		{[]string{"-seed", "1", "2"}, "unexpected argument 2" + stray},
		{[]string{"--", "-sgd"}, "unexpected argument -sgd" + stray},
		{[]string{"-seed"}, "-seed needs a value; for example -seed 42"},
		{[]string{"-out", "--sgd"}, "-out needs a value; for example -out DIR"},
		{[]string{"-learning_rate", "nan"}, "-learning_rate: nan is not a finite number above 0; for example -learning_rate 0.01"},
		{[]string{"-learning_rate", "+Inf"}, "-learning_rate: +Inf is not a finite number above 0; for example -learning_rate 0.01"},
		{[]string{"-learning_rate", "1e999"}, "-learning_rate: 1e999 is not a finite number above 0; for example -learning_rate 0.01"},
		{[]string{"-learning_rate", "0"}, "-learning_rate: 0 is not a finite number above 0; for example -learning_rate 0.01"},
		{[]string{"-learning_rate", "0,1"}, `-learning_rate: "0,1" is not a finite number above 0; for example -learning_rate 0.01`},
		{[]string{"-learning_rate", ""}, `-learning_rate: "" is not a finite number above 0; for example -learning_rate 0.01`},
		{[]string{"-noise", "-0.1"}, "-noise: -0.1 is not a finite number, 0 or above; for example -noise 0.05"},
		{[]string{"-momentum", "1"}, "-momentum: 1 is not a number from 0 up to but not including 1; for example -momentum 0"},
		{[]string{"-max_steps", "0"}, "-max_steps: 0 is not a whole number above 0; for example -max_steps 1500"},
		{[]string{"-max_steps", "-3"}, "-max_steps: -3 is not a whole number above 0; for example -max_steps 1500"},
		{[]string{"-max_steps", "1.5"}, "-max_steps: 1.5 is not a whole number above 0; for example -max_steps 1500"},
		{[]string{"-max_steps", "99999999999999999999"}, "-max_steps: 99999999999999999999 is too large; for example -max_steps 1500"},
		{[]string{"-eval_freq", "1001"}, "-eval_freq: 1001 is not a whole number from 1 to 1000; for example -eval_freq 10"},
		{[]string{"-seed", "-1"}, "-seed: -1 is not a whole number from 0 to 4294967295; for example -seed 42"},
		{[]string{"-seed", "4294967296"}, "-seed: 4294967296 is not a whole number from 0 to 4294967295; for example -seed 42"},
		{[]string{"-rule", "rosenblat"}, "-rule: rosenblat is not one of report, rosenblatt; did you mean rosenblatt?"},
		{[]string{"-rule", "xyz"}, "-rule: xyz is not one of report, rosenblatt"},
		{[]string{"-init", "-1"}, "-init: -1 is not a finite number above 0, nor he or randn"},
		{[]string{"-dnn_hidden_units", "20,,x"}, `-dnn_hidden_units: "20,,x": field 2 is empty; write whole numbers above 0 separated by commas, for example 20 or 20,10`},
		{[]string{"-dnn_hidden_units", "20,x"}, `-dnn_hidden_units: "20,x": field 2 x is not a whole number above 0; write whole numbers above 0 separated by commas, for example 20 or 20,10`},
		{[]string{"-dnn_hidden_units", "20+0"}, `-dnn_hidden_units: "20+0": field 2 0 is not a whole number above 0; write whole numbers above 0 separated by +, for example 20 or 20+10`},
		{[]string{"-dnn_hidden_units", "0"}, `-dnn_hidden_units: "0": field 1 0 is not a whole number above 0; write whole numbers above 0 separated by commas, for example 20 or 20,10`},
		{[]string{"-dnn_hidden_units", ""}, `-dnn_hidden_units: "": field 1 is empty; write whole numbers above 0 separated by commas, for example 20 or 20,10`},
		{[]string{"-dnn_hidden_units", "20;10"}, `-dnn_hidden_units: "20;10": field 1 "20;10" is not a whole number above 0; write whole numbers above 0 separated by commas, for example 20 or 20,10`},
		{[]string{"-dnn_hidden_units", "99999999999999999999"}, `-dnn_hidden_units: "99999999999999999999": field 1 99999999999999999999 is too large; write whole numbers above 0 separated by commas, for example 20 or 20,10`},
		{[]string{"-mean1", "1"}, `-mean1: "1": 1 number, not 2; write 2 finite numbers separated by commas, for example 1,-6`},
		{[]string{"-mean1", "1,2,3"}, `-mean1: "1,2,3": 3 numbers, not 2; write 2 finite numbers separated by commas, for example 1,-6`},
		{[]string{"-mean1", "1,nan"}, `-mean1: "1,nan": field 2 nan is not a finite number; write 2 finite numbers separated by commas, for example 1,-6`},
		{[]string{"-mean1", ",1"}, `-mean1: ",1": field 1 is empty; write 2 finite numbers separated by commas, for example 1,-6`},
		{[]string{"-out", "a\x00b"}, `-out: "a\x00b" has a zero byte in it`},
	} {
		err := newTrial().set.Parse(c.args, io.Discard)
		if err == nil {
			t.Errorf("%q: no error", c.args)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("%q:\n got %s\nwant %s", c.args, err, c.want)
		}
		if mistake := (statusError{}); !errors.As(err, &mistake) || mistake.status != exitUsage {
			t.Errorf("%q: %T is not marked as a mistake in the command line", c.args, err)
		}
	}
}

// What follows a program's name is the program's, though it looks like a flag.
func TestProgram(t *testing.T) {
	s := New("audit run", "runs a program")
	s.Program("PROGRAM.py [ARGUMENT …]")
	var v bool
	Var(s, &v, "v", Switch, "more")
	if err := s.Parse([]string{"train.py", "--epochs", "3", "-v"}, io.Discard); err != nil || v || strings.Join(s.Rest(), " ") != "train.py --epochs 3 -v" {
		t.Errorf("%v %v %v", s.Rest(), v, err)
	}
	if err := s.Parse([]string{"-v"}, io.Discard); err == nil || !strings.Contains(err.Error(), "PROGRAM.py") {
		t.Errorf("no program: %v", err)
	}
}

func TestOperands(t *testing.T) {
	parse := func(args ...string) (*Set, bool, error) {
		s := New("audit compare", "compares two traces")
		s.Operands("MINE.npz THEIRS.npz", 2, 2)
		var v bool
		Var(s, &v, "v", Switch, "more")
		err := s.Parse(args, io.Discard)
		return s, v, err
	}
	s, v, err := parse("a.npz", "-v", "b.npz")
	if err != nil || !v || strings.Join(s.Rest(), " ") != "a.npz b.npz" {
		t.Errorf("%v %v %v", s.Rest(), v, err)
	}
	if s, _, err = parse("--", "-a", "-b"); err != nil || strings.Join(s.Rest(), " ") != "-a -b" {
		t.Errorf("after --: %v %v", s.Rest(), err)
	}
	if got := s.Command(); got != "go run ./cmd/audit compare -a -b" {
		t.Errorf("command %q", got)
	}
	if _, _, err = parse("a.npz"); err == nil || !strings.Contains(err.Error(), "1 of the arguments MINE.npz THEIRS.npz") {
		t.Errorf("one missing: %v", err)
	}
	if _, _, err = parse("a", "b", "c"); err == nil || err.Error() != "unexpected argument c after MINE.npz THEIRS.npz" {
		t.Errorf("one too many: %v", err)
	}
}

func TestGivenAndResolve(t *testing.T) {
	x := newTrial()
	if err := x.set.Parse([]string{"-init", "randn", "--sgd=false"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if !x.set.Given("init") || !x.set.Given("sgd") || x.set.Given("seed") {
		t.Error("Given is wrong")
	}
	x.set.Resolve("init", "0.0001")
	x.set.Resolve("momentum", "0.9")
	if x.init != "randn" || x.momentum != 0.9 || x.set.Given("momentum") {
		t.Errorf("init %s, momentum %v", x.init, x.momentum)
	}
	if err := x.set.Assign("momentum", "0.5"); err != nil || x.momentum != 0.5 || x.set.Given("momentum") {
		t.Errorf("assigned: momentum %v, error %v", x.momentum, err)
	}
	if err := x.set.Assign("momentum", "2"); err == nil || x.momentum != 0.5 {
		t.Errorf("assigned what is wrong: momentum %v, error %v", x.momentum, err)
	}
	for name, f := range map[string]func(){
		"an undefined name": func() { x.set.Given("nosuch") },
		"a wrong text":      func() { x.set.Resolve("noise", "much") },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func TestHelp(t *testing.T) {
	for _, arg := range []string{"-h", "-help", "--help", "--h"} {
		var b strings.Builder
		if err := newTrial().set.Parse([]string{"-sgd", arg, "-nosuch"}, &b); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%s: %v", arg, err)
		}
		last := -1
		for _, part := range []string{"part2 — trains the network", "Usage: go run ./cmd/part2 [flags]\n", "Network:", "-dnn_hidden_units N,N\n",
			"(default 20)", "-learning_rate X\n", "(default 0.01)", "Run:", "-max_steps N", "-seed N", "-rule report|rosenblatt", "-out DIR", "Examples:\n  go run ./cmd/part2\n", "go run ./cmd/part2 -sgd -max_steps 45000"} {
			at := strings.Index(b.String(), part)
			if at <= last {
				t.Errorf("%s: %q is missing or out of order in\n%s", arg, part, b.String())
			}
			last = at
		}
		for line := range strings.Lines(b.String()) {
			if len([]rune(line)) > 79 {
				t.Errorf("line longer than 78: %q", line)
			}
		}
	}
}

// A flag whose values have names tells them on request.
func TestWords(t *testing.T) {
	for arg, want := range map[string]string{
		"-rule=?": "-rule report|rosenblatt\n  the learning rule\n\n  report\n  rosenblatt\n",
		"-init=?": "-init he|randn|STD\n  how the weights start\n\n" +
			"  he — √(2/in), for layers with a ReLU behind them, which lets half of the\n      variance through, and long enough to wrap\n  randn — 1\n",
	} {
		var b strings.Builder
		if err := newTrial().set.Parse([]string{arg}, &b); !errors.Is(err, flag.ErrHelp) || b.String() != want {
			t.Errorf("%s: %v\n%s", arg, err, b.String())
		}
	}
	if x := newTrial(); x.set.Parse([]string{"-out", "?"}, io.Discard) != nil || x.out != "?" {
		t.Errorf("a text may be a question mark; got %q", x.out)
	}
}

// The words of a choice are those of the values it can hold.
func TestOneOfHoldsOneOf(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic for a default that has no word")
		}
	}()
	other := 3
	Var(New("test", ""), &other, "other", OneOf(Choice[int]{"one", 1}), "")
}

func TestTable(t *testing.T) {
	rows := [][]string{{"", "µs", "x"}, {"a long name", "1.0", "–"}, nil, {"b", "22.0", ""}}
	for _, c := range []struct{ align, want string }{
		{"lr", "                µs  x\n a long name   1.0  –\n\n b            22.0\n"},
		{"l", "              µs    x\n a long name  1.0   –\n\n b            22.0\n"},
	} {
		var b strings.Builder
		Table(&b, rows, " ", 2, c.align)
		if b.String() != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.align, b.String(), c.want)
		}
	}
}
