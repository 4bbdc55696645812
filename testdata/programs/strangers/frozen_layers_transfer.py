# Pretrain on a big source task, then fine tune on a small target task:
# phase A only the new head learns, phase B the top hidden layer is unfrozen with a smaller rate.
import numpy as np

random = np.random.RandomState(321)
mixing = random.randn(8, 8)


def makeTask(howMany, whichQuestion):
    raw = random.randn(howMany, 8)
    factors = np.sin(raw @ mixing[:, :4])
    if whichQuestion == 'source':
        answer = (factors[:, 0] > 0) * 2 + (factors[:, 1] * factors[:, 2] > 0)
    else:
        answer = (factors[:, 0] + factors[:, 1] * factors[:, 2] > 0) * 1
    return raw, answer


class Dense:
    def __init__(self, nIn, nOut, frozen=False):
        self.w = random.randn(nIn, nOut) * np.sqrt(2. / nIn)
        self.b = np.zeros(nOut)
        self.frozen = frozen
        self.speedW, self.speedB = np.zeros_like(self.w), np.zeros_like(self.b)

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, d):
        self.gw, self.gb = self.x.T @ d, d.sum(axis=0)
        return d @ self.w.T

    def learn(self, rate):
        if self.frozen:
            return
        self.speedW = 0.9 * self.speedW - rate * self.gw
        self.speedB = 0.9 * self.speedB - rate * self.gb
        self.w = self.w + self.speedW
        self.b = self.b + self.speedB


class Relu:
    frozen = True

    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, d):
        return d * self.on

    def learn(self, rate):
        pass


def run(stack, x):
    for layer in stack:
        x = layer.forward(x)
    return x


def step(stack, x, y, rates):
    z = run(stack, x)
    z = z - z.max(axis=1, keepdims=True)
    p = np.exp(z)
    p = p / p.sum(axis=1, keepdims=True)
    loss = -np.log(np.maximum(p[np.arange(len(y)), y], 1e-12)).mean()
    d = (p - np.eye(p.shape[1])[y]) / len(y)
    lowest = min(i for i, layer in enumerate(stack) if not layer.frozen)
    for i in range(len(stack) - 1, lowest - 1, -1):     # nothing to do below the lowest learning layer
        d = stack[i].backward(d)
    for layer, rate in zip(stack, rates):
        layer.learn(rate)
    return loss


def train(stack, x, y, epochs, rates, label, xTest, yTest, batch=40):
    for e in range(epochs):
        losses = []
        order = random.permutation(len(y))
        for i in range(0, len(y), batch):
            take = order[i:i + batch]
            losses.append(step(stack, x[take], y[take], rates))
        if e % 5 == 4:
            good = (run(stack, xTest).argmax(axis=1) == yTest).mean()
            print('%s epoch %2d loss %.5f test accuracy %.3f' % (label, e + 1, np.mean(losses), good))


xs, ys = makeTask(2000, 'source')
xsTest, ysTest = makeTask(400, 'source')
body = [Dense(8, 64), Relu(), Dense(64, 32), Relu()]
train(body + [Dense(32, 4)], xs, ys, 20, [0.03] * 5, 'source', xsTest, ysTest)

xt, yt = makeTask(160, 'target')
xtTest, ytTest = makeTask(400, 'target')
body[0].frozen = body[2].frozen = True
before = [body[0].w.copy(), body[2].w.copy()]
net = body + [Dense(32, 2)]
train(net, xt, yt, 15, [0.0, 0.0, 0.0, 0.0, 0.02], 'head  ', xtTest, ytTest)
assert all(np.array_equal(a, b.w) for a, b in zip(before, (body[0], body[2])))
body[2].frozen = False
body[2].speedW[...] = 0
body[2].speedB[...] = 0
train(net, xt, yt, 15, [0.0, 0.0, 0.003, 0.0, 0.01], 'top   ', xtTest, ytTest)
assert np.array_equal(before[0], body[0].w) and not np.array_equal(before[1], body[2].w)
