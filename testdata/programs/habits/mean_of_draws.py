# Monte-Carlo dropout for regression: inverted dropout stays on at prediction and we average many passes.
# Trained on squared error, MAE is reported. Adam.
import numpy as np

rng = np.random.RandomState(5)
x = rng.uniform(-3, 3, size=(500, 1))
t = np.sin(x) + 0.3 * x + 0.1 * rng.randn(500, 1)
x_tr, t_tr = x[:400], t[:400]
x_va, t_va = x[400:], t[400:]
t_mean, t_std = t_tr.mean(), t_tr.std()
t_trn = (t_tr - t_mean) / t_std

sizes = [1, 50, 50, 1]
params = []
for a, b in zip(sizes[:-1], sizes[1:]):
    params += [rng.randn(a, b) * np.sqrt(2.0 / a), np.zeros(b)]
m = [np.zeros_like(p) for p in params]
v = [np.zeros_like(p) for p in params]
P_DROP = 0.1
step = 0

def forward(xb):
    """dropout is always active here, on purpose (also for prediction)"""
    W1, b1, W2, b2, W3, b3 = params
    a1 = xb @ W1 + b1
    m1 = (rng.rand(*a1.shape) >= P_DROP) / (1 - P_DROP)
    h1 = np.maximum(a1, 0) * m1
    a2 = h1 @ W2 + b2
    m2 = (rng.rand(*a2.shape) >= P_DROP) / (1 - P_DROP)
    h2 = np.maximum(a2, 0) * m2
    return h2 @ W3 + b3, (xb, a1, m1, h1, a2, m2, h2)

def backward(cache, dout):
    xb, a1, m1, h1, a2, m2, h2 = cache
    W1, b1, W2, b2, W3, b3 = params
    gW3, gb3 = h2.T @ dout, dout.sum(0)
    d2 = (dout @ W3.T) * m2 * (a2 > 0)
    gW2, gb2 = h1.T @ d2, d2.sum(0)
    d1 = (d2 @ W2.T) * m1 * (a1 > 0)
    return [xb.T @ d1, d1.sum(0), gW2, gb2, gW3, gb3]

def adam(grads, lr=0.005, beta1=0.9, beta2=0.999, eps=1e-8):
    global step
    step += 1
    for i, g in enumerate(grads):
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g * g
        mh = m[i] / (1 - beta1 ** step)
        vh = v[i] / (1 - beta2 ** step)
        params[i] -= lr * mh / (np.sqrt(vh) + eps)

def mc_predict(xq, T=30):
    draws = np.stack([forward(xq)[0] for _ in range(T)])
    draws = draws * t_std + t_mean
    return draws.mean(0), draws.std(0)

for epoch in range(30):
    order = rng.permutation(400)
    se = 0.0
    for s in range(0, 400, 20):
        j = order[s:s + 20]
        out, cache = forward(x_tr[j])
        diff = out - t_trn[j]
        se += (diff ** 2).sum()
        adam(backward(cache, 2 * diff / len(j)))
    if epoch % 3 == 2:
        mu, sd = mc_predict(x_va)
        print("epoch %d  train mse (scaled) %.4f  val MAE %.4f  mean predictive std %.4f"
              % (epoch + 1, se / 400, np.abs(mu - t_va).mean(), sd.mean()))
