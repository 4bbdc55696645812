"""Calls of NumPy of every kind, for what is recorded of each."""
import warnings

import numpy as np

warnings.simplefilter("ignore")
np.seterr(all="ignore")
total = 0.0


def use(*results):
    global total
    for x in results:
        total = total + np.sum(np.asarray(x, dtype=float)) * 0.5


def moves(a, b, v, w, A, i, ids, m):
    use(*np.atleast_2d(v, w))
    use(*np.atleast_1d(v, w, 3.0))
    use(*np.atleast_3d(a, v))
    use(np.atleast_2d(v), np.atleast_1d(v[0]), *np.broadcast_arrays(a, v))
    use(*np.meshgrid(v, w))
    use(*np.meshgrid(v, w, indexing="ij", sparse=True))
    for parts in (np.split(a, 2, axis=1), np.array_split(a, 2), np.hsplit(a, 2), np.vsplit(a, 3), np.split(v, [1, 3])):
        use(*parts)
    use(a[np.ix_([0, 2], [1, 3])], a[np.unravel_index(np.argmax(a), a.shape)], a[np.where(m)], a[m], a[i][:, [0, 1]])
    use(np.take_along_axis(a, ids, axis=0), np.take(a, [0, 2], axis=1), np.take(a, 5), a.take(i, axis=0), a.ravel()[np.flatnonzero(m)])
    use(np.insert(v, 1, 5.0), np.insert(a, 0, w, axis=1), np.delete(a, 1, axis=0), np.append(v, 1.0), np.append(a, b, axis=0))
    use(np.extract(m, a), np.compress([1, 0, 1], a, axis=0), np.diagflat(v), np.diag(A), np.triu(A), A[np.tril_indices(3, -1)])
    use(np.select([a < 0, a > 1], [a, b]), np.select([a < 0, a > 1], [0.1, 1.0], a), np.choose(ids, [a, b, a * b]))
    use(np.pad(a, 1), np.pad(v, 2, mode="constant", constant_values=3), np.pad(a, ((1, 0), (0, 2)), "edge"))
    use(np.roll(a, (1, 2), axis=(0, 1)), np.repeat(a, [1, 2, 3], axis=0), np.tile(v, (3, 1)), np.resize(v, (3, 4)), np.rot90(a))
    use(np.concatenate((a, b), axis=None), np.stack((a, b), axis=-1), np.block([[A, A], [A, A]]), np.r_[v, w], np.c_[w, w])
    use(np.array([[v[0], v[1]], [v[2], v[3]]]), np.dstack((a, b)), np.vstack([x * 2 for x in a]), np.array([x ** 2 for x in v]))
    use(a.reshape(4, 3, order="F"), a.T.ravel(), a.flatten("F"), a[None].transpose(0, 2, 1), np.moveaxis(a[None], 0, -1))
    use(np.lib.stride_tricks.as_strided(v, (3, 2), (8, 8)), np.broadcast_to(v, (3, 4)), a[:, None, 1], a[1:, ::-2], a.flat[2:7], a.item(3))
    x, *rest = v
    use(x, rest, *[r for r in a])


def several(a, b, v, w, A, i, ids, m):
    for pair in (np.divmod(a, 2.0), divmod(a, 2.0), np.modf(a), np.frexp(a), np.linalg.svd(A), np.linalg.eigh(A @ A.T)):
        use(*pair)
    use(*np.unique(ids, return_index=True, return_inverse=True, return_counts=True))
    use(*np.histogram(a, bins=4))
    use(*np.linalg.slogdet(A @ A.T))
    use(np.linalg.inv(A), np.bincount(ids.ravel()), np.bincount(ids.ravel(), weights=a.ravel()), np.searchsorted(np.sort(v), 0.3))


