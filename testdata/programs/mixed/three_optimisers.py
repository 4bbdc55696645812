# Which optimiser is best? Compare SGD+momentum, RMSprop and Adam
# on the same small MLP (same seed, same data, same batches).
import numpy as np

# ---------- data: two spirals-ish ----------
rng = np.random.RandomState(3)
N = 240
t = rng.uniform(0.3, 2.2, N)
cls = np.arange(N) % 3
ang = 2.0 * t + cls * 2 * np.pi / 3
data = np.stack([t * np.cos(ang), t * np.sin(ang)], axis=1)
data = data + 0.08 * rng.randn(N, 2)
perm = rng.permutation(N)
data, cls = data[perm], cls[perm]
Xtrain, ytrain = data[:180], cls[:180]
Xtest, ytest = data[180:], cls[180:]
mu = Xtrain.mean(axis=0)
sd = Xtrain.std(axis=0)
Xtrain = (Xtrain - mu) / sd
Xtest = (Xtest - mu) / sd

HIDDEN = 24
EPOCHS = 60
BATCH = 20
L2 = 1e-4


def init_params(seed):
    r = np.random.RandomState(seed)
    params = {}
    params['W1'] = r.randn(2, HIDDEN) * np.sqrt(1.0 / 2)
    params['b1'] = np.zeros(HIDDEN)
    params['W2'] = r.randn(HIDDEN, 3) * np.sqrt(1.0 / HIDDEN)
    params['b2'] = np.zeros(3)
    return params


def forward(params, X):
    z1 = X @ params['W1'] + params['b1']
    a1 = np.tanh(z1)
    scores = a1 @ params['W2'] + params['b2']
    scores = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(scores)
    probs = e / e.sum(axis=1, keepdims=True)
    return a1, probs


def loss_and_grads(params, X, y):
    n = X.shape[0]
    a1, probs = forward(params, X)
    loss = -np.mean(np.log(probs[np.arange(n), y]))
    loss += 0.5 * L2 * (np.sum(params['W1'] ** 2) + np.sum(params['W2'] ** 2))
    dscores = probs.copy()
    dscores[np.arange(n), y] -= 1
    dscores /= n
    grads = {}
    grads['W2'] = a1.T @ dscores + L2 * params['W2']
    grads['b2'] = dscores.sum(axis=0)
    da1 = dscores @ params['W2'].T
    dz1 = da1 * (1 - a1 ** 2)
    grads['W1'] = X.T @ dz1 + L2 * params['W1']
    grads['b1'] = dz1.sum(axis=0)
    return loss, grads


def accuracy(params, X, y):
    return np.mean(forward(params, X)[1].argmax(axis=1) == y)


def momentum_step(params, grads, state, lr=0.1, mu=0.9):
    for k in params:
        v = state.setdefault(k, np.zeros_like(params[k]))
        v *= mu
        v -= lr * grads[k]
        params[k] += v


def rmsprop_step(params, grads, state, lr=0.01, decay=0.95, eps=1e-8):
    for k in params:
        if k not in state:
            state[k] = np.zeros_like(params[k])
        state[k] = decay * state[k] + (1 - decay) * grads[k] ** 2
        params[k] -= lr * grads[k] / (np.sqrt(state[k]) + eps)


def adam_step(params, grads, state, lr=0.02, b1=0.9, b2=0.999, eps=1e-8):
    state['t'] = state.get('t', 0) + 1
    for k in params:
        m, s = state.get(k, (0.0, 0.0))
        m = b1 * m + (1 - b1) * grads[k]
        s = b2 * s + (1 - b2) * grads[k] ** 2
        state[k] = (m, s)
        mhat = m / (1 - b1 ** state['t'])
        shat = s / (1 - b2 ** state['t'])
        params[k] -= lr * mhat / (np.sqrt(shat) + eps)


optimisers = [('momentum', momentum_step), ('rmsprop', rmsprop_step), ('adam', adam_step)]
results = {}
for name, step in optimisers:
    params = init_params(seed=7)
    state = {}
    shuffler = np.random.RandomState(11)
    history = []
    for epoch in range(EPOCHS):
        order = shuffler.permutation(len(Xtrain))
        total = 0.0
        for start in range(0, len(Xtrain), BATCH):
            idx = order[start:start + BATCH]
            loss, grads = loss_and_grads(params, Xtrain[idx], ytrain[idx])
            total += loss * len(idx)
            step(params, grads, state)
        history.append(total / len(Xtrain))
    results[name] = history
    print('%-9s first %.4f  last %.4f  train acc %.3f  test acc %.3f' % (
        name, history[0], history[-1],
        accuracy(params, Xtrain, ytrain), accuracy(params, Xtest, ytest)))

best = min(results, key=lambda k: results[k][-1])
print('best optimiser:', best)
