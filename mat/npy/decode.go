package npy

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// chunk is how many bytes of elements are taken at a time, a multiple of every
// element's.
const chunk = 32 << 10

// readNumbers reads the elements into Data, in file order.
func (a *Array) readNumbers(src *source, h header) error {
	size := int(h.size)
	// What is there could fill room elements if it were not deflated; beyond
	// that memory grows with what is inflated.
	room := min(h.count, int(src.present)/size)
	data := make([]float64, 0, room)
	buf := make([]byte, min(chunk, h.count*size))
	for len(data) < h.count {
		b := buf[:min(len(buf), (h.count-len(data))*size)]
		if err := src.full(b); err != nil {
			return err
		}
		n := len(b) / size
		if len(data)+n > cap(data) {
			grown := make([]float64, len(data), min(h.count, max(len(data)+n, 2*len(data))))
			copy(grown, data)
			data = grown
		}
		if h.big {
			swap(b, size)
		}
		values := data[len(data) : len(data)+n]
		data = data[:len(data)+n]
		if h.kind == Bool {
			if i := slices.IndexFunc(b, func(c byte) bool { return c > 1 }); i >= 0 {
				return fmt.Errorf("element %s is the byte %d, which is no bool; 0 and 1 are", index(h.shape, h.fortran, len(data)-n+i), b[i])
			}
		}
		a.Inexact += decode(values, b, h.kind)
	}
	a.Data = data
	return nil
}

// swap reverses the bytes of each element.
func swap(b []byte, size int) {
	for ; len(b) > 0 && size > 1; b = b[size:] {
		slices.Reverse(b[:size])
	}
}

// decode sets dst to the elements in b, little end first, and returns how many
// of them float64 cannot hold.
func decode(dst []float64, b []byte, k Kind) (inexact int) {
	le := binary.LittleEndian
	switch k {
	case Float64:
		for i := range dst {
			dst[i] = math.Float64frombits(le.Uint64(b[8*i:]))
		}
	case Float32:
		for i := range dst {
			dst[i] = float64(math.Float32frombits(le.Uint32(b[4*i:])))
		}
	case Float16:
		for i := range dst {
			dst[i] = fromHalf(le.Uint16(b[2*i:]))
		}
	case Int64:
		for i := range dst {
			v := int64(le.Uint64(b[8*i:]))
			dst[i] = float64(v)
			if !exact(uint64(max(v, -v))) {
				inexact++
			}
		}
	case Uint64:
		for i := range dst {
			v := le.Uint64(b[8*i:])
			dst[i] = float64(v)
			if !exact(v) {
				inexact++
			}
		}
	case Int32:
		for i := range dst {
			dst[i] = float64(int32(le.Uint32(b[4*i:])))
		}
	case Uint32:
		for i := range dst {
			dst[i] = float64(le.Uint32(b[4*i:]))
		}
	case Int16:
		for i := range dst {
			dst[i] = float64(int16(le.Uint16(b[2*i:])))
		}
	case Uint16:
		for i := range dst {
			dst[i] = float64(le.Uint16(b[2*i:]))
		}
	case Int8:
		for i := range dst {
			dst[i] = float64(int8(b[i]))
		}
	case Uint8, Bool:
		for i := range dst {
			dst[i] = float64(b[i])
		}
	}
	return inexact
}

// exact reports whether a float64 equals v: whether v has no more than 53 bits
// from its first to its last one.
func exact(v uint64) bool { return bits.Len64(v)-bits.TrailingZeros64(v) <= 53 }

// fromHalf returns the value of an IEEE 754 binary16.
func fromHalf(h uint16) float64 {
	exponent, fraction := int(h>>10&31), float64(h&1023)
	var v float64
	switch exponent {
	case 31:
		v = math.Inf(1)
		if fraction != 0 {
			v = math.NaN()
		}
	case 0:
		v = math.Ldexp(fraction, -24)
	default:
		v = math.Ldexp(1024+fraction, exponent-25)
	}
	if h>>15 != 0 {
		v = math.Copysign(v, -1)
	}
	return v
}

// toHalf returns the binary16 nearest to v, ties to even.
func toHalf(v float64) uint16 {
	sign := uint16(0)
	if math.Signbit(v) {
		sign = 1 << 15
	}
	a := math.Abs(v)
	switch {
	case v != v:
		return 0x7e00 // np.nan
	case a == 0:
		return sign
	case a >= 65520: // from halfway between the largest and the next power of 2
		return sign | 0x7c00
	}
	_, e := math.Frexp(a)
	e = max(e-11, -24) // the neighbours of a are 2^e apart
	n := math.RoundToEven(math.Ldexp(a, -e))
	return sign | uint16(e+24)<<10 + uint16(n)
}
