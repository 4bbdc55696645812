// Package pack makes WebAssembly small enough to stand in a page, as text that the
// page's script turns back.
//
// split.go takes a module apart into streams of like things (instructions, numbers
// of variables, addresses, …), squeeze.go finds in each what stands there before
// and expand.go has the model of what comes next; coder.go writes that as digits.
// join.go puts the module together again. Unpack.js does what expand and join do.
package pack

import (
	"bytes"
	_ "embed"
	"errors"
	"slices"
	"sync"
)

// Script is the function unpack of JavaScript: unpack(text) is the module.
//
//go:embed unpack.js
var Script string

// Pack returns a module as text. It has tried that the text means the module.
func Pack(module []byte) ([]byte, error) {
	s, err := split(module)
	if err != nil {
		return nil, err
	}
	var texts [streams][]byte
	var all sync.WaitGroup
	for i, b := range s {
		all.Go(func() {
			phase := 0
			if i == data {
				phase = 3
			}
			texts[i] = squeeze(b, phase)
		})
	}
	all.Wait()
	text := bytes.Join(texts[:], nil)
	again, err := Unpack(text)
	if err != nil {
		return nil, err
	}
	if twin, err := split(again); err != nil || !slices.EqualFunc(twin[:], s[:], bytes.Equal) {
		return nil, errors.New("a packed module that means another: a fault of this program")
	}
	return text, nil
}

// Unpack returns the module that a text means: the one that was packed, but for
// how lengths are written and the memory is cut into pieces.
func Unpack(text []byte) ([]byte, error) {
	var s parts
	for i := range s {
		b, n, err := expand(text)
		if err != nil {
			return nil, err
		}
		s[i], text = b, text[n:]
	}
	return s.join()
}
