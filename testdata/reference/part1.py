"""Part I in NumPy: the perceptron on five pairs of Gaussians.

Written as the coursework writes it, on numpy.random's global stream. For every
seed, test and rule the stream is seeded afresh; then come class 1's 100
points, class 2's 100 points, and one shuffle of the 160 stacked training rows
an epoch.

    python3 part1.py --seeds 0-9 > part1.json
"""
import argparse

import common

import numpy as np

TESTS = [  # mean 1, mean 2, covariance 1, covariance 2
    ([10, 16], [-6, -3], [[3, 0], [0, 4]], [[2, 0], [0, 5]]),
    ([1, -6], [-2, -3], [[3, 0], [0, 4]], [[2, 0], [0, 5]]),
    ([10, 16], [-6, -3], [[40, 0], [0, 34]], [[38, 0], [0, 35]]),
    ([1, -6], [-2, -3], [[40, 0], [0, 34]], [[38, 0], [0, 35]]),
    ([19, 16], [5, 6], [[4, 0], [0, 4]], [[3, 0], [0, 5]]),
]
POINTS = 100  # of each class
TRAIN = 80  # of each class


class Perceptron(object):
    """A line through the origin, or with a bias any line."""

    def __init__(self, n_inputs, max_epochs=100, learning_rate=1e-2, bias=False):
        self.w = np.zeros(n_inputs)
        self.b = 0.0
        self.bias = bias
        self.epochs = max_epochs
        self.rate = learning_rate
        self.updates = 0

    def forward(self, input_data):
        return np.sign(np.dot(input_data, self.w) + self.b)

    def move(self, w, b):
        self.w = self.w + self.rate * w
        if self.bias:
            self.b = self.b + self.rate * b
        self.updates += 1


class ReportPerceptron(Perceptron):
    """Updates on the whole batch, and only when it is wrong on balance."""

    def train(self, training_inputs, labels):
        for _ in range(self.epochs):
            training_inputs, labels = shuffled(training_inputs, labels)
            predict = self.forward(training_inputs)
            if np.dot(predict, labels) <= 0:
                self.move(np.dot(labels, training_inputs), np.sum(labels))


class RosenblattPerceptron(Perceptron):
    """Updates on each misclassified sample; stops after an error-free epoch."""

    def train(self, training_inputs, labels):
        for _ in range(self.epochs):
            training_inputs, labels = shuffled(training_inputs, labels)
            before = self.updates
            for x, y in zip(training_inputs, labels):
                if self.forward(x) * y <= 0:
                    self.move(y * x, y)
            if self.updates == before:
                break


RULES = [("report", ReportPerceptron), ("rosenblatt", RosenblattPerceptron)]


def shuffled(inputs, labels):
    rows = np.column_stack((inputs, labels))
    np.random.shuffle(rows)
    return rows[:, :-1], rows[:, -1]


def dataset(mean1, mean2, cov1, cov2):
    class1 = np.random.multivariate_normal(mean1, cov1, POINTS)
    class2 = np.random.multivariate_normal(mean2, cov2, POINTS)
    train = np.concatenate((class1[:TRAIN], class2[:TRAIN]))
    test = np.concatenate((class1[TRAIN:], class2[TRAIN:]))
    rest = POINTS - TRAIN
    return (train, np.array([1] * TRAIN + [-1] * TRAIN),
            test, np.array([1] * rest + [-1] * rest))


def run(seed, test, rule, bias, max_epochs, learning_rate):
    np.random.seed(seed)
    train_x, train_y, test_x, test_y = dataset(*TESTS[test])
    perceptron = dict(RULES)[rule](2, max_epochs, learning_rate, bias)
    perceptron.train(train_x, train_y)
    right = perceptron.forward(test_x) == test_y
    return {
        "seed": seed,
        "test": test + 1,
        "rule": rule,
        "bias": bias,
        "weights": perceptron.w.tolist(),
        "b": float(perceptron.b),
        "accuracy": int(np.sum(right)) / len(test_y),
        "updates": perceptron.updates,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="0-9")
    parser.add_argument("--max_epochs", type=int, default=100)
    parser.add_argument("--learning_rate", type=float, default=1e-2)
    args = parser.parse_args()
    runs = [
        run(seed, test, rule, bias, args.max_epochs, args.learning_rate)
        for rule, _ in RULES for bias in (False, True)
        for seed in common.seed_list(args.seeds) for test in range(len(TESTS))
    ]
    common.write({
        "made_with": common.made_with(),
        "max_epochs": args.max_epochs,
        "learning_rate": args.learning_rate,
        "runs": runs,
    })


if __name__ == "__main__":
    main()
