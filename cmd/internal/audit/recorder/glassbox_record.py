"""Write down what a NumPy network computes, a few steps of it, for checking.

    import glassbox_record, modules
    glassbox_record.record(modules, "trace.npz")

before training, and train as always. `modules` is the module with the classes
Linear, ReLU, SoftMax and CrossEntropy; in a notebook pass globals(), or a list
of the classes. steps= chooses the steps, by number from 0: [0, 5], range(10),
slice(0, 3). The default is the first three and those on either side of the
first evaluation, of the first epoch's end and of a smaller last batch.

The file is written when the last of these steps is complete, and at exit with
what there is; glassbox_record.save() writes it at once. The recorder copies
what it sees, returns what your methods return, and takes itself off when it
has what it wants. Nothing that goes wrong in it reaches your program: it says
so in the trace's `meta`.

The trace has an array "<step>.<name>" for each tensor: x, y, W1, b1, z1, h1, …
p, loss, dz2, dW2, db2, dh1, dz1, …, W1_new (after the update) and W1_next (as
the next training pass finds it). Rows are samples, weights are in×out, biases
1×out, whatever the layout in your program. zk is what the activation behind
layer k receives, hk what the next layer receives, dzk what Linear.backward
receives and dh(k-1) what it returns. Wk is as forward found it; Wk_backward is
there only where backward found another.

Needs Python 3.7 and NumPy 1.17, or newer.
"""
import atexit
import functools
import itertools
import json
import os
import sys
import threading
import time
import types
import weakref
import zipfile

import numpy as np

__all__ = ["record", "save"]
VERSION = 1

FORWARD = ("forward", "__call__", "forward_pass", "Forward")
BACKWARD = ("backward", "backward_pass", "backprop", "Backward")
UPDATE = ("update", "step", "update_params", "update_parameters", "update_weights", "optimize")
FOREIGN = ("torch", "tensorflow", "keras", "jax", "sklearn", "numpy", "scipy",
           "matplotlib", "pandas", "IPython")
PATIENCE = 1000        # steps to wait for an evaluation or an epoch's end
MOST_PASSES = 20000    # passes that may be merged into one step
MOST_BYTES = 1 << 30   # kept before the recorder stops

_active = None


def record(where, path="trace.npz", steps=None):
    """Record the network made of the classes in where: a module, a dictionary
    like globals(), a class or a list of these. Calling it twice does nothing.
    """
    global _active
    try:
        classes = _classes(where)
        path = os.path.abspath(os.fspath(path))
        if not path.endswith(".npz"):
            path += ".npz"
        if not classes:
            _say("no class with forward or backward in %s: nothing is recorded. Pass the module "
                 "that has Linear, ReLU, SoftMax and CrossEntropy, or globals()." % _name(where))
            return
        if _active is not None:
            known = all(c in _active.classes for c in classes)
            if known and (not _active.off or path == _active.path):
                return
            _active.finish("replaced by another call of record()")
        _active = _Recorder(classes, path, _Wanted(steps))
        _active.install()
    except Exception as e:  # whatever happens here must not stop a training
        _say("not recording: %s: %s" % (type(e).__name__, e))


def save():
    """Write what has been recorded so far; returns the file's path, or None."""
    try:
        if _active is None:
            _say("nothing is being recorded: call record() before training")
            return None
        return _active.save("save()")
    except Exception as e:
        _say("not saved: %s: %s" % (type(e).__name__, e))
        return None


def _say(text):
    try:
        sys.stderr.write("glassbox_record: %s\n" % text)
    except Exception:
        pass


def _name(thing):
    return getattr(thing, "__name__", type(thing).__name__)


def _class(obj):
    """The name of its class, or of the class itself."""
    return obj.__name__ if isinstance(obj, type) else type(obj).__name__


# ---------------------------------------------------------------- the classes

def _methods(cls):
    return [n for n in FORWARD + BACKWARD + UPDATE if n in cls.__dict__]


def _ours(cls):
    """Whether cls is the student's: not a library's, nor made from one's."""
    return not any(str(b.__module__).split(".")[0] in FOREIGN for b in cls.__mro__ if b is not object)


def _classes(where, depth=1):
    """The classes in where that have a forward or a backward, bases included."""
    if isinstance(where, type):
        values = [where]
    elif isinstance(where, types.ModuleType):
        values = list(vars(where).values())
        if hasattr(where, "__path__"):
            values += [m for n, m in sorted(sys.modules.items()) if n.startswith(where.__name__ + ".")]
    elif isinstance(where, dict):
        values = list(where.values())
    elif isinstance(where, (list, tuple, set, frozenset)):
        values = list(where)
        depth = 2
    else:
        values = list(vars(where).values())
    found = []
    for v in values:
        if isinstance(v, types.ModuleType):
            if depth and v.__name__.split(".")[0] not in FOREIGN and v is not sys.modules[__name__]:
                inside = _classes(v, depth - 1)
                # A module met by the way counts when it has layers: both methods.
                if depth == 2 or any("backward" in dir(c) for c in inside):
                    found += inside
        elif isinstance(v, type) and _ours(v):
            found += [c for c in v.__mro__ if c is not object and _methods(c)]
    return list(dict.fromkeys(found))


# ------------------------------------------------- parameters, by their names

W_NAMES = frozenset(("weight", "weights", "w", "kernel", "theta", "wb"))
B_NAMES = frozenset(("bias", "biases", "b"))
PARAM_BOXES = {"params", "param", "parameters", "p", "weights"}
GRAD_BOXES = {"grads", "grad", "gradients", "gradient", "dparams", "g", "d"}
GRAD_WORDS = ("gradient", "grads", "grad", "delta", "dloss", "dl", "d", "g")
NOT_LINEAR = ("softmax", "relu", "sigmoid", "tanh", "dropout", "activation")


def _plain(name):
    return "".join(c for c in name.lower() if c.isalpha())


def _stem(word, names):
    """What the word names: "W" or "b" (or None), and whether its gradient."""
    grad = False
    for _ in range(3):
        if word in names:
            return "W", grad
        if word in B_NAMES:
            return "b", grad
        for g in GRAD_WORDS:
            if word.startswith(g) and len(word) > len(g):
                word = word[len(g):]
                break
            if len(g) > 1 and word.endswith(g) and len(word) > len(g):
                word = word[:-len(g)]
                break
        else:
            break
        grad = True
    return None, grad


@functools.lru_cache(maxsize=4096)
def _kind(path, names):
    """What lies at path in a layer ("W", "b", "dW", "db" or None), and how sure."""
    words = [_plain(w) if isinstance(w, str) else w for w in path]
    leaf, boxes, grad, score = words[-1], words[:-1], False, 2
    if boxes and leaf in ("data", "value", "val"):
        leaf, boxes = boxes[-1], boxes[:-1]
    elif boxes and leaf in ("grad", "gradient") and _stem(boxes[-1], names)[0]:
        leaf, boxes, grad = boxes[-1], boxes[:-1], True
    for box in boxes:
        if box in GRAD_BOXES:
            grad, score = True, 3
        elif box in PARAM_BOXES:
            score = 3
        else:
            return None, 0
    if isinstance(leaf, int):
        what, score = ({0: "W", 1: "b"}.get(leaf) if boxes else None), 1
    else:
        what, named = _stem(leaf, names)
        grad = grad or named
    return (what and ("d" + what if grad else what)), score


def _leaves(obj):
    """(path, value) of what an object holds, boxes one deep."""
    own = dict(getattr(obj, "__dict__", {}))
    for c in type(obj).__mro__[:-1]:  # object has nothing of the kind
        for n, v in c.__dict__.items():
            if type(v) is types.MemberDescriptorType and hasattr(obj, n):
                v = v.__get__(obj)  # a slot
            if type(v) in (dict, np.ndarray) and n not in own:
                own[n] = v
    for name, v in own.items():
        if isinstance(v, dict):
            for k, e in list(v.items()):
                if isinstance(k, str):
                    yield (name, k), e
        elif isinstance(v, (list, tuple)):
            if len(v) <= 8:
                for i, e in enumerate(v):
                    yield (name, i), e
        elif isinstance(v, np.ndarray) or not hasattr(v, "__dict__"):
            yield (name,), v
        else:
            for k in ("data", "value", "val", "grad", "gradient"):
                if k in v.__dict__:
                    yield (name, k), v.__dict__[k]


def _find(obj, names=W_NAMES):
    """The layer's {"W", "b", "dW", "db"}: what it holds, not copies. "many"
    is there when it holds several weight matrices and is no single layer."""
    found, scores = {}, {}
    for path, v in _leaves(obj):
        array = isinstance(v, np.ndarray)
        if not array and not _number(v):
            continue
        what, score = _kind(path, names)
        if what is None or (what[-1] == "W" and not (array and v.ndim == 2)):
            continue
        if what == "db" and not array and v == 0:
            continue
        best = scores.get(what, 0)
        if score > best:
            scores[what], found[what] = score, v
            if what == "W":
                found.pop("many", None)
        elif score == best and what == "W" and v is not found["W"]:
            found["many"] = True
    return found


