#!/usr/bin/env python3
# skip-gram with negative sampling, trained pair by pair like the original C code
import numpy as np
from collections import Counter

corpus = """king rules the realm and queen rules the realm . man works the field and woman works the field .
king is a man and queen is a woman . the realm has a king and a queen . the field has a man and a woman .
prince will be king and princess will be queen . boy will be man and girl will be woman .""".split()
corpus = [w for w in corpus if w != '.']
counts = Counter(corpus)
vocab = sorted(counts)
word2id = {w: i for i, w in enumerate(vocab)}
freq = np.array([counts[w] for w in vocab], dtype=float) ** 0.75
noise_dist = freq / freq.sum()

dim, window, k = 12, 2, 4
rng = np.random.RandomState(10)
W_in = (rng.rand(len(vocab), dim) - 0.5) / dim
W_out = np.zeros((len(vocab), dim))
pairs = []
for i, w in enumerate(corpus):
    for j in range(max(0, i - window), min(len(corpus), i + window + 1)):
        if j != i:
            pairs.append((word2id[w], word2id[corpus[j]]))
n_total = 12 * len(pairs)
print(len(vocab), 'words', len(pairs), 'pairs')

def pair_loss_grad(center, targets, labels):
    v = W_in[center]
    u = W_out[targets]                       # (k+1, dim), the targets are distinct
    score = u @ v
    loss = np.sum(np.logaddexp(0, -(2 * labels - 1) * score))
    err = 1 / (1 + np.exp(-score)) - labels
    return loss, err @ u, np.outer(err, v)

seen = 0
for epoch in range(12):
    rng.shuffle(pairs)
    running = 0.0
    for center, context in pairs:
        alpha = max(0.25 * (1 - seen / n_total), 1e-4)     # linear decay
        neg = []
        while len(neg) < k:
            cand = rng.choice(len(vocab), p=noise_dist)
            if cand != context and cand not in neg:
                neg.append(cand)
        targets = np.array([context] + neg)
        labels = np.array([1.0] + [0.0] * k)
        loss, dv, du = pair_loss_grad(center, targets, labels)
        W_in[center] -= alpha * dv
        W_out[targets] -= alpha * du
        running += loss
        seen += 1
    print('epoch %2d  avg loss %.4f' % (epoch, running / len(pairs)))

E = W_in / np.linalg.norm(W_in, axis=1, keepdims=True)
sim = E @ E[word2id['king']]
print('nearest to king:', [vocab[i] for i in np.argsort(-sim)[1:4]])
