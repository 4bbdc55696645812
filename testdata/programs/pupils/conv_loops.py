'''CNN for little pictures, with honest for-loops.
One image at a time: conv -> relu -> mean pool -> dense -> softmax
'''
import numpy as np


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

    def forward(self, image):
        self.last_input = image
        h, w = image.shape
        output = np.zeros((h - 2, w - 2, self.num_filters))
        for region, i, j in self.iterate_regions(image):
            output[i, j] = np.sum(region * self.filters, axis=(1, 2)) + self.biases
        return output

    def backprop(self, d_out, learn_rate):
        d_filters = np.zeros(self.filters.shape)
        d_biases = np.zeros(self.num_filters)
        for region, i, j in self.iterate_regions(self.last_input):
            for f in range(self.num_filters):
                d_filters[f] += d_out[i, j, f] * region
            d_biases += d_out[i, j]
        self.filters -= learn_rate * d_filters
        self.biases -= learn_rate * d_biases


class ReLU:
    def forward(self, x):
        self.last = x
        return np.maximum(x, 0)

    def backprop(self, d_out):
        return d_out * (self.last > 0)


class MeanPool2:
    def forward(self, x):
        self.shape = x.shape
        h, w, f = x.shape
        out = np.zeros((h // 2, w // 2, f))
        for i in range(h // 2):
            for j in range(w // 2):
                out[i, j] = x[2*i:2*i + 2, 2*j:2*j + 2].mean(axis=(0, 1))
        return out

    def backprop(self, d_out):
        d_x = np.zeros(self.shape)
        for i in range(d_out.shape[0]):
            for j in range(d_out.shape[1]):
                d_x[2*i:2*i + 2, 2*j:2*j + 2] += d_out[i, j] / 4
        return d_x


class Softmax:
    def __init__(self, input_len, nodes):
        self.weights = np.random.randn(input_len, nodes) / np.sqrt(input_len)
        self.biases = np.zeros(nodes)

    def forward(self, x):
        self.shape = x.shape
        self.flat = x.flatten()
        totals = self.flat @ self.weights + self.biases
        exp = np.exp(totals - np.max(totals))
        self.out = exp / np.sum(exp)
        return self.out

    def backprop(self, label, learn_rate):
        d_t = self.out.copy()
        d_t[label] -= 1
        d_w = self.flat[:, np.newaxis] @ d_t[np.newaxis]
        d_x = self.weights @ d_t
        self.weights -= learn_rate * d_w
        self.biases -= learn_rate * d_t
        return d_x.reshape(self.shape)


def picture(label):
    img = np.random.normal(0, 0.3, (8, 8))
    r, c = np.random.randint(1, 5, 2)
    if label == 0:      # square
        img[r:r + 3, c:c + 3] += 1
        img[r + 1, c + 1] -= 1
    elif label == 1:    # plus
        img[r + 1, c:c + 3] += 1
        img[r:r + 3, c + 1] += 1
    else:               # falling line
        for s in range(3):
            img[r + s, c + s] += 1.5
    return img


np.random.seed(3)
labels = np.random.randint(0, 3, 230)
images = np.array([picture(l) for l in labels])
train_images, train_labels = images[:160], labels[:160]
test_images, test_labels = images[160:], labels[160:]
conv, relu, pool, soft = Conv3x3(4), ReLU(), MeanPool2(), Softmax(3 * 3 * 4, 3)


def forward(image, label):
    out = soft.forward(pool.forward(relu.forward(conv.forward(image))))
    return -np.log(out[label]), int(np.argmax(out) == label)


lr = 0.1
for epoch in range(6):
    order = np.random.permutation(len(train_images))
    loss, correct = 0, 0
    for k in order:
        l, acc = forward(train_images[k], train_labels[k])
        loss += l
        correct += acc
        grad = soft.backprop(train_labels[k], lr)
        conv.backprop(relu.backprop(pool.backprop(grad)), lr)
    n = len(order)
    print('--- Epoch %d --- Average loss %.4f | Accuracy: %.2f%%' % (epoch + 1, loss / n, 100 * correct / n))
    lr *= 0.8
results = [forward(im, lab) for im, lab in zip(test_images, test_labels)]
print('Test loss %.4f, test accuracy %.4f' % tuple(np.mean(results, axis=0)))
