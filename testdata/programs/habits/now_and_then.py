import numpy as np

rng = np.random.default_rng(74)
X = rng.normal(size=(50, 2))
y = (X[:, 0] ** 2 + X[:, 1] ** 2 > 1.2).astype(int)
model = {"W1": rng.normal(0, .7, (2, 9)), "b1": np.zeros((1, 9)), "W2": rng.normal(0, .7, (9, 2)), "b2": np.zeros((1, 2))}
rate, penalty = .01, .05


def probabilities(model):
    a = np.tanh(X @ model["W1"] + model["b1"])
    e = np.exp(a @ model["W2"] + model["b2"])
    return a, e / e.sum(axis=1, keepdims=True)


def loss(model):
    a, p = probabilities(model)
    data = -np.log(p[np.arange(len(y)), y]).sum()
    return (data + penalty / 2 * (np.sum(model["W1"] ** 2) + np.sum(model["W2"] ** 2))) / len(y)


for i in range(16):
    a, p = probabilities(model)
    d2 = p
    d2[range(len(y)), y] -= 1
    dW2 = a.T @ d2
    db2 = d2.sum(axis=0, keepdims=True)
    d1 = d2 @ model["W2"].T * (1 - a ** 2)
    dW1 = X.T @ d1
    db1 = d1.sum(axis=0, keepdims=True)
    dW2 += penalty * model["W2"]
    dW1 += penalty * model["W1"]
    model["W1"] -= rate * dW1
    model["b1"] -= rate * db1
    model["W2"] -= rate * dW2
    model["b2"] -= rate * db2
    if i % 10 == 0:
        print(i, loss(model))
