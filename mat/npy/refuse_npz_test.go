package npy

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// openText opens an archive that is a text, as t.npz.
func openText(archive string) (Archive, error) {
	return NewArchive(strings.NewReader(archive), int64(len(archive)), "t.npz")
}

// readAll opens an archive and reads its arrays up to the first error.
func readAll(archive string) error {
	a, err := openText(archive)
	for _, name := range a.Names() {
		if err == nil {
			_, err = a.Array(name)
		}
	}
	return err
}

// good is an array of 2×8 zeros.
var good = f8("(2, 8)", zeros(128))

func TestRefusedArchives(t *testing.T) {
	n := len(good)
	change := func(f func(*part)) string { return build(stored("ok.npy", good), stored("x.npy", good).with(f)) }
	packed := func(f func(*part)) string { return build(stored("ok.npy", good), deflated("x.npy", good).with(f)) }
	whole := build(stored("x.npy", good), deflated("y.npy", good))
	half := bomb(33)
	if err := readAll(build(half)); err != nil {
		t.Error("half a bomb is none:", err)
	}
	block := func(last byte, length int) string { // of deflated data, stored
		return string([]byte{last, byte(length), byte(length >> 8), ^byte(length), ^byte(length >> 8)})
	}
	flip := func(s string, at int) string { return s[:at] + string(s[at]^1) + s[at+1:] }

	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "is empty"},
		{"text", "x,y\n1,2\n", `is no .npz file: it begins with "x,y\n1,2\n" where one begins with PK; np.savez makes one`},
		{"one byte", "P", `is no .npz file: it begins with "P" where one begins with PK; np.savez makes one`},
		{"pickle", "\x80\x04\x95\x00\x00", "is no .npz file: it is a pickle, where one begins with PK; np.savez makes one"},
		{"array", good, "is a single array, an .npy file; np.savez(file, x=x) saves arrays with their names"},
		{"cut off", whole[:len(whole)-1], "is a zip archive whose directory, at its end, is missing or broken; it was cut off or is still being written"},
		{"cut in the middle", whole[:300], "is a zip archive whose directory, at its end, is missing or broken; it was cut off or is still being written"},
		{"directory damaged", strings.Replace(whole, "PK\x01\x02", "PK\x01\x03", 1), "is a zip archive whose directory, at its end, is missing or broken; it was cut off or is still being written"},
		{"end alone with a count", "PK\x05\x06\x00\x00\x00\x00\x01\x00\x01" + zeros(11), "is a zip archive whose directory, at its end, is missing or broken; it was cut off or is still being written"},

		{"no suffix", change(func(p *part) { p.name = "word/document.xml" }), "entry word/document.xml: its name does not end in .npy; in an .npz every entry is an array"},
		{"directory", change(func(p *part) { p.name = "x.npy/" }), "entry x.npy/: its name does not end in .npy; in an .npz every entry is an array"},
		{"odd name", change(func(p *part) { p.name = "a b\n\x1b[31m" }), `entry "a b\n\x1b[31m": its name does not end in .npy; in an .npz every entry is an array`},
		{"name not UTF-8", change(func(p *part) { p.name = "\xe9" }), `entry "\xe9": its name does not end in .npy; in an .npz every entry is an array`},
		{"no name", change(func(p *part) { p.name = "" }), `entry "": its name does not end in .npy; in an .npz every entry is an array`},
		{"long name", change(func(p *part) { p.name = strings.Repeat("w", 5000) }), "entry " + strings.Repeat("w", 57) + "…: its name does not end in .npy; in an .npz every entry is an array"},
		{"name twice", change(func(p *part) { p.name = "ok.npy" }), "entry ok.npy: its name comes twice in the archive"},
		{"encrypted", change(func(p *part) { p.flags = 1 }), "entry x.npy: is encrypted; np.savez makes archives that are not"},
		{"bzip2", change(func(p *part) { p.method = 12 }), "entry x.npy: is compressed by method 12; stored and deflated entries are read, as np.savez and np.savez_compressed make them"},
		{"two sizes", change(func(p *part) { p.size++ }), fmt.Sprintf("entry x.npy: is stored, yet %d bytes in the archive and %d outside", n, n+1)},
		{"no local header", change(func(p *part) { p.at = 1 }), "entry x.npy: is not where the archive's directory has it"},
		{"local header beyond", change(func(p *part) { p.at = 1 << 30 }), "entry x.npy: is not where the archive's directory has it"},
		{"local header at 2⁶³", change(func(p *part) { p.at, p.zip64 = 1<<63-1, true }), "entry x.npy: is not where the archive's directory has it"},
		{"data beyond", packed(func(p *part) { p.packed = 1 << 20 }), "entry x.npy: its 1048576 bytes at byte 268 end beyond the file's %LEN%"},
		{"data of 2⁶⁴ bytes", packed(func(p *part) { p.packed, p.zip64 = 1<<64-1, true }), "entry x.npy: its 18446744073709551615 bytes at byte 268 end beyond the file's %LEN%"},
		{"entries overlap", build(stored("x.npy", good), stored("y.npy", good).with(func(p *part) { p.at = 0 })), "entry y.npy: shares bytes with entry x.npy"},
		{"bomb", build(bomb(65)), "entry x.npy: with it the %LEN% bytes of the file inflate to more than 67108864, which is where reading stops"},
		{"bomb of small elements", build(deflated("x.npy", strings.Replace(f8("(9437184,)", ""), "<f8", "|b1", 1)+zeros(9<<20))), "entry x.npy: with it the arrays of a file of %LEN% bytes take more than 67108864 in memory, which is where reading stops"},
		{"bomb in parts", build(half, half.with(func(p *part) { p.name = "y.npy" })), "entry y.npy: with it the %LEN% bytes of the file inflate to more than 67108864, which is where reading stops"},
		{"2⁶⁴ bytes inflated", packed(func(p *part) { p.size, p.zip64 = 1<<64-1, true }), "entry x.npy: with it the %LEN% bytes of the file inflate to more than 67108864, which is where reading stops"},

		{"empty entry", change(func(p *part) { *p = stored("x.npy", "") }), "entry x.npy: is empty"},
		{"text in an entry", change(func(p *part) { *p = stored("x.npy", "hello") }), `entry x.npy: is no array: it begins with "hello" where an array begins with \x93NUMPY`},
		{"object", change(func(p *part) { *p = deflated("0.W1.npy", of("'|O'", "\x80\x04.")) }), "entry 0.W1.npy: dtype object holds pickled Python objects, which are not read; save plain numbers: np.asarray(a, dtype=float)"},
		{"lying shape", packed(func(p *part) { *p = deflated("x.npy", f8("(1000000, 20)", zeros(64))) }), "entry x.npy: the shape 1000000×20 of float64 needs 160000000 bytes, but 64 bytes follow the header; it was cut off or the shape is wrong"},
		{"lying shape and size", packed(func(p *part) {
			*p = deflated("x.npy", f8("(1000000, 8)", zeros(64)))
			p.size += 64_000_000 - 64
		}), "entry x.npy: ends after 139 of 64000075 bytes; it was cut off"},
		{"lying text and size", packed(func(p *part) {
			*p = deflated("x.npy", npyFile(1, dict("'<U1000000'", "False", "(16,)"), zeros(64)))
			p.size += 64_000_000 - 64
		}), "entry x.npy: with it the arrays of a file of %LEN% bytes take more than 67108864 in memory, which is where reading stops"},
		{"behind the array", packed(func(p *part) { *p = deflated("x.npy", good+"\x00") }), "entry x.npy: the shape 2×8 of float64 needs 128 bytes, but 129 bytes follow the header; there is something behind the array"},
		{"inflates on", packed(func(p *part) {
			*p = deflated("x.npy", good+zeros(1_000_000))
			p.size = uint64(n)
		}), fmt.Sprintf("entry x.npy: goes on behind the %d bytes that the archive's directory gives it", n)},
		{"inflates to less", packed(func(p *part) {
			*p = deflated("x.npy", good[:n-1])
			p.size++
		}), fmt.Sprintf("entry x.npy: ends after %d of %d bytes; it was cut off", n-1, n)},
		{"deflated data cut off", packed(func(p *part) {
			p.data = block(1, n) + good[:100]
			p.packed = uint64(len(p.data))
		}), fmt.Sprintf("entry x.npy: ends after 100 of %d bytes; it was cut off", n)},
		{"deflated data without their end", packed(func(p *part) {
			p.data = block(0, n) + good // not the last block
			p.packed = uint64(len(p.data))
		}), "entry x.npy: its deflated data do not end where the array does; it was cut off or is corrupt"},
		{"deflated data corrupt", packed(func(p *part) { p.data = "\x07" + p.data[1:] }), fmt.Sprintf("entry x.npy: the deflated data are corrupt after 0 of %d bytes", n)},
		{"wrong CRC", change(func(p *part) { p.crc = 0xdeadbeef }), "entry x.npy: its bytes have the CRC-32 %CRC% and the archive's directory says deadbeef; the file is damaged"},
		{"CRC 0", packed(func(p *part) { p.crc = 0 }), "entry x.npy: its bytes have the CRC-32 %CRC% and the archive's directory says 00000000; the file is damaged"},
		{"a bit flipped", change(func(p *part) { p.data = flip(p.data, n-3) }), "entry x.npy: its bytes have the CRC-32 %FLIP% and the archive's directory says %CRC%; the file is damaged"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var err error
			if n := allocated(func() { err = readAll(c.file) }); n > refusedMemory {
				t.Errorf("%d bytes allocated for %d", n, len(c.file))
			}
			want := "t.npz: " + strings.NewReplacer(
				"%LEN%", fmt.Sprint(len(c.file)),
				"%CRC%", fmt.Sprintf("%08x", stored("", good).crc),
				"%FLIP%", fmt.Sprintf("%08x", stored("", flip(good, n-3)).crc)).Replace(c.want)
			if err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// An array that is not there.
func TestMissingArray(t *testing.T) {
	var parts []part
	for i := range 14 {
		parts = append(parts, stored(fmt.Sprintf("%d.W 1.npy", i), good))
	}
	for _, c := range []struct{ file, want string }{
		{build(), "the file holds none"},
		{build(parts[:2]...), `it holds "0.W 1", "1.W 1"`},
		{build(parts...), `it holds "0.W 1", "1.W 1", "2.W 1", "3.W 1", "4.W 1", "5.W 1", "6.W 1", "7.W 1", "8.W 1", "9.W 1", "10.W 1", "11.W 1" and 2 more`},
	} {
		a, err := openText(c.file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Array("x"); err == nil || err.Error() != "t.npz: there is no array x; "+c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
	if _, err := (Archive{}).Array("x"); err == nil {
		t.Error("the zero Archive has an array")
	}
}

// ReadNPZ has the file in memory: what happens to it afterwards does not
// matter.
func TestReadNPZ(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.npz")
	if err := os.WriteFile(path, []byte(build(deflated("x.npy", good), stored("o.npy", of("'|O'", "")))), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := ReadNPZ(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if x, err := a.Array("x"); err != nil || len(x.Data) != 16 {
		t.Errorf("%v, error %v", x, err)
	}
	if _, err := a.Array("o"); err == nil || !strings.HasPrefix(err.Error(), path+": entry o.npy: dtype object") {
		t.Errorf("error %v", err)
	}
	if _, err := openText(build()); err != nil {
		t.Error(err)
	}
	if _, err := NewArchive(strings.NewReader(""), maxBytes+1, "t.npz"); err == nil || !strings.HasPrefix(err.Error(), "t.npz: has 2147483648 bytes") {
		t.Errorf("error %v", err)
	}
}
