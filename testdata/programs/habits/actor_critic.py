import numpy as np

rng = np.random.default_rng(12)
states, actions, hidden, beta, rate = 5, 3, 6, 0.3, 0.2
worth = rng.normal(0, 1, (states, actions))
actor = {"W": rng.normal(0, 0.7, (states, actions)), "b": np.zeros(actions)}
critic = {"V": rng.normal(0, 0.5, (states, hidden)), "u": rng.normal(0, 0.5, hidden)}

for step in range(30):
    s = np.eye(states)[rng.integers(states, size=20)]
    z = s @ actor["W"] + actor["b"]
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    a = np.array([rng.choice(actions, p=row) for row in p])
    reward = worth[s.argmax(axis=1), a] + rng.normal(0, 0.1, 20)

    h = np.tanh(s @ critic["V"])
    v = h @ critic["u"]
    critic_loss = 0.5 * np.mean((v - reward) ** 2)
    dv = (v - reward) / len(s)
    grads = {"u": h.T @ dv, "V": s.T @ (np.outer(dv, critic["u"]) * (1 - h * h))}

    better = reward - v
    log_p = np.log(p + 1e-12)
    entropy = -(p * log_p).sum(axis=1)
    actor_loss = -np.mean(better * log_p[np.arange(20), a]) - beta * entropy.mean()
    dz = p * better[:, None]
    dz[np.arange(20), a] -= better
    dz += beta * p * (log_p + entropy[:, None])
    dz /= len(s)
    for k, g in (("W", s.T @ dz), ("b", dz.sum(axis=0))):
        actor[k] -= rate * g
    for k in critic:
        critic[k] -= rate * grads[k]
    if step % 10 == 0:
        print(step, actor_loss, critic_loss)
