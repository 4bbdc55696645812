"""What the recorder must do, one function each: run in a child process of its
own, with a program made from BASE by replacing a line or two.

    checks.py RECORDER SOLUTIONS     prints "ok NAME" or "not ok NAME: reason"
"""
import atexit
import contextlib
import gc
import inspect
import io
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
import traceback
import types
import weakref

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.dont_write_bytecode = True
import numpy as np

import judge

RECORDER, SOLUTIONS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sys.path[:0] = [os.path.dirname(RECORDER), SOLUTIONS]
import glassbox_record as gr

BASE = '''
import numpy as np

class Linear(object):
    def __init__(self, n_in, n_out):
        self.params = {'weight': rng.randn(n_in, n_out) * 0.7, 'bias': 0.1 * rng.randn(n_out)}
        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}
    def forward(self, x):
        """z from x"""
        self.x = x
        return np.dot(x, self.params['weight']) + self.params['bias']
    def backward(self, dout):
        self.grads['weight'] = np.dot(self.x.T, dout)
        self.grads['bias'] = np.sum(dout, axis=0)
        return np.dot(dout, self.params['weight'].T)
    def update(self, rate):
        self.params['weight'] -= rate * self.grads['weight']
        self.params['bias'] -= rate * self.grads['bias']
    __call__ = forward

class ReLU(object):
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)
    def backward(self, dout):
        return dout * (self.x > 0)
    __call__ = forward

class SoftMax(object):
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        return e / np.sum(e, axis=1, keepdims=True)
    def backward(self, dout):
        return dout
    __call__ = forward

class CrossEntropy(object):
    def forward(self, x, y):
        return -np.sum(y * np.log(x + 1e-7)) / len(x)
    def backward(self, x, y):
        return (x - y) / len(x)
    __call__ = forward

class MLP(object):
    def __init__(self, sizes):
        self.layers = []
        for a, b in zip(sizes, sizes[1:]):
            self.layers += [Linear(a, b), ReLU()]
        self.layers[-1] = SoftMax()
        self.loss = CrossEntropy()
    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x
    def backward(self, dout):
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
    def linears(self):
        return [l for l in self.layers if isinstance(l, Linear)]
'''


def program(*swaps):
    """BASE as a module, with pairs (old, new) replaced; each must occur."""
    source = BASE
    for old, new in swaps:
        assert old in source, old
        source = source.replace(old, new)
    m = types.ModuleType("student")
    m.rng = np.random.RandomState(1)
    exec(source, m.__dict__)
    return m


def data(n=24, features=2, classes=2, seed=3):
    rng = np.random.RandomState(seed)
    labels = rng.randint(0, classes, n)
    y = np.zeros((n, classes))
    y[np.arange(n), labels] = 1
    return rng.randn(n, features), y, labels


def step(net, x, y, rate=0.1):
    p = net.forward(x)
    value = net.loss.forward(p, y)
    net.backward(net.loss.backward(p, y))
    for l in net.linears():
        l.update(rate)
    return value


def train(m, steps=5, sizes=(2, 6, 2), n=24, each=None):
    x, y, _ = data(n, sizes[0], sizes[-1])
    net = m.MLP(list(sizes))
    for t in range(steps):
        step(net, x, y)
        net.forward(x[:3])  # an evaluation
        if each:
            each(net, t)
    return net


def start(m, path="t.npz", **kwargs):
    gr.record(m, path, **kwargs)


def trace(path="t.npz"):
    """Steps and meta of a trace that is right in every tensor."""
    steps, meta, lr = judge.load(path)
    wrong = judge.first_wrong(steps, meta, lr)
    assert wrong is None, "wrong: %s, notes %s" % (wrong, meta["notes"])
    assert not meta["notes"], meta["notes"]
    return steps, meta


def full(steps, layers=2):
    """Every tensor of the agreement is there, in its shape."""
    for t in steps.values():
        n, c = t["p"].shape
        for k in range(1, layers + 1):
            i, o = t["W%d" % k].shape
            for name, shape in (("W", (i, o)), ("b", (1, o)), ("z", (n, o)), ("dz", (n, o)), ("dW", (i, o)), ("db", (1, o))):
                assert t[name + str(k)].shape == shape, (name, k, t[name + str(k)].shape, shape)
            for name, shape in (("W", (i, o)), ("b", (1, o))):
                assert t["%s%d_new" % (name, k)].shape == shape and t["%s%d_next" % (name, k)].shape == shape
            if k < layers:
                assert t["h%d" % k].shape == (n, o) and t["dh%d" % k].shape == (n, o)
        assert t["x"].shape == (n, t["W1"].shape[0]) and len(t["y"]) == n and t["loss"].size in (1, n)


# 1. Updates in place: what is recorded are copies.
def copies_everything():
    m = program(("np.maximum(x, 0)", "np.maximum(x, 0, out=x)"),
                ("self.grads['weight'] = np", "self.grads['weight'][:] = np"),
                ("self.grads['bias'] = np", "self.grads['bias'][:] = np"))
    start(m)
    batch = np.empty((24, 2))
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        batch[:] = x + t
        step(net, batch, y)
    steps, _ = trace()
    full(steps)
    assert sorted(steps) == [0, 1, 2]
    assert not np.array_equal(steps[0]["x"], steps[1]["x"])


# 2. A module that changes its argument is seen to do so.
def argument_changed_is_noted():
    m = program(("return dout * (self.x > 0)", "dout[self.x <= 0] = 0\n        return dout"))
    start(m)
    train(m)
    steps, meta = trace()
    assert meta["changed_in_place"] == [{"call": "ReLU.backward", "tensor": "dh1", "steps": [0, 1, 2]}], meta["changed_in_place"]
    assert any((t["dh1"] != t["dz1"]).any() for t in steps.values())


def cached_input_changed_is_noted():
    """The batch's buffer is overwritten by an evaluation before backward."""
    m = program()
    start(m)
    x, y, _ = data()
    net, batch = m.MLP([2, 6, 2]), np.empty((24, 2))
    for t in range(5):
        batch[:] = x
        p = net.forward(batch)
        batch[:] = 0
        net.backward(net.loss.backward(p, y))
        for l in net.linears():
            l.update(0.1)
    steps, meta, _ = judge.load("t.npz")
    assert judge.first_wrong(steps, meta) == (0, "dW1")
    assert meta["input_changed"] == [{"call": "before Linear.backward", "tensor": "x", "steps": [0, 1, 2]}], meta


def labels_that_differ_are_noted():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(4):
        p = net.forward(x)
        net.loss.forward(p, y)
        net.backward(net.loss.backward(p, np.roll(y, 1, axis=0)))
        for l in net.linears():
            l.update(0.1)
    steps, meta, _ = judge.load("t.npz")
    assert judge.first_wrong(steps, meta) == (0, "dz2")
    assert meta["labels_differ"] == [{"call": "CrossEntropy.backward", "tensor": "y", "steps": [0, 1, 2]}]


# 3. Classes stay what they are; only their methods are wrapped.
def classes_are_never_replaced():
    m = program()
    before = {n: c for n, c in vars(m).items() if isinstance(c, type)}
    star = dict(vars(m))
    methods = {(c, n): f for c in before.values() for n, f in c.__dict__.items()}
    old = m.Linear(2, 3)
    start(m)
    assert all(vars(m)[n] is c for n, c in before.items())
    assert m.Linear.forward is not methods[m.Linear, "forward"]
    assert m.Linear.__dict__["__call__"] is m.Linear.__dict__["forward"]
    assert inspect.signature(m.Linear.forward) == inspect.signature(methods[m.Linear, "forward"])
    assert m.Linear.forward.__doc__ == "z from x" and m.Linear.forward.__qualname__ == "Linear.forward"
    assert isinstance(old, star["Linear"]) and "Linear" in str(type(old))
    train(types.SimpleNamespace(**star), steps=8)
    trace()
    for (c, n), f in methods.items():
        assert c.__dict__[n] is f, "%s.%s is not restored" % (c, n)


def the_very_object_is_returned():
    seen = []
    m = program(("        return np.maximum(x, 0)", "        out = np.maximum(x, 0)\n        seen.append(out)\n        return out"))
    m.seen = seen
    start(m)
    out = m.ReLU().forward(np.ones((2, 2)))
    assert out is seen[0]
    assert m.ReLU()(np.ones((2, 2))) is seen[1]


def call_aliases():
    for swap in ([], [("    __call__ = forward", "    def __call__(self, *a):\n        return self.forward(*a)")]):
        m = program(("x = layer.forward(x)", "x = layer(x)"), *swap)
        start(m, "t%d.npz" % len(swap))
        train(m)
        full(trace("t%d.npz" % len(swap))[0])


