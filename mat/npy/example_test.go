package npy_test

import (
	"bytes"
	"fmt"

	"glassbox/mat"
	"glassbox/mat/npy"
)

// A step of a trace, written and read. NumPy has the same with
//
//	np.savez("trace.npz", **{"0.W1": W1, "lr": 0.1, "meta": "{}"})
func Example() {
	var file bytes.Buffer
	err := npy.WriteNPZ(&file, []npy.Entry{
		{Name: "0.W1", Array: npy.FromMatrix(mat.Of(2, 2, 1, 2, 3, 4))},
		{Name: "lr", Array: npy.FromFloat(0.1)},
		{Name: "meta", Array: npy.FromText(`{"batch": 800}`)},
	}, true)
	if err != nil {
		fmt.Println(err)
		return
	}
	trace, err := npy.NewArchive(bytes.NewReader(file.Bytes()), int64(file.Len()), "trace.npz")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range trace.Names() {
		a, err := trace.Array(name)
		fmt.Println(name, a.Kind, a.ShapeText(), a.Data, a.Text, err)
	}
	_, err = trace.Array("0.W2")
	fmt.Println(err)
	// Output:
	// 0.W1 float64 2×2 [1 2 3 4] [] <nil>
	// lr float64 () [0.1] [] <nil>
	// meta text () [] [{"batch": 800}] <nil>
	// trace.npz: there is no array 0.W2; it holds 0.W1, lr, meta
}
