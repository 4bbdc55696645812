// GRID loads what the kernels on elements need.
//
//	R0         the grid
//	R1, R2, R3 a row of A, of B, of Dst
//	R4, R5, R6 from row to row of A, of B, of Dst, in bytes
//	R7, R8     rows, columns
#define GRID \
	MOVD grid+0(FP), R0; \
	MOVD Grid_A(R0), R1; \
	MOVD Grid_B(R0), R2; \
	MOVD Grid_Dst(R0), R3; \
	MOVD Grid_ARow(R0), R4; \
	LSL $3, R4; \
	MOVD Grid_BRow(R0), R5; \
	LSL $3, R5; \
	MOVD Grid_DstRow(R0), R6; \
	LSL $3, R6; \
	MOVD Grid_Rows(R0), R7; \
	MOVD Grid_Cols(R0), R8

// EACH goes over the elements row by row, four at a time, then two, then one
// in half a register. IN loads registers 0 and 1 from the first operand, and 2
// and 3 from the second if there is one; DO(x, y) leaves its result for the
// registers x and y in x; OUT stores it.
#define EACH(IN, DO, OUT) \
	CBZ R7, end; \
row: \
	MOVD R1, R11; \
	MOVD R2, R12; \
	MOVD R3, R13; \
	SUBS $4, R8, R10; \
	BLT two; \
four: \
	IN(FLDPQ.P, 32, (F0, F1), (F2, F3)); \
	DO(0, 2); \
	DO(1, 3); \
	OUT(FSTPQ.P, 32, (F0, F1)); \
	SUBS $4, R10; \
	BGE four; \
two: \
	TBZ $1, R10, one; \
	IN(FMOVQ.P, 16, F0, F2); \
	DO(0, 2); \
	OUT(FMOVQ.P, 16, F0); \
one: \
	TBZ $0, R10, next; \
	IN(FMOVD.P, 8, F0, F2); \
	DO(0, 2); \
	OUT(FMOVD.P, 8, F0); \
next: \
	ADD R4, R1; \
	ADD R5, R2; \
	ADD R6, R3; \
	SUB $1, R7; \
	CBNZ R7, row; \
end:

#define A(load, by, x, y) load by(R11), x
#define AB(load, by, x, y) load by(R11), x; load by(R12), y
#define DST(store, by, x) store x, by(R13)
#define NOWHERE(store, by, x)
