package mark_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/mark"
	"glassbox/nn/faults"
)

const golden = "../../../testdata/traces/golden"

// hostile is a student's name that a page, a table or a file's name could stumble on.
const hostile = `=cmd|' <b>"x"&Zoë`

// class lays out a folder of submissions: right and wrong traces, one that is no
// trace, and a student of that name.
func class(t testing.TB, n int) string {
	t.Helper()
	dir := t.TempDir()
	traces, err := filepath.Glob(golden + "/fault-*.npz")
	if err != nil || len(traces) < 50 {
		t.Fatal(len(traces), err)
	}
	copyTo := func(name, from string) {
		text, err := os.ReadFile(from)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777), os.WriteFile(filepath.Join(dir, name), text, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < len(traces); i += n {
		copyTo(filepath.Base(traces[i]), traces[i])
	}
	copyTo("clean-sum.npz", golden+"/clean-sum.npz")
	copyTo("thin.npz", golden+"/clean-forward-only.npz")
	copyTo("doejane_LATE_4711_1234_trace.npz", golden+"/fault-bias-gradient-mean.npz")
	copyTo(hostile+"/trace.npz", golden+"/fault-dx-with-dw.npz")
	copyTo("notes.txt", golden+"/clean-sum.npz")
	if err := os.WriteFile(filepath.Join(dir, "broken.npz"), []byte("PK\x03\x04 no more"), 0o666); err != nil {
		t.Fatal(err)
	}
	return dir
}

// marks runs the command and returns what it prints and its exit status.
func marks(args ...string) (stdout, stderr string, status int) {
	var out, err bytes.Buffer
	status = cli.Run("audit", audit.Main, append([]string{"mark"}, args...), &out, &err)
	return out.String(), err.String(), status
}

func read(t testing.TB, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestClass(t *testing.T) {
	dir, out := class(t, 4), filepath.Join(t.TempDir(), "marks")
	stdout, stderr, status := marks("-o", out, "-hints", "4", dir)
	if status != 2 || !strings.Contains(stderr, "1 of ") || !strings.Contains(stdout, "not marked: broken: broken.npz") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	rows, err := csv.NewReader(strings.NewReader(read(t, out, "grades.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]string{}
	for _, row := range rows[1:] {
		verdicts[row[0]] = row[3] + " " + row[4] + " " + row[9]
	}
	for student, want := range map[string]string{
		"clean-sum":   "clean 100 ",
		"thin":        "incomplete 70 ",
		"broken":      "not marked  ",
		"doejane":     "mistakes 85 bias-gradient-mean",
		"'" + hostile: "mistakes 85 dx-with-dw",
	} {
		if verdicts[student] != want {
			t.Errorf("%s: %q, want %q", student, verdicts[student], want)
		}
	}
	canvas, err := csv.NewReader(strings.NewReader(read(t, out, "canvas.csv"))).ReadAll()
	if err != nil || strings.Join(canvas[0], ",") != "Student,ID,SIS User ID,SIS Login ID,Section,glassbox" || canvas[1][0] != "    Points Possible" || canvas[1][5] != "100" {
		t.Errorf("canvas.csv begins with %q, %v", canvas[:2], err)
	}
	if i := slices.IndexFunc(canvas, func(row []string) bool { return row[0] == "doejane" }); i < 0 || canvas[i][1] != "4711" || canvas[i][5] != "85" {
		t.Errorf("canvas.csv has no row of doejane with 4711 and 85")
	}
	prairie, err := csv.NewReader(strings.NewReader(read(t, out, "prairielearn.csv"))).ReadAll()
	if err != nil || strings.Join(prairie[0], ",") != "uid,instance,qid,score_perc,feedback" || len(prairie) != len(rows) {
		t.Errorf("prairielearn.csv: %q, %v", prairie[0], err)
	}
	checkJUnit(t, read(t, out, "junit.xml"), len(rows)-1)
	students, err := os.ReadDir(filepath.Join(out, "students"))
	if err != nil || len(students) != len(rows)-1 {
		t.Fatalf("%d folders, %v", len(students), err)
	}
	for _, s := range students {
		folder := filepath.Join(out, "students", s.Name())
		checkGradescope(t, s.Name(), read(t, folder, "results.json"))
		for _, file := range []string{"index.html", "feedback.en.txt", "feedback.zh.txt"} {
			text := read(t, folder, file)
			if strings.Contains(text, "%!") || file == "index.html" && strings.Contains(text, "<b>\"x") {
				t.Errorf("%s/%s is not written well", s.Name(), file)
			}
		}
	}
	index := read(t, out, "index.html")
	for _, want := range []string{"&lt;b&gt;", "dx-with-dw", `href="students/doejane/index.html"`} {
		if !strings.Contains(index, want) {
			t.Errorf("the page of the class has no %s", want)
		}
	}
}

// checkGradescope holds a file against what Gradescope's autograder reads.
func checkGradescope(t *testing.T, student, text string) {
	t.Helper()
	var r struct {
		Score        *float64       `json:"score"`
		Output       string         `json:"output"`
		OutputFormat string         `json:"output_format"`
		Visibility   string         `json:"visibility"`
		Extra        map[string]any `json:"extra_data"`
		Tests        []struct {
			Name         string `json:"name"`
			Number       string `json:"number"`
			Status       string `json:"status"`
			Output       string `json:"output"`
			OutputFormat string `json:"output_format"`
			Visibility   string `json:"visibility"`
		} `json:"tests"`
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil || r.Score == nil || *r.Score < 0 || len(r.Tests) == 0 {
		t.Errorf("%s: %v in %s", student, err, text)
	}
	for _, x := range r.Tests {
		if x.Name == "" || x.Status != "passed" && x.Status != "failed" || x.OutputFormat != "text" || x.Visibility != "visible" {
			t.Errorf("%s: %+v", student, x)
		}
	}
}

// checkJUnit holds the file against what build servers read, and its counts
// against what it has.
func checkJUnit(t *testing.T, text string, students int) {
	t.Helper()
	type counts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
	}
	var all struct {
		XMLName xml.Name `xml:"testsuites"`
		counts
		Suites []struct {
			Name string `xml:"name,attr"`
			counts
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Class   string    `xml:"classname,attr"`
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(text), &all); err != nil || len(all.Suites) != students {
		t.Fatalf("%d suites of %d students, %v", len(all.Suites), students, err)
	}
	var sum counts
	for _, s := range all.Suites {
		var n counts
		for _, c := range s.Cases {
			n.Tests++
			if c.Failure != nil {
				n.Failures++
			}
			if c.Error != nil {
				n.Errors++
			}
			if c.Name == "" || c.Class == "" {
				t.Errorf("%s: %+v", s.Name, c)
			}
		}
		if n != s.counts || n.Tests == 0 {
			t.Errorf("%s says %+v and has %+v", s.Name, s.counts, n)
		}
		sum.Tests, sum.Failures, sum.Errors = sum.Tests+n.Tests, sum.Failures+n.Failures, sum.Errors+n.Errors
	}
	if sum != all.counts || sum.Errors != 1 {
		t.Errorf("the class says %+v and has %+v", all.counts, sum)
	}
}

// What a student is told of a mistake is no more than the hints up to the level:
// not the mistake's name, not what to change.
func TestHintsStopAtTheLevel(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(mustAbs(t, golden+"/fault-dx-with-dw.npz"), filepath.Join(dir, "a.npz")); err != nil {
		t.Skip(err)
	}
	fault, err := faults.Find("dx-with-dw")
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir+"-marks", "out")
	marked := []string{"", "the gradient that is passed back", "should be -0.0490857526", "dz @ W.T", fault.Fix}
	for level := 1; level <= mark.Deepest; level++ {
		if _, stderr, status := marks("-o", out, "-hints", fmt.Sprint(level), dir); status != 0 {
			t.Fatal(stderr)
		}
		for _, file := range []string{"index.html", "feedback.en.txt", "feedback.zh.txt", "results.json"} {
			text := strings.NewReplacer("\n     ", " ", "&#39;", "'", `<code>`, "", "</code>", "", `<code class="short">`, "").Replace(read(t, out, "students/a", file))
			for k := 1; k <= mark.Deepest; k++ {
				if file == "feedback.zh.txt" && k != 3 {
					continue // the others are Chinese there
				}
				if has := strings.Contains(text, marked[k]); has != (k <= level) {
					t.Errorf("hints up to %d: %s tells hint %d: %v", level, file, k, has)
				}
			}
			if strings.Contains(text, fault.Name) != (level == mark.Deepest) {
				t.Errorf("hints up to %d: %s and the mistake's name", level, file)
			}
		}
	}
}

func mustAbs(t testing.TB, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// options are those of a run whose judge counts.
func options(dir, out string, judged *atomic.Int32) mark.Options {
	return mark.Options{Folder: dir, Out: out, Level: 4, Require: mark.Require, Rubric: mark.DefaultRubric(), Assignment: "a",
		Limits: mark.Limits{Time: time.Minute, Memory: 4096}, Progress: func(int) func() { return func() {} },
		Judge: func(trace string) mark.Judged {
			judged.Add(1)
			j := audit.JudgeFile(trace, 0)
			return mark.Judged{Tensors: j.Verdict.Tensors, Program: j.Verdict.Program, Graph: j.Graph}
		}}
}

// Every mistake of the catalogue is said in 80 to 160 words that are no harder
// to read than those of the ninth year of school (Kincaid et al. 1975), code
// and numbers left out.
func TestWords(t *testing.T) {
	var n atomic.Int32
	class, err := mark.Run(context.Background(), options(class(t, 1), t.TempDir(), &n))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range class {
		for _, x := range m.Mistakes {
			if _, err := faults.Find(x.Name); err != nil || seen[x.Name] {
				continue
			}
			seen[x.Name] = true
			var all, own []string
			for k, hint := range x.Hints {
				all = append(all, hint.EN)
				if k < 3 { // the last one quotes the catalogue
					own = append(own, hint.EN)
				}
			}
			if words := len(strings.Fields(strings.Join(all, " "))); words < 80 || words > 160 {
				t.Errorf("%s is said in %d words", x.Name, words)
			}
			if g := gradeLevel(strings.Join(own, " ")); g > 9 {
				t.Errorf("%s is said at grade %.1f", x.Name, g)
			}
		}
	}
	if len(seen) < 45 {
		t.Errorf("only %d mistakes", len(seen))
	}
}

var (
	codeText = regexp.MustCompile("`[^`]*`|-?[0-9][-+.0-9a-z]*")
	vowels   = regexp.MustCompile(`[aeiouy]+`)
	sentence = regexp.MustCompile(`[.:;?!]+(\s|$)`)
)

// gradeLevel is the Flesch-Kincaid grade of a text, its syllables counted by vowels.
func gradeLevel(text string) float64 {
	text = strings.ToLower(codeText.ReplaceAllString(text, "it"))
	words, syllables := strings.Fields(text), 0
	for _, w := range words {
		n := len(vowels.FindAllString(w, -1))
		if strings.HasSuffix(strings.Trim(w, ".,:;"), "e") && n > 1 {
			n--
		}
		syllables += max(n, 1)
	}
	return 0.39*float64(len(words))/float64(len(sentence.FindAllString(text, -1))) + 11.8*float64(syllables)/float64(len(words)) - 15.59
}

// A later run judges only what is new, and says the same of the rest.
func TestResumes(t *testing.T) {
	dir, out := class(t, 4), t.TempDir()
	var n atomic.Int32
	o := options(dir, out, &n)
	first, err := mark.Run(context.Background(), o)
	if err != nil || int(n.Load()) != len(first) {
		t.Fatalf("%d judged of %d, %v", n.Load(), len(first), err)
	}
	before := read(t, out, "grades.csv")
	if err := os.Rename(filepath.Join(dir, "thin.npz"), filepath.Join(dir, "thinner.npz")); err != nil {
		t.Fatal(err)
	}
	n.Store(0)
	if _, err := mark.Run(context.Background(), o); err != nil || n.Load() != 1 {
		t.Errorf("%d judged again, %v", n.Load(), err)
	}
	if after := strings.ReplaceAll(read(t, out, "grades.csv"), "thinner", "thin"); after != before {
		t.Error("the second run's grades are others")
	}
	if err := os.WriteFile(filepath.Join(out, "records", "clean-sum", "record.json"), []byte("{"), 0o666); err != nil {
		t.Fatal(err)
	}
	n.Store(0)
	if _, err := mark.Run(context.Background(), o); err != nil || n.Load() != 1 {
		t.Errorf("%d judged again where a record was spoilt, %v", n.Load(), err)
	}
}

// An interrupted run says what is kept, and the next one goes on from it.
func TestInterrupted(t *testing.T) {
	dir, out := class(t, 4), t.TempDir()
	var n atomic.Int32
	o := options(dir, out, &n)
	ctx, stop := context.WithCancel(context.Background())
	judge := o.Judge
	o.Judge = func(trace string) mark.Judged {
		if n.Load() == 10 {
			stop()
		}
		return judge(trace)
	}
	_, err := mark.Run(ctx, o)
	if !errors.Is(err, cli.ErrInterrupted) || !strings.Contains(err.Error(), "the same command goes on from there") {
		t.Fatal(err)
	}
	kept, _ := os.ReadDir(filepath.Join(out, "records"))
	n.Store(0)
	class, err := mark.Run(context.Background(), o)
	if err != nil || len(kept) < 5 || int(n.Load()) != len(class)-len(kept) {
		t.Errorf("%d kept, then %d judged of %d, %v", len(kept), n.Load(), len(class), err)
	}
}

// A defect of ours in judging a submission is said in its marks, and the others
// are marked.
func TestPanicStopsNothing(t *testing.T) {
	var n atomic.Int32
	o := options(class(t, 4), t.TempDir(), &n)
	judge := o.Judge
	o.Judge = func(trace string) mark.Judged {
		if strings.HasSuffix(trace, "thin.npz") {
			return mark.Judged{} // neither of the two
		}
		return judge(trace)
	}
	class, err := mark.Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range class {
		if m.Student == "thin" && (m.Word() != "not marked" || !strings.Contains(m.Why.EN, "defect")) {
			t.Errorf("%s: %s, %s", m.Student, m.Word(), m.Why)
		}
	}
}
