"""What cmd/part2 does, with NumPy, scikit-learn and matplotlib: the network on
the moons with the same defaults, evaluated every ten steps; then the figures
(data, accuracy, loss, boundary) and the numbers as files.

    python3 part2.py -out DIR [-sgd] [-max_steps N] [-eval_freq N] [-seed N]
    python3 part2.py -about     says which versions it would run on
"""
import argparse
import csv
import json
import os

import numpy as np

from numpy_peer import Net


def accuracy(net, x, labels):
    return float(np.mean(net.forward(x).argmax(axis=1) == labels))


def train(args):
    from sklearn.datasets import make_moons
    np.random.seed(args.seed)
    points, labels = make_moons(n_samples=1000, noise=0.05)
    x, test = points[:800], points[800:]
    y = np.eye(2)[labels[:800]]
    net = Net(np.random.randn(2, 20) * np.sqrt(2 / 2), np.zeros(20),
              np.random.randn(20, 2) * np.sqrt(2 / 20), np.zeros(2))
    rows = []

    def evaluate(step, bx, by):
        loss = -np.sum(by * np.log(net.forward(bx) + 1e-7))
        rows.append((step, float(loss), accuracy(net, x, labels[:800]), accuracy(net, test, labels[800:])))

    bx, by = x, y
    for step in range(args.max_steps):
        if args.sgd:
            i = np.random.randint(800)
            bx, by = x[i:i + 1], y[i:i + 1]
        if step % args.eval_freq == 0:
            evaluate(step, bx, by)
        net.step(bx, by)
    evaluate(args.max_steps, bx, by)
    return points, labels, net, rows


def draw(path, points, labels, net, rows):
    import matplotlib
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    def save(name):
        plt.savefig(os.path.join(path, name + ".svg"))
        plt.close()

    def scatter():
        for label in (0, 1):
            train, test = points[:800][labels[:800] == label], points[800:][labels[800:] == label]
            color = "C%d" % label
            plt.scatter(train[:, 0], train[:, 1], s=9, color=color, label="class %d, train" % label)
            plt.scatter(test[:, 0], test[:, 1], s=9, facecolors="none", edgecolors=color,
                        label="class %d, test" % label)
        plt.legend()

    steps, loss, train, test = zip(*rows)
    scatter()
    save("data")
    plt.plot(steps, train, label="training rows")
    plt.plot(steps, test, label="test rows")
    plt.xlabel("step")
    plt.ylabel("accuracy")
    plt.legend()
    save("accuracy")
    plt.plot(steps, loss)
    plt.xlabel("step")
    plt.ylabel("loss, summed over the batch")
    save("loss")
    (x0, y0), (x1, y1) = points.min(axis=0) - 0.2, points.max(axis=0) + 0.2
    gx, gy = np.meshgrid(np.linspace(x0, x1, 120), np.linspace(y0, y1, 120))
    p = net.forward(np.column_stack([gx.ravel(), gy.ravel()]))
    plt.pcolormesh(gx, gy, (p[:, 1] - p[:, 0]).reshape(gx.shape), cmap="RdBu_r", rasterized=True)
    at = np.array([x0, x1])
    for w0, w1, b in zip(net.W1[0], net.W1[1], net.b1):
        plt.plot(at, -(w0 * at + b) / w1, "k--", lw=0.5)
    scatter()
    plt.xlim(x0, x1)
    plt.ylim(y0, y1)
    save("boundary")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-about", action="store_true")
    parser.add_argument("-out", default="out/part2-numpy")
    parser.add_argument("-sgd", action="store_true")
    parser.add_argument("-max_steps", type=int, default=1500)
    parser.add_argument("-eval_freq", type=int, default=10)
    parser.add_argument("-seed", type=int, default=42)
    args = parser.parse_args()
    if args.about:
        import matplotlib
        import sklearn
        print(json.dumps({"version": "NumPy %s, scikit-learn %s, matplotlib %s" % (
            np.__version__, sklearn.__version__, matplotlib.__version__)}))
        return
    points, labels, net, rows = train(args)
    os.makedirs(args.out, exist_ok=True)
    draw(args.out, points, labels, net, rows)
    with open(os.path.join(args.out, "metrics.csv"), "w", newline="") as f:
        csv.writer(f).writerows([("step", "loss", "train_accuracy", "test_accuracy")] + rows)
    with open(os.path.join(args.out, "run.json"), "w") as f:
        json.dump({"settings": vars(args), "evaluations": rows, "params": [w.tolist() for w in net.params()]}, f)
    print("step %d: loss %.6g, train accuracy %.4f, test accuracy %.4f" % rows[-1])


if __name__ == "__main__":
    main()
