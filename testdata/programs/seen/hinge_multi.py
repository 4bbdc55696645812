import numpy as np

rng = np.random.RandomState(20)
X = np.hstack([rng.randn(50, 5), np.ones((50, 1))])
y = rng.randint(0, 4, 50)
W = rng.randn(6, 4) * .01
for step in range(12):
    b = rng.choice(50, 25, replace=False)
    x, t = X[b], y[b]
    s = x.dot(W)
    right = s[np.arange(25), t][:, None]
    margins = np.maximum(0, s - right + 1.0)
    margins[np.arange(25), t] = 0
    loss = margins.sum() / 25 + .05 * np.sum(W * W)
    mask = (margins > 0).astype(float)
    mask[np.arange(25), t] = -mask.sum(axis=1)
    dW = x.T.dot(mask) / 25 + .1 * W
    W -= .05 * dW
    print(step, loss)
