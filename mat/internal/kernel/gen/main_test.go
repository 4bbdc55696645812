package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The assembly in the tree is what the generator writes.
func TestCurrent(t *testing.T) {
	for _, x := range []*isa{&avx2, &avx512} {
		got, err := os.ReadFile(filepath.Join("..", x.file))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, generate(x)) {
			t.Errorf("%s is not current: go generate ./mat/internal/kernel", x.file)
		}
	}
}
