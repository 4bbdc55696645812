"""scikit-learn: MLPClassifier's training steps, and make_moons.

`step` is MLPClassifier.fit, whose loop goes over many steps in one call;
`partial` is a call of partial_fit for each step, which checks its arguments
every time. Two classes have one output here, a logistic one, so the network on
the moons is 2-20-1 and a little smaller than the others' 2-20-2.
"""
import warnings

import numpy as np
import sklearn
from sklearn.datasets import make_moons
from sklearn.neural_network import MLPClassifier

import blas
import protocol


def classifier(x, labels, hidden, batch, shuffle):
    """A network that has been told its classes, in float64, plain gradient
    descent on the mean loss."""
    model = MLPClassifier(
        hidden_layer_sizes=(hidden,), activation="relu", solver="sgd", alpha=0.0,
        batch_size=batch, learning_rate="constant", learning_rate_init=0.01, momentum=0.0,
        nesterovs_momentum=False, shuffle=shuffle, max_iter=1, tol=0.0, n_iter_no_change=10**9,
        warm_start=True, random_state=np.random.RandomState(1))
    model.fit(x, labels)
    return model


def steps(net, data, way, mode, size):
    x, y = data[net + ".x"], data[net + ".y"]
    if mode == "rows":
        x, y = x[:size], y[:size]
    n, labels = len(x), y.argmax(axis=1)
    W1, b1, W2, b2 = (data[net + "." + name] for name in ("W1", "b1", "W2", "b2"))
    batch = {"rows": n, "draw": 1, "epochs": size}[mode]
    model = classifier(x, labels, W1.shape[1], batch, mode != "rows")
    if model.n_outputs_ == 1:
        W2, b2 = W2[:, 1:] - W2[:, :1], b2[1:] - b2[:1]
    model.coefs_[0][...], model.coefs_[1][...] = W1, W2
    model.intercepts_[0][...], model.intercepts_[1][...] = b1, b2
    model.random_state = np.random.RandomState(42)
    per_epoch = -(-n // batch)

    if way == "fit":
        def run(reps):
            model.max_iter = -(-reps // per_epoch)
            model.fit(x, labels)
            return model.max_iter * per_epoch  # steps done: whole epochs
    elif mode == "rows":
        def run(reps):
            for _ in range(reps):
                model.partial_fit(x, labels)
    elif mode == "draw":
        # partial_fit refuses the labels of a single row beside warm_start.
        model.warm_start = False

        def run(reps):
            for _ in range(reps):
                i = np.random.randint(n)
                model.partial_fit(x[i:i + 1], labels[i:i + 1])
    else:
        raise ValueError("no mode %s for partial_fit" % mode)

    def check(reps):
        np.random.seed(42)
        run(reps)
        return protocol.outcome(np, model.predict_proba(x), y, model.coefs_ + model.intercepts_)

    return run, check


def moons(n):
    state = np.random.RandomState(42)
    last = [None]

    def run(reps):
        for _ in range(reps):
            last[0] = None
            last[0] = make_moons(n_samples=n, noise=0.05, random_state=state)

    def check(reps):
        run(reps)
        x, labels = last[0]
        return float(x.sum()), float(np.sum(x[:, 0] * labels))

    return run, check


def main():
    warnings.simplefilter("ignore")  # that max_iter ended a fit
    data = protocol.data()

    def build(words):
        if words[0] == "step":
            return steps(words[1], data, "fit", words[2], int(words[3]))
        if words[0] == "partial":
            return steps(words[1], data, "partial", words[2], int(words[3]))
        if words[0] == "moons":
            return moons(int(words[1]))
        raise ValueError("no work %s" % words[0])

    library, core = blas.loaded()
    protocol.serve({"version": sklearn.__version__, "blas": library, "core": core}, build)


if __name__ == "__main__":
    main()
