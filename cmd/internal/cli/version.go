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
	b := ThisBuild()
	name := b.Module
	switch {
	case b.Commit != "" && b.Changed:
		name += " " + b.Commit[:min(len(b.Commit), 12)] + " (changed)"
	case b.Commit != "":
		name += " " + b.Commit[:min(len(b.Commit), 12)]
	case b.Version != "" && b.Version != "(devel)":
		name += " " + b.Version
	}
	return name + ", " + b.Go
}

// A Build is what a run was made by: the program, its state in the repository,
// the compiler, the machine and the kernels that the products go through.
type Build struct {
	Module  string `json:"module"`
	Version string `json:"version"` // "(devel)" outside of a release
	Commit  string `json:"commit"`  // empty where the build does not know it
	Changed bool   `json:"changed"` // since that commit
	Go      string `json:"go"`
	System  string `json:"system"`
	Kernel  string `json:"kernel"`
}

// ThisBuild describes this program.
func ThisBuild() Build {
	b := Build{Module: "glassbox", Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Kernel: mat.Kernel()}
	if info, ok := debug.ReadBuildInfo(); ok {
		b.Version = info.Main.Version
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = s.Value
			case "vcs.modified":
				b.Changed = s.Value == "true"
			}
		}
	}
	return b
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
