"""Unit tests that no mistake of the catalogue passes: every value from a formula
written out here, biases that are not zero, batches of several rows, numbers at
the edges, and everything done twice."""
import unittest

import numpy as np

from mlp_numpy import MLP
from modules import CrossEntropy, Linear, ReLU, SoftMax


def near(a, b, tolerance=1e-9):
    np.testing.assert_allclose(a, b, rtol=tolerance, atol=1e-12)


class TestThorough(unittest.TestCase):
    def setUp(self):
        np.random.seed(0)
        self.x = np.random.randn(5, 3)
        self.y = np.eye(2)[[0, 1, 1, 0, 1]]
        self.net = MLP(3, [4], 2)
        for layer in self.net.layers[::2]:
            layer.params['bias'] = np.random.randn(*layer.params['bias'].shape)

    def test_first_weights(self):
        self.assertAlmostEqual(np.std(Linear(1000, 50).params['weight']), np.sqrt(2 / 1000), places=3)

    def test_linear_by_hand(self):
        layer, dout = self.net.layers[0], np.random.randn(5, 4)
        W, b = layer.params['weight'], layer.params['bias']
        for again in range(2):  # nothing is left of the first time
            near(layer.forward(self.x), self.x.dot(W) + b)
            near(layer.backward(dout), dout.dot(W.T))
            near(layer.grads['weight'], self.x.T.dot(dout))
            near(layer.grads['bias'], dout.sum(axis=0))

    def test_relu_at_the_edge(self):
        relu, dout = ReLU(), np.array([[-5.0, 3.0, -4.0]])
        near(relu.forward(np.array([[-1.0, 0.0, 2.0]])), [[0, 0, 2]])
        near(relu.backward(dout), [[0, 0, -4]])

    def test_softmax_row_by_row(self):
        z = np.array([[1000.0, 1001.0], [0.0, 1.0]])
        p = np.exp([0, 1]) / np.sum(np.exp([0, 1]))
        near(SoftMax().forward(z), [p, p])
        softmax = SoftMax()
        softmax.forward(z.copy())
        near(softmax.backward(self.y), self.y)  # the loss has its derivative in it

    def test_loss_and_gradient_by_hand(self):
        p = np.array([[0.9, 0.1], [0.3, 0.7], [0.0, 1.0]])
        y = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
        near(CrossEntropy().forward(p, y), -np.sum(y * np.log(p + 1e-7)) / 3)
        near(CrossEntropy().backward(p, y), (p - y) / 3)
        near(CrossEntropy().backward(p, p > 0.5), (p - (p > 0.5)) / 3)

    def test_network_by_hand(self):
        first, last = self.net.layers[0].params, self.net.layers[2].params
        z = np.maximum(self.x.dot(first['weight']) + first['bias'], 0).dot(last['weight']) + last['bias']
        near(self.net.forward(self.x), np.exp(z) / np.exp(z).sum(axis=1, keepdims=True))

    def test_update_by_hand(self):
        self.net.backward(self.net.loss_fc.backward(self.net.forward(self.x), self.y))
        wanted = [(layer, name, layer.params[name] - 0.1 * layer.grads[name]) for layer in self.net.layers[::2] for name in layer.params]
        self.net.update(0.1)
        for layer, name, value in wanted:
            near(layer.params[name], value)


if __name__ == '__main__':
    unittest.main()
