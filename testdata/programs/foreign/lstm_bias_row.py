# LSTM for sequence classification: does the signal go up or down on balance?
# One big weight matrix with the bias in its first row, batches of sequences (T, B, D).
import numpy as np

rng = np.random.default_rng(7)


class LSTM:
    """Weights: (1 + D + H, 4H); columns are input, forget, output gate and candidate."""

    def __init__(self, D, H, n_out):
        self.D, self.H = D, H
        self.WLSTM = rng.standard_normal((D + H + 1, 4 * H)) / np.sqrt(D + H)
        self.WLSTM[0, :] = 0
        self.WLSTM[0, H:2 * H] = 1.0     # forget gate bias
        self.Wout = rng.standard_normal((H + 1, n_out)) / np.sqrt(H)

    def forward(self, X):
        T, B, D = X.shape
        H = self.H
        Hin = np.zeros((T, B, 1 + D + H))
        Hout = np.zeros((T, B, H))
        IFOG = np.zeros((T, B, 4 * H))
        C = np.zeros((T, B, H))
        Ct = np.zeros((T, B, H))
        for t in range(T):
            prevh = Hout[t - 1] if t > 0 else np.zeros((B, H))
            prevc = C[t - 1] if t > 0 else np.zeros((B, H))
            Hin[t, :, 0] = 1
            Hin[t, :, 1:1 + D] = X[t]
            Hin[t, :, 1 + D:] = prevh
            raw = Hin[t].dot(self.WLSTM)
            IFOG[t, :, :3 * H] = 1.0 / (1.0 + np.exp(-raw[:, :3 * H]))
            IFOG[t, :, 3 * H:] = np.tanh(raw[:, 3 * H:])
            C[t] = IFOG[t, :, :H] * IFOG[t, :, 3 * H:] + IFOG[t, :, H:2 * H] * prevc
            Ct[t] = np.tanh(C[t])
            Hout[t] = IFOG[t, :, 2 * H:3 * H] * Ct[t]
        feat = np.hstack([np.ones((B, 1)), Hout[-1]])
        scores = feat @ self.Wout
        self.cache = (Hin, IFOG, C, Ct, feat)
        return scores

    def backward(self, dscores):
        Hin, IFOG, C, Ct, feat = self.cache
        T, B, H = C.shape
        D = self.D
        dWout = feat.T @ dscores
        dWLSTM = np.zeros_like(self.WLSTM)
        dh = (dscores @ self.Wout.T)[:, 1:]
        dc = np.zeros((B, H))
        for t in reversed(range(T)):
            i, f, o, g = np.split(IFOG[t], 4, axis=1)
            prevc = C[t - 1] if t > 0 else np.zeros((B, H))
            do = Ct[t] * dh
            dc = dc + (1 - Ct[t] ** 2) * (o * dh)
            df = prevc * dc
            di = g * dc
            dg = i * dc
            dc = f * dc
            draw = np.concatenate([di * i * (1 - i),
                                   df * f * (1 - f),
                                   do * o * (1 - o),
                                   dg * (1 - g ** 2)], axis=1)
            dWLSTM += Hin[t].T @ draw
            dHin = draw @ self.WLSTM.T
            dh = dHin[:, 1 + D:]
        return dWLSTM, dWout


def softmax_xent(scores, y):
    z = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    n = len(y)
    loss = -np.log(p[range(n), y]).mean()
    d = p.copy()
    d[range(n), y] -= 1
    return loss, d / n


def batch(B, T=12):
    steps = rng.choice([-1.0, 1.0], size=(T, B)) * rng.uniform(0.2, 1.0, size=(T, B))
    noise = rng.standard_normal((T, B))
    X = np.stack([steps, noise], axis=2)
    y = (steps.sum(axis=0) > 0).astype(int)
    return X, y


net = LSTM(2, 14, 2)
cache_w, cache_o = np.zeros_like(net.WLSTM), np.zeros_like(net.Wout)
decay, lr = 0.95, 4e-3
Xtest, ytest = batch(400)
running = None
for step in range(1, 251):
    X, y = batch(32)
    loss, dscores = softmax_xent(net.forward(X), y)
    dW, dO = net.backward(dscores)

    # global norm clipping
    norm = np.sqrt((dW ** 2).sum() + (dO ** 2).sum())
    if norm > 1.0:
        dW *= 1.0 / norm
        dO *= 1.0 / norm

    # rmsprop
    cache_w = decay * cache_w + (1 - decay) * dW ** 2
    cache_o = decay * cache_o + (1 - decay) * dO ** 2
    net.WLSTM -= lr * dW / (np.sqrt(cache_w) + 1e-6)
    net.Wout -= lr * dO / (np.sqrt(cache_o) + 1e-6)

    running = loss if running is None else 0.95 * running + 0.05 * loss
    if step % 50 == 0:
        acc = (net.forward(Xtest).argmax(axis=1) == ytest).mean()
        print(f"step {step:4d}  loss {running:.4f}  test acc {acc:.3f}")
