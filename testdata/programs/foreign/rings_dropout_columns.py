# Week 5 exercise: deep network "from scratch", with L2 and inverted dropout.
# Columns are examples.
import numpy as np


def make_rings(m, rs):
    r = np.where(rs.rand(m) < 0.5, 0.8, 1.9)
    t = 2 * np.pi * rs.rand(m)
    X = np.vstack([r * np.cos(t), r * np.sin(t)]) + 0.18 * rs.randn(2, m)
    Y = (r > 1.0).astype(float).reshape(1, m)
    return X, Y


def initialize_parameters(layer_dims, rs):
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters["W" + str(l)] = rs.randn(layer_dims[l], layer_dims[l - 1]) * np.sqrt(2.0 / layer_dims[l - 1])
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def forward(X, parameters, keep_prob=1.0, rs=None):
    L = len(parameters) // 2
    caches = {"A0": X}
    A = X
    for l in range(1, L):
        Z = np.dot(parameters["W%d" % l], A) + parameters["b%d" % l]
        A = np.maximum(0, Z)
        if keep_prob < 1.0:
            D = rs.rand(*A.shape) < keep_prob
            A = A * D / keep_prob
            caches["D%d" % l] = D
        caches["Z%d" % l] = Z
        caches["A%d" % l] = A
    ZL = np.dot(parameters["W%d" % L], A) + parameters["b%d" % L]
    caches["A%d" % L] = sigmoid(ZL)
    return caches["A%d" % L], caches


def compute_cost(AL, Y, parameters, lambd):
    m = Y.shape[1]
    ce = -np.sum(Y * np.log(AL + 1e-12) + (1 - Y) * np.log(1 - AL + 1e-12)) / m
    l2 = 0.0
    for key, value in parameters.items():
        if key.startswith("W"):
            l2 += np.sum(np.square(value))
    return ce + lambd / (2 * m) * l2


def backward(Y, parameters, caches, lambd, keep_prob):
    grads = {}
    L = len(parameters) // 2
    m = Y.shape[1]
    dZ = caches["A%d" % L] - Y
    for l in range(L, 0, -1):
        W = parameters["W%d" % l]
        grads["dW%d" % l] = 1.0 / m * np.dot(dZ, caches["A%d" % (l - 1)].T) + lambd / m * W
        grads["db%d" % l] = 1.0 / m * np.sum(dZ, axis=1, keepdims=True)
        if l > 1:
            dA = np.dot(W.T, dZ)
            if keep_prob < 1.0:
                dA = dA * caches["D%d" % (l - 1)]
                dA /= keep_prob
            dZ = np.multiply(dA, caches["Z%d" % (l - 1)] > 0)
    return grads


def update(parameters, grads, v, lr, beta):
    for l in range(1, len(parameters) // 2 + 1):
        for p in ("W", "b"):
            k = p + str(l)
            v["d" + k] = beta * v["d" + k] + (1 - beta) * grads["d" + k]
            parameters[k] = parameters[k] - lr * v["d" + k]
    return parameters, v


def random_mini_batches(X, Y, size, rs):
    m = X.shape[1]
    perm = rs.permutation(m)
    Xs, Ys = X[:, perm], Y[:, perm]
    return [(Xs[:, k:k + size], Ys[:, k:k + size]) for k in range(0, m, size)]


def accuracy(X, Y, parameters):
    AL, _ = forward(X, parameters)
    return np.mean((AL > 0.5) == Y)


def model(X, Y, layer_dims, lr=0.3, epochs=40, lambd=0.3, keep_prob=0.85, beta=0.9, seed=3):
    rs = np.random.RandomState(seed)
    parameters = initialize_parameters(layer_dims, rs)
    v = {"d" + k: np.zeros_like(p) for k, p in parameters.items()}
    costs = []
    for epoch in range(epochs):
        total = 0.0
        for bx, by in random_mini_batches(X, Y, 64, rs):
            AL, caches = forward(bx, parameters, keep_prob, rs)
            total += compute_cost(AL, by, parameters, lambd) * by.shape[1]
            grads = backward(by, parameters, caches, lambd, keep_prob)
            parameters, v = update(parameters, grads, v, lr, beta)
        costs.append(total / X.shape[1])
        if epoch % 8 == 0 or epoch == epochs - 1:
            print("Cost after epoch %i: %f" % (epoch, costs[-1]))
    return parameters, costs


rs = np.random.RandomState(1)
X_train, Y_train = make_rings(500, rs)
X_dev, Y_dev = make_rings(200, rs)
parameters, costs = model(X_train, Y_train, [2, 20, 10, 1])
print("train accuracy: %.3f" % accuracy(X_train, Y_train, parameters))
print("dev accuracy: %.3f" % accuracy(X_dev, Y_dev, parameters))
