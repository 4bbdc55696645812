from dataclasses import dataclass, field

import numpy as np


@dataclass
class Config:
    vocab: int = 7
    embed: int = 5
    hidden: int = 9
    batch: int = 10
    steps: int = 50
    lr: float = 0.04
    log_every: int = 10
    clip: float = 0.5


@dataclass
class Param:
    value: np.ndarray
    grad: np.ndarray = field(default=None)
    m: np.ndarray = field(default=None)
    v: np.ndarray = field(default=None)

    def __post_init__(self):
        self.grad, self.m, self.v = (np.zeros_like(self.value) for _ in range(3))


class Tagger:
    """Embedding -> Elman RNN -> tag per token.  Padded batches, batch first.

    The tag of a token is the parity of the token before it plus its own.
    """

    def __init__(self, cfg, rng):
        V, E, H = cfg.vocab, cfg.embed, cfg.hidden
        self.E = Param(rng.normal(scale=0.6, size=(V, E)))
        self.Wx = Param(rng.normal(scale=E ** -0.5, size=(E, H)))
        self.Wh = Param(rng.normal(scale=H ** -0.5, size=(H, H)))
        self.b = Param(np.zeros(H))
        self.Wo = Param(rng.normal(scale=H ** -0.5, size=(H, 2)))
        self.bo = Param(np.zeros(2))
        self.h0 = Param(np.zeros((1, H)))

    def parameters(self):
        return [self.E, self.Wx, self.Wh, self.b, self.Wo, self.bo, self.h0]

    def forward(self, tokens, mask):
        B, T = tokens.shape
        h = np.repeat(self.h0.value, B, axis=0)
        self.tokens, self.mask, self.states = tokens, mask, [h]
        self.emb = self.E.value[tokens]
        self.fresh = []
        for t in range(T):
            new = np.tanh(self.emb[:, t] @ self.Wx.value + h @ self.Wh.value + self.b.value)
            keep = mask[:, t, None]
            h = keep * new + (1 - keep) * h        # padding (on the left) keeps the state
            self.fresh.append(new)
            self.states.append(h)
        self.top = np.stack(self.states[1:], axis=1)
        return self.top @ self.Wo.value + self.bo.value

    def loss(self, logits, tags):
        shifted = logits - logits.max(-1, keepdims=True)
        logp = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
        picked = np.take_along_axis(logp, tags[..., None], axis=-1)[..., 0]
        total = self.mask.sum()
        loss = -(picked * self.mask).sum() / total
        dlogits = np.exp(logp)
        np.put_along_axis(dlogits, tags[..., None], np.take_along_axis(dlogits, tags[..., None], -1) - 1, -1)
        return loss, dlogits * self.mask[..., None] / total

    def backward(self, dlogits):
        T = self.tokens.shape[1]
        self.Wo.grad += np.tensordot(self.top, dlogits, axes=([0, 1], [0, 1]))
        self.bo.grad += dlogits.sum(axis=(0, 1))
        dtop = dlogits @ self.Wo.value.T
        demb = np.zeros_like(self.emb)
        dh = np.zeros_like(self.states[0])
        for t in range(T)[::-1]:
            dh = dh + dtop[:, t]
            keep = self.mask[:, t, None]
            dpre = keep * dh * (1 - self.fresh[t] ** 2)
            self.Wx.grad += self.emb[:, t].T @ dpre
            self.Wh.grad += self.states[t].T @ dpre
            self.b.grad += dpre.sum(axis=0)
            demb[:, t] = dpre @ self.Wx.value.T
            dh = dpre @ self.Wh.value.T + (1 - keep) * dh
        self.h0.grad += dh.sum(axis=0, keepdims=True)
        np.add.at(self.E.grad, self.tokens, demb)


def batch_of(cfg, rng, longest=6):
    tokens = rng.integers(0, cfg.vocab, (cfg.batch, longest))
    lengths = rng.integers(2, longest + 1, cfg.batch)
    mask = (np.arange(longest)[::-1] < lengths[:, None]).astype(float)
    before = np.concatenate([np.zeros((cfg.batch, 1)), (tokens * mask)[:, :-1]], axis=1).astype(int)
    return tokens, mask, (tokens + before) % 2


def train(cfg, seed=90):
    rng = np.random.default_rng(seed)
    model = Tagger(cfg, rng)
    for step in range(1, cfg.steps + 1):
        tokens, mask, tags = batch_of(cfg, rng)
        loss, dlogits = model.loss(model.forward(tokens, mask), tags)
        for p in model.parameters():
            p.grad.fill(0)
        model.backward(dlogits)
        norm = np.sqrt(sum((p.grad ** 2).sum() for p in model.parameters()))
        scale = cfg.clip / norm if norm > cfg.clip else 1.0
        for p in model.parameters():
            g = p.grad * scale
            p.m = 0.9 * p.m + 0.1 * g
            p.v = 0.99 * p.v + 0.01 * g * g
            p.value -= cfg.lr * (p.m / (1 - 0.9 ** step)) / (np.sqrt(p.v / (1 - 0.99 ** step)) + 1e-8)
        if step % cfg.log_every == 0:
            print(f"{step:4d}/{cfg.steps} loss={loss:.4f}")
    return model


tagger = train(Config())
