from __future__ import print_function

import numpy as np


class TwoLayerNet(object):
    """
    A two-layer fully-connected neural network. The net has an input dimension
    of D, a hidden layer dimension of H, and performs classification over C
    classes. Softmax loss, L2 regularization on the weight matrices, ReLU after
    the first fully connected layer.
    """

    def __init__(self, input_size, hidden_size, output_size, std=1e-1):
        self.params = {}
        self.params['W1'] = std * np.random.randn(input_size, hidden_size)
        self.params['b1'] = np.zeros(hidden_size)
        self.params['W2'] = std * np.random.randn(hidden_size, output_size)
        self.params['b2'] = np.zeros(output_size)

    def loss(self, X, y=None, reg=0.0):
        # Unpack variables from the params dictionary
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        N, D = X.shape

        # Compute the forward pass
        hidden = np.maximum(0, X.dot(W1) + b1)
        scores = hidden.dot(W2) + b2

        # If the targets are not given then jump out, we're done
        if y is None:
            return scores

        # Compute the loss
        shifted = scores - np.max(scores, axis=1, keepdims=True)
        exp_scores = np.exp(shifted)
        probs = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)
        correct_logprobs = -np.log(probs[np.arange(N), y])
        data_loss = np.sum(correct_logprobs) / N
        reg_loss = 0.5 * reg * np.sum(W1 * W1) + 0.5 * reg * np.sum(W2 * W2)
        loss = data_loss + reg_loss

        # Backward pass: compute gradients
        grads = {}
        dscores = probs.copy()
        dscores[np.arange(N), y] -= 1
        dscores /= N

        grads['W2'] = hidden.T.dot(dscores)
        grads['b2'] = np.sum(dscores, axis=0)

        dhidden = dscores.dot(W2.T)
        dhidden[hidden <= 0] = 0

        grads['W1'] = X.T.dot(dhidden)
        grads['b1'] = np.sum(dhidden, axis=0)

        grads['W2'] += reg * W2
        grads['W1'] += reg * W1

        return loss, grads

    def train(self, X, y, X_val, y_val, learning_rate=1e-1,
              learning_rate_decay=0.95, reg=1e-3, num_iters=100,
              batch_size=50, verbose=False):
        num_train = X.shape[0]
        iterations_per_epoch = max(num_train // batch_size, 1)

        loss_history = []
        train_acc_history = []
        val_acc_history = []

        for it in range(num_iters):
            batch_idx = np.random.choice(num_train, batch_size)
            X_batch = X[batch_idx]
            y_batch = y[batch_idx]

            loss, grads = self.loss(X_batch, y=y_batch, reg=reg)
            loss_history.append(loss)

            for name in ['W1', 'b1', 'W2', 'b2']:
                self.params[name] -= learning_rate * grads[name]

            if verbose and it % 100 == 0:
                print('iteration %d / %d: loss %f' % (it, num_iters, loss))

            # Every epoch, check train and val accuracy and decay learning rate.
            if (it + 1) % iterations_per_epoch == 0:
                train_acc = (self.predict(X_batch) == y_batch).mean()
                val_acc = (self.predict(X_val) == y_val).mean()
                train_acc_history.append(train_acc)
                val_acc_history.append(val_acc)
                learning_rate *= learning_rate_decay

        return {
            'loss_history': loss_history,
            'train_acc_history': train_acc_history,
            'val_acc_history': val_acc_history,
        }

    def predict(self, X):
        scores = self.loss(X)
        return np.argmax(scores, axis=1)


def get_spiral_data(points_per_class=200, num_classes=3, noise=0.18):
    X = np.zeros((points_per_class * num_classes, 2))
    y = np.zeros(points_per_class * num_classes, dtype='int64')
    for k in range(num_classes):
        ix = range(points_per_class * k, points_per_class * (k + 1))
        r = np.linspace(0.05, 1, points_per_class)
        t = np.linspace(k * 4, (k + 1) * 4, points_per_class)
        t = t + np.random.randn(points_per_class) * noise
        X[ix] = np.c_[r * np.sin(t), r * np.cos(t)]
        y[ix] = k
    perm = np.random.permutation(X.shape[0])
    X, y = X[perm], y[perm]

    X_train, y_train = X[:400], y[:400]
    X_val, y_val = X[400:500], y[400:500]
    X_test, y_test = X[500:], y[500:]

    mean = X_train.mean(axis=0)
    std = X_train.std(axis=0)
    X_train = (X_train - mean) / std
    X_val = (X_val - mean) / std
    X_test = (X_test - mean) / std
    return X_train, y_train, X_val, y_val, X_test, y_test


if __name__ == '__main__':
    np.random.seed(231)
    X_train, y_train, X_val, y_val, X_test, y_test = get_spiral_data()
    net = TwoLayerNet(2, 60, 3, std=0.3)
    stats = net.train(X_train, y_train, X_val, y_val,
                      learning_rate=0.9, learning_rate_decay=0.98,
                      reg=1e-3, num_iters=1000, batch_size=50, verbose=True)
    print('final loss %.6f' % np.mean(stats['loss_history'][-20:]))
    print('epoch val acc:', ['%.2f' % a for a in stats['val_acc_history'][::25]])
    print('validation accuracy: %.4f' % (net.predict(X_val) == y_val).mean())
    print('test accuracy: %.4f' % (net.predict(X_test) == y_test).mean())
