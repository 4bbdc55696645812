# Softmax regression on three overlapping Gaussian clouds with quadratic
# features. Full batch gradient descent, learning rate decay, early stopping.
import numpy as np

SEED = 5
N_CLASSES = 3
ETA0 = 1.0
DECAY = 0.01
ALPHA = 0.002        # L2 strength (bias excluded)
PATIENCE = 40
MAX_ITER = 1500
TOL = 1e-6


def generate(n_per_class, rnd):
    centers = np.array([[0.0, 0.0], [2.0, 0.5], [0.5, 2.2]])
    covs = [np.diag([1.0, 0.4]), np.array([[0.6, 0.3], [0.3, 0.8]]), np.diag([0.3, 1.1])]
    xs, ys = [], []
    for c in range(N_CLASSES):
        xs.append(rnd.multivariate_normal(centers[c], covs[c], n_per_class))
        ys.append(np.full(n_per_class, c))
    x = np.vstack(xs)
    y = np.concatenate(ys)
    p = rnd.permutation(len(y))
    return x[p], y[p]


def poly_features(x):
    a, b = x[:, 0], x[:, 1]
    return np.stack([a, b, a * a, a * b, b * b], axis=1)


def add_intercept(x):
    return np.hstack([np.ones((x.shape[0], 1)), x])


def to_one_hot(y):
    out = np.zeros((y.size, N_CLASSES))
    out[np.arange(y.size), y] = 1
    return out


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy(theta, x, t):
    p = softmax(x @ theta)
    return -np.mean(np.sum(t * np.log(p + 1e-15), axis=1))


def objective(theta, x, t):
    return cross_entropy(theta, x, t) + 0.5 * ALPHA * np.sum(theta[1:] ** 2)


def gradient(theta, x, t):
    error = softmax(x @ theta) - t
    penalty = np.r_[np.zeros((1, N_CLASSES)), ALPHA * theta[1:]]
    return x.T @ error / x.shape[0] + penalty


def fit(x, t, x_val, t_val, rnd):
    theta = 0.01 * rnd.randn(x.shape[1], N_CLASSES)
    best_loss = np.inf
    best_theta = theta.copy()
    wait = 0
    for it in range(MAX_ITER):
        eta = ETA0 / (1 + DECAY * it)
        theta = theta - eta * gradient(theta, x, t)
        val_loss = cross_entropy(theta, x_val, t_val)
        if it % 50 == 0:
            print(f"it {it:4d}  eta {eta:.4f}  objective {objective(theta, x, t):.6f}  val {val_loss:.6f}")
        if val_loss < best_loss - TOL:
            best_loss = val_loss
            best_theta = theta.copy()
            wait = 0
        else:
            wait += 1
            if wait >= PATIENCE:
                print(f"early stopping at iteration {it}, best validation loss {best_loss:.6f}")
                break
    return best_theta, best_loss


rnd = np.random.RandomState(SEED)
x_all, y_all = generate(120, rnd)
f_all = poly_features(x_all)
n_tr, n_va = 160, 80
f_tr, y_tr = f_all[:n_tr], y_all[:n_tr]
f_va, y_va = f_all[n_tr:n_tr + n_va], y_all[n_tr:n_tr + n_va]
f_te, y_te = f_all[n_tr + n_va:], y_all[n_tr + n_va:]

mean, std = f_tr.mean(0), f_tr.std(0)
X_tr = add_intercept((f_tr - mean) / std)
X_va = add_intercept((f_va - mean) / std)
X_te = add_intercept((f_te - mean) / std)
T_tr, T_va, T_te = to_one_hot(y_tr), to_one_hot(y_va), to_one_hot(y_te)

theta, best = fit(X_tr, T_tr, X_va, T_va, rnd)
y_hat = softmax(X_te @ theta).argmax(axis=1)
print(f"test cross-entropy {cross_entropy(theta, X_te, T_te):.6f}")
print(f"test accuracy {np.mean(y_hat == y_te):.4f}")
confusion = np.zeros((N_CLASSES, N_CLASSES), dtype=int)
np.add.at(confusion, (y_te, y_hat), 1)
print(confusion)
