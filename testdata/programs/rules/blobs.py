# Three classes, mini-batches of a new order in each epoch, softmax.
import numpy as np

rng = np.random.RandomState(4)
centers = np.array([[0.0, 1.5], [1.5, -1.0], [-1.5, -1.0]])
classes = rng.randint(3, size=150)
data = centers[classes] + 0.6 * rng.randn(150, 2)
labels = (classes[:, None] == np.arange(3)).astype(float)
x, y = data[:120], labels[:120]
x_test, y_test = data[120:], labels[120:]


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def forward(p, x):
    h = np.tanh(x @ p["W1"] + p["b1"])
    return h, softmax(h @ p["W2"] + p["b2"])


def gradients(p, x, y):
    h, q = forward(p, x)
    loss = -np.mean(np.sum(y * np.log(q + 1e-12), axis=1))
    dz = (q - y) / len(x)
    dh = dz @ p["W2"].T
    dz1 = dh * (1 - h ** 2)
    return loss, {"W1": x.T @ dz1, "b1": dz1.sum(0), "W2": h.T @ dz, "b2": dz.sum(0)}


def accuracy(p, x, y):
    q = forward(p, x)[1]
    return np.mean(np.argmax(q, axis=1) == np.argmax(y, axis=1))


params = {"W1": rng.randn(2, 8), "b1": np.zeros(8), "W2": 0.3 * rng.randn(8, 3), "b2": np.zeros(3)}
for epoch in range(12):
    order = rng.permutation(len(x))
    xs, ys = x[order], y[order]
    for j in range(0, len(x), 40):
        loss, grads = gradients(params, xs[j:j + 40], ys[j:j + 40])
        for k in params:
            params[k] = params[k] - 0.3 * grads[k]
    print("%.4f %.3f %.3f" % (loss, accuracy(params, x, y), accuracy(params, x_test, y_test)))
