import numpy as np

np.random.seed(3)

# ten blurred prototypes
protos = np.random.rand(10, 36)
labels = np.random.randint(0, 10, 150)
images = protos[labels] + 0.3 * np.random.randn(150, 36)
targets = np.eye(10)[labels]

n_hidden1, n_hidden2 = 24, 16
W1 = np.random.randn(36, n_hidden1) * np.sqrt(1 / 36)
b1 = np.zeros((1, n_hidden1))
W2 = np.random.randn(n_hidden1, n_hidden2) * np.sqrt(1 / n_hidden1)
b2 = np.zeros((1, n_hidden2))
W3 = np.random.randn(n_hidden2, 10) * np.sqrt(1 / n_hidden2)
b3 = np.zeros((1, 10))


def relu(x):
    return np.maximum(0, x)


def softmax(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


learning_rate = 0.05
beta = 0.001
batch = 30
for epoch in range(6):
    order = np.random.permutation(150)
    total = 0
    for start in range(0, 150, batch):
        index = order[start:start + batch]
        X, T = images[index], targets[index]
        # forward
        A1 = relu(X.dot(W1) + b1)
        A2 = np.tanh(A1.dot(W2) + b2)
        Y = softmax(A2.dot(W3) + b3)
        data_loss = -np.sum(T * np.log(Y + 1e-12)) / batch
        reg_loss = 0.5 * beta * (np.sum(W1 ** 2) + np.sum(W2 ** 2) + np.sum(W3 ** 2))
        loss = data_loss + reg_loss
        total += loss
        # backward
        D3 = (Y - T) / batch
        D2 = D3.dot(W3.T) * (1 - A2 ** 2)
        D1 = D2.dot(W2.T)
        D1[A1 <= 0] = 0
        dW3 = A2.T.dot(D3) + beta * W3
        db3 = np.sum(D3, axis=0, keepdims=True)
        dW2 = A1.T.dot(D2) + beta * W2
        db2 = np.sum(D2, axis=0, keepdims=True)
        dW1 = X.T.dot(D1) + beta * W1
        db1 = np.sum(D1, axis=0, keepdims=True)
        # update
        W3 -= learning_rate * dW3
        b3 -= learning_rate * db3
        W2 -= learning_rate * dW2
        b2 -= learning_rate * db2
        W1 -= learning_rate * dW1
        b1 -= learning_rate * db1
    print("epoch", epoch, "loss", total / 5)
