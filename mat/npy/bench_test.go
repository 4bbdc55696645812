package npy

import (
	"bytes"
	"fmt"
	"testing"

	"glassbox/mat"
	"glassbox/mat/nprand"
)

// trace is three steps of a network 2-20-2 on 800 rows, by the sizes of its
// arrays.
func trace() []Entry {
	r := nprand.New(1)
	var list []Entry
	for step := range 3 {
		add := func(name string, rows, cols int) {
			m := mat.New(rows, cols)
			for i := range m.Data {
				m.Data[i] = r.StandardNormal()
			}
			list = append(list, Entry{fmt.Sprintf("%d.%s", step, name), FromMatrix(m)})
		}
		add("x", 800, 2)
		for _, name := range []string{"z1", "h1", "dh1", "dz1"} {
			add(name, 800, 20)
		}
		for _, name := range []string{"y", "z2", "p", "dz2"} {
			add(name, 800, 2)
		}
		for _, name := range []string{"W1", "dW1", "W1_new", "W1_next"} {
			add(name, 2, 20)
		}
		for _, name := range []string{"W2", "dW2", "W2_new", "W2_next"} {
			add(name, 20, 2)
		}
	}
	return list
}

func BenchmarkReadNPZ(b *testing.B) {
	for _, compressed := range []bool{false, true} {
		var file bytes.Buffer
		if err := WriteNPZ(&file, trace(), compressed); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("compressed=%t", compressed), func(b *testing.B) {
			b.SetBytes(int64(file.Len()))
			b.ReportAllocs()
			for b.Loop() {
				archive, err := NewArchive(bytes.NewReader(file.Bytes()), int64(file.Len()), "trace.npz")
				if err != nil {
					b.Fatal(err)
				}
				for _, name := range archive.Names() {
					if _, err := archive.Array(name); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

func BenchmarkWriteNPZ(b *testing.B) {
	list := trace()
	for _, compressed := range []bool{false, true} {
		b.Run(fmt.Sprintf("compressed=%t", compressed), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var file bytes.Buffer
				if err := WriteNPZ(&file, list, compressed); err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(file.Len()))
			}
		})
	}
}
