"""
Robust regression of a noisy non-linear target with heavy outliers.
A single hidden layer network is trained using the Huber loss and Adam.
"""
import numpy as np


class HuberNeuralRegressor:
    """Feed-forward regressor with one hidden layer of softplus units."""

    def __init__(self, number_of_inputs, number_of_hidden_units=20, huber_threshold=1.0,
                 learning_rate=0.002, batch_size=32, maximum_epochs=150, patience=10,
                 random_seed=0):
        self.random_generator = np.random.RandomState(random_seed)
        self.huber_threshold = huber_threshold
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.maximum_epochs = maximum_epochs
        self.patience = patience
        self.hidden_weights = self.random_generator.randn(number_of_inputs, number_of_hidden_units) \
            * np.sqrt(1.0 / number_of_inputs)
        self.hidden_bias = np.zeros(number_of_hidden_units)
        self.output_weights = self.random_generator.randn(number_of_hidden_units, 1) \
            * np.sqrt(1.0 / number_of_hidden_units)
        self.output_bias = np.zeros(1)
        self.parameter_names = ["hidden_weights", "hidden_bias", "output_weights", "output_bias"]
        self.first_moment = {name: np.zeros_like(getattr(self, name)) for name in self.parameter_names}
        self.second_moment = {name: np.zeros_like(getattr(self, name)) for name in self.parameter_names}
        self.step_counter = 0

    def forward(self, inputs):
        self.inputs = inputs
        self.pre_activation = inputs @ self.hidden_weights + self.hidden_bias
        self.hidden = np.logaddexp(0.0, self.pre_activation)
        return self.hidden @ self.output_weights + self.output_bias

    def huber_loss(self, predictions, targets):
        residual = predictions - targets
        absolute = np.abs(residual)
        quadratic_part = 0.5 * residual ** 2
        linear_part = self.huber_threshold * (absolute - 0.5 * self.huber_threshold)
        return np.mean(np.where(absolute <= self.huber_threshold, quadratic_part, linear_part))

    def backward(self, predictions, targets):
        number_of_samples = targets.shape[0]
        residual = predictions - targets
        error_signal = np.clip(residual, -self.huber_threshold, self.huber_threshold) / number_of_samples
        gradients = {}
        gradients["output_weights"] = self.hidden.T @ error_signal
        gradients["output_bias"] = error_signal.sum(axis=0)
        hidden_error = error_signal @ self.output_weights.T
        softplus_slope = 1.0 / (1.0 + np.exp(-self.pre_activation))
        hidden_error = hidden_error * softplus_slope
        gradients["hidden_weights"] = self.inputs.T @ hidden_error
        gradients["hidden_bias"] = hidden_error.sum(axis=0)
        return gradients

    def adam_step(self, gradients, beta_one=0.9, beta_two=0.999, epsilon=1e-8):
        self.step_counter += 1
        for name in self.parameter_names:
            gradient = gradients[name]
            self.first_moment[name] = beta_one * self.first_moment[name] + (1 - beta_one) * gradient
            self.second_moment[name] = beta_two * self.second_moment[name] + (1 - beta_two) * gradient ** 2
            corrected_first = self.first_moment[name] / (1 - beta_one ** self.step_counter)
            corrected_second = self.second_moment[name] / (1 - beta_two ** self.step_counter)
            update = self.learning_rate * corrected_first / (np.sqrt(corrected_second) + epsilon)
            setattr(self, name, getattr(self, name) - update)

    def fit(self, train_inputs, train_targets, validation_inputs, validation_targets):
        best_validation_loss = np.inf
        best_parameters = None
        epochs_without_improvement = 0
        number_of_samples = train_inputs.shape[0]
        for epoch in range(self.maximum_epochs):
            order = self.random_generator.permutation(number_of_samples)
            running_loss = 0.0
            for start in range(0, number_of_samples, self.batch_size):
                chosen = order[start:start + self.batch_size]
                batch_inputs = train_inputs[chosen]
                batch_targets = train_targets[chosen]
                predictions = self.forward(batch_inputs)
                running_loss += self.huber_loss(predictions, batch_targets) * len(chosen)
                self.adam_step(self.backward(predictions, batch_targets))
            validation_loss = self.huber_loss(self.forward(validation_inputs), validation_targets)
            if epoch % 10 == 0:
                print("epoch %3d  train %.6f  validation %.6f"
                      % (epoch, running_loss / number_of_samples, validation_loss))
            if validation_loss < best_validation_loss - 1e-5:
                best_validation_loss = validation_loss
                best_parameters = {name: getattr(self, name).copy() for name in self.parameter_names}
                epochs_without_improvement = 0
            else:
                epochs_without_improvement += 1
                if epochs_without_improvement >= self.patience:
                    print("stopping early at epoch", epoch)
                    break
        for name in self.parameter_names:
            setattr(self, name, best_parameters[name])
        return best_validation_loss


def make_dataset(number_of_samples, random_state):
    inputs = random_state.uniform(-2.0, 2.0, size=(number_of_samples, 3))
    clean = np.sin(1.5 * inputs[:, 0]) + 0.5 * inputs[:, 1] ** 2 - inputs[:, 2]
    noise = 0.1 * random_state.randn(number_of_samples)
    outliers = random_state.rand(number_of_samples) < 0.07
    noise[outliers] += 8.0 * random_state.randn(outliers.sum())
    return inputs, (clean + noise).reshape(-1, 1)


if __name__ == "__main__":
    data_random_state = np.random.RandomState(42)
    all_inputs, all_targets = make_dataset(600, data_random_state)
    training_inputs, training_targets = all_inputs[:400], all_targets[:400]
    validation_inputs, validation_targets = all_inputs[400:500], all_targets[400:500]
    test_inputs, test_targets = all_inputs[500:], all_targets[500:]

    model = HuberNeuralRegressor(number_of_inputs=3, random_seed=7)
    best_loss = model.fit(training_inputs, training_targets, validation_inputs, validation_targets)
    test_loss = model.huber_loss(model.forward(test_inputs), test_targets)
    print("best validation loss: %.6f" % best_loss)
    print("test loss: %.6f" % test_loss)
