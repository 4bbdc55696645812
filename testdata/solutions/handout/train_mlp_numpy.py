from data import one_hot, split
from mlp_numpy import *


def accuracy(predictions, targets):
    return np.mean(np.argmax(predictions, axis=1) == np.argmax(targets, axis=1))


def train(max_steps=12, learning_rate=1e-2, eval_freq=5):
    np.random.seed(42)
    train_x, train_label, test_x, test_label = split()
    train_y, test_y = one_hot(train_label), one_hot(test_label)
    module = MLP(2, [20], 2)
    for t in range(max_steps):
        pred = module(train_x)
        module.backward(module.loss_fc.backward(pred, train_y))
        if t % eval_freq == 0:
            p = module.predict(test_x)
            loss = module.loss_fc(pred, train_y)
            print("%d %.6f %.3f" % (t, loss, accuracy(p, test_y)))
        for layer in module.layers:
            if isinstance(layer, Linear) or 'ReLU' in str(type(layer)):
                layer.update(learning_rate)
    return [layer.params[name] for layer in module.layers if isinstance(layer, Linear)
            for name in ('weight', 'bias')]