def _attribute(obj, *names):
    """The first number under one of the names, without running a property."""
    for n in names:
        for space in [getattr(obj, "__dict__", {})] + [c.__dict__ for c in (
                obj.__mro__ if isinstance(obj, type) else type(obj).__mro__)]:
            if n in space:
                if _number(space[n]) and np.isfinite(space[n]):
                    return float(space[n])
                break
    return None


def _number(v):
    return isinstance(v, (int, float, np.number)) and not isinstance(v, bool)


def _copy(a):
    if a is None:
        return None
    a = np.array(a, copy=True)
    return a.astype(np.float64) if a.dtype == object else a


def _same(a, b):
    """Whether two copies hold the same bits."""
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()


def _close(a, b, tolerance):
    if a.shape != b.shape or not a.size:
        return False
    scale = np.max(np.abs(b[np.isfinite(b)])) if np.isfinite(b).any() else 0
    ok = (np.abs(a - b) <= tolerance * (1 + scale)) | ((a != a) & (b != b)) | (a == b)
    return bool(ok.all())


# ------------------------------------------------------------ what is written

class _Layer(object):
    """One Linear in one pass: copies, except obj and x_ref."""
    __slots__ = ("obj", "x", "x_ref", "params", "out", "out_ref", "shape", "seen", "h", "soft", "acts", "inner",
                 "dz", "dh", "dz_made", "dh_seen", "back", "at_back", "grads0", "grads1", "after")

    def __init__(self, obj):
        for n in self.__slots__:
            setattr(self, n, None)
        self.obj, self.soft, self.acts, self.inner, self.back = obj, [], [], False, 0


class _Pass(object):
    """One forward through the network, and the backward that followed it."""

    def __init__(self, order, before, heavy):
        self.order, self.before, self.heavy = order, before, heavy
        self.layers, self.ids, self.events = [], [], []
        self.p = self.p_ref = self.p_seen = self.y = self.shape = self.snapshot = None
        self.losses, self.hints, self.rate, self.keys = [], [], None, None
        self.loss_name = None
        self.state = 0  # 1 while backward runs, 2 after
        self.inside = False

    def layer(self, obj):
        for l in self.layers:
            if l.obj is obj:
                return l
        return None


class _Step(object):
    """A training step: one pass, or several that share one update."""

    def __init__(self, index, first):
        self.index, self.passes, self.new, self.next = index, [first], None, None
        self.late = None   # gradients made after backward had returned; False: they were made in it
        self.rates, self.keys = set(), None
        self.summed = False


class _Call(object):
    __slots__ = ("kind", "role", "obj", "name", "arrays", "arg", "before", "layer", "run", "y", "extra", "foreign")

    def __init__(self, kind, role, obj, arrays):
        self.kind, self.role, self.obj, self.arrays = kind, role, obj, arrays
        self.arg = self.before = self.layer = self.run = self.y = self.extra = None
        self.foreign = False   # of another model than the one recorded
        self.name = _class(obj)


class _Wanted(object):
    """Which steps to keep."""

    def __init__(self, steps):
        self.default = steps is None
        if steps is None:
            self.steps = {0, 1, 2}
        elif isinstance(steps, slice):
            self.steps = range(steps.start or 0, sys.maxsize if steps.stop is None else steps.stop, steps.step or 1)
        elif isinstance(steps, range):
            self.steps = steps
        elif _number(steps):
            self.steps = {int(steps)}
        else:
            self.steps = {int(s) for s in itertools.islice(steps, 1000000)}
        if not self.steps or max(self.steps) < 0:
            raise ValueError("steps=%r names no step" % (steps,))
        self.last = max(self.steps)
        self.evaluation = self.epoch = self.partial = False  # seen
        self.rows = set()

    def __contains__(self, index):
        return index in self.steps

    def add(self, *indices):
        self.steps.update(i for i in indices if i >= 0)
        self.last = max(self.steps)

    def maybe(self, index):
        """Whether the step of this index may have to be kept."""
        return self.default or index in self.steps

    def complete(self, index):
        """Whether there is nothing left to wait for once index is complete."""
        if index < self.last:
            return False
        return not self.default or (self.evaluation and self.epoch) or index >= PATIENCE


class _Layout(object):
    """How the program lays its numbers out; turns them to rows and in×out."""

    def __init__(self, columns, turned, fused):
        self.columns, self.turned, self.fused = columns, turned, fused
        self.ones = None       # a column of ones in x that goes with a fused bias
        self.fits = self.tried = 0

    def rows(self, a):
        """N×f."""
        a = np.asarray(a)
        if a.ndim == 3:
            for axis in (1, 2, 0):
                if a.shape[axis] == 1:
                    return a.reshape([n for i, n in enumerate(a.shape) if i != axis])
        if a.ndim < 2:
            return a.reshape(1, -1)
        if a.ndim > 2:
            return a.reshape(a.shape[0], -1)
        return a.T if self.columns else a

    def count(self, shape):
        if len(shape) < 2:
            return 1
        if len(shape) == 3 and 1 in shape:
            return shape[0] if 1 in shape[1:] else shape[1]
        return shape[1 if self.columns and len(shape) == 2 else 0]

    def weight(self, W):
        """in×out, and the bias row that is in it, or None."""
        W = W.T if self.turned else W
        if self.fused == "last":
            return W[:-1], W[-1:]
        if self.fused == "first":
            return W[1:], W[:1]
        return W, None

    def features(self, x):
        """N×in without the column of ones."""
        x = self.rows(x)
        if self.ones == "last":
            return x[:, :-1]
        return x[:, 1:] if self.ones == "first" else x

    def bias(self, b, n, dtype):
        """1×out."""
        b = np.asarray(b)
        if b.dtype.kind not in "f":
            b = b.astype(dtype)
        if b.size == 1 and n != 1:
            return np.full((1, n), b.reshape(-1)[0])
        if b.size == n:
            return b.reshape(1, n)
        return b.reshape(1, -1) if b.ndim < 2 else self.rows(b)


def _settle(passes):
    """The layout that gives the z of most layers from x, W and b; shapes alone
    cannot tell a square W from its transpose."""
    has_b = any(l.params.get("b") is not None for p in passes for l in p.layers)
    best = None
    for columns, turned in ((False, False), (False, True), (True, True), (True, False)):
        for fused in (None,) if has_b else (None, "last", "first"):
            lay = _Layout(columns, turned, fused)
            if all(_fit(lay, p) for p in passes) and (best is None or lay.fits > best.fits):
                best = lay
    if best is None:
        best = _Layout(False, False, None)
    if best.fits and not has_b and best.fused in ("last", "first"):
        xs = [best.rows(l.x) for p in passes for l in p.layers]
        edge = -1 if best.fused == "last" else 0
        Ws = [l.params["W"].T if best.turned else l.params["W"] for p in passes for l in p.layers]
        if all(x.shape[1] == W.shape[0] and (x[:, edge] == 1).all() for x, W in zip(xs, Ws)):
            best.ones = best.fused
    return best


def _fit(lay, p):
    """Counts in lay.fits the layers of p whose z it gives; False when a shape
    rules it out."""
    for l in p.layers:
        X, Z = lay.rows(l.x), lay.rows(l.out)
        W = l.params["W"].T if lay.turned else l.params["W"]
        if lay.fused and X.shape[1] + 1 == W.shape[0]:
            one = np.ones((X.shape[0], 1), X.dtype)
            X = np.hstack((X, one) if lay.fused == "last" else (one, X))
        elif lay.fused and not (X[:, -1 if lay.fused == "last" else 0] == 1).all():
            return False
        if X.shape[0] != Z.shape[0] or W.shape != (X.shape[1], Z.shape[1]):
            return False
        b = l.params.get("b")
        if b is not None and b.size not in (1, Z.shape[1]):
            return False
        product = np.dot(X, W)
        tolerance = 1e-4 if Z.dtype.itemsize < 8 else 1e-9
        scale = tolerance * float(1 + np.max(np.dot(np.abs(X), np.abs(W))))
        lay.tried += 1
        for extra in ([lay.bias(b, Z.shape[1], W.dtype)] if b is not None else []) + [0]:
            if _close(product + extra, Z, scale):
                lay.fits += 1
                break
    return True


# ---------------------------------------------------------------- the recorder

