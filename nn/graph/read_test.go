package graph

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/npy"
)

// program is a small trace: W steps by a rate times x's columns' sums.
const program = `{
 "schema": 1, "recorder": "test 1", "python": "3.12", "numpy": "2.1", "program": "net.py", "argv": ["net.py", "--fast"],
 "files": [{"name": "net.py", "sha256": "00", "text": "W = x.T\ng = (W *\n     W).sum(0)\nprint(é + g)\n"}],
 "sites": [
  {"file": 0, "line": 1, "col": 4, "end_line": 1, "end_col": 7, "stmt": [1, 1], "func": "", "target": "W", "args": ["x"], "loops": [], "params": []},
  {"file": 0, "line": 2, "col": 5, "end_line": 3, "end_col": 6, "stmt": [2, 3], "func": "f", "target": "", "args": ["W", "W"], "loops": [2], "params": ["x"]},
  {"file": 0, "line": 4, "col": 6, "end_line": 4, "end_col": 11, "stmt": [4, 4], "func": "", "target": "", "args": ["é", "g"], "loops": [], "params": []}],
 "ops": ["leaf", "gather", "mul", "sum", "const", "opaque:fft", "add"],
 "calls": [[["net.py", 3], ["net.py", 9]]],
 "dtypes": ["float64", "float32", "int64", "bool"], "shapes": [[2, 3], [3, 2], [2], []],
 "nodes": {
  "op":    [0, 1, 2, 3, 4, 5, 6],
  "site":  [-1, 0, 1, 1, -1, -1, 2],
  "in":    [[], [0], [1, 1], [2], [], [0], [4, 3]],
  "obj":   [1, 2, 3, 4, -1, 5, 6],
  "call":  [-1, 0, -1, -1, -1, -1, -1],
  "dtype": [0, 0, 0, 0, 0, 0, 0],
  "shape": [0, 1, 1, 2, 3, 2, 2],
  "val":   ["a0", null, null, null, "inf", null, null]},
 "attr": {"1": {"idx": "a1", "sample": [[1, 4]]}, "3": {"axis": 0}, "6": {"inplace": 1, "sample": [[0, "inf"]]}},
 "kept": [[0, 1, "name", 2]],
 "end": {"why": "six updates were recorded", "node": 7, "limits": [{"what": "values", "limit": "bytes", "at_node": 4}, {"what": "bytes", "limit": 1e8, "at_node": 5}],
         "error": {"type": "ValueError", "message": "no", "file": "net.py", "line": 3, "shapes": {"W": [3, 2]}}, "errors_inside": {"odd": 2}},
 "seconds": 0.25}`

// trace is an .npz of a program and the arrays that it names.
func trace(t testing.TB, text string) npy.Archive {
	t.Helper()
	return archive(t, []npy.Entry{
		{Name: "program", Array: textArray(text)},
		{Name: "a0", Array: npy.Array{Shape: []int{2, 3}, Data: []float64{1, 2, 3, 4, 5, 6}}},
		{Name: "a1", Array: npy.Array{Shape: []int{3, 2}, Kind: npy.Int64, Data: []float64{1, 4, 2, 5, 3, 6}}},
	})
}

func textArray(text string) npy.Array {
	a := npy.Array{Shape: []int{len(text)}, Kind: npy.Uint8}
	for _, c := range []byte(text) {
		a.Data = append(a.Data, float64(c))
	}
	return a
}

