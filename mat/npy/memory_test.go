package npy

import (
	"fmt"
	"strings"
	"testing"
)

// What accepted arrays allocate in all, garbage included, against what the
// package comment says they take.
func TestMemory(t *testing.T) {
	n := 4_000_000
	if testing.Short() {
		n /= 10
	}
	numbers := func(code string, size int) string {
		return npyFile(1, dict("'"+code+"'", "False", fmt.Sprintf("(2, %d)", n/2)), zeros(n*size))
	}
	text := func(descr string, size int, element string) string {
		return npyFile(1, dict("'"+descr+"'", "False", fmt.Sprintf("(%d,)", n/4)), strings.Repeat(element+zeros(size-len(element)), n/4))
	}
	fortran := strings.Replace(numbers("<f8", 8), "False", "True ", 1)
	const overhead = 200_000
	for _, c := range []struct {
		name, file string
		deflated   bool
		most       int // bytes allocated
	}{
		{"float64", numbers("<f8", 8), false, 8 * n},
		{"float64 big end first", numbers(">f8", 8), false, 8 * n},
		{"float64 in Fortran order", fortran, false, 2 * 8 * n},
		{"float64 deflated", numbers("<f8", 8), true, 3 * 8 * n}, // 2 at a time
		{"float16", numbers("<f2", 2), false, 8 * n},
		{"bool", numbers("|b1", 1), false, 8 * n},
		{"bool deflated", numbers("|b1", 1), true, 3 * 8 * n},
		{"a byte a text", text("|S1", 1, "a"), false, 20 * n / 4},
		{"two bytes a text", text("|S2", 2, "ü"), false, 2 * 20 * n / 4},
		{"a character a text", text("<U1", 4, "\x3a\x26"), false, 4 * 20 * n / 4},
		{"wide text", text("<U8", 32, "a"), false, 32 * 20 * n / 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := c.file
			if c.deflated {
				file = build(deflated("x.npy", file))
			} else {
				file = build(stored("x.npy", file))
			}
			var err error
			got := allocated(func() { err = readAll(file) })
			t.Logf("%d bytes for a file of %d, %.1f times the array's", got, len(file), float64(got)/float64(len(c.file)))
			if err != nil || got > uint64(c.most+overhead) {
				t.Errorf("%d bytes allocated, at most %d would be right; error %v", got, c.most+overhead, err)
			}
		})
	}
}
