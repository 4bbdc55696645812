# L-layer network, course style: parameters["W1"], caches, examples in columns.
# Inverted dropout on hidden layers, mini-batches, Adam.
import math
import numpy as np


def initialize_parameters(layer_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * np.sqrt(2 / layer_dims[l - 1])
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def forward_propagation_with_dropout(X, parameters, keep_prob):
    L = len(parameters) // 2
    A = X
    caches = []
    for l in range(1, L + 1):
        W, b = parameters["W" + str(l)], parameters["b" + str(l)]
        A_prev = A
        Z = np.dot(W, A_prev) + b
        if l < L:
            A = np.maximum(0, Z)
            D = (np.random.rand(*A.shape) < keep_prob).astype(int)
            A = A * D / keep_prob
        else:
            A = sigmoid(Z)
            D = None
        caches.append((A_prev, W, Z, D))
    return A, caches


def compute_cost(AL, Y, parameters, lambd):
    m = Y.shape[1]
    logprobs = np.multiply(-np.log(AL + 1e-12), Y) + np.multiply(-np.log(1 - AL + 1e-12), 1 - Y)
    cross_entropy = 1. / m * np.nansum(logprobs)
    L2 = 0
    for l in range(1, len(parameters) // 2 + 1):
        L2 += np.sum(np.square(parameters["W" + str(l)]))
    return cross_entropy + lambd / (2 * m) * L2


def backward_propagation_with_dropout(AL, Y, caches, keep_prob, lambd):
    m = Y.shape[1]
    grads = {}
    L = len(caches)
    dZ = AL - Y
    for l in range(L, 0, -1):
        A_prev, W, Z, D = caches[l - 1]
        grads["dW" + str(l)] = 1. / m * np.dot(dZ, A_prev.T) + lambd / m * W
        grads["db" + str(l)] = 1. / m * np.sum(dZ, axis=1, keepdims=True)
        if l > 1:
            dA = np.dot(W.T, dZ)
            _, _, Z_prev, D_prev = caches[l - 2]
            dA = dA * D_prev
            dA = dA / keep_prob
            dZ = np.multiply(dA, np.int64(Z_prev > 0))
    return grads


def random_mini_batches(X, Y, mini_batch_size, seed):
    np.random.seed(seed)
    m = X.shape[1]
    permutation = list(np.random.permutation(m))
    shuffled_X, shuffled_Y = X[:, permutation], Y[:, permutation].reshape((1, m))
    mini_batches = []
    for k in range(math.floor(m / mini_batch_size)):
        mini_batches.append((shuffled_X[:, k * mini_batch_size:(k + 1) * mini_batch_size],
                             shuffled_Y[:, k * mini_batch_size:(k + 1) * mini_batch_size]))
    if m % mini_batch_size != 0:
        c = math.floor(m / mini_batch_size) * mini_batch_size
        mini_batches.append((shuffled_X[:, c:], shuffled_Y[:, c:]))
    return mini_batches


def initialize_adam(parameters):
    v, s = {}, {}
    for l in range(1, len(parameters) // 2 + 1):
        for p in ("W", "b"):
            v["d" + p + str(l)] = np.zeros(parameters[p + str(l)].shape)
            s["d" + p + str(l)] = np.zeros(parameters[p + str(l)].shape)
    return v, s


def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate,
                                beta1=0.9, beta2=0.999, epsilon=1e-8):
    for l in range(1, len(parameters) // 2 + 1):
        for p in ("W", "b"):
            key = "d" + p + str(l)
            v[key] = beta1 * v[key] + (1 - beta1) * grads[key]
            s[key] = beta2 * s[key] + (1 - beta2) * np.power(grads[key], 2)
            v_corrected = v[key] / (1 - np.power(beta1, t))
            s_corrected = s[key] / (1 - np.power(beta2, t))
            parameters[p + str(l)] = parameters[p + str(l)] - learning_rate * v_corrected / (np.sqrt(s_corrected) + epsilon)
    return parameters, v, s


def predict(X, parameters):
    a, _ = forward_propagation_with_dropout(X, parameters, 1.0)
    return (a > 0.5).astype(int)


def model(X, Y, layers_dims, learning_rate=0.003, mini_batch_size=64, keep_prob=0.9, lambd=0.3, num_epochs=150):
    parameters = initialize_parameters(layers_dims)
    v, s = initialize_adam(parameters)
    t, seed, costs = 0, 10, []
    for i in range(num_epochs):
        seed = seed + 1
        cost_total = 0
        for minibatch_X, minibatch_Y in random_mini_batches(X, Y, mini_batch_size, seed):
            AL, caches = forward_propagation_with_dropout(minibatch_X, parameters, keep_prob)
            cost_total += compute_cost(AL, minibatch_Y, parameters, lambd) * minibatch_X.shape[1]
            grads = backward_propagation_with_dropout(AL, minibatch_Y, caches, keep_prob, lambd)
            t = t + 1
            parameters, v, s = update_parameters_with_adam(parameters, grads, v, s, t, learning_rate)
        if i % 25 == 0:
            print("Cost after epoch %i: %f" % (i, cost_total / X.shape[1]))
        costs.append(cost_total / X.shape[1])
    return parameters, costs


np.random.seed(0)
angle = np.random.rand(1, 440) * 2 * np.pi
inner = (np.arange(440) % 2).reshape(1, -1)
radius = np.where(inner == 1, 0.5, 1.0) + 0.12 * np.random.randn(1, 440)
data_X = np.vstack([radius * np.cos(angle), radius * np.sin(angle)])
train_X, train_Y, test_X, test_Y = data_X[:, :330], inner[:, :330], data_X[:, 330:], inner[:, 330:]
parameters, costs = model(train_X, train_Y, [2, 24, 8, 1])
print("train accuracy:", np.mean(predict(train_X, parameters) == train_Y))
print("test accuracy:", np.mean(predict(test_X, parameters) == test_Y))
