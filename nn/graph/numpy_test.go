package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/mat/npy"
)

// numpyScript evaluates each case's expression, in float64 and in float32, and
// finds the index of a movement of data by moving numbers from 1.
const numpyScript = `
import json, sys, warnings
import numpy as np
from scipy import signal, special
warnings.simplefilter("ignore")
cases = json.load(sys.stdin)
z = np.load(sys.argv[1] + "/in.npz")
out = {}
for k, case in enumerate(cases):
    for dtype in (np.float64, np.float32):
        v = [z[f"{k}.{i}"].astype(dtype) for i in range(case["n"])]
        n = 1; numbers = []
        for a in v:
            numbers.append(np.arange(n, n + a.size).reshape(a.shape)); n += a.size
        names = lambda l: dict(zip("abc", l), np=np, signal=signal, special=special)
        if case["op"] in ("gather", "setitem", "add_at"):
            idx = np.asarray(eval(case["index"], names(numbers)))
            out[f"{k}.idx"] = idx
            if case["op"] == "gather": y = eval(case["index"], names(v))
            else:
                y = v[0].copy()
                if case["op"] == "setitem": exec(case["index"] + " = b", names([y, v[1]]))
                else: np.add.at(y.reshape(-1), idx - 1, v[1])
        else: y = eval(case["expr"], names(v))
        y = np.asarray(y)
        out[f"{k}.{np.dtype(dtype).name}"] = y
np.savez(sys.argv[1] + "/out.npz", **out)
`

// TestAgainstNumPy computes each operation as NumPy does, within its own bound.
func TestAgainstNumPy(t *testing.T) {
	python := nptest.Python(t, "numpy", "scipy")
	dir := t.TempDir()
	var entries []npy.Entry
	var cases []map[string]any
	for k, c := range opCases {
		for i, a := range c.operands() {
			entries = append(entries, npy.Entry{Name: fmt.Sprintf("%d.%d", k, i), Array: npy.Array{Shape: a.Shape, Data: a.Data}})
		}
		cases = append(cases, map[string]any{"op": c.op, "expr": c.expr, "index": c.index, "n": len(c.in)})
	}
	var file bytes.Buffer
	if err := npy.WriteNPZ(&file, entries, false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.npz"), file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(cases)
	if err != nil {
		t.Fatal(err)
	}
	nptest.Run(t, python, numpyScript, text, dir)
	out, err := npy.ReadNPZ(filepath.Join(dir, "out.npz"))
	if err != nil {
		t.Fatal(err)
	}
	for k, oc := range opCases {
		for _, kind := range []npy.Kind{npy.Float64, npy.Float32} {
			want, err := out.Array(fmt.Sprintf("%d.%s", k, kind))
			if err != nil {
				t.Fatal(err)
			}
			c := oc.call(t, out, k)
			c.Kind = oc.kind(kind)
			got, err := c.Value()
			if err != nil {
				t.Errorf("%s: %v", oc.name(), err)
				continue
			}
			c.Out = got
			if !slices.Equal(got.Shape, want.Shape) {
				t.Errorf("%s: shape %v, NumPy's %v", oc.name(), got.Shape, want.Shape)
				continue
			}
			if kind == npy.Float64 && oc.index != "" {
				checkDerivative(t, oc, c)
			}
			e, err := c.Bound()
			if err != nil {
				t.Errorf("%s: %v", oc.name(), err)
				continue
			}
			for i, v := range got.Data {
				if w := want.Data[i]; !(math.Abs(v-w) <= e.Data[i]) && v != w && !(v != v && w != w) {
					t.Errorf("%s in %s: [%d] is %v, NumPy's %v, the bound %.3g", oc.name(), kind, i, v, w, e.Data[i])
					break
				}
			}
		}
	}
}

// call is the case's operation on its operands; case k's index is in out.
func (c opCase) call(t *testing.T, out npy.Archive, k int) *Call {
	attr := c.attr
	if c.index != "" {
		idx, err := out.Array(fmt.Sprintf("%d.idx", k))
		if err != nil {
			t.Fatal(err)
		}
		var data []int32
		for _, v := range idx.Data {
			data = append(data, int32(v))
		}
		attr.Index = NewIndex(data, idx.Shape...)
	}
	return &Call{Op: Lookup(c.op), Attr: &attr, In: c.operands(), Max: maxElements}
}
