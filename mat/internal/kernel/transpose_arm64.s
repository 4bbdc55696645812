//go:build arm64 && !purego

#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"
#include "grid_arm64.h"

// func panelsNEON(grid *Grid)
TEXT ·panelsNEON(SB), NOSPLIT, $0-8
	GRID
	MUL R6, R7, R5           // from panel to panel
	MOVD Grid_DstRow(R0), R9 // numbers in a row of a panel
	CBZ R7, end
row:
	MOVD R1, R11
	MOVD R3, R13
	MOVD R8, R10
	CBZ R10, next
panel:
	MOVD R13, R15
	CMP R9, R10
	CSEL LT, R10, R9, R14 // numbers for this panel
	SUB R14, R10
	SUBS $4, R14
	BLT two
four:
	FLDPQ.P 32(R11), (F0, F1)
	FSTPQ.P (F0, F1), 32(R15)
	SUBS $4, R14
	BGE four
two:
	TBZ $1, R14, one
	FMOVQ.P 16(R11), F0
	FMOVQ.P F0, 16(R15)
one:
	TBZ $0, R14, done
	FMOVD.P 8(R11), F0
	FMOVD F0, (R15)
done:
	ADD R5, R13
	CBNZ R10, panel
next:
	ADD R4, R1
	ADD R6, R3
	SUB $1, R7
	CBNZ R7, row
end:
	RET

// func transposeNEON(grid *Grid)
TEXT ·transposeNEON(SB), NOSPLIT, $0-8
	GRID
rows:
	// Four rows of A, at R11–R14, become four columns of Dst, at R15.
	SUBS $4, R7
	BLT few
	MOVD R1, R11
	ADD R4, R11, R12
	ADD R4, R12, R13
	ADD R4, R13, R14
	ADD R4, R14, R1
	MOVD R3, R15
	SUBS $4, R8, R10
	BLT columns
blocks:
	FLDPQ.P 32(R11), (F0, F1)
	FLDPQ.P 32(R12), (F2, F3)
	FLDPQ.P 32(R13), (F4, F5)
	FLDPQ.P 32(R14), (F6, F7)
	ZIP1(16, 0, 2)
	ZIP1(17, 4, 6)
	ZIP2(18, 0, 2)
	ZIP2(19, 4, 6)
	ZIP1(20, 1, 3)
	ZIP1(21, 5, 7)
	ZIP2(22, 1, 3)
	ZIP2(23, 5, 7)
	FSTPQ (F16, F17), (R15)
	ADD R6, R15
	FSTPQ (F18, F19), (R15)
	ADD R6, R15
	FSTPQ (F20, F21), (R15)
	ADD R6, R15
	FSTPQ (F22, F23), (R15)
	ADD R6, R15
	SUBS $4, R10
	BGE blocks
columns:
	ADDS $4, R10
	BEQ next
column:
	FMOVD.P 8(R11), F0
	FMOVD.P 8(R12), F1
	FMOVD.P 8(R13), F2
	FMOVD.P 8(R14), F3
	FSTPD (F0, F1), (R15)
	FSTPD (F2, F3), 16(R15)
	ADD R6, R15
	SUBS $1, R10
	BGT column
next:
	ADD $32, R3
	B rows
few:
	// The last rows one by one.
	ADDS $4, R7
	BEQ end
row:
	MOVD R1, R11
	MOVD R3, R15
	MOVD R8, R10
	CBZ R10, end
number:
	FMOVD.P 8(R11), F0
	FMOVD F0, (R15)
	ADD R6, R15
	SUBS $1, R10
	BGT number
	ADD R4, R1
	ADD $8, R3
	SUBS $1, R7
	BGT row
end:
	RET
