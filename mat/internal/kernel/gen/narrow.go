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
	a.fn("narrow", "narrow is stripGo for one to four columns, for A with its rows in one piece, and not to go on;\nwith across C[i,j] is at c[j*cRow+i].", 0, 8)
	a.i("MOVQ", "s+0(FP)", "DI")
	for _, f := range [][2]string{{"aRow", "R8"}, {"bRow", "R11"}, {"cRow", "R10"}} {
		a.i("MOVQ", "strip_"+f[0]+"(DI)", f[1])
		a.i("SHLQ", "$3", f[1])
	}
	a.i("LEAQ", "(R8)(R8*2)", "R9")
	a.i("MOVQ", "strip_a(DI)", "SI")
	a.i("MOVQ", "strip_c(DI)", "DX")
	a.i("MOVQ", "strip_m(DI)", "R15")
	end := a.label("end")
	var columns [5]string
	for n := 1; n <= 4; n++ {
		columns[n] = a.label("columns")
		a.i("CMPQ", "strip_n(DI)", num(n))
		a.i("JEQ", columns[n])
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
	term := func(kk int) {
		for j := range n {
			a.i("VBROADCASTSD", mem(8*j, "BX"), a.reg(spread))
			a.i("VFMADD231PD", a.reg(kk), a.reg(spread), a.reg(acc(j)))
		}
		a.i("ADDQ", "R11", "BX")
	}
	rows, block, edge, loaded, store, some, next, end := a.label("rows"), a.label("block"), a.label("edge"), a.label("loaded"), a.label("store"), a.label("some"), a.label("next"), a.label("end")
	a.at(rows)
	for j := range n {
		a.clear(acc(j))
	}
	a.i("MOVQ", "SI", "R12")
	a.i("MOVQ", "strip_b(DI)", "BX")
	a.i("MOVQ", "strip_k(DI)", "CX")
	a.at(block)
	a.i("CMPQ", "R15", num(a.lanes))
	a.i("JLT", edge)
	a.i("CMPQ", "CX", num(a.lanes))
	a.i("JLT", edge)
	for i := range a.lanes {
		a.load(a.rowAt(i, "R12", "R14", "R8", "R9"), i, false)
	}
	a.transposeBlock()
	for kk := range a.lanes {
		term(kk)
	}
	a.i("ADDQ", num(a.width()), "R12")
	a.i("SUBQ", num(a.lanes), "CX")
	a.i("JNZ", block)
	a.i("JMP", store)

	a.at(edge)
	a.note("The rows and terms that are left.")
	a.i("MOVQ", "CX", "R13")
	a.least("R13")
	a.someLanes("R13", "AX")
	for i := range a.lanes {
		a.load(a.rowAt(i, "R12", "R14", "R8", "R9"), i, true)
		if i < a.lanes-1 {
			a.i("CMPQ", "R15", num(i+1))
			a.i("JLE", loaded)
		}
	}
	a.at(loaded)
	a.transposeBlock()
	for kk := range a.lanes {
		term(kk)
		a.i("DECQ", "CX")
		a.i("JZ", store)
	}
	a.i("ADDQ", num(a.width()), "R12")
	a.i("JMP", block)

	a.at(store)
	across := a.label("across")
	a.i("LEAQ", "(R10)(R10*2)", "R12")
	a.i("CMPB", "strip_across(DI)", "$0")
	a.i("JNE", across)
	a.note("The sums stand in columns; C has rows.")
	for j := range n {
		a.i("VMOVUPD", a.reg(acc(j)), a.reg(j))
	}
	a.transposeBlock()
	a.i("MOVL", num(n), "R13")
	a.someLanes("R13", "AX")
	a.i("CMPQ", "R15", num(a.lanes))
	a.i("JLT", some)
	for i := range a.lanes {
		a.store(i, a.rowAt(i, "DX", "R14", "R10", "R12"), true)
	}
	a.i("LEAQ", "(DX)(R10*4)", "DX")
	if a.lanes == 8 {
		a.i("LEAQ", "(DX)(R10*4)", "DX")
	}
	a.at(next)
	a.i("LEAQ", "(SI)(R8*4)", "SI")
	if a.lanes == 8 {
		a.i("LEAQ", "(SI)(R8*4)", "SI")
	}
	a.i("SUBQ", num(a.lanes), "R15")
	a.i("JG", rows)
	a.i("JMP", end)
	a.at(across)
	a.note("C has columns.")
	a.i("MOVQ", "R15", "R13")
	a.least("R13")
	a.someLanes("R13", "AX")
	for j := range n {
		a.store(acc(j), a.rowAt(j, "DX", "", "R10", "R12"), true)
	}
	a.i("ADDQ", num(a.width()), "DX")
	a.i("JMP", next)
	a.at(some)
	for i := range a.lanes - 1 {
		a.store(i, a.rowAt(i, "DX", "R14", "R10", "R12"), true)
		a.i("DECQ", "R15")
		a.i("JZ", end)
	}
	a.at(end)
}
