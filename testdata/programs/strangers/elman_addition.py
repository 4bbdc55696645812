# Elman-Netz lernt die binaere Addition (niederwertigstes Bit zuerst)
# Uebungsblatt 7, Neuronale Netze
import numpy as np

np.random.seed(11)

BITS = 8
STAPEL = 32
VERSTECKT = 12
LERNRATE = 0.15
SCHRITTE = 700
MAX_NORM = 5.0


def sigmoide(z):
    return 1.0 / (1.0 + np.exp(-z))


def erzeuge_stapel(anzahl):
    a = np.random.randint(0, 2 ** (BITS - 1), anzahl)
    b = np.random.randint(0, 2 ** (BITS - 1), anzahl)
    summe = a + b
    eingabe = np.zeros((BITS, anzahl, 2))
    ziel = np.zeros((BITS, anzahl, 1))
    for t in range(BITS):
        eingabe[t, :, 0] = (a >> t) & 1
        eingabe[t, :, 1] = (b >> t) & 1
        ziel[t, :, 0] = (summe >> t) & 1
    return eingabe, ziel


def initialisiere():
    gew = {}
    gew["U"] = np.random.randn(2, VERSTECKT) * 0.5
    gew["W"] = np.random.randn(VERSTECKT, VERSTECKT) * 0.3
    gew["b"] = np.zeros(VERSTECKT)
    gew["V"] = np.random.randn(VERSTECKT, 1) * 0.5
    gew["c"] = np.zeros(1)
    return gew


def vorwaerts(gew, eingabe):
    anzahl = eingabe.shape[1]
    h = np.zeros((BITS + 1, anzahl, VERSTECKT))
    y = np.zeros((BITS, anzahl, 1))
    for t in range(BITS):
        h[t + 1] = np.tanh(eingabe[t] @ gew["U"] + h[t] @ gew["W"] + gew["b"])
        y[t] = sigmoide(h[t + 1] @ gew["V"] + gew["c"])
    return h, y


def kosten(y, ziel):
    y = np.clip(y, 1e-10, 1 - 1e-10)
    verlust = -(ziel * np.log(y) + (1 - ziel) * np.log(1 - y))
    return verlust.sum() / (BITS * ziel.shape[1])


def rueckwaerts(gew, eingabe, ziel, h, y):
    anzahl = eingabe.shape[1]
    grad = {name: np.zeros_like(wert) for name, wert in gew.items()}
    dh_naechst = np.zeros((anzahl, VERSTECKT))
    for t in range(BITS - 1, -1, -1):
        dy = (y[t] - ziel[t]) / (BITS * anzahl)
        grad["V"] += h[t + 1].T @ dy
        grad["c"] += dy.sum(axis=0)
        dh = dy @ gew["V"].T + dh_naechst
        da = dh * (1 - h[t + 1] ** 2)
        grad["U"] += eingabe[t].T @ da
        grad["W"] += h[t].T @ da
        grad["b"] += da.sum(axis=0)
        dh_naechst = da @ gew["W"].T
    return grad


def begrenze(grad, max_norm):
    norm = np.sqrt(sum((g ** 2).sum() for g in grad.values()))
    if norm > max_norm:
        for name in grad:
            grad[name] = grad[name] * (max_norm / norm)
    return norm


def adagrad(gew, grad, speicher, rate):
    for name in gew:
        speicher[name] += grad[name] ** 2
        gew[name] -= rate * grad[name] / (np.sqrt(speicher[name]) + 1e-8)


gewichte = initialisiere()
speicher = {name: np.zeros_like(wert) for name, wert in gewichte.items()}
test_eingabe, test_ziel = erzeuge_stapel(200)

for schritt in range(1, SCHRITTE + 1):
    eingabe, ziel = erzeuge_stapel(STAPEL)
    h, y = vorwaerts(gewichte, eingabe)
    verlust = kosten(y, ziel)
    grad = rueckwaerts(gewichte, eingabe, ziel, h, y)
    norm = begrenze(grad, MAX_NORM)
    adagrad(gewichte, grad, speicher, LERNRATE)
    if schritt % 70 == 0:
        _, y_test = vorwaerts(gewichte, test_eingabe)
        richtig = np.mean(np.all((y_test > 0.5) == (test_ziel > 0.5), axis=0))
        print("Schritt %4d  Verlust %.6f  Norm %.4f  ganze Zahlen richtig %.2f"
              % (schritt, verlust, norm, richtig))
