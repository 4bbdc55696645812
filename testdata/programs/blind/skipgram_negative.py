"""word2vec: skip-gram with negative sampling on a toy corpus, plain SGD."""
import numpy as np

corpus = ("the king rules the land the queen rules the land "
          "a man walks a dog a woman walks a dog "
          "the king and the queen eat bread a man and a woman eat soup ") * 3
words = corpus.split()
vocab = sorted(set(words))
word2idx = {w: i for i, w in enumerate(vocab)}
V, D, WINDOW, NEG = len(vocab), 8, 2, 4

np.random.seed(224)
counts = np.array([words.count(w) for w in vocab], dtype=float)
unigram = counts ** 0.75 / np.sum(counts ** 0.75)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def get_negative_samples(outside_idx, dataset, K):
    """K indices that are not the outside word (the same one may come twice)"""
    neg = []
    while len(neg) < K:
        new = np.random.choice(V, p=dataset)
        if new != outside_idx:
            neg.append(new)
    return neg


def neg_sampling_loss_and_gradient(center_vec, outside_idx, outside_vectors, negatives):
    """
    loss            -- negative sampling loss of one pair
    grad_center_vec -- gradient with respect to the center word's vector
    grad_outside    -- gradient with respect to all the outside vectors
    """
    grad_center_vec = np.zeros_like(center_vec)
    grad_outside = np.zeros_like(outside_vectors)

    u_o = outside_vectors[outside_idx]
    score = sigmoid(u_o @ center_vec)
    loss = -np.log(score)
    grad_center_vec += (score - 1) * u_o
    grad_outside[outside_idx] = (score - 1) * center_vec
    for k in negatives:
        u_k = outside_vectors[k]
        score_k = sigmoid(-u_k @ center_vec)
        loss += -np.log(score_k)
        grad_center_vec += (1 - score_k) * u_k
        grad_outside[k] += (1 - score_k) * center_vec
    return loss, grad_center_vec, grad_outside


def skipgram(position, center_vectors, outside_vectors):
    """All the pairs of one position: the sum of their losses and gradients."""
    loss = 0.0
    grad_center = np.zeros_like(center_vectors)
    grad_outside = np.zeros_like(outside_vectors)
    center = word2idx[words[position]]
    low, high = max(0, position - WINDOW), min(len(words), position + WINDOW + 1)
    for other in range(low, high):
        if other == position:
            continue
        outside = word2idx[words[other]]
        negatives = get_negative_samples(outside, unigram, NEG)
        l, gc, go = neg_sampling_loss_and_gradient(center_vectors[center], outside, outside_vectors, negatives)
        loss += l
        grad_center[center] += gc
        grad_outside += go
    return loss, grad_center, grad_outside


center_vectors = (np.random.rand(V, D) - 0.5)
outside_vectors = np.random.randn(V, D) * 0.1
step, batch_size, anneal_every = 0.5, 8, 40
exp_loss = None
for it in range(1, 81):
    cost = 0.0
    grads_c, grads_o = np.zeros_like(center_vectors), np.zeros_like(outside_vectors)
    for position in np.random.randint(0, len(words), batch_size):
        c, gin, gout = skipgram(position, center_vectors, outside_vectors)
        cost += c / batch_size
        grads_c += gin / batch_size
        grads_o += gout / batch_size
    center_vectors -= step * grads_c
    outside_vectors -= step * grads_o
    exp_loss = cost if exp_loss is None else 0.95 * exp_loss + 0.05 * cost
    if it % 10 == 0:
        print("iter %d: %f" % (it, exp_loss))
    if it % anneal_every == 0:
        step *= 0.5

unit = center_vectors / np.linalg.norm(center_vectors, axis=1, keepdims=True)
for w in ("king", "man"):
    nearest = np.argsort(-unit @ unit[word2idx[w]])[1:4]
    print(w, [vocab[i] for i in nearest])
