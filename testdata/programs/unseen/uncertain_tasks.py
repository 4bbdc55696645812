import numpy as np
from dataclasses import dataclass, field


@dataclass
class Tensor:
    """A weight with its gradient and the two Adadelta averages."""
    value: np.ndarray
    grad: np.ndarray = None
    seen: np.ndarray = field(init=False)
    moved: np.ndarray = field(init=False)

    def __post_init__(self):
        self.seen = np.zeros_like(self.value)
        self.moved = np.zeros_like(self.value)

    def step(self, rho=0.9, eps=1e-4):
        self.seen = rho * self.seen + (1 - rho) * self.grad ** 2
        delta = -np.sqrt(self.moved + eps) / np.sqrt(self.seen + eps) * self.grad
        self.moved = rho * self.moved + (1 - rho) * delta ** 2
        self.value = self.value + delta


rng = np.random.default_rng(2)
x = rng.normal(size=(60, 3))
price = (x @ np.array([1.0, -1.0, 0.5]) + 0.5 * rng.normal(size=60))[:, None]
sold = (np.sin(x[:, :1]) + x[:, 1:2] > 0).astype(float)
trunk, lift = Tensor(rng.normal(0, 0.6, (3, 7))), Tensor(np.zeros(7))
reg_head, cls_head = Tensor(rng.normal(0, 0.4, (7, 1))), Tensor(rng.normal(0, 0.4, (7, 1)))
log_var = Tensor(np.array([0.5, -0.2]))
for epoch in range(10):
    shared = np.tanh(x @ trunk.value + lift.value)
    guess = shared @ reg_head.value
    logit = shared @ cls_head.value
    square = np.mean((guess - price) ** 2)
    cross = np.mean(np.logaddexp(0, logit) - sold * logit)
    precision = np.exp(-log_var.value)
    loss = 0.5 * precision[0] * square + precision[1] * cross + 0.5 * log_var.value.sum()

    dguess = precision[0] * (guess - price) / 60
    dlogit = precision[1] * (1 / (1 + np.exp(-logit)) - sold) / 60
    log_var.grad = 0.5 - precision * np.array([0.5 * square, cross])
    reg_head.grad = shared.T @ dguess
    cls_head.grad = shared.T @ dlogit
    dshared = dguess @ reg_head.value.T + dlogit @ cls_head.value.T
    dpre = dshared * (1 - shared ** 2)
    trunk.grad = x.T @ dpre
    lift.grad = dpre.sum(axis=0)
    for tensor in (trunk, lift, reg_head, cls_head, log_var):
        tensor.step()
    print(epoch, loss)
