"""
Semi-supervised node classification on a stochastic block model.

Two message passing layers (mean aggregation + separate self weights, as in
GraphSAGE) and a linear graph-convolution read-out.  Only a handful of nodes
carry a label during training.
"""
import numpy as np

rng = np.random.default_rng(7)

# ----------------------------------------------------------------- graph ---
K, N_PER, F_IN, HID = 3, 30, 8, 16
N = K * N_PER
labels = np.repeat(np.arange(K), N_PER)
prob = np.where(labels[:, None] == labels[None, :], 0.17, 0.03)
upper = np.triu(rng.random((N, N)) < prob, k=1)
A = (upper | upper.T).astype(float)
feats = rng.normal(size=(N, F_IN))
feats[:, :K] += 0.7 * np.eye(K)[labels]

A_tilde = A + np.eye(N)
S = A_tilde / A_tilde.sum(axis=1, keepdims=True)

order = rng.permutation(N)
train_mask = np.zeros(N, dtype=bool)
val_mask = np.zeros(N, dtype=bool)
train_mask[order[:24]] = True
val_mask[order[24:50]] = True
test_mask = ~(train_mask | val_mask)


# ----------------------------------------------------------------- model ---
def glorot(fan_in, fan_out):
    lim = np.sqrt(6.0 / (fan_in + fan_out))
    return rng.uniform(-lim, lim, size=(fan_in, fan_out))


def init_params():
    return {
        "W_nb1": glorot(F_IN, HID), "W_self1": glorot(F_IN, HID), "b1": np.zeros(HID),
        "W_nb2": glorot(HID, HID), "W_self2": glorot(HID, HID), "b2": np.zeros(HID),
        "W_out": glorot(HID, K), "b_out": np.zeros(K),
    }


def forward(p, X, drop=None):
    """drop: pair of (already rescaled) dropout masks or None in evaluation."""
    d0, d1 = drop if drop is not None else (1.0, 1.0)
    X0 = X * d0
    SX = S @ X0
    Z1 = SX @ p["W_nb1"] + X0 @ p["W_self1"] + p["b1"]
    H1 = np.maximum(Z1, 0)
    H1d = H1 * d1
    SH1 = S @ H1d
    Z2 = SH1 @ p["W_nb2"] + H1d @ p["W_self2"] + p["b2"]
    H2 = np.where(Z2 > 0, Z2, 0.1 * Z2)
    SH2 = S @ H2
    logits = SH2 @ p["W_out"] + p["b_out"]
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = e / e.sum(axis=1, keepdims=True)
    return probs, (X0, SX, Z1, H1d, SH1, Z2, SH2, d1)


def masked_nll(probs, mask):
    idx = np.flatnonzero(mask)
    return -np.log(probs[idx, labels[idx]] + 1e-12).mean()


def backward(p, probs, cache, mask):
    X0, SX, Z1, H1d, SH1, Z2, SH2, d1 = cache
    g = {}
    dlogits = probs.copy()
    dlogits[np.arange(N), labels] -= 1.0
    dlogits *= mask[:, None] / mask.sum()

    g["W_out"] = SH2.T @ dlogits
    g["b_out"] = dlogits.sum(axis=0)
    dH2 = S.T @ (dlogits @ p["W_out"].T)

    dZ2 = dH2 * np.where(Z2 > 0, 1.0, 0.1)
    g["W_nb2"] = SH1.T @ dZ2
    g["W_self2"] = H1d.T @ dZ2
    g["b2"] = dZ2.sum(axis=0)
    dH1d = S.T @ (dZ2 @ p["W_nb2"].T)
    dH1d += dZ2 @ p["W_self2"].T

    dZ1 = dH1d * d1 * (Z1 > 0)
    g["W_nb1"] = SX.T @ dZ1
    g["W_self1"] = X0.T @ dZ1
    g["b1"] = dZ1.sum(axis=0)
    return g


def add_l2(p, g, lam):
    penalty = 0.0
    for name in ("W_nb1", "W_self1"):
        penalty += 0.5 * lam * np.sum(p[name] ** 2)
        g[name] += lam * p[name]
    return penalty


# ------------------------------------------------------------- optimiser ---
def adam_init(p):
    return {"t": 0,
            "m": {k: np.zeros_like(v) for k, v in p.items()},
            "v": {k: np.zeros_like(v) for k, v in p.items()}}


def adam_update(p, g, st, lr, b1=0.9, b2=0.999, eps=1e-8):
    st["t"] += 1
    c1 = 1 - b1 ** st["t"]
    c2 = 1 - b2 ** st["t"]
    for k in p:
        st["m"][k] = b1 * st["m"][k] + (1 - b1) * g[k]
        st["v"][k] = b2 * st["v"][k] + (1 - b2) * g[k] ** 2
        p[k] = p[k] - lr * (st["m"][k] / c1) / (np.sqrt(st["v"][k] / c2) + eps)


def dropout_masks(rate):
    keep = 1.0 - rate
    return ((rng.random((N, F_IN)) < keep) / keep,
            (rng.random((N, HID)) < keep) / keep)


def accuracy(probs, mask):
    return (probs.argmax(axis=1) == labels)[mask].mean()


def train(epochs=120, lr=0.01, lam=5e-3, rate=0.3, patience=60):
    p = init_params()
    state = adam_init(p)
    best_val, best_p, waited = np.inf, None, 0
    for epoch in range(1, epochs + 1):
        probs, cache = forward(p, feats, dropout_masks(rate))
        loss = masked_nll(probs, train_mask)
        grads = backward(p, probs, cache, train_mask)
        loss += add_l2(p, grads, lam)
        adam_update(p, grads, state, lr)

        probs_eval, _ = forward(p, feats)
        val = masked_nll(probs_eval, val_mask)
        if val < best_val:
            best_val, waited = val, 0
            best_p = {k: v.copy() for k, v in p.items()}
        else:
            waited += 1
            if waited >= patience:
                print("early stop at epoch", epoch)
                break
        if epoch % 20 == 0:
            print(f"epoch {epoch:3d}  loss {loss:.4f}  val nll {val:.4f}  "
                  f"val acc {accuracy(probs_eval, val_mask):.3f}")
    return best_p


if __name__ == "__main__":
    params = train()
    probs, _ = forward(params, feats)
    print("test accuracy %.3f" % accuracy(probs, test_mask))
