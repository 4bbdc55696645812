# Multi-task: regression + classification heads, weighted by learned homoscedastic uncertainty (Kendall et al.)
# L = exp(-s1) * mse/2 + s1/2 + exp(-s2) * ce + s2/2 ; gradient accumulation over 4 micro batches; checkpoint/resume with np.savez
import os, tempfile
import numpy as np

rng = np.random.default_rng(2)
n = 320
X = rng.normal(size=(n, 5))
shared = np.tanh(X @ rng.normal(size=(5, 3)))
y_reg = 3 * shared @ np.array([1., -2., .5]) + rng.normal(size=n)
y_reg = (y_reg - y_reg.mean()) / y_reg.std()
y_cls = (shared @ np.array([1., 1., -1.]) + 0.3 * rng.normal(size=n) > 0).astype(int)

def new_model():
    return {'W': rng.normal(size=(5, 16)) * 0.4, 'b': np.zeros(16), 'wr': rng.normal(size=16) * 0.2, 'br': np.zeros(1),
            'Wc': rng.normal(size=(16, 2)) * 0.2, 'bc': np.zeros(2), 's': np.zeros(2)}

def loss_fn(P, X, yr, yc):
    n = len(X)
    h = np.tanh(X @ P['W'] + P['b'])
    pred = h @ P['wr'] + P['br']
    z = h @ P['Wc'] + P['bc']
    lp = z - z.max(1, keepdims=True)
    lp = lp - np.log(np.exp(lp).sum(1, keepdims=True))
    mse = np.mean((pred - yr) ** 2)
    ce = -lp[np.arange(n), yc].mean()
    w = np.exp(-P['s'])
    total = 0.5 * w[0] * mse + w[1] * ce + 0.5 * P['s'].sum()
    dpred = w[0] * (pred - yr) / n
    dz = w[1] * (np.exp(lp) - np.eye(2)[yc]) / n
    dh = np.outer(dpred, P['wr']) + dz @ P['Wc'].T
    da = dh * (1 - h * h)
    g = {'W': X.T @ da, 'b': da.sum(0), 'wr': h.T @ dpred, 'br': dpred.sum(keepdims=True), 'Wc': h.T @ dz, 'bc': dz.sum(0),
         's': np.array([0.5 - 0.5 * w[0] * mse, 0.5 - w[1] * ce])}
    return total, mse, ce, g

def save(path, P, V, epoch):
    np.savez(path, epoch=epoch, **{'p_' + k: v for k, v in P.items()}, **{'v_' + k: v for k, v in V.items()})

def load(path):
    with np.load(path) as f:
        return ({k[2:]: f[k] for k in f.files if k.startswith('p_')}, {k[2:]: f[k] for k in f.files if k.startswith('v_')}, int(f['epoch']))

def run_epochs(P, V, start, stop, micro=20, accum=4):
    for ep in range(start, stop):
        acc, log = {k: np.zeros_like(v) for k, v in P.items()}, []
        for step, idx in enumerate(np.split(rng.permutation(n), n // micro), start=1):
            total, mse, ce, g = loss_fn(P, X[idx], y_reg[idx], y_cls[idx])
            log.append((total, mse, ce))
            for k in P:
                acc[k] += g[k] / accum
            if step % accum == 0:
                for k in P:
                    V[k] = 0.9 * V[k] + acc[k]
                    P[k] = P[k] - 0.03 * V[k]
                    acc[k][...] = 0
        if ep % 4 == 0:
            t, m, c = np.mean(log, 0)
            print(f'epoch {ep:2d} total {t:+.4f} mse {m:.3f} ce {c:.4f} sigma^2 {np.round(np.exp(P["s"]), 3)}')
    return P, V

P = new_model()
V = {k: np.zeros_like(v) for k, v in P.items()}
P, V = run_epochs(P, V, 0, 20)
with tempfile.TemporaryDirectory() as tmp:
    path = os.path.join(tmp, 'ckpt.npz')
    save(path, P, V, 20)
    P2, V2, epoch = load(path)
print('resumed at epoch', epoch)
P, V = run_epochs(P2, V2, epoch, 40)
print('final full-data loss: %.4f' % loss_fn(P, X, y_reg, y_cls)[0])
