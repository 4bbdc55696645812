"""Which array is which: each habit on a line of its own."""
import copy
import operator

import numpy as np

rng = np.random.RandomState(0)
a = rng.rand(3, 4) * 2
b = a
b += 1
v = a[1]
v *= 2
t = a.T
total = t.sum()
a[0, 1] = 7
a[:, 2] -= 1.5
kept = [a]
kept.append(v)
names = {"a": a}
names["b"] = t
np.maximum(a, 2, out=a)
w = np.zeros(5)
np.add.at(w, [0, 0, 3], 1.5)
w.fill(2)
w.sort()
operator.iadd(w, 1)
w2 = w * 1
rng.shuffle(w2)
u = w2 + 0
twin = copy.deepcopy({"u": u})["u"]
twice = twin @ twin
z = np.c_[a, np.ones(3)]
rows = [r * r for r in z]
col = sum(rows)
mean = float(np.mean(col))
print(mean, "%.3f" % total, f"{twice:.2f}")


def handed(x):
    y = x - 1
    return y


out = handed(col)
last = out / (1 + 0.5 * 2 ** 0.5)
m = np.asmatrix(a)
mm = (m * m.T).sum(axis=1)
