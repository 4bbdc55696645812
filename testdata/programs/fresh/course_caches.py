"""Deep network step by step: planar flower, L layers, minibatches, momentum."""
import numpy as np


def load_flower(m=400, seed=1):
    np.random.seed(seed)
    X = np.zeros((2, m))
    Y = np.zeros((1, m))
    half = m // 2
    for j in range(2):
        ix = range(half * j, half * (j + 1))
        t = np.linspace(j * 3.12, (j + 1) * 3.12, half) + np.random.randn(half) * 0.2
        r = 4 * np.sin(4 * t) + np.random.randn(half) * 0.2
        X[:, ix] = np.stack([r * np.sin(t), r * np.cos(t)])
        Y[:, ix] = j
    shuffle = np.random.permutation(m)
    return X[:, shuffle], Y[:, shuffle]


def initialize_parameters(layer_dims, seed=3):
    np.random.seed(seed)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * np.sqrt(2.0 / layer_dims[l - 1])
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    linear_cache = (A_prev, W, b)
    A = 1 / (1 + np.exp(-Z)) if activation == "sigmoid" else np.maximum(0, Z)
    return A, (linear_cache, Z)


def L_model_forward(X, parameters):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A, cache = linear_activation_forward(A, parameters["W" + str(l)], parameters["b" + str(l)], "relu")
        caches.append(cache)
    AL, cache = linear_activation_forward(A, parameters["W" + str(L)], parameters["b" + str(L)], "sigmoid")
    caches.append(cache)
    return AL, caches


def compute_cost(AL, Y, parameters, lambd):
    m = Y.shape[1]
    cross_entropy = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    L = len(parameters) // 2
    l2 = sum(np.sum(np.square(parameters["W" + str(l)])) for l in range(1, L + 1))
    return cross_entropy + lambd / (2 * m) * l2


def linear_activation_backward(dA, cache, activation, lambd):
    linear_cache, Z = cache
    A_prev, W, b = linear_cache
    m = A_prev.shape[1]
    if activation == "relu":
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
    else:
        s = 1 / (1 + np.exp(-Z))
        dZ = dA * s * (1 - s)
    dW = np.dot(dZ, A_prev.T) / m + lambd / m * W
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def L_model_backward(AL, Y, caches, lambd):
    grads = {}
    L = len(caches)
    dA = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    dA, grads["dW" + str(L)], grads["db" + str(L)] = linear_activation_backward(dA, caches[L - 1], "sigmoid", lambd)
    for l in reversed(range(L - 1)):
        dA, dW, db = linear_activation_backward(dA, caches[l], "relu", lambd)
        grads["dW" + str(l + 1)] = dW
        grads["db" + str(l + 1)] = db
    return grads


def random_mini_batches(X, Y, size, seed):
    np.random.seed(seed)
    m = X.shape[1]
    perm = np.random.permutation(m)
    shuffled_X = X[:, perm]
    shuffled_Y = Y[:, perm]
    return [(shuffled_X[:, k:k + size], shuffled_Y[:, k:k + size]) for k in range(0, m, size)]


def initialize_velocity(parameters):
    return {"d" + key: np.zeros_like(value) for key, value in parameters.items()}


def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate, t):
    for l in range(1, len(parameters) // 2 + 1):
        for p in ("W" + str(l), "b" + str(l)):
            v["d" + p] = beta * v["d" + p] + (1 - beta) * grads["d" + p]
            v_corrected = v["d" + p] / (1 - beta ** t)
            parameters[p] = parameters[p] - learning_rate * v_corrected
    return parameters, v


def predict(X, parameters):
    probs, _ = L_model_forward(X, parameters)
    return (probs > 0.5).astype(float)


X, Y = load_flower()
train_X, train_Y = X[:, :320], Y[:, :320]
dev_X, dev_Y = X[:, 320:], Y[:, 320:]
parameters = initialize_parameters([2, 8, 8, 1])
v = initialize_velocity(parameters)
seed, t, lambd = 10, 0, 0.05
for epoch in range(120):
    seed += 1
    costs = []
    for minibatch_X, minibatch_Y in random_mini_batches(train_X, train_Y, 64, seed):
        t += 1
        AL, caches = L_model_forward(minibatch_X, parameters)
        costs.append(compute_cost(AL, minibatch_Y, parameters, lambd))
        grads = L_model_backward(AL, minibatch_Y, caches, lambd)
        parameters, v = update_parameters_with_momentum(parameters, grads, v, 0.9, 0.15, t)
    if epoch % 20 == 0:
        print("Cost after epoch %i: %f" % (epoch, np.mean(costs)))
print("Train accuracy:", np.mean(predict(train_X, parameters) == train_Y))
print("Dev accuracy:", np.mean(predict(dev_X, parameters) == dev_Y))
