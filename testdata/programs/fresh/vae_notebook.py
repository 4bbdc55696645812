# flattened from vae_experiments.ipynb
# In[1]:
import numpy as np
import math
np.random.seed(42)

# In[2]: toy "bars" images 5x5, a few noisy pixels
n_train, n_test = 300, 90
def bars(n):
    imgs = np.zeros((n, 5, 5))
    for i in range(n):
        for _ in range(np.random.randint(1, 3)):
            k = np.random.randint(5)
            if np.random.rand() < 0.5:
                imgs[i, k, :] = 1
            else:
                imgs[i, :, k] = 1
    flip = np.random.rand(n, 5, 5) < 0.03
    return np.where(flip, 1 - imgs, imgs).reshape(n, 25)
X_train = bars(n_train)
X_test = bars(n_test)
print(X_train.shape, X_test.shape, X_train.mean())

# In[3]: params
D, H, Z = 25, 20, 4
BETA = 0.5
lr = 0.01
W_e = np.random.randn(D, H) * math.sqrt(2 / D)
b_e = np.zeros(H)
W_mu = np.random.randn(H, Z) * 0.1
b_mu = np.zeros(Z)
W_lv = np.random.randn(H, Z) * 0.1
b_lv = np.zeros(Z)
W_d = np.random.randn(Z, H) * 0.5
b_d = np.zeros(H)
W_o = np.random.randn(H, D) * 0.1
b_o = np.zeros(D)

def sigmoid(a):
    return 1 / (1 + np.exp(-a))

def lrelu(a):
    return np.where(a > 0, a, 0.1 * a)

def bce_logits(l, x):
    return np.sum(np.maximum(l, 0) - l * x + np.log(1 + np.exp(-np.abs(l))))

# In[4]: adam state, one pair of arrays for every parameter
names = ['W_e', 'b_e', 'W_mu', 'b_mu', 'W_lv', 'b_lv', 'W_d', 'b_d', 'W_o', 'b_o']
M = {}
V = {}
for nm in names:
    M[nm] = np.zeros_like(globals()[nm])
    V[nm] = np.zeros_like(globals()[nm])
step = 0

# In[5]: training
batch = 40
history = []
test_history = []
for epoch in range(40):
    np.random.shuffle(X_train)
    tot = 0
    kl_tot = 0
    for start in range(0, n_train, batch):
        x = X_train[start:start + batch]
        m = x.shape[0]
        # encoder
        a_e = x @ W_e + b_e
        h_e = lrelu(a_e)
        mu = h_e @ W_mu + b_mu
        logvar = h_e @ W_lv + b_lv
        eps = np.random.randn(m, Z)
        std = np.exp(0.5 * logvar)
        z = mu + std * eps
        # decoder
        a_d = z @ W_d + b_d
        h_d = np.tanh(a_d)
        logits = h_d @ W_o + b_o
        # loss = (reconstruction + BETA * KL), mean over the batch
        rec = bce_logits(logits, x) / m
        kl = -0.5 * np.sum(1 + logvar - mu ** 2 - np.exp(logvar)) / m
        tot += (rec + BETA * kl) * m
        kl_tot += kl * m
        # backward, decoder
        d_logits = (sigmoid(logits) - x) / m
        g_W_o = h_d.T @ d_logits
        g_b_o = d_logits.sum(axis=0)
        d_a_d = (d_logits @ W_o.T) * (1 - h_d ** 2)
        g_W_d = z.T @ d_a_d
        g_b_d = d_a_d.sum(axis=0)
        d_z = d_a_d @ W_d.T
        # backward, latent
        d_mu = d_z + BETA * mu / m
        d_lv = d_z * eps * 0.5 * std + BETA * 0.5 * (np.exp(logvar) - 1) / m
        g_W_mu = h_e.T @ d_mu
        g_b_mu = d_mu.sum(axis=0)
        g_W_lv = h_e.T @ d_lv
        g_b_lv = d_lv.sum(axis=0)
        # backward, encoder
        d_h_e = d_mu @ W_mu.T + d_lv @ W_lv.T
        d_a_e = d_h_e * np.where(a_e > 0, 1.0, 0.1)
        g_W_e = x.T @ d_a_e
        g_b_e = d_a_e.sum(axis=0)
        # adam, in place on the globals
        step += 1
        for nm in names:
            g = globals()['g_' + nm]
            M[nm] = 0.9 * M[nm] + 0.1 * g
            V[nm] = 0.999 * V[nm] + 0.001 * g * g
            m_hat = M[nm] / (1 - 0.9 ** step)
            v_hat = V[nm] / (1 - 0.999 ** step)
            globals()[nm] -= lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    history.append(tot / n_train)
    if epoch % 8 == 7:
        # test: use the posterior mean, no sampling
        h_t = lrelu(X_test @ W_e + b_e)
        mu_t = h_t @ W_mu + b_mu
        lv_t = h_t @ W_lv + b_lv
        lg_t = np.tanh(mu_t @ W_d + b_d) @ W_o + b_o
        rec_t = bce_logits(lg_t, X_test) / n_test
        kl_t = -0.5 * np.sum(1 + lv_t - mu_t ** 2 - np.exp(lv_t)) / n_test
        test_history.append(rec_t + BETA * kl_t)
        print('epoch', epoch + 1, 'train %.4f (kl %.4f)' % (history[-1], kl_tot / n_train),
              'test %.4f (kl %.4f)' % (test_history[-1], kl_t))

# In[6]:
print('first/last', round(history[0], 4), round(history[-1], 4), 'test improved:', test_history[-1] < test_history[0])

# In[7]: sample from the prior
zs = np.random.randn(200, Z)
samples = sigmoid(np.tanh(zs @ W_d + b_d) @ W_o + b_o)
print('mean pixel of samples %.5f, of data %.5f' % (samples.mean(), X_train.mean()))
