package npy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A listed array is what describe, in Python, says of one.
type listed struct {
	Name  string
	Dtype string
	Shape []int
	Data  []string // hexadecimal floats or integers in decimal, in C order; or text
}

// describe prints the arrays of a dictionary as JSON.
const describe = `
import json, sys
import numpy as np

def describe(arrays):
    def element(v):
        if isinstance(v, bytes):
            return v.decode()
        return float(v).hex() if isinstance(v, float) else str(int(v) if isinstance(v, bool) else v)
    print(json.dumps([{"Name": k, "Dtype": a.dtype.newbyteorder("=").name if a.dtype.kind not in "US" else "text",
        "Shape": a.shape, "Data": [element(v) for v in a.flatten().tolist()]} for k, a in arrays.items()]))
`

// array returns what is listed; its Inexact is counted with strconv.
func (l listed) array(t *testing.T) Array {
	t.Helper()
	a := Array{Shape: l.Shape, Kind: Text, Text: l.Data}
	if l.Dtype == "text" {
		return a
	}
	a.Text, a.Kind = nil, Kind(slices.IndexFunc(kinds[:], func(k struct {
		name, code string
		size       int
	}) bool {
		return k.name == l.Dtype
	}))
	for _, s := range l.Data {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		if a.Kind.Integer() && strconv.FormatFloat(v, 'f', 0, 64) != s {
			a.Inexact++
		}
		a.Data = append(a.Data, v)
	}
	return a
}

func TestReadsNumPy(t *testing.T) {
	python := nptest.Python(t, "numpy")
	dir := t.TempDir()
	out := nptest.Run(t, python, describe+`
rng = np.random.default_rng(7)
arrays = {}
shapes = [(), (1,), (7,), (0,), (3, 4), (1, 5), (5, 1), (0, 3), (2, 3, 4), (3, 1, 2), (2, 0, 3), (90, 70)]
for code in ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?"]:
    for s, shape in enumerate(shapes):
        raw = rng.integers(0, 256, size=shape + (np.dtype(code).itemsize,), dtype=np.uint8)
        a = raw.view(code)[..., 0] if code != "?" else raw[..., 0] % 2 == 1
        a = np.array(a)
        if code[0] == "f":
            a[np.isnan(a)] = 0.5
        for o, order in enumerate("<>"):
            b = a.astype(a.dtype.newbyteorder(order))
            arrays[f"{code}/{s}{order}C"] = b
            arrays[f"{code}/{s}{order}F"] = np.asfortranarray(b)
            if len(shape) > 1:
                arrays[f"{code}/{s}{order} a view"] = b[::-1, ::2]
arrays["nan"] = np.array([[np.nan, 0.1], [-np.inf, 1e300]])
for i, text in enumerate([np.array("größe"), np.array(["", "a", "✓🙂", " x "]), np.array([]).astype("U3"), np.array(b"abc"), np.array([b"", "ü".encode()]), np.zeros(3, "U0")]):
    arrays[f"text {i}"] = text
    if text.dtype.kind == "U":
        arrays[f"text {i} big"] = text.astype(text.dtype.newbyteorder(">"))
arrays["größe ✓"] = np.float32(1.1)
np.savez(sys.argv[1] + "/stored.npz", **arrays)
np.savez_compressed(sys.argv[1] + "/compressed.npz", **arrays)
for i, (name, a) in enumerate(arrays.items()):
    np.save(f"{sys.argv[1]}/{i}.npy", a)
with open(sys.argv[1] + "/piped.npz", "wb") as f: # to a pipe: sizes behind the data
    class Pipe:
        def write(self, b): return f.write(b)
        def flush(self): f.flush()
        def read(self): raise OSError
    np.savez_compressed(Pipe(), **arrays)
describe(arrays)
`, nil, dir)
	var want []listed
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) < 700 {
		t.Fatalf("%d arrays", len(want))
	}
	for _, file := range []string{"stored.npz", "compressed.npz", "piped.npz"} {
		archive, err := ReadNPZ(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range archive.Names() {
			if got, err := archive.Array(name); name != want[i].Name || err != nil || !EqualBits(got, want[i].array(t)) {
				t.Fatalf("%s: %s is %v, error %v; NumPy has %v", file, name, got, err, want[i])
			}
		}
		if len(archive.Names()) != len(want) {
			t.Errorf("%s: %d arrays, want %d", file, len(archive.Names()), len(want))
		}
	}
	for i, w := range want {
		if got, err := ReadFile(filepath.Join(dir, fmt.Sprintf("%d.npy", i))); err != nil || !EqualBits(got, w.array(t)) {
			t.Fatalf("%s is %v, error %v; NumPy has %v", w.Name, got, err, w)
		}
	}
}

