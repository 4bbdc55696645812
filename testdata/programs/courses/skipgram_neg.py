import numpy as np

# CS224n-ish word2vec: skip-gram with negative sampling, pair by pair, linear lr decay

text = """the king rules the land and the queen rules the land
the dog chases the cat and the cat chases the mouse
a king and a queen sit on the throne
a dog and a cat sit on the mat
the prince is the son of the king and the princess is the daughter of the queen
the puppy is the young of the dog and the kitten is the young of the cat"""

sentences = [line.split() for line in text.split('\n')]
vocab = sorted({w for s in sentences for w in s})
w2i = {w: i for i, w in enumerate(vocab)}
counts = np.zeros(len(vocab))
for s in sentences:
    for w in s:
        counts[w2i[w]] += 1
noise_dist = counts ** 0.75 / np.sum(counts ** 0.75)
V, DIM, WINDOW, K = len(vocab), 10, 2, 5

np.random.seed(17)
centerVectors = (np.random.rand(V, DIM) - 0.5) / 2
outsideVectors = (np.random.rand(V, DIM) - 0.5) / 2


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def getNegativeSamples(outsideIdx):
    negs = []
    while len(negs) < K:
        j = np.random.choice(V, p=noise_dist)
        if j != outsideIdx:
            negs.append(j)
    return negs


def negSamplingLossAndGradient(vc, o, negs, U):
    gradU = np.zeros_like(U)
    pos = sigmoid(np.dot(U[o], vc))
    loss = -np.log(pos)
    gradvc = (pos - 1) * U[o]
    gradU[o] += (pos - 1) * vc
    for k in negs:
        sk = sigmoid(-np.dot(U[k], vc))
        loss -= np.log(sk)
        gradvc += (1 - sk) * U[k]
        gradU[k] += (1 - sk) * vc
    return loss, gradvc, gradU


def skipgram(center, outside, vecs, U):
    loss = 0.0
    gradCenter = np.zeros(vecs.shape)
    gradOutside = np.zeros(U.shape)
    vc = vecs[center]
    for o in outside:
        negs = getNegativeSamples(o)
        l, gc, gu = negSamplingLossAndGradient(vc, o, negs, U)
        loss += l
        gradCenter[center] += gc
        gradOutside += gu
    return loss, gradCenter, gradOutside


def random_context():
    s = sentences[np.random.randint(len(sentences))]
    i = np.random.randint(len(s))
    w = np.random.randint(1, WINDOW + 1)
    ctx = [w2i[s[j]] for j in range(max(0, i - w), min(len(s), i + w + 1)) if j != i]
    return w2i[s[i]], ctx


BATCH = 10
STEPS = 100
lr0 = 0.8
exploss = None
for step in range(1, STEPS + 1):
    lr = lr0 * max(0.1, 1 - step / STEPS)
    batch_loss = 0.0
    gC = np.zeros_like(centerVectors)
    gO = np.zeros_like(outsideVectors)
    for _ in range(BATCH):
        c, ctx = random_context()
        l, a, b = skipgram(c, ctx, centerVectors, outsideVectors)
        batch_loss += l / BATCH
        gC += a / BATCH
        gO += b / BATCH
    centerVectors -= lr * gC
    outsideVectors -= lr * gO
    exploss = batch_loss if exploss is None else 0.9 * exploss + 0.1 * batch_loss
    if step % 10 == 0:
        print("iter %d: %.4f" % (step, exploss))

print("iter final norm", np.linalg.norm(centerVectors), np.linalg.norm(outsideVectors))
