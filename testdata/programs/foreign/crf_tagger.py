# linear-chain CRF on toy "part of speech" sequences
# forward-backward in log space, SGD over sentences, EMA weights for decoding
import numpy as np

rng = np.random.default_rng(42)
S = 4          # number of tags
V = 20         # vocabulary
F = 2 * V      # features: current word, previous word


def logsumexp(a, axis):
    m = a.max(axis=axis, keepdims=True)
    return np.squeeze(m, axis) + np.log(np.exp(a - m).sum(axis=axis))


def sample_corpus(n):
    trans = rng.dirichlet(0.4 * np.ones(S), size=S)
    emit = rng.dirichlet(0.25 * np.ones(V), size=S)
    out = []
    for _ in range(n):
        T = rng.integers(5, 11)
        tags, words = [], []
        t = rng.integers(S)
        for _ in range(T):
            tags.append(t)
            words.append(rng.choice(V, p=emit[t]))
            t = rng.choice(S, p=trans[t])
        out.append((np.array(words), np.array(tags)))
    return out


def featurize(words):
    T = len(words)
    X = np.zeros((T, F))
    X[np.arange(T), words] = 1.0
    X[np.arange(1, T), V + words[:-1]] = 1.0
    return X


def forward_backward(E, A, start):
    T = E.shape[0]
    alpha = np.zeros((T, S))
    beta = np.zeros((T, S))
    alpha[0] = start + E[0]
    for t in range(1, T):
        alpha[t] = logsumexp(alpha[t - 1][:, None] + A, axis=0) + E[t]
    for t in range(T - 2, -1, -1):
        beta[t] = logsumexp(A + E[t + 1] + beta[t + 1], axis=1)
    logZ = logsumexp(alpha[-1], axis=0)
    return alpha, beta, logZ


def nll_and_grads(X, y, W, A, start):
    T = len(y)
    E = X @ W
    alpha, beta, logZ = forward_backward(E, A, start)
    gold = start[y[0]] + E[np.arange(T), y].sum() + A[y[:-1], y[1:]].sum()

    # unary marginals
    node = np.exp(alpha + beta - logZ)
    dE = node.copy()
    dE[np.arange(T), y] -= 1.0

    # pairwise marginals
    dA = np.zeros_like(A)
    for t in range(T - 1):
        pair = alpha[t][:, None] + A + E[t + 1] + beta[t + 1] - logZ
        dA += np.exp(pair)
        dA[y[t], y[t + 1]] -= 1.0

    dstart = node[0].copy()
    dstart[y[0]] -= 1.0
    dW = X.T @ dE
    return logZ - gold, dW, dA, dstart


def viterbi(E, A, start):
    T = len(E)
    score = start + E[0]
    back = []
    for t in range(1, T):
        m = score[:, None] + A
        back.append(m.argmax(axis=0))
        score = m.max(axis=0) + E[t]
    path = [int(score.argmax())]
    for b in reversed(back):
        path.append(int(b[path[-1]]))
    return np.array(path[::-1])


def accuracy(data, theta):
    W, A, start = theta
    right = total = 0
    for X, y in data:
        right += np.sum(viterbi(X @ W, A, start) == y)
        total += len(y)
    return right / total


corpus = [(featurize(w), t) for w, t in sample_corpus(110)]
train, test = corpus[:70], corpus[70:]

theta = [np.zeros((F, S)), np.zeros((S, S)), np.zeros(S)]
ema = [p.copy() for p in theta]
decay = 0.98
l2 = 0.01
step = 0
for epoch in range(5):
    rng.shuffle(train)
    obj = 0.0
    for X, y in train:
        lr = 0.3 / (1.0 + 0.004 * step)
        nll, *grads = nll_and_grads(X, y, *theta)
        obj += nll
        for p, g in zip(theta, grads):
            g += l2 * p
            p -= lr * g
        step += 1
        d = min(decay, (1 + step) / (10 + step))
        for e, p in zip(ema, theta):
            e *= d
            e += (1 - d) * p
    print(f"epoch {epoch}: nll/sentence {obj / len(train):.3f}  "
          f"train {accuracy(train, theta):.3f}  test {accuracy(test, theta):.3f}  "
          f"test(ema) {accuracy(test, ema):.3f}")
print("transition scores:\n", np.round(ema[1], 2))
