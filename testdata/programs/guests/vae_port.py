# Translation of the PyTorch "basic VAE example" to plain numpy.
import numpy as np

np.random.seed(1)


class Linear:
    def __init__(self, in_features, out_features):
        bound = 1 / np.sqrt(in_features)
        self.weight = np.random.uniform(-bound, bound, (out_features, in_features))
        self.bias = np.random.uniform(-bound, bound, out_features)
        self.zero_grad()

    def zero_grad(self):
        self.weight_grad = np.zeros_like(self.weight)
        self.bias_grad = np.zeros_like(self.bias)

    def __call__(self, x):
        self.input = x
        return x @ self.weight.T + self.bias

    def backward(self, grad):
        self.weight_grad += grad.T @ self.input
        self.bias_grad += grad.sum(0)
        return grad @ self.weight


class VAE:
    def __init__(self, d=64, hidden=48, latent=4):
        self.fc1 = Linear(d, hidden)
        self.fc21 = Linear(hidden, latent)
        self.fc22 = Linear(hidden, latent)
        self.fc3 = Linear(latent, hidden)
        self.fc4 = Linear(hidden, d)

    def children(self):
        return [self.fc1, self.fc21, self.fc22, self.fc3, self.fc4]

    def encode(self, x):
        self.h1 = np.maximum(self.fc1(x), 0)
        return self.fc21(self.h1), self.fc22(self.h1)

    def reparameterize(self, mu, logvar):
        self.std = np.exp(0.5 * logvar)
        self.eps = np.random.randn(*mu.shape)
        return mu + self.eps * self.std

    def decode(self, z):
        self.h3 = np.maximum(self.fc3(z), 0)
        return 1 / (1 + np.exp(-self.fc4(self.h3)))

    def forward(self, x):
        self.mu, self.logvar = self.encode(x)
        z = self.reparameterize(self.mu, self.logvar)
        return self.decode(z), self.mu, self.logvar

    def backward(self, recon, x):
        # sigmoid + BCE(reduction='sum')
        d = self.fc4.backward(recon - x)
        d = self.fc3.backward(d * (self.h3 > 0))
        dmu = d + self.mu
        dlogvar = d * self.eps * 0.5 * self.std + 0.5 * (np.exp(self.logvar) - 1)
        dh = self.fc21.backward(dmu) + self.fc22.backward(dlogvar)
        self.fc1.backward(dh * (self.h1 > 0))


def loss_function(recon_x, x, mu, logvar):
    r = np.clip(recon_x, 1e-7, 1 - 1e-7)
    BCE = -np.sum(x * np.log(r) + (1 - x) * np.log(1 - r))
    KLD = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar))
    return BCE + KLD


class Adam:
    def __init__(self, modules, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.modules, self.lr, self.betas, self.eps = modules, lr, betas, eps
        self.t = 0
        self.state = {}

    def zero_grad(self):
        for m in self.modules:
            m.zero_grad()

    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for i, mod in enumerate(self.modules):
            for name in ('weight', 'bias'):
                g = getattr(mod, name + '_grad')
                m, v = self.state.get((i, name), (0.0, 0.0))
                m = b1 * m + (1 - b1) * g
                v = b2 * v + (1 - b2) * g ** 2
                self.state[i, name] = (m, v)
                mhat = m / (1 - b1 ** self.t)
                vhat = v / (1 - b2 ** self.t)
                w = getattr(mod, name)
                w -= self.lr * mhat / (np.sqrt(vhat) + self.eps)


def blobs(n):
    """binary 8x8 pictures of one rectangle"""
    imgs = np.zeros((n, 8, 8))
    for im in imgs:
        r, c = np.random.randint(0, 5, 2)
        hh, ww = np.random.randint(2, 5, 2)
        im[r:r + hh, c:c + ww] = 1
    return imgs.reshape(n, 64)


def batches(data, batch_size, shuffle):
    idx = np.random.permutation(len(data)) if shuffle else np.arange(len(data))
    for i in range(0, len(data), batch_size):
        yield data[idx[i:i + batch_size]]


train_data, test_data = blobs(1000), blobs(300)
model = VAE()
optimizer = Adam(model.children(), lr=3e-3)


def train(epoch):
    train_loss = 0
    for data in batches(train_data, 50, shuffle=True):
        optimizer.zero_grad()
        recon_batch, mu, logvar = model.forward(data)
        loss = loss_function(recon_batch, data, mu, logvar)
        model.backward(recon_batch, data)
        train_loss += loss
        optimizer.step()
    print('====> Epoch: {} Average loss: {:.4f}'.format(epoch, train_loss / len(train_data)))


def test(epoch):
    test_loss = 0
    for data in batches(test_data, 50, shuffle=False):
        recon_batch, mu, logvar = model.forward(data)
        test_loss += loss_function(recon_batch, data, mu, logvar)
    print('====> Test set loss: {:.4f}'.format(test_loss / len(test_data)))


if __name__ == "__main__":
    for epoch in range(1, 31):
        train(epoch)
        if epoch % 5 == 0:
            test(epoch)
    sample = model.decode(np.random.randn(200, 4))
    print('mean brightness: data {:.3f}, samples {:.3f}'.format(train_data.mean(), sample.mean()))
