"""
Assignment 1: multi-layer perceptron in NumPy.
Every module keeps its parameters in self.params and, after the backward
pass, its gradients in self.grads.
"""
import argparse
import numpy as np


class LinearModule(object):
    def __init__(self, in_features, out_features):
        self.params = {'weight': np.random.normal(0, np.sqrt(2 / in_features), size=(out_features, in_features)),
                       'bias': np.zeros((1, out_features))}
        self.grads = {'weight': np.zeros((out_features, in_features)),
                      'bias': np.zeros((1, out_features))}

    def forward(self, x):
        self.x = x
        out = x @ self.params['weight'].T + self.params['bias']
        return out

    def backward(self, dout):
        self.grads['weight'] = dout.T @ self.x
        self.grads['bias'] = np.sum(dout, axis=0, keepdims=True)
        dx = dout @ self.params['weight']
        return dx


class ReLUModule(object):
    def forward(self, x):
        self.mask = x > 0
        out = x * self.mask
        return out

    def backward(self, dout):
        dx = dout * self.mask
        return dx


class SoftMaxModule(object):
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.out = e / e.sum(axis=1, keepdims=True)
        return self.out

    def backward(self, dout):
        # dx_i = s_i * (dout_i - sum_j dout_j s_j)
        dot = np.sum(dout * self.out, axis=1, keepdims=True)
        dx = self.out * (dout - dot)
        return dx


class CrossEntropyModule(object):
    def forward(self, x, y):
        out = -np.sum(y * np.log(x + 1e-10)) / x.shape[0]
        return out

    def backward(self, x, y):
        dx = -y / (x + 1e-10) / x.shape[0]
        return dx


class MLP(object):
    def __init__(self, n_inputs, n_hidden, n_classes):
        self.modules = []
        for n_units in n_hidden:
            self.modules.append(LinearModule(n_inputs, n_units))
            self.modules.append(ReLUModule())
            n_inputs = n_units
        self.modules.append(LinearModule(n_inputs, n_classes))
        self.modules.append(SoftMaxModule())

    def forward(self, x):
        out = x
        for module in self.modules:
            out = module.forward(out)
        return out

    def backward(self, dout):
        for module in self.modules[::-1]:
            dout = module.backward(dout)
        return dout

    def parameters(self):
        for module in self.modules:
            if hasattr(module, 'params'):
                for key in module.params:
                    yield module, key


def accuracy(predictions, targets):
    return np.mean(np.argmax(predictions, axis=1) == np.argmax(targets, axis=1))


def make_moons(n_samples, noise):
    n_out = n_samples // 2
    n_in = n_samples - n_out
    theta_out = np.pi * np.random.rand(n_out)
    theta_in = np.pi * np.random.rand(n_in)
    outer = np.stack([np.cos(theta_out), np.sin(theta_out)], axis=1)
    inner = np.stack([1 - np.cos(theta_in), 0.5 - np.sin(theta_in)], axis=1)
    x = np.concatenate([outer, inner]) + noise * np.random.randn(n_samples, 2)
    labels = np.concatenate([np.zeros(n_out, dtype=int), np.ones(n_in, dtype=int)])
    perm = np.random.permutation(n_samples)
    return x[perm], np.eye(2)[labels[perm]]


def train(args):
    np.random.seed(args.seed)
    x, y = make_moons(600, noise=0.2)
    x_train, y_train = x[:400], y[:400]
    x_test, y_test = x[400:], y[400:]
    n_hidden = [int(h) for h in args.dnn_hidden_units.split(',')]
    model = MLP(2, n_hidden, 2)
    criterion = CrossEntropyModule()

    for step in range(args.max_steps):
        ids = np.random.choice(x_train.shape[0], size=args.batch_size, replace=False)
        xb, yb = x_train[ids], y_train[ids]
        out = model.forward(xb)
        loss = criterion.forward(out, yb)
        model.backward(criterion.backward(out, yb))
        for module, key in model.parameters():
            grad = module.grads[key]
            if key == 'weight':
                grad = grad + args.weight_decay * module.params[key]
            module.params[key] -= args.learning_rate * grad

        if step % args.eval_freq == 0 or step == args.max_steps - 1:
            test_out = model.forward(x_test)
            print('step %4d | train loss %.5f | test loss %.5f | test acc %.4f' % (
                step, loss, criterion.forward(test_out, y_test), accuracy(test_out, y_test)))

    final = model.forward(x_test)
    print('Final test accuracy: %.4f' % accuracy(final, y_test))


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('--dnn_hidden_units', type=str, default='20,12')
    parser.add_argument('--learning_rate', type=float, default=0.2)
    parser.add_argument('--weight_decay', type=float, default=1e-3)
    parser.add_argument('--max_steps', type=int, default=1500)
    parser.add_argument('--batch_size', type=int, default=64)
    parser.add_argument('--eval_freq', type=int, default=150)
    parser.add_argument('--seed', type=int, default=42)
    train(parser.parse_args())
