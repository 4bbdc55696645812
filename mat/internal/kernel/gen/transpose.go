package main

import "fmt"

// panels writes the kernel that copies rows into panels as wide as DstRow, one
// register or a whole tile.
//
// DI the Grid; R8 the row of A, R9 the distance of its rows; R10 the row of the
// first panel, R11 the size of a panel; R13 the current panel and AX the numbers
// of A for it; R15 rows and CX columns that are left.
func panels(a *asm) {
	a.fn("panels", "panels is panelsGo for panels of one register or of a tile's width.", 0)
	a.fields("Grid", "A R8", "ARow R9", "Dst R10", "DstRow R11")
	a.i("MOVQ", "R11", "R12")
	a.i("IMULQ", "Grid_Rows(DI)", "R11")
	a.fields("Grid", "Rows R15", "Cols DX")
	a.mask("DX", "AX")
	row, next, end := a.label("row"), a.label("next"), a.label("end")
	a.jump("R15", "JLE", "$0", end)
	a.at(row)
	a.i("MOVQ", "R8", "AX")
	a.i("MOVQ", "R10", "R13")
	a.i("MOVQ", "Grid_Cols(DI)", "CX")
	single, tiles := a.label("single"), a.label("tiles")
	a.jump("Grid_DstRow(DI)", "JEQ", num(a.lanes), single)

	a.at(tiles)
	rest := a.label("rest")
	w := a.tileV * a.lanes
	a.jump("CX", "JLT", num(w), rest)
	for j := range a.tileV {
		a.load(mem(j*a.width(), "AX"), j, false)
	}
	for j := range a.tileV {
		a.store(j, mem(j*a.width(), "R13"), false)
	}
	a.advance(a.tileV, "AX")
	a.i("ADDQ", "R11", "R13")
	a.left("CX", num(w), "JMP", tiles)
	a.at(rest)
	a.note("In the last panel the registers follow each other.")
	a.i("MOVQ", num(a.width()), "BX")
	part, tail := a.label("part"), a.label("tail")
	a.at(part)
	a.jump("CX", "JLT", num(a.lanes), tail)
	a.load("(AX)", 0, false)
	a.store(0, "(R13)", false)
	a.advance(1, "AX")
	a.i("ADDQ", "BX", "R13")
	a.left("CX", num(a.lanes), "JMP", part)
	a.at(single)
	a.i("MOVQ", "R11", "BX")
	a.i("JMP", part)
	a.at(tail)
	a.jump("CX", "JZ", "$0", next)
	a.load("(AX)", 0, true)
	a.store(0, "(R13)", true)
	a.at(next)
	a.i("ADDQ", "R9", "R8")
	a.i("ADDQ", "R12", "R10")
	a.again("R15", row)
	a.at(end)
	a.ret()
}

// transpose writes the kernel that turns rows into columns, a square block of
// registers at a time.
//
// DI the Grid; R8 the distance of A's rows, R9 three of them; R10 the distance
// of Dst's rows, R11 three of them; SI the block's first row of A, BX its first
// row of Dst; R15 rows and CX columns that are left; R12, R13 the current block.
func transpose(a *asm) {
	a.fn("transpose", "transpose is transposeGo.", 0)
	a.i("MOVQ", "Grid_ARow(DI)", "R8")
	a.i("SHLQ", "$3", "R8")
	a.i("LEAQ", "(R8)(R8*2)", "R9")
	a.i("MOVQ", "Grid_DstRow(DI)", "R10")
	a.i("SHLQ", "$3", "R10")
	a.i("LEAQ", "(R10)(R10*2)", "R11")
	a.fields("Grid", "A SI", "Dst BX", "Rows R15")

	rows, columns, edge, done, next, end := a.label("rows"), a.label("columns"), a.label("edge"), a.label("done"), a.label("next"), a.label("end")
	a.pairs(rows)
	a.at(rows)
	a.jump("R15", "JLE", "$0", end)
	a.i("MOVQ", "SI", "R12")
	a.i("MOVQ", "BX", "R13")
	a.i("MOVQ", "Grid_Cols(DI)", "CX")
	a.at(columns)
	a.jump("CX", "JLE", "$0", next)
	a.jump("R15", "JLT", num(a.lanes), edge)
	a.jump("CX", "JLT", num(a.lanes), edge)

	a.note("A whole block.")
	for i := range a.lanes {
		a.load(a.rowAt(i, "R12", "AX", "R8", "R9"), i, false)
	}
	a.transposeBlock()
	for i := range a.lanes {
		a.store(i, a.rowAt(i, "R13", "AX", "R10", "R11"), false)
	}
	a.i("JMP", done)

	a.at(edge)
	a.note("A block at the edge: the rows and columns that there are.")
	a.upToLanes("CX", "DX")
	loaded := a.label("loaded")
	a.loadEdge(loaded)
	a.transposeBlock()
	a.upToLanes("R15", "DX")
	for i := range a.lanes {
		a.store(i, a.rowAt(i, "R13", "R14", "R10", "R11"), true)
		if i < a.lanes-1 {
			a.jump("CX", "JLE", num(i+1), done)
		}
	}

	a.at(done)
	a.advance(1, "R12")
	a.advanceRows("R13", "R10")
	a.left("CX", num(a.lanes), "JMP", columns)
	a.at(next)
	a.advanceRows("SI", "R8")
	a.advance(1, "BX")
	a.left("R15", num(a.lanes), "JMP", rows)
	a.at(end)
	a.ret()
}