def subclasses_old_and_new():
    m = program()

    class Noisy(m.Linear):
        def forward(self, x):
            return super().forward(x) + 0.0

        def backward(self, dout):
            return super().backward(dout)
    start(m)

    class Late(m.ReLU):
        def forward(self, x):
            self.x = x
            return np.where(x > 0, x, 0.0)
    m.Linear, m.ReLU = Noisy, Late
    train(m)
    steps, meta = trace()
    full(steps)
    assert meta["layers"][0]["linear"] == "Noisy" and meta["layers"][0]["then"] == ["Late"], meta["layers"]


def static_methods():
    m = program(("class SoftMax(object):\n    def forward(self, x):", "class SoftMax(object):\n    @staticmethod\n    def forward(x):"),
                ("    def backward(self, dout):\n        return dout\n    __call__ = forward\n\nclass Cross",
                 "    @classmethod\n    def backward(cls, dout):\n        return dout\n\nclass Cross"))
    raw = m.SoftMax.__dict__["forward"], m.SoftMax.__dict__["backward"]
    start(m)
    assert isinstance(m.SoftMax.__dict__["forward"], staticmethod)
    train(m)
    full(trace()[0])
    assert (m.SoftMax.__dict__["forward"], m.SoftMax.__dict__["backward"]) == raw


# 4. A module, a package, a namespace, classes; layers known by what they have.
def anything_with_the_classes():
    ways = {
        "module": lambda m: m,
        "dict": lambda m: dict(vars(m), other=3, np=np),
        "list": lambda m: [m.Linear, m.ReLU, m.SoftMax, m.CrossEntropy],
        "class and module": lambda m: [m.MLP, m],
        "module of modules": lambda m: types.SimpleNamespace(modules=m, os=os),
    }
    for name, way in ways.items():
        m = program()
        start(way(m), name + ".npz")
        train(m)
        full(trace(name + ".npz")[0])


def a_package():
    m = program()
    m.__name__ = "pack.modules"
    pack = types.ModuleType("pack")
    pack.__path__ = []
    sys.modules["pack"], sys.modules["pack.modules"] = pack, m
    start(pack)
    train(m)
    full(trace()[0])


def names_do_not_matter():
    m = program(("class Linear(object)", "class Affine(object)"), ("class ReLU(object)", "class Bend(object)"),
                ("class SoftMax(object)", "class ToProbabilities(object)"), ("class CrossEntropy(object)", "class Surprise(object)"),
                ("class MLP(", "class Net("), ("[Linear(a, b), ReLU()]", "[Affine(a, b), Bend()]"), ("= SoftMax()", "= ToProbabilities()"),
                ("= CrossEntropy()", "= Surprise()"), ("isinstance(l, Linear)", "isinstance(l, Affine)"))
    m.MLP = m.Net
    start(m)
    train(m)
    steps, meta = trace()
    full(steps)
    assert meta["loss_class"] == "Surprise"


def leaky_slopes():
    """As an attribute of the class or the object, as a default argument, or as
    a LeakyReLU shows it."""
    old = BASE[BASE.index("class ReLU"):BASE.index("class SoftMax")]
    new = """class LeakyReLU(object):
    HEAD
    def forward(self, xARG):
        self.x = x
        return np.where(x > 0, x, SLOPE * x)
    def backward(self, dout):
        return np.where(self.x > 0, dout, BACK * dout)

"""
    for i, (head, arg, slope, back, value) in enumerate((
            ("a = 0.1", "", "self.a", "self.a", 0.1),
            ("def __init__(self, negative_slope=0.2): self.negative_slope = negative_slope", "", "self.negative_slope", "self.negative_slope", 0.2),
            ("", ", leak=0.3", "leak", "0.3", 0.3), ("", "", "0.03", "0.03", 0.03))):
        m = program((old, new.replace("HEAD", head).replace("ARG", arg).replace("SLOPE", slope).replace("BACK", back)),
                    ("b), ReLU()]", "b), LeakyReLU()]"))
        start(m, "%d.npz" % i)
        if i < 3:  # declared, whatever the numbers
            assert gr._active.slope(m.LeakyReLU(), 0, []) == value
        train(m)
        _, meta = trace("%d.npz" % i)
        got = meta["layers"][0]["slope"]
        assert got == value if i < 3 else abs(got - value) < 1e-9, meta["layers"]
        assert meta["leaky_slopes"] == {"1": got}


def other_modules_on_the_way():
    """A module behind the ReLU: z is what the first one receives, h what the
    next Linear receives."""
    m = program(("class SoftMax(object):", "class Keep(object):\n    def forward(self, x):\n        return x * 1.0\n    def backward(self, dout):\n        return dout * 1.0\n\nclass SoftMax(object):"),
                ("[Linear(a, b), ReLU()]", "[Linear(a, b), ReLU(), Keep()]"), ("self.layers[-1] = SoftMax()", "self.layers[-2:] = [SoftMax()]"))
    start(m)
    train(m)
    steps, meta = trace()
    full(steps)
    assert meta["layers"][0]["then"] == ["ReLU", "Keep"] and (steps[0]["z1"] < 0).any()


def slope_of_a_plain_relu_is_no_excuse():
    m = program(("return np.maximum(x, 0)", "return np.where(x > 0, x, 0.01 * x)"))
    start(m)
    train(m)
    steps, meta, _ = judge.load("t.npz")
    assert "slope" not in meta["layers"][0] and judge.first_wrong(steps, meta) == (0, "h1")


# 5. Notebooks: written when the last tensor is there, by save(), once.
def written_without_exit():
    m = program()
    start(m)
    train(m, steps=4)
    full(trace()[0])
    assert trace()[1]["written"] == "complete"


def written_even_if_no_step_follows():
    m = program()
    start(m)
    train(m, steps=3)  # the process may be killed here
    steps, _ = trace()
    assert sorted(steps) == [0, 1, 2] and "W1_new" not in steps[2] and "W1_next" in steps[1]


def saved_on_request():
    m = program()
    start(m, steps=range(100))
    train(m, steps=7)
    assert gr.save() == os.path.abspath("t.npz")
    steps, meta = trace()
    assert sorted(steps) == list(range(7)) and meta["written"] == "save()"
    assert "W1_new" in steps[6] and "W1_next" not in steps[6] and meta.get("update_not_seen") is None


def saved_before_the_update_and_after_the_end():
    m = program()
    start(m, steps=range(4))
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(6):
        p = net.forward(x)
        net.loss.forward(p, y)
        net.backward(net.loss.backward(p, y))
        if t == 2:
            gr.save()
            steps, meta = trace()
            assert sorted(steps) == [0, 1, 2] and "W1_new" not in steps[2] and meta["update_not_seen"] == [2]
        for l in net.linears():
            l.update(0.1)
    full(trace()[0])
    assert not hasattr(m.Linear.forward, "__wrapped__")
    assert gr.save() == os.path.abspath("t.npz")
    assert sorted(trace()[0]) == [0, 1, 2, 3]


def written_at_exit():
    m = program()
    start(m, steps=range(100))
    train(m, steps=7)
    assert not os.path.exists("t.npz")
    atexit._run_exitfuncs()
    steps, meta = trace()
    assert sorted(steps) == list(range(7)) and meta["written"] == "exit"
    assert "W1_new" in steps[6]


def installing_twice():
    m = program()
    start(m)
    once = m.Linear.forward
    start(m)
    start(m, "other.npz")
    start([m.ReLU])
    assert m.Linear.forward is once
    train(m)
    trace()
    assert not os.path.exists("other.npz")
    at = os.stat("t.npz").st_mtime_ns
    start(m)  # the cell is run again: the trace is there
    assert not hasattr(m.Linear.forward, "__wrapped__")
    train(m)
    assert os.stat("t.npz").st_mtime_ns == at


def new_classes_are_recorded_anew():
    first = program()
    start(first)
    train(first)
    a = trace()[0]
    second = program(("* 0.7", "* 0.6"))  # the cell with the classes was changed and run again
    start(second)
    train(second)
    b = trace()[0]
    assert not np.array_equal(a[0]["W1"], b[0]["W1"])
    start(second, "third.npz")
    train(second)
    trace("third.npz")


def the_file_appears_whole():
    m = program()
    start(m, "t.npz", steps=range(40))
    seen = []
    train(m, steps=45, each=lambda net, t: seen.append(os.listdir(".")))
    assert all(set(names) <= {"t.npz"} for names in seen), seen
    assert sorted(trace()[0]) == list(range(40))


# 6. Several models: the first that trains.
def first_model_that_trains():
    m = program()
    start(m)
    x, y, _ = data()
    nets = [m.MLP([2, 2, 2]) for _ in range(3)]
    for t in range(6):
        nets[0].forward(x)  # never trains
        step(nets[1], x, y)
        step(nets[2], x, y)
    steps, meta = trace()
    assert sorted(steps) == [0, 1, 2]
    assert meta["models"] == 3, meta["models"]
    assert meta["others_trained"] > 0


