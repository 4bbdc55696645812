// Package commands holds tests of what all commands do alike. They stand apart
// from the packages that do it, each of which every command would be compiled
// for once more.
package commands

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"glassbox/cmd/internal/audit"
	"glassbox/cmd/internal/bench"
	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/part1"
	"glassbox/cmd/internal/part2"
	"glassbox/cmd/internal/report"
)

// flagLine is a flag's line of a help text, with what stands for its value.
var flagLine = regexp.MustCompile(`(?m)^  (-\w+)(?: (\S.*))?$`)

// Every flag of every command, but for names of files, refuses what it cannot be
// in one line with its name and the value, before anything is done.
func TestEveryFlagRefuses(t *testing.T) {
	flags := 0
	for name, main := range map[string]func([]string, io.Writer, io.Writer) error{
		"part1": part1.Main, "part2": part2.Main, "report": report.Main, "bench": bench.Main,
		"audit page": audit.Main, "audit check": audit.Main, "audit trace": audit.Main,
		"audit compare": audit.Main, "audit explain": audit.Main, "audit run": audit.Main,
	} {
		sub := strings.Fields(name)[1:]
		run := func(args ...string) (stdout, stderr string, status int) {
			var out, err bytes.Buffer
			status = cli.Run(name, main, append(sub[:len(sub):len(sub)], args...), &out, &err)
			return out.String(), err.String(), status
		}
		help, _, _ := run("-h")
		for _, m := range flagLine.FindAllStringSubmatch(help, -1) {
			if strings.Contains("DIR FILE FILE.npz FILE.html COMMAND", m[2]) && m[2] != "" {
				continue
			}
			flags++
			for _, value := range []string{"@bad", "1e999", "-7x"} {
				_, stderr, status := run(m[1] + "=" + value)
				if status != 2 || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, m[1]) || !strings.Contains(stderr, value) {
					t.Errorf("%s %s=%s: status %d, %q", name, m[1], value, status, stderr)
				}
			}
			if _, stderr, status := run(m[1] + "q=1"); status != 2 || len(m[1]) > 2 && !strings.Contains(stderr, "did you mean "+m[1]+"?") {
				t.Errorf("%s %sq: status %d, %q", name, m[1], status, stderr)
			}
		}
	}
	if flags < 60 {
		t.Errorf("%d flags were found", flags)
	}
}
