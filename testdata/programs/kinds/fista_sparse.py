# L1-regularised logistic regression, ISTA vs FISTA with restart. F = smooth(w) + lam * ||w||_1
import numpy as np

rng = np.random.default_rng(15)
n, d = 150, 40
w_true = np.zeros(d)
w_true[:5] = [2, -2, 1.5, -1, 1]
X = rng.normal(size=(n, d))
t = np.where(rng.random(n) < 1 / (1 + np.exp(-X @ w_true)), 1.0, -1.0)
lam = 0.03
L = np.linalg.norm(X, 2) ** 2 / (4 * n)      # Lipschitz constant of the gradient

def smooth(w):
    m = t * (X @ w)
    val = np.logaddexp(0, -m).mean()
    grad = -(X.T @ (t / (1 + np.exp(m)))) / n
    return val, grad

def soft(v, k):
    return np.sign(v) * np.maximum(np.abs(v) - k, 0)

def objective(w):
    return smooth(w)[0] + lam * np.abs(w).sum()

def ista(w, iters):
    hist = []
    for _ in range(iters):
        _, g = smooth(w)
        w = soft(w - g / L, lam / L)
        hist.append(objective(w))
    return w, hist

def fista(w, iters):
    z, theta, hist = w.copy(), 1.0, []
    for _ in range(iters):
        _, g = smooth(z)
        w_next = soft(z - g / L, lam / L)
        theta_next = (1 + np.sqrt(1 + 4 * theta ** 2)) / 2
        if g @ (w_next - w) > 0:              # gradient restart
            theta_next = 1.0
        z = w_next + (theta - 1) / theta_next * (w_next - w)
        w, theta = w_next, theta_next
        hist.append(objective(w))
    return w, hist

w_i, h_i = ista(np.zeros(d), 60)
w_f, h_f = fista(np.zeros(d), 60)
for k in range(0, 60, 6):
    print(f"{k:3d}   ista {h_i[k]:.6f}   fista {h_f[k]:.6f}")
print("nonzeros:", np.count_nonzero(w_i), np.count_nonzero(w_f))
