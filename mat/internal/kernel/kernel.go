package kernel

import (
	"fmt"
	"os"
	"strings"
)

// A Set is a set of kernels, named for the instructions that it needs.
type Set int

const (
	Go Set = iota // plain Go
	NEON
	AVX2
	AVX512
)

var names = []string{"go", "neon", "avx2", "avx512"}

func (s Set) String() string { return names[s] }

// active is the set in use.
var active = choose(os.Getenv("GLASSBOX_KERNEL"))

// Active returns the set in use.
func Active() Set { return active }

// choose returns the best set there is, or the one that is asked for by name:
// the environment's GLASSBOX_KERNEL, with which a whole program is tested on
// each set in turn.
func choose(name string) Set {
	sets := Sets()
	if name == "" {
		return sets[len(sets)-1]
	}
	for _, s := range sets {
		if s.String() == name {
			return s
		}
	}
	var have []string
	for _, s := range sets {
		have = append(have, s.String())
	}
	panic(fmt.Sprintf("GLASSBOX_KERNEL=%s: this CPU and build have %s", name, strings.Join(have, ", ")))
}
