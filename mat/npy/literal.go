package npy

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

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
