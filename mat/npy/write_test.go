package npy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"glassbox/mat"
)

// written returns a as a file.
func written(t testing.TB, a Array) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Everything that is read can be written, and is read again as it was.
func TestWriteRead(t *testing.T) {
	var entries []Entry
	for _, e := range golden() {
		if e.Array.Inexact > 0 {
			e.Array.Data, e.Array.Inexact = slices.Clone(e.Array.Data), 0
			e.Array.Data[4] = 1 << 62
		}
		file := written(t, e.Array)
		got, err := Read(strings.NewReader(file), int64(len(file)), e.Name)
		if err != nil || !EqualBits(got, e.Array) {
			t.Errorf("%v\nread again is\n%v, error %v", e.Array, got, err)
		}
		if i := strings.IndexByte(file, '\n'); i != 127 {
			t.Errorf("%s: the header ends at byte %d", e.Name, i)
		}
		entries = append(entries, e)
	}
	// More than a chunk, and elements wider than one.
	long := Array{Shape: []int{3, 3001}, Kind: Float32, Data: make([]float64, 9003)}
	for i := range long.Data {
		long.Data[i] = float64(i) / 4
	}
	entries = append(entries, Entry{"größe/✓", long}, Entry{"", Array{Shape: []int{2}, Kind: Text, Text: []string{strings.Repeat("é", 40_000), "x"}}})
	for _, compressed := range []bool{false, true} {
		var b, again bytes.Buffer
		if err := errors.Join(WriteNPZ(&b, entries, compressed), WriteNPZ(&again, entries, compressed)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Error("the same arrays gave other bytes")
		}
		archive, err := openText(b.String())
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range archive.Names() {
			got, err := archive.Array(name)
			if name != entries[i].Name || err != nil || !EqualBits(got, entries[i].Array) {
				t.Errorf("entry %d, %q, is %q again, error %v", i, entries[i].Name, name, err)
			}
		}
		if packed := b.Len() < 60_000; packed != compressed {
			t.Errorf("compressed is %t and the archive has %d bytes", compressed, b.Len())
		}
	}
}

// The bytes of a stored archive, with no time in it.
func TestWriteNPZBytes(t *testing.T) {
	var got strings.Builder
	arrays := []Entry{{"0.W1", FromMatrix(mat.Of(1, 2, 1, 2))}, {"p✓", FromFloat(3)}}
	if err := WriteNPZ(&got, arrays, false); err != nil {
		t.Fatal(err)
	}
	want := build(stored("0.W1.npy", written(t, arrays[0].Array)),
		stored("p✓.npy", written(t, arrays[1].Array)).with(func(p *part) { p.flags = 0x800 }))
	if got.String() != want {
		t.Errorf("%q, want\n%q", got.String(), want)
	}
}

