# Assignment 2 - softmax regression, NO libraries except numpy arrays
import math
import numpy as np

np.random.seed(7)

# ---- "flowers" -------------------------------------------------
centers = [[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]]
spread = [[0.35, 0.38, 0.17, 0.1], [0.51, 0.31, 0.47, 0.2], [0.63, 0.32, 0.55, 0.27]]
data = []
labels = []
for s in range(3):
    for i in range(50):
        row = []
        for j in range(4):
            row.append(np.random.normal(centers[s][j], spread[s][j]))
        data.append(row)
        labels.append(s)

order = np.random.permutation(150)
train_x = [data[i] for i in order[:110]]
train_y = [labels[i] for i in order[:110]]
test_x = [data[i] for i in order[110:]]
test_y = [labels[i] for i in order[110:]]

# normalise with the training numbers only
for j in range(4):
    col = [r[j] for r in train_x]
    mean = sum(col) / len(col)
    std = math.sqrt(sum((c - mean) ** 2 for c in col) / len(col))
    for r in train_x:
        r[j] = (r[j] - mean) / std
    for r in test_x:
        r[j] = (r[j] - mean) / std

W = np.zeros((3, 4))
b = np.zeros(3)
lr = 0.4
lam = 0.01
n = len(train_x)


def probs(x):
    scores = []
    for k in range(3):
        t = b[k]
        for j in range(4):
            t = t + W[k][j] * x[j]
        scores.append(t)
    m = max(scores)
    e = [math.exp(t - m) for t in scores]
    z = sum(e)
    return [v / z for v in e]


def accuracy(xs, ys):
    right = 0
    for x, y in zip(xs, ys):
        p = probs(x)
        if p.index(max(p)) == y:
            right += 1
    return right / len(ys)


for epoch in range(121):
    dW = np.zeros((3, 4))
    db = np.zeros(3)
    loss = 0.0
    for i in range(n):
        x = train_x[i]
        p = probs(x)
        loss -= math.log(p[train_y[i]])
        for k in range(3):
            err = p[k]
            if k == train_y[i]:
                err = err - 1
            for j in range(4):
                dW[k][j] += err * x[j]
            db[k] += err
    loss = loss / n + 0.5 * lam * np.sum(W ** 2)
    dW = dW / n + lam * W
    db = db / n
    W = W - lr * dW
    b = b - lr * db
    if epoch % 20 == 0:
        print("epoch", epoch, "loss %.4f" % loss, "train acc %.3f" % accuracy(train_x, train_y))

print("test accuracy: %.3f" % accuracy(test_x, test_y))
print("weights:")
print(np.round(W, 3))
