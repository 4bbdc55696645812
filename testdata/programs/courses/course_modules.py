import numpy as np

class Module(object):
    def __init__(self):
        self.training = True

    def backward(self, input, gradOutput):
        self.updateGradInput(input, gradOutput)
        self.accGradParameters(input, gradOutput)
        return self.gradInput

    def accGradParameters(self, input, gradOutput): pass

    def zeroGradParameters(self): pass

    def getParameters(self): return []

class Linear(Module):
    def __init__(self, n_in, n_out, rng):
        super().__init__()
        stdv = 1. / np.sqrt(n_in)
        self.W = rng.uniform(-stdv, stdv, size=(n_out, n_in))
        self.b = rng.uniform(-stdv, stdv, size=n_out)
        self.gradW = np.zeros_like(self.W)
        self.gradb = np.zeros_like(self.b)

    def forward(self, input):
        return input.dot(self.W.T) + self.b

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput.dot(self.W)

    def accGradParameters(self, input, gradOutput):
        self.gradW += gradOutput.T.dot(input)
        self.gradb += gradOutput.sum(axis=0)

    def zeroGradParameters(self):
        self.gradW.fill(0)
        self.gradb.fill(0)

    def getParameters(self):
        return [(self.W, self.gradW), (self.b, self.gradb)]

class Dropout(Module):
    def __init__(self, p, rng):
        super().__init__()
        self.p, self.rng = p, rng

    def forward(self, input):
        self.mask = np.ones_like(input)
        if self.training:
            self.mask = self.rng.binomial(1, 1 - self.p, input.shape) / (1 - self.p)
        self.output = input * self.mask
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * self.mask

class ELU(Module):
    def __init__(self, alpha=0.7):
        super().__init__()
        self.alpha = alpha

    def forward(self, input):
        self.output = np.where(input > 0, input, self.alpha * (np.exp(input) - 1))
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * np.where(input > 0, 1.0, self.output + self.alpha)

class LogSoftMax(Module):
    def forward(self, input):
        shifted = input - input.max(axis=1, keepdims=True)
        self.output = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return self.output

    def updateGradInput(self, input, gradOutput):
        total = gradOutput.sum(axis=1, keepdims=True)
        self.gradInput = gradOutput - np.exp(self.output) * total

class ClassNLL(object):
    def forward(self, input, target):
        return -np.sum(input * target) / input.shape[0]

    def backward(self, input, target):
        return -target / input.shape[0]

class Sequential(Module):
    def __init__(self, *modules):
        self.modules = list(modules)

    def forward(self, input):
        self.inputs = []
        for m in self.modules:
            self.inputs.append(input)
            input = m.forward(input)
        return input

    def backward(self, gradOutput):
        for m, x in zip(self.modules[::-1], self.inputs[::-1]):
            gradOutput = m.backward(x, gradOutput)
        return gradOutput

rng = np.random.RandomState(7)
centers = rng.randn(4, 10) * 1.2
labels = rng.randint(0, 4, 240)
X = centers[labels] + rng.randn(240, 10)
Y = np.eye(4)[labels]

net = Sequential(Linear(10, 20, rng), ELU(), Dropout(0.25, rng), Linear(20, 16, rng), ELU(), Linear(16, 4, rng), LogSoftMax())
criterion = ClassNLL()
config, state = {'lr': 0.1, 'momentum': 0.8}, {}
n_epochs = 12
for epoch in range(n_epochs):
    perm = rng.permutation(len(X))
    loss_history = []
    for i in range(0, len(X), 40):
        xb, yb = X[perm[i:i + 40]], Y[perm[i:i + 40]]
        for m in net.modules:
            m.zeroGradParameters()
        pred = net.forward(xb)
        loss_history.append(criterion.forward(pred, yb))
        net.backward(criterion.backward(pred, yb))
        for m in net.modules:
            for var, grad in m.getParameters():
                old = state.setdefault(id(var), np.zeros_like(grad))
                np.add(config['momentum'] * old, config['lr'] * grad, out=old)
                var -= old
    print('Epoch %d  train loss %.4f' % (epoch, np.mean(loss_history)))