// Views are written as what they show.
func TestFrom(t *testing.T) {
	m := mat.Of(2, 3, 1, 2, 3, 4, 5, 6)
	view := mat.Matrix{Rows: 2, Cols: 2, Stride: 3, Data: m.Data[1:]}
	type made struct{ got, want Array }
	cases := []made{
		{FromMatrix(view), Array{Shape: []int{2, 2}, Data: []float64{2, 3, 5, 6}}},
		{FromMatrix(mat.New(0, 2)), Array{Shape: []int{0, 2}}},
		{FromFloat(0.5), Array{Data: []float64{0.5}}},
		{FromInts([]int{1, 0, -1 << 31}), Array{Shape: []int{3}, Kind: Int64, Data: []float64{1, 0, -0x1p31}}},
		{FromText("{}"), Array{Kind: Text, Text: []string{"{}"}}},
	}
	if odd := int64(1<<53 + 1); math.MaxInt > math.MaxInt32 { // an int may be no float64
		cases = append(cases, made{FromInts([]int{int(odd), int(-odd), int(odd + 1), math.MinInt}),
			Array{Shape: []int{4}, Kind: Int64, Data: []float64{0x1p53, -0x1p53, 0x1p53 + 2, -0x1p63}, Inexact: 2}})
	}
	for _, c := range cases {
		if !EqualBits(c.got, c.want) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}

func TestMatrix(t *testing.T) {
	six := []float64{1, 2, 3, 4, 5, 6}
	for _, c := range []struct {
		a    Array
		want mat.Matrix
	}{
		{FromFloat(7), mat.Of(1, 1, 7)},
		{Array{Shape: []int{6}, Data: six}, mat.Of(1, 6, six...)},
		{Array{Shape: []int{0}}, mat.New(1, 0)},
		{Array{Shape: []int{3, 2}, Kind: Int8, Data: six}, mat.Of(3, 2, six...)},
		{Array{Shape: []int{3, 0}}, mat.New(3, 0)},
	} {
		m, err := c.a.Matrix()
		if err != nil || !mat.EqualBits(m, c.want) {
			t.Errorf("%v is %v, error %v", c.a, m, err)
		}
	}
	for want, a := range map[string]Array{
		"1×2×3 has 3 axes; a matrix has two":  {Shape: []int{1, 2, 3}, Data: six},
		"text ((2,)) is no matrix of numbers": {Shape: []int{2}, Kind: Text, Text: []string{"a", "b"}},
	} {
		if _, err := a.Matrix(); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	of := func(k Kind, v ...float64) Array { return Array{Shape: []int{len(v)}, Kind: k, Data: v} }
	nan, inf := math.NaN(), math.Inf(1)
	text := func(s ...string) Array { return Array{Shape: []int{len(s)}, Kind: Text, Text: s} }
	for _, c := range []struct {
		a    Array
		want string
	}{
		{of(Int64, 1, 0.5), "element [1] is 0.5, which int64 cannot hold"},
		{of(Int64, 0x1p63), "element [0] is 9.223372036854776e+18, which int64 cannot hold"},
		{of(Int64, nan), "element [0] is NaN, which int64 cannot hold"},
		{of(Int32, -0x1p31, 0x1p31), "element [1] is 2.147483648e+09, which int32 cannot hold"},
		{of(Int16, 32767, -32769), "element [1] is -32769, which int16 cannot hold"},
		{of(Int8, -128, 128), "element [1] is 128, which int8 cannot hold"},
		{of(Uint64, 0, 0x1p64), "element [1] is 1.8446744073709552e+19, which uint64 cannot hold"},
		{of(Uint32, -1), "element [0] is -1, which uint32 cannot hold"},
		{of(Uint16, 65535, 65536), "element [1] is 65536, which uint16 cannot hold"},
		{of(Uint8, 255, inf), "element [1] is +Inf, which uint8 cannot hold"},
		{of(Bool, 1, 2), "element [1] is 2, which bool cannot hold"},
		{of(Float32, inf, nan, math.MaxFloat32, 3.5e38), "element [3] is 3.5e+38, which float32 cannot hold"},
		{of(Float16, -inf, nan, 65519.9, -65520), "element [3] is -65520, which float16 cannot hold"},
		{Array{Shape: []int{2, 1, 2}, Kind: Bool, Data: []float64{0, 1, 0, 7}}, "element [1,0,1] is 7, which bool cannot hold"},
		{Array{Kind: Int64, Data: []float64{0x1p53}, Inexact: 1}, "1 integer beyond 2⁵³ lost digits when read as float64; writing would make them others"},
		{text("a", "a\x00"), `text 1, "a\x00", ends in NUL, which NumPy takes for padding`},
		{Array{Shape: []int{65537, 0}}, "has the shape 65537×0 without elements; there sizes up to 65536 are written"},
		{text("\xe9"), `text 0, "\xe9", is not UTF-8`},
	} {
		var b strings.Builder
		if err := Write(&b, c.a); err == nil || err.Error() != c.want || b.Len() > 0 {
			t.Errorf("error %v and %d bytes, want %s", err, b.Len(), c.want)
		}
		err := WriteNPZ(&b, []Entry{{"a b", FromFloat(1)}, {"c d", c.a}}, false)
		if want := `entry "c d.npy": ` + c.want; err == nil || err.Error() != want || b.Len() > 0 {
			t.Errorf("error %v and %d bytes, want %s", err, b.Len(), want)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"W1", "entry W1.npy: its name comes twice"},
		{"\xe9", `entry "\xe9.npy": its name is not UTF-8 or has a NUL`},
		{"a\x00", `entry "a\x00.npy": its name is not UTF-8 or has a NUL`},
		{strings.Repeat("n", 65532), "entry " + strings.Repeat("n", 57) + "…: its name is too long for a zip archive"},
	} {
		var b strings.Builder
		err := WriteNPZ(&b, []Entry{{"W1", FromFloat(1)}, {c.name, FromFloat(1)}}, true)
		if err == nil || err.Error() != c.want || b.Len() > 0 {
			t.Errorf("error %v and %d bytes, want %s", err, b.Len(), c.want)
		}
	}
}

func TestWritePanics(t *testing.T) {
	for want, a := range map[string]Array{
		"npy.Write: float64 array of 2×3 with 5 numbers, 0 texts":                             {Shape: []int{2, 3}, Data: make([]float64, 5)},
		"npy.Write: float64 array of () with 0 numbers, 0 texts":                              {},
		"npy.Write: float64 array of (1,) with 0 numbers, 1 texts":                            {Shape: []int{1}, Text: []string{"a"}},
		"npy.Write: text array of (1,) with 1 numbers, 0 texts":                               {Shape: []int{1}, Kind: Text, Data: []float64{1}},
		"npy.Write: text array of 1×1 with 0 numbers, 1 texts":                                {Shape: []int{1, 1}, Kind: Text, Text: []string{"a"}},
		"npy.Write: int64 array of " + strings.Repeat("1×", 32) + "1 with 1 numbers, 0 texts": {Shape: slices.Repeat([]int{1}, 33), Kind: Int64, Data: []float64{1}},
		"npy.Write: npy.Kind(13) array of () with 1 numbers, 0 texts":                         {Kind: 13, Data: []float64{1}},
		"npy.Write: npy.Kind(-1) array of () with 1 numbers, 0 texts":                         {Kind: -1, Data: []float64{1}},
		"npy.Write: float64 array of -1×-1 with 1 numbers, 0 texts":                           {Shape: []int{-1, -1}, Data: []float64{1}},
		"npy.Write: float64 array of 0×3 with 0 numbers, 1 texts":                             {Shape: []int{0, 3}, Text: []string{"a"}},
		"npy.Write: float64 array of (2,) with 2 numbers, 2 texts":                            {Shape: []int{2}, Data: []float64{1, 2}, Text: []string{"a", "b"}},
		"npy.Write: float64 array of 2147483647×0 with 0 numbers, 1 texts":                    {Shape: []int{math.MaxInt32, 0}, Text: []string{"a"}},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != want {
					t.Errorf("panic %q, want %q", got, want)
				}
			}()
			_ = Write(io.Discard, a)
		}()
	}
}

