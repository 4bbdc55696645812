# Regresion ordinal (logit acumulado) para la calidad de un vino, 1..5
# Umbrales ordenados: u_1 = c_1, u_k = u_{k-1} + exp(c_k).   Descenso con Nesterov.
import numpy as np

azar = np.random.default_rng(33)
K = 5


def sigma(t):
    return 0.5 * (1 + np.tanh(0.5 * t))


def generar(n):
    x = azar.standard_normal((n, 6))
    x[:, 1] = 0.7 * x[:, 0] + 0.7 * x[:, 1]
    latente = x @ np.array([1.2, -0.8, 0.5, 0.0, 0.9, 0.0]) + azar.logistic(size=n)
    return x, np.digitize(latente, [-2.5, -0.7, 0.8, 2.4])        # clases 0..4


def umbrales(c):
    return np.cumsum(np.concatenate([c[:1], np.exp(c[1:])]))


def probabilidades(x, beta, c):
    u = umbrales(c)
    acum = sigma(u[None, :] - (x @ beta)[:, None])                 # P(y <= k)
    n = len(x)
    borde = np.hstack([np.zeros((n, 1)), acum, np.ones((n, 1))])
    return borde[:, 1:] - borde[:, :-1], borde


def perdida(x, y, beta, c, lam):
    p, _ = probabilidades(x, beta, c)
    return -np.mean(np.log(p[np.arange(len(y)), y])) + lam * beta @ beta


def gradiente(x, y, beta, c, lam):
    n = len(y)
    fila = np.arange(n)
    p, borde = probabilidades(x, beta, c)
    py = p[fila, y]
    dens = borde * (1 - borde)                 # derivada de la sigmoide; 0 en los extremos
    sup, inf = dens[fila, y + 1], dens[fila, y]
    # d(-log p)/d eta, con eta = x beta
    g_eta = (sup - inf) / py / n
    g_beta = x.T @ g_eta + 2 * lam * beta
    g_u = np.zeros(K - 1)
    for k in range(K - 1):
        g_u[k] = (-(sup / py)[y == k].sum() + (inf / py)[y == k + 1].sum()) / n
    cola = np.cumsum(g_u[::-1])[::-1]          # cada c_k mueve todos los umbrales desde k
    g_c = cola.copy()
    g_c[1:] *= np.exp(c[1:])
    return g_beta, g_c


def kappa_cuadratica(a, b):
    O = np.zeros((K, K))
    np.add.at(O, (a, b), 1)
    w = (np.arange(K)[:, None] - np.arange(K)) ** 2
    E = np.outer(O.sum(1), O.sum(0)) / len(a)
    return 1 - (w * O).sum() / (w * E).sum()


x, y = generar(500)
xp, yp = generar(400)
media, desv = x.mean(0), x.std(0)
x, xp = (x - media) / desv, (xp - media) / desv

beta, c = np.zeros(6), np.array([-1.0, 0.0, 0.0, 0.0])
vb, vc = np.zeros_like(beta), np.zeros_like(c)
tasa, m, lam = 0.15, 0.9, 1e-3
for paso in range(301):
    gb, gc = gradiente(x, y, beta + m * vb, c + m * vc, lam)       # gradiente en el punto adelantado
    vb = m * vb - tasa * gb
    vc = m * vc - tasa * gc
    beta = beta + vb
    c = c + vc
    if paso % 50 == 0:
        print('paso %3d  perdida %.5f' % (paso, perdida(x, y, beta, c, lam)))

pred = probabilidades(xp, beta, c)[0].argmax(1)
print('coeficientes', beta.round(3))
print('umbrales', umbrales(c).round(3))
print('prueba: exactitud %.3f, error absoluto %.3f, kappa %.3f' % (
    (pred == yp).mean(), np.abs(pred - yp).mean(), kappa_cuadratica(pred, yp)))
