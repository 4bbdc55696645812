import math
import numpy as np

def initialize_parameters_deep(layer_dims):
    np.random.seed(1)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters['W' + str(l)] = np.random.randn(layer_dims[l], layer_dims[l-1]) * np.sqrt(2. / layer_dims[l-1])
        parameters['b' + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters

def L_model_forward(X, parameters, keep_prob=1.0):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L + 1):
        A_prev = A
        W, b = parameters['W' + str(l)], parameters['b' + str(l)]
        Z = np.dot(W, A_prev) + b
        D = None
        if l < L:
            A = np.where(Z > 0, Z, 0.01 * Z)
            D = (np.random.rand(*A.shape) < keep_prob).astype(float)
            A = A * D / keep_prob
        else:
            A = 1 / (1 + np.exp(-Z))
        caches.append((A_prev, W, Z, D))
    return A, caches

def compute_cost(AL, Y, parameters, lambd):
    m = Y.shape[1]
    cross_entropy = -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m
    l2 = 0
    for l in range(1, len(parameters) // 2 + 1):
        l2 += np.sum(np.square(parameters['W' + str(l)]))
    return cross_entropy + lambd / (2 * m) * l2

def L_model_backward(AL, Y, caches, keep_prob, lambd):
    grads = {}
    L = len(caches)
    m = Y.shape[1]
    dAL = -(np.divide(Y, AL) - np.divide(1 - Y, 1 - AL))
    dA = dAL
    for l in reversed(range(1, L + 1)):
        A_prev, W, Z, D = caches[l-1]
        if l == L:
            s = 1 / (1 + np.exp(-Z))
            dZ = dA * s * (1 - s)
        else:
            dA = dA * D / keep_prob
            dZ = np.where(Z > 0, dA, 0.01 * dA)
        grads['dW' + str(l)] = 1. / m * np.dot(dZ, A_prev.T) + lambd / m * W
        grads['db' + str(l)] = 1. / m * np.sum(dZ, axis=1, keepdims=True)
        dA = np.dot(W.T, dZ)
    return grads

def initialize_adam(parameters):
    v, s = {}, {}
    for key in parameters:
        v['d' + key] = np.zeros(parameters[key].shape)
        s['d' + key] = np.zeros(parameters[key].shape)
    return v, s

def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate, beta1=0.9, beta2=0.99, epsilon=1e-8):
    for key in parameters:
        g = grads['d' + key]
        v['d' + key] = beta1 * v['d' + key] + (1 - beta1) * g
        v_corrected = v['d' + key] / (1 - beta1 ** t)
        s['d' + key] = beta2 * s['d' + key] + (1 - beta2) * np.square(g)
        s_corrected = s['d' + key] / (1 - beta2 ** t)
        parameters[key] = parameters[key] - learning_rate * v_corrected / (np.sqrt(s_corrected) + epsilon)
    return parameters, v, s

def random_mini_batches(X, Y, mini_batch_size, seed):
    np.random.seed(seed)
    m = X.shape[1]
    permutation = list(np.random.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation].reshape((1, m))
    mini_batches = []
    for k in range(math.ceil(m / mini_batch_size)):
        mini_batches.append((shuffled_X[:, k * mini_batch_size:(k + 1) * mini_batch_size],
                             shuffled_Y[:, k * mini_batch_size:(k + 1) * mini_batch_size]))
    return mini_batches

def model(X, Y, layers_dims, learning_rate=0.01, mini_batch_size=64, lambd=0.3, keep_prob=0.85, num_epochs=30):
    parameters = initialize_parameters_deep(layers_dims)
    v, s = initialize_adam(parameters)
    t, seed, costs = 0, 10, []
    for i in range(num_epochs):
        seed = seed + 1
        cost_total = 0
        for minibatch_X, minibatch_Y in random_mini_batches(X, Y, mini_batch_size, seed):
            AL, caches = L_model_forward(minibatch_X, parameters, keep_prob)
            cost_total += compute_cost(AL, minibatch_Y, parameters, lambd)
            grads = L_model_backward(AL, minibatch_Y, caches, keep_prob, lambd)
            t = t + 1
            parameters, v, s = update_parameters_with_adam(parameters, grads, v, s, t, learning_rate)
        costs.append(cost_total)
        if i % 5 == 0:
            print("Cost after epoch %i: %f" % (i, cost_total))
    return parameters

np.random.seed(3)
theta = np.random.uniform(0, 2 * np.pi, 200)
radius = np.where(np.arange(200) % 2 == 0, 0.6, 1.3) + 0.15 * np.random.randn(200)
train_X = np.vstack([radius * np.cos(theta), radius * np.sin(theta)])
train_Y = (np.arange(200) % 2).reshape(1, 200).astype(float)
parameters = model(train_X, train_Y, [2, 12, 6, 1])
AL, _ = L_model_forward(train_X, parameters)
print("Accuracy:", np.mean((AL > 0.5) == train_Y))
