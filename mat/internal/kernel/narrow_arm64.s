//go:build arm64 && !purego

#include "go_asm.h"
#include "textflag.h"
#include "neon_arm64.h"

// A tile of eight rows by one to four columns stands in V0–V7, and V8–V15 for
// the third and fourth column. Two k at a time: V16–V23 hold them for the rows
// of A, V24 and V25 the first row of B, V26 and V27 the second.
//
//	R1–R8         the rows of A where k stands
//	R9, R10       from row to row of B, the row of B where k stands
//	R11           what is left of k
//	R12           from row to row of C, or across from column to column
//	R13, R14      the tile's first row of C, of A
//	R15, R20      from row to row of A, of C
//	R19, R23      rows that are left, eight
//	R21, R22      across, where in C to store
//
// All distances are in bytes.

// ROWS8 does something on each row: with its pointer into A, the register for
// numbers of A and its number, the numbers of its sums' registers, and these.
#define ROWS8(DO) \
	DO(R1, F16, 16, 0, 8, F0, F8); \
	DO(R2, F17, 17, 1, 9, F1, F9); \
	DO(R3, F18, 18, 2, 10, F2, F10); \
	DO(R4, F19, 19, 3, 11, F3, F11); \
	DO(R5, F20, 20, 4, 12, F4, F12); \
	DO(R6, F21, 21, 5, 13, F5, F13); \
	DO(R7, F22, 22, 6, 14, F6, F14); \
	DO(R8, F23, 23, 7, 15, F7, F15)

// One register a row: one column or two.
#define CLEAR1(a, x, xn, s, t, s0, t0) ZERO(s)
#define FIRST1(a, x, xn, s, t, s0, t0) FMOVQ.P 16(a), x; FMLA0(s, 24, xn)
#define SECOND1(a, x, xn, s, t, s0, t0) FMLA1(s, 26, xn)
#define LAST1(a, x, xn, s, t, s0, t0) FMOVD (a), x; FMLA0(s, 24, xn)

// Two registers a row: three columns or four.
#define CLEAR2(a, x, xn, s, t, s0, t0) ZERO(s); ZERO(t)
#define FIRST2(a, x, xn, s, t, s0, t0) FMOVQ.P 16(a), x; FMLA0(s, 24, xn); FMLA0(t, 25, xn)
#define SECOND2(a, x, xn, s, t, s0, t0) FMLA1(s, 26, xn); FMLA1(t, 27, xn)
#define LAST2(a, x, xn, s, t, s0, t0) FMOVD (a), x; FMLA0(s, 24, xn); FMLA0(t, 25, xn)

// A row of B into registers, a row of sums into C.
#define LOADB1(x, y) FMOVD (R10), x; ADD R9, R10
#define LOADB2(x, y) FMOVQ (R10), x; ADD R9, R10
#define LOADB3(x, y) FMOVQ (R10), x; FMOVD 16(R10), y; ADD R9, R10
#define LOADB4(x, y) FLDPQ (R10), (x, y); ADD R9, R10
#define STOREC1(a, x, xn, s, t, s0, t0) FMOVD s0, (R22); ADD R12, R22
#define STOREC2(a, x, xn, s, t, s0, t0) FMOVQ s0, (R22); ADD R12, R22
#define STOREC3(a, x, xn, s, t, s0, t0) FMOVQ s0, (R22); FMOVD t0, 16(R22); ADD R12, R22
#define STOREC4(a, x, xn, s, t, s0, t0) FSTPQ (s0, t0), (R22); ADD R12, R22

// Across, a column of sums lies in one piece.
#define COLUMN(ZIP, s) \
	ZIP(16, s, s+1); ZIP(17, s+2, s+3); ZIP(18, s+4, s+5); ZIP(19, s+6, s+7); \
	FSTPQ (F16, F17), (R22); FSTPQ (F18, F19), 32(R22); ADD R12, R22
#define ACROSS1 COLUMN(ZIP1, 0)
#define ACROSS2 ACROSS1; COLUMN(ZIP2, 0)
#define ACROSS3 ACROSS2; COLUMN(ZIP1, 8)
#define ACROSS4 ACROSS3; COLUMN(ZIP2, 8)

// TILES goes down the rows. The last tile ends with the last row, though it
// may compute some rows a second time.
#define TILES(CLEAR, LOADB, FIRST, SECOND, LAST, STOREC, ACROSS, rows, loop, last, store, across, next) \
rows: \
	MOVD R14, R1; \
	ADD R15, R1, R2; \
	ADD R15, R2, R3; \
	ADD R15, R3, R4; \
	ADD R15, R4, R5; \
	ADD R15, R5, R6; \
	ADD R15, R6, R7; \
	ADD R15, R7, R8; \
	MOVD strip_b(R0), R10; \
	MOVD strip_k(R0), R11; \
	ROWS8(CLEAR); \
	SUBS $2, R11; \
	BLT last; \
loop: \
	LOADB(F24, F25); \
	LOADB(F26, F27); \
	ROWS8(FIRST); \
	ROWS8(SECOND); \
	SUBS $2, R11; \
	BGE loop; \
last: \
	TBZ $0, R11, store; \
	LOADB(F24, F25); \
	ROWS8(LAST); \
store: \
	MOVD R13, R22; \
	CBNZ R21, across; \
	ROWS8(STOREC); \
	B next; \
across: \
	ACROSS; \
next: \
	SUBS $8, R19; \
	BLE end; \
	CMP $8, R19; \
	CSEL LT, R19, R23, R11; \ // eight rows on, or fewer
	MADD R15, R14, R11, R14; \
	MADD R20, R13, R11, R13; \
	B rows

// func narrowNEON(s *strip)
TEXT ·narrowNEON(SB), NOSPLIT, $0-8
	MOVD s+0(FP), R0
	MOVD strip_bRow(R0), R9
	LSL $3, R9
	MOVD strip_cRow(R0), R12
	LSL $3, R12
	MOVD strip_c(R0), R13
	MOVD strip_a(R0), R14
	MOVD strip_aRow(R0), R15
	LSL $3, R15
	MOVD strip_m(R0), R19
	MOVD $8, R23
	MOVBU strip_across(R0), R21
	CMP $0, R21
	CSEL EQ, R12, R23, R20
	MOVD strip_n(R0), R11
	CMP $2, R11
	BLT rows1
	BEQ rows2
	CMP $4, R11
	BLT rows3
	TILES(CLEAR2, LOADB4, FIRST2, SECOND2, LAST2, STOREC4, ACROSS4, rows4, loop4, last4, store4, across4, next4)
	TILES(CLEAR2, LOADB3, FIRST2, SECOND2, LAST2, STOREC3, ACROSS3, rows3, loop3, last3, store3, across3, next3)
	TILES(CLEAR1, LOADB2, FIRST1, SECOND1, LAST1, STOREC2, ACROSS2, rows2, loop2, last2, store2, across2, next2)
	TILES(CLEAR1, LOADB1, FIRST1, SECOND1, LAST1, STOREC1, ACROSS1, rows1, loop1, last1, store1, across1, next1)
end:
	RET
