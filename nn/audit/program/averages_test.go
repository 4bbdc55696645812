package program

import "testing"

// An average of the parameters that keeps next to nothing of itself is none.
func TestAverageOfParameters(t *testing.T) {
	t.Parallel()
	const text = `import numpy as np
r = np.random.RandomState(5)
x, y = r.randn(30, 4), r.randn(30, 3)
p = {"W": r.randn(4, 3) * 0.3, "b": np.zeros(3)}
ema = {k: v.copy() for k, v in p.items()}
for step in range(9):
    out = x @ p["W"] + p["b"]
    print(np.mean((out - y) ** 2))
    d = 2 * (out - y) / out.size
    for k, g in (("W", x.T @ d), ("b", d.sum(0))):
        p[k] = p[k] - 0.1 * g
        ema[k] = 0.99 * ema[k] + 0.01 * p[k]
print(np.mean((x @ ema["W"] + ema["b"] - y) ** 2))
`
	slips(t, text, []slip{{"0.99 * ema[k] + 0.01 * p[k]", "0.01 * ema[k] + 0.99 * p[k]", 12, "rather than an average of many"}})
}
