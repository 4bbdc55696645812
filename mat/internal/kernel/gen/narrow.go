package main

import "fmt"

// narrow writes the kernel for products with few columns, where tiles would
// leave most lanes empty: the lanes run over the rows of A, which is turned in
// registers a block at a time, and an element of B is spread over them.
//
// DI the arguments; SI the current first row of A, R12 its current block; R8
// one and R9 three rows of A, R11 a row of B, R10 a row of C; BX the row of B;
// DX the first row of C; R15 rows and CX terms that are left.
func narrow(a *asm) {
	a.fn("narrow", "narrow is stripGo for one to four columns, for A with its rows in one piece, and not to go on;\nwith across C[i,j] is at c[j*cRow+i].", 0)
	a.fields("strip", "aRow R8", "bRow R11", "cRow R10")
	a.i("LEAQ", "(R8)(R8*2)", "R9")
	a.fields("strip", "a SI", "c DX", "m R15")
	end := a.label("end")
	var columns [5]string
	for n := 1; n <= 4; n++ {
		columns[n] = a.label("columns")
		a.jump("strip_n(DI)", "JEQ", num(n), columns[n])
	}
	for n := 1; n <= 4; n++ {
		a.note(fmt.Sprintf("%d columns.", n))
		a.at(columns[n])
		a.narrowRows(n)
		if n < 4 {
			a.i("JMP", end)
		}
	}
	a.at(end)
	a.ret()
}

func (a *asm) narrowRows(n int) {
	acc := func(j int) int { return 2*a.lanes + 8*(a.lanes/8) + j } // behind what transposeBlock uses
	spread := acc(4)
	term := func(kk int, row string, first int) {
		for j := range n {
			a.i("VBROADCASTSD", mem(8*j, row), spread)
			a.i("VFMADD231PD", kk, spread, first+j)
		}
		a.i("ADDQ", "R11", row)
	}
	rows, block, edge, loaded, store, some, next, end := a.label("rows"), a.label("block"), a.label("edge"), a.label("loaded"), a.label("store"), a.label("some"), a.label("next"), a.label("end")
	if n <= 2 {
		a.narrowPairs(n, acc(0), rows, end, term)
	}
	a.at(rows)
	a.clear(acc(0), n)
	a.i("MOVQ", "SI", "R12")
	a.fields("strip", "b BX", "k CX")
	a.at(block)
	a.jump("R15", "JLT", num(a.lanes), edge)
	a.jump("CX", "JLT", num(a.lanes), edge)
	for i := range a.lanes {
		a.load(a.rowAt(i, "R12", "R14", "R8", "R9"), i, false)
	}
	a.transposeBlock()
	for kk := range a.lanes {
		term(kk, "BX", acc(0))
	}
	a.advance(1, "R12")
	a.left("CX", num(a.lanes), "JNZ", block)
	a.i("JMP", store)

	a.at(edge)
	a.note("The rows and terms that are left.")
	a.upToLanes("CX", "R13")
	a.loadEdge(loaded)
	a.transposeBlock()
	for kk := range a.lanes {
		term(kk, "BX", acc(0))
		a.i("DECQ", "CX")
		a.i("JZ", store)
	}
	a.advance(1, "R12")
	a.i("JMP", block)

	a.at(store)
	across := a.label("across")
	a.i("LEAQ", "(R10)(R10*2)", "R12")
	a.i("CMPB", "strip_across(DI)", "$0")
	a.i("JNE", across)
	gaps := a.label("gaps")
	if n <= 2 {
		a.note("The sums stand in columns; C has rows, which may follow each other.")
		a.jump("R10", "JNE", num(8*n), gaps)
		a.jump("R15", "JLT", num(a.lanes), gaps)
		if n == 1 {
			a.store(acc(0), "(DX)", false)
		} else {
			a.interleaveInOrder(acc(0), acc(1), 0, "DX", false)
		}
		a.advance(n, "DX")
		a.i("JMP", next)
	}
	a.at(gaps)
	for j := range n {
		a.i("VMOVUPD", acc(j), j)
	}
	a.transposeBlock()
	a.i("MOVL", num(n), "R13")
	a.someLanes("R13", "AX")
	a.jump("R15", "JLT", num(a.lanes), some)
	for i := range a.lanes {
		a.store(i, a.rowAt(i, "DX", "R14", "R10", "R12"), true)
	}
	a.advanceRows("DX", "R10")
	a.at(next)
	a.advanceRows("SI", "R8")
	a.left("R15", num(a.lanes), "JG", rows)
	a.i("JMP", end)
	a.at(across)
	a.note("C has columns.")
	a.upToLanes("R15", "R13")
	for j := range n {
		a.store(acc(j), a.rowAt(j, "DX", "", "R10", "R12"), true)
	}
	a.advance(1, "DX")
	a.i("JMP", next)
	a.at(some)
	for i := range a.lanes - 1 {
		a.store(i, a.rowAt(i, "DX", "R14", "R10", "R12"), true)
		a.i("DECQ", "R15")
		a.i("JZ", end)
	}
	a.at(end)
}

// narrowPairs takes twice as many rows at a time as long as there are as many,
// in chains that need not wait for each other: for one or two columns, where C's
// rows follow each other and the terms fill registers. R12 and R13 are the rows of
// A, BX and AX the rows of B. The others are left to go on with at rows.
func (a *asm) narrowPairs(n, acc int, rows, end string, term func(kk int, row string, first int)) {
	pairs, block := a.label("pairs"), a.label("block")
	a.jump("R10", "JNE", num(8*n), rows)
	a.i("CMPB", "strip_across(DI)", "$0")
	a.i("JNE", rows)
	a.fields("strip", "k CX")
	a.i("TESTQ", num(a.lanes-1), "CX")
	a.i("JNZ", rows)
	a.at(pairs)
	a.jump("R15", "JLT", num(2*a.lanes), rows)
	a.clear(acc, 2*n)
	a.i("MOVQ", "SI", "R12")
	a.i("MOVQ", "SI", "R13")
	a.advanceRows("R13", "R8")
	a.fields("strip", "b BX", "b AX", "k CX")
	a.at(block)
	for half, at := range []struct{ a, b string }{{"R12", "BX"}, {"R13", "AX"}} {
		for i := range a.lanes {
			a.load(a.rowAt(i, at.a, "R14", "R8", "R9"), i, false)
		}
		a.transposeBlock()
		for kk := range a.lanes {
			term(kk, at.b, acc+half*n)
		}
	}
	a.advance(1, "R12", "R13")
	a.left("CX", num(a.lanes), "JNZ", block)
	for half := range 2 {
		if n == 1 {
			a.store(acc+half, "(DX)", false)
		} else {
			a.interleaveInOrder(acc+half*n, acc+half*n+1, 0, "DX", false)
		}
		a.advance(n, "DX")
		a.advanceRows("SI", "R8")
	}
	a.left("R15", num(2*a.lanes), "JNZ", pairs)
	a.i("JMP", end)
}