def models_side_by_side():
    """Two of one shape, their calls interleaved."""
    m = program()
    start(m)
    (x, y, _), (u, v, _) = data(), data(seed=8)
    a, b = m.MLP([2, 2, 2]), m.MLP([2, 2, 2])
    for t in range(6):
        p, q = a.forward(x), b.forward(u)
        b.loss.forward(q, v)
        a.loss.forward(p, y)
        db, da = b.loss.backward(q, v), a.loss.backward(p, y)
        a.backward(da)
        b.backward(db)
        for l in b.linears() + a.linears():
            l.update(0.1)
        a.forward(x[:3])
    steps, _ = trace()
    full(steps)
    assert np.array_equal(steps[2]["x"], x) and np.array_equal(steps[2]["y"], y)


def models_interleaved_without_softmax():
    m = program(("class CrossEntropy(object):\n", "class CrossEntropy(object):\n    def __init__(self): self.s = SoftMax.forward\n"),
                ("    def forward(self, x, y):\n", "    def forward(self, x, y):\n        x = self.p = np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)\n"),
                ("    def backward(self, x, y):\n", "    def backward(self, x, y):\n        x = np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True)\n"),
                ("self.layers[-1] = SoftMax()", "self.layers.pop()"))
    start(m)
    (x, y, _), (u, v, _) = data(), data(seed=8)
    a, b = m.MLP([2, 2, 2]), m.MLP([2, 2, 2])
    step(a, x, y)
    for t in range(6):
        p = a.forward(x)
        q = b.forward(u)
        b.loss.forward(q, v)
        b.loss.backward(q, v)
        a.loss.forward(p, y)
        a.backward(a.loss.backward(p, y))
        for l in a.linears():
            l.update(0.1)
        a.forward(x[:3])
    steps, meta = trace()
    full(steps)
    assert np.array_equal(steps[2]["y"], y) and meta["layers"][1]["then"] == [], meta["layers"]


def models_one_after_another():
    m = program()
    start(m, steps=range(3))
    first = train(m, steps=2)
    want = first.linears()[0].params["weight"].copy()
    for _ in range(3):
        train(m, steps=4)
    assert not os.path.exists("t.npz")
    gr.save()
    steps, meta = trace()
    assert sorted(steps) == [0, 1] and np.array_equal(steps[1]["W1_new"], want)
    assert meta["models"] == 4


def ids_stay_unique():
    """Many short-lived arrays: a freed output's id must not be taken for it."""
    m = program()
    start(m, steps=range(60))
    x, y, _ = data()
    net = m.MLP([2, 2, 2])
    for t in range(62):
        for _ in range(t % 7):
            net.forward(np.array(x[:t % 5 + 1]))
        step(net, np.array(x), np.array(y))
    steps, _ = trace()
    assert sorted(steps) == list(range(60))
    full(steps)


# 7. Evaluations: a step is a pass that a backward follows.
def evaluations_everywhere():
    m = program()
    start(m)
    x, y, _ = data()
    test, test_y, _ = data(n=24, seed=9)
    net = m.MLP([2, 6, 2])
    for t in range(8):
        p = net.forward(x)
        caches = [l.x for l in net.layers if hasattr(l, "x")]
        q = net.forward(test)          # as many rows as the batch
        net.loss.forward(q, test_y)
        net.loss.forward(p, y)
        for l, c in zip([l for l in net.layers if hasattr(l, "x")], caches):
            l.x = c
        net.backward(net.loss.backward(p, y))
        if t % 2:
            net.forward(test[:7])
        for l in net.linears():
            l.update(0.1)
        net.forward(test[:5])
    steps, meta = trace()
    full(steps)
    idle = meta["passes_without_backward"]
    assert idle and {"before_step": 0, "rows": 24, "passes": 1, "inside_step": True, "loss_taken": True, "all_right": idle[0]["all_right"]} == idle[0]
    assert [e["rows"] for e in idle if e["before_step"] == 2] == [7, 5, 24], idle


def gradient_without_a_loss_object():
    """dz = p − y stands in the loop: the pass is found by what it gives."""
    m = program()
    start(m)
    x, y, _ = data()
    other, _, _ = data(seed=11)
    net = m.MLP([2, 6, 2])
    for t in range(5):
        keep = net.forward(x)
        caches = [(l, l.x) for l in net.layers if hasattr(l, "x")]
        net.forward(other)
        for l, c in caches:
            l.x = c
        net.backward((keep - y) / len(x))
        for l in net.linears():
            l.update(0.1)
    steps, meta, _ = judge.load("t.npz")
    assert np.array_equal(steps[0]["x"], x) and "y" not in steps[0], list(steps[0])
    for t in steps.values():
        t["y"] = y
    assert judge.first_wrong(steps, meta) is None


def evaluations_beside_a_wrong_gradient():
    """The pass is known by the gradient's identity, whatever its numbers."""
    m = program(("return (x - y) / len(x)", "return x * x - y"))
    start(m)
    x, y, _ = data()
    other, _, _ = data(seed=11)
    net = m.MLP([2, 6, 2])
    for t in range(5):
        keep = net.forward(x)
        caches = [(l, l.x) for l in net.layers if hasattr(l, "x")]
        net.forward(other)
        for l, c in caches:
            l.x = c
        net.backward(net.loss.backward(keep, y))
        for l in net.linears():
            l.update(0.01)
    steps, meta, _ = judge.load("t.npz")
    assert np.array_equal(steps[0]["x"], x) and judge.first_wrong(steps, meta) == (0, "dz2")


def many_evaluations():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        for row in range(100):
            net.forward(x[row % 24:row % 24 + 1])
            assert len(gr._active.open) <= 64
        step(net, x, y)
    steps, meta = trace()
    full(steps)
    assert sum(e["passes"] for e in meta["passes_without_backward"] if e["before_step"] == 1) == 100, meta["passes_without_backward"]


# 8. Labels and gradients come in many ways.
def labels_in_many_ways():
    ce = BASE[BASE.index("class CrossEntropy"):BASE.index("class MLP")]
    numbers = ce.replace("y * np.log(x + 1e-7)", "np.log(x[np.arange(len(x)), y] + 1e-7)").replace(
        "(x - y)", "(x - np.eye(x.shape[1])[y])")
    stored = '''class CrossEntropy(object):
    def forward(self, x, y):
        self.x, self.y = x, y
        return (-np.sum(y * np.log(x + 1e-7)) / len(x), None)
    def backward(self):
        return (self.x - self.y) / len(self.x), self.y
'''
    tup = BASE.replace(ce, stored)
    x, y, labels = data()
    cases = [("one-hot", [], y, False), ("int one-hot", [], y.astype(np.int64), False), ("bool one-hot", [(
        "(x - y)", "(x - 1.0 * y)")], y.astype(bool), False),
        ("numbers", [(ce, numbers)], labels, False), ("column of numbers", [(ce, numbers.replace("y]", "y[:, 0]]"))], labels[:, None], False),
        ("list", [(ce, numbers.replace("x, y):", "x, y):\n        y = np.array(y)"))], list(labels), False), ("kept", [(ce, stored)], y, True)]
    for name, swaps, given, tupled in cases:
        m = program(*swaps)
        start(m, name + ".npz")
        net = m.MLP([2, 6, 2])
        for t in range(5):
            p = net.forward(x)
            net.loss.forward(p, given)
            d = net.loss.backward()[0] if tupled else net.loss.backward(p, given)
            net.backward(d)
            for l in net.linears():
                l.update(0.1)
        steps, meta = trace(name + ".npz")
        full(steps)
        assert steps[0]["y"].ndim == (1 if "number" in name or name == "list" else 2), name


def labels_through_backward_only():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        net.backward(net.loss.backward(net.forward(x), y))
        for l in net.linears():
            l.update(0.1)
    steps, _ = trace()
    assert np.array_equal(steps[0]["y"], y) and "loss" not in steps[0]


def labels_through_the_mlp():
    m = program(("    def backward(self, dout):\n        for layer",
                 "    def backward(self, y):\n        dout = (self.p - y) / len(y)\n        for layer"),
                ("            x = layer.forward(x)\n        return x", "            x = layer.forward(x)\n        self.p = x\n        return x"))
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        net.forward(x)
        net.backward(y)
        for l in net.linears():
            l.update(0.1)
    steps, _ = trace()
    assert np.array_equal(steps[0]["y"], y)


