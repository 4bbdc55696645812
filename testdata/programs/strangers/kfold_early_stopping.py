# validacion cruzada con k particiones; en cada particion se para a tiempo
# y se recuperan los mejores pesos
import numpy as np

rng = np.random.default_rng(1234)
n, d, k = 240, 6, 4
X_todo = rng.normal(size=(n, d)) * np.array([1, 5, 0.2, 2, 1, 1]) + np.array([0, 3, 1, 0, 0, -2])
z = X_todo[:, 0] + 0.4 * X_todo[:, 1] - 1.2 + 4 * (X_todo[:, 2] - 1) * X_todo[:, 3]
cuentas = rng.poisson(np.exp(np.clip(0.5 * z, -3, 2.3))).astype(float)[:, None]


def poisson_nll(log_tasa, y):
    """sin el termino log(y!), que no depende de los pesos"""
    return np.mean(np.exp(log_tasa) - y * log_tasa)


def iniciar(semilla):
    r = np.random.default_rng(semilla)
    return {"W": r.normal(size=(d, 14)) / np.sqrt(d), "w0": np.zeros((1, 14)),
            "V": r.normal(size=(14, 1)) * 0.1, "v0": np.zeros((1, 1))}


def adelante(q, X):
    H = np.tanh(X @ q["W"] + q["w0"])
    return H, H @ q["V"] + q["v0"]


def gradiente(q, X, y, ridge):
    H, s = adelante(q, X)
    ds = (np.exp(s) - y) / len(y)
    dH = ds @ q["V"].T * (1 - H ** 2)
    return {"V": H.T @ ds + ridge * q["V"], "v0": ds.sum(0, keepdims=True),
            "W": X.T @ dH + ridge * q["W"], "w0": dH.sum(0, keepdims=True)}


def recortar(gr, tope):
    largo = np.sqrt(sum(np.sum(v ** 2) for v in gr.values()))
    factor = 1.0 if largo <= tope else tope / largo
    return {nombre: factor * v for nombre, v in gr.items()}


partes = np.array_split(rng.permutation(n), k)
notas = []
for j in range(k):
    fuera = partes[j]
    dentro = np.concatenate([partes[i] for i in range(k) if i != j])
    # una parte de "dentro" decide cuando parar; "fuera" solo da la nota final
    vigila, aprende = dentro[:36], dentro[36:]
    m, s = X_todo[aprende].mean(0), X_todo[aprende].std(0)
    norm = lambda filas: (X_todo[filas] - m) / s

    q = iniciar(j)
    suma2 = {nombre: np.full_like(v, 1e-3) for nombre, v in q.items()}
    mejor, mejor_q, espera = np.inf, None, 0
    for epoca in range(200):
        for lote in np.array_split(rng.permutation(aprende), 6):
            gr = recortar(gradiente(q, norm(lote), cuentas[lote], 1e-3), 2.0)
            for nombre in q:
                suma2[nombre] += gr[nombre] ** 2
                q[nombre] -= 0.1 * gr[nombre] / np.sqrt(suma2[nombre])
        ahora = poisson_nll(adelante(q, norm(vigila))[1], cuentas[vigila])
        if ahora < mejor:
            mejor, espera = ahora, 0
            mejor_q = {nombre: v.copy() for nombre, v in q.items()}
        else:
            espera += 1
            if espera == 12:
                break
    q = mejor_q
    nota = poisson_nll(adelante(q, norm(fuera))[1], cuentas[fuera])
    base = poisson_nll(np.full((len(fuera), 1), np.log(cuentas[aprende].mean())), cuentas[fuera])
    notas.append(nota)
    print(f"particion {j + 1}: {epoca + 1:3d} epocas, vigilancia {mejor:.5f}, fuera {nota:.5f} (constante {base:.5f})")
print(f"media {np.mean(notas):.5f} +- {np.std(notas, ddof=1) / np.sqrt(k):.5f}")
