package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// npyFile returns a file of the version with that header and these bytes.
func npyFile(major byte, header, elements string) string {
	b := append([]byte(magic), major, 0)
	if major == 1 {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(header)))
	} else {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(header)))
	}
	return string(b) + header + elements
}

// dict returns a header as NumPy writes it.
func dict(descr, order, shape string) string {
	return fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }", descr, order, shape)
}

// f8 is a file of float64 with that shape and these bytes.
func f8(shape, elements string) string {
	return npyFile(1, dict("'<f8'", "False", shape), elements)
}

// of is a file of that dtype, one element, no axes.
func of(descr, elements string) string {
	return npyFile(1, dict(descr, "False", "()"), elements)
}

func zeros(n int) string { return strings.Repeat("\x00", n) }

var refusedFiles = []struct{ name, file, want string }{
	{"empty", "", "is empty"},
	{"text", "1.0, 2.0\n", `is no array: it begins with "1.0, 2.0" where an array begins with \x93NUMPY`},
	{"a few bytes", "\x93NU", "has 3 bytes and ends inside the header; it was cut off"},
	{"magic only", magic, "has 6 bytes and ends inside the header; it was cut off"},
	{"no length", magic + "\x01\x00v", "has 9 bytes and ends inside the header; it was cut off"},
	{"half a length", magic + "\x02\x00v\x00\x00", "has 11 bytes and ends inside the header; it was cut off"},
	{"zip", "PK\x03\x04\x14\x00\x00\x00\x00", `is no array: it is a zip archive, as .npz files are, where an array begins with \x93NUMPY`},
	{"empty zip", "PK\x05\x06\x00\x00\x00\x00", `is no array: it is an empty zip archive, as .npz files are, where an array begins with \x93NUMPY`},
	{"pickle", "\x80\x04\x95\x10\x00", `is no array: it is a pickle, where an array begins with \x93NUMPY`},
	{"HDF5", "\x89HDF\r\n\x1a\n", `is no array: it is an HDF5 file, where an array begins with \x93NUMPY`},
	{"gzip", "\x1f\x8b\x08\x00", `is no array: it is a gzip file, where an array begins with \x93NUMPY`},
	{"MATLAB", "MATLAB 5.0 MAT-file", `is no array: it is a MATLAB file, where an array begins with \x93NUMPY`},
	{"version 0", magic + "\x00\x01\x02\x00{}", "has version 0.1 of the format; 1.0, 2.0 and 3.0 are read"},
	{"version 4", magic + "\x04\x00\x02\x00\x00\x00{}", "has version 4.0 of the format; 1.0, 2.0 and 3.0 are read"},
	{"version 1.1", magic + "\x01\x01\x02\x00{}", "has version 1.1 of the format; 1.0, 2.0 and 3.0 are read"},
	{"header beyond the file", magic + "\x01\x00v\x00{}", "has a header of 118 bytes by its own word, but only 2 bytes follow; it was cut off"},
	{"long header", npyFile(1, strings.Repeat(" ", 10001), ""), "has a header of 10001 bytes by its own word; up to 10000 are read"},
	{"absurd header", magic + "\x02\x00\xff\xff\xff\xff{}", "has a header of 4294967295 bytes by its own word; up to 10000 are read"},

	{"no header", npyFile(1, "", ""), `header, byte 0: the end where '{' should be`},
	{"no dictionary", npyFile(1, "[1, 2]", ""), `header, byte 0: "[1" where '{' should be`},
	{"binary header", npyFile(3, "\x00\xff\x1b\n", ""), `header, byte 0: "\x00\xff\x1b" where '{' should be`},
	{"open dictionary", npyFile(1, "{", ""), `header, byte 1: the end where a text in quotes should be`},
	{"open quote", npyFile(1, "{'descr", ""), `header, byte 1: a quote that is not closed`},
	{"no colon", npyFile(1, "{'descr', '<f8'}", ""), `header, byte 8: "," where ':' should be`},
	{"no comma", npyFile(1, "{'descr': '<f8' 'shape': ()}", ""), `header, byte 16: "'shape'" where a comma or } should be`},
	{"two commas", npyFile(1, "{'descr': '<f8',, 'shape': ()}", ""), `header, byte 16: "," where a text in quotes should be`},
	{"key without quotes", npyFile(1, "{descr: '<f8'}", ""), `header, byte 1: "descr" where a text in quotes should be`},
	{"byte key", npyFile(1, "{b'descr': '<f8'}", ""), `header, byte 1: "b'descr'" where a text in quotes should be`},
	{"escape", npyFile(1, `{'\x64escr': '<f8'}`, ""), `header, byte 1: the text "\\x64escr" has a character that none of these has`},
	{"unknown key", npyFile(1, "{ 'dtype': '<f8'}", ""), `header, byte 2: the key "dtype" is unknown; descr, fortran_order and shape would be right`},
	{"key twice", npyFile(1, "{'shape': (), 'descr': '<f8', 'shape': ()}", ""), `header, byte 30: the key "shape" comes twice`},
	{"no descr", npyFile(1, "{'fortran_order': False, 'shape': ()}", ""), "header: the key descr is missing"},
	{"no order", npyFile(1, "{'descr': '<f8', 'shape': ()}", ""), "header: the key fortran_order is missing"},
	{"no shape", npyFile(1, "{'descr': '<f8', 'fortran_order': False}", ""), "header: the key shape is missing"},
	{"something behind", npyFile(1, dict("'<f8'", "False", "()")+" #", zeros(8)), `header, byte 56: "#" behind the closing }`},
	{"NUL behind", npyFile(1, dict("'<f8'", "False", "()")+"\x00", zeros(8)), `header, byte 55: "\x00" behind the closing }`},
	{"call", npyFile(1, dict("'<f8'", "__import__('os')", "()"), ""), `header, byte 34: "__import__" where True or False should be`},
	{"order 1", npyFile(1, dict("'<f8'", "1", "()"), ""), `header, byte 34: "1" where True or False should be`},
	{"order Falsehood", npyFile(1, dict("'<f8'", "Falsehood", "()"), ""), `header, byte 34: "Falsehood" where True or False should be`},

	{"shape is a number", f8("3", zeros(24)), `header, byte 50: "3" where '(' should be`},
	{"shape is a list", f8("[3]", zeros(24)), `header, byte 50: "[3" where '(' should be`},
	{"shape is no tuple", f8("(3)", zeros(24)), "header, byte 50: (3) is no tuple; (3,) would be right"},
	{"shape is open", npyFile(1, "{'shape': (3,", ""), "header, byte 13: the end where a size should be"},
	{"comma alone", f8("(,)", ""), `header, byte 51: "," where a size should be`},
	{"sizes without a comma", f8("(3 4)", ""), `header, byte 53: "4" where a comma or ) should be`},
	{"negative size", f8("(-1,)", zeros(8)), `header, byte 51: "-1": a size cannot be negative`},
	{"size with sign", f8("(+1,)", zeros(8)), `header, byte 51: "+1" where a size should be`},
	{"size is a float", f8("(3.0, 4)", ""), `header, byte 52: ".0" where a comma or ) should be`},
	{"size is True", f8("(True, 4)", ""), `header, byte 51: "True" where a size should be`},
	{"size in hexadecimal", f8("(0x3, 4)", ""), `header, byte 52: "x3" where a comma or ) should be`},
	{"size with an underscore", f8("(1_0, 4)", ""), `header, byte 52: "_0" where a comma or ) should be`},
	{"size with a leading zero", f8("(03, 4)", ""), `header, byte 51: the size "03" begins with 0`},
	{"long size in version 3", npyFile(3, dict("'<f8'", "False", "(1L,)"), zeros(8)), `header, byte 52: "L" where a comma or ) should be`},
	{"33 axes", f8("("+strings.Repeat("1, ", 33)+")", zeros(8)), "has 33 axes; arrays of up to 32 are read"},
	{"text in two axes", npyFile(1, dict("'<U1'", "False", "(1, 2)"), zeros(8)), "has text in 2 axes, 1×2; text of up to 1 is read"},

	{"cut off", f8("(2, 3)", zeros(40)), "the shape 2×3 of float64 needs 48 bytes, but 40 bytes follow the header; it was cut off or the shape is wrong"},
	{"no elements", f8("()", ""), "the shape () of float64 needs 8 bytes, but 0 bytes follow the header; it was cut off or the shape is wrong"},
	{"half an element", f8("(1,)", zeros(1)), "the shape (1,) of float64 needs 8 bytes, but 1 byte follows the header; it was cut off or the shape is wrong"},
	{"more than the shape", f8("(2,)", zeros(24)), "the shape (2,) of float64 needs 16 bytes, but 24 bytes follow the header; there is something behind the array"},
	{"lying shape", f8("(268435456, 1)", zeros(8)), "the shape 268435456×1 of float64 needs 2147483648 bytes, but 8 bytes follow the header; it was cut off or the shape is wrong"},
	{"product overflows to 0", f8("(4294967296, 4294967296)", ""), "the shape 4294967296×4294967296 of float64 needs more bytes than there can be, but 0 bytes follow the header; it was cut off or the shape is wrong"},
	{"bytes overflow to 8", f8("(2305843009213693953,)", zeros(8)), "the shape (2305843009213693953,) of float64 needs more bytes than there can be, but 8 bytes follow the header; it was cut off or the shape is wrong"},
	{"size beyond int64", f8("(99999999999999999999,)", zeros(8)), "the shape (9223372036854775807,) of float64 needs more bytes than there can be, but 8 bytes follow the header; it was cut off or the shape is wrong"},
	{"text product overflows", npyFile(1, dict("'<U2147483647'", "False", "(2147483647,)"), ""), "the shape (2147483647,) of <U2147483647 needs more bytes than there can be, but 0 bytes follow the header; it was cut off or the shape is wrong"},
	{"many rows of nothing", f8("(1000000000, 0)", ""), "has the shape 1000000000×0 without a byte of elements; there sizes up to 65536 are read"},
	{"many empty texts", npyFile(1, dict("'<U0'", "False", "(65537,)"), ""), "has the shape (65537,) without a byte of elements; there sizes up to 65536 are read"},

	{"object", of("'|O'", "\x80\x04."), "dtype object holds pickled Python objects, which are not read; save plain numbers: np.asarray(a, dtype=float)"},
	{"object of Python 2", of("'O8'", "\x80\x02."), "dtype object holds pickled Python objects, which are not read; save plain numbers: np.asarray(a, dtype=float)"},
	{"complex", of("'<c16'", zeros(16)), "dtype complex (<c16) is not read; save a.real and a.imag apart"},
	{"long double", of("'<f16'", zeros(16)), "dtype long double (<f16) depends on the machine and is not read; save a.astype(np.float64)"},
	{"datetime", of("'<M8[ns]'", zeros(8)), "dtype datetime or timedelta (<M8[ns]) is not read; save a.astype(np.int64)"},
	{"timedelta", of("'<m8[D]'", zeros(8)), "dtype datetime or timedelta (<m8[D]) is not read; save a.astype(np.int64)"},
	{"bfloat16", of("'|V2'", zeros(2)), "dtype void (|V2), bytes without a meaning, is not read; save plain numbers: a.astype(np.float32)"},
	{"StringDType", of("'|T16'", zeros(16)), "dtype StringDType (|T16) is not read; save a.astype(str)"},
	{"records", of("[('x', '<f8'), ('y', '<f8')]", zeros(16)), "dtype has fields (a structured array) or a shape of its own and is not read; save each field as an array: a['name']"},
	{"subarray", of("('<f8', (2,))", zeros(16)), "dtype has fields (a structured array) or a shape of its own and is not read; save each field as an array: a['name']"},
	{"unknown dtype", of("'<q9'", zeros(9)), `dtype "<q9" is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5`},
	{"no dtype", of("''", zeros(8)), `dtype "" is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5`},
	{"order without dtype", of("'<'", zeros(8)), `dtype "<" is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5`},
	{"name of a dtype", of("'float64'", zeros(8)), `dtype "float64" is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5`},
	{"nonsense like a dtype", of("'<ce: a'", zeros(8)), `dtype "<ce: a" is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5`},
	{"object's name", of("'Object'", zeros(8)), `dtype "Object" is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5`},
	{"native order", of("'=f8'", zeros(8)), `dtype "=f8" leaves the order of the bytes open; < or > before it would tell`},
	{"no order", of("'f8'", zeros(8)), `dtype "f8" leaves the order of the bytes open; < or > before it would tell`},
	{"no order of many", of("'|f8'", zeros(8)), `dtype "|f8" leaves the order of the bytes open; < or > before it would tell`},
	{"no order of text", of("'|U1'", zeros(4)), `dtype "|U1" leaves the order of the bytes open; < or > before it would tell`},
	{"text without length", of("'<U'", ""), `dtype "<U" is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5`},
	{"text of negative length", of("'<U-1'", ""), `dtype "<U-1" is unknown; floats, integers, bool and text are read, such as <f8, <f4, <i8, |b1, <U5`},
	{"dtype with a control character", of("'<f8\x1b'", zeros(8)), `header, byte 10: the text "<f8\x1b" has a character that none of these has`},

	{"bool 2", npyFile(1, dict("'|b1'", "False", "(2, 3)"), "\x00\x01\x00\x01\x02\x00"), "element [1,1] is the byte 2, which is no bool; 0 and 1 are"},
	{"bool 2 in Fortran order", npyFile(1, dict("'|b1'", "True", "(2, 3)"), "\x00\x01\x00\x01\x02\x00"), "element [0,2] is the byte 2, which is no bool; 0 and 1 are"},
	{"bool in three axes", npyFile(1, dict("'|b1'", "True", "(2, 1, 3)"), "\x00\x01\x00\x01\x00\xff"), "element [1,0,2] is the byte 255, which is no bool; 0 and 1 are"},
	{"bool behind many", npyFile(1, dict("'|b1'", "False", "(40000,)"), zeros(39_998)+"\x03\x00"), "element [39998] is the byte 3, which is no bool; 0 and 1 are"},
	{"surrogate", npyFile(1, dict("'<U2'", "False", "(2,)"), "a\x00\x00\x00"+zeros(4)+"b\x00\x00\x00\x00\xd8\x00\x00"), "element [1] has character 1 as 0xd800, which Unicode does not have"},
	{"beyond Unicode", of("'>U1'", "\xff\x00\x00\x00"), "element [] has character 0 as 0xff000000, which Unicode does not have"},
	{"Latin-1", of("'|S2'", "\xe9\x00"), `element [] "\xe9" is not UTF-8; save text as str`},
}

