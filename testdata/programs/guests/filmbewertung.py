# -*- coding: utf-8 -*-
"""Empfehlungssystem: Matrixfaktorisierung mit Nutzer- und Filmbias (SGD pro Bewertung).
Fruehes Stoppen auf Validierungsdaten, danach Rueckkehr zum besten Stand."""
import numpy as np

zufall = np.random.RandomState(2024)
ANZ_NUTZER, ANZ_FILME, RANG = 80, 60, 4


def erzeuge_bewertungen(anteil):
    geschmack = zufall.randn(ANZ_NUTZER, 3)
    genre = zufall.randn(ANZ_FILME, 3)
    b_n = 0.5 * zufall.randn(ANZ_NUTZER)
    b_f = 0.6 * zufall.randn(ANZ_FILME)
    wert = 3.2 + b_n[:, None] + b_f[None, :] + 0.45 * geschmack @ genre.T
    wert += 0.3 * zufall.randn(*wert.shape)
    gesehen = zufall.rand(ANZ_NUTZER, ANZ_FILME) < anteil
    n, f = np.nonzero(gesehen)
    return np.column_stack([n, f]), np.clip(np.round(wert[n, f] * 2) / 2, 0.5, 5.0)


class Faktormodell:
    def __init__(self, mittel, rang, strafe):
        self.mittel = mittel
        self.strafe = strafe
        self.P = 0.1 * zufall.randn(ANZ_NUTZER, rang)
        self.Q = 0.1 * zufall.randn(ANZ_FILME, rang)
        self.bn = np.zeros(ANZ_NUTZER)
        self.bf = np.zeros(ANZ_FILME)

    def vorhersage(self, n, f):
        return self.mittel + self.bn[n] + self.bf[f] + np.sum(self.P[n] * self.Q[f], axis=-1)

    def einzelverlust(self, n, f, r):
        """1/2 Fehler^2 + 1/2 Strafe * (Norm der beteiligten Parameter)"""
        e = r - self.vorhersage(n, f)
        norm = self.bn[n] ** 2 + self.bf[f] ** 2 + self.P[n] @ self.P[n] + self.Q[f] @ self.Q[f]
        return 0.5 * e ** 2 + 0.5 * self.strafe * norm

    def schritt(self, n, f, r, rate):
        e = r - self.vorhersage(n, f)
        p_alt = self.P[n].copy()
        self.bn[n] += rate * (e - self.strafe * self.bn[n])
        self.bf[f] += rate * (e - self.strafe * self.bf[f])
        self.P[n] += rate * (e * self.Q[f] - self.strafe * self.P[n])
        self.Q[f] += rate * (e * p_alt - self.strafe * self.Q[f])

    def rmse(self, paare, r):
        return np.sqrt(np.mean((r - self.vorhersage(paare[:, 0], paare[:, 1])) ** 2))

    def zustand(self):
        return [a.copy() for a in (self.P, self.Q, self.bn, self.bf)]

    def lade(self, z):
        self.P, self.Q, self.bn, self.bf = [a.copy() for a in z]


paare, noten = erzeuge_bewertungen(0.35)
misch = zufall.permutation(len(noten))
paare, noten = paare[misch], noten[misch]
n1, n2 = int(0.7 * len(noten)), int(0.85 * len(noten))
lern, wahl, test = slice(0, n1), slice(n1, n2), slice(n2, None)

modell = Faktormodell(noten[lern].mean(), RANG, strafe=0.06)
print('nur Mittelwert: RMSE %.4f' % modell.rmse(paare[test], noten[test]))
bester, bester_stand, geduld = np.inf, None, 0
rate = 0.03
for runde in range(1, 101):
    for i in zufall.permutation(n1):
        modell.schritt(paare[i, 0], paare[i, 1], noten[i], rate)
    rate *= 0.985
    v = modell.rmse(paare[wahl], noten[wahl])
    if v < bester - 1e-4:
        bester, bester_stand, geduld = v, modell.zustand(), 0
    else:
        geduld += 1
    if runde % 10 == 0:
        print('Runde %3d: Lern-RMSE %.4f  Wahl-RMSE %.4f' % (runde, modell.rmse(paare[lern], noten[lern]), v))
    if geduld == 6:
        print('Abbruch nach Runde', runde)
        break

modell.lade(bester_stand)
print('bester Stand: Wahl-RMSE %.4f, Test-RMSE %.4f' % (bester, modell.rmse(paare[test], noten[test])))
