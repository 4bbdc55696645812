import numpy as np

# Softmax (multinomial logistic) regression with L2 penalty,
# mini-batch gradient descent and a 1/t step size


def one_hot(y, K):
    Y = np.zeros((y.size, K))
    Y[np.arange(y.size), y] = 1.0
    return Y


def add_intercept(X):
    return np.hstack((np.ones((X.shape[0], 1)), X))


def softmax(Z):
    Z = Z - np.max(Z, axis=1, keepdims=True)
    expZ = np.exp(Z)
    return expZ / np.sum(expZ, axis=1, keepdims=True)


def penalty_mask(Theta):
    """the intercept (row 0) is not penalised"""
    M = np.ones_like(Theta)
    M[0, :] = 0.0
    return M


def objective(Theta, X, Y, lam):
    P = softmax(X.dot(Theta))
    data_term = -np.sum(Y * np.log(P)) / X.shape[0]
    reg_term = 0.5 * lam * np.sum(penalty_mask(Theta) * Theta ** 2)
    return data_term + reg_term


def gradient(Theta, X, Y, lam):
    P = softmax(X.dot(Theta))
    G = X.T.dot(P - Y) / X.shape[0]
    G += lam * penalty_mask(Theta) * Theta
    return G


def numeric_check(lam=0.3):
    r = np.random.RandomState(1)
    X, Y = add_intercept(r.randn(7, 3)), one_hot(r.randint(0, 4, 7), 4)
    Theta = r.randn(4, 4)
    G = gradient(Theta, X, Y, lam)
    worst = 0.0
    for index in np.ndindex(*Theta.shape):
        T1, T2 = Theta.copy(), Theta.copy()
        T1[index] += 1e-5
        T2[index] -= 1e-5
        num = (objective(T1, X, Y, lam) - objective(T2, X, Y, lam)) / 2e-5
        worst = max(worst, abs(num - G[index]))
    return worst


def blobs(seed, n, K=5, d=6):
    r = np.random.RandomState(seed)
    centres = np.random.RandomState(100).randn(K, d) * 1.1
    y = r.randint(0, K, n)
    stretch = np.array([1, 10, 1, 0.1, 1, 3.0])
    return (centres[y] + r.randn(n, d)) * stretch + 2.0, y


print("largest gradient difference: %.1e" % numeric_check())
X_train, y_train = blobs(0, 600)
X_test, y_test = blobs(1, 400)
mean, std = X_train.mean(axis=0), X_train.std(axis=0)
X_train = add_intercept((X_train - mean) / std)
X_test = add_intercept((X_test - mean) / std)
K = 5
Y_train = one_hot(y_train, K)
Y_test = one_hot(y_test, K)

rng = np.random.RandomState(42)
Theta = np.zeros((X_train.shape[1], K))
lam = 0.01
batch = 32
t = 0
for epoch in range(30):
    order = rng.permutation(X_train.shape[0])
    Xs, Ys = X_train[order], Y_train[order]
    for start in range(0, Xs.shape[0], batch):
        Xb = Xs[start:start + batch]
        Yb = Ys[start:start + batch]
        step = 0.5 / (1.0 + 0.01 * t)
        Theta = Theta - step * gradient(Theta, Xb, Yb, lam)
        t += 1
    if epoch % 5 == 0 or epoch == 29:
        J = objective(Theta, X_train, Y_train, lam)
        J_test = objective(Theta, X_test, Y_test, 0.0)
        hits = np.argmax(X_test.dot(Theta), axis=1) == y_test
        print("epoch %2d: J = %.6f, test loss = %.6f, test accuracy = %.4f" % (epoch, J, J_test, hits.mean()))
