# juan ji shen jing wang luo: 4 lei xian tiao tu xiang (heng, shu, xie, shi zi)
# author: homework 3, tu xiang shi bie
import numpy as np
from numpy.lib.stride_tricks import as_strided

np.random.seed(2023)
leixing = np.float32


def zao_tu(geshu, bian=12):
    tu = np.random.normal(0, 0.35, (geshu, bian, bian)).astype(leixing)
    biaoqian = np.random.randint(0, 4, geshu)
    for i in range(geshu):
        p = np.random.randint(2, bian - 2)
        if biaoqian[i] == 0:
            tu[i, p, :] += 1
        elif biaoqian[i] == 1:
            tu[i, :, p] += 1
        elif biaoqian[i] == 2:
            tu[i] += np.eye(bian, k=p - bian // 2, dtype=leixing)
        else:
            tu[i, p, :] += 1
            tu[i, :, np.random.randint(2, bian - 2)] += 1
    return tu, biaoqian


def chuangkou(x, k, bu):
    # (n, h, w, ...) -> (n, oh, ow, k, k, ...)
    n, h, w = x.shape[:3]
    oh, ow = (h - k) // bu + 1, (w - k) // bu + 1
    s = x.strides
    return as_strided(x, (n, oh, ow, k, k) + x.shape[3:],
                      (s[0], s[1] * bu, s[2] * bu, s[1], s[2]) + s[3:])


def juanji_qian(x, W, b):
    lie = chuangkou(x, 3, 1)
    n, oh, ow = lie.shape[:3]
    juzhen = lie.reshape(n * oh * ow, 9)
    chu = (juzhen @ W + b).reshape(n, oh, ow, -1)
    return chu, juzhen


def chihua_qian(x):
    n, h, w, c = x.shape
    ck = chuangkou(x, 2, 2)
    ck = ck.reshape(n, h // 2, w // 2, 4, c)
    weizhi = ck.argmax(axis=3)
    return ck.max(axis=3), weizhi


def chihua_hou(d, weizhi, xingzhuang):
    n, h, w, c = xingzhuang
    dck = np.zeros((n, h // 2, w // 2, 4, c), dtype=d.dtype)
    np.put_along_axis(dck, weizhi[:, :, :, None, :], d[:, :, :, None, :], axis=3)
    dck = dck.reshape(n, h // 2, w // 2, 2, 2, c)
    return dck.transpose(0, 1, 3, 2, 4, 5).reshape(n, h, w, c)


def qian_xiang(x, cs):
    z, juzhen = juanji_qian(x, cs['W1'], cs['b1'])
    a = np.maximum(z, 0)
    p, weizhi = chihua_qian(a)
    f = p.reshape(len(x), -1)
    u = f @ cs['W2'] + cs['b2']
    g = np.maximum(u, 0)
    fen = g @ cs['W3'] + cs['b3']
    fen = fen - fen.max(axis=1, keepdims=True)
    e = np.exp(fen)
    gailv = e / e.sum(axis=1, keepdims=True)
    return gailv, (juzhen, z, a, weizhi, p, f, u, g)


def hou_xiang(gailv, y, huancun, cs):
    juzhen, z, a, weizhi, p, f, u, g = huancun
    n = len(y)
    d = gailv.copy()
    d[np.arange(n), y] -= 1
    d /= n
    tidu = {}
    tidu['W3'] = g.T @ d
    tidu['b3'] = d.sum(axis=0)
    du = (d @ cs['W3'].T) * (u > 0)
    tidu['W2'] = f.T @ du
    tidu['b2'] = du.sum(axis=0)
    dp = (du @ cs['W2'].T).reshape(p.shape)
    da = chihua_hou(dp, weizhi, a.shape)
    dz = da * (z > 0)
    dz = dz.reshape(-1, dz.shape[3])
    tidu['W1'] = juzhen.T @ dz
    tidu['b1'] = dz.sum(axis=0)
    return tidu


tu, biaoqian = zao_tu(480)
xun_x, xun_y = tu[:400], biaoqian[:400]
ce_x, ce_y = tu[400:], biaoqian[400:]

F, H = 6, 32
cs = {
    'W1': np.random.randn(9, F) * np.sqrt(2 / 9),
    'b1': np.zeros(F),
    'W2': np.random.randn(25 * F, H) * np.sqrt(2 / (25 * F)),
    'b2': np.zeros(H),
    'W3': np.random.randn(H, 4) * np.sqrt(1 / H),
    'b3': np.zeros(4),
}
cs = {k: v.astype(leixing) for k, v in cs.items()}
sudu = {k: np.zeros_like(v) for k, v in cs.items()}
xuexilv, dongliang, pi = 0.03, 0.9, 40

for lun in range(12):
    shunxu = np.random.permutation(len(xun_y))
    zong = 0.0
    for i in range(0, len(shunxu), pi):
        xz = shunxu[i:i + pi]
        x, y = xun_x[xz], xun_y[xz]
        gailv, huancun = qian_xiang(x, cs)
        zong += -np.log(gailv[np.arange(len(y)), y] + 1e-7).sum()
        tidu = hou_xiang(gailv, y, huancun, cs)
        for k in cs:
            jiu = sudu[k].copy()
            sudu[k] = dongliang * sudu[k] - xuexilv * tidu[k]
            cs[k] += -dongliang * jiu + (1 + dongliang) * sudu[k]
    gailv, _ = qian_xiang(ce_x, cs)
    zhun = (gailv.argmax(axis=1) == ce_y).mean()
    print('di', lun + 1, 'lun  sunshi = %.5f  ceshi zhunquelv = %.3f' % (zong / len(xun_y), zhun))
    if lun == 7:
        xuexilv *= 0.3