def ufuncs(a, b, v, w, A, i, ids, m):
    use(np.add.reduce(a, axis=1), np.add.reduce([v, v]), np.multiply.reduce(a), np.maximum.reduce(a, axis=1), np.logical_or.reduce(m, axis=1))
    use(np.add.accumulate(a, axis=1), np.add.outer(w, v), np.multiply.outer(w, v), np.multiply.outer(a, v), np.equal.outer(i, np.arange(3)))
    t = np.zeros((3, 4))
    np.add.at(t, (i, i), 2.0)
    np.subtract.at(t, [0, 0], v)
    np.multiply.at(t, i, 2.0)
    use(t)
    np.multiply(t, 2, t)
    np.exp(t, out=t)
    np.add(a, b, out=t, where=m)
    use(t, np.divide(a, b, out=np.zeros_like(a), where=b > 0), np.exp2(a), np.logical_not(a))
    np.sum(a, axis=0, out=v)
    a.sum(axis=1, out=w)
    use(v, w, np.sqrt(np.abs(a), out=t[:]), t, np.vectorize(lambda z: 1 / (1 + np.exp(-z)))(a))
    use(np.vectorize(leaky)(a), np.vectorize(slope)(a), np.vectorize(lambda x, y: max(x, y) ** 2)(a, v), np.vectorize(count)(a))


def leaky(z):
    if z > 0:
        return z
    return 0.1 * z


def slope(z):
    s = 1 / (1 + np.exp(-z))
    return s * (1 - s)


def count(z, seen=[]):
    seen.append(z)
    return len(seen) + z


def writes(a, b, v, w, A, i, ids, m):
    t = a.copy()
    np.put_along_axis(t, np.argmax(t, axis=1)[:, None], 9.0, axis=1)
    np.copyto(t, 0.5, where=m)
    np.copyto(t, b, where=b > 1)
    np.put(t, [0, 5], [1.0, 2.0])
    t.put([1, 2], 7.0)
    np.putmask(t, b < 0, a)
    use(t)
    t[t < 0] *= 0.1
    t[[0, 1], [1, 2]] += 1
    t[0, 1:3] = [7, 8]
    t[2:], t[:1] = t[:1], v
    t.flat[3] = 4.0
    t.flat[::3] = v
    use(t, t.flat[5])
    t.flat = 0.5
    t.shape = 4, 3
    use(t * 2)
    t.sort()
    t.fill(0.25)
    np.fill_diagonal(A, w)
    use(t, A)
    for x in np.nditer(a, op_flags=["readwrite"]):
        x[...] = x * 2
    use(a, np.sort(a, axis=None), np.argsort(-a, axis=0))
    table = np.zeros(3, dtype=[("x", float), ("n", int)])
    table["x"] = w
    table["x"][0] = 5
    use(table["x"] * 2)


def numbers(a, b, v, w, A, i, ids, m):
    M = np.matrix(A)
    use(M * M, M ** 2, M.T, M[0], M.sum(axis=0), M * np.matrix(w).T)
    use(np.diff(a), np.diff(v, axis=0), np.average(a), np.average(a, axis=0, weights=w), np.average(a, weights=b))
    use(np.convolve(v, w, "same"), np.correlate(v, w, "valid"), np.linalg.norm(v, np.inf), np.linalg.norm(a, axis=1, keepdims=True))
    use(np.einsum("ij,jk,kl->il", A, A, A), np.tensordot(a, b, axes=([0, 1], [0, 1])), np.kron(w, v), np.linalg.multi_dot([A, A, A]))
    use(np.cumsum(a, axis=1), np.nanmean(a, axis=1), np.std(a, 0, ddof=1, keepdims=True), np.median(a, axis=1), np.clip(a, None, 1))
    use(np.abs(np.fft.fft(v) * 2), np.fft.ifft(np.fft.fft(v)).real)
    use(sum(x * y for x, y in zip(v, v)), sum(a), max(v), list(map(np.sum, a)), np.array(tuple(map(float, v))), round(float(v[2]), 2))


for group in (moves, several, ufuncs, writes, numbers):
    rng = np.random.RandomState(0)
    group(rng.randn(3, 4), rng.randn(3, 4), rng.randn(4), rng.randn(3), rng.randn(3, 3), np.array([2, 0, 1]), rng.randint(0, 3, (3, 4)),
          rng.randn(3, 4) > 0)
    print(group.__name__, repr(float(total)))
