# LSTM from scratch, following the blog post "LSTM by hand" -- one sample at a time.
# task: read 6 numbers, output their sum after the last one
import numpy as np
import random

random.seed(0)
np.random.seed(0)


def sigmoid(x):
    return 1. / (1 + np.exp(-x))


class LstmParam:
    def __init__(self, mem_cell_ct, x_dim):
        concat_len = x_dim + mem_cell_ct
        self.wg, self.wi, self.wf, self.wo = [
            np.random.uniform(-0.4, 0.4, (mem_cell_ct, concat_len)) for _ in range(4)]
        self.bg = np.zeros(mem_cell_ct)
        self.bi = np.zeros(mem_cell_ct)
        self.bf = np.ones(mem_cell_ct)     # forget gate open in the beginning
        self.bo = np.zeros(mem_cell_ct)
        self.wy = np.random.uniform(-0.4, 0.4, mem_cell_ct)
        self.by = 0.0
        self.reset_diffs()

    def reset_diffs(self):
        self.wg_diff, self.wi_diff = np.zeros_like(self.wg), np.zeros_like(self.wi)
        self.wf_diff, self.wo_diff = np.zeros_like(self.wf), np.zeros_like(self.wo)
        self.bg_diff, self.bi_diff = np.zeros_like(self.bg), np.zeros_like(self.bi)
        self.bf_diff, self.bo_diff = np.zeros_like(self.bf), np.zeros_like(self.bo)
        self.wy_diff = np.zeros_like(self.wy)
        self.by_diff = 0.0

    def apply_diff(self, lr):
        for name in ['wg', 'wi', 'wf', 'wo', 'bg', 'bi', 'bf', 'bo', 'wy', 'by']:
            d = np.clip(getattr(self, name + '_diff'), -5, 5)
            setattr(self, name, getattr(self, name) - lr * d)
        self.reset_diffs()


class LstmNode:
    """ one time step; keeps everything the backward pass needs """

    def __init__(self, param):
        self.p = param

    def forward(self, x, s_prev, h_prev):
        self.s_prev = s_prev
        self.xc = np.hstack((x, h_prev))
        self.g = np.tanh(np.dot(self.p.wg, self.xc) + self.p.bg)
        self.i = sigmoid(np.dot(self.p.wi, self.xc) + self.p.bi)
        self.f = sigmoid(np.dot(self.p.wf, self.xc) + self.p.bf)
        self.o = sigmoid(np.dot(self.p.wo, self.xc) + self.p.bo)
        self.s = self.g * self.i + s_prev * self.f
        self.tanh_s = np.tanh(self.s)
        self.h = self.tanh_s * self.o
        return self.s, self.h

    def backward(self, dh, ds_next):
        # ds_next: carried along the constant error carousel
        ds = self.o * dh * (1 - self.tanh_s ** 2) + ds_next
        do = self.tanh_s * dh
        di = self.g * ds
        dg = self.i * ds
        df = self.s_prev * ds
        # through the non-linearities
        di_in = (1. - self.i) * self.i * di
        df_in = (1. - self.f) * self.f * df
        do_in = (1. - self.o) * self.o * do
        dg_in = (1. - self.g ** 2) * dg
        self.p.wi_diff += np.outer(di_in, self.xc)
        self.p.wf_diff += np.outer(df_in, self.xc)
        self.p.wo_diff += np.outer(do_in, self.xc)
        self.p.wg_diff += np.outer(dg_in, self.xc)
        self.p.bi_diff += di_in
        self.p.bf_diff += df_in
        self.p.bo_diff += do_in
        self.p.bg_diff += dg_in
        dxc = np.dot(self.p.wi.T, di_in)
        dxc += np.dot(self.p.wf.T, df_in)
        dxc += np.dot(self.p.wo.T, do_in)
        dxc += np.dot(self.p.wg.T, dg_in)
        return dxc[len(dxc) - len(self.s):], ds * self.f


def run(param, seq):
    n = len(param.wy)
    s, h = np.zeros(n), np.zeros(n)
    nodes = []
    for value in seq:
        node = LstmNode(param)
        s, h = node.forward(np.array([value]), s, h)
        nodes.append(node)
    return nodes, np.dot(param.wy, h) + param.by


def sample_loss(param, seq, target):
    nodes, y = run(param, seq)
    err = y - target
    # backward through time, only the last step has an output
    param.wy_diff += err * nodes[-1].h
    param.by_diff += err
    dh = err * param.wy
    ds = np.zeros(len(param.wy))
    for node in reversed(nodes):
        dh, ds = node.backward(dh, ds)
    return 0.5 * err ** 2


def make(n):
    seqs = [[random.uniform(-1, 1) for _ in range(6)] for _ in range(n)]
    return [(q, sum(q)) for q in seqs]


train, test = make(60), make(20)
param = LstmParam(8, 1)
for epoch in range(12):
    random.shuffle(train)
    total = 0
    for seq, target in train:
        total += sample_loss(param, seq, target)
        param.apply_diff(0.08)
    if epoch % 3 == 0 or epoch == 11:
        print("epoch", epoch, "loss %.6f" % (total / len(train)))
print("test mse %.6f" % np.mean([(run(param, q)[1] - t) ** 2 for q, t in test]))
