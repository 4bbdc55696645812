# Red neuronal de dos capas ocultas, sin clases. Problema: y = x1 XOR x2 XOR x3
import numpy as np
np.random.seed(99)
entradas = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)], dtype=float)
salidas = (entradas.sum(axis=1) % 2).reshape(8, 1)
tasa = 0.9
inercia = 0.5
pesos1 = 4 * np.random.random((3, 6)) - 2
pesos2 = 4 * np.random.random((6, 4)) - 2
pesos3 = 4 * np.random.random((4, 1)) - 2
sesgo1, sesgo2, sesgo3 = np.zeros(6), np.zeros(4), np.zeros(1)
previo1 = previo2 = previo3 = 0

def sigmoide(x, derivada=False):
    if derivada:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

for vuelta in range(12):
    capa1 = sigmoide(np.dot(entradas, pesos1) + sesgo1)
    capa2 = sigmoide(np.dot(capa1, pesos2) + sesgo2)
    capa3 = sigmoide(np.dot(capa2, pesos3) + sesgo3)
    error = salidas - capa3
    costo = (error ** 2).sum() / 2
    delta3 = error * sigmoide(capa3, derivada=True)
    delta2 = delta3.dot(pesos3.T) * sigmoide(capa2, derivada=True)
    delta1 = delta2.dot(pesos2.T) * sigmoide(capa1, derivada=True)
    cambio3 = tasa * capa2.T.dot(delta3) + inercia * previo3
    cambio2 = tasa * capa1.T.dot(delta2) + inercia * previo2
    cambio1 = tasa * entradas.T.dot(delta1) + inercia * previo1
    pesos3 += cambio3
    pesos2 += cambio2
    pesos1 += cambio1
    sesgo3 += tasa * delta3.sum(axis=0)
    sesgo2 += tasa * delta2.sum(axis=0)
    sesgo1 += tasa * delta1.sum(axis=0)
    previo1, previo2, previo3 = cambio1, cambio2, cambio3
    if vuelta % 3 == 0:
        print('vuelta', vuelta, 'costo', costo)
