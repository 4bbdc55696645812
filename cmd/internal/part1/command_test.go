package part1

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/testkit/golden"
)

// runIn runs the command with an -out of its own and returns what it printed,
// the directory's name replaced by OUT.
func runIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if err := Main(append(args, "-out", dir), &stdout, &stderr); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	if stderr.Len() > 0 {
		t.Errorf("%q: stderr %q, want nothing where there is no terminal", args, stderr.String())
	}
	return strings.ReplaceAll(stdout.String(), dir, "OUT")
}

// What the command prints. Every sentence is made of computed numbers, so
// these are also the results.
func TestOutput(t *testing.T) {
	for name, args := range map[string]string{
		"report":     "-seeds 20",
		"bias":       "-seeds 3 -bias",
		"rosenblatt": "-seeds 3 -rule rosenblatt",
		"both":       "-seeds 3 -rule rosenblatt -bias",
		"brief":      "-seeds 1 -rule rosenblatt -max_epochs 2 -n 10",
		"epoch":      "-seeds 0 -max_epochs 1 -n 5 -seed 3",
		"own":        "-seeds 5 -mean1 1,-6 -mean2 -2,-3 -cov1 3,1,1,4 -cov2 2,0,0,5 -n 200",
		"many":       "-seeds 0 -mean1 1,1 -mean2 -1,2 -cov1 1,1,1,1 -cov2 1,1,1,1 -n 1500",
		"same":       "-seeds 2 -mean1 5,5 -mean2 5,5 -cov1 0,0,0,0 -cov2 0,0,0,0",
	} {
		t.Run(name, func(t *testing.T) {
			got := runIn(t, t.TempDir(), strings.Fields(args)...)
			golden.Terminal(t, name+".txt", got)
		})
	}
}

func TestHelp(t *testing.T) {
	var stdout bytes.Buffer
	if err := Main([]string{"-h"}, &stdout, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("error %v, want flag.ErrHelp", err)
	}
	for _, want := range []string{
		"go run ./cmd/part1 -rule rosenblatt -bias\n",
		"go run ./cmd/part1 -mean1 1,-6 -mean2 -2,-3 -cov1 3,0,0,4 -cov2 2,0,0,5 -n 100\n",
		"-learning_rate X\n", "(default 42)",
	} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("help without %q:\n%s", want, stdout.String())
		}
	}
}

