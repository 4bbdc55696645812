package npy

import (
	"fmt"
	"strconv"
	"strings"
)

// A Kind is the type of an array's elements in its file.
type Kind int

// The kinds, by NumPy's names. Text is str (<U…) or bytes (|S…).
const (
	Float64 Kind = iota
	Float32
	Float16
	Int64
	Int32
	Int16
	Int8
	Uint64
	Uint32
	Uint16
	Uint8
	Bool
	Text
)

// kinds has each Kind's name, its code in a header and the bytes of an element.
var kinds = [...]struct {
	name, code string
	size       int
}{
	Float64: {"float64", "f8", 8},
	Float32: {"float32", "f4", 4},
	Float16: {"float16", "f2", 2},
	Int64:   {"int64", "i8", 8},
	Int32:   {"int32", "i4", 4},
	Int16:   {"int16", "i2", 2},
	Int8:    {"int8", "i1", 1},
	Uint64:  {"uint64", "u8", 8},
	Uint32:  {"uint32", "u4", 4},
	Uint16:  {"uint16", "u2", 2},
	Uint8:   {"uint8", "u1", 1},
	Bool:    {"bool", "b1", 1},
	Text:    {"text", "", 0},
}

// String returns NumPy's name of the kind, "float64".
func (k Kind) String() string {
	if !k.valid() {
		return fmt.Sprintf("npy.Kind(%d)", int(k))
	}
	return kinds[k].name
}

// Code returns NumPy's code of the kind, "f8"; "" for text.
func (k Kind) Code() string {
	if !k.valid() {
		return ""
	}
	return kinds[k].code
}

// Float reports whether the kind is float64, float32 or float16.
func (k Kind) Float() bool { return k >= Float64 && k <= Float16 }

// Integer reports whether the kind is a signed or unsigned integer. Bool is
// none.
func (k Kind) Integer() bool { return k >= Int64 && k <= Uint8 }

func (k Kind) valid() bool { return k >= 0 && int(k) < len(kinds) }

// A dtype is how a file stores the elements.
type dtype struct {
	kind  Kind
	size  int64 // bytes of an element
	big   bool  // the big end comes first
	wide  bool  // text of four bytes a character: str, not bytes
	descr string
}

// name returns what messages call the type: float64, <U5.
func (d dtype) name() string {
	if d.kind == Text {
		return d.descr
	}
	return d.kind.String()
}

// parseDescr reads the descr of a header.
func parseDescr(s string) (dtype, error) {
	d := dtype{descr: s}
	order, code := byte(0), s
	if s != "" && strings.IndexByte("<>|=", s[0]) >= 0 {
		order, code = s[0], s[1:]
	}
	letter, width := "", ""
	if code != "" {
		letter, width = code[:1], code[1:]
	}
	for k, t := range kinds {
		if t.code == code && code != "" {
			d.kind, d.size = Kind(k), int64(t.size)
		}
	}
	if letter == "U" || letter == "S" {
		n, err := strconv.ParseUint(width, 10, 31)
		if err != nil {
			return d, refusedDescr(s, letter, width)
		}
		d.kind, d.size = Text, int64(n)
		if letter == "U" {
			d.wide, d.size = true, 4*int64(n)
		}
	}
	if d.size == 0 && d.kind != Text {
		return d, refusedDescr(s, letter, width)
	}
	if (d.size > 1 && d.kind != Text || d.wide) && order != '<' && order != '>' {
		return d, fmt.Errorf("dtype %s leaves the order of the bytes open; < or > before it would tell", quote(s))
	}
	d.big = order == '>'
	return d, nil
}

// refusedDescr says why an array of that dtype is not read, and what to do
// about it in NumPy.
func refusedDescr(s, letter, width string) error {
	unit := strings.IndexByte(width, '[') // as in M8[ns]
	if unit < 0 || letter != "M" && letter != "m" {
		unit = len(width)
	}
	if strings.Trim(width[:unit], "0123456789") != "" {
		letter = "" // none of these
	}
	switch letter {
	case "O":
		return fmt.Errorf("dtype object holds pickled Python objects, which are not read; save plain numbers: np.asarray(a, dtype=float)")
	case "c":
		return fmt.Errorf("dtype complex (%s) is not read; save a.real and a.imag apart", short(s))
	case "f", "g":
		return fmt.Errorf("dtype long double (%s) depends on the machine and is not read; save a.astype(np.float64)", short(s))
	case "M", "m":
		return fmt.Errorf("dtype datetime or timedelta (%s) is not read; save a.astype(np.int64)", short(s))
	case "V":
		return fmt.Errorf("dtype void (%s), bytes without a meaning, is not read; save plain numbers: a.astype(np.float32)", short(s))
	case "T":
		return fmt.Errorf("dtype StringDType (%s) is not read; save a.astype(str)", short(s))
	}
	return fmt.Errorf("dtype %s is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5", quote(s))
}
