import numpy as np

# ---------------------------------------------------------------- layers

def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    cache = (x, w, b)
    return out, cache


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(0, x)
    return out, x


def relu_backward(dout, cache):
    x = cache
    dx = dout.copy()
    dx[x <= 0] = 0
    return dx


def svm_loss(scores, y):
    N = scores.shape[0]
    correct = scores[np.arange(N), y]
    margins = np.maximum(0, scores - correct[:, None] + 1.0)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(scores)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    dx /= N
    return loss, dx


class TwoLayerNet(object):
    """affine - relu - affine - multiclass hinge."""

    def __init__(self, input_dim, hidden_dim, num_classes, weight_scale=0.1, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params['W1'] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params['b1'] = np.zeros(hidden_dim)
        self.params['W2'] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params['b2'] = np.zeros(num_classes)

    def loss(self, X, y=None):
        W1, b1 = self.params['W1'], self.params['b1']
        W2, b2 = self.params['W2'], self.params['b2']
        h, cache1 = affine_forward(X, W1, b1)
        h_relu, cache_relu = relu_forward(h)
        scores, cache2 = affine_forward(h_relu, W2, b2)
        if y is None:
            return scores

        grads = {}
        loss, dscores = svm_loss(scores, y)
        loss += 0.5 * self.reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
        dh, grads['W2'], grads['b2'] = affine_backward(dscores, cache2)
        dh = relu_backward(dh, cache_relu)
        _, grads['W1'], grads['b1'] = affine_backward(dh, cache1)
        grads['W1'] += self.reg * W1
        grads['W2'] += self.reg * W2
        return loss, grads


def check_accuracy(model, X, y):
    y_pred = np.argmax(model.loss(X), axis=1)
    return np.mean(y_pred == y)


np.random.seed(231)
protos = np.random.randn(6, 3, 4, 4)
y_all = np.random.randint(6, size=900)
X_all = protos[y_all] * np.random.choice([-1, 1], size=(900, 1, 1, 1)) + 1.2 * np.random.randn(900, 3, 4, 4) + 0.5
X_train, y_train = X_all[:600], y_all[:600]
X_val, y_val = X_all[600:], y_all[600:]
mean_image = X_train.mean(axis=0)
X_train = X_train - mean_image
X_val = X_val - mean_image

# quick gradient check on a tiny net before training
tiny = TwoLayerNet(48, 5, 6, reg=0.7)
_, g = tiny.loss(X_train[:5], y_train[:5])
for name in sorted(tiny.params):
    p = tiny.params[name]
    i, h = 3, 1e-6
    flat = p.reshape(-1)
    old = flat[i]
    flat[i] = old + h
    up, _ = tiny.loss(X_train[:5], y_train[:5])
    flat[i] = old - h
    down, _ = tiny.loss(X_train[:5], y_train[:5])
    flat[i] = old
    print('%s  numeric %.6f  analytic %.6f' % (name, (up - down) / (2 * h), g[name].reshape(-1)[i]))

model = TwoLayerNet(48, 64, 6, reg=5e-3)
lr, lr_decay, batch = 0.1, 0.95, 50
for epoch in range(20):
    order = np.random.permutation(len(X_train))
    for start in range(0, len(X_train), batch):
        sel = order[start:start + batch]
        loss, grads = model.loss(X_train[sel], y_train[sel])
        for k in model.params:
            model.params[k] -= lr * grads[k]
    lr *= lr_decay
    if epoch % 4 == 0 or epoch == 19:
        print('(Epoch %d / 20) loss %.5f train acc: %.4f; val_acc: %.4f' % (
            epoch + 1, loss, check_accuracy(model, X_train, y_train), check_accuracy(model, X_val, y_val)))
