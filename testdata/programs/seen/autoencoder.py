import numpy as np

rng = np.random.RandomState(5)
W = rng.uniform(-.3, .3, (9, 4))
b_enc, b_dec = np.zeros(4), np.zeros(9)
sig = lambda z: 1 / (1 + np.exp(-z))
data = (rng.rand(60, 9) < .4) * 1.0
vel = [np.zeros_like(W), np.zeros_like(b_enc), np.zeros_like(b_dec)]
for epoch in range(4):
    for k in range(0, 60, 20):
        x = data[k:k + 20]
        h = sig(x @ W + b_enc)
        r = sig(h @ W.T + b_dec)
        loss = -(x * np.log(r) + (1 - x) * np.log(1 - r)).sum() / 20
        d_out = (r - x) / 20
        d_hid = (d_out @ W) * h * (1 - h)
        grad_W = x.T @ d_hid + d_out.T @ h
        grads = [grad_W, d_hid.sum(0), d_out.sum(0)]
        for i, (p, g) in enumerate(zip((W, b_enc, b_dec), grads)):
            vel[i] = .7 * vel[i] - .1 * g
            p += vel[i]
    print(epoch, loss)
