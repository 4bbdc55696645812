# word2vec, skip-gram with negative sampling, the slow way (one pair at a time)
import math
import random
import numpy as np

random.seed(42)
rng = np.random.RandomState(42)

# an artificial little language: animals do animal things, food is eaten ...
animals = ['cat', 'dog', 'cow', 'horse']
foods = ['bread', 'cheese', 'apple', 'soup']
tools = ['hammer', 'saw', 'drill', 'nail']
verbs = {'a': ['runs', 'sleeps', 'barks'], 'f': ['tastes', 'smells', 'cooks'],
         't': ['breaks', 'cuts', 'rusts']}
sentences = []
for _ in range(110):
    k = random.choice('aft')
    noun = {'a': animals, 'f': foods, 't': tools}[k]
    sentences.append(['the', random.choice(noun), 'and', random.choice(noun),
                      random.choice(verbs[k]), random.choice(verbs[k])])

counts = {}
for sent in sentences:
    for w in sent:
        counts[w] = counts.get(w, 0) + 1
vocab = sorted(counts)
index = {w: i for i, w in enumerate(vocab)}
V, D, WINDOW, NEG = len(vocab), 10, 2, 4
total_words = sum(counts.values())

# noise distribution: unigram^(3/4)
noise = np.array([counts[w] for w in vocab], dtype=float) ** 0.75
noise /= noise.sum()
cumulative = np.cumsum(noise)

# frequent words are thrown away sometimes
THRESH = 0.05
keep = {w: min(1.0, math.sqrt(THRESH / (counts[w] / total_words))) for w in vocab}

Vin = (rng.rand(V, D) - 0.5) / D        # vectors of the centre words
Vout = np.zeros((V, D))                 # vectors of the context words


def sigmoid(x):
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    return math.exp(x) / (1.0 + math.exp(x))


def draw_negatives(positive):
    negs = []
    while len(negs) < NEG:
        j = min(int(np.searchsorted(cumulative, rng.rand())), V - 1)
        if j != positive:
            negs.append(j)
    return negs


def pair_gradient(c, o, negs):
    """loss = -log s(u_o.v_c) - sum log s(-u_n.v_c); returns gradients too"""
    v = Vin[c]
    score = sigmoid(np.dot(Vout[o], v))
    loss = -math.log(max(score, 1e-12))
    g = score - 1.0
    grad_v = g * Vout[o]
    grads_u = [(o, g * v)]
    for n in negs:
        score = sigmoid(np.dot(Vout[n], v))
        loss -= math.log(max(1.0 - score, 1e-12))
        grad_v = grad_v + score * Vout[n]
        grads_u.append((n, score * v))
    return loss, grad_v, grads_u


def train_pair(c, o, lr):
    loss, grad_v, grads_u = pair_gradient(c, o, draw_negatives(o))
    for j, gu in grads_u:
        Vout[j] -= lr * gu
    Vin[c] -= lr * grad_v
    return loss


EPOCHS, LR0 = 10, 0.25
step, n_steps = 0, EPOCHS * len(sentences)
for epoch in range(EPOCHS):
    random.shuffle(sentences)
    losses = []
    for sent in sentences:
        lr = max(LR0 * (1.0 - step / n_steps), LR0 * 0.01)
        step += 1
        ids = [index[w] for w in sent if random.random() < keep[w]]
        for pos, centre in enumerate(ids):
            lo = max(0, pos - WINDOW)
            hi = min(len(ids), pos + WINDOW + 1)
            for q in range(lo, hi):
                if q != pos:
                    losses.append(train_pair(centre, ids[q], lr))
    if epoch % 3 == 0:
        print('epoch', epoch, 'loss per pair %.5f' % np.mean(losses))


def similarity(a, b):
    x, y = Vin[index[a]], Vin[index[b]]
    return np.dot(x, y) / (np.linalg.norm(x) * np.linalg.norm(y))


for a, b in [('cat', 'dog'), ('bread', 'soup'), ('saw', 'drill'), ('cat', 'soup'), ('saw', 'cow')]:
    print('%-6s %-6s %.4f' % (a, b, similarity(a, b)))
