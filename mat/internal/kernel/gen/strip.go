package main

import (
	"fmt"
	"slices"
)

// strip writes the product's kernel. A tile of rows×registers chains stands in
// registers while k runs; a row of B is loaded once a step, an element of A is
// spread over the lanes and met with it.
//
// The registers: DI the arguments, SI the tile's first row of A, BX the
// panel's of B, DX the tile's first element of C. R8 and R9 one and three rows
// of A, R10 a column of A, R11 a row of B, R12 a row of C, all in bytes. R15
// rows and CX columns that are left, AX, R13, R14 and the frame what a tile
// needs.
func strip(a *asm) {
	a.fn("strip", "strip is strip.run.", 24)
	a.fields("strip", "aRow R8", "aCol R10", "bRow R11", "cRow R12")
	a.i("LEAQ", "(R8)(R8*2)", "R9")
	a.fields("strip", "a SI", "m R15", "c AX")
	a.i("MOVQ", "AX", "c-24(SP)")
	a.tailMask()
	rows := []int{8, 4, 3, 2, 1}
	rows = rows[slices.Index(rows, a.tileM):]
	next, done := a.label("rows"), a.label("done")
	starts := map[int]string{}
	for _, r := range rows {
		starts[r] = a.label(fmt.Sprintf("rows%dx", r))
	}
	a.at(next)
	for _, r := range rows {
		a.jump("R15", "JGE", num(r), starts[r])
	}
	a.i("JMP", done)
	for _, r := range rows {
		a.raw("\n")
		a.at(starts[r])
		a.fields("strip", "b BX")
		a.i("MOVQ", "c-24(SP)", "DX")
		a.fields("strip", "n CX")
		a.rowOfTiles(r)
		a.note(fmt.Sprintf("On by %d rows.", r))
		a.i("MOVQ", "R12", "AX")
		a.i("IMULQ", num(r), "AX")
		a.i("ADDQ", "AX", "c-24(SP)")
		if r == a.tileM {
			a.fields("strip", "aTile AX")
		} else {
			a.i("MOVQ", "R8", "AX")
			a.i("IMULQ", num(r), "AX")
		}
		a.i("ADDQ", "AX", "SI")
		a.left("R15", num(r), "JMP", next)
	}
	a.at(done)
	a.ret()
}

// tailMask prepares the mask for the last columns.
func (a *asm) tailMask() {
	a.fields("strip", "n CX")
	if a.masks {
		a.note("K2 all lanes, K3 those of what is left after whole registers.")
		a.i("ANDQ", num(a.lanes-1), "CX")
		a.i("MOVL", "$1", "AX")
		a.i("SHLL", "CX", "AX")
		a.i("DECL", "AX")
		a.i("KMOVW", "AX", "K3")
		a.i("MOVL", "$255", "AX")
		a.i("KMOVW", "AX", "K2")
		return
	}
	a.i("ANDQ", num(a.lanes-1), "CX")
	a.i("LEAQ", "·lanes(SB)", "AX")
	a.i("SHLQ", "$5", "CX")
	a.i("ADDQ", "CX", "AX")
	a.i("MOVQ", "AX", "mask-8(SP)")
}

// rowOfTiles goes along the columns of r rows.
func (a *asm) rowOfTiles(r int) {
	panel, end := a.label("columns"), a.label("end")
	w := a.lanes * a.tileV
	a.at(panel)
	if a.masks {
		whole, last := a.label("whole"), a.label("last")
		var v [4]string
		for i := range v {
			v[i] = a.label("registers")
		}
		a.note("More than three registers and up to four: two and two keep the FMAs busier,")
		a.note("where B is not packed in panels of three.")
		a.i("KMOVW", "K2", "K1")
		a.jump("CX", "JGT", num(4*a.lanes), v[3])
		a.jump("CX", "JEQ", num(w), v[3])
		a.i("JLT", last)
		a.jump("strip_bPanel(DI)", "JEQ", num(w), v[2])
		a.i("JMP", v[3])
		a.at(last)
		a.i("TESTQ", num(a.lanes-1), "CX")
		a.i("JZ", whole)
		a.i("KMOVW", "K3", "K1")
		a.at(whole)
		a.jump("CX", "JGT", num(2*a.lanes), v[3])
		a.jump("CX", "JGT", num(a.lanes), v[2])
		for i := 1; i <= 3; i++ {
			a.at(v[i])
			a.tile(r, i, true)
			switch i {
			case 1:
				a.i("JMP", end)
			case 2:
				a.advance(2, "BX", "DX")
				a.left("CX", num(2*a.lanes), "JG", panel)
				a.i("JMP", end)
			}
		}
		a.i("MOVQ", "strip_bPanel(DI)", "AX")
		a.i("LEAQ", "(BX)(AX*8)", "BX")
		a.advance(a.tileV, "DX")
		a.left("CX", num(w), "JG", panel)
		a.at(end)
		return
	}
	for v := a.tileV; v >= 1; v-- {
		less := a.label("less")
		a.jump("CX", "JLT", num(v*a.lanes), less)
		a.tile(r, v, false)
		a.advance(v, "DX")
		if v == a.tileV {
			a.i("MOVQ", "strip_bPanel(DI)", "AX")
			a.i("LEAQ", "(BX)(AX*8)", "BX")
		} else {
			a.advance(v, "BX")
		}
		a.i("SUBQ", num(v*a.lanes), "CX")
		if v == a.tileV {
			a.i("JMP", panel)
		}
		a.at(less)
	}
	a.jump("CX", "JZ", "$0", end)
	a.i("MOVQ", "mask-8(SP)", "AX")
	a.i("VMOVUPD", "(AX)", maskReg)
	a.tile(r, 1, true)
	a.at(end)
}