def losses_of_all_kinds():
    one = "return -np.sum(y * np.log(x + 1e-7)) / len(x)"
    for name, new in (("array", "return -np.sum(y * np.log(x + 1e-7), axis=1)"), ("float", "return float(-np.sum(y * np.log(x + 1e-7)) / len(x))"),
                      ("tuple", "return -np.sum(y * np.log(x + 1e-7)) / len(x), 0.5"), ("0-d", "return np.array(-np.sum(y * np.log(x + 1e-7)) / len(x))"),
                      ("matrix", "return -np.sum(y * np.log(x + 1e-7), axis=1, keepdims=True)")):
        m = program((one, new))
        start(m, name + ".npz")
        train(m)
        steps, _ = trace(name + ".npz")
        full(steps)
        assert steps[0]["loss"].shape == ((24, 1) if name in ("array", "matrix") else (1, 1)), steps[0]["loss"].shape


def softmax_in_the_loss_by_a_module():
    m = program(("class CrossEntropy(object):\n", "class CrossEntropy(object):\n    def __init__(self): self.s = SoftMax()\n"),
                ("    def forward(self, x, y):\n", "    def forward(self, x, y):\n        x = self.s.forward(x)\n"),
                ("    def backward(self, x, y):\n", "    def backward(self, x, y):\n        x = self.s.forward(x)\n"),
                ("self.layers[-1] = SoftMax()", "self.layers.pop()"))
    start(m)
    train(m)
    full(trace()[0])


# 9. Parameters under any name, rebound, an int at first, x among them.
def parameter_names():
    pairs = [("self.params['W']", "self.params['b']", "self.grads['W']", "self.grads['b']"),
             ("self.w", "self.b", "self.dw", "self.db"), ("self.W", "self.bias", "self.grad_W", "self.grad_bias"),
             ("self.weights", "self.biases", "self.dweights", "self.dbiases"), ("self.weight", "self.bias", "self.weight_grad", "self.bias_grad"),
             ("self.W1", "self.b1", "self.dW1", "self.db1"), ("self._w", "self._b", "self._dw", "self._db"),
             ("self.p['w']", "self.p['b']", "self.g['w']", "self.g['b']"), ("self.params['weight']", "self.params['bias']", "self.grads['dweight']", "self.grads['dbias']"),
             ("self.matrix", "self.offset", "self.dmatrix", "self.doffset")]
    for i, (w, b, dw, db) in enumerate(pairs):
        m = program(("        self.params = {'weight': rng.randn(n_in, n_out) * 0.7, 'bias': 0.1 * rng.randn(n_out)}\n"
                     "        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}\n",
                     "        self.params, self.grads, self.p, self.g = {}, {}, {}, {}\n        self.velocity_w = np.ones((n_in, n_out))\n        W = 1\n        B = 2\n"
                     "        self.v = {'weight': np.ones((n_in, n_out)), 'w': np.ones((n_in, n_out))}\n"),
                    ("        W = 1\n", "        %s = rng.randn(n_in, n_out) * 0.7\n" % w), ("        B = 2\n", "        %s = 0.1 * rng.randn(n_out)\n" % b),
                    ("self.params['weight'] -= rate * self.grads['weight']", "AA = AA - rate * CC"),
                    ("self.params['bias'] -= rate * self.grads['bias']", "BB = BB - rate * DD"),
                    ("self.params['weight']", "AA"), ("self.params['bias']", "BB"), ("self.grads['weight']", "CC"), ("self.grads['bias']", "DD"),
                    ("AA", w), ("BB", b), ("CC", dw), ("DD", db))
        start(m, "%d.npz" % i)
        train(m)
        steps, meta, lr = judge.load("%d.npz" % i)
        if "offset" in b:  # a bias of no known name: z shows that it is there
            assert "b1" not in steps[0] and meta["notes"], meta["notes"]
            assert np.ptp(steps[0]["z1"] - steps[0]["x"] @ steps[0]["W1"], axis=0).max() < 1e-12
            continue
        wrong = judge.first_wrong(steps, meta, lr)
        assert wrong is None, (w, wrong, meta["notes"])
        full(steps)


def parameter_objects():
    m = program(("class Linear(object):", "class Parameter(object):\n    def __init__(self, data):\n        self.data, self.grad = data, np.zeros_like(data)\n\nclass Linear(object):"),
                ("        self.params = {'weight': rng.randn(n_in, n_out) * 0.7, 'bias': 0.1 * rng.randn(n_out)}\n"
                 "        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}\n",
                 "        self.weight, self.bias = Parameter(rng.randn(n_in, n_out)), Parameter(np.zeros(n_out))\n"),
                ("self.params['weight']", "self.weight.data"), ("self.params['bias']", "self.bias.data"),
                ("self.grads['weight']", "self.weight.grad"), ("self.grads['bias']", "self.bias.grad"))
    start(m)
    train(m)
    full(trace()[0])


def parameters_in_slots_and_classes():
    m = program(("class Linear(object):\n", "class Linear(object):\n    __slots__ = ('params', 'grads', 'x')\n"))
    start(m)
    train(m)
    full(trace()[0])


def bias_an_int_at_first():
    m = program(("'bias': 0.1 * rng.randn(n_out)}", "'bias': 0}"), ("self.params['bias'] -= rate", "self.params['bias'] = self.params['bias'] - rate"),
                ("'bias': np.zeros(n_out)}", "'bias': 0}"))
    start(m)
    train(m)
    steps, meta = trace()
    full(steps)
    assert meta["layout"]["bias"] == "a number" and not steps[0]["b1"].any()


def input_kept_among_the_parameters():
    m = program(("self.x", "self.params['x']"), ("    def forward(self, x):\n        self.params['x'] = x\n        return np.maximum",
                                                 "    params = {}\n    def forward(self, x):\n        self.params = {'x': x}\n        return np.maximum"))
    start(m)
    train(m, sizes=(2, 2, 2))
    full(trace()[0])


def gradients_returned_in_a_tuple():
    m = program(("        self.grads['weight'] = np.dot(self.x.T, dout)\n        self.grads['bias'] = np.sum(dout, axis=0)\n        return np.dot(dout, self.params['weight'].T)",
                 "        return np.dot(dout, self.params['weight'].T), np.dot(self.x.T, dout), np.sum(dout, axis=0)"),
                (", 'bias': 0.1 * rng.randn(n_out)}\n        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}", ", 'bias': 0.1 * rng.randn(n_out)}"),
                ("            dout = layer.backward(dout)", "            dout = layer.backward(dout)\n            if isinstance(dout, tuple):\n                layer.grads = {'dw': dout[1], 'db': dout[2]}\n                dout = dout[0]"),
                ("rate * self.grads['weight']", "rate * self.grads['dw']"), ("rate * self.grads['bias']", "rate * self.grads['db']"))
    start(m)
    train(m)
    full(trace()[0])


