package program

import (
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// What the forward pass leaves out, does over the wrong axis or takes of another value is
// told there, where its backward pass goes back through what was meant.
func TestForwardLeavesOut(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const network = `import numpy as np
r = np.random.RandomState(4)
x, y = r.randn(30, 5), np.eye(3)[r.randint(0, 3, 30)]
noisy = x + 0.3 * r.randn(30, 5)
A, a, B, b, g = r.randn(5, 8) * 0.5, np.zeros(8), r.randn(8, 8) * 0.5, np.zeros(8), np.ones(8) * 1.2
C, c = r.randn(8, 3) * 0.5, np.zeros(3)
width = np.sqrt(8)
for t in range(10):
    z = noisy @ A + a
    h = np.tanh(z)
    gate = 1 / (1 + np.exp(-(h @ B + b)))
    scaled = h * g
    mixed = gate * scaled / width
    u = mixed + h
    far = u - u.mean(axis=1, keepdims=True)
    spread = np.sqrt((far ** 2).mean(axis=1, keepdims=True) + 1e-5)
    top = far / spread
    s = top @ C + c
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.sum(y * np.log(p)) / 30
    ds = (p - y) / 30
    dtop = ds @ C.T
    du = (dtop - dtop.mean(axis=1, keepdims=True) - top * (dtop * top).mean(axis=1, keepdims=True)) / spread
    dgate = du * scaled / width
    dscaled = du * gate / width
    dq = dgate * gate * (1 - gate)
    dg = (dscaled * h).sum(0)
    dh = du + dscaled * g + dq @ B.T
    dz = dh * (1 - h ** 2)
    C -= 0.3 * top.T @ ds
    c -= 0.3 * ds.sum(0)
    B -= 0.3 * h.T @ dq
    b -= 0.3 * dq.sum(0)
    g -= 0.3 * dg
    A -= 0.3 * noisy.T @ dz
    a -= 0.3 * dz.sum(0)
    print(loss)
`
	if v := judged(t, python, "right", network); !v.Clean() {
		t.Fatal(v.Verdict, v.Findings, v.Unjudged)
	}
	for name, c := range map[string]struct{ line, instead, fix string }{
		"a hidden layer's function":    {"    h = np.tanh(z)", "    h = z", "np.tanh("},
		"a gate's function":            {"    gate = 1 / (1 + np.exp(-(h @ B + b)))", "    gate = h @ B + b", "1 / (1 + np.exp(-"},
		"a factor made and not used":   {"    mixed = gate * scaled / width", "    mixed = scaled / width", "`gate`"},
		"a parameter not used":         {"    scaled = h * g", "    scaled = h * 1.0", "`g`"},
		"a term that goes past":        {"    u = mixed + h", "    u = mixed", "`h`"},
		"a spread over the batch":      {"    spread = np.sqrt((far ** 2).mean(axis=1, keepdims=True) + 1e-5)", "    spread = np.sqrt((far ** 2).mean(axis=0, keepdims=True) + 1e-5)", "axis 1"},
		"the data without their noise": {"    z = noisy @ A + a", "    z = x @ A + a", "`noisy`"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(network, c.line, c.instead, 1)
			want := 1 + strings.Count(text[:strings.Index(text, c.instead)], "\n")
			v := judged(t, python, "left_out", text)
			if len(v.Findings) == 0 || v.Findings[0].Line != want || !strings.Contains(v.Findings[0].Fix.String(), c.fix) {
				t.Errorf("line %d should lack %s: %v %v", want, c.fix, v.Findings, v.Unjudged)
			}
		})
	}
}

