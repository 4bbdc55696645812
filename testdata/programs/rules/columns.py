# Samples are columns; one sigmoid output, cross-entropy.
import numpy as np

np.random.seed(7)
X = np.random.randn(3, 80)
Y = (X[0:1] + X[1:2] > 0).astype(float)
order = np.random.permutation(80)
X = X[:, order]
Y = Y[:, order]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


W1 = np.random.randn(5, 3) * 0.5
b1 = np.zeros((5, 1))
W2 = np.random.randn(1, 5) * 0.5
b2 = np.zeros((1, 1))
m = X.shape[1]
for i in range(10):
    A1 = np.tanh(np.dot(W1, X) + b1)
    A2 = sigmoid(np.dot(W2, A1) + b2)
    cost = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    dZ2 = A2 - Y
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = np.dot(W2.T, dZ2) * (1 - A1 ** 2)
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    W1 = W1 - 0.5 * dW1
    b1 = b1 - 0.5 * db1
    W2 = W2 - 0.5 * dW2
    b2 = b2 - 0.5 * db2
    print(cost)
