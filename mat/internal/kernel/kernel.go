package kernel

import (
	"fmt"
	"math"
	"os"
	"strings"
	"unsafe"
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
// the environment's GLASSBOX_KERNEL, with which a program is tested on
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

// Holds reports whether n numbers are enough for rows of cols at a distance of
// at least cols.
func Holds(n, rows, cols, distance int) bool {
	if rows <= 1 {
		return rows == 0 || rows == 1 && uint(cols) <= uint(n)
	}
	// The product cannot overflow where both factors are below 2³¹.
	return cols >= 0 && distance >= cols && rows|distance <= math.MaxInt32 && (rows-1)*distance+cols <= n
}

// Overlap reports whether two slices share memory. Views of different columns
// of one matrix count as sharing when their address ranges meet.
func Overlap(a, b []float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	a0, b0 := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return a0 < b0+uintptr(len(b))*8 && b0 < a0+uintptr(len(a))*8
}
