import numpy as np

text = ("the cat sat on the mat the dog sat on the log the cat saw the dog "
        "a log is on the mat and a cat is on the log").split()
names = sorted(set(text))
index = {word: k for k, word in enumerate(names)}
size = len(names)
counts = np.zeros((size, size))
for place, word in enumerate(text):
    for gap in range(1, 4):
        if place + gap < len(text):
            other = text[place + gap]
            counts[index[word], index[other]] += 1 / gap
            counts[index[other], index[word]] += 1 / gap
rows, cols = np.nonzero(counts)
target = np.log(counts[rows, cols])
weight = np.minimum(1, (counts[rows, cols] / 3) ** 0.75)

np.random.seed(50)
left, right = (np.random.rand(2, size, 6) - 0.5)
bl, br = np.zeros(size), np.zeros(size)
G = [np.ones_like(a) for a in (left, right, bl, br)]
for sweep in range(9):
    miss = np.einsum("pd,pd->p", left[rows], right[cols]) + bl[rows] + br[cols] - target
    cost = 0.5 * np.sum(weight * miss ** 2)
    pull = weight * miss
    gl, gr = np.zeros_like(left), np.zeros_like(right)
    np.add.at(gl, rows, pull[:, None] * right[cols])
    np.add.at(gr, cols, pull[:, None] * left[rows])
    gbl = np.bincount(rows, weights=pull, minlength=size)
    gbr = np.bincount(cols, weights=pull, minlength=size)
    for a, g, s in zip((left, right, bl, br), (gl, gr, gbl, gbr), G):
        s += g * g
        a -= 0.1 * g / np.sqrt(s)
    print(sweep, cost)
