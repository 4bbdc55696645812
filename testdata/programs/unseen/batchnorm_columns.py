import numpy as np
from typing import NamedTuple


class Norm(NamedTuple):
    centred: np.ndarray
    std: np.ndarray
    unit: np.ndarray


def normalise(z, eps=1e-5):
    centred = z - np.mean(z, axis=1, keepdims=True)
    std = np.sqrt(np.mean(centred ** 2, axis=1, keepdims=True) + eps)
    return Norm(centred, std, centred / std)


def normalise_backward(dunit, norm):
    m = dunit.shape[1]
    dcentred = dunit / norm.std
    dstd = -(dunit * norm.centred).sum(axis=1, keepdims=True) / norm.std ** 2
    dcentred = dcentred + dstd * norm.centred / (m * norm.std)
    return dcentred - dcentred.mean(axis=1, keepdims=True)


def main():
    np.random.seed(12)
    m = 40
    X = np.vstack([np.random.randn(1, m) * 3 + 1, np.random.rand(1, m) * 10, np.random.randn(1, m)])
    Y = np.eye(3)[:, np.digitize(X[0] * X[2], [-1, 1])]
    W1, W2 = np.random.randn(6, 3) * 0.5, np.random.randn(3, 6) * 0.5
    gain, shift, b2 = np.ones((6, 1)), np.zeros((6, 1)), np.zeros((3, 1))
    running_mean, running_std = np.zeros((6, 1)), np.ones((6, 1))
    for epoch in range(4):
        for part in np.array_split(np.random.permutation(m), 2):
            x, y = X[:, part], Y[:, part]
            z1 = W1 @ x
            norm = normalise(z1)
            a1 = np.tanh(gain * norm.unit + shift)
            scores = W2 @ a1 + b2
            scores -= np.max(scores, axis=0)
            probs = np.exp(scores)
            probs /= np.sum(probs, axis=0)
            loss = -np.sum(y * np.log(probs)) / len(part)

            dscores = (probs - y) / len(part)
            dW2 = dscores @ a1.T
            db2 = dscores.sum(axis=1, keepdims=True)
            dpre = W2.T @ dscores * (1 - a1 ** 2)
            dgain = (dpre * norm.unit).sum(axis=1, keepdims=True)
            dshift = dpre.sum(axis=1, keepdims=True)
            dz1 = normalise_backward(dpre * gain, norm)
            dW1 = dz1 @ x.T

            running_mean = 0.9 * running_mean + 0.1 * z1.mean(axis=1, keepdims=True)
            running_std = 0.9 * running_std + 0.1 * norm.std
            W1 -= 0.2 * dW1
            W2 -= 0.2 * dW2
            gain -= 0.2 * dgain
            shift -= 0.2 * dshift
            b2 -= 0.2 * db2
        # evaluation by the running statistics
        a1 = np.tanh(gain * (W1 @ X - running_mean) / running_std + shift)
        right = ((W2 @ a1 + b2).argmax(axis=0) == Y.argmax(axis=0)).mean()
        print(epoch, loss, right)
    return W1, W2, gain, shift, b2


if __name__ == "__main__":
    main()
