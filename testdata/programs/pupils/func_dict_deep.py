# Deep neural network, step by step.  X has shape (features, samples).
import numpy as np


def initialize_parameters_deep(layer_dims):
    np.random.seed(3)
    parameters = {}
    L = len(layer_dims)
    for l in range(1, L):
        parameters["W" + str(l)] = np.random.randn(layer_dims[l], layer_dims[l-1]) * np.sqrt(2. / layer_dims[l-1])
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


def relu(Z):
    return np.maximum(0, Z)


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    A = sigmoid(Z) if activation == "sigmoid" else relu(Z)
    cache = (A_prev, W, b, Z)
    return A, cache


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


def linear_backward(dZ, cache, lambd):
    A_prev, W, b, Z = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m + lambd / m * W
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def L_model_backward(AL, Y, caches, lambd):
    grads = {}
    L = len(caches)
    dZ = AL - Y
    for l in reversed(range(1, L + 1)):
        dA_prev, dW, db = linear_backward(dZ, caches[l-1], lambd)
        grads["dW" + str(l)] = dW
        grads["db" + str(l)] = db
        if l > 1:
            Z_prev = caches[l-2][3]
            dZ = dA_prev * (Z_prev > 0)
    return grads


def update_parameters(parameters, grads, learning_rate):
    L = len(parameters) // 2
    for l in range(1, L + 1):
        parameters["W" + str(l)] = parameters["W" + str(l)] - learning_rate * grads["dW" + str(l)]
        parameters["b" + str(l)] = parameters["b" + str(l)] - learning_rate * grads["db" + str(l)]
    return parameters


def random_mini_batches(X, Y, mini_batch_size, seed):
    np.random.seed(seed)
    m = X.shape[1]
    permutation = list(np.random.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation]
    mini_batches = []
    for k in range(0, m, mini_batch_size):
        mini_batch_X = shuffled_X[:, k:k + mini_batch_size]
        mini_batch_Y = shuffled_Y[:, k:k + mini_batch_size]
        mini_batches.append((mini_batch_X, mini_batch_Y))
    return mini_batches


def predict(X, Y, parameters):
    probas, _ = L_model_forward(X, parameters)
    return np.mean((probas > 0.5) == Y)


def load_planar(m, seed):
    np.random.seed(seed)
    X = np.random.uniform(-1, 1, (2, m))
    radius = np.sqrt(np.sum(X ** 2, axis=0, keepdims=True))
    Y = (radius + 0.3 * np.sin(4 * np.arctan2(X[1:2], X[0:1])) > 0.7).astype(float)
    return X, Y


train_X, train_Y = load_planar(500, 0)
test_X, test_Y = load_planar(300, 1)
parameters = initialize_parameters_deep([2, 20, 10, 1])
lambd = 0.02
for epoch in range(200):
    for (bx, by) in random_mini_batches(train_X, train_Y, 64, epoch):
        AL, caches = L_model_forward(bx, parameters)
        cost = compute_cost(AL, by, parameters, lambd)
        grads = L_model_backward(AL, by, caches, lambd)
        parameters = update_parameters(parameters, grads, 0.3)
    if epoch % 20 == 0:
        print("Cost after epoch %i: %.6f" % (epoch, cost))
print("Train accuracy: %.4f" % predict(train_X, train_Y, parameters))
print("Test accuracy: %.4f" % predict(test_X, test_Y, parameters))
