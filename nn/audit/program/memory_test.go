package program

import (
	"os"
	"runtime"
	"testing"

	"glassbox/mat/nptest"
	"glassbox/nn/graph"
)

// A convolution by loops over positions makes a version of its output for each of
// them, with a derivative as large as the output.
const positions = `import numpy as np
rng = np.random.RandomState(0)
N, S, F, K = 8, 22, 8, 3
O = S - K + 1
X, y = rng.randn(N, S, S), rng.randn(N, F)
W = rng.randn(K, K, F) * .3
for it in range(4):
    z, d = np.zeros((N, O, O, F)), np.zeros_like(W)
    for i in range(O):
        for j in range(O):
            z[:, i, j] = np.tensordot(X[:, i:i + K, j:j + K], W, 2)
    h = np.tanh(z)
    p = h.mean((1, 2))
    loss = np.sum((p - y) ** 2) / N
    dz = (1 - h * h) * (2 * (p - y) / N / O ** 2)[:, None, None]
    for i in range(O):
        for j in range(O):
            d += np.tensordot(X[:, i:i + K, j:j + K], dz[:, i, j], (0, 0))
    W -= .5 * d
`

// TestMemory holds what a step and its derivatives take against the file's size:
// dense, the derivatives alone would be over a hundred megabytes.
func TestMemory(t *testing.T) {
	t.Parallel()
	file := traced(t, nptest.Python(t, "numpy"), "positions", positions)
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	live := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := live()
	g, err := graph.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	v := newView(g.WholeUpdates())
	params, _, _ := v.parameters(v.n)
	s := v.newStep(v.align(params), 1, len(params), map[int]bool{}, nil)
	s.setLoss(s.chooseLoss())
	if wrong := s.wrong(s.right(nil)); len(wrong) > 0 {
		t.Fatalf("%d gradients are wrong", len(wrong))
	}
	m := s.match()
	took := live() - before
	if limit := 10*info.Size() + 40<<20; took > limit {
		t.Errorf("a file of %d kB takes %d MB; %d MB would be right", info.Size()>>10, took>>20, limit>>20)
	}
	t.Logf("a file of %d kB: %d MB", info.Size()>>10, took>>20)
	runtime.KeepAlive(m)
	runtime.KeepAlive(s)
}
