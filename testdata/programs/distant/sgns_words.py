# word2vec homework (skip gram with negative sampling)
# toy corpus: three topics, words of one topic appear together
import numpy as np
import itertools

rnd = np.random.RandomState(0)

topics = [
    "cat dog horse cow sheep".split(),
    "bread milk cheese apple soup".split(),
    "car train bike bus plane".split(),
]
fillers = "the and of".split()

corpus = []
for s in range(70):
    tp = topics[s % 3]
    sent = []
    for w in range(8):
        if rnd.rand() < 0.25:
            sent.append(fillers[rnd.randint(3)])
        else:
            sent.append(tp[rnd.randint(5)])
    corpus.append(sent)

counts = {}
for w in itertools.chain(*corpus):
    counts[w] = counts.get(w, 0) + 1
vocab = sorted(counts, key=lambda w: (-counts[w], w))
idx = dict(zip(vocab, range(len(vocab))))

freq = np.array([counts[w] for w in vocab], dtype=float)
noise = freq ** 0.75
noise = noise / noise.sum()
# throw away some of the very frequent words
keep = np.minimum(1, np.sqrt(0.06 / (freq / freq.sum())))

DIM = 8
NEG = 4
WIN = 2
V_in = (rnd.rand(len(vocab), DIM) - 0.5) / DIM
V_out = np.zeros((len(vocab), DIM))


def pairs():
    for sent in corpus:
        ids = [idx[w] for w in sent if rnd.rand() < keep[idx[w]]]
        for i, center in enumerate(ids):
            b = rnd.randint(1, WIN + 1)
            for j in range(max(0, i - b), min(len(ids), i + b + 1)):
                if j != i:
                    yield center, ids[j]


def sigm(x):
    return 1.0 / (1.0 + np.exp(-x))


def draw_negatives(target):
    neg = []
    while len(neg) < NEG:
        k = rnd.choice(len(vocab), p=noise)
        if k == target:
            continue
        neg.append(k)
    return neg


def negSamplingGrad(vc, target, negs, outVectors):
    """returns cost, gradient for the center vector, gradients for the rows used"""
    rows = np.array([target] + negs)
    U = outVectors[rows]
    sign = -np.ones(len(rows))
    sign[0] = 1
    p = sigm(sign * U.dot(vc))
    cost = -np.sum(np.log(p))
    coef = (p - 1) * sign
    gradCenter = coef.dot(U)
    gradRows = np.outer(coef, vc)
    return cost, gradCenter, rows, gradRows


LR0 = 0.15
EPOCHS = 5
ACC = 3          # pairs to collect before an update

gIn = np.zeros_like(V_in)
gOut = np.zeros_like(V_out)
collected = 0
updates = 0
estimate = EPOCHS * 1350 / ACC

for ep in range(EPOCHS):
    cost_sum, n = 0.0, 0
    for center, context in pairs():
        negs = draw_negatives(context)
        c, gc, rows, gr = negSamplingGrad(V_in[center], context, negs, V_out)
        gIn[center] += gc
        np.add.at(gOut, rows, gr)
        cost_sum += c
        n += 1
        collected += 1
        if collected == ACC:
            lr = LR0 * max(1 - updates / estimate, 0.05)
            V_in -= lr * gIn
            V_out -= lr * gOut
            gIn[:] = 0
            gOut[:] = 0
            collected = 0
            updates += 1
    print("epoch", ep + 1, "pairs", n, "cost per pair %.4f" % (cost_sum / n))


def nearest(word, k=3):
    N = V_in / np.linalg.norm(V_in, axis=1)[:, None]
    sims = N @ N[idx[word]]
    out = [vocab[i] for i in np.argsort(-sims) if vocab[i] != word]
    return out[:k]


for w in ("cat", "milk", "bus"):
    print(w, "->", ", ".join(nearest(w)))
good = 0
for tp in topics:
    for w in tp:
        good += nearest(w, 1)[0] in tp
print("nearest neighbour in the same topic:", good, "of 15")
