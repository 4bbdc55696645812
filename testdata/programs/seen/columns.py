import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def initialize(dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(dims)):
        parameters["W" + str(l)] = np.random.randn(dims[l], dims[l - 1]) / np.sqrt(dims[l - 1])
        parameters["b" + str(l)] = np.zeros((dims[l], 1))
    return parameters


def forward(X, parameters):
    A, caches, L = X, [], len(parameters) // 2
    for l in range(1, L + 1):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        caches.append((A, Z))
        A = sigmoid(Z) if l == L else np.maximum(0, Z)
    return A, caches


def cost(AL, Y):
    m = Y.shape[1]
    return -1.0 / m * np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL))


def backward(AL, Y, caches, parameters):
    grads, m = {}, Y.shape[1]
    dZ = AL - Y
    for l in reversed(range(1, len(caches) + 1)):
        A_prev, _ = caches[l - 1]
        grads["dW" + str(l)] = 1.0 / m * np.dot(dZ, A_prev.T)
        grads["db" + str(l)] = 1.0 / m * np.sum(dZ, axis=1, keepdims=True)
        if l > 1:
            dA = np.dot(parameters["W" + str(l)].T, dZ)
            dZ = dA * (caches[l - 2][1] > 0)
    return grads


def update(parameters, grads, learning_rate):
    for l in range(1, len(parameters) // 2 + 1):
        parameters["W" + str(l)] = parameters["W" + str(l)] - learning_rate * grads["dW" + str(l)]
        parameters["b" + str(l)] = parameters["b" + str(l)] - learning_rate * grads["db" + str(l)]
    return parameters


X = np.random.RandomState(0).randn(4, 70)
Y = (X[0:1] * X[1:2] > 0).astype(float)
parameters = initialize([4, 10, 6, 1])
for i in range(9):
    AL, caches = forward(X, parameters)
    if i % 3 == 0:
        print("cost after", i, cost(AL, Y))
    grads = backward(AL, Y, caches, parameters)
    parameters = update(parameters, grads, 0.3)