# 10. Layouts, settled by which gives z.
def layouts():
    forward = "return np.dot(x, self.params['weight']) + self.params['bias']"
    dw, db = "np.dot(self.x.T, dout)", "np.sum(dout, axis=0)"
    dx = "np.dot(dout, self.params['weight'].T)"
    init = "'weight': rng.randn(n_in, n_out) * 0.7, 'bias': 0.1 * rng.randn(n_out)"
    axis1 = [("axis=1, keepdims=True", "axis=0, keepdims=True"), ("/ len(x)", "/ x.shape[1]")]
    variants = {
        "rows": [],
        "b 1xn": [(init, init.replace("rng.randn(n_out)", "rng.randn(1, n_out)")), (db, db[:-1] + ", keepdims=True)")],
        "out x in": [(init, init.replace("(n_in, n_out)", "(n_out, n_in)")), (forward, forward.replace("weight']", "weight'].T")),
                     (dw, "np.dot(dout.T, self.x)"), (dx, "np.dot(dout, self.params['weight'])")],
        "columns": axis1 + [(init, init.replace("(n_in, n_out)", "(n_out, n_in)").replace("randn(n_out)", "randn(n_out, 1)")),
                            (forward, "return np.dot(self.params['weight'], x) + self.params['bias']"), (dw, "np.dot(dout, self.x.T)"),
                            (db, "np.sum(dout, axis=1, keepdims=True)"), (dx, "np.dot(self.params['weight'].T, dout)")],
        "columns in x out": axis1 + [(init, init.replace("randn(n_out)", "randn(n_out, 1)")),
                                     (forward, "return np.dot(self.params['weight'].T, x) + self.params['bias']"), (dw, "np.dot(self.x, dout.T)"),
                                     (db, "np.sum(dout, axis=1, keepdims=True)"), (dx, "np.dot(self.params['weight'], dout)")],
        "N x 1 x f": [("axis=1, keepdims=True", "axis=2, keepdims=True"), (dw, "np.tensordot(self.x, dout, ((0, 1), (0, 1)))"), (db, "np.sum(dout, axis=(0, 1))")],
        "N x f x 1": [("axis=1, keepdims=True", "axis=1, keepdims=True"),
                      (init, init.replace("(n_in, n_out)", "(n_out, n_in)").replace("randn(n_out)", "randn(n_out, 1)")),
                      (forward, "return self.params['weight'] @ x + self.params['bias']"), (dw, "np.sum(dout @ self.x.transpose(0, 2, 1), axis=0)"),
                      (dx, "self.params['weight'].T @ dout")],
        "fused last": [("return np.dot(x, self.params['weight']) + self.params['bias']", "self.x = np.hstack((x, np.ones((len(x), 1))))\n        return self.x @ self.theta"),
                       ("self.params = {" + init + "}", "self.theta = rng.randn(n_in + 1, n_out)"), ("self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}", "pass"),
                       ("self.grads['weight'] = " + dw, "self.dtheta = self.x.T @ dout"), ("self.grads['bias'] = " + db, "pass"), (dx, "(dout @ self.theta.T)[:, :-1]"),
                       ("self.params['weight'] -= rate * self.grads['weight']", "self.theta -= rate * self.dtheta"), ("self.params['bias'] -= rate * self.grads['bias']", "pass")],
        "fused first, out x in": [
                       ("return np.dot(x, self.params['weight']) + self.params['bias']", "self.x = np.hstack((np.ones((len(x), 1)), x))\n        return self.x @ self.theta.T"),
                       ("self.params = {" + init + "}", "self.theta = rng.randn(n_out, n_in + 1)"), ("self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}", "pass"),
                       ("self.grads['weight'] = " + dw, "self.dtheta = dout.T @ self.x"), ("self.grads['bias'] = " + db, "pass"), (dx, "(dout @ self.theta)[:, 1:]"),
                       ("self.params['weight'] -= rate * self.grads['weight']", "self.theta -= rate * self.dtheta"), ("self.params['bias'] -= rate * self.grads['bias']", "pass")],
    }
    turn = {"columns": lambda a: a.T.copy(), "columns in x out": lambda a: a.T.copy(), "N x 1 x f": lambda a: a[:, None, :], "N x f x 1": lambda a: a[:, :, None]}
    plain = None
    for name, swaps in variants.items():
        for sizes, n in (((2, 5, 2), 7), ((2, 2, 2), 2), ((3, 3, 3, 3), 3), ((2, 4, 3), 1)):
            m = program(*swaps)
            path = "%s %s %d.npz" % (name, "-".join(map(str, sizes)), n)
            start(m, path)
            x, y, _ = data(n, sizes[0], sizes[-1])
            f = turn.get(name, lambda a: a)
            net = m.MLP(list(sizes))
            for t in range(5):
                step(net, f(x), f(y))
            steps, meta = trace(path)
            full(steps, len(sizes) - 1)
            assert np.array_equal(steps[0]["x"], x) and np.array_equal(steps[0]["y"], y), path
            assert meta["layout"]["settled"] and meta["batch_size"] == n, (path, meta["layout"])


def one_dimensional_samples():
    m = program(("axis=1, keepdims=True", "axis=0, keepdims=True"), ("np.dot(self.x.T, dout)", "np.outer(self.x, dout)"), ("np.sum(dout, axis=0)", "dout"),
                ("/ len(x)", "/ 1"))
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 5, 2])
    for t in range(6):
        step(net, x[t], y[t])
    steps, meta = trace()
    full(steps)
    assert steps[0]["x"].shape == (1, 2) and meta["layout"]["samples"] == "one 1-D sample a call"


def class_number_of_one_sample():
    m = program(("axis=1, keepdims=True", "axis=0, keepdims=True"), ("np.dot(self.x.T, dout)", "np.outer(self.x, dout)"), ("np.sum(dout, axis=0)", "dout"),
                ("-np.sum(y * np.log(x + 1e-7)) / len(x)", "-np.log(x[y] + 1e-7)"), ("(x - y) / len(x)", "x - np.eye(len(x))[y]"))
    start(m)
    x, _, labels = data()
    net = m.MLP([2, 5, 2])
    for t in range(6):
        step(net, x[t], int(labels[t]))
    steps, _ = trace()
    assert [int(t["y"]) for t in steps.values()] == list(labels[:3]) and steps[0]["y"].shape == (1,)


def an_odd_activation_in_the_mlp():
    """What stands between two Linears need not be a ReLU to be the same pass."""
    m = program(("            x = layer.forward(x)\n", "            x = np.abs(x) + 0.1 if isinstance(layer, ReLU) else layer.forward(x)\n"),
                ("            dout = layer.backward(dout)\n", "            dout = dout * np.sign(self.z) if isinstance(layer, ReLU) else layer.backward(dout)\n"),
                ("        for layer in self.layers:\n", "        self.z = x @ self.layers[0].params['weight'] + self.layers[0].params['bias']\n        for layer in self.layers:\n"))
    start(m)
    train(m)
    steps, meta, _ = judge.load("t.npz")
    assert judge.first_wrong(steps, meta) == (0, "h1"), judge.first_wrong(steps, meta)
    full(steps)


# 11. One sample at a time inside a batch.
def per_sample(zero, gather=False, steps=5, batch=6, draw=None):
    swaps = [] if gather else [("self.grads['weight'] = np", "self.grads['weight'] += np"), ("self.grads['bias'] = np", "self.grads['bias'] += np")]
    m = program(*swaps)
    start(m)
    x, y, _ = data()
    rng = np.random.RandomState(5)
    net = m.MLP([2, 5, 2])
    for t in range(steps):
        total = None
        for i in (draw or rng.choice)(len(x), batch):
            p = net.forward(x[i:i + 1])
            net.loss.forward(p, y[i:i + 1])
            net.backward(net.loss.backward(p, y[i:i + 1]))
            if gather:
                g = [l.grads[k].copy() for l in net.linears() for k in ("weight", "bias")]
                total = g if total is None else [a + b for a, b in zip(total, g)]
        for j, l in enumerate(net.linears()):
            if gather:
                l.grads = {"weight": total[2 * j], "bias": total[2 * j + 1]}
            l.update(0.1 / batch)
            if zero:
                l.grads = {k: np.zeros_like(v) for k, v in l.grads.items()}
        net.forward(x[:3])
    return judge.load("t.npz")


def samples_of_a_batch_are_merged():
    steps, meta, lr = per_sample(zero=True)
    assert judge.first_wrong(steps, meta) is None, judge.first_wrong(steps, meta)
    full(steps)
    assert [len(t["x"]) for t in steps.values()] == [6, 6, 6]
    assert [(e["passes"], e["rows"]) for e in meta["merged_passes"]] == [(6, 1)] * 3


def gradients_never_zeroed_show():
    steps, meta, _ = per_sample(zero=False)
    assert judge.first_wrong(steps, meta) == (1, "dW2"), judge.first_wrong(steps, meta)
    assert [len(t["x"]) for t in steps.values()] == [6, 6, 6]


def returned_gradients_gathered_by_the_loop():
    m = program(("        self.grads['weight'] = np.dot(self.x.T, dout)\n        self.grads['bias'] = np.sum(dout, axis=0)\n        return np.dot(dout, self.params['weight'].T)",
                 "        return np.dot(dout, self.params['weight'].T), np.dot(self.x.T, dout), np.sum(dout, axis=0)"),
                ("        self.grads = {'weight': np.zeros((n_in, n_out)), 'bias': np.zeros(n_out)}\n", ""))
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 5, 2])
    l1, relu, l2, softmax = net.layers
    for t in range(6):
        sums = [0, 0, 0, 0]
        for i in range(4 * t, 4 * t + 4):
            p = net.forward(x[i:i + 1])
            d, dw2, db2 = l2.backward(net.loss.backward(p, y[i:i + 1]))
            _, dw1, db1 = l1.backward(relu.backward(d))
            sums = [a + b for a, b in zip(sums, (dw1, db1, dw2, db2))]
        for l, (dw, db) in ((l1, sums[:2]), (l2, sums[2:])):
            l.params = {'weight': l.params['weight'] - 0.1 * dw, 'bias': l.params['bias'] - 0.1 * db}
    gr.save()
    steps, meta = trace()
    assert [len(t["x"]) for t in steps.values()] == [4, 4, 4]


def gradients_gathered_by_the_loop():
    """Backward sets the gradients, the loop adds them up: their sum is recorded."""
    steps, meta, _ = per_sample(zero=False, gather=True, draw=lambda n, b: np.random.RandomState(7).permutation(n)[:b])
    assert judge.first_wrong(steps, meta) is None, judge.first_wrong(steps, meta)
    assert [len(t["x"]) for t in steps.values()] == [6, 6, 6] and meta["gradients_summed_over_passes"] == [0, 1, 2]


