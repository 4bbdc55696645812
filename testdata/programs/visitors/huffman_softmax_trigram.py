"""Neural trigram model with a hierarchical softmax over a Huffman tree.

P(word | c1 c2) = product over the path of sigmoid(sign * (node . h))
Paths have different lengths, so they are padded and masked.
"""
import heapq
from collections import Counter

import numpy as np

TEXT = """
the old man went to the river and the young man went to the hill
the dog ran to the river and the cat ran to the house
a man saw the dog and a dog saw the cat
the cat went to the old house and the dog went to the old hill
the young cat saw a river and the old dog saw a hill
a young man ran to the house and a young dog ran to the man
the man and the dog went to the house and the cat ran to the river
"""
tokens = (TEXT.replace('\n', ' <eol> ').split()) * 1
count = Counter(tokens)
words = [w for w, _ in count.most_common()]
index = {w: i for i, w in enumerate(words)}
V = len(words)


def huffman(freq):
    """-> list of (node ids, turns) per word, root first"""
    heap = [(f, i, i) for i, f in enumerate(freq)]
    heapq.heapify(heap)
    parent, turn, fresh = {}, {}, len(freq)
    while len(heap) > 1:
        fa, _, a = heapq.heappop(heap)
        fb, _, b = heapq.heappop(heap)
        parent[a], turn[a] = fresh, 0
        parent[b], turn[b] = fresh, 1
        heapq.heappush(heap, (fa + fb, fresh, fresh))
        fresh += 1
    paths = []
    for i in range(len(freq)):
        nodes, turns, k = [], [], i
        while k in parent:
            nodes.append(parent[k] - len(freq))
            turns.append(turn[k])
            k = parent[k]
        paths.append((nodes[::-1], turns[::-1]))
    return paths


paths = huffman([count[w] for w in words])
DEPTH = max(len(p) for p, _ in paths)
NODE, SIGN, MASK = np.zeros((V, DEPTH), int), np.zeros((V, DEPTH)), np.zeros((V, DEPTH))
for i, (p, t) in enumerate(paths):
    NODE[i, :len(p)], SIGN[i, :len(p)], MASK[i, :len(p)] = p, 1 - 2 * np.array(t), 1
print('vocabulary', V, 'deepest leaf', DEPTH, 'mean code length %.2f' % np.mean([len(paths[index[t]][0]) for t in tokens]))

ids = np.array([index[t] for t in tokens])
ctx, nxt = np.stack([ids[:-2], ids[1:-1]], 1), ids[2:]
rng = np.random.RandomState(40)
E, H = 10, 20
emb = rng.randn(V, E) * .3
Wh, bh = rng.randn(2 * E, H) / np.sqrt(2 * E), np.zeros(H)
node = np.zeros((V - 1, H))
nb = np.zeros(V - 1)


def hidden(c):
    x = emb[c].reshape(len(c), -1)
    return x, np.tanh(x @ Wh + bh)


def loss(c, w):
    _, h = hidden(c)
    s = np.einsum('nh,ndh->nd', h, node[NODE[w]]) + nb[NODE[w]]
    return (MASK[w] * np.logaddexp(0, -SIGN[w] * s)).sum(1)


def full_distribution(c):
    """all words at once, for the perplexity and for sampling"""
    return np.exp(-np.stack([loss(c, np.full(len(c), w)) for w in range(V)], 1))


def update(c, w, lr):
    """one step on a small batch; every path entry is its own logistic regression"""
    x, h = hidden(c)
    rows = NODE[w]
    s = np.einsum('nh,ndh->nd', h, node[rows]) + nb[rows]
    e = MASK[w] * SIGN[w] / (1 + np.exp(SIGN[w] * s)) / len(w)       # minus the derivative
    dh = np.einsum('nd,ndh->nh', e, node[rows])
    np.add.at(node, rows, lr * e[:, :, None] * h[:, None, :])
    np.add.at(nb, rows, lr * e)
    da = dh * (1 - h ** 2)
    dx = da @ Wh.T
    Wh[...] += lr * x.T @ da
    bh[...] += lr * da.sum(0)
    np.add.at(emb, c, lr * dx.reshape(len(c), 2, E))


p = np.bincount(ids, minlength=V) / len(ids)
print('unigram perplexity %.2f' % np.exp(-np.log(p[nxt]).mean()))
for epoch in range(60):
    rate = 1.2 * (1 - epoch / 60) + .05
    perm = rng.permutation(len(nxt))
    for k in range(0, len(perm), 8):
        j = perm[k:k + 8]
        update(ctx[j], nxt[j], rate)
    if epoch % 10 == 9:
        print('epoch %2d  mean code cost %.4f  perplexity %.3f' % (epoch + 1, loss(ctx, nxt).mean(), np.exp(loss(ctx, nxt).mean())))
q = full_distribution(ctx[:5])
print('rows of the full distribution sum to', q.sum(1).round(6))
state = [index['<eol>'], index['the']]
out = ['the']
while len(out) < 25:
    pr = full_distribution(np.array([state]))[0]
    state = [state[1], rng.choice(V, p=pr / pr.sum())]
    out.append(words[state[1]])
print(' '.join(out))