func archive(t testing.TB, entries []npy.Entry) npy.Archive {
	t.Helper()
	var file bytes.Buffer
	if err := npy.WriteNPZ(&file, entries, true); err != nil {
		t.Fatal(err)
	}
	a, err := npy.NewArchive(bytes.NewReader(file.Bytes()), int64(file.Len()), "t.npz")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestDecode(t *testing.T) {
	g, err := Decode(trace(t, program), 1000, "t.npz")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ got, want any }{
		"recorder":  {g.Recorder, "test 1"},
		"argv":      {fmt.Sprint(g.Argv), "[net.py --fast]"},
		"text":      {g.Text(0), "x.T"},
		"two lines": {g.Text(1), "W *\n     W"},
		"columns":   {g.Text(2), "é + g"},
		"line":      {g.Files[0].Line(4), "print(é + g)"},
		"call":      {fmt.Sprint(g.Calls[0]), "[{0 3} {0 9}]"},
		"uses":      {fmt.Sprint(g.Uses(0), g.Uses(1), g.Uses(6)), "[1 5] [2] []"},
		"kept":      {fmt.Sprint(g.Kept), "[{0 1 name 2}]"},
		"end":       {fmt.Sprint(g.End.Why, g.End.Limits, *g.End.Error, g.End.Inside), "six updates were recorded[{values bytes 4} {bytes 100000000 5}] {ValueError no net.py 3 map[W:[3 2]]} map[odd:2]"},
		"site":      {fmt.Sprint(g.Site(2).Loops, g.Site(2).Params), "[2] [x]"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", name, c.got, c.want)
		}
	}
	if file, line := g.Where(3); file != "net.py" || line != 2 {
		t.Errorf("node 3 is at %s:%d", file, line)
	}
	for n, want := range map[int][]float64{0: {1, 2, 3, 4, 5, 6}, 1: {1, 4, 2, 5, 3, 6}, 3: {14, 77}, 6: {math.Inf(1), math.Inf(1)}} {
		v, err := g.Value(n)
		if err != nil || !slices.Equal(v.Data, want) {
			t.Errorf("node %d is %v (%v), want %v", n, v, err, want)
		}
	}
	if _, err := g.Value(5); !errors.Is(err, ErrOpaque) || err.Error() != "opaque:fft (node 5): cannot be computed: nothing is known of this operation, and its value was not kept" {
		t.Errorf("node 5: %v", err)
	}
}

// TestSteps reads the indices of a view that are told as steps.
func TestSteps(t *testing.T) {
	text := strings.Replace(program, `"idx": "a1"`, `"steps": [1, 3, 1, 2, 3]`, 1)
	g, err := Decode(trace(t, text), 1000, "t.npz")
	if err != nil {
		t.Fatal(err)
	}
	v, err := g.Value(1)
	if err != nil || !slices.Equal(v.Data, []float64{1, 4, 2, 5, 3, 6}) || !slices.Equal(v.Shape, []int{3, 2}) {
		t.Errorf("the transposed is %v (%v)", v, err)
	}
}

