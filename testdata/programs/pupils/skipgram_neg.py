"""word2vec: skip-gram with negative sampling, as in the NLP course homework."""
import numpy as np
import random

random.seed(31415)
np.random.seed(9265)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def get_negative_samples(outside_idx, table, K):
    neg = []
    while len(neg) < K:
        cand = int(table[random.randint(0, len(table) - 1)])
        if cand != outside_idx:
            neg.append(cand)
    return neg


def neg_sampling_loss_and_gradient(center_vec, outside_idx, outside_vectors, negs):
    """
    center_vec: v_c; outside_vectors: U, one row per word
    returns loss, dJ/dv_c, dJ/dU
    """
    u_o = outside_vectors[outside_idx]
    pos = sigmoid(u_o @ center_vec)
    loss = -np.log(pos)
    grad_center = (pos - 1) * u_o
    grad_outside = np.zeros_like(outside_vectors)
    grad_outside[outside_idx] += (pos - 1) * center_vec
    for k in negs:
        u_k = outside_vectors[k]
        s = sigmoid(-u_k @ center_vec)
        loss -= np.log(s)
        grad_center += (1 - s) * u_k
        grad_outside[k] += (1 - s) * center_vec
    return loss, grad_center, grad_outside


def skipgram(center, outside, center_vectors, outside_vectors, table, K):
    loss = 0.0
    grad_center_vecs = np.zeros_like(center_vectors)
    grad_outside_vecs = np.zeros_like(outside_vectors)
    for o in outside:
        negs = get_negative_samples(o, table, K)
        l, gc, go = neg_sampling_loss_and_gradient(center_vectors[center], o, outside_vectors, negs)
        loss += l
        grad_center_vecs[center] += gc
        grad_outside_vecs += go
    return loss, grad_center_vecs, grad_outside_vecs


# ---- toy corpus: three topics with five words each
topics = [list(range(0, 5)), list(range(5, 10)), list(range(10, 15))]
sentences = []
for _ in range(160):
    words = random.choice(topics)
    sentences.append([random.choice(words) if random.random() < 0.9 else random.randrange(15) for _ in range(7)])
held_out = sentences[130:]
sentences = sentences[:130]
V, D, C, K = 15, 8, 2, 4

counts = np.zeros(V)
for s in sentences:
    for w in s:
        counts[w] += 1
probs = counts ** 0.75
probs /= probs.sum()
table = np.random.choice(V, size=5000, p=probs)

center_vectors = (np.random.rand(V, D) - 0.5) / D
outside_vectors = np.zeros((V, D))


def window(sentence, i):
    left = sentence[max(0, i - C):i]
    right = sentence[i + 1:i + C + 1]
    return left + right


def evaluate(data):
    total, count = 0.0, 0
    for s in data:
        for i, c in enumerate(s):
            same = center_vectors[c] @ outside_vectors.T
            logp = same - np.log(np.sum(np.exp(same)))
            for o in window(s, i):
                total -= logp[o]
                count += 1
    return total / count


lr, batch = 0.4, 20
for it in range(301):
    gC, gO, cost = np.zeros_like(center_vectors), np.zeros_like(outside_vectors), 0.0
    for _ in range(batch):
        sent = random.choice(sentences)
        i = random.randrange(len(sent))
        l, a, b = skipgram(sent[i], window(sent, i), center_vectors, outside_vectors, table, K)
        cost += l / batch
        gC += a / batch
        gO += b / batch
    center_vectors -= lr * gC
    outside_vectors -= lr * gO
    if it % 150 == 149:
        lr *= 0.5
    if it % 50 == 0:
        print("iter %d: loss %.5f, held-out softmax nll %.5f" % (it, cost, evaluate(held_out)))

unit = center_vectors / np.linalg.norm(center_vectors, axis=1, keepdims=True)
sim = unit @ unit.T
inside = np.mean([sim[a, b] for t in topics for a in t for b in t if a != b])
across = np.mean([sim[a, b] for a in topics[0] for b in topics[1] + topics[2]])
print("similarity inside topics %.4f, across topics %.4f" % (inside, across))
