import numpy as np

# ex 4: convnet, all loops, no im2col!!
# classes: 0 horizontal bar, 1 vertical bar, 2 diagonal, 3 little square
np.random.seed(42)

def make_image(c):
    im = np.random.normal(0, 0.25, (8, 8))
    r = np.random.randint(1, 6)
    q = np.random.randint(1, 6)
    if c == 0:
        im[r, 1:7] += 1
    elif c == 1:
        im[1:7, q] += 1
    elif c == 2:
        for k in range(6):
            im[k + 1, k + 1] += 1
    else:
        im[r:r + 2, q:q + 2] += 1
    return im

ys = [i % 4 for i in range(56)]
xs = [make_image(c) for c in ys]
xs_test = [make_image(i % 4) for i in range(24)]

NF = 4          # filters
F = np.random.randn(NF, 3, 3) * 0.4
bF = np.zeros(NF)
W = np.random.randn(4, NF * 9) * 0.15
bW = np.zeros(4)

def conv(im, F, b):
    out = np.zeros((F.shape[0], 6, 6))
    for f in range(F.shape[0]):
        for i in range(6):
            for j in range(6):
                out[f, i, j] = (im[i:i + 3, j:j + 3] * F[f]).sum() + b[f]
    return out

def pool(a):
    # 2x2 max pooling, remembers where the max was
    out = np.zeros((a.shape[0], 3, 3))
    where = {}
    for f in range(a.shape[0]):
        for i in range(3):
            for j in range(3):
                block = a[f, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
                k = block.argmax()
                where[f, i, j] = (2 * i + k // 2, 2 * j + k % 2)
                out[f, i, j] = block.flat[k]
    return out, where

def forward(im):
    z = conv(im, F, bF)
    a = np.where(z > 0, z, 0.1 * z)     # leaky
    p, where = pool(a)
    flat = p.reshape(-1)
    s = W.dot(flat) + bW
    e = np.exp(s - s.max())
    return z, where, flat, e / e.sum()

def backward(im, y, z, where, flat, prob):
    ds = prob.copy()
    ds[y] -= 1
    dW = np.outer(ds, flat)
    dbW = ds
    dp = W.T.dot(ds).reshape(NF, 3, 3)
    da = np.zeros_like(z)
    for f in range(NF):
        for i in range(3):
            for j in range(3):
                r, c = where[f, i, j]
                da[f, r, c] = dp[f, i, j]
    dz = da * np.where(z > 0, 1.0, 0.1)
    dF = np.zeros((NF, 3, 3))
    dbF = np.zeros(NF)
    for f in range(NF):
        for i in range(6):
            for j in range(6):
                if dz[f, i, j] == 0:
                    continue
                dF[f] += dz[f, i, j] * im[i:i + 3, j:j + 3]
                dbF[f] += dz[f, i, j]
    return dF, dbF, dW, dbW

lr = 0.06
mom = 0.8
vF, vbF, vW, vbW = 0 * F, 0 * bF, 0 * W, 0 * bW
BATCH = 4

for epoch in range(8):
    order = np.random.permutation(len(xs))
    total = 0
    right = 0
    for start in range(0, len(xs), BATCH):
        gF = np.zeros_like(F)
        gbF = np.zeros_like(bF)
        gW = np.zeros_like(W)
        gbW = np.zeros_like(bW)
        idx = order[start:start + BATCH]
        for n in idx:
            z, where, flat, prob = forward(xs[n])
            total += -np.log(prob[ys[n]])
            right += prob.argmax() == ys[n]
            d1, d2, d3, d4 = backward(xs[n], ys[n], z, where, flat, prob)
            gF += d1
            gbF += d2
            gW += d3
            gbW += d4
        vF = mom * vF - lr * gF / len(idx)
        vbF = mom * vbF - lr * gbF / len(idx)
        vW = mom * vW - lr * gW / len(idx)
        vbW = mom * vbW - lr * gbW / len(idx)
        F += vF
        bF += vbF
        W += vW
        bW += vbW
    print('epoch', epoch, 'loss', round(total / len(xs), 4), 'acc', round(right / len(xs), 3))

hits = 0
for i in range(24):
    hits += forward(xs_test[i])[-1].argmax() == i % 4
print('test acc', round(hits / 24, 3))
