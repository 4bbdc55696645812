"""Linear-chain CRF for toy part-of-speech tagging. Emissions come from a small window network;
the partition function and its gradient come from the forward-backward recursions."""
import numpy as np
from numpy import newaxis as _


def logsumexp(a, axis):
    top = a.max(axis=axis, keepdims=True)
    return np.squeeze(top, axis) + np.log(np.exp(a - top).sum(axis=axis))


class CRF:
    def __init__(self, n_words, n_tags, dim, seed):
        r = np.random.RandomState(seed)
        self.theta = dict(
            emb=r.randn(n_words + 1, dim) * 0.3,
            U=r.randn(3 * dim, n_tags) * 0.2,
            c=np.zeros(n_tags),
            trans=r.randn(n_tags, n_tags) * 0.1,
            start=np.zeros(n_tags),
            stop=np.zeros(n_tags),
        )
        self.pad = n_words
        self.dim = dim

    def windows(self, words):
        padded = np.concatenate([[self.pad], words, [self.pad]])
        return np.stack([padded[:-2], padded[1:-1], padded[2:]], axis=1)

    def emissions(self, words):
        idx = self.windows(words)
        feats = self.theta["emb"][idx].reshape(len(words), -1)
        return idx, feats, feats @ self.theta["U"] + self.theta["c"]

    def forward_backward(self, E):
        T, K = E.shape
        A = self.theta["trans"]
        alpha, beta = np.zeros((T, K)), np.zeros((T, K))
        alpha[0] = self.theta["start"] + E[0]
        for t in range(1, T):
            alpha[t] = E[t] + logsumexp(alpha[t - 1][:, _] + A, axis=0)
        beta[-1] = self.theta["stop"]
        for t in range(T - 2, -1, -1):
            beta[t] = logsumexp(A + E[t + 1] + beta[t + 1], axis=1)
        return alpha, beta, logsumexp(alpha[-1] + self.theta["stop"], axis=0)

    def score(self, E, tags):
        th = self.theta
        s = th["start"][tags[0]] + th["stop"][tags[-1]] + E[np.arange(len(tags)), tags].sum()
        return s + th["trans"][tags[:-1], tags[1:]].sum()

    def nll(self, words, tags):
        E = self.emissions(words)[2]
        return self.forward_backward(E)[2] - self.score(E, tags)

    def nll_and_grad(self, words, tags):
        th = self.theta
        idx, feats, E = self.emissions(words)
        alpha, beta, logZ = self.forward_backward(E)
        g = {k: np.zeros_like(v) for k, v in th.items()}
        unary = np.exp(alpha + beta - logZ)
        dE = unary.copy()
        dE[np.arange(len(tags)), tags] -= 1
        for t in range(len(tags) - 1):
            pair = alpha[t][:, _] + th["trans"] + (E[t + 1] + beta[t + 1])[_, :] - logZ
            g["trans"] += np.exp(pair)
            g["trans"][tags[t], tags[t + 1]] -= 1
        g["start"] = dE[0]
        g["stop"] = dE[-1]
        g["U"] = feats.T @ dE
        g["c"] = dE.sum(axis=0)
        dfeats = (dE @ th["U"].T).reshape(len(words), 3, self.dim)
        np.add.at(g["emb"], idx, dfeats)
        return logZ - self.score(E, tags), g

    def viterbi(self, words):
        E = self.emissions(words)[2]
        delta, back = self.theta["start"] + E[0], []
        for e in E[1:]:
            cand = delta[:, _] + self.theta["trans"]
            back.append(cand.argmax(axis=0))
            delta = cand.max(axis=0) + e
        path = [int((delta + self.theta["stop"]).argmax())]
        for bp in reversed(back):
            path.append(int(bp[path[-1]]))
        return np.array(path[::-1])


def sample_corpus(n, r):
    # DET ADJ NOUN VERB ; words 8-9 are both NOUN and VERB
    lexicon = {0: [0, 1], 1: [2, 3], 2: [4, 5, 8, 9], 3: [6, 7, 8, 9]}
    follow = {0: [1, 2], 1: [1, 2], 2: [3], 3: [0, 2]}
    out = []
    for i in range(n):
        tag, tags = r.randint(4), []
        for t in range(r.randint(4, 9)):
            tags.append(tag)
            tag = r.choice(follow[tag])
        out.append((np.array([r.choice(lexicon[k]) for k in tags]), np.array(tags)))
    return out


def main():
    r = np.random.RandomState(0)
    train, test = sample_corpus(60, r), sample_corpus(25, r)
    crf = CRF(n_words=10, n_tags=4, dim=5, seed=2)
    hist = {k: np.full_like(v, 1e-6) for k, v in crf.theta.items()}
    sigma2 = 10.0
    for epoch in range(6):
        total = 0.0
        for i in r.permutation(len(train)):
            loss, g = crf.nll_and_grad(*train[i])
            total += loss
            for k, v in crf.theta.items():
                grad = g[k] + v / (sigma2 * len(train))
                hist[k] += grad ** 2
                v -= 0.2 * grad / np.sqrt(hist[k])
        hits = np.concatenate([crf.viterbi(w) == y for w, y in test])
        dev = np.mean([crf.nll(w, y) for w, y in test])
        print("epoch", epoch, "train nll %.4f" % (total / len(train)), "test nll %.4f" % dev, "tag acc %.3f" % hits.mean())


main()
