package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// The files in the tree are what the generator writes.
func TestCurrent(t *testing.T) {
	for name, want := range files() {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not current: go generate ./mat/internal/kernel", name)
		}
	}
}
