package pack

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// A module's bytes repeat themselves more often when like stands beside like: the
// instructions without their operands, the operands by kind. These are the streams
// of a module taken apart, in the order in which they are packed.
const (
	other     = iota // sections that stay as they are
	forms            // two bytes for each instruction: how its operand is written, and in which stream
	heads            // the functions' variables
	codes            // the instructions
	blocks           // their operands: types of blocks
	labels           // where branches go
	tables           // where branches of many ways go
	calls            // functions
	kinds            // types of functions called by value
	variables        // local ones
	globals          // global ones
	loads            // offsets of 64-bit loads,
	stores           // and stores,
	offsets          // and of the others
	ints             // 32-bit constants
	longs            // 64-bit ones
	addresses        // those that may be addresses, four bytes each
	returns          // those that say where a call returns to
	floats           // floating-point ones
	data             // what is in memory at first, in one piece
	streams          // how many there are
)

type parts [streams][]byte

// How an operand is written.
const (
	noOperand  = iota
	oneNumber  // LEB128
	twoNumbers //
	fourBytes  //
	eightBytes //
	ways       // a count, so many numbers, and one
	opens      // one number; a block begins
	closes     // nothing; a block ends
	extended   // a byte says which: up to 7 no more, 10 two bytes, 11 one
	returning  // stands for an i64.const: the function's number and a place in it
	address    // stands for an i64.const of 32 bits
	memory     // and the next three: an alignment, which is form less memory, and a number
	unknown    = 255
)

// Instructions of WebAssembly that the splitting knows more of; the last two are
// none of its own.
const (
	i64const = 0x42
	goReturn = 0x06
	goLong   = 0x07
)

// formOf has for each instruction how its operand is written and where it goes.
var formOf = func() (t [256][2]byte) {
	for i := range t {
		t[i][0] = unknown
	}
	set := func(from, to int, form, stream byte) {
		for i := from; i <= to; i++ {
			t[i] = [2]byte{form, stream}
		}
	}
	for _, span := range [][2]int{{0, 1}, {5, 5}, {0x0f, 0x0f}, {0x1a, 0x1b}, {0x45, 0xc4}} {
		set(span[0], span[1], noOperand, 0)
	}
	set(0x02, 0x04, opens, blocks)
	set(0x06, 0x06, returning, returns)
	set(0x07, 0x07, address, addresses)
	set(0x0b, 0x0b, closes, 0)
	set(0x0c, 0x0d, oneNumber, labels)
	set(0x0e, 0x0e, ways, tables)
	set(0x10, 0x10, oneNumber, calls)
	set(0x11, 0x11, twoNumbers, kinds)
	set(0x20, 0x22, oneNumber, variables)
	set(0x23, 0x24, oneNumber, globals)
	for i, align := range []byte{2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2} {
		t[0x28+i] = [2]byte{memory + align, offsets}
	}
	t[0x29][1], t[0x37][1] = loads, stores
	set(0x3f, 0x41, oneNumber, ints)
	set(0x42, 0x42, oneNumber, longs)
	set(0x43, 0x43, fourBytes, floats)
	set(0x44, 0x44, eightBytes, floats)
	set(0xfc, 0xfc, extended, ints)
	return
}()

// firstFunction is Go's number of a module's first function of its own, by which
// it makes addresses of code, in units of 65536.
const firstFunction = 0x1000

var errStrange = errors.New("WebAssembly of a kind that is not known here")

// split takes a module apart. A section that it does not know stays as it is.
func split(module []byte) (s parts, err error) {
	for _, form := range formOf {
		s[forms] = append(s[forms], form[:]...)
	}
	if len(module) < 8 {
		return s, errStrange
	}
	s[other] = append(s[other], module[:8]...)
	var had [256]bool // a second section of a kind is no module's
	for i := 8; i < len(module); {
		r := reader{b: module, at: i}
		id, body := r.byte(), r.take(r.number())
		if r.failed {
			return s, errStrange
		}
		i = r.at
		apart, known := s, false
		switch {
		case had[id]:
		case id == 10:
			known = apart.splitCode(body)
		case id == 11:
			known = apart.splitData(body)
		}
		had[id] = true
		if known {
			s = apart
			continue
		}
		s[other] = binary.AppendUvarint(append(s[other], id), uint64(len(body)))
		s[other] = append(s[other], body...)
	}
	return s, nil
}

// isApart is added to the number of a section that the other streams have.
const isApart = 128

