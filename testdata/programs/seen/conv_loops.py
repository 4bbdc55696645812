import numpy as np

np.random.seed(13)


class Conv3x3:
    def __init__(self, num_filters):
        self.filters = np.random.randn(num_filters, 3, 3) / 3

    def regions(self, image):
        h, w = image.shape
        for i in range(h - 2):
            for j in range(w - 2):
                yield image[i:i + 3, j:j + 3], i, j

    def forward(self, image):
        self.last_input = image
        h, w = image.shape
        output = np.zeros((h - 2, w - 2, len(self.filters)))
        for region, i, j in self.regions(image):
            output[i, j] = np.sum(region * self.filters, axis=(1, 2))
        return output

    def backprop(self, d_out, lr):
        d_filters = np.zeros(self.filters.shape)
        for region, i, j in self.regions(self.last_input):
            for f in range(len(self.filters)):
                d_filters[f] += d_out[i, j, f] * region
        self.filters -= lr * d_filters


class Softmax:
    def __init__(self, length, nodes):
        self.weights = np.random.randn(length, nodes) / np.sqrt(length)
        self.biases = np.zeros(nodes)

    def forward(self, x):
        self.shape = x.shape
        self.flat = x.flatten()
        totals = np.dot(self.flat, self.weights) + self.biases
        exp = np.exp(totals - totals.max())
        self.p = exp / np.sum(exp)
        return self.p

    def backprop(self, label, lr):
        d_t = self.p.copy()
        d_t[label] -= 1
        d_w = self.flat[np.newaxis].T @ d_t[np.newaxis]
        d_inputs = self.weights @ d_t
        self.weights -= lr * d_w
        self.biases -= lr * d_t
        return d_inputs.reshape(self.shape)


conv, softmax = Conv3x3(3), Softmax(4 * 4 * 3, 4)
loss, correct = 0, 0
for i in range(8):
    image = np.random.randn(6, 6)
    label = i % 4
    out = softmax.forward(np.maximum(conv.forward(image), 0))
    loss += -np.log(out[label])
    correct += int(np.argmax(out) == label)
    gradient = softmax.backprop(label, 0.05)
    gradient = gradient * (conv.forward(image) > 0)
    conv.backprop(gradient, 0.05)
    print('step', i + 1, loss / (i + 1), correct)
