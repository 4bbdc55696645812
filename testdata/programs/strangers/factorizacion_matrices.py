# Sistema de recomendacion: factorizacion de matrices con sesgos
# (descenso por gradiente estocastico, calificacion a calificacion)
import numpy as np

semilla = np.random.RandomState(9)
n_usuarios, n_peliculas, n_factores = 40, 30, 4

# calificaciones sinteticas entre 1 y 5
gusto = semilla.normal(0, 0.8, (n_usuarios, 3))
estilo = semilla.normal(0, 0.8, (n_peliculas, 3))
generoso = semilla.normal(0, 0.5, n_usuarios)
calidad = semilla.normal(0, 0.5, n_peliculas)
completa = 3.4 + generoso[:, None] + calidad[None, :] + gusto @ estilo.T
completa = np.clip(completa + semilla.normal(0, 0.15, completa.shape), 1, 5)

datos = []
for u in range(n_usuarios):
    for i in range(n_peliculas):
        if semilla.rand() < 0.5:
            datos.append((u, i, completa[u, i]))
semilla.shuffle(datos)
corte = int(len(datos) * 0.85)
entrenamiento, prueba = datos[:corte], datos[corte:]


class Recomendador:
    def __init__(self, tasa=0.02, regularizacion=0.03):
        self.tasa = tasa
        self.reg = regularizacion
        self.P = semilla.normal(0, 0.1, (n_usuarios, n_factores))
        self.Q = semilla.normal(0, 0.1, (n_peliculas, n_factores))
        self.bu = np.zeros(n_usuarios)
        self.bi = np.zeros(n_peliculas)
        self.media = 0.0

    def predecir(self, u, i):
        return self.media + self.bu[u] + self.bi[i] + self.P[u] @ self.Q[i]

    def costo(self, u, i, r):
        error = self.predecir(u, i) - r
        castigo = self.bu[u] ** 2 + self.bi[i] ** 2 + self.P[u] @ self.P[u] + self.Q[i] @ self.Q[i]
        return 0.5 * error ** 2 + 0.5 * self.reg * castigo

    def gradientes(self, u, i, r):
        error = self.predecir(u, i) - r
        d_bu = error + self.reg * self.bu[u]
        d_bi = error + self.reg * self.bi[i]
        d_p = error * self.Q[i] + self.reg * self.P[u]
        d_q = error * self.P[u] + self.reg * self.Q[i]
        return d_bu, d_bi, d_p, d_q

    def paso(self, u, i, r):
        d_bu, d_bi, d_p, d_q = self.gradientes(u, i, r)
        self.bu[u] -= self.tasa * d_bu
        self.bi[i] -= self.tasa * d_bi
        self.P[u] -= self.tasa * d_p
        self.Q[i] -= self.tasa * d_q

    def rmse(self, lista):
        suma = 0.0
        for u, i, r in lista:
            suma += (self.predecir(u, i) - r) ** 2
        return np.sqrt(suma / len(lista))

    def entrenar(self, lista, validacion, epocas=30):
        self.media = np.mean([r for _, _, r in lista])
        costos = []
        for epoca in range(1, epocas + 1):
            orden = semilla.permutation(len(lista))
            total = 0.0
            for k in orden:
                u, i, r = lista[k]
                total += self.costo(u, i, r)
                self.paso(u, i, r)
            costos.append(total / len(lista))
            if epoca % 10 == 0:
                self.tasa *= 0.7
            if epoca % 3 == 0:
                print("Epoca {:2d}: costo {:.5f}  rmse entrenamiento {:.5f}  rmse prueba {:.5f}".format(
                    epoca, costos[-1], self.rmse(lista), self.rmse(validacion)))
        return costos


modelo = Recomendador()
historial = modelo.entrenar(entrenamiento, prueba)
