package commands

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/testkit/chinese"
	"glassbox/mat/npy"
)

// inChinese runs a command in Chinese and complains of English sentences in what
// it prints.
func inChinese(t *testing.T, args string) {
	t.Helper()
	defer lang.Use(lang.Use(lang.ZH)) // the command sets it
	words := strings.Fields(args)
	var stdout, stderr bytes.Buffer
	status := cli.Run(words[0], mains[words[0]], append(words[1:], "-lang", "zh"), &stdout, &stderr)
	text := stdout.String() + strings.TrimPrefix(stderr.String(), words[0])
	if len(text) == 0 {
		t.Errorf("%s: status %d and nothing said", args, status)
	}
	for _, line := range chinese.Lines(text) {
		t.Errorf("%s: in English: %s", args, strings.TrimSpace(line))
	}
}

func TestHelpIsChinese(t *testing.T) {
	for _, args := range []string{
		"part1 -h", "part2 -h", "report -h", "lab -h", "bench -h", "bench judge -h", "audit -h", "audit faults", "audit recorder -h", "audit run -h",
		"audit compare -h", "audit mark -h", "audit tests -h", "audit check -h", "audit trace -h", "audit explain -h", "audit explain -part1 2 -h",
		"audit page -h", "part1 -rule ?", "part2 -fault ?", "part2 -init ?", "part2 -activation ?", "part2 -loss ?", "part2 -optimizer ?",
	} {
		inChinese(t, args)
	}
}

func TestRunsAreChinese(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // bench finds no peers
	dir := t.TempDir()
	trace, page := filepath.Join(dir, "trace.npz"), filepath.Join(dir, "page.html")
	for _, args := range []string{
		"part1 -n 20 -seeds 2 -out " + dir, "part1 -n 20 -seeds 0 -rule rosenblatt -bias -out " + dir, "part2 -max_steps 30 -v -out " + dir, "part2 -as_reported -out " + dir,
		"part2 -sgd -max_steps 30 -out " + dir, "part2 -learning_rate 1e6 -out " + dir, "part2 -data ../../../../testdata/iris.csv -standardize -max_steps 30 -out " + dir,
		"part2 -seeds 3 -sweep learning_rate=0.1,1e6 -max_steps 30 -out " + dir, "bench -only a,b,c -rounds 1 -slice 1", "bench -only e,f,g -quick -slice 1",
		"audit check -n 40", "audit check -n 40 -as_reported", "audit trace -n 40 -as_reported -steps 0:3 -o " + trace, "audit compare " + trace, "audit compare -all " + trace + " " + trace,
		"audit page -n 40 -max_steps 4 -o " + page, "audit page -fault dx-with-dw -n 40 -max_steps 4 -o " + page, "audit page -o " + page + " -trace " + trace, "report -seeds 0 -out " + dir,
	} {
		if !testing.Short() || !strings.HasPrefix(args, "report") && !strings.HasPrefix(args, "bench") {
			inChinese(t, args)
		}
	}
}

func TestExplainIsChinese(t *testing.T) {
	trace, program := filepath.Join("..", "..", "..", "..", "testdata", "traces", "golden", "bias-gradient-mean.npz"), programTrace(t)
	for _, args := range []string{
		"-step 2 x[3,0]", "-standardize x[3,1]", "-batch_size 32 -step 7 x[0,1]", "-sgd -step 7 x[0,0]", "-data ../../../../testdata/iris.csv x[3,0]",
		"y[3,1]", "W1[1,3]", "-step 1 W1[1,3]", "b1[0,2]", "z1[3,4]", "h1[3,4]", "h1[0,0]", "p[0,1]", "loss", "dz2[3,1]", "dW2[1,1]", "db1[0,3]",
		"dh1[0,3]", "dz1[0,3]", "dz1[0,0]", "W1_new[0,3]", "W1_next[0,3]", "-as_reported h1[0,3]", "-l2 0.1 dW1[0,0]", "-optimizer adam W1_new[0,3]",
		"-activation leaky_relu dz1[0,3]", "-activation elu h1[0,3]", "-activation gelu_tanh dz1[0,3]", "-loss squared_error loss",
		"-step 9 accuracy", "-step 9 train_accuracy", "-step 9 plotted_loss", "-sgd -max_steps 9 -step 9 loss_a_row",
		"-part1 2 -epoch 1 w[0]", "-part1 2 -rule rosenblatt -bias b", "-part1 2 x[3,0]", "-part1 2 test_x[1,1]", "-part1 2 accuracy", "-part1 2 -epoch 999 b",
		"-trace " + trace + " db1[0,3]", "-trace " + trace + " dW1[0,3]", "-trace " + trace + " W1[1,3]", "-trace " + trace + " -step 77 b1[0,0]",
		"-trace " + program + " net.py:1", "-trace " + program + " net.py:1:W[1]", "-trace " + program + " net.py:1:W[1,2]", "-trace " + program + " net.py:1:W[7]",
		"-trace " + program + " -step 9 net.py:1", "-trace " + program + " -round 9 net.py:1", "foo", "dW1[0]", "dW9[0,0]", "dW1[99,99]", "99999999999.W1[0,0]",
	} {
		inChinese(t, "audit explain "+args)
	}
}

