package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// magic begins every array.
const magic = "\x93NUMPY"

// A header is what comes before the elements.
type header struct {
	dtype
	fortran bool
	claimed []int64 // sizes as written
	shape   []int   // the same, once check has found them true
	count   int     // of elements
}

// readHeader reads the header of the array that src is, and checks that the
// shape fits the bytes that follow.
func readHeader(src *source) (header, error) {
	size := src.size
	start := make([]byte, min(size, int64(len(magic)+2)))
	if err := src.full(start); err != nil {
		return header{}, err
	}
	if len(start) == 0 {
		return header{}, errors.New("is empty")
	}
	if n := min(len(start), len(magic)); string(start[:n]) != magic[:n] {
		return header{}, fmt.Errorf("is no array: %s where an array begins with \\x93NUMPY", sniff(start))
	}
	if size < 10 {
		return header{}, fmt.Errorf("has %s and ends inside the header; it was cut off", plural(size, "byte"))
	}
	major, minor := start[6], start[7]
	if major < 1 || major > 3 || minor != 0 {
		return header{}, fmt.Errorf("has version %d.%d of the format; 1.0, 2.0 and 3.0 are read", major, minor)
	}
	length := make([]byte, 2)
	if major > 1 {
		length = make([]byte, 4)
	}
	at := int64(len(start) + len(length))
	if at > size {
		return header{}, fmt.Errorf("has %s and ends inside the header; it was cut off", plural(size, "byte"))
	}
	if err := src.full(length); err != nil {
		return header{}, err
	}
	n := int64(binary.LittleEndian.Uint16(length))
	if major > 1 {
		n = int64(binary.LittleEndian.Uint32(length))
	}
	if n > maxHeader {
		return header{}, fmt.Errorf("has a header of %d bytes by its own word; up to %d are read", n, maxHeader)
	}
	if n > size-at {
		return header{}, fmt.Errorf("has a header of %d bytes by its own word, but only %s follow; it was cut off", n, plural(size-at, "byte"))
	}
	text := make([]byte, n)
	if err := src.full(text); err != nil {
		return header{}, err
	}
	l := literal{text: string(text), long: major < 3}
	h, err := l.header()
	if err != nil {
		return header{}, err
	}
	return h, h.check(size - at - n)
}

// check compares the shape with the bytes that follow the header, and keeps it
// if they fit.
func (h *header) check(follow int64) error {
	switch axes := len(h.claimed); {
	case axes > maxAxes:
		return fmt.Errorf("has %d axes; arrays of up to %d are read", axes, maxAxes)
	case h.kind == Text && axes > maxTextual:
		return fmt.Errorf("has text in %d axes, %s; text of up to %d is read", axes, shapeText(h.claimed), maxTextual)
	}
	count, empty := uint64(1), h.size == 0
	for _, n := range h.claimed {
		empty = empty || n == 0
		hi, lo := bits.Mul64(count, uint64(n))
		if count = lo; hi != 0 || lo > 1<<62 {
			count = 1 << 62
		}
	}
	for _, n := range h.claimed {
		if empty && n > maxEmpty {
			return fmt.Errorf("has the shape %s without a byte of elements; there sizes up to %d are read", shapeText(h.claimed), maxEmpty)
		}
	}
	hi, need := bits.Mul64(count, uint64(h.size))
	if hi != 0 || need != uint64(follow) {
		return fmt.Errorf("the shape %s of %s needs %s, but %s the header; %s",
			shapeText(h.claimed), h.name(), needText(hi, need), followText(follow), cutOrMore(hi == 0 && need < uint64(follow)))
	}
	h.shape, h.count = []int{}, int(count)
	for _, n := range h.claimed {
		h.shape = append(h.shape, int(n))
	}
	return nil
}

func needText(hi, need uint64) string {
	if hi != 0 || need >= 1<<62 {
		return "more bytes than there can be"
	}
	return plural(int64(need), "byte")
}

func followText(n int64) string {
	if n == 1 {
		return "1 byte follows"
	}
	return plural(n, "byte") + " follow"
}

func cutOrMore(more bool) string {
	if more {
		return "there is something behind the array"
	}
	return "it was cut off or the shape is wrong"
}
