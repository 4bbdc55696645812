# A policy draws its actions about its own mean and learns from them beside a critic; the
# two losses are weighed in the backward pass and nowhere added up.
import numpy as np

rng = np.random.default_rng(8)
hidden, rows, gamma, share = 8, 16, 0.9, 0.5
net = {"W": rng.normal(0, 0.6, (2, hidden)), "b": np.zeros(hidden), "mean": rng.normal(0, 0.3, hidden), "value": rng.normal(0, 0.3, hidden)}


def look(state):
    h = np.tanh(state @ net["W"] + net["b"])
    return h, h @ net["mean"], h @ net["value"]


place = rng.uniform(-1, 1, (rows, 2))
for step in range(20):
    _, mean, _ = look(place)
    action = mean + 0.5 * rng.normal(size=rows)
    after = np.clip(place + 0.2 * action[:, None], -1, 1)
    _, _, later = look(after)
    goal = -np.abs(after).sum(axis=1) + gamma * later
    h, mean, value = look(place)
    better = goal - value
    z = (action - mean) / 0.5
    actor = -np.mean(-0.5 * z ** 2 * better)
    critic = 0.5 * np.mean((value - goal) ** 2)
    dmean = -better * z / 0.5 / rows
    dvalue = share * (value - goal) / rows
    dh = np.outer(dmean, net["mean"]) + np.outer(dvalue, net["value"])
    da = dh * (1 - h ** 2)
    grads = {"W": place.T @ da, "b": da.sum(axis=0), "mean": h.T @ dmean, "value": h.T @ dvalue}
    for name in net:
        net[name] = net[name] - 0.05 * grads[name]
    place = np.where(rng.random((rows, 1)) < 0.1, rng.uniform(-1, 1, (rows, 2)), after)
    if step % 5 == 0:
        print(step, round(actor, 4), round(critic, 4))
