package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// net is a right network in which each fault of TestRelations is one change.
const net = `import numpy as np
r = np.random.RandomState(3)
X, Y = r.randn(40, 5), np.eye(3)[r.randint(3, size=40)]
W1, W2, W3 = (r.randn(*s) * 0.5 for s in ((5, 6), (6, 6), (6, 3)))
b1, b2, b3 = np.zeros(6), np.zeros(6), np.zeros(3)
gW1 = np.zeros_like(W1)
for step in range(5):
    k = r.permutation(40)[:10]
    x, y = X[k], Y[k]
    z1 = x @ W1 + b1
    h1 = np.maximum(z1, 0)
    z2 = h1 @ W2 + b2
    h2 = np.tanh(z2)
    z3 = h2 @ W3 + b3
    e = np.exp(z3 - z3.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(y * np.log(p)) / len(x) + 0.01 * np.sum(W2 ** 2)
    dz3 = (p - y) / len(x)
    dW3 = h2.T @ dz3
    db3 = dz3.sum(axis=0)
    dh2 = dz3 @ W3.T
    dz2 = dh2 * (1 - h2 ** 2)
    dW2 = h1.T @ dz2 + 0.02 * W2
    db2 = dz2.sum(axis=0)
    dh1 = dz2 @ W2.T
    dz1 = dh1 * (z1 > 0)
    dW1 = x.T @ dz1
    db1 = dz1.sum(axis=0)
    W1 = W1 - 0.1 * dW1
    b1 = b1 - 0.1 * db1
    W2 = W2 - 0.1 * dW2
    b2 = b2 - 0.1 * db2
    W3 = W3 - 0.1 * dW3
    b3 = b3 - 0.1 * db3
`

// TestRelations plants a mistake of each kind and holds what is said of it
// against the kind, with its numbers.
func TestRelations(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	if v := judged(t, python, "net", net); !v.Clean() {
		t.Fatalf("the right network: %v %v", v.Findings, v.Unjudged)
	}
	for _, c := range []struct{ old, new, relation, words string }{
		{"dW2 = h1.T @ dz2", "dW2 = h1.T @ dz2 / len(x)", "another operand", "`h1.T @ dz2` is meant, not `h1.T @ dz2 / len(x)`"},
		{"db2 = dz2.sum(axis=0)", "db2 = dz2.mean(axis=0)", "another factor", "bias-gradient-mean: the bias gradient is a mean over the batch"},
		{"db2 = dz2.sum(axis=0)", "db2 = dz2.sum(axis=0) * 3", "another factor", "multiplied by 3, a length of `W3`, which is (6, 3)"},
		{"db2 = dz2.sum(axis=0)", "db2 = dz2.sum()", "summed over all axes", "every element gets the sum of all 6"},
		{"dz1 = dh1 * (z1 > 0)", "dz1 = dh1 * (z2 > 0)", "another mask", "the mask of `z2` (net.py:12)"},
		{"dz1 = dh1 * (z1 > 0)", "dz1 = dh1", "a mask missing", "relu-mask-missing"},
		{"dh1 = dz2 @ W2.T", "dh1 = dz2 @ W2", "transposed", "dx-wrong-transpose"},
		{"dh1 = dz2 @ W2.T", "dh1 = dz2 @ dW2.T", "another operand", "dx-with-dw: the gradient passed back is dout·dWᵀ where dout·Wᵀ is meant"},
		{"dz2 = dh2 * (1 - h2 ** 2)", "dz2 = dh2 * (1 - np.tanh(h2) ** 2)", "a function too many", ""},
		{"dz2 = dh2 * (1 - h2 ** 2)", "dz2 = dh2", "a factor missing", "the factor `1 - h2 ** 2`"},
		{"dz2 = dh2 * (1 - h2 ** 2)", "dz2 = dh2 * (1 - z2 ** 2)", "another operand", "what goes into a function is used where its result is meant"},
		{"dW2 = h1.T @ dz2 + 0.02 * W2", "dW2 = h1.T @ dz2", "a decay missing", "0.02 times the parameter `W2` is missing"},
		{"dW2 = h1.T @ dz2 + 0.02 * W2", "dW2 = h1.T @ dz2 + 0.05 * W2", "a decay", "0.03 times the parameter `W2`"},
		{"dz3 = (p - y) / len(x)", "d = (p - y) / len(x); dz3 = p * (d - (d * p).sum(axis=1, keepdims=True))", "a derivative twice", "the derivative of the softmax is applied to a gradient that has it in it already"},
		{"dz3 = (p - y) / len(x)", "dz3 = -y / p / len(x)", "a derivative missing", "dz-without-softmax"},
		{"    dW1 = x.T @ dz1", "    gW1 = gW1 + x.T @ dz1; dW1 = gW1", "the update", "gradient-accumulated"},
		{"    dh1 = dz2 @ W2.T", "    W2 = W2 - 0.1 * dW2\n    dh1 = dz2 @ W2.T", "updated before use", "`W2` is updated before it is used here"},
		{"    dh2 = dz3 @ W3.T", "    h2 *= 0.5\n    dh2 = dz3 @ W3.T", "changed in place", "an array is changed in place that is still needed"},
		{"    dW1 = x.T @ dz1", "    dW1 = (x.T if step == 0 else old.T) @ dz1; old = x", "an earlier step's value", ""},
	} {
		t.Run(c.new, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(net, c.old, c.new, 1)
			if c.relation == "updated before use" {
				text = strings.Replace(text, "    W2 = W2 - 0.1 * dW2\n    b2", "    b2", 1)
			}
			list := errorsOf(judged(t, python, "net", text))
			if len(list) == 0 {
				t.Fatal("nothing was found")
			}
			if f := list[0]; f.Relation != c.relation || !strings.Contains(f.String(), c.words) {
				t.Errorf("want %q, %q; said %q: %s", c.relation, c.words, f.Relation, f)
			}
		})
	}
}
