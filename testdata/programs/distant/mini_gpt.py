# A very small decoder-only transformer: x[t+1] = (x[t] + x[t-1]) mod 7, varying length.
import math
import numpy as np

rs = np.random.RandomState(3)
IGNORE = -1

class Param:
    def __init__(self, value, decay=False):
        self.data = value
        self.grad = np.zeros_like(value)
        self.decay = decay

class Module:
    def parameters(self):
        for v in self.__dict__.values():
            for item in (v if isinstance(v, list) else [v]):
                if isinstance(item, Param):
                    yield item
                elif isinstance(item, Module):
                    yield from item.parameters()

class Linear(Module):
    def __init__(self, n_in, n_out, std=0.15):
        self.w = Param(rs.randn(n_in, n_out) * std, decay=True)
        self.b = Param(np.zeros(n_out))

    def forward(self, x):
        self.x = x
        return x @ self.w.data + self.b.data

    def backward(self, dy):
        flat_x = self.x.reshape(-1, self.x.shape[-1])
        flat_dy = dy.reshape(-1, dy.shape[-1])
        self.w.grad += flat_x.T @ flat_dy
        self.b.grad += flat_dy.sum(0)
        return dy @ self.w.data.T

class LayerNorm(Module):
    def __init__(self, n, eps=1e-5):
        self.g, self.b, self.eps = Param(np.ones(n)), Param(np.zeros(n)), eps

    def forward(self, x):
        mu = x.mean(-1, keepdims=True)
        self.rstd = 1.0 / np.sqrt(x.var(-1, keepdims=True) + self.eps)
        self.xhat = (x - mu) * self.rstd
        return self.g.data * self.xhat + self.b.data

    def backward(self, dy):
        self.g.grad += (dy * self.xhat).sum((0, 1))
        self.b.grad += dy.sum((0, 1))
        d = dy * self.g.data
        return self.rstd * (d - d.mean(-1, keepdims=True)
                            - self.xhat * (d * self.xhat).mean(-1, keepdims=True))

class CausalSelfAttention(Module):
    def __init__(self, d, heads):
        self.h, self.dh = heads, d // heads
        self.qkv = Linear(d, 3 * d)
        self.proj = Linear(d, d)

    def forward(self, x):
        B, T, D = x.shape
        qkv = self.qkv.forward(x).reshape(B, T, 3, self.h, self.dh)
        self.q, self.k, self.v = (qkv[:, :, i].transpose(0, 2, 1, 3) for i in range(3))
        att = np.einsum("bhid,bhjd->bhij", self.q, self.k) / math.sqrt(self.dh)
        att = np.where(np.tril(np.ones((T, T), bool)), att, -1e9)
        att = np.exp(att - att.max(-1, keepdims=True))
        self.a = att / att.sum(-1, keepdims=True)
        y = np.einsum("bhij,bhjd->bhid", self.a, self.v)
        return self.proj.forward(y.transpose(0, 2, 1, 3).reshape(B, T, D))

    def backward(self, dout):
        B, T, D = dout.shape
        dy = self.proj.backward(dout).reshape(B, T, self.h, self.dh).transpose(0, 2, 1, 3)
        dv = np.einsum("bhij,bhid->bhjd", self.a, dy)
        da = np.einsum("bhid,bhjd->bhij", dy, self.v)
        ds = self.a * (da - (da * self.a).sum(-1, keepdims=True))
        ds /= math.sqrt(self.dh)
        dq = np.einsum("bhij,bhjd->bhid", ds, self.k)
        dk = np.einsum("bhij,bhid->bhjd", ds, self.q)
        dqkv = np.stack([z.transpose(0, 2, 1, 3) for z in (dq, dk, dv)], axis=2)
        return self.qkv.backward(dqkv.reshape(B, T, 3 * D))

class Block(Module):
    def __init__(self, d, heads):
        self.ln1, self.attn = LayerNorm(d), CausalSelfAttention(d, heads)
        self.ln2, self.fc = LayerNorm(d), Linear(d, 2 * d)
        self.out = Linear(2 * d, d)

    def forward(self, x):
        x = x + self.attn.forward(self.ln1.forward(x))
        self.r = np.maximum(self.fc.forward(self.ln2.forward(x)), 0)
        return x + self.out.forward(self.r ** 2)          # squared ReLU

    def backward(self, dx):
        dhid = 2 * self.r * self.out.backward(dx)
        dx = dx + self.ln2.backward(self.fc.backward(dhid))
        return dx + self.ln1.backward(self.attn.backward(dx))

