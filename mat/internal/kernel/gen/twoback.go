package main

import "fmt"

// units goes along the hidden units, most registers of them at a time, and in
// the end, masked, what is left. R8 and R11 are where they begin in W and U, R9
// and BX in DW and DU where these are wanted; CX counts those left.
func (a *asm) units(most int, grads bool, body func(v int, masked bool)) {
	a.i("MOVQ", "Two_Units(DI)", "R10")
	a.i("MOVQ", "R10", "CX")
	a.i("SHLQ", "$3", "R10")
	a.fields("Two", "W R8", "U R11")
	if grads {
		a.fields("Two", "DW R9", "DU BX")
	}
	group, left, end := a.label("group"), a.label("left"), a.label("end")
	a.at(group)
	a.jump("CX", "JLT", num(most*a.lanes), left)
	body(most, false)
	a.advance(most, "R8")
	a.advance(2*most, "R11")
	if grads {
		a.advance(most, "R9")
		a.advance(2*most, "BX")
	}
	a.left("CX", num(most*a.lanes), "JMP", group)
	a.at(left)
	a.jump("CX", "JZ", "$0", end)
	a.note("The lanes of the last register: 1 + (units − 1) modulo the lanes.")
	a.lastLanes("R14")
	if a.masks {
		a.i("MOVQ", "R14", "R13")
		a.someLanes("R13", "AX")
	}
	a.pairMasks("R14")
	if most == 2 {
		one := a.label("one")
		a.jump("CX", "JLE", num(a.lanes), one)
		body(2, true)
		a.i("JMP", end)
		a.at(one)
	}
	body(1, true)
	a.at(end)
}

// unitMask has the units' mask ready: AVX2 has only one register for it and for
// those of pairs.
func (a *asm) unitMask(masked bool) {
	if masked && !a.masks {
		a.i("MOVQ", "CX", "AX")
		a.someLanes("AX", "DX")
	}
}

// A unitRegs are the registers of v registers of units: of the three rows of W
// or DW and the two columns of U or DU.
type unitRegs struct{ w0, w1, w2, ua, ub int }

// transfer reads or writes them; t and t+1 are scratch.
func (a *asm) transfer(read bool, u unitRegs, v int, masked bool, w, p string, t int) {
	a.unitMask(masked)
	cut := func(j int) bool { return masked && j == v-1 }
	move := func(at string, n int, masked bool) { a.store(n, at, masked) }
	pairs := func(at string, j int) { a.interleaveInOrder(u.ua+j, u.ub+j, t, at, cut(j)) }
	if read {
		move = a.load
		pairs = func(at string, j int) { a.deinterleaveInOrder(at, u.ua+j, u.ub+j, t, cut(j)) }
	}
	for k, n := range []int{u.w0, u.w1, u.w2} {
		for j := range v {
			at := fmt.Sprintf("%d(%s)(R10*%d)", j*a.width(), w, k)
			if k == 0 {
				at = mem(j*a.width(), w)
			}
			move(at, n+j, cut(j))
		}
	}
	pairs(p, 0)
	for j := 1; j < v; j++ {
		a.i("LEAQ", mem(2*j*a.width(), p), "DX")
		pairs("DX", j)
	}
}

// biases has the place of U's or DU's last row in AX.
func (a *asm) biases(field string) {
	a.i("MOVQ", "Two_Units(DI)", "AX")
	a.i("SHLQ", "$4", "AX")
	a.i("ADDQ", "Two_"+field+"(DI)", "AX")
}

// twoBackward has the weights of its units and the chains of their gradients in
// registers and goes down the samples: R12 x, DX dz; R15 samples left.
func twoBackward(a *asm) {
	most := 1
	if a.masks {
		most = 2
	}
	a.fn("twoBackward", "twoBackward is twoBackwardGo.", 0)
	a.units(most, true, a.twoUnits)
	a.ret()
}

func (a *asm) twoUnits(v int, masked bool) {
	n := 0
	alloc := func(k int) int { n += k; return n - k }
	regs := func() unitRegs { return unitRegs{alloc(v), alloc(v), alloc(v), alloc(v), alloc(v)} }
	w, d := regs(), regs()
	da, db := alloc(1), alloc(1) // gradients of the classes' biases
	h, dh, t, zero := alloc(v), alloc(v), alloc(1), 31
	each := a.eachOf(v)
	a.transfer(true, w, v, masked, "R8", "R11", t)
	a.clear(d.w0, db+1-d.w0)
	fresh, row := a.label("fresh"), a.label("row")
	a.unless("Two_On", fresh)
	a.transfer(true, d, v, masked, "R9", "BX", t)
	a.biases("DU")
	a.spread("(AX)", da)
	a.spread("8(AX)", db)
	a.at(fresh)
	if a.masks {
		a.clear(zero, 1)
	}
	a.fields("Two", "X R12", "Z DX", "Rows R15")

	a.at(row)
	a.clear(h, v)
	a.spread("(R12)", t)
	each("VFMADD231PD", t, w.w0, h)
	a.spread("8(R12)", t)
	each("VFMADD231PD", t, w.w1, h)
	for j := range v {
		a.i("VADDPD", w.w2+j, h+j, h+j)
	}
	for j := range v {
		a.alive(h+j, zero, dh, j)
	}
	a.clear(dh, v)
	a.spread("(DX)", t)
	each("VFMADD231PD", t, w.ua, dh)
	each("VFMADD231PD", t, h, d.ua)
	a.i("VADDPD", t, da, da)
	a.spread("8(DX)", t)
	each("VFMADD231PD", t, w.ub, dh)
	each("VFMADD231PD", t, h, d.ub)
	a.i("VADDPD", t, db, db)
	for j := range v {
		a.whereAlive(dh+j, h+j, t, j)
	}
	a.spread("(R12)", t)
	each("VFMADD231PD", t, dh, d.w0)
	a.spread("8(R12)", t)
	each("VFMADD231PD", t, dh, d.w1)
	for j := range v {
		a.i("VADDPD", dh+j, d.w2+j, d.w2+j)
	}
	a.i("ADDQ", "$16", "R12")
	a.i("ADDQ", "$16", "DX")
	a.again("R15", row)

	a.transfer(false, d, v, masked, "R9", "BX", t)
	more := a.label("more")
	a.jump("CX", "JGT", num(v*a.lanes), more)
	a.biases("DU")
	a.i("VMOVSD", fmt.Sprintf("X%d", da), "(AX)")
	a.i("VMOVSD", fmt.Sprintf("X%d", db), "8(AX)")
	a.at(more)
}

