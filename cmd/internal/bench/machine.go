package bench

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// A machine is what the numbers were measured on.
type machine struct {
	CPU    string `json:"cpu"`
	Cores  int    `json:"cores"`
	System string `json:"system"`
	Go     string `json:"go"`
	avx512 bool
}

func thisMachine() machine {
	m := machine{Cores: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	switch runtime.GOOS {
	case "linux":
		text, _ := os.ReadFile("/proc/cpuinfo")
		m.CPU, m.avx512 = fromCPUInfo(string(text))
	case "darwin":
		text, _ := exec.Command("sysctl", "-n", "machdep.cpu.brand_string").Output()
		m.CPU = strings.TrimSpace(string(text))
	case "windows":
		m.CPU = os.Getenv("PROCESSOR_IDENTIFIER")
	}
	if m.CPU == "" {
		m.CPU = "an unnamed CPU"
	}
	return m
}

// fromCPUInfo reads the name of the first CPU of Linux's list, and whether it
// has AVX-512. Names alone may stand for many: family and model go with them.
func fromCPUInfo(text string) (name string, avx512 bool) {
	first, _, _ := strings.Cut(text, "\n\n")
	fields := map[string]string{}
	for line := range strings.Lines(first) {
		key, value, _ := strings.Cut(line, ":")
		fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	name = strings.Join(strings.Fields(fields["model name"]), " ")
	if name != "" && fields["cpu family"] != "" {
		name += " (family " + fields["cpu family"] + ", model " + fields["model"] + ")"
	}
	return name, strings.Contains(" "+fields["flags"]+" ", " avx512f ")
}

// heldCore is the core type to which OpenBLAS is held beside the one it takes
// by itself: the best it has for this CPU, or, where glassbox does without
// AVX-512, the one that does too. It is "" where there is none to name.
func heldCore(m machine, kernel string) string {
	switch {
	case !strings.HasSuffix(m.System, "/amd64"):
		return ""
	case kernel == "avx2":
		return "Haswell"
	case m.avx512:
		return "SkylakeX"
	}
	return ""
}

// vectors says how wide the vectors of OpenBLAS's core types for amd64 are,
// where it is not four float64.
var vectors = map[string]int{"SkylakeX": 8, "Cooperlake": 8, "SapphireRapids": 8,
	"Nehalem": 2, "Prescott": 2, "Core2": 2, "Penryn": 2, "Dunnington": 2, "Atom": 2, "Nano": 2,
	"Athlon": 2, "Opteron": 2, "Opteron_SSE3": 2, "Barcelona": 2, "Bobcat": 2}

// differs says whether an OpenBLAS held to a core type does something else than
// by itself: other vectors.
func differs(held, itself about) bool {
	wide := func(core string) int {
		if n := vectors[core]; n > 0 {
			return n
		}
		return 4
	}
	return held.Core != "" && held.Core != itself.Core && wide(held.Core) != wide(itself.Core)
}
