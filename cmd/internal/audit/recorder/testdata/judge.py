"""Recompute each tensor of a trace from its own recorded inputs with NumPy and
name the first that does not follow. It knows where 1/N may stand, plain steps
and momentum, and nothing about causes: a check of the recorder.

    judge.py DIR     prints {"name": {"wrong": [step, tensor] or null, "meta": {...}}, ...}
"""
import json
import os
import sys

import numpy as np

GUARDS = [lambda p, e=e: np.log(p + e) for e in (1e-12, 1e-10, 1e-9, 1e-8, 1e-7, 1e-5)]
GUARDS += [lambda p, e=e: np.log(np.maximum(p, e)) for e in (1e-300, 1e-12, 1e-9)]


def load(path):
    """({step: {name: array}}, meta, lr or None)"""
    steps = {}
    with np.load(path, allow_pickle=False) as z:
        meta = json.loads(str(z["meta"]))
        lr = float(z["lr"]) if "lr" in z.files else None
        for key in z.files:
            if "." in key:
                step, name = key.split(".", 1)
                steps.setdefault(int(step), {})[name] = z[key]
    return steps, meta, lr


def one_hot(y, like):
    if y.ndim == 2:
        return y.astype(like.dtype)
    t = np.zeros_like(like)
    t[np.arange(len(y)), y.astype(int)] = 1
    return t


def first_wrong(steps, meta, lr=None):
    """(step, tensor) of the earliest one that does not follow, or None."""
    for index in sorted(steps):
        name = wrong_in(steps[index], meta, lr, steps.get(index - 1), index == 0)
        if name:
            return index, name
    return None


def wrong_in(t, meta, lr=None, before=None, first=True):
    L = max(int(n[1:]) for n in t if n[0] == "W" and n[1:].isdigit())
    single = t["W1"].dtype == np.float32
    tolerance = 2e-4 if single else 1e-9

    def close(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=tolerance, atol=tolerance * 1e-2)

    def factor(a, b, allowed):
        """The c of those allowed for which a = c·b."""
        return next((c for c in allowed if close(a, c * b)), None)

    n = len(t["x"])
    for k in range(1, L + 1):
        h = t["x"] if k == 1 else t["h%d" % (k - 1)]
        if not close(t["z%d" % k], h @ t["W%d" % k] + t["b%d" % k]):
            return "z%d" % k
        if k < L:
            z = t["z%d" % k]
            slope = meta["layers"][k - 1].get("slope", 0.0)
            if not close(t["h%d" % k], np.where(z > 0, z, slope * z)):
                return "h%d" % k
    z = t["z%d" % L]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    if not close(t["p"], e / e.sum(axis=1, keepdims=True)):
        return "p"
    y = one_hot(t["y"], t["p"])
    kinds = []  # what the loss may be: sum, mean
    if "loss" in t:
        for guard in GUARDS:
            rows = -np.sum(y * guard(t["p"]), axis=1)
            got = t["loss"].astype(np.float64)
            if got.shape == (n, 1) and n > 1 and close(got[:, 0], rows):
                kinds = ["sum", "mean"]
            elif got.size == 1:
                kinds += [w for w, v in (("sum", rows.sum()), ("mean", rows.mean())) if np.isclose(got[0, 0], v, rtol=tolerance)]
        if not kinds:
            return "loss"
    share = factor(t["dz%d" % L], t["p"] - y, (1, 1.0 / n))
    if share is None or kinds and n > 1 and share != 1 and "mean" not in kinds:
        return "dz%d" % L
    for k in range(L, 0, -1):
        h = t["x"] if k == 1 else t["h%d" % (k - 1)]
        dz = t["dz%d" % k]
        c = factor(t["dW%d" % k], h.T @ dz, (1, 1.0 / n) if share == 1 else (1,))
        if c is None:
            return "dW%d" % k
        if not close(t["db%d" % k], c * dz.sum(axis=0, keepdims=True)):
            return "db%d" % k
        if k > 1:
            j = k - 1
            slope = meta["layers"][j - 1].get("slope", 0.0)
            if not close(t["dh%d" % j], dz @ t["W%d" % k].T):
                return "dh%d" % j
            if not close(t["dz%d" % j], np.where(t["z%d" % j] > 0, t["dh%d" % j], slope * t["dh%d" % j])):
                return "dz%d" % j
    names = [w + str(k) for k in range(1, L + 1) for w in "Wb"]
    if all(a + "_new" in t for a in names):
        down = {a: t["d" + a] for a in names}
        if meta.get("momentum") and lr:
            if before is None and not first:
                return None  # the velocity is not known
            if before is not None:
                down = {a: d + meta["momentum"] * (before[a] - t[a]) / lr for a, d in down.items()}
        moved = np.concatenate([(t[a] - t[a + "_new"]).ravel() for a in names]).astype(np.float64)
        d = np.concatenate([down[a].ravel() for a in names]).astype(np.float64)
        # One c for all: the median of the ratios where the gradient is not small.
        large = np.abs(d) > 0.01 * np.abs(d).max()
        c = np.median(moved[large] / d[large])
        for a in names:
            if not np.allclose(t[a] - t[a + "_new"], c * down[a], rtol=1e-3 if single else 1e-7,
                               atol=1e-6 if single else 1e-12) or c == 0:
                return a + "_new"
        if lr and not np.isclose(c, lr, rtol=1e-6) and not (share == 1 and np.isclose(c, lr / n, rtol=1e-6)):
            return names[0] + "_new"
    for a in names:
        if a + "_next" in t and a + "_new" in t and t[a + "_new"].tobytes() != t[a + "_next"].tobytes():
            return a + "_next"
    return None


def main():
    found = {}
    for name in sorted(os.listdir(sys.argv[1])):
        if name.endswith(".npz"):
            steps, meta, lr = load(os.path.join(sys.argv[1], name))
            with np.errstate(all="ignore"):
                found[name[:-4]] = {"wrong": first_wrong(steps, meta, lr), "meta": meta}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
