# word2vec, skip-gram with negative sampling, on a toy grammar
import numpy as np

rng = np.random.default_rng(3)
animals, foods, verbs = ["cat", "dog", "cow", "hen"], ["fish", "bread", "corn", "soup"], ["eats", "sees", "wants"]
sentences = []
for _ in range(250):
    s = ["the", rng.choice(animals), rng.choice(verbs), "some", rng.choice(foods)]
    if rng.random() < 0.3:
        s += ["and", rng.choice(foods)]
    sentences.append(s)

words = sorted({w for s in sentences for w in s})
index = {w: i for i, w in enumerate(words)}
counts = np.zeros(len(words))
pairs = []
for s in sentences:
    ids = [index[w] for w in s]
    for i, w in enumerate(ids):
        counts[w] += 1
        for j in range(max(0, i - 2), min(len(ids), i + 3)):
            if j != i:
                pairs.append((w, ids[j]))
pairs = np.array(pairs)
noise = counts ** 0.75
noise /= noise.sum()

V, DIM, NEG = len(words), 10, 4
center_vecs = (rng.random((V, DIM)) - 0.5) / 2
context_vecs = (rng.random((V, DIM)) - 0.5) / 2
context_bias = np.zeros(V)


def sigmoid(a):
    return 1.0 / (1.0 + np.exp(-a))


def batch_loss(c, o, neg):
    u, vo, vn = center_vecs[c], context_vecs[o], context_vecs[neg]
    pos = (u * vo).sum(axis=1) + context_bias[o]
    negs = np.einsum("bd,bkd->bk", u, vn) + context_bias[neg]
    return (np.logaddexp(0, -pos).sum() + np.logaddexp(0, negs).sum()) / len(c)


def gradients(c, o, neg):
    B = len(c)
    u, vo, vn = center_vecs[c], context_vecs[o], context_vecs[neg]
    pos = (u * vo).sum(axis=1) + context_bias[o]
    negs = np.einsum("bd,bkd->bk", u, vn) + context_bias[neg]
    dpos = (sigmoid(pos) - 1) / B
    dneg = sigmoid(negs) / B
    du = dpos[:, None] * vo
    du += np.einsum("bk,bkd->bd", dneg, vn)
    dvo = dpos[:, None] * u
    dvn = dneg[:, :, None] * u[:, None, :]

    g_center = np.zeros_like(center_vecs)
    g_context = np.zeros_like(context_vecs)
    g_bias = np.zeros_like(context_bias)
    np.add.at(g_center, c, du)
    np.add.at(g_context, o, dvo)
    np.add.at(g_context, neg, dvn)
    np.add.at(g_bias, o, dpos)
    np.add.at(g_bias, neg, dneg)
    return g_center, g_context, g_bias


start_lr, epochs, size = 4.0, 6, 64
steps = epochs * (len(pairs) // size)
done = 0
for epoch in range(epochs):
    rng.shuffle(pairs)
    running = 0.0
    for k in range(len(pairs) // size):
        chunk = pairs[k * size:(k + 1) * size]
        c, o = chunk[:, 0], chunk[:, 1]
        neg = rng.choice(V, size=(size, NEG), p=noise)
        running += batch_loss(c, o, neg)
        g_center, g_context, g_bias = gradients(c, o, neg)
        lr = max(start_lr * (1 - done / steps), 0.05)
        center_vecs -= lr * g_center
        context_vecs -= lr * g_context
        context_bias -= 0.1 * lr * g_bias      # biases move more slowly
        done += 1
    print("epoch %d  mean loss %.5f  lr %.3f" % (epoch + 1, running / (k + 1), lr))

unit = center_vecs / np.linalg.norm(center_vecs, axis=1, keepdims=True)
for w in ("cat", "corn", "eats"):
    near = np.argsort(-(unit @ unit[index[w]]))[1:4]
    print(w, "->", [words[i] for i in near])
