import numpy as np


class Linear:
    def __init__(self, in_features, out_features):
        self.W = np.random.randn(out_features, in_features) / np.sqrt(in_features)
        self.b = np.zeros((out_features, 1))

    def forward(self, A):
        self.A = A
        self.N = A.shape[0]
        self.Ones = np.ones((self.N, 1))
        Z = self.A @ self.W.T + self.Ones @ self.b.T
        return Z

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.T @ self.Ones
        return dLdA


class Tanh:
    def forward(self, Z):
        self.A = np.tanh(Z)
        return self.A

    def backward(self, dLdA):
        dAdZ = 1 - self.A * self.A
        return dLdA * dAdZ


class BatchNorm1d:
    def __init__(self, num_features, alpha=0.9):
        self.alpha = alpha
        self.eps = 1e-8
        self.BW = np.ones((1, num_features))
        self.Bb = np.zeros((1, num_features))
        self.running_M = np.zeros((1, num_features))
        self.running_V = np.ones((1, num_features))

    def forward(self, Z, eval=False):
        self.Z = Z
        self.N = Z.shape[0]
        if eval:
            NZ = (Z - self.running_M) / np.sqrt(self.running_V + self.eps)
            return self.BW * NZ + self.Bb
        self.M = np.mean(Z, axis=0, keepdims=True)
        self.V = np.var(Z, axis=0, keepdims=True)
        self.NZ = (Z - self.M) / np.sqrt(self.V + self.eps)
        self.running_M = self.alpha * self.running_M + (1 - self.alpha) * self.M
        self.running_V = self.alpha * self.running_V + (1 - self.alpha) * self.V
        return self.BW * self.NZ + self.Bb

    def backward(self, dLdBZ):
        self.dLdBW = np.sum(dLdBZ * self.NZ, axis=0, keepdims=True)
        self.dLdBb = np.sum(dLdBZ, axis=0, keepdims=True)
        dLdNZ = dLdBZ * self.BW
        std = np.sqrt(self.V + self.eps)
        dLdV = -0.5 * np.sum(dLdNZ * (self.Z - self.M), axis=0, keepdims=True) / std ** 3
        dLdM = -np.sum(dLdNZ, axis=0, keepdims=True) / std
        dLdZ = dLdNZ / std + dLdV * 2 * (self.Z - self.M) / self.N + dLdM / self.N
        return dLdZ


class SoftmaxCrossEntropy:
    def forward(self, A, Y):
        self.Y = Y
        E = np.exp(A - np.max(A, axis=1, keepdims=True))
        self.softmax = E / np.sum(E, axis=1, keepdims=True)
        return -np.sum(Y * np.log(self.softmax + 1e-15)) / A.shape[0]

    def backward(self):
        return (self.softmax - self.Y) / self.Y.shape[0]


class SGD:
    def __init__(self, layers, bns, lr, mu):
        self.layers, self.bns, self.lr, self.mu = layers, bns, lr, mu
        self.v_W = [np.zeros_like(l.W) for l in layers]
        self.v_b = [np.zeros_like(l.b) for l in layers]

    def step(self):
        for i, l in enumerate(self.layers):
            self.v_W[i] = self.mu * self.v_W[i] + l.dLdW
            self.v_b[i] = self.mu * self.v_b[i] + l.dLdb
            l.W = l.W - self.lr * self.v_W[i]
            l.b = l.b - self.lr * self.v_b[i]
        for bn in self.bns:
            bn.BW = bn.BW - self.lr * bn.dLdBW
            bn.Bb = bn.Bb - self.lr * bn.dLdBb


class MLP:
    def __init__(self):
        self.l0, self.l1 = Linear(5, 24), Linear(24, 3)
        self.bn, self.act = BatchNorm1d(24), Tanh()

    def forward(self, X, eval=False):
        return self.l1.forward(self.act.forward(self.bn.forward(self.l0.forward(X), eval)))

    def backward(self, dLdZ):
        return self.l0.backward(self.bn.backward(self.act.backward(self.l1.backward(dLdZ))))


np.random.seed(11785)
X = np.random.randn(800, 5) * np.array([1, 3, 0.5, 2, 1]) + np.array([2, -1, 0, 3, 0])
s = (X[:, 0] - 2) * (X[:, 1] + 1) / 3 + X[:, 4]
T = np.digitize(s, [-0.6, 0.6])
Y = np.eye(3)[T]
model, criterion = MLP(), SoftmaxCrossEntropy()
optim = SGD([model.l0, model.l1], [model.bn], lr=0.1, mu=0.9)
for epoch in range(25):
    order = np.random.permutation(600)
    losses = []
    for b in range(0, 600, 40):
        ids = order[b:b + 40]
        losses.append(criterion.forward(model.forward(X[ids]), Y[ids]))
        model.backward(criterion.backward())
        optim.step()
    out = model.forward(X[600:], eval=True)
    val = criterion.forward(out, Y[600:])
    if epoch % 4 == 0:
        print("epoch", epoch, "train %.5f val %.5f acc %.4f" % (np.mean(losses), val, np.mean(out.argmax(1) == T[600:])))
