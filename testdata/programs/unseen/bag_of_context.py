import numpy as np


class ContextModel:
    """Predicts a word from the mean of its neighbours' vectors."""

    def __init__(self, vocabulary, width, rng):
        self.inner = rng.uniform(-0.5, 0.5, (width, vocabulary))
        self.outer = rng.uniform(-0.5, 0.5, (vocabulary, width))

    def train_pair(self, context, centre, rate):
        h = self.inner[:, context].mean(axis=1)
        u = self.outer @ h
        y = np.exp(u - np.logaddexp.reduce(u))
        error = y.copy()
        error[centre] -= 1
        dh = self.outer.T @ error
        self.outer -= rate * np.outer(error, h)
        for c in context:
            self.inner[:, c] -= rate * dh / len(context)
        return -np.log(y[centre])


rng = np.random.default_rng(7)
corpus = rng.choice(10, size=14, p=np.arange(1, 11) / 55)
model = ContextModel(10, 4, rng)
for epoch in range(2):
    loss = 0.0
    for i in range(1, len(corpus) - 2):
        context = [int(corpus[j]) for j in (i - 1, i + 1, i + 2)]
        loss += model.train_pair(context, int(corpus[i]), 0.1)
    print(epoch, loss / (len(corpus) - 3))
