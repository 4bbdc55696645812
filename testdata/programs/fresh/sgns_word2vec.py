# word2vec, skip-gram with negative sampling -- plain loops over (center, context) pairs
from collections import Counter
import numpy as np

np.random.seed(123)

# --- corpus: three topics, each with its own nouns, plus glue words
topics = [['king', 'queen', 'crown', 'throne', 'castle'],
          ['bread', 'butter', 'cheese', 'wine', 'apple'],
          ['river', 'boat', 'fish', 'water', 'bridge']]
glue = ['the', 'and', 'of']
sentences = []
for _ in range(120):
    topic = topics[np.random.randint(3)]
    sent = []
    for _ in range(np.random.randint(4, 8)):
        sent.append(glue[np.random.randint(3)] if np.random.rand() < 0.35 else topic[np.random.randint(5)])
    sentences.append(sent)

counts = Counter(w for s in sentences for w in s)
vocab = [w for w, _ in counts.most_common()]
word2id = {w: i for i, w in enumerate(vocab)}
freq = np.array([counts[w] for w in vocab], dtype=float)
total_words = freq.sum()

# noise distribution ~ count^(3/4);  frequent words are dropped with p = 1 - sqrt(t / f)
noise_p = freq ** 0.75 / np.sum(freq ** 0.75)
p_drop = np.maximum(0.0, 1.0 - np.sqrt(0.05 / (freq / total_words)))

DIM = 10
WINDOW = 2
K = 4
EPOCHS = 4
LR0 = 0.2
LR_MIN = 0.002

W_in = (np.random.rand(len(vocab), DIM) - 0.5) / DIM      # center vectors
W_out = np.zeros((len(vocab), DIM))                       # context vectors


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def get_pairs(sent):
    ids = [word2id[w] for w in sent]
    ids = [i for i in ids if np.random.rand() >= p_drop[i]]
    pairs = []
    for pos, center in enumerate(ids):
        b = np.random.randint(1, WINDOW + 1)
        for j in range(max(0, pos - b), min(len(ids), pos + b + 1)):
            if j != pos:
                pairs.append((center, ids[j]))
    return pairs


def draw_negatives(context):
    neg = []
    while len(neg) < K:
        n = np.random.choice(len(vocab), p=noise_p)
        if n != context:
            neg.append(n)
    return neg


def pair_loss_and_grads(center, context, negatives):
    v = W_in[center]
    u_pos = W_out[context]
    u_neg = W_out[negatives]
    s_pos = sigmoid(u_pos @ v)
    s_neg = sigmoid(u_neg @ v)
    loss = -np.log(s_pos) - np.sum(np.log(1.0 - s_neg))
    e_pos = s_pos - 1.0
    e_neg = s_neg
    grad_v = e_pos * u_pos + e_neg @ u_neg
    grad_u_pos = e_pos * v
    grad_u_neg = np.outer(e_neg, v)
    return loss, grad_v, grad_u_pos, grad_u_neg


def nearest(word, n=4):
    unit = W_in / np.linalg.norm(W_in, axis=1, keepdims=True)
    sims = unit @ unit[word2id[word]]
    order = [i for i in np.argsort(-sims) if i != word2id[word]]
    return [vocab[i] for i in order[:n]]


def topic_purity():
    hits = 0
    for t in topics:
        for w in t:
            hits += sum(o in t for o in nearest(w))
    return hits / (4.0 * sum(len(t) for t in topics))


all_steps = EPOCHS * len(sentences)
done = 0
for epoch in range(EPOCHS):
    loss_sum, n_pairs = 0.0, 0
    for si in np.random.permutation(len(sentences)):
        lr = max(LR_MIN, LR0 * (1 - done / all_steps))
        for center, context in get_pairs(sentences[si]):
            negs = draw_negatives(context)
            loss, gv, gp, gn = pair_loss_and_grads(center, context, negs)
            W_in[center] -= lr * gv
            W_out[context] -= lr * gp
            for row, neg in enumerate(negs):       # a negative may have been drawn twice
                W_out[neg] -= lr * gn[row]
            loss_sum += loss
            n_pairs += 1
        done += 1
    print('epoch %d  lr %.4f  mean loss %.4f  purity %.3f' % (epoch + 1, lr, loss_sum / n_pairs, topic_purity()))

print('queen ~', nearest('queen'))
print('|W_in| %.4f  |W_out| %.4f' % (np.linalg.norm(W_in), np.linalg.norm(W_out)))
