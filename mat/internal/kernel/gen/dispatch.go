package main

import (
	"fmt"
	"go/format"
	"strings"
)

// A loop is one of package kernel that assembly has too: the method that runs
// the set in use, whose plain loop is called nameGo and whose kernels have the
// set's name behind theirs.
type loop struct {
	of, method, name string
	arg              string // of the kernels, which the assembly names
	result           string
	but              map[string]string // sets that run another's kernel, Go's for ""
	noPlain          bool              // the method only says whether there is a kernel
}

var loops = []loop{
	{of: "*strip", method: "run", name: "strip", arg: "s"},
	{of: "*strip", method: "narrow", name: "narrow", arg: "s", noPlain: true},
	grid("addRow"), grid("sumRows"), grid("relu"), grid("reluGrad"), grid("subDiv"), grid("step"),
	{of: "*Grid", method: "within", name: "within", arg: "grid", result: "bool"},
	grid("panels"), grid("transpose"), grid("exp"), grid("softMax"),
	{of: "*Two", method: "forward", name: "twoForward", arg: "t", but: map[string]string{"NEON": ""}},
	{of: "*Two", method: "backward", name: "twoBackward", arg: "t", but: map[string]string{"NEON": ""}},
	// One sample waits for one operation after the other, which wider registers
	// make longer.
	{of: "*Two", method: "step", name: "twoStep", arg: "t", result: "bool", but: map[string]string{"NEON": "", "AVX512": "AVX2"}},
}

// grid is a loop over a Grid's elements. Its kernels do not call it g: to the
// assembler that is a register.
func grid(name string) loop { return loop{of: "*Grid", method: name, name: name, arg: "grid"} }

// kernel returns the function of a set, "" where the plain loop has to do.
func (l loop) kernel(set string) string {
	if other, ok := l.but[set]; ok {
		set = other
	}
	if set == "" {
		return ""
	}
	return l.name + set
}

// dispatch returns the Go file that chooses between the sets of an
// architecture, "" for one that has none.
func dispatch(arch string, sets ...*isa) []byte {
	var b strings.Builder
	b.WriteString(generated + "\n//go:build " + map[string]string{"": "purego || !(amd64 || arm64)"}[arch])
	if arch != "" {
		b.WriteString(arch + " && !purego")
	}
	b.WriteString("\n\npackage kernel\n")
	choose := func(doc, head, on, kind string, of func(x *isa) string, otherwise string) {
		fmt.Fprintf(&b, "\n%sfunc %s {\n", doc, head)
		var cases strings.Builder
		for _, x := range sets {
			if s := of(x); s != "" && s != otherwise {
				fmt.Fprintf(&cases, "case %s:\n%s%s\n", x.suffix, kind, s)
			}
		}
		switch {
		case cases.Len() == 0:
			fmt.Fprintf(&b, "%s%s\n", kind, otherwise)
		case kind == "":
			fmt.Fprintf(&b, "switch %s {\n%sdefault:\n%s\n}\n", on, &cases, otherwise)
		default:
			fmt.Fprintf(&b, "switch %s {\n%s}\n%s%s\n", on, &cases, kind, otherwise)
		}
		b.WriteString("}\n")
	}
	choose("// tile returns the size of a product's tile.\n", "(s Set) tile() (m, n int)", "s", "return ",
		func(x *isa) string { return fmt.Sprintf("%d, %d", x.tileM, x.tileV*x.lanes) }, "goTileM, goTileN")
	choose("// laneCount returns how many float64s a vector register holds, 1 without.\n", "laneCount() int", "active", "return ",
		func(x *isa) string { return fmt.Sprint(x.lanes) }, "1")
	choose("// hasEndings reports whether a strip may end in more than its chains.\n", "hasEndings() bool", "active", "return ",
		func(x *isa) string { return fmt.Sprint(!x.plain) }, "true")
	for _, l := range loops {
		self := strings.ToLower(l.of[1:2])
		on, kind, result, after, otherwise := "active", "", l.result, "", l.name+"Go("+self+")"
		if l.of == "*strip" {
			on = "s.set"
		}
		switch {
		case l.result != "":
			kind = "return "
		case l.noPlain:
			result, after, otherwise = "bool", "\nreturn true", "return false"
		}
		choose("", fmt.Sprintf("(%s %s) %s() %s", self, l.of, l.method, result), on, kind, func(x *isa) string {
			if k := l.kernel(x.suffix); k != "" {
				return k + "(" + self + ")" + after
			}
			return ""
		}, otherwise)
	}
	if arch == "" {
		b.WriteString("\n// Sets returns the sets that this CPU and build have, the best one last.\nfunc Sets() []Set { return []Set{Go} }\n")
	}
	for _, l := range loops {
		for _, x := range sets {
			if l.kernel(x.suffix) == l.name+x.suffix {
				fmt.Fprintf(&b, "\n//go:noescape\nfunc %s%s(%s %s) %s\n", l.name, x.suffix, l.arg, l.of, l.result)
			}
		}
	}
	text, err := format.Source([]byte(b.String()))
	if err != nil {
		panic(err) // what is written above is Go
	}
	return text
}
