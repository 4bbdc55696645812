# All parameters are parts of one vector; layers are pairs of functions, folded
# backward with functools.reduce; the gradient is shortened where it is long.
import functools

import numpy as np

rng = np.random.default_rng(3)
SHAPES = [(2, 9), (9,), (9, 9), (9,), (9, 3), (3,)]
ENDS = np.cumsum([0] + [int(np.prod(s)) for s in SHAPES])


def part(vector, i):
    return vector[ENDS[i]:ENDS[i + 1]].reshape(SHAPES[i])


def linear(theta, i):
    def forward(x):
        def back(upstream, grad):
            part(grad, i)[...] = x.T @ upstream
            part(grad, i + 1)[...] = upstream.sum(axis=0)
            return upstream @ part(theta, i).T
        return x @ part(theta, i) + part(theta, i + 1), back
    return forward


def squash(x):
    y = np.tanh(x)
    return y, lambda upstream, grad: upstream * (1 - y ** 2)


def evaluate(theta, x, labels):
    backs = []
    for layer in (linear(theta, 0), squash, linear(theta, 2), squash, linear(theta, 4)):
        x, back = layer(x)
        backs.append(back)
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    grad = np.zeros_like(theta)
    functools.reduce(lambda upstream, back: back(upstream, grad), reversed(backs), p / len(labels))
    return loss, grad


x = rng.normal(size=(120, 2))
labels = (x[:, 0] * x[:, 1] > 0).astype(int) + (x.sum(axis=1) > 1.5)
theta = rng.normal(size=ENDS[-1]) * 0.5
first, second = np.zeros_like(theta), np.zeros_like(theta)
for step in range(1, 40):
    pick = rng.choice(len(x), 30, replace=False)
    loss, grad = evaluate(theta, x[pick], labels[pick])
    size = np.linalg.norm(grad)
    if size > 0.45:
        grad *= 0.45 / size
    first += 0.1 * (grad - first)
    second += 0.01 * (grad ** 2 - second)
    theta -= 0.02 * (first / (1 - 0.9 ** step)) / (np.sqrt(second / (1 - 0.99 ** step)) + 1e-8)
print(loss)
