// Package nptest runs other people's software beside a test, to compare with it:
// a python3 that has NumPy, scikit-learn or whatever the test names.
//
// Where there is none the test is skipped, for it cannot say anything. A build
// that is meant to have them sets GLASSBOX_PEERS=require; there a missing peer
// fails the test. With GLASSBOX_PEERS=none the test is skipped even where there
// is one: a variant of a build already compared has nothing new to compare.
package nptest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// found remembers, for a PATH and the modules asked for, the interpreter or why
// there is none: importing a large module takes a second.
var found struct {
	sync.Mutex
	path, lack map[string]string
}

// Python returns the path of the first python3 on PATH that can import all the
// modules. If there is none it skips the test and says what is missing.
func Python(t testing.TB, modules ...string) string {
	t.Helper()
	if os.Getenv("GLASSBOX_PEERS") == "none" {
		t.Skip("GLASSBOX_PEERS=none")
	}
	key := os.Getenv("PATH") + " " + strings.Join(modules, " ")
	found.Lock()
	defer found.Unlock()
	path, ok := found.path[key]
	if !ok {
		var lack string
		path, lack = look(modules)
		if found.path == nil {
			found.path, found.lack = map[string]string{}, map[string]string{}
		}
		found.path[key], found.lack[key] = path, lack
	}
	if path == "" {
		if os.Getenv("GLASSBOX_PEERS") == "require" {
			t.Fatalf("GLASSBOX_PEERS=require, but %s", found.lack[key])
		}
		t.Skip(found.lack[key])
	}
	return path
}

// look tries each python3 on PATH. It returns the first that serves, or "" and
// a line that tells what each of them lacks.
func look(modules []string) (path, lack string) {
	const script = `
import importlib, sys
lack = []
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except Exception:
        lack.append(name)
print(*lack, sep=", ")
`
	var tried []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		python, err := exec.LookPath(filepath.Join(dir, "python3"))
		if err != nil {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		out, err := exec.CommandContext(ctx, python, append([]string{"-c", script}, modules...)...).Output()
		cancel()
		missing := strings.TrimSpace(string(out))
		switch {
		case err != nil:
			tried = append(tried, fmt.Sprintf("%s does not run: %v", python, err))
		case missing != "":
			tried = append(tried, fmt.Sprintf("%s lacks %s", python, missing))
		default:
			return python, ""
		}
	}
	if tried == nil {
		return "", "there is no python3 on PATH"
	}
	return "", "no python3 on PATH has all of " + strings.Join(modules, ", ") + ": " + strings.Join(tried, "; ")
}

// Run runs the script, a Python text, with the arguments in its sys.argv[1:]
// and stdin as its standard input. It returns the bytes of its standard output.
// If the script fails, so does the test, with what the script wrote to standard
// error.
func Run(t testing.TB, python, script string, stdin []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(python, append([]string{"-c", script}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(stdin), &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", python, err, stderr.Bytes())
	}
	return stdout.Bytes()
}
