# Much that looks like a fault of data and is none: samples and labels
# rearranged in different statements, scaled by the training part alone,
# encoded after they were rearranged, a split made in the loop, draws that
# begin again for a second run, a rate per epoch, weights that decay.
import numpy as np

rng = np.random.RandomState(11)
group = np.repeat(np.arange(3), 50)
X = rng.randn(150, 4) + 1.5 * np.eye(3, 4)[group]
both = np.hstack([X, group[:, None]])
rng.shuffle(both)
X, group = both[:, :4], both[:, 4].astype(int)
split = rng.permutation(150)
train, test = split[:99], split[99:]
mean, std = X[train].mean(0), X[train].std(0)


def one_hot(c):
    y = np.zeros((len(c), 3))
    y[np.arange(len(c)), c] = 1
    return y


def run(seed, epochs):
    draw = np.random.RandomState(seed)
    W = np.zeros((4, 3))
    b = np.zeros(3)
    rate = 0.5
    for epoch in range(epochs):
        A = (X[train] - mean) / std
        T = one_hot(group[train])
        order = draw.permutation(len(A))
        for j in range(0, len(A) - 32, 33):
            k = order[j:j + 33]
            a = A[k]
            z = a @ W + b
            e = np.exp(z - z.max(1)[:, None])
            p = e / e.sum(1)[:, None]
            loss = -(T[k] * np.log(p)).sum() / len(k)
            d = (p - T[k]) / len(k)
            W = W * (1 - rate * 0.01) - rate * (a.T @ d)
            b = b - rate * d.sum(0)
        rate *= 0.9
        hit = ((((X[test] - mean) / std) @ W + b).argmax(1) == group[test]).mean()
        print(epoch, loss, hit)
    return W


first = run(1, 4)
again = run(1, 4)
assert np.array_equal(first, again)
