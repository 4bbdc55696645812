# Highway network, all parameters in a single flat vector theta.
# Nesterov momentum, learning rate halved when validation stalls.
import numpy as np

R = np.random.RandomState(77)
DIM, DEPTH, CLASSES = 10, 5, 3

shapes = [("Win", (2, DIM)), ("bin", (DIM,))]
for d in range(DEPTH):
    shapes += [("Wh%d" % d, (DIM, DIM)), ("bh%d" % d, (DIM,)), ("Wt%d" % d, (DIM, DIM)), ("bt%d" % d, (DIM,))]
shapes += [("Wout", (DIM, CLASSES)), ("bout", (CLASSES,))]
total = sum(int(np.prod(s)) for _, s in shapes)


def unflatten(vec):
    """dictionary of views into vec"""
    out, k = {}, 0
    for name, s in shapes:
        n = int(np.prod(s))
        out[name] = vec[k:k + n].reshape(s)
        k += n
    return out


def start():
    vec = np.zeros(total)
    p = unflatten(vec)
    for name, s in shapes:
        if len(s) == 2:
            p[name][...] = R.randn(*s) / np.sqrt(s[0])
        elif name.startswith("bt"):
            p[name][...] = -1.5           # carry by default
    return vec


def sig(u):
    return 0.5 * (1 + np.tanh(0.5 * u))


def predict(p, X, keep=False):
    x = np.tanh(X @ p["Win"] + p["bin"])
    mem = [x]
    for d in range(DEPTH):
        H = np.maximum(x @ p["Wh%d" % d] + p["bh%d" % d], 0)
        T = sig(x @ p["Wt%d" % d] + p["bt%d" % d])
        mem.append((x, H, T))
        x = T * H + (1 - T) * x
    logits = x @ p["Wout"] + p["bout"]
    logits = logits - logits.max(1)[:, None]
    e = np.exp(logits)
    prob = e / e.sum(1)[:, None]
    return (prob, x, mem) if keep else prob


def objective(vec, X, y, l2=1e-4):
    p = unflatten(vec)
    gvec = np.zeros_like(vec)
    g = unflatten(gvec)
    prob, last, mem = predict(p, X, keep=True)
    N = X.shape[0]
    loss = -np.mean(np.log(prob[np.arange(N), y])) + 0.5 * l2 * vec.dot(vec)

    delta = prob.copy()
    delta[np.arange(N), y] -= 1
    delta /= N
    g["Wout"][...] = last.T @ delta
    g["bout"][...] = delta.sum(0)
    dx = delta @ p["Wout"].T
    for d in range(DEPTH - 1, -1, -1):
        x, H, T = mem[d + 1]
        dH = dx * T * (H > 0)
        dT = dx * (H - x) * T * (1 - T)
        g["Wh%d" % d][...] = x.T @ dH
        g["bh%d" % d][...] = dH.sum(0)
        g["Wt%d" % d][...] = x.T @ dT
        g["bt%d" % d][...] = dT.sum(0)
        dx = dx * (1 - T) + dH @ p["Wh%d" % d].T + dT @ p["Wt%d" % d].T
    x0 = mem[0]
    din = dx * (1 - x0 ** 2)
    g["Win"][...] = X.T @ din
    g["bin"][...] = din.sum(0)
    gvec += l2 * vec
    return loss, gvec


def moons(n):
    y = R.randint(0, 3, n)
    t = R.uniform(0, np.pi, n)
    X = np.stack([np.cos(t) + 1.0 * y, np.sin(t) * np.where(y == 1, -1, 1) + 0.4 * (y == 1)], 1)
    return X + 0.12 * R.randn(n, 2), y


X, y = moons(500)
X -= X.mean(0)
X_tr, y_tr, X_va, y_va = X[:360], y[:360], X[360:], y[360:]

theta = start()
velocity = np.zeros_like(theta)
lr, mu, best, wait = 0.1, 0.9, np.inf, 0
for epoch in range(24):
    order = R.permutation(len(y_tr))
    for k in range(0, len(order), 40):
        b = order[k:k + 40]
        # gradient at the look-ahead point
        loss, grad = objective(theta + mu * velocity, X_tr[b], y_tr[b])
        velocity = mu * velocity - lr * grad
        theta += velocity
    P = predict(unflatten(theta), X_va)
    v_loss = -np.mean(np.log(P[np.arange(len(y_va)), y_va]))
    if v_loss < best - 1e-3:
        best, wait = v_loss, 0
    else:
        wait += 1
        if wait == 3:
            lr, wait = lr / 2, 0
    if epoch % 4 == 3:
        print("epoch %2d  val loss %.4f  val acc %.3f  lr %g" % (epoch + 1, v_loss, (P.argmax(1) == y_va).mean(), lr))
