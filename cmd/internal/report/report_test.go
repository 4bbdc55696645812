package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/testkit/chinese"
	"glassbox/cmd/internal/testkit/golden"
)

// command runs report with its output in dir.
func command(dir string, args ...string) (stdout, stderr string, status int) {
	var out, err bytes.Buffer
	status = cli.Run("report", Main, append(args, "-out", dir), &out, &err)
	return strings.ReplaceAll(out.String(), dir, "OUT"), strings.ReplaceAll(err.String(), dir, "OUT"), status
}

// shared is one run that several tests look at.
var shared struct {
	once           sync.Once
	dir            string
	args           []string
	stdout, stderr string
	status         int
}

// sharedRun is the run with the defaults, or with fewer seeds for -short.
func sharedRun(t *testing.T) (dir string) {
	t.Helper()
	shared.once.Do(func() {
		var err error
		if shared.dir, err = os.MkdirTemp("", "glassbox-report-*"); err != nil {
			t.Fatal(err)
		}
		if testing.Short() {
			shared.args = []string{"-seeds", "2"}
		}
		shared.stdout, shared.stderr, shared.status = command(filepath.Join(shared.dir, "out"), shared.args...)
	})
	if shared.status != 0 || shared.stderr != "" {
		t.Fatalf("status %d, stderr %q", shared.status, shared.stderr)
	}
	return filepath.Join(shared.dir, "out")
}

func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	if shared.dir != "" {
		os.RemoveAll(shared.dir)
	}
	os.Exit(status)
}

// What is printed is the same on every machine, to the last digit: all claims,
// their verdicts and numbers.
func TestPrinted(t *testing.T) {
	t.Run("default", func(t *testing.T) {
		if testing.Short() {
			t.Skip("runs everything")
		}
		sharedRun(t)
		golden.Check(t, "default.txt", shared.stdout)
	})
	t.Run("help", func(t *testing.T) {
		stdout, stderr, status := command(filepath.Join(t.TempDir(), "out"), "-h")
		if status != 0 || stderr != "" {
			t.Fatalf("status %d, stderr %q", status, stderr)
		}
		golden.Check(t, "help.txt", stdout)
	})
}

func readJSON(t *testing.T, dir string) (got reportJSON, settings map[string]any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, numbersFile))
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatal(err)
	}
	settings = raw["settings"].(map[string]any)
	delete(raw, "settings")
	b, _ = json.Marshal(raw)
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	return got, settings
}

