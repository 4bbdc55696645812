package main

// The operations on elements share their loops: over the rows of a Grid, and
// along a row one register at a time, the last one masked.
//
// DI the Grid; R8, R9, R10 the rows of Dst, A and B; AX the offset in the row,
// CX the numbers left in it; R15 the rows left.

var rowOf = map[string]string{"Dst": "R8", "A": "R9", "B": "R10"}

// operandAt is the place of an operand's current numbers.
func operandAt(operand string) string { return "(" + rowOf[operand] + ")(AX*1)" }

// each writes the loops around body, which handles one register; operands that
// advance from row to row are listed.
func (a *asm) each(advance []string, body func(masked bool)) {
	row, vector, tail, next, end := a.label("row"), a.label("vector"), a.label("tail"), a.label("next"), a.label("end")
	a.i("MOVQ", "Grid_Rows(DI)", "R15")
	a.i("TESTQ", "R15", "R15")
	a.i("JLE", end)
	for _, o := range []string{"Dst", "A", "B"} {
		a.i("MOVQ", "Grid_"+o+"(DI)", rowOf[o])
	}
	a.i("MOVQ", "Grid_Cols(DI)", "CX")
	a.mask("CX", "DX")
	a.at(row)
	a.i("XORL", "AX", "AX")
	a.i("MOVQ", "Grid_Cols(DI)", "CX")
	a.i("SUBQ", num(a.lanes), "CX")
	a.i("JLT", tail)
	a.at(vector)
	body(false)
	a.i("ADDQ", num(a.width()), "AX")
	a.i("SUBQ", num(a.lanes), "CX")
	a.i("JGE", vector)
	a.at(tail)
	a.i("ADDQ", num(a.lanes), "CX")
	a.i("JZ", next)
	body(true)
	a.at(next)
	for _, o := range advance {
		a.i("MOVQ", "Grid_"+o+"Row(DI)", "AX")
		a.i("LEAQ", "("+rowOf[o]+")(AX*8)", rowOf[o])
	}
	a.i("DECQ", "R15")
	a.i("JNZ", row)
	a.at(end)
}

// mask sets the mask to the first n lanes, n modulo the lanes; it destroys n.
func (a *asm) mask(n, scratch string) {
	a.i("ANDQ", num(a.lanes-1), n)
	a.someLanes(n, scratch)
}

// someLanes sets the mask to the first n lanes; it destroys n.
func (a *asm) someLanes(n, scratch string) {
	if a.masks {
		a.i("MOVL", "$1", scratch)
		a.i("SHLXL", n, scratch, scratch)
		a.i("DECL", scratch)
		a.i("KMOVW", scratch, "K1")
		return
	}
	a.i("LEAQ", "·lanes(SB)", scratch)
	a.i("SHLQ", "$5", n)
	a.i("VMOVUPD", "("+scratch+")("+n+"*1)", a.reg(maskReg))
}

// Registers of constants, below the mask's.
const zeroReg, spreadReg = 14, 13

// spread fills a register with one number of the Grid.
func (a *asm) spread(from string, n int) { a.i("VBROADCASTSD", from, a.reg(n)) }

// keepWhere clears the lanes of x in which "y predicate z" does not hold.
func (a *asm) keepWhere(x int, predicate string, y, z int) {
	if a.masks {
		a.i("VCMPPD", predicate, a.reg(z), a.reg(y), "K2")
		a.i("VMOVUPD.Z", a.reg(x), "K2", a.reg(x))
		return
	}
	a.i("VCMPPD", predicate, a.reg(z), a.reg(y), a.reg(zeroReg-2))
	a.i("VANDPD", a.reg(zeroReg-2), a.reg(x), a.reg(x))
}

// Predicates of VCMPPD, quiet ones.
const (
	notLessEqual = "$22" // or unordered
	greater      = "$30"
	less         = "$17"
)

func elements(a *asm) {
	a.fn("addRow", "addRow is addRowGo.", 0, 8)
	a.i("MOVQ", "grid+0(FP)", "DI")
	a.each([]string{"Dst", "A"}, func(masked bool) {
		a.load(operandAt("A"), 0, masked)
		a.load(operandAt("B"), 1, masked)
		a.i("VADDPD", a.reg(1), a.reg(0), a.reg(0))
		a.store(0, operandAt("Dst"), masked)
	})
	a.ret()

	a.fn("relu", "relu is reluGo: a NaN is not ≤ 0 and stays, −0 is and becomes +0.", 0, 8)
	a.i("MOVQ", "grid+0(FP)", "DI")
	a.clear(zeroReg)
	a.each([]string{"Dst", "A"}, func(masked bool) {
		a.load(operandAt("A"), 0, masked)
		a.keepWhere(0, notLessEqual, 0, zeroReg)
		a.store(0, operandAt("Dst"), masked)
	})
	a.ret()

	a.fn("reluGrad", "reluGrad is reluGradGo.", 0, 8)
	a.i("MOVQ", "grid+0(FP)", "DI")
	a.clear(zeroReg)
	a.each([]string{"Dst", "A", "B"}, func(masked bool) {
		a.load(operandAt("A"), 0, masked)
		a.load(operandAt("B"), 1, masked)
		a.keepWhere(0, greater, 1, zeroReg)
		a.store(0, operandAt("Dst"), masked)
	})
	a.ret()

	a.fn("subDiv", "subDiv is subDivGo.", 0, 8)
	a.i("MOVQ", "grid+0(FP)", "DI")
	a.spread("Grid_X(DI)", spreadReg)
	a.each([]string{"Dst", "A", "B"}, func(masked bool) {
		a.load(operandAt("A"), 0, masked)
		a.load(operandAt("B"), 1, masked)
		a.i("VSUBPD", a.reg(1), a.reg(0), a.reg(0))
		a.i("VDIVPD", a.reg(spreadReg), a.reg(0), a.reg(0))
		a.store(0, operandAt("Dst"), masked)
	})
	a.ret()

	a.fn("step", "step is stepGo: the product rounded, then the difference.", 0, 8)
	a.i("MOVQ", "grid+0(FP)", "DI")
	a.spread("Grid_X(DI)", spreadReg)
	a.each([]string{"Dst", "A"}, func(masked bool) {
		a.load(operandAt("A"), 0, masked)
		a.load(operandAt("Dst"), 1, masked)
		a.i("VMULPD", a.reg(spreadReg), a.reg(0), a.reg(0))
		a.i("VSUBPD", a.reg(0), a.reg(1), a.reg(1))
		a.store(1, operandAt("Dst"), masked)
	})
	a.ret()

	within(a)
	sumRows(a)
}

