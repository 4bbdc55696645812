import numpy as np

# L-layer network in the "features x examples" convention: X is (n_x, m), Y is (1, m),
# A[l] = g(W[l] A[l-1] + b[l]); binary classification, L2, momentum, learning-rate decay.


def load_dataset(seed=3):
    np.random.seed(seed)
    m = 420
    r = np.random.uniform(0, 2.2, m)
    theta = np.random.uniform(0, 2 * np.pi, m)
    X = np.vstack([r * np.cos(theta), r * np.sin(theta), 0.5 * np.random.randn(m)])
    Y = (r + 0.25 * np.sin(3 * theta) > 1.2).astype(float).reshape(1, m)
    flip = np.random.rand(1, m) < 0.04
    Y = np.where(flip, 1 - Y, Y)
    X[1] = 3 * X[1] + 1
    return X[:, :300], Y[:, :300], X[:, 300:], Y[:, 300:]


def initialize_parameters(layer_dims):
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters['W' + str(l)] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * np.sqrt(2. / layer_dims[l - 1])
        parameters['b' + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters


def initialize_velocity(parameters):
    return {'d' + key: np.zeros(value.shape) for key, value in parameters.items()}


def linear_activation_forward(A_prev, W, b, activation):
    Z = np.dot(W, A_prev) + b
    if activation == 'relu':
        A = np.maximum(0, Z)
    elif activation == 'sigmoid':
        A = 1 / (1 + np.exp(-Z))
    return A, (A_prev, W, b, Z)


def model_forward(X, parameters):
    caches = []
    A = X
    L = len(parameters) // 2
    for l in range(1, L):
        A, cache = linear_activation_forward(A, parameters['W' + str(l)], parameters['b' + str(l)], 'relu')
        caches.append(cache)
    AL, cache = linear_activation_forward(A, parameters['W' + str(L)], parameters['b' + str(L)], 'sigmoid')
    caches.append(cache)
    return AL, caches


def compute_cost(AL, Y, parameters, lambd):
    m = Y.shape[1]
    L = len(parameters) // 2
    cross_entropy = -np.sum(Y * np.log(AL + 1e-12) + (1 - Y) * np.log(1 - AL + 1e-12)) / m
    L2 = sum(np.sum(np.square(parameters['W' + str(l)])) for l in range(1, L + 1))
    return cross_entropy + lambd / (2 * m) * L2


def linear_backward(dZ, cache, lambd):
    A_prev, W, b, _ = cache
    m = A_prev.shape[1]
    dW = np.dot(dZ, A_prev.T) / m + lambd / m * W
    db = np.sum(dZ, axis=1, keepdims=True) / m
    dA_prev = np.dot(W.T, dZ)
    return dA_prev, dW, db


def model_backward(AL, Y, caches, lambd):
    grads = {}
    L = len(caches)
    dZ = AL - Y                       # sigmoid + cross-entropy
    dA, grads['dW' + str(L)], grads['db' + str(L)] = linear_backward(dZ, caches[L - 1], lambd)
    for l in reversed(range(1, L)):
        Z = caches[l - 1][3]
        dZ = dA * (Z > 0)
        dA, grads['dW' + str(l)], grads['db' + str(l)] = linear_backward(dZ, caches[l - 1], lambd)
    return grads


def update_parameters(parameters, grads, v, beta, learning_rate):
    for key in parameters:
        v['d' + key] = beta * v['d' + key] + (1 - beta) * grads['d' + key]
        parameters[key] = parameters[key] - learning_rate * v['d' + key]
    return parameters, v


def random_mini_batches(X, Y, mini_batch_size):
    m = X.shape[1]
    permutation = list(np.random.permutation(m))
    shuffled_X = X[:, permutation]
    shuffled_Y = Y[:, permutation]
    mini_batches = []
    num_complete = m // mini_batch_size
    for k in range(num_complete):
        sl = slice(k * mini_batch_size, (k + 1) * mini_batch_size)
        mini_batches.append((shuffled_X[:, sl], shuffled_Y[:, sl]))
    if m % mini_batch_size != 0:
        mini_batches.append((shuffled_X[:, num_complete * mini_batch_size:],
                             shuffled_Y[:, num_complete * mini_batch_size:]))
    return mini_batches


def predict(X, parameters):
    AL, _ = model_forward(X, parameters)
    return (AL > 0.5).astype(float)


def model(X, Y, layers_dims, learning_rate0=0.5, beta=0.9, lambd=0.3, mini_batch_size=64,
          num_epochs=150, decay_rate=0.5, time_interval=30):
    parameters = initialize_parameters(layers_dims)
    v = initialize_velocity(parameters)
    costs = []
    for i in range(num_epochs):
        learning_rate = learning_rate0 / (1 + decay_rate * np.floor(i / time_interval))
        cost_total = 0
        for X_b, Y_b in random_mini_batches(X, Y, mini_batch_size):
            AL, caches = model_forward(X_b, parameters)
            cost_total += compute_cost(AL, Y_b, parameters, lambd) * X_b.shape[1]
            grads = model_backward(AL, Y_b, caches, lambd)
            parameters, v = update_parameters(parameters, grads, v, beta, learning_rate)
        costs.append(cost_total / X.shape[1])
        if i % 30 == 0 or i == num_epochs - 1:
            print('Cost after epoch %i: %f' % (i, costs[-1]))
    return parameters, costs


train_X, train_Y, test_X, test_Y = load_dataset()
mu = np.mean(train_X, axis=1, keepdims=True)
sigma = np.std(train_X, axis=1, keepdims=True)
train_X = (train_X - mu) / sigma
test_X = (test_X - mu) / sigma

parameters, costs = model(train_X, train_Y, [3, 16, 8, 1])
print('Train accuracy: %.4f' % np.mean(predict(train_X, parameters) == train_Y))
print('Test accuracy: %.4f' % np.mean(predict(test_X, parameters) == test_Y))
AL, _ = model_forward(test_X, parameters)
print('Test cost: %.5f' % compute_cost(AL, test_Y, parameters, 0))
