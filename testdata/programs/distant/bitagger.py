"""Bidirectional RNN tagger for a toy language.

det/adj/noun/verb; the word 'run' is a noun after a determiner and a verb
otherwise, 'light' is an adjective when a noun follows, and a noun if not.
"""
import numpy as np
from random import Random

R = Random(11)
TAGS = ["D", "A", "N", "V"]
LEX = {"D": ["the", "a"], "A": ["red", "big", "light"], "N": ["dog", "man", "run", "light"], "V": ["sees", "eats", "run"]}
FRAMES = ["D N V D N", "D A N V", "D N V D A N", "D A A N V D N", "D N V"]
VOC = sorted({w for ws in LEX.values() for w in ws})
w2i = {w: i for i, w in enumerate(VOC)}


def sentence():
    tags = R.choice(FRAMES).split()
    return [w2i[R.choice(LEX[t])] for t in tags], [TAGS.index(t) for t in tags]


train = [sentence() for _ in range(90)]
dev = [sentence() for _ in range(40)]

rng = np.random.default_rng(5)
V, E, H, K = len(VOC), 6, 8, len(TAGS)
P = dict(
    emb=rng.normal(0, .3, (V, E)),
    Uf=rng.normal(0, .3, (H, E)), Wf=rng.normal(0, .3, (H, H)), bf=np.zeros((H, 1)),
    Ub=rng.normal(0, .3, (H, E)), Wb=rng.normal(0, .3, (H, H)), bb=np.zeros((H, 1)),
    Of=rng.normal(0, .3, (K, H)), Ob=rng.normal(0, .3, (K, H)), c=np.zeros((K, 1)),
)


def run(words):
    T = len(words)
    x = [P["emb"][w][:, None] for w in words]
    hf = {-1: np.zeros((H, 1))}
    hb = {T: np.zeros((H, 1))}
    for t in range(T):
        hf[t] = np.tanh(P["Uf"] @ x[t] + P["Wf"] @ hf[t - 1] + P["bf"])
    for t in range(T - 1, -1, -1):
        hb[t] = np.tanh(P["Ub"] @ x[t] + P["Wb"] @ hb[t + 1] + P["bb"])
    probs = []
    for t in range(T):
        o = P["Of"] @ hf[t] + P["Ob"] @ hb[t] + P["c"]
        o = np.exp(o - o.max())
        probs.append(o / o.sum())
    return x, hf, hb, probs


def loss_of(probs, tags):
    return -sum(np.log(p[k, 0]) for p, k in zip(probs, tags))


def gradients(words, tags):
    x, hf, hb, probs = run(words)
    T = len(words)
    G = {k: np.zeros_like(v) for k, v in P.items()}
    dx = [np.zeros((E, 1)) for _ in words]
    do = []
    for t in range(T):
        d = probs[t].copy()
        d[tags[t]] -= 1
        do.append(d)
        G["Of"] += d @ hf[t].T
        G["Ob"] += d @ hb[t].T
        G["c"] += d
    # left-to-right net, so go back from the end
    carry = np.zeros((H, 1))
    for t in reversed(range(T)):
        dh = P["Of"].T @ do[t] + carry
        dz = (1 - hf[t] ** 2) * dh
        G["Uf"] += dz @ x[t].T
        G["Wf"] += dz @ hf[t - 1].T
        G["bf"] += dz
        dx[t] += P["Uf"].T @ dz
        carry = P["Wf"].T @ dz
    # the other one the other way round
    carry = np.zeros((H, 1))
    for t in range(T):
        dh = P["Ob"].T @ do[t] + carry
        dz = (1 - hb[t] ** 2) * dh
        G["Ub"] += dz @ x[t].T
        G["Wb"] += dz @ hb[t + 1].T
        G["bb"] += dz
        dx[t] += P["Ub"].T @ dz
        carry = P["Wb"].T @ dz
    for t, w in enumerate(words):
        G["emb"][w] += dx[t][:, 0]
    return loss_of(probs, tags), G


cache = {k: np.zeros_like(v) for k, v in P.items()}


def adagrad(G, eta=0.12):
    for k in P:
        g = np.clip(G[k], -2, 2)
        cache[k] += g * g
        P[k] -= eta * g / np.sqrt(cache[k] + 1e-8)


def accuracy(data):
    ok = n = 0
    for words, tags in data:
        guess = [int(p.argmax()) for p in run(words)[-1]]
        ok += sum(g == t for g, t in zip(guess, tags))
        n += len(tags)
    return ok / n


for it in range(6):
    R.shuffle(train)
    tot = 0.0
    for words, tags in train:
        l, G = gradients(words, tags)
        tot += l
        adagrad(G)
    print(f"pass {it}: loss/sentence {tot / len(train):.4f}  dev acc {accuracy(dev):.3f}")