func TestMistakes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	pair := func(cov1 string) string { return "-mean1 1,1 -mean2 2,2 -cov2 1,0,0,1 -cov1 " + cov1 }
	for _, c := range []struct{ args, want string }{
		{"-sedd 1", `unknown flag -sedd; did you mean -seed?`},
		{"--epochs 10", `unknown flag --epochs`},
		{"5", `unexpected argument 5`},
		{"-bias maybe", `-bias: maybe is neither true nor false`},
		{"-learning_rate nan", `-learning_rate: nan is not a finite number above 0`},
		{"-learning_rate 0", `-learning_rate: 0 is not a finite number above 0`},
		{"-learning_rate -1", `-learning_rate: -1 is not`},
		{"-learning_rate Inf", `-learning_rate: Inf is not`},
		{"-learning_rate", `-learning_rate needs a value`},
		{"-n 0", `-n: 0 is not a whole number from 2 to 1000000`},
		{"-n 1", `-n: 1 is not a whole number from 2`},
		{"-n -5", `-n: -5 is not`},
		{"-n 10.5", `-n: 10.5 is not`},
		{"-max_epochs 0", `-max_epochs: 0 is not a whole number above 0`},
		{"-max_epochs -1", `-max_epochs: -1 is not`},
		{"-seeds -1", `-seeds: -1 is not a whole number from 0 to 1000000`},
		{"-seed -1", `-seed: -1 is not a whole number from 0 to 4294967295`},
		{"-seed 4294967296", `-seed: 4294967296 is not`},
		{"-seed 4294967290", `-seeds 100: after -seed 4294967290 only 5 further seeds are left`},
		{"-rule hebb", `-rule: hebb is not one of report, rosenblatt`},
		{"-rule rosenblat", `did you mean rosenblatt?`},
		{"-mean1 1,,2", `-mean1: "1,,2": field 2 is empty`},
		{"-mean1 1,2,3", `-mean1: "1,2,3": 3 numbers, not 2`},
		{"-mean1 1", `-mean1: "1": 1 number, not 2`},
		{"-mean1 1,x", `-mean1: "1,x": field 2 x is not a finite number`},
		{"-mean1 1,NaN", `-mean1: "1,NaN": field 2 NaN is not`},
		{"-mean1 1,2", `-mean1 without -mean2, -cov1, -cov2: a pair of one's own needs -mean1, -mean2, -cov1 and -cov2`},
		{"-cov1 1,0,0,1 -mean1 1,2 -mean2 3,4", `-mean1, -mean2, -cov1 without -cov2`},
		{pair("1,0,0"), `-cov1: "1,0,0": 3 numbers, not 4`},
		{pair("1,2,3,4"), `-cov1 1,2,3,4: not symmetric: its second number 2 and its third 3 must be equal`},
		{pair("3,4,4,3"), `-cov1 3,4,4,3: not positive semidefinite: the off-diagonal is 4, its size may be at most √(3·3) = 3`},
		{pair("-1,0,0,3"), `-cov1 -1,0,0,3: not positive semidefinite: the variance along axis 1 is -1`},
		{pair("1e99,0,0,3"), `-cov1 1e+99,0,0,3: 1e+99: need 0 or a number between 1e-50 and 1e+50 in size`},
		{"-out " + file, `is a file, not a directory`},
		{"-out " + filepath.Join(file, "sub"), `is a file, not a directory`},
		{"-out=", `-out: the directory's name is empty`},
		{"-learning_rate 1e307", `test 1, seed 42, the report's rule: epoch 1: w[0] is +Inf: a smaller learning rate may help`},
	} {
		args := strings.Fields(c.args)
		if !strings.Contains(c.args, "-out") {
			args = append(args, "-out", filepath.Join(t.TempDir(), "out"))
		}
		var stdout bytes.Buffer
		err := Main(args, &stdout, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("part1 %s: error %v, want one line with %s", c.args, err, c.want)
		}
		if out := args[len(args)-1]; !strings.Contains(c.args, "-out") {
			if _, err := os.Stat(out); err == nil {
				t.Errorf("part1 %s: %s was left behind", c.args, out)
			}
		}
	}
}

// files returns the names and texts of the files in dir.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		list[e.Name()] = string(b)
	}
	return list
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("mine"), 0o666)
	printed := runIn(t, dir, "-bias", "-rule", "rosenblatt", "-seeds", "4")
	list := files(t, dir)
	if len(list) != 8 || list["notes.txt"] != "mine" {
		t.Errorf("%d files, want index.html, run.json, five figures and the one that was there", len(list))
	}

	var got runJSON
	var settings struct{ Settings map[string]any }
	for _, into := range []any{&settings, &got} {
		if err := json.Unmarshal([]byte(list["run.json"]), into); err != nil {
			if _, own := into.(*runJSON); !own || !strings.Contains(err.Error(), "settings") {
				t.Fatal(err)
			}
		}
	}
	for name, want := range map[string]any{
		"rule": "rosenblatt", "bias": true, "max_epochs": 100., "learning_rate": 0.01, "n": 100., "seed": 42., "seeds": 4.,
	} {
		if settings.Settings[name] != want {
			t.Errorf("setting %s is %v, want %v", name, settings.Settings[name], want)
		}
	}
	if got.Command != "go run ./cmd/part1 -rule rosenblatt -bias -seed 42 -seeds 4 -out "+dir {
		t.Errorf("command %q", got.Command)
	}

	// The fingerprint, from the weights in the file.
	var bits []byte
	for i, x := range got.Tests {
		for _, w := range append(x.Weights, *x.Bias) {
			bits = binary.LittleEndian.AppendUint64(bits, math.Float64bits(w))
		}
		if x.Seeds.Count != 4 || x.Report == nil || len(x.Others) != 2 || len(x.Text) < 2 {
			t.Errorf("test %d: %+v", i+1, x)
		}
		if !strings.Contains(list["index.html"], strings.ReplaceAll(x.Text[0], "'", "&#39;")) {
			t.Errorf("the page lacks %q", x.Text[0])
		}
		svg := list[fmt.Sprintf("test%d.svg", i+1)]
		if err := xml.Unmarshal([]byte(svg), new(struct{ XMLName xml.Name })); err != nil {
			t.Errorf("figure %d: %v", i+1, err)
		}
		for _, line := range strings.Split(svg, "\n") {
			line, _, _ = strings.Cut(line, "<title>") // which the page has in two languages
			if strings.HasPrefix(line, "<path") && !strings.Contains(list["index.html"], line) {
				t.Errorf("figure %d: the page lacks %s", i+1, line)
			}
		}
		for _, want := range []string{"class 1, train", "class 2, test", "learned line", "origin", "a test point: label -1, answer -1"} {
			if !strings.Contains(svg, want) {
				t.Errorf("figure %d without %q", i+1, want)
			}
		}
	}
	if len(got.Tests) != 5 || got.Interrupted {
		t.Errorf("%d tests, interrupted %v", len(got.Tests), got.Interrupted)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(bits)); sum != got.Fingerprint || !strings.Contains(printed, "fingerprint "+sum) {
		t.Errorf("fingerprint %s, of the weights %s", got.Fingerprint, sum)
	}
	for _, banned := range []string{"src=\"", "url(", "@import"} {
		if strings.Contains(list["index.html"], banned) {
			t.Errorf("the page holds %s", banned)
		}
	}

	// A run of one test removes the figures of the others, and nothing else.
	runIn(t, dir, "-seeds", "0", "-mean1", "1,2", "-mean2", "3,4", "-cov1", "1,0,0,1", "-cov2", "1,0,0,1")
	if list := files(t, dir); len(list) != 4 || list["notes.txt"] != "mine" || list["test1.svg"] == "" {
		t.Errorf("%d files after a run with one figure", len(list))
	}
}

