// Instructions on two float64s that Go's assembler does not know, or knows
// only by registers' names: these take registers' numbers, the destination
// first, as in Arm's manual.

#define VVV(op, d, n, m) WORD $((op) | (m)<<16 | (n)<<5 | (d))
#define VV(op, d, n) WORD $((op) | (n)<<5 | (d))

#define FADD(d, n, m) VVV(0x4E60D400, d, n, m)         // d = n + m
#define FSUB(d, n, m) VVV(0x4EE0D400, d, n, m)         // d = n − m
#define FMUL(d, n, m) VVV(0x6E60DC00, d, n, m)         // d = n · m
#define FDIV(d, n, m) VVV(0x6E60FC00, d, n, m)         // d = n / m
#define FMAX(d, n, m) VVV(0x4E60F400, d, n, m)         // d = the larger, a NaN if one is
#define FMIN(d, n, m) VVV(0x4EE0F400, d, n, m)         // d = the smaller, a NaN if one is
#define FMLA(d, n, m) VVV(0x4E60CC00, d, n, m)         // d = fma(n, m, d)
#define FMLS(d, n, m) VVV(0x4EE0CC00, d, n, m)         // d = fma(−n, m, d)
#define FMLA0(d, n, m) VVV(0x4FC01000, d, n, m)        // d = fma(n, m's first number, d)
#define FMLA1(d, n, m) VVV(0x4FC01800, d, n, m)        // d = fma(n, m's second number, d)
#define FABS(d, n) VV(0x4EE0F800, d, n)                // d = |n|

// Comparisons set all bits where they hold; a NaN fails them all.
#define FCMGE(d, n, m) VVV(0x6E60E400, d, n, m)        // n ≥ m
#define FCMGT0(d, n) VV(0x4EE0C800, d, n)              // n > 0
#define FCMLE0(d, n) VV(0x6EE0D800, d, n)              // n ≤ 0

#define ANDV(d, n, m) VVV(0x4E201C00, d, n, m)         // d = n and m
#define BICV(d, n, m) VVV(0x4E601C00, d, n, m)         // d = n and not m
#define MOVV(d, n) VVV(0x4EA01C00, d, n, n)            // d = n
#define ZERO(d) WORD $(0x6F00E400 | (d))               // d = 0
#define SUB2D(d, n, m) VVV(0x6EE08400, d, n, m)        // d = n − m, of integers
#define USHR(d, n, by) VVV(0x6F000400, d, n, 128-(by)) // d = n >> by, of integers, zeros from above
#define SHL(d, n, by) VVV(0x4F005400, d, n, 64+(by))   // d = n << by
#define ZIP1(d, n, m) VVV(0x4EC03800, d, n, m)         // d = the first numbers of n and m
#define ZIP2(d, n, m) VVV(0x4EC07800, d, n, m)         // d = the second numbers of n and m
