import random
from collections import Counter

import numpy as np

# ------------------------------------------------------------------
# word2vec (skip-gram, negative sampling) on a made-up little language
# ------------------------------------------------------------------

GROUPS = {
    'animal': ['cat', 'dog', 'horse', 'mouse', 'bird'],
    'food': ['bread', 'cheese', 'apple', 'soup', 'rice'],
    'place': ['house', 'garden', 'market', 'river', 'wood'],
    'verb_eat': ['eats', 'likes', 'finds'],
    'verb_go': ['visits', 'leaves', 'sees'],
    'glue': ['the', 'a'],
}


def sentence(rnd):
    pick = lambda g: rnd.choice(GROUPS[g])
    if rnd.random() < 0.5:
        return [pick('glue'), pick('animal'), pick('verb_eat'), pick('glue'), pick('food')]
    return [pick('glue'), pick('animal'), pick('verb_go'), pick('glue'), pick('place')]


class Vocab:
    def __init__(self, sentences):
        self.counts = Counter(w for s in sentences for w in s)
        self.words = sorted(self.counts)
        self.index = {w: i for i, w in enumerate(self.words)}
        freq = np.array([self.counts[w] for w in self.words], float)
        self.noise = freq ** 0.75
        self.noise /= self.noise.sum()

    def __len__(self):
        return len(self.words)


def pairs(sentences, vocab, window, rnd):
    for s in sentences:
        ids = [vocab.index[w] for w in s]
        for pos, c in enumerate(ids):
            w = rnd.randint(1, window)
            for j in range(max(0, pos - w), min(len(ids), pos + w + 1)):
                if j != pos:
                    yield c, ids[j]


def chunks(stream, size):
    buf = []
    for item in stream:
        buf.append(item)
        if len(buf) == size:
            yield np.array(buf)
            buf = []
    if buf:
        yield np.array(buf)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-np.clip(x, -30, 30)))


def sgns(U, C, centers, contexts, negatives):
    """Loss summed over the chunk and gradients wrt both tables."""
    u = U[centers]                               # B,d
    v = C[contexts]                              # B,d
    vn = C[negatives]                            # B,k,d
    pos = sigmoid(np.einsum('bd,bd->b', u, v))
    neg = sigmoid(np.einsum('bkd,bd->bk', vn, u))
    loss = -np.log(pos + 1e-12).sum() - np.log(1 - neg + 1e-12).sum()

    e_pos = (pos - 1)[:, None]
    du = e_pos * v + np.einsum('bk,bkd->bd', neg, vn)
    dv = e_pos * u
    dvn = neg[:, :, None] * u[:, None, :]

    gU = np.zeros_like(U)
    gC = np.zeros_like(C)
    np.add.at(gU, centers, du)
    np.add.at(gC, contexts, dv)
    np.add.at(gC, negatives, dvn)
    return loss, gU, gC


def nearest(word, U, vocab, topn=4):
    N = U / np.linalg.norm(U, axis=1, keepdims=True)
    sims = N @ N[vocab.index[word]]
    best = [i for i in np.argsort(-sims) if vocab.words[i] != word][:topn]
    return ' '.join('%s(%.2f)' % (vocab.words[i], sims[i]) for i in best)


rnd = random.Random(1)
np.random.seed(1)
corpus = [sentence(rnd) for _ in range(400)]
vocab = Vocab(corpus)
dim, k, epochs, lr0, bsize = 10, 4, 12, 0.06, 32

U = (np.random.rand(len(vocab), dim) - 0.5) / dim
C = np.zeros((len(vocab), dim))
clip = 3.0

total_batches = None
done = 0
for ep in range(epochs):
    rnd.shuffle(corpus)
    ep_loss = n_pairs = n_batches = 0
    for batch in chunks(pairs(corpus, vocab, 2, rnd), bsize):
        centers, contexts = batch.T
        negatives = np.random.choice(len(vocab), size=(len(batch), k), p=vocab.noise)
        loss, gU, gC = sgns(U, C, centers, contexts, negatives)
        lr = lr0 if total_batches is None else lr0 * max(0.05, 1 - done / total_batches)
        norm = np.sqrt((gU ** 2).sum() + (gC ** 2).sum())
        scale = min(1.0, clip / norm)
        U -= lr * scale * gU
        C -= lr * scale * gC
        ep_loss += loss
        n_pairs += len(batch)
        n_batches += 1
        done += 1
    if total_batches is None:
        total_batches = n_batches * epochs
    if ep % 3 == 2:
        print(f'epoch {ep + 1:2d}  loss/pair {ep_loss / n_pairs:.4f}  lr {lr:.4f}')

for w in ('cat', 'bread', 'river', 'sees'):
    print('%-6s ->' % w, nearest(w, U, vocab))
