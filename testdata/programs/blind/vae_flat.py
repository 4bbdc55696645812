import numpy as np

# A variational autoencoder on noisy bit patterns, all of it in one script.
# Samples are rows; the loss is reconstruction plus KL, per sample.
rs = np.random.RandomState(0)
patterns = np.array([[1, 1, 1, 0, 0, 0, 1, 0], [0, 0, 1, 1, 1, 0, 0, 1], [0, 1, 0, 0, 1, 1, 1, 1]], dtype=float)
data = patterns[rs.randint(3, size=90)]
flip = rs.rand(*data.shape) < 0.04
data[flip] = 1 - data[flip]

n_in, n_hid, n_lat = 8, 10, 2
lr, b1, b2, eps = 0.01, 0.9, 0.999, 1e-8
beta = 0.5
batch = 15


def glorot(n, m):
    return rs.randn(n, m) * np.sqrt(2.0 / (n + m))


W_e, c_e = glorot(n_in, n_hid), np.zeros(n_hid)
W_mu, c_mu = glorot(n_hid, n_lat), np.zeros(n_lat)
W_lv, c_lv = glorot(n_hid, n_lat) * 0.5, np.zeros(n_lat)
W_d, c_d = glorot(n_lat, n_hid), np.zeros(n_hid)
W_o, c_o = glorot(n_hid, n_in), np.zeros(n_in)
weights = [W_e, c_e, W_mu, c_mu, W_lv, c_lv, W_d, c_d, W_o, c_o]
m = [np.zeros_like(w) for w in weights]
v = [np.zeros_like(w) for w in weights]
step = 0

for epoch in range(12):
    rs.shuffle(data)
    epoch_rec, epoch_kl = 0.0, 0.0
    for start in range(0, len(data), batch):
        x = data[start:start + batch]
        n = len(x)

        # encoder
        pre_e = x.dot(W_e) + c_e
        h_e = np.maximum(0.1 * pre_e, pre_e)
        mu = h_e.dot(W_mu) + c_mu
        logvar = h_e.dot(W_lv) + c_lv
        noise = rs.randn(n, n_lat)
        std = np.exp(0.5 * logvar)
        z = mu + std * noise

        # decoder
        h_d = np.tanh(z.dot(W_d) + c_d)
        logits = h_d.dot(W_o) + c_o
        prob = 1 / (1 + np.exp(-logits))

        rec = -np.sum(x * np.log(prob + 1e-12) + (1 - x) * np.log(1 - prob + 1e-12)) / n
        kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / n
        loss = rec + beta * kl
        epoch_rec += rec
        epoch_kl += kl

        # decoder, backwards
        d_logits = (prob - x) / n
        d_W_o = h_d.T.dot(d_logits)
        d_c_o = d_logits.sum(axis=0)
        d_h_d = d_logits.dot(W_o.T)
        d_pre_d = d_h_d * (1 - h_d ** 2)
        d_W_d = z.T.dot(d_pre_d)
        d_c_d = d_pre_d.sum(axis=0)
        d_z = d_pre_d.dot(W_d.T)

        # reparameterisation and KL
        d_mu = d_z + beta * mu / n
        d_logvar = d_z * noise * 0.5 * std + beta * 0.5 * (np.exp(logvar) - 1) / n

        # encoder, backwards
        d_W_mu = h_e.T.dot(d_mu)
        d_c_mu = d_mu.sum(axis=0)
        d_W_lv = h_e.T.dot(d_logvar)
        d_c_lv = d_logvar.sum(axis=0)
        d_h_e = d_mu.dot(W_mu.T) + d_logvar.dot(W_lv.T)
        d_pre_e = d_h_e * np.where(pre_e > 0, 1.0, 0.1)
        d_W_e = x.T.dot(d_pre_e)
        d_c_e = d_pre_e.sum(axis=0)

        # Adam
        step += 1
        gradients = [d_W_e, d_c_e, d_W_mu, d_c_mu, d_W_lv, d_c_lv, d_W_d, d_c_d, d_W_o, d_c_o]
        for i, (w, g) in enumerate(zip(weights, gradients)):
            m[i] = b1 * m[i] + (1 - b1) * g
            v[i] = b2 * v[i] + (1 - b2) * g * g
            w -= lr * (m[i] / (1 - b1 ** step)) / (np.sqrt(v[i] / (1 - b2 ** step)) + eps)

    batches = len(data) // batch
    print('epoch %2d  reconstruction %.4f  kl %.4f' % (epoch, epoch_rec / batches, epoch_kl / batches))
