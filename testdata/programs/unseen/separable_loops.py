import numpy as np

# Depthwise and pointwise convolution, each pixel by hand, 'same' padding.
rng = np.random.default_rng(2)
IMAGES, SIDE, CH, OUT, CLASSES = 6, 5, 2, 3, 2
images = rng.random((IMAGES, SIDE, SIDE, CH))
labels = np.arange(IMAGES) % CLASSES
images[labels == 1, :, 2, :] += 0.8
depth = rng.normal(0, 0.4, (3, 3, CH))
point = rng.normal(0, 0.5, (CH, OUT))
dense = rng.normal(0, 0.5, (OUT, CLASSES))
bias = np.zeros(OUT)


def forward(img):
    padded = np.pad(img, ((1, 1), (1, 1), (0, 0)))
    d = np.zeros((SIDE, SIDE, CH))
    for r in range(SIDE):
        for c in range(SIDE):
            d[r, c] = (padded[r:r + 3, c:c + 3] * depth).sum(axis=(0, 1))
    z = d @ point + bias
    a = np.maximum(z, 0)
    peak = a.max(axis=(0, 1))
    s = peak @ dense
    p = np.exp(s) / np.exp(s).sum()
    return padded, d, z, a, peak, p


for epoch in range(6):
    gdepth, gpoint = np.zeros_like(depth), np.zeros_like(point)
    gdense, gbias = np.zeros_like(dense), np.zeros_like(bias)
    loss = 0.0
    for img, lab in zip(images, labels):
        padded, d, z, a, peak, p = forward(img)
        loss -= np.log(p[lab]) / IMAGES
        ds = p / IMAGES
        ds[lab] -= 1 / IMAGES
        gdense += np.outer(peak, ds)
        dpeak = dense @ ds
        da = np.zeros_like(a)
        for k in range(OUT):
            r, c = np.unravel_index(a[:, :, k].argmax(), (SIDE, SIDE))
            da[r, c, k] = dpeak[k]
        dz = da * (z > 0)
        gpoint += np.tensordot(d, dz, axes=((0, 1), (0, 1)))
        gbias += dz.sum(axis=(0, 1))
        dd = dz @ point.T
        for r in range(SIDE):
            for c in range(SIDE):
                gdepth += padded[r:r + 3, c:c + 3] * dd[r, c]
    depth -= 0.3 * gdepth
    point -= 0.3 * gpoint
    dense -= 0.3 * gdense
    bias -= 0.3 * gbias
    print(epoch, loss)
