"""Hinton-style knowledge distillation.
   loss = (1-a) * CE(hard labels) + a * T^2 * KL(teacher_T || student_T)
The teacher is trained first, then frozen. RAdam for the student."""
import numpy as np
from functools import partial

def mlp_init(sizes, rng):
    return [(rng.normal(0, np.sqrt(2 / a), (a, b)), np.zeros(b)) for a, b in zip(sizes[:-1], sizes[1:])]

def mlp_forward(layers, x):
    acts = [x]
    for i, (W, b) in enumerate(layers):
        x = x @ W + b
        if i < len(layers) - 1:
            x = np.maximum(x, 0)
        acts.append(x)
    return x, acts

def mlp_backward(layers, acts, delta):
    grads = []
    for i in range(len(layers) - 1, -1, -1):
        grads.insert(0, (acts[i].T @ delta, delta.sum(0)))
        if i:
            delta = (delta @ layers[i][0].T) * (acts[i] > 0)
    return grads

def log_softmax(z):
    z = z - z.max(1, keepdims=True)
    return z - np.log(np.exp(z).sum(1, keepdims=True))

def hard_loss(logits, y):
    lp = log_softmax(logits)
    onehot = np.eye(logits.shape[1])[y]
    return -(onehot * lp).sum() / len(y), (np.exp(lp) - onehot) / len(y)

def kd_loss(logits, y, teacher_logits, T=3.0, a=0.7):
    ce, d_ce = hard_loss(logits, y)
    ls, lt = log_softmax(logits / T), log_softmax(teacher_logits / T)
    pt = np.exp(lt)
    kl = (pt * (lt - ls)).sum() / len(y)
    d_kl = (np.exp(ls) - pt) / T / len(y)
    return (1 - a) * ce + a * T * T * kl, (1 - a) * d_ce + a * T * T * d_kl

def radam(layers, grads, st, lr=0.01, b1=0.9, b2=0.99):
    st['t'] += 1
    t, rho_inf = st['t'], 2 / (1 - b2) - 1
    rho = rho_inf - 2 * t * b2 ** t / (1 - b2 ** t)
    for i, (pair, gpair) in enumerate(zip(layers, grads)):
        for j in (0, 1):
            m, v = st.setdefault((i, j), (0.0, 0.0))
            m, v = b1 * m + (1 - b1) * gpair[j], b2 * v + (1 - b2) * gpair[j] ** 2
            st[(i, j)] = (m, v)
            mh = m / (1 - b1 ** t)
            if rho > 4:
                r = np.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
                pair[j][...] -= lr * r * mh / (np.sqrt(v / (1 - b2 ** t)) + 1e-8)
            else:
                pair[j][...] -= lr * mh

def train(layers, X, y, loss_fn, steps, tag, rng, soft=None):
    st = {'t': 0}
    for s in range(steps):
        idx = rng.integers(0, len(X), 64)
        logits, acts = mlp_forward(layers, X[idx])
        loss, d = loss_fn(logits, y[idx]) if soft is None else loss_fn(logits, y[idx], soft[idx])
        radam(layers, mlp_backward(layers, acts, d), st)
        if s % 60 == 0 or s == steps - 1:
            print(f'{tag} step {s:3d} loss {loss:.4f}')
    return np.mean(mlp_forward(layers, X)[0].argmax(1) == y)

rng = np.random.default_rng(555)
X = rng.uniform(-1, 1, (500, 2))
y = (np.floor((X[:, 0] + 1) * 1.5) + np.floor((X[:, 1] + 1) * 1.5)).astype(int) % 3
teacher, student = mlp_init([2, 48, 48, 3], rng), mlp_init([2, 16, 3], rng)
print('teacher acc', train(teacher, X, y, hard_loss, 200, 'teacher', rng))
soft = mlp_forward(teacher, X)[0]
print('student acc', train(student, X, y, partial(kd_loss, T=2.0), 480, 'student', rng, soft=soft))
