# Mean teacher: 24 labelled points, the rest unlabelled.
# student loss = cross entropy(labelled) + w(t) * mean squared difference of probabilities to the EMA teacher
import numpy as np

np.random.seed(600)
N, NL, C = 600, 24, 2

# two interleaved half circles
ang = np.random.rand(N) * np.pi
lab = np.arange(N) % C
pts = np.where(lab[:, None] == 0,
               np.stack([np.cos(ang), np.sin(ang)], 1),
               np.stack([1 - np.cos(ang), 0.4 - np.sin(ang)], 1))
pts += 0.12 * np.random.randn(N, 2)
pts = (pts - pts[:400].mean(0)) / pts[:400].std(0)
xl, yl = pts[:NL], lab[:NL]
xu = pts[NL:400]
xt, yt = pts[400:], lab[400:]


def net_new(h=40):
    return [np.random.randn(2, h) * 1.0, np.random.randn(h) * 0.3,
            np.random.randn(h, h) / np.sqrt(h), np.zeros(h),
            np.random.randn(h, C) / np.sqrt(h), np.zeros(C)]


def fwd(w, x):
    h1 = np.maximum(x @ w[0] + w[1], 0)
    h2 = np.maximum(h1 @ w[2] + w[3], 0)
    z = h2 @ w[4] + w[5]
    e = np.exp(z - z.max(1)[:, None])
    return e / e.sum(1)[:, None], h1, h2


def student_grad(w, x, y_lab, q_teacher, weight):
    """x = labelled rows first, then unlabelled ones; the teacher's answers are constants"""
    nl, n = len(y_lab), len(x)
    p, h1, h2 = fwd(w, x)
    ce = -np.log(p[np.arange(nl), y_lab] + 1e-12).mean()
    diff = p - q_teacher
    cons = (diff ** 2).mean()
    dp = 2 * weight * diff / diff.size
    dz = p * (dp - (dp * p).sum(1, keepdims=True))
    hard = p[:nl].copy()
    hard[np.arange(nl), y_lab] -= 1
    dz[:nl] += hard / nl
    d2 = (dz @ w[4].T) * (h2 > 0)
    d1 = (d2 @ w[2].T) * (h1 > 0)
    return ce + weight * cons, ce, cons, [x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ dz, dz.sum(0)]


student = net_new()
teacher = [a.copy() for a in student]
m = [np.zeros_like(a) for a in student]
v = [np.zeros_like(a) for a in student]
n_iter, jitter = 600, 0.15
ces, cons_all = [], []
for it in range(1, n_iter + 1):
    ramp = np.exp(-5 * (1 - min(1.0, it / 200)) ** 2)
    xb = np.vstack([xl, xu[np.random.choice(len(xu), 64, replace=False)]])
    q, _, _ = fwd(teacher, xb + jitter * np.random.randn(*xb.shape))
    _, ce, cons, grads = student_grad(student, xb + jitter * np.random.randn(*xb.shape), yl, q, 20.0 * ramp)
    lr = 0.003 if it <= 450 else 0.001
    for i, g in enumerate(grads):
        m[i] = 0.9 * m[i] + 0.1 * g
        v[i] = 0.995 * v[i] + 0.005 * g * g
        student[i] = student[i] - lr * m[i] / (1 - 0.9 ** it) / (np.sqrt(v[i] / (1 - 0.995 ** it)) + 1e-8)
    keep = min(0.98, 1 - 1 / (it + 1))
    teacher = [keep * a + (1 - keep) * b for a, b in zip(teacher, student)]
    ces.append(ce)
    cons_all.append(cons)
    if it % 60 == 0:
        acc = [np.mean(fwd(w, xt)[0].argmax(1) == yt) for w in (student, teacher)]
        print('%3d  ce %.5f  consistency %.6f  ramp %.3f  student %.3f  teacher %.3f'
              % (it, np.mean(ces[-60:]), np.mean(cons_all[-60:]), ramp, acc[0], acc[1]))
