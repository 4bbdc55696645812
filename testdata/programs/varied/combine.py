"""Writes one right NumPy training program, a network of three layers, of an activation
each, a loss, an optimiser, a layout, a precision and a reduction drawn at random:

    python3 combine.py SEED
"""
import random
import sys

acts = {
 'softplus': ('np.log1p(np.exp(-np.abs({z}))) + np.maximum({z}, 0)', '{d} / (1 + np.exp(-{z}))'),
 'swish': ('{z} / (1 + np.exp(-{z}))', '{d} * (1 / (1 + np.exp(-{z})) * (1 + {z} * (1 - 1 / (1 + np.exp(-{z})))))'),
 'leaky': ('np.where({z} > 0, {z}, 0.1 * {z})', '{d} * np.where({z} > 0, 1.0, 0.1)'),
 'elu': ('np.where({z} > 0, {z}, np.exp(np.minimum({z}, 0)) - 1)', '{d} * np.where({z} > 0, 1.0, np.exp(np.minimum({z}, 0)))'),
 'gelu': ('0.5 * {z} * (1 + np.tanh(0.7978845608 * ({z} + 0.044715 * {z} ** 3)))', '{d} * (0.5 * (1 + np.tanh(0.7978845608 * ({z} + 0.044715 * {z} ** 3))) + 0.5 * {z} * (1 - np.tanh(0.7978845608 * ({z} + 0.044715 * {z} ** 3)) ** 2) * 0.7978845608 * (1 + 3 * 0.044715 * {z} ** 2))'),
 'relu6': ('np.clip({z}, 0, 6)', '{d} * (({z} > 0) & ({z} < 6))'),
 'softsign': ('{z} / (1 + np.abs({z}))', '{d} / (1 + np.abs({z})) ** 2'),
 'arctan': ('np.arctan({z})', '{d} / (1 + {z} ** 2)'),
 'sine': ('np.sin({z})', '{d} * np.cos({z})'),
 'gauss': ('np.exp(-{z} ** 2)', '{d} * (-2 * {z} * np.exp(-{z} ** 2))'),
}
# o: outputs of the last layer, rows on axis AX; T targets; returns loss and do
losses = {
 'ce_mean': ('M = O - O.max(axis=CA, keepdims=True)\nP = np.exp(M) / np.exp(M).sum(axis=CA, keepdims=True)\nloss = -(T * np.log(P)).sum() / n', '(P - T) / n'),
 'ce_sum': ('M = O - O.max(axis=CA, keepdims=True)\nP = np.exp(M) / np.exp(M).sum(axis=CA, keepdims=True)\nloss = -(T * np.log(P)).sum()', 'P - T'),
 'ce_smooth': ('S = 0.9 * T + 0.1 / 3\nL = O - O.max(axis=CA, keepdims=True)\nL = L - np.log(np.exp(L).sum(axis=CA, keepdims=True))\nloss = -(S * L).sum() / n', '(np.exp(L) - S) / n'),
 'bce_logits': ('loss = (np.maximum(O, 0) - O * T + np.log1p(np.exp(-np.abs(O)))).sum() / n', '(1 / (1 + np.exp(-O)) - T) / n'),
 'mse': ('loss = ((O - T) ** 2).mean()', '2 * (O - T) / O.size'),
 'sse': ('loss = 0.5 * np.sum((O - T) ** 2)', 'O - T'),
 'huber': ('E = O - T\nloss = np.where(np.abs(E) < 0.5, 0.5 * E ** 2, 0.5 * (np.abs(E) - 0.25)).sum() / n', 'np.clip(E, -0.5, 0.5) / n'),
 'logcosh': ('E = O - T\nloss = np.log(np.cosh(E)).mean()', 'np.tanh(E) / E.size'),
 'focal': ('M = O - O.max(axis=CA, keepdims=True)\nP = np.exp(M) / np.exp(M).sum(axis=CA, keepdims=True)\npt = (P * T).sum(axis=CA, keepdims=True)\nloss = -((1 - pt) ** 2 * np.log(pt)).sum() / n', '(2 * (1 - pt) * pt * np.log(pt) - (1 - pt) ** 2) * (T - P) / n'),
 'poisson': ('R = np.exp(np.clip(O, -10, 10))\nloss = (R - T * O).sum() / n', '(R - T) / n'),
 'hinge2': ('Y = 2 * T - 1\nG = np.maximum(0, 1 - Y * O)\nloss = (G ** 2).sum() / n', '-2 * Y * G / n'),
}
opts = {
 'sgd': ('p -= lr * g', ''),
 'damped': ("s['v'] = 0.9 * s['v'] + 0.1 * g\np -= lr * s['v']", 'v'),
 'nag': ("last = s['v'].copy()\ns['v'] = 0.8 * s['v'] - lr * g\np += -0.8 * last + 1.8 * s['v']", 'v'),
 'adagrad': ("s['h'] += g * g\np -= lr * g / (np.sqrt(s['h']) + 1e-7)", 'h'),
 'rms': ("s['h'] = 0.95 * s['h'] + 0.05 * g ** 2\np -= lr * g / np.sqrt(s['h'] + 1e-6)", 'h'),
 'rmsmom': ("s['h'] = 0.9 * s['h'] + 0.1 * g ** 2\ns['v'] = 0.9 * s['v'] + lr * g / (np.sqrt(s['h']) + 1e-8)\np -= s['v']", 'hv'),
 'adam': ("s['v'] += (1 - 0.9) * (g - s['v'])\ns['h'] += (1 - 0.99) * (g * g - s['h'])\np -= lr * (s['v'] / (1 - 0.9 ** t)) / (np.sqrt(s['h'] / (1 - 0.99 ** t)) + 1e-8)", 'vh'),
 'adamw': ("p *= 1 - lr * 0.01\ns['v'] = 0.9 * s['v'] + 0.1 * g\ns['h'] = 0.999 * s['h'] + 0.001 * g ** 2\np -= lr * np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t) * s['v'] / (np.sqrt(s['h']) + 1e-8)", 'vh'),
 'lion': ("c = np.sign(0.9 * s['v'] + 0.1 * g)\ns['v'] = 0.99 * s['v'] + 0.01 * g\np -= 0.1 * lr * c", 'v'),
 'amsgrad': ("s['v'] = 0.9 * s['v'] + 0.1 * g\ns['h'] = 0.999 * s['h'] + 0.001 * g ** 2\ns['u'] = np.maximum(s['u'], s['h'])\np -= lr * s['v'] / (np.sqrt(s['u']) + 1e-8)", 'vhu'),
 'decayed': ('p -= lr / (1 + 0.05 * t) * g', ''),
}
def make(i):
    r = random.Random(i)
    a1, a2 = r.choice(list(acts)), r.choice(list(acts)); lo = r.choice(list(losses)); op = r.choice(list(opts))
    cols = r.random() < .5; f32 = r.random() < .3; bias = r.random() < .8; batches = r.random() < .6; style = r.choice(['function', 'class'])
    l2 = r.random() < .25
    H = [7, 5]; F = 4; C = 3
    ca = 0 if cols else 1
    src = ['import numpy as np', '# %s %s %s %s cols=%s f32=%s bias=%s batches=%s %s l2=%s' % (a1, a2, lo, op, cols, f32, bias, batches, style, l2), 'rng = np.random.RandomState(%d)' % (i + 5)]
    src += ['A = rng.randn(60, %d)' % F, 'c = np.argmax(A[:, :3] + 0.3 * rng.randn(60, 3), axis=1)']
    src += ['T_all = ' + ({'mse': 'np.sin(A[:, :3]) + 0.1 * rng.randn(60, 3)', 'sse': 'A[:, :3] * A[:, 1:]', 'huber': 'A[:, :3] * 1.5', 'logcosh': 'A[:, :3] ** 2', 'poisson': 'rng.poisson(np.exp(0.3 * A[:, :3])).astype(float)'}.get(lo, 'np.eye(3)[c]'))]
    if cols: src += ['A, T_all = A.T, T_all.T']
    if f32: src += ['A, T_all = A.astype(np.float32), T_all.astype(np.float32)']
    ty = '.astype(np.float32)' if f32 else ''
    sizes = [F] + H + [C]
    names = []
    src += ['w = {}']
    for k in range(3):
        sh = (sizes[k + 1], sizes[k]) if cols else (sizes[k], sizes[k + 1])
        src += ["w['W%d'] = (rng.randn(%d, %d) * np.sqrt(1.0 / %d))%s" % (k, sh[0], sh[1], sizes[k], ty)]
        if bias:
            b = '(%d, 1)' % sizes[k + 1] if cols else r.choice(['%d' % sizes[k + 1], '(1, %d)' % sizes[k + 1]])
            src += ["w['b%d'] = np.zeros(%s)%s" % (k, b, ty)]
    lr = {'sgd': .05, 'damped': .1, 'nag': .02, 'decayed': .05}.get(op, .01)
    if lo in ('ce_sum', 'sse'): lr = lr / 30 if op in ('sgd', 'damped', 'nag', 'decayed') else lr
    src += ['lr = %g' % lr, 'state = {k: {x: np.zeros_like(v) for x in %r} for k, v in w.items()}' % (opts[op][1] or 'v'), 't = 0']
    def lin(k, x): 
        e = "w['W%d'] @ %s" % (k, x) if cols else "%s @ w['W%d']" % (x, k)
        return e + (" + w['b%d']" % k if bias else '')
    fwd = ['Z0 = ' + lin(0, 'X'), 'H0 = ' + acts[a1][0].format(z='Z0'), 'Z1 = ' + lin(1, 'H0'), 'H1 = ' + acts[a2][0].format(z='Z1'), 'O = ' + lin(2, 'H1')]
    fwd += losses[lo][0].replace('CA', str(ca)).split('\n')
    if l2: fwd += ["loss = loss + 0.005 * (" + ' + '.join("(w['W%d'] ** 2).sum()" % k for k in range(3)) + ')']
    bwd = ['D = ' + losses[lo][1]]
    for k in (2, 1, 0):
        x = ['X', 'H0', 'H1'][k]
        bwd += ["g['W%d'] = %s" % (k, ('D @ %s.T' % x if cols else '%s.T @ D' % x) + (" + 0.01 * w['W%d']" % k if l2 else ''))]
        if bias: bwd += ["g['b%d'] = D.sum(axis=%d, keepdims=True)%s" % (k, 1 - ca, '.reshape(w[\'b%d\'].shape)' % k)]
        if k:
            bwd += ["D = w['W%d'].T @ D" % k if cols else "D = D @ w['W%d'].T" % k, 'D = ' + acts[[a1, a2][k - 1]][1].format(d='D', z='Z%d' % (k - 1))]
    n = 'X.shape[%d]' % (1 - ca)
    src += ['def step(X, T):', '    global t', '    n = ' + n] + ['    ' + x for x in fwd] + ['    g = {}'] + ['    ' + x for x in bwd] + ['    t += 1']
    if style == 'class':
        body = ['class Opt:', '    def apply(self, p, g, s):'] + ['        ' + x for x in opts[op][0].split('\n')] + ['opt = Opt()']
        i0 = src.index('def step(X, T):'); src[i0:i0] = body
        src += ['    for k in w:', '        opt.apply(w[k], g[k], state[k])']
    else:
        src += ['    for k, d in list(g.items()):', '        p, s, g = w[k], state[k], d'] + ['        ' + x for x in opts[op][0].split('\n')]
    src += ['    return loss']
    if batches:
        src += ['for epoch in range(5):', '    order = rng.permutation(60)', '    for i in range(0, 60, 20):', '        r = order[i:i + 20]', '        l = step(%s)' % ('A[:, r], T_all[:, r]' if cols else 'A[r], T_all[r]'), '    print(epoch, float(l))']
    else: src += ['for epoch in range(12):', '    print(epoch, float(step(A, T_all)))']
    return '\n'.join(src) + '\n'


print(make(int(sys.argv[1])), end='')
