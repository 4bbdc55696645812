import numpy as np


def sigmoid(x): return 0.5 * (1 + np.tanh(0.5 * x))


class GRUCell:
    """h' = (1 - z) * n + z * h, one time step, row vectors."""

    def __init__(self, nx, nh, rng):
        k = 1 / np.sqrt(nh)
        shapes = {'Wrx': (nx, nh), 'Wzx': (nx, nh), 'Wnx': (nx, nh),
                  'Wrh': (nh, nh), 'Wzh': (nh, nh), 'Wnh': (nh, nh),
                  'br': (nh,), 'bz': (nh,), 'bn': (nh,)}
        self.p = {name: rng.uniform(-k, k, s) for name, s in shapes.items()}
        self.zero_grad()

    def zero_grad(self):
        self.g = {name: np.zeros_like(v) for name, v in self.p.items()}
        self.stack = []

    def forward(self, x, h):
        p = self.p
        r = sigmoid(x @ p['Wrx'] + h @ p['Wrh'] + p['br'])
        z = sigmoid(x @ p['Wzx'] + h @ p['Wzh'] + p['bz'])
        n = np.tanh(x @ p['Wnx'] + (r * h) @ p['Wnh'] + p['bn'])
        self.stack.append((x, h, r, z, n))
        return (1 - z) * n + z * h

    def backward(self, delta):
        p, g = self.p, self.g
        x, h, r, z, n = self.stack.pop()
        dn = delta * (1 - z) * (1 - n ** 2)
        dz = delta * (h - n) * z * (1 - z)
        drh = dn @ p['Wnh'].T
        dr = drh * h * r * (1 - r)
        g['Wnx'] += x.T @ dn
        g['Wnh'] += (r * h).T @ dn
        g['bn'] += dn.sum(axis=0)
        g['Wzx'] += x.T @ dz
        g['Wzh'] += h.T @ dz
        g['bz'] += dz.sum(axis=0)
        g['Wrx'] += x.T @ dr
        g['Wrh'] += h.T @ dr
        g['br'] += dr.sum(axis=0)
        dh = delta * z + drh * r
        dh += dz @ p['Wzh'].T
        dh += dr @ p['Wrh'].T
        return dh


class Counter:
    """Reads a 0/1 string, tells whether the ones come 0, 1 or 2 modulo 3."""

    def __init__(self, nh, rng):
        self.nh = nh
        self.cell = GRUCell(2, nh, rng)
        self.out = {'W': rng.normal(0, 0.2, (nh, 3)), 'b': np.zeros(3)}

    def run(self, seqs):
        h = np.zeros((seqs.shape[0], self.nh))
        for t in range(seqs.shape[1]):
            h = self.cell.forward(np.eye(2)[seqs[:, t]], h)
        s = h @ self.out['W'] + self.out['b']
        s = np.exp(s - s.max(1, keepdims=True))
        return h, s / s.sum(1, keepdims=True)

    def loss_and_grads(self, seqs, y):
        self.cell.zero_grad()
        h, prob = self.run(seqs)
        m = len(y)
        loss = -np.log(prob[np.arange(m), y]).mean()
        d = prob.copy()
        d[np.arange(m), y] -= 1
        d /= m
        gout = {'W': h.T @ d, 'b': d.sum(axis=0)}
        dh = d @ self.out['W'].T
        for _ in range(seqs.shape[1]):
            dh = self.cell.backward(dh)
        return loss, gout

    def accuracy(self, seqs, y):
        self.cell.zero_grad()
        return (self.run(seqs)[1].argmax(axis=1) == y).mean()


def main():
    rng = np.random.default_rng(2)
    data = rng.integers(0, 2, (1200, 6))
    labels = data.sum(axis=1) % 3
    tr, te = slice(0, 800), slice(800, 1200)
    model = Counter(20, rng)
    state, step = {}, 0
    for epoch in range(28):
        order = rng.permutation(800)
        running = []
        for i in range(0, 800, 40):
            pick = order[i:i + 40]
            loss, gout = model.loss_and_grads(data[tr][pick], labels[tr][pick])
            running.append(loss)
            step += 1
            for group, pars, grads in (('cell', model.cell.p, model.cell.g), ('out', model.out, gout)):
                for name in pars:
                    m, v = state.get((group, name), (0.0, 0.0))
                    gr = np.clip(grads[name], -0.25, 0.25)
                    m = 0.9 * m + 0.1 * gr
                    v = 0.99 * v + 0.01 * gr * gr
                    state[group, name] = (m, v)
                    mh, vh = m / (1 - 0.9 ** step), v / (1 - 0.99 ** step)
                    pars[name] -= 0.02 * mh / (np.sqrt(vh) + 1e-8)
        if epoch % 3 == 0:
            print(f"epoch {epoch}: loss {np.mean(running):.5f}, test accuracy {model.accuracy(data[te], labels[te]):.4f}")


if __name__ == '__main__':
    main()
