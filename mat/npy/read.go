package npy

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Read returns the array in the first size bytes of r, an .npy file. Errors
// call it name.
func Read(r io.ReaderAt, size int64, name string) (Array, error) {
	if err := sizeError(size); err != nil {
		return Array{}, fmt.Errorf("%s: %w", name, err)
	}
	src := source{r: io.NewSectionReader(r, 0, size), size: size, present: size}
	a, err := src.array()
	if err != nil {
		return Array{}, fmt.Errorf("%s: %w", name, err)
	}
	return a, nil
}

// ReadFile returns the array in the .npy file at path.
func ReadFile(path string) (Array, error) {
	f, size, err := open(path)
	if err != nil {
		return Array{}, err
	}
	defer f.Close()
	return Read(f, size, path)
}

// open opens a regular file of a size that this package reads.
func open(path string) (*os.File, int64, error) {
	// Not Open first: opening a pipe would wait for someone to write to it.
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("is not a regular file; a copy of it in one would be right")
		if info.IsDir() {
			err = errors.New("is a directory; a file in it would be right")
		}
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	if info, err = f.Stat(); err == nil {
		if err = sizeError(info.Size()); err == nil {
			return f, info.Size(), nil
		}
		err = fmt.Errorf("%s: %w", path, err)
	}
	f.Close()
	return nil, 0, err
}

func sizeError(size int64) error {
	if size > maxBytes {
		return fmt.Errorf("has %d bytes; files of up to %d are read", size, maxBytes)
	}
	return nil
}
