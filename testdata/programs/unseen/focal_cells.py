# %% [markdown]
# # Focal loss on an unbalanced problem
# %%
import numpy as np
np.random.seed(2024)
n = 150
X = np.random.randn(n, 3)
t = (X.sum(1) + 0.3 * np.random.randn(n) > 1.8).astype(float)
gamma, balance = 2.0, 0.75
# %%
w1 = np.random.randn(3, 8) * 0.6
b1 = np.zeros(8)
w2 = np.random.randn(8) * 0.6
b2 = np.zeros(1)
def forward(x):
    a = np.arctan(x @ w1 + b1)
    return a, 1 / (1 + np.exp(-(a @ w2 + b2)))
def focal(p, t):
    pt = np.where(t == 1, p, 1 - p)
    at = np.where(t == 1, balance, 1 - balance)
    return -(at * (1 - pt) ** gamma * np.log(pt)).mean()
# %% look at it before training
print("before", focal(forward(X)[1], t))
# %% train
lr = 0.8
history = []
for epoch in range(10):
    a, p = forward(X)
    history.append(focal(p, t))
    pt = np.where(t == 1, p, 1 - p)
    at = np.where(t == 1, balance, 1 - balance)
    dpt = at * (gamma * (1 - pt) ** (gamma - 1) * np.log(pt) - (1 - pt) ** gamma / pt) / n
    dp = np.where(t == 1, dpt, -dpt)
    ds = dp * p * (1 - p)
    dw2 = a.T @ ds
    db2 = ds.sum(keepdims=True)
    da = np.outer(ds, w2)
    u = X @ w1 + b1
    dz = da / (1 + u ** 2)
    dw1 = X.T @ dz
    db1 = dz.sum(0)
    w1 -= lr * dw1
    b1 -= lr * db1
    w2 -= lr * dw2
    b2 -= lr * db2
# %%
print(history)
