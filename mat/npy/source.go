package npy

import (
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"slices"
)

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
