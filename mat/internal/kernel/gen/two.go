package main

import "fmt"

// The kernels of Two. DI the Two; R10 the distance between the rows of W, in
// bytes; SI the constants of exp.
//
// What belongs to a sample or to a unit comes in pairs, x0 x1 or a class's a b.
// Two registers of pairs are deinterleaved into one of firsts and one of seconds:
// in any order of lanes where they are interleaved again the same way, as the
// samples are; the units' have to keep theirs.

// logitRegs are the registers of a group of samples: the logits a and b, x0 and
// x1, a hidden unit, a zero and a number spread over all lanes.
type logitRegs struct{ za, zb, x0, x1, h, zero, s int }

func (a *asm) logitRegs() logitRegs {
	if a.masks {
		return logitRegs{za: 16, zb: 19, x0: 22, x1: 25, h: 28, zero: 31, s: 9}
	}
	return logitRegs{za: 0, zb: 2, x0: 4, x1: 6, h: 8, zero: 14, s: 11}
}

// logits runs v registers of samples through all hidden units to both classes.
// R11 and BX are a unit's weights in and out, R12 counts the units.
func (a *asm) logits(v int) {
	g := a.logitRegs()
	each := a.eachOf(v)
	for j := range v {
		a.clear(g.za+j, 1)
		a.clear(g.zb+j, 1)
	}
	a.clear(g.zero, 1)
	a.fields("Two", "W R11", "U BX", "Units R12")
	unit := a.label("unit")
	a.at(unit)
	a.clear(g.h, v)
	a.spread("(R11)", g.s)
	each("VFMADD231PD", g.s, g.x0, g.h)
	a.spread("(R11)(R10*1)", g.s)
	each("VFMADD231PD", g.s, g.x1, g.h)
	a.spread("(R11)(R10*2)", g.s)
	each("VADDPD", g.s, g.h, g.h)
	each("VMAXPD", g.zero, g.h, g.h) // of two zeros it takes +0
	for c, z := range []int{g.za, g.zb} {
		a.spread(mem(8*c, "BX"), g.s)
		each("VFMADD231PD", g.s, g.h, z)
	}
	a.i("ADDQ", "$8", "R11")
	a.i("ADDQ", "$16", "BX")
	a.again("R12", unit)
	for c, z := range []int{g.za, g.zb} {
		a.spread(mem(8*c, "BX"), g.s)
		each("VADDPD", g.s, z, z)
	}
}

// eachOf returns what writes an operation of register x and v registers from y
// on, whose results go to v registers from dst on.
func (a *asm) eachOf(v int) func(op string, x, y, dst int) {
	return func(op string, x, y, dst int) {
		for j := range v {
			a.i(op, x, y+j, dst+j)
		}
	}
}

// Where the probabilities, and what is made of them, stand.
const probA, probB = 9, 10

// probabilities makes them of the logits za and zb: exp(z − m)/Σ, where one of
// the exponents is 0 and its exponential 1. It destroys registers 0 to 14.
func (a *asm) probabilities(za, zb int) {
	const m, e, one, sum, big, small, atLeast = 13, 0, 1, 2, 3, 4, "$29"
	a.i("VMAXPD", za, zb, m)
	if a.masks {
		a.i("VCMPPD", atLeast, zb, za, "K2")
		a.i("VCMPPD", atLeast, za, zb, "K3")
		a.i("VMINPD", za, zb, e)
	} else {
		a.i("VCMPPD", atLeast, zb, za, 14)
		a.i("VCMPPD", atLeast, za, zb, 12)
		a.i("VMINPD", za, zb, e)
		a.i("VMOVAPD", 14, probA)
		a.i("VMOVAPD", 12, probB)
	}
	a.i("VSUBPD", m, e, e)
	a.exp()
	a.i("VMOVUPD", a.constant("one"), one)
	a.i("VADDPD", e, one, sum)
	a.i("VDIVPD", sum, one, big)
	a.i("VDIVPD", sum, e, small)
	if a.masks {
		a.i("VBLENDMPD", big, small, "K2", probA)
		a.i("VBLENDMPD", big, small, "K3", probB)
	} else {
		a.i("VBLENDVPD", probA, big, small, probA)
		a.i("VBLENDVPD", probB, big, small, probB)
	}
}

// twoForward goes along the samples, some registers of them at a time and in
// the end single ones: R8 x, R9 y or 0, DX z; CX samples left.
func twoForward(a *asm) {
	most := 2
	if a.masks {
		most = 3
	}
	a.fn("twoForward", "twoForward is twoForwardGo.", 64)
	a.constantsInMemory()
	a.fields("Two", "X R8", "Y R9", "Z DX", "Units R10")
	a.i("SHLQ", "$3", "R10")
	a.fields("Two", "Rows CX")
	many, few, full, end := a.label("many"), a.label("few"), a.label("full"), a.label("end")
	next := func(v int) {
		noY := a.label("noY")
		a.advance(2*v, "R8", "DX")
		a.jump("R9", "JZ", "$0", noY)
		a.advance(2*v, "R9")
		a.at(noY)
		a.i("SUBQ", num(v*a.lanes), "CX")
	}
	a.at(many)
	a.jump("CX", "JLT", num(most*a.lanes), few)
	a.samples(most, false)
	next(most)
	a.i("JMP", many)
	a.at(few)
	a.jump("CX", "JLE", "$0", end)
	a.i("MOVQ", num(a.lanes), "R14")
	a.jump("CX", "JGE", "R14", full)
	a.i("MOVQ", "CX", "R14")
	a.at(full)
	a.pairMasks("R14")
	a.samples(1, true)
	next(1)
	a.i("JMP", few)
	a.at(end)
	a.ret()
}

