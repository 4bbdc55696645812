"""Parts II and III in NumPy: the multi-layer perceptron on two moons.

All draws come from numpy.random's global stream, seeded once a run:
make_moons(1000, noise=0.05); then randn for W1, W2, ...; then with --sgd one
randint(800) a step, with --batch_size one permutation(800) an epoch. With
--data the stream's first draw is the permutation that splits the rows.

    python3 part2.py --seeds 0-9 --mode default > part2-default.json

Evaluation is at every step t with t % eval_freq == 0, after backward and
before the update, and once more after the last step. The loss is summed over
the batch in hand, accuracies are over all training and all test points.
"""
import argparse
import csv
import os

import common

import numpy as np
from sklearn.datasets import make_moons

from network import MLP

CLOSE = 1e-9  # points whose two best probabilities are closer are counted


def one_hot(labels, classes):
    y = np.zeros((len(labels), classes))
    y[np.arange(len(labels)), labels] = 1
    return y


def moons(n, noise):
    x, labels = make_moons(n_samples=n, noise=noise)
    bound = int(0.8 * n)
    y = one_hot(labels, 2)
    return x[:bound], y[:bound], x[bound:], y[bound:]


def table(path, standardize):
    """The rows of a CSV file with a header line, the class in the last column."""
    with open(path, newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f))[1:]
    x = np.array([[float(field) for field in row[:-1]] for row in rows])
    names = np.array([row[-1] for row in rows])
    try:
        names = names.astype(float)  # classes that are numbers are in their order
    except ValueError:
        pass
    classes, labels = np.unique(names, return_inverse=True)
    y = one_hot(labels, len(classes))
    order = np.random.permutation(len(x))
    bound = int(0.8 * len(x))
    train, test = order[:bound], order[bound:]
    train_x, test_x = x[train], x[test]
    if standardize:
        mean, sd = np.mean(train_x, axis=0), np.std(train_x, axis=0)
        # A constant column: rounding in np.mean would leave it a tiny sd.
        constant = np.ptp(train_x, axis=0) == 0
        mean[constant], sd[constant] = train_x[0, constant], 1
        train_x, test_x = (train_x - mean) / sd, (test_x - mean) / sd
    return train_x, y[train], test_x, y[test]


def batches(n, args):
    """The rows of each step in turn: a slice or an index."""
    while args.batch_size:
        order = np.random.permutation(n)
        for i in range(0, n, args.batch_size):
            yield order[i:i + args.batch_size]
    while args.sgd:
        i = np.random.randint(n)
        yield slice(i, i + 1)
    while True:
        yield slice(None)


def accuracy(predictions, y):
    """The share of right answers, the smallest margin between the two best
    probabilities, and how many points are closer than CLOSE."""
    right = np.argmax(predictions, axis=1) == np.argmax(y, axis=1)
    best = np.sort(predictions, axis=1)
    margin = best[:, -1] - best[:, -2]
    return int(np.sum(right)) / len(y), float(np.min(margin)), int(np.sum(margin < CLOSE))


COLUMNS = ["step", "loss",
           "train_accuracy", "train_margin", "train_close",
           "test_accuracy", "test_margin", "test_close"]


def run(seed, args):
    np.random.seed(seed)
    if args.data:
        train_x, train_y, test_x, test_y = table(args.data, args.standardize)
    else:
        train_x, train_y, test_x, test_y = moons(args.n, args.noise)
    model = MLP(train_x.shape[1], args.hidden, train_y.shape[1],
                args.init, args.reduction == "mean", args.mode == "as_reported")
    record = {name: [] for name in COLUMNS}

    def evaluate(step, loss):
        row = ((step, float(loss)) + accuracy(model.predict(train_x), train_y) +
               accuracy(model.predict(test_x), test_y))
        for name, value in zip(COLUMNS, row):
            record[name].append(value)

    rows = batches(len(train_x), args)
    for step in range(args.max_steps):
        batch = next(rows)
        x, y = train_x[batch], train_y[batch]
        pred = model(x)
        model.backward(model.loss_fc.backward(pred, y))
        if step % args.eval_freq == 0:
            evaluate(step, model.loss_fc(pred, y))
        model.update(args.learning_rate, args.momentum)
    evaluate(args.max_steps, model.loss_fc(model(x), y))

    linear = [layer for layer in model.layers if hasattr(layer, "params")]
    record["W"] = [layer.params["weight"].tolist() for layer in linear]
    record["b"] = [layer.params["bias"].tolist() for layer in linear]
    return dict(seed=seed, **record)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="0-9")
    parser.add_argument("--mode", choices=["default", "as_reported"], default="default")
    parser.add_argument("--dnn_hidden_units", default="20")
    parser.add_argument("--learning_rate", type=float, default=1e-2)
    parser.add_argument("--max_steps", type=int, default=1500)
    parser.add_argument("--eval_freq", type=int, default=10)
    parser.add_argument("--sgd", action="store_true", help="one random sample a step")
    parser.add_argument("--batch_size", type=int, default=0, help="reshuffled epochs of this size")
    parser.add_argument("--momentum", type=float, default=0.0)
    parser.add_argument("--init", help="he, randn or a standard deviation; the mode's if not given")
    parser.add_argument("--reduction", choices=["mean", "sum"], help="the mode's if not given")
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--noise", type=float, default=0.05)
    parser.add_argument("--data", help="a CSV file with a header line, the class last")
    parser.add_argument("--standardize", action="store_true")
    args = parser.parse_args()
    if args.sgd and args.batch_size:
        parser.error("--sgd and --batch_size exclude each other")
    reported = args.mode == "as_reported"
    args.init = args.init or ("1e-4" if reported else "he")
    args.reduction = args.reduction or ("sum" if reported else "mean")
    return args


def main():
    args = parse()
    settings = {name: value for name, value in vars(args).items() if name != "seeds"}
    settings["data"] = os.path.basename(args.data) if args.data else None
    args.hidden = [int(units) for units in args.dnn_hidden_units.split(",")]
    if args.init != "he":
        args.init = 1.0 if args.init == "randn" else float(args.init)
    runs = [run(seed, args) for seed in common.seed_list(args.seeds)]
    common.write({
        "made_with": common.made_with(),
        "settings": settings,
        "runs": runs,
    })


if __name__ == "__main__":
    main()