// TestDecodeRefuses changes the trace: each is refused with where and why.
func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`"schema": 1`, `"schema": 2`, "t.npz: entry program: has the schema 2; 1 is read"},
		{`{`, `[`, "entry program: "},
		{`"in":    [[], [0]`, `"in":    [[], [1]`, "nodes.in[1] has 1; a node's inputs come before it"},
		{`"in":    [[], [0]`, `"in":    [[], [-1]`, "nodes.in[1] has -1"},
		{`"in":    [[], [0]`, `"in":    [[], [4000000000]`, "4000000000 is no integer"},
		{`"in":    [[], [0]`, `"in":    [[], "x"`, `is no list`},
		{`[0, 1, 2, 3, 4, 5, 6]`, `[0, 1, 2, 3, 4, 5, 7]`, "nodes.op[6] is 7; -1 < 7 < 7 would be right"},
		{`[0, 1, 2, 3, 4, 5, 6]`, `[0, 1, 2, 3, 4, 5]`, "has 7 items and nodes.op 6"},
		{`[-1, 0, 1, 1, -1, -1, 2]`, `[-1, 0, 1, 9, -1, -1, 2]`, "nodes.site[3] is 9"},
		{`[-1, 0, -1, -1, -1, -1, -1]`, `[-1, 0, -1, 5, -1, -1, -1]`, "nodes.call[3] is 5"},
		{`[0, 0, 0, 0, 0, 0, 0]`, `[0, 0, 0, 0, 0, 0, 4]`, "nodes.dtype[6] is 4"},
		{`[0, 1, 1, 2, 3, 2, 2]`, `[0, 1, 1, 2, 3, 2, 4]`, "nodes.shape[6] is 4"},
		{`[0, 1, 1, 2, 3, 2, 2]`, `[2, 1, 1, 2, 3, 2, 2]`, "nodes.val[0]: the array a0 is float64 of (2, 3) and the node's shape (2,)"},
		{`"a0", null`, `"a7", null`, `nodes.val[0] is "a7"; there is no such array`},
		{`"a0", null`, `"a0", 3`, "nodes.val[1] is a number and the shape (3, 2)"},
		{`"a0", null`, `"a0", {}`, "neither null, the name of an array nor a number"},
		{`[2, 3], [3, 2]`, `[2, 3], [3000000, 2000000]`, "shapes[1]"},
		{`[2, 3], [3, 2]`, `[2, 3], [-3, 2]`, "shapes[1]"},
		{`"idx": "a1"`, `"idx": "a0"`, "attr 1: idx a0 is float64 of (2, 3) for a result of (3, 2)"},
		{`"idx": "a1"`, `"idx": "a9"`, `attr 1: idx is "a9"`},
		{`"1": {"idx"`, `"99": {"idx"`, `attr: "99" is no node of 7`},
		{`"idx": "a1"`, `"steps": [1, 3, 1, 2]`, "attr 1: steps [1 3 1 2] are not a start"},
		{`"idx": "a1"`, `"steps": [1, 3, 1, 1, 3]`, "attr 1: steps [1 3 1 1 3] are of (3, 1) for a result of (3, 2)"},
		{`"idx": "a1"`, `"steps": [1, 3, -1, 2, 3]`, "attr 1: steps [1 3 -1 2 3] lead outside"},
		{`"idx": "a1"`, `"steps": [1, -3, 1, 2, 3]`, "is no axis"},
		{`"idx": "a1"`, `"steps": [1, 3, 2147483647, 2, 3]`, "lead outside any array"},
		{`"idx": "a1"`, `"steps": [1, 1000000000, 0, 1000000000, 0]`, "is no axis"},
		{`"idx": "a1"`, `"steps": [1, 3000000, 0, 3000000, 0]`, "are too many"},
		{`{"idx": "a1"`, `{"by": [1], "idx": "a1"`, "attr 1: by is node 1; an earlier one would be right"},
		{`{"idx": "a1"`, `{"by": ["x"], "idx": "a1"`, "attr 1: by [\"x\"] is not understood"},
		{`[[1, 4]]`, `[[6, 4]]`, "attr 1: sample has element 6; the shape is (3, 2)"},
		{`{"file": 0, "line": 1`, `{"file": 1, "line": 1`, "sites[0]: there is no file 1 of 1"},
		{`[0, 1, "name", 2]`, `[0, 71, "name", 2]`, "kept[0]: names site 0 and node 71"},
		{`[0, 1, "name", 2]`, `[0, 1, "name"]`, "kept[0]: is not"},
		{`"kept": `, `"kept": ` + strings.Repeat("[", 20000), "exceeded max depth"},
		{`{"axis": 0}`, `{"axis": 0.5}`, "entry program: the axis 0.5 is neither an integer nor a list of them"},
	} {
		if !strings.Contains(program, c.old) {
			t.Fatalf("%s is not in the trace", c.old)
		}
		_, err := Decode(trace(t, strings.Replace(program, c.old, c.new, 1)), 1000, "t.npz")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "t.npz: ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s for %s: %v; want %q", c.new, c.old, err, c.want)
		}
	}
	for name, a := range map[string]npy.Archive{
		"there is no entry program": archive(t, []npy.Entry{{Name: "0.W1", Array: npy.FromFloat(1)}}),
		"entry program: is float64": archive(t, []npy.Entry{{Name: "program", Array: npy.FromFloat(1)}}),
		"entry a0.npy: has 5000000": archive(t, []npy.Entry{{Name: "program", Array: textArray(program)}, {Name: "a0", Array: npy.Array{Shape: []int{5000000}, Kind: npy.Bool, Data: make([]float64, 5000000)}}}),
	} {
		if _, err := Decode(a, 1000, "t.npz"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %s", err, name)
		}
	}
}

