package npy

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
	"testing"
)

// A part is an entry of an archive that may lie about itself: build writes what
// it says.
type part struct {
	name   string
	data   string // as it lies in the archive
	method uint16
	flags  uint16
	crc    uint32
	size   uint64 // inflated
	packed uint64 // length of data
	at     int64  // of the local header; negative: where it is
	zip64  bool   // sizes and place in the extra field
}

func stored(name, content string) part {
	return part{name, content, 0, 0, crc32.ChecksumIEEE([]byte(content)), uint64(len(content)), uint64(len(content)), -1, false}
}

func deflated(name, content string) part {
	p := stored(name, content)
	p.data, p.method = deflate(content), 8
	p.packed = uint64(len(p.data))
	return p
}

func deflate(content string) string { return pack(content, true) }

// pack deflates content, up to the end or so that more may follow.
func pack(content string, end bool) string {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err == nil {
		_, err = w.Write([]byte(content))
	}
	finish := w.Flush
	if end {
		finish = w.Close
	}
	if err == nil {
		err = finish()
	}
	if err != nil {
		panic(err)
	}
	return b.String()
}

// bomb is an array of so many MiB of zeros in a thousandth of the bytes.
func bomb(mib int) part {
	header, zeros := f8(fmt.Sprintf("(%d,)", mib<<17), ""), zeros(1<<20)
	sum := crc32.NewIEEE()
	io.WriteString(sum, header)
	for range mib {
		io.WriteString(sum, zeros)
	}
	p := stored("x.npy", pack(header, false)+strings.Repeat(pack(zeros, false), mib)+pack("", true))
	p.method, p.crc, p.size = 8, sum.Sum32(), uint64(len(header)+mib<<20)
	return p
}

// with returns p changed by f.
func (p part) with(f func(*part)) part {
	f(&p)
	return p
}

// build returns the archive, after APPNOTE.TXT.
func build(parts ...part) string {
	le := binary.LittleEndian
	var b, directory []byte
	for _, p := range parts {
		at := uint64(len(b))
		if p.at >= 0 {
			at = uint64(p.at)
		}
		b = le.AppendUint32(b, 0x04034b50)
		for _, v := range []uint16{20, p.flags, p.method, 0, 0x21} {
			b = le.AppendUint16(b, v)
		}
		b = le.AppendUint32(b, p.crc)
		b = le.AppendUint32(b, uint32(p.packed))
		b = le.AppendUint32(b, uint32(p.size))
		b = le.AppendUint16(b, uint16(len(p.name)))
		b = le.AppendUint16(b, 0)
		b = append(b, p.name...)
		b = append(b, p.data...)

		size, packed, place, extra := uint32(p.size), uint32(p.packed), uint32(at), []byte(nil)
		if p.zip64 {
			size, packed, place = 1<<32-1, 1<<32-1, 1<<32-1
			extra = le.AppendUint16(extra, 1)
			extra = le.AppendUint16(extra, 24)
			for _, v := range []uint64{p.size, p.packed, at} {
				extra = le.AppendUint64(extra, v)
			}
		}
		directory = le.AppendUint32(directory, 0x02014b50)
		for _, v := range []uint16{3<<8 | 20, 20, p.flags, p.method, 0, 0x21} {
			directory = le.AppendUint16(directory, v)
		}
		for _, v := range []uint32{p.crc, packed, size} {
			directory = le.AppendUint32(directory, v)
		}
		for _, v := range []uint16{uint16(len(p.name)), uint16(len(extra)), 0, 0, 0} {
			directory = le.AppendUint16(directory, v)
		}
		directory = le.AppendUint32(directory, 0o100600<<16)
		directory = le.AppendUint32(directory, place)
		directory = append(directory, p.name...)
		directory = append(directory, extra...)
	}
	start := len(b)
	b = append(b, directory...)
	b = le.AppendUint32(b, 0x06054b50)
	for _, v := range []uint16{0, 0, uint16(len(parts)), uint16(len(parts))} {
		b = le.AppendUint16(b, v)
	}
	b = le.AppendUint32(b, uint32(len(directory)))
	b = le.AppendUint32(b, uint32(start))
	return string(le.AppendUint16(b, 0))
}

