import numpy as np
np.random.seed(1)
X = np.random.randn(4, 30); Y = (np.random.rand(1, 30) > 0.5).astype(float)
def sigmoid(z): return 1 / (1 + np.exp(-z))
def relu(z): return np.maximum(0, z)
parameters = {"W1": np.random.randn(5, 4) * 0.3, "b1": np.zeros((5, 1)), "W2": np.random.randn(1, 5) * 0.3, "b2": np.zeros((1, 1))}
def forward(X, Y, parameters):
    m = X.shape[1]
    Z1 = np.dot(parameters["W1"], X) + parameters["b1"]
    A1 = relu(Z1)
    Z2 = np.dot(parameters["W2"], A1) + parameters["b2"]
    A2 = sigmoid(Z2)
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    return cost, (Z1, A1, Z2, A2)
def backward(X, Y, cache, parameters):
    m = X.shape[1]
    Z1, A1, Z2, A2 = cache
    dZ2 = A2 - Y
    dW2 = 1. / m * np.dot(dZ2, A1.T); db2 = 1. / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.multiply(np.dot(parameters["W2"].T, dZ2), np.int64(A1 > 0))
    dW1 = 1. / m * np.dot(dZ1, X.T); db1 = 1. / m * np.sum(dZ1, axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
def to_vector(d): return np.concatenate([d[k].reshape(-1, 1) for k in ("W1", "b1", "W2", "b2")], axis=0)
def to_dict(t): return {"W1": t[:20].reshape(5, 4), "b1": t[20:25].reshape(5, 1), "W2": t[25:30].reshape(1, 5), "b2": t[30:31].reshape(1, 1)}
def gradient_check_n(parameters, grads, X, Y, eps=1e-7):
    values = to_vector(parameters); grad = to_vector(grads)
    n = values.shape[0]
    J_plus = np.zeros((n, 1)); J_minus = np.zeros((n, 1)); approx = np.zeros((n, 1))
    for i in range(n):
        thetaplus = np.copy(values)
        thetaplus[i][0] = thetaplus[i][0] + eps
        J_plus[i], _ = forward(X, Y, to_dict(thetaplus))
        thetaminus = np.copy(values)
        thetaminus[i][0] = thetaminus[i][0] - eps
        J_minus[i], _ = forward(X, Y, to_dict(thetaminus))
        approx[i] = (J_plus[i] - J_minus[i]) / (2 * eps)
    return np.linalg.norm(grad - approx) / (np.linalg.norm(grad) + np.linalg.norm(approx))
cost, cache = forward(X, Y, parameters)
print(gradient_check_n(parameters, backward(X, Y, cache, parameters), X, Y))
for it in range(12):
    cost, cache = forward(X, Y, parameters)
    grads = backward(X, Y, cache, parameters)
    for k in parameters: parameters[k] = parameters[k] - 0.5 * grads[k]
    print(it, cost)
