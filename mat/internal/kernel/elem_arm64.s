//go:build arm64 && !purego

#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"
#include "grid_arm64.h"

// func addRowNEON(grid *Grid)
TEXT ·addRowNEON(SB), NOSPLIT, $0-8
	GRID
	MOVD ZR, R5 // every row meets the same B
#define ADDROW(x, y) FADD(x, x, y)
	EACH(AB, ADDROW, DST)
	RET

// func reluNEON(grid *Grid)
TEXT ·reluNEON(SB), NOSPLIT, $0-8
	GRID
#define RELU(x, y) FCMLE0(4, x); BICV(x, x, 4)
	EACH(A, RELU, DST)
	RET

// func reluGradNEON(grid *Grid)
TEXT ·reluGradNEON(SB), NOSPLIT, $0-8
	GRID
#define RELUGRAD(x, y) FCMGT0(y, y); ANDV(x, x, y)
	EACH(AB, RELUGRAD, DST)
	RET

// func subDivNEON(grid *Grid)
TEXT ·subDivNEON(SB), NOSPLIT, $0-8
	GRID
	MOVD Grid_X(R0), R9
	VDUP R9, V31.D2
#define SUBDIV(x, y) FSUB(x, x, y); FDIV(x, x, 31)
	EACH(AB, SUBDIV, DST)
	RET

// func stepNEON(grid *Grid)
TEXT ·stepNEON(SB), NOSPLIT, $0-8
	GRID
	MOVD R3, R2 // B is what Dst was
	MOVD R6, R5
	MOVD Grid_X(R0), R9
	VDUP R9, V31.D2
#define STEP(x, y) FMUL(x, x, 31); FSUB(x, y, x)
	EACH(AB, STEP, DST)
	RET

// func withinNEON(grid *Grid) bool
TEXT ·withinNEON(SB), NOSPLIT, $0-9
	GRID
	MOVD Grid_X(R0), R9
	VDUP R9, V31.D2
	MOVD $-1, R9
	VDUP R9, V30.D2
#define WITHIN(x, y) FABS(x, x); FCMGE(x, 31, x); ANDV(30, 30, x)
	EACH(A, WITHIN, NOWHERE)
	VMOV V30.D[0], R9
	VMOV V30.D[1], R10
	AND R9, R10
	AND $1, R10
	MOVB R10, ret+8(FP)
	RET

// SUM adds up columns: FROM loads their sums so far from Dst, PLUS adds a row
// to them, TO stores them.
#define SUM(FROM, PLUS, TO, loop) \
	MOVD R1, R11; \
	MOVD R7, R10; \
	FROM; \
loop: \
	PLUS; \
	ADD R4, R11; \
	SUB $1, R10; \
	CBNZ R10, loop; \
	TO

#define FROM8 FLDPQ (R3), (F0, F1); FLDPQ 32(R3), (F2, F3)
#define PLUS8 \
	FLDPQ (R11), (F4, F5); FLDPQ 32(R11), (F6, F7); \
	FADD(0, 0, 4); FADD(1, 1, 5); FADD(2, 2, 6); FADD(3, 3, 7)
#define TO8 FSTPQ.P (F0, F1), 32(R3); FSTPQ.P (F2, F3), 32(R3)
#define FROM2 FMOVQ (R3), F0
#define PLUS2 FMOVQ (R11), F4; FADD(0, 0, 4)
#define TO2 FMOVQ.P F0, 16(R3)
#define FROM1 FMOVD (R3), F0
#define PLUS1 FMOVD (R11), F4; FADD(0, 0, 4)
#define TO1 FMOVD F0, (R3)

// func sumRowsNEON(grid *Grid)
//
// Dst holds the sums to go on from, or zeros.
TEXT ·sumRowsNEON(SB), NOSPLIT, $0-8
	GRID
	CBZ R7, end
eight:
	CMP $8, R8
	BLT two
	SUM(FROM8, PLUS8, TO8, rows8)
	ADD $64, R1
	SUB $8, R8
	B eight
two:
	CMP $2, R8
	BLT one
	SUM(FROM2, PLUS2, TO2, rows2)
	ADD $16, R1
	SUB $2, R8
	B two
one:
	CBZ R8, end
	SUM(FROM1, PLUS1, TO1, rows1)
end:
	RET
