"""The coursework's modules in NumPy: Linear, ReLU, SoftMax, CrossEntropy, MLP.

Shapes: x is N x in, weights are in x out, one row a sample. `flag` is the
coursework's: True in training, when a module keeps what its backward needs,
False in prediction.
"""
import common

import numpy as np


class Linear(object):
    """out = x W + b. bias_mean is the report's fault: dW is a sum over the
    batch, db a mean."""

    def __init__(self, weight, bias_mean=False):
        self.params = {"weight": weight, "bias": np.zeros(weight.shape[1])}
        self.grads = {"weight": np.zeros_like(weight), "bias": np.zeros(weight.shape[1])}
        self.velocity = {"weight": np.zeros_like(weight), "bias": np.zeros(weight.shape[1])}
        self.bias_mean = bias_mean
        self.x = None

    def forward(self, x, flag=True):
        if flag:
            self.x = x
        return np.dot(x, self.params["weight"]) + self.params["bias"]

    def backward(self, dout):
        self.grads["weight"] = np.dot(self.x.T, dout)
        self.grads["bias"] = np.mean(dout, axis=0) if self.bias_mean else np.sum(dout, axis=0)
        return np.dot(dout, self.params["weight"].T)

    def update(self, lr, momentum):
        for name, grad in self.grads.items():
            if momentum:
                self.velocity[name] = grad = momentum * self.velocity[name] + grad
            self.params[name] -= lr * grad

    __call__ = forward


class ReLU(object):
    """Keeps its output, which is positive exactly where its input is. The
    network behind the report's figures overwrites it with its softmax, which
    is positive everywhere: there the gradient passes everywhere."""

    def __init__(self):
        self.x = None

    def forward(self, x, flag=True):
        x = np.maximum(x, 0)
        if flag:
            self.x = x
        return x

    def backward(self, dout):
        return dout * (self.x > 0)

    def update(self, lr, momentum):
        pass

    __call__ = forward


class SoftMax(object):
    """Works in place: what another module kept of x is the softmax afterwards."""

    def forward(self, x, flag=True):
        x -= np.max(x, axis=1, keepdims=True)
        np.exp(x, out=x)
        x /= np.sum(x, axis=1, keepdims=True)
        return x

    def backward(self, dout):
        return dout  # CrossEntropy's gradient is already the one at the logits

    __call__ = forward


class CrossEntropy(object):
    def __init__(self, mean):
        self.mean = mean

    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7))

    def backward(self, x, y):
        return (x - y) / len(x) if self.mean else x - y

    __call__ = forward


class MLP(object):
    """Linear, ReLU, ..., Linear and one softmax at the end.

    scale is the weights' standard deviation, or "he": sqrt(2 / inputs of the
    layer). reported=True is the network behind the report's figures: in
    training the softmax is applied in place after every layer, each Linear
    and each ReLU; in prediction once at the end; and the bias gradient is a
    mean where the weight gradient is a sum.
    """

    def __init__(self, n_inputs, n_hidden, n_classes, scale="he", mean=True, reported=False):
        self.loss_fc = CrossEntropy(mean)
        self.softmax = SoftMax()
        self.reported = reported
        self.layers = []
        sizes = [n_inputs] + n_hidden + [n_classes]
        for n_in, n_out in zip(sizes, sizes[1:]):
            if self.layers:
                self.layers.append(ReLU())
            sd = np.sqrt(2 / n_in) if scale == "he" else scale
            self.layers.append(Linear(np.random.randn(n_in, n_out) * sd, reported))

    def forward(self, x, flag=True):
        for layer in self.layers:
            x = layer(x, flag)
            if self.reported and flag:
                x = self.softmax(x)
        if self.reported and flag:
            return x
        return self.softmax(x)

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)

    def update(self, lr, momentum=0.0):
        for layer in self.layers:
            layer.update(lr, momentum)

    def predict(self, x):
        return self.forward(x, flag=False)

    __call__ = forward
