import numpy as np

np.random.seed(0)
data = np.mat(np.random.randn(30, 3))
labels = np.mat((np.array(data[:, 0] + data[:, 1]) > 0).astype(float))
weights = np.mat(np.ones((3, 1)))
for k in range(12):
    h = 1.0 / (1 + np.exp(-data * weights))
    error = labels - h
    weights = weights + 0.05 * data.transpose() * error
    print(k, float(np.abs(error).sum()))
