"""Makes training steps again that come in as JSON, from the parameters of each:
p, the loss and the gradients; and the updates, by an optimizer of its own that is
given the gradients that came in. sys.argv[1] is torch or numpy."""
import json
import math
import sys

import numpy as np


def torch_run(run):
    import torch
    import torch.nn.functional as F
    torch.set_default_dtype(torch.float64)
    act = {
        "relu": torch.relu, "leaky_relu": F.leaky_relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid, "elu": F.elu,
        "gelu": F.gelu, "gelu_tanh": lambda z: F.gelu(z, approximate="tanh"), "identity": lambda z: z,
    }[run["activation"]]

    def tensors(lists):
        return [torch.tensor(m, dtype=torch.float64, requires_grad=True) for m in lists]

    own = tensors(run["steps"][0]["params"])
    rate, mu = run["rate"], run["momentum"]
    optimizer = {
        "sgd": lambda: torch.optim.SGD(own, lr=rate),
        "momentum": lambda: torch.optim.SGD(own, lr=rate, momentum=mu),
        "nesterov": lambda: torch.optim.SGD(own, lr=rate, momentum=mu, nesterov=True),
        "rmsprop": lambda: torch.optim.RMSprop(own, lr=rate, alpha=0.9, eps=1e-8),
        "adam": lambda: torch.optim.Adam(own, lr=rate),
    }[run["optimizer"]]()
    for s in run["steps"]:
        params = tensors(s["params"])
        h, y = torch.tensor(s["x"], dtype=torch.float64), torch.tensor(s["y"], dtype=torch.float64)
        for k in range(0, len(params), 2):
            z = h @ params[k] + params[k + 1]
            h = act(z)
        if run["loss"] == "cross_entropy":
            p, loss = torch.softmax(z, 1), F.cross_entropy(z, y, reduction="sum")
        elif run["loss"] == "binary_cross_entropy":
            p = torch.sigmoid(z)
            loss = F.binary_cross_entropy(p, y, reduction="sum")
        else:
            p, loss = z, F.mse_loss(z, y, reduction="sum") * run["factor"]
        if run["mean"]:
            loss = loss / len(y)
        loss = loss + run["decay"] / 2 * sum((W ** 2).sum() for W in params[::2])
        loss.backward()
        for w, g in zip(own, s["grads"]):
            w.grad = torch.tensor(g, dtype=torch.float64)
        s["grads"] = [w.grad.tolist() for w in params]
        s["p"], s["loss"] = p.tolist(), loss.item()
        optimizer.step()
        s["updated"] = [w.detach().tolist() for w in own]


erf = np.vectorize(math.erf)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def slope_of_gelu_tanh(z):
    c = np.sqrt(2 / np.pi)
    t = np.tanh(c * (z + 0.044715 * z ** 3))
    return 0.5 * (1 + t) + 0.5 * z * (1 - t ** 2) * c * (1 + 3 * 0.044715 * z ** 2)


ACTIVATIONS = {  # with its derivative at z
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1, 0.01)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "sigmoid": (sigmoid, lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "elu": (lambda z: np.where(z > 0, z, np.expm1(z)), lambda z: np.where(z > 0, 1, np.exp(z))),
    "gelu": (lambda z: 0.5 * z * (1 + erf(z / np.sqrt(2))),
             lambda z: 0.5 * (1 + erf(z / np.sqrt(2))) + z * np.exp(-z ** 2 / 2) / np.sqrt(2 * np.pi)),
    "gelu_tanh": (lambda z: 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z ** 3))), slope_of_gelu_tanh),
    "identity": (lambda z: z, np.ones_like),
}


def numpy_run(run):
    act, slope = ACTIVATIONS[run["activation"]]
    own = [np.array(m, float) for m in run["steps"][0]["params"]]
    first, second = [np.zeros_like(w) for w in own], [np.zeros_like(w) for w in own]
    rate, mu = run["rate"], run["momentum"]
    for t, s in enumerate(run["steps"], 1):
        params = [np.array(m, float) for m in s["params"]]
        y, hs, zs = np.array(s["y"], float), [np.array(s["x"], float)], []
        for W, b in zip(params[::2], params[1::2]):
            zs.append(hs[-1] @ W + b)
            hs.append(act(zs[-1]))
        by = 1 / len(y) if run["mean"] else 1.0
        z = zs[-1]
        if run["loss"] == "cross_entropy":
            e = np.exp(z - z.max(axis=1, keepdims=True))
            p = e / e.sum(axis=1, keepdims=True)
            loss, dz = -np.log(p[y == 1]).sum() * by, (p - y) * by
        elif run["loss"] == "binary_cross_entropy":
            p = sigmoid(z)
            loss, dz = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum() * by, (p - y) * by
        else:
            p = z
            by *= run["factor"]
            loss, dz = ((p - y) ** 2).sum() * by, 2 * (p - y) * by
        loss += run["decay"] / 2 * sum((W ** 2).sum() for W in params[::2])
        grads = []
        for k in range(len(zs) - 1, -1, -1):
            grads = [hs[k].T @ dz + run["decay"] * params[2 * k], dz.sum(axis=0, keepdims=True)] + grads
            if k:
                dz = dz @ params[2 * k].T * slope(zs[k - 1])
        for i, g in enumerate([np.array(g, float) for g in s["grads"]]):
            v, q = first[i], second[i]
            if run["optimizer"] == "sgd":
                step = g
            elif run["optimizer"] in ("momentum", "nesterov"):
                v[:] = mu * v + g
                step = v if run["optimizer"] == "momentum" else g + mu * v
            elif run["optimizer"] == "rmsprop":
                q[:] = 0.9 * q + 0.1 * g ** 2
                step = g / (np.sqrt(q) + 1e-8)
            else:
                v[:] = 0.9 * v + 0.1 * g
                q[:] = 0.999 * q + 0.001 * g ** 2
                step = (v / (1 - 0.9 ** t)) / (np.sqrt(q / (1 - 0.999 ** t)) + 1e-8)
            own[i] = own[i] - rate * step
        s["grads"], s["p"], s["loss"] = [g.tolist() for g in grads], p.tolist(), float(loss)
        s["updated"] = [w.tolist() for w in own]


runs = json.load(sys.stdin)
for run in runs:
    {"torch": torch_run, "numpy": numpy_run}[sys.argv[1]](run)
json.dump(runs, sys.stdout)
