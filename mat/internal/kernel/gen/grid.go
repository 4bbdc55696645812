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
	a.fields("Grid", "Rows R15")
	a.jump("R15", "JLE", "$0", end)
	a.fields("Grid", "Dst R8", "A R9", "B R10", "Cols CX")
	a.mask("CX", "DX")
	a.at(row)
	a.i("XORL", "AX", "AX")
	a.fields("Grid", "Cols CX")
	a.along(vector, tail, next, []string{"AX"}, body)
	a.at(next)
	for _, o := range advance {
		a.i("MOVQ", "Grid_"+o+"Row(DI)", "AX")
		a.i("LEAQ", "("+rowOf[o]+")(AX*8)", rowOf[o])
	}
	a.again("R15", row)
	a.at(end)
}

// along goes along CX numbers, the pointers with it: body handles one register,
// which the last time, masked, is not full. It ends at end, or before it.
func (a *asm) along(vector, tail, end string, pointers []string, body func(masked bool)) {
	a.left("CX", num(a.lanes), "JLT", tail)
	a.at(vector)
	body(false)
	a.advance(1, pointers...)
	a.left("CX", num(a.lanes), "JGE", vector)
	a.at(tail)
	a.i("ADDQ", num(a.lanes), "CX")
	a.i("JZ", end)
	body(true)
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
		a.i("KMOVW", scratch, a.maskK)
		return
	}
	a.i("LEAQ", "·lanes(SB)", scratch)
	a.i("SHLQ", "$5", n)
	a.i("VMOVUPD", "("+scratch+")("+n+"*1)", maskReg)
}

// lastLanes sets n to the lanes of the last register for CX numbers, 1 at least:
// 1 + (CX − 1) modulo the lanes.
func (a *asm) lastLanes(n string) {
	a.i("LEAQ", "-1(CX)", n)
	a.i("ANDQ", num(a.lanes-1), n)
	a.i("INCQ", n)
}

// Registers of constants, below the mask's.
const zeroReg, spreadReg = 14, 13

// spread fills a register with one number of the Grid.
func (a *asm) spread(from string, n int) { a.i("VBROADCASTSD", from, n) }

// keepWhere clears the lanes of x in which "y predicate z" does not hold.
func (a *asm) keepWhere(x int, predicate string, y, z int) {
	if a.masks {
		a.i("VCMPPD", predicate, z, y, "K2")
		a.i("VMOVUPD.Z", x, "K2", x)
		return
	}
	a.i("VCMPPD", predicate, z, y, zeroReg-2)
	a.i("VANDPD", zeroReg-2, x, x)
}

// Predicates of VCMPPD, quiet ones.
const (
	notLessEqual = "$22" // or unordered
	greater      = "$30"
	less         = "$17"
)

// An element is a kernel that does one thing with each number, or each two.
type element struct {
	name, doc string
	before    func()
	advance   []string // the operands that have more rows than one
	load      []string // the operands in registers 0 and 1
	body      func()
	result    int // the register that goes to Dst
}

func elements(a *asm) {
	clearZero := func() { a.clear(zeroReg, 1) }
	spreadX := func() { a.spread("Grid_X(DI)", spreadReg) }
	a.element(element{"exp", "exp is expGo.", a.constants, []string{"Dst", "A"}, []string{"A"}, a.exp, 0})
	softMax(a)
	a.element(element{"addRow", "addRow is addRowGo.", nil, []string{"Dst", "A"}, []string{"A", "B"}, func() {
		a.i("VADDPD", 1, 0, 0)
	}, 0})
	a.element(element{"relu", "relu is reluGo: a NaN is not ≤ 0 and stays, −0 is and becomes +0.", clearZero, []string{"Dst", "A"}, []string{"A"}, func() {
		a.keepWhere(0, notLessEqual, 0, zeroReg)
	}, 0})
	a.element(element{"reluGrad", "reluGrad is reluGradGo.", clearZero, []string{"Dst", "A", "B"}, []string{"A", "B"}, func() {
		a.keepWhere(0, greater, 1, zeroReg)
	}, 0})
	a.element(element{"subDiv", "subDiv is subDivGo.", spreadX, []string{"Dst", "A", "B"}, []string{"A", "B"}, func() {
		a.i("VSUBPD", 1, 0, 0)
		a.i("VDIVPD", spreadReg, 0, 0)
	}, 0})
	a.element(element{"step", "step is stepGo: the product rounded, then the difference.", spreadX, []string{"Dst", "A"}, []string{"A", "Dst"}, func() {
		a.i("VMULPD", spreadReg, 0, 0)
		a.i("VSUBPD", 0, 1, 1)
	}, 1})
	within(a)
	sumRows(a)
}

