# a mini torch (the old Lua one) in numpy: modules with updateOutput / updateGradInput /
# accGradParameters, a container and a criterion. Test: learn a product of two inputs.
import numpy as np

np.random.seed(5)

class Module(object):
    training = True
    params, grads = (), ()

    def backward(self, input, gradOutput):
        self.updateGradInput(input, gradOutput)
        self.accGradParameters(input, gradOutput)
        return self.gradInput

    def accGradParameters(self, input, gradOutput):
        pass

    def zeroGradParameters(self):
        for g in self.grads:
            g.fill(0)

class Sequential(Module):
    def __init__(self, *modules):
        self.modules = modules
        self.params = [p for module in modules for p in module.params]
        self.grads = [g for module in modules for g in module.grads]

    def updateOutput(self, input):
        self.inputs = []
        for module in self.modules:
            self.inputs.append(input)
            input = module.updateOutput(input)
        return input

    def backward(self, input, gradOutput):
        for module, inp in zip(self.modules[::-1], self.inputs[::-1]):
            gradOutput = module.backward(inp, gradOutput)
        return gradOutput

    def evaluate(self):
        for module in self.modules:
            module.training = False

class Linear(Module):
    def __init__(self, n_in, n_out):
        stdv = 1. / np.sqrt(n_in)
        self.W = np.random.uniform(-stdv, stdv, size=(n_out, n_in))
        self.b = np.random.uniform(-stdv, stdv, size=n_out)
        self.gradW, self.gradb = np.zeros_like(self.W), np.zeros_like(self.b)
        self.params, self.grads = [self.W, self.b], [self.gradW, self.gradb]

    def updateOutput(self, input):
        return input.dot(self.W.T) + self.b

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput.dot(self.W)

    def accGradParameters(self, input, gradOutput):
        self.gradW += gradOutput.T.dot(input)
        self.gradb += gradOutput.sum(axis=0)

class BatchNorm1d(Module):
    def __init__(self, n, eps=1e-3, alpha=0.9):
        self.eps, self.alpha = eps, alpha
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.gradGamma, self.gradBeta = np.zeros(n), np.zeros(n)
        self.moving_mean, self.moving_var = np.zeros(n), np.ones(n)
        self.params, self.grads = [self.gamma, self.beta], [self.gradGamma, self.gradBeta]

    def updateOutput(self, input):
        mean, var = self.moving_mean, self.moving_var
        if self.training:
            mean, var = input.mean(axis=0), input.var(axis=0)
            self.moving_mean = self.alpha * self.moving_mean + (1 - self.alpha) * mean
            self.moving_var = self.alpha * self.moving_var + (1 - self.alpha) * var
        self.inv_std = 1. / np.sqrt(var + self.eps)
        self.xhat = (input - mean) * self.inv_std
        return self.gamma * self.xhat + self.beta

    def updateGradInput(self, input, gradOutput):
        g = gradOutput * self.gamma
        self.gradInput = self.inv_std * (g - g.mean(axis=0) - self.xhat * (g * self.xhat).mean(axis=0))

    def accGradParameters(self, input, gradOutput):
        self.gradGamma += np.sum(gradOutput * self.xhat, axis=0)
        self.gradBeta += np.sum(gradOutput, axis=0)

class Dropout(Module):
    def __init__(self, p=0.5):
        self.p = p

    def updateOutput(self, input):
        self.mask = np.ones(input.shape)
        if self.training:
            self.mask = (np.random.rand(*input.shape) >= self.p) / (1. - self.p)
        return input * self.mask

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * self.mask

class Tanh(Module):
    def updateOutput(self, input):
        self.output = np.tanh(input)
        return self.output

    def updateGradInput(self, input, gradOutput):
        self.gradInput = gradOutput * (1. - self.output ** 2)

X = np.random.uniform(-1, 1, (320, 3)) * [1., 2., 5.] + [0., 0., 3.]
T = 1.5 * X[:, :1] * X[:, 1:2] + 0.1 * X[:, 2:]
net = Sequential(Linear(3, 24), BatchNorm1d(24), Tanh(), Dropout(0.05), Linear(24, 1))
velocity = [np.zeros_like(p) for p in net.params]
for epoch in range(80):
    order, total = np.random.permutation(256), 0.
    for i in range(0, 256, 32):
        x, t = X[order[i:i + 32]], T[order[i:i + 32]]
        net.zeroGradParameters()
        diff = net.updateOutput(x) - t
        total += np.sum(diff ** 2) / 256
        net.backward(x, 2. * diff / len(x))     # mean squared error
        for p, g, v in zip(net.params, net.grads, velocity):
            v *= 0.9
            v += 0.02 * g
            p -= v
    if epoch % 20 == 0 or epoch == 79:
        print('epoch %d train loss %.5f' % (epoch, total))
net.evaluate()
print('test loss %.5f (variance of the targets %.5f)' % (
    np.mean((net.updateOutput(X[256:]) - T[256:]) ** 2), T[256:].var()))
