package mark

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/python"
	"glassbox/nn/audit/program"
	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// write lays out a submission of programs.
func write(t *testing.T, files map[string]string) Submission {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return Submission{Student: "a", Folder: "a", Files: within(dir)}
}

func TestWhichProgram(t *testing.T) {
	guard := "if __name__ == '__main__':\n    pass\n"
	for _, c := range []struct {
		files map[string]string
		given string
		want  string
	}{
		{map[string]string{"a.py": ""}, "", "a.py"},
		{map[string]string{"net.py": "", "train.py": guard}, "", "train.py"},
		{map[string]string{"net.py": guard, "mlp_train.py": "", "train_mlp.py": ""}, "", "train_mlp.py"},
		{map[string]string{"net.py": "", "fit.py": guard}, "", "fit.py"},
		{map[string]string{"code/net.py": "", "code/fit.py": guard, "code/old/fit.py": guard}, "", "code/fit.py"},
		{map[string]string{"a.py": "", "b.py": ""}, "", "which of a.py, b.py is to be run? -program names it"},
		{map[string]string{"a.py": "", "x/b.py": ""}, "b.py", "x/b.py"},
		{map[string]string{"a.py": ""}, "b.py", "there is no b.py in it"},
		{map[string]string{"a.txt": ""}, "", "it holds neither a trace (.npz) nor a program (.py, .ipynb)"},
		{map[string]string{".git/a.py": "", "__pycache__/b.py": "", "c.py": ""}, "", "c.py"},
	} {
		got, err := (&Limits{Program: c.given}).program(write(t, c.files))
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.files, got, c.want)
		}
	}
}

// Programs are run within their limits, in a copy, and one that goes wrong says
// why without the folders of this machine.
func TestPrograms(t *testing.T) {
	python, err := python.NumPy()
	if err != nil {
		t.Skip(err)
	}
	trains := "import numpy as np\nW = np.ones((2, 1))\nX = np.arange(6.0).reshape(3, 2)\nfor k in range(9):\n    W = W - 0.1 * X.T @ (X @ W - 1) / 3\n"
	for name, c := range map[string]struct {
		text string
		want string // in why there is no recording; "": there is one
	}{
		"trains":  {trains + "open('spoilt', 'w').close()\n", ""},
		"data":    {"open('handout.txt').read()\n" + trains, ""},
		"raises":  {"import numpy as np\n1 / 0\n", ""},
		"syntax":  {"def f(:\n", ""},
		"gone":    {"import os, sys\nprint('gone', file=sys.stderr, flush=True)\nos._exit(3)\n", "it said: gone"},
		"forever": {"import time\nwhile True: time.sleep(0.01)\n", ""},
		"deaf":    {"import os, signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nos.fork()\nwhile True: time.sleep(1)\n", "took longer than 1 s"},
		"memory":  {"import numpy as np\nnp.ones(1 << 30)\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if runtime.GOOS == "windows" && name == "deaf" {
				t.Skip("no fork")
			}
			if testing.Short() && name != "trains" && name != "gone" {
				t.Skip("takes its time")
			}
			s := write(t, map[string]string{"net.py": c.text})
			beside := t.TempDir()
			if err := os.WriteFile(filepath.Join(beside, "handout.txt"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
			l := Limits{Python: func() (string, error) { return python, nil }, Recorder: recorder.Source, Beside: beside, Time: time.Minute, Memory: 4096}
			switch name { // the others end by themselves, on a busy machine too
			case "deaf":
				l.Time = time.Second
			case "forever":
				l.Time = 6 * time.Second
			}
			work := t.TempDir()
			_, err := l.record(context.Background(), s, work)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(said(message.Of(err), work, filepath.Join(work, "submission")).EN, work)):
				t.Errorf("%v, want %s", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(s.Files[0].Path), "spoilt")); err == nil {
				t.Error("it wrote into the submission")
			}
		})
	}
}

// What a program has wrong is told in its part of training, with a last hint
// whether a change of the line is known or not.
func TestMistakesOfPrograms(t *testing.T) {
	for relation, want := range map[string]string{"other rows' labels": "data", "equal units": "start", "the wrong axis": "forward", "another loss": "loss",
		"never moves": "update", "changed outside of training": "between steps", "tested on training rows": "evaluation", "a mask missing": "backward"} {
		f := program.Finding{File: "net.py", Line: 3, Statement: "a = b", Severity: "error", Relation: relation, Text: message.New("`a` is 1")}
		if want == "backward" {
			f.Wrong, f.Mended = 2, 1
		}
		list := ofProgram(&program.Verdict{Findings: []program.Finding{f, {Severity: "note"}}}, &graph.Graph{})
		if len(list) != 1 || list[0].Area != want || len(list[0].Hints) != Deepest {
			t.Fatalf("%s: %+v", relation, list)
		}
		for k, hint := range list[0].Hints {
			if hint.EN == "" || hint.ZH == "" || strings.Contains(hint.EN, "%!") {
				t.Errorf("%s: hint %d is %q, %q", relation, k+1, hint.EN, hint.ZH)
			}
		}
	}
	raised := ofProgram(&program.Verdict{Program: "net.py", Raised: &program.Raise{Type: "ValueError", Message: "shapes"}}, &graph.Graph{})
	if len(raised) != 1 || raised[0].Name != "raised-ValueError" || raised[0].Place != "net.py" {
		t.Errorf("%+v", raised)
	}
}
