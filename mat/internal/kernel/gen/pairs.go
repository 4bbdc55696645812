package main

import "fmt"

// apart reads two registers of pairs at base and takes them apart, in an order
// which together undoes; t is scratch. The masks are those of pairMasks.
func (a *asm) apart(base string, first, second, t int, masked bool) {
	a.loadPairs(base, t, second, masked)
	a.i("VUNPCKLPD", a.reg(second), a.reg(t), a.reg(first))
	a.i("VUNPCKHPD", a.reg(second), a.reg(t), a.reg(second))
}

// together writes what apart read; it destroys second.
func (a *asm) together(first, second, t int, base string, masked bool) {
	a.i("VUNPCKLPD", a.reg(second), a.reg(first), a.reg(t))
	a.i("VUNPCKHPD", a.reg(second), a.reg(first), a.reg(second))
	a.storePairs(t, second, base, masked)
}

// apartInOrder and togetherInOrder keep the order. They use t and t+1.
func (a *asm) apartInOrder(base string, first, second, t int, masked bool) {
	if !a.masks {
		a.apart(base, first, second, t, masked)
		a.inOrder(first, second)
		return
	}
	a.loadPairs(base, t, t+1, masked)
	for i, n := range []int{first, second} {
		a.i("VMOVUPD", fmt.Sprintf("·pairTable+%d(SB)", 64*i), a.reg(n))
		a.i("VPERMI2PD", a.reg(t+1), a.reg(t), a.reg(n))
	}
}

func (a *asm) togetherInOrder(first, second, t int, base string, masked bool) {
	if !a.masks {
		a.inOrder(first, second)
		a.together(first, second, t, base, masked)
		return
	}
	for i, n := range []int{t, t + 1} {
		a.i("VMOVUPD", fmt.Sprintf("·pairTable+%d(SB)", 64*(2+i)), a.reg(n))
		a.i("VPERMI2PD", a.reg(second), a.reg(first), a.reg(n))
	}
	a.storePairs(t, t+1, base, masked)
}

// inOrder changes between the order of lanes 0 2 1 3 and 0 1 2 3.
func (a *asm) inOrder(regs ...int) {
	for _, n := range regs {
		a.i("VPERMPD", "$0xd8", a.reg(n), a.reg(n))
	}
}

func (a *asm) loadPairs(base string, low, high int, masked bool) {
	for half, n := range []int{low, high} {
		from := mem(half*a.width(), base)
		if masked && a.masks {
			a.i("VMOVUPD.Z", from, pairMask(half), a.reg(n))
			continue
		}
		a.pairMask(half, masked)
		a.load(from, n, masked)
	}
}

func (a *asm) storePairs(low, high int, base string, masked bool) {
	for half, n := range []int{low, high} {
		to := mem(half*a.width(), base)
		if masked && a.masks {
			a.i("VMOVUPD", a.reg(n), pairMask(half), to)
			continue
		}
		a.pairMask(half, masked)
		a.store(n, to, masked)
	}
}

// pairMasks prepares the masks of the two registers that n pairs take, n from 1
// to the lanes of a register: in K4 and K5, or their offsets in R13 and R14. It
// destroys AX, n and R13.
func (a *asm) pairMasks(n string) {
	a.i("ADDQ", n, n)
	a.i("MOVQ", num(a.lanes), "R13")
	a.i("CMPQ", n, "R13")
	a.i("CMOVQLT", n, "R13")
	a.i("SUBQ", "R13", n)
	if !a.masks {
		a.i("SHLQ", "$5", "R13")
		a.i("SHLQ", "$5", n)
		a.i("MOVQ", n, "R14")
		return
	}
	for half, n := range []string{"R13", n} {
		a.i("MOVL", "$1", "AX")
		a.i("SHLXL", n, "AX", "AX")
		a.i("DECL", "AX")
		a.i("KMOVW", "AX", pairMask(half))
	}
}

func pairMask(half int) string { return fmt.Sprintf("K%d", 4+half) }

// pairMask has the mask of a half ready where it needs a vector register.
func (a *asm) pairMask(half int, masked bool) {
	if masked && !a.masks {
		a.i("LEAQ", "·lanes(SB)", "AX")
		a.i("VMOVUPD", []string{"(AX)(R13*1)", "(AX)(R14*1)"}[half], a.reg(maskReg))
	}
}
