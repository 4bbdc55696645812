package main

import "fmt"

// An isa is a set of vector instructions.
type isa struct {
	suffix string // of the functions' names
	lanes  int    // float64s in a register
	letter string // of the registers' names
	tileM  int    // the tile of a product: rows …
	tileV  int    // … and registers a row
	zero   string // the instruction that clears a register
	masks  bool   // loads and stores take a mask register
}

var avx2 = isa{"AVX2", 4, "Y", 4, 3, "VXORPD", false}
var avx512 = isa{"AVX512", 8, "Z", 8, 3, "VPXORQ", true}

// neon's assembly is written by hand.
var neon = isa{suffix: "NEON", lanes: 2, tileM: 4, tileV: 6}

// reg returns the name of vector register n.
func (x *isa) reg(n int) string { return fmt.Sprintf("%s%d", x.letter, n) }

// width is the size of a register in bytes.
func (x *isa) width() int { return 8 * x.lanes }

func (a *asm) clear(n int) { a.i(a.zero, a.reg(n), a.reg(n), a.reg(n)) }

// The mask for what is left of a row is in K1, or in the last register.
const maskReg = 15

// load and store move a register; masked moves only the lanes of the mask.
func (a *asm) load(from string, n int, masked bool) {
	switch {
	case !masked:
		a.i("VMOVUPD", from, a.reg(n))
	case a.masks:
		a.i("VMOVUPD.Z", from, "K1", a.reg(n))
	default:
		a.i("VMASKMOVPD", from, a.reg(maskReg), a.reg(n))
	}
}

func (a *asm) store(n int, to string, masked bool) {
	switch {
	case !masked:
		a.i("VMOVUPD", a.reg(n), to)
	case a.masks:
		a.i("VMOVUPD", a.reg(n), "K1", to)
	default:
		a.i("VMASKMOVPD", a.reg(n), a.reg(maskReg), to)
	}
}