def zeroed_gradients_end_a_step():
    """The parameters stay as they are (the rate is 0), but each batch's
    gradients start from nothing."""
    m = program(("self.grads['weight'] = np", "self.grads['weight'] += np"), ("self.grads['bias'] = np", "self.grads['bias'] += np"))
    start(m)
    x, y, _ = data(60)
    net = m.MLP([2, 5, 2])
    for t in range(5):
        step(net, x[12 * t:12 * t + 12], y[12 * t:12 * t + 12], 0.0)
        for l in net.linears():
            l.grads = {k: np.zeros_like(v) for k, v in l.grads.items()}
    gr.save()
    steps, meta, _ = judge.load("t.npz")
    assert [len(t["x"]) for t in steps.values()] == [12, 12, 12], [len(t["x"]) for t in steps.values()]


def backward_twice():
    m = program(("self.grads['weight'] = np", "self.grads['weight'] += np"), ("self.grads['bias'] = np", "self.grads['bias'] += np"))
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        p = net.forward(x)
        d = net.loss.backward(p, y)
        net.layers[2].backward(d)
        net.backward(d * 1)
        net.backward(d)
        net.forward(x[:3])
        for l in net.linears():
            l.update(0.1)
            l.grads = {k: np.zeros_like(v) for k, v in l.grads.items()}
    steps, meta, _ = judge.load("t.npz")
    assert judge.wrong_in({k: v for k, v in steps[0].items() if "_" not in k}, meta) is None
    assert meta["backward_without_forward"] >= 8, meta.get("backward_without_forward")


def a_net_that_never_updates():
    """Full batches whose update does nothing are steps, not one merged step."""
    m = program(("self.params['weight'] -= rate", "self.params['weight'] - rate"), ("self.params['bias'] -= rate", "self.params['bias'] - rate"))
    start(m)
    train(m)
    steps, meta, _ = judge.load("t.npz")
    assert sorted(steps) == [0, 1, 2] and len(steps[0]["x"]) == 24
    assert judge.first_wrong(steps, meta) == (0, "W1_new")


# 12. The update may sit anywhere.
def update_in_backward():
    m = program(("        return np.dot(dout, self.params['weight'].T)", "        dx = np.dot(dout, self.params['weight'].T)\n        self.update(0.1)\n        return dx"),
                ("class MLP(object):", "class MLP(object):\n    lr = 0.1"))
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        p = net.forward(x)
        net.loss.forward(p, y)
        net.backward(net.loss.backward(p, y))
    steps, meta = trace()
    full(steps)
    assert meta["update_inside_backward"] is True


def update_before_dx_is_judged_by_the_old_weights():
    m = program(("        return np.dot(dout, self.params['weight'].T)", "        self.update(0.1)\n        return np.dot(dout, self.params['weight'].T)"))
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        p = net.forward(x)
        net.backward(net.loss.backward(p, y))
    steps, meta, _ = judge.load("t.npz")
    assert judge.first_wrong(steps, meta) == (0, "dh1")
    t = steps[0]
    assert np.allclose(t["dh1"], t["dz2"] @ t["W2_new"].T) and t["W2"].tobytes() != t["W2_new"].tobytes()


def weights_changed_between_forward_and_backward():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        p = net.forward(x)
        for l in net.linears():
            l.update(0.1)  # the last step's gradients
        net.backward(net.loss.backward(p, y))
    steps, meta, _ = judge.load("t.npz")
    assert {e["param"] for e in meta["param_at_backward_differs"]} == {"W1", "b1", "W2", "b2"}, meta["param_at_backward_differs"]
    t = steps[1]
    assert np.allclose(t["z1"], t["x"] @ t["W1"] + t["b1"]) and np.allclose(t["dh1"], t["dz2"] @ t["W2_backward"].T)
    assert "W1_backward" not in steps[0]


def gradients_made_in_update():
    m = program(("        self.grads['weight'] = np.dot(self.x.T, dout)\n        self.grads['bias'] = np.sum(dout, axis=0)\n", "        self.d = dout\n"),
                ("    def update(self, rate):\n", "    def update(self, rate):\n        self.grads = {'weight': np.dot(self.x.T, self.d), 'bias': np.sum(self.d, axis=0)}\n"))
    start(m)
    train(m)
    full(trace()[0])


def evaluation_before_the_update():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(6):
        p = net.forward(x)
        net.loss.forward(p, y)
        net.backward(net.loss.backward(p, y))
        net.forward(np.array(x[:9]))
        for l in net.linears():
            l.update(0.1)
    full(trace()[0])


def a_gradient_check_is_no_update():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        p = net.forward(x)
        net.loss.forward(p, y)
        net.backward(net.loss.backward(p, y))
        W = net.linears()[0].params["weight"]
        old = W[0, 0]
        for h in (1e-4, -1e-4):
            W[0, 0] = old + h
            net.loss.forward(net.forward(np.array(x)), y)
        W[0, 0] = old
        for l in net.linears():
            l.update(0.1)
    full(trace()[0])


# 13. What happens between two steps.
def between_steps():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(6):
        step(net, x, y)
        net.forward(x[:5])
        if t == 1:
            for l in net.linears():
                l.update(0.1)
    steps, meta, _ = judge.load("t.npz")
    assert judge.first_wrong(steps, meta) == (1, "W1_next"), judge.first_wrong(steps, meta)
    t = steps[1]
    assert np.allclose(t["W1_next"], t["W1_new"] - 0.1 * t["dW1"], atol=1e-15)


# 14. Which steps.
def far_steps_are_counted_alike():
    """Where nothing is copied yet passes are told apart and merged all the same."""
    inline = [("            x = layer.forward(x)\n", "            x = np.maximum(x, 0) if isinstance(layer, ReLU) else layer.forward(x)\n"),
              ("            dout = layer.backward(dout)\n", "            dout = dout * (self.z > 0) if isinstance(layer, ReLU) else layer.backward(dout)\n"),
              ("        for layer in self.layers:\n", "        self.z = self.layers[0].forward(x)\n        for layer in self.layers:\n")]
    m = program(*inline)
    start(m, "inline.npz", steps=[7])
    net, (x, y, _) = m.MLP([2, 5, 2]), data()
    for t in range(10):
        step(net, x, y)
    full(trace("inline.npz")[0])
    for name, swaps in (("added", [("self.grads['weight'] = np", "self.grads['weight'] += np"), ("self.grads['bias'] = np", "self.grads['bias'] += np")]), ("set", [])):
        m = program(*swaps)
        start(m, name + ".npz", steps=[4, 5])
        net = m.MLP([2, 5, 2])
        for t in range(8):
            total = []
            for i in np.random.RandomState(t).permutation(24)[:5]:
                p = net.forward(x[i:i + 1])
                net.loss.forward(p, y[i:i + 1])
                net.backward(net.loss.backward(p, y[i:i + 1]))
                total.append([{k: v.copy() for k, v in l.grads.items()} for l in net.linears()])
            for j, l in enumerate(net.linears()):
                if name == "set":
                    l.grads = {k: sum(g[j][k] for g in total) for k in l.grads}
                l.update(0.02)
                if name == "added":
                    l.grads = {k: np.zeros_like(v) for k, v in l.grads.items()}
        steps, _ = trace(name + ".npz")
        full(steps)
        assert sorted(steps) == [4, 5] and len(steps[5]["x"]) == 5, sorted(steps)


def default_steps():
    def run(batch, every, n=50, steps=60):
        m, path = program(), "%d-%d.npz" % (batch, every)
        start(m, path)
        x, y, _ = data(n)
        rng, net, order = np.random.RandomState(1), m.MLP([2, 5, 2]), []
        for t in range(steps):
            if not order:
                order = list(rng.permutation(n))
            rows, order = order[:batch], order[batch:]
            step(net, x[rows], y[rows])
            if t % every == every - 1:
                net.forward(x[:10])
        steps, _ = trace(path)
        return sorted(steps)
    assert run(50, 8) == [0, 1, 2, 7, 8]
    assert run(20, 1000) == [0, 1, 2, 3]  # batches of 20, 20, 10
    got = run(12, 7)   # batches of 12, 12, 12, 12, 2
    assert got == [0, 1, 2, 4, 5, 6, 7], got
    got = run(1, 17, n=40)
    assert got == [0, 1, 2, 16, 17, 39, 40], got

    # One smaller batch, fresh data throughout, an evaluation inside step 9.
    m = program()
    gr.PATIENCE = 15
    start(m, "fresh.npz")
    net = m.MLP([2, 5, 2])
    for t in range(20):
        x, y, _ = data(5 if t == 6 else 8, seed=t)
        p = net.forward(x)
        if t == 9:
            caches = [(l, l.x) for l in net.layers if hasattr(l, "x")]
            net.forward(x[:2])
            for l, c in caches:
                l.x = c
        net.backward(net.loss.backward(p, y))
        for l in net.linears():
            l.update(0.1)
    assert sorted(trace("fresh.npz")[0]) == [0, 1, 2, 6, 7, 9, 10], sorted(trace("fresh.npz")[0])