// zip64End returns the archive with the end record that zip64 has: its numbers
// of entries and bytes are in a record of their own.
func zip64End(archive string) string {
	le := binary.LittleEndian
	body, end := []byte(archive[:len(archive)-22]), []byte(archive[len(archive)-22:])
	at := uint64(len(body))
	body = le.AppendUint32(body, 0x06064b50)
	body = le.AppendUint64(body, 44)
	body = le.AppendUint16(body, 45)
	body = le.AppendUint16(body, 45)
	body = le.AppendUint32(body, 0)
	body = le.AppendUint32(body, 0)
	body = le.AppendUint64(body, uint64(le.Uint16(end[8:])))
	body = le.AppendUint64(body, uint64(le.Uint16(end[10:])))
	body = le.AppendUint64(body, uint64(le.Uint32(end[12:])))
	body = le.AppendUint64(body, uint64(le.Uint32(end[16:])))
	body = le.AppendUint32(body, 0x07064b50)
	body = le.AppendUint32(body, 0)
	body = le.AppendUint64(body, at)
	body = le.AppendUint32(body, 1)
	for i := 8; i < 20; i++ {
		end[i] = 0xff
	}
	return string(append(body, end...))
}

// The archives that build makes are good where they do not lie: the refusals of
// the others are for what they lie about.
func TestBuild(t *testing.T) {
	file := f8("(2, 2)", zeros(32))
	want := Array{Shape: []int{2, 2}, Data: make([]float64, 4)}
	wide := func(p *part) { p.zip64 = true }
	for name, archive := range map[string]string{
		"plain":         build(stored("a.npy", file), deflated("b.npy", file)),
		"zip64 entries": build(stored("a.npy", file).with(wide), deflated("b.npy", file).with(wide)),
		"zip64 end":     zip64End(build(stored("a.npy", file).with(wide), deflated("b.npy", file))),
		"prefix":        "#!/bin/sh\n" + build(stored("a.npy", file), deflated("b.npy", file)),
	} {
		a, err := openText(archive)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, key := range []string{"a", "b"} {
			if got, err := a.Array(key); err != nil || !EqualBits(got, want) {
				t.Errorf("%s: %s is %v, error %v", name, key, got, err)
			}
		}
	}
}

// Names are not taken for paths, whatever GODEBUG has archive/zip say of them.
func TestNamesArePlain(t *testing.T) {
	for _, setting := range []string{"zipinsecurepath=1", "zipinsecurepath=0"} {
		t.Setenv("GODEBUG", setting)
		a, err := openText(build(stored("../a\\b.npy", good), stored("/c/d.npy", good)))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{`../a\b`, "/c/d"} {
			if got, err := a.Array(name); err != nil || len(got.Data) != 16 {
				t.Errorf("%s: %v, error %v", setting, got, err)
			}
		}
	}
}

// More entries than the end record of a zip archive without zip64 can count.
func TestManyEntries(t *testing.T) {
	if testing.Short() {
		t.Skip("10 MB of entries")
	}
	list := make([]Entry, 66_000)
	for i := range list {
		list[i] = Entry{strconv.Itoa(i), FromFloat(float64(i))}
	}
	var b strings.Builder
	if err := WriteNPZ(&b, list, false); err != nil {
		t.Fatal(err)
	}
	a, err := openText(b.String())
	if err != nil || len(a.Names()) != len(list) {
		t.Fatalf("%d names, error %v", len(a.Names()), err)
	}
	if got, err := a.Array("65999"); err != nil || !EqualBits(got, list[65999].Array) {
		t.Errorf("%v, error %v", got, err)
	}
}
