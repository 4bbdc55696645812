package npy

import (
	"archive/zip"
	"bytes"
	"cmp"
	"compress/flate"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"sync"
)

// suffix is what np.savez adds to the name of each array.
const suffix = ".npy"

// An Archive is an .npz file: arrays by name. Its directory has been checked;
// each array is read, and checked, when asked for. The zero Archive has none.
type Archive struct {
	name    string // of the file
	entries []entry
	index   map[string]int // of each name, without suffix
}

// An entry is a file of the zip archive, whose name has the suffix.
type entry struct {
	*zip.File
	from int64 // where its data begin
}

// ReadNPZ returns the archive in the .npz file at path. It takes the file into
// memory, so that the archive needs no closing and does not change if the file
// does.
func ReadNPZ(path string) (Archive, error) {
	f, size, err := open(path)
	if err != nil {
		return Archive{}, err
	}
	defer f.Close()
	all := make([]byte, size)
	if _, err := io.ReadFull(f, all); err != nil {
		return Archive{}, fmt.Errorf("%s: reading its %d bytes: %w", path, size, err)
	}
	return NewArchive(bytes.NewReader(all), size, path)
}

// NewArchive returns the archive in the first size bytes of r, an .npz file.
// It reads from r again for each array. Errors call it name.
func NewArchive(r io.ReaderAt, size int64, name string) (Archive, error) {
	if err := sizeError(size); err != nil {
		return Archive{}, fmt.Errorf("%s: %w", name, err)
	}
	a := Archive{name: name, index: map[string]int{}}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are not taken for paths
		return Archive{}, fmt.Errorf("%s: %w", name, unlessFormat(err, notZip(r, size)))
	}
	total, limit := uint64(0), uint64(min(maxBytes, max(freeBytes, maxRatio*size)))
	for _, f := range z.File {
		if err := a.add(f, size); err != nil {
			return Archive{}, fmt.Errorf("%s: entry %s: %w", name, place(f.Name), err)
		}
		if f.UncompressedSize64 > limit-total {
			return Archive{}, fmt.Errorf("%s: entry %s: with it the %d bytes of the file inflate to more than %d, which is where reading stops", name, place(f.Name), size, limit)
		}
		total += f.UncompressedSize64
	}
	if err := a.overlap(); err != nil {
		return Archive{}, fmt.Errorf("%s: %w", name, err)
	}
	if total > limit/textRatio {
		if err := a.held(limit, size); err != nil {
			return Archive{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return a, nil
}

// held is an error if the arrays of all entries, as they will be in memory, take
// more than limit bytes. Only the headers are inflated; an entry whose header is
// no good holds nothing, and says so when it is read.
func (a *Archive) held(limit uint64, size int64) error {
	left := limit
	for _, e := range a.entries {
		shape, kind, err := a.Header(strings.TrimSuffix(e.Name, suffix))
		if err != nil {
			continue
		}
		bytes := uint64(8) // a float64
		for _, n := range shape {
			bytes *= uint64(n) // as many fit the entry
		}
		if kind == Text {
			bytes = textRatio * e.UncompressedSize64
		}
		if bytes > left {
			return fmt.Errorf("entry %s: with it the arrays of a file of %d bytes take more than %d in memory, which is where reading stops", place(e.Name), size, limit)
		}
		left -= bytes
	}
	return nil
}

// unlessFormat is said where the bytes read are not what they should be, and err
// where they could not be read.
func unlessFormat(err, said error) error {
	var corrupt flate.CorruptInputError
	for _, format := range []error{zip.ErrFormat, zip.ErrAlgorithm, io.EOF, io.ErrUnexpectedEOF, nil} {
		if errors.Is(err, format) {
			return said
		}
	}
	if errors.As(err, &corrupt) {
		return said
	}
	return err
}

// notZip says why r is no zip archive.
func notZip(r io.ReaderAt, size int64) error {
	if size == 0 {
		return errors.New("is empty")
	}
	head := make([]byte, min(size, 8))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return errors.New("is a zip archive whose directory, at its end, is missing or broken; it was cut off or is still being written")
	case bytes.HasPrefix(head, []byte(magic)):
		return errors.New("is a single array, an .npy file; np.savez(file, x=x) saves arrays with their names")
	}
	return fmt.Errorf("is no .npz file: %s where one begins with PK; np.savez makes one", sniff(head))
}

// add checks what the directory of a file of size bytes says about f.
func (a *Archive) add(f *zip.File, size int64) error {
	key, ok := strings.CutSuffix(f.Name, suffix)
	switch {
	case !ok:
		return errors.New("its name does not end in .npy; in an .npz every entry is an array")
	case f.Flags&1 != 0:
		return errors.New("is encrypted; np.savez makes archives that are not")
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return fmt.Errorf("is compressed by method %d; stored and deflated entries are read, as np.savez and np.savez_compressed make them", f.Method)
	case f.Method == zip.Store && f.CompressedSize64 != f.UncompressedSize64:
		return fmt.Errorf("is stored, yet %d bytes in the archive and %d outside", f.CompressedSize64, f.UncompressedSize64)
	}
	if _, twice := a.index[key]; twice {
		return errors.New("its name comes twice in the archive")
	}
	at, err := f.DataOffset()
	if err != nil {
		return unlessFormat(err, errors.New("is not where the archive's directory has it"))
	}
	if at > size || f.CompressedSize64 > uint64(size-at) {
		return fmt.Errorf("its %d bytes at byte %d end beyond the file's %d", f.CompressedSize64, at, size)
	}
	a.index[key] = len(a.entries)
	a.entries = append(a.entries, entry{f, at})
	return nil
}

// overlap is an error if two entries share bytes: no writer does that, and
// entries may inflate the same bytes many times over.
func (a *Archive) overlap() error {
	list := slices.SortedFunc(slices.Values(a.entries), func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.CompressedSize64, b.CompressedSize64))
	})
	for i := 1; i < len(list); i++ {
		if e := list[i-1]; e.from+int64(e.CompressedSize64) > list[i].from {
			return fmt.Errorf("entry %s: shares bytes with entry %s", place(list[i].Name), place(e.Name))
		}
	}
	return nil
}