// random returns arrays of every kind and shape, with numbers that only a
// right writer keeps.
func random(t *testing.T) []Entry {
	r := rand.New(rand.NewPCG(3, 4))
	var list []Entry
	for k := Float64; k < Text; k++ {
		for _, shape := range [][]int{{}, {1}, {7}, {0}, {3, 4}, {0, 3}, {2, 3, 4}, {1, 0, 2}, {90, 70}} {
			a := Array{Shape: shape, Kind: k, Data: make([]float64, elements(shape))}
			for i := range a.Data {
				switch v := math.Float64frombits(r.Uint64()); {
				case k == Bool:
					v = float64(r.IntN(2))
					fallthrough
				case k.Float() && holds(k, v) && i%2 == 0:
					a.Data[i] = v
				case k.Float():
					a.Data[i] = r.NormFloat64()
				default:
					width := min(8*kinds[k].size, 53)
					a.Data[i] = float64(r.Uint64() >> (64 - width) >> r.IntN(width))
					if k < Uint64 { // the upper half of the numbers is negative
						a.Data[i] -= math.Ldexp(1, width-1)
					}
				}
			}
			list = append(list, Entry{fmt.Sprintf("%s %d", k, len(list)), a})
		}
	}
	for _, text := range [][]string{{}, {""}, {"a", "größe ✓🙂", " b\nc "}} {
		list = append(list, Entry{fmt.Sprintf("✓ %d", len(list)), Array{Shape: []int{len(text)}, Kind: Text, Text: text}})
	}
	return append(list, Entry{"meta", FromText(`{"größe": 1}`)}, Entry{"a/b.npy", FromFloat(math.NaN())})
}

func TestNumPyReads(t *testing.T) {
	python := nptest.Python(t, "numpy")
	dir, list := t.TempDir(), random(t)
	for file, compressed := range map[string]bool{"stored.npz": false, "compressed.npz": true} {
		var b bytes.Buffer
		if err := WriteNPZ(&b, list, compressed); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, e := range list {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.npy", i)), []byte(written(t, e.Array)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := nptest.Run(t, python, describe+`
import io, zipfile
for file in ["stored", "compressed"]:
    assert zipfile.ZipFile(f"{sys.argv[1]}/{file}.npz").testzip() is None
    with np.load(f"{sys.argv[1]}/{file}.npz", allow_pickle=False) as z:
        arrays = dict(z)
    describe(arrays)
for i, (name, a) in enumerate(arrays.items()):
    path = f"{sys.argv[1]}/{i}.npy"
    alone = np.load(path, allow_pickle=False)
    assert alone.dtype == a.dtype and alone.shape == a.shape and alone.tobytes() == a.tobytes(), name
    b = io.BytesIO()
    np.save(b, alone)
    assert b.getvalue() == open(path, "rb").read(), name + " is saved in other bytes"
`, nil, dir)
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		var got []listed
		if err := json.Unmarshal([]byte(line), &got); err != nil || len(got) != len(list) {
			t.Fatalf("%d arrays of %d, error %v", len(got), len(list), err)
		}
		for i, e := range list {
			want := e.Array
			want.Data = slices.Clone(want.Data)
			for j, v := range want.Data {
				switch want.Kind {
				case Float32:
					want.Data[j] = float64(float32(v))
				case Float16:
					want.Data[j] = fromHalf(toHalf(v))
				}
			}
			if l := got[i]; l.Name != e.Name || !EqualBits(l.array(t), want) {
				t.Fatalf("%s: NumPy reads %v, want %v", e.Name, l, want)
			}
		}
	}
}
