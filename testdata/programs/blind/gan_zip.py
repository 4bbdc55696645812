import numpy as np
np.random.seed(7)

NOISE, HID, BATCH = 3, 8, 24


def real_points(n):
    angle = np.random.rand(n) * np.pi
    return np.stack([np.cos(angle), np.sin(angle)], axis=1) + 0.05 * np.random.randn(n, 2)


class Net:
    """Layers as [W, b] pairs; leaky ReLU between them and nothing at the end."""

    def __init__(self, *sizes):
        self.layers = [[np.random.randn(a, b) * np.sqrt(1.5 / a), np.zeros((1, b))] for a, b in zip(sizes, sizes[1:])]
        self.moments = [[np.zeros_like(W), np.zeros_like(b)] for W, b in self.layers]
        self.zero()

    def zero(self):
        self.grads = [[np.zeros_like(W), np.zeros_like(b)] for W, b in self.layers]

    def forward(self, x):
        tape = []
        for i, (W, b) in enumerate(self.layers):
            z = x @ W + b
            tape.append((x, z))
            x = z if i == len(self.layers) - 1 else np.where(z > 0, z, 0.2 * z)
        return x, tape

    def backward(self, dout, tape):
        """Adds to the gradients and returns the gradient at the input."""
        for i in range(len(self.layers) - 1, -1, -1):
            x, z = tape[i]
            if i < len(self.layers) - 1:
                dout = dout * np.where(z > 0, 1, 0.2)
            self.grads[i][0] += x.T @ dout
            self.grads[i][1] += dout.sum(0, keepdims=True)
            dout = dout @ self.layers[i][0].T
        return dout

    def step(self, lr, rho=0.9):
        for layer, grad, moment in zip(self.layers, self.grads, self.moments):
            for w, g, s in zip(layer, grad, moment):
                s *= rho
                s += (1 - rho) * g ** 2
                w -= lr * g / np.sqrt(s + 1e-6)


def sigmoid(s):
    return 1 / (1 + np.exp(-s))


def softplus(s):
    return np.log1p(np.exp(-np.abs(s))) + np.maximum(s, 0)


def discriminator_turn(D, real, fake, smooth=0.9):
    D.zero()
    s_real, tape_real = D.forward(real)
    s_fake, tape_fake = D.forward(fake)
    loss = np.mean(smooth * softplus(-s_real) + (1 - smooth) * softplus(s_real)) + np.mean(softplus(s_fake))
    D.backward((sigmoid(s_real) - smooth) / len(real), tape_real)
    D.backward(sigmoid(s_fake) / len(fake), tape_fake)
    return loss


def generator_turn(G, D, noise):
    G.zero()
    fake, tape_g = G.forward(noise)
    score, tape_d = D.forward(fake)
    loss = np.mean(softplus(-score))
    D.zero()
    dfake = D.backward((sigmoid(score) - 1) / len(noise), tape_d)
    G.backward(dfake, tape_g)
    return loss


def numerical_check(net, f, i, j, eps=1e-5):
    """Slope of f() at one weight of one layer, to compare with net.grads."""
    W = net.layers[i][0]
    W.flat[j] += eps
    up = f()
    W.flat[j] -= 2 * eps
    down = f()
    W.flat[j] += eps
    return (up - down) / (2 * eps)


G = Net(NOISE, HID, 2)
D = Net(2, HID, HID, 1)
history = []
for it in range(60):
    noise = np.random.randn(BATCH, NOISE)
    fake = G.forward(noise)[0]
    d_loss = discriminator_turn(D, real_points(BATCH), fake)
    D.step(0.01)
    g_loss = generator_turn(G, D, np.random.randn(BATCH, NOISE))
    G.step(0.01)
    sample = G.forward(np.random.randn(100, NOISE))[0]
    history.append(np.abs(sample.mean(0) - [0, 2 / np.pi]).sum())
    if it % 15 == 14:
        print('%d D %.4f G %.4f off by %.4f' % (it + 1, d_loss, g_loss, np.mean(history[-15:])))
