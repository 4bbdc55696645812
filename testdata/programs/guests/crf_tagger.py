"""Linear-chain CRF for a toy part-of-speech task, trained by SGD on the conditional
log-likelihood; forward-backward for the marginals, Viterbi for decoding."""
import numpy as np
from numpy import logaddexp

rnd = np.random.RandomState(17)
TAGS = ['DET', 'ADJ', 'NOUN', 'VERB']
K = len(TAGS)
LEXICON = {'DET': ['the', 'a', 'this'],
           'ADJ': ['old', 'light', 'green', 'fast'],
           'NOUN': ['man', 'light', 'fish', 'run', 'boat', 'green'],
           'VERB': ['man', 'run', 'fish', 'sees', 'boat', 'fast']}
NEXT = {'DET': [0, .45, .55, 0], 'ADJ': [0, .2, .8, 0], 'NOUN': [.1, 0, .15, .75], 'VERB': [.7, .1, .1, .1]}
VOCAB = sorted({w for ws in LEXICON.values() for w in ws})
WID = {w: i for i, w in enumerate(VOCAB)}


def sentence():
    n = rnd.randint(3, 10)
    t = rnd.choice(K, p=[.7, .1, .1, .1])
    words, tags = [], []
    for _ in range(n):
        name = TAGS[t]
        words.append(WID[LEXICON[name][rnd.randint(len(LEXICON[name]))]])
        tags.append(t)
        t = rnd.choice(K, p=NEXT[name])
    return words, tags


def lse(a, axis):
    m = a.max(axis=axis, keepdims=True)
    return np.squeeze(m, axis) + np.log(np.exp(a - m).sum(axis=axis))


class CRF:
    def __init__(self):
        self.emit = np.zeros((len(VOCAB), K))     # word at t  -> tag at t
        self.suffix = np.zeros((len(VOCAB), K))   # word at t+1 -> tag at t
        self.trans = np.zeros((K, K))             # trans[i, j]: from i to j
        self.start = np.zeros(K)

    def scores(self, words):
        u = self.emit[words]
        u[:-1] += self.suffix[words[1:]]
        u[0] += self.start
        return u

    def forward_backward(self, u):
        n = len(u)
        alpha = np.zeros((n, K))
        beta = np.zeros((n, K))
        alpha[0] = u[0]
        for t in range(1, n):
            alpha[t] = u[t] + lse(alpha[t - 1][:, None] + self.trans, 0)
        for t in range(n - 2, -1, -1):
            beta[t] = lse(self.trans + u[t + 1] + beta[t + 1], 1)
        return alpha, beta, lse(alpha[-1], 0)

    def loglik(self, words, tags):
        u = self.scores(words)
        gold = sum(u[t, tags[t]] for t in range(len(tags)))
        gold += sum(self.trans[a, b] for a, b in zip(tags[:-1], tags[1:]))
        return gold - self.forward_backward(u)[2]

    def gradient(self, words, tags):
        """gradient of the log-likelihood: observed minus expected counts"""
        u = self.scores(words)
        alpha, beta, logZ = self.forward_backward(u)
        node = -np.exp(alpha + beta - logZ)
        g_trans = np.zeros((K, K))
        for t in range(len(words) - 1):
            pair = alpha[t][:, None] + self.trans + u[t + 1] + beta[t + 1] - logZ
            g_trans -= np.exp(pair)
            g_trans[tags[t], tags[t + 1]] += 1
        node[np.arange(len(tags)), tags] += 1
        g_emit = np.zeros_like(self.emit)
        g_suffix = np.zeros_like(self.suffix)
        for t, w in enumerate(words):
            g_emit[w] += node[t]
            if t > 0:
                g_suffix[w] += node[t - 1]
        return {'emit': g_emit, 'suffix': g_suffix, 'trans': g_trans, 'start': node[0]}

    def viterbi(self, words):
        u = self.scores(words)
        score, back = u[0], []
        for t in range(1, len(words)):
            cand = score[:, None] + self.trans
            back.append(cand.argmax(0))
            score = cand.max(0) + u[t]
        path = [int(score.argmax())]
        for bp in reversed(back):
            path.append(int(bp[path[-1]]))
        return path[::-1]


def accuracy(model, data):
    good = total = 0
    for words, tags in data:
        good += sum(a == b for a, b in zip(model.viterbi(words), tags))
        total += len(tags)
    return good / total


def main():
    train = [sentence() for _ in range(200)]
    test = [sentence() for _ in range(150)]
    crf = CRF()
    C, eta0, t = 0.02, 0.3, 0
    for epoch in range(6):
        for i in rnd.permutation(len(train)):
            eta = eta0 / (1 + 0.002 * t)
            t += 1
            for name, g in crf.gradient(*train[i]).items():
                theta = getattr(crf, name)
                theta += eta * (g - C / 2 * theta)       # L2 prior, ascent
        ll = np.mean([crf.loglik(*s) for s in train])
        print('epoch %d: train log-lik/sentence %.4f, test tag accuracy %.4f' % (epoch + 1, ll, accuracy(crf, test)))
    print('transition weights\n', crf.trans.round(2))


if __name__ == '__main__':
    main()
