import numpy as np

# A policy over arms that depends on a context: REINFORCE with a learned value as
# baseline and a bonus for entropy, episodes in batches.
rng = np.random.default_rng(1234)
CONTEXT, ARMS, HIDDEN, BATCH = 3, 4, 8, 32
truth = rng.normal(size=(CONTEXT, ARMS))
body = rng.normal(0, 0.5, (CONTEXT, HIDDEN))
policy = rng.normal(0, 0.3, (HIDDEN, ARMS))
value = rng.normal(0, 0.3, (HIDDEN, 1))
bonus, value_weight, rate = 0.02, 0.5, 0.3
for episode in range(10):
    context = rng.normal(size=(BATCH, CONTEXT))
    h = np.tanh(context @ body)
    logits = h @ policy
    logp = logits - np.log(np.sum(np.exp(logits), axis=1, keepdims=True))
    pi = np.exp(logp)
    arm = (pi.cumsum(axis=1) > rng.random((BATCH, 1))).argmax(axis=1)
    reward = (context @ truth)[np.arange(BATCH), arm] + 0.1 * rng.normal(size=BATCH)
    guess = (h @ value)[:, 0]
    advantage = reward - guess

    chosen = logp[np.arange(BATCH), arm]
    entropy = -(pi * logp).sum(axis=1)
    # the advantage is a constant in the policy's part
    loss = -(advantage * chosen).mean() - bonus * entropy.mean() + value_weight * (advantage ** 2).mean()

    picked = np.zeros((BATCH, ARMS))
    picked[np.arange(BATCH), arm] = 1
    dlogits = -advantage[:, None] * (picked - pi) / BATCH
    dlogits += bonus * pi * (logp + entropy[:, None]) / BATCH
    dguess = -2 * value_weight * advantage[:, None] / BATCH
    dpolicy = h.T @ dlogits
    dvalue = h.T @ dguess
    dh = dlogits @ policy.T + dguess @ value.T
    dbody = context.T @ (dh * (1 - h ** 2))
    policy -= rate * dpolicy
    value -= rate * dvalue
    body -= rate * dbody
    print(episode, reward.mean(), loss)