def chosen_steps():
    for i, (steps, want) in enumerate((([0, 4, 7], [0, 4, 7]), (range(2, 9, 3), [2, 5, 8]), (slice(1, 3), [1, 2]), (slice(None, 2), [0, 1]), (3, [3]),
                                       (iter((5, 6)), [5, 6]), (np.array([1, 2]), [1, 2]))):
        m = program()
        start(m, "%d.npz" % i, steps=steps)
        train(m, steps=12)
        got = trace("%d.npz" % i)[0]
        assert sorted(got) == want, (steps, sorted(got))
        full(got)
        assert not hasattr(m.Linear.forward, "__wrapped__"), steps


def patience_has_an_end():
    """Fresh data in every step and no evaluation: the recorder gives up waiting."""
    m = program()
    gr.PATIENCE = 50
    start(m)
    net, rng = m.MLP([2, 3, 2]), np.random.RandomState(0)
    for t in range(60):
        x, y, _ = data(4, seed=t)
        step(net, x, y)
    assert not hasattr(m.Linear.forward, "__wrapped__")
    assert sorted(trace()[0]) == [0, 1, 2]


# 15. Size.
def size_of_three_full_steps():
    m = program()
    start(m, steps=range(3))
    train(m, steps=4, sizes=(2, 20, 2), n=800)
    trace()
    assert os.path.getsize("t.npz") <= 2.7e6, os.path.getsize("t.npz")


# Never in the way.
def costs_nothing_afterwards():
    m = program()
    originals = {(c, n): c.__dict__[n] for c in (m.Linear, m.ReLU, m.SoftMax, m.CrossEntropy, m.MLP) for n in ("forward", "backward")}
    bound = []
    start(m)
    net = train(m, steps=6, each=lambda net, t: bound.append(net.layers[0].forward))
    for (c, n), f in originals.items():
        assert c.__dict__[n] is f
    assert bound[0](np.ones((1, 2))).shape == (1, 6)  # kept from before: passes through
    assert gr._active.kept == [] and gr._active.outputs == {} and gr._active.target is None


def errors_of_the_recorder_stay_inside():
    m = program()
    reference = train(program()).linears()[0].params["weight"]
    calls = []

    def broken(a):
        calls.append(a)
        raise Defect("a defect")

    class Defect(Exception):
        pass
    keep = gr._copy
    gr._copy = broken
    start(m)
    got = train(m).linears()[0].params["weight"]
    gr._copy = keep
    assert calls and np.array_equal(got, reference)
    assert gr._active.off and any("Defect: a defect" in n for n in gr._active.notes)
    assert not hasattr(m.Linear.forward, "__wrapped__")


def an_error_is_noted_in_the_trace():
    m = program()
    keep, count = gr._Recorder.check_argument, []

    def once(self, *args):
        count.append(1)
        if len(count) == 3:
            raise ValueError("a defect")
        return keep(self, *args)
    gr._Recorder.check_argument = once
    start(m)
    train(m)
    _, meta, _ = judge.load("t.npz")
    assert any("ValueError: a defect" in n for n in meta["notes"]), meta["notes"]


def errors_of_the_student_pass_through():
    m = program(("        return np.maximum(x, 0)", "        if bad: raise KeyError('mine')\n        return np.maximum(x, 0)"))
    m.bad = False
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(6):
        if t == 1:
            m.bad = True
            try:
                step(net, x, y)
                raise AssertionError("the student's KeyError was swallowed")
            except KeyError as e:
                assert e.args == ("mine",)
            m.bad = False
        step(net, x, y)
    full(trace()[0])


def floating_point_traps_and_warnings():
    import warnings
    m = program()
    np.seterr(all="raise")
    warnings.simplefilter("error")
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    net.linears()[1].params["weight"][:] = np.inf
    net.linears()[1].params["weight"][0] = np.nan
    with np.errstate(all="ignore"):
        for t in range(5):
            step(net, x, y)
            assert np.geterr()["over"] == "ignore"
    assert np.geterr()["over"] == "raise"
    steps, meta, _ = judge.load("t.npz")
    assert not meta["notes"] and np.isnan(steps[0]["z2"]).any(), meta["notes"]


def traps_around_huge_numbers():
    """What the recorder works out may overflow where the program does not."""
    m = program(("rng.randn(n_in, n_out) * 0.7", "rng.randn(n_in, n_out) * (1e-160 if n_in == 2 else 0.7)"))
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for t in range(5):
            p = net.forward(x * 1e160)
            net.loss.forward(p, y)
            net.backward(net.loss.backward(p, y))
            for l, rate in zip(net.linears(), (1e-320, 0.1)):
                l.update(rate)
    _, meta, _ = judge.load("t.npz")
    assert not meta["notes"], meta["notes"]


def stops_before_it_takes_too_much():
    m = program()
    gr.MOST_BYTES = 2 << 20
    start(m, steps=range(10 ** 6))
    x, y, _ = data(800)
    net = m.MLP([2, 20, 2])
    for t in range(9):
        step(net, x, y)
    steps, meta, lr = judge.load("t.npz")
    said = "stopped: step %d would take more than 2 MiB in all" % len(steps)
    assert 0 < len(steps) < 5 and said in meta["notes"], (sorted(steps), meta["notes"])
    assert not hasattr(m.Linear.forward, "__wrapped__")


def lets_go_of_evaluations_first():
    m = program()
    gr.MOST_BYTES = 4 << 20
    start(m, steps=range(3))
    x, y, _ = data(800)
    net = m.MLP([2, 20, 2])
    for t in range(5):
        step(net, x[:40], y[:40])
        for k in range(12):
            net.loss.forward(net.forward(x), y)
    steps, meta, lr = judge.load("t.npz")
    said = "evaluations were let go: more than 4 MiB would have been held"
    assert len(steps) == 3 and meta["notes"] == [said], (sorted(steps), meta["notes"])


def holds_no_model_that_is_gone():
    m = program()
    start(m, steps=[10 ** 6])
    x, y, _ = data()
    net, others = m.MLP([2, 6, 2]), []
    for t in range(6):
        net.loss = m.CrossEntropy()
        step(net, x, y)
        other = m.MLP([2, 6, 2])
        other.loss.forward(other.forward(x), y)
        others += [weakref.ref(l) for l in other.layers + [net.loss, other.loss]]
    del other
    net.loss = None
    gc.collect()
    assert not any(o() is not None for o in others[:-6]), [o() for o in others]


def lets_go_of_what_it_does_not_want():
    m = program()
    start(m, steps=[10 ** 6])
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(60):
        step(net, x, y)
        net.forward(x[:3])
    r = gr._active
    assert len(r.outputs) < 40 and len(r.gradients) < 10 and not r.kept and len(r.step.passes) == 1, (len(r.outputs), len(r.gradients))


def random_stream_is_left_alone():
    m = program()
    np.random.seed(4)
    start(m)
    train(m)
    gr.save()
    got = np.random.rand()
    np.random.seed(4)
    assert got == np.random.rand()


def properties_are_not_run():
    m = program(("class ReLU(object):\n", "class ReLU(object):\n    @property\n    def lr(self): raise AssertionError('ran')\n    @property\n    def slope(self): raise AssertionError('ran')\n"),
                ("class Linear(object):\n", "class Linear(object):\n    def __getattr__(self, n): ran.append(n); raise AttributeError(n)\n    def __eq__(self, other): ran.append('==')\n    __hash__ = None\n"))
    m.ran = []
    start(m)
    train(m)
    full(trace()[0])
    assert not m.ran, m.ran


def cannot_be_written():
    m = program()
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        start(m, os.path.join("no", "such", "folder", "t.npz"))
        train(m)
        gr.save()
    assert "not written: FileNotFoundError" in err.getvalue()
    os.makedirs(os.path.join("no", "such", "folder"))
    with contextlib.redirect_stderr(err):
        atexit._run_exitfuncs()
    steps, meta, lr = judge.load(os.path.join("no", "such", "folder", "t.npz"))
    assert judge.first_wrong(steps, meta) is None and "FileNotFoundError" in meta["notes"][0]


def nothing_to_record():
    for where, word in (({}, "no class with forward"), (np, "no class with forward"), (3, "not recording"), (types.SimpleNamespace(), "no class")):
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            start(where)
        assert word in err.getvalue(), (where, err.getvalue())
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        assert gr.save() is None
        start(program(), steps=[])
        start(program(), steps=[-1])
    assert "call record()" in err.getvalue() and err.getvalue().count("names no step") + err.getvalue().count("not recording") >= 2, err.getvalue()