class GPT(Module):
    def __init__(self, vocab, ctx, d=16, heads=2, layers=2):
        self.wte = Param(rs.randn(vocab, d) * 0.3, decay=True)   # shared with the output head
        self.wpe = Param(rs.randn(ctx, d) * 0.1)
        self.blocks = [Block(d, heads) for _ in range(layers)]
        self.lnf = LayerNorm(d)

    def forward(self, idx):
        self.idx = idx
        x = self.wte.data[idx] + self.wpe.data[:idx.shape[1]]
        for b in self.blocks:
            x = b.forward(x)
        self.hf = self.lnf.forward(x)
        return self.hf @ self.wte.data.T

    def backward(self, dlogits):
        self.wte.grad += np.einsum("btv,btd->vd", dlogits, self.hf)
        dx = self.lnf.backward(dlogits @ self.wte.data)
        for b in reversed(self.blocks):
            dx = b.backward(dx)
        np.add.at(self.wte.grad, self.idx, dx)
        self.wpe.grad[:dx.shape[1]] += dx.sum(0)

def cross_entropy(logits, targets):
    keep = targets != IGNORE
    z = logits - logits.max(-1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(-1, keepdims=True))
    safe = np.where(keep, targets, 0)
    picked = np.take_along_axis(logp, safe[..., None], -1)[..., 0]
    d = np.exp(logp)
    np.put_along_axis(d, safe[..., None], np.take_along_axis(d, safe[..., None], -1) - 1, -1)
    d *= keep[..., None] / keep.sum()
    return -(picked * keep).sum() / keep.sum(), d

class AdamW:
    def __init__(self, params, betas=(0.9, 0.98), eps=1e-8, wd=0.05):
        self.params, self.betas, self.eps, self.wd, self.t = params, betas, eps, wd, 0
        self.m, self.v = ([np.zeros_like(p.data) for p in params] for _ in range(2))

    def step(self, lr, max_norm=1.0):
        norm = math.sqrt(sum((p.grad ** 2).sum() for p in self.params))
        shrink = min(1.0, max_norm / (norm + 1e-12))
        self.t += 1
        b1, b2 = self.betas
        for p, m, v in zip(self.params, self.m, self.v):
            if p.decay:
                p.data -= lr * self.wd * p.data
            g = p.grad * shrink
            m += (1 - b1) * (g - m)
            v += (1 - b2) * (g ** 2 - v)
            p.data -= lr * (m / (1 - b1 ** self.t)) / (np.sqrt(v / (1 - b2 ** self.t)) + self.eps)
            p.grad[...] = 0
        return norm

def batch(n, ctx, mod=7):
    seq = np.zeros((n, ctx + 1), dtype=int)
    seq[:, :2] = rs.randint(0, mod, (n, 2))
    for t in range(2, ctx + 1):
        seq[:, t] = (seq[:, t - 1] + seq[:, t - 2]) % mod
    x, y = seq[:, :-1].copy(), seq[:, 1:].copy()
    lengths = rs.randint(ctx // 2, ctx + 1, n)
    pad = np.arange(ctx)[None, :] >= lengths[:, None]
    x[pad] = mod                      # PAD token
    y[pad] = IGNORE
    y[:, 0] = IGNORE                  # second token is random
    return x, y

def main(steps=150, ctx=10, peak=0.02, warmup=15):
    model = GPT(vocab=8, ctx=ctx)
    opt = AdamW(list(model.parameters()))
    for it in range(steps):
        x, y = batch(24, ctx)
        loss, dlogits = cross_entropy(model.forward(x), y)
        model.backward(dlogits)
        lr = peak * min((it + 1) / warmup, 0.5 * (1 + math.cos(math.pi * it / steps)))
        norm = opt.step(lr)
        if it % 25 == 0 or it == steps - 1:
            print(f"{it:4d} | loss {loss:.4f} | grad norm {norm:.3f} | lr {lr:.5f}")
    x, y = batch(200, ctx)
    pred = model.forward(x).argmax(-1)
    print("next-token accuracy", (pred == y)[y != IGNORE].mean().round(4))

if __name__ == "__main__":
    main()
