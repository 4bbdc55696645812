import numpy as np
import functools

# Mixture density network for an inverse problem (one x, several y).  Functional style:
# layers are pairs (forward, backward) made by closures over a flat parameter vector.

K = 3          # mixture components
HID = 20
shapes = [('W1', (1, HID)), ('b1', (HID,)), ('W2', (HID, HID)), ('b2', (HID,)), ('W3', (HID, 3 * K)), ('b3', (3 * K,))]
sizes = [int(np.prod(s)) for _, s in shapes]
offsets = np.concatenate([[0], np.cumsum(sizes)])
view = lambda vec, i: vec[offsets[i]:offsets[i + 1]].reshape(shapes[i][1])


def dense(vec, iw, ib):
    W, b = view(vec, iw), view(vec, ib)

    def forward(x):
        def backward(dy, gvec):
            view(gvec, iw)[...] = x.T @ dy
            view(gvec, ib)[...] = dy.sum(axis=0)
            return dy @ W.T
        return x @ W + b, backward
    return forward


def softsign():
    def forward(x):
        den = 1 + np.abs(x)

        def backward(dy, gvec):
            return dy / den ** 2
        return x / den, backward
    return forward


def tanh():
    def forward(x):
        y = np.tanh(x)

        def backward(dy, gvec):
            return dy * (1 - y * y)
        return y, backward
    return forward


def run(layers, x):
    backs = []
    for layer in layers:
        x, back = layer(x)
        backs.append(back)
    return x, backs


def network(vec):
    return [dense(vec, 0, 1), softsign(), dense(vec, 2, 3), tanh(), dense(vec, 4, 5)]


def log_sum_exp(a):
    top = a.max(axis=1, keepdims=True)
    return top + np.log(np.exp(a - top).sum(axis=1, keepdims=True))


def split(out):
    """raw outputs -> log mixture weights, means, log standard deviations; each (n, K)"""
    logits, mu, log_s = out[:, :K], out[:, K:2 * K], out[:, 2 * K:]
    return logits - log_sum_exp(logits), mu, log_s


def nll(out, y):
    """mean negative log likelihood of y (n, 1) and its gradient with respect to out"""
    n = len(y)
    log_pi, mu, log_s = split(out)
    z = (y - mu) / np.exp(log_s)
    log_joint = log_pi - 0.5 * z ** 2 - log_s - 0.5 * np.log(2 * np.pi)
    log_p = log_sum_exp(log_joint)
    resp = np.exp(log_joint - log_p)               # responsibilities
    d_logits = np.exp(log_pi) - resp
    d_mu = -resp * z / np.exp(log_s)
    d_log_s = resp * (1 - z ** 2)
    return -log_p.mean(), np.hstack([d_logits, d_mu, d_log_s]) / n


def objective(vec, x, y, decay):
    out, backs = run(network(vec), x)
    loss, d = nll(out, y)
    grad = np.zeros_like(vec)
    functools.reduce(lambda dy, back: back(dy, grad), reversed(backs), d)
    for i in (0, 2, 4):                            # weight matrices only
        loss += 0.5 * decay * np.sum(view(vec, i) ** 2)
        view(grad, i)[...] += decay * view(vec, i)
    return loss, grad


def conditional_mean(vec, x):
    log_pi, mu, _ = split(run(network(vec), x)[0])
    return (np.exp(log_pi) * mu).sum(axis=1, keepdims=True)


def conditional_std(vec, x):
    log_pi, mu, log_s = split(run(network(vec), x)[0])
    pi = np.exp(log_pi)
    mean = (pi * mu).sum(axis=1, keepdims=True)
    return np.sqrt((pi * (np.exp(2 * log_s) + (mu - mean) ** 2)).sum(axis=1))


def batches(x, y, size, rng):
    order = rng.permutation(len(x))
    for lo in range(0, len(x), size):
        pick = order[lo:lo + size]
        yield x[pick], y[pick]


rng = np.random.default_rng(8)
y_all = rng.uniform(-1, 1, (500, 1))
x_all = y_all + 0.45 * np.sin(2 * np.pi * y_all) + 0.05 * rng.normal(size=y_all.shape)
x_tr, y_tr, x_te, y_te = x_all[:350], y_all[:350], x_all[350:], y_all[350:]

theta = np.zeros(offsets[-1])
for i, (name, shape) in enumerate(shapes):
    if len(shape) == 2:
        view(theta, i)[...] = rng.normal(size=shape) * np.sqrt(1.0 / shape[0])
view(theta, 1)[...] = rng.uniform(-1, 1, HID)
view(theta, 5)[K:2 * K] = [-0.6, 0.0, 0.6]

EPOCHS, lr_max = 60, 0.02
DECAY = 1e-4
step, m1, m2 = 0, np.zeros_like(theta), np.zeros_like(theta)
for epoch in range(EPOCHS):
    lr = lr_max * (0.1 + 0.9 * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS)))
    running, seen = 0.0, 0
    for xb, yb in batches(x_tr, y_tr, 64, rng):
        loss, grad = objective(theta, xb, yb, DECAY)
        norm = np.linalg.norm(grad)
        if norm > 2.0:
            grad *= 2.0 / norm
        step += 1
        m1 += 0.1 * (grad - m1)
        m2 += 0.01 * (grad ** 2 - m2)
        theta -= lr * (m1 / (1 - 0.9 ** step)) / (np.sqrt(m2 / (1 - 0.99 ** step)) + 1e-8)
        running += loss * len(xb)
        seen += len(xb)
    if (epoch + 1) % 12 == 0:
        test_nll = nll(run(network(theta), x_te)[0], y_te)[0]
        print(f'epoch {epoch + 1} train {running / seen:.4f} test nll {test_nll:.4f}')

gap = np.sqrt(np.mean((conditional_mean(theta, x_te) - y_te) ** 2))
spread = conditional_std(theta, x_te)
print(f'rmse of the conditional mean {gap:.4f}; mean predicted std {spread.mean():.4f}')