func TestFileErrorsAreChinese(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return name
	}
	archive := func(arrays ...npy.Entry) string {
		var b bytes.Buffer
		if err := npy.WriteNPZ(&b, arrays, true); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	zeros := func(name string, shape ...int) npy.Entry {
		n := 1
		for _, size := range shape {
			n *= size
		}
		return npy.Entry{Name: name, Array: npy.Array{Shape: shape, Data: make([]float64, n)}}
	}
	text := func(name, text string) npy.Entry { return npy.Entry{Name: name, Array: npy.FromText(text)} }
	whole := archive(zeros("x", 3, 2), zeros("y", 3))
	damaged := strings.Replace(whole, "'shape'", "'shade'", 1)
	rubric := "audit mark " + dir + " -o " + filepath.Join(dir, "marks") + " -rubric "
	for _, args := range []string{
		"part2 -data " + filepath.Join(dir, "none.csv"), "part2 -data " + dir, "part2 -data " + write("empty.csv", ""), "part2 -data " + write("word.csv", "a,b,c\n1,x,0\n2,3,1\n"),
		"part2 -data " + write("ragged.csv", "a,b,c\n1,2,0\n1,2\n"), "part2 -data " + write("quote.csv", "1,\"2,0\n"), "part2 -data " + write("nan.csv", "1,nan,0\n2,3,1\n"),
		"part2 -data " + write("one.csv", "1,2,0\n2,3,0\n"), "part2 -data " + write("marks.csv", "1;2,5;0\n2;3.5;1\n"), "part2 -data " + write("header.csv", "a,b,c\n"),
		"part2 -data " + write("empty.npz", ""), "part2 -data " + write("text.npz", "hello"), "part2 -data " + write("cut.npz", whole[:len(whole)/2]),
		"part2 -data " + write("damaged.npz", damaged), "part2 -data " + write("three.npz", archive(zeros("x", 3, 2, 2), zeros("y", 3))),
		"part2 -data " + write("rows.npz", archive(zeros("x", 3, 2), zeros("y", 4))), "part2 -data " + write("no-y.npz", archive(zeros("x", 3, 2))),
		"audit compare " + filepath.Join(dir, "none.npz"), "audit compare " + write("names.npz", whole), "audit page -trace " + write("text.npz", archive(text("0.W1", "a"))),
		"audit compare " + write("loss.npz", archive(zeros("0.W1", 2, 3), text("loss", "hinge"))), "audit explain loss -trace " + write("rate.npz", archive(zeros("0.W1", 2, 3), zeros("lr", 1))),
		"audit compare " + write("shapes.npz", archive(zeros("0.W1", 4, 3), zeros("0.x", 5, 2))), "audit compare " + write("graph.npz", archive(text("program", "{}"))),
		rubric + filepath.Join(dir, "none.json"), rubric + write("a.json", "{"), rubric + write("b.json", "[]"), rubric + write("c.json", `{"points": -1}`), rubric + write("d.json", `{"marks": 1}`),
		"audit mark " + dir + " -roster " + write("roster.csv", "a,b\n"), "audit mark " + filepath.Join(dir, "none"), "audit run " + filepath.Join(dir, "none.py"),
		"audit run -python " + filepath.Join(dir, "none") + " " + write("train.py", "import numpy\n"),
		"part1 -out " + filepath.Join(dir, "empty.csv"), "audit page -o " + dir, "report -out " + filepath.Join(dir, "a.json", "b"), "bench -only x", "bench judge -dirs [",
		"part1 -mean1 0,0 -mean2 1,1 -cov1 1,2,2,1 -cov2 1,0,0,1", "part1 -learning_rate 1e308 -seeds 0 -out " + filepath.Join(dir, "out"), "part2 -fault none", "part2 -sweep none=1",
	} {
		inChinese(t, args)
	}
}
