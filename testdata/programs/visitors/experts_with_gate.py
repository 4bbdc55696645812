# Mixture of experts (Jacobs, Jordan, Nowlan, Hinton 1991).
# K linear experts with their own noise level, softmax gate with one hidden layer.
# log-likelihood:  log sum_k g_k(x) N(y | a_k.x + c_k, exp(2 r_k))
# plus an importance penalty  lam * K * sum_k mean(g_k)^2  so that nobody starves.
# Gradients are accumulated over micro-batches of 20 before each step.
import numpy as np

LAM = 0.05


def build(K, D, H, rng):
    return dict(a=rng.randn(K, D) * .5, c=rng.randn(K) * .1, r=np.zeros(K),
                U=rng.randn(D, H), u=np.zeros(H), G=rng.randn(H, K) * .1, g=np.zeros(K))


def gate(p, x):
    h = np.tanh(x @ p['U'] + p['u'])
    s = h @ p['G'] + p['g']
    s -= s.max(axis=1)[:, None]
    e = np.exp(s)
    return h, e / e.sum(axis=1)[:, None]


def predict(p, x):
    return (gate(p, x)[1] * (x @ p['a'].T + p['c'])).sum(axis=1)


def likelihood(p, x, y):
    _, gt = gate(p, x)
    m = x @ p['a'].T + p['c']
    dens = np.exp(-.5 * ((y[:, None] - m) / np.exp(p['r'])) ** 2 - p['r']) / np.sqrt(2 * np.pi)
    return np.log((gt * dens).sum(axis=1) + 1e-300)


def accumulate(p, x, y, acc, n_total):
    """adds the gradient of  (sum of -loglik)/n_total  +  penalty * len(x)/n_total"""
    K, n = len(p['c']), len(x)
    h, gt = gate(p, x)
    mean = x @ p['a'].T + p['c']
    z = (y[:, None] - mean) * np.exp(-p['r'])
    lj = np.log(gt) - .5 * z ** 2 - p['r'] - .5 * np.log(2 * np.pi)
    top = lj.max(axis=1)[:, None]
    ll = top + np.log(np.exp(lj - top).sum(axis=1))[:, None]
    post = np.exp(lj - ll)                              # who explains this point
    use = gt.mean(axis=0)
    value = -ll.sum() / n_total + LAM * K * (use ** 2).sum() * n / n_total

    dmean = -post * z * np.exp(-p['r']) / n_total
    acc['a'] += dmean.T @ x
    acc['c'] += dmean.sum(axis=0)
    acc['r'] += (post * (1 - z ** 2)).sum(axis=0) / n_total
    ds = (gt - post) / n_total
    # penalty: d/dgt = 2 LAM K use / n, times n/n_total, through the softmax
    t = 2 * LAM * K * use / n_total
    ds += gt * (t - (gt @ t)[:, None])
    acc['G'] += h.T @ ds
    acc['g'] += ds.sum(axis=0)
    dh = (ds @ p['G'].T) * (1 - h ** 2)
    acc['U'] += x.T @ dh
    acc['u'] += dh.sum(axis=0)
    return value


def main():
    rng = np.random.RandomState(91)
    x = rng.uniform(-3, 3, (600, 1))
    y = np.select([x[:, 0] < -1, x[:, 0] < 1], [2 * x[:, 0] + 4, -x[:, 0]], .5 * x[:, 0] - 2.) + .15 * rng.randn(600)
    xt, yt, x, y = x[480:], y[480:], x[:480], y[:480]
    p = build(4, 1, 10, rng)
    vel = {k: np.zeros_like(v) for k, v in p.items()}
    acc = {k: np.zeros_like(v) for k, v in p.items()}
    micro, per_step, lr, mu = 20, 4, .05, .9
    for epoch in range(80):
        order = rng.permutation(480)
        total = 0.
        for s in range(0, 480, micro * per_step):
            chunk = order[s:s + micro * per_step]
            for k in acc:
                acc[k].fill(0)
            for q in range(0, len(chunk), micro):
                j = chunk[q:q + micro]
                total += accumulate(p, x[j], y[j], acc, len(chunk)) * len(chunk) / 480
            for k in p:
                lim = np.linalg.norm(acc[k])            # clip every tensor by itself
                if lim > 1.:
                    acc[k] /= lim
                v_old = vel[k].copy()
                vel[k] = mu * vel[k] - lr * acc[k]
                p[k] += -mu * v_old + (1 + mu) * vel[k]   # nesterov
        if epoch == 50:
            lr *= .3
        if epoch % 16 == 15:
            print('epoch %2d objective %.4f  test loglik %.4f  test mse %.4f' % (
                epoch + 1, total, likelihood(p, xt, yt).mean(), np.mean((predict(p, xt) - yt) ** 2)))
    for k in range(4):
        share = (gate(p, xt)[1].argmax(axis=1) == k).mean()
        print('expert %d: y = %.2f x %+.2f, noise %.2f, takes %.0f%%' % (k, p['a'][k, 0], p['c'][k], np.exp(p['r'][k]), 100 * share))


if __name__ == '__main__':
    main()
