from modules import *


class MLP(object):
    def __init__(self, n_inputs, n_hidden, n_classes):
        self.layers = []
        dims = [n_inputs] + n_hidden
        for i in range(len(n_hidden)):
            self.layers.append(Linear(dims[i], dims[i + 1]))
            self.layers.append(ReLU())
        self.layers.append(Linear(dims[-1], n_classes))
        self.softmax = SoftMax()
        self.loss_fc = CrossEntropy()

    def forward(self, x, flag=True):
        for layer in self.layers:
            x = layer(x, flag)
            if FAULT in ("softmax-every-layer", "as-reported") and flag:
                x = self.softmax(x)
        if FAULT in ("softmax-every-layer", "as-reported") and flag:
            return x
        return self.softmax(x)

    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)

    def predict(self, x):
        return self.forward(x, False)

    __call__ = forward
