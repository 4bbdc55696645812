"""Port of our old MATLAB exercise (ex4.m): X is (features x samples), weights
are unrolled into one theta column, cost = cross entropy / m + lambda/(2m)."""
import numpy as np

rng = np.random.RandomState(3)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def roll(theta, s1, s2, s3):
    k = s2 * (s1 + 1)
    Theta1 = theta[:k].reshape((s2, s1 + 1), order='F')
    Theta2 = theta[k:].reshape((s3, s2 + 1), order='F')
    return Theta1, Theta2


def nnCostFunction(theta, s1, s2, s3, X, Y, lam):
    m = X.shape[1]
    Theta1, Theta2 = roll(theta, s1, s2, s3)
    a1 = np.vstack([np.ones((1, m)), X])
    z2 = Theta1 @ a1
    a2 = np.vstack([np.ones((1, m)), sigmoid(z2)])
    z3 = Theta2 @ a2
    h = sigmoid(z3)
    J = -np.sum(Y * np.log(h) + (1 - Y) * np.log(1 - h)) / m
    J = J + lam / (2 * m) * (np.sum(Theta1[:, 1:] ** 2) + np.sum(Theta2[:, 1:] ** 2))

    delta3 = h - Y
    delta2 = Theta2[:, 1:].T @ delta3
    delta2 = delta2 * sigmoid(z2) * (1 - sigmoid(z2))
    G1 = delta2 @ a1.T / m
    G2 = delta3 @ a2.T / m
    G1[:, 1:] += lam / m * Theta1[:, 1:]
    G2[:, 1:] += lam / m * Theta2[:, 1:]
    grad = np.concatenate([G1.flatten(order='F'), G2.flatten(order='F')])
    return J, grad


def randInitializeWeights(L_in, L_out):
    eps = np.sqrt(6.0) / np.sqrt(L_in + L_out)
    return rng.rand(L_out, 1 + L_in) * 2 * eps - eps


def checkNNGradients(lam):
    s1, s2, s3, m = 3, 5, 3, 5
    th = np.concatenate([randInitializeWeights(s1, s2).flatten(order='F'),
                         randInitializeWeights(s2, s3).flatten(order='F')])
    X = rng.randn(s1, m)
    Y = np.eye(s3)[:, np.arange(m) % s3]
    _, g = nnCostFunction(th, s1, s2, s3, X, Y, lam)
    num = np.zeros_like(th)
    e = 1e-4
    for i in range(th.size):
        p = np.zeros_like(th)
        p[i] = e
        num[i] = (nnCostFunction(th + p, s1, s2, s3, X, Y, lam)[0]
                  - nnCostFunction(th - p, s1, s2, s3, X, Y, lam)[0]) / (2 * e)
    return np.linalg.norm(num - g) / np.linalg.norm(num + g)


def predict(theta, s1, s2, s3, X):
    Theta1, Theta2 = roll(theta, s1, s2, s3)
    m = X.shape[1]
    a2 = sigmoid(Theta1 @ np.vstack([np.ones((1, m)), X]))
    a3 = Theta2 @ np.vstack([np.ones((1, m)), a2])
    return np.argmax(a3, axis=0)


def spirals(per_class):
    cols, lab = [], []
    for c in range(3):
        r = np.linspace(0.1, 1.0, per_class)
        t = c * 2.1 + 3.2 * r + 0.15 * rng.randn(per_class)
        cols.append(np.vstack([r * np.cos(t), r * np.sin(t)]))
        lab.append(c * np.ones(per_class, dtype=int))
    X, y = np.hstack(cols), np.hstack(lab)
    p = rng.permutation(X.shape[1])
    return X[:, p], y[p]


print('gradient check, relative difference: %g' % checkNNGradients(1.5))

s1, s2, s3, lam = 2, 25, 3, 0.01
X, y = spirals(120)
Xtest, ytest = spirals(60)
Y = np.eye(s3)[:, y]
theta = np.concatenate([randInitializeWeights(s1, s2).flatten(order='F'),
                        randInitializeWeights(s2, s3).flatten(order='F')])

# gradient descent with the 'bold driver': grow the rate while it helps, else step back
alpha = 0.5
J, grad = nnCostFunction(theta, s1, s2, s3, X, Y, lam)
for it in range(1, 1501):
    trial = theta - alpha * grad
    Jt, gt = nnCostFunction(trial, s1, s2, s3, X, Y, lam)
    if Jt <= J:
        theta, J, grad = trial, Jt, gt
        alpha = alpha * 1.05
    else:
        alpha = alpha * 0.5
    if it % 250 == 0:
        print('Iteration %4d | Cost: %.5f | alpha %.3f' % (it, J, alpha))

print('Training accuracy: %.2f' % (100 * np.mean(predict(theta, s1, s2, s3, X) == y)))
print('Test accuracy:     %.2f' % (100 * np.mean(predict(theta, s1, s2, s3, Xtest) == ytest)))
