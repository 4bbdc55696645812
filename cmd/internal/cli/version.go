package cli

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"glassbox/mat"
)

// Built names this program and the Go that compiled it, as far as the build
// recorded them: "glassbox 1f2e3d4c (changed), go1.26".
func Built() string {
	name := "glassbox"
	if info, ok := debug.ReadBuildInfo(); ok {
		revision, changed := "", ""
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = " " + s.Value[:min(len(s.Value), 12)]
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = " (changed)"
			}
		}
		if revision != "" {
			name += revision + changed
		} else if v := info.Main.Version; v != "" && v != "(devel)" {
			name += " " + v
		}
	}
	return name + ", " + runtime.Version()
}

// asksVersion reports whether that is all that a command line asks for.
func asksVersion(args []string) bool {
	return len(args) == 1 && (args[0] == "-version" || args[0] == "--version")
}

// printVersion says what runs here: the program, the compiler, the machine and
// the set of kernels that the products go through.
func printVersion(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s, %s/%s, %s kernels\n", Built(), runtime.GOOS, runtime.GOARCH, mat.Kernel())
	return err
}
