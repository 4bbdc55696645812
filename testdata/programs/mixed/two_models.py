"""
Homework 2: first a logistic regression, then a 2-layer net, same data.
Convention of the course: X is (features, samples), Y is (1, samples).
"""
import numpy as np

np.random.seed(1)

# the data: a ring around a blob, not linearly separable
m = 200
r = np.concatenate([np.random.rand(m // 2) * 0.9, 1.2 + np.random.rand(m // 2) * 0.8])
a = np.random.rand(m) * 2 * np.pi
X = np.vstack([r * np.cos(a), r * np.sin(a)])
Y = (np.arange(m) >= m // 2).astype(float).reshape(1, m)
X[0] += 0.6 * Y[0]          # shift so that the linear model learns something too
p = np.random.permutation(m)
X, Y = X[:, p], Y[:, p]
X_train, Y_train = X[:, :150], Y[:, :150]
X_test, Y_test = X[:, 150:], Y[:, 150:]


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def cost(A, Y):
    m = Y.shape[1]
    return -np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A)) / m


# =====================================================
# Part A: logistic regression
# =====================================================
m = X_train.shape[1]
w = np.zeros((2, 1))
b = 0.0
learning_rate = 0.5

print("logistic regression")
for i in range(200):
    # forward
    A = sigmoid(np.dot(w.T, X_train) + b)
    J = cost(A, Y_train)
    # backward
    dw = np.dot(X_train, (A - Y_train).T) / m
    db = np.sum(A - Y_train) / m
    # update
    w = w - learning_rate * dw
    b = b - learning_rate * db
    if i % 50 == 0:
        print("  cost after %d: %.5f" % (i, J))

pred = (sigmoid(np.dot(w.T, X_test) + b) > 0.5).astype(float)
print("  w", w.ravel().round(4), "b", round(b, 4))
print("  final cost %.5f, test accuracy %.2f" % (J, np.mean(pred == Y_test)))

# =====================================================
# Part B: 2-layer neural network (tanh hidden, sigmoid output)
# =====================================================
n_x, n_h, n_y = 2, 6, 1
np.random.seed(2)
W1 = np.random.randn(n_h, n_x) * 0.5
b1 = np.zeros((n_h, 1))
W2 = np.random.randn(n_y, n_h) * 0.5
b2 = np.zeros((n_y, 1))
learning_rate = 1.0

print("two layer net")
for i in range(600):
    # forward propagation
    Z1 = np.dot(W1, X_train) + b1
    A1 = np.tanh(Z1)
    Z2 = np.dot(W2, A1) + b2
    A2 = sigmoid(Z2)
    J = cost(A2, Y_train)

    # backward propagation
    dZ2 = A2 - Y_train
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = np.dot(W2.T, dZ2)
    dZ1 = dA1 * (1 - np.power(A1, 2))
    dW1 = np.dot(dZ1, X_train.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m

    # update, learning rate decays a bit
    lr = learning_rate / (1 + 0.001 * i)
    W1 = W1 - lr * dW1
    b1 = b1 - lr * db1
    W2 = W2 - lr * dW2
    b2 = b2 - lr * db2

    if i % 150 == 0:
        print("  cost after %d: %.5f" % (i, J))

H = np.tanh(np.dot(W1, X_test) + b1)
pred = (sigmoid(np.dot(W2, H) + b2) > 0.5).astype(float)
print("  final cost %.5f, test accuracy %.2f" % (J, np.mean(pred == Y_test)))