// allocated returns the bytes that f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// refusedMemory is more than any refusal of a small file needs.
const refusedMemory = 1 << 20

func TestRefused(t *testing.T) {
	for _, c := range refusedFiles {
		t.Run(c.name, func(t *testing.T) {
			var a Array
			var err error
			if n := allocated(func() { a, err = Read(strings.NewReader(c.file), int64(len(c.file)), "dir/w.npy") }); n > refusedMemory {
				t.Errorf("%d bytes allocated", n)
			}
			if err == nil {
				t.Fatalf("accepted: %s of %s", a.ShapeText(), a.Kind)
			}
			if got, want := err.Error(), "dir/w.npy: "+c.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if a.Shape != nil || a.Data != nil || a.Text != nil {
				t.Errorf("with the error comes %v", a)
			}
		})
	}
}

// A reader that has fewer bytes than it was said to have.
func TestReadShort(t *testing.T) {
	for _, file := range []string{f8("(1000,)", zeros(8000)), npyFile(2, dict("'<U1000'", "False", "()"), zeros(4000))} {
		for n := 1; n < len(file); n += 1 + n/8 {
			_, err := Read(strings.NewReader(file[:n]), int64(len(file)), "w.npy")
			if want := fmt.Sprintf("w.npy: ends after %d of %d bytes; it was cut off", n, len(file)); err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
		}
	}
	_, err := Read(strings.NewReader(""), maxBytes+1, "w.npy")
	if want := "w.npy: has 2147483648 bytes; files of up to 2147483647 are read"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// What is no regular file, for both readers.
func TestNoFile(t *testing.T) {
	dir := t.TempDir()
	long := filepath.Join(dir, "long")
	f, err := os.Create(long)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(maxBytes + 1); err != nil {
		t.Log("no sparse files here:", err)
		long = ""
	}
	f.Close()
	for _, c := range []struct{ path, want string }{
		{dir, dir + ": is a directory; a file in it would be right"},
		{os.DevNull, os.DevNull + ": is not a regular file; a copy of it in one would be right"},
		{filepath.Join(dir, "none"), "none: no such file or directory"},
		{long, long + ": has 2147483648 bytes; files of up to 2147483647 are read"},
	} {
		if c.path == "" {
			continue
		}
		_, err1 := ReadFile(c.path)
		_, err2 := ReadNPZ(c.path)
		for _, err := range []error{err1, err2} {
			if err == nil || !strings.HasSuffix(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		}
	}
}

// Forms of a header that other writers use and NumPy reads.
func TestAcceptedHeaders(t *testing.T) {
	const one = "\x00\x00\x00\x00\x00\x00\xf0\x3f"
	for _, header := range []string{
		"{'shape':(1,),'fortran_order':False,'descr':'<f8'}",
		"{\"descr\": \"<f8\", \"fortran_order\": True, \"shape\": (1,)}\n",
		" \t\n{ 'descr' : '<f8' , 'fortran_order' : False , 'shape' : ( 1 , ) , } \n\n",
		"{'descr': '<f8', 'fortran_order': False, 'shape': (1L,), }",
	} {
		file := npyFile(2, header, one)
		a, err := Read(strings.NewReader(file), int64(len(file)), "w.npy")
		if want := (Array{Shape: []int{1}, Data: []float64{1}}); err != nil || !EqualBits(a, want) {
			t.Errorf("%q: %v, error %v", header, a, err)
		}
	}
	long := npyFile(1, dict("'>f8'", "False", "(1, 1, 1)")+strings.Repeat(" ", 9000), "\x3f\xf0"+zeros(6))
	a, err := Read(bytes.NewReader([]byte(long)), int64(len(long)), "w.npy")
	if err != nil || len(a.Data) != 1 || a.Data[0] != 1 || len(a.Shape) != 3 {
		t.Errorf("%v, error %v", a, err)
	}
}
