# LambdaRank: RankNet pair loss weighted with |delta NDCG|. The weights depend on the current ordering and are
# treated as constants (by design), so the gradient is that of the weighted logistic loss with frozen weights.
import numpy as np

rng = np.random.default_rng(9)
n_query, n_doc, n_feat = 24, 10, 6
hidden_w = rng.normal(size=n_feat)
Q = []
for q in range(n_query):
    F = rng.normal(size=(n_doc, n_feat))
    s = F @ hidden_w + 0.5 * F[:, 0] * F[:, 1] + 0.3 * rng.normal(size=n_doc)
    rel = np.digitize(s, np.quantile(s, [0.5, 0.75, 0.9]))
    Q.append((F, rel))
train, test = Q[:18], Q[18:]

def ndcg(scores, rel):
    disc = 1 / np.log2(np.arange(2, len(rel) + 2))
    dcg = ((2.0 ** rel[np.argsort(-scores)] - 1) * disc).sum()
    return dcg / ((2.0 ** np.sort(rel)[::-1] - 1) * disc).sum()

def pair_weights(scores, rel):
    rank = np.empty(len(rel), dtype=int)
    rank[np.argsort(-scores)] = np.arange(len(rel))
    disc = 1 / np.log2(rank + 2.0)
    gain = 2.0 ** rel - 1
    ideal = (np.sort(gain)[::-1] / np.log2(np.arange(2, len(rel) + 2))).sum()
    delta = np.abs((gain[:, None] - gain[None]) * (disc[:, None] - disc[None])) / ideal
    return delta * (rel[:, None] > rel[None])

def lambda_loss(scores, w, sigma=1.0):
    diff = sigma * (scores[:, None] - scores[None])
    loss = (w * np.logaddexp(0, -diff)).sum()
    lam = -sigma * w / (1 + np.exp(diff))
    return loss, lam.sum(1) - lam.sum(0)

h = 12
W1 = rng.normal(size=(n_feat, h)) / np.sqrt(n_feat)
b1 = np.zeros(h)
w2 = rng.normal(size=h) / np.sqrt(h)

for epoch in range(30):
    tot = 0
    for k in rng.permutation(len(train)):
        F, rel = train[k]
        pre = F @ W1 + b1
        act = np.where(pre > 0, pre, np.expm1(np.minimum(pre, 0)))      # ELU
        scores = act @ w2
        w = pair_weights(scores, rel)
        loss, ds = lambda_loss(scores, w)
        gw2 = act.T @ ds
        dpre = np.outer(ds, w2) * np.where(pre > 0, 1, act + 1)
        gW1, gb1 = F.T @ dpre, dpre.sum(0)
        W1 -= 0.05 * gW1
        b1 -= 0.05 * gb1
        w2 -= 0.05 * gw2
        tot += loss
    if (epoch + 1) % 3 == 0:
        score_test = []
        for F, rel in test:
            pre = F @ W1 + b1
            score_test.append(ndcg(np.where(pre > 0, pre, np.expm1(np.minimum(pre, 0))) @ w2, rel))
        print("epoch %2d  lambda loss %.4f  test NDCG %.4f" % (epoch + 1, tot / len(train), np.mean(score_test)))
