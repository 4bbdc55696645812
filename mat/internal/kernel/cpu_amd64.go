//go:build amd64 && !purego

package kernel

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
