import copy
import numpy as np


class Model:
    def __init__(self, rng):
        self.w = {"a": rng.normal(0, 0.6, (4, 10)), "b": rng.normal(0, 0.4, (10, 1)), "c": np.zeros((1, 10)), "d": np.zeros((1, 1))}

    def __call__(self, x):
        self.x = x
        self.u = x @ self.w["a"] + self.w["c"]
        self.h = np.exp(-self.u ** 2)
        return self.h @ self.w["b"] + self.w["d"]

    def gradients(self, dy):
        du = dy @ self.w["b"].T * self.h * (-2 * self.u)
        return {"a": self.x.T @ du, "c": np.sum(du, 0, keepdims=True), "b": self.h.T @ dy, "d": np.sum(dy, 0, keepdims=True)}


def clip(grads, most):
    norm = np.sqrt(sum(float(np.sum(g * g)) for g in grads.values()))
    if norm > most:
        return {k: g * (most / norm) for k, g in grads.items()}
    return grads


rng = np.random.default_rng(321)
x = rng.normal(size=(96, 4))
y = np.exp(-x[:, :1] ** 2) - x[:, 1:2] * x[:, 2:3] + 0.1 * rng.normal(size=(96, 1))
x_val, y_val, x, y = x[:24], y[:24], x[24:], y[24:]
model = Model(rng)
average = copy.deepcopy(model)
best, waited, smooth = np.inf, 0, 0.8
for epoch in range(6):
    for start in range(0, 72, 24):
        xb, yb = x[start:start + 24], y[start:start + 24]
        error = model(xb) - yb
        loss = float((error * error).mean())
        grads = clip(model.gradients(2 * error / error.size), 0.4)
        for k in model.w:
            model.w[k] -= 0.2 * grads[k]
            average.w[k] = smooth * average.w[k] + (1 - smooth) * model.w[k]
    held_out = float(((average(x_val) - y_val) ** 2).mean())
    print(epoch, loss, held_out)
    if held_out < best:
        best, waited = held_out, 0
    else:
        waited += 1
        if waited == 2:
            break