def a_monolith_is_told_so():
    source = '''
class MLP(object):
    def __init__(self):
        self.W1, self.W2 = rng.randn(2, 5), rng.randn(5, 2)
    def forward(self, x):
        return np.maximum(x @ self.W1, 0) @ self.W2
    def backward(self, d):
        return d
'''
    m = types.ModuleType("student")
    m.np, m.rng = np, np.random.RandomState(0)
    exec(source, m.__dict__)
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        start(m)
        net = m.MLP()
        net.forward(np.ones((3, 2)))
        net.backward(np.ones((3, 2)))
        assert gr.save() is None
    assert "no Linear was called" in err.getvalue(), err.getvalue()
    assert not os.path.exists("t.npz")


def other_threads_pass_through():
    m = program()
    start(m)
    x, y, _ = data()
    net, other = m.MLP([2, 6, 2]), m.MLP([2, 6, 2])
    step(net, x, y)
    done = []

    def work():
        for _ in range(20):
            step(other, x, y)
        done.append(1)
    t = threading.Thread(target=work)
    t.start()
    for _ in range(5):
        step(net, x, y)
    t.join()
    assert done
    trace()


def forked_children_leave_the_file_alone():
    m = program()
    start(m, steps=range(6))
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(3):
        step(net, x, y)
    pid = os.fork()
    if pid == 0:
        child = m.MLP([2, 3, 2])
        for t in range(9):
            step(child, x, y)
        gr.save()
        os._exit(0)
    os.waitpid(pid, 0)
    assert not os.path.exists("t.npz")
    for t in range(4):
        step(net, x, y)
    assert trace()[0][0]["W1"].shape == (2, 6)


def deep_and_wide():
    m = program()
    start(m)
    train(m, sizes=(4, 9, 9, 9, 3), n=11)
    full(trace()[0], 4)


def one_layer():
    m = program()
    start(m)
    train(m, sizes=(3, 3), n=3)
    full(trace()[0], 1)


def float32_stays():
    m = program(("rng.randn(n_in, n_out) * 0.7", "(rng.randn(n_in, n_out) * 0.7).astype(np.float32)"), ("0.1 * rng.randn(n_out)", "np.zeros(n_out, np.float32)"))
    start(m)
    x, y, _ = data()
    x, y = x.astype(np.float32), y.astype(np.float32)
    net = m.MLP([2, 6, 2])
    for t in range(5):
        step(net, x, y, np.float32(0.1))
    steps, _ = trace()
    kinds = {str(a.dtype) for t in steps.values() for n, a in t.items() if n != "loss"}
    assert kinds == {"float32"}, kinds


def odd_types_are_converted():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    for t in range(5):
        step(net, x.astype(np.longdouble), y)
    steps, meta, _ = judge.load("t.npz")
    assert steps[0]["x"].dtype == np.float64 and any("is written as float64" in n for n in meta["notes"])


def lists_and_fortran_order():
    m = program()
    start(m)
    x, y, _ = data()
    net = m.MLP([2, 6, 2])
    net.linears()[0].params["weight"] = np.asfortranarray(net.linears()[0].params["weight"])
    for t in range(5):
        step(net, np.asfortranarray(x)[::-1] if t % 2 else np.asfortranarray(x), y)
    full(trace()[0])


def learning_rate_in_sight():
    loop = "    def update(self, rate):"
    for name, swaps, calls in (
            ("argument", [(loop, "    def update(self, lr):"), ("rate *", "lr *")], lambda l: l.update(0.1)),
            ("keyword", [(loop, "    def update(self, momentum=0, learning_rate=3):"), ("rate *", "learning_rate *")], lambda l: l.update(learning_rate=0.1)),
            ("default", [(loop, "    def update(self, lr=0.1):"), ("rate *", "lr *")], lambda l: l.update()),
            ("attribute", [(loop, "    lr = 0.1\n    def update(self):"), ("rate *", "self.lr *")], lambda l: l.update())):
        m = program(*swaps)
        start(m, name + ".npz")
        x, y, _ = data()
        net = m.MLP([2, 6, 2])
        for t in range(5):
            p = net.forward(x)
            net.backward(net.loss.backward(p, y))
            for l in net.linears():
                calls(l)
        assert judge.load(name + ".npz")[2] == 0.1, name
        trace(name + ".npz")
    for i, bad in enumerate((0.0, float("nan"), float("inf"), -0.1, "0.1", True)):
        m = program()
        start(m, "bad%d.npz" % i)
        m.MLP.lr = bad
        train(m)
        assert judge.load("bad%d.npz" % i)[2] is None, bad
        with np.load("bad%d.npz" % i) as z:
            json.loads(str(z["meta"]), parse_constant=lambda c: 1 / 0)
    m = program(("    def update(self, rate):", "    def update(self, lr):"), ("rate *", "lr *"))
    start(m, "falling.npz")
    net = m.MLP([2, 6, 2])
    for t in range(5):
        p = net.forward(x)
        net.backward(net.loss.backward(p, y))
        for l in net.linears():
            l.update(0.1 / (1 + t))
    assert judge.load("falling.npz")[2] is None
    assert trace("falling.npz")[1]["lr_by_step"] == {"0": 0.1, "1": 0.05, "2": 0.1 / 3}


def softmax_between_layers_shows():
    """z and h are what the next module receives."""
    for name, change in (("in place", "e = np.exp(x - np.max(x, axis=1, keepdims=True))\n        x[:] = e / np.sum(e, axis=1, keepdims=True)\n        return x"),
                         ("anew", "e = np.exp(x - np.max(x, axis=1, keepdims=True))\n        return e / np.sum(e, axis=1, keepdims=True)")):
        m = program(("            x = layer.forward(x)\n", "            x = self.layers[-1].forward(layer.forward(x)) if layer is not self.layers[-1] else x\n"),
                    ("e = np.exp(x - np.max(x, axis=1, keepdims=True))\n        return e / np.sum(e, axis=1, keepdims=True)", change))
        start(m, name + ".npz")
        train(m)
        steps, meta, _ = judge.load(name + ".npz")
        t = steps[0]
        assert judge.first_wrong(steps, meta) == (0, "z1")
        raw = t["x"] @ t["W1"] + t["b1"]
        e = np.exp(raw - raw.max(axis=1, keepdims=True))
        assert np.allclose(t["z1"], e / e.sum(axis=1, keepdims=True))
        e = np.exp(t["z1"] - t["z1"].max(axis=1, keepdims=True))
        assert np.allclose(t["h1"], e / e.sum(axis=1, keepdims=True))
        assert np.allclose(t["z2"], t["h1"] @ t["W2"] + t["b2"])
        assert {c["tensor"] for c in meta["changed_between"]} >= {"z1", "h1"}, meta["changed_between"]


def slow_it_down_little():
    """While it records, a step of 800×2-20-2 takes at most a few times as long."""
    m = program()
    x, y, _ = data(800)

    def timed(k):
        net = m.MLP([2, 20, 2])
        best = 1e9
        for t in range(k):
            a = time.perf_counter()
            step(net, x, y)
            best = min(best, time.perf_counter() - a)
        return best
    plain = timed(50)
    start(m, steps=range(1000))
    recorded = timed(50)
    assert recorded < 30 * plain + 2e-3, (plain, recorded)


def meta_tells_the_rest():
    m = program()
    start(m)
    train(m)
    _, meta = trace()
    assert meta["python"] == sys.version.split()[0] and meta["numpy"] == np.__version__
    assert meta["recorder"].startswith("glassbox_record ")
    assert meta["steps_seen"] == 4 and meta["steps"] == [0, 1, 2] and meta["batch_size"] == 24
    assert meta["layers"] == [{"linear": "Linear", "in": 2, "out": 6, "then": ["ReLU"]}, {"linear": "Linear", "in": 6, "out": 2, "then": ["SoftMax"]}]
    assert meta["layout"]["samples"] == "rows" and meta["layout"]["weights"] == "in×out" and meta["layout"]["bias"] == "(n,)"


def main():
    checks = [(n, f) for n, f in list(globals().items())
              if isinstance(f, types.FunctionType) and f.__module__ == __name__ and not f.__code__.co_argcount
              and n not in ("main", "program")]
    wanted = sys.argv[3:]
    for name, check in checks:
        if wanted and name not in wanted:
            continue
        folder = tempfile.mkdtemp()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            signal.alarm(60)
            os.chdir(folder)
            text = ""
            sys.stderr = io.StringIO()
            try:
                check()
            except BaseException as e:
                line = traceback.extract_tb(e.__traceback__)[1].lineno
                text = "%s: %s (line %d)" % (type(e).__name__, e, line) + ("\n" + traceback.format_exc() if wanted else "")
            os.write(write, text.encode("utf-8", "replace") or b"ok")
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as f:
            text = f.read().decode("utf-8")
        os.waitpid(pid, 0)
        shutil.rmtree(folder)
        print("ok " + name if text == "ok" else "not ok %s: %s" % (name, text or "the process died"))


if __name__ == "__main__":
    main()
