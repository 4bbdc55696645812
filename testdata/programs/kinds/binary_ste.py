'''BinaryConnect / BNN style layer: forward uses sign(W) * mean|W| per column and sign activations.
Backward: straight-through estimator (hard-tanh window for activations; the scale is treated as a constant).
So the gradients are deliberately NOT the derivative of the printed loss, apart from the last, real-valued layer.'''
import numpy as np

class BinLinear:
    def __init__(self, i, o, rng):
        self.W = rng.uniform(-1, 1, (i, o)) / np.sqrt(i)
    def __call__(self, x):
        self.x = x
        self.alpha = np.abs(self.W).mean(0)
        self.Wb = np.where(self.W >= 0, 1.0, -1.0)
        return x @ self.Wb * self.alpha
    def back(self, d):
        self.g = self.x.T @ d * self.alpha          # STE: d sign(w)/dw := 1
        return (d * self.alpha) @ self.Wb.T
    def update(self, lr):
        self.W = np.clip(self.W - lr * self.g, -1, 1)

class SignAct:
    def __call__(self, x):
        self.x = x
        return np.where(x >= 0, 1.0, -1.0)
    def back(self, d):
        return d * (np.abs(self.x) <= 1)
    def update(self, lr):
        pass

class RealLinear:
    def __init__(self, i, o, rng):
        self.W, self.b = rng.normal(size=(i, o)) / np.sqrt(i), np.zeros(o)
    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b
    def back(self, d):
        self.gW, self.gb = self.x.T @ d, d.sum(0)
        return d @ self.W.T
    def update(self, lr):
        self.W -= lr * self.gW
        self.b -= lr * self.gb

def squared_hinge(s, y):
    t = 2.0 * np.eye(s.shape[1])[y] - 1
    m = np.maximum(0, 1 - t * s)
    return (m ** 2).sum(1).mean(), -2 * t * m / len(y)

rng = np.random.default_rng(13)
teacher = rng.normal(size=(16, 3))
X = np.sign(rng.normal(size=(400, 16)))
y = (X @ teacher).argmax(1)
layers = [BinLinear(16, 64, rng), SignAct(), BinLinear(64, 32, rng), SignAct(), RealLinear(32, 3, rng)]
for epoch in range(30):
    lr = 0.05 * 0.95 ** epoch
    losses, correct = [], 0
    for idx in np.split(rng.permutation(400), 10):
        h = X[idx]
        for l in layers:
            h = l(h)
        loss, d = squared_hinge(h, y[idx])
        for l in layers[::-1]:
            d = l.back(d)
        for l in layers:
            l.update(lr)
        losses.append(loss)
        correct += (h.argmax(1) == y[idx]).sum()
    if epoch % 3 == 0:
        print(f'epoch {epoch:2d}: squared hinge {np.mean(losses):.4f}, train acc {correct / 400:.3f}')
