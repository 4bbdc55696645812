package bench

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/testkit/golden"
	"glassbox/mat/nptest"
)

// TestMain lets the test's own program be the child that bench starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == serveWord {
		cli.Main(Main)
	}
	os.Exit(m.Run())
}

// command runs bench as a user would.
func command(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, err bytes.Buffer
	status = cli.Run("bench", Main, args, &out, &err)
	return out.String(), err.String(), status
}

func TestHelp(t *testing.T) {
	got, stderr, status := command(t, "-h")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	golden.Check(t, "help.txt", got)
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	for args, want := range map[string]string{
		"-only x":                         `-only: "x" is no work; letters from a to h separated by commas would be right, for example -only a,e`,
		"-only a,,b":                      `-only: "" is no work; letters from a to h`,
		"-rounds 0":                       `-rounds: 0 is not a whole number above 0; for example -rounds 15`,
		"-slice 100000":                   `-slice: 100000 is not a whole number from 1 to 10000`,
		"-quik":                           `unknown flag -quik; did you mean -quick?`,
		"f":                               "unexpected argument f; every value needs its flag before it",
		"-markdown -json -":               "-markdown and -json - both want standard output: give -json a file",
		"-json " + dir:                    "-json: " + dir + " is a directory; name a file in it",
		"-json " + dir + "/no/where.json": "-json: cannot write " + dir + "/no/where.json: there is no directory " + dir + "/no",
	} {
		stdout, stderr, status := command(t, strings.Fields(args)...)
		if status == 0 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q; want %q", args, status, stdout, stderr, want)
		}
	}
}

// The whole way, with whoever is here: NumPy's column has numbers if there is a
// NumPy.
func TestQuick(t *testing.T) {
	nptest.Python(t, "numpy")
	file := filepath.Join(t.TempDir(), "f.json")
	stdout, stderr, status := command(t, "-quick", "-rounds", "2", "-slice", "2", "-only", "f", "-json", file)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	for _, want := range []string{"glassbox beside its peers on ", "\n  NumPy     ", "\nf  exp of a vector", "1,000,000 elements"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "gonum") {
		t.Errorf("gonum does no exp, but:\n%s", stdout)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r struct {
		Rounds   int
		Sections []struct {
			Letter string
			Cases  []struct {
				Elements int
				Series   []seriesJSON
			}
		}
	}
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	if r.Rounds != 2 || len(r.Sections) != 1 || r.Sections[0].Letter != "f" || len(r.Sections[0].Cases) != 2 {
		t.Fatalf("%+v", r)
	}
	for _, c := range r.Sections[0].Cases {
		for i, s := range c.Series[:2] {
			if len(s.Seconds) != 2 || s.Median <= 0 || (i > 0) != (s.Ratio != nil) {
				t.Errorf("%d elements: %+v", c.Elements, s)
			}
			// Between a picosecond and a microsecond an element.
			if per := s.Median / float64(c.Elements); per < 1e-12 || per > 1e-6 {
				t.Errorf("%d elements: %s takes %v s", c.Elements, s.Name, s.Median)
			}
		}
	}
}

// Without any peer the bench measures glassbox and says who is missing.
func TestNobodyElse(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	stdout, stderr, status := command(t, "-quick", "-rounds", "1", "-slice", "1", "-only", "b,h")
	if status != 0 || stderr != "" {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
	for _, want := range []string{
		"\n  NumPy         not measured: there is no python3 on PATH\n",
		"\n  PyTorch       not measured: there is no python3 on PATH\n",
		"\n  part2         not measured: there is no go on PATH\n",
		" NumPy – – – – ",
	} {
		if !strings.Contains(stdout, want) && !strings.Contains(strings.Join(strings.Fields(stdout), " "), want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	stdout, stderr, status = command(t, "-markdown", "-rounds", "1", "-slice", "1", "-only", "b")
	if status != 0 || stderr != "" || !strings.Contains(stdout, "| step on one random row | ") || strings.Contains(stdout, "NumPy 1") {
		t.Errorf("status %d, stderr %q, stdout:\n%s", status, stderr, stdout)
	}
}

func TestOutsideTheTree(t *testing.T) {
	t.Chdir(t.TempDir())
	_, stderr, status := command(t, "-only", "f")
	if status != 1 || !strings.Contains(stderr, "has testdata/peers; run it inside glassbox's tree") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}

func TestJSONToStdout(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	stdout, _, status := command(t, "-json", "-", "-rounds", "1", "-slice", "1", "-only", "f")
	if status != 0 || !json.Valid([]byte(stdout)) {
		t.Errorf("status %d, stdout %q", status, stdout)
	}
}

// Nothing stays behind: neither what was built nor a half of a JSON file.
func TestLeavesNothing(t *testing.T) {
	t.Setenv("PATH", "")
	temp, dir := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", temp)
	if err := Main([]string{"-rounds", "1", "-slice", "1", "-only", "f", "-json", filepath.Join(dir, "a.json")}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := Main([]string{"-only", "f", "-json", filepath.Join(dir, "b.json")}, io.Discard, io.Discard); err == nil {
		t.Fatal("no error outside the tree")
	}
	for d, want := range map[string]string{temp: "", dir: "a.json"} {
		entries, err := os.ReadDir(d)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s holds %q, want %q", d, got, want)
		}
	}
}
