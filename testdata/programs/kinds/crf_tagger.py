"""Linear-chain CRF, gradient = expected counts - observed counts (forward-backward in log space)."""
import numpy as np

def logsumexp(a, axis):
    m = a.max(axis=axis, keepdims=True)
    return np.squeeze(m, axis) + np.log(np.exp(a - m).sum(axis=axis))

def nll_and_grad(x, y, emit, trans, start):
    """x: word ids, y: tag ids"""
    T, K = len(x), len(start)
    U = emit[x]
    alpha = np.zeros((T, K))
    beta = np.zeros((T, K))
    alpha[0] = start + U[0]
    for t in range(1, T):
        alpha[t] = U[t] + logsumexp(alpha[t - 1][:, None] + trans, 0)
    for t in range(T - 2, -1, -1):
        beta[t] = logsumexp(trans + (U[t + 1] + beta[t + 1])[None], 1)
    logZ = logsumexp(alpha[-1], 0)
    score = start[y[0]] + U[np.arange(T), y].sum() + trans[y[:-1], y[1:]].sum()

    g_emit, g_trans, g_start = np.zeros_like(emit), np.zeros_like(trans), np.zeros_like(start)
    gamma = np.exp(alpha + beta - logZ)
    for t in range(T):
        g_emit[x[t]] += gamma[t]
        g_emit[x[t], y[t]] -= 1
    for t in range(T - 1):
        g_trans += np.exp(alpha[t][:, None] + trans + (U[t + 1] + beta[t + 1])[None] - logZ)
        g_trans[y[t], y[t + 1]] -= 1
    g_start += gamma[0]
    g_start[y[0]] -= 1
    return logZ - score, g_emit, g_trans, g_start

def viterbi(x, emit, trans, start):
    d = start + emit[x[0]]
    back = []
    for w in x[1:]:
        s = d[:, None] + trans
        back.append(s.argmax(0))
        d = s.max(0) + emit[w]
    tags = [d.argmax()]
    for b in reversed(back):
        tags.append(b[tags[-1]])
    return np.array(tags[::-1])

np.random.seed(21)
K, V = 3, 9
A = np.array([[.1, .8, .1], [.1, .1, .8], [.7, .2, .1]])
Bm = np.random.dirichlet(np.ones(V) * 0.5, K)
data = []
for _ in range(30):
    n = np.random.randint(4, 9)
    y = [np.random.randint(K)]
    while len(y) < n:
        y.append(np.random.choice(K, p=A[y[-1]]))
    x = [np.random.choice(V, p=Bm[t]) for t in y]
    data.append((np.array(x), np.array(y)))

emit, trans, start = np.zeros((V, K)), np.zeros((K, K)), np.zeros(K)
l2, eta = 0.01, 0.2
for epoch in range(15):
    total = 0
    for i in np.random.permutation(len(data)):
        nll, ge, gt, gs = nll_and_grad(*data[i], emit, trans, start)
        total += nll
        emit -= eta * (ge + l2 * emit)
        trans -= eta * (gt + l2 * trans)
        start -= eta * (gs + l2 * start)
    eta *= 0.9
    hits = sum((viterbi(x, emit, trans, start) == y).sum() for x, y in data)
    print("epoch", epoch, "NLL %.3f" % (total / len(data)), "tag acc %.3f" % (hits / sum(len(y) for _, y in data)))