// The same files on any number of cores.
func TestAnyCores(t *testing.T) {
	var lists []map[string]string
	for _, n := range []int{1, 4} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(n))
		t.Chdir(t.TempDir())
		runIn(t, "out", "-seeds", "25")
		lists = append(lists, files(t, "out"))
	}
	if !reflect.DeepEqual(lists[0], lists[1]) {
		t.Error("the files of 1 and of 4 cores differ")
	}
}

// stopAfter ends a context after a number of draws.
type stopAfter struct {
	mu   sync.Mutex
	left int
	stop func()
}

func (s *stopAfter) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left--; s.left <= 0 {
		s.stop()
	}
}

// An interrupted run writes what there is and says that it was.
func TestInterrupted(t *testing.T) {
	f := newFlags()
	if err := f.Parse([]string{"-seeds", "50"}, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{60, -1} { // -1: before anything
		dir := filepath.Join(t.TempDir(), "out")
		out, err := output.Open("out", dir, owned)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		if after < 0 {
			cancel()
		}
		var stdout bytes.Buffer
		stopper := &stopAfter{left: after, stop: cancel}
		err = f.run(ctx, out, &stdout, stopper.tick, func() {})
		out.Close()
		if !errors.Is(err, cli.ErrInterrupted) {
			t.Fatalf("after %d: error %v, want interrupted", after, err)
		}
		if after < 0 {
			if _, err := os.Stat(dir); err == nil || !strings.Contains(stdout.String(), "settings") {
				t.Error("before anything: files were written")
			}
			continue
		}
		list := files(t, dir)
		var got runJSON
		if err := json.Unmarshal([]byte(list["run.json"]), &got); err != nil && !strings.Contains(err.Error(), "settings") {
			t.Fatal(err)
		}
		draws := 0
		for _, x := range got.Tests {
			draws += x.Seeds.Count
		}
		if !got.Interrupted || len(got.Tests) != 5 || draws < 60 || draws >= 250 {
			t.Errorf("run.json: interrupted %v with %d tests, %d draws", got.Interrupted, len(got.Tests), draws)
		}
		said := fmt.Sprintf("5 of 5 tests and %d of the 250 draws with further seeds were done", draws)
		for where, text := range map[string]string{"stdout": stdout.String(), "index.html": list["index.html"], "the error": err.Error()} {
			if !strings.Contains(text, said) || !strings.Contains(strings.ToLower(text), "interrupted") {
				t.Errorf("%s does not say that %s", where, said)
			}
		}
	}
}
