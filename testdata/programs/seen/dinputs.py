import numpy as np

np.random.seed(0)


class Layer_Dense:
    def __init__(self, n_inputs, n_neurons, l2=0.0):
        self.weights = 0.3 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))
        self.l2 = l2

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        if self.l2 > 0:
            self.dweights += 2 * self.l2 * self.weights
        self.dinputs = np.dot(dvalues, self.weights.T)


class Activation_ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0


class Activation_Softmax_Loss:
    def forward(self, inputs, y_true):
        e = np.exp(inputs - np.max(inputs, axis=1, keepdims=True))
        self.output = e / np.sum(e, axis=1, keepdims=True)
        clipped = np.clip(self.output, 1e-7, 1 - 1e-7)
        return np.mean(-np.log(clipped[range(len(inputs)), y_true]))

    def backward(self, dvalues, y_true):
        samples = len(dvalues)
        self.dinputs = dvalues.copy()
        self.dinputs[range(samples), y_true] -= 1
        self.dinputs = self.dinputs / samples


class Optimizer_RMSprop:
    def __init__(self, learning_rate=0.02, decay=1e-3, epsilon=1e-7, rho=0.9):
        self.learning_rate, self.decay, self.epsilon, self.rho = learning_rate, decay, epsilon, rho
        self.current, self.iterations = learning_rate, 0

    def pre_update(self):
        self.current = self.learning_rate * (1. / (1. + self.decay * self.iterations))

    def update(self, layer):
        if not hasattr(layer, 'weight_cache'):
            layer.weight_cache = np.zeros_like(layer.weights)
            layer.bias_cache = np.zeros_like(layer.biases)
        layer.weight_cache = self.rho * layer.weight_cache + (1 - self.rho) * layer.dweights ** 2
        layer.bias_cache = self.rho * layer.bias_cache + (1 - self.rho) * layer.dbiases ** 2
        layer.weights += -self.current * layer.dweights / (np.sqrt(layer.weight_cache) + self.epsilon)
        layer.biases += -self.current * layer.dbiases / (np.sqrt(layer.bias_cache) + self.epsilon)

    def post_update(self):
        self.iterations += 1


X = np.random.randn(50, 2)
y = (np.hypot(X[:, 0], X[:, 1]) > 1).astype(int) + (X[:, 0] > 1)
dense1, activation1, dense2 = Layer_Dense(2, 16, 5e-4), Activation_ReLU(), Layer_Dense(16, 3)
loss_activation, optimizer = Activation_Softmax_Loss(), Optimizer_RMSprop()
for epoch in range(10):
    dense1.forward(X)
    activation1.forward(dense1.output)
    dense2.forward(activation1.output)
    data_loss = loss_activation.forward(dense2.output, y)
    loss = data_loss + dense1.l2 * np.sum(dense1.weights * dense1.weights)
    accuracy = np.mean(np.argmax(loss_activation.output, axis=1) == y)
    loss_activation.backward(loss_activation.output, y)
    dense2.backward(loss_activation.dinputs)
    activation1.backward(dense2.dinputs)
    dense1.backward(activation1.dinputs)
    optimizer.pre_update()
    optimizer.update(dense1)
    optimizer.update(dense2)
    optimizer.post_update()
    print(f'epoch: {epoch}, acc: {accuracy:.3f}, loss: {loss:.5f}')
