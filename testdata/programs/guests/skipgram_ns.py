""" word2vec, skip-gram with negative sampling, on a made-up corpus of three topics """
import numpy as np

np.random.seed(100)
topics = ["cat dog horse cow sheep pig".split(),
          "red blue green yellow black white".split(),
          "bread cheese apple rice soup cake".split()]
glue = "the a and of with is".split()


def make_corpus(n_sent):
    sents = []
    for _ in range(n_sent):
        t = topics[np.random.randint(3)]
        s = []
        for _ in range(8):
            pool = t if np.random.rand() < 0.65 else glue
            s.append(pool[np.random.randint(6)])
        sents.append(s)
    return sents


corpus = make_corpus(400)
vocab = sorted({w for s in corpus for w in s})
word2id = {w: i for i, w in enumerate(vocab)}
counts = np.zeros(len(vocab))
for s in corpus:
    for w in s:
        counts[word2id[w]] += 1

noise = counts ** 0.75
noise /= noise.sum()

dim, window, neg = 12, 2, 4
lr0, epochs = 0.1, 4
V_in = (np.random.rand(len(vocab), dim) - 0.5) / dim
V_out = np.zeros((len(vocab), dim))


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def pair_loss(center, context, negatives):
    v = V_in[center]
    return -np.log(sigmoid(V_out[context] @ v)) - np.log(sigmoid(-V_out[negatives] @ v)).sum()


def pair_gradients(center, context, negatives):
    v = V_in[center]
    ids = np.concatenate([[context], negatives])
    label = np.zeros(len(ids))
    label[0] = 1
    u = V_out[ids]
    err = sigmoid(u @ v) - label
    grad_v = err @ u
    grad_u = np.outer(err, v)
    return ids, grad_v, grad_u


def pairs():
    for si in np.random.permutation(len(corpus)):
        s = [word2id[w] for w in corpus[si]]
        for i, c in enumerate(s):
            b = np.random.randint(1, window + 1)
            for j in range(max(0, i - b), min(len(s), i + b + 1)):
                if j != i:
                    yield c, s[j]


def nearest(word, k=3):
    E = V_in / np.linalg.norm(V_in, axis=1, keepdims=True)
    sim = E @ E[word2id[word]]
    order = [i for i in np.argsort(-sim) if vocab[i] != word]
    return [vocab[i] for i in order[:k]]


def topic_purity():
    hits = total = 0
    for t in topics:
        for w in t:
            near = nearest(w)
            hits += sum(x in t for x in near)
            total += len(near)
    return hits / total


total_pairs = epochs * len(corpus) * 22      # about 22 pairs per sentence
seen = 0
for epoch in range(epochs):
    cost, n = 0.0, 0
    for center, context in pairs():
        negatives = np.random.choice(len(vocab), neg, p=noise)
        lr = lr0 * max(1 - seen / total_pairs, 0.05)
        ids, grad_v, grad_u = pair_gradients(center, context, negatives)
        if n % 20 == 0:
            cost += pair_loss(center, context, negatives)
        V_in[center] -= lr * grad_v
        np.subtract.at(V_out, ids, lr * grad_u)      # the same word may be drawn twice
        n += 1
        seen += 1
    print("epoch %d  pairs %d  loss %.4f  purity %.3f" % (epoch + 1, n, cost / ((n + 19) // 20), topic_purity()))

for w in ("cat", "red", "soup"):
    print(w, "->", ", ".join(nearest(w)))
