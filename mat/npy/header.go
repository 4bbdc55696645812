package npy

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
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

// A literal reads the one Python expression that a header is:
//
//	{'descr': '<f8', 'fortran_order': False, 'shape': (800, 20), }
//
// It knows the few forms that NumPy's writer and those of other libraries use,
// strings without escapes, True and False, and tuples of integers, and refuses
// all else rather than guess.
type literal struct {
	text string
	at   int  // the next byte
	long bool // integers may end in L, as Python 2 wrote them
}

// errorf returns an error about the next byte.
func (l *literal) errorf(format string, args ...any) error {
	return fmt.Errorf("header, byte %d: %s", l.at, fmt.Sprintf(format, args...))
}

// found says what is there instead of something else.
func (l *literal) found() string {
	if l.at == len(l.text) {
		return "the end"
	}
	rest := l.text[l.at:]
	if i := strings.IndexAny(rest[1:], " \n,:(){}[]"); i >= 0 {
		rest = rest[:i+1]
	}
	return quote(rest)
}

// next passes over white space and returns the next byte, 0 at the end.
func (l *literal) next() byte {
	for l.at < len(l.text) && strings.IndexByte(" \t\r\n", l.text[l.at]) >= 0 {
		l.at++
	}
	if l.at == len(l.text) {
		return 0
	}
	return l.text[l.at]
}

// take passes over c if it comes next.
func (l *literal) take(c byte) bool {
	if l.next() != c {
		return false
	}
	l.at++
	return true
}

func (l *literal) want(c byte) error {
	if !l.take(c) {
		return l.errorf("%s where %q should be", l.found(), c)
	}
	return nil
}

// header reads the whole literal. The sizes are as written, not negative.
func (l *literal) header() (h header, err error) {
	if err := l.want('{'); err != nil {
		return h, err
	}
	seen := map[string]bool{}
	for !l.take('}') {
		l.next()
		start := l.at
		key, err := l.str()
		if err != nil {
			return h, err
		}
		if err := l.want(':'); err != nil {
			return h, err
		}
		if seen[key] {
			l.at = start
			return h, l.errorf("the key %s comes twice", quote(key))
		}
		seen[key] = true
		switch key {
		case "descr":
			h.dtype, err = l.dtype()
		case "fortran_order":
			h.fortran, err = l.boolean()
		case "shape":
			h.claimed, err = l.tuple()
		default:
			l.at = start
			return h, l.errorf("the key %s is unknown; descr, fortran_order and shape would be right", quote(key))
		}
		if err != nil {
			return h, err
		}
		if !l.take(',') && l.next() != '}' {
			return h, l.errorf("%s where a comma or } should be", l.found())
		}
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return h, fmt.Errorf("header: the key %s is missing", key)
		}
	}
	if l.next() != 0 || l.at != len(l.text) {
		return h, l.errorf("%s behind the closing }", l.found())
	}
	return h, nil
}

// str reads a string in either quotes.
func (l *literal) str() (string, error) {
	mark := l.next()
	if mark != '\'' && mark != '"' {
		return "", l.errorf("%s where a text in quotes should be", l.found())
	}
	end := strings.IndexByte(l.text[l.at+1:], mark)
	if end < 0 {
		return "", l.errorf("a quote that is not closed")
	}
	s := l.text[l.at+1 : l.at+1+end]
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == '\\' {
			return "", l.errorf("the text %s has a character that none of these has", quote(s))
		}
	}
	l.at += end + 2
	return s, nil
}

// dtype reads the value of descr.
func (l *literal) dtype() (dtype, error) {
	if c := l.next(); c == '[' || c == '(' {
		return dtype{}, fmt.Errorf("dtype has fields (a structured array) or a shape of its own and is not read; save each field as an array: a['name']")
	}
	s, err := l.str()
	if err != nil {
		return dtype{}, err
	}
	return parseDescr(s)
}

func (l *literal) boolean() (bool, error) {
	l.next()
	word := l.text[l.at:]
	if i := strings.IndexAny(word, " \t\r\n,}"); i >= 0 {
		word = word[:i]
	}
	if word == "True" || word == "False" {
		l.at += len(word)
		return word == "True", nil
	}
	return false, l.errorf("%s where True or False should be", l.found())
}

// tuple reads (), (3,), (3, 4), (3, 4,).
func (l *literal) tuple() ([]int64, error) {
	l.next()
	start := l.at
	if err := l.want('('); err != nil {
		return nil, err
	}
	shape := []int64{}
	comma := true // the next element may come
	for !l.take(')') {
		if !comma {
			return nil, l.errorf("%s where a comma or ) should be", l.found())
		}
		n, err := l.integer()
		if err != nil {
			return nil, err
		}
		shape = append(shape, n)
		comma = l.take(',')
	}
	if len(shape) == 1 && !comma {
		l.at = start
		return nil, l.errorf("(%d) is no tuple; (%[1]d,) would be right", shape[0])
	}
	return shape, nil
}

// integer reads a size. One beyond int64 becomes the largest int64, which no
// array has either.
func (l *literal) integer() (int64, error) {
	c := l.next()
	digits := l.text[l.at:]
	digits = digits[:len(digits)-len(strings.TrimLeft(digits, "0123456789"))]
	switch {
	case c == '-':
		return 0, l.errorf("%s: a size cannot be negative", l.found())
	case digits == "":
		return 0, l.errorf("%s where a size should be", l.found())
	case digits[0] == '0' && len(digits) > 1:
		return 0, l.errorf("the size %s begins with 0", quote(digits))
	}
	l.at += len(digits)
	if l.long && l.at < len(l.text) && l.text[l.at] == 'L' {
		l.at++
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		n = math.MaxInt64
	}
	return n, nil
}

// sniff says what a file that is not what it should be begins like, to stand
// before "where …".
func sniff(head []byte) string {
	for _, known := range []struct{ begin, what string }{
		{"PK\x03\x04", "a zip archive, as .npz files are"},
		{"PK\x05\x06", "an empty zip archive, as .npz files are"},
		{"\x80\x02", "a pickle"}, {"\x80\x03", "a pickle"}, {"\x80\x04", "a pickle"}, {"\x80\x05", "a pickle"},
		{"\x89HDF", "an HDF5 file"},
		{"\x1f\x8b", "a gzip file"},
		{"MATLAB", "a MATLAB file"},
	} {
		if bytes.HasPrefix(head, []byte(known.begin)) {
			return "it is " + known.what + ","
		}
	}
	return "it begins with " + quote(string(head[:min(len(head), 8)]))
}

// place returns the name of an entry as messages write it: as it is if it
// cannot be mistaken, or else in quotes.
func place(name string) string {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(" :;,\"'", r) }
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, odd) {
		return quote(name)
	}
	return short(name)
}

// quote returns s in quotes, cut to a length that fits in a message.
func quote(s string) string { return strconv.Quote(short(s)) }

// short returns s, or its beginning where it is too long for a message.
func short(s string) string {
	if utf8.RuneCountInString(s) <= 60 {
		return s
	}
	return string([]rune(s[:min(len(s), 400)])[:57]) + "…"
}

// plural returns n with its unit: 1 byte, 2 bytes.
func plural(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