// splitCode takes the section of the functions apart, if it knows all there is.
func (s *parts) splitCode(section []byte) bool {
	r := reader{b: section}
	count := r.number()
	s[other] = binary.AppendUvarint(append(s[other], 10+isApart), uint64(count))
	for f := range count {
		body := reader{b: r.take(r.number())}
		for n := body.number(); n > 0 && !body.failed; n-- { // kinds of variables
			body.number()
			body.byte()
		}
		s[heads] = append(s[heads], body.b[:body.at]...)
		if r.failed || !s.splitFunction(&body, firstFunction+int64(f)) {
			return false
		}
	}
	return !r.failed && r.at == len(section)
}

func (s *parts) splitFunction(r *reader, number int64) bool {
	next := int64(1) // the place that the next call probably returns to
	for depth := 1; depth > 0; {
		op := r.byte()
		form, stream, from := formOf[op][0], formOf[op][1], r.at
		switch form {
		case oneNumber:
			r.number()
		case twoNumbers:
			r.number()
			r.number()
		case fourBytes:
			r.take(4)
		case eightBytes:
			r.take(8)
		case ways:
			for n := r.number(); n >= 0 && !r.failed; n-- {
				r.number()
			}
		case opens:
			r.number()
			depth++
		case closes:
			depth--
		case extended:
			switch kind := r.byte(); {
			case kind > 7 && kind != 10 && kind != 11:
				return false
			case kind > 7:
				r.take(12 - int(kind))
			}
		case memory, memory + 1, memory + 2, memory + 3:
			if r.byte() != form-memory {
				return false
			}
			from++
			r.number()
		case returning, address, unknown:
			return false
		}
		if r.failed {
			return false
		}
		operand := r.b[from:r.at]
		if op == i64const {
			v := signed(operand)
			if place := v&0xffff - next; v>>16 == number && place >= 0 && place < 256 {
				next += place + 1
				op, stream, operand = goReturn, returns, []byte{byte(place)}
			} else if v >= 1<<14 && v < 1<<32 {
				op, stream, operand = goLong, addresses, binary.BigEndian.AppendUint32(nil, uint32(v))
			}
		}
		s[codes] = append(s[codes], op)
		s[stream] = append(s[stream], operand...)
	}
	return r.at == len(r.b)
}

// splitData makes one piece of what is in memory at first, which the linker writes
// in many to leave out zeros.
func (s *parts) splitData(section []byte) bool {
	r := reader{b: section}
	type piece struct {
		at int
		b  []byte
	}
	var pieces []piece
	for n := r.number(); n > 0 && !r.failed; n-- {
		if r.number() != 0 || r.byte() != 0x41 {
			return false // not of the only memory, at a constant
		}
		from := r.at
		r.number()
		if r.failed {
			return false
		}
		at := signed(r.b[from:r.at])
		if r.byte() != 0x0b {
			return false
		}
		pieces = append(pieces, piece{int(at), r.take(r.number())})
	}
	slices.SortFunc(pieces, func(a, b piece) int { return a.at - b.at })
	first := 0
	for i, p := range pieces {
		if i == 0 {
			first = p.at
		}
		gap := p.at - first - len(s[data])
		if gap < 0 || gap > 4*len(section)-len(s[data])+1<<16 {
			return false // or far more zeros than a linker leaves out
		}
		s[data] = append(append(s[data], make([]byte, gap)...), p.b...)
	}
	s[other] = binary.AppendUvarint(append(s[other], 11+isApart), uint64(first))
	return !r.failed && r.at == len(section)
}

// A reader reads a module; what is not there it notes and reads as nothing.
type reader struct {
	b      []byte
	at     int
	failed bool
}

func (r *reader) byte() byte {
	if b := r.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b)-r.at {
		r.failed = true
		return nil
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

// number reads a LEB128, of which it returns what an int holds.
func (r *reader) number() int {
	v := uint64(0)
	for shift := 0; shift < 70; shift += 7 {
		b := r.byte()
		v |= uint64(b&127) << shift
		if b < 128 {
			return int(v & math.MaxInt)
		}
	}
	r.failed = true
	return 0
}

// signed is the value of a signed LEB128.
func signed(b []byte) (v int64) {
	shift := 0
	for _, c := range b {
		v |= int64(c&127) << shift
		shift += 7
	}
	if shift < 64 && b[len(b)-1]&64 != 0 {
		v -= 1 << shift
	}
	return v
}
