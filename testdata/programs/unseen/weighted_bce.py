# A deep network for rare positives: features x samples, logits, class weights.
import numpy as np


def initialise(dims):
    parameters = {}
    for l in range(1, len(dims)):
        parameters["W" + str(l)] = np.random.randn(dims[l], dims[l - 1]) * np.sqrt(2. / dims[l - 1])
        parameters["b" + str(l)] = np.zeros((dims[l], 1))
    return parameters


def leaky(Z, slope=0.1):
    return np.where(Z > 0, Z, slope * Z)


def leaky_backward(dA, Z, slope=0.1):
    dZ = np.array(dA, copy=True)
    dZ[Z <= 0] *= slope
    return dZ


def model_forward(X, parameters, L):
    cache = {"A0": X}
    for l in range(1, L + 1):
        cache["Z" + str(l)] = np.dot(parameters["W" + str(l)], cache["A" + str(l - 1)]) + parameters["b" + str(l)]
        if l < L:
            cache["A" + str(l)] = leaky(cache["Z" + str(l)])
    return cache["Z" + str(L)], cache


def cost_function(logits, Y, pos_weight, parameters, lambd, L):
    m = Y.shape[1]
    softplus = np.maximum(-logits, 0) + np.log1p(np.exp(-np.abs(logits)))
    data = ((1 + (pos_weight - 1) * Y) * softplus + (1 - Y) * logits).sum() / m
    l2 = sum(np.sum(np.square(parameters["W" + str(l)])) for l in range(1, L + 1))
    return data + lambd / (2 * m) * l2


def model_backward(logits, Y, pos_weight, cache, parameters, lambd, L):
    m = Y.shape[1]
    grads = {}
    S = 1 / (1 + np.exp(-logits))
    dZ = ((1 - Y) * S - pos_weight * Y * (1 - S)) / m
    for l in range(L, 0, -1):
        grads["dW" + str(l)] = np.dot(dZ, cache["A" + str(l - 1)].T) + lambd / m * parameters["W" + str(l)]
        grads["db" + str(l)] = np.sum(dZ, axis=1, keepdims=True)
        if l > 1:
            dA = np.dot(parameters["W" + str(l)].T, dZ)
            dZ = leaky_backward(dA, cache["Z" + str(l - 1)])
    return grads


def update(parameters, grads, alpha, L):
    for l in range(1, L + 1):
        parameters["W" + str(l)] = parameters["W" + str(l)] - alpha * grads["dW" + str(l)]
        parameters["b" + str(l)] = parameters["b" + str(l)] - alpha * grads["db" + str(l)]
    return parameters


np.random.seed(19)
X = np.random.randn(4, 90)
Y = ((X[:1] + X[1:2] ** 2 - X[2:3]) > 2.0).astype(float)
parameters = initialise([4, 7, 5, 1])
L, alpha, lambd, pos_weight = 3, 0.15, 0.7, 4.0
for i in range(8):
    logits, cache = model_forward(X, parameters, L)
    cost = cost_function(logits, Y, pos_weight, parameters, lambd, L)
    grads = model_backward(logits, Y, pos_weight, cache, parameters, lambd, L)
    parameters = update(parameters, grads, alpha, L)
    print("cost after", i, cost)
