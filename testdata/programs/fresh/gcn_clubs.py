"""Semi-supervised node classification: a graph net with mean aggregation and a skip weight (GraphSAGE-like)."""
import numpy as np

rng = np.random.default_rng(17)
n, k, f, h = 90, 3, 8, 16
club = rng.permutation(np.repeat(np.arange(k), n // k))
edges = {(i, j) for i in range(n) for j in range(i)
         if rng.random() < (0.22 if club[i] == club[j] else 0.02)}
neigh = [[j for j in range(n) if (i, j) in edges or (j, i) in edges] for i in range(n)]
A = np.array([[1.0 if j in neigh[i] else 0.0 for j in range(n)] for i in range(n)])
P = A / np.maximum(A.sum(axis=1, keepdims=True), 1.0)
X = rng.normal(0, 1.0, (n, f)) + 0.9 * np.eye(k, f)[club]
Y = np.eye(k)[club]
shuffled = rng.permutation(n)
train = np.isin(np.arange(n), shuffled[:24])
valid = np.isin(np.arange(n), shuffled[24:50])
test = ~(train | valid)

shapes = {"S1": (f, h), "N1": (f, h), "c1": (h,), "S2": (h, h), "N2": (h, h), "c2": (h,), "O": (h, k), "c3": (k,)}
W = {name: np.zeros(s) if name[0] == "c" else rng.normal(0, np.sqrt(1 / s[0]), s) for name, s in shapes.items()}
decay, drop = 5e-3, 0.3


def relu(v):
    return np.where(v > 0, v, 0.0)


def forward(W, X, masks):
    x = X * masks[0]
    px = P @ x
    z1 = x @ W["S1"] + px @ W["N1"] + W["c1"]
    h1 = relu(z1) * masks[1]
    ph = P @ h1
    z2 = h1 @ W["S2"] + ph @ W["N2"] + W["c2"]
    h2 = relu(z2)
    z3 = h2 @ W["O"] + W["c3"]
    e = np.exp(z3 - z3.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True), (x, px, z1, h1, ph, z2, h2)


def objective(W, q, mask):
    nll = -np.log((q * Y).sum(axis=1))[mask].mean()
    return nll + 0.5 * decay * sum((v ** 2).sum() for name, v in W.items() if name[0] != "c")


def gradient(W, q, mask, saved, masks):
    x, px, z1, h1, ph, z2, h2 = saved
    dz3 = (q - Y) * mask[:, None] / mask.sum()
    dz2 = (dz3 @ W["O"].T) * (z2 > 0)
    dh1 = dz2 @ W["S2"].T + P.T @ (dz2 @ W["N2"].T)
    dz1 = dh1 * masks[1] * (z1 > 0)
    raw = {"O": h2.T @ dz3, "c3": dz3.sum(axis=0),
           "S2": h1.T @ dz2, "N2": ph.T @ dz2, "c2": dz2.sum(axis=0),
           "S1": x.T @ dz1, "N1": px.T @ dz1, "c1": dz1.sum(axis=0)}
    return {name: g + decay * W[name] if name[0] != "c" else g for name, g in raw.items()}


def accuracy(W, mask):
    q, _ = forward(W, X, (1.0, 1.0))
    return (q.argmax(axis=1) == club)[mask].mean()


first, second, best, best_W = {}, {}, -1.0, None
for epoch in range(1, 121):
    masks = [(rng.random(s) > drop) / (1 - drop) for s in ((n, f), (n, h))]
    q, saved = forward(W, X, masks)
    loss = objective(W, q, train)
    G = gradient(W, q, train, saved, masks)
    first = {name: 0.9 * first.get(name, 0.0) + 0.1 * g for name, g in G.items()}
    second = {name: 0.99 * second.get(name, 0.0) + 0.01 * g * g for name, g in G.items()}
    W = {name: w - 0.01 * (first[name] / (1 - 0.9 ** epoch)) / (np.sqrt(second[name] / (1 - 0.99 ** epoch)) + 1e-8)
         for name, w in W.items()}
    score = accuracy(W, valid)
    if score > best:
        best, best_W = score, W
    if epoch % 20 == 0:
        print(f"epoch {epoch:3d} loss {loss:.4f} train {accuracy(W, train):.3f} valid {score:.3f}")
print(f"best valid {best:.3f} test {accuracy(best_W, test):.3f}")
