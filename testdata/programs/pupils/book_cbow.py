# coding: utf-8
# CBOW: layers hold self.params / self.grads lists, gradients are written in place
import numpy as np


class MatMul:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]

    def forward(self, x):
        W, = self.params
        out = np.dot(x, W)
        self.x = x
        return out

    def backward(self, dout):
        W, = self.params
        dx = np.dot(dout, W.T)
        dW = np.dot(self.x.T, dout)
        self.grads[0][...] = dW
        return dx


class Embedding:
    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]

    def forward(self, idx):
        W, = self.params
        self.idx = idx
        return W[idx]

    def backward(self, dout):
        dW, = self.grads
        dW[...] = 0
        np.add.at(dW, self.idx, dout)


class SoftmaxWithLoss:
    def __init__(self):
        self.params, self.grads = [], []

    def forward(self, x, t):
        x = x - x.max(axis=1, keepdims=True)
        y = np.exp(x)
        y /= y.sum(axis=1, keepdims=True)
        self.y, self.t = y, t
        return -np.sum(np.log(y[np.arange(len(t)), t] + 1e-7)) / len(t)

    def backward(self, dout=1):
        dx = self.y.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        dx *= dout / len(self.t)
        return dx


class SimpleCBOW:
    def __init__(self, vocab_size, hidden_size):
        W_in = 0.1 * np.random.randn(vocab_size, hidden_size)
        W_out = 0.1 * np.random.randn(hidden_size, vocab_size)
        self.in_layer0 = Embedding(W_in)
        self.in_layer1 = Embedding(W_in)
        self.out_layer = MatMul(W_out)
        self.loss_layer = SoftmaxWithLoss()
        self.params = [W_in, W_out]

    def forward(self, contexts, target):
        h0 = self.in_layer0.forward(contexts[:, 0])
        h1 = self.in_layer1.forward(contexts[:, 1])
        h = (h0 + h1) * 0.5
        score = self.out_layer.forward(h)
        return self.loss_layer.forward(score, target)

    def backward(self):
        ds = self.loss_layer.backward()
        da = self.out_layer.backward(ds)
        da *= 0.5
        self.in_layer1.backward(da)
        self.in_layer0.backward(da)
        # W_in is shared by the two input layers
        self.grads = [self.in_layer0.grads[0] + self.in_layer1.grads[0], self.out_layer.grads[0]]


class AdaGrad:
    def __init__(self, lr=0.01):
        self.lr = lr
        self.h = None

    def update(self, params, grads):
        if self.h is None:
            self.h = [np.zeros_like(p) for p in params]
        for i in range(len(params)):
            self.h[i] += grads[i] * grads[i]
            params[i] -= self.lr * grads[i] / (np.sqrt(self.h[i]) + 1e-7)


np.random.seed(0)
# a little grammar:  the ANIMAL VERB the FOOD .
words = 'the . cat dog cow eats likes sees fish hay bone'.split()
word_to_id = {w: i for i, w in enumerate(words)}
text = []
for _ in range(150):
    a = np.random.choice(['cat', 'dog', 'cow'])
    v = np.random.choice(['eats', 'likes', 'sees'])
    f = {'cat': 'fish', 'dog': 'bone', 'cow': 'hay'}[a]
    text += ['the', a, v, 'the', f, '.']
corpus = np.array([word_to_id[w] for w in text])
target = corpus[1:-1]
contexts = np.stack([corpus[:-2], corpus[2:]], axis=1)

model = SimpleCBOW(len(words), 6)
optimizer = AdaGrad(lr=0.2)
batch_size, max_epoch = 60, 20
for epoch in range(max_epoch):
    idx = np.random.permutation(len(target))
    x, t = contexts[idx], target[idx]
    total = 0
    for it in range(len(t) // batch_size):
        batch_x = x[it * batch_size:(it + 1) * batch_size]
        batch_t = t[it * batch_size:(it + 1) * batch_size]
        total += model.forward(batch_x, batch_t)
        model.backward()
        optimizer.update(model.params, model.grads)
    if epoch % 3 == 0:
        print('| epoch %d | loss %.5f' % (epoch + 1, total / (it + 1)))
W = model.params[0]
norm = W / np.linalg.norm(W, axis=1, keepdims=True)
print('cos(eats, likes) = %.4f' % norm[5].dot(norm[6]))
