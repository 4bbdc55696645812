#!/usr/bin/env python3
# CBOW word vectors with hierarchical softmax, after the original C tool but one file and no threads.
import heapq
import itertools
from collections import Counter

import numpy as np

rng = np.random.RandomState(7)
animals, foods, places = "cat dog cow hen".split(), "milk corn meat egg".split(), "barn yard house field".split()
verbs = {"cat": "likes", "dog": "eats", "cow": "likes", "hen": "eats"}
sentences = []
for _ in range(160):
    a = animals[rng.randint(4)]
    f = foods[(animals.index(a) + rng.randint(2)) % 4]
    p = places[animals.index(a) if rng.rand() < 0.8 else rng.randint(4)]
    sentences.append(["the", a, verbs[a], "the", f, "in", "the", p])

counts = Counter(itertools.chain.from_iterable(sentences))
vocab = [w for w, _ in counts.most_common()]
index = {w: i for i, w in enumerate(vocab)}
V, D, WINDOW = len(vocab), 10, 2


def huffman(freqs):
    heap = [(f, i, None) for i, f in enumerate(freqs)]
    heapq.heapify(heap)
    nxt = len(freqs)
    while len(heap) > 1:
        left, right = heapq.heappop(heap), heapq.heappop(heap)
        heapq.heappush(heap, (left[0] + right[0], nxt, (left, right)))
        nxt += 1
    paths, codes = {}, {}

    def walk(node, path, code):
        _, ident, kids = node
        if kids is None:
            paths[ident], codes[ident] = np.array(path), np.array(code)
            return
        here = ident - len(freqs)
        walk(kids[0], path + [here], code + [0])
        walk(kids[1], path + [here], code + [1])

    walk(heap[0], [], [])
    return paths, codes


paths, codes = huffman([counts[w] for w in vocab])
syn0 = (rng.rand(V, D) - 0.5) / D * 4
syn1 = np.zeros((V - 1, D))


def examples(sent):
    ids = [index[w] for w in sent]
    for pos, word in enumerate(ids):
        lo, hi = max(0, pos - WINDOW), min(len(ids), pos + WINDOW + 1)
        context = [ids[j] for j in range(lo, hi) if j != pos]
        yield context, word


def neg_log_prob(context, word):
    h = syn0[context].mean(axis=0)
    score = syn1[paths[word]] @ h
    sign = 1 - 2 * codes[word]
    return np.logaddexp(0, -sign * score).sum()


def train_pair(context, word, alpha):
    """One stochastic step; returns the loss before it."""
    path, code = paths[word], codes[word]
    h = syn0[context].mean(axis=0)
    f = 1 / (1 + np.exp(-(syn1[path] @ h)))
    loss = -np.log(np.where(code == 0, f, 1 - f)).sum()
    g = f - (1 - code)
    neu1e = g @ syn1[path]
    syn1[path] -= alpha * np.outer(g, h)
    np.subtract.at(syn0, context, alpha * neu1e / len(context))
    return loss


corpus = [ex for s in sentences[:130] for ex in examples(s)]
held_out = [ex for s in sentences[130:] for ex in examples(s)]
EPOCHS, ALPHA = 4, 0.25
done, total = 0, EPOCHS * len(corpus)
for epoch in range(EPOCHS):
    order = rng.permutation(len(corpus))
    running = 0.0
    for k in order:
        alpha = max(ALPHA * (1 - done / total), ALPHA * 1e-4)
        running += train_pair(*corpus[k], alpha)
        done += 1
    dev = sum(neg_log_prob(c, w) for c, w in held_out) / len(held_out)
    print("epoch %d  train nll %.4f  held-out nll %.4f" % (epoch + 1, running / len(corpus), dev))

unit = syn0 / np.linalg.norm(syn0, axis=1, keepdims=True)
for w in ("cat", "milk", "barn"):
    near = np.argsort(-(unit @ unit[index[w]]))[1:4]
    print(w, "->", ", ".join(vocab[j] for j in near))
