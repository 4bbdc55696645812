"""Semi-supervised node classification with a two-layer GCN (Kipf & Welling), numpy only.

Weight decay only on the first layer, dropout on the input features and on the hidden layer,
only a handful of nodes has labels, early stopping on the validation nodes."""
import argparse
import copy
import numpy as np

ap = argparse.ArgumentParser()
ap.add_argument('--hidden', type=int, default=16)
ap.add_argument('--lr', type=float, default=0.02)
ap.add_argument('--wd', type=float, default=5e-3)
ap.add_argument('--dropout', type=float, default=0.4)
ap.add_argument('--epochs', type=int, default=200)
ap.add_argument('--patience', type=int, default=40)
ap.add_argument('--seed', type=int, default=0)
args, _ = ap.parse_known_args()
rng = np.random.default_rng(args.seed)

# ---- stochastic block model
n, C, F = 160, 4, 30
label = np.repeat(np.arange(C), n // C)
prob = np.where(label[:, None] == label[None], 0.12, 0.012)
A = np.triu(rng.random((n, n)) < prob, 1).astype(float)
A = A + A.T
centres = rng.normal(0, 0.45, (C, F))
X = centres[label] + rng.normal(size=(n, F))
order = rng.permutation(n)
train, val, test = order[:24], order[24:64], order[64:]

A_hat = A + np.eye(n)
dinv = 1 / np.sqrt(A_hat.sum(1))
S = dinv[:, None] * A_hat * dinv[None]


def dropout(shape, p):
    return (rng.random(shape) >= p) / (1 - p)


def forward(P, X, drop):
    c = {}
    c['m0'] = dropout(X.shape, args.dropout) if drop else 1.0
    c['x'] = X * c['m0']
    c['sx'] = S @ c['x']
    c['z'] = c['sx'] @ P['W0'] + P['b0']
    c['h'] = np.maximum(c['z'], 0)
    c['m1'] = dropout(c['h'].shape, args.dropout) if drop else 1.0
    c['hd'] = c['h'] * c['m1']
    logits = S @ (c['hd'] @ P['W1']) + P['b1']
    return logits, c


def log_softmax(a):
    a = a - a.max(1, keepdims=True)
    return a - np.log(np.exp(a).sum(1, keepdims=True))


def objective(P, logits, nodes):
    return -log_softmax(logits)[nodes, label[nodes]].mean() + 0.5 * args.wd * (P['W0'] ** 2).sum()


def backward(P, logits, c, nodes):
    d = np.zeros_like(logits)
    d[nodes] = np.exp(log_softmax(logits[nodes]))
    d[nodes, label[nodes]] -= 1
    d /= len(nodes)
    G = {'b1': d.sum(0)}
    sd = S @ d                       # S is symmetric
    G['W1'] = c['hd'].T @ sd
    dz = (sd @ P['W1'].T) * c['m1'] * (c['z'] > 0)
    G['b0'] = dz.sum(0)
    G['W0'] = c['sx'].T @ dz + args.wd * P['W0']
    return G


def glorot(a, b):
    r = np.sqrt(6 / (a + b))
    return rng.uniform(-r, r, (a, b))


P = dict(W0=glorot(F, args.hidden), b0=np.zeros(args.hidden), W1=glorot(args.hidden, C), b1=np.zeros(C))
M = {k: [np.zeros_like(v), np.zeros_like(v), np.zeros_like(v)] for k, v in P.items()}
best, bad = (np.inf, None, -1), 0
for epoch in range(1, args.epochs + 1):
    logits, cache = forward(P, X, drop=True)
    loss = objective(P, logits, train)
    grads = backward(P, logits, cache, train)
    for k, g in grads.items():       # AMSGrad
        m, v, vmax = M[k]
        m[...] = 0.9 * m + 0.1 * g
        v[...] = 0.999 * v + 0.001 * g * g
        np.maximum(v, vmax, out=vmax)
        P[k] = P[k] - args.lr * np.sqrt(1 - 0.999 ** epoch) / (1 - 0.9 ** epoch) * m / (np.sqrt(vmax) + 1e-8)
    out, _ = forward(P, X, drop=False)
    vloss = -log_softmax(out)[val, label[val]].mean()
    if vloss < best[0]:
        best, bad = (vloss, copy.deepcopy(P), epoch), 0
    else:
        bad += 1
    if epoch % 25 == 0:
        print(f'{epoch:4d} loss {loss:.4f} val loss {vloss:.4f} val acc {(out[val].argmax(1) == label[val]).mean():.3f}')
    if bad >= args.patience:
        print('no improvement for', args.patience, 'epochs, stop at', epoch)
        break

P = best[1]
out, _ = forward(P, X, drop=False)
print(f'best epoch {best[2]}, test accuracy {(out[test].argmax(1) == label[test]).mean():.3f}')
confusion = np.zeros((C, C), int)
np.add.at(confusion, (label[test], out[test].argmax(1)), 1)
print(confusion)
