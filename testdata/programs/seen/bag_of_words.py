import numpy as np

rng = np.random.default_rng(3)
words, classes, d = 20, 3, 6
E = rng.normal(0, 0.3, (words, d))
W = rng.normal(0, 0.3, (d, classes))
b = np.zeros(classes)
hist = np.zeros_like(E)
docs = [rng.integers(0, words, rng.integers(3, 7)) for _ in range(30)]
labels = [int(doc.sum()) % classes for doc in docs]
lr = 0.1
for epoch in range(2):
    total = 0
    for doc, label in zip(docs, labels):
        h = E[doc].mean(axis=0)
        z = h @ W + b
        p = np.exp(z - z.max())
        p /= p.sum()
        total -= np.log(p[label])
        dz = p.copy()
        dz[label] -= 1
        dW = np.outer(h, dz)
        dh = W @ dz
        W -= lr * dW
        b -= lr * dz
        np.add.at(E, doc, -lr * dh / len(doc))
    print(epoch, total)
