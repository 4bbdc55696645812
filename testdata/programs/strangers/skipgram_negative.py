# word2vec from scratch (skip gram, negative sampling)
import numpy as np

np.random.seed(1)

royals = "king queen prince throne crown castle".split()
animals = "dog cat horse cow sheep goat".split()
foods = "bread cheese apple soup rice cake".split()
glue = "the a and of".split()

corpus = []
for _ in range(260):
    topic = [royals, animals, foods][np.random.randint(3)]
    words = list(np.random.choice(topic, 4)) + list(np.random.choice(glue, 2))
    np.random.shuffle(words)
    corpus.append(words)

vocab = sorted(set(w for sent in corpus for w in sent))
word2idx = {w: i for i, w in enumerate(vocab)}
counts = np.zeros(len(vocab))
for sent in corpus:
    for w in sent:
        counts[word2idx[w]] += 1
noise_dist = counts ** 0.75
noise_dist = noise_dist / noise_dist.sum()

window = 2
pairs = []
for sent in corpus:
    ids = [word2idx[w] for w in sent]
    for pos, center in enumerate(ids):
        for off in range(-window, window + 1):
            other = pos + off
            if off == 0 or other < 0 or other >= len(ids):
                continue
            pairs.append((center, ids[other]))
pairs = np.array(pairs)
print("vocab", len(vocab), "pairs", len(pairs))

emb_dim = 10
num_neg = 4
W_in = (np.random.rand(len(vocab), emb_dim) - 0.5) / emb_dim
W_out = np.zeros((len(vocab), emb_dim))


def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -15, 15)))


def train_batch(center, context, negative, lr):
    v = W_in[center]                                    # (B, D)
    u_pos = W_out[context]                              # (B, D)
    u_neg = W_out[negative]                             # (B, K, D)

    score_pos = sigmoid(np.sum(v * u_pos, axis=1))
    score_neg = sigmoid(np.einsum("bd,bkd->bk", v, u_neg))
    loss = -np.log(score_pos + 1e-10).sum() - np.log(1 - score_neg + 1e-10).sum()

    err_pos = (score_pos - 1)[:, None]
    err_neg = score_neg[:, :, None]
    grad_v = err_pos * u_pos + np.sum(err_neg * u_neg, axis=1)
    grad_pos = err_pos * v
    grad_neg = err_neg * v[:, None, :]

    np.add.at(W_in, center, -lr * grad_v)
    np.add.at(W_out, context, -lr * grad_pos)
    np.add.at(W_out, negative, -lr * grad_neg)
    return loss


lr_start, lr_end = 0.08, 0.005
epochs, batch_size = 10, 64
seen, total = 0, epochs * len(pairs)
for epoch in range(epochs):
    np.random.shuffle(pairs)
    epoch_loss = 0
    for start in range(0, len(pairs), batch_size):
        batch = pairs[start:start + batch_size]
        lr = max(lr_end, lr_start * (1 - seen / total))
        neg = np.random.choice(len(vocab), size=(len(batch), num_neg), p=noise_dist)
        epoch_loss += train_batch(batch[:, 0], batch[:, 1], neg, lr)
        seen += len(batch)
    print("Epoch", epoch, "Loss", round(epoch_loss / len(pairs), 5), "lr", round(lr, 5))

norm = W_in / np.linalg.norm(W_in, axis=1, keepdims=True)
for probe in ["king", "dog", "cheese"]:
    sims = norm @ norm[word2idx[probe]]
    best = np.argsort(-sims)[1:4]
    print(probe, "->", [(vocab[i], round(float(sims[i]), 3)) for i in best])
