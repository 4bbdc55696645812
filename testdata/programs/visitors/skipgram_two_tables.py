# word2vec, skip-gram with negative sampling. Written for my NLP blog, part 3.
# One (centre, context) pair at a time like the C code: work out the error
# of the centre row in `neu1e`, change the output rows at once, then the centre.
import numpy as np

rng = np.random.RandomState(2013)

# --- a corpus with two topics
topics = [["cat", "dog", "fur", "paw", "tail", "vet"], ["bond", "stock", "bank", "fund", "rate", "yield"]]
sentences = []
for _ in range(90):
    words = topics[rng.randint(2)]
    sent = [words[i] for i in rng.randint(0, 6, 7)]
    sent[rng.randint(7)] = ["the", "a"][rng.randint(2)]
    sentences.append(sent)

counts = {}
for s in sentences:
    for w in s:
        counts[w] = counts.get(w, 0) + 1
vocab = sorted(counts, key=lambda w: -counts[w])
ix = {w: i for i, w in enumerate(vocab)}
freq = np.array([counts[w] for w in vocab], float)

# --- unigram table ^ 0.75, and subsampling of frequent words
noise = freq ** 0.75
table = np.repeat(np.arange(len(vocab)), np.round(500 * noise / noise.sum()).astype(int))
keep = np.minimum(1.0, np.sqrt(0.06 / (freq / freq.sum())))

DIM, WINDOW, NEG, LR0, EPOCHS = 12, 2, 4, 0.08, 5
syn0 = (rng.rand(len(vocab), DIM) - 0.5) / DIM
syn1neg = np.zeros((len(vocab), DIM))


def sigma(v):
    return 1.0 / (1.0 + np.exp(-v))


def pair_loss(c, o, negs):
    return -np.log(sigma(syn1neg[o] @ syn0[c])) - np.log(sigma(-syn1neg[negs] @ syn0[c])).sum()


def train_pair(c, o, negs, alpha):
    h = syn0[c]
    neu1e = np.zeros(DIM)
    for target, label in [(o, 1)] + [(k, 0) for k in negs]:
        g = (label - sigma(h @ syn1neg[target])) * alpha
        neu1e += g * syn1neg[target]
        syn1neg[target] += g * h
    syn0[c] += neu1e


def pairs():
    for s in sentences:
        ids = [ix[w] for w in s if rng.rand() < keep[ix[w]]]
        for pos, c in enumerate(ids):
            b = rng.randint(1, WINDOW + 1)
            for q in range(max(0, pos - b), min(len(ids), pos + b + 1)):
                if q != pos:
                    yield c, ids[q]


seen, expected = 0, EPOCHS * 90 * 7 * 2.5
for epoch in range(EPOCHS):
    tot = n = 0
    for c, o in pairs():
        negs = np.unique(table[rng.randint(len(table), size=NEG)])
        negs = negs[negs != o]
        alpha = max(LR0 * (1 - seen / expected), LR0 * 1e-4)
        if n % 20 == 0:
            tot += pair_loss(c, o, negs)
        train_pair(c, o, negs, alpha)
        n += 1
        seen += 1
    print("epoch %d  pairs %d  loss %.4f  alpha %.4f" % (epoch, n, tot / (n // 20 + 1), alpha))


def nearest(word, k=3):
    E = syn0 / np.linalg.norm(syn0, axis=1, keepdims=True)
    s = E @ E[ix[word]]
    return [vocab[i] for i in np.argsort(-s) if vocab[i] != word][:k]


for w in ("cat", "bank", "fund"):
    print(w, "->", ", ".join(nearest(w)))
