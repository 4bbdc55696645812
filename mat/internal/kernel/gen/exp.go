package main

import "slices"

// The constants of exp stand in memory, each as wide as the widest register,
// in this order.
var expConstants = []string{"max", "min", "log2e", "toInteger", "ln2Hi", "ln2Lo", "one",
	"half", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11", "c12", "bias", "-Inf"}

// constants loads SI with expTable, and with enough registers all but the last
// of its numbers.
func (a *asm) constants() {
	a.constantsInMemory()
	if !a.masks {
		return
	}
	a.held = true
	for i := range len(expConstants) - 1 {
		a.i("VMOVUPD", mem(64*i, "SI"), firstConstant+i)
	}
}

// constantsInMemory leaves the registers to others.
func (a *asm) constantsInMemory() {
	a.i("MOVQ", "·expTable(SB)", "SI")
	a.held = false
}

const firstConstant = 13

// constant is one of them as an operand.
func (a *asm) constant(name string) any {
	i := slices.Index(expConstants, name)
	if i < 0 {
		panic("no constant " + name)
	}
	if a.held && i < len(expConstants)-1 {
		return firstConstant + i
	}
	return mem(64*i, "SI")
}

// exp sets register 0 to Exp of register 0, operation by operation as the Go
// function has them. It uses registers 1 to 8 and 11, and those of constants.
func (a *asm) exp() {
	get := func(name string, n int) { a.i("VMOVUPD", a.constant(name), n) }
	fma := func(y, x int, add any) { a.i("VFMADD213PD", add, x, y) } // y = x·y + add
	const x, n, t, c, r1, r2, q, p, s, r4 = 0, 1, 2, 3, 4, 5, 6, 7, 8, 11

	a.note("x clamped; a NaN, as the second operand, stays.")
	get("max", n)
	a.i("VMINPD", x, n, x)
	get("min", n)
	a.i("VMAXPD", x, n, x)
	a.note("s = fma(x, 1/ln 2, 1.5·2⁵²), n = s − 1.5·2⁵²")
	a.i("VMOVUPD", x, s)
	get("log2e", n)
	fma(s, n, a.constant("toInteger"))
	a.i("VSUBPD", a.constant("toInteger"), s, n)
	a.note("t = fma(−n, ln2Hi, x), c = n·ln2Lo, r = t − c, r2 = r·r")
	a.i("VMOVUPD", x, t)
	a.i("VFNMADD231PD", a.constant("ln2Hi"), n, t)
	a.i("VMULPD", a.constant("ln2Lo"), n, c)
	a.i("VSUBPD", c, t, r1)
	a.i("VMULPD", r1, r1, r2)
	a.note("expPoly: c, b, c·r4 + b, a, and the whole")
	get("c12", q)
	get("c11", p)
	fma(p, r1, a.constant("c10"))
	fma(q, r2, p)
	get("c7", x)
	fma(x, r1, a.constant("c6"))
	get("c9", p)
	fma(p, r1, a.constant("c8"))
	fma(p, r2, x)
	a.i("VMULPD", r2, r2, r4)
	fma(q, r4, p)
	get("c5", p)
	fma(p, r1, a.constant("c4"))
	get("c3", x)
	fma(x, r1, a.constant("half"))
	fma(p, r2, x)
	fma(q, r4, p)
	a.note("h = 1 + t, l = ((1 − h) + t) − c, y = h + fma(q, r2, l)")
	get("one", p)
	a.i("VADDPD", t, p, x)
	a.i("VSUBPD", x, p, p)
	a.i("VADDPD", t, p, p)
	a.i("VSUBPD", c, p, p)
	fma(q, r2, p)
	a.i("VADDPD", q, x, x)
	if a.masks {
		a.note("y·2ⁿ, rounded once")
		a.i("VSCALEFPD", n, x, x)
		return
	}
	a.note("y·2^⌊n/2⌋·2^(n−⌊n/2⌋); n stands in 64 bits, half of it in the low 32 and the sign in the others")
	a.i("VPSUBQ", a.constant("toInteger"), s, n)
	a.i("VPSRAD", "$1", n, t)
	a.i("VPSUBQ", t, n, n)
	for _, k := range []int{t, n} {
		a.i("VPADDQ", a.constant("bias"), k, k)
		a.i("VPSLLQ", "$52", k, k)
		a.i("VMULPD", k, x, x)
	}
}

// softMax goes along the columns, a register of them at a time, and down the
// rows of each three times. The largest number may lose a NaN that it met: then
// the sum is one.
func softMax(a *asm) {
	const m, sum = 9, 10
	a.fn("softMax", "softMax is softMaxGo.", 0)
	a.constants()
	a.fields("Grid", "Dst R8", "A R9", "DstRow R10", "ARow R11", "Rows R15", "Cols CX")
	a.i("MOVQ", "CX", "DX")
	a.mask("DX", "AX")

	vector, tail, end := a.label("vector"), a.label("tail"), a.label("end")
	down := func(body func()) { // R12 and R13 go down the rows of A and Dst
		row := a.label("row")
		a.i("MOVQ", "R9", "R12")
		a.i("MOVQ", "R8", "R13")
		a.i("MOVQ", "R15", "AX")
		a.at(row)
		body()
		a.i("ADDQ", "R11", "R12")
		a.i("ADDQ", "R10", "R13")
		a.again("AX", row)
	}
	a.along(vector, tail, end, []string{"R8", "R9"}, func(masked bool) {
		a.i("VMOVUPD", a.constant("-Inf"), m)
		down(func() {
			a.load("(R12)", 0, masked)
			a.i("VMAXPD", 0, m, m)
		})
		a.clear(sum, 1)
		down(func() {
			a.load("(R12)", 0, masked)
			a.i("VSUBPD", m, 0, 0)
			a.exp()
			a.store(0, "(R13)", masked)
			a.i("VADDPD", 0, sum, sum)
		})
		down(func() {
			a.load("(R13)", 0, masked)
			a.i("VDIVPD", sum, 0, 0)
			a.store(0, "(R13)", masked)
		})
	})
	a.at(end)
	a.ret()
}
