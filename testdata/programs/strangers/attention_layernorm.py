# %% [markdown]
# Which of two marker tokens comes first in the sentence? Single head attention + layer norm.

# %%
import numpy as np
np.random.seed(77)
vocab, maxlen, dim, ffdim, n_cls = 12, 10, 16, 24, 2
PAD = 0

# %% data
def sentence():
    length = np.random.randint(5, maxlen + 1)
    toks = np.random.randint(3, vocab, length)
    i, j = np.random.choice(length, 2, replace=False)
    toks[i], toks[j] = 1, 2
    row = np.full(maxlen, PAD)
    row[:length] = toks
    return row, int(i < j)

pairs = [sentence() for _ in range(700)]
tokens = np.array([p[0] for p in pairs])
target = np.array([p[1] for p in pairs])
train_tok, train_tgt = tokens[:560], target[:560]
test_tok, test_tgt = tokens[560:], target[560:]

# %% parameters
P = dict(
    emb=np.random.randn(vocab, dim) * 0.5,
    pos=np.random.randn(maxlen, dim) * 0.5,
    Wq=np.random.randn(dim, dim) / np.sqrt(dim),
    Wk=np.random.randn(dim, dim) / np.sqrt(dim),
    Wv=np.random.randn(dim, dim) / np.sqrt(dim),
    Wo=np.random.randn(dim, dim) / np.sqrt(dim),
    g=np.ones(dim),
    be=np.zeros(dim),
    W1=np.random.randn(dim, ffdim) / np.sqrt(dim),
    c1=np.zeros(ffdim),
    W2=np.random.randn(ffdim, n_cls) / np.sqrt(ffdim),
    c2=np.zeros(n_cls),
)

# %% model
def forward(tok):
    global X, Q, K, V, S, A, C, R, xhat, rstd, Y, pooled, weight, H, U
    mask = (tok != PAD)
    X = P['emb'][tok] + P['pos'][None]
    Q = X @ P['Wq']
    K = X @ P['Wk']
    V = X @ P['Wv']
    S = Q @ K.transpose(0, 2, 1) / np.sqrt(dim)
    S = np.where(mask[:, None, :], S, -1e9)
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    A = E / E.sum(axis=-1, keepdims=True)
    C = A @ V
    R = X + C @ P['Wo']
    m = R.mean(axis=-1, keepdims=True)
    rstd = 1 / np.sqrt(R.var(axis=-1, keepdims=True) + 1e-5)
    xhat = (R - m) * rstd
    Y = xhat * P['g'] + P['be']
    weight = mask / mask.sum(axis=1, keepdims=True)
    pooled = np.einsum('bt,btd->bd', weight, Y)
    H = pooled @ P['W1'] + P['c1']
    U = np.maximum(H, 0)
    logit = U @ P['W2'] + P['c2']
    logit = logit - logit.max(axis=1, keepdims=True)
    return np.exp(logit) / np.exp(logit).sum(axis=1, keepdims=True)

def backward(tok, prob, tgt):
    G = {}
    n = len(tgt)
    dl = prob.copy()
    dl[np.arange(n), tgt] -= 1
    dl /= n
    G['W2'] = U.T @ dl
    G['c2'] = dl.sum(0)
    dH = (dl @ P['W2'].T) * (H > 0)
    G['W1'] = pooled.T @ dH
    G['c1'] = dH.sum(0)
    dpool = dH @ P['W1'].T
    dY = weight[:, :, None] * dpool[:, None, :]
    G['g'] = (dY * xhat).sum(axis=(0, 1))
    G['be'] = dY.sum(axis=(0, 1))
    dxh = dY * P['g']
    dR = rstd * (dxh - dxh.mean(-1, keepdims=True) - xhat * (dxh * xhat).mean(-1, keepdims=True))
    dX = dR.copy()
    G['Wo'] = np.einsum('btd,bte->de', C, dR)
    dC = dR @ P['Wo'].T
    dA = dC @ V.transpose(0, 2, 1)
    dV = A.transpose(0, 2, 1) @ dC
    dS = A * (dA - (dA * A).sum(axis=-1, keepdims=True)) / np.sqrt(dim)
    dQ = dS @ K
    dK = dS.transpose(0, 2, 1) @ Q
    for name, dproj in (('Wq', dQ), ('Wk', dK), ('Wv', dV)):
        G[name] = np.einsum('btd,bte->de', X, dproj)
        dX += dproj @ P[name].T
    G['emb'] = np.zeros_like(P['emb'])
    np.add.at(G['emb'], tok, dX)
    G['pos'] = dX.sum(axis=0)
    return G

# %% optimiser state
M1 = {k: np.zeros_like(v) for k, v in P.items()}
M2 = {k: np.zeros_like(v) for k, v in P.items()}
step, batch, epochs = 0, 40, 20
per_epoch = len(train_tgt) // batch
total, warm, peak = epochs * per_epoch, 30, 0.01

def rate(s):
    if s < warm:
        return peak * s / warm
    return peak * 0.5 * (1 + np.cos(np.pi * (s - warm) / (total - warm)))

# %% training
for epoch in range(epochs):
    order = np.random.permutation(len(train_tgt))
    losses = []
    for i in range(per_epoch):
        take = order[i * batch:(i + 1) * batch]
        tok, tgt = train_tok[take], train_tgt[take]
        prob = forward(tok)
        losses.append(-np.log(prob[np.arange(batch), tgt] + 1e-12).mean())
        G = backward(tok, prob, tgt)
        step += 1
        lr = rate(step)
        for k in P:
            M1[k] = 0.9 * M1[k] + 0.1 * G[k]
            M2[k] = 0.99 * M2[k] + 0.01 * G[k] ** 2
            P[k] -= lr * (M1[k] / (1 - 0.9 ** step)) / (np.sqrt(M2[k] / (1 - 0.99 ** step)) + 1e-8)
    acc = (forward(test_tok).argmax(1) == test_tgt).mean()
    print(f'epoch {epoch + 1:2d}  loss {np.mean(losses):.4f}  lr {lr:.5f}  test acc {acc:.3f}')