// tile runs the k chains of r rows and v registers; masked cuts off the last
// register at the end of the row.
func (a *asm) tile(r, v int, masked bool) {
	acc := func(i, j int) int { return i*v + j }
	firstB := a.tileM * a.tileV
	spread := firstB + v
	spreads := 1
	if a.masks {
		firstB, spread, spreads = 24, 27, 4
	} else if masked {
		firstB, spread = 12, 13
	}
	cut := func(j int) bool { return masked && j == v-1 }

	a.note(fmt.Sprintf("%d×%d chains.", r, v*a.lanes))
	fresh, loop := a.label("fresh"), a.label("k")
	a.clear(0, r*v)
	a.unless("strip_on", fresh)
	a.i("MOVQ", "DX", "R13")
	a.rows(r, func(i int) {
		for j := range v {
			a.load(mem(j*a.width(), "R13"), acc(i, j), cut(j))
		}
	})
	a.at(fresh)
	if r == a.tileM && v == a.tileV {
		a.fetchAhead(r, v)
	}
	a.i("MOVQ", "BX", "AX")
	a.i("MOVQ", "SI", "R13")
	if r > 4 {
		a.i("LEAQ", "(SI)(R8*4)", "R14")
	}
	a.i("MOVQ", "CX", "left-16(SP)")
	a.i("MOVQ", "strip_k(DI)", "CX")
	a.at(loop)
	for j := range v {
		a.load(mem(j*a.width(), "AX"), firstB+j, cut(j))
	}
	a.i("ADDQ", "R11", "AX")
	for i := range r {
		x := spread + i%spreads
		a.i("VBROADCASTSD", a.rowOf(i, "R13", "R14", "R8", "R9"), x)
		for j := range v {
			a.i("VFMADD231PD", x, firstB+j, acc(i, j))
		}
	}
	a.i("ADDQ", "R10", "R13")
	if r > 4 {
		a.i("ADDQ", "R10", "R14")
	}
	a.again("CX", loop)
	a.i("MOVQ", "left-16(SP)", "CX")
	a.endings(r, v, masked)
	a.i("MOVQ", "DX", "R13")
	a.rows(r, func(i int) {
		for j := range v {
			a.store(acc(i, j), mem(j*a.width(), "R13"), cut(j))
		}
	})
}

// rows goes down r rows of C with R13.
func (a *asm) rows(r int, row func(i int)) {
	for i := range r {
		row(i)
		if i < r-1 {
			a.i("ADDQ", "R12", "R13")
		}
	}
}

// endings writes what may follow the chains of a tile: ReLU, or the gradient of
// ReLU, which passes where h, that lies as C does, is above 0.
func (a *asm) endings(r, v int, masked bool) {
	zero, t := 31, 0
	if !a.masks {
		zero, t = 14, 12 // B is of no use any more
		if masked {
			t = 13
			zero = 12
		}
	}
	relu, store := a.label("relu"), a.label("store")
	a.i("CMPB", "strip_end(DI)", "$1")
	a.i("JLT", store)
	a.i(a.zero, zero, zero, zero)
	a.i("JEQ", relu)
	a.i("MOVQ", "DX", "R13")
	a.i("SUBQ", "strip_c(DI)", "R13")
	a.i("ADDQ", "strip_h(DI)", "R13")
	a.rows(r, func(i int) {
		for j := range v {
			x, h := i*v+j, mem(j*a.width(), "R13")
			switch cut := masked && j == v-1; {
			case a.masks && cut:
				a.i("VCMPPD", less, h, zero, "K1", "K4")
			case a.masks:
				a.i("VCMPPD", less, h, zero, "K4")
			case cut:
				a.load(h, t, true)
				a.i("VCMPPD", less, t, zero, t)
			default:
				a.i("VCMPPD", less, h, zero, t)
			}
			if a.masks {
				a.i("VMOVUPD.Z", x, "K4", x)
			} else {
				a.i("VANDPD", t, x, x)
			}
		}
	})
	a.i("JMP", store)
	a.at(relu)
	a.note("The larger of the two, of 0 and z: z where either is a NaN; then −0 + 0 = 0.")
	for i := range r * v {
		a.i("VMAXPD", i, zero, i)
		a.i("VADDPD", zero, i, i)
	}
	a.at(store)
}

// fetchAhead asks for the elements of C that the next tile will need, to the
// right or, at the end of a row, below, while the chains of a long k run.
func (a *asm) fetchAhead(r, v int) {
	short := a.label("short")
	a.jump("strip_k(DI)", "JLT", "$64", short)
	a.i("LEAQ", mem(v*a.width(), "DX"), "R13")
	a.i("LEAQ", fmt.Sprintf("(DX)(R12*%d)", r), "AX")
	a.i("CMPQ", "CX", num(v*a.lanes))
	a.i("CMOVQLE", "AX", "R13")
	a.rows(r, func(int) {
		for j := 0; j < v*a.width(); j += 64 {
			a.i("PREFETCHT0", mem(j, "R13"))
		}
	})
	a.at(short)
}