func (a *asm) element(e element) {
	a.fn(e.name, e.doc, 0)
	if e.before != nil {
		e.before()
	}
	a.each(e.advance, func(masked bool) {
		for n, operand := range e.load {
			a.load(operandAt(operand), n, masked)
		}
		e.body()
		a.store(e.result, operandAt("Dst"), masked)
	})
	a.ret()
}

// within collects the lanes that are not within the limit; masked lanes are 0,
// which is within any limit that another number can keep.
func within(a *asm) {
	a.fn("within", "within is withinGo.", 0)
	a.spread("Grid_X(DI)", spreadReg)
	a.i("MOVQ", "$0x7fffffffffffffff", "AX")
	a.i("VMOVQ", "AX", "X11")
	a.i("VBROADCASTSD", "X11", 11)
	if a.masks {
		a.i("KXORW", "K3", "K3", "K3")
	} else {
		a.clear(10, 1)
	}
	a.each([]string{"A"}, func(masked bool) {
		a.load(operandAt("A"), 0, masked)
		a.i("VANDPD", 11, 0, 0)
		if a.masks {
			a.i("VCMPPD", notLessEqual, spreadReg, 0, "K2")
			a.i("KORW", "K2", "K3", "K3")
		} else {
			a.i("VCMPPD", notLessEqual, spreadReg, 0, 0)
			a.i("VORPD", 0, 10, 10)
		}
	})
	if a.masks {
		a.i("KMOVW", "K3", "AX")
	} else {
		a.i("VMOVMSKPD", 10, "AX")
	}
	a.i("TESTL", "AX", "AX")
	a.i("SETEQ", "ret+8(FP)")
	a.ret()
}

// sumRows holds the sums of up to four registers of columns while it goes down
// the rows.
func sumRows(a *asm) {
	const most = 4
	a.fn("sumRows", "sumRows is sumRowsGo.", 0)
	a.fields("Grid", "Dst R8", "A R9", "ARow R11", "Cols CX")
	columns, next, end := a.label("columns"), a.label("next"), a.label("end")
	var start [most + 1]string
	for v := range start {
		start[v] = a.label("registers")
	}
	a.at(columns)
	a.jump("CX", "JLE", "$0", end)
	a.note("The lanes of the last register: 1 + (columns − 1) modulo the lanes, or all.")
	a.i("MOVQ", num(a.lanes), "DX")
	a.i("CMPQ", "CX", num(most*a.lanes))
	few := a.label("few")
	a.i("JGE", few)
	a.lastLanes("DX")
	a.at(few)
	a.someLanes("DX", "AX")
	for v := most; v > 1; v-- {
		a.jump("CX", "JGT", num((v-1)*a.lanes), start[v])
	}
	for v := 1; v <= most; v++ {
		a.at(start[v])
		cut := func(j int) bool { return j == v-1 }
		fresh, row, done := a.label("fresh"), a.label("row"), a.label("done")
		a.clear(0, v)
		a.unless("Grid_On", fresh)
		for j := range v {
			a.load(mem(j*a.width(), "R8"), j, cut(j))
		}
		a.at(fresh)
		a.i("MOVQ", "R9", "BX")
		a.i("MOVQ", "Grid_Rows(DI)", "R15")
		a.jump("R15", "JLE", "$0", done)
		a.at(row)
		for j := range v {
			if cut(j) {
				a.load(mem(j*a.width(), "BX"), most, true)
				a.i("VADDPD", most, j, j)
			} else {
				a.i("VADDPD", mem(j*a.width(), "BX"), j, j)
			}
		}
		a.i("ADDQ", "R11", "BX")
		a.again("R15", row)
		a.at(done)
		for j := range v {
			a.store(j, mem(j*a.width(), "R8"), cut(j))
		}
		if v < most {
			a.i("JMP", end)
		}
	}
	a.at(next)
	a.advance(most, "R8", "R9")
	a.left("CX", num(most*a.lanes), "JMP", columns)
	a.at(end)
	a.ret()
}
