import numpy as np


def load():
    rng = np.random.RandomState(42)
    images = rng.randint(0, 256, (2000, 14, 14)).astype(np.uint8)
    labels = images[:, :7].mean(axis=(1, 2)) > images[:, 7:].mean(axis=(1, 2))
    return images, labels.astype(np.int64)


images, labels = load()
X = images.reshape(len(images), -1).astype(np.float64)
X /= 255.0
X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)
order = np.random.RandomState(1).permutation(len(X))
X, labels = X[order], labels[order]
X_train, X_test = X[:1600], X[1600:]
y_train, y_test = labels[:1600], labels[1600:]
one_hot = np.zeros((1600, 2))
one_hot[np.arange(1600), y_train] = 1
rng = np.random.RandomState(2)
w1, c1 = rng.randn(196, 24) * np.sqrt(2 / 196), np.zeros(24)
w2, c2 = rng.randn(24, 2) * np.sqrt(2 / 24), np.zeros(2)


def forward(x):
    a = x @ w1 + c1
    h = a * (a > 0)
    s = h @ w2 + c2
    s = np.exp(s - s.max(axis=1)[:, None])
    return a, h, s / s.sum(axis=1)[:, None]


for epoch in range(2):
    for k in range(0, 1600, 100):
        x, t = X_train[k:k + 100], one_hot[k:k + 100]
        a, h, p = forward(x)
        d2 = (p - t) / 100
        d1 = (d2 @ w2.T) * (a > 0)
        w2 -= .1 * h.T @ d2
        c2 -= .1 * d2.sum(axis=0)
        w1 -= .1 * x.T @ d1
        c1 -= .1 * d1.sum(axis=0)
    train, test = forward(X_train)[2], forward(X_test)[2]
    print(epoch, -np.mean(np.log(train[np.arange(1600), y_train])), np.mean(test.argmax(1) == y_test))