// samples takes v registers of samples all the way.
func (a *asm) samples(v int, masked bool) {
	g := a.logitRegs()
	for j := range v {
		a.deinterleave(a.group("R8", j), g.x0+j, g.x1+j, g.s, masked)
	}
	a.logits(v)
	if !a.masks && v == 2 {
		a.store(g.za+1, "a-64(SP)", false)
		a.store(g.zb+1, "b-32(SP)", false)
	}
	for j := range v {
		za, zb := g.za+j, g.zb+j
		if !a.masks && j == 1 {
			a.load("a-64(SP)", za, false)
			a.load("b-32(SP)", zb, false)
		}
		a.probabilities(za, zb)
		done := a.label("done")
		a.jump("R9", "JZ", "$0", done)
		a.deinterleave(a.group("R9", j), 1, 2, 3, masked)
		a.i("VSUBPD", 1, probA, probA)
		a.i("VSUBPD", 2, probB, probB)
		a.unless("Two_Mean", done)
		a.spread("Two_N(DI)", 1)
		a.i("VDIVPD", 1, probA, probA)
		a.i("VDIVPD", 1, probB, probB)
		a.at(done)
		a.interleave(probA, probB, 1, a.group("DX", j), masked)
	}
}

// group is where the j-th group of pairs behind base is, in R11 if need be.
func (a *asm) group(base string, j int) string {
	if j == 0 {
		return base
	}
	a.i("LEAQ", mem(2*j*a.width(), base), "R11")
	return "R11"
}

// deinterleave reads two registers of pairs at base into one of firsts and one of
// seconds, in an order which interleave undoes; t is scratch. The masks are those of pairMasks.
func (a *asm) deinterleave(base string, first, second, t int, masked bool) {
	a.loadPairs(base, t, second, masked)
	a.i("VUNPCKLPD", second, t, first)
	a.i("VUNPCKHPD", second, t, second)
}

// interleave writes what deinterleave read; it destroys second.
func (a *asm) interleave(first, second, t int, base string, masked bool) {
	a.i("VUNPCKLPD", second, first, t)
	a.i("VUNPCKHPD", second, first, second)
	a.storePairs(t, second, base, masked)
}

// deinterleaveInOrder and interleaveInOrder keep the order. They use t and t+1.
func (a *asm) deinterleaveInOrder(base string, first, second, t int, masked bool) {
	if !a.masks {
		a.deinterleave(base, first, second, t, masked)
		a.inOrder(first, second)
		return
	}
	a.loadPairs(base, t, t+1, masked)
	for i, n := range []int{first, second} {
		a.i("VMOVUPD", fmt.Sprintf("·pairTable+%d(SB)", 64*i), n)
		a.i("VPERMI2PD", t+1, t, n)
	}
}

func (a *asm) interleaveInOrder(first, second, t int, base string, masked bool) {
	if !a.masks {
		a.inOrder(first, second)
		a.interleave(first, second, t, base, masked)
		return
	}
	for i, n := range []int{t, t + 1} {
		a.i("VMOVUPD", fmt.Sprintf("·pairTable+%d(SB)", 64*(2+i)), n)
		a.i("VPERMI2PD", second, first, n)
	}
	a.storePairs(t, t+1, base, masked)
}

// inOrder changes between the order of lanes 0 2 1 3 and 0 1 2 3.
func (a *asm) inOrder(regs ...int) {
	for _, n := range regs {
		a.i("VPERMPD", "$0xd8", n, n)
	}
}

func (a *asm) loadPairs(base string, low, high int, masked bool) {
	a.halves(base, low, high, masked, func(at string, n int) { a.load(at, n, masked) })
}

func (a *asm) storePairs(low, high int, base string, masked bool) {
	a.halves(base, low, high, masked, func(at string, n int) { a.store(n, at, masked) })
}

// halves moves the two registers of pairs at base, each with its mask.
func (a *asm) halves(base string, low, high int, masked bool, move func(at string, n int)) {
	for half, n := range []int{low, high} {
		if masked && a.masks {
			a.maskK = pairMask(half)
		} else if masked {
			a.i("LEAQ", "·lanes(SB)", "AX")
			a.i("VMOVUPD", []string{"(AX)(R13*1)", "(AX)(R14*1)"}[half], maskReg)
		}
		move(mem(half*a.width(), base), n)
	}
	a.maskK = "K1"
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
		a.maskK = pairMask(half)
		a.someLanes(n, "AX")
	}
	a.maskK = "K1"
}

func pairMask(half int) string { return fmt.Sprintf("K%d", 4+half) }
