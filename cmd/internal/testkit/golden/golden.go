// Package golden holds what a program gives against a file under testdata, and
// with `go test -update` rewrites the file.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/cli"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Check reports an error where got is not what testdata/name holds.
func Check(t testing.TB, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	mine, theirs := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	i := 0
	for i < min(len(mine), len(theirs))-1 && mine[i] == theirs[i] {
		i++
	}
	t.Errorf("%s, line %d (go test -update rewrites it):\n got %s\nwant %s", file, i+1, mine[i], theirs[i])
}

// Terminal is Check of what goes to a terminal, no line of which is wider than
// one, but for a command to copy.
func Terminal(t testing.TB, name, got string) {
	t.Helper()
	for line := range strings.Lines(got) {
		if w := cli.Width(strings.TrimRight(line, "\n")); w > cli.Columns && !strings.Contains(line, "go run ./cmd/") {
			t.Errorf("%s: %d columns: %s", name, w, line)
		}
	}
	Check(t, name, got)
}
