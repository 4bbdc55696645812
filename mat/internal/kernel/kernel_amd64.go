//go:build amd64 && !purego

package kernel

import (
	"math"
	"unsafe"
)

// Sets returns the sets that this CPU and build have, the best one last.
func Sets() []Set { return sets }

var sets = detect()

// cpuid returns what the instruction CPUID says of a leaf.
func cpuid(leaf, sub uint32) (eax, ebx, ecx, edx uint32)

// xgetbv returns the low half of XCR0: which registers the system saves.
func xgetbv() (eax uint32)

// detect returns the sets that both the CPU and the system know.
func detect() []Set {
	if top, _, _, _ := cpuid(0, 0); top < 7 {
		return []Set{Go}
	}
	const fma, osxsave, avx = 1 << 12, 1 << 27, 1 << 28
	if _, _, c, _ := cpuid(1, 0); c&(fma|osxsave|avx) != fma|osxsave|avx {
		return []Set{Go}
	}
	const ymm, zmm = 0x06, 0xe6 // XMM and YMM; also masks and both halves of ZMM
	const avx2, f, dq, bw, vl = 1 << 5, 1 << 16, 1 << 17, 1 << 30, 1 << 31
	_, b, _, _ := cpuid(7, 0)
	saved := xgetbv()
	switch {
	case saved&ymm != ymm || b&avx2 == 0:
		return []Set{Go}
	case saved&zmm != zmm || b&(f|dq|bw|vl) != f|dq|bw|vl:
		return []Set{Go, AVX2}
	}
	return []Set{Go, AVX2, AVX512}
}

func init() {
	const genu, auth = 0x756e6547, 0x68747541 // how GenuineIntel and AuthenticAMD begin
	_, maker, _, _ := cpuid(0, 0)
	version, _, _, _ := cpuid(1, 0)
	switch family := version>>8&0xf + version>>20&0xff; {
	case maker == genu:
		blocks = blocksOfIntel
	case maker == auth && family == 25: // Zen 4, where it has AVX-512
		halves = true
	}
}

// lanes has at [n] the mask of the first n lanes of an AVX2 register.
//
//lint:ignore U1000 the assembly reads it
var lanes = [5][4]int64{{}, {-1}, {-1, -1}, {-1, -1, -1}, {-1, -1, -1, -1}}

// expTable has the constants of Exp, each as wide as the widest register, in
// the order of gen's expConstants.
//
//lint:ignore U1000 the assembly reads it
var expTable = wide(expMax, expMin, math.Log2E, toInteger, ln2Hi, ln2Lo, 1,
	0.5, expC3, expC4, expC5, expC6, expC7, expC8, expC9, expC10, expC11, expC12,
	math.Float64frombits(1023), math.Inf(-1))

// wide puts each number eight times into a line of the cache: a register that
// lay across two would be read twice.
func wide(numbers ...float64) *float64 {
	const line = 8
	table := make([]float64, (len(numbers)+1)*line)
	for uintptr(unsafe.Pointer(&table[0]))%(8*line) != 0 {
		table = table[1:]
	}
	for i, v := range numbers {
		for j := range line {
			table[i*line+j] = v
		}
	}
	return &table[0]
}

// pairTable has the orders of two registers of pairs: the firsts, the seconds,
// and back in pairs, first register and second.
//
//lint:ignore U1000 the assembly reads it
var pairTable = [4][8]int64{{0, 2, 4, 6, 8, 10, 12, 14}, {1, 3, 5, 7, 9, 11, 13, 15}, {0, 8, 1, 9, 2, 10, 3, 11}, {4, 12, 5, 13, 6, 14, 7, 15}}

// absTable has all bits but the sign's.
//
//lint:ignore U1000 the assembly reads it
var absTable = [4]int64{1<<63 - 1, 1<<63 - 1, 1<<63 - 1, 1<<63 - 1}
