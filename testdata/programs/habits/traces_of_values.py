# TD(lambda): each step is the present error times a fading sum of the values' gradients.
import numpy as np

rng = np.random.default_rng(12)
places, size, gamma, fade, rate = 7, 5, 1.0, 0.7, 0.05
W, u = rng.normal(0, 0.5, (size, 2)), rng.normal(0, 0.2, size)


def value(s):
    return u @ np.tanh(W @ np.array([s / places, 1.0]))


for episode in range(8):
    s, squares = places // 2, 0.0
    eW, eu = np.zeros_like(W), np.zeros_like(u)
    while 0 <= s < places:
        after = s + rng.choice([-1, 1])
        reward = float(after == places)
        goal = reward + gamma * value(after) if 0 <= after < places else reward
        error = goal - value(s)
        x = np.array([s / places, 1.0])
        h = np.tanh(W @ x)
        eW = gamma * fade * eW + np.outer(u * (1 - h ** 2), x)
        eu = gamma * fade * eu + h
        W += rate * error * eW
        u += rate * error * eu
        squares += error ** 2
        s = after
    print(episode, round(squares, 4))
