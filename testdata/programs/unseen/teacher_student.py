import numpy as np


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def make(rng, *sizes):
    return [[rng.normal(0, 1 / np.sqrt(a), (a, b)), np.zeros(b)] for a, b in zip(sizes, sizes[1:])]


def run(net, x):
    acts = [x]
    for W, b in net[:-1]:
        acts.append(np.tanh(acts[-1] @ W + b))
    return acts, acts[-1] @ net[-1][0] + net[-1][1]


def descend(net, acts, d, rate):
    for layer, a in zip(reversed(net), reversed(acts)):
        W, b = layer
        below = d @ W.T
        W -= rate * (a.T @ d)
        b -= rate * d.sum(axis=0)
        d = below * (1 - a ** 2)


rng = np.random.default_rng(10)
x = rng.normal(size=(80, 3))
t = (x[:, 0] > 0).astype(int) + (x[:, 1] * x[:, 2] > 0)
hot = np.eye(3)[t]
teacher = make(rng, 3, 16, 12, 3)
for i in range(6):
    acts, z = run(teacher, x)
    ce = -(hot * log_softmax(z)).sum() / 80
    descend(teacher, acts, (np.exp(log_softmax(z)) - hot) / 80, 0.5)
    print("teacher", i, ce)

T, mix = 2.5, 0.3
soft = np.exp(log_softmax(run(teacher, x)[1] / T))
student = make(rng, 3, 5, 3)
for i in range(8):
    acts, z = run(student, x)
    hard = log_softmax(z)
    warm = log_softmax(z / T)
    kl = (soft * (np.log(soft) - warm)).sum() / 80
    loss = mix * -(hot * hard).sum() / 80 + (1 - mix) * T ** 2 * kl
    d = mix * (np.exp(hard) - hot) / 80 + (1 - mix) * T * (np.exp(warm) - soft) / 80
    descend(student, acts, d, 0.5)
    print("student", i, loss)
