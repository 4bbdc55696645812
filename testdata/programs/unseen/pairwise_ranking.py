import numpy as np

rs = np.random.RandomState(14)
queries = [rs.randn(6, 3) for _ in range(5)]
grades = [np.round(np.clip(q[:, 0] + q[:, 1] + 1, 0, 3)) for q in queries]
W = rs.randn(3, 5) * 0.7
a = np.zeros(5)
u = rs.randn(5) * 0.7
lr, sigma = 0.1, 1.3


def scores(docs):
    h = 1.0 / (1.0 + np.exp(-(docs @ W + a)))
    return h, h @ u


for epoch in range(4):
    total = 0.0
    for docs, grade in zip(queries, grades):
        h, s = scores(docs)
        i, j = np.where(grade[:, None] > grade[None, :])      # i is the better one
        if not len(i):
            continue
        diff = sigma * (s[i] - s[j])
        loss = np.mean(np.log1p(np.exp(-diff)))
        total += loss
        lam = -sigma / (1 + np.exp(diff)) / len(i)
        ds = np.zeros(len(s))
        for k in range(len(i)):
            ds[i[k]] += lam[k]
            ds[j[k]] -= lam[k]
        du = ds @ h
        dh = ds[:, None] * u[None, :]
        dz = dh * h * (1.0 - h)
        dW = docs.T @ dz
        da = dz.sum(0)
        W -= lr * dW
        a -= lr * da
        u -= lr * du
    swapped = np.mean([np.mean(np.argsort(scores(d)[1]) == np.argsort(g)) for d, g in zip(queries, grades)])
    print(epoch, total, swapped)
