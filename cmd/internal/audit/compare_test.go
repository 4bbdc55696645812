package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/testkit/golden"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
)

// audits runs the command.
func audits(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, err bytes.Buffer
	status = cli.Run("audit", Main, args, &out, &err)
	return out.String(), err.String(), status
}

// traced writes a trace of our own network and returns its file.
func traced(t *testing.T, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "trace.npz")
	if _, stderr, status := audits(t, append(append([]string{"trace"}, args...), "-o", file)...); status != 0 {
		t.Fatalf("trace %v: status %d, %s", args, status, stderr)
	}
	return file
}

// judged compares files and returns the verdicts as a program would read them.
func judged(t *testing.T, args ...string) (files []audit.Verdict, status int) {
	t.Helper()
	stdout, stderr, status := audits(t, append([]string{"compare", "-json"}, args...)...)
	var v struct{ Files []json.RawMessage }
	if err := json.Unmarshal([]byte(stdout), &v); err != nil {
		t.Fatalf("compare %v: %v\n%s\n%s", args, err, stdout, stderr)
	}
	for _, raw := range v.Files {
		// NaN and infinities are texts in JSON: let them be 0 here.
		clean := strings.NewReplacer(`"NaN"`, "0", `"+Inf"`, "0", `"-Inf"`, "0").Replace(string(raw))
		var f audit.Verdict
		if err := json.Unmarshal([]byte(clean), &f); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files, status
}

// Our own steps follow from their inputs, in every form that training has.
func TestOwnTracesAreClean(t *testing.T) {
	for _, args := range []string{
		"", "-sgd -steps 0:3,700:703", "-reduction sum -learning_rate 1e-5", "-batch_size 96 -steps 0:10",
		"-dnn_hidden_units 16,8,5", "-momentum 0.9", "-init randn", "-init 1e-4 -steps 0:3,500:502",
		"-data ../../../testdata/iris.csv -standardize", "-dnn_hidden_units 1", "-n 5 -noise 0", "-learning_rate 1 -steps 1400:1403",
		"-dnn_hidden_units 300 -n 100",
	} {
		files, status := judged(t, traced(t, strings.Fields(args)...))
		if v := files[0]; v.Verdict != "clean" || status != 0 || v.Judged < 20 || len(v.Unjudged) > 0 && !strings.Contains(args, "momentum") {
			t.Errorf("%q: status %d, %+v", args, status, v)
		}
	}
}

// visible are the runs in which a mistake shows that the default run hides.
var visible = map[string]string{
	"softmax-without-max": "-init 40", "softmax-global-max": "-init 40", "no-epsilon": "-init 40",
	"relu-passes-zero": "-data testdata/zeros.csv", "momentum-reset": "-momentum 0.9",
	"dw-from-own-output":    "-dnn_hidden_units 2",
	"velocity-renewed-late": "-momentum 0.9", "nesterov-as-momentum": "-optimizer nesterov",
	"rmsprop-without-root": "-optimizer rmsprop -learning_rate 1e-4", "rmsprop-decay-exchanged": "-optimizer rmsprop", "rmsprop-sum-of-squares": "-optimizer rmsprop",
	"optimizer-not-used": "-optimizer nesterov", "adam-without-correction": "-optimizer adam", "adam-step-not-counted": "-optimizer adam", "adam-step-counted-twice": "-optimizer adam",
	"adam-without-root": "-optimizer adam -learning_rate 1e-4", "adam-decays-exchanged": "-optimizer adam", "adam-reset": "-optimizer adam",
	"adam-gradient-for-mean": "-optimizer adam", "decay-in-moments": "-optimizer rmsprop",
}

// Each mistake of the catalogue is found under its own name, first and where it
// is made.
func TestCatalogue(t *testing.T) {
	var table bytes.Buffer
	tw := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "fault\tfound as\tlevel\ttensor\tstep\trun with")
	for _, f := range faults.InStep {
		args := append([]string{"-fault", f.Name}, strings.Fields(visible[f.Name])...)
		if f.Name != "relu-passes-zero" {
			args = append(args, "-n", "200")
		}
		files, status := judged(t, traced(t, args...))
		v := files[0]
		if status != 1 || len(v.Findings) == 0 {
			t.Errorf("%s: status %d, %s: nothing is found", f.Name, status, v.Verdict)
			continue
		}
		first := v.Findings[0]
		if level := map[bool]string{true: "warning", false: "error"}[f.Misleads]; first.Cause != f.Name || first.Level != level {
			t.Errorf("%s is found as %s %q in %s", f.Name, first.Level, first.Cause, first.Tensor)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%d\t%s\n", f.Name, first.Cause, first.Level, first.Tensor, first.Step, visible[f.Name])
	}
	tw.Flush()
	golden.Check(t, "catalogue.txt", table.String())
}

// A mistake is found under its own name in networks that are right but different, as
// far as they can have it.
func TestCatalogueOfWays(t *testing.T) {
	for way, list := range map[string]string{
		"-activation tanh":            "bias-not-added relu-missing dx-with-dw dw-from-z softmax-axis-0 dz-sign update-sign",
		"-activation gelu_tanh":       "relu-missing gradient-accumulated dx-wrong-transpose bias-gradient-mean",
		"-loss binary_cross_entropy":  "bias-not-added dz-sign bias-gradient-total weight-gradient-sign relu-mask-inverted",
		"-loss mean_squared_error":    "dz-sign dw-from-z hidden-gradient-without-w weight-gradient-mean",
		"-optimizer adam":             "parameters-not-updated bias-not-updated first-layer-not-updated last-layer-not-updated update-sign update-twice dw-from-z",
		"-optimizer nesterov":         "update-sign update-twice bias-not-updated bias-gradient-mean",
		"-optimizer rmsprop":          "parameters-not-updated update-twice relu-mask-missing",
		"-l2 0.05":                    "dw-from-z weight-gradient-sign gradient-accumulated bias-gradient-mean dx-with-dw",
		"-l2 0.05 -activation elu":    "dw-from-z relu-missing",
		"-optimizer adam -l2 0.05":    "update-sign weight-gradient-sign",
		"-loss half_squared_error":    "bias-gradient-total relu-mask-from-gradient",
		"-activation leaky_relu":      "dx-with-dw bias-gradient-mean weight-gradient-sign",
		"-activation sigmoid -l2 0.1": "relu-missing update-sign",
	} {
		for fault := range strings.FieldsSeq(list) {
			files, _ := judged(t, traced(t, append(strings.Fields(way), "-fault", fault, "-n", "60")...))
			if v := files[0]; len(v.Findings) == 0 || v.Findings[0].Cause != fault {
				t.Errorf("%s, %s: %s, %+v", way, fault, v.Verdict, v.Findings[:min(1, len(v.Findings))])
			}
		}
	}
}

// Two mistakes at once are both named.
func TestTwoFaults(t *testing.T) {
	for pair, where := range map[string]string{
		"bias-gradient-mean,dx-with-dw":          "db2 bias-gradient-mean, dh1 dx-with-dw",
		"dw-from-z,weight-gradient-sign":         "dW2 dw-from-z+weight-gradient-sign",
		"softmax-every-layer,bias-gradient-mean": "z1 softmax-every-layer, db2 bias-gradient-mean",
	} {
		files, _ := judged(t, traced(t, "-fault", pair, "-reduction", "sum", "-learning_rate", "1e-5", "-n", "200"))
		for want := range strings.SplitSeq(where, ", ") {
			tensor, cause, _ := strings.Cut(want, " ")
			found := false
			for _, f := range files[0].Findings {
				found = found || f.Tensor == tensor && f.Cause == cause
			}
			if !found {
				t.Errorf("%s: %s is not among %+v", pair, want, files[0].Findings)
			}
		}
	}
}

// The report's own network has its two faults and no other.
func TestAsReported(t *testing.T) {
	file := traced(t, "-as_reported", "-n", "200")
	files, status := judged(t, file)
	causes := map[string]bool{}
	for _, f := range files[0].Findings {
		causes[f.Cause] = true
	}
	if status != 1 || len(causes) != 2 || !causes["softmax-every-layer"] || !causes["bias-gradient-mean"] {
		t.Errorf("status %d, causes %v", status, causes)
	}
	stdout, stderr, _ := audits(t, "compare", file)
	golden.Check(t, "reported.txt", strings.ReplaceAll(stdout+stderr, file, "FILE"))
}

func TestCompareSeveralFiles(t *testing.T) {
	const right, wrong, broken = "right.npz", "wrong.npz", "broken.npz"
	files := map[string]string{right: traced(t, "-n", "50"), wrong: traced(t, "-n", "50", "-fault", "dx-with-dw")}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for name, file := range files {
		if err := os.Rename(file, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(broken, []byte("not an archive"), 0o666); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, status := audits(t, "compare", right, wrong, broken)
	out := stdout + stderr
	if status != 2 {
		t.Errorf("status %d, want 2", status)
	}
	if _, _, status := audits(t, "compare", right, wrong); status != 1 {
		t.Errorf("with findings: status %d, want 1", status)
	}
	if _, _, status := audits(t, "compare", right); status != 0 {
		t.Errorf("clean: status %d, want 0", status)
	}
	t.Chdir(here)
	golden.Check(t, "several.txt", out)
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"", "which of recorder, run"},
		{"judge x.npz", `"judge" is not one of`},
		{"comapre x.npz", `did you mean compare?`},
		{"compare", "FILE.npz"},
		{"compare no-such-file.npz", "1 of 1"},
		{"compare -learning_rate nan x.npz", "-learning_rate: nan is not"},
		{"trace -steps 3:1", `"3:1" is not a step or a range of steps`},
		{"trace -steps 0:999999999", "more than 10000 steps"},
		{"trace -steps 0:3 leftover", "leftover"},
		{"trace -o no-such-directory/trace.npz", "-o: "},
		{"trace -fault nonsense", "no fault is called"},
		{"recorder leftover", "leftover"},
	} {
		_, stderr, status := audits(t, strings.Fields(c.args)...)
		if status == 0 || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("audit %s: status %d, %q; want a line with %q", c.args, status, stderr, c.want)
		}
	}
}
