"""Record what a NumPy training program computes, unchanged, down to the line.

    python3 glassbox_record.py [options] train.py [its arguments]
    python3 glassbox_record.py [options] -m package [its arguments]
    python3 glassbox_record.py [options] notebook.ipynb
    %load_ext glassbox_record          in the first cell of a running notebook

    -o FILE       where the trace goes (trace.npz)
    --steps N     record a training until every parameter has more than N updates (6)
    --stop        end the program with the first
    --mb N        values held at most (48 megabytes)
    --nodes N     operations recorded at most (60000; until two updates are
                  there three times as many)
    --seconds N   time spent on recording at most (20)
    --root DIR    record the files below DIR (the program's folder)
    -q            say nothing of a recording that went well, nor of Ctrl-C

The syntax tree of the program's own files is rewritten so that every operand
and every result is shown to the recorder; the operations themselves stay where
they are and as they are, so the program computes, prints, draws and raises what
it would have. It can tell by its time and memory (up to 256 MB more while it is
recorded), by sys.getrecursionlimit(), sys.meta_path, sys.getrefcount() and the
byte code of its functions, and by names in builtins that begin with __glassbox_.
Other threads and child processes run unrecorded.

When a training was recorded the program runs on as it was. What follows the first
epoch (the loop with a round for each update) with an evaluation behind it, up to
where the next begins, is recorded too, with parameters as they are by then.

Of several trainings, one after another, up to six are recorded: blocks are asked as
they are entered whether another begins. One does when the loop of the last is over,
where parameters are made as its were, or where a loop or a function is at work for
the first time. What was recorded is held until then, and each training, once
recorded, is in the file. All have the budgets of one, and five seconds at most once
there is a first. Where training begins only after more operations than that, what
came before is forgotten up to the next round or the end of a loop, so that no sum
is known by half; the trace says which limit was met.
What is written is told in the package comment of nn/graph.

A network of layer classes can be recorded from within the program as well:

    import glassbox_record, modules
    glassbox_record.record(modules, "trace.npz")

before training. `modules` is the module with the classes
Linear, ReLU, SoftMax and CrossEntropy; in a notebook pass globals(), or a list
of the classes. steps= chooses the steps, by number from 0: [0, 5], range(10),
slice(0, 3). The default is the first three and those on either side of the
first evaluation, of the first epoch's end and of a smaller last batch. Up to
256 MiB are held (glassbox_record.MOST_BYTES); evaluations are let go first, then
recording stops with what there is, and `meta` says so.

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
_PLAIN_MAIN = tuple(globals())      # what Python gives a main module

import ast
import atexit
import bisect
import builtins
import collections
import copy
import functools
import gc
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import itertools
import json
import math
import operator
import os
import sys
import threading
import time
import types
import weakref
import zipfile
import zlib

import numpy as np

__all__ = ["record", "save"]

SCHEMA = 1
PROGRAM_VERSION = "glassbox_record 2"

Array = np.ndarray


class _PlainArrays(dict):
    """Types of arrays that compute as arrays do: besides NumPy's own, those that a program
    derives from them without an operator or a method of its own in the place of theirs."""

    OWN = frozenset("__new__ __init__ __init_subclass__ __array_priority__ __doc__ __module__ __dict__ "
                    "__weakref__ __slots__ __repr__ __str__ __format__ __reduce__ __reduce_ex__ __setstate__ __class__ "
                    "__annotations__ __qualname__ __firstlineno__ __static_attributes__ __hash__ __del__".split())

    def __contains__(self, t):
        try:
            return self[t]
        except KeyError:
            of = [c for c in t.__mro__ if c is not np.ndarray and issubclass(c, np.ndarray)]
            self[t] = issubclass(t, np.ndarray) and not any(
                hasattr(np.ndarray, name) and name not in self.OWN or name in ("__array_ufunc__", "__array_function__")
                for c in of for name in c.__dict__)
            return self[t]


PLAIN_ARRAYS = _PlainArrays({np.ndarray: True, np.matrix: True, np.memmap: True})
NUMBER_TYPES = frozenset(t for t in np.sctypeDict.values() if issubclass(t, (np.number, np.bool_))
                         and not issubclass(t, np.complexfloating))
NUMERIC_KINDS = "fiubc"        # what is complex is followed and opaque

# Results of these operations are the same to the bit wherever they are computed
# again from the same inputs, so a large one need not be kept.
EXACT = frozenset("add sub mul div neg copy cmp abs sign sqrt square reciprocal maximum minimum fmax fmin clip "
                  "where floor ceil trunc round isnan isinf isfinite nan_to_num and or xor not gather setitem outer "
                  "floordiv all any argmax argmin max min count_nonzero ptp sort argsort".split())
UNSEEN = ("leaf", "mutated")    # what was made by nothing that was seen
# These cannot be computed again: without a value the trace is worth nothing there.
SOURCES = ("leaf", "const", "mutated", "create", "random", "opaque")

EXACT_BYTES = 16 << 10      # an exact result up to this size is kept all the same
EXACT_COUNT = 3000          # … as long as there are not too many
SMALL_BYTES = 4 << 10       # always kept if it cannot be computed exactly
LATE_BYTES = 1 << 16        # a source above this is copied when first used, not when made
WHOLE_BYTES = 2 << 20       # up to here a source is kept rather than the parts taken of it
INDEX_SIZE = 1 << 22        # largest index array made for a movement of data
DULL = 20000                # a block that met so many operations and no array is left alone
SAMPLES = 4
FEW, SOON = 3, 5            # so many updates are enough once recording has taken so many seconds
FIRST = 3                   # times the operations that may be recorded until two updates are there
TRAININGS = 6               # recorded at most, one after another
VAIN, TRIES = 6000, 3       # operations without an update after which a later one was none, and how many of those
QUESTIONS = 2000            # times that a block is asked whether a training begins with it


class Names(dict):
    """Names that are made once: of operations without what is behind the colon, of dtypes."""

    def __missing__(self, key):
        name = self[key] = key.split(":", 1)[0] if isinstance(key, str) else key.name
        return name


NAMES = Names()


def family(op):
    """The operation without the name behind its colon."""
    return NAMES[op]


class Unrecordable(Exception):
    """An operand that is no number and no array of numbers."""


# ---------------------------------------------------------------- the graph

class Site(object):
    """An expression of the program that is watched."""
    __slots__ = ("number", "file", "line", "col", "end_line", "end_col", "stmt", "func", "target", "texts", "args",
                 "loops", "params", "kind", "detail", "arity", "fixed", "form", "eager", "wrap", "block", "held",
                 "outer", "dull", "count", "consts", "close")

    def __init__(self):
        self.arity, self.fixed, self.form, self.eager, self.wrap = 0, None, None, False, None
        self.held, self.outer, self.dull, self.count, self.consts = None, [], 0, 0, {}
        self.detail, self.args, self.close = None, None, None


class Node(object):
    """One operation that was executed, or an array that was there before."""
    __slots__ = ("op", "ins", "site", "obj", "call", "dtype", "shape", "value", "attr", "serial", "late", "ready", "index")

    def __init__(self, op, ins, site):
        self.op, self.ins, self.site = op, ins, site
        self.obj = self.call = -1
        self.dtype, self.shape, self.value, self.attr, self.late, self.ready = "", (), None, None, None, True


class Known(object):
    """An array object that was met: which node it holds now.

    root is the owner of the memory; its version counts what was written to it
    through any view, seen is the version that the node belongs to. pending are
    writes through views that the owner has not been asked for yet. shared is
    memory that something unseen may write to at any time.
    """
    __slots__ = ("ref", "node", "obj", "root", "version", "seen", "epoch", "print", "pending", "source", "shared")

    def __init__(self, ref, obj):
        self.ref, self.obj, self.node, self.root = ref, obj, None, self
        self.version = self.seen = self.epoch = 0
        self.print, self.pending, self.source, self.shared = None, None, None, False


class Ref(weakref.ref):
    """A weak reference that knows the id of what it referred to."""
    __slots__ = ("key",)

    def __new__(cls, x, callback):
        self = weakref.ref.__new__(cls, x, callback)
        self.key = id(x)
        return self

    def __init__(self, x, callback):
        super(Ref, self).__init__(x, callback)


def root_of(x):
    base = x.base
    while isinstance(base, Array):
        x, base = base, base.base
    return x


def content(x):
    """The bytes of x; of a large array, those of some thousand elements."""
    if x.nbytes > 1 << 16:
        step = x.size // 4096 | 1
        x = x.reshape(-1)[::step] if x.flags.c_contiguous else np.asarray(x).flat[::step]
    return x.tobytes()


def fingerprint(x):
    """A checksum of the content."""
    return zlib.crc32(content(x))


def index_type(most):
    return np.int32 if most < 2 ** 31 - 1 else np.int64


class Strided(object):
    """The index array of a view, as where it begins and how it steps."""
    __slots__ = ("start", "shape", "steps", "dtype")
    nbytes = 0

    def __init__(self, start, shape, steps, dtype):
        self.start, self.shape, self.steps, self.dtype = start, shape, steps, dtype

    def plain(self):
        """The start, and for each axis how many there are and how far apart."""
        return [int(self.start)] + [int(k) for axis in zip(self.shape, self.steps) for k in axis]

    def __array__(self, dtype=None, copy=None):
        ix = np.array(self.start, dtype=self.dtype)
        for n, s in zip(self.shape, self.steps):
            ix = ix[..., None] + np.arange(n, dtype=self.dtype) * self.dtype(s)
        return ix if dtype is None else ix.astype(dtype)


class Indices(object):
    """Index arrays of movements: 1 + the flat index into the input, 0 for a constant."""

    def __init__(self):
        self.whole, self.met, self.outlines = {}, {}, {}

    def through(self, shape, look):
        """The indices of a view that look takes of an array of that shape. What look gets
        has the steps of such an array and none of its elements: it must only be looked at."""
        known = self.outlines.get(shape)
        if known is None:
            outline = np.lib.stride_tricks.as_strided(np.zeros(1, np.int8), shape, self.all(shape).steps)
            known = self.outlines[shape] = outline, outline.__array_interface__["data"][0] - 1, index_type(outline.size)
        outline, before, kind = known
        r = look(outline)
        return Strided(r.__array_interface__["data"][0] - before, r.shape, r.strides, kind)

    def once(self, ix):
        """ix, or an equal array that was there before."""
        if type(ix) is Strided:
            return ix
        if ix is None:
            raise Unrecordable
        ix = np.asarray(ix)
        if ix.dtype.kind not in "iu":
            raise Unrecordable
        if ix.size < 64:
            return ix
        key = (ix.shape, ix.dtype, zlib.crc32(np.ascontiguousarray(ix).data))
        old = self.met.get(key)
        if old is not None and np.array_equal(old, ix):
            return old
        if len(self.met) > 4096:
            self.met.clear()
        self.met[key] = ix
        return ix

    def of(self, shape):
        """The index array of an array itself. Not to be changed."""
        ix = self.whole.get(shape)
        if ix is None:
            size = int(np.prod(shape, dtype=np.int64))
            ix = np.arange(1, size + 1, dtype=index_type(size)).reshape(shape)
            if len(self.whole) > 64:
                self.whole.clear()
            self.whole[shape] = ix
            ix.flags.writeable = False
        return ix

    @staticmethod
    def all(shape):
        """The same where nothing is to be computed with it."""
        steps, size = [], 1
        for n in reversed(shape):
            steps.append(size)
            size *= n
        return Strided(1, tuple(shape), tuple(reversed(steps)), index_type(size))

    def view(self, x, r):
        """Where the elements of r lie in x, whose memory it shares; None if that cannot be said."""
        if r.dtype != x.dtype or r.size > INDEX_SIZE or not x.size:
            return None
        if not x.flags.c_contiguous:
            # Laid out with other axes first, as einsum leaves its results.
            axes = sorted(range(x.ndim), key=lambda k: -x.strides[k])
            dense = x.transpose(axes)
            ix = self.view(dense, r) if dense.flags.c_contiguous and x.size <= INDEX_SIZE else None
            if ix is None:
                return None
            lies = np.arange(1, x.size + 1).reshape(x.shape).transpose(axes).reshape(-1)
            return lies[np.asarray(ix) - 1].astype(index_type(x.size))
        item = x.itemsize
        offset = r.__array_interface__["data"][0] - x.__array_interface__["data"][0]
        if offset < 0 or offset % item or offset >= x.nbytes:
            return None
        if any(step % item for step in r.strides):
            return None
        steps = tuple(step // item for step in r.strides)
        low = high = offset // item
        for n, step in zip(r.shape, steps):
            low, high = low + min(0, step) * (n - 1), high + max(0, step) * (n - 1)
        if r.size and (low < 0 or high >= x.size):
            return None
        return Strided(1 + offset // item, r.shape, steps, index_type(x.size))

    def element(self, x, index):
        """Where x[index] lies, for a few integers; None for anything else."""
        if type(index) is not tuple:
            index = (index,)
        if len(index) != x.ndim:
            return None
        flat = 0
        for i, n in zip(index, x.shape):
            if type(i) is not int:
                if not isinstance(i, np.integer):
                    return None
                i = int(i)
            flat = flat * n + (i + n if i < 0 else i)
        return Strided(1 + flat, (), (), np.int32)

    def rows(self, x, index, r):
        """Where x[index] lies for an index of the first axis alone, without counting all of x."""
        if isinstance(index, tuple) or r.size > INDEX_SIZE or x.ndim < 1:
            return None
        first = np.arange(x.shape[0], dtype=np.int64)[index]
        width = int(np.prod(x.shape[1:], dtype=np.int64))
        ix = first.reshape(first.shape + (1,) * (x.ndim - 1)) * width
        ix = ix + np.arange(1, width + 1).reshape((1,) * first.ndim + x.shape[1:])
        return ix.astype(index_type(x.size)) if ix.shape == r.shape else None

    def got(self, x, index, r):
        """Where r = x[index] lies in x."""
        if type(r) is not Array or not r.ndim:
            ix = self.element(x, index)
            if ix is not None:
                return ix
        for i in index if type(index) is tuple else (index,):
            if type(i) not in (int, slice) and i is not None and i is not Ellipsis and not isinstance(i, np.integer):
                break
        else:
            return self.through(x.shape, lambda outline: outline[index])
        if x.size <= INDEX_SIZE:
            return np.asarray(self.of(x.shape)[index])
        return self.rows(x, index, r) if isinstance(r, Array) else None


class Budget(object):
    """What may still be held."""

    def __init__(self, megabytes, nodes, seconds):
        self.bytes, self.nodes, self.seconds = int(megabytes * 2 ** 20), nodes, seconds
        self.held, self.arrays = 0, 0

    def near(self, more=0):
        return self.held + more > 0.7 * self.bytes


class Graph(object):
    """The nodes recorded so far, and which node each living array or number is."""

    def __init__(self, budget):
        self.budget = budget
        self.log, self.serial, self.objects = [], 0, 0
        self.known, self.numbers, self.lately, self.content = {}, {}, {}, {}
        self.recent = collections.deque()
        self.epoch = 0                      # raised when foreign code may have changed arrays
        self.doubt = False                  # such code may be at work just now
        self.partly = False                 # what is at work may have parts that are not watched
        self.indices = Indices()
        self.path, self.find_path = None, tuple     # the call path of the node being made
        self.limits, self.limited, self.indexed = [], set(), set()
        self.complex = False                # whether a complex array was met
        self.heirs = {}                     # text and shape -> what was called so before unseen updates

        def forget(ref, known=self.known):
            e = known.get(ref.key)
            if e is not None and e.ref is ref:
                del known[ref.key]
        self.forget = forget

    # -- nodes

    def limit(self, what, limit):
        if what not in self.limited and len(self.limited) < 40:
            self.limited.add(what)
            self.limits.append({"what": what, "limit": limit, "at_node": self.serial})

    def add(self, op, ins, site, attr=None, dtype="", shape=()):
        self.complex = self.complex or dtype.startswith("complex")
        if self.complex and family(op) not in SOURCES and (
                dtype.startswith("complex") or any(q.dtype.startswith("complex") for q in ins)):
            op = "opaque:" + op
        n = Node(op, ins, site)
        n.attr, n.dtype, n.shape = attr, dtype, shape
        n.serial = self.serial
        if self.path is None:
            self.path = self.find_path()
        n.call = self.path
        self.serial += 1
        self.log.append(n)
        if site is not None:
            site.count += 1
        return n

    def number(self, op, ins, site, x, attr=None):
        """A node for a number."""
        t = type(x)
        n = self.add(op, ins, site, attr,
                     "float64" if t is float else "bool" if t is bool else "int64" if t is int else NAMES[x.dtype])
        n.value = x
        return n

    def array(self, op, ins, site, x, attr=None, late=False):
        """A node for what the array x holds now."""
        n = self.add(op, ins, site, attr, NAMES[x.dtype], x.shape)
        self.keep(n, x, late)
        return n

    # -- values

    def keep(self, n, x, late=False):
        """Keep x's content in n, as far as the budget and the operation ask for it."""
        b, size, kind = self.budget, x.nbytes, family(n.op)
        if n.attr is not None and "idx" in n.attr and id(n.attr["idx"]) not in self.indexed:
            self.indexed.add(id(n.attr["idx"]))
            b.held += n.attr["idx"].nbytes
        if x.dtype.kind == "c":
            n.ready = False
            return
        if kind in SOURCES:
            if size > LATE_BYTES or late:
                n.late = weakref.ref(x)
                n.ready = False
                if kind == "create" and x.flat[0] == x.flat[-1] and n.op in ("create:zeros", "create:ones", "create:full",
                                                                           "create:zeros_like", "create:ones_like"):
                    n.late = None
                    if x.size <= INDEX_SIZE:
                        n.value, n.ready = np.broadcast_to(x.reshape(-1)[:1].copy(), x.shape), True
                return
            self.hold(n, x)
        elif kind in EXACT or (kind in ("dot", "matmul") and n.ins and n.ins[0].shape and n.ins[0].shape[-1] == 1):
            ready = all(i.ready for i in n.ins)
            if not ready and kind == "gather" and not b.near(size) and size <= b.bytes // 8:
                self.hold(n, x)
            elif not ready or size > EXACT_BYTES or b.arrays > EXACT_COUNT or b.near(size):
                n.ready = ready
                if not ready and size > SMALL_BYTES:
                    n.late = weakref.ref(x)
                if size > SMALL_BYTES or not ready:
                    self.sample(n, x)
            else:
                self.hold(n, x)
        elif size <= SMALL_BYTES or not b.near(size) and (size <= b.bytes // 24 or not all(i.ready for i in n.ins)):
            self.hold(n, x)
        else:
            if b.near(size):
                self.limit("values", b.bytes)
            self.sample(n, x)
            n.ready = all(i.ready for i in n.ins)

    def hold(self, n, x):
        n.value = np.array(x, copy=True, order="C", subok=False)
        n.ready = True
        self.budget.held += x.nbytes
        self.budget.arrays += 1

    def sample(self, n, x):
        if x.size:
            at = [k * (x.size - 1) // (SAMPLES - 1) for k in range(SAMPLES)] if x.size > SAMPLES else list(range(x.size))
            n.attr = dict(n.attr or {}, sample=[[k, v] for k, v in zip(at, np.asarray(x).flat[at].tolist())])

    def need(self, n, say=True):
        """n is an operand of more than a movement: its value has to be there."""
        if n.late is None or n.ready:
            return
        x, n.late = n.late(), None
        e = self.known.get(id(x)) if x is not None else None
        if e is not None and e.node is n and self.budget.held + x.nbytes <= 0.9 * self.budget.bytes:
            self.hold(n, x)
        elif say:
            self.limit("large arrays", self.budget.bytes)

    # -- which node an operand is

    def interesting(self, x):
        t = type(x)
        if t is Array:
            return x.dtype.kind in NUMERIC_KINDS
        if t is float:
            return id(x) in self.numbers
        return t in NUMBER_TYPES or (t in PLAIN_ARRAYS and x.dtype.kind in NUMERIC_KINDS)

    def operand(self, x, site, slot=0, moves=False):
        """The node that holds the operand x now."""
        t = type(x)
        if t in PLAIN_ARRAYS:
            if x.dtype.kind not in NUMERIC_KINDS:
                raise Unrecordable
            n = self.current(x, site)
            if not moves and not n.ready:
                self.need(n)
            return n
        if t is float or t in NUMBER_TYPES:
            e = self.numbers.get(id(x))
            if e is not None:
                return e[1]
            if t is float:
                n = self.late_number(x)
                if n is not None:
                    return n
            return self.constant(x, site, slot)
        if t is int or t is bool:
            return self.constant(x, site, slot)
        if t is list or t is tuple:
            try:
                literal = np.asarray(x)
            except Exception:
                raise Unrecordable
            if literal.dtype.kind in NUMERIC_KINDS and literal.size <= 4096:
                n = self.add("const", [], site, None, literal.dtype.name, literal.shape)
                self.hold(n, literal)
                return n
        raise Unrecordable

    def constant(self, x, site, slot):
        e = site.consts.get(slot)
        if e is not None and type(e[0]) is type(x) and e[0] == x and e[1] is not None:
            return e[1]
        if type(x) is int and not -2 ** 63 <= x < 2 ** 63:
            raise Unrecordable
        n = self.number("const", [], site, x)
        site.consts[slot] = (x, n)
        if type(x) in NUMBER_TYPES:
            self.numbers[id(x)] = (x, n)
        return n

    def later(self, x, op, site, operands, attr=None):
        """x is a number made of other numbers: its node is made when it is used with an array."""
        self.lately[id(x)] = (x, op, site, operands, attr)
        self.recent.append(id(x))
        if len(self.recent) > 2048:
            self.lately.pop(self.recent.popleft(), None)

    def late_number(self, x, depth=0):
        e = self.lately.get(id(x))
        if e is None or e[0] is not x or depth > 12:
            return None
        _, op, site, operands, attr = e
        ins = []
        for slot, y in enumerate(operands):
            n = self.numbers[id(y)][1] if id(y) in self.numbers else self.late_number(y, depth + 1) if type(y) is float else None
            ins.append(n if n is not None else self.constant(y, site, slot))
        n = self.number(op, ins, site, x, attr)
        self.numbers[id(x)] = (x, n)
        return n

    def entry(self, x):
        """What is known of the array object x."""
        e = self.known.get(id(x))
        if e is None:
            self.objects += 1
            e = Known(Ref(x, self.forget), self.objects)
            e.epoch = self.epoch
            self.known[id(x)] = e
            root = root_of(x)
            if root is not x:
                e.root = self.entry(root)
        return e

    def current(self, x, site):
        e = self.known.get(id(x))
        if e is None or e.node is None:
            return self.meet(x, site)
        if e.seen == e.root.version and e.epoch == self.epoch and not self.doubt and not e.root.shared:
            if e.print is None:
                e.print = fingerprint(x)
            return e.node
        return self.renew(e, x, site)

    def latest(self, x, site):
        """The node that x held when last looked at: what it was before an operation that changed it."""
        e = self.known.get(id(x))
        return e.node if e is not None and e.node is not None else self.current(x, site)

    def meet(self, x, site):
        """An array that is operand for the first time and not the result of anything recorded."""
        e = self.entry(x)
        root = e.root
        if root is not e and root.node is not None:
            owner = root.ref()
            ix = self.indices.view(owner, x) if owner is not None else None
            if ix is not None:
                source = self.current(owner, site)
                return self.bind(x, self.array("gather", [source], site, x, {"idx": ix}))
        found = content(x)
        twin = self.content.get((x.shape, x.dtype, zlib.crc32(found))) if self.telling(x, found) else None
        if twin is not None:
            return self.bind(x, self.array("copy", [twin], site, x, {"found": 1}))
        if self.heirs:
            before = {self.heirs.get((t, x.shape)) for t in operand_texts(site)} - {None}
            if len(before) == 1:
                return self.bind(x, self.array("mutated", list(before), site, x))
        return self.bind(x, self.array("leaf", [], site, x))

    @staticmethod
    def telling(x, found):
        """Whether the content is one that is not met twice by chance: not constant, nor of a few numbers."""
        if x.size < 4 or x.dtype.kind != "f":
            return False
        first, n = found[:x.itemsize], len(found)
        middle = n // 2 // x.itemsize * x.itemsize
        return found[n - x.itemsize:] != first or found[middle:middle + x.itemsize] != first

    def bind(self, x, n, source=None):
        """From now on the array object x holds node n."""
        e = self.entry(x)
        e.node, n.obj = n, e.obj
        e.seen, e.epoch = e.root.version, self.epoch
        found = content(x)
        e.print = zlib.crc32(found)
        if source is not None:
            e.source = source
        if self.telling(x, found):
            if len(self.content) > 4096:
                self.content.clear()
            self.content[(x.shape, x.dtype, e.print)] = n
        return n

    def settle(self, root, site):
        """Bring an owner of memory up to what was written through its views."""
        owner = root.ref()
        if owner is None or root.node is None or not root.pending:
            return
        for ix, n, at in root.pending:
            root.node = self.array("setitem", [root.node, n], at, owner, {"idx": ix, "view": 1})
            root.node.obj = root.obj
        root.pending = None
        root.seen, root.print = root.version, None

    def renew(self, e, x, site):
        """x may have changed since it was last met."""
        root = e.root
        moved = e.seen != root.version
        self.settle(root, site)
        if root is e and moved and e.seen == root.version and (self.partly or not self.doubt):
            e.print, e.epoch = fingerprint(x), self.epoch      # settled with what it holds now
            return e.node
        mark = fingerprint(x)
        if e.print is None:
            e.print = mark if not moved else None
        same = mark == e.print and (not moved or x.nbytes <= 1 << 16 or root is e)
        e.seen, e.epoch = root.version, self.epoch
        if same:
            return e.node
        e.print = mark
        if root is not e and root.node is not None:
            owner = root.ref()
            ix = self.indices.view(owner, x) if owner is not None else None
            if ix is not None:
                source = self.current(owner, site)
                return self.bind(x, self.array("gather", [source], e.node.site, x, {"idx": ix}))
        if root is not e and e.source is not None:
            of, ix = e.source
            base = of.ref()
            if base is not None and of.node is not None:
                source = self.current(base, site)
                return self.bind(x, self.array("gather", [source], e.node.site, x, {"idx": ix}), e.source)
        return self.bind(x, self.array("mutated", [e.node], site, x))

    def wrote(self, x, n, site):
        """x was changed in place and holds node n now; views of its memory will be told."""
        e = self.entry(x)
        e.node, n.obj = n, e.obj
        root = e.root
        root.version += 1
        e.seen, e.epoch, e.print = root.version, self.epoch, fingerprint(x) if self.partly else None
        if root is not e and root.node is not None:
            owner = root.ref()
            ix = self.indices.view(owner, x) if owner is not None else None
            if ix is not None:
                if root.pending is None:
                    root.pending = []
                root.pending.append((ix, n, site))
                if len(root.pending) > 256:
                    self.settle(root, site)

    def unchanged(self, x):
        """Whether x is known and holds what it held then."""
        e = self.known.get(id(x))
        return e is not None and e.node is not None and e.seen == e.root.version and e.print == fingerprint(x)

    def touched(self, x):
        """x was changed in a way that is not recorded."""
        e = self.known.get(id(x))
        if e is not None:
            if e.print is None and e.node is not None:
                e.print = -1
            e.root.version += 1

    def drop(self, x):
        """Forget an array that must not be referred to: resize() refuses to work on one that is."""
        e = self.known.pop(id(x), None)
        if e is not None:
            if e.node is not None and e.node.late is not None:
                self.known[id(x)] = e
                self.need(e.node)
                e.node.late = None
                del self.known[id(x)]
            e.ref = lambda: None

    # -- between trainings

    def rest(self):
        """Nothing is seen from now on. What is known of arrays is to be looked at again
        when recording goes on; a write that was only noted so far is then one unseen."""
        for e in list(self.known.values()):
            x = e.ref()
            e.pending = None
            if x is not None and e.print is None:
                e.print = fingerprint(x)
        for d in (self.numbers, self.lately, self.content, self.heirs):
            d.clear()
        self.recent.clear()
        self.epoch += 1
        self.doubt = self.partly = True

    def mark(self):
        """What drop_since has to know to undo what is recorded from here on."""
        return len(self.log), self.serial, len(self.limits), set(self.limited), set(self.indexed), self.budget.held, self.budget.arrays

    def drop_since(self, mark):
        """Forget what was recorded since the mark was made."""
        length, serial, limits, self.limited, self.indexed, self.budget.held, self.budget.arrays = mark
        del self.log[length:], self.limits[limits:]
        for e in list(self.known.values()):
            if e.node is not None and e.node.serial >= serial:
                e.node = e.source = None

    # -- letting go of what nothing can ask for any more

    def compact(self):
        """Before the first training step: drop what no living array or number comes from."""
        if len(self.numbers) > 2000:
            for k in list(self.numbers)[:-1000]:
                del self.numbers[k]
        self.content.clear()
        keep, todo = set(), [e.node for e in list(self.known.values()) if e.node is not None]
        todo += [e[1] for e in self.numbers.values()]
        for e in list(self.known.values()):
            todo += [n for _, n, _ in e.pending or ()]
        while todo:
            n = todo.pop()
            if n.serial not in keep:
                keep.add(n.serial)
                todo += n.ins
        self.log = [n for n in self.log if n.serial in keep]
        held = [n.value for n in self.log if isinstance(n.value, Array) and n.value.base is None]
        indices = {id(n.attr["idx"]): n.attr["idx"].nbytes for n in self.log if n.attr and "idx" in n.attr}
        self.indexed = set(indices)
        self.budget.held = sum(v.nbytes for v in held) + sum(indices.values())
        self.budget.arrays = len(held)

    def cut(self):
        """Too much of it is left: what lives now becomes data that was there before.
        Returns its new numbers by the old."""
        renewed = {}
        for e in list(self.known.values()):
            x = e.ref()
            if x is None or e.node is None:
                continue
            e.pending = None
            old = e.node
            self.bind(x, self.array("leaf", [], old.site, x, None, True))
            renewed[old.serial] = e.node.serial
        self.numbers.clear()
        self.lately.clear()
        self.limit("preparation of data", self.budget.nodes)
        self.compact()
        return renewed


# ---------------------------------------------------------------- how far training has come

LINKS = frozenset("add sub mul div neg abs sign copy gather setitem add_at clip where maximum minimum nan_to_num".split())
SPREADING = frozenset("add sub mul div gather".split())
PRODUCTS = frozenset("dot matmul einsum tensordot outer inner multi_dot convolve convolve2d correlate2d".split())


def versions_back(n, heads, consumer, known):
    """The node among heads of which n is a later version: made of it element by
    element and by at least one plus or minus."""
    if n.op not in LINKS:
        return None
    oldest, site = min(heads), consumer.site
    todo, seen = [(n, False, 0)], set()
    while todo:
        x, moved, depth = todo.pop()
        if moved and x.serial in heads:
            return x
        op = x.op
        if op not in LINKS or depth > 12 or (x.serial, moved) in seen or len(seen) > 60 or (
                x is not n and x.site is site):
            continue
        seen.add((x.serial, moved))
        moves = op == "gather"
        if moves and len(x.ins) > 1:
            continue
        moved = moved or op in ("add", "sub", "add_at")
        for q in x.ins:
            if q.op == "setitem":
                q = unmoved(q, known)
            if q.serial >= oldest and (moves or q.shape == x.shape or op == "setitem") and (
                    q.op in LINKS or moved and q.serial in heads):
                todo.append((q, moved, depth + 1))
    return None


def unchanged(n, old):
    """Whether two versions are known to have the same content."""
    a, b = n.value, old.value
    return a is not None and b is not None and np.shape(a) == np.shape(b) and bool(np.all(np.equal(a, b)))


def steered(n, old):
    """Whether n, a later version of old, owes its change to a result of old: a
    parameter's step does, by way of the loss. What is only written or added does not,
    nor do rows written over by what is made of themselves: data being scaled."""
    todo, seen = [(n, False)], set()
    owes, alone = False, n.op == "setitem" and len(n.ins[1].shape) > 0
    while todo and len(seen) < 20000:
        x, made = todo.pop()
        if x is old:
            owes = owes or made
            continue
        if (x.serial, made) in seen:
            continue
        seen.add((x.serial, made))
        if x.serial < old.serial or x.op != "const" and not x.ins:
            alone = alone and not x.shape
            continue
        if owes and not alone:
            return True
        made = made or family(x.op) not in LINKS
        todo += [(q, made) for q in x.ins]
    return owes and not alone


class Place(object):
    """An operand's place in the program: what was read there, version by version."""
    __slots__ = ("heads", "links", "again", "first", "last", "used", "others", "factor", "steered", "same", "moved",
                 "parts", "passes", "begun")

    def __init__(self, first):
        self.heads, self.links, self.again, self.used, self.others, self.begun = {}, [], False, False, 0, None
        self.factor, self.steered, self.same, self.moved = False, False, 0, 0
        self.parts, self.passes = set(), False      # the rows or columns that are read there, and whether one is read again
        self.first = self.last = first


def unmoved(n, known):
    """The version of an array of which n is one with an element moved by a constant, as
    derivatives are estimated, or put back where it was: both read as that version. Those
    that were looked for before are known, by their numbers: of counts there are many."""
    base = n
    while base.op == "setitem":
        if base.serial in known:
            base = known[base.serial]
            break
        v = base.ins[1]
        if base.attr.get("view"):
            u = unmoved(v, known)
            if u is v or u.op != "gather" or len(u.ins) != 1 or u.ins[0].shape != n.shape:
                break
            base = u.ins[0]
            continue
        if v.shape:
            break
        while v.op in ("add", "sub") and literal_number(v.ins[1]):
            v = v.ins[0]
        if v.op != "gather" or len(v.ins) != 1 or v.ins[0].shape != n.shape or v.ins[0].serial >= base.serial or \
                same_place(v.attr["idx"]) != same_place(base.attr["idx"]):
            break
        base = v.ins[0]
    if base is not n:
        while base.op == "copy" and len(base.ins) == 1:
            base = base.ins[0]
        known[n.serial] = base
    return base


def literal_number(n):
    return not n.shape and (n.op == "const" or 0 < len(n.ins) < 3 and all(q.op == "const" for q in n.ins))


def same_place(index):
    return tuple(index.plain()) if type(index) is Strided else id(index)


def named(x):
    """The value that another name was given to."""
    while x.attr and x.attr.get("alias"):
        x = x.ins[0]
    return x


def faded(q, old):
    """Whether a value keeps only a part of the one before, the same of each element or as gates say."""
    for m in q.ins:
        if q.op == "add" and m.op == "mul" and any(named(x) is old for x in m.ins):
            for x in m.ins:
                if named(x) is not old and (len(x.shape) > 0 and x.op != "const"
                                     or np.ndim(x.value) == 0 and x.value is not None and abs(x.value) < 0.9):
                    return True
    return False


class Progress(object):
    """Counts the updates of parameters while the program runs.

    A parameter is read at one place (site, operand) again and again, as later
    versions of itself, and something else than its own update is made of it. A
    place that is begun afresh after its value was already renewed belongs to a
    hidden state or a sum, which lives for one pass. What is neither a factor of a
    product nor has a say in its own change is a buffer being filled, and of what each
    row or column is read but once so far, data is being prepared.
    """

    def __init__(self, fed=-1):
        self.places, self.fed, self.tried, self.still = {}, fed, 0, {}
        self.vaguely = 0    # operations before there were enough updates of what products are made of by way of others
        self.counted = []   # the places of the parameters whose updates were counted last

    ENOUGH = 2  # readings more in which something stayed what it was
    IDLE = 50  # updates that count for one where nothing moves: a perceptron's at samples that are right

    def feed(self, log):
        """Take in the nodes that came since the last time."""
        start = bisect.bisect_right(_Serials(log), self.fed)
        for n in log[start:]:
            for slot, q in enumerate(n.ins):
                if q.obj >= 0 and q.op != "const" and q.dtype.startswith("float"):
                    self.read(n, slot, q)
        if log:
            self.fed = log[-1].serial

    def read(self, n, slot, q):
        q = unmoved(q, self.still)
        key = (n.site, slot, q.shape)
        place = self.places.get(key)
        if place is None:
            place = self.places[key] = Place(n.serial)
        place.last = n.serial
        heads = place.heads
        if q.serial in heads:
            place.same += 1
            return
        if place.again or place.others > 64:
            return
        place.factor = place.factor or n.op in PRODUCTS
        if not place.used and (n.op in PRODUCTS or (n.shape != q.shape and n.op in SPREADING)):
            place.used = True
        if not place.passes and n.op == "gather" and n.shape != q.shape and type(n.attr["idx"]) is Strided:
            part = tuple(n.attr["idx"].plain())
            place.passes = part in place.parts
            place.parts.add(part)
        old = versions_back(q, heads, n, self.still) if heads else None
        if old is not None and faded(q, old):
            place.again = True          # an average, or a state that leaks
            return
        if old is not None:
            heads[q.serial] = heads.pop(old.serial) + 1
            place.moved += not unchanged(q, old)
            if not place.factor and not place.steered and len(place.links) < 40:
                place.steered = steered(q, old)
            if not place.links:
                place.begun = old
            place.links.append(q)
            return
        place.again = bool(place.links)
        place.others += 1
        heads[q.serial] = 0

    def latest(self):
        """The last version of each counted parameter by its name and shape, where no other is called so."""
        found, several = {}, set()
        for (site, slot, shape), p in self.places.items():
            if p not in self.counted or slot >= len(site.args or ()) or type(site.args[slot]) is not str:
                continue
            key = site.args[slot], shape
            other = found.setdefault(key, p)
            if len(p.heads) > 1 or other.begun is not p.begun:
                several.add(key)
            elif p.links[-1].serial > other.links[-1].serial:
                found[key] = p
        return {key: p.links[-1] for key, p in found.items() if key not in several}

    def renew(self, numbers):
        """What was read goes by other numbers from now on."""
        for p in self.places.values():
            p.heads = {numbers[k]: c for k, c in p.heads.items() if k in numbers}

    def updates(self, log):
        """(updates of the slowest parameter, serial of its first reading); 0 if there is none."""
        lasting = [(k, p) for k, p in self.places.items() if p.links and not p.again and (p.factor or p.steered) and (
            p.passes or not p.parts)]
        used = [p for _, p in lasting if p.used]
        if not used and lasting and len(log) >= 1.5 * self.tried:
            self.tried = len(log)
            used = self.felt(log, lasting)
        if not used:
            return 0, None
        longest = max(p.last - p.first for p in used)
        used = self.counted = [p for p in used if p.last - p.first >= 0.5 * longest]
        counts = [c for p in used for c in p.heads.values() if c]
        if not counts:
            return 0, None
        most = max(p.moved for p in used)
        return min(min(counts), max(most, -(-min(counts) // self.IDLE))), min(p.first for p in used)

    def early(self):
        """Whether what was counted may be a hidden state in its first pass: one that
        is multiplied by something larger which has stayed what it was. An array that is
        filled and read part by part holds the states of all times."""
        size = lambda k: functools.reduce(operator.mul, k[2], 1)
        largest = max([size(k) for k, p in self.places.items() if p.links and p.used and not p.again and (
            p.passes or not p.parts)] or [0])
        return any(p.factor and not p.links and p.same >= self.ENOUGH * len(p.heads) and size(k) > largest
                   for k, p in self.places.items())

    def vague(self, nodes):
        """Whether what was counted, of which no product is made but by way of other values, may be
        what blocks are added to one after the other, in its first pass: the next begins it afresh."""
        if any(p.used for p in self.counted):
            return False
        self.vaguely = self.vaguely or nodes
        return nodes < 12 * self.vaguely

    @staticmethod
    def felt(log, lasting):
        """Those of which a product is made by way of another value, as Nesterov's point ahead is."""
        consumers = {}
        for n in log:
            for q in n.ins:
                consumers.setdefault(q.serial, []).append(n)
        found = []
        for key, p in lasting:
            own = {q.serial for q in p.links}
            todo, seen = [p.links[0]], set()
            while todo and len(seen) < 2000:
                for n in consumers.get(todo.pop().serial, ()):
                    if n.serial in own or n.serial in seen or n.site is key[0] and n.shape == key[2] and n.obj in \
                            [q.obj for q in p.links]:
                        continue
                    if n.op in PRODUCTS:
                        found.append(p)
                        todo = []
                        break
                    seen.add(n.serial)
                    todo.append(n)
        return found


class _Serials(object):
    """The nodes' numbers, for bisect."""

    def __init__(self, log):
        self.log = log

    def __len__(self):
        return len(self.log)

    def __getitem__(self, i):
        return self.log[i].serial


# ---------------------------------------------------------------- what is recorded of each operation

BINARY = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Pow: "pow", ast.MatMult: "matmul",
          ast.FloorDiv: "floordiv", ast.Mod: "mod", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor"}
UNARY = {ast.USub: "neg", ast.UAdd: "copy", ast.Invert: "not"}
COMPARE = {ast.Lt: "Lt", ast.LtE: "LtE", ast.Gt: "Gt", ast.GtE: "GtE", ast.Eq: "Eq", ast.NotEq: "NotEq"}

UFUNCS = {"subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div", "floor_divide": "floordiv",
          "remainder": "mod", "power": "pow", "float_power": "pow", "negative": "neg", "absolute": "abs", "fabs": "abs",
          "positive": "copy", "rint": "round", "invert": "not", "bitwise_and": "and", "bitwise_or": "or",
          "bitwise_xor": "xor"}
UFUNCS.update((n, n) for n in (
    "add matmul sign exp expm1 log log1p log2 log10 sqrt square reciprocal sin cos tan sinh cosh tanh arctan arcsin "
    "arccos expit maximum minimum fmax fmin logaddexp hypot arctan2 floor ceil trunc isnan isinf isfinite").split())
UFUNC_COMPARE = {"less": "Lt", "less_equal": "LtE", "greater": "Gt", "greater_equal": "GtE", "equal": "Eq",
                 "not_equal": "NotEq"}
LOGICAL = {"logical_and": "and", "logical_or": "or", "logical_xor": "xor", "logical_not": "not"}

REDUCTIONS = {n: p.split() for n, p in {
    "sum": "axis dtype out keepdims", "mean": "axis dtype out keepdims", "prod": "axis dtype out keepdims",
    "max": "axis out keepdims", "min": "axis out keepdims", "var": "axis dtype out ddof keepdims",
    "std": "axis dtype out ddof keepdims", "argmax": "axis out keepdims", "argmin": "axis out keepdims",
    "cumsum": "axis dtype out", "nansum": "axis dtype out keepdims", "nanmean": "axis dtype out keepdims",
    "norm": "ord axis keepdims", "softmax": "axis", "log_softmax": "axis", "logsumexp": "axis b keepdims",
    "all": "axis out keepdims", "any": "axis out keepdims", "count_nonzero": "axis keepdims",
    "ptp": "axis out keepdims", "median": "axis out overwrite_input keepdims",
    "sort": "axis kind order", "argsort": "axis kind order", "trace": "offset axis1 axis2 dtype out"}.items()}
SAID = ("axis", "keepdims", "ddof", "ord", "offset", "axis1", "axis2")

MOVES = ("reshape transpose ravel flatten swapaxes squeeze expand_dims moveaxis rollaxis repeat tile broadcast_to flip "
         "fliplr flipud roll rot90 pad take diag diagflat triu tril delete diagonal compress extract "
         "take_along_axis split array_split hsplit vsplit dsplit resize matrix_transpose permute_dims unstack").split()
# These never touch an element.
VIEWS = frozenset("transpose swapaxes squeeze expand_dims moveaxis rollaxis broadcast_to flip fliplr flipud diagonal".split())
JOINS = "concatenate stack hstack vstack column_stack dstack row_stack block append array asarray asanyarray".split()
COPIES = "copy ascontiguousarray asfortranarray".split()
METHOD_MOVES = "reshape transpose ravel flatten swapaxes squeeze repeat take diagonal compress item".split()
PRODUCT_CALLS = "dot matmul outer inner vdot tensordot einsum kron convolve correlate convolve2d correlate2d".split()
CREATES = ("zeros ones empty full arange linspace eye identity zeros_like ones_like empty_like full_like logspace "
           "geomspace indices tri").split()
LOADS = "load loadtxt genfromtxt frombuffer fromfile fromiter fromstring fromfunction".split()


class Handler(object):
    """What to do with a call: run it after the call, and how its operands are taken."""
    __slots__ = ("run", "name", "eager", "wrap", "mute")

    def __init__(self, run, name, eager=False, wrap=None, mute=False):
        self.run, self.name, self.eager, self.wrap, self.mute = run, name, eager, wrap, mute


class Call(object):
    """A call that was made: the function, its arguments (a method's array first) and their texts."""
    __slots__ = ("f", "name", "args", "kw", "texts", "r")

    def get(self, position, name, default=None):
        return self.args[position] if len(self.args) > position else self.kw.get(name, default)


def plain(x):
    """x as JSON."""
    if x is None or isinstance(x, (bool, int, str)):
        return x
    if isinstance(x, (float, np.number, np.bool_)) and not isinstance(x, np.complexfloating):
        return number_json(x)
    if isinstance(x, (tuple, list)):
        return [plain(q) for q in x]
    if isinstance(x, Array) and x.size < 64:
        return plain(x.tolist())
    return str(x)[:60]


def leaves(x, out, depth=0):
    """The arrays and numbers of a nested list, in order."""
    if isinstance(x, (list, tuple)) and depth < 4:
        for q in x:
            leaves(q, out, depth + 1)
    else:
        out.append(x)
    return out


def in_shape(x, values):
    """The nested list x with its leaves replaced in order."""
    if isinstance(x, (list, tuple)):
        return [in_shape(q, values) for q in x]
    return next(values)


class Recorder(object):
    """Turns what the program did into nodes."""

    def __init__(self, budget, steps=6):
        self.graph = Graph(budget)
        self.budget, self.steps = budget, steps
        self.sites, self.blocks, self.kept = [], [], []
        self.files, self.own = [], {}        # own: a code's file name -> number of the file
        self.bodies = {}                     # file, line and name of a function -> parameters, source, block
        self.live, self.started, self.first, self.first_serial = True, False, 0, 0
        self.check_at, self.compact_at, self.updates, self.progress = 100, 3000, 0, Progress()
        self.troubles, self.spent, self.cuts = {}, 0.0, 0
        self.thread = threading.get_ident()
        self.muted, self.frame, self.outermost = None, None, None
        self.on_end, self.enough = None, False
        self.most, self.trainings, self.vain = TRAININGS, 0, 0
        self.mark, self.await_, self.fresh, self.kept_before = None, None, False, 0
        self.tail, self.heirs = None, {}     # serial of the first node behind the first epoch
        self.handlers = Handlers()
        self.switch, self.next_bounds = Switch(self.graph), 0
        self.began = time.perf_counter(), time.thread_time()
        self.graph.find_path = lambda: self.call_path(self.frame) if self.frame is not None else ()

    # -- results

    def result(self, op, ins, site, r, attr=None, source=None):
        g, t = self.graph, type(r)
        if t in PLAIN_ARRAYS:
            if r.dtype.kind in NUMERIC_KINDS:
                return g.bind(r, g.array(op, ins, site, r, attr), source)
        elif t is float or t in NUMBER_TYPES:
            n = g.number(op, ins, site, r, attr)
            g.numbers[id(r)] = (r, n)
            return n
        elif isinstance(r, (tuple, list)) and 0 < len(r) < 4096:
            if not op.startswith("opaque:"):
                op = "opaque:" + op
            for i, q in enumerate(r):
                if type(q) in PLAIN_ARRAYS or type(q) in NUMBER_TYPES:
                    self.result(op, ins, site, q, dict(attr or {}, part=i))
        return None

    def between(self, op, ins, site, r, attr=None):
        """The node of r, a value inside a call that is told as several operations."""
        return self.graph.array(op, ins, site, np.asarray(r), attr)

    def plainly(self, op, xs, site, r, attr=None, out=None):
        """The ordinary case: an operation on xs gave r."""
        g = self.graph
        if site.args is None:
            site.args = [""] * len(xs)
        if isinstance(out, tuple):
            out = out[0] if len(out) == 1 else None
        if out is None:
            if any(r is x for x in xs):
                return None
            # what is made of large arrays element by element can be kept later as well as they
            late = op in EXACT and isinstance(r, Array) and r.nbytes > WHOLE_BYTES
            return self.result(op, [g.operand(x, site, i, late) for i, x in enumerate(xs)], site, r, attr)
        owner = root_of(out)
        ins = []
        for i, x in enumerate(xs):
            same = isinstance(x, Array) and root_of(x) is owner
            ins.append(g.latest(x, site) if same else g.operand(x, site, i, op in EXACT and out.nbytes > WHOLE_BYTES))
        attr = dict(attr or {})
        if xs and xs[0] is out:
            attr["inplace"] = 1
        n = g.array(op, ins, site, out, attr)
        g.wrote(out, n, site)
        return n

    def opaque(self, name, site, xs, r, attr=None):
        """A call that nobody knows: its result, and the arrays that went in."""
        g, ins = self.graph, []
        for x in xs:
            if g.interesting(x) and len(ins) < 256:
                ins.append(g.operand(x, site))
        if any(r is x for x in xs) or not isinstance(r, (Array, np.generic, float, tuple, list)):
            return
        if type(r) is float and not ins:
            return
        self.result("opaque:" + name if ins else "leaf", ins, site, r, attr)

    def moved(self, site, x, r, ix, attr=None):
        """r holds elements of x: which ones, ix says."""
        g = self.graph
        source = g.operand(x, site, 0, moves=True)
        if not source.ready and source.late is not None and np.asarray(x).nbytes <= WHOLE_BYTES:
            g.need(source)
        shape = np.shape(r)
        if ix is not None and (type(ix) is not Strided or ix.shape != shape):
            ix = np.asarray(ix)
            ix = ix.reshape(shape) if ix.size == np.size(r) else None
        if ix is None:
            if isinstance(r, Array) and (family(source.op) in SOURCES or not source.ready):
                g.bind(r, g.array("leaf", [], site, r))
            else:
                self.result("opaque:moved", [source], site, r)
            return
        attr = dict(attr or {}, idx=g.indices.once(ix))
        shares = isinstance(r, Array) and isinstance(x, Array) and r.base is not None and root_of(r) is root_of(x)
        self.result("gather", [source], site, r, attr, (g.entry(x), attr["idx"]) if shares else None)

    def stored(self, site, base, ix, value, op="setitem"):
        """base was written at ix."""
        g = self.graph
        old = g.latest(base, site)
        v = g.operand(value, site, 1)
        n = g.array(op, [old, v], site, base, {"idx": g.indices.once(ix)})
        g.wrote(base, n, site)

    def alias(self, site, x, kind, node=False):
        """x was kept under another name, without a copy."""
        g = self.graph
        if type(x) is tuple and len(x) < 40:
            for q in x:
                self.alias(site, q, kind)
            return
        if type(x) is not Array or x.dtype.kind != "f" or x.size < 2:
            return
        n = g.current(x, site)
        if node and family(n.op) not in ("leaf", "create", "random", "const") and n.site is not site:
            n = g.bind(x, g.array("gather", [n], site, x, {"idx": g.indices.all(x.shape), "alias": 1})) \
                if x.size <= INDEX_SIZE else n
        self.kept.append((site, n, kind, g.serial))

    def printed(self, site, x):
        g = self.graph
        e = g.numbers.get(id(x)) if not isinstance(x, Array) else None
        n = e[1] if e is not None else None
        if n is None and isinstance(x, Array):
            k = g.known.get(id(x))
            n = k.node if k is not None else None
        if n is None and type(x) is float:
            n = g.late_number(x)
        if n is not None and len(self.kept) < 20000:
            self.kept.append((site, n, "print", g.serial))

    def failed(self, site, a, r):
        """An operation that could not be told: what it gave came of its operands in some way."""
        try:
            e = self.graph.known.get(id(r))
            if isinstance(r, Array) and (e is None or e.node is None):
                self.opaque(site.kind if site.kind != "call" else a[0][0].name, site,
                            leaves([x for x in a if type(x) in (list, Array) or type(x) in NUMBER_TYPES], []), r)
        except Exception:
            pass

    # -- the ends of watched expressions

    def close_binary(self, s, a, r):
        x, y = a if s.fixed is None else (a[0], s.fixed[1]) if s.fixed[0] == 1 else (s.fixed[1], a[0])
        g = self.graph
        if not (g.interesting(x) or g.interesting(y)):
            if type(r) is float and type(x) in (float, int) and type(y) in (float, int):
                g.later(r, s.detail, s, (x, y))
            return False
        op = s.detail
        if op == "mul" and (isinstance(x, np.matrix) or isinstance(y, np.matrix)) and np.ndim(x) and np.ndim(y):
            op = "matmul"
        elif op == "pow" and isinstance(x, np.matrix):
            if y != 2:
                return self.opaque("matrix_power", s, (x,), r)
            op, y = "matmul", x
        self.plainly(op, (x, y), s, r)
        return True

    def close_unary(self, s, a, r):
        if not self.graph.interesting(a[0]):
            if type(r) is float and type(a[0]) is float:
                self.graph.later(r, s.detail, s, (a[0],))
            return False
        self.plainly(s.detail, a, s, r)
        return True

    def close_compare(self, s, a, r):
        x, y = a if s.fixed is None else (a[0], s.fixed[1]) if s.fixed[0] == 1 else (s.fixed[1], a[0])
        if not (self.graph.interesting(x) or self.graph.interesting(y)):
            return False
        self.plainly("cmp", (x, y), s, r, {"cmp": s.detail})
        return True

    def close_transpose(self, s, a, r):
        x = a[0]
        if type(x) not in PLAIN_ARRAYS or r is x or not self.graph.interesting(x):
            return False
        self.moved(s, x, r, self.graph.indices.through(x.shape, lambda outline: getattr(outline, s.detail)))
        return True

    def close_item(self, s, a, r):
        x, g = a[0], self.graph
        if isinstance(x, CONCATENATORS) and len(a) == 2:
            return self.handlers.bracketed(self, s, x, a[1], r) is not False
        if type(x) is np.flatiter and len(a) == 2 and g.interesting(x.base) and x.base.size <= INDEX_SIZE:
            self.moved(s, x.base, r, np.asarray(g.indices.of((x.base.size,))[a[1]]))
            return True
        if type(x) not in PLAIN_ARRAYS or not g.interesting(x) or len(a) != 2:
            return False
        by = [g.current(q, s).serial for q in (a[1] if type(a[1]) is tuple else (a[1],))
              if type(q) is Array and q.dtype.kind in "iub"]
        self.moved(s, x, r, g.indices.got(x, a[1], r), {"by": by} if by else None)
        return True

    def close_setitem(self, s, a, r):
        """value, base, index in the order of evaluation"""
        value, base, index = a
        g = self.graph
        if type(base) is np.flatiter and g.interesting(base.base):
            base = base.base
            ix = np.asarray(g.indices.of((base.size,))[index]) if base.size <= INDEX_SIZE else None
            if ix is not None and np.size(value) in (1, ix.size):
                self.stored(s, base, ix, value)
            else:
                g.touched(base)
            return True
        if type(base) not in PLAIN_ARRAYS:
            if type(base) in (dict, list, collections.OrderedDict, collections.defaultdict):
                self.alias(s, value, "store")
            return False
        if not g.interesting(base):
            return False
        self.written(s, base, index, value)
        return True

    def close_unpack(self, s, a, r):
        """values, then base and index of each item that one of them was written to"""
        values, bases, g = a[0], a[1::2], self.graph
        apart = len({id(root_of(x)) for x in bases if isinstance(x, Array)}) == len([x for x in bases if isinstance(x, Array)])
        if apart and type(values) in (tuple, list) and len(values) == s.arity:
            for k, base, index in zip(s.form, bases, a[2::2]):
                self.close_setitem(s, [values[k], base, index], None)
            return True
        for x in bases:
            if isinstance(x, Array):
                g.touched(x)
        return False

    def written(self, s, base, index, value):
        g = self.graph
        ix = g.indices.element(base, index)
        if ix is None and type(index) is Array and index.dtype == bool and base.nbytes > 1 << 18 and \
                index.shape == base.shape and np.ndim(value) == 0:
            ins = [g.operand(index, s, 2), g.operand(value, s, 1), g.latest(base, s)]
            g.wrote(base, g.array("where", ins, s, base), s)    # takes less than the places one by one
            return
        if ix is None:
            ix = self.graph.indices.got(base, index, base[index])
        try:
            self.stored(s, base, ix, value)
        except (Unrecordable, TypeError):
            self.graph.touched(base)

    def close_aug(self, s, a, r):
        """old value and operand; r is the new value"""
        x, y = a if len(a) == 2 else (a[0], s.fixed[1])
        g = self.graph
        if not (g.interesting(x) or g.interesting(y)):
            if type(r) is float and type(x) in (float, int) and type(y) in (float, int):
                g.later(r, s.detail, s, (x, y))
            return False
        self.plainly(s.detail, (x, y), s, r, None, x if r is x and isinstance(x, Array) else None)
        return True

    def close_augattr(self, s, a, r):
        holder, old = a[0]
        if old is MISSING:
            self.graph.doubt = self.graph.partly
            self.graph.epoch += 1
            return False
        y = a[1] if len(a) == 2 else s.fixed[1]
        return self.close_aug(s, [old, y], peek(holder, s.wrap))

    def close_augitem(self, s, a, r):
        base, index = a[0], a[1][0]
        y = a[2] if len(a) == 3 else s.fixed[1]
        old, g = a[1][1], self.graph
        if type(base) in (dict, list, collections.OrderedDict, collections.defaultdict):
            return old is not MISSING and self.close_aug(s, [old, y], base[index])
        if not isinstance(base, Array):
            g.epoch += 1
        if type(base) not in PLAIN_ARRAYS or not g.interesting(base):
            return False
        now = base[index]
        if type(old) in PLAIN_ARRAYS and root_of(old) is root_of(base):
            # a view of base: the old part as it was is read from base's node before the write
            source = g.latest(base, s)
            before = g.add("gather", [source], s, {"idx": g.indices.once(g.indices.got(base, index, old))},
                           old.dtype.name, old.shape)
            before.ready = source.ready
        else:
            before = self.result("gather", [g.latest(base, s)], s, old, {"idx": g.indices.once(g.indices.got(base, index, old))})
        if before is None:
            g.touched(base)
            return True
        t = np.asarray(now)
        n = g.array(s.detail, [before, g.operand(y, s, 1)], s, t)
        m = g.array("setitem", [g.latest(base, s), n], s, base,
                    {"idx": g.indices.once(g.indices.got(base, index, now))})
        g.wrote(base, m, s)
        return True

    def close_touch(self, s, a, r):
        g = self.graph
        for x in a:
            if isinstance(x, Array):
                n = g.current(x, s) if s.detail == "shape" and g.interesting(x) else None
                if n is None:
                    g.touched(x)
                elif n.shape != x.shape:
                    g.bind(x, g.array("gather", [n], s, x, {"idx": g.indices.all(x.shape)}))
        return False

    def close_call(self, s, a, r):
        h, f = a[0]
        c = Call()
        c.f, c.name, c.r = f, h.name, r
        c.args, c.kw, c.texts = [], {}, []
        self_ = getattr(f, "__self__", None)
        if isinstance(self_, (Array, np.generic)):
            c.args.append(self_)
            c.texts.append(s.texts[0])
        if len(a) - 1 != len(s.form):
            return False
        for x, how, text in zip(a[1:], s.form, s.texts[1:]):
            if x is UNKNOWN:
                return False
            if how == "p":
                c.args.append(x)
                c.texts.append(text)
            elif how == "*":
                c.args += x
                c.texts += [""] * len(x)
            elif how == "**":
                c.kw.update(x)
            else:
                c.kw[how] = x
        return h.run(self, s, c) is not False

    # -- how far training has come

    def checkpoint(self):
        g = self.graph
        if not self.started and len(g.log) > self.compact_at:
            g.compact()
            self.compact_at = int(1.5 * len(g.log)) + 2000
        self.progress.feed(g.log)
        self.updates, first = self.progress.updates(g.log)
        if self.updates and not (self.started and self.first_serial <= first):
            # What moved at first may have been a sum of gradients within the first step.
            self.started, self.first = True, bisect.bisect_left(_Serials(g.log), first)
            self.first_serial = first
        begun = self.mark[0] if self.mark else self.first
        if self.updates > self.steps and not (
                len(g.log) < begun + 3000 and g.budget.held < 2 ** 23 and self.progress.early()) and not (
                len(g.log) < begun + 6000 and self.progress.vague(len(g.log) - begun)):
            self.enough = True
            self.end("%s updates were recorded" % {6: "six"}.get(self.steps, self.steps))
        elif self.mark and not self.updates and len(g.log) > begun + VAIN:
            self.end("no later training")
        self.check_at = g.serial + 100

    def after(self):
        """Something was recorded: is it enough?"""
        serial = self.graph.serial
        if self.mark and not self.fresh and self.await_.over(self.frame):
            self.checkpoint()
            self.enough = self.live
            return self.end("a later training was over")
        if serial >= self.check_at:
            self.checkpoint()
        if serial >= self.next_bounds:
            self.next_bounds = serial + 50
            self.bounds()

    def leave_alone(self, s):
        """A block in which no array was met for long runs as it was from now on."""
        block = self.blocks[s.block]
        if block.outer is not None and self.switch[block.number] and not any(
                t.count for b in self.inner(block) for t in b.sites):
            self.switch[block.number] = 0
            self.switch.dull.add(block.number)
            self.graph.limit("no arrays in %s:%d" % (self.files[s.file].name, s.line), DULL)

    def inner(self, block):
        out = {block.number}
        for b in self.blocks[block.number + 1:]:
            if b.outer in out:
                out.add(b.number)
        return [self.blocks[i] for i in out]

    def bounds(self):
        b, g = self.budget, self.graph
        if len(g.log) - self.first > b.nodes:
            self.checkpoint()
            if not self.live:
                return
            n = len(g.log) - self.first
            if not self.started and n > FIRST * b.nodes and self.cuts < 3:
                g.limit("preparation of data", FIRST * b.nodes)
                return self.pause()
            if n > b.nodes * (1 if self.updates > 1 or self.trainings else FIRST):
                g.limit("nodes", b.nodes)
                return self.end("limit: nodes")
        if b.held > b.bytes:
            if not self.started and self.cuts < 3:
                g.compact()
                if b.held > b.bytes // 2:
                    self.pause()
                return
            g.limit("bytes", b.bytes)
            self.end("limit: bytes")
            return
        most = min(b.seconds, SOON) if self.updates >= FEW or self.trainings else b.seconds
        if self.spent > most and self.spent * self.share() > most:
            g.limit("seconds", most)
            self.end("limit: seconds")

    def share(self):
        """Which part of the time this program had a processor for itself."""
        wall, own = self.began
        return min(1.0, (time.thread_time() - own) / max(time.perf_counter() - wall, 1e-9))

    # -- breaks

    def pause(self):
        """Too much was recorded without an update: forget it, and go on with the next round of the
        loop that most of it was one round of, or behind all loops, so that no sum is known by half."""
        self.cuts += 1
        made = len(self.graph.log)
        self.progress.renew(self.graph.cut())
        around = list(self.loops(self.frame))
        if around:
            long_ = [a for a in around if self.graph.serial - self.switch.entered.get(a[1].number, 0) > made // 2]
            self.muted = Pause(self, *(long_ or around[-1:])[0], again=bool(long_), then=self.forgotten)

    def forgotten(self, _):
        """What was prepared until now is data."""
        self.progress.renew(self.graph.cut())

    def loops(self, frame):
        """(frame, body) of the program's loops at work, innermost first."""
        while frame is not None:
            number = self.own.get(frame.f_code.co_filename)
            if number is not None:
                for block in reversed(self.blocks):
                    if block.loop and block.file == number and block.name == frame.f_code.co_name and \
                            block.first <= frame.f_lineno <= block.last:
                        yield frame, block
            frame = frame.f_back

    # -- trainings one after another

    def worth(self):
        """Whether what was recorded since the last training is one: of parameters that were
        made since, or of any where the loop is a new one."""
        if self.mark is None:
            return self.trainings == 0
        return self.updates > 1 and (not self.fresh or any(
            p.begun.serial >= self.mark[1] and p.begun.op not in UNSEEN for p in self.progress.counted))

    def rest(self):
        """A training was recorded. Wait for the next one, of which nothing is known yet."""
        g = self.graph
        if self.worth():
            self.trainings += 1
            self.await_ = Await(self)
        elif self.behind():
            self.await_.ask_again()
        else:
            self.vain += 1
            g.drop_since(self.mark)
            del self.kept[self.kept_before:]
            self.await_.ask_again()
        self.pass_on()

    def pass_on(self):
        """The program runs on as it was."""
        self.graph.rest()
        self.outermost, self.muted, self.enough = None, None, False
        self.let_go()

    def go_on(self, fresh):
        """Another training may begin; fresh: its parameters are made now."""
        self.begin_again(fresh)
        self.let_go()
        self.live = True
        install(self)
        self.switch.all(1)

    def begin_again(self, fresh=False):
        g = self.graph
        self.mark, self.kept_before, self.fresh = g.mark(), len(self.kept), fresh
        self.progress, self.updates = Progress(g.serial - 1), 0
        self.check_at, self.next_bounds = g.serial + 100, 0

    # -- the end of the first epoch

    def epoch(self):
        """Of the first training, once recorded, the loops at work, as frames and blocks, from that with
        a round for each update outward. There may be none."""
        if self.mark is not None:
            return []
        return list(itertools.dropwhile(lambda l: self.switch.times[l[1].number] > self.updates + 4, self.loops(self.frame)))

    def wait(self, loops):
        """Record what follows the first of some loops, up to where it begins again: evaluation, mostly, or
        another training."""
        self.live = True
        install(self)
        self.heirs = self.progress.latest()
        self.mute(loops)

    def mute(self, loops):
        (frame, loop), around = loops[0], loops[1:]
        self.muted = Pause(self, frame, loop, again=False, then=self.follow)
        for number, question in enumerate(self.await_.on):
            self.switch[number] = question
        for _, block in around:
            self.switch[block.number] = 1

    def follow(self, loop):
        """The loop is over."""
        self.graph.heirs = dict(self.heirs)
        self.tail = self.await_.start = self.graph.serial
        self.await_.within = math.inf
        self.begin_again()
        self.switch[loop.number] = Next(self, loop.number)

    def behind(self):
        """Whether what was recorded since the first training is what follows its first epoch."""
        return self.tail is not None and self.mark is not None and self.mark[1] == self.tail < self.graph.serial

    def evaluated(self):
        """Whether what was recorded behind an epoch takes parameters and data together."""
        of = set()      # what is made of parameters
        for n in self.graph.log[self.mark[0]:]:
            made = [q.serial in of for q in n.ins]
            if n.op == "mutated" or any(made):
                of.add(n.serial)
                if n.op in PRODUCTS and any(made) or n.op == "mul" and any(made) and any(not m and q.shape for m, q in zip(made, n.ins)):
                    return True
        return False

    def wait_again(self, frame, number):
        """Nothing was looked at behind this epoch: it may be behind another."""
        self.graph.drop_since(self.mark)
        del self.kept[self.kept_before:]
        self.pass_on()
        self.mute(list(itertools.dropwhile(lambda l: l[1].number != number, self.loops(frame))))

    def let_go(self):
        """No expression is at work."""
        for s in self.sites:
            s.held, s.outer, s.consts = None, [], {}

    def at_work(self, number, frame):
        """Whether a block, of a loop or a function, is at work in a frame or one that led to it."""
        block = self.blocks[number]
        while frame is not None:
            if frame.f_code.co_name == block.name and self.own.get(frame.f_code.co_filename) == block.file and (
                    not block.loop or block.first <= frame.f_lineno <= block.last):
                return True
            frame = frame.f_back
        return False

    def end(self, why):
        if self.live and self.on_end is not None:
            self.on_end(why)

    def trouble(self, where, e):
        k = "%s: %s: %s" % (where, type(e).__name__, str(e)[:100])
        if len(self.troubles) < 100 or k in self.troubles:
            self.troubles[k] = self.troubles.get(k, 0) + 1

    def call_path(self, frame):
        """The lines of the program that called the one at work, innermost first."""
        path, outermost = [], self.outermost
        while frame is not outermost and len(path) < 6:
            frame = frame.f_back
            if frame is None:
                break
            number = self.own.get(frame.f_code.co_filename)
            if number is not None:
                path.append((number, frame.f_lineno))
        return tuple(path)


class Switch(list):
    """Which blocks are watched; asked at each entry of one."""

    def __init__(self, graph):
        super(Switch, self).__init__()
        self.graph, self.entered, self.times, self.dull, self.normal = graph, {}, collections.Counter(), set(), 1

    def __getitem__(self, number):
        self.entered[number] = self.graph.serial
        self.times[number] += 1
        return super(Switch, self).__getitem__(number)

    def all(self, on):
        """Watch every block, or none."""
        self.normal = on
        self[:] = [int(on and i not in self.dull) for i in range(len(self))]

    def __reduce_ex__(self, protocol):
        """In another process nothing is watched."""
        return list, ([0] * len(self),)


class Pause(object):
    """Nothing is recorded until a loop is over, or begins again if that is to be waited for.
    Then is called then."""

    def __init__(self, rec, frame, loop, again, then):
        self.rec, self.frame, self.loop, self.then = rec, frame, loop, then
        rec.switch.all(0)
        if again:
            rec.switch[loop.number] = self

    def __bool__(self):
        """The loop begins anew."""
        self.over()
        return True

    def behind(self, site, frame):
        """Whether an expression at work shows that the loop is over."""
        if frame is self.frame:
            return not self.loop.first <= site.line <= self.loop.last
        return not self.within(frame)

    def within(self, frame):
        """Whether the frame of the loop led to one."""
        while frame is not None and frame is not self.frame:
            frame = frame.f_back
        return frame is not None

    def left(self, frame):
        """Whether a function that is entered shows that the loop's is over."""
        over = not self.within(frame)
        if over:
            self.over()
        return over

    def over(self):
        rec = self.rec
        if rec.muted is self:
            rec.muted, self.frame = None, None
            rec.switch.all(1)
            rec.graph.epoch += 1
            self.then(self.loop)


def operand_texts(site):
    """What a site's operands are called."""
    return [t for t in site.args or () if type(t) is str] if site is not None else []


def first_version(n):
    """What an array held that was written to since."""
    while n.obj >= 0 and n.ins and n.ins[0].obj == n.obj:
        n = n.ins[0]
    return n


class Next(object):
    """Stands for the block of a loop behind which something is recorded. When it is entered
    again, that is enough if it was an evaluation, unless other parameters were made, of
    another training."""
    __slots__ = ("rec", "number")

    def __init__(self, rec, number):
        self.rec, self.number = rec, number

    def __bool__(self):
        rec = self.rec
        if not rec.live or threading.get_ident() != rec.thread:
            return False
        if any(rec.switch.entered.get(b, -1) >= rec.tail for b in rec.await_.makers):
            rec.switch[self.number] = 1
            return True
        if rec.evaluated():
            rec.end("the end of the first epoch")
        else:
            rec.wait_again(sys._getframe(1), self.number)
        return False

    def __reduce__(self):
        """In another process nothing is watched."""
        return int, (0,)


class Await(object):
    """After a training was recorded: asks at the entry of some blocks whether another begins.

    It does where the loop of that training is over, and a block is entered in which its
    parameters were made, so that others are, or one that was never at work before.
    """

    def __init__(self, rec):
        self.rec, self.pid = rec, os.getpid()
        begun = [n for n in map(first_version, (p.begun for p in rec.progress.counted)) if n.op not in UNSEEN]
        made = min([n.serial for n in begun] or [0])
        around = [b.number for _, b in rec.loops(rec.frame) if rec.switch.entered.get(b.number, 0) > made]
        self.loop = around[-1] if around else None
        self.makers = {b for n in begun if n.site is not None for k in self.led_to(n) for b in self.around(k)}
        self.entered, self.start, self.within = None, 0, 0
        self.new = {b.number for b in rec.blocks if b.outer is not None} - set(rec.switch.entered)
        self.ask()

    def led_to(self, n):
        """The blocks with the expression of a node, and with the calls that led to it."""
        return {n.site.block} | {s.block for s in self.rec.sites for file, line in n.call or ()
                                 if s.file == file and s.line <= line <= s.end_line}

    def around(self, number):
        """A block and those that it is in: where these run as they were, it does."""
        while self.rec.blocks[number].outer is not None:
            yield number
            number = self.rec.blocks[number].outer

    def ask(self):
        """Ask at the blocks where a training may begin."""
        self.on = [0] * len(self.rec.switch)
        for number in self.makers | self.new:
            self.on[number] = Question(self, number)

    def ask_again(self):
        """No training began with the block that was entered, nor in what was at work within it."""
        entered = self.rec.switch.entered
        self.new = {b for b in self.new if b != self.entered and not self.start <= entered.get(b, math.inf) < self.within}
        self.ask()

    def begins(self, number, frame):
        """Whether a training begins with a block that is entered."""
        rec = self.rec
        if rec.await_ is self and type(rec.muted) is Pause and threading.get_ident() == rec.thread:
            return rec.muted.left(frame)
        if rec.await_ is not self or rec.live or threading.get_ident() != rec.thread or os.getpid() != self.pid or \
                self.loop is not None and rec.at_work(self.loop, frame):
            return False
        rec.go_on(number in self.makers)
        rec.switch.entered[number] = rec.graph.serial
        self.entered, self.start = number, rec.graph.serial
        self.within = math.inf if rec.fresh else self.start
        return True

    def over(self, frame):
        """Whether the block is over that was new: what is updated behind it is none of its own."""
        if self.entered is None:    # what follows an epoch has no block of its own
            return False
        if not self.rec.at_work(self.entered, frame):
            return True
        self.within = self.rec.graph.serial
        return False


class Question(object):
    """Stands for a block in the list of those that are watched: asked when it is entered."""
    __slots__ = ("await_", "number", "left")

    def __init__(self, await_, number):
        self.await_, self.number, self.left = await_, number, QUESTIONS

    def __bool__(self):
        try:
            self.left -= 1
            if self.left < 0:
                self.await_.on[self.number] = 0
                return False
            return self.await_.begins(self.number, sys._getframe(1))
        except Exception:
            return False

    def __reduce__(self):
        """In another process nothing is watched."""
        return int, (0,)


MISSING, UNKNOWN = object(), object()
CONCATENATORS = (type(np.r_), type(np.c_))


def peek(holder, name):
    """An attribute's value where it can be read without running code of the program's."""
    try:
        d = object.__getattribute__(holder, "__dict__") if hasattr(type(holder), "__dict__") else ()
        if name in d:
            v = d[name]
            return v if isinstance(v, (Array, np.generic, float, int, list)) else MISSING
        for c in type(holder).__mro__:
            if name in c.__dict__:
                v = c.__dict__[name]
                if type(v) is types.MemberDescriptorType:
                    v = object.__getattribute__(holder, name)
                return v if isinstance(v, (Array, np.generic, float, int)) else MISSING
    except Exception:
        pass
    return MISSING


class Handlers(object):
    """Which calls are known, and what is recorded of each."""

    def __init__(self):
        t = self.table = {}

        def put(names, run, *modules, **flags):
            for m in modules or (np,):
                for n in names:
                    f = getattr(m, n, None)
                    try:
                        if f is not None and f not in t:
                            t[f] = Handler(run, n, **flags)
                    except TypeError:
                        pass
        put(REDUCTIONS, self.reduction)
        put(["amax", "amin"], self.reduction)
        for f in (getattr(np, "amax", None), getattr(np, "max", None)):
            t[f] = Handler(self.reduction, "max")
        for f in (getattr(np, "amin", None), getattr(np, "min", None)):
            t[f] = Handler(self.reduction, "min")
        put(["norm"], self.reduction, np.linalg)
        put(MOVES, self.move)
        put(["atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays", "meshgrid"], self.each)
        put(["insert", "choose"], self.woven)
        put(["select"], self.select)
        put(["diff"], self.diff)
        put(["bincount"], self.bincount)
        put(["average"], self.average)
        put(["as_strided", "sliding_window_view"], self.move, np.lib.stride_tricks)
        put(JOINS, self.join)
        put(COPIES + ["asmatrix", "mat"], self.copy)
        t[np.matrix] = Handler(self.copy, "matrix")
        put(PRODUCT_CALLS, self.product)
        put(["multi_dot"], self.product, np.linalg)
        put(CREATES, self.create)
        put(LOADS, self.load)
        put(["where"], self.where)
        put(["clip"], self.clip)
        put(["nan_to_num", "sign"], self.same_name)
        put(["round", "around", "round_"], self.round)
        put(["copyto", "fill_diagonal", "put", "place", "putmask", "put_along_axis"], self.mutate, eager=True)
        put(["nditer"], self.iterator)
        put(["shape", "ndim", "size", "result_type", "isscalar", "iterable", "set_printoptions", "seterr", "save",
             "savez", "savetxt", "allclose", "array_equal", "may_share_memory", "shares_memory", "errstate"], self.nothing)
        put(["copy", "deepcopy"], self.deepcopy, copy)
        t[builtins.sum] = Handler(self.python_sum, "sum", wrap="sum")
        t[builtins.abs] = Handler(self.same_name, "abs")
        t[builtins.round] = Handler(self.round, "round")
        t[builtins.pow] = Handler(self.same_name, "pow")
        t[builtins.divmod] = t[np.divmod] = Handler(self.divmod, "divmod")
        for n, op in {"add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "matmul": "matmul", "neg": "neg"}.items():
            t[getattr(operator, n)] = Handler(self.same_name, op)
        t[float] = Handler(self.cast, "float64")
        for n in NUMBER_TYPES:
            t[n] = Handler(self.cast, n.__name__)
        for f in (zip, enumerate, map, filter, list, tuple):
            t[f] = Handler(self.nothing, f.__name__, wrap="iterate")
        for n in "apply_along_axis apply_over_axes piecewise".split():
            t[getattr(np, n)] = Handler(self.foreign, n, mute=True)
        self.methods = {}
        for n in "sum mean prod max min var std argmax argmin cumsum all any ptp trace argsort".split():
            self.methods[n] = Handler(self.reduction, n)
        for n in METHOD_MOVES:
            self.methods[n] = Handler(self.move, n)
        for n in ("fill", "sort", "partition", "put", "itemset", "setfield", "byteswap"):
            self.methods[n] = Handler(self.mutate, n, eager=True)
        self.methods["dot"] = Handler(self.product, "dot")
        self.methods["clip"] = Handler(self.clip, "clip")
        self.methods["round"] = Handler(self.round, "round")
        self.methods["copy"] = self.methods["__copy__"] = Handler(self.copy, "copy")
        self.methods["astype"] = Handler(self.cast, "astype")
        self.methods["view"] = Handler(self.view, "view")
        for n in "tolist tobytes tostring dump dumps tofile setflags conj conjugate nonzero searchsorted".split():
            self.methods[n] = None
        self.methods["nonzero"] = Handler(self.foreign, "nonzero")
        self.append = Handler(self.kept_append, "append")
        self.random = Handler(self.draw, "random")
        self.shuffle = Handler(self.mutate, "shuffle", eager=True)
        self.ufunc_at = Handler(self.at, "at", eager=True)
        self.vectorized = Handler(self.vectorize, "vectorize", mute=True)

    def find(self, f, own):
        """The handler of a call of f; None where the program's own code runs, or nothing of interest."""
        t = type(f)
        if t is types.FunctionType:
            if f.__code__.co_filename in own:
                return None
            h = self.table.get(f)
            if h is not None:
                return h
            h = self.table[f] = self.library(f)
            return h
        if t is types.MethodType:
            code = getattr(f.__func__, "__code__", None)
            if code is None or code.co_filename in own:
                return None
            if isinstance(f.__self__, np.matrix):
                return self.method(f, f.__self__)
            return Handler(self.foreign, "%s.%s" % (type(f.__self__).__name__, f.__name__))
        if t is types.BuiltinFunctionType:
            holder = f.__self__
            if isinstance(holder, (Array, np.generic)):
                return self.method(f, holder)
            if isinstance(holder, np.ufunc):
                return self.ufunc_at if f.__name__ == "at" else Handler(self.ufunc_method, f.__name__)
            if type(holder) is list:
                return self.append if f.__name__ in ("append", "insert") else None
            if type(holder) in (dict, set):
                return None          # in older Pythons their methods have no hash
            if isinstance(holder, types.ModuleType):
                if holder is math:
                    return Handler(self.scalar, f.__name__)
                if holder is not builtins and f not in self.table and not holder.__name__.startswith("numpy"):
                    self.table[f] = Handler(
                        self.outside, "%s.%s" % (holder.__name__.lstrip("_"), f.__name__), eager=True)
            elif type(holder).__module__.startswith("numpy.random"):
                return self.shuffle if f.__name__ == "shuffle" else self.random
            return self.table.get(f)
        if t is np.ufunc:
            h = self.table.get(f)
            if h is None:
                h = self.table[f] = Handler(self.ufunc, f.__name__)
            return h
        if t is type:
            return self.table.get(f)
        if t.__name__ == "_ArrayFunctionDispatcher":
            h = self.table.get(f)
            if h is None:
                h = self.table[f] = self.library(f)
            return h
        if t is np.vectorize:
            return self.vectorized
        if t.__name__ in ("cython_function_or_method", "builtin_function_or_method") and \
                type(getattr(f, "__self__", None)).__module__.startswith("numpy.random"):
            return self.shuffle if f.__name__ == "shuffle" else self.random
        return None

    def library(self, f):
        """A function of some library's, by where it comes from."""
        module, name = f.__module__ or "", f.__name__
        if module.startswith("scipy"):
            if name in ("softmax", "log_softmax", "logsumexp"):
                return Handler(self.reduction, name)
            if name in ("convolve2d", "correlate2d"):
                return Handler(self.product, name)
            return Handler(self.foreign, module.split(".")[1] + "." + name)
        if module.startswith("numpy.random") or module == "random":
            return self.random
        if module.startswith("numpy"):
            return Handler(self.foreign, name)
        return Handler(self.outside, module + "." + name, eager=True)

    def method(self, f, holder):
        name = f.__name__
        if name in self.methods:
            return self.methods[name]
        if name == "resize":
            return None          # must not find references of ours
        if name.startswith("__i") or name == "__setitem__":
            return Handler(self.mutate, name, eager=True)
        return Handler(self.foreign, name) if not name.startswith("__") else None

    # -- one method a kind of call: (recorder, site, call)

    def nothing(self, rec, s, c):
        return False

    def said(self, s, c, xs):
        """Note the texts of the operands, for whoever reads the site."""
        if s.args is not None:
            return
        s.args = []
        for x in xs:
            text = ""
            for y, t in zip(c.args, c.texts):
                if y is x and isinstance(t, str):
                    text = t
                    break
            s.args.append(text)

    def interested(self, rec, xs):
        return any(rec.graph.interesting(x) for x in xs)

    def ufunc(self, rec, s, c):
        f, xs = c.f, c.args[:c.f.nin]
        if not self.interested(rec, xs) and not any(isinstance(x, list) for x in xs):
            return False
        out = c.get(f.nin, "out")
        name, attr = f.__name__, {}
        if name in UFUNC_COMPARE:
            op, attr = "cmp", {"cmp": UFUNC_COMPARE[name]}
        elif name in LOGICAL and all(getattr(x, "dtype", None) == bool for x in xs):
            op = LOGICAL[name]
        elif name == "logical_not":
            op, attr, xs = "cmp", {"cmp": "Eq"}, xs + [0]
        elif name == "exp2":
            op, xs = "pow", [2.0] + xs
        else:
            op = UFUNCS.get(name)
        self.said(s, c, xs)
        if isinstance(out, tuple) and len(out) == 1:
            out = out[0]
        if op is not None and isinstance(out, Array) and set(c.kw) <= {"out", "where"} and "where" in c.kw:
            g = rec.graph
            ins = [g.operand(c.kw["where"], s, 3), g.operand(xs[0], s, 0)] + [g.operand(x, s, 1) for x in xs[1:]]
            whole = g.add(op, ins[1:], s, attr or None, out.dtype.name, out.shape)
            whole.ready = all(n.ready for n in ins)
            return g.wrote(out, g.array("where", [ins[0], whole, g.latest(out, s)], s, out), s)
        if op is None or "where" in c.kw or f.nout != 1:
            rec.opaque(name, s, xs, c.r)
            if isinstance(out, Array):
                rec.graph.touched(out)
            return
        if "dtype" in c.kw:
            attr["dtype"] = str(np.dtype(c.kw["dtype"]))
        try:
            rec.plainly(op, xs, s, c.r, attr, out)
        except Unrecordable:
            rec.opaque(name, s, xs, c.r)

    def ufunc_method(self, rec, s, c):
        """np.add.reduce and its like."""
        f, name, g = c.f.__self__, c.name, rec.graph
        xs = c.args[:2] if name == "outer" else c.args[:1]
        if not self.interested(rec, xs) and not any(type(x) in (list, tuple) for x in xs):
            return False
        self.said(s, c, xs)
        op, cmp = UFUNCS.get(f.__name__), UFUNC_COMPARE.get(f.__name__)
        base = {"add": "sum", "maximum": "max", "minimum": "min", "multiply": "prod", "logical_and": "all",
                "logical_or": "any", "logaddexp": "logsumexp"}.get(f.__name__)
        axis = {"axis": plain(c.get(1, "axis", 0))}
        if name == "reduce" and base and not set(c.kw) - {"axis", "keepdims"} and len(c.args) <= 2:
            x = c.args[0]
            if type(x) in (list, tuple):
                x = self.joined(rec, s, c, x)
                return x is not None and rec.result(base, [x], s, c.r, axis) is not None
            rec.plainly(base, c.args[:1], s, c.r, dict(axis, keepdims=bool(c.kw.get("keepdims", False))))
        elif name == "accumulate" and f.__name__ == "add" and not set(c.kw) - {"axis"} and len(c.args) <= 2:
            rec.plainly("cumsum", c.args[:1], s, c.r, axis)
        elif name == "outer" and f.__name__ == "multiply" and np.ndim(c.args[0]) == 1 and np.ndim(c.args[1]) == 1:
            rec.plainly("outer", c.args[:2], s, c.r)
        elif name == "outer" and (op or cmp) and len(c.args) == 2 and not c.kw and isinstance(c.args[0], Array):
            x = c.args[0]
            shape = x.shape + (1,) * np.ndim(c.args[1])
            left = rec.between("gather", [g.operand(x, s, 0, moves=True)], s, x.reshape(shape), {"idx": g.indices.all(shape)})
            rec.result("cmp" if cmp else op, [left, g.operand(c.args[1], s, 1)], s, c.r, {"cmp": cmp} if cmp else None)
        else:
            rec.opaque("%s.%s" % (f.__name__, name), s, c.args, c.r)

    def at(self, rec, s, c):
        """np.add.at(a, i, v)"""
        g, a = rec.graph, c.args[0]
        name = c.f.__self__.__name__
        if not isinstance(a, Array) or not g.interesting(a):
            return False
        ix = np.asarray(g.indices.of(a.shape)[c.args[1]]) if a.size <= INDEX_SIZE else None
        if ix is not None and len(c.args) == 3 and name in UFUNCS and name not in ("add", "subtract") and \
                np.unique(ix).size == ix.size:
            part = rec.between("gather", [g.latest(a, s)], s, np.zeros(ix.shape, a.dtype), {"idx": ix})
            part.value = None
            n = g.add(UFUNCS[name], [part, g.operand(c.args[2], s, 2)], s, None, a.dtype.name, ix.shape)
            m = g.array("setitem", [g.latest(a, s), n], s, a, {"idx": ix})
            g.wrote(a, m, s)
            return
        if ix is None or name not in ("add", "subtract") or len(c.args) != 3:
            n = g.array("mutated", [g.latest(a, s)], s, a, {"by": name + ".at"})
            g.wrote(a, n, s)
            return
        self.said(s, c, (a, c.args[2]))
        v = c.args[2]
        if name == "subtract":
            old = g.operand(v, s, 2)
            neg = g.add("neg", [old], s, None, old.dtype, old.shape)
            neg.ready = old.ready
            n = g.array("add_at", [g.latest(a, s), neg], s, a, {"idx": ix})
            g.wrote(a, n, s)
        else:
            rec.stored(s, a, ix, v, "add_at")

    def reduction(self, rec, s, c):
        name = {"amax": "max", "amin": "min"}.get(c.name, c.name)
        x = c.args[0] if c.args else c.kw.get("a", c.kw.get("x", c.kw.get("arr")))
        attr, extra = {}, set(c.kw) - {"a", "x", "arr"}
        names = REDUCTIONS[name]
        given = dict(zip(names, c.args[1:]))
        given.update((k, v) for k, v in c.kw.items() if k in names)
        if type(x) in (list, tuple):
            x = self.joined(rec, s, c, x)
            if x is None:
                return False
        elif not rec.graph.interesting(x):
            if type(x) not in (float, int):
                return False
        for k in SAID:
            if k in given and given[k] is not None and given[k] is not np._NoValue:
                attr[k] = plain(given[k])
        if isinstance(x, np.matrix) and "axis" in attr and name not in ("cumsum", "sort", "argsort"):
            attr["keepdims"] = True
        self.said(s, c, (x,))
        if given.get("dtype") is not None:
            attr["dtype"] = str(np.dtype(given["dtype"]))
        if name == "sort" and "axis" in given and given["axis"] is None:
            x = self.flat(rec, s, x)
        if extra - set(names) or given.get("b") is not None or given.get("returned"):
            return rec.opaque(name, s, [x] + list(c.kw.values()), c.r)
        out = given.get("out")
        if isinstance(x, Node):
            return rec.result(name, [x], s, c.r, attr)
        rec.plainly(name, (x,), s, c.r, attr, out if isinstance(out, Array) else None)

    def joined(self, rec, s, c, x):
        """A node for a list of numbers and arrays that is used as an array."""
        parts = leaves(x, [])
        if not any(rec.graph.interesting(q) for q in parts) or len(parts) > 4096:
            return None
        ar = np.array(x)
        if ar.dtype.kind not in NUMERIC_KINDS:
            return None
        return self.join_node(rec, s, x, parts, ar, lambda ms: np.array(ms))

    def join_node(self, rec, s, x, parts, r, build, attr=None):
        g = rec.graph
        ins, ix, n, at = [], [], [], 1
        for i, q in enumerate(parts):
            ins.append(g.operand(q, s, i, moves=True))
            size = int(np.size(q))
            m = np.arange(at, at + size, dtype=np.int64).reshape(np.shape(q))
            ix.append(m if isinstance(q, Array) else m[()])
            n.append(size)
            at += size
        ri = np.asarray(build(in_shape(x, iter(ix))))
        if ri.shape != np.shape(r):
            raise Unrecordable
        attr = dict(attr or {}, idx=g.indices.once(ri.astype(index_type(at))))
        if len(ins) > 1:
            attr["n"] = n
        return g.array("gather", ins, s, r, attr) if isinstance(r, Array) else g.number("gather", ins, s, r, attr)

    def move(self, rec, s, c):
        name, g = c.name, rec.graph
        if name == "extract":
            return self.extract(rec, s, c)
        x = c.args[0] if c.args else c.kw.get("a", c.kw.get("x", c.kw.get("m", c.kw.get("arr", c.kw.get("array", c.kw.get("v"))))))
        if not g.interesting(x) or c.r is x:
            return False
        rest, kw = c.args[1:], {k: v for k, v in c.kw.items() if v is not x and k not in ("subok", "writeable", "copy")}
        self.said(s, c, (x,))
        attr = None
        ix = None
        r = c.r
        if name in VIEWS and isinstance(x, Array) and isinstance(r, Array):
            method = isinstance(c.f, types.BuiltinFunctionType) and getattr(c.f, "__self__", None) is x
            ix = g.indices.through(x.shape, lambda o: getattr(o, name)(*rest, **kw) if method else c.f(o, *rest, **kw))
        elif isinstance(r, Array) and r.base is not None and root_of(r) is root_of(x):
            ix = g.indices.view(x, r)
        if ix is None and name in ("reshape", "ravel", "flatten") and isinstance(r, Array) and \
                not set(kw) - {"shape", "newshape"} and not any(isinstance(q, str) for q in rest):
            ix = g.indices.all(r.shape)         # the order is that of the elements in x
        size = r.size if isinstance(r, Array) else 1
        if ix is None and np.size(x) <= INDEX_SIZE and size <= INDEX_SIZE:
            whole = g.indices.of(np.shape(x))
            if name == "as_strided":
                own = np.empty_like(x, dtype=np.dtype("i%d" % x.itemsize) if x.itemsize >= 4 else None)
                if own.strides == x.strides:
                    own[...] = whole
                    ix = c.f(own, *rest, **kw)
            elif name == "pad":
                mode = rest[1] if len(rest) > 1 else kw.get("mode", "constant")
                fill = kw.pop("constant_values", 0)
                if mode in ("constant", "edge", "reflect", "symmetric", "wrap", "empty") and np.size(fill) == 1:
                    ix = np.pad(whole, *rest, **kw)
                    if np.all(np.asarray(fill) != 0):
                        attr = {"fill": plain(np.asarray(fill).reshape(-1)[0])}
            elif isinstance(c.f, types.BuiltinFunctionType) and getattr(c.f, "__self__", None) is x:
                ix = getattr(whole, name)(*rest, **kw)
            else:
                ix = c.f(whole, *rest, **kw)
        if isinstance(r, (list, tuple)):
            if isinstance(ix, (list, tuple)) and len(ix) == len(r):
                for q, i in zip(r, ix):
                    rec.moved(s, x, q, i)
            else:
                rec.opaque(name, s, [x], r)
            return
        rec.moved(s, x, r, ix, attr)

    def extract(self, rec, s, c):
        when, x = c.get(0, "condition"), c.get(1, "arr")
        if type(x) not in PLAIN_ARRAYS or not rec.graph.interesting(x) or x.size > INDEX_SIZE:
            return False
        self.said(s, c, (x,))
        rec.moved(s, x, c.r, np.extract(when, rec.graph.indices.of(x.shape)))

    def each(self, rec, s, c):
        """Several arrays moved in one call, each on its own."""
        name, g, xs, rs = c.name, rec.graph, c.args, c.r
        if not self.interested(rec, xs):
            return False
        if isinstance(rs, Array):
            rs = [rs]
        self.said(s, c, xs)
        whole = [g.indices.of(np.shape(x)) for x in xs]
        if name == "broadcast_arrays":
            ixs = [np.broadcast_to(ix, r.shape) for ix, r in zip(whole, rs)]
        elif name == "meshgrid":
            ixs = np.meshgrid(*whole, **c.kw)
        else:
            ixs = [c.f(ix) for ix in whole]
        for x, r, ix in zip(xs, rs, ixs):
            if r is not x:
                rec.moved(s, x, r, ix)

    def woven(self, rec, s, c):
        """Elements of several arrays in the places that other arguments say."""
        name, g, kw = c.name, rec.graph, dict(c.kw)
        names = ("arr", "obj", "values") if name == "insert" else ("a", "choices")
        given = [c.get(i, n) for i, n in enumerate(names)]
        for n in names:
            kw.pop(n, None)
        rest = c.args[len(names):]
        if "out" in kw or name == "choose" and type(given[1]) not in (list, tuple):
            return self.foreign(rec, s, c)
        if name == "insert":
            x = [given[0], given[2]]
            build = lambda ms: np.insert(ms[0], given[1], ms[1], *rest, **kw)
        else:
            x = list(given[1])
            build = lambda ms: np.choose(given[0], ms, *rest, **kw)
        self.wove(rec, s, c, x, build)

    def wove(self, rec, s, c, x, build):
        """c.r has the elements of what is in the list x in the places that build says."""
        if not self.interested(rec, x):
            return False
        self.said(s, c, x)
        n = self.join_node(rec, s, x, x, c.r, build)
        if isinstance(c.r, Array):
            rec.graph.bind(c.r, n)
        else:
            rec.graph.numbers[id(c.r)] = (c.r, n)

    def flat(self, rec, s, x):
        """The node of x as one row."""
        g, n = rec.graph, rec.graph.operand(x, s, 0, moves=True)
        return rec.between("gather", [n], s, np.ravel(x), {"idx": g.indices.all((np.size(x),))})

    def select(self, rec, s, c):
        """np.select: its choices one after the other."""
        when, choices, other = c.get(0, "condlist"), c.get(1, "choicelist"), c.get(2, "default", 0)
        if not self.interested(rec, list(choices) + [other]):
            return False
        g = rec.graph
        self.said(s, c, choices)
        last, n = other, g.operand(other, s, 0)
        for k in range(len(when) - 1, -1, -1):
            ins = [g.operand(when[k], s, 1 + 2 * k), g.operand(choices[k], s, 2 + 2 * k), n]
            if k == 0:
                return rec.result("where", ins, s, c.r)
            last = np.where(when[k], choices[k], last)
            n = rec.between("where", ins, s, last)

    def diff(self, rec, s, c):
        """np.diff of neighbours: two parts, the later minus the earlier."""
        x, g, axis = c.args[0] if c.args else c.kw.get("a"), rec.graph, c.get(2, "axis", -1)
        if not g.interesting(x):
            return False
        if c.get(1, "n", 1) != 1 or len(c.args) > 3 or set(c.kw) - {"a", "n", "axis"} or x.dtype == bool:
            return self.foreign(rec, s, c)
        self.said(s, c, (x,))
        n, parts = g.operand(x, s, 0, moves=True), []
        for part in (slice(1, None), slice(None, -1)):
            index = [slice(None)] * x.ndim
            index[axis] = part
            index = tuple(index)
            parts.append(rec.between("gather", [n], s, x[index], {"idx": g.indices.got(x, index, x[index])}))
        rec.result("sub", parts, s, c.r)

    def bincount(self, rec, s, c):
        """np.bincount with weights adds them up in their places."""
        x, weights, g = np.asarray(c.get(0, "x")), c.get(1, "weights"), rec.graph
        if weights is None or not g.interesting(weights):
            return self.foreign(rec, s, c)
        self.said(s, c, (weights,))
        zeros = np.zeros(c.r.shape, c.r.dtype)
        base = rec.between("create:zeros", [], s, zeros)
        rec.result("add_at", [base, g.operand(weights, s, 1)], s, c.r, {"idx": g.indices.once(x.astype(np.int64) + 1)})

    def average(self, rec, s, c):
        """np.average: a mean, or a sum of what is weighed over the sum of the weights."""
        x, weights, g = c.args[0] if c.args else c.kw.get("a"), c.get(2, "weights"), rec.graph
        axis, keep = c.get(1, "axis"), c.kw.get("keepdims", False)
        attr = {k: v for k, v in (("axis", plain(axis)), ("keepdims", keep)) if v is not None and v is not np._NoValue}
        if not self.interested(rec, (x, weights)):
            return False
        if c.get(3, "returned", False) or not isinstance(x, Array):
            return self.foreign(rec, s, c)
        self.said(s, c, (x, weights))
        if weights is None:
            return rec.plainly("mean", (x,), s, c.r, attr)
        w, n = np.asarray(weights), g.operand(weights, s, 1)
        if w.shape != x.shape:
            shape = [1] * x.ndim
            shape[axis] = w.size
            n = rec.between("gather", [n], s, w.reshape(shape), {"idx": g.indices.all(tuple(shape))})
            w = w.reshape(shape)
        how = dict(axis=axis, keepdims=bool(keep) and keep is not np._NoValue)
        each = rec.between("mul", [g.operand(x, s, 0), n], s, x * w)
        total = rec.between("sum", [each], s, np.asarray(np.sum(x * w, **how)), attr)
        rec.result("div", [total, rec.between("sum", [n], s, np.asarray(np.sum(w, **how)), attr)], s, c.r)

    def divmod(self, rec, s, c):
        if not self.interested(rec, c.args) or "out" in c.kw or len(c.args) > 2:
            return False
        self.said(s, c, c.args)
        for op, r in zip(("floordiv", "mod"), c.r):
            rec.plainly(op, c.args, s, r)

    def iterator(self, rec, s, c):
        """np.nditer may write to its arrays at any time."""
        xs = c.get(0, "op")
        for x in xs if isinstance(xs, (list, tuple)) else [xs]:
            if isinstance(x, Array) and rec.graph.interesting(x):
                rec.graph.entry(x).root.shared = True
        return False

    def join(self, rec, s, c):
        name, g = c.name, rec.graph
        if name == "append":
            x, rest = list(c.args[:2]), c.args[2:]
        else:
            x, rest = c.args[0] if c.args else c.kw.get("object", c.kw.get("arrays", c.kw.get("tup", c.kw.get("a")))), c.args[1:]
        r = c.r
        if not isinstance(r, Array) or not g.interesting(r) or r is x:
            return False
        if type(x) in PLAIN_ARRAYS and name in ("array", "asarray", "asanyarray"):
            return self.copy(rec, s, c)
        if isinstance(x, (int, float, np.generic)) or not isinstance(x, (list, tuple)):
            if g.interesting(x) and np.size(x) == r.size:
                return rec.moved(s, x, r, g.indices.all(r.shape))
            if g.interesting(x):
                return rec.opaque(name, s, [x], r)
            g.bind(r, g.array("leaf", [], s, r))
            return
        parts = leaves(x, [])
        known = [q for q in parts if g.interesting(q)]
        if not any(self.met(g, q) for q in known):
            g.bind(r, g.array("create:" + name if name in ("array", "asarray") else "leaf", [], s, r))
            return
        if len(parts) > 4096 or r.size > INDEX_SIZE:
            return rec.opaque(name, s, known[:256], r)
        if s.args is None:
            t = c.texts[0] if c.texts and name != "append" else c.texts[:2]
            flat = leaves(t, []) if isinstance(t, list) else []
            s.args = flat if len(flat) == len(parts) else []
        kw = {k: v for k, v in c.kw.items() if k in ("axis", "ndmin")}
        if name in ("array", "asarray", "asanyarray"):
            build = lambda ms: np.array(ms, **kw)
        elif name == "append":
            build = lambda ms: np.append(ms[0], ms[1], *rest, **kw)
        else:
            build = lambda ms: c.f(ms, *rest, **kw)
        try:
            g.bind(r, self.join_node(rec, s, x, parts, r, build))
        except (Unrecordable, ValueError, TypeError):
            rec.opaque(name, s, known[:256], r)

    @staticmethod
    def met(g, x):
        if isinstance(x, Array):
            if id(x) in g.known:
                return True
            base = x.base
            return isinstance(base, Array) and id(root_of(x)) in g.known
        return id(x) in g.numbers or id(x) in g.lately

    def bracketed(self, rec, s, how, index, r):
        """np.c_[a, b] and np.r_[a, b]"""
        parts = list(index) if isinstance(index, tuple) else [index]
        if not isinstance(r, Array) or not self.interested(rec, parts):
            return False
        s.args = [""] * len(parts)
        if any(isinstance(q, (slice, str, list)) for q in parts):
            rec.opaque("r_", s, parts, r)
        else:
            n = self.join_node(rec, s, parts, parts, r, lambda ms: how[tuple(ms)])
            rec.graph.bind(r, n)

    def copy(self, rec, s, c):
        x = c.args[0] if c.args else c.kw.get("a", c.kw.get("object"))
        if not rec.graph.interesting(x) or c.r is x or np.size(x) != np.size(c.r):
            return False
        self.said(s, c, (x,))
        if isinstance(x, Array) and x.shape != np.shape(c.r) and x.size <= INDEX_SIZE:
            return rec.moved(s, x, c.r, rec.graph.indices.all(np.shape(c.r)))
        if isinstance(x, Array) and isinstance(c.r, Array) and c.r.base is not None and root_of(c.r) is root_of(x):
            return rec.moved(s, x, c.r, rec.graph.indices.all(np.shape(c.r)))
        rec.plainly("copy", (x,), s, c.r, {"dtype": c.r.dtype.name} if c.r.dtype != x.dtype else None)

    def deepcopy(self, rec, s, c):
        """copy.copy and copy.deepcopy: the arrays inside are copies of arrays."""
        seen = set()

        def walk(a, b, depth):
            if a is b or depth > 4 or id(a) in seen:
                return
            seen.add(id(a))
            if type(a) in PLAIN_ARRAYS and type(b) is type(a):
                if rec.graph.interesting(a):
                    rec.plainly("copy", (a,), s, b)
            elif isinstance(a, dict):
                for k in a:
                    if k in b:
                        walk(a[k], b[k], depth + 1)
            elif isinstance(a, (list, tuple)):
                for p, q in zip(a, b):
                    walk(p, q, depth + 1)
            elif type(a) is type(b) and isinstance(getattr(a, "__dict__", None), dict):
                walk(a.__dict__, b.__dict__, depth + 1)
        walk(c.args[0] if c.args else None, c.r, 0)

    def view(self, rec, s, c):
        x = c.args[0]
        if isinstance(c.r, Array) and c.r.dtype == x.dtype and c.r.shape == x.shape and rec.graph.interesting(x):
            return rec.moved(s, x, c.r, rec.graph.indices.all(np.shape(c.r)))
        rec.opaque("view", s, [x], c.r)

    def cast(self, rec, s, c):
        """float(x), np.float32(x), x.astype(t)"""
        x = c.args[0] if c.args else None
        if not rec.graph.interesting(x) or c.r is x or np.shape(x) != np.shape(c.r):
            return False
        self.said(s, c, (x,))
        rec.plainly("copy", (x,), s, c.r, {"dtype": "float64" if type(c.r) is float else np.asarray(c.r).dtype.name})

    def create(self, rec, s, c):
        if isinstance(c.r, Array):
            rec.result("create:" + c.name, [], s, c.r)
        else:
            return False

    def load(self, rec, s, c):
        if not isinstance(c.r, Array):
            return False
        rec.result("leaf", [], s, c.r)

    def draw(self, rec, s, c):
        """Random numbers."""
        if not isinstance(c.r, (Array, np.generic, float)):
            return False
        ins = [rec.graph.operand(x, s) for x in c.args if type(x) is Array and rec.graph.interesting(x)]
        rec.result("random:" + c.f.__name__, ins, s, c.r)

    def mutate(self, rec, s, c):
        """A call that changes its first array in place."""
        g = rec.graph
        x = c.args[0] if c.args else None
        if not isinstance(x, Array) or not g.interesting(x):
            return False
        self.said(s, c, (x,))
        if c.name == "fill" and len(c.args) == 2:
            return rec.stored(s, x, g.indices.all(x.shape), c.args[1]) if x.size <= INDEX_SIZE else g.touched(x)
        if c.name == "copyto" and len(c.args) == 2 and not c.kw and x.size <= INDEX_SIZE:
            return rec.stored(s, x, g.indices.all(x.shape), c.args[1])
        if c.name == "fill_diagonal" and len(c.args) == 2 and x.size <= INDEX_SIZE:
            mask = np.zeros(x.shape, bool)
            np.fill_diagonal(mask, True)
            return rec.stored(s, x, g.indices.of(x.shape)[mask], c.args[1])
        if c.name == "put_along_axis" and x.size <= INDEX_SIZE:
            ix = np.take_along_axis(g.indices.of(x.shape), c.get(1, "indices"), c.get(3, "axis"))
            return rec.stored(s, x, ix, c.get(2, "values"))
        if c.name in ("copyto", "putmask", "place") and len(c.args) <= 3:
            when, value = (c.kw.get("where"), c.args[1]) if c.name == "copyto" else (c.args[1], c.args[2])
            if when is not None and (np.size(value) == 1 or c.name != "place" and np.shape(value) == x.shape):
                value = np.reshape(value, ()) if np.size(value) == 1 and not isinstance(value, Array) else value
                ins = [g.operand(when, s, 1), g.operand(value, s, 2), g.latest(x, s)]
                return g.wrote(x, g.array("where", ins, s, x), s)
        if c.name in ("put", "itemset") and len(c.args) == 3 and not c.kw and x.size <= INDEX_SIZE:
            ix = np.asarray(g.indices.of(x.shape)[c.args[1]] if type(c.args[1]) is tuple else g.indices.of((x.size,))[c.args[1]])
            if np.size(c.args[2]) in (1, ix.size):
                return rec.stored(s, x, ix, c.args[2])
        if c.name == "sort" and len(c.args) == 1 and set(c.kw) <= {"axis"}:
            n = g.array("sort", [g.latest(x, s)], s, x, {"axis": c.kw.get("axis", -1), "inplace": 1})
        else:
            n = g.array("mutated", [g.latest(x, s)], s, x, {"by": c.name})
        g.wrote(x, n, s)

    def where(self, rec, s, c):
        if len(c.args) == 3 and self.interested(rec, c.args):
            self.said(s, c, c.args)
            rec.plainly("where", c.args, s, c.r)
        elif self.interested(rec, c.args):
            rec.opaque("where", s, c.args, c.r)
        else:
            return False

    def clip(self, rec, s, c):
        x = c.args[0] if c.args else c.kw.get("a")
        low = c.get(1, "a_min", c.kw.get("min"))
        high = c.get(2, "a_max", c.kw.get("max"))
        if not self.interested(rec, (x, low, high)):
            return False
        xs = (x, -np.inf if low is None else low, np.inf if high is None else high)
        self.said(s, c, xs)
        rec.plainly("clip", xs, s, c.r, None, c.get(3, "out"))

    def round(self, rec, s, c):
        if not c.args or not rec.graph.interesting(c.args[0]):
            return False
        self.said(s, c, c.args[:1])
        rec.plainly("round", c.args[:1], s, c.r, {"decimals": plain(c.get(1, "decimals", c.kw.get("ndigits", 0)) or 0)})

    def same_name(self, rec, s, c):
        if not self.interested(rec, c.args):
            return False
        self.said(s, c, c.args)
        rec.plainly(c.name, c.args, s, c.r)

    def scalar(self, rec, s, c):
        """math.exp and its like on numbers that are followed."""
        op = {"fabs": "abs", "atan": "arctan", "asin": "arcsin", "acos": "arccos", "atan2": "arctan2"}.get(c.name, c.name)
        known = op in UFUNCS.values() or op in ("pow",)
        if type(c.r) is not float or not c.args:
            return False
        if self.interested(rec, c.args):
            self.said(s, c, c.args)
            if known and not (op == "log" and len(c.args) > 1):
                rec.plainly(op, c.args, s, c.r)
            else:
                rec.opaque("math." + c.name, s, c.args, c.r)
            return
        if known and all(type(x) in (float, int) for x in c.args) and len(c.args) <= 2:
            rec.graph.later(c.r, op, s, tuple(c.args))
        return False

    def product(self, rec, s, c):
        name, xs, attr = c.name, list(c.args), {}
        if name == "einsum":
            if not isinstance(xs[0], str):
                return rec.opaque(name, s, xs, c.r)
            attr["eq"], xs = xs[0], xs[1:]
        elif name == "tensordot":
            attr["axes"], xs = plain(c.get(2, "axes", 2)), xs[:2]
        elif name in ("convolve", "correlate"):
            attr["mode"], xs = c.get(2, "mode", "full" if name == "convolve" else "valid"), xs[:2]
        elif name in ("convolve2d", "correlate2d"):
            if set(c.kw) & {"boundary", "fillvalue"} or len(xs) > 3:
                return rec.opaque("signal." + name, s, xs, c.r)
            attr["mode"], xs = c.get(2, "mode", "full"), xs[:2]
        elif name == "multi_dot":
            xs = list(xs[0])
        else:
            xs = xs[:2]
        for k, n in (("a", 0), ("b", 1)):
            if k in c.kw and len(xs) == n:
                xs.append(c.kw[k])
        if not self.interested(rec, xs):
            return False
        out = c.kw.get("out") if name != "dot" or len(c.args) < 3 else c.args[2]
        self.said(s, c, xs)
        try:
            rec.plainly(name, xs, s, c.r, attr or None, out)
        except Unrecordable:
            rec.opaque(name, s, xs, c.r)

    def python_sum(self, rec, s, c):
        """sum() of Python: its additions, one by one."""
        g = rec.graph
        items = c.args[0] if c.args else None
        start = c.get(1, "start", 0)
        if type(items) not in (list, tuple):
            if not isinstance(items, (Array, itertools._tee)):
                return False
            items = list(items)
        if len(items) < 1 or len(items) > 20000 or not any(g.interesting(x) for x in items):
            return False
        if isinstance(c.r, Array) and any(c.r is x for x in items):
            return False
        if s.args is None:
            s.args = ["", c.texts[0] if c.texts and isinstance(c.texts[0], str) else ""]
        if all(type(x) in (float, int) for x in items) and sys.version_info >= (3, 12):
            return rec.opaque("sum", s, items, c.r)      # newer Pythons compensate for rounding
        sums = g.operand(start, s, 0)
        r = np.asarray(c.r)
        for i, x in enumerate(items):
            y = g.operand(x, s, 1)
            if i == len(items) - 1:
                return rec.result("add", [sums, y], s, c.r)
            n = g.add("add", [sums, y], s, None, r.dtype.name,
                      y.shape if sums.shape == y.shape else np.broadcast(np.empty(sums.shape), np.empty(y.shape)).shape)
            n.ready = sums.ready and y.ready
            sums = n

    def kept_append(self, rec, s, c):
        if c.args:
            rec.alias(s, c.args[-1], "append")
        return False

    def foreign(self, rec, s, c):
        """A library's function that does not change its arguments."""
        xs = leaves(list(c.args) + list(c.kw.values()), [])
        out = leaves([c.r], [])
        if not self.interested(rec, xs[:4096]) or out and all(type(x) is Array and rec.graph.unchanged(x) for x in out):
            return False        # the program's own code, called by the library's, made what it returned
        self.said(s, c, [x for x in xs if rec.graph.interesting(x)][:16])
        for x in xs[:16] if type(c.r) is Array and c.r.base is not None else ():
            if type(x) is Array and root_of(x) is root_of(c.r) and x is not c.r:
                ix = rec.graph.indices.view(x, c.r)
                if ix is not None:
                    return rec.moved(s, x, c.r, ix)
        rec.opaque(c.name, s, xs[:4096], c.r)

    def vectorize(self, rec, s, c):
        """np.vectorize(f)(x), told as f's own operations on whole arrays where they are simple."""
        if not self.interested(rec, c.args):
            return False
        made = None
        try:
            if c.kw or c.f.excluded or c.f.signature or not isinstance(c.r, Array):
                raise Unrecordable
            arrays = [(rec.graph.operand(x, s, i), np.asarray(x)) for i, x in enumerate(c.args)]
            made = len(rec.graph.log)
            with np.errstate(all="ignore"):
                n, x = Whole(rec, s).call(c.f.pyfunc, arrays)
                same = x.shape == c.r.shape and np.allclose(x.astype(c.r.dtype), c.r, 1e-9, 1e-12, True)
        except Exception:
            same = False
        if not same:
            if made is not None:
                del rec.graph.log[made:]
            return self.foreign(rec, s, c)
        self.said(s, c, c.args)
        rec.result("copy", [n], s, c.r, {"dtype": c.r.dtype.name} if c.r.dtype != x.dtype else None)

    def outside(self, rec, s, c):
        """A function that may do anything to the arrays it is given."""
        if any(isinstance(x, Array) for x in leaves(list(c.args) + list(c.kw.values()), [])[:4096]):
            rec.graph.epoch += 1
        return self.foreign(rec, s, c)


class Whole(object):
    """Tells what a function of numbers does as operations on whole arrays, from its
    source: arithmetic, comparisons, choices, and calls that have a ufunc. What else
    it may do raises Unrecordable. Values are pairs (node, array)."""

    def __init__(self, rec, site):
        self.rec, self.site, self.names, self.f, self.block, self.depth = rec, site, {}, None, -1, 0

    def call(self, f, values):
        names, body, block = self.rec.bodies[f.__code__.co_filename, f.__code__.co_firstlineno, f.__name__]
        if self.depth > 4 or len(names) != len(values):
            raise Unrecordable
        outer = self.names, self.f, self.block
        self.names, self.f, self.block, self.depth = dict(zip(names, values)), f, block, self.depth + 1
        r = self.expression(body) if isinstance(body, ast.expr) else self.statements(body)
        self.names, self.f, self.block = outer
        self.depth -= 1
        if r is None:
            raise Unrecordable
        return r

    def statements(self, body):
        for i, st in enumerate(body):
            if isinstance(st, ast.Return) and st.value is not None:
                return self.expression(st.value)
            if isinstance(st, ast.Assign) and len(st.targets) == 1 and isinstance(st.targets[0], ast.Name):
                self.names[st.targets[0].id] = self.expression(st.value)
            elif isinstance(st, ast.If):
                test, names = self.expression(st.test), dict(self.names)
                a = self.statements(st.body)
                self.names = names
                b = self.statements(st.orelse + body[i + 1:])
                if a is None or b is None:
                    raise Unrecordable
                return self.node("where", [test, a, b], np.where(test[1], a[1], b[1]), st)
            elif not (isinstance(st, ast.Expr) and is_text(st.value) or isinstance(st, ast.Pass)):
                raise Unrecordable
        return None

    def node(self, op, values, x, at, attr=None):
        line, col = at.lineno, at.col_offset
        sites = [t for t in self.rec.blocks[self.block].sites if (t.line, t.col) == (line, col)]
        return self.rec.between(op, [n for n, _ in values], max(sites, key=lambda t: (t.end_line, t.end_col)) if sites else self.site, x, attr), x

    def named(self, node):
        """What a name, or an attribute of a module, stands for."""
        if isinstance(node, ast.Attribute):
            v = self.named(node.value)
            if not isinstance(v, types.ModuleType):
                raise Unrecordable
            return getattr(v, node.attr)
        if not isinstance(node, ast.Name):
            raise Unrecordable
        code = self.f.__code__
        if node.id in code.co_freevars:
            return self.f.__closure__[code.co_freevars.index(node.id)].cell_contents
        return self.f.__globals__[node.id] if node.id in self.f.__globals__ else getattr(builtins, node.id)

    def expression(self, e):
        if isinstance(e, ast.Name) and e.id in self.names:
            return self.names[e.id]
        if isinstance(e, (ast.Name, ast.Attribute)) or literal(e) is not None:
            v = self.named(e) if isinstance(e, (ast.Name, ast.Attribute)) else literal(e)
            if type(v) not in (int, float):
                raise Unrecordable
            return self.rec.graph.number("const", [], self.site, v), np.asarray(v)
        if isinstance(e, ast.BinOp) and type(e.op) in BINARY:
            op, xs = BINARY[type(e.op)], [self.expression(e.left), self.expression(e.right)]
            return self.node(op, xs, getattr(operator, {"div": "truediv", "and": "and_", "or": "or_"}.get(op, op))(xs[0][1], xs[1][1]), e)
        if isinstance(e, ast.UnaryOp) and isinstance(e.op, ast.USub):
            x = self.expression(e.operand)
            return self.node("neg", [x], -x[1], e)
        if isinstance(e, ast.Compare) and len(e.ops) == 1 and type(e.ops[0]) in COMPARE:
            kind, xs = COMPARE[type(e.ops[0])], [self.expression(e.left), self.expression(e.comparators[0])]
            f = {"Lt": "lt", "LtE": "le", "Gt": "gt", "GtE": "ge", "Eq": "eq", "NotEq": "ne"}[kind]
            return self.node("cmp", xs, getattr(operator, f)(xs[0][1], xs[1][1]), e, {"cmp": kind})
        if isinstance(e, ast.IfExp):
            xs = [self.expression(x) for x in (e.test, e.body, e.orelse)]
            return self.node("where", xs, np.where(*[x for _, x in xs]), e)
        if not isinstance(e, ast.Call) or e.keywords or any(isinstance(a, ast.Starred) for a in e.args):
            raise Unrecordable
        f, xs = self.named(e.func), [self.expression(a) for a in e.args]
        if type(f) is types.FunctionType:
            return self.call(f, xs)
        if f is float:
            return xs[0]
        u = {max: np.maximum, min: np.minimum, abs: np.absolute}.get(f, f)
        if type(u) is not np.ufunc and getattr(math, f.__name__, None) is f:
            u = getattr(np, {"pow": "power"}.get(f.__name__, f.__name__))
        if type(u) is not np.ufunc or UFUNCS.get(u.__name__) is None or u.nin != len(xs):
            raise Unrecordable
        return self.node(UFUNCS[u.__name__], xs, u(*[x for _, x in xs]), e)


# ---------------------------------------------------------------- the rewriting

PREFIX = "__glassbox_"                  # ends in two underscores too, so classes do not mangle the names
NATIVE = frozenset("super locals globals vars dir eval exec __import__ isinstance len range open type hasattr getattr "
                   "setattr delattr input repr str id callable issubclass breakpoint exit quit help iter next hash "
                   "staticmethod classmethod property object dict set frozenset bytes bytearray memoryview".split())
PARTS = frozenset("flat real imag shape strides dtype".split())     # whose assignment changes an array in place
SHOWS = frozenset("print write info debug warning set_description set_postfix".split())
OLD_INDEX = sys.version_info < (3, 9)


def literal(node):
    """The value of a literal; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if sys.version_info < (3, 8):
        return node.n if isinstance(node, ast.Num) else getattr(node, "s", None) if isinstance(node, ast.Str) else None
    return None


def is_constant(node):
    """A literal number, or one with a sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        node = node.operand
    return isinstance(literal(node), (int, float))


def is_text(node):
    return isinstance(node, ast.JoinedStr) or isinstance(literal(node), (str, bytes))


def without_declarations(body):
    """A copy of statements in which no name is declared global once more."""
    class Drop(ast.NodeTransformer):
        def visit_Global(self, n):
            return ast.copy_location(ast.Pass(), n)
        visit_Nonlocal = visit_Global

        def visit_FunctionDef(self, n):
            return n
        visit_AsyncFunctionDef = visit_ClassDef = visit_Lambda = visit_FunctionDef
    return [Drop().visit(copy.deepcopy(b)) for b in body]


class Rewriter(ast.NodeTransformer):
    """Shows the recorder every operand and every result of one file.

    `a + b` becomes  close(7, open(7, a) + next(7, b)):  the addition stays where
    it is, so what it raises or warns of comes from the same line and frame. The
    bodies of loops and functions are there twice, watched and as they were; which
    one runs is asked at each entry, so that nothing is left of the recorder when
    it has seen enough.
    """

    def __init__(self, recorder, file, text, path=""):
        self.rec, self.file, self.path = recorder, file, path
        self.lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.bytes = [None] * len(self.lines)
        self.func, self.classes, self.loops, self.params = [], [], [], [[]]
        self.stmt, self.printing = None, None
        self.block = self.new_block()

    # -- places

    def column(self, line, col):
        """Columns count bytes in the tree and characters in the trace."""
        if line > len(self.lines):
            return col
        t = self.lines[line - 1]
        return col if t.isascii() else len(t.encode("utf-8")[:col].decode("utf-8", "ignore"))

    def text(self, node):
        end = getattr(node, "end_lineno", None)
        if end is None:
            return self.guess(node)
        if end == node.lineno:
            t = self.lines[end - 1].encode("utf-8")[node.col_offset:node.end_col_offset].decode("utf-8", "replace")
        else:
            first = self.lines[node.lineno - 1].encode("utf-8")[node.col_offset:].decode("utf-8", "replace")
            last = self.lines[end - 1].encode("utf-8")[:node.end_col_offset].decode("utf-8", "replace")
            t = " ".join(x.strip() for x in [first] + self.lines[node.lineno:end - 1] + [last])
        return t[:200]

    def guess(self, node):
        """Python 3.7 does not say where an expression ends."""
        if isinstance(node, ast.Name):
            return node.id
        if isinstance(node, ast.Attribute):
            return "%s.%s" % (self.guess(node.value), node.attr)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Index):
            return "%s[%s]" % (self.guess(node.value), self.guess(node.slice.value))
        return "…" if literal(node) is None else repr(literal(node))

    def end(self, node):
        if getattr(node, "end_lineno", None) is not None:
            return node.end_lineno, self.column(node.end_lineno, node.end_col_offset)
        return max([getattr(n, "lineno", 0) for n in ast.walk(node)] + [node.lineno]), 0

    def site(self, node, kind, close=None, args=None, detail=None, arity=0):
        s = Site()
        s.number, s.file, s.kind, s.close, s.detail, s.arity = len(self.rec.sites), self.file, kind, close, detail, arity
        s.line, s.col = node.lineno, self.column(node.lineno, node.col_offset)
        s.end_line, s.end_col = self.end(node)
        st = self.stmt if self.stmt is not None else node
        s.stmt = (st.lineno, self.header_end(st))
        s.func, s.loops, s.params, s.block = ".".join(self.func), list(self.loops), self.params[-1], self.block
        s.args, s.texts, s.target = args, None, ""
        value = getattr(st, "value", None)
        if value is node:
            if isinstance(st, ast.Assign):
                s.target = " = ".join(self.text(t) for t in st.targets)
            elif isinstance(st, (ast.AugAssign, ast.AnnAssign)):
                s.target = self.text(st.target)
            elif isinstance(st, ast.Return):
                s.target = "return"
        self.rec.sites.append(s)
        self.rec.blocks[self.block].sites.append(s)
        return s

    def header_end(self, st):
        """The last line of a statement; of a compound one, of its head."""
        body = getattr(st, "body", None)
        if isinstance(body, list) and body:
            return max(st.lineno, body[0].lineno - 1)
        return self.end(st)[0]

    def new_block(self):
        b = Block(len(self.rec.blocks), getattr(self, "block", None))
        b.file, b.name = self.file, self.func[-1] if self.func else "<module>"
        self.rec.blocks.append(b)
        self.rec.switch.append(self.rec.switch.normal)
        return b.number

    # -- pieces

    def hook(self, name, site, *args, **kw):
        at = kw["at"]
        number = ast.copy_location(ast.Constant(site.number if isinstance(site, Site) else site), at)
        number.kind = None
        f = ast.copy_location(ast.Name(PREFIX + name + "__", ast.Load()), at)
        return ast.copy_location(ast.Call(f, [number] + list(args), []), at)

    def constant(self, value, at):
        c = ast.copy_location(ast.Constant(value), at)
        c.kind = None
        return c

    def shown(self, site, node):
        """The visited expression as an operand of site; the first one opens it."""
        name = "next" if site.held else "open"
        site.held = True
        return self.hook(name, site, self.visit(node), at=node)

    def watched(self, block, at):
        """Whether the watched copy of a block is to run."""
        name = ast.copy_location(ast.Name(PREFIX + "on__", ast.Load()), at)
        i = self.constant(block, at)
        if OLD_INDEX:
            i = ast.copy_location(ast.Index(i), at)
        return ast.copy_location(ast.Subscript(name, i, ast.Load()), at)

    def twice(self, body, loop=None):
        """The body watched, and as it was."""
        if not body:
            return body
        outer, self.block = self.block, self.new_block()
        if loop is not None:
            b = self.rec.blocks[self.block]
            b.loop, b.first, b.last = True, loop.lineno, max(self.end(x)[0] for x in body)
        before = without_declarations(body)
        number, watched = self.block, self.statements(body)
        test = self.watched(self.block, body[0])
        self.block = outer
        both = ast.copy_location(ast.If(test, watched, before), body[0])
        both.block = number
        return [both]

    def statements(self, body):
        out = []
        for b in body:
            r = self.visit(b)
            out += r if isinstance(r, list) else [r]
        return out

    def visit(self, node):
        if isinstance(node, ast.stmt):
            outer, self.stmt = self.stmt, node
            try:
                return super(Rewriter, self).visit(node)
            finally:
                self.stmt = outer
        return super(Rewriter, self).visit(node)

    def index(self, node):
        """A subscript's index as an expression."""
        if OLD_INDEX and isinstance(node, ast.Index):
            return self.index(node.value)
        if isinstance(node, ast.Slice):
            parts = [self.visit(p) if p is not None else self.constant(None, self.place) for p in (node.lower, node.upper, node.step)]
            f = ast.copy_location(ast.Name(PREFIX + "slice__", ast.Load()), self.place)
            return ast.copy_location(ast.Call(f, parts, []), self.place)
        if isinstance(node, ast.Tuple):
            elts = [self.index(e) for e in node.elts]
            return ast.copy_location(ast.Tuple(elts, ast.Load()), node)
        if OLD_INDEX and isinstance(node, ast.ExtSlice):
            elts = [self.index(e) for e in node.dims]
            return ast.copy_location(ast.Tuple(elts, ast.Load()), self.place)
        return self.visit(node)

    def subscript(self, value, index, ctx, at):
        if OLD_INDEX:
            index = ast.copy_location(ast.Index(index), at)
        return ast.copy_location(ast.Subscript(value, index, ctx), at)

    # -- definitions

    def visit_FunctionDef(self, n):
        n.decorator_list = [self.visit(d) for d in n.decorator_list]
        self.defaults(n.args)
        a = n.args
        names = [x.arg for x in getattr(a, "posonlyargs", []) + a.args + [q for q in [a.vararg] if q] + a.kwonlyargs
                 + [q for q in [a.kwarg] if q]]
        self.func.append(n.name)
        self.params.append(names)
        loops, self.loops = self.loops, []
        printing, self.printing = self.printing, None
        head = n.body[:1] if isinstance(n.body[0], ast.Expr) and is_text(n.body[0].value) else []
        stmt, self.stmt = self.stmt, None
        first = min([n.lineno] + [d.lineno for d in n.decorator_list])
        before = copy.deepcopy(n.body) if len(n.body) < 12 else None
        n.body = head + self.twice(n.body[len(head):])
        if before is not None and len(n.body) > len(head) and isinstance(n.body[-1], ast.If):
            self.rec.bodies[self.path, first, n.name] = names, before, n.body[-1].block
        self.stmt = stmt
        self.loops, self.printing = loops, printing
        self.params.pop()
        self.func.pop()
        return n
    visit_AsyncFunctionDef = visit_FunctionDef

    def defaults(self, a):
        a.defaults = [self.visit(d) for d in a.defaults]
        a.kw_defaults = [d and self.visit(d) for d in a.kw_defaults]

    def visit_Lambda(self, n):
        self.defaults(n.args)
        self.func.append("<lambda>")
        a = n.args
        self.params.append([x.arg for x in a.args + a.kwonlyargs])
        outer, self.block = self.block, self.new_block()
        before = copy.deepcopy(n.body)
        known = (self.path, n.lineno, "<lambda>")
        self.rec.bodies[known] = (self.params[-1], copy.deepcopy(before), self.block) if known not in self.rec.bodies else None
        n.body = ast.copy_location(ast.IfExp(self.watched(self.block, n.body), self.visit(n.body), before), before)
        self.block = outer
        self.params.pop()
        self.func.pop()
        return n

    def visit_ClassDef(self, n):
        n.decorator_list = [self.visit(d) for d in n.decorator_list]
        n.bases = [self.visit(b) for b in n.bases]
        for k in n.keywords:
            k.value = self.visit(k.value)
        self.func.append(n.name)
        self.classes.append(n.name)
        head = n.body[:1] if isinstance(n.body[0], ast.Expr) and is_text(n.body[0].value) else []
        n.body = head + self.statements(n.body[len(head):])
        self.classes.pop()
        self.func.pop()
        return n

    def leave(self, n):
        return n
    visit_Global = visit_Nonlocal = visit_Import = visit_ImportFrom = visit_Delete = visit_TypeAlias = leave

    def visit_match_case(self, n):
        if n.guard is not None:
            n.guard = self.visit(n.guard)
        n.body = self.statements(n.body)
        return n

    def visit_AnnAssign(self, n):
        if n.value is not None:
            n.value = self.kept(n.value, "name", isinstance(n.target, (ast.Name, ast.Attribute)))
        return n

    # -- loops

    def visit_For(self, n):
        if isinstance(n.iter, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            s = self.site(n.iter, "iter", args=[self.text(n.iter)])
            n.iter = self.hook("iter", s, self.visit(n.iter), at=n.iter)
        else:
            n.iter = self.visit(n.iter)
        self.loops.append(n.lineno)
        n.body = self.twice(n.body, n)
        self.loops.pop()
        n.orelse = self.statements(n.orelse)
        return n

    def visit_AsyncFor(self, n):
        n.iter = self.visit(n.iter)
        self.loops.append(n.lineno)
        n.body = self.twice(n.body, n)
        self.loops.pop()
        n.orelse = self.statements(n.orelse)
        return n

    def visit_While(self, n):
        outer, self.block = self.block, self.new_block()
        before = copy.deepcopy(n.test)
        if not isinstance(n.test, ast.Constant):
            n.test = ast.copy_location(ast.IfExp(self.watched(self.block, n.test), self.visit(n.test), before), before)
        self.block = outer
        self.loops.append(n.lineno)
        n.body = self.twice(n.body, n)
        self.loops.pop()
        n.orelse = self.statements(n.orelse)
        return n

    def visit_comprehension(self, n):
        if not n.is_async and isinstance(n.iter, (ast.Name, ast.Attribute, ast.Subscript, ast.Call)):
            s = self.site(n.iter, "iter", args=[self.text(n.iter)])
            n.iter = self.hook("iter", s, self.visit(n.iter), at=n.iter)
        else:
            n.iter = self.visit(n.iter)
        n.ifs = [self.visit(i) for i in n.ifs]
        return n

    def visit_ListComp(self, n):
        n.elt = self.kept(n.elt, "name", False)
        n.generators = [self.visit(g) for g in n.generators]
        return n

    # -- expressions

    def fixed(self, site, *operands):
        """Operands that are literal numbers are known beforehand."""
        for i, x in enumerate(operands):
            if is_constant(x):
                site.fixed = (i, ast.literal_eval(x))
                site.arity -= 1

    def visit_BinOp(self, n):
        op = BINARY.get(type(n.op))
        if op is None or is_text(n.left) or (is_constant(n.left) and is_constant(n.right)):
            if self.printing is not None and is_text(n.left) and isinstance(n.op, ast.Mod):
                n.right = self.shown_text(n.right)
                return n
            return self.generic_visit(n)
        s = self.site(n, "binary", Recorder.close_binary, [self.text(n.left), self.text(n.right)], op, 2)
        self.fixed(s, n.left, n.right)
        if not is_constant(n.left):
            n.left = self.shown(s, n.left)
        if not is_constant(n.right):
            n.right = self.shown(s, n.right)
        s.held = None
        return self.hook("close", s, n, at=n)

    def visit_UnaryOp(self, n):
        op = UNARY.get(type(n.op))
        if op is None or is_constant(n):
            return self.generic_visit(n)
        s = self.site(n, "unary", Recorder.close_unary, [self.text(n.operand)], op, 1)
        n.operand = self.shown(s, n.operand)
        s.held = None
        return self.hook("close", s, n, at=n)

    def visit_Compare(self, n):
        kind = COMPARE.get(type(n.ops[0]))
        right = n.comparators[0]
        if len(n.ops) > 1 or kind is None or is_text(n.left) or is_text(right) or (is_constant(n.left) and is_constant(right)):
            return self.generic_visit(n)
        s = self.site(n, "compare", Recorder.close_compare, [self.text(n.left), self.text(right)], kind, 2)
        self.fixed(s, n.left, right)
        if not is_constant(n.left):
            n.left = self.shown(s, n.left)
        if not is_constant(right):
            n.comparators = [self.shown(s, right)]
        s.held = None
        return self.hook("close", s, n, at=n)

    def visit_Subscript(self, n):
        self.place = n
        if not isinstance(n.ctx, ast.Load):
            return self.generic_visit(n)
        s = self.site(n, "item", Recorder.close_item, [self.text(n.value)], None, 2)
        value = self.hook("open", s, self.visit(n.value), at=n.value)
        self.place = n
        index = self.hook("next", s, self.index(n.slice), at=n)
        return self.hook("close", s, self.subscript(value, index, ast.Load(), n), at=n)

    def visit_Attribute(self, n):
        if n.attr not in ("T", "mT") or not isinstance(n.ctx, ast.Load):
            return self.generic_visit(n)
        s = self.site(n, "transpose", Recorder.close_transpose, [self.text(n.value)], n.attr, 1)
        n.value = self.hook("open", s, self.visit(n.value), at=n.value)
        return self.hook("close", s, n, at=n)

    def argument_texts(self, node):
        """A literal list's texts one by one."""
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.argument_texts(e) for e in node.elts]
        return self.text(node)

    def visit_Call(self, n):
        f = n.func
        name = f.id if isinstance(f, ast.Name) else f.attr if isinstance(f, ast.Attribute) else ""
        if name in SHOWS and isinstance(f, ast.Name if name == "print" else ast.Attribute):
            return self.visit_printing(n)
        if isinstance(f, ast.Attribute) and f.attr == "format" and self.printing is not None:
            f.value = self.visit(f.value)
            n.args = [a if isinstance(a, ast.Starred) else self.shown_text(a) for a in n.args]
            for k in n.keywords:
                k.value = self.shown_text(k.value) if k.arg else self.visit(k.value)
            return n
        if isinstance(f, ast.Name) and f.id in NATIVE:
            return self.generic_visit(n)
        s = self.site(n, "call", Recorder.close_call)
        s.form = ["*" if isinstance(a, ast.Starred) else "p" for a in n.args] + [k.arg or "**" for k in n.keywords]
        holder = f.value if isinstance(f, ast.Attribute) else f
        s.texts = [self.text(holder)] + [self.argument_texts(a) for a in n.args] + [self.text(k.value) for k in n.keywords]
        s.detail = s.eager = any(k.arg == "out" for k in n.keywords)
        n.func = self.hook("call", s, self.visit(f), at=f)
        args = []
        for a in n.args:
            if isinstance(a, ast.Starred):
                a.value = self.hook("star", s, self.visit(a.value), at=a.value)
                args.append(a)
            else:
                args.append(self.hook("next", s, self.visit(a), at=a))
        n.args = args
        for k in n.keywords:
            k.value = self.hook("next" if k.arg else "stars", s, self.visit(k.value), at=k.value)
        return self.hook("close", s, n, at=n)

    def visit_printing(self, n):
        outer, self.printing = self.printing, self.site(n, "print", args=[])
        n.func = self.visit(n.func)
        n.args = [self.visit(a) if isinstance(a, ast.Starred) or is_text(a) and not isinstance(a, ast.JoinedStr)
                  else self.shown_text(a) for a in n.args]
        for k in n.keywords:
            k.value = self.visit(k.value)
        self.printing = outer
        return n

    def shown_text(self, node):
        """Something that is printed."""
        if isinstance(node, ast.Tuple):
            node.elts = [e if isinstance(e, ast.Starred) else self.shown_text(e) for e in node.elts]
            return node
        if is_text(node) or isinstance(node, ast.BinOp) and is_text(node.left):
            return self.visit(node)
        site = self.printing
        return self.hook("print", site, self.visit(node), at=node)

    def visit_JoinedStr(self, n):
        if self.printing is not None:
            for v in n.values:
                if isinstance(v, ast.FormattedValue):
                    v.value = self.hook("print", self.printing, v.value, at=v.value)
        return n

    # -- statements

    def kept(self, value, kind, alias):
        """A value that is a name, an attribute or an item is kept without a copy."""
        if isinstance(value, (ast.Name, ast.Attribute, ast.Subscript)) and not (
                isinstance(value, ast.Attribute) and value.attr in ("T", "mT")):
            s = self.site(value, kind, args=[self.text(value)])
            alias = alias and isinstance(value, ast.Name)
            return self.hook("alias" if alias else "keep", s, self.visit(value), at=value)
        if isinstance(value, ast.Tuple) and isinstance(value.ctx, ast.Load):
            value.elts = [self.kept(e, kind, alias) if not isinstance(e, ast.Starred) else self.visit(e) for e in value.elts]
            return value
        return self.visit(value)

    def visit_Return(self, n):
        if n.value is not None:
            n.value = self.kept(n.value, "return", True)
        return n

    def visit_Assign(self, n):
        items = [t for t in n.targets if isinstance(t, ast.Subscript)]
        if len(n.targets) == 1 and items:
            t = items[0]
            s = self.site(n, "setitem", Recorder.close_setitem, [self.text(t.value), self.text(n.value)], None, 3)
            s.target = self.text(t)
            s.eager = True
            n.value = self.hook("open", s, self.visit(n.value), at=n.value)
            self.target(s, t)
            return [n, self.ended(s, self.constant(None, n), n)]
        simple = all(isinstance(t, (ast.Name, ast.Attribute)) for t in n.targets)
        several = isinstance(n.value, ast.Tuple) and len(n.targets) == 1 and isinstance(n.targets[0], (ast.Tuple, ast.List))
        n.value = self.kept(n.value, "name", simple) if simple or several else self.visit(n.value)
        inner = [t for target in n.targets for t in ast.walk(target) if isinstance(getattr(t, "ctx", None), ast.Store)
                 and (isinstance(t, ast.Subscript) or isinstance(t, ast.Attribute) and t.attr in PARTS)]
        if not inner:
            return n
        whole = n.targets[0]
        if len(n.targets) == 1 and isinstance(whole, ast.Tuple) and all(t in whole.elts and isinstance(t, ast.Subscript) for t in inner) \
                and not any(isinstance(t, ast.Starred) for t in whole.elts):
            s = self.site(n, "setitem", Recorder.close_unpack, [], None)
            s.target, s.eager, s.form = self.text(whole), True, [whole.elts.index(t) for t in inner]
            s.arity = len(whole.elts)
            n.value = self.hook("open", s, n.value, at=n.value)
            for t in inner:
                self.target(s, t)
            return [n, self.ended(s, self.constant(None, n), n)]
        s = self.site(n, "touch", Recorder.close_touch, [], "shape" if [getattr(t, "attr", "") for t in inner] == ["shape"] else None)
        for t in inner:
            name = "next" if s.held else "open"
            s.held = True
            t.value = self.hook(name, s, self.visit(t.value), at=t.value)
        s.held = None
        return [n, self.ended(s, self.constant(None, n), n)]

    def target(self, s, t):
        """An item that is written to: its base and its index are shown."""
        self.place = t
        t.value = self.hook("next", s, self.visit(t.value), at=t.value)
        self.place = t
        i = self.hook("next", s, self.index(t.slice), at=t)
        t.slice = ast.copy_location(ast.Index(i), t) if OLD_INDEX else i

    def ended(self, site, value, at):
        return ast.copy_location(ast.Expr(self.hook("close", site, value, at=at)), at)

    def visit_AugAssign(self, n):
        op = BINARY.get(type(n.op))
        if op is None or is_text(n.value):
            n.value = self.visit(n.value)
            return n
        t = n.target
        s = self.site(n, "aug", None, [self.text(t), self.text(n.value)], op, 2)
        s.target, s.eager = self.text(t), True
        literal = is_constant(n.value)
        if literal:
            s.fixed = (1, ast.literal_eval(n.value))
        if isinstance(t, ast.Name):
            s.close = Recorder.close_aug
            now = ast.copy_location(ast.Name(t.id, ast.Load()), t)
            before = ast.copy_location(ast.Expr(self.hook("before", s, now, at=t)), n)
            if not literal:
                n.value = self.hook("next", s, self.visit(n.value), at=n.value)
            return [before, n, self.ended(s, ast.copy_location(ast.Name(t.id, ast.Load()), t), n)]
        if isinstance(t, ast.Attribute):
            s.close, s.wrap = Recorder.close_augattr, self.mangled(t.attr)
            t.value = self.hook("holder", s, self.visit(t.value), at=t.value)
        else:
            s.close = Recorder.close_augitem
            self.place = t
            t.value = self.hook("open", s, self.visit(t.value), at=t.value)
            self.place = t
            i = self.hook("part", s, self.index(t.slice), at=t)
            t.slice = ast.copy_location(ast.Index(i), t) if OLD_INDEX else i
        if not literal:
            n.value = self.hook("next", s, self.visit(n.value), at=n.value)
        return [n, self.ended(s, self.constant(None, n), n)]

    def mangled(self, name):
        if name.startswith("__") and not name.endswith("__") and self.classes:
            return "_%s%s" % (self.classes[-1].lstrip("_"), name)
        return name


class Block(object):
    """The body of a loop or a function, which can be left alone."""

    def __init__(self, number, outer):
        self.number, self.outer, self.sites = number, outer, []
        self.file, self.name, self.loop, self.first, self.last = -1, "", False, 0, 0


# ---------------------------------------------------------------- what the rewritten program calls

class Item(object):
    """Shows the elements of an array that is looped over."""
    __slots__ = ("rec", "site", "x", "j")

    def __init__(self, rec, site, x):
        self.rec, self.site, self.x, self.j = rec, site, x, 0

    def __call__(self, v):
        j, rec, x = self.j, self.rec, self.x
        self.j = j + 1
        if rec.live and rec.muted is None:
            try:
                rec.graph.path = None
                rec.frame = sys._getframe(1)
                rec.moved(self.site, x, v, rec.graph.indices.got(x, j, v))
                rec.after()
            except Exception as e:
                rec.trouble("loop", e)
            finally:
                rec.frame = None
        return v


def depth_of(frame):
    n = 0
    while frame is not None:
        n, frame = n + 1, frame.f_back
    return n


def hooks(rec):
    """The functions that the rewritten program finds among its builtins."""
    sites, g, find, own = rec.sites, rec.graph, rec.handlers.find, rec.own
    clock, ident, main = time.perf_counter, threading.get_ident, rec.thread

    def open_(i, x):
        s = sites[i]
        if s.held is not None:
            s.outer.append(s.held)
        s.held = [x]
        if s.eager and type(x) is Array:
            before_write(s, x)
        return x

    def next_(i, x):
        s = sites[i]
        h = s.held
        if h:
            if s.wrap and s.kind == "call":
                return wrapped(s, h, x)
            h.append(x)
            if s.eager and type(x) is Array:
                before_write(s, x)
            elif s.eager and type(x) is np.flatiter and type(x.base) is Array:
                before_write(s, x.base)
        return x

    def before_write(s, x):
        """Know what x holds before it is changed."""
        try:
            if rec.live and rec.muted is None and g.interesting(x) and ident() == main:
                g.path, rec.frame = None, sys._getframe(2)
                g.need(g.operand(x, s, 0, moves=True), False)
        except Exception as e:
            rec.trouble("before", e)
        finally:
            rec.frame = None

    def wrapped(s, h, x):
        """Arguments of zip, enumerate, list … and sum are seen as they are used: what
        goes to the call in place of x."""
        try:
            if type(x) is Array and 0 < x.ndim and len(x) < 200000 and g.interesting(x) and rec.live:
                shown = map(Item(rec, s, x), x)
                if s.wrap == "sum":
                    shown, seen = itertools.tee(shown)
                    h.append(seen)
                else:
                    h.append(x)
                return shown
            if s.wrap == "sum" and isinstance(x, (types.GeneratorType, map, zip)):
                x, seen = itertools.tee(x)
                h.append(seen)
                return x
        except Exception as e:
            rec.trouble("arguments", e)
        h.append(x)
        return x

    def close(i, r):
        s = sites[i]
        a = s.held
        s.held = s.outer.pop() if s.outer else None
        if not a or not rec.live or ident() != main:
            return r
        if rec.muted is not None and not unmuted(s, sys._getframe(1)):
            return r
        t = clock()
        try:
            g.path, rec.frame = None, sys._getframe(1)
            if rec.outermost is None and rec.frame.f_code.co_name == "<module>":
                rec.outermost = rec.frame if rec.frame.f_globals.get("__name__") == "__main__" else None
            if s.close(rec, s, a, r) is False:
                s.dull += 1
                if s.dull >= DULL and not s.dull % DULL and not s.count:
                    rec.leave_alone(s)
            else:
                rec.after()
        except RecursionError:
            pass
        except Exception as e:
            if type(e) is not Unrecordable:
                rec.trouble("%s:%d" % (rec.files[s.file].name, s.line), e)
            if s.eager:
                for x in a:
                    if isinstance(x, Array):
                        g.touched(x)
            rec.failed(s, a, r)
        finally:
            rec.frame = None
            rec.spent += clock() - t
        return r

    def unmuted(s, frame):
        """A muted call is over when its own site ends, or a frame that is no deeper is at work."""
        if type(rec.muted) is Pause:
            if rec.muted.behind(s, frame):
                rec.muted.over()
            return False
        site, depth = rec.muted
        if s is site or depth_of(frame) <= depth:
            rec.muted = None
            return True
        return False

    def call(i, f):
        s = sites[i]
        if type(rec.muted) is Pause and ident() == main and rec.muted.behind(s, sys._getframe(1)):
            rec.muted.over()
        if s.held is not None:
            s.outer.append(s.held)
            if len(s.outer) > 5000:
                del s.outer[:]
        s.held = False
        try:
            h = find(f, own)
            if h is not None:
                s.held = [(h, f)]
                s.eager = h.eager or s.detail
                s.wrap = h.wrap
                if h.eager:
                    x = getattr(f, "__self__", None)
                    if type(x) is Array:
                        before_write(s, x)
                if h.mute and rec.muted is None:
                    rec.muted = (s, depth_of(sys._getframe(1)))
            elif type(f) is types.BuiltinFunctionType and f.__name__ == "resize" and isinstance(f.__self__, Array):
                g.drop(f.__self__)
        except RecursionError:
            pass
        except Exception as e:
            rec.trouble("call", e)
        return f

    def star(i, x):
        h = sites[i].held
        if h:
            h.append(list(x) if type(x) in (list, tuple) else UNKNOWN)
        return x

    def stars(i, x):
        h = sites[i].held
        if h:
            h.append(dict(x) if type(x) is dict else UNKNOWN)
        return x

    def iter_(i, x):
        if type(x) is Array and rec.live and rec.muted is None and 0 < x.ndim and g.interesting(x) and len(x) < 200000:
            return map(Item(rec, sites[i], x), x)
        return x

    def noted(what):
        def hook(i, x):
            if (type(x) is Array or type(x) is tuple or what == "print") and rec.live and rec.muted is None and ident() == main:
                t = clock()
                try:
                    s = sites[i]
                    g.path, rec.frame = None, sys._getframe(1)
                    if what == "print":
                        rec.printed(s, x)
                    else:
                        rec.alias(s, x, s.kind, what == "alias")
                    rec.after()
                except RecursionError:
                    pass
                except Exception as e:
                    rec.trouble(what, e)
                finally:
                    rec.frame = None
                    rec.spent += clock() - t
            return x
        return hook

    def holder(i, o):
        s = sites[i]
        if s.held is not None:
            s.outer.append(s.held)
        old = peek(o, s.wrap)
        if old is MISSING:
            g.doubt = True              # a property's array may be changed in place
        s.held = [(o, old)]
        if type(old) is Array:
            before_write(s, old)
        return o

    def part(i, index):
        s = sites[i]
        h = s.held
        if h:
            base, old = h[0], MISSING
            try:
                if type(base) in PLAIN_ARRAYS:
                    before_write(s, base)
                    if g.interesting(base):
                        old = base[index]
                elif type(base) in (dict, list, collections.OrderedDict, collections.defaultdict):
                    old = base[index] if type(base) is list or index in base else MISSING
                    if type(old) is Array:
                        before_write(s, old)
            except Exception:
                old = MISSING
            h.append((index, old))
        return index

    return {"open": open_, "next": next_, "close": close, "call": call, "star": star, "stars": stars, "iter": iter_,
            "alias": noted("alias"), "keep": noted("keep"), "print": noted("print"), "holder": holder, "part": part,
            "before": open_, "slice": slice, "on": rec.switch}


def idle(i, x):
    """What the hooks are when nothing is recorded any more."""
    return x


def install(rec):
    for name, f in hooks(rec).items():
        setattr(builtins, PREFIX + name + "__", f)
    watch(rec.switch)


def watch(on):
    """The list that says which blocks are watched."""
    name, main = PREFIX + "on__", vars(sys.modules["__main__"])
    setattr(builtins, name, on)
    if name in main:
        main[name] = on


def uninstall(rec):
    rec.switch.all(0)
    watch(list(rec.switch))
    for name in "open next close call star stars iter alias keep print holder part before".split():
        setattr(builtins, PREFIX + name + "__", idle)


def by_value(modules):
    """cloudpickle sends functions of __main__ with the globals that they read, and without builtins."""
    if any(m.rpartition(".")[2] == "cloudpickle" for m in modules):
        vars(sys.modules["__main__"]).setdefault(PREFIX + "on__", getattr(builtins, PREFIX + "on__"))


# ---------------------------------------------------------------- the file

class File(object):
    """A source file of the program's."""

    def __init__(self, name, text):
        self.name, self.text = name, text
        self.sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def number_json(x):
    """A number as JSON, which has no infinities."""
    if isinstance(x, (bool, np.bool_)):
        return int(x)
    if isinstance(x, (int, np.integer)):
        return int(x)
    x = float(x)
    return x if math.isfinite(x) else "nan" if x != x else "inf" if x > 0 else "-inf"


def partial(path):
    """The name of what is written until it is whole and gets that of path. What runs that were killed left goes."""
    folder, name = os.path.split(path)
    try:
        for left in os.listdir(folder or ".") if os.name == "posix" else ():
            pid = left[len(name) + 6:]
            if left.startswith(name + ".part-") and pid.isdigit() and not runs(int(pid)):
                os.remove(os.path.join(folder, left))
    except OSError:
        pass
    return "%s.part-%d" % (path, os.getpid())


def runs(pid):
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


class Trace(object):
    """Writes the graph as one .npz file."""

    def __init__(self, rec, why, program, argv):
        self.arrays, self.names, self.by_id = [], {}, {}
        self.document = self.describe(rec, why, program, argv)

    def put(self, a):
        """The name of an array in the file; equal arrays are stored once."""
        name = self.by_id.get(id(a))
        if name is not None:
            return name[0]
        x = np.asarray(a)
        if x.dtype.itemsize > 8:
            x = x.astype(np.float64)
        virtual = x.ndim and not any(x.strides) and x.size > 1
        key = (x.dtype.str, x.shape, virtual, x.flat[0] if virtual else hashlib.blake2b(np.ascontiguousarray(x).tobytes(), digest_size=16).digest())
        name = self.names.get(key)
        if name is None:
            name = self.names[key] = "a%d" % len(self.arrays)
            self.arrays.append(x)
        self.by_id[id(a)] = name, a  # a lives on, so that no other array gets its id
        return name

    def describe(self, rec, why, program, argv):
        g = rec.graph
        have, todo = {}, [n for n in g.log if n.serial >= rec.first_serial]     # and what they come from
        while todo:
            n = todo.pop()
            if n.serial not in have:
                have[n.serial] = n
                todo += n.ins
        serials = sorted(have)
        place = {s: i for i, s in enumerate(serials)}
        tables = {}

        columns = {k: [] for k in ("op", "site", "in", "obj", "call", "dtype", "shape", "val")}
        op, at, ins, obj, call, dtype, shape, val = [columns[k].append for k in columns]
        ops, calls, dtypes, shapes = [tables.setdefault(k, {}) for k in ("ops", "calls", "dtypes", "shapes")]
        attrs, sites = {}, {}

        def site(s):
            return -1 if s is None else sites.setdefault(s.number, len(sites))
        for i, serial in enumerate(serials):
            n = have[serial]
            op(ops.setdefault(n.op, len(ops)))
            at(site(n.site))
            ins([place[q.serial] for q in n.ins])
            obj(n.obj)
            call(calls.setdefault(n.call, len(calls)) if n.call else -1)
            dtype(dtypes.setdefault(n.dtype, len(dtypes)))
            shape(shapes.setdefault(tuple(n.shape), len(shapes)))
            v = n.value
            if v is None:
                val(None)
            elif isinstance(v, Array) and v.ndim:
                val(self.put(v))
            else:
                val(number_json(v.item() if isinstance(v, Array) else v))
            if not n.attr and (v is not None or family(n.op) not in SOURCES):
                continue
            a = dict(n.attr) if n.attr else {}
            if v is None and family(n.op) in SOURCES:
                a["big"] = 1
            if type(a.get("idx")) is Strided:
                a["steps"] = a.pop("idx").plain()
            elif "idx" in a:
                a["idx"] = self.put(a["idx"])
            if "by" in a and isinstance(a["by"], list):
                a["by"] = [place[q] for q in a["by"] if q in place]
            if "sample" in a:
                a["sample"] = [[k, number_json(q)] for k, q in a["sample"]]
            if a:
                attrs[str(i)] = a
        kept = [[site(s), place[n.serial], kind, bisect.bisect_left(serials, at)]
                for s, n, kind, at in rec.kept if n.serial in place]
        limits = [dict(l, at_node=bisect.bisect_left(serials, l["at_node"])) for l in g.limits]
        columns["attr"] = attrs
        order = sorted(sites, key=sites.get)
        return {
            "schema": SCHEMA, "recorder": PROGRAM_VERSION, "python": sys.version.split()[0], "numpy": np.__version__,
            "program": program, "argv": argv,
            "files": [{"name": f.name, "sha256": f.sha256, "text": f.text} for f in rec.files],
            "sites": [self.site(rec.sites[k]) for k in order],
            "ops": list(tables.get("ops", ())), "calls": [[list(c) for c in p] for p in tables.get("calls", ())],
            "dtypes": list(tables.get("dtypes", ())), "shapes": [list(t) for t in tables.get("shapes", ())],
            "nodes": columns, "kept": kept,
            "end": {"why": why, "node": len(serials), "limits": limits, "error": None, "errors_inside": rec.troubles,
                    "updates": rec.updates, "trainings": rec.trainings + rec.worth(),
                    "behind": len(serials) if rec.tail is None else bisect.bisect_left(serials, rec.tail)},
            "seconds": round(rec.spent, 3)}

    @staticmethod
    def site(s):
        return {"file": s.file, "line": s.line, "col": s.col, "end_line": s.end_line, "end_col": s.end_col,
                "stmt": list(s.stmt), "func": s.func, "target": s.target, "args": s.args or [], "loops": s.loops,
                "params": s.params}

    def write(self, path):
        new = partial(path)
        try:
            out = io.BytesIO()      # where a thousand small entries take a fifth less time than in a file
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
                text = json.dumps(self.document, separators=(",", ":"), ensure_ascii=True).encode("ascii")
                self.entry(z, "program", np.frombuffer(text, np.uint8), 6)
                for i, x in enumerate(self.arrays):
                    self.entry(z, "a%d" % i, x, 1)
            with open(new, "wb") as f:
                f.write(out.getbuffer())
            os.replace(new, path)
        except BaseException:
            if os.path.exists(new):
                os.remove(new)
            raise

    @staticmethod
    def entry(z, name, x, level, heads={}):
        head = heads.get((x.dtype, x.shape))
        if head is None:
            f = io.BytesIO()
            np.lib.format.write_array_header_1_0(f, {"descr": x.dtype.str, "fortran_order": False, "shape": x.shape})
            head = heads[x.dtype, x.shape] = f.getvalue()
        info = zipfile.ZipInfo(name + ".npy")
        info.compress_type = zipfile.ZIP_DEFLATED if x.nbytes > 4096 else zipfile.ZIP_STORED    # which is quick
        z.writestr(info, head + x.tobytes(), compresslevel=level)

    @staticmethod
    def amend(path, end):
        """Write another end into a trace that is there already."""
        new = partial(path)
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as z:
            for info in old.infolist():
                data = old.read(info.filename)
                if info.filename == "program.npy":
                    d = json.loads(np.load(io.BytesIO(data)).tobytes().decode("ascii"))
                    d["end"].update(end)
                    text = json.dumps(d, separators=(",", ":")).encode("ascii")
                    Trace.entry(z, "program", np.frombuffer(text, np.uint8), 6)
                else:
                    z.writestr(info, data)
        os.replace(new, path)


# ---------------------------------------------------------------- running a program

class Loader(importlib.machinery.SourceFileLoader):
    """Loads a module of the program's own folder, rewritten."""
    session = None

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        return self.session.compile(self.get_data(path), path)


class Finder(importlib.abc.MetaPathFinder):
    """Finds the modules that are the program's own."""

    def __init__(self, session):
        self.session = session

    def find_spec(self, name, path=None, target=None):
        by_value([name])
        if not self.session.rec.live:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or type(spec.loader) is not importlib.machinery.SourceFileLoader or not self.session.mine(spec.origin):
            return None
        try:
            with open(spec.origin, "rb") as f:      # a file that is no Python fails as it would have
                compile(f.read(), spec.origin, "exec", dont_inherit=True)
        except Exception:
            return None
        loader = Loader(name, spec.origin)
        loader.session = self.session
        spec.loader = loader
        return spec


_program = None         # the program that is recorded as a whole


def stopped(e):
    """An error of the program's in one line: where, what, and the shapes there."""
    where = " at %s:%s" % (e["file"], e["line"]) if e["file"] else ""
    shapes = ["%s %s" % (k, str(tuple(v)).replace(" ", "")) for k, v in e["shapes"].items()]
    return "the program stopped%s: %s%s" % (where, e["type"], ": " + " and ".join(shapes[:6]) if shapes else "")


class Session(object):
    """One program being recorded."""

    def __init__(self, out, budget, steps=6, stop=False, root=None, quiet=False):
        self.out, self.stop, self.quiet = os.path.abspath(out), stop, quiet
        self.rec = Recorder(budget, steps)
        self.rec.on_end = self.recorded
        self.root = os.path.realpath(root) if root else None
        self.folder, self.roots, self.argv, self.program = None, [], [], ""
        self.pid, self.path = os.getpid(), list(sys.path)
        self.written, self.said, self.cost = None, False, 0.0
        self.updates, self.writing, self.wrote = 0, 0.0, 0.0

    def begin(self, folder):
        """Record the files below folder from now on."""
        global _program
        _program = self
        self.folder = os.path.realpath(folder)
        here = os.path.realpath(os.getcwd())
        self.roots = [self.root or self.folder]
        if not self.root and self.folder.startswith(here + os.sep):
            self.roots.append(here)
        install(self.rec)
        sys.meta_path.insert(0, Finder(self))
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.abandon)

    def abandon(self):
        """A child process is not recorded."""
        self.rec.live = False
        uninstall(self.rec)

    def mine(self, origin):
        """Whether a file is one of the program's own."""
        path = os.path.realpath(origin)
        if path == os.path.realpath(__file__):
            return False
        parts = path.split(os.sep)
        if "site-packages" in parts or "dist-packages" in parts or path.startswith(os.path.dirname(os.__file__) + os.sep):
            return False
        if any(path.startswith(r + os.sep) for r in self.roots):
            return True
        added = [os.path.realpath(p or ".") for p in sys.path if p not in self.path]
        return any(path.startswith(r + os.sep) for r in added)

    def name(self, path):
        return os.path.relpath(os.path.realpath(path), self.folder).replace(os.sep, "/")

    def compile(self, source, path, name=None, tree=None):
        """The code of one file, watched; as it is where that cannot be done."""
        text = importlib.util.decode_source(source) if isinstance(source, bytes) else source
        if self.rec.live:
            try:
                tree = ast.parse(source, path)
                number = len(self.rec.files)
                self.rec.files.append(File(name or self.name(path), text))
                self.rec.own[path] = number
                tree = Rewriter(self.rec, number, text, path).visit(tree)
                return compile(tree, path, "exec", dont_inherit=True)
            except SyntaxError:
                raise
            except Exception as e:
                self.rec.trouble("%s is not recorded" % path, e)
        return compile(source, path, "exec", dont_inherit=True)

    def recorded(self, why):
        """Enough was recorded: write it, and let the program run on as it was."""
        rec = self.rec
        rec.live = False
        uninstall(rec)
        if os.getpid() != self.pid:
            return
        if rec.worth():
            self.write(why)
        elif rec.behind():
            self.write("the end of the first epoch")
        rests = rec.enough or not rec.worth()
        if rests and self.more():
            try:
                epoch = rec.epoch()
                rec.rest()
                if epoch:
                    rec.wait(epoch)
                else:
                    watch(rec.await_.on)
                return
            except Exception as e:
                rec.trouble("another training", e)
        self.forget()

    def write(self, why):
        """Write what was recorded."""
        rec, start, collecting = self.rec, time.perf_counter(), gc.isenabled()
        gc.disable()        # which would look through all nodes again and again
        self.updates += rec.updates
        try:
            t = Trace(rec, why, self.program, self.argv)
            t.write(self.out)
            self.written = (t.document["end"]["node"], self.updates, os.path.getsize(self.out), why)
        except Exception as e:
            self.written = e
        finally:
            if collecting:
                gc.enable()
        self.writing = time.perf_counter() - start
        self.wrote += self.writing
        self.cost = rec.spent + self.wrote

    def more(self):
        """Whether another training may be recorded and written, within what recording may cost."""
        rec = self.rec
        return rec.trainings + 1 < rec.most and rec.vain < TRIES and not self.stop and \
            isinstance(self.written, tuple) and (self.cost + 2 * self.writing) * rec.share() < min(rec.budget.seconds, SOON)

    def forget(self):
        """Nothing more will be recorded."""
        rec = self.rec
        g, rec.outermost, rec.await_ = rec.graph, None, None
        g.log, rec.kept, rec.progress = [], [], Progress()
        for d in (g.known, g.numbers, g.lately, g.content):
            d.clear()
        rec.let_go()
        g.indices, rec.mark = Indices(), None
        if self.stop:
            self.say()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)

    def finish(self, error=None):
        """The program is over."""
        if os.getpid() != self.pid:
            return
        try:
            self.rec.most = 0
            if self.rec.live:
                self.stop = False       # it has ended by itself, with its own status
                self.rec.progress.feed(self.rec.graph.log)
                self.rec.updates = self.rec.progress.updates(self.rec.graph.log)[0]
                self.recorded("the program ended" if error is None else "error")
            if error is not None and isinstance(self.written, tuple):
                Trace.amend(self.out, {"error": error})
                self.written = self.written[:3] + (stopped(error),)
        except Exception as e:
            self.written = e
        self.say()

    def say(self):
        if self.said:
            return
        self.said = True
        if isinstance(self.written, tuple):
            if self.quiet:
                return
            nodes, updates, size, why = self.written
            text = "%s: %d operations, %d updates, %.1f MB, %.1f s of recording (%s)" % (
                self.out, nodes, updates, size / 2.0 ** 20, self.cost, why)
        else:
            text = "nothing is written: %s: %s" % (type(self.written).__name__, self.written)
        try:
            sys.stderr.write("glassbox: %s\n" % text)
            sys.stderr.flush()
        except Exception:
            pass

    # -- errors

    def error(self, e, tb):
        """Where and why the program raised, and the shapes in that statement."""
        at = None
        while tb is not None:
            if tb.tb_frame.f_code.co_filename in self.rec.own:
                at = tb
            tb = tb.tb_next
        d = {"type": type(e).__name__, "message": str(e)[:2000], "file": None, "line": None, "shapes": {}}
        if isinstance(e, SyntaxError):
            d["file"], d["line"] = e.filename and self.name(e.filename), e.lineno
        if at is not None:
            f = self.rec.files[self.rec.own[at.tb_frame.f_code.co_filename]]
            d["file"], d["line"] = f.name, at.tb_lineno
            try:
                d["shapes"] = self.shapes(f.text, at.tb_lineno, at.tb_frame)
            except Exception:
                pass
        return d

    @staticmethod
    def shapes(text, line, frame):
        """{expression: shape} of the names and attributes of the statement at a line."""
        inner = None
        for st in ast.walk(ast.parse(text)):
            if isinstance(st, ast.stmt) and st.lineno <= line <= getattr(st, "end_lineno", st.lineno):
                if inner is None or st.lineno >= inner.lineno:
                    inner = st
        out = {}
        body = getattr(inner, "body", ())
        skip = {id(x) for b in body for x in ast.walk(b)} if isinstance(body, list) else set()

        def value(n):
            if isinstance(n, ast.Name):
                return n.id, frame.f_locals.get(n.id, frame.f_globals.get(n.id))
            if isinstance(n, ast.Attribute):
                name, v = value(n.value)
                d = getattr(v, "__dict__", {}) if v is not None else {}
                return "%s.%s" % (name, n.attr), d.get(n.attr) if isinstance(d, dict) else None
            if isinstance(n, ast.Subscript):
                index = literal(n.slice.value if OLD_INDEX and isinstance(n.slice, ast.Index) else n.slice)
                name, v = value(n.value)
                if index is not None and isinstance(v, (dict, list, tuple)):
                    return "%s[%r]" % (name, index), v[index]
            return "", None
        for n in ast.walk(inner):
            if id(n) not in skip and isinstance(n, (ast.Name, ast.Attribute, ast.Subscript)):
                try:
                    name, v = value(n)
                except Exception:
                    continue
                if isinstance(v, (Array, np.generic)) and name:
                    out[name] = list(v.shape)
        return out

    # -- the ways in

    def run(self, source, path, package=None, name=None):
        """Run a program as Python would, as the main module. Returns the exit code."""
        main = types.ModuleType("__main__")
        plain_main(main, path, package, self)
        sys.modules["__main__"] = main
        by_value(list(sys.modules))
        error = None
        try:
            code = self.compile(source, path, name)
        except SyntaxError as e:
            e.__traceback__ = None
            return self.failed(e)
        sys.setrecursionlimit(sys.getrecursionlimit() + depth_of(sys._getframe(0)))
        try:
            exec(code, main.__dict__)
        except SystemExit as e:
            e.__traceback__ = None
            self.finish()
            raise
        except BaseException as e:
            error = e
        if error is None:
            self.finish()
            return 0
        return self.failed(error)

    def failed(self, e):
        """Report an error as Python would have, with the program's own frames."""
        tb = own_frames(e)
        noted = self.error(e, tb)
        sys.last_type, sys.last_value, sys.last_traceback = type(e), e, tb
        try:
            sys.stdout.flush()
        except Exception:
            pass
        if not (self.quiet and isinstance(e, KeyboardInterrupt)):
            sys.excepthook(type(e), e, tb)
        self.finish(noted)
        if isinstance(e, KeyboardInterrupt):
            sys.excepthook = lambda *said: None
            raise e             # Python ends in its own way then
        return 1


def own_frames(e, seen=None):
    """Take this file's frames out of the traceback of e and of what led to it."""
    seen = set() if seen is None else seen
    if e is None or id(e) in seen:
        return None
    seen.add(id(e))
    here = __file__ if not __file__.endswith(".pyc") else __file__[:-1]
    kept = []
    tb = e.__traceback__
    while tb is not None:
        if tb.tb_frame.f_code.co_filename != hooks.__code__.co_filename:
            kept.append(tb)
        tb = tb.tb_next
    for a, b in zip(kept, kept[1:] + [None]):
        a.tb_next = b
    e.__traceback__ = kept[0] if kept else None
    own_frames(e.__cause__, seen)
    own_frames(e.__context__, seen)
    return e.__traceback__


def plain_main(module, path, package, session):
    """Give the main module what Python gives it, in its order."""
    d = {"__name__": "__main__", "__doc__": None, "__package__": None, "__loader__": None, "__spec__": None,
         "__annotations__": {}, "__builtins__": builtins, "__file__": path, "__cached__": None}
    if package is None:
        d["__loader__"] = importlib.machinery.SourceFileLoader("__main__", path)
    else:
        d.update(__package__=package.parent, __loader__=package.loader, __spec__=package, __cached__=package.cached)
    module.__dict__.clear()
    for k in _PLAIN_MAIN:
        if k in d:
            module.__dict__[k] = d.pop(k)
    for k in ("__name__", "__builtins__", "__file__"):
        if k in d:
            module.__dict__[k] = d[k]


def notebook_source(data):
    """The code of a notebook file as one program; what only IPython understands is left out."""
    out = []
    for cell in json.loads(data.decode("utf-8")).get("cells", ()):
        if cell.get("cell_type") != "code":
            continue
        lines = "".join(cell.get("source", ())).split("\n")
        if lines and lines[0].startswith("%%"):
            lines = ["# " + l for l in lines]
        for l in lines:
            t = l.lstrip()
            out.append(l[:len(l) - len(t)] + "pass  # " + t if t[:1] in ("%", "!") else
                       "pass  # " + l if t.endswith("?") and "#" not in t else l)
        out.append("")
    return "\n".join(out)


# -- a running notebook

class NotebookTransformer(ast.NodeTransformer):
    """Rewrites each cell of a running notebook."""

    def __init__(self, session, shell):
        self.session, self.shell, self.cell = session, shell, None

    def note(self, info):
        self.cell = info.raw_cell

    def visit(self, tree):
        rec = self.session.rec
        if not rec.live or not isinstance(tree, (ast.Module, ast.Interactive)):
            return tree
        try:
            text = self.shell.transform_cell(self.cell) if self.cell is not None else ""
            number = len(rec.files)
            name = "In [%d]" % self.shell.execution_count
            changed = Rewriter(rec, number, text).visit(copy.deepcopy(tree))
            rec.files.append(File(name, text))
            rec.own[self.shell.compile.get_code_name(self.cell, text, self.shell.execution_count)
                    if hasattr(self.shell.compile, "get_code_name") else name] = number
            return ast.fix_missing_locations(changed)
        except Exception as e:
            rec.trouble("a cell is not recorded", e)
            return tree


_notebook = None


def load_ipython_extension(shell):
    """%load_ext glassbox_record: record the cells that follow, into trace.npz."""
    global _notebook
    if _notebook is not None and _notebook.rec.live:
        return
    _notebook = s = Session(os.environ.get("GLASSBOX_TRACE", "trace.npz"), Budget(48, 60000, 20))
    s.program, s.folder = "notebook", os.getcwd()
    s.rec.most = 1      # cells that come later are not rewritten any more
    problem = unwritable(s.out)
    if problem:
        sys.stderr.write("glassbox: %s\n" % problem)
        _notebook = None
        return
    s.begin(os.getcwd())
    t = NotebookTransformer(s, shell)
    shell.events.register("pre_run_cell", t.note)
    shell.ast_transformers.append(t)
    s.transformer = t
    done = s.rec.on_end

    def ended(why):
        done(why)
        s.say()
    s.rec.on_end = ended
    atexit.register(lambda: s.rec.live and s.finish())


def unload_ipython_extension(shell):
    """%unload_ext glassbox_record: write what there is."""
    global _notebook
    s, _notebook = _notebook, None
    if s is None:
        return
    if s.transformer in shell.ast_transformers:
        shell.ast_transformers.remove(s.transformer)
        shell.events.unregister("pre_run_cell", s.transformer.note)
    if s.rec.live:
        s.finish()


# -- the command

def unwritable(path):
    """Why a trace cannot be written to path; "" if it can."""
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        return "the trace cannot be written: there is no folder %s" % folder
    if os.path.isdir(path):
        return "the trace cannot be written: %s is a folder" % path
    try:
        new = partial(path)
        with open(new, "wb"):
            pass
        os.remove(new)
    except OSError as e:
        return "the trace cannot be written: %s: %s" % (path, e.strerror)
    return ""


def usage(problem=None):
    if problem:
        sys.stderr.write("glassbox: %s\n" % problem)
        return 2
    sys.stdout.write(__doc__)
    return 0


def main(argv):
    """The command: options, a program, its arguments."""
    opts = {"-o": "trace.npz", "--steps": "6", "--mb": "48", "--nodes": "60000", "--seconds": "20", "--root": None}
    stop, quiet, module = False, False, None
    while argv and argv[0].startswith("-"):
        o = argv.pop(0)
        value = None
        if o.startswith("--") and "=" in o:
            o, value = o.split("=", 1)
        if o in ("-h", "--help"):
            return usage()
        if o == "--stop":
            stop = True
        elif o == "-q":
            quiet = True
        elif o == "-m" and argv:
            module = argv.pop(0)
            break
        elif o == "--":
            break
        elif o in opts:
            if value is None and not argv:
                return usage("%s needs a value" % o)
            opts[o] = argv.pop(0) if value is None else value
        else:
            return usage("%s is no option; -h lists them" % o)
    if module is None and not argv:
        return usage("which program? python3 glassbox_record.py train.py")
    try:
        steps, nodes = int(opts["--steps"]), int(opts["--nodes"])
        budget = Budget(float(opts["--mb"]), nodes, float(opts["--seconds"]))
        if steps < 1 or nodes < 1 or budget.bytes < 1 or budget.seconds <= 0:
            raise ValueError
    except ValueError:
        return usage("--steps, --nodes, --mb and --seconds are numbers above 0")
    out = opts["-o"] if opts["-o"].endswith(".npz") else opts["-o"] + ".npz"
    problem = unwritable(os.path.abspath(out))
    if problem:
        return usage(problem)
    s = Session(out, budget, steps, stop, opts["--root"], quiet)
    me = sys.modules["__main__"]
    me.__spec__ = None
    sys.modules.setdefault("glassbox_record", me)
    if module is not None:
        sys.path[0] = os.getcwd()
        s.path = list(sys.path)
        s.argv, s.program = argv, "-m " + module
        sys.argv = ["-m"] + argv
        return run_module(s, module, argv)
    script = argv.pop(0)
    if not os.path.isfile(script):
        return usage("there is no file %s" % script)
    s.argv, s.program = list(argv), script
    sys.argv = [script] + argv
    folder = os.path.dirname(os.path.realpath(script))
    sys.path[0] = folder
    s.path = list(sys.path)
    with open(script, "rb") as f:
        source = f.read()
    if script.endswith(".ipynb"):
        os.environ.setdefault("MPLBACKEND", "Agg")
        try:
            source = notebook_source(source)
        except (ValueError, AttributeError) as e:
            return usage("%s is no notebook: %s" % (script, e))
        if not hasattr(builtins, "display"):
            builtins.display = print
    s.begin(folder)
    path = os.path.abspath(script) if sys.version_info >= (3, 9) else script
    return s.run(source, path)


def run_module(s, module, argv):
    """python -m module"""
    s.begin(os.getcwd())    # to look for a module is to run what its package begins with
    try:
        spec = importlib.util.find_spec(module)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(module + ".__main__")
    except ImportError as e:
        return usage("-m %s: %s" % (module, e))
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return usage("-m %s: there is no such module, or nothing in it that runs" % module)
    sys.argv = [spec.origin] + argv
    with open(spec.origin, "rb") as f:
        source = f.read()
    return s.run(source, spec.origin, spec)


# ---------------------------------------------------------------- networks of layer classes

VERSION = 1

FORWARD = ("forward", "__call__", "forward_pass", "Forward")
BACKWARD = ("backward", "backward_pass", "backprop", "Backward")
UPDATE = ("update", "step", "update_params", "update_parameters", "update_weights", "optimize")
FOREIGN = ("torch", "tensorflow", "keras", "jax", "sklearn", "numpy", "scipy",
           "matplotlib", "pandas", "IPython")
PATIENCE = 1000        # steps to wait for an evaluation or an epoch's end
MOST_PASSES = 20000    # passes that may be merged into one step
MOST_BYTES = 256 << 20  # held at most, whatever it is

_active = None


def record(where, path="trace.npz", steps=None):
    """Record the network made of the classes in where: a module, a dictionary
    like globals(), a class or a list of these. Calling it twice does nothing.
    """
    global _active
    if _program is not None:
        return              # the whole program is being recorded
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
    if _program is not None:
        return None
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


def _reference(obj):
    """A weak reference; a strong one to what has none, as objects with slots."""
    try:
        return weakref.ref(obj)
    except TypeError:
        return lambda: obj


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
        self.loss_name, self.bytes, self.let_go = None, 0, False
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
        self.hook = sys.excepthook
        sys.excepthook = self.raised
        atexit.register(self.at_exit)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.in_child)

    def raised(self, kind, e, tb):
        """Python shows an error: the program's own frames alone."""
        own_frames(e)
        self.hook(kind, e, e.__traceback__)

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
        if sys.excepthook == self.raised:
            sys.excepthook = self.hook
        self.wrapped, self.stack, self.open, self.sweep, self.step = [], [], [], None, None
        self.outputs, self.gradients, self.last_of, self.linears, self.roles = {}, {}, {}, {}, {}
        self.target = None
        if reason and not self.writes:
            _say("nothing was recorded: %s" % reason)
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
        if known and known[0]() is obj:
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
        if len(self.roles) > 1000:
            self.roles = {i: known for i, known in self.roles.items() if known[0]() is not None}
        self.roles[id(obj)] = (_reference(obj), role)
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
            self.room(p, a.nbytes)

    def is_foreign(self, a):
        known = self.strangers.get(id(a))
        return known is not None and known() is a

    def drop(self, p):
        """Forget whose outputs these were, and of which loss."""
        for i in [i for i, known in self.last_of.items() if known[1] is p]:
            del self.last_of[i]
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
        if not p.heavy or a is None or not self.room(p, getattr(a, "nbytes", 64)):
            return None
        return _copy(a)

    def room(self, p, more):
        """Whether p may hold so many bytes more. Evaluations are let go for it, the largest
        first, then p itself: its step is not kept."""
        p.bytes += more
        while self.bytes + sum(q.bytes for q in self.open) + (
                sum(q.bytes for q in self.step.passes) if self.step is not None and len(self.step.passes) < 100 else 0
                ) + (0 if p in self.open else p.bytes) > MOST_BYTES:
            q = max(self.open or [p], key=lambda q: q.bytes)
            if q is p or q is self.sweep or q.bytes < p.bytes:
                p.heavy, p.let_go, p.bytes = False, True, 0
                p.p = p.y = None
                for l in p.layers:
                    l.x = l.out = l.h = l.seen = l.dz = l.dh = l.dz_made = l.dh_seen = None
                    l.soft = []
                return False
            self.open.remove(q)
            self.summary(q, q.before)
            self.drop(q)
            self.note("evaluations were let go: more than %d MiB would have been held" % (MOST_BYTES >> 20))
        return True

    def read(self, obj, gradients=False, p=None):
        found = _find(obj, self.names)
        names = ("dW", "db") if gradients else ("W", "b")
        read = {n[-1]: _copy(found.get(n)) for n in names}
        if p is not None:
            p.bytes += sum(a.nbytes for a in read.values() if a is not None)
        return read

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
        l.params = self.read(call.obj, p=p)
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
            self.linears[id(obj)] = _reference(obj)

    def begin_pass(self):
        if self.sweep is not None:
            self.end_sweep(self.sweep)
        p = _Pass(self.order, self.step.index + 1 if self.step is not None else 0, self.heavy())
        self.order += 1
        if self.target is not None:
            p.snapshot = [self.read(t, p=p) for t in self.target]
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
        self.roles[id(call.obj)] = (_reference(call.obj), "linear")
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
            best = None  # the pass whose p is nearest: near the start p hardly moves from step to step
            for q in reversed(self.open + (self.step.passes[-1:] if self.step else [])):
                like = [a for a in call.arrays if q.layers and a.shape == q.layers[-1].shape
                        and (q.p is None or _close(a, q.p, 1e-3))]
                like.sort(key=lambda a: bool(np.isin(a, (0, 1)).all()))  # one-hot labels last
                far = 1e-3 if not like or q.p is None else float(np.max(np.abs(like[0] - q.p)))
                if like and (best is None or far < best):
                    best, pred, p = far, like[0], q
            if p is not None:
                rest = [v for _, v in call.extra[3] if v is not pred]
                if p.heavy and p.p is None:
                    p.p, p.p_ref = _copy(pred), pred
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
            l.at_back = self.read(call.obj, p=p)
            l.grads0 = self.read(call.obj, gradients=True, p=p)
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
            l.grads1 = self.read(call.obj, gradients=True, p=p)
            if l.grads1["W"] is None and arrays:  # returned, not kept
                l.grads1["W"] = _copy(next((a for a in arrays if a.shape == l.params["W"].shape), None))
                l.grads1["b"] = _copy(next((a for a in arrays if l.params["b"] is not None
                                            and a.size == l.params["b"].size), None))
            l.after = self.read(call.obj, p=p)
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
        full = any(p.let_go for p in step.passes)
        if step.index in self.wanted and not full:
            self.kept.append(step)
            self.unsaved = True
            self.bytes += sum(p.bytes for p in step.passes)
        if full or self.bytes > MOST_BYTES:
            self.finish("stopped: step %d would take more than %d MiB in all" % (step.index + (not full), MOST_BYTES >> 20))
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
        tb, at = getattr(sys, "last_traceback", None), None
        while tb is not None:       # the program raised
            path = os.path.realpath(tb.tb_frame.f_code.co_filename)
            if path != os.path.realpath(__file__) and not path.startswith(os.path.dirname(os.__file__)) and "-packages" not in path:
                at = tb
            tb = tb.tb_next
        if at is not None:
            path = at.tb_frame.f_code.co_filename
            e = {"type": sys.last_type.__name__, "file": os.path.basename(path), "line": at.tb_lineno, "shapes": {}}
            try:
                with open(path, "rb") as f:
                    text = importlib.util.decode_source(f.read())
                e["shapes"] = Session.shapes(text, at.tb_lineno, at.tb_frame)
            except Exception:
                pass
            return stopped(e)
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
        part = partial(self.path)
        try:
            with np.errstate(all="ignore"), zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, True, compresslevel=1) as z:
                for name, a in self.arrays(steps, reason):
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
        """(name, array) of all that is written, one after the other."""
        passes = [p for s in steps for p in s.passes][:200]
        self.layout = lay = _settle(passes)
        for s in steps:
            for name, a in self.tensors(s, lay).items():
                if a.dtype.kind not in "fiub":
                    self.note("%s of dtype %s is left out" % (name, a.dtype))
                    continue
                if a.dtype.kind == "f" and a.dtype.itemsize not in (4, 8):
                    self.note("%s of dtype %s is written as float64" % (name, a.dtype))
                    a = a.astype(np.float64)
                yield "%d.%s" % (s.index, name), np.ascontiguousarray(a)
        rates = {}
        for s in steps:
            seen = s.rates or {p.rate for p in s.passes if p.rate is not None}
            rates[s.index] = list(seen)[0] if len(seen) == 1 else None
        if len(set(rates.values())) == 1 and (list(rates.values())[0] or 0) > 0:
            yield "lr", np.float64(list(rates.values())[0])
        if isinstance(self.reduction, str) and self.reduction in ("sum", "mean"):
            yield "reduction", np.array(self.reduction)
        meta = self.meta(steps, lay, rates, reason)
        yield "meta", np.array(json.dumps(meta, ensure_ascii=False))

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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
