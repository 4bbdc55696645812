package npy

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"os"
	"slices"
	"strings"
	"unicode/utf8"
)

// Read returns the array in the first size bytes of r, an .npy file. Errors
// call it name.
func Read(r io.ReaderAt, size int64, name string) (Array, error) {
	if err := sizeError(size); err != nil {
		return Array{}, fmt.Errorf("%s: %w", name, err)
	}
	src := source{r: io.NewSectionReader(r, 0, size), size: size, present: size}
	a, err := src.array()
	if err != nil {
		return Array{}, fmt.Errorf("%s: %w", name, err)
	}
	return a, nil
}

// ReadFile returns the array in the .npy file at path.
func ReadFile(path string) (Array, error) {
	f, size, err := open(path)
	if err != nil {
		return Array{}, err
	}
	defer f.Close()
	return Read(f, size, path)
}

// open opens a regular file of a size that this package reads.
func open(path string) (*os.File, int64, error) {
	// Not Open first: opening a pipe would wait for someone to write to it.
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is not a regular file; a copy of it in one would be right")
		if info.IsDir() {
			err = errors.New("is a directory; a file in it would be right")
		}
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err == nil {
		if err = sizeError(info.Size()); err == nil {
			return f, info.Size(), nil
		}
		err = fmt.Errorf("%s: %w", path, err)
	}
	f.Close()
	return nil, 0, err
}

func sizeError(size int64) error {
	if size > maxBytes {
		return fmt.Errorf("has %d bytes; files of up to %d are read", size, maxBytes)
	}
	return nil
}

// A source is the bytes of one array, header and all.
type source struct {
	r       io.Reader
	at      int64 // bytes read
	size    int64 // bytes that there should be
	present int64 // of these the bytes really there, which are fewer if deflated
}

// full fills b.
func (s *source) full(b []byte) error {
	n, err := io.ReadFull(s.r, b)
	s.at += int64(n)
	var corrupt flate.CorruptInputError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("ends after %d of %s; it was cut off", s.at, plural(s.size, "byte"))
	case errors.As(err, &corrupt):
		return fmt.Errorf("the deflated data are corrupt after %d of %s", s.at, plural(s.size, "byte"))
	}
	return err
}

// rest returns all the bytes that remain. Memory grows as they come.
func (s *source) rest() ([]byte, error) {
	n := s.size - s.at
	b := make([]byte, 0, min(n, s.present))
	for int64(len(b)) < n {
		from := len(b)
		to := min(n, int64(max(cap(b), from+chunk)))
		b = slices.Grow(b, int(to)-from)[:to] // by a part of what there is
		if err := s.full(b[from:]); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// array reads all of it.
func (s *source) array() (Array, error) {
	h, err := readHeader(s)
	if err != nil {
		return Array{}, err
	}
	a := Array{Shape: h.shape, Kind: h.kind}
	if h.kind == Text {
		a.Text, err = readText(s, h)
		return a, err
	}
	if err := a.readNumbers(s, h); err != nil {
		return Array{}, err
	}
	if h.fortran {
		a.Data = fromFortran(a.Shape, a.Data)
	}
	return a, nil
}

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
		each(dst, b, 8, func(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) })
	case Float32:
		each(dst, b, 4, func(b []byte) float64 { return float64(math.Float32frombits(le.Uint32(b))) })
	case Float16:
		each(dst, b, 2, func(b []byte) float64 { return fromHalf(le.Uint16(b)) })
	case Int64, Uint64:
		each(dst, b, 8, func(b []byte) float64 {
			v := le.Uint64(b)
			negative := k == Int64 && v>>63 != 0
			if negative {
				v = -v
			}
			if !exact(v) {
				inexact++
			}
			if negative {
				return -float64(v)
			}
			return float64(v)
		})
	case Int32:
		each(dst, b, 4, func(b []byte) float64 { return float64(int32(le.Uint32(b))) })
	case Uint32:
		each(dst, b, 4, func(b []byte) float64 { return float64(le.Uint32(b)) })
	case Int16:
		each(dst, b, 2, func(b []byte) float64 { return float64(int16(le.Uint16(b))) })
	case Uint16:
		each(dst, b, 2, func(b []byte) float64 { return float64(le.Uint16(b)) })
	case Int8:
		each(dst, b, 1, func(b []byte) float64 { return float64(int8(b[0])) })
	case Uint8, Bool:
		each(dst, b, 1, func(b []byte) float64 { return float64(b[0]) })
	}
	return inexact
}

// each sets dst to what number makes of the elements of b, each of so many
// bytes. It is short enough to be compiled into its callers, and number with it.
func each(dst []float64, b []byte, size int, number func([]byte) float64) {
	for i := range dst {
		dst[i] = number(b[size*i:])
	}
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

// readText reads the elements of a text array.
func readText(src *source, h header) ([]string, error) {
	all, err := src.rest()
	if err != nil {
		return nil, err
	}
	text := make([]string, h.count)
	for i := range text {
		element := all[i*int(h.size) : (i+1)*int(h.size)]
		if h.wide {
			text[i], err = fromWide(element, h.big)
		} else {
			text[i], err = fromBytes(element)
		}
		if err != nil {
			return nil, fmt.Errorf("element %s %w", index(h.shape, h.fortran, i), err)
		}
	}
	return text, nil
}

// fromWide returns the text of an element of str: four bytes a character and
// NULs up to its length.
func fromWide(b []byte, big bool) (string, error) {
	var order binary.ByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	for len(b) > 0 && order.Uint32(b[len(b)-4:]) == 0 {
		b = b[:len(b)-4]
	}
	var s strings.Builder
	for i := 0; i < len(b); i += 4 {
		c := order.Uint32(b[i:])
		if !utf8.ValidRune(rune(c)) {
			return "", fmt.Errorf("has character %d as %#x, which Unicode does not have", i/4, c)
		}
		s.WriteRune(rune(c))
	}
	return s.String(), nil
}

// fromBytes returns the text of an element of bytes.
func fromBytes(b []byte) (string, error) {
	b = bytes.TrimRight(b, "\x00")
	if !utf8.Valid(b) {
		return "", fmt.Errorf("%s is not UTF-8; save text as str", quote(string(b)))
	}
	return string(b), nil
}

// wideLength returns the length of the longest text in characters: at least 1,
// as NumPy has it. Text that would not come back as it is is an error.
func wideLength(text []string) (int, error) {
	longest := 1
	for i, s := range text {
		if !utf8.ValidString(s) {
			return 0, fmt.Errorf("text %d, %s, is not UTF-8", i, quote(s))
		}
		if strings.HasSuffix(s, "\x00") {
			return 0, fmt.Errorf("text %d, %s, ends in NUL, which NumPy takes for padding", i, quote(s))
		}
		longest = max(longest, utf8.RuneCountInString(s))
	}
	return longest, nil
}

// appendWide appends s in four bytes a character, little end first, with NULs
// up to length characters.
func appendWide(b []byte, s string, length int) []byte {
	end := len(b) + 4*length
	for _, c := range s {
		b = binary.LittleEndian.AppendUint32(b, uint32(c))
	}
	pad := end - len(b)
	b = slices.Grow(b, pad)[:end]
	clear(b[end-pad:])
	return b
}
