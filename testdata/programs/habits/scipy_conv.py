import numpy as np
from scipy import signal

np.random.seed(2)


class Convolutional:
    def __init__(self, shape, kernel, depth):
        d, h, w = shape
        self.shape, self.depth, self.d = shape, depth, d
        self.kernels = np.random.randn(depth, d, kernel, kernel) * .3
        self.biases = np.random.randn(depth, h - kernel + 1, w - kernel + 1) * .1

    def forward(self, input):
        self.input = input
        self.output = np.copy(self.biases)
        for i in range(self.depth):
            for j in range(self.d):
                self.output[i] += signal.correlate2d(self.input[j], self.kernels[i, j], "valid")
        return self.output

    def backward(self, output_gradient, rate):
        kernels_gradient = np.zeros(self.kernels.shape)
        input_gradient = np.zeros(self.shape)
        for i in range(self.depth):
            for j in range(self.d):
                kernels_gradient[i, j] = signal.correlate2d(self.input[j], output_gradient[i], "valid")
                input_gradient[j] += signal.convolve2d(output_gradient[i], self.kernels[i, j], "full")
        self.kernels -= rate * kernels_gradient
        self.biases -= rate * output_gradient
        return input_gradient


a, b = Convolutional((1, 7, 7), 3, 2), Convolutional((2, 5, 5), 3, 2)
W = np.random.randn(18, 1) * .3
for i in range(8):
    x = np.random.randn(1, 7, 7)
    y = float(x.mean() > 0)
    u = np.tanh(a.forward(x))
    v = np.tanh(b.forward(u))
    flat = v.reshape(1, -1)
    p = 1 / (1 + np.exp(-(flat @ W)[0, 0]))
    loss = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    d = p - y
    gW = flat.T * d
    dv = (W.T * d).reshape(v.shape)
    W -= .1 * gW
    du = b.backward(dv * (1 - v ** 2), .1)
    a.backward(du * (1 - u ** 2), .1)
    print(i, loss)
