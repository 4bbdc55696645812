# adversarial training: half clean loss, half FGSM loss. The perturbation is a constant when differentiating the weights.
import numpy as np
rs = np.random.RandomState(66)

# "digits": 4 smooth 6x6 templates + noise
g = np.linspace(-1, 1, 6)
xx, yy = np.meshgrid(g, g)
templates = [np.exp(-3 * (xx ** 2 + yy ** 2)), np.exp(-3 * (xx - yy) ** 2), np.exp(-8 * xx ** 2), np.abs(xx) * np.abs(yy)]
lab = rs.randint(4, size=240)
imgs = np.array([templates[l].ravel() for l in lab]) + 0.15 * rs.randn(240, 36)
xtr, ytr, xte, yte = imgs[:180], lab[:180], imgs[180:], lab[180:]

W = rs.randn(36, 20) * 0.2
b = np.zeros(20)
V = rs.randn(20, 4) * 0.2
c = np.zeros(4)

def run(x, y):
    """returns loss, gradients wrt weights, gradient wrt input, accuracy"""
    z = x @ W + b
    h = z * (1 / (1 + np.exp(-1.702 * z)))          # quick gelu
    o = h @ V + c
    o = o - o.max(1, keepdims=True)
    p = np.exp(o) / np.exp(o).sum(1, keepdims=True)
    n = y.size
    loss = -np.log(p[range(n), y]).mean()
    do = p.copy()
    do[range(n), y] -= 1
    do /= n
    s = 1 / (1 + np.exp(-1.702 * z))
    dz = (do @ V.T) * (s + 1.702 * z * s * (1 - s))
    return loss, [x.T @ dz, dz.sum(0), h.T @ do, do.sum(0)], dz @ W.T, (p.argmax(1) == y).mean()

def fgsm(x, y, eps):
    gx = run(x, y)[2]
    return x + eps * np.sign(gx)

mom = [0, 0, 0, 0]
for epoch in range(20):
    order = rs.permutation(len(xtr))
    eps = 0.1 * min(1.0, epoch / 5)
    tot = 0
    for i in range(0, len(order), 30):
        idx = order[i:i + 30]
        x_adv = fgsm(xtr[idx], ytr[idx], eps)
        l1, g1, _, _ = run(xtr[idx], ytr[idx])
        l2, g2, _, _ = run(x_adv, ytr[idx])
        tot += 0.5 * l1 + 0.5 * l2
        for k, (p, a, d) in enumerate(zip((W, b, V, c), g1, g2)):
            mom[k] = 0.9 * mom[k] + 0.5 * (a + d)
            p -= 0.05 * mom[k]
    if epoch % 4 == 3:
        l_cl, _, _, a_cl = run(xte, yte)
        l_ad, _, _, a_ad = run(fgsm(xte, yte, 0.1), yte)
        print(f'epoch {epoch + 1}: train {tot / 6:.4f} | clean {l_cl:.4f}/{a_cl:.2f} | fgsm {l_ad:.4f}/{a_ad:.2f}')
