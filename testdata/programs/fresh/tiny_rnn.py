import numpy as np


class TinyRNN:
    def __init__(self, vocab, hidden, seed=0):
        r = np.random.RandomState(seed)
        self.Wx = r.randn(hidden, vocab) * 0.1
        self.Wh = r.randn(hidden, hidden) * 0.1
        self.Wy = r.randn(vocab, hidden) * 0.1
        self.bh = np.zeros((hidden, 1))
        self.by = np.zeros((vocab, 1))
        self.memory = {name: np.zeros_like(value) for name, value in self.weights().items()}

    def weights(self):
        return {"Wx": self.Wx, "Wh": self.Wh, "Wy": self.Wy, "bh": self.bh, "by": self.by}

    def run(self, inputs, targets, h0):
        x, h, p = {}, {-1: h0}, {}
        loss = 0
        for t in range(len(inputs)):
            x[t] = np.zeros((self.Wx.shape[1], 1))
            x[t][inputs[t]] = 1
            h[t] = np.tanh(self.Wx @ x[t] + self.Wh @ h[t - 1] + self.bh)
            y = self.Wy @ h[t] + self.by
            p[t] = np.exp(y) / np.sum(np.exp(y))
            loss += -np.log(p[t][targets[t], 0])
        grads = {name: np.zeros_like(value) for name, value in self.weights().items()}
        dh_next = np.zeros_like(h0)
        for t in reversed(range(len(inputs))):
            dy = p[t].copy()
            dy[targets[t]] -= 1
            grads["Wy"] += dy @ h[t].T
            grads["by"] += dy
            dh = self.Wy.T @ dy + dh_next
            draw = (1 - h[t] ** 2) * dh
            grads["bh"] += draw
            grads["Wx"] += draw @ x[t].T
            grads["Wh"] += draw @ h[t - 1].T
            dh_next = self.Wh.T @ draw
        for g in grads.values():
            np.clip(g, -1, 1, out=g)
        return loss, grads, h[len(inputs) - 1]

    def step(self, grads, lr):
        for name, w in self.weights().items():
            self.memory[name] += grads[name] ** 2
            w -= lr * grads[name] / np.sqrt(self.memory[name] + 1e-8)


text = "the quick brown fox jumps over the lazy dog and runs away " * 4
chars = sorted(set(text))
code = {c: i for i, c in enumerate(chars)}
net = TinyRNN(len(chars), 20)
h = np.zeros((20, 1))
position = 0
for it in range(12):
    if position + 9 >= len(text):
        position, h = 0, np.zeros((20, 1))
    seq = [code[c] for c in text[position:position + 8]]
    nxt = [code[c] for c in text[position + 1:position + 9]]
    loss, grads, h = net.run(seq, nxt, h)
    net.step(grads, 0.1)
    position += 8
    if it % 4 == 0:
        print(it, loss)
