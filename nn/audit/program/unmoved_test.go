package program

import (
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// A first layer that is left out of the update is told where its derivative is
// made; features that are random on purpose have none.
func TestFirstLayerThatNeverMoves(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const text = `import numpy as np
r = np.random.RandomState(6)
class Layer:
    def __init__(self, n, m):
        self.w, self.b = r.randn(n, m) * 0.5, np.zeros(m)
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x @ self.w + self.b)
        return self.y
    def backward(self, d):
        d = d * (1 - self.y ** 2)
        self.dw, self.db = self.x.T @ d, d.sum(axis=0)
        return d @ self.w.T
layers = [Layer(3, 6), Layer(6, 5), Layer(5, 2)]
X, Y = r.randn(40, 3), r.rand(40, 2)
for step in range(9):
    h = X[step % 2::2]
    for layer in layers:
        h = layer.forward(h)
    d = h - Y[step % 2::2]
    print(np.mean(d ** 2))
    d = 2 * d / d.size
    for layer in BACK:
        d = layer.backward(d)
    for layer in STEP:
        layer.w -= 0.3 * layer.dw
        layer.b -= 0.3 * layer.db
`
	for _, c := range []struct {
		back, step string
		line       int
	}{
		{"layers[::-1]", "layers", 0},
		{"layers[:0:-1]", "layers[1:]", 0},
		{"layers[::-1]", "layers[1:]", 25},
	} {
		v := judged(t, python, "first", strings.NewReplacer("BACK", c.back, "STEP", c.step).Replace(text))
		list := errorsOf(v)
		if c.line == 0 && (v.Verdict != "clean" || len(list) > 0) || c.line > 0 && (len(list) != 1 || list[0].Line != c.line || list[0].Relation != "never moves") {
			t.Errorf("%v: %s %v %v", c, v.Verdict, v.Findings, v.Unjudged)
		}
	}
}

// A parameter that the updates leave out is told where the one made after it is stepped,
// what lies on the way back at the line that hands it on.
func TestLeftOutLines(t *testing.T) {
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ program, old, new string }{
		{"unseen/focal_cells", "    b1 -= lr * db1\n", ""},
		{"courses/closures_bn", "            dxc = dxc + 2.0 / n * xc * dvar\n", ""},
		{"courses/convnet_im2col", "for k in ('W1', 'W2', 'W3'):\n        grads", "for k in ('W1', 'W3'):\n        grads"},
		{"mixed/stacked_ae", "                self.V -= lr * gV\n", ""},
		{"mixed/torchlike", "(g - g.mean(axis=0) - self.xhat * (g * self.xhat).mean(axis=0))", "g"},
		{"mixed/conv_im2col", "conv_backward(dr1 * (c1 > 0), k1)", "conv_backward(dr1, k1)"},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			v, lines := planted(t, python, c.program, plant{Old: c.old, New: c.new})
			if len(v.Findings) == 0 || !slices.Contains(lines, v.Findings[0].Line) {
				t.Errorf("planted at %v: %s %v", lines, v.Verdict, v.Findings)
			}
		})
	}
}
