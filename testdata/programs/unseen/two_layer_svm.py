import numpy as np


class TwoLayerSVM:
    """input - fully connected - swish - fully connected - structured hinge"""

    def __init__(self, D, H, C, std=0.2):
        self.params = dict(W1=std * np.random.randn(D, H), b1=np.zeros(H),
                           W2=std * np.random.randn(H, C), b2=np.zeros(C))

    def loss(self, X, y, reg):
        W1, b1, W2, b2 = (self.params[k] for k in ('W1', 'b1', 'W2', 'b2'))
        N = X.shape[0]
        Z = X.dot(W1) + b1
        S = 1 / (1 + np.exp(-Z))
        A = Z * S
        F = A.dot(W2) + b2

        correct = F[range(N), y].reshape(N, 1)
        margin = np.clip(F - correct + 1, 0, None)
        margin[range(N), y] = 0
        loss = margin.sum() / N + reg * (W1 * W1).sum() + reg * (W2 * W2).sum()

        ind = (margin > 0).astype(float)
        ind[range(N), y] = -ind.sum(axis=1)
        dF = ind / N
        grads = {}
        grads['W2'] = A.T.dot(dF) + 2 * reg * W2
        grads['b2'] = dF.sum(axis=0)
        dA = dF.dot(W2.T)
        dZ = dA * (S + A * (1 - S))
        grads['W1'] = X.T.dot(dZ) + 2 * reg * W1
        grads['b1'] = dZ.sum(axis=0)
        return loss, grads

    def train(self, X, y, X_val, y_val, rate=0.2, decay=0.9, reg=1e-3, iters=12, batch=20):
        per_epoch = max(len(X) // batch, 1)
        history = []
        for it in range(iters):
            pick = np.random.choice(len(X), batch)
            loss, grads = self.loss(X[pick], y[pick], reg)
            history.append(loss)
            for k, g in grads.items():
                self.params[k] -= rate * g
            if (it + 1) % per_epoch == 0:
                print(it, loss, (self.predict(X_val) == y_val).mean())
                rate *= decay
        return history

    def predict(self, X):
        Z = X.dot(self.params['W1']) + self.params['b1']
        F = (Z / (1 + np.exp(-Z))).dot(self.params['W2']) + self.params['b2']
        return F.argmax(axis=1)


np.random.seed(6)
X = np.random.randn(100, 5)
y = np.digitize(X[:, 0] + 0.5 * X[:, 1] * X[:, 2], [-0.6, 0.0, 0.7])
svm = TwoLayerSVM(5, 9, 4)
print(svm.train(X[:80], y[:80], X[80:], y[80:])[-1])
