import numpy as np
from functools import partial


def field(state, W, b, V):
    h = np.tanh(state @ W + b)
    return h @ V, h


def field_back(dout, state, h, W, V, into):
    into["V"] += h.T @ dout
    dpre = (dout @ V.T) * (1 - np.square(h))
    into["W"] += state.T @ dpre
    into["b"] += dpre.sum(axis=0)
    return dpre @ W.T


def solve(start, p, dt, steps):
    f = partial(field, **p)
    path, tape = [start], []
    for _ in range(steps):
        s = path[-1]
        k1, h1 = f(s)
        mid = s + 0.5 * dt * k1
        k2, h2 = f(mid)
        path.append(s + dt * k2)
        tape.append((s, h1, mid, h2))
    return path, tape


def main(steps=6, dt=0.25, rate=0.1):
    rng = np.random.default_rng(23)
    angle = rng.uniform(0, 2 * np.pi, 20)
    start = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    wanted = [1.5 * np.stack([np.cos(angle + 0.25 * k), np.sin(angle + 0.25 * k)], axis=1) for k in range(steps + 1)]
    p = {"W": rng.normal(0, 1, (2, 7)), "b": np.zeros(7), "V": rng.normal(0, 0.4, (7, 2))}
    for it in range(7):
        path, tape = solve(start, p, dt, steps)
        loss = sum(np.mean((a - b) ** 2) for a, b in zip(path[1:], wanted[1:])) / steps
        grads = {k: np.zeros_like(v) for k, v in p.items()}
        ds = np.zeros_like(start)
        for k in reversed(range(steps)):
            ds = ds + 2 * (path[k + 1] - wanted[k + 1]) / (start.size * steps)
            s, h1, mid, h2 = tape[k]
            dmid = field_back(dt * ds, mid, h2, p["W"], p["V"], grads)
            dk1 = 0.5 * dt * dmid
            ds = ds + dmid + field_back(dk1, s, h1, p["W"], p["V"], grads)
        for k in p:
            p[k] -= rate * grads[k]
        print(it, loss)


main()
