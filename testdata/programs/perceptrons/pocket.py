import numpy as np

rng = np.random.RandomState(11)
x = np.vstack([rng.randn(30, 2) * 1.2 + 1, rng.randn(30, 2) * 1.2 - 1])
x = np.hstack([x, np.ones((60, 1))])
y = np.hstack([np.ones(30), -np.ones(30)])
w = np.zeros(3)
best, kept = 61, w.copy()
for t in range(25):
    wrong = np.where(np.sign(x.dot(w)) != y)[0]
    if len(wrong) < best:
        best, kept = len(wrong), w.copy()
    if len(wrong) == 0:
        break
    i = rng.choice(wrong)
    w = w + y[i] * x[i]
print(best, kept)
