# Assignment 3 - deep neural network, step by step
# L-layer model, mini-batches, dropout, L2, Adam, learning rate decay
import math
import numpy as np

GLYPHS = {
    0: "0110 1001 1001 1001 0110", 1: "0010 0110 0010 0010 0111",
    2: "1110 0001 0110 1000 1111", 3: "1110 0001 0110 0001 1110",
    4: "1001 1001 1111 0001 0001", 5: "1111 1000 1110 0001 1110",
    7: "1111 0001 0010 0100 0100",
}


def load_dataset(m, seed):
    rs = np.random.RandomState(seed)
    keys = sorted(GLYPHS)
    protos = [np.array([int(c) for c in GLYPHS[k].replace(" ", "")], dtype=float) for k in keys]
    labels = rs.randint(0, len(keys), size=m)
    X = np.zeros((20, m))
    for i in range(m):
        X[:, i] = protos[labels[i]] * rs.uniform(0.6, 1.2) + 0.35 * rs.randn(20)
    Y = np.zeros((len(keys), m))
    Y[labels, np.arange(m)] = 1
    return X, Y


def initialize_parameters_deep(layer_dims):
    np.random.seed(3)
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters['W' + str(l)] = np.random.randn(layer_dims[l], layer_dims[l-1]) * np.sqrt(2. / layer_dims[l-1])
        parameters['b' + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def relu(Z):
    return np.maximum(0, Z), Z


def softmax(Z):
    T = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return T / np.sum(T, axis=0, keepdims=True), Z


def L_model_forward(X, parameters, keep_prob=1.0):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A_prev = A
        A, Z = relu(np.dot(parameters['W' + str(l)], A_prev) + parameters['b' + str(l)])
        D = np.random.rand(*A.shape) < keep_prob
        A = A * D / keep_prob
        caches.append((A_prev, Z, D))
    AL, Z = softmax(np.dot(parameters['W' + str(L)], A) + parameters['b' + str(L)])
    caches.append((A, Z, None))
    return AL, caches


def compute_cost(AL, Y, parameters, lambd):
    m = Y.shape[1]
    cross_entropy = -np.sum(Y * np.log(AL + 1e-12)) / m
    L2 = 0
    for l in range(1, len(parameters) // 2 + 1):
        L2 += np.sum(np.square(parameters['W' + str(l)]))
    return cross_entropy + lambd / (2 * m) * L2


def linear_backward(dZ, A_prev, W, lambd):
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m + lambd / m * W
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def L_model_backward(AL, Y, caches, parameters, lambd, keep_prob=1.0):
    grads = {}
    L = len(caches)
    A_prev, Z, _ = caches[L-1]
    dZ = AL - Y
    dA, grads['dW' + str(L)], grads['db' + str(L)] = linear_backward(dZ, A_prev, parameters['W' + str(L)], lambd)
    for l in reversed(range(L-1)):
        A_prev, Z, D = caches[l]
        dA = dA * D / keep_prob
        dZ = np.array(dA, copy=True)
        dZ[Z <= 0] = 0
        dA, grads['dW' + str(l+1)], grads['db' + str(l+1)] = linear_backward(dZ, A_prev, parameters['W' + str(l+1)], lambd)
    return grads


def initialize_adam(parameters):
    v = {}
    s = {}
    for k in parameters:
        v['d' + k] = np.zeros(parameters[k].shape)
        s['d' + k] = np.zeros(parameters[k].shape)
    return v, s


def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for k in parameters:
        g = grads['d' + k]
        v['d' + k] = beta1 * v['d' + k] + (1 - beta1) * g
        s['d' + k] = beta2 * s['d' + k] + (1 - beta2) * np.square(g)
        v_corrected = v['d' + k] / (1 - beta1**t)
        s_corrected = s['d' + k] / (1 - beta2**t)
        parameters[k] = parameters[k] - learning_rate * v_corrected / (np.sqrt(s_corrected) + epsilon)
    return parameters, v, s


def random_mini_batches(X, Y, mini_batch_size, seed):
    rs = np.random.RandomState(seed)
    m = X.shape[1]
    permutation = list(rs.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation]
    mini_batches = []
    for k in range(math.ceil(m / mini_batch_size)):
        lo = k * mini_batch_size
        hi = min(lo + mini_batch_size, m)
        mini_batches.append((shuffled_X[:, lo:hi], shuffled_Y[:, lo:hi]))
    return mini_batches


def predict(X, parameters):
    probas, _ = L_model_forward(X, parameters)
    return np.argmax(probas, axis=0)


def model(X, Y, layers_dims, learning_rate0=0.01, mini_batch_size=32, num_epochs=20, lambd=0.1, keep_prob=0.85):
    parameters = initialize_parameters_deep(layers_dims)
    v, s = initialize_adam(parameters)
    t = 0
    for epoch in range(num_epochs):
        learning_rate = learning_rate0 * 0.5 ** (epoch // 6)
        cost_total = 0
        for (minibatch_X, minibatch_Y) in random_mini_batches(X, Y, mini_batch_size, seed=epoch + 10):
            AL, caches = L_model_forward(minibatch_X, parameters, keep_prob)
            cost_total += compute_cost(AL, minibatch_Y, parameters, lambd) * minibatch_X.shape[1]
            grads = L_model_backward(AL, minibatch_Y, caches, parameters, lambd, keep_prob)
            t = t + 1
            parameters, v, s = update_parameters_with_adam(parameters, grads, v, s, t, learning_rate)
        if epoch % 4 == 0 or epoch == num_epochs - 1:
            print("Cost after epoch %i: %f" % (epoch, cost_total / X.shape[1]))
    return parameters


if __name__ == "__main__":
    train_X, train_Y = load_dataset(330, 1)
    test_X, test_Y = load_dataset(150, 2)
    parameters = model(train_X, train_Y, [20, 24, 16, 7])
    for name, X, Y in (("train", train_X, train_Y), ("test", test_X, test_Y)):
        print("Accuracy (%s): %.4f" % (name, np.mean(predict(X, parameters) == np.argmax(Y, axis=0))))
