import numpy as np

rng = np.random.default_rng(4)
count, width, classes = 240, 12, 3
train, test = rng.gamma(2.0, 3.0, (count, width)), rng.gamma(2.0, 3.0, (80, width))
kinds = rng.integers(0, classes, count)
for j in range(width):
    centre, spread = train[:, j].mean(), train[:, j].std()
    test[:, j] = (test[:, j] - centre) / spread
    train[:, j] = (train[:, j] - centre) / spread
for i in range(count):
    train[i] = train[i] / np.sqrt(np.sum(train[i] ** 2))
wanted = np.zeros((count, classes))
for i in range(count):
    wanted[i, kinds[i]] = 1

U, a = rng.normal(0, 0.4, (width, 8)), np.zeros(8)
V, c = rng.normal(0, 0.4, (8, classes)), np.zeros(classes)
rate = 0.2
for epoch in range(8):
    for k in range(0, count, 60):
        x, y = train[k:k + 60], wanted[k:k + 60]
        h = np.tanh(x @ U + a)
        s = h @ V + c
        e = np.exp(s - s.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        loss = -np.sum(y * np.log(p)) / len(x)
        ds = (p - y) / len(x)
        dh = ds @ V.T
        dz = dh * (1 - h ** 2)
        V -= rate * h.T @ ds
        c -= rate * ds.sum(axis=0)
        U -= rate * x.T @ dz
        a -= rate * dz.sum(axis=0)
    print(epoch, loss)