// Names returns the names of the arrays in the order of the file's directory,
// as np.savez was given them.
func (a Archive) Names() []string {
	names := make([]string, len(a.entries))
	for i, e := range a.entries {
		names[i] = strings.TrimSuffix(e.Name, suffix)
	}
	return names
}

// Has reports whether there is an array of that name.
func (a Archive) Has(name string) bool {
	_, ok := a.index[name]
	return ok
}

// Array reads the array of that name, which is without .npy.
func (a Archive) Array(name string) (array Array, err error) {
	err = a.read(name, func(src *source) error {
		array, err = src.array()
		return err
	})
	if err != nil {
		return Array{}, err
	}
	return array, nil
}

// Bytes reads the elements of the uint8 array of that name, in the order of the
// file: what a text is kept as.
func (a Archive) Bytes(name string) (text []byte, err error) {
	err = a.read(name, func(src *source) error {
		h, err := readHeader(src)
		if err != nil {
			return err
		}
		if h.kind != Uint8 {
			return fmt.Errorf("is of %s; bytes are uint8", h.name())
		}
		text, err = src.rest()
		return err
	})
	if err != nil {
		return nil, err
	}
	return text, nil
}

// Header returns the shape and the kind of the array of that name, which fit
// the bytes that the archive's directory gives it. The elements are not read.
func (a Archive) Header(name string) (shape []int, kind Kind, err error) {
	err = a.open(name, func(_ entry, src *source, _ hash.Hash32) error {
		h, err := readHeader(src)
		shape, kind = h.shape, h.kind
		return err
	})
	return shape, kind, err
}

// holds lists what there is.
func (a Archive) holds() string {
	const most = 12
	var names []string
	for _, name := range a.Names()[:min(most, len(a.entries))] {
		names = append(names, place(name))
	}
	switch more := len(a.entries) - len(names); {
	case len(names) == 0:
		return "the file holds none"
	case more > 0:
		return fmt.Sprintf("it holds %s and %d more", strings.Join(names, ", "), more)
	}
	return "it holds " + strings.Join(names, ", ")
}

// inflaters are kept for the next entry: making one costs more than reading a
// small array.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// open calls use with the bytes of the array of that name as they inflate, and
// their sum so far. It says which array it was if use fails.
func (a Archive) open(name string, use func(e entry, src *source, sum hash.Hash32) error) error {
	i, ok := a.index[name]
	if !ok {
		return fmt.Errorf("%s: there is no array %s; %s", a.name, place(name), a.holds())
	}
	e := a.entries[i]
	raw, err := e.OpenRaw()
	if err == nil && e.Method == zip.Deflate {
		inflater := inflaters.Get().(io.Reader)
		defer inflaters.Put(inflater)
		err = inflater.(flate.Resetter).Reset(raw, nil)
		raw = inflater
	}
	if err == nil {
		sum := crc32.NewIEEE()
		err = use(e, &source{r: io.TeeReader(raw, sum), size: int64(e.UncompressedSize64), present: int64(e.CompressedSize64)}, sum)
	}
	if err != nil {
		return fmt.Errorf("%s: entry %s: %w", a.name, place(e.Name), err)
	}
	return nil
}

// read has use read all of the array of that name. The directory's size is a
// claim: the bytes have to be as many, and their sum has to be right.
func (a Archive) read(name string, use func(*source) error) error {
	return a.open(name, func(e entry, src *source, sum hash.Hash32) error {
		if err := use(src); err != nil {
			return err
		}
		// The end has to be there: in deflated data it is a mark of its own.
		switch n, err := io.ReadFull(src.r, make([]byte, 1)); {
		case n > 0:
			return fmt.Errorf("goes on behind the %d bytes that the archive's directory gives it", src.size)
		case err != io.EOF:
			return unlessFormat(err, errors.New("its deflated data do not end where the array does; it was cut off or is corrupt"))
		}
		if got, want := sum.Sum32(), e.CRC32; got != want {
			return fmt.Errorf("its bytes have the CRC-32 %08x and the archive's directory says %08x; the file is damaged", got, want)
		}
		return nil
	})
}
