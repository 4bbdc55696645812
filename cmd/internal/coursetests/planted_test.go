package coursetests_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/coursetests"
	"glassbox/cmd/internal/python"
)

// trains records three steps of the modules in each folder, each in a fork: so
// NumPy is read once.
const trains = `
import os, sys
import numpy as np
import glassbox_record
for folder in sys.argv[1:]:
    if os.fork() == 0:
        sys.path.insert(0, folder)
        import mlp_numpy, modules
        far = 400.0 if os.path.basename(folder) in ("softmax-without-max", "softmax-global-max", "no-epsilon") else 1.0
        np.random.seed(1)
        x, y = far * np.random.randn(30, 4), np.eye(3)[np.random.randint(3, size=30)]
        x[:2] = 0
        net = mlp_numpy.MLP(4, [80, 7], 3)
        glassbox_record.record(modules, os.path.join(folder, "trace.npz"))
        np.seterr(all="ignore")
        for step in range(4):
            p = net.forward(x)
            net.loss_fc.forward(p, y)
            net.backward(net.loss_fc.backward(p, y))
            net.update(0.1)
        glassbox_record.save()
        os._exit(0)
    os.wait()
`

// What is planted under a name is that mistake: recorded, the audit calls it so.
func TestPlantedIsWhatItIsCalled(t *testing.T) {
	if testing.Short() || runtime.GOOS == "windows" {
		t.Skip("forks some fifty Pythons")
	}
	python, err := python.NumPy()
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	list := append([]string{""}, coursetests.Names()...)
	args := []string{filepath.Join(dir, "train.py")}
	write := func(path, text string) {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(args[0], trains)
	write(filepath.Join(dir, "glassbox_record.py"), string(recorder.Source))
	for _, name := range list {
		folder := filepath.Join(dir, "of", name+"_", name)
		for file, text := range coursetests.Sources(name) {
			write(filepath.Join(folder, file), text)
		}
		args = append(args, folder)
	}
	cmd := exec.Command(python, args...)
	cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for i, name := range list {
		v := audit.JudgeFile(filepath.Join(args[i+1], "trace.npz"), 0.1).Verdict.Tensors
		var causes []string
		for _, f := range v.Findings {
			causes = append(causes, f.Cause)
		}
		all := strings.Join(causes, " ")
		if name == "" && v.Verdict != "clean" || name != "" && (len(causes) == 0 || !strings.Contains(all, name)) {
			t.Errorf("%q is judged %s: %s %s", name, v.Verdict, all, v.Error)
		}
	}
}

// The course's tests of testdata: those mistakes pass that the README names.
func TestCourse(t *testing.T) {
	if testing.Short() {
		t.Skip("starts some fifty Pythons")
	}
	if _, err := python.NumPy(); err != nil {
		t.Skip(err)
	}
	var out, said bytes.Buffer
	status := cli.Run("audit", audit.Main, []string{"tests", "-runner", "-m unittest -q", "../../../testdata/course/test_modules.py"}, &out, &said)
	for _, want := range []string{"29 of 46 planted mistakes fail a test\n", "  bias-gradient-mean\n", "  relu-passes-zero\n", "  weight-decay\n"} {
		if status != 1 || !strings.Contains(out.String(), want) {
			t.Fatalf("status %d, no %q in\n%s%s", status, want, &out, &said)
		}
	}
	if strings.Contains(out.String(), "dx-with-dw") {
		t.Error("a wrong gradient of the first weights passes a check by differences")
	}
	out.Reset()
	if status = cli.Run("audit", audit.Main, []string{"tests", "-runner", "-m unittest -q", "../../../testdata/course/test_thorough.py"}, &out, &said); status != 0 || out.String() != "46 of 46 planted mistakes fail a test\n" {
		t.Errorf("thorough tests: status %d\n%s%s", status, &out, &said)
	}
}

// Tests that fail on the right modules say nothing of wrong ones.
func TestTestsHaveToPass(t *testing.T) {
	if _, err := python.NumPy(); err != nil {
		t.Skip(err)
	}
	file := filepath.Join(t.TempDir(), "test_it.py")
	if err := os.WriteFile(file, []byte("import modules\nmodules.Conv\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	status := cli.Run("audit", audit.Main, []string{"tests", "-runner", "-m unittest -q", file}, &out, &said)
	if status != 2 || !strings.Contains(said.String(), "on the right modules: test_it.py fails") {
		t.Errorf("status %d, %s", status, &said)
	}
}
