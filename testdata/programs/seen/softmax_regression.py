import numpy as np

np.random.seed(14)
X = np.random.randn(75, 4)
X = (X - X.mean(0)) / X.std(0)
labels = np.random.randint(0, 3, 75)
onehot = np.zeros((75, 3))
onehot[np.arange(75), labels] = 1
W = np.zeros((4, 3))
b = np.zeros(3)


def softmax(z):
    e = np.exp(z - np.max(z, axis=1).reshape(-1, 1))
    return e / np.sum(e, axis=1).reshape(-1, 1)


history = []
for i in range(12):
    probs = softmax(np.dot(X, W) + b)
    loss = -np.mean(np.sum(onehot * np.log(probs), axis=1)) + 0.5 * 0.1 * np.sum(W ** 2)
    history.append(loss)
    grad_W = np.dot(X.T, probs - onehot) / len(X) + 0.1 * W
    grad_b = np.mean(probs - onehot, axis=0)
    W = W - 0.5 * grad_W
    b = b - 0.5 * grad_b
print(history)