// within collects the lanes that are not within the limit; masked lanes are 0,
// which is within any limit that another number can keep.
func within(a *asm) {
	a.fn("within", "within is withinGo.", 0, 9)
	a.i("MOVQ", "grid+0(FP)", "DI")
	a.spread("Grid_X(DI)", spreadReg)
	a.i("MOVQ", "$0x7fffffffffffffff", "AX")
	a.i("VMOVQ", "AX", "X11")
	a.i("VBROADCASTSD", "X11", a.reg(11))
	if a.masks {
		a.i("KXORW", "K3", "K3", "K3")
	} else {
		a.clear(10)
	}
	a.each([]string{"A"}, func(masked bool) {
		a.load(operandAt("A"), 0, masked)
		a.i("VANDPD", a.reg(11), a.reg(0), a.reg(0))
		if a.masks {
			a.i("VCMPPD", notLessEqual, a.reg(spreadReg), a.reg(0), "K2")
			a.i("KORW", "K2", "K3", "K3")
		} else {
			a.i("VCMPPD", notLessEqual, a.reg(spreadReg), a.reg(0), a.reg(0))
			a.i("VORPD", a.reg(0), a.reg(10), a.reg(10))
		}
	})
	if a.masks {
		a.i("KMOVW", "K3", "AX")
	} else {
		a.i("VMOVMSKPD", a.reg(10), "AX")
	}
	a.i("TESTL", "AX", "AX")
	a.i("SETEQ", "ret+8(FP)")
	a.ret()
}

// sumRows holds the sums of up to four registers of columns while it goes down
// the rows.
func sumRows(a *asm) {
	const most = 4
	a.fn("sumRows", "sumRows is sumRowsGo.", 0, 8)
	a.i("MOVQ", "grid+0(FP)", "DI")
	a.i("MOVQ", "Grid_Dst(DI)", "R8")
	a.i("MOVQ", "Grid_A(DI)", "R9")
	a.i("MOVQ", "Grid_ARow(DI)", "R11")
	a.i("SHLQ", "$3", "R11")
	a.i("MOVQ", "Grid_Cols(DI)", "CX")
	columns, next, end := a.label("columns"), a.label("next"), a.label("end")
	var start [most + 1]string
	for v := range start {
		start[v] = a.label("registers")
	}
	a.at(columns)
	a.i("TESTQ", "CX", "CX")
	a.i("JLE", end)
	a.note("The lanes of the last register: 1 + (columns − 1) modulo the lanes, or all.")
	a.i("MOVQ", num(a.lanes), "DX")
	a.i("CMPQ", "CX", num(most*a.lanes))
	few := a.label("few")
	a.i("JGE", few)
	a.i("LEAQ", "-1(CX)", "DX")
	a.i("ANDQ", num(a.lanes-1), "DX")
	a.i("INCQ", "DX")
	a.at(few)
	a.someLanes("DX", "AX")
	for v := most; v > 1; v-- {
		a.i("CMPQ", "CX", num((v-1)*a.lanes))
		a.i("JGT", start[v])
	}
	for v := 1; v <= most; v++ {
		a.at(start[v])
		cut := func(j int) bool { return j == v-1 }
		fresh, row, done := a.label("fresh"), a.label("row"), a.label("done")
		for j := range v {
			a.clear(j)
		}
		a.i("CMPB", "Grid_On(DI)", "$0")
		a.i("JEQ", fresh)
		for j := range v {
			a.load(mem(j*a.width(), "R8"), j, cut(j))
		}
		a.at(fresh)
		a.i("MOVQ", "R9", "BX")
		a.i("MOVQ", "Grid_Rows(DI)", "R15")
		a.i("TESTQ", "R15", "R15")
		a.i("JLE", done)
		a.at(row)
		for j := range v {
			if cut(j) {
				a.load(mem(j*a.width(), "BX"), most, true)
				a.i("VADDPD", a.reg(most), a.reg(j), a.reg(j))
			} else {
				a.i("VADDPD", mem(j*a.width(), "BX"), a.reg(j), a.reg(j))
			}
		}
		a.i("ADDQ", "R11", "BX")
		a.i("DECQ", "R15")
		a.i("JNZ", row)
		a.at(done)
		for j := range v {
			a.store(j, mem(j*a.width(), "R8"), cut(j))
		}
		if v < most {
			a.i("JMP", end)
		}
	}
	a.at(next)
	a.i("ADDQ", num(most*a.width()), "R8")
	a.i("ADDQ", num(most*a.width()), "R9")
	a.i("SUBQ", num(most*a.lanes), "CX")
	a.i("JMP", columns)
	a.at(end)
	a.ret()
}