// alive clears a unit where it is not above 0, and whereAlive what belongs to
// it: by mask K2 or K3, or with a scratch register t.
func (a *asm) alive(h, zero, t, j int) {
	if a.masks {
		a.i("VCMPPD", greater, zero, h, fmt.Sprintf("K%d", 2+j))
	}
	a.whereAlive(h, h, t, j)
}

func (a *asm) whereAlive(x, h, t, j int) {
	if a.masks {
		a.i("VMOVAPD.Z", x, fmt.Sprintf("K%d", 2+j), x)
		return
	}
	a.clear(t, 1)
	a.i("VCMPPD", greater, t, h, t)
	a.i("VANDPD", t, x, x)
}

// twoStep takes one sample forward and, while dz stands in two registers, the
// units back and a step down. It waits for one operation after the other, which
// wider registers make longer: there is none for AVX-512.
func twoStep(a *asm) {
	if a.masks {
		return
	}
	g := a.logitRegs()
	a.fn("twoStep", "twoStep is twoStepGo.", 0)
	a.constantsInMemory()
	a.fields("Two", "Units R10")
	a.i("SHLQ", "$3", "R10")
	a.fields("Two", "X R12")
	a.spread("(R12)", g.x0)
	a.spread("8(R12)", g.x1)
	a.logits(1)
	a.probabilities(g.za, g.zb)
	a.i("MOVQ", "Two_Y(DI)", "R9")
	for c, p := range []int{probA, probB} {
		a.spread(mem(8*c, "R9"), 1)
		a.i("VSUBPD", 1, p, p)
	}

	// Registers 0 to 4 the weights, t and t+1 scratch.
	w := unitRegs{0, 1, 2, 3, 4}
	const h, dh, t, x0, x1, rate, bad = 5, 6, 7, 11, 12, 13, 14
	a.i("MOVQ", "Two_X(DI)", "R12")
	a.spread("(R12)", x0)
	a.spread("8(R12)", x1)
	a.spread("Two_Rate(DI)", rate)
	a.clear(bad, 1)
	// down takes weight n down the gradient in t.
	down := func(n int) {
		a.i("VMULPD", rate, t, t)
		a.i("VSUBPD", t, n, n)
	}
	// check notes what is not within the limit.
	check := func(n int) {
		a.i("VANDPD", "·absTable(SB)", n, t)
		a.spread("Two_Limit(DI)", t+1)
		a.i("VCMPPD", notLessEqual, t+1, t, t)
		a.i("VORPD", t, bad, bad)
	}
	a.units(1, false, func(_ int, masked bool) {
		a.transfer(true, w, 1, masked, "R8", "R11", t)
		a.clear(h, 1)
		a.i("VFMADD231PD", x0, w.w0, h)
		a.i("VFMADD231PD", x1, w.w1, h)
		a.i("VADDPD", w.w2, h, h)
		a.clear(t, 1)
		a.alive(h, t, t, 0)
		a.clear(dh, 1)
		a.i("VFMADD231PD", probA, w.ua, dh)
		a.i("VFMADD231PD", probB, w.ub, dh)
		a.whereAlive(dh, h, t, 0)
		for _, f := range [][3]int{{w.w0, dh, x0}, {w.w1, dh, x1}, {w.ua, h, probA}, {w.ub, h, probB}} {
			a.clear(t, 1)
			a.i("VFMADD231PD", f[1], f[2], t)
			down(f[0])
		}
		a.clear(t, 1)
		a.i("VADDPD", dh, t, t)
		down(w.w2)
		for n := w.w0; n <= w.ub; n++ {
			check(n)
		}
		a.transfer(false, w, 1, masked, "R8", "R11", t)
	})
	a.note("The biases of the classes.")
	a.biases("U")
	for c, p := range []int{probA, probB} {
		a.i("VMOVSD", mem(8*c, "AX"), "X0")
		a.clear(t, 1)
		a.i("VADDPD", p, t, t)
		down(0)
		a.i("VMOVSD", "X0", mem(8*c, "AX"))
		a.i("VMOVQ", "X0", "X0")
		check(0)
	}
	a.i("VMOVMSKPD", bad, "AX")
	a.i("TESTL", "AX", "AX")
	a.i("SETEQ", "ret+8(FP)")
	a.ret()
}
