package npy

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Write writes a as an .npy file: version 1.0, little end first, C order, byte
// for byte what np.save writes for the same array. The same array gives the
// same bytes everywhere; which NaN a number is depends on the hardware, so each
// is written as np.nan.
//
// Numbers are rounded to the nearest of the array's Kind if that is float32 or
// float16. What the kind cannot hold, a fraction in an integer kind or 1e300 in
// float32, and integers that were Inexact when read, are an error; so is text
// that is not UTF-8 or ends in NUL. Nothing is written then. A shape that does
// not fit the numbers panics.
func Write(w io.Writer, a Array) error {
	enc, err := newEncoder(a)
	if err != nil {
		return err
	}
	return enc.write(w)
}

// An encoder is an array that has been found good to write.
type encoder struct {
	a      Array
	length int // of text elements, in characters
}

func newEncoder(a Array) (encoder, error) {
	n := max(len(a.Data), len(a.Text))
	if !a.Kind.valid() || len(a.Shape) > maxAxes || a.Kind == Text && len(a.Shape) > maxTextual ||
		len(a.Shape) > 0 && slices.Min(a.Shape) < 0 || elements(a.Shape) != n || a.Kind == Text && a.Data != nil || a.Kind != Text && a.Text != nil {
		panic(fmt.Sprintf("npy.Write: %s array of %s with %d numbers, %d texts", a.Kind, shapeText(a.Shape), len(a.Data), len(a.Text)))
	}
	enc := encoder{a: a}
	if n == 0 && slices.Max(a.Shape) > maxEmpty {
		return enc, fmt.Errorf("has the shape %s without elements; there sizes up to %d are written", shapeText(a.Shape), maxEmpty)
	}
	if a.Inexact > 0 {
		return enc, fmt.Errorf("%s beyond 2⁵³ lost digits when read as float64; writing would make them others", plural(int64(a.Inexact), "integer"))
	}
	if a.Kind == Text {
		var err error
		enc.length, err = wideLength(a.Text)
		return enc, err
	}
	for i, v := range a.Data {
		if !holds(a.Kind, v) {
			return enc, fmt.Errorf("element %s is %v, which %s cannot hold", index(a.Shape, false, i), v, a.Kind)
		}
	}
	return enc, nil
}

// holds reports whether v has a place in k, though it may be rounded there.
func holds(k Kind, v float64) bool {
	switch {
	case k == Float64 || k.Float() && (v != v || math.IsInf(v, 0)):
		return true
	case k == Float32:
		return !math.IsInf(float64(float32(v)), 0)
	case k == Float16:
		return math.Abs(v) < 65520
	case k == Bool:
		return v == 0 || v == 1
	}
	width := 8 * kinds[k].size
	low, high := -math.Ldexp(1, width-1), math.Ldexp(1, width-1)
	if k >= Uint64 {
		low, high = 0, math.Ldexp(1, width)
	}
	return v >= low && v < high && v == math.Floor(v)
}

