import numpy as np


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


class LSTMRegressor:
    """One LSTM layer; a linear read-out of the last hidden state gives y.

    x has shape (B, T, D). The four gates are stored side by side in W, U, b
    in the order input, forget, output, candidate.
    """

    def __init__(self, n_in, n_hid, rng):
        self.H = n_hid
        self.p = {
            "W": rng.normal(0, 1 / np.sqrt(n_in), (n_in, 4 * n_hid)),
            "U": rng.normal(0, 1 / np.sqrt(n_hid), (n_hid, 4 * n_hid)),
            "b": np.zeros(4 * n_hid),
            "V": rng.normal(0, 1 / np.sqrt(n_hid), (n_hid, 1)),
            "c": np.zeros(1),
        }
        # forget gate starts open
        self.p["b"][n_hid:2 * n_hid] = 1.0

    def forward(self, x):
        B, T, D = x.shape
        H = self.H
        h = np.zeros((B, T + 1, H))
        s = np.zeros((B, T + 1, H))
        gates = np.zeros((B, T, 4 * H))
        for t in range(T):
            z = x[:, t] @ self.p["W"] + h[:, t] @ self.p["U"] + self.p["b"]
            i = sigmoid(z[:, :H])
            f = sigmoid(z[:, H:2 * H])
            o = sigmoid(z[:, 2 * H:3 * H])
            g = np.tanh(z[:, 3 * H:])
            s[:, t + 1] = f * s[:, t] + i * g
            h[:, t + 1] = o * np.tanh(s[:, t + 1])
            gates[:, t] = np.concatenate([i, f, o, g], axis=1)
        y_hat = h[:, T] @ self.p["V"] + self.p["c"]
        self.cache = (x, h, s, gates)
        return y_hat

    def backward(self, dy):
        x, h, s, gates = self.cache
        B, T, D = x.shape
        H = self.H
        grads = {k: np.zeros_like(v) for k, v in self.p.items()}
        grads["V"] = h[:, T].T @ dy
        grads["c"] = dy.sum(axis=0)
        dh = dy @ self.p["V"].T
        ds = np.zeros((B, H))
        for t in range(T - 1, -1, -1):
            i = gates[:, t, :H]
            f = gates[:, t, H:2 * H]
            o = gates[:, t, 2 * H:3 * H]
            g = gates[:, t, 3 * H:]
            tanh_s = np.tanh(s[:, t + 1])
            do = dh * tanh_s
            ds = ds + dh * o * (1 - tanh_s ** 2)
            di = ds * g
            df = ds * s[:, t]
            dg = ds * i
            dz = np.hstack([
                di * i * (1 - i),
                df * f * (1 - f),
                do * o * (1 - o),
                dg * (1 - g ** 2),
            ])
            grads["W"] += x[:, t].T @ dz
            grads["U"] += h[:, t].T @ dz
            grads["b"] += dz.sum(axis=0)
            dh = dz @ self.p["U"].T
            ds = ds * f
        return grads


class Adam:
    def __init__(self, params, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params = params
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = {k: np.zeros_like(v) for k, v in params.items()}
        self.v = {k: np.zeros_like(v) for k, v in params.items()}
        self.t = 0

    def step(self, grads):
        self.t += 1
        for k in self.params:
            self.m[k] = self.beta1 * self.m[k] + (1 - self.beta1) * grads[k]
            self.v[k] = self.beta2 * self.v[k] + (1 - self.beta2) * grads[k] ** 2
            m_hat = self.m[k] / (1 - self.beta1 ** self.t)
            v_hat = self.v[k] / (1 - self.beta2 ** self.t)
            self.params[k] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


def clip_by_global_norm(grads, limit):
    norm = np.sqrt(sum(np.sum(g ** 2) for g in grads.values()))
    if norm > limit:
        for k in grads:
            grads[k] *= limit / norm
    return norm


def adding_problem(n, T, rng):
    """Two channels: uniform numbers and a marker. Target: sum of the two
    marked numbers."""
    x = np.zeros((n, T, 2))
    x[:, :, 0] = rng.uniform(0, 1, (n, T))
    for k in range(n):
        a = rng.integers(0, T // 2)
        b = rng.integers(T // 2, T)
        x[k, [a, b], 1] = 1
    y = (x[:, :, 0] * x[:, :, 1]).sum(axis=1, keepdims=True)
    return x, y


def mse(y_hat, y):
    diff = y_hat - y
    return np.mean(diff ** 2), 2 * diff / len(y)


def main():
    rng = np.random.default_rng(42)
    T, batch_size, epochs = 8, 25, 30
    x_train, y_train = adding_problem(500, T, rng)
    x_test, y_test = adding_problem(200, T, rng)

    model = LSTMRegressor(2, 16, rng)
    opt = Adam(model.p, lr=0.02)

    for epoch in range(epochs):
        perm = rng.permutation(len(x_train))
        total = 0.0
        for start in range(0, len(x_train), batch_size):
            idx = perm[start:start + batch_size]
            y_hat = model.forward(x_train[idx])
            loss, dy = mse(y_hat, y_train[idx])
            grads = model.backward(dy)
            clip_by_global_norm(grads, 1.0)
            opt.step(grads)
            total += loss * len(idx)
        if (epoch + 1) % 5 == 0:
            test_loss, _ = mse(model.forward(x_test), y_test)
            print(f"epoch {epoch + 1:3d}  train mse {total / len(x_train):.6f}  test mse {test_loss:.6f}")

    baseline = np.mean((y_test - y_train.mean()) ** 2)
    final, _ = mse(model.forward(x_test), y_test)
    print(f"baseline (mean predictor) {baseline:.6f}")
    print(f"final test mse {final:.6f}")


if __name__ == "__main__":
    main()
