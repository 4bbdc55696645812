import numpy as np

# ridge regression with a non-negative-free intercept, by full gradient descent,
# once for each of four folds
rs = np.random.RandomState(77)
data = rs.rand(60, 4) * np.array([10, 1, 100, 3]) + 5
price = 3 * data[:, 0] - 20 * data[:, 1] + 0.2 * data[:, 2] + rs.randn(60)
alpha, eta, sweeps = 0.4, 0.05, 7
order = rs.permutation(60)
errors = []
for fold in range(4):
    test = order[fold::4]
    train = np.setdiff1d(order, test)
    mean, dev = data[train].mean(0), data[train].std(0)
    A = (data[train] - mean) / dev
    B = (data[test] - mean) / dev
    t = price[train]
    w = rs.randn(4) * 0.01
    c = 0.0
    for sweep in range(sweeps):
        residual = A.dot(w) + c - t
        objective = residual.dot(residual) / len(t) + alpha * w.dot(w)
        grad_w = 2 * A.T.dot(residual) / len(t) + 2 * alpha * w
        grad_c = 2 * residual.sum() / len(t)
        w -= eta * grad_w
        c -= eta * grad_c
    error = np.sqrt(np.mean((B.dot(w) + c - price[test]) ** 2))
    errors.append(error)
    print(fold, objective, error)
print(np.mean(errors))
