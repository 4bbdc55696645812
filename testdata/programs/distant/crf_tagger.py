"""
linear-chain CRF from scratch.
tags noun-phrase chunks (B/I/O) in a made-up language, one sentence at a time.
"""
import random
from collections import namedtuple
import numpy as np

Sentence = namedtuple("Sentence", "words tags")
TAGS = ["O", "B", "I"]
VOCAB = 24


def make_corpus(n, rnd):
    # the word class only gives a hint, the tag order does the rest
    trans = {"O": [.6, .4, .0], "B": [.2, .1, .7], "I": [.4, .1, .5]}
    corpus = []
    for _ in range(n):
        tags, words = [], []
        prev = "O"
        for _ in range(rnd.randint(4, 12)):
            tag = rnd.choices(TAGS, trans[prev])[0]
            group = TAGS.index(tag)
            if rnd.random() < 0.4:
                group = rnd.randrange(4)
            words.append(group * 6 + rnd.randrange(6))
            tags.append(TAGS.index(tag))
            prev = tag
        corpus.append(Sentence(np.array(words), np.array(tags)))
    return corpus


def logsumexp(a, axis=None):
    m = np.max(a, axis=axis, keepdims=True)
    out = m + np.log(np.sum(np.exp(a - m), axis=axis, keepdims=True))
    return out.item() if axis is None else np.squeeze(out, axis=axis)


class CRF:
    def __init__(self, n_words, n_tags):
        L = n_tags
        self.n_tags = L
        # n_words is used as the padding index for context words
        self.W = {off: np.zeros((n_words + 1, L)) for off in (-1, 0, 1)}
        self.T = np.zeros((L, L))          # T[from, to]
        self.start = np.zeros(L)
        self.stop = np.zeros(L)

    def params(self):
        return [self.W[-1], self.W[0], self.W[1], self.T, self.start, self.stop]

    def context(self, words):
        pad = [self.W[0].shape[0] - 1]
        return {-1: np.concatenate([pad, words[:-1]]), 0: words,
                1: np.concatenate([words[1:], pad])}

    def emissions(self, words):
        return sum(self.W[off][ids] for off, ids in self.context(words).items())

    def forward_backward(self, e):
        n, L = e.shape
        alpha = np.empty((n, L))
        beta = np.empty((n, L))
        alpha[0] = self.start + e[0]
        for t in range(1, n):
            alpha[t] = e[t] + logsumexp(alpha[t - 1][:, None] + self.T, axis=0)
        beta[n - 1] = self.stop
        for t in range(n - 2, -1, -1):
            beta[t] = logsumexp(self.T + e[t + 1] + beta[t + 1], axis=1)
        logZ = logsumexp(alpha[n - 1] + self.stop)
        return alpha, beta, logZ

    def score(self, e, tags):
        s = self.start[tags[0]] + self.stop[tags[-1]]
        for t, tag in enumerate(tags):
            s += e[t, tag]
            if t > 0:
                s += self.T[tags[t - 1], tag]
        return s

    def loss_and_grads(self, sent):
        words, tags = sent
        e = self.emissions(words)
        n = len(words)
        alpha, beta, logZ = self.forward_backward(e)

        # expected counts under the model minus the observed counts
        node = np.exp(alpha + beta - logZ)
        dstart = node[0].copy()
        dstop = node[-1].copy()
        dT = np.zeros_like(self.T)
        for t in range(1, n):
            edge = alpha[t - 1][:, None] + self.T + (e[t] + beta[t])[None, :]
            dT += np.exp(edge - logZ)
            dT[tags[t - 1], tags[t]] -= 1
        dstart[tags[0]] -= 1
        dstop[tags[-1]] -= 1
        de = node
        de[np.arange(n), tags] -= 1

        dW = {}
        for off, ids in self.context(words).items():
            dW[off] = np.zeros_like(self.W[off])
            np.add.at(dW[off], ids, de)
        return logZ - self.score(e, tags), [dW[-1], dW[0], dW[1], dT, dstart, dstop]

    def viterbi(self, words):
        e = self.emissions(words)
        delta, back = self.start + e[0], []
        for t in range(1, len(words)):
            cand = delta[:, None] + self.T
            back.append(cand.argmax(axis=0))
            delta = cand.max(axis=0) + e[t]
        path = [int(np.argmax(delta + self.stop))]
        for ptr in reversed(back):
            path.append(int(ptr[path[-1]]))
        return np.array(path[::-1])


def tag_accuracy(crf, corpus):
    hits = sum((crf.viterbi(s.words) == s.tags).sum() for s in corpus)
    return hits / sum(len(s.words) for s in corpus)


def train(crf, corpus, epochs=4, lr0=0.3, l2=1.0, seed=1):
    """plain SGD with 1/(1+kt) decay; returns the running average of the weights"""
    rnd = random.Random(seed)
    avg = [p.copy() for p in crf.params()]
    step, n_avg = 0, 0
    for epoch in range(epochs):
        order = list(range(len(corpus)))
        rnd.shuffle(order)
        total = 0.0
        for i in order:
            lr = lr0 / (1 + 0.005 * step)
            loss, grads = crf.loss_and_grads(corpus[i])
            total += loss
            for p, g in zip(crf.params(), grads):
                p -= lr * (g + l2 / len(corpus) * p)
            step += 1
            # start averaging after the first pass
            if epoch > 0:
                n_avg += 1
                for a, p in zip(avg, crf.params()):
                    a += (p - a) / n_avg
        print("epoch %d   nll/sentence %.4f   train acc %.4f"
              % (epoch + 1, total / len(corpus), tag_accuracy(crf, corpus)))
    return avg


def main():
    rnd = random.Random(42)
    train_set, test_set = make_corpus(150, rnd), make_corpus(60, rnd)
    crf = CRF(VOCAB, len(TAGS))
    avg = train(crf, train_set)
    print("test acc, last weights      %.4f" % tag_accuracy(crf, test_set))
    for p, a in zip(crf.params(), avg):
        p[...] = a
    print("test acc, averaged weights  %.4f" % tag_accuracy(crf, test_set))
    print("transitions\n", np.round(crf.T, 2))


if __name__ == "__main__":
    main()
