"""numpy.linalg.svd of 70,000 symmetric 2x2 matrices, as one SHA-256.

The digest in svd2_test.go is what this prints with NumPy 1.24.2 on OpenBLAS
0.3.21 under

    OPENBLAS_CORETYPE=SkylakeX python3 svd2.py

on a CPU with AVX-512. Kernels that do not fuse give another one. The matrices
are made of exact or correctly rounded operations only, on draws of RandomState.
"""
import hashlib

import numpy as np

N = 10_000
r = np.random.RandomState(2)


def wide():
    """Uniform numbers times 2^-60 ... 2^59."""
    x = r.random_sample(N)
    return np.ldexp(x, r.randint(-60, 60, N))


def symmetric(a, b, d):
    return np.stack([a, b, b, d], 1).reshape(N, 2, 2)


# Gram matrices of two vectors of two elements in (-1, 1).
w, x, y, z = (r.uniform(-1, 1, N) for _ in range(4))
gram = symmetric(w * w + x * x, w * y + x * z, y * y + z * z)
# Small whole numbers: equal variances, singular matrices, zeros.
a, d, b = r.randint(1, 5, N) * 1.0, r.randint(0, 5, N) * 1.0, r.randint(-4, 5, N) * 1.0
whole = symmetric(a, np.where(b * b <= a * d, b, 0), d)
# Variances of any size and a correlation in (-1, 1).
a, d = wide(), wide()
skew = symmetric(a, r.uniform(-1, 1, N) * np.sqrt(a * d), d)
# The same, singular up to rounding.
a, d = wide(), wide()
singular = symmetric(a, np.sqrt(a * d), d)
# Equal variances.
a = r.random_sample(N)
equal = symmetric(a, a * r.uniform(-1, 1, N), a)
# Variances equal or nearly so, and a correlation down to nothing.
a = r.random_sample(N)
d = a * (1 + r.randint(0, 4, N) * 2.0**-52)
close = symmetric(a, np.ldexp(a * r.uniform(-1, 1, N), -r.randint(0, 64, N)), d)
# Variances of very different sizes and a correlation down to 2^-600.
a, d = (np.ldexp(r.random_sample(N) + 1, r.randint(-450, 450, N)) for _ in range(2))
b = np.sqrt(a) * np.sqrt(d) * r.uniform(-1, 1, N)
thin = symmetric(a, np.ldexp(b, -r.randint(0, 600, N)), d)

u, s, v = np.linalg.svd(np.concatenate([gram, whole, skew, singular, equal, close, thin]))
rows = np.concatenate([s, v.reshape(-1, 4)], 1)
print(hashlib.sha256(rows.astype("<f8").tobytes()).hexdigest())
