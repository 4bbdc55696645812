"""
network.py-like: lists of weight matrices, backprop one example at a time, column vectors.
Cross-entropy cost for sigmoid outputs, smoothed one-hot targets, momentum SGD, max-norm free.
"""
import random
import numpy as np

SEGMENTS = ["1111110", "0110000", "1101101", "1111001", "0110011",
            "1011011", "1011111", "1110000", "1111111", "1111011"]


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


def vectorized_result(j, smooth=0.1):
    e = np.full((10, 1), smooth / 10)
    e[j] += 1.0 - smooth
    return e


class Network(object):

    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.sizes = sizes
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) / np.sqrt(x) for x, y in zip(sizes[:-1], sizes[1:])]
        self.vel_w = [np.zeros(w.shape) for w in self.weights]
        self.vel_b = [np.zeros(b.shape) for b in self.biases]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(np.dot(w, a) + b)
        return a

    def SGD(self, training_data, epochs, mini_batch_size, eta, mu, lmbda, test_data):
        n = len(training_data)
        for j in range(epochs):
            random.shuffle(training_data)
            mini_batches = [training_data[k:k + mini_batch_size] for k in range(0, n, mini_batch_size)]
            for mini_batch in mini_batches:
                self.update_mini_batch(mini_batch, eta, mu, lmbda, n)
            if j % 3 == 2:
                print("Epoch {0}: {1} / {2}, cost {3:.5f}, test cost {4:.5f}".format(
                    j, self.evaluate(test_data), len(test_data),
                    self.total_cost(training_data, lmbda), self.total_cost(test_data, 0.0)))

    def update_mini_batch(self, mini_batch, eta, mu, lmbda, n):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        for x, d in mini_batch:
            delta_nabla_b, delta_nabla_w = self.backprop(x, vectorized_result(d))
            nabla_b = [nb + dnb for nb, dnb in zip(nabla_b, delta_nabla_b)]
            nabla_w = [nw + dnw for nw, dnw in zip(nabla_w, delta_nabla_w)]
        m = len(mini_batch)
        self.vel_w = [mu * v - eta * (nw / m + lmbda / n * w)
                      for v, nw, w in zip(self.vel_w, nabla_w, self.weights)]
        self.vel_b = [mu * v - eta * nb / m for v, nb in zip(self.vel_b, nabla_b)]
        self.weights = [w + v for w, v in zip(self.weights, self.vel_w)]
        self.biases = [b + v for b, v in zip(self.biases, self.vel_b)]

    def backprop(self, x, y):
        nabla_b = [np.zeros(b.shape) for b in self.biases]
        nabla_w = [np.zeros(w.shape) for w in self.weights]
        activation = x
        activations = [x]
        zs = []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = sigmoid(z)
            activations.append(activation)
        delta = activations[-1] - y
        nabla_b[-1] = delta
        nabla_w[-1] = np.dot(delta, activations[-2].transpose())
        for l in range(2, self.num_layers):
            sp = sigmoid_prime(zs[-l])
            delta = np.dot(self.weights[-l + 1].transpose(), delta) * sp
            nabla_b[-l] = delta
            nabla_w[-l] = np.dot(delta, activations[-l - 1].transpose())
        return nabla_b, nabla_w

    def evaluate(self, test_data):
        return sum(int(np.argmax(self.feedforward(x)) == d) for x, d in test_data)

    def total_cost(self, data, lmbda):
        cost = 0.0
        for x, d in data:
            a = self.feedforward(x)
            y = vectorized_result(d)
            cost += np.sum(-y * np.log(a) - (1 - y) * np.log(1 - a)) / len(data)
        cost += 0.5 * lmbda / len(data) * sum(np.sum(w ** 2) for w in self.weights)
        return cost


def make_data(n):
    data = []
    for _ in range(n):
        d = random.randrange(10)
        seg = np.array([float(c) for c in SEGMENTS[d]]).reshape(7, 1)
        both = np.vstack([seg, 1 - seg])           # bright and dark detectors
        data.append((both + 0.45 * np.random.randn(14, 1), d))
    return data


if __name__ == "__main__":
    random.seed(1)
    np.random.seed(1)
    train, test = make_data(250), make_data(120)
    net = Network([14, 14, 14, 10])
    net.SGD(train, 15, 12, 0.8, 0.6, 0.05, test)
    print("weights: {0:.6f}".format(sum(np.abs(w).sum() for w in net.weights)))
