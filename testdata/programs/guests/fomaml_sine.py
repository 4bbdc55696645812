# First-order MAML on the sine-wave benchmark, compared with plain joint pre-training.
# Parameters live in a tuple; everything is functional.
import numpy as np
from functools import reduce

H = 32


def init(key):
    g = np.random.default_rng(key)
    return (g.normal(0, 1, (1, H)), g.normal(0, 1, H),
            g.normal(0, 1 / np.sqrt(H), (H, H)), np.zeros(H),
            g.normal(0, 1 / np.sqrt(H), (H, 1)), np.zeros(1))


def apply(params, x):
    W1, b1, W2, b2, W3, b3 = params
    h1 = np.tanh(x @ W1 + b1)
    h2 = np.tanh(h1 @ W2 + b2)
    return h2 @ W3 + b3, (x, h1, h2)


def mse(params, x, y):
    return float(np.mean((apply(params, x)[0] - y) ** 2))


def grad_mse(params, x, y):
    W1, b1, W2, b2, W3, b3 = params
    out, (x, h1, h2) = apply(params, x)
    d3 = 2 * (out - y) / out.size
    d2 = (d3 @ W3.T) * (1 - h2 ** 2)
    d1 = (d2 @ W2.T) * (1 - h1 ** 2)
    return (x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0))


def tree(f, *trees):
    return tuple(f(*leaves) for leaves in zip(*trees))


def inner_step(params, data, lr):
    return tree(lambda p, g: p - lr * g, params, grad_mse(params, *data))


def adapt(params, data, lr, k):
    return reduce(lambda p, _: inner_step(p, data, lr), range(k), params)


def sample_task(rng):
    amp, phase = rng.uniform(0.5, 3.0), rng.uniform(0, np.pi)

    def draw(n):
        x = rng.uniform(-3, 3, (n, 1))
        return x, amp * np.sin(x - phase)

    return draw


def adam_state(params):
    return tree(np.zeros_like, params), tree(np.zeros_like, params), 0


def adam(params, grads, state, lr):
    m, v, k = state
    k += 1
    m = tree(lambda a, g: 0.9 * a + 0.1 * g, m, grads)
    v = tree(lambda a, g: 0.999 * a + 0.001 * g * g, v, grads)
    new = tree(lambda p, a, b: p - lr * (a / (1 - 0.9 ** k)) / (np.sqrt(b / (1 - 0.999 ** k)) + 1e-8), params, m, v)
    return new, (m, v, k)


def meta_train(rng, steps, meta_batch=8, inner_lr=0.05, k=3, lr=3e-3, maml=True):
    params = init(0)
    state = adam_state(params)
    for it in range(1, steps + 1):
        total = tree(np.zeros_like, params)
        q_loss = 0.0
        for _ in range(meta_batch):
            draw = sample_task(rng)
            support, query = draw(10), draw(10)
            fast = adapt(params, support, inner_lr, k) if maml else params
            total = tree(np.add, total, grad_mse(fast, *query))      # gradient taken at the adapted weights
            q_loss += mse(fast, *query) / meta_batch
        params, state = adam(params, tree(lambda g: g / meta_batch, total), state, lr)
        if it % 200 == 0:
            print('  step %4d  query loss %.4f' % (it, q_loss))
    return params


def few_shot(params, rng, n_tasks=100, inner_lr=0.05, ks=(0, 1, 3, 10)):
    result = np.zeros(len(ks))
    for _ in range(n_tasks):
        draw = sample_task(rng)
        support, query = draw(10), draw(50)
        result += [mse(adapt(params, support, inner_lr, k), *query) for k in ks]
    return result / n_tasks


if __name__ == '__main__':
    print('FOMAML')
    meta = meta_train(np.random.default_rng(1), 800)
    print('joint training')
    joint = meta_train(np.random.default_rng(1), 800, maml=False)
    print('new tasks, 10 shots; mse after 0, 1, 3, 10 steps')
    for name, p in (('random init', init(5)), ('joint', joint), ('FOMAML', meta)):
        print('  %-12s' % name, few_shot(p, np.random.default_rng(77)).round(3))
