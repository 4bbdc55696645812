"""DeepSurv-style Cox regression with a small neural net (features x patients)."""
import numpy as np

np.random.seed(11)


def simulate(n, d=6):
    X = np.random.uniform(-1, 1, (d, n))
    risk = 1.5 * X[0] + 2.0 * X[1] ** 2 - 1.2 * X[2] * X[3]
    t_event = np.random.exponential(np.exp(-risk))
    t_cens = np.random.exponential(1.8, n)
    time = np.ceil(20 * np.minimum(t_event, t_cens)) / 20       # coarse clock -> ties
    return X, time, (t_event <= t_cens).astype(float)


# layers are (forward, backward, params, grads) closures
def dense(n_in, n_out):
    params = {"W": np.random.randn(n_out, n_in) / np.sqrt(n_in), "b": np.zeros((n_out, 1))}
    grads = {}
    memo = {}

    def forward(X, training):
        memo["X"] = X
        return params["W"] @ X + params["b"]

    def backward(dY):
        grads["W"] = dY @ memo["X"].T
        grads["b"] = dY.sum(axis=1, keepdims=True)
        return params["W"].T @ dY

    return forward, backward, params, grads


def selu():
    alpha, lam = 1.6732632423543772, 1.0507009873554805
    memo = {}

    def forward(X, training):
        memo["X"] = X
        return lam * np.where(X > 0, X, alpha * np.expm1(np.minimum(X, 0)))

    def backward(dY):
        X = memo["X"]
        return dY * lam * np.where(X > 0, 1.0, alpha * np.exp(np.minimum(X, 0)))

    return forward, backward, {}, {}


def batchnorm(n, momentum=0.9, eps=1e-5):
    params = {"gamma": np.ones((n, 1)), "beta": np.zeros((n, 1))}
    grads = {}
    memo = {"mu": np.zeros((n, 1)), "var": np.ones((n, 1))}

    def forward(X, training):
        if training:
            mu, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
            memo["mu"] = momentum * memo["mu"] + (1 - momentum) * mu
            memo["var"] = momentum * memo["var"] + (1 - momentum) * var
        else:
            mu, var = memo["mu"], memo["var"]
        memo["std"] = np.sqrt(var + eps)
        memo["Xn"] = (X - mu) / memo["std"]
        return params["gamma"] * memo["Xn"] + params["beta"]

    def backward(dY):
        Xn, m = memo["Xn"], dY.shape[1]
        grads["gamma"] = np.sum(dY * Xn, axis=1, keepdims=True)
        grads["beta"] = np.sum(dY, axis=1, keepdims=True)
        dXn = dY * params["gamma"]
        return (m * dXn - dXn.sum(axis=1, keepdims=True)
                - Xn * np.sum(dXn * Xn, axis=1, keepdims=True)) / (m * memo["std"])

    return forward, backward, params, grads


def run(net, X, training=False):
    for fwd, *_ in net:
        X = fwd(X, training)
    return X.ravel()


def cox_loss(eta, time, event):
    """Breslow negative log partial likelihood per event, and its gradient in eta."""
    at_risk = time[None, :] >= time[:, None]         # row i: who is at risk at time[i]
    shift = eta.max()
    w = np.exp(eta - shift)
    denom = at_risk @ w
    n_events = max(event.sum(), 1.0)
    nll = -np.sum(event * (eta - shift - np.log(denom))) / n_events
    share = at_risk.T @ (event / denom)              # sum over events with j at risk
    return nll, (w * share - event) / n_events


def concordance(eta, time, event):
    good = total = 0.0
    for i in np.flatnonzero(event):
        later = time > time[i]
        total += later.sum()
        good += (eta[i] > eta[later]).sum() + 0.5 * (eta[i] == eta[later]).sum()
    return good / total


class Nesterov:
    def __init__(self, net, lr, mu, l2):
        self.lr, self.mu, self.l2 = lr, mu, l2
        self.slots = [(p, g, {k: np.zeros_like(v) for k, v in p.items()}) for _, _, p, g in net]

    def step(self):
        for p, g, vel in self.slots:
            for k in p:
                grad = g[k] + self.l2 * p[k] if k == "W" else g[k]
                vel[k] = self.mu * vel[k] - self.lr * grad
                p[k] += self.mu * vel[k] - self.lr * grad


def main():
    X, T, E = simulate(400)
    Xva, Tva, Eva = simulate(200)
    mean, std = X.mean(axis=1, keepdims=True), X.std(axis=1, keepdims=True)
    X, Xva = (X - mean) / std, (Xva - mean) / std

    net = [dense(6, 20), batchnorm(20), selu(), dense(20, 12), selu(), dense(12, 1)]
    opt = Nesterov(net, lr=0.02, mu=0.9, l2=1e-3)
    for epoch in range(30):
        perm = np.random.permutation(X.shape[1])
        epoch_loss = []
        for chunk in np.array_split(perm, 5):
            eta = run(net, X[:, chunk], training=True)
            loss, delta = cox_loss(eta, T[chunk], E[chunk])
            delta = delta[None, :]
            for _, bwd, _, _ in reversed(net):
                delta = bwd(delta)
            opt.step()
            epoch_loss.append(loss)
        if epoch % 10 == 9:
            opt.lr *= 0.5
        if epoch % 5 == 4:
            eta_va = run(net, Xva)
            print("epoch %2d  train nll %.4f  val nll %.4f  val c-index %.4f" % (
                epoch + 1, np.mean(epoch_loss), cox_loss(eta_va, Tva, Eva)[0],
                concordance(eta_va, Tva, Eva)))


if __name__ == "__main__":
    main()
