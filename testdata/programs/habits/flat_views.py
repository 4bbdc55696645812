import numpy as np

# All parameters lie in one vector; the layers are views of parts of it, and
# each is stepped in place by a moment over the root of a sum of squares.
rng = np.random.RandomState(4)
sizes = [(4, 5), (6, 3)]
flat = rng.randn(sum(a * b for a, b in sizes)) * 0.4
layers, start = [], 0
for a, b in sizes:
    layers.append(flat[start:start + a * b].reshape(a, b))
    start += a * b
memory = [np.zeros_like(w) for w in layers]

X = rng.randn(40, 3)
T = 1 / (1 + np.exp(-X @ rng.randn(3, 3)))


def with_ones(h):
    return np.hstack((np.ones((len(h), 1)), h))


def forward(x):
    hidden = [with_ones(x)]
    for i, w in enumerate(layers):
        h = 1 / (1 + np.exp(-(hidden[-1] @ w)))
        hidden.append(with_ones(h) if i < len(layers) - 1 else h)
    return hidden


for epoch in range(30):
    hidden = forward(X)
    out = hidden[-1]
    cost = 0.5 * np.sum((out - T) ** 2) / len(X)
    delta = (out - T) * out * (1 - out) / len(X)
    for i in reversed(range(len(layers))):
        grad = hidden[i].T @ delta
        if i > 0:
            h = hidden[i][:, 1:]
            delta = (delta @ layers[i][1:].T) * h * (1 - h)
        memory[i] += grad ** 2
        layers[i] -= 0.1 * grad / (np.sqrt(memory[i]) + 1e-8)
    if epoch % 10 == 0:
        print(epoch, cost, np.abs(flat).max())
