//go:build arm64 && !purego

#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"

// A tile of four rows by twelve columns stands in V0–V23, six registers a row.
// Each k loads a row of B into V24–V29 and the rows' elements of A, one by one,
// into V30 and V31.
//
//	R0         the strip
//	R1, R7     the tile's first row of A, of C
//	R2, R3     from row to row and from column to column of A
//	R4, R5     from row to row of B, of C
//	R6         from panel to panel of B
//	R8, R24    rows, columns that are left
//	R9, R10    k, on
//	R11–R14    the tile's rows of A
//	R19–R22    the tile's rows of C
//	R23        the tile's first row of B
//	R15, R25   the row of B, the column of A where k stands
//	R26        what is left of k
//
// All distances are in bytes.

// ROWSn does something on n rows: with the row's pointers into A and C, the
// register for an element of A and its number, the number of the first of its
// chains, and the registers with all of them.
#define ROW0(DO) DO(R11, R19, F30, 30, 0, F0, F1, F2, F3, F4, F5)
#define ROW1(DO) DO(R12, R20, F31, 31, 6, F6, F7, F8, F9, F10, F11)
#define ROW2(DO) DO(R13, R21, F30, 30, 12, F12, F13, F14, F15, F16, F17)
#define ROW3(DO) DO(R14, R22, F31, 31, 18, F18, F19, F20, F21, F22, F23)
#define ROWS1(DO) ROW0(DO)
#define ROWS2(DO) ROWS1(DO); ROW1(DO)
#define ROWS3(DO) ROWS2(DO); ROW2(DO)
#define ROWS4(DO) ROWS3(DO); ROW3(DO)

// Twelve columns.
#define B12 FLDPQ (R15), (F24, F25); FLDPQ 32(R15), (F26, F27); FLDPQ 64(R15), (F28, F29)
#define ZERO12(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) \
	ZERO(s); ZERO(s+1); ZERO(s+2); ZERO(s+3); ZERO(s+4); ZERO(s+5)
#define LOAD12(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) \
	FLDPQ (c), (s0, s1); FLDPQ 32(c), (s2, s3); FLDPQ 64(c), (s4, s5)
#define STEP12(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) \
	FMOVD (a)(R25), x; \
	FMLA0(s, 24, xn); FMLA0(s+1, 25, xn); FMLA0(s+2, 26, xn); \
	FMLA0(s+3, 27, xn); FMLA0(s+4, 28, xn); FMLA0(s+5, 29, xn)
#define STORE12(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) \
	FSTPQ.P (s0, s1), 32(c); FSTPQ.P (s2, s3), 32(c); FSTPQ.P (s4, s5), 32(c)

// Four columns.
#define B4 FLDPQ (R15), (F24, F25)
#define ZERO4(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) ZERO(s); ZERO(s+1)
#define LOAD4(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) FLDPQ (c), (s0, s1)
#define STEP4(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) \
	FMOVD (a)(R25), x; FMLA0(s, 24, xn); FMLA0(s+1, 25, xn)
#define STORE4(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) FSTPQ.P (s0, s1), 32(c)

// Two columns, and one: then the register's other half is idle.
#define B2 FMOVQ (R15), F24
#define B1 FMOVD (R15), F24
#define ZERO2(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) ZERO(s)
#define LOAD2(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) FMOVQ (c), s0
#define LOAD1(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) FMOVD (c), s0
#define STEP2(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) FMOVD (a)(R25), x; FMLA0(s, 24, xn)
#define STORE2(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) FMOVQ.P s0, 16(c)
#define STORE1(a, c, x, xn, s, s0, s1, s2, s3, s4, s5) FMOVD s0, (c)

// TILE runs the chains of a tile.
#define TILE(ROWS, B, ZERO, LOAD, STEP, STORE, begin, loop) \
	ROWS(ZERO); \
	CBZ R10, begin; \
	ROWS(LOAD); \
begin: \
	MOVD R23, R15; \
	MOVD ZR, R25; \
	MOVD R9, R26; \
loop: \
	B; \
	ADD R4, R15; \
	ROWS(STEP); \
	ADD R3, R25; \
	SUB $1, R26; \
	CBNZ R26, loop; \
	ROWS(STORE)

// BAND goes along all columns of some rows.
#define BAND(ROWS) \
twelve: \
	CMP $12, R24; \
	BLT four; \
	TILE(ROWS, B12, ZERO12, LOAD12, STEP12, STORE12, begin12, loop12); \
	ADD R6, R23; \
	SUB $12, R24; \
	B twelve; \
four: \
	CMP $4, R24; \
	BLT two; \
	TILE(ROWS, B4, ZERO4, LOAD4, STEP4, STORE4, begin4, loop4); \
	ADD $32, R23; \
	SUB $4, R24; \
	B four; \
two: \
	TBZ $1, R24, one; \
	TILE(ROWS, B2, ZERO2, LOAD2, STEP2, STORE2, begin2, loop2); \
	ADD $16, R23; \
one: \
	TBZ $0, R24, end; \
	TILE(ROWS, B1, ZERO2, LOAD1, STEP2, STORE1, begin1, loop1); \
end: \
	RET

TEXT band1<>(SB), NOSPLIT, $0
	BAND(ROWS1)

TEXT band2<>(SB), NOSPLIT, $0
	BAND(ROWS2)

TEXT band3<>(SB), NOSPLIT, $0
	BAND(ROWS3)

TEXT band4<>(SB), NOSPLIT, $0
	BAND(ROWS4)

// func stripNEON(s *strip)
TEXT ·stripNEON(SB), NOSPLIT, $0-8
	MOVD s+0(FP), R0
	MOVD strip_a(R0), R1
	MOVD strip_aRow(R0), R2
	LSL $3, R2
	MOVD strip_aCol(R0), R3
	LSL $3, R3
	MOVD strip_bRow(R0), R4
	LSL $3, R4
	MOVD strip_cRow(R0), R5
	LSL $3, R5
	MOVD strip_bPanel(R0), R6
	LSL $3, R6
	MOVD strip_c(R0), R7
	MOVD strip_m(R0), R8
	MOVD strip_k(R0), R9
	MOVBU strip_on(R0), R10
bands:
	MOVD R1, R11
	ADD R2, R11, R12
	ADD R2, R12, R13
	ADD R2, R13, R14
	MOVD R7, R19
	ADD R5, R19, R20
	ADD R5, R20, R21
	ADD R5, R21, R22
	MOVD strip_b(R0), R23
	MOVD strip_n(R0), R24
	CMP $4, R8
	BLT few
	BL band4<>(SB)
	MOVD strip_aTile(R0), R11
	ADD R11<<3, R1
	ADD R5<<2, R7
	SUBS $4, R8
	BGT bands
	RET
few:
	CMP $2, R8
	BLT one
	BEQ two
	BL band3<>(SB)
	RET
two:
	BL band2<>(SB)
	RET
one:
	BL band1<>(SB)
	RET
