import numpy as np

def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    db = np.sum(dout, axis=0)
    return dx, dw, db

def relu_forward(x):
    return np.maximum(0, x), x

def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx

def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param['stride'], conv_param['pad']
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), 'constant')
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x_pad[:, :, i * stride:i * stride + HH, j * stride:j * stride + WW]
            for f in range(F):
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + b[f]
    return out, (x, w, b, conv_param, x_pad)

def conv_backward_naive(dout, cache):
    x, w, b, conv_param, x_pad = cache
    stride, pad = conv_param['stride'], conv_param['pad']
    F, C, HH, WW = w.shape
    N, _, H_out, W_out = dout.shape
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    for i in range(H_out):
        for j in range(W_out):
            hs, ws = i * stride, j * stride
            window = x_pad[:, :, hs:hs + HH, ws:ws + WW]
            for f in range(F):
                grad = dout[:, f, i, j][:, None, None, None]
                dw[f] += np.sum(window * grad, axis=0)
                dx_pad[:, :, hs:hs + HH, ws:ws + WW] += w[f] * grad
    dx = dx_pad[:, :, pad:-pad, pad:-pad]
    return dx, dw, db

def max_pool_forward(x):
    N, C, H, W = x.shape
    x_reshaped = x.reshape(N, C, H // 2, 2, W // 2, 2)
    out = x_reshaped.max(axis=3).max(axis=4)
    return out, (x, x_reshaped, out)

def max_pool_backward(dout, cache):
    x, x_reshaped, out = cache
    mask = (x_reshaped == out[:, :, :, None, :, None])
    dx = mask * dout[:, :, :, None, :, None]
    return dx.reshape(x.shape)

def softmax_loss(x, y):
    probs = np.exp(x - np.max(x, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    N = x.shape[0]
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx

class TwoConvNet(object):
    """conv - relu - conv - relu - 2x2 max pool - affine - softmax"""

    def __init__(self, input_dim=(1, 6, 6), filters=(3, 4), num_classes=3, weight_scale=0.3, reg=0.0):
        C, H, W = input_dim
        self.params, self.reg = {}, reg
        self.conv_param = {'stride': 1, 'pad': 1}
        self.params['W1'] = weight_scale * np.random.randn(filters[0], C, 3, 3)
        self.params['b1'] = np.zeros(filters[0])
        self.params['W2'] = weight_scale * np.random.randn(filters[1], filters[0], 3, 3)
        self.params['b2'] = np.zeros(filters[1])
        self.params['W3'] = weight_scale * np.random.randn(filters[1] * H * W // 4, num_classes)
        self.params['b3'] = np.zeros(num_classes)

    def loss(self, X, y=None):
        p = self.params
        c1, conv1 = conv_forward_naive(X, p['W1'], p['b1'], self.conv_param)
        a1, relu1 = relu_forward(c1)
        c2, conv2 = conv_forward_naive(a1, p['W2'], p['b2'], self.conv_param)
        a2, relu2 = relu_forward(c2)
        pooled, pool = max_pool_forward(a2)
        scores, fc = affine_forward(pooled, p['W3'], p['b3'])
        if y is None: return scores
        loss, dscores = softmax_loss(scores, y)
        loss += 0.5 * self.reg * sum(np.sum(p[k] ** 2) for k in ('W1', 'W2', 'W3'))
        grads = {}
        dpool, grads['W3'], grads['b3'] = affine_backward(dscores, fc)
        da2 = max_pool_backward(dpool, pool)
        dc2 = relu_backward(da2, relu2)
        da1, grads['W2'], grads['b2'] = conv_backward_naive(dc2, conv2)
        dc1 = relu_backward(da1, relu1)
        _, grads['W1'], grads['b1'] = conv_backward_naive(dc1, conv1)
        for k in ('W1', 'W2', 'W3'):
            grads[k] += self.reg * p[k]
        return loss, grads

np.random.seed(231)
X = 0.4 * np.random.randn(36, 1, 6, 6)
y = np.random.randint(3, size=36)
X[y == 0, :, 2, :] += 1.5      # a horizontal bar
X[y == 1, :, :, 3] += 1.5      # a vertical bar
model = TwoConvNet(reg=0.01)
velocity = {k: np.zeros_like(v) for k, v in model.params.items()}
learning_rate, momentum, batch_size = 0.08, 0.8, 12
for epoch in range(5):
    for it in range(36 // batch_size):
        idx = np.random.choice(36, batch_size)
        loss, grads = model.loss(X[idx], y[idx])
        for k in model.params:
            velocity[k] = momentum * velocity[k] - learning_rate * grads[k]
            model.params[k] += velocity[k]
    acc = (model.loss(X).argmax(axis=1) == y).mean()
    print('(Epoch %d / 5) loss: %f train acc: %f' % (epoch + 1, loss, acc))
    learning_rate *= 0.95
