"""Unit tests as a course might hand them out with the assignment: shapes, a few
values, and a gradient by differences."""
import unittest

import numpy as np

from mlp_numpy import MLP
from modules import CrossEntropy, Linear, ReLU, SoftMax


class TestModules(unittest.TestCase):
    def setUp(self):
        np.random.seed(0)
        self.x = np.random.randn(5, 3)
        self.y = np.eye(2)[[0, 1, 1, 0, 1]]

    def test_linear_forward(self):
        layer = Linear(3, 4)
        np.testing.assert_allclose(layer.forward(self.x), self.x.dot(layer.params['weight']))

    def test_linear_backward_shapes(self):
        layer = Linear(3, 4)
        layer.forward(self.x)
        self.assertEqual(layer.backward(np.ones((5, 4))).shape, (5, 3))
        self.assertEqual(layer.grads['weight'].shape, (3, 4))
        self.assertEqual(layer.grads['bias'].shape, (4,))

    def test_relu(self):
        relu = ReLU()
        np.testing.assert_array_equal(relu.forward(np.array([[-1.0, 2.0]])), [[0, 2]])
        np.testing.assert_array_equal(relu.backward(np.array([[3.0, 4.0]])), [[0, 4]])

    def test_softmax_adds_up_to_one(self):
        np.testing.assert_allclose(SoftMax().forward(self.x).sum(axis=1), 1)

    def test_cross_entropy(self):
        p = np.full((5, 2), 0.5)
        self.assertAlmostEqual(CrossEntropy().forward(p, self.y), np.log(2), places=5)

    def test_first_weights_by_differences(self):
        net = MLP(3, [4], 2)
        p = net.forward(self.x)
        net.backward(net.loss_fc.backward(p, self.y))
        weight, gradient = net.layers[0].params['weight'], net.layers[0].grads['weight']
        for i in range(3):
            for j in range(4):
                h = 1e-5
                weight[i, j] += h
                up = net.loss_fc.forward(net.forward(self.x), self.y)
                weight[i, j] -= 2 * h
                down = net.loss_fc.forward(net.forward(self.x), self.y)
                weight[i, j] += h
                self.assertAlmostEqual(gradient[i, j], (up - down) / (2 * h), places=5)

    def test_a_step_brings_the_loss_down(self):
        net = MLP(3, [4], 2)
        before = net.loss_fc.forward(net.forward(self.x), self.y)
        net.backward(net.loss_fc.backward(net.forward(self.x), self.y))
        net.update(0.1)
        self.assertLess(net.loss_fc.forward(net.forward(self.x), self.y), before)


if __name__ == '__main__':
    unittest.main()
