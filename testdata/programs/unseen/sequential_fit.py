import numpy as np


class Layer:
    trainable = ()

    def build(self, shape):
        return shape


class Dense(Layer):
    trainable = ("kernel", "bias")

    def __init__(self, units, activation=None):
        self.units = units
        self.activation = activation

    def build(self, shape):
        limit = np.sqrt(6 / (shape + self.units))
        self.kernel = np.random.uniform(-limit, limit, (shape, self.units))
        self.bias = np.zeros(self.units)
        return self.units

    def call(self, inputs, training):
        self.inputs = inputs
        outputs = np.matmul(inputs, self.kernel) + self.bias
        if self.activation == "hard_tanh":
            self.open = np.abs(outputs) < 1
            outputs = np.clip(outputs, -1, 1)
        return outputs

    def gradient(self, upstream):
        if self.activation == "hard_tanh":
            upstream = upstream * self.open
        self.d_kernel = np.matmul(self.inputs.T, upstream)
        self.d_bias = upstream.sum(0)
        return np.matmul(upstream, self.kernel.T)


class GaussianDropout(Layer):
    def __init__(self, rate):
        self.std = np.sqrt(rate / (1 - rate))

    def call(self, inputs, training):
        self.noise = np.random.normal(1.0, self.std, inputs.shape) if training else 1.0
        return inputs * self.noise

    def gradient(self, upstream):
        return upstream * self.noise


class Huber:
    delta = 0.7

    def __call__(self, truth, guess):
        r = np.abs(guess - truth)
        return np.where(r <= self.delta, 0.5 * r ** 2, self.delta * (r - 0.5 * self.delta)).mean()

    def gradient(self, truth, guess):
        return np.clip(guess - truth, -self.delta, self.delta) / guess.size


class RMSprop:
    def __init__(self, learning_rate=0.01, rho=0.9, epsilon=1e-7):
        self.learning_rate, self.rho, self.epsilon = learning_rate, rho, epsilon
        self.slots = {}

    def apply(self, layer, name):
        g = getattr(layer, "d_" + name)
        old = self.slots.get((id(layer), name), 0.0)
        new = self.rho * old + (1 - self.rho) * g * g
        self.slots[id(layer), name] = new
        value = getattr(layer, name)
        value -= self.learning_rate * g / (np.sqrt(new) + self.epsilon)


class Sequential:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        self.layers.append(layer)

    def compile(self, loss, optimizer):
        self.loss, self.optimizer = loss, optimizer

    def predict(self, x, training=False):
        for layer in self.layers:
            x = layer.call(x, training)
        return x

    def fit(self, x, y, epochs, batch_size, validation_data):
        shape = x.shape[1]
        for layer in self.layers:
            shape = layer.build(shape)
        for epoch in range(epochs):
            order = np.random.permutation(len(x))
            for start in range(0, len(x), batch_size):
                rows = order[start:start + batch_size]
                guess = self.predict(x[rows], training=True)
                current = self.loss(y[rows], guess)
                upstream = self.loss.gradient(y[rows], guess)
                for layer in reversed(self.layers):
                    upstream = layer.gradient(upstream)
                for layer in self.layers:
                    for name in layer.trainable:
                        self.optimizer.apply(layer, name)
            vx, vy = validation_data
            print(f"epoch {epoch}: {current:.8f}, validation {self.loss(vy, self.predict(vx)):.8f}")


np.random.seed(1)
x = np.random.randn(70, 4)
y = np.column_stack([x[:, 0] - x[:, 1], np.abs(x[:, 2])]) + 0.1 * np.random.standard_t(2, (70, 2))
model = Sequential()
model.add(Dense(10, activation="hard_tanh"))
model.add(GaussianDropout(0.2))
model.add(Dense(6, activation="hard_tanh"))
model.add(Dense(2))
model.compile(loss=Huber(), optimizer=RMSprop())
model.fit(x[:50], y[:50], epochs=4, batch_size=20, validation_data=(x[50:], y[50:]))