func TestFiles(t *testing.T) {
	dir := sharedRun(t)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 || entries[0].Name() != indexFile || entries[1].Name() != numbersFile {
		t.Fatalf("files %v, error %v", entries, err)
	}
	page, err := os.ReadFile(filepath.Join(dir, indexFile))
	if err != nil {
		t.Fatal(err)
	}
	if len(page) > 3_500_000 || len(page) < 1_000_000 {
		t.Errorf("the page has %d bytes, want at most 3.5 MB", len(page))
	}
	got, settings := readJSON(t, dir)
	if settings["seed"] != 42. || got.Interrupted || got.Unjudged != 0 {
		t.Errorf("settings %v, interrupted %v, %d claims not judged", settings, got.Interrupted, got.Unjudged)
	}
	if len(got.Claims) != len(Claims()) || len(got.Networks) != 14 || len(got.Facts.Perceptron.Tests) != 5 || len(got.Audits) != 2 {
		t.Errorf("%d claims, %d networks, %d tests, %d audits", len(got.Claims), len(got.Networks), len(got.Facts.Perceptron.Tests), len(got.Audits))
	}
	for _, c := range got.Claims {
		for _, text := range []string{c.Says.EN, c.Found.ZH} {
			plain := strings.NewReplacer("`", "\x00").Replace(text)
			for _, piece := range strings.Split(plain, "\x00") {
				if !strings.Contains(string(page), escape(piece)) {
					t.Errorf("claim %s: the page lacks %q", c.ID, piece)
				}
			}
		}
		if !strings.Contains(strings.Join(strings.Fields(shared.stdout), " "), c.Verdict+" "+c.Numbers) {
			t.Errorf("claim %s: not printed: %s  %s", c.ID, c.Verdict, c.Numbers)
		}
	}
	if !strings.Contains(shared.stdout, "fingerprint "+got.Fingerprint+"\n") || !strings.Contains(string(page), got.Fingerprint) {
		t.Errorf("fingerprint %s is not printed or not on the page", got.Fingerprint)
	}
	for _, r := range got.Repeat {
		for _, line := range strings.Split(r.Command, "\n") {
			if !strings.Contains(string(page), line) {
				t.Errorf("the page lacks the command %q", line)
			}
		}
	}
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// A run of its own has the numbers that the report has of it.
func TestNumbersAreTheRuns(t *testing.T) {
	dir := sharedRun(t)
	got, _ := readJSON(t, dir)
	c := experiment.Config{Hidden: []int{20}, Rate: 0.01, Steps: 1500, EvalFreq: 10, SGD: true, Seed: 42, N: 1000, Noise: 0.05, Mean: true}
	c.Init = experiment.Defaults().Init
	want := experiment.New(c).Run(context.Background(), nil, nil)
	for _, n := range got.Networks {
		if n.Name != "short-right" {
			continue
		}
		if n.Fingerprint != want.Fingerprint || len(n.Evaluations) != len(want.Evals) || n.Evaluations[77] != want.Evals[77] {
			t.Errorf("%s: %+v, by itself %+v", n.Name, n.Evaluations[77], want.Evals[77])
		}
		if got.Facts.Short.Right.Test != want.Last().TestAccuracy {
			t.Errorf("fact %v, by itself %v", got.Facts.Short.Right.Test, want.Last().TestAccuracy)
		}
		c.Seed++
		if next := experiment.New(c).Run(context.Background(), nil, nil); n.Further[0].Fingerprint != next.Fingerprint {
			t.Errorf("the first further seed's fingerprint is %s, by itself %s", n.Further[0].Fingerprint, next.Fingerprint)
		}
		return
	}
	t.Error("no run short-right")
}

func TestMistakes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"-sedd 1", `unknown flag -sedd; did you mean -seed?`},
		{"5", `unexpected argument 5`},
		{"-seed -1", `-seed: -1 is not a whole number from 0 to 4294967295`},
		{"-seeds -1", `-seeds: -1 is not a whole number from 0 to 1000000`},
		{"-seeds 2.5", `-seeds: 2.5 is not`},
		{"-seed 4294967290", `-seeds 100: after -seed 4294967290 only 5 further seeds are left`},
		{"-seed", `-seed needs a value`},
	} {
		var stdout, stderr bytes.Buffer
		if status := cli.Run("report", Main, strings.Fields(c.args), &stdout, &stderr); status != 2 || !strings.Contains(stderr.String(), c.want) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("%s: status %d, stderr %q, want %q", c.args, status, stderr.String(), c.want)
		}
	}
	for _, dir := range []string{file, filepath.Join(file, "sub"), "\x00"} {
		var stdout, stderr bytes.Buffer
		if status := cli.Run("report", Main, []string{"-out", dir}, &stdout, &stderr); status == 0 || strings.Count(stderr.String(), "\n") != 1 || stdout.Len() > 0 {
			t.Errorf("-out %q: status %d, stdout %q, stderr %q", dir, status, stdout.String(), stderr.String())
		}
	}
}

// A run without further seeds, and with a directory whose name is text, whatever
// it holds.
func TestHostileOut(t *testing.T) {
	if testing.Short() {
		t.Skip("runs everything again")
	}
	dir := filepath.Join(t.TempDir(), `<script>alert(1)<`, `script> "&'`+"`x`\n\u202e")
	stdout, stderr, status := command(dir, "-seeds", "0", "-seed", "7")
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, stderr %q", status, stderr)
	}
	golden.Check(t, "alone.txt", stdout)
	page, err := os.ReadFile(filepath.Join(dir, indexFile))
	if err != nil {
		t.Fatal(err)
	}
	if left := chinese.Leftovers(string(page)); len(left) > 0 {
		t.Errorf("in English: %q", left)
	}
	if bytes.Contains(page, []byte("<script>alert")) || !bytes.Contains(page, []byte("&lt;script&gt;alert(1)&lt;/script&gt;")) {
		t.Error("the directory's name is not text on the page")
	}
}

