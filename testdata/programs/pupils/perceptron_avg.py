"""
Perceptrons, from Rosenblatt to the averaged multiclass version.

Part 1: binary perceptron, labels in {-1, +1}
Part 2: averaged multiclass perceptron
Part 3: Pegasos (linear SVM by SGD), since it's the same loop with a margin
"""
import numpy as np

rs = np.random.RandomState(1957)


def binary_data(n):
    X = rs.randn(n, 4)
    y = np.where(X @ np.array([2.0, -1.0, 0.5, 0.0]) + 0.8 > 0, 1, -1)
    keep = np.abs(X @ np.array([2.0, -1.0, 0.5, 0.0]) + 0.8) > 0.3
    return X[keep], y[keep]


def train_binary(X, y, epochs):
    w, b = np.zeros(X.shape[1]), 0.0
    for epoch in range(epochs):
        mistakes = 0
        for i in rs.permutation(len(X)):
            if y[i] * (w @ X[i] + b) <= 0:
                w = w + y[i] * X[i]
                b = b + y[i]
                mistakes += 1
        print("  pass %d: %d mistakes" % (epoch, mistakes))
        if mistakes == 0:
            break
    return w, b


def multiclass_data(n, k=4, d=10):
    centres = np.random.RandomState(5).randn(k, d)
    y = rs.randint(0, k, n)
    X = centres[y] + 1.3 * rs.randn(n, d)
    return np.hstack([X, np.ones((n, 1))]), y


def train_multiclass(X, y, k, epochs):
    W = np.zeros((k, X.shape[1]))
    total = np.zeros_like(W)
    seen = 0
    for epoch in range(epochs):
        wrong = 0
        for i in rs.permutation(len(X)):
            guess = np.argmax(W @ X[i])
            if guess != y[i]:
                W[y[i]] += X[i]
                W[guess] -= X[i]
                wrong += 1
            total += W
            seen += 1
        print("  pass %d: online error %.4f" % (epoch, wrong / len(X)))
    return W, total / seen


def pegasos(X, y, lam, epochs):
    w, b, t = np.zeros(X.shape[1]), 0.0, 0
    for epoch in range(epochs):
        for i in rs.permutation(len(X)):
            t += 1
            eta = 1.0 / (lam * (t + 100))
            margin = y[i] * (w @ X[i] + b)
            w = (1 - eta * lam) * w
            if margin < 1:
                w = w + eta * y[i] * X[i]
                b = b + eta * y[i]
        hinge = np.maximum(0, 1 - y * (X @ w + b)).mean()
        if epoch % 3 == 0:
            print("  epoch %d: objective %.6f" % (epoch, 0.5 * lam * w @ w + hinge))
    return w, b


print("binary perceptron")
Xb, yb = binary_data(300)
Xb_test, yb_test = binary_data(200)
w, b = train_binary(Xb, yb, 12)
print("  test accuracy %.4f, w %s b %.3f" % (np.mean(np.sign(Xb_test @ w + b) == yb_test), np.round(w, 3), b))

print("averaged multiclass perceptron")
Xm, ym = multiclass_data(500)
Xm_test, ym_test = multiclass_data(300)
W, W_avg = train_multiclass(Xm, ym, 4, 6)
print("  test accuracy: last %.4f, averaged %.4f" % (
    np.mean(np.argmax(Xm_test @ W.T, axis=1) == ym_test),
    np.mean(np.argmax(Xm_test @ W_avg.T, axis=1) == ym_test)))

print("pegasos")
w, b = pegasos(Xb, yb, 0.01, 10)
print("  test accuracy %.4f, w %s b %.3f" % (np.mean(np.sign(Xb_test @ w + b) == yb_test), np.round(w, 3), b))
