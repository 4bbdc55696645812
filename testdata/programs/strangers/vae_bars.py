"""A variational auto-encoder for 6x6 images of bars."""
import numpy as np


class Dense:
    def __init__(self, fan_in, fan_out, generator):
        limit = np.sqrt(6.0 / (fan_in + fan_out))
        self.weight = generator.uniform(-limit, limit, size=(fan_in, fan_out))
        self.bias = np.zeros(fan_out)
        self.grad_weight = np.zeros_like(self.weight)
        self.grad_bias = np.zeros_like(self.bias)

    def __call__(self, x):
        self.last_input = x
        return x @ self.weight + self.bias

    def backward(self, upstream):
        self.grad_weight = self.last_input.T @ upstream
        self.grad_bias = upstream.sum(axis=0)
        return upstream @ self.weight.T


class VAE:
    def __init__(self, n_pixels, n_hidden, n_latent, generator):
        self.enc_hidden = Dense(n_pixels, n_hidden, generator)
        self.enc_mean = Dense(n_hidden, n_latent, generator)
        self.enc_logvar = Dense(n_hidden, n_latent, generator)
        self.dec_hidden = Dense(n_latent, n_hidden, generator)
        self.dec_out = Dense(n_hidden, n_pixels, generator)
        self.layers = [self.enc_hidden, self.enc_mean, self.enc_logvar, self.dec_hidden, self.dec_out]

    def encode(self, x):
        self.e = np.tanh(self.enc_hidden(x))
        return self.enc_mean(self.e), self.enc_logvar(self.e)

    def decode(self, z):
        self.d = np.tanh(self.dec_hidden(z))
        return self.dec_out(self.d)

    def loss(self, x, noise, beta):
        """Negative ELBO per image; keeps what the backward pass needs."""
        self.x, self.noise, self.beta = x, noise, beta
        self.mean, self.logvar = self.encode(x)
        self.std = np.exp(0.5 * self.logvar)
        self.z = self.mean + self.std * noise
        self.logits = self.decode(self.z)
        reconstruction = np.sum(np.logaddexp(0, self.logits) - x * self.logits)
        divergence = -0.5 * np.sum(1 + self.logvar - self.mean ** 2 - np.exp(self.logvar))
        n = x.shape[0]
        return (reconstruction + beta * divergence) / n, reconstruction / n, divergence / n

    def backward(self):
        n = self.x.shape[0]
        pixel_prob = 1.0 / (1.0 + np.exp(-self.logits))
        d_logits = (pixel_prob - self.x) / n
        d_d = self.dec_out.backward(d_logits) * (1 - self.d ** 2)
        d_z = self.dec_hidden.backward(d_d)
        d_mean = d_z + self.beta * self.mean / n
        d_logvar = d_z * self.noise * 0.5 * self.std
        d_logvar += self.beta * 0.5 * (np.exp(self.logvar) - 1) / n
        d_e = self.enc_mean.backward(d_mean) + self.enc_logvar.backward(d_logvar)
        self.enc_hidden.backward(d_e * (1 - self.e ** 2))


class Adam:
    def __init__(self, layers, learning_rate):
        self.layers = layers
        self.learning_rate = learning_rate
        self.iteration = 0
        self.state = {}
        for index, layer in enumerate(layers):
            for field in ("weight", "bias"):
                shape = getattr(layer, field).shape
                self.state[index, field] = [np.zeros(shape), np.zeros(shape)]

    def step(self, beta1=0.9, beta2=0.999):
        self.iteration += 1
        correction = np.sqrt(1 - beta2 ** self.iteration) / (1 - beta1 ** self.iteration)
        for index, layer in enumerate(self.layers):
            for field in ("weight", "bias"):
                gradient = getattr(layer, "grad_" + field)
                moments = self.state[index, field]
                moments[0] = beta1 * moments[0] + (1 - beta1) * gradient
                moments[1] = beta2 * moments[1] + (1 - beta2) * gradient ** 2
                value = getattr(layer, field)
                value -= self.learning_rate * correction * moments[0] / (np.sqrt(moments[1]) + 1e-8)


def bars(count, generator, side=6):
    images = np.zeros((count, side, side))
    for image in images:
        if generator.random() < 0.5:
            image[generator.integers(side), :] = 1.0
        else:
            image[:, generator.integers(side)] = 1.0
    flips = generator.random(images.shape) < 0.02
    images[flips] = 1.0 - images[flips]
    return images.reshape(count, side * side)


def run():
    generator = np.random.default_rng(13)
    train_images = bars(400, generator)
    held_out = bars(100, generator)
    n_latent = 4
    model = VAE(36, 40, n_latent, generator)
    optimiser = Adam(model.layers, 0.004)
    n_epochs, batch = 40, 40
    for epoch in range(n_epochs):
        beta = min(1.0, (epoch + 1) / 10)
        order = generator.permutation(len(train_images))
        totals = np.zeros(3)
        for start in range(0, len(order), batch):
            x = train_images[order[start:start + batch]]
            noise = generator.standard_normal((len(x), n_latent))
            totals += np.array(model.loss(x, noise, beta)) * len(x)
            model.backward()
            optimiser.step()
        if epoch % 4 == 3:
            fixed = np.random.default_rng(0).standard_normal((len(held_out), n_latent))
            held = model.loss(held_out, fixed, 1.0)[0]
            total, rec, kl = totals / len(train_images)
            print(f"epoch {epoch + 1:3d}: loss {total:.4f} = rec {rec:.4f} + {beta:.1f} * kl {kl:.4f}   held-out {held:.4f}")
    return model


if __name__ == "__main__":
    model = run()
