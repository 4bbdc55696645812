"""A tiny neural network library from scratch (Keras-flavoured)."""
import numpy as np

class Layer:
    trainable = False

    def build(self, input_dim: int, rng) -> int:
        return input_dim

class Dense(Layer):
    trainable = True

    def __init__(self, units: int):
        self.units = units

    def build(self, input_dim, rng):
        limit = np.sqrt(6 / (input_dim + self.units))  # Glorot uniform
        self.kernel = rng.uniform(-limit, limit, (input_dim, self.units))
        self.bias = np.zeros((1, self.units))
        return self.units

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.kernel + self.bias

    def backward(self, output_gradient):
        self.kernel_grad = self.inputs.T @ output_gradient
        self.bias_grad = output_gradient.sum(axis=0, keepdims=True)
        return output_gradient @ self.kernel.T

class Activation(Layer):
    def __init__(self, fn, fn_prime):
        self.fn, self.fn_prime = fn, fn_prime

    def forward(self, inputs):
        self.inputs = inputs
        return self.fn(inputs)

    def backward(self, output_gradient):
        return output_gradient * self.fn_prime(self.inputs)

class Tanh(Activation):
    def __init__(self):
        super().__init__(np.tanh, lambda x: 1 - np.tanh(x) ** 2)

class ELU(Activation):
    def __init__(self, alpha=1.0):
        super().__init__(lambda x: np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1)),
                         lambda x: np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0))))

class MeanSquaredError:
    def __call__(self, y_true, y_pred):
        return np.mean((y_true - y_pred) ** 2)

    def gradient(self, y_true, y_pred):
        return 2 * (y_pred - y_true) / y_true.size

class Huber:
    def __init__(self, delta=1.0):
        self.delta = delta

    def __call__(self, y_true, y_pred):
        err = np.abs(y_true - y_pred)
        quad = np.minimum(err, self.delta)
        return np.mean(0.5 * quad ** 2 + self.delta * (err - quad))

    def gradient(self, y_true, y_pred):
        return np.clip(y_pred - y_true, -self.delta, self.delta) / y_true.size

class Momentum:
    def __init__(self, learning_rate=0.01, momentum=0.9, nesterov=False):
        self.lr, self.mu, self.nesterov = learning_rate, momentum, nesterov
        self.state = {}

    def update(self, key, w, g):
        velocity = self.mu * self.state.get(key, 0.0) - self.lr * g
        self.state[key] = velocity
        return w + self.mu * velocity - self.lr * g if self.nesterov else w + velocity

class RMSprop:
    def __init__(self, learning_rate=0.001, rho=0.9, epsilon=1e-7):
        self.lr, self.rho, self.eps = learning_rate, rho, epsilon
        self.state = {}

    def update(self, key, w, g):
        avg = self.rho * self.state.get(key, 0.0) + (1 - self.rho) * g ** 2
        self.state[key] = avg
        return w - self.lr * g / (np.sqrt(avg) + self.eps)

class Sequential:
    def __init__(self, seed=0):
        self.layers: list = []
        self.rng = np.random.default_rng(seed)

    def add(self, layer: Layer) -> None:
        self.layers.append(layer)

    def compile(self, input_dim, loss, optimizer):
        self.loss, self.optimizer = loss, optimizer
        for layer in self.layers:
            input_dim = layer.build(input_dim, self.rng)

    def predict(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def train_on_batch(self, x, y):
        y_pred = self.predict(x)
        grad = self.loss.gradient(y, y_pred)
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        for i, layer in enumerate(self.layers):
            if layer.trainable:
                layer.kernel = self.optimizer.update((i, "kernel"), layer.kernel, layer.kernel_grad)
                layer.bias = self.optimizer.update((i, "bias"), layer.bias, layer.bias_grad)
        return self.loss(y, y_pred)

    def fit(self, x, y, epochs, batch_size, validation_data, verbose=10):
        history = {"loss": [], "val_loss": []}
        for epoch in range(1, epochs + 1):
            shuffled = self.rng.permutation(len(x))
            x_s, y_s = x[shuffled], y[shuffled]
            losses, sizes = [], []
            for i in range(0, len(x), batch_size):
                xb, yb = x_s[i:i + batch_size], y_s[i:i + batch_size]
                losses.append(self.train_on_batch(xb, yb))
                sizes.append(len(xb))
            history["loss"].append(np.average(losses, weights=sizes))
            history["val_loss"].append(self.evaluate(*validation_data))
            if epoch % verbose == 0:
                print(f"Epoch {epoch}/{epochs} - loss: {history['loss'][-1]:.5f} - val_loss: {history['val_loss'][-1]:.5f}")
        return history

    def evaluate(self, x, y):
        return self.loss(y, self.predict(x))

def surface(n, rng):
    x = rng.uniform(-2, 2, (n, 2))
    y = np.column_stack([np.sin(2 * x[:, 0]) * x[:, 1], x[:, 0] * x[:, 1] ** 2 / 2])
    return x, y + 0.05 * rng.standard_normal(y.shape)

if __name__ == "__main__":
    data_rng = np.random.default_rng(2024)
    x_train, y_train = surface(350, data_rng)
    x_val, y_val = surface(150, data_rng)
    x_mean, x_std = x_train.mean(axis=0), x_train.std(axis=0)
    x_train, x_val = (x_train - x_mean) / x_std, (x_val - x_mean) / x_std
    for name, loss, opt in [("rmsprop", MeanSquaredError(), RMSprop(0.005)),
                            ("momentum", Huber(0.5), Momentum(0.05)),
                            ("nesterov", MeanSquaredError(), Momentum(0.02, nesterov=True))]:
        print("---", name)
        model = Sequential(seed=1)
        model.add(Dense(24))
        model.add(Tanh())
        model.add(Dense(16))
        model.add(ELU())
        model.add(Dense(2))
        model.compile(input_dim=2, loss=loss, optimizer=opt)
        model.fit(x_train, y_train, epochs=40, batch_size=32, validation_data=(x_val, y_val))
        rmse = np.sqrt(np.mean((model.predict(x_val) - y_val) ** 2))
        print(f"{name}: final validation RMSE {rmse:.5f}")
