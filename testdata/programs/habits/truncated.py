import numpy as np


class RNN:
    def __init__(self, word_dim, hidden_dim, truncate=3):
        self.truncate = truncate
        r = np.random.RandomState(10)
        self.U = r.uniform(-.4, .4, (hidden_dim, word_dim))
        self.V = r.uniform(-.4, .4, (word_dim, hidden_dim))
        self.W = r.uniform(-.4, .4, (hidden_dim, hidden_dim))

    def forward(self, x):
        T = len(x)
        s = np.zeros((T + 1, len(self.W)))
        o = np.zeros((T, len(self.V)))
        for t in range(T):
            s[t] = np.tanh(self.U[:, x[t]] + self.W.dot(s[t - 1]))
            e = np.exp(self.V.dot(s[t]))
            o[t] = e / e.sum()
        return o, s

    def bptt(self, x, y):
        T = len(y)
        o, s = self.forward(x)
        dU, dV, dW = np.zeros(self.U.shape), np.zeros(self.V.shape), np.zeros(self.W.shape)
        delta_o = o
        delta_o[np.arange(T), y] -= 1.
        for t in np.arange(T)[::-1]:
            dV += np.outer(delta_o[t], s[t])
            delta = self.V.T.dot(delta_o[t]) * (1 - s[t] ** 2)
            for step in np.arange(max(0, t - self.truncate), t + 1)[::-1]:
                dW += np.outer(delta, s[step - 1])
                dU[:, x[step]] += delta
                delta = self.W.T.dot(delta) * (1 - s[step - 1] ** 2)
        return dU, dV, dW


rng = np.random.RandomState(0)
model = RNN(8, 6)
for i in range(9):
    w = rng.randint(0, 8, 8)
    dU, dV, dW = model.bptt(w[:-1], w[1:])
    model.U -= .1 * dU
    model.V -= .1 * dV
    model.W -= .1 * dW
    o, _ = model.forward(w[:-1])
    print(i, -np.mean(np.log(o[np.arange(7), w[1:]])))
