import numpy as np

# A linear SVM, one sample at a time, at the rate 1 / (lambda t); the average of
# the weights is what is used.
def train(X, t, lam, passes):
    w, avg = np.zeros(X.shape[1]), np.zeros(X.shape[1])
    count = 10
    for p in range(passes):
        hinge = 0.0
        for i in np.random.permutation(len(X)):
            count += 1
            eta = 1.0 / (lam * count)
            margin = t[i] * np.dot(w, X[i])
            hinge += max(0.0, 1.0 - margin)
            grad = lam * w
            if margin < 1:
                grad = grad - t[i] * X[i]
            w = w - eta * grad
            avg += (w - avg) / (count - 10)
        print(p, hinge / len(X) + 0.5 * lam * w.dot(w))
    return w, avg

np.random.seed(3)
X = np.c_[np.random.randn(30, 3), np.ones(30)]
t = np.where(X[:, 0] - 2 * X[:, 1] + 0.3 > 0, 1, -1)
w, avg = train(X, t, 0.2, 3)
print(avg, (np.sign(X @ avg) == t).mean())
