import numpy as np


class Sigmoid:
    def __call__(self, x):
        self.res = 1 / (1 + np.exp(-x))
        return self.res

    def derivative(self):
        return self.res * (1 - self.res)


class Tanh:
    def __call__(self, x):
        self.res = np.tanh(x)
        return self.res

    def derivative(self):
        return 1 - self.res ** 2


class GRUCell(object):
    """GRU cell class, one sample at a time, the notation of the write-up."""

    def __init__(self, in_dim, hidden_dim):
        self.d, self.h = in_dim, hidden_dim
        h, d = self.h, self.d
        for gate in "rzn":
            setattr(self, "W" + gate + "h", np.random.randn(h, h) / np.sqrt(h))
            setattr(self, "W" + gate + "x", np.random.randn(h, d) / np.sqrt(d))
            setattr(self, "b" + gate, np.zeros(h))
        self.bnh = np.zeros(h)
        self.names = [w + g + s for w, s in (("W", "h"), ("W", "x"), ("b", "")) for g in "rzn"] + ["bnh"]
        self.zero_grad()

    def zero_grad(self):
        for name in self.names:
            setattr(self, "d" + name, np.zeros_like(getattr(self, name)))

    def forward(self, x, h):
        self.x, self.hidden = x, h
        self.r_act, self.z_act, self.h_act = Sigmoid(), Sigmoid(), Tanh()
        self.r = self.r_act(self.Wrx @ x + self.Wrh @ h + self.br)
        self.z = self.z_act(self.Wzx @ x + self.Wzh @ h + self.bz)
        self.inner = self.Wnh @ h + self.bnh
        self.n = self.h_act(self.Wnx @ x + self.bn + self.r * self.inner)
        h_t = (1 - self.z) * self.n + self.z * h
        # (x, h and what the gates have made are needed again, step by step)
        saved = (x, h, self.r, self.z, self.inner, self.n, self.r_act, self.z_act, self.h_act)
        return h_t, saved

    def backward(self, delta, saved):
        x, h, r, z, inner, n, r_act, z_act, h_act = saved
        dz = delta * (h - n)
        dn = delta * (1 - z)
        dh = delta * z

        dn_pre = dn * h_act.derivative()
        self.dWnx += np.outer(dn_pre, x)
        self.dbn += dn_pre
        dinner = dn_pre * r
        self.dWnh += np.outer(dinner, h)
        self.dbnh += dinner
        dr = dn_pre * inner
        dh += self.Wnh.T @ dinner
        dx = self.Wnx.T @ dn_pre

        dz_pre = dz * z_act.derivative()
        self.dWzx += np.outer(dz_pre, x)
        self.dWzh += np.outer(dz_pre, h)
        self.dbz += dz_pre
        dh += self.Wzh.T @ dz_pre
        dx += self.Wzx.T @ dz_pre

        dr_pre = dr * r_act.derivative()
        self.dWrx += np.outer(dr_pre, x)
        self.dWrh += np.outer(dr_pre, h)
        self.dbr += dr_pre
        dh += self.Wrh.T @ dr_pre
        dx += self.Wrx.T @ dr_pre
        return dx, dh


class Linear:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(out_features, in_features) * 0.4
        self.b = np.zeros(out_features)

    def forward(self, A):
        self.A = A
        return self.W @ A + self.b

    def backward(self, dLdZ):
        dLdA = self.W.T @ dLdZ
        self.dLdW = np.outer(dLdZ, self.A)
        self.dLdb = dLdZ
        return dLdA


np.random.seed(11785)
T = 5
sequences = np.random.randint(0, 2, (16, T))
targets = (sequences[:, 0] + sequences[:, -1]) / 2.0 + 0.3 * sequences[:, 2] - 0.5
rnn, head = GRUCell(2, 5), Linear(5, 1)
lr = 0.35
for epoch in range(10):
    total = 0.0
    for seq, target in zip(sequences, targets):
        rnn.zero_grad()
        hidden, history = np.zeros(5), []
        for t in range(T):
            hidden, saved = rnn.forward(np.array([2.0 * seq[t] - 1, t / T]), hidden)
            history.append(saved)
        out = head.forward(hidden)
        loss = 0.5 * float((out[0] - target) ** 2)
        total += loss
        dh = head.backward(out - target)
        for t in range(T - 1, -1, -1):
            dx, dh = rnn.backward(dh, history[t])
        for name in rnn.names:
            setattr(rnn, name, getattr(rnn, name) - lr * getattr(rnn, "d" + name))
        head.W -= lr * head.dLdW
        head.b -= lr * head.dLdb
    print("epoch %d mean loss %.5f" % (epoch, total / len(targets)))