// So it is in single precision, beside decays that the loss has not, where all gradients
// are another multiple of the derivative, and where no function may be put before another.
func TestForwardLeavesOutElsewhere(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const network = `import numpy as np
r = np.random.RandomState(5)
x, y = r.randn(30, 5).astype(TYPE), r.randn(30, 2).astype(TYPE)
A, a = (r.randn(5, 8) * 0.5).astype(TYPE), np.zeros(8, TYPE)
B, b = (r.randn(8, 2) * 0.5).astype(TYPE), np.zeros(2, TYPE)
for t in range(10):
    z = x @ A + a
    h = np.maximum(z, 0)
    s = np.tanh(h @ B + b)
    loss = np.sum((s - y) ** 2)
    ds = 2 * (s - y) * (1 - s ** 2) / MEAN
    dz = ds @ B.T * (z > 0)
    B -= 0.05 * (h.T @ ds + DECAY * B)
    b -= 0.05 * ds.sum(0)
    A -= 0.05 * (x.T @ dz + DECAY * A)
    a -= 0.05 * dz.sum(0)
    print(loss)
`
	for name, c := range map[string]struct{ of, mean, decay, line, instead string }{
		"single precision": {"np.float32", "1", "0", "    h = np.maximum(z, 0)", "    h = z"},
		"decays":           {"float", "1", "0.01", "    h = np.maximum(z, 0)", "    h = z"},
		"all by a 30th":    {"float", "30", "0", "    s = np.tanh(h @ B + b)", "    s = h @ B + b"},
		"a mask backward":  {"float", "1", "0", "    dz = ds @ B.T * (z > 0)", "    dz = ds @ B.T * (h > 0.3)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			right := strings.NewReplacer("TYPE", c.of, "MEAN", c.mean, "DECAY", c.decay).Replace(network)
			if v := judged(t, python, "right", right); !v.Clean() {
				t.Fatal(v.Verdict, v.Findings, v.Unjudged)
			}
			text := strings.Replace(right, c.line, c.instead, 1)
			want := 1 + strings.Count(text[:strings.Index(text, c.instead)], "\n")
			if v := judged(t, python, "left_out", text); len(v.Findings) == 0 || v.Findings[0].Line != want {
				t.Errorf("line %d should be told: %v %v", want, v.Findings, v.Unjudged)
			}
		})
	}
}

// What the backward pass has wrong is told there, though a change of the forward pass
// might make up for it.
func TestBackwardIsNotForward(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	const network = `import numpy as np
r = np.random.RandomState(4)
x, y = r.randn(30, 5), r.randn(30, 2)
A, a, B, b = r.randn(5, 8) * 0.5, np.zeros(8), r.randn(8, 2) * 0.5, np.zeros(2)
for t in range(10):
    z = x @ A + a
    h = np.where(z > 0, z, 0.1 * z)
    s = h @ B + b
    loss = np.sum((s - y) ** 2) / 30
    ds = 2 * (s - y) / 30
    dh = ds @ B.T
    dz = dh * np.where(z > 0, 1, 0.1)
    B -= 0.05 * h.T @ ds
    b -= 0.05 * ds.sum(0)
    A -= 0.05 * x.T @ dz
    a -= 0.05 * dz.sum(0)
    print(loss)
`
	elu := strings.NewReplacer("0.1 * z)", "np.exp(np.minimum(z, 0)) - 1)", "1, 0.1)", "1, h + 1)").Replace(network)
	if v := judged(t, python, "right", elu); !v.Clean() {
		t.Fatal(v.Verdict, v.Findings, v.Unjudged)
	}
	for _, c := range [][2]string{
		{"    dz = dh * np.where(z > 0, 1, h + 1)", "    dz = dh * (z > 0)"},
		{"    dz = dh * np.where(z > 0, 1, h + 1)", "    dz = dh * np.where(z > 0, 1, h)"},
		{"    dz = dh * np.where(z > 0, 1, 0.1)", "    dz = dh * (z > 0)"},
		{"    dz = dh * np.where(z > 0, 1, 0.1)", "    dz = dh * (1 - h ** 2)"},
		{"    dh = ds @ B.T", "    dh = ds @ (B * h[:8, :1]).T"},
	} {
		of := network
		if !strings.Contains(of, c[0]) {
			of = elu
		}
		text := strings.Replace(of, c[0], c[1], 1)
		want := 1 + strings.Count(text[:strings.Index(text, c[1])], "\n")
		if v := judged(t, python, "backward", text); len(v.Findings) == 0 || v.Findings[0].Line != want {
			t.Errorf("%s: line %d should be told: %v %v", c[1], want, v.Findings, v.Unjudged)
		}
	}
}
