"""A pocket-sized Keras: Sequential().add(...).compile(...).fit(...)."""
import numpy as np


class Dense:
    def __init__(self, units, activation=None):
        self.units, self.activation = units, activation

    def build(self, input_dim):
        limit = np.sqrt(6.0 / (input_dim + self.units))
        self.kernel = np.random.uniform(-limit, limit, (input_dim, self.units))
        self.bias = np.zeros(self.units)
        return self.units

    def call(self, inputs):
        self.inputs = inputs
        z = inputs @ self.kernel + self.bias
        if self.activation == 'elu':
            z = np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)
        elif self.activation == 'sigmoid':
            z = 1 / (1 + np.exp(-z))
        self.outputs = z
        return z

    def gradient(self, upstream):
        if self.activation == 'elu':
            upstream = upstream * np.where(self.outputs > 0, 1, self.outputs + 1)
        elif self.activation == 'sigmoid':
            upstream = upstream * self.outputs * (1 - self.outputs)
        self.d_kernel = self.inputs.T @ upstream
        self.d_bias = upstream.sum(axis=0)
        return upstream @ self.kernel.T


class MeanSquaredError:
    def __call__(self, y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2)

    def gradient(self, y_true, y_pred):
        return 2 * (y_pred - y_true) / y_true.size


class Adam:
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.lr, self.b1, self.b2, self.eps = learning_rate, beta_1, beta_2, epsilon
        self.iterations = 0
        self.slots = {}

    def apply_gradients(self, pairs):
        self.iterations += 1
        for key, (grad, var) in enumerate(pairs):
            m, v = self.slots.get(key, (np.zeros_like(var), np.zeros_like(var)))
            m = self.b1 * m + (1 - self.b1) * grad
            v = self.b2 * v + (1 - self.b2) * grad ** 2
            self.slots[key] = (m, v)
            m_hat = m / (1 - self.b1 ** self.iterations)
            v_hat = v / (1 - self.b2 ** self.iterations)
            var -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


class Sequential:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        self.layers.append(layer)

    def compile(self, input_dim, loss, optimizer):
        self.loss, self.optimizer = loss, optimizer
        for layer in self.layers:
            input_dim = layer.build(input_dim)

    def predict(self, x):
        for layer in self.layers:
            x = layer.call(x)
        return x

    def train_on_batch(self, x, y):
        y_pred = self.predict(x)
        grad = self.loss.gradient(y, y_pred)
        for layer in reversed(self.layers):
            grad = layer.gradient(grad)
        pairs = []
        for layer in self.layers:
            pairs += [(layer.d_kernel, layer.kernel), (layer.d_bias, layer.bias)]
        self.optimizer.apply_gradients(pairs)
        return self.loss(y, y_pred)

    def fit(self, x, y, epochs, batch_size, validation_data, patience):
        best, wait = np.inf, 0
        for epoch in range(epochs):
            order = np.random.permutation(len(x))
            x, y = x[order], y[order]
            logs = []
            for i in range(0, len(x), batch_size):
                logs.append(self.train_on_batch(x[i:i + batch_size], y[i:i + batch_size]))
            val_loss = self.loss(validation_data[1], self.predict(validation_data[0]))
            if epoch % 5 == 0:
                print('Epoch %d - loss: %.6f - val_loss: %.6f' % (epoch + 1, np.mean(logs), val_loss))
            if val_loss < best:
                best, wait = val_loss, 0
            else:
                wait += 1
            if wait >= patience:
                print('Early stopping at epoch', epoch + 1)
                break
        return best


np.random.seed(1234)
X = np.random.uniform(-2, 2, (700, 3))
target = np.sin(2 * X[:, 0]) * X[:, 1] + 0.3 * X[:, 2] ** 2
y = np.column_stack([target, np.abs(X[:, 0] + X[:, 2])]) + 0.05 * np.random.randn(700, 2)
x_train, y_train, x_val, y_val = X[:500], y[:500], X[500:], y[500:]
model = Sequential()
model.add(Dense(40, activation='elu'))
model.add(Dense(20, activation='sigmoid'))
model.add(Dense(2))
model.compile(3, loss=MeanSquaredError(), optimizer=Adam(learning_rate=0.01))
best = model.fit(x_train, y_train, epochs=60, batch_size=32, validation_data=(x_val, y_val), patience=8)
print('best validation loss %.6f' % best)