// stopAfter ends a context after so many units of a stage.
type stopAfter struct {
	mu    sync.Mutex
	label string
	left  int
	stop  func()
}

func (s *stopAfter) begin(label, unit string, total int) func(n int) {
	tick := func(n int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.left -= n; s.label == label && s.left <= 0 {
			s.stop()
		}
	}
	if s.label != label {
		return func(int) {}
	}
	tick(0)
	return tick
}

// An interrupted run writes what there is and says that it was.
func TestInterrupted(t *testing.T) {
	for _, x := range []struct {
		seeds  string
		label  string
		after  int
		claims int  // judged at least
		all    bool // it may be all of them: the networks still to come are further seeds, or not
		said   string
	}{
		{"30", "Part I", 0, 0, false, ""},
		{"30", "Part I", 60, 15, true, "5 of 5 tests and "},
		{"30", "networks", 0, 15, false, "Part I and 0 of "},
		{"30", "networks", 130000, 16, true, "Part I and "},
		{"0", "networks", 20000, 15, false, "Part I and "},
	} {
		if testing.Short() && x.after > 100 {
			continue // each trains for seconds
		}
		dir := filepath.Join(t.TempDir(), "out")
		out, err := output.Open("out", dir, []string{indexFile, numbersFile})
		if err != nil {
			t.Fatal(err)
		}
		f := newFlags()
		if err := f.parse([]string{"-seeds", x.seeds}, io.Discard); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		var stdout bytes.Buffer
		stop := &stopAfter{label: x.label, left: x.after, stop: cancel}
		ended := f.run(ctx, out, &stdout, stop.begin, func() {})
		cancel()
		out.Close()
		name := fmt.Sprintf("%s seeds, %s after %d", x.seeds, x.label, x.after)
		if !errors.Is(ended, cli.ErrInterrupted) {
			t.Fatalf("%s: error %v, want interrupted", name, ended)
		}
		if x.said == "" {
			if _, err := os.Stat(dir); err == nil {
				t.Errorf("%s: files were written", name)
			}
			continue
		}
		got, _ := readJSON(t, dir)
		page, err := os.ReadFile(filepath.Join(dir, indexFile))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Interrupted || len(got.Claims) < x.claims || len(got.Claims)+got.Unjudged != len(Claims()) || got.Unjudged == 0 && !x.all {
			t.Errorf("%s: interrupted %v with %d claims, %d not judged", name, got.Interrupted, len(got.Claims), got.Unjudged)
		}
		for where, text := range map[string]string{"stdout": stdout.String(), "the page": string(page), "the error": ended.Error()} {
			if !strings.Contains(text, x.said) || !strings.Contains(strings.ToLower(text), "interrupted") {
				t.Errorf("%s: %s does not say %q", name, where, x.said)
			}
		}
		if left := chinese.Leftovers(string(page)); len(left) > 0 {
			t.Errorf("%s: in English: %q", name, left)
		}
	}
}

// The same files on any number of cores.
func TestAnyCores(t *testing.T) {
	if testing.Short() {
		t.Skip("runs everything again")
	}
	dir := filepath.Join(t.TempDir(), "out") // it stands in them
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var first [2][]byte
	for _, cores := range []int{1, 3} {
		runtime.GOMAXPROCS(cores)
		if _, stderr, status := command(dir, "-seeds", "1"); status != 0 {
			t.Fatal(stderr)
		}
		for i, name := range []string{indexFile, numbersFile} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if cores == 1 {
				first[i] = b
			} else if !bytes.Equal(b, first[i]) {
				t.Errorf("%s depends on the number of cores", name)
			}
		}
	}
}
