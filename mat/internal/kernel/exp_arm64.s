//go:build arm64 && !purego

#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"
#include "grid_arm64.h"

// Constants, each in both halves of a register, in the order of expTable.
#define MINUSINF 12
#define EXPMAX 13
#define EXPMIN 14
#define LOG2E 15
#define TOINTEGER 16
#define LN2HI 17
#define LN2LO 18
#define ONE 19
#define HALF 20
#define C3 21
#define C4 22
#define C5 23
#define C6 24
#define C7 25
#define C8 26
#define C9 27
#define C10 28
#define C11 29
#define C12 30
#define BIASED 31

#define CONSTANTS \
	MOVD $·expTable(SB), R9; \
	VLD1.P 64(R9), [V12.D2, V13.D2, V14.D2, V15.D2]; \
	VLD1.P 64(R9), [V16.D2, V17.D2, V18.D2, V19.D2]; \
	VLD1.P 64(R9), [V20.D2, V21.D2, V22.D2, V23.D2]; \
	VLD1.P 64(R9), [V24.D2, V25.D2, V26.D2, V27.D2]; \
	VLD1 (R9), [V28.D2, V29.D2, V30.D2, V31.D2]

// EXP makes of register x its Exp, by the operations of exp.go in their order;
// beside each is what exp.go calls the result. It uses registers 2 to 10.
#define EXP(x) \
	FMIN(x, x, EXPMAX); \
	FMAX(x, x, EXPMIN); \
	MOVV(2, TOINTEGER); \
	FMLA(2, x, LOG2E); \ // s
	FSUB(3, 2, TOINTEGER); \ // n
	FMLS(x, 3, LN2HI); \ // t
	FMUL(3, 3, LN2LO); \ // c
	FSUB(4, x, 3); \ // r
	FMUL(5, 4, 4); \ // r2
	FADD(6, ONE, x); \ // h
	FSUB(7, ONE, 6); \
	FADD(7, 7, x); \
	FSUB(7, 7, 3); \ // l
	FMUL(8, 5, 5); \ // r4
	MOVV(3, C4); \
	FMLA(3, C5, 4); \
	MOVV(9, HALF); \
	FMLA(9, C3, 4); \
	FMLA(9, 3, 5); \ // a
	MOVV(3, C8); \
	FMLA(3, C9, 4); \
	MOVV(10, C6); \
	FMLA(10, C7, 4); \
	FMLA(10, 3, 5); \ // b
	MOVV(3, C10); \
	FMLA(3, C11, 4); \
	FMLA(3, C12, 5); \ // c of the polynomial
	FMLA(10, 3, 8); \
	FMLA(9, 10, 8); \
	FMLA(7, 9, 5); \
	FADD(6, 6, 7); \ // y
	SUB2D(2, 2, BIASED); \ // k + 2·1023
	USHR(3, 2, 1); \ // k1 + 1023
	SUB2D(2, 2, 3); \ // k − k1 + 1023
	SHL(3, 3, 52); \
	SHL(2, 2, 52); \
	FMUL(x, 6, 3); \
	FMUL(x, x, 2)

// func expNEON(grid *Grid)
TEXT ·expNEON(SB), NOSPLIT, $0-8
	GRID
	CONSTANTS
#define EXPOF(x, y) EXP(x)
	EACH(A, EXPOF, DST)
	RET

// COLUMNS makes probabilities of the columns in a register: the largest number
// comes into register 11, the sum into register 1.
#define COLUMNS(load, largest, exps, divide) \
	MOVV(11, MINUSINF); \
	MOVD R1, R11; \
	MOVD R7, R10; \
largest: \
	load (R11), F0; \
	ADD R4, R11; \
	FMAX(11, 11, 0); \
	SUB $1, R10; \
	CBNZ R10, largest; \
	ZERO(1); \
	MOVD R1, R11; \
	MOVD R3, R13; \
	MOVD R7, R10; \
exps: \
	load (R11), F0; \
	ADD R4, R11; \
	FSUB(0, 0, 11); \
	EXP(0); \
	load F0, (R13); \
	ADD R6, R13; \
	FADD(1, 1, 0); \
	SUB $1, R10; \
	CBNZ R10, exps; \
	MOVD R3, R13; \
	MOVD R7, R10; \
divide: \
	load (R13), F0; \
	FDIV(0, 0, 1); \
	load F0, (R13); \
	ADD R6, R13; \
	SUB $1, R10; \
	CBNZ R10, divide

// func softMaxNEON(grid *Grid)
TEXT ·softMaxNEON(SB), NOSPLIT, $0-8
	GRID
	CBZ R7, end
	CONSTANTS
two:
	CMP $2, R8
	BLT one
	COLUMNS(FMOVQ, largest2, exps2, divide2)
	ADD $16, R1
	ADD $16, R3
	SUB $2, R8
	B two
one:
	CBZ R8, end
	COLUMNS(FMOVD, largest1, exps1, divide1)
end:
	RET