// pairs goes over rows of two numbers without gaps as far as whole registers
// go: points of the plane, and one of two classes.
func (a *asm) pairs(others string) {
	loop := a.label("pairs")
	a.jump("Grid_Cols(DI)", "JNE", "$2", others)
	a.jump("R8", "JNE", "$16", others)
	a.at(loop)
	a.jump("R15", "JLT", num(a.lanes), others)
	a.deinterleaveInOrder("SI", 0, 1, 2, false)
	a.store(0, "(BX)", false)
	a.store(1, "(BX)(R10*1)", false)
	a.advance(2, "SI")
	a.advance(1, "BX")
	a.left("R15", num(a.lanes), "JMP", loop)
}

// upToLanes sets the mask to the first n lanes, all of them if n is more; scratch
// and AX hold others after it.
func (a *asm) upToLanes(n, scratch string) {
	a.i("MOVQ", n, scratch)
	a.i("MOVQ", num(a.lanes), "AX")
	a.i("CMPQ", scratch, "AX")
	a.i("CMOVQGT", "AX", scratch)
	a.someLanes(scratch, "AX")
}

// loadEdge loads a block at the edge, of R15 rows, from R12 on: R8 and R9 are
// one and three of its rows.
func (a *asm) loadEdge(loaded string) {
	for i := range a.lanes {
		a.load(a.rowAt(i, "R12", "R14", "R8", "R9"), i, true)
		if i < a.lanes-1 {
			a.jump("R15", "JLE", num(i+1), loaded)
		}
	}
	a.at(loaded)
}

// rowAt is the place of row i behind base, whose rows stand at a distance of row
// and three rows row3. Before the fifth it writes base and four rows into half.
func (a *asm) rowAt(i int, base, half, row, row3 string) string {
	if i == 4 {
		a.i("LEAQ", "("+base+")("+row+"*4)", half)
	}
	return a.rowOf(i, base, half, row, row3)
}

// rowOf is rowAt where half is known.
func (a *asm) rowOf(i int, base, half, row, row3 string) string {
	if i >= 4 {
		base = half
	}
	switch i % 4 {
	case 0:
		return "(" + base + ")"
	case 3:
		return "(" + base + ")(" + row3 + "*1)"
	}
	return fmt.Sprintf("(%s)(%s*%d)", base, row, i%4)
}

// transposeBlock transposes the block in the first registers, with as many behind them
// as scratch: pairs of rows, then pairs of pairs.
func (a *asm) transposeBlock() {
	n := a.lanes
	for i := 0; i < n; i += 2 {
		a.i("VUNPCKLPD", i+1, i, n+i)
		a.i("VUNPCKHPD", i+1, i, n+i+1)
	}
	if n == 4 {
		for j := range 2 {
			a.i("VPERM2F128", "$0x20", n+2+j, n+j, j)
			a.i("VPERM2F128", "$0x31", n+2+j, n+j, 2+j)
		}
		return
	}
	for j := range 2 { // even and odd columns
		a.i("VSHUFF64X2", "$0x88", 10+j, 8+j, 16+j)
		a.i("VSHUFF64X2", "$0xdd", 10+j, 8+j, 18+j)
		a.i("VSHUFF64X2", "$0x88", 14+j, 12+j, 20+j)
		a.i("VSHUFF64X2", "$0xdd", 14+j, 12+j, 22+j)
	}
	for j := range 2 {
		a.i("VSHUFF64X2", "$0x88", 20+j, 16+j, j)
		a.i("VSHUFF64X2", "$0xdd", 20+j, 16+j, 4+j)
		a.i("VSHUFF64X2", "$0x88", 22+j, 18+j, 2+j)
		a.i("VSHUFF64X2", "$0xdd", 22+j, 18+j, 6+j)
	}
}
