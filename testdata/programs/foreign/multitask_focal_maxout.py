"""
Two heads on one maxout trunk: a rare-event detector (focal loss) and a regression
(Huber).  Task weights are learned as log-variances.  AdaDelta, and an exponential
moving average of the weights for evaluation.
"""
import numpy as np

SEED = 15
rnd = np.random.default_rng(SEED)


def simulate(n):
    X = rnd.standard_normal((n, 5))
    margin = X[:, 0] * X[:, 1] + np.abs(X[:, 2]) - 1.9
    event = (margin + 0.2 * rnd.standard_normal(n) > 0).astype(float)
    amount = np.maximum(X[:, 0], X[:, 3]) - 0.5 * X[:, 4] + 0.2 * rnd.standard_normal(n)
    amount[rnd.random(n) < 0.04] -= 5
    return X, event, amount


def init(widths, pieces=3):
    tree = {"trunk": [], "detect": {}, "amount": {}}
    for a, b in zip(widths[:-1], widths[1:]):
        tree["trunk"].append({"W": rnd.standard_normal((pieces, a, b)) / np.sqrt(a),
                              "b": 0.1 * rnd.standard_normal((pieces, b))})
    for head in ("detect", "amount"):
        tree[head] = {"w": rnd.standard_normal(widths[-1]) / np.sqrt(widths[-1]), "b": np.zeros(1)}
    tree["detect"]["b"] -= 1.0
    tree["s"] = np.zeros(2)
    return tree


def leaves(tree):
    if isinstance(tree, dict):
        for k in sorted(tree):
            yield from leaves(tree[k])
    elif isinstance(tree, list):
        for t in tree:
            yield from leaves(t)
    else:
        yield tree


def tree_map(fn, tree):
    if isinstance(tree, dict):
        return {k: tree_map(fn, v) for k, v in tree.items()}
    if isinstance(tree, list):
        return [tree_map(fn, v) for v in tree]
    return fn(tree)


def trunk_forward(layers, X):
    trail = []
    for lay in layers:
        Z = np.einsum("ni,pij->npj", X, lay["W"]) + lay["b"]
        win = Z.argmax(axis=1)
        trail.append((X, win))
        X = np.take_along_axis(Z, win[:, None, :], axis=1)[:, 0, :]
    return X, trail


def focal(logit, y, gamma=2.0, alpha=0.75):
    """-a_t (1 - p_t)^gamma log p_t, averaged"""
    sign = 2 * y - 1
    pt = 1 / (1 + np.exp(-sign * logit))
    at = np.where(y == 1, alpha, 1 - alpha)
    logpt = np.log(pt + 1e-12)
    loss = -at * (1 - pt) ** gamma * logpt
    d = at * (1 - pt) ** gamma * (gamma * pt * logpt - (1 - pt)) * sign
    return loss.mean(), d / len(y)


def huber(pred, y, c=0.8):
    r = pred - y
    lin = np.abs(r) > c
    loss = np.where(lin, c * np.abs(r) - 0.5 * c * c, 0.5 * r * r)
    return loss.mean(), np.clip(r, -c, c) / len(y)


def value_and_grad(tree, X, event, amount):
    grad = tree_map(np.zeros_like, tree)
    F, trail = trunk_forward(tree["trunk"], X)
    det, amt, s = tree["detect"], tree["amount"], tree["s"]
    l0, d0 = focal(F @ det["w"] + det["b"], event)
    l1, d1 = huber(F @ amt["w"] + amt["b"], amount)
    pr = np.exp(-s)
    loss = pr[0] * l0 + pr[1] * l1 + 0.5 * s.sum()

    grad["s"][0] = 0.5 - pr[0] * l0
    grad["s"][1] = 0.5 - pr[1] * l1
    d0 = pr[0] * d0
    d1 = pr[1] * d1
    grad["detect"]["w"] += F.T @ d0
    grad["detect"]["b"] += d0.sum()
    grad["amount"]["w"] += F.T @ d1
    grad["amount"]["b"] += d1.sum()
    dF = np.outer(d0, det["w"]) + np.outer(d1, amt["w"])
    for i in range(len(trail) - 1, -1, -1):
        Xi, win = trail[i]
        lay, g = tree["trunk"][i], grad["trunk"][i]
        dX = np.zeros_like(Xi)
        for p in range(len(lay["W"])):
            dZ = dF * (win == p)
            g["W"][p] = Xi.T @ dZ
            g["b"][p] = dZ.sum(axis=0)
            dX += dZ @ lay["W"][p].T
        dF = dX
    return loss, (l0, l1), grad


def adadelta(tree, grad, sq, dx2, rho=0.95, eps=1e-4):
    for p, g, a, d in zip(leaves(tree), leaves(grad), leaves(sq), leaves(dx2)):
        a *= rho
        a += (1 - rho) * g * g
        delta = -np.sqrt(d + eps) / np.sqrt(a + eps) * g
        d *= rho
        d += (1 - rho) * delta * delta
        p += delta


X, ev, am = simulate(800)
Xt, evt, amt_ = simulate(400)
tree = init([5, 12, 8])
sq, dx2 = tree_map(np.zeros_like, tree), tree_map(np.zeros_like, tree)
ema = tree_map(np.copy, tree)
for step in range(1, 201):
    rows = rnd.choice(800, size=80, replace=False)
    loss, parts, grad = value_and_grad(tree, X[rows], ev[rows], am[rows])
    adadelta(tree, grad, sq, dx2)
    for e, p in zip(leaves(ema), leaves(tree)):
        e += 0.05 * (p - e)
    if step % 50 == 0:
        F, _ = trunk_forward(ema["trunk"], Xt)
        hit = (F @ ema["detect"]["w"] + ema["detect"]["b"] > 0) == (evt == 1)
        mae = np.abs(F @ ema["amount"]["w"] + ema["amount"]["b"] - amt_)
        print("step %3d total %.4f (focal %.4f, huber %.4f) | ema: detect acc %.3f, median abs err %.3f | s %s"
              % (step, loss, *parts, hit.mean(), np.median(mae), np.round(tree["s"], 2)))
