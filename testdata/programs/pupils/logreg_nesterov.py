"""sklearn-flavoured logistic regression, optimised with Nesterov momentum."""
import numpy as np


class StandardScaler:
    def fit(self, X):
        self.mean_ = X.mean(axis=0)
        self.scale_ = X.std(axis=0)
        return self

    def transform(self, X):
        return (X - self.mean_) / self.scale_


class LogisticRegressionNAG:
    def __init__(self, C=1.0, eta0=0.05, momentum=0.9, max_iter=40, batch_size=32,
                 tol=1e-5, n_iter_no_change=5, random_state=0):
        self.C = C
        self.eta0 = eta0
        self.momentum = momentum
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.tol = tol
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state

    @staticmethod
    def _sigmoid(z):
        return 1.0 / (1.0 + np.exp(-z))

    def decision_function(self, X):
        return X @ self.coef_ + self.intercept_

    def predict_proba(self, X):
        return self._sigmoid(self.decision_function(X))

    def predict(self, X):
        return (self.predict_proba(X) >= 0.5).astype(int)

    def score(self, X, y):
        return np.mean(self.predict(X) == y)

    def log_loss(self, X, y):
        p = np.clip(self.predict_proba(X), 1e-12, 1 - 1e-12)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def _gradient(self, X, y, coef, intercept, n_total):
        p = self._sigmoid(X @ coef + intercept)
        residual = p - y
        grad_w = X.T @ residual / len(y) + coef / (self.C * n_total)
        grad_b = residual.mean()
        return grad_w, grad_b

    def fit(self, X, y, X_val, y_val):
        rng = np.random.default_rng(self.random_state)
        n, d = X.shape
        self.coef_ = np.zeros(d)
        self.intercept_ = 0.0
        vel_w, vel_b = np.zeros(d), 0.0
        best, stall = np.inf, 0
        for it in range(self.max_iter):
            eta = self.eta0 / np.sqrt(1 + it)
            idx = rng.permutation(n)
            for start in range(0, n, self.batch_size):
                part = idx[start:start + self.batch_size]
                # gradient at the look-ahead point
                ahead_w = self.coef_ + self.momentum * vel_w
                ahead_b = self.intercept_ + self.momentum * vel_b
                gw, gb = self._gradient(X[part], y[part], ahead_w, ahead_b, n)
                vel_w = self.momentum * vel_w - eta * gw
                vel_b = self.momentum * vel_b - eta * gb
                self.coef_ = self.coef_ + vel_w
                self.intercept_ = self.intercept_ + vel_b
            penalty = 0.5 * self.coef_ @ self.coef_ / (self.C * n)
            objective = self.log_loss(X, y) + penalty
            val = self.log_loss(X_val, y_val)
            if it % 4 == 0:
                print(f"iter {it:3d}  objective {objective:.6f}  validation log-loss {val:.6f}")
            if val < best - self.tol:
                best, stall = val, 0
                kept = self.coef_.copy(), self.intercept_
            else:
                stall += 1
            if stall >= self.n_iter_no_change:
                print(f"converged after {it + 1} iterations")
                break
        self.coef_, self.intercept_ = kept
        return self


def make_classification(n, seed):
    r = np.random.default_rng(seed)
    X = r.normal(size=(n, 10)) * np.linspace(0.5, 5, 10) + np.linspace(-3, 3, 10)
    w = np.array([1.5, -0.8, 0.0, 0.5, 0.0, -0.4, 0.3, 0.0, 0.0, 0.25])
    logits = (X - np.linspace(-3, 3, 10)) @ w + 0.7
    y = (r.random(n) < 1 / (1 + np.exp(-logits))).astype(int)
    return X, y


def main():
    X, y = make_classification(900, 5)
    X_train, y_train = X[:500], y[:500]
    X_val, y_val = X[500:700], y[500:700]
    X_test, y_test = X[700:], y[700:]
    scaler = StandardScaler().fit(X_train)
    clf = LogisticRegressionNAG(C=0.5)
    clf.fit(scaler.transform(X_train), y_train, scaler.transform(X_val), y_val)
    Z = scaler.transform(X_test)
    print(f"test accuracy {clf.score(Z, y_test):.4f}, test log-loss {clf.log_loss(Z, y_test):.6f}")


if __name__ == "__main__":
    main()
