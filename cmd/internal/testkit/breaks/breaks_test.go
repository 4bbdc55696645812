package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// small is a module whose tests notice all that can be broken in it but for the
// bound of Clamp, where both branches give the same.
var small = map[string]string{
	"go.mod": "module small\n\ngo 1.26\n",
	"small.go": `package small

// Sum adds the first n of list.
func Sum(list []int, n int) (s int) {
	for i := 0; i < n; i++ {
		s += list[i]
	}
	return s
}

func Clamp(x, top int) int {
	if x < top {
		return x
	}
	return top
}

func twice[T any](x T) (T, string) { return x, "a" + "b" }

func Unused(x int) {
	_ = x * 1
}
`,
	"small_test.go": `package small

import "testing"

func TestSum(t *testing.T) {
	if s := Sum([]int{1, 2, 4}, 2); s != 3 {
		t.Error(s)
	}
}
`,
	"user/user.go": `package user

import "small"

func Top(x int) int { return small.Clamp(x, 3) }
`,
	"user/user_test.go": `package user

import "testing"

func TestTop(t *testing.T) {
	if Top(2) != 2 || Top(4) != 3 {
		t.Error(Top(2), Top(4))
	}
}
`,
}

func smallTree(t *testing.T) string {
	dir := t.TempDir()
	for name, text := range small {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("git", "-C", dir, "init", "-q").CombinedOutput(); err != nil {
		t.Skipf("git init: %v: %s", err, out)
	}
	return dir
}

func TestChanges(t *testing.T) {
	list, err := changesOf(nil, smallTree(t), "small.go")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, c := range list {
		got.WriteString(c.String() + "\n")
		if text := small["small.go"]; strings.Count(text[:c.From], "\n")+1 != c.Line || c.From >= c.To {
			t.Errorf("%v is at bytes %d to %d", c, c.From, c.To)
		}
	}
	want := "small.go:5: not `i < n`\n" +
		"small.go:5: 0 becomes one more\n" +
		"small.go:5: < becomes <= in `i < n`\n" +
		"small.go:5: ++ becomes -- in `i++`\n" +
		"small.go:6: without `s += list[i]`\n" +
		"small.go:6: += becomes -= in `s += list[i]`\n" +
		"small.go:12: not `x < top`\n" +
		"small.go:12: < becomes <= in `x < top`\n" +
		"small.go:18: + becomes - in `\"a\" + \"b\"`\n" +
		"small.go:21: without `_ = x * 1`\n" +
		"small.go:21: * becomes / in `x * 1`\n" +
		"small.go:21: 1 becomes one more\n" +
		"small.go:21: 1 becomes one less\n"
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", &got, want)
	}
}

// The tree is as it was; what its tests notice is told from what they do not.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a dozen times")
	}
	t.Chdir(smallTree(t))
	var out bytes.Buffer
	if err := run(context.Background(), &out, settings{seed: 1, n: 100, only: ".", tests: "./...", limit: time.Minute}); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, want := range []string{
		"0 becomes one more: noticed by small in",
		"`i < n`: noticed by small in",
		"`x < top`: NOT NOTICED\n", // where they are equal, both are the result
		"not `x < top`: noticed by small/user in",
		"8 of 13 changes tried: 7 noticed (87.5 %), 1 not; left out: 1 that do not compile, 4 with the same machine code\n",
		"the next ones: -seed 1 -skip 13\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for name, want := range small {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s has changed: %v", name, err)
		}
	}
}
