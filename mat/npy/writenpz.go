package npy

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"unicode/utf8"
)

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
		Name:               name,
		CreatorVersion:     3<<8 | 20, // Unix, zip 2.0
		ReaderVersion:      20,
		Method:             zip.Store,
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
