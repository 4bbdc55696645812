import numpy as np

# Next syllable from the last two, on a tape that is played backwards.

rng = np.random.default_rng(11)
syllables = 9
song = rng.integers(0, syllables, 400)
song[2::3] = (song[0:-2:3] + song[1:-1:3]) % syllables


class Node:
    def __init__(self, data, back=None, *above):
        self.data, self.back, self.above = data, back, above
        self.grad = np.zeros_like(data)

    def play_back(self):
        order, seen = [], set()

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for a in node.above:
                    visit(a)
                order.append(node)

        visit(self)
        self.grad = np.ones_like(self.data)
        for node in reversed(order):
            if node.back:
                node.back(node.grad)


def rows(table, at):
    def back(g):
        d = np.zeros_like(table.data)
        np.add.at(d, at, g)
        table.grad += d
    return Node(table.data[at], back, table)


def affine(x, w, b):
    def back(g):
        x.grad += g @ w.data.T
        w.grad += x.data.T @ g
        b.grad += g.sum(axis=0)
    return Node(x.data @ w.data + b.data, back, x, w, b)


def flat(x):
    def back(g):
        x.grad += g.reshape(x.data.shape)
    return Node(x.data.reshape(len(x.data), -1), back, x)


def tanh(x):
    y = np.tanh(x.data)

    def back(g):
        x.grad += g * (1 - y * y)
    return Node(y, back, x)


def surprise(scores, target):
    z = scores.data - scores.data.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    each = np.arange(len(target))

    def back(g):
        d = p.copy()
        d[each, target] -= 1
        scores.grad += g * d / len(target)
    return Node(-np.log(p[each, target]).mean(), back, scores)


class Descent:
    def __init__(self, nodes, rate, decay):
        self.nodes, self.rate, self.decay, self.count = nodes, rate, decay, 0

    def move(self, node):
        rate = self.rate / (1 + self.decay * self.count)
        node.data -= rate * node.grad

    def step(self):
        for node in self.nodes:
            self.move(node)
        self.count += 1

    def clear(self):
        for node in self.nodes:
            node.grad = np.zeros_like(node.data)


table = Node(rng.normal(0, 0.5, (syllables, 4)))
w1, b1 = Node(rng.normal(0, 0.4, (8, 12))), Node(np.zeros(12))
w2, b2 = Node(rng.normal(0, 0.4, (12, syllables))), Node(np.zeros(syllables))
descent = Descent([table, w1, b1, w2, b2], 0.4, 0.01)

pairs = np.stack([song[:-2], song[1:-1]], axis=1)
nexts = song[2:]
for epoch in range(6):
    total = 0.0
    for start in range(0, len(pairs), 40):
        take = slice(start, start + 40)
        hidden = tanh(affine(flat(rows(table, pairs[take])), w1, b1))
        loss = surprise(affine(hidden, w2, b2), nexts[take])
        descent.clear()
        loss.play_back()
        descent.step()
        total += loss.data * len(nexts[take])
    print(epoch, total / len(nexts))
