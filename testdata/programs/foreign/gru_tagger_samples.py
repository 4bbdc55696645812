# GRU that marks, at every step, whether the number of ones so far is odd
# (many-to-many), one sequence at a time.  Plain Python lists for the steps.
import numpy as np

np.random.seed(21)


def sigm(a):
    return 1 / (1 + np.exp(-a))


def glorot(n_out, n_in):
    lim = np.sqrt(6.0 / (n_in + n_out))
    return np.random.uniform(-lim, lim, (n_out, n_in))


def init(n_in, n_hid):
    theta = {}
    for gate in "zrh":
        theta["W" + gate] = glorot(n_hid, n_in)
        theta["U" + gate] = glorot(n_hid, n_hid)
        theta["b" + gate] = np.zeros(n_hid)
    theta["v"] = glorot(1, n_hid)[0]
    theta["c"] = np.zeros(1)
    return theta


def run(theta, seq):
    """seq: list of input vectors. Returns outputs and everything backprop needs."""
    h = np.zeros(theta["bz"].shape)
    tape, probs = [], []
    for x in seq:
        z = sigm(theta["Wz"].dot(x) + theta["Uz"].dot(h) + theta["bz"])
        r = sigm(theta["Wr"].dot(x) + theta["Ur"].dot(h) + theta["br"])
        hh = np.tanh(theta["Wh"].dot(x) + theta["Uh"].dot(r * h) + theta["bh"])
        h_new = z * h + (1 - z) * hh
        tape.append((x, h, z, r, hh, h_new))
        h = h_new
        probs.append(sigm(theta["v"].dot(h) + theta["c"][0]))
    return probs, tape


def seq_loss(probs, tags):
    total = 0.0
    for p, t in zip(probs, tags):
        total -= t * np.log(p) + (1 - t) * np.log(1 - p)
    return total / len(tags)


def bptt(theta, probs, tape, tags, grad):
    """adds the gradient of one sequence to grad"""
    T = len(tags)
    dh_next = np.zeros_like(theta["bz"])
    for t in range(T - 1, -1, -1):
        x, h, z, r, hh, h_new = tape[t]
        do = (probs[t] - tags[t]) / T
        grad["v"] += do * h_new
        grad["c"] += do

        dh_new = do * theta["v"] + dh_next
        dhh = dh_new * (1 - z)
        dz = dh_new * (h - hh)
        dh_prev = dh_new * z

        da_h = dhh * (1 - hh * hh)
        drh = theta["Uh"].T.dot(da_h)
        dr = drh * h
        dh_prev += drh * r

        da_z = dz * z * (1 - z)
        da_r = dr * r * (1 - r)
        dh_prev += theta["Uz"].T.dot(da_z)
        dh_prev += theta["Ur"].T.dot(da_r)

        grad["Wh"] += np.outer(da_h, x)
        grad["Uh"] += np.outer(da_h, r * h)
        grad["bh"] += da_h
        grad["Wz"] += np.outer(da_z, x)
        grad["Uz"] += np.outer(da_z, h)
        grad["bz"] += da_z
        grad["Wr"] += np.outer(da_r, x)
        grad["Ur"] += np.outer(da_r, h)
        grad["br"] += da_r

        dh_next = dh_prev


def make_sequence(length):
    bits = np.random.randint(0, 2, length)
    seq = [np.eye(2)[b] for b in bits]
    tags = list(np.cumsum(bits) % 2)
    return seq, tags


theta = init(2, 8)
m = {k: np.zeros_like(p) for k, p in theta.items()}
s = {k: np.zeros_like(p) for k, p in theta.items()}
alpha, b1, b2 = 0.03, 0.9, 0.99
group = 5

test_set = [make_sequence(9) for _ in range(40)]

for it in range(1, 121):
    grad = {k: np.zeros_like(p) for k, p in theta.items()}
    loss = 0.0
    for _ in range(group):
        seq, tags = make_sequence(np.random.randint(3, 8))
        probs, tape = run(theta, seq)
        loss += seq_loss(probs, tags) / group
        bptt(theta, probs, tape, tags, grad)
    for k in theta:
        g = grad[k] / group
        m[k] = b1 * m[k] + (1 - b1) * g
        s[k] = b2 * s[k] + (1 - b2) * g * g
        mhat = m[k] / (1 - b1 ** it)
        shat = s[k] / (1 - b2 ** it)
        theta[k] -= alpha * mhat / (np.sqrt(shat) + 1e-8)
    if it % 30 == 0:
        hits = [(p > 0.5) == t for sq, tg in test_set for p, t in zip(run(theta, sq)[0], tg)]
        print("%4d loss %.4f  bits right %.3f" % (it, loss, np.mean(hits)))
