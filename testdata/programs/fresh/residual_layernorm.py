"""Pre-norm residual MLP for regression; gradients are clipped by their global norm."""
import numpy as np

SEED = 55
rng = np.random.default_rng(SEED)
WIDTH, BLOCKS, EPS = 12, 3, 1e-5


def layer_norm(x, gamma, beta):
    centred = x - x.mean(axis=-1, keepdims=True)
    istd = 1.0 / np.sqrt((centred ** 2).mean(axis=-1, keepdims=True) + EPS)
    xhat = centred * istd
    return gamma * xhat + beta, (xhat, istd)


def layer_norm_grad(dy, gamma, saved):
    xhat, istd = saved
    dgamma, dbeta = (dy * xhat).sum(axis=0), dy.sum(axis=0)
    t = dy * gamma
    dx = istd * (t - t.mean(axis=-1, keepdims=True) - xhat * (t * xhat).mean(axis=-1, keepdims=True))
    return dx, dgamma, dbeta


def init_model(n_in):
    model = {"in.W": rng.normal(0, 1 / np.sqrt(n_in), (n_in, WIDTH)), "in.b": np.zeros(WIDTH)}
    for b in range(BLOCKS):
        model[f"{b}.gamma"], model[f"{b}.beta"] = np.ones(WIDTH), np.zeros(WIDTH)
        model[f"{b}.W1"] = rng.normal(0, np.sqrt(2 / WIDTH), (WIDTH, WIDTH))
        model[f"{b}.b1"] = np.zeros(WIDTH)
        model[f"{b}.W2"] = rng.normal(0, 0.3 / np.sqrt(WIDTH), (WIDTH, WIDTH))
        model[f"{b}.b2"] = np.zeros(WIDTH)
    model["out.W"], model["out.b"] = rng.normal(0, 1 / np.sqrt(WIDTH), (WIDTH, 1)), np.zeros(1)
    return model


def forward(model, x):
    stream, tape = x @ model["in.W"] + model["in.b"], []
    for b in range(BLOCKS):
        normed, saved = layer_norm(stream, model[f"{b}.gamma"], model[f"{b}.beta"])
        pre = normed @ model[f"{b}.W1"] + model[f"{b}.b1"]
        act = np.maximum(pre, 0.0)
        tape.append((normed, saved, pre, act))
        stream = stream + act @ model[f"{b}.W2"] + model[f"{b}.b2"]
    return stream @ model["out.W"] + model["out.b"], stream, tape


def mse(pred, y):
    return 0.5 * np.mean((pred - y) ** 2)


def backward(model, x, y, pred, stream, tape):
    grads = {}
    dpred = (pred - y) / y.size
    grads["out.W"] = stream.T @ dpred
    grads["out.b"] = dpred.sum(axis=0)
    dstream = dpred @ model["out.W"].T
    for b in reversed(range(BLOCKS)):
        normed, saved, pre, act = tape[b]
        grads[f"{b}.W2"] = act.T @ dstream
        grads[f"{b}.b2"] = dstream.sum(axis=0)
        dpre = (dstream @ model[f"{b}.W2"].T) * (pre > 0)
        grads[f"{b}.W1"] = normed.T @ dpre
        grads[f"{b}.b1"] = dpre.sum(axis=0)
        dnormed = dpre @ model[f"{b}.W1"].T
        dx, grads[f"{b}.gamma"], grads[f"{b}.beta"] = layer_norm_grad(dnormed, model[f"{b}.gamma"], saved)
        dstream = dstream + dx
    grads["in.W"] = x.T @ dstream
    grads["in.b"] = dstream.sum(axis=0)
    return grads


def clip_global(grads, limit):
    norm = np.sqrt(sum(np.sum(g ** 2) for g in grads.values()))
    if norm > limit:
        grads = {k: g * (limit / norm) for k, g in grads.items()}
    return grads, norm


def schedule(step, steps, peak=0.1, warmup=20):
    if step < warmup:
        return peak * (step + 1) / warmup
    return 0.5 * peak * (1 + np.cos(np.pi * (step - warmup) / (steps - warmup)))


inputs = rng.uniform(-1, 1, (300, 4))
outputs = (2 * inputs[:, 0] * inputs[:, 1] + np.cos(3 * inputs[:, 2]) - inputs[:, 3])[:, None]
x_tr, y_tr, x_te, y_te = inputs[:220], outputs[:220], inputs[220:], outputs[220:]

model = init_model(4)
momentum = {k: np.zeros_like(v) for k, v in model.items()}
STEPS, clipped = 320, 0
for step in range(STEPS):
    rows = rng.choice(len(x_tr), 40, replace=False)
    pred, stream, tape = forward(model, x_tr[rows])
    grads = backward(model, x_tr[rows], y_tr[rows], pred, stream, tape)
    grads, norm = clip_global(grads, limit=0.8)
    clipped += norm > 0.8
    lr = schedule(step, STEPS)
    for k in model:
        momentum[k] = 0.9 * momentum[k] + grads[k]
        model[k] -= lr * momentum[k]
    if (step + 1) % 40 == 0:
        print(f"step {step + 1}: batch {mse(pred, y_tr[rows]):.5f} test {mse(forward(model, x_te)[0], y_te):.5f} "
              f"norm {norm:.3f} clipped so far {clipped}")
