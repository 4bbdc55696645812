"""PyTorch on the CPU in float64: training steps and exp.

The step is the fastest found that still lets PyTorch find the gradients: plain
tensors, addmm, cross_entropy, autograd.grad and an update in place. As modules
it is what the tutorials show: nn.Sequential, CrossEntropyLoss, zero_grad,
backward, torch.optim.SGD.
"""
import os

import torch
import torch.nn.functional as F

import blas
import protocol

RATE = 0.01


def steps(net, data, mode, size, modules=False):
    import numpy as np
    x = torch.from_numpy(data[net + ".x"])
    one_hot = data[net + ".y"]
    y = torch.from_numpy(one_hot.argmax(axis=1))
    W1, b1, W2, b2 = params = [torch.from_numpy(data[net + "." + name].copy()).requires_grad_()
                               for name in ("W1", "b1", "W2", "b2")]

    if modules:
        logits = torch.nn.Sequential(linear(W1, b1), torch.nn.ReLU(), linear(W2, b2))
        loss_fc = torch.nn.CrossEntropyLoss()
        optimizer = torch.optim.SGD(logits.parameters(), lr=RATE)
        params = [param.T for param in logits.parameters()]  # the same memory, W in×out

        def step(x, y):
            optimizer.zero_grad()
            loss_fc(logits(x), y).backward()
            optimizer.step()
    else:
        def logits(x):
            return torch.addmm(b2, torch.relu(torch.addmm(b1, x, W1)), W2)

        def step(x, y):
            grads = torch.autograd.grad(F.cross_entropy(logits(x), y), params)
            with torch.no_grad():
                for param, grad in zip(params, grads):
                    param.sub_(grad, alpha=RATE)

    def permuted():
        while True:
            order = torch.randperm(len(x))
            for i in range(0, len(x), size):
                yield order[i:i + size]

    n = len(x)
    if mode == "rows":
        x, y, one_hot = x[:size], y[:size], one_hot[:size]

        def run(reps):
            for _ in range(reps):
                step(x, y)
    elif mode == "draw":
        def run(reps):
            for _ in range(reps):
                i = int(torch.randint(n, ()))
                step(x[i:i + 1], y[i:i + 1])
    elif mode == "epochs":
        rows = permuted()

        def run(reps):
            for _ in range(reps):
                batch = next(rows)
                step(x[batch], y[batch])
    else:
        raise ValueError("no mode %s" % mode)

    def check(reps):
        # The same rows as NumPy's generator draws.
        np.random.seed(42)
        rows = protocol.epochs(n, max(size, 1), np)
        for _ in range(reps):
            if mode == "rows":
                step(x, y)
            elif mode == "draw":
                i = np.random.randint(n)
                step(x[i:i + 1], y[i:i + 1])
            else:
                batch = torch.from_numpy(next(rows))
                step(x[batch], y[batch])
        with torch.no_grad():
            p = torch.softmax(logits(x), 1).numpy()
        return protocol.outcome(np, p, one_hot, [param.detach().numpy() for param in params])

    return run, check


def linear(W, b):
    layer = torch.nn.Linear(*W.shape, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(W.T)
        layer.bias.copy_(b)
    return layer


def exponentials(n):
    x = torch.linspace(-20, 5, n, dtype=torch.float64)
    out = torch.empty(n, dtype=torch.float64)

    def run(reps):
        for _ in range(reps):
            torch.exp(x, out=out)

    def check(reps):
        run(reps)
        return float(out.sum()), float(out[0])

    return run, check


def main():
    # Where OpenBLAS does the products with threads of its own, OpenMP's beside
    # them would fight over the same cores: twice the time or more.
    threads = 1 if blas.has_own_threads() else int(os.environ.get("OMP_NUM_THREADS", "1"))
    torch.set_num_threads(threads)
    data = protocol.data()

    def build(words):
        if words[0] == "step":
            return steps(words[1], data, words[2], int(words[3]))
        if words[0] == "modules":
            return steps(words[1], data, words[2], int(words[3]), modules=True)
        if words[0] == "exp":
            return exponentials(int(words[1]))
        raise ValueError("no work %s" % words[0])

    library, core = blas.loaded()
    protocol.serve({"version": torch.__version__, "blas": library, "core": core}, build)


if __name__ == "__main__":
    main()