// TestValueRefuses has values that cannot be had, and that differ.
func TestValueRefuses(t *testing.T) {
	for _, c := range []struct {
		old, new string
		node     int
		want     string
	}{
		{`[[1, 4]]`, `[[1, 4.5]]`, 1, "net.py:1: gather (node 1): element 1 comes out as 4 and was recorded as 4.5"},
		{`[0, 1, 1, 2, 3, 2, 2]`, `[0, 1, 1, 3, 3, 2, 2]`, 3, "net.py:2: sum (node 3): comes out with the shape (2,) and was recorded with ()"},
		{`{"axis": 0}`, `{"axis": 2}`, 3, "net.py:2: sum (node 3): there is no axis 2 of 2"},
		{`"sum"`, `"opaque:sum"`, 3, "cannot be computed: nothing is known of this operation"},
		{`[[2, 3], [3, 2], [2], []]`, `[[2, 3], [3, 2], [100000000], []]`, 3, "its 100000000 elements are more than"},
		{`"a0", null`, `null, null`, 1, "its value was not kept"},
		{`[[], [0], [1, 1]`, `[[], [0], [1]`, 2, "net.py:2: mul (node 2): has 1 inputs"},
	} {
		g, err := Decode(trace(t, strings.Replace(program, c.old, c.new, 1)), 1000, "t.npz")
		if err != nil {
			t.Errorf("%s: %v", c.new, err)
			continue
		}
		if _, err := g.Value(c.node); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.new, err, c.want)
		}
	}
}

// TestRead reads a file, and says which one is wrong.
func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.npz")
	var file bytes.Buffer
	entries := []npy.Entry{{Name: "program", Array: textArray(strings.Replace(program, "a1", "a0", 1))}, {Name: "a0", Array: npy.Array{Shape: []int{2, 3}, Kind: npy.Int32, Data: []float64{1, 4, 2, 5, 3, 6}}}}
	if err := npy.WriteNPZ(&file, entries, false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	g, err := Read(path)
	if err != nil || g.File != path {
		t.Fatalf("%v", err)
	}
	if v, err := g.Value(1); err == nil || v != nil {
		t.Errorf("node 1 is %v: its sample is another", v)
	}
	if err := os.WriteFile(path, file.Bytes()[:file.Len()-30], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(path); err == nil || !strings.HasPrefix(err.Error(), path) {
		t.Errorf("%v", err)
	}
}

// TestMemoryOfValues goes through the versions of a large array: what is held
// stays within the budget.
func TestMemoryOfValues(t *testing.T) {
	b := build(t)
	const size, versions = 1 << 16, 400
	b.g.values.elements, b.g.values.budget = 1<<20, 1<<21
	n, v := b.leaf(NewArray(size)), b.leaf(Scalar(1))
	b.g.Nodes[n].kept = keptNone
	base := b.g.values.nodes[n]
	attr := &Attr{Index: NewIndex([]int32{1}, 1)}
	for range versions {
		b.g.Nodes = append(b.g.Nodes, Node{Op: Lookup("add_at"), In: []int{n, v}, Site: -1, Call: -1, Shape: base.Shape, Attr: attr, kept: keptNone})
		b.g.values.nodes = append(b.g.values.nodes, nil)
		n = len(b.g.Nodes) - 1
	}
	g := b.done()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	got, err := g.Value(n)
	if err != nil || got.Data[0] != versions {
		t.Fatalf("%v %v", got.Data[0], err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int(after.HeapAlloc) - int(before.HeapAlloc); held > 8*2*b.g.values.budget {
		t.Errorf("%d bytes are held, of %d versions of %d", held, versions, 8*size)
	}
	runtime.KeepAlive(g)
}
