# %% [markdown]
# # Softmax regression with quadratic features, from scratch
# Plain NumPy, no frameworks. Please upvote if it helped you :)

# %%
import numpy as np

SEED = 2020
N_CLASSES = 3
np.random.seed(SEED)


# %% Data: three rings-and-blobs classes, a weight for each sample
def make_data(n):
    y = np.random.randint(0, N_CLASSES, n)
    radius = np.where(y == 0, 0.4, np.where(y == 1, 1.2, 2.0)) + 0.15 * np.random.randn(n)
    angle = np.random.uniform(0, 2 * np.pi, n)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    weight = np.where(np.random.rand(n) < 0.3, 2.0, 0.5)
    return X, y, weight


def add_features(X):
    return np.column_stack([X, X ** 2, X[:, 0] * X[:, 1]])


X, y, sample_weight = make_data(150)
X = add_features(X)
X = (X - X.mean(axis=0)) / X.std(axis=0)
X_train, X_val = X[:110], X[110:]
y_train, y_val = y[:110], y[110:]
w_train = sample_weight[:110]


# %% Helpers
def one_hot(y, n_classes):
    return np.eye(n_classes)[y]


def softmax(z):
    z = z - np.max(z, axis=1).reshape(-1, 1)
    return np.exp(z) / np.sum(np.exp(z), axis=1).reshape(-1, 1)


def cross_entropy(y_hot, p, weight):
    return -np.sum(weight * np.sum(y_hot * np.log(p + 1e-15), axis=1)) / np.sum(weight)


# %% Model
class SoftmaxRegression:
    def __init__(self, lr=0.3, epochs=30, batch_size=22, l2=0.01, smoothing=0.1, momentum=0.9, patience=4):
        self.lr, self.epochs, self.batch_size = lr, epochs, batch_size
        self.l2, self.smoothing, self.momentum, self.patience = l2, smoothing, momentum, patience
        self.history = {"loss": [], "val_loss": []}

    def predict_proba(self, X):
        return softmax((X @ self.W + self.b) * np.exp(self.log_temp))

    def predict(self, X):
        return np.argmax(self.predict_proba(X), axis=1)

    def gradients(self, X, y_soft, weight):
        z = X @ self.W + self.b
        scale = np.exp(self.log_temp)
        p = softmax(z * scale)
        loss = cross_entropy(y_soft, p, weight) + self.l2 / 2 * np.sum(self.W ** 2)
        d_score = (p - y_soft) * weight[:, None] / weight.sum()
        d_z = d_score * scale
        return loss, {
            "W": X.T @ d_z + self.l2 * self.W,
            "b": np.sum(d_z, axis=0),
            "log_temp": np.sum(d_score * z) * scale,
        }

    def fit(self, X, y, weight, X_val, y_val):
        self.W = np.random.randn(X.shape[1], N_CLASSES) * 0.01
        self.b = np.zeros(N_CLASSES)
        self.log_temp = np.zeros(1)
        y_soft = one_hot(y, N_CLASSES) * (1 - self.smoothing) + self.smoothing / N_CLASSES
        velocity = {"W": 0.0, "b": 0.0, "log_temp": 0.0}
        best, wait = np.inf, 0
        for epoch in range(self.epochs):
            lr = self.lr / (1 + 0.1 * epoch)
            perm = np.random.permutation(len(X))
            running = 0.0
            for s in range(0, len(X), self.batch_size):
                idx = perm[s:s + self.batch_size]
                loss, grads = self.gradients(X[idx], y_soft[idx], weight[idx])
                running += loss * len(idx)
                for name in grads:
                    # Nesterov's, in the usual rearrangement
                    v_prev = velocity[name]
                    velocity[name] = self.momentum * v_prev - lr * grads[name]
                    step = -self.momentum * v_prev + (1 + self.momentum) * velocity[name]
                    setattr(self, name, getattr(self, name) + step)
            self.history["loss"].append(running / len(X))
            val_loss = cross_entropy(one_hot(y_val, N_CLASSES), self.predict_proba(X_val), np.ones(len(y_val)))
            self.history["val_loss"].append(val_loss)
            if epoch % 5 == 0:
                print(f"epoch {epoch:3d} | loss {running / len(X):.5f} | val {val_loss:.5f}")
            if val_loss < best - 1e-3:
                best, wait = val_loss, 0
            else:
                wait += 1
            if wait >= self.patience:
                print("early stopping at epoch", epoch)
                break
        return self


# %% Train
clf = SoftmaxRegression().fit(X_train, y_train, w_train, X_val, y_val)
print("train acc %.4f" % np.mean(clf.predict(X_train) == y_train))
print("valid acc %.4f" % np.mean(clf.predict(X_val) == y_val))
