'''
A CNN with explicit loops, one image at a time (conv 3x3 -> max pool -> tanh -> softmax).
Written for readability, not speed.
'''
import numpy as np

np.random.seed(33)


class Conv3x3:
    def __init__(self, num_filters):
        self.num_filters = num_filters
        self.filters = np.random.randn(num_filters, 3, 3) / 3
        self.biases = np.zeros(num_filters)

    def iterate_regions(self, image):
        h, w = image.shape
        for i in range(h - 2):
            for j in range(w - 2):
                yield image[i:i + 3, j:j + 3], i, j

    def forward(self, input):
        self.last_input = input
        h, w = input.shape
        output = np.zeros((h - 2, w - 2, self.num_filters))
        for region, i, j in self.iterate_regions(input):
            output[i, j] = np.sum(region * self.filters, axis=(1, 2)) + self.biases
        return output

    def backprop(self, d_out, lr):
        d_filters = np.zeros(self.filters.shape)
        d_biases = np.zeros(self.num_filters)
        for region, i, j in self.iterate_regions(self.last_input):
            for f in range(self.num_filters):
                d_filters[f] += d_out[i, j, f] * region
            d_biases += d_out[i, j]
        self.filters -= lr * d_filters
        self.biases -= lr * d_biases


class MaxPool2:
    def forward(self, input):
        self.last_input = input
        h, w, n = input.shape
        output = np.zeros((h // 2, w // 2, n))
        for i in range(h // 2):
            for j in range(w // 2):
                output[i, j] = np.amax(input[2 * i:2 * i + 2, 2 * j:2 * j + 2], axis=(0, 1))
        return output

    def backprop(self, d_out):
        d_input = np.zeros(self.last_input.shape)
        h, w, n = d_out.shape
        for i in range(h):
            for j in range(w):
                for f in range(n):
                    patch = self.last_input[2 * i:2 * i + 2, 2 * j:2 * j + 2, f]
                    i2, j2 = np.unravel_index(np.argmax(patch), patch.shape)
                    d_input[2 * i + i2, 2 * j + j2, f] = d_out[i, j, f]
        return d_input


class Tanh:
    def forward(self, input):
        self.out = np.tanh(input)
        return self.out

    def backprop(self, d_out):
        return d_out * (1 - self.out ** 2)


class Softmax:
    def __init__(self, input_len, nodes):
        self.weights = np.random.randn(input_len, nodes) / np.sqrt(input_len)
        self.biases = np.zeros(nodes)

    def forward(self, input):
        self.last_input_shape = input.shape
        input = input.flatten()
        self.last_input = input
        totals = np.dot(input, self.weights) + self.biases
        self.last_totals = totals
        exp = np.exp(totals)
        return exp / np.sum(exp, axis=0)

    def backprop(self, d_L_d_out, lr):
        for i, gradient in enumerate(d_L_d_out):
            if gradient == 0:
                continue
            # e^totals
            t_exp = np.exp(self.last_totals)
            S = np.sum(t_exp)
            # Gradients of out[i] against totals
            d_out_d_t = -t_exp[i] * t_exp / (S ** 2)
            d_out_d_t[i] = t_exp[i] * (S - t_exp[i]) / (S ** 2)
            d_L_d_t = gradient * d_out_d_t
            d_L_d_w = self.last_input[np.newaxis].T @ d_L_d_t[np.newaxis]
            d_L_d_inputs = self.weights @ d_L_d_t
            self.weights -= lr * d_L_d_w
            self.biases -= lr * d_L_d_t
            return d_L_d_inputs.reshape(self.last_input_shape)


conv = Conv3x3(4)
pool = MaxPool2()
act = Tanh()
softmax = Softmax(3 * 3 * 4, 3)


def forward(image, label):
    out = conv.forward(image)
    out = pool.forward(out)
    out = act.forward(out)
    out = softmax.forward(out)
    loss = -np.log(out[label])
    acc = 1 if np.argmax(out) == label else 0
    return out, loss, acc


def train(im, label, lr=0.03):
    out, loss, acc = forward(im, label)
    gradient = np.zeros(3)
    gradient[label] = -1 / out[label]
    gradient = softmax.backprop(gradient, lr)
    gradient = act.backprop(gradient)
    gradient = pool.backprop(gradient)
    conv.backprop(gradient, lr)
    return loss, acc


def draw(kind):
    im = 0.25 * np.random.randn(8, 8)
    a, b = np.random.randint(1, 5, size=2)
    if kind == 0:
        im[a, 1:7] += 1
    elif kind == 1:
        im[1:7, b] += 1
    else:
        im[a:a + 3, b:b + 3] += 0.6
    return im


train_labels = np.random.randint(0, 3, size=120)
train_images = [draw(k) for k in train_labels]
test_labels = np.random.randint(0, 3, size=60)
test_images = [draw(k) for k in test_labels]

for epoch in range(2):
    print('--- Epoch %d ---' % (epoch + 1))
    permutation = np.random.permutation(len(train_images))
    train_images = [train_images[i] for i in permutation]
    train_labels = train_labels[permutation]
    loss, num_correct = 0, 0
    for i, (im, label) in enumerate(zip(train_images, train_labels)):
        if i > 0 and i % 60 == 0:
            print('[Step %d] Past 60 steps: Average Loss %.3f | Accuracy: %d' % (i, loss / 60, num_correct))
            loss, num_correct = 0, 0
        l, acc = train(im, label)
        loss += l
        num_correct += acc

results = [forward(im, label) for im, label in zip(test_images, test_labels)]
print('Test loss:', np.mean([r[1] for r in results]))
print('Test accuracy:', np.mean([r[2] for r in results]))
