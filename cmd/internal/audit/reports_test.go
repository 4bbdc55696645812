package audit

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"glassbox/cmd/internal/audit/recorder"
	"glassbox/cmd/internal/testkit/golden"
	"glassbox/mat/nptest"
)

const reports = "../../../testdata/reports"

// A saying is a finding of either kind of trace.
type saying struct {
	Level, File, Tensor, Cause, Message string
	Step, Line                          int
}

// said runs a command on a file and returns its verdict, with what it is on where it
// is clean, and what it finds: the first finding of each tensor and each line.
func said(t *testing.T, args ...string) (verdict string, list []saying) {
	t.Helper()
	stdout, stderr, _ := audits(t, args...)
	var v struct {
		Files []struct {
			Verdict, Error string
			Looked         string `json:"looked_at"`
			Notes          []string
			Findings       []saying
		}
	}
	if err := json.Unmarshal([]byte(stdout), &v); err != nil || len(v.Files) != 1 {
		t.Fatalf("%v: %v, %s %s", args, err, stdout, stderr)
	}
	for _, f := range v.Files[0].Findings {
		if !slices.ContainsFunc(list, func(g saying) bool { return g.Message == f.Message && g.File == f.File && g.Line == f.Line }) {
			list = append(list, f)
		}
	}
	if verdict = v.Files[0].Verdict; verdict == "clean" {
		verdict += ", looked at: " + v.Files[0].Looked
		for _, n := range v.Files[0].Notes {
			if strings.HasPrefix(n, "the labels") {
				verdict += "; " + n
			}
		}
	}
	return verdict, list
}

// TestReports judges programs after public reports of mistakes, and right ones that
// were taken for wrong, in both ways: as recorded programs, and tensor by tensor as
// the template's recorder or the program itself writes them. What is said of each
// stands in reports.txt beside the truth, which is its first line. A right program
// has no error, and a wrong one that a recorded program shows has its line.
func TestReports(t *testing.T) {
	if testing.Short() {
		t.Skip("runs some thirty programs twice")
	}
	python := nptest.Python(t, "numpy")
	programs, err := filepath.Glob(reports + "/*.py")
	if err != nil {
		t.Fatal(err)
	}
	template, err := os.ReadFile(reports + "/template.py")
	if err != nil {
		t.Fatal(err)
	}
	modules := t.TempDir() // where Python keeps the recorder compiled
	if err := os.WriteFile(filepath.Join(modules, "glassbox_record.py"), recorder.Source, 0o666); err != nil {
		t.Fatal(err)
	}
	table := map[string]string{}
	var lock sync.Mutex
	t.Run("all", func(t *testing.T) {
		for _, file := range programs {
			name := strings.TrimSuffix(filepath.Base(file), ".py")
			if name == "template" {
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				text := judgedReport(t, python, modules, file, template)
				lock.Lock()
				table[name] = text
				lock.Unlock()
			})
		}
	})
	var b strings.Builder
	for _, file := range programs {
		b.WriteString(table[strings.TrimSuffix(filepath.Base(file), ".py")])
	}
	golden.Check(t, "reports.txt", b.String())
}

var recordHere = regexp.MustCompile("(?m)^# record: (.*)$")

// judgedReport is the row of a program in the table.
func judgedReport(t *testing.T, python, modules, file string, template []byte) string {
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(filepath.Base(file), ".py")
	truth, _, _ := strings.Cut(string(source), "\n")
	truth = strings.TrimPrefix(truth, "# ")
	text := fmt.Sprintf("%s\n  %s\n", name, truth)
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace.npz")
	for name, data := range map[string][]byte{
		"template.py": template, filepath.Base(file): source,
		"recorded.py": recordHere.ReplaceAll(source, fmt.Appendf(nil, "import sys; sys.path.append(%q); import glassbox_record; glassbox_record.record($1, 'trace.npz')", modules)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := nptest.Script(t, python, dir, filepath.Join(dir, "recorded.py")); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	program := filepath.Join(dir, "program.npz")
	if out, err := nptest.Script(t, python, dir, "recorder/glassbox_record.py", "-o", program, filepath.Join(dir, filepath.Base(file))); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	for _, way := range []struct{ name, file string }{{"program", program}, {"tensors", trace}} {
		verdict, list := said(t, "compare", "-json", way.file)
		text += fmt.Sprintf("  %s: %s\n", way.name, verdict)
		for _, f := range list {
			where := fmt.Sprintf("step %d, %s", f.Step, f.Tensor)
			if f.Line > 0 {
				where = fmt.Sprintf("%s:%d", filepath.Base(f.File), f.Line)
			}
			if f.Cause != "" {
				where += " [" + f.Cause + "]"
			}
			text += strings.TrimRight(fmt.Sprintf("    %s, %s: %s", f.Level, where, f.Message), " ") + "\n"
			if strings.HasPrefix(truth, "right") && f.Level == "error" {
				t.Errorf("%s is called wrong: %s", name, f.Message)
			}
		}
		if way.name == "program" && strings.HasPrefix(truth, "wrong") && !slices.ContainsFunc(list, func(f saying) bool { return f.Line > 0 }) {
			t.Errorf("%s: nothing is said of a line: %s", name, verdict)
		}
	}
	return text
}