// header returns what comes before the elements.
func (enc encoder) header() []byte {
	a := enc.a
	var descr string
	switch size := kinds[a.Kind].size; {
	case a.Kind == Text:
		descr = fmt.Sprintf("<U%d", enc.length)
	case size == 1:
		descr = "|" + kinds[a.Kind].code
	default:
		descr = "<" + kinds[a.Kind].code
	}
	var sizes []string
	for _, n := range a.Shape {
		sizes = append(sizes, strconv.Itoa(n))
	}
	shape := strings.Join(sizes, ", ")
	if len(sizes) == 1 {
		shape += ","
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, shape)
	// The header ends at a multiple of 64 bytes, and there is no shape for
	// which 128 are too few or NumPy would take 64.
	text = fmt.Sprintf("%-117s\n", text)
	b := append([]byte(magic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return append(b, text...)
}

// size returns the bytes that write writes.
func (enc encoder) size() int64 {
	each := kinds[enc.a.Kind].size
	if enc.a.Kind == Text {
		each = 4 * enc.length
	}
	return int64(len(enc.header())) + int64(each)*int64(elements(enc.a.Shape))
}

func (enc encoder) write(w io.Writer) error {
	b := bufio.NewWriterSize(w, chunk) // keeps the first error
	b.Write(enc.header())
	for _, s := range enc.a.Text {
		b.Write(appendWide(b.AvailableBuffer(), s, enc.length))
	}
	for _, v := range enc.a.Data {
		b.Write(appendNumber(b.AvailableBuffer(), enc.a.Kind, v))
	}
	return b.Flush()
}

// appendNumber appends v as an element of k, little end first.
func appendNumber(b []byte, k Kind, v float64) []byte {
	le := binary.LittleEndian
	switch k {
	case Float64:
		if v != v {
			return le.AppendUint64(b, 0x7ff8<<48) // np.nan
		}
		return le.AppendUint64(b, math.Float64bits(v))
	case Float32:
		if v != v {
			return le.AppendUint32(b, 0x7fc0<<16)
		}
		return le.AppendUint32(b, math.Float32bits(float32(v)))
	case Float16:
		return le.AppendUint16(b, toHalf(v))
	case Uint64:
		return le.AppendUint64(b, uint64(v))
	case Int64:
		return le.AppendUint64(b, uint64(int64(v)))
	case Int32, Uint32:
		return le.AppendUint32(b, uint32(int64(v)))
	case Int16, Uint16:
		return le.AppendUint16(b, uint16(int64(v)))
	}
	return append(b, byte(int64(v)))
}

// An Entry is an array and the name it has in an archive, without .npy.
type Entry struct {
	Name  string
	Array Array
}

// WriteNPZ writes the arrays as an .npz file, in their order: stored, as
// np.savez does, or deflated, as np.savez_compressed does. The same arrays give
// the same bytes, for there are no times in it; how well it deflates may change
// with the version of Go.
//
// Errors are those of Write, with the name, and names that are given twice, not
// UTF-8, too long, or have a NUL, where Python would end them. Nothing is
// written then.
func WriteNPZ(w io.Writer, arrays []Entry, compressed bool) error {
	encoders := make([]encoder, len(arrays))
	seen := map[string]bool{}
	for i, e := range arrays {
		var err error
		switch {
		case seen[e.Name]:
			err = errors.New("its name comes twice")
		case !utf8.ValidString(e.Name) || strings.Contains(e.Name, "\x00"):
			err = errors.New("its name is not UTF-8 or has a NUL")
		case len(e.Name) > 1<<16-1-len(suffix):
			err = errors.New("its name is too long for a zip archive")
		default:
			encoders[i], err = newEncoder(e.Array)
		}
		if err != nil {
			return fmt.Errorf("entry %s: %w", place(e.Name+suffix), err)
		}
		seen[e.Name] = true
	}
	z := zip.NewWriter(w)
	var deflate *flate.Writer // one for all: it takes a megabyte
	if compressed {
		var err error
		if deflate, err = flate.NewWriter(nil, flate.DefaultCompression); err != nil {
			return err
		}
	}
	for i, e := range arrays {
		if err := writeEntry(z, e.Name+suffix, encoders[i], deflate); err != nil {
			return err
		}
	}
	return z.Close()
}

// writeEntry writes one array, stored if deflate is nil. It makes the entry
// first, for its size and sum come before it, where Python's zipfile has them
// too.
func writeEntry(z *zip.Writer, name string, enc encoder, deflate *flate.Writer) error {
	var b bytes.Buffer
	sum := crc32.NewIEEE()
	h := &zip.FileHeader{
		Name:           name,
		CreatorVersion: 3<<8 | 20, // Unix, zip 2.0
		ReaderVersion:  20,
		Method:         zip.Store,
		//lint:ignore SA1019 CreateRaw writes the date in this form alone
		ModifiedDate:       1<<5 | 1, // 1 January 1980, the earliest and Python's
		UncompressedSize64: uint64(enc.size()),
		ExternalAttrs:      0o100600 << 16,
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		h.Flags |= 0x800 // the name is UTF-8
	}
	var err error
	if deflate != nil {
		h.Method = zip.Deflate
		deflate.Reset(&b)
		if err = enc.write(io.MultiWriter(deflate, sum)); err == nil {
			err = deflate.Close()
		}
	} else {
		b.Grow(int(enc.size()))
		err = enc.write(io.MultiWriter(&b, sum))
	}
	if err != nil {
		return err
	}
	h.CRC32, h.CompressedSize64 = sum.Sum32(), uint64(b.Len())
	raw, err := z.CreateRaw(h)
	if err != nil {
		return err
	}
	_, err = raw.Write(b.Bytes())
	return err
}
