import numpy as np

# A leaky recurrent net that says at the end of a series which of three
# frequencies it was (many to one), trained on the whole batch through time.
np.random.seed(40)
T, N, D, H, C = 9, 24, 2, 6, 3
leak = 0.6
klass = np.arange(N) % C
time = np.arange(T)[:, None]
series = np.stack([np.sin((klass + 1) * 0.5 * time + np.random.rand(N)),
                   np.cos((klass + 1) * 0.5 * time) + 0.1 * np.random.randn(T, N)], axis=2)
U = np.random.randn(D, H) / np.sqrt(D)
R = np.random.randn(H, H) / np.sqrt(H)
c = np.zeros((1, H))
V = np.random.randn(H, C) * 0.5
e = np.zeros((1, C))
h0 = np.zeros((1, H))
cache = {name: 0 for name in "URcVeh"}


def run():
    states, cand = [np.repeat(h0, N, axis=0)], []
    for t in range(T):
        cand.append(np.tanh(series[t] @ U + states[t] @ R + c))
        states.append((1 - leak) * states[t] + leak * cand[t])
    scores = states[-1] @ V + e
    q = np.exp(scores - scores.max(1, keepdims=True))
    return states, cand, q / q.sum(1, keepdims=True)


for step in range(8):
    states, cand, q = run()
    loss = -np.log(q[np.arange(N), klass]).mean()
    dscores = (q - np.eye(C)[klass]) / N
    dV, de = states[-1].T @ dscores, dscores.sum(0, keepdims=True)
    dstate = dscores @ V.T
    dU, dR, dc = np.zeros_like(U), np.zeros_like(R), np.zeros_like(c)
    for t in range(T - 1, -1, -1):
        dpre = leak * dstate * (1 - cand[t] ** 2)
        dU += series[t].T @ dpre
        dR += states[t].T @ dpre
        dc += dpre.sum(0, keepdims=True)
        dstate = (1 - leak) * dstate + dpre @ R.T
    dh0 = dstate.sum(0, keepdims=True)
    for name, value, grad in (("U", U, dU), ("R", R, dR), ("c", c, dc), ("V", V, dV), ("e", e, de), ("h", h0, dh0)):
        cache[name] = cache[name] + grad ** 2
        value -= 0.1 * grad / np.sqrt(cache[name] + 1e-8)
    if step % 4 == 0:
        print(step, loss, (run()[2].argmax(1) == klass).mean())
print(loss)
