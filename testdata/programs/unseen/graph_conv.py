import numpy as np

np.random.seed(70)
nodes, feats, hidden, classes = 24, 4, 7, 3
klass = np.repeat(np.arange(classes), nodes // classes)
adj = (np.random.rand(nodes, nodes) < np.where(klass[:, None] == klass, 0.5, 0.05)).astype(float)
adj = np.maximum(adj, adj.T)
np.fill_diagonal(adj, 1)
# random-walk normalisation: not symmetric
P = adj / adj.sum(axis=1, keepdims=True)
X = np.random.randn(nodes, feats) + klass[:, None] * 0.4
known = np.random.rand(nodes) < 0.6


def glorot(i, o):
    return np.random.uniform(-1, 1, (i, o)) * np.sqrt(6.0 / (i + o))


theta = [glorot(feats, hidden), glorot(hidden, hidden), glorot(hidden, classes)]
vel = [np.zeros_like(w) for w in theta]
keep = 0.8
for epoch in range(10):
    H, masks, pre = [X], [], []
    for k, w in enumerate(theta):
        Z = P @ H[-1] @ w
        pre.append(Z)
        if k < 2:
            mask = (np.random.rand(*Z.shape) < keep) / keep
            masks.append(mask)
            H.append(np.maximum(0, Z) * mask)
    logits = pre[-1]
    prob = np.exp(logits - logits.max(1, keepdims=True))
    prob /= prob.sum(1, keepdims=True)
    loss = -np.log(prob[known, klass[known]]).sum() / known.sum()

    dZ = (prob - np.eye(classes)[klass]) * known[:, None] / known.sum()
    grads = []
    for k in (2, 1, 0):
        grads.append((P @ H[k]).T @ dZ)
        if k:
            dH = P.T @ dZ @ theta[k].T
            dZ = dH * masks[k - 1] * (pre[k - 1] > 0)
    for w, v, g in zip(theta, vel, grads[::-1]):
        v *= 0.9
        v -= 0.1 * (g + 5e-4 * w)
        w += v
    if epoch % 5 == 4:
        out = X
        for k, w in enumerate(theta):
            out = P @ out @ w
            if k < 2:
                out = np.maximum(0, out)
        print(epoch, loss, (out.argmax(1) == klass)[~known].mean())
