import numpy as np
np.random.seed(66)
users, items, rank = 12, 9, 3
R = np.random.randint(1, 6, (users, items)).astype(float)
M = np.random.rand(users, items) < 0.6
P, Q = np.random.normal(scale=.3, size=(users, rank)), np.random.normal(scale=.3, size=(rank, items))
bu, bi = np.zeros((users, 1)), np.zeros((1, items))
mu = R[M].mean()
reg, lr = .05, .01

def objective():
    E = M * (R - (mu + bu + bi + P.dot(Q)))
    return (E ** 2).sum() + reg * ((P ** 2).sum() + (Q ** 2).sum() + (bu ** 2).sum() + (bi ** 2).sum()), E

for it in range(10):
    J, E = objective()
    dP = -2 * E.dot(Q.T) + 2 * reg * P
    dQ = -2 * P.T.dot(E) + 2 * reg * Q
    dbu = -2 * E.sum(axis=1, keepdims=True) + 2 * reg * bu
    dbi = -2 * E.sum(axis=0, keepdims=True) + 2 * reg * bi
    P, Q = P - lr * dP, Q - lr * dQ
    bu, bi = bu - lr * dbu, bi - lr * dbi
    if it % 3 == 0:
        print(it, J, np.sqrt((objective()[1] ** 2).sum() / M.sum()))