class _Recorder(object):
    def __init__(self, classes, path, wanted):
        self.classes, self.path, self.wanted = list(classes), path, wanted
        self.off = False
        self.wrapped = []            # (class, name, original, wrapper)
        self.stack = []              # calls under way
        self.thread = None           # that of the first call
        self.pid = os.getpid()
        self.outputs = {}            # id -> (array, pass, layer number, role)
        self.gradients = {}          # id -> (array, pass): what a loss's backward gave
        self.order = 0
        self.open = []               # passes without a backward so far
        self.sweep = None            # the pass whose backward is under way
        self.last_of = {}            # id of a loss object -> (object, its last pass)
        self.strangers = {}          # id -> reference to an output of another model
        self.target = None           # the Linear objects of the model recorded
        self.linears, self.linears_seen, self.others_trained = {}, 0, set()
        self.step = None             # the last step, not yet closed
        self.kept = []
        self.layout = None
        self.names = W_NAMES
        self.roles = {}
        self.idle = []               # [before step, rows, passes, inside, loss, all right]
        self.trained, self.skipped = {}, {}  # single samples with and without a backward: right or not -> how many
        self.notes, self.errors, self.repeats = [], 0, 0
        self.accumulates = None      # whether backward adds to the gradients
        self.bytes, self.seen, self.writes, self.written_at, self.unsaved = 0, 0, 0, 0.0, False
        self.merged_any = False
        self.updaters = set()
        self.reduction = None        # where the loss object names it

    # -- switching on and off

    def install(self):
        for cls in self.classes:
            self.wrap(cls)
        self.scan()
        atexit.register(self.at_exit)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.in_child)

    def in_child(self):
        """A forked child trains its own models: the file is the parent's."""
        self.off, self.unsaved, self.kept = True, False, []

    def scan(self):
        """Subclasses that came later."""
        for cls in list(self.classes):
            for sub in type.__subclasses__(cls):
                if sub not in self.classes:
                    self.classes.append(sub)
                    self.wrap(sub)

    def wrap(self, cls):
        done, own = {}, {name: cls.__dict__[name] for name in _methods(cls)}
        for name, original in own.items():
            if name == "__call__" and "forward" in dir(cls) and original is not own.get("forward"):
                continue  # it calls forward
            fn = original.__func__ if isinstance(original, (staticmethod, classmethod)) else original
            if not isinstance(fn, types.FunctionType):
                continue
            if id(fn) not in done:
                kind = "forward" if name in FORWARD else "backward" if name in BACKWARD else "update"
                done[id(fn)] = self.wrapper(cls, kind, fn, isinstance(original, staticmethod))
            wrapper = done[id(fn)]
            if fn is not original:
                wrapper = type(original)(wrapper)
            setattr(cls, name, wrapper)
            self.wrapped.append((cls, name, original, cls.__dict__[name]))

    def wrapper(self, cls, kind, fn, static):
        recorder = self

        @functools.wraps(fn)
        def glassbox(*args, **kwargs):
            if recorder.off:
                return fn(*args, **kwargs)
            if kind == "update":
                recorder.updating(fn, cls if static else None, args, kwargs)
                return fn(*args, **kwargs)
            call = recorder.enter(kind, fn, cls if static else None, args, kwargs)
            try:
                out = fn(*args, **kwargs)
            except BaseException:
                recorder.leave(call, None, failed=True)
                raise
            recorder.leave(call, out)
            return out
        return glassbox

    def finish(self, reason=None):
        """Give the classes their own methods back and let go of everything."""
        self.off = True
        for cls, name, original, wrapper in reversed(self.wrapped):
            if cls.__dict__.get(name) is wrapper:
                setattr(cls, name, original)
        if reason:
            self.note(reason)
        if self.unsaved:
            self.save(reason or "exit")
        self.wrapped, self.stack, self.open, self.sweep, self.step = [], [], [], None, None
        self.outputs, self.gradients, self.last_of, self.linears, self.roles = {}, {}, {}, {}, {}
        self.target = None
        if not self.unsaved:
            self.kept = []
            atexit.unregister(self.at_exit)

    def at_exit(self):
        try:
            if os.getpid() != self.pid:
                return
            if self.off:
                if self.unsaved:
                    self.write("exit")
            else:
                self.save("exit")
                self.finish()
        except Exception as e:
            _say("not saved: %s: %s" % (type(e).__name__, e))

    def note(self, text):
        if text not in self.notes and len(self.notes) < 50:
            self.notes.append(text)

    def error(self):
        """An exception of the recorder's own: noted, never passed on."""
        kind, e, tb = sys.exc_info()
        while tb is not None and tb.tb_next is not None:
            tb = tb.tb_next
        self.errors += 1
        self.note("recorder: %s: %s (line %s)" % (kind.__name__, e, tb and tb.tb_lineno))
        if self.errors >= 20 and not self.off:
            self.unsaved = bool(self.kept)
            try:
                self.finish("recorder: stopped after 20 errors of its own")
            except Exception:
                self.off = True

    # -- a call begins and ends

    def enter(self, kind, fn, owner, args, kwargs):
        call = None
        try:
            if self.thread is None:
                self.thread = threading.get_ident()
            if threading.get_ident() != self.thread:
                return None
            if owner is None:
                obj, args = args[0], args[1:]
            else:
                obj = owner
            if any(c.obj is obj and c.kind == kind for c in self.stack):
                return None  # a subclass's method that calls its base's
            values = list(enumerate(args)) + sorted(kwargs.items())
            arrays = [v for _, v in values if isinstance(v, np.ndarray) and v.ndim]
            call = _Call(kind, self.role(obj, arrays, values), obj, arrays)
            call.extra = (fn, args, kwargs, values)
            self.stack.append(call)
            with np.errstate(all="ignore"):
                getattr(self, "enter_" + kind)(call)
        except Exception:
            self.error()
        return call

    def leave(self, call, out, failed=False):
        if call is None:
            return
        try:
            while self.stack and self.stack.pop() is not call:
                pass
            if not failed and not self.off:
                with np.errstate(all="ignore"):
                    getattr(self, "leave_" + call.kind)(call, out)
        except Exception:
            self.error()

    def updating(self, fn, owner, args, kwargs):
        """An update begins: of interest for its learning rate alone. When it
        happens and what it does shows in the parameters of the next forward."""
        try:
            call = _Call("update", None, owner if owner is not None else args[0], [])
            call.extra = (fn, args if owner is not None else args[1:], kwargs, [])
            r = self.rate(call)
            if self.step is not None and threading.get_ident() == self.thread:
                self.step.rates.update([r] if r is not None else [])
                self.updaters.add(call.name)
        except Exception:
            self.error()

    def role(self, obj, arrays, values):
        """linear, relu, softmax, loss, other (an activation), whole (the MLP)."""
        known = self.roles.get(id(obj))
        if known and known[0] is obj:
            return known[1]
        cls = obj if isinstance(obj, type) else type(obj)
        name = " ".join(c.__name__.lower() for c in cls.__mro__ if c is not object)
        own = cls.__name__.lower()
        if any(w in own for w in ("entropy", "loss", "criterion", "nll")):
            role = "loss"
        elif "softmax" in own:
            role = "softmax" if len(arrays) < 2 else "loss"
        elif "relu" in own:
            role = "relu"
        else:
            found = _find(obj, self.names)
            if "W" in found and "many" not in found:
                role = "linear"
            elif "many" in found or self.holds_layers(obj):
                role = "whole"
            elif "entropy" in name or "loss" in name:
                role = "loss"
            elif "softmax" in name:
                role = "softmax"
            elif "relu" in name:
                role = "relu"
            elif len([v for _, v in values if isinstance(v, (np.ndarray, list))]) > 1:
                role = "loss"
            else:
                return "other"  # it may turn out to be a Linear
        self.roles[id(obj)] = (obj, role)
        return role

    def holds_layers(self, obj):
        for v in list(getattr(obj, "__dict__", {}).values()):
            for e in v if isinstance(v, (list, tuple)) else v.values() if isinstance(v, dict) else (v,):
                if type(e) in self.classes and "W" in _find(e, self.names):
                    return True
        return False

    def rate(self, call):
        """A learning rate in sight: an argument or an attribute of that name."""
        fn, args, kwargs, _ = call.extra
        code = fn.__code__
        names = code.co_varnames[:code.co_argcount]
        given = dict(zip(names[len(names) - len(fn.__defaults__ or ()):], fn.__defaults__ or ()))
        given.update(zip(names if names[:1] != ("self",) else names[1:], args))
        given.update(kwargs)
        for n in ("lr", "learning_rate"):
            if _number(given.get(n)) and np.isfinite(given[n]):
                return float(given[n])
        return _attribute(call.obj, "lr", "learning_rate")

    def argument(self, call):
        """The array a layer works on."""
        if len(call.arrays) > 1 and call.kind == "backward":
            for a in call.arrays:
                if self.gradients.get(id(a), (None,))[0] is a:
                    return a
            for p in [self.sweep] if self.sweep is not None else self.open[::-1]:
                l = p.layer(call.obj)
                for a in call.arrays:
                    if l is not None and a.shape == l.shape and a is not l.x_ref:
                        return a
        if call.arrays:
            return call.arrays[0]
        for _, v in call.extra[3]:
            if isinstance(v, (list, tuple)) and len(v) and _number(np.ravel(v)[0]):
                return v
        return None

    # -- whose output is this

    def link(self, a):
        """(pass, layer number, role) of the recorded forward that gave a."""
        b = a
        while b is not None:
            hit = self.outputs.get(id(b))
            if hit is not None and hit[0] is b and (b is a or b.size == a.size):
                return hit[1:]
            b = getattr(b, "base", None)
        return None

    def register(self, a, p, k, role):
        if isinstance(a, np.ndarray):
            self.outputs[id(a)] = (a, p, k, role)
            p.ids.append(id(a))

    def is_foreign(self, a):
        known = self.strangers.get(id(a))
        return known is not None and known() is a

    def drop(self, p):
        """Forget whose outputs these were."""
        for i in p.ids:
            if i in self.outputs and self.outputs[i][1] is p:
                del self.outputs[i]
        for i in [i for i, hit in self.gradients.items() if hit[1] is p]:
            del self.gradients[i]
        p.ids = []
        for l in p.layers:
            l.x_ref = l.out_ref = None

    def heavy(self):
        """Whether copies may be needed: of the next step, or of the last, which
        the pass to come may belong to."""
        index = self.step.index if self.step is not None else -1
        return self.wanted.maybe(index) or self.wanted.maybe(index + 1)

    def copy(self, p, a):
        if not p.heavy or a is None:
            return None
        return _copy(a)

    def read(self, obj, gradients=False):
        found = _find(obj, self.names)
        if gradients:
            return {"W": _copy(found.get("dW")), "b": _copy(found.get("db"))}
        return {"W": _copy(found.get("W")), "b": _copy(found.get("b"))}

    # -- forward

    def enter_forward(self, call):
        self.scan()
        x = call.arg = self.argument(call)
        if x is not None and (call.role == "other" or call.role != "whole" and self.heavy()):
            call.before = _copy(x)
        if call.role == "linear" and x is not None:
            self.begin_layer(call, x)
        elif call.role in ("relu", "softmax", "other") and x is not None:
            self.begin_activation(call, x)
        elif call.role == "loss":
            self.begin_loss(call)
        elif call.role == "whole":
            call.y = [_copy(v) for v in call.arrays[1:]] if self.heavy() else []

    def begin_layer(self, call, x):
        self.count(call.obj)
        p = self.belongs(call.obj, x)
        if p is None:
            if self.target is not None and not any(call.obj is t for t in self.target):
                call.foreign = True
                return
            p = self.begin_pass()
            p.shape = np.shape(x)
        l = _Layer(call.obj)
        l.x, l.x_ref = self.copy(p, x), x
        l.params = self.read(call.obj)
        p.layers.append(l)
        call.layer, call.run = l, p
        r = self.rate(call)
        p.rate = r if r is not None else p.rate

    def belongs(self, obj, x):
        """The pass that x comes from, or None when this Linear begins one."""
        hit = self.link(x)
        if hit is not None:
            return hit[0] if hit[0].layer(obj) is None and hit[0].state == 0 else None
        # An activation that is no module: the same MLP's forward is under way,
        # or x is an activation of the last z.
        p = self.open[-1] if self.open else None
        if p is None or p.layer(obj) is not None or p.p_ref is not None or not p.layers:
            return None
        if any(c.role == "whole" and c.run is p and p.layers[-1].shape == np.shape(x) for c in self.stack):
            return p
        z = p.layers[-1].out if p.layers[-1].out is not None else p.layers[-1].out_ref
        if z is None or np.shape(x) != np.shape(z):
            return None
        x, z = np.asarray(x), np.asarray(z)
        positive = z > 0
        if _same(np.asarray(x, z.dtype), z) or (x[positive] == z[positive]).all() and (
                (np.abs(x[~positive]) <= np.abs(z[~positive])).all()):
            return p
        return p if (_close(x, np.tanh(z), 1e-6) or _close(x, 1 / (1 + np.exp(-z)), 1e-6)) else None

    def count(self, obj):
        """One more Linear, unless it has been seen before."""
        known = self.linears.get(id(obj))
        if known is None or known() is not obj:
            self.linears_seen += 1
            try:
                self.linears[id(obj)] = weakref.ref(obj)
            except TypeError:  # no weak references to it: an object with slots
                self.linears[id(obj)] = lambda: obj

    def begin_pass(self):
        if self.sweep is not None:
            self.end_sweep(self.sweep)
        p = _Pass(self.order, self.step.index + 1 if self.step is not None else 0, self.heavy())
        self.order += 1
        if self.target is not None:
            p.snapshot = [self.read(t) for t in self.target]
            s = self.step
            if s is not None and s.new is None and self.changed(s, p.snapshot):
                s.new = p.snapshot
            if s is not None and s.late is None:
                self.look_later(s)
        for c in self.stack:
            if c.role == "whole":
                c.run = p
                p.hints += c.y or []
                r = self.rate(c)
                p.rate = r if r is not None else p.rate
        self.open.append(p)
        if len(self.open) > 64:  # many evaluations in a row: keep their count only
            self.drop(self.open[4])
            self.summary(self.open[4], self.open.pop(4).before)
        return p

    def look_later(self, s):
        """The gradients as they are before the next pass: a program may make
        them after backward has returned, from inputs it has kept."""
        p = s.passes[-1]
        if any(l.grads1 is None or not _same(l.grads0[n], l.grads1[n]) for q in s.passes for l in q.layers for n in "Wb"):
            s.late = False
            return
        s.late = [self.read(t, gradients=True) for t in self.target]
        for k, l in enumerate(p.layers):
            if p.heavy and l.x_ref is not None and not _same(_copy(l.x_ref), l.x):
                p.events.append(("input_changed", "after %s.backward" % type(l.obj).__name__, "h%d" % k if k else "x"))

    @staticmethod
    def changed(step, params):
        """Whether an update has happened: more than the one number that a
        numeric gradient check moves."""
        moved = total = 0
        for l, q in zip(step.passes[0].layers, params):
            for n in "Wb":
                a, b = l.params[n], q[n]
                if a is None or b is None or a.shape != b.shape:
                    moved += 2 if a is not b else 0
                else:
                    moved, total = moved + int(np.sum((a != b) & ((a == a) | (b == b)))), total + a.size
        return moved > 1 or moved == total == 1

    def begin_activation(self, call, x):
        hit = self.link(x)
        if hit is None and self.is_foreign(x):
            call.foreign = True
            return
        if hit is None:
            # Not a recorded output itself, but shaped like the last one.
            p = self.open[-1] if self.open else None
            if p is None or not p.layers or p.p_ref is not None or p.layers[-1].shape != np.shape(x):
                inner = [c for c in self.stack[:-1] if c.layer is not None and c.kind == "forward"]
                if inner and call.role == "relu":
                    self.inside(call, inner[-1], x)
                return
            hit = (p, len(p.layers) - 1, None)
        p, l = hit[0], hit[0].layers[hit[1]]
        if p.state:
            return
        call.run, call.layer = p, l
        l.acts.append(call.obj)
        if call.role == "softmax":
            l.soft.append(self.copy(p, x))
        elif call.role == "relu" or call.role == "other" and l.shape == np.shape(x):
            if l.seen is None:
                l.seen = self.copy(p, x)

    def inside(self, call, linear, x):
        """A Linear that calls its activation itself: z is what that receives."""
        l, p = linear.layer, linear.run
        l.inner, l.shape = True, np.shape(x)
        l.out = l.seen = self.copy(p, x)
        l.acts.append(call.obj)
        call.run, call.layer = p, l

    def leave_forward(self, call, out):
        x = call.arg
        if call.role == "other" and not call.foreign and (call.layer is None or self.named_linear(call)):
            if self.turns_out_linear(call, out):
                return
        p, l = call.run, call.layer
        if call.foreign:
            if isinstance(out, np.ndarray):
                if len(self.strangers) > 1000:
                    self.strangers = {i: r for i, r in self.strangers.items() if r() is not None}
                self.strangers[id(out)] = weakref.ref(out)
            return
        if call.role == "linear" and l is not None:
            if isinstance(out, tuple):
                out = next((a for a in out if isinstance(a, np.ndarray)), None)
            if l.inner:
                l.h = self.copy(p, out)
            else:
                l.out, l.out_ref, l.shape = self.copy(p, out), out, np.shape(out)
            if not any(c.obj is l.obj for c in self.stack):
                self.register(out, p, len(p.layers) - 1, "linear")
            self.check_argument(call, p, x, "x" if len(p.layers) == 1 else "h%d" % (len(p.layers) - 1))
        elif call.role in ("relu", "softmax", "other") and l is not None:
            k = p.layers.index(l)
            self.register(out, p, k, call.role)
            if call.role == "softmax":
                p.p, p.p_ref, p.p_seen = self.copy(p, out), out, None
            else:
                l.h = self.copy(p, out)
            self.check_argument(call, p, x, "z%d" % (k + 1))
        elif call.role == "loss":
            self.end_loss(call, out)
        elif call.role == "whole" and p is not None and p.layers:
            values = out if isinstance(out, tuple) else (out,)
            for a in values:
                if isinstance(a, np.ndarray) and a.shape == p.layers[-1].shape and self.link(a) is None:
                    self.register(a, p, len(p.layers) - 1, "whole")
                    if p.p is None:
                        p.p, p.p_ref = self.copy(p, a), a
            if not p.losses and any(_number(v) for v in values):
                self.take_loss(p, out)

    def named_linear(self, call):
        return any(w in call.name.lower() for w in ("linear", "dense", "affine", "fullyconnected", "fc"))

    def turns_out_linear(self, call, out):
        """A class whose weights have another name, or come with the first call."""
        if not isinstance(out, np.ndarray) or any(w in call.name.lower() for w in NOT_LINEAR):
            return False
        if "W" not in _find(call.obj, self.names):
            name = self.unnamed(call, out)
            if name is None:
                return False
            self.names |= {name}
            self.note("%s: its weights are called %r" % (call.name, name))
        self.roles[id(call.obj)] = (call.obj, "linear")
        if call.layer is not None:
            call.layer.acts = [a for a in call.layer.acts if a is not call.obj]
            call.layer.seen = None
        call.role, call.layer, call.run = "linear", None, None
        self.begin_layer(call, call.arg)
        if call.layer is not None:
            self.leave_forward(call, out)
        return True

    def unnamed(self, call, out):
        """The name of the matrix that makes out from x up to one bias a unit."""
        x, z = call.before, np.asarray(out)
        if x is None or x.ndim != 2 or z.ndim != 2:
            return None
        for path, A in _leaves(call.obj):
            if not (isinstance(A, np.ndarray) and A.ndim == 2 and isinstance(path[-1], str)) or A is out:
                continue
            if A.shape == x.shape and _same(_copy(A), x):
                continue
            for W in (A, A.T):
                for X, Z in ((x, z), (x.T, z.T)):
                    if X.shape[1] == W.shape[0] and (X.shape[0], W.shape[1]) == Z.shape:
                        rest = Z - np.dot(X, W)
                        if _close(rest, np.broadcast_to(rest[:1], rest.shape), 1e-6 * (1 + np.max(np.abs(Z)))):
                            return _plain(path[-1])
        return None

    def check_argument(self, call, p, x, tensor):
        if p.heavy and call.before is not None and x is not None and not _same(call.before, _copy(x)):
            p.events.append(("changed_in_place", "%s.%s" % (call.name, call.kind), tensor))

    # -- the loss

    def begin_loss(self, call):
        pred = p = None
        for a in call.arrays:
            hit = self.link(a)
            if hit is not None:
                pred, p = a, hit[0]
                break
        rest = [v for _, v in call.extra[3] if v is not pred]
        if p is None and any(self.is_foreign(a) for a in call.arrays):
            return
        if p is None and (call.kind == "forward" or len(call.arrays) > 1):
            for q in reversed(self.open + (self.step.passes[-1:] if self.step else [])):
                like = [a for a in call.arrays if q.layers and a.shape == q.layers[-1].shape
                        and (q.p is None or _close(a, q.p, 1e-3))]
                like.sort(key=lambda a: bool(np.isin(a, (0, 1)).all()))  # one-hot labels last
                if like:
                    pred, p = like[0], q
                    rest = [v for _, v in call.extra[3] if v is not pred]
                    if q.heavy and q.p is None:
                        q.p, q.p_ref = _copy(pred), pred
                    break
        if p is None:
            known = self.last_of.get(id(call.obj))
            if known and known[0] is call.obj:
                p = known[1]
        if p is None:
            return
        if self.target is not None and not any(p.layers and p.layers[0].obj is t for t in self.target):
            return
        call.run, call.layer = p, pred
        call.before = self.copy(p, pred)
        if p.loss_name is None:
            p.loss_name = call.name
        self.reduction = getattr(call.obj, "__dict__", {}).get("reduction", self.reduction)
        if len(self.last_of) > 1000:
            self.last_of.clear()
        self.last_of[id(call.obj)] = (call.obj, p)
        if pred is not None and p.heavy:
            hit = self.link(pred)
            if hit is not None and hit[2] in ("softmax", "whole", "other"):
                if pred is not p.p_ref:  # not the last one made
                    p.p, p.p_ref, p.p_seen = _copy(pred), pred, None
                if p.p_seen is None:
                    p.p_seen = _copy(pred)
        if p.heavy:
            y = self.labels_in(rest, p)
            if p.y is None:
                p.y = y
            elif y is not None and not _same(y, p.y):
                p.events.append(("labels_differ", "%s.%s" % (call.name, call.kind), "y"))

    def labels_in(self, values, p):
        for v in values:
            one = len(p.shape) < 2 and _number(v) and not isinstance(v, float)
            if one or isinstance(v, list) or isinstance(v, np.ndarray) and self.link(v) is None:
                return _copy(v)
        return None

    def end_loss(self, call, out):
        p = call.run
        if p is None or not p.layers:
            return
        if p.heavy and p.p is None:
            p.p = self.inside_loss(call, p)
        if call.kind == "forward":
            self.take_loss(p, out)
        pred = call.layer
        if pred is not None:
            self.check_argument(call, p, pred, "p")
        shape = p.layers[-1].shape
        for a in out if isinstance(out, (tuple, list)) else (out,):
            if isinstance(a, np.ndarray) and a.shape == shape:
                self.gradients[id(a)] = (a, p)

    def take_loss(self, p, out):
        values = out if isinstance(out, (tuple, list)) else (out,)
        for v in values:
            if _number(v) or isinstance(v, np.ndarray) and v.size and v.dtype.kind == "f" and (
                    v.ndim == 0 or len(values) == 1 or v.size == 1):
                p.losses.append(_copy(v))
                return

    def inside_loss(self, call, p):
        """Softmax fused with the loss: its p, if the loss object keeps it."""
        l = p.layers[-1]
        if l.out is None:
            return None
        named = None
        for path, a in _leaves(call.obj):
            if not isinstance(a, np.ndarray) or a.shape != l.shape or a.dtype.kind != "f":
                continue
            if p.y is not None and _same(_copy(a), p.y) or a is call.layer:
                continue
            for axis in (a.ndim - 1, 0):
                if np.all(np.abs(a.sum(axis=axis) - 1) < 1e-5) and (a >= 0).all() and not np.isin(a, (0, 1)).all():
                    return _copy(a)
            if _plain(str(path[-1])) in ("p", "prob", "probs", "probabilities", "softmax", "yhat", "ypred", "pred",
                                         "softmaxoutput", "softmaxout"):
                named = a
        return _copy(named)

    # -- backward

    def enter_backward(self, call):
        self.scan()
        if call.role == "loss":
            self.begin_loss(call)
            return
        if call.role == "whole":
            call.y = [_copy(v) for v in call.arrays] if self.heavy() else []
            return
        dout = call.arg = self.argument(call)
        if dout is None:
            return
        if self.heavy():
            call.before = _copy(dout)
        if call.role == "linear":
            p, l = self.matches(call.obj, dout)
            if l is None:
                return
            call.run, call.layer = p, l
            if p.state == 0:
                p.state, self.sweep = 1, p
            l.back = 1
            if p.heavy:
                l.dz = self.copy(p, dout)
                now = l.x_ref
                if now is not None and not _same(_copy(now), l.x):
                    k = p.layers.index(l)
                    p.events.append(("input_changed", "before %s.backward" % call.name, "h%d" % k if k else "x"))
            l.at_back = self.read(call.obj)
            l.grads0 = self.read(call.obj, gradients=True)
            r = self.rate(call)
            p.rate = r if r is not None else p.rate
        elif self.sweep is not None:
            call.run = self.sweep
            for k, l in enumerate(self.sweep.layers):
                if any(a is call.obj for a in l.acts):
                    call.layer = l
                    if call.role != "softmax":
                        l.dh_seen = self.copy(call.run, dout)
                    break
        elif self.gradients.get(id(dout), (None,))[0] is dout:
            call.run = self.gradients[id(dout)][1]

    def matches(self, obj, dout):
        """The pass and its layer that this backward belongs to."""
        if self.sweep is not None:
            l = self.sweep.layer(obj)
            if l is not None and not l.back:
                return self.sweep, l
        hit = self.gradients.get(id(dout))
        if hit is not None and hit[0] is dout:
            l = hit[1].layer(obj)
            if l is not None and not l.back:
                return hit[1], l
        fits = [q for q in self.open if q.state == 0 and q.layer(obj) is not None and q.layer(obj).shape == np.shape(dout)]
        if len(fits) > 1:
            exact = [q for q in fits if self.gives_labels(q, dout)]
            fits = exact if len(exact) == 1 else fits
        if fits:
            return fits[-1], fits[-1].layer(obj)
        if self.target is None or any(obj is t for t in self.target):
            again = self.step and self.step.passes[-1].layer(obj)
            if again:
                self.repeats += 1
        else:
            self.others_trained.add(id(obj))
        return None, None

    @staticmethod
    def gives_labels(p, dout):
        """Whether p − dout is one-hot, for some place of 1/N."""
        if p.p is None or p.p.shape != dout.shape:
            return False
        for n in {1} | set(dout.shape):
            y = p.p - n * dout
            if _close(np.round(np.clip(y, 0, 1)), y, 1e-6):
                return True
        return False

    def leave_backward(self, call, out):
        p, l = call.run, call.layer
        if call.role == "loss":
            self.end_loss(call, out)
            return
        if call.role == "whole":
            return
        dout = call.arg
        if call.role == "linear" and l is not None:
            k = p.layers.index(l)
            arrays = []
            for a in out if isinstance(out, (tuple, list)) else (out,):
                arrays += [e for e in (a if isinstance(a, (tuple, list)) else (a,)) if isinstance(e, np.ndarray)]
            if arrays and p.heavy:
                dx = next((a for a in arrays if l.x is not None and a.shape == l.x.shape), arrays[0])
                l.dh = self.copy(p, dx)
                arrays = [a for a in arrays if a is not dx]
            l.grads1 = self.read(call.obj, gradients=True)
            if l.grads1["W"] is None and arrays:  # returned, not kept
                l.grads1["W"] = _copy(next((a for a in arrays if a.shape == l.params["W"].shape), None))
                l.grads1["b"] = _copy(next((a for a in arrays if l.params["b"] is not None
                                            and a.size == l.params["b"].size), None))
            l.after = self.read(call.obj)
            if self.accumulates is None and l.x_ref is not None and dout is not None:
                self.accumulates = self.semantics(l, dout)
            self.check_argument(call, p, dout, "dz%d" % (k + 1))
            if k == 0:
                self.end_sweep(p)
        elif call.role in ("relu", "other", "softmax") and p is not None:
            if l is not None:
                k = p.layers.index(l) + 1
                if isinstance(out, np.ndarray) and call.role != "softmax":
                    l.dz_made = self.copy(p, out)
                    if l.inner:
                        l.dz = l.dz_made
                tensor = "dh%d" % k if k < len(p.layers) else "dz%d" % k
                self.check_argument(call, p, dout, tensor)
            elif call.role == "softmax" and isinstance(out, np.ndarray):
                self.gradients[id(out)] = (out, p)

    # -- steps

    def end_sweep(self, p):
        """The backward of p is over: p is a step, or belongs to the last one."""
        self.sweep = None
        p.state = 2
        if self.target is None:
            self.target = [l.obj for l in p.layers]
            for q in [q for q in self.open if not q.layers or q.layers[0].obj is not self.target[0]]:
                self.open.remove(q)
                self.drop(q)
        if len(p.layers) != len(self.target):
            self.note("a training pass with %d layers where there were %d is left out" % (
                len(p.layers), len(self.target)))
            if p in self.open:
                self.open.remove(p)
            return
        if p.heavy and self.layout is None:
            self.layout = _settle([p])
        for c in self.stack:
            if c.role == "whole":
                p.hints += [a for a in c.y or [] if a is not None]
                r = self.rate(c)
                p.rate = r if r is not None else p.rate
        if p in self.open:
            self.open.remove(p)
        between, inside = [], []
        for q in self.open:
            q.inside = q.order > p.order
            (inside if q.inside else between).append(q)
        if self.layout is not None and self.layout.count(p.shape) == 1:
            right = self.all_right(p)
            self.trained[right] = self.trained.get(right, 0) + 1
        merge = self.step is not None and self.merges(self.step, p)
        index = self.step.index + (not merge) if self.step is not None else 0
        for q in self.open:
            q.inside |= merge
            self.summary(q, index)
            self.drop(q)
        self.open = []
        if merge:
            self.step.passes.append(p)
            self.step.late, self.merged_any = None, True
            return
        if self.wanted.default:
            self.choose(index, p, between, inside)
        self.seen = index + 1
        if self.step is not None:
            self.shut(self.step, p)
            if self.off:
                return
        self.step = _Step(index, p)
        if index == (2 if self.wanted.default else self.wanted.last) and not self.merged_any:
            self.write("step %d, its update not yet seen" % index, self.step)  # in case there is no next pass

    def choose(self, index, p, between, inside):
        """Adds to the steps wanted by default what this step shows."""
        w = self.wanted
        if between and index and not w.evaluation:
            w.evaluation = True
            w.add(index - 1, index)
        elif inside and not w.evaluation:
            w.evaluation = True
            w.add(index, index + 1)
        keys = self.row_keys(p)
        if index and not w.epoch and keys and all(k in w.rows for k in keys):
            w.epoch = True
            w.add(index - 1, index)
        if not w.epoch:
            w.rows.update(keys)
        elif w.rows:
            w.rows = set()
        if self.step is not None and not w.partial and index > 1:
            first = self.kept[0] if self.kept else None
            if first is not None and first.index == 0:
                n = sum(self.layout.count(q.shape) for q in self.step.passes)
                if n < sum(self.layout.count(q.shape) for q in first.passes):
                    w.partial = True
                    w.add(index - 1, index)

    def row_keys(self, p):
        """A number for each sample of a pass, to know it again by."""
        if p.keys is None:
            x = p.layers[0].x if p.layers[0].x is not None else p.layers[0].x_ref
            if x is None:
                return ()
            x = (self.layout or _Layout(False, False, None)).rows(x)
            if len(x) > 4096:
                x = x[::len(x) // 4096]
            p.keys = [hash(r.tobytes()) for r in np.ascontiguousarray(x)]
        return p.keys

    def merges(self, step, p):
        """Whether p shares the last step's update: the parameters are as they
        were and the gradients as they were left. Where backward adds to the
        gradients that is enough; where it sets them the sum may be kept outside,
        or the update may do nothing: then a sample seen before ends the step."""
        last = step.passes[-1]
        if len(step.passes) >= MOST_PASSES:
            return False
        for a, b in zip(last.layers, p.layers):
            if a.grads1 is None or b.grads1 is None:
                return False
            for n in "Wb":
                # Nothing kept in the layer: the gradients are returned.
                returned = a.grads0["W"] is None and b.grads0["W"] is None
                if not _same(a.params[n], b.params[n]) or not (returned or _same(a.grads1[n], b.grads0[n])):
                    return False
        if self.accumulates:
            return True
        if step.keys is None:
            step.keys = set(self.row_keys(step.passes[0]))
        if any(k in step.keys for k in self.row_keys(p)):
            return False
        step.keys.update(self.row_keys(p))
        step.summed = True
        return True

    @staticmethod
    def semantics(l, dz):
        """True when backward added to the gradients, False when it set them,
        None where that does not show."""
        x, d = [np.atleast_2d(np.asarray(a)) for a in (l.x_ref, dz)]
        x, d = x.reshape(len(x), -1), d.reshape(len(d), -1)
        for n in "Wb":
            g0, g1 = l.grads0[n], l.grads1[n]
            if g0 is None or g1 is None or g0.shape != g1.shape or not g0.any():
                continue
            if n == "W":
                made = [np.dot(a, b) for a, b in ((x.T, d), (d.T, x), (x, d.T), (d, x.T))
                        if a.shape[1] == b.shape[0] and (a.shape[0], b.shape[1]) == g1.shape]
            else:
                made = [c.reshape(g1.shape) for c in (d.sum(axis=0), d.sum(axis=1)) if c.size == g1.size]
            for c in made:
                fits = [np.any(g) and _close(np.vdot(g, c) / max(np.vdot(c, c), 1e-300) * c, g, 1e-6 * np.max(np.abs(g)))
                        for g in (g1, g1 - g0)]
                if fits[0] != fits[1]:
                    return bool(fits[1])
        return None

    def summary(self, q, index):
        """Counts a pass without a backward that came before step index, or in it."""
        if q.shape is None:
            return
        rows = (self.layout or _Layout(False, False, None)).count(q.shape)
        right = self.all_right(q)
        if rows == 1 and q.losses:
            self.skipped[right] = self.skipped.get(right, 0) + 1
        entry = [index, rows, 1, q.inside, bool(q.losses), right]
        if self.idle and self.idle[-1][:2] + self.idle[-1][3:] == entry[:2] + entry[3:]:
            self.idle[-1][2] += 1
        elif len(self.idle) < 200:
            self.idle.append(entry)

    def all_right(self, q):
        """Whether the largest p is the label's in all rows; None if not known."""
        if q.p is None or q.y is None or self.layout is None:
            return None
        P, Y = self.layout.rows(q.p), self.labels(q.y, q.p, self.layout)
        if len(Y) != len(P):
            return None
        return bool((np.argmax(P, axis=1) == (np.argmax(Y, axis=1) if Y.ndim == 2 else Y)).all())

    def shut(self, step, following):
        """The next training pass has come: the step is complete."""
        step.next = [l.params for l in following.layers]
        if step.new is None:
            step.new = step.next
        for p in step.passes:
            self.drop(p)
        if step.index in self.wanted:
            self.kept.append(step)
            self.unsaved = True
            self.bytes += sum(getattr(l, n).nbytes for p in step.passes for l in p.layers for n in l.__slots__
                              if isinstance(getattr(l, n), np.ndarray))
        if self.bytes > MOST_BYTES:
            self.finish("stopped: more than %d MiB recorded" % (MOST_BYTES >> 20))
        elif self.wanted.complete(step.index):
            self.write("complete")
            self.finish()
        elif self.unsaved and step.index + 1 not in self.wanted and (
                self.writes < 6 or time.time() - self.written_at > 10):
            self.write("step %d" % step.index)

    # -- the file

    def save(self, reason):
        """Writes what there is, the last step too: its parameters as they are now."""
        if self.sweep is not None and self.sweep.layers[0].back:
            self.end_sweep(self.sweep)
        s = self.step
        extra = None
        if not self.off and s is not None and s.index in self.wanted:
            extra = s
            if s.late is None and self.target is not None:
                self.look_later(s)
            if s.new is None and self.target is not None:
                now = [self.read(t) for t in self.target]
                if self.changed(s, now):
                    s.new = now
        if not self.kept and extra is None:
            if self.off and self.writes:
                return self.path
            _say("nothing was recorded: %s" % self.why())
            return None
        return self.write(reason, extra)

    def why(self):
        if self.errors:
            return "; ".join(self.notes)
        if not self.order:
            return ("no Linear was called. The recorder knows layers by their classes: one object with weights "
                    "and a bias each. Without such classes put your arrays in a dictionary and use np.savez.")
        if not self.seen:
            return "forward was called but no backward of a Linear."
        return "none of the steps wanted was reached (%d seen)." % self.seen

    def write(self, reason, extra=None):
        steps = self.kept + ([extra] if extra is not None else [])
        part = "%s.part-%d" % (self.path, os.getpid())
        try:
            with np.errstate(all="ignore"):
                arrays = self.arrays(steps, reason)
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, True, compresslevel=1) as z:
                for name, a in arrays.items():
                    with z.open(name + ".npy", "w", force_zip64=True) as f:
                        np.lib.format.write_array(f, np.asanyarray(a), allow_pickle=False)
            os.replace(part, self.path)
        except Exception as e:
            self.error()
            _say("%s not written: %s: %s" % (self.path, type(e).__name__, e))
            self.unsaved = True
            try:
                os.remove(part)
            except OSError:
                pass
            return None
        self.writes, self.written_at, self.unsaved = self.writes + 1, time.time(), False
        if reason in ("complete", "exit", "save()"):
            _say("steps %s written to %s" % (_ranges([s.index for s in steps]), self.path))
        return self.path

    def arrays(self, steps, reason):
        passes = [p for s in steps for p in s.passes][:200]
        self.layout = lay = _settle(passes)
        out = {}
        for s in steps:
            for name, a in self.tensors(s, lay).items():
                if a.dtype.kind not in "fiub":
                    self.note("%s of dtype %s is left out" % (name, a.dtype))
                    continue
                if a.dtype.kind == "f" and a.dtype.itemsize not in (4, 8):
                    self.note("%s of dtype %s is written as float64" % (name, a.dtype))
                    a = a.astype(np.float64)
                out["%d.%s" % (s.index, name)] = np.ascontiguousarray(a)
        rates = {}
        for s in steps:
            seen = s.rates or {p.rate for p in s.passes if p.rate is not None}
            rates[s.index] = list(seen)[0] if len(seen) == 1 else None
        if len(set(rates.values())) == 1 and (list(rates.values())[0] or 0) > 0:
            out["lr"] = np.float64(list(rates.values())[0])
        if isinstance(self.reduction, str) and self.reduction in ("sum", "mean"):
            out["reduction"] = np.array(self.reduction)
        meta = self.meta(steps, lay, rates, reason)
        out["meta"] = np.array(json.dumps(meta, ensure_ascii=False))
        return out

    def labels(self, y, p, lay):
        """N×C or N class numbers."""
        y = np.asarray(y)
        if p is not None and (y.shape == p.shape or y.ndim == 3 and y.size == p.size):
            return lay.rows(y)
        rows = lay.rows(p) if p is not None else None
        if rows is not None and rows.shape[0] == 1 and y.size == rows.shape[1] and y.size > 1:
            return y.reshape(1, -1)
        if rows is not None and y.size == rows.shape[0]:
            return y.reshape(-1)
        if rows is not None and y.ndim == 2 and y.shape == rows.shape:
            return y
        if rows is not None and y.ndim == 2 and y.T.shape == rows.shape:
            return y.T
        return y.reshape(-1) if y.ndim < 2 else lay.rows(y)

    def tensors(self, step, lay):
        """name -> array of one step, in the order of the step."""
        t = {}
        passes = step.passes
        L = len(passes[0].layers)

        def stack(name, get):
            parts = [get(p) for p in passes]
            if all(a is not None for a in parts):
                if len(set(a.shape[1:] for a in parts)) == 1:
                    t[name] = np.concatenate(parts) if len(parts) > 1 else parts[0]

        def rows(a):
            return None if a is None else lay.rows(a)

        stack("x", lambda p: lay.features(p.layers[0].x))
        stack("y", self.labels_of(lay))
        first = passes[0]
        for k, l in enumerate(first.layers, 1):
            self.put(t, "W%d" % k, "b%d" % k, l.params, l, lay)
        for k in range(L):
            stack("z%d" % (k + 1), lambda p: rows(self.z(p.layers[k], k == L - 1)))
            if k < L - 1:
                stack("h%d" % (k + 1), lambda p: lay.features(p.layers[k + 1].x))
        stack("p", lambda p: rows(p.p))
        self.put_loss(t, passes, lay)
        for k in range(L - 1, -1, -1):
            stack("dz%d" % (k + 1), lambda p: rows(p.layers[k].dz))
            grads = self.gradients_of(step, k)
            if grads:
                self.put(t, "dW%d" % (k + 1), "db%d" % (k + 1), grads, first.layers[k], lay)
            if k:
                stack("dh%d" % k, lambda p: None if p.layers[k].dh is None else self.without_ones(
                    p.layers[k].dh, p.layers[k].x, lay))
        for k, l in enumerate(first.layers, 1):
            if l.at_back and not (_same(l.at_back["W"], l.params["W"]) and _same(l.at_back["b"], l.params["b"])):
                self.put(t, "W%d_backward" % k, "b%d_backward" % k, l.at_back, l, lay)
        for suffix, params in (("_new", step.new), ("_next", step.next)):
            for k, l in enumerate(first.layers, 1):
                if params is not None:
                    self.put(t, "W%d%s" % (k, suffix), "b%d%s" % (k, suffix), params[k - 1], l, lay)
        return t

    @staticmethod
    def z(l, last):
        if l.seen is not None:
            return l.seen
        return l.soft[0] if last and l.soft and l.soft[0] is not None else l.out

    @staticmethod
    def without_ones(dh, x, lay):
        dh, full = lay.rows(dh), lay.rows(x)
        return lay.features(dh) if lay.ones and dh.shape == full.shape and not lay.columns else (
            lay.features(dh.T) if lay.ones and dh.shape == full.shape else dh)

    def labels_of(self, lay):
        def get(p):
            y, like = p.y, p.p if p.p is not None else p.layers[-1].out
            if y is None:
                for a in p.hints:
                    n = lay.count(like.shape)
                    if a.shape == like.shape and np.isin(a, (0, 1)).all() or a.size == n and a.dtype.kind in "iu":
                        y = a
                        break
            return None if y is None else self.labels(y, like, lay)
        return get

    @staticmethod
    def put(t, w_name, b_name, params, l, lay):
        W, b = params["W"], params["b"]
        row = None
        if W is not None:
            W, row = lay.weight(W)
            t[w_name] = W
        if b is None:
            b = row
        if b is not None:
            n = lay.weight(l.params["W"])[0].shape[1]
            t[b_name] = lay.bias(b, n, l.params["W"].dtype)

    @staticmethod
    def gradients_of(step, k):
        """{"W", "b"}: as the last backward left them; as found later where it
        left them alone; the sum over the passes where each set its own."""
        layers = [p.layers[k] for p in step.passes]
        last = layers[-1]
        if last.grads1 is None:
            return None
        if step.summed:
            return {n: None if any(l.grads1[n] is None for l in layers) else sum(l.grads1[n] for l in layers)
                    for n in "Wb"}
        return step.late[k] if step.late else last.grads1

    def put_loss(self, t, passes, lay):
        values = [p.losses[0] for p in passes if p.losses]
        if len(values) != len(passes):
            return
        if all(v.size == 1 for v in values):
            total = values[0] if len(values) == 1 else np.add.reduce([v.reshape(()) for v in values])
            total = np.asarray(total).reshape(1, 1)
            t["loss"] = total if total.dtype.kind == "f" else total.astype(np.float64)
        else:
            n = [lay.count(p.shape) for p in passes]
            parts = [v.reshape(m, -1) if v.size == m else lay.rows(v) for v, m in zip(values, n)]
            if len(set(a.shape[1:] for a in parts)) == 1:
                t["loss"] = np.concatenate(parts)

    def meta(self, steps, lay, rates, reason):
        """What is known beside the numbers. Lists of {…, "steps": […]} tell in
        which of the recorded steps a thing was seen:

        changed_in_place   a method changed the tensor that it was given
        input_changed      what a Linear had kept as its input was changed before
                           its gradients were made from it
        labels_differ      the loss's two methods were given different labels
        changed_between    a module received other numbers than the one before
                           it returned; modules: those called on the way
        param_at_backward_differs  backward found other parameters than forward

        passes_without_backward counts evaluations by the step before which (or,
        inside_step, in which) they came; merged_passes tells the steps that are
        several passes with one update.
        """
        first = steps[0].passes[0]
        m = {}
        m["recorder"] = "glassbox_record %d" % VERSION
        m["python"] = sys.version.split()[0]
        m["numpy"] = np.__version__
        m["written"] = reason
        m["steps_seen"] = self.seen
        m["steps"] = [s.index for s in steps]
        m["batch_size"] = sum(lay.count(p.shape) for p in steps[0].passes)
        m["layout"] = self.describe(first, lay)
        m["layers"] = [self.describe_layer(l, k, lay, steps) for k, l in enumerate(first.layers)]
        m["leaky_slopes"] = {str(k): d["slope"] for k, d in enumerate(m["layers"], 1) if "slope" in d}
        m["loss_class"] = next((p.loss_name for s in steps for p in s.passes if p.loss_name), None)
        m["updated_by"] = sorted(self.updaters)
        m["models"] = max(1, -(-self.linears_seen // len(first.layers)))
        m["others_trained"] = len(self.others_trained)
        keys = ("before_step", "rows", "passes", "inside_step", "loss_taken", "all_right")
        m["passes_without_backward"] = [
            {k: v for i, (k, v) in enumerate(zip(keys, e)) if i < 3 or v or i == 5 and v is not None} for e in self.idle]
        if self.skipped.get(True) and not self.skipped.get(False) and self.trained.get(False) and not self.trained.get(True):
            m["right_samples_skipped"] = self.skipped[True]
        merged = [s for s in steps if len(s.passes) > 1]
        if merged:
            m["merged_passes"] = [{"step": s.index, "passes": len(s.passes), "rows": lay.count(s.passes[0].shape)}
                                  for s in merged]
        if any(s.summed for s in steps):
            m["gradients_summed_over_passes"] = [s.index for s in steps if s.summed]
        if any(s.new is None for s in steps):
            m["update_not_seen"] = [s.index for s in steps if s.new is None]
        if self.repeats:
            m["backward_without_forward"] = self.repeats
        for key in ("changed_in_place", "input_changed", "labels_differ"):
            m[key] = self.events(steps, key)
        m["changed_between"] = self.between(steps)
        m["param_at_backward_differs"] = self.differing(steps, "at_back")
        inside = self.differing(steps, "after")
        if inside:
            m["update_inside_backward"] = True
        if any(r is not None for r in rates.values()) and len(set(rates.values())) > 1:
            m["lr_by_step"] = {str(i): r for i, r in rates.items()}
        for name in ("momentum", "weight_decay"):
            v = _attribute(first.layers[0].obj, name)
            if v is not None:
                m[name] = v
        m["loss_calls"] = sorted({len(p.losses) for s in steps for p in s.passes})
        m["notes"] = self.notes
        return m

    @staticmethod
    def events(steps, key):
        found = {}
        for s in steps:
            for p in s.passes:
                for kind, call, tensor in p.events:
                    if kind == key and s.index not in found.setdefault((call, tensor), []):
                        found[call, tensor].append(s.index)
        return [{"call": c, "tensor": n, "steps": i} for (c, n), i in found.items()]

    def between(self, steps):
        """Tensors that changed on the way from one module to the next."""
        found = {}
        for s in steps:
            for p in s.passes:
                for k, l in enumerate(p.layers):
                    z, last = self.z(l, k == len(p.layers) - 1), k == len(p.layers) - 1
                    by = sorted({_class(a) for a in l.acts})
                    pairs = [("z%d" % (k + 1), l.out, z), ("dz%d" % (k + 1), l.dz_made, l.dz)]
                    if not last:
                        pairs.append(("h%d" % (k + 1), l.h, p.layers[k + 1].x))
                        pairs.append(("dh%d" % (k + 1), p.layers[k + 1].dh, l.dh_seen))
                    for name, a, b in pairs:
                        if a is not None and b is not None and not _same(a, b):
                            at = found.setdefault((name, tuple(by)), [])
                            if s.index not in at:
                                at.append(s.index)
                if p.p is not None and p.p_seen is not None and not _same(p.p, p.p_seen):
                    at = found.setdefault(("p", ()), [])
                    if s.index not in at:
                        at.append(s.index)
        return [{"tensor": n, "modules": list(by), "steps": i} for (n, by), i in found.items()]

    @staticmethod
    def differing(steps, which):
        found = {}
        for s in steps:
            for p in s.passes:
                for k, l in enumerate(p.layers, 1):
                    now = getattr(l, which)
                    base = l.params if which == "at_back" else l.at_back
                    for n in "Wb":
                        if now and base and not _same(now[n], base[n]) and s.index not in found.setdefault(n + str(k), []):
                            found[n + str(k)].append(s.index)
        return [{"param": n, "steps": i} for n, i in found.items() if i]

    @staticmethod
    def describe(p, lay):
        l = p.layers[0]
        b = l.params["b"]
        x = len(l.x.shape)
        samples = {1: "one 1-D sample a call", 3: "×".join(["N" if i == 0 else str(n) for i, n in enumerate(l.x.shape)])}
        if lay.fused:
            bias = "the %s %s of the weights" % (lay.fused, "column" if lay.turned else "row")
        elif b is None:
            bias = "none found"
        else:
            bias = ("a number", "(n,)", "(n,1)" if b.shape[-1:] == (1,) and b.size > 1 else "(1,n)")[min(b.ndim, 2)]
        return {"samples": samples.get(x, "columns" if lay.columns else "rows"),
                "weights": "out×in" if lay.turned else "in×out", "bias": bias, "ones_in_x": bool(lay.ones),
                "settled": lay.fits > 0, "layers_fitting": "%d of %d" % (lay.fits, lay.tried)}

    def describe_layer(self, l, k, lay, steps):
        W, _ = lay.weight(l.params["W"])
        d = {"linear": _class(l.obj), "in": W.shape[0], "out": W.shape[1], "then": [_class(a) for a in l.acts]}
        for a in l.acts:
            slope = self.slope(a, k, steps)
            if slope is not None:
                d["slope"] = slope
        return d

    @staticmethod
    def slope(act, k, steps):
        """The slope below 0 that a class declares, or that a LeakyReLU shows."""
        cls = act if isinstance(act, type) else type(act)
        name = cls.__name__.lower()
        if "relu" not in name:
            return None
        v = _attribute(act, "slope", "negative_slope", "alpha", "leak", "leaky_slope", "a")
        if v is not None and 0 < v < 1:
            return v
        fn = getattr(cls, "forward", None)
        fn = getattr(fn, "__wrapped__", fn)
        for v in getattr(fn, "__defaults__", None) or ():
            if "leaky" in name and _number(v) and 0 < v < 1:
                return float(v)
        if "leaky" in name or "prelu" in name:
            for s in steps:
                for p in s.passes:
                    z, h = p.layers[k].seen, p.layers[k].h
                    if z is not None and h is not None and (z < 0).any():
                        r = h[z < 0] / z[z < 0]
                        return float(np.median(r)) if np.ptp(r) < 1e-5 else None  # not for NaN
        return None


def _ranges(numbers):
    """[0, 1, 2, 9]: "0-2, 9"."""
    parts = []
    for _, run in itertools.groupby(enumerate(sorted(numbers)), lambda e: e[1] - e[0]):
        run = [n for _, n in run]
        parts.append(str(run[0]) if len(run) == 1 else "%d-%d" % (run[0], run[-1]))
    return ", ".join(parts)