// A full disk.
type full struct{ left int }

func (f *full) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, errors.New("disk full")
	}
	return len(b), nil
}

func TestWriteErrors(t *testing.T) {
	numbers := Array{Shape: []int{20_000}, Data: make([]float64, 20_000)}
	for i := range numbers.Data {
		numbers.Data[i] = math.Sqrt(float64(i)) // nothing that deflates well
	}
	text := Array{Shape: []int{2}, Kind: Text, Text: []string{strings.Repeat("ü", 20_000), "b"}}
	for _, a := range []Array{numbers, text} {
		for _, left := range []int{0, 200, 50_000} {
			if err := Write(&full{left}, a); err == nil || err.Error() != "disk full" {
				t.Errorf("error %v", err)
			}
		}
	}
	for _, compressed := range []bool{false, true} {
		for _, left := range []int{0, 50_000} {
			if err := WriteNPZ(&full{left}, []Entry{{"x", numbers}}, compressed); err == nil || err.Error() != "disk full" {
				t.Errorf("error %v", err)
			}
		}
	}
}

func TestEqualBits(t *testing.T) {
	a := Array{Shape: []int{2}, Data: []float64{0, math.NaN()}}
	if !EqualBits(a, Array{Shape: []int{2}, Data: []float64{0, -math.NaN()}}) {
		t.Error("an array is not itself")
	}
	for _, b := range []Array{
		{Shape: []int{1, 2}, Data: a.Data},
		{Shape: []int{2}, Kind: Float32, Data: a.Data},
		{Shape: []int{2}, Data: a.Data, Inexact: 1},
		{Shape: []int{2}, Data: a.Data, Text: []string{"", ""}},
		{Shape: []int{2}, Data: []float64{math.Copysign(0, -1), math.NaN()}},
		{Shape: []int{2}, Data: []float64{0, 1}},
		{Shape: []int{2}, Data: []float64{0}},
	} {
		if EqualBits(a, b) || EqualBits(b, a) {
			t.Errorf("%v equals %v", a, b)
		}
	}
}

// The longest header there can be has the length of all others.
func TestLongestHeader(t *testing.T) {
	enc := encoder{a: Array{Shape: []int{maxBytes}, Kind: Text}, length: maxBytes}
	n := len(enc.header())
	enc = encoder{a: Array{Shape: []int{maxBytes, maxBytes, maxBytes}}}
	if m := len(enc.header()); n != 128 || m != 128 {
		t.Errorf("%d and %d bytes", n, m)
	}
}

func TestKind(t *testing.T) {
	for k := Float64; k <= Text; k++ {
		float := k == Float64 || k == Float32 || k == Float16
		if k.Float() != float || k.Integer() != (!float && k != Bool && k != Text) {
			t.Errorf("%s: Float %t, Integer %t", k, k.Float(), k.Integer())
		}
		if strings.Contains(k.String(), "Kind") {
			t.Errorf("%s has no name", k)
		}
	}
}

// Arrays without elements are written up to the size that is read.
func TestWriteEmpty(t *testing.T) {
	for n, want := range map[int]bool{maxEmpty: true, maxEmpty + 1: false} {
		if err := Write(io.Discard, Array{Shape: []int{0, n}}); (err == nil) != want {
			t.Errorf("(0, %d): %v", n, err)
		}
	}
}

// Arrays are written up to as many axes as are read; more are a mistake in the
// program.
func TestWriteAxes(t *testing.T) {
	for n, want := range map[int]bool{maxAxes: true, maxAxes + 1: false} {
		func() {
			defer func() {
				if (recover() == nil) != want {
					t.Errorf("%d axes: written is not %v", n, want)
				}
			}()
			if err := Write(io.Discard, Array{Shape: slices.Repeat([]int{1}, n), Data: []float64{1}}); err != nil {
				t.Error(err)
			}
		}()
	}
}
