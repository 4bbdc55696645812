"""Reads a program trace and computes each node again from its inputs.

    recompute.py trace.npz …     prints what differs from what the program had
"""
import ast
import json
import sys
import zipfile

import numpy as np

NOT_FINITE = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}
SOURCES = ("leaf", "const", "mutated", "create", "random", "opaque")
NAMES = {"sub": "subtract", "mul": "multiply", "div": "true_divide", "pow": "power", "floordiv": "floor_divide",
         "neg": "negative", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "not": "invert",
         "copy": "array"}
COMPARE = {"Lt": np.less, "LtE": np.less_equal, "Gt": np.greater, "GtE": np.greater_equal, "Eq": np.equal,
           "NotEq": np.not_equal}
REDUCE = "sum mean prod max min var std argmax argmin all any count_nonzero cumsum ptp median nanmean sort argsort".split()


class Archive(object):
    """np.load(path), which takes many times as long over small arrays."""

    def __init__(self, path):
        with zipfile.ZipFile(path) as z:
            self.bytes = {n[:-4]: z.read(n) for n in z.namelist()}

    def __getitem__(self, name):
        b = self.bytes[name]
        end = 10 + int.from_bytes(b[8:10], "little")
        assert b[:8] == b"\x93NUMPY\x01\x00", name
        h = ast.literal_eval(b[10:end].decode("latin1"))
        return np.frombuffer(b[end:], np.dtype(h["descr"])).reshape(h["shape"], order="F" if h["fortran_order"] else "C").copy()


class Trace(object):
    def __init__(self, path):
        self.file = Archive(path)
        self.doc = json.loads(self.file["program"].tobytes().decode())
        n = self.doc["nodes"]
        self.ops = [self.doc["ops"][k] for k in n["op"]]
        self.ins, self.obj, self.site = n["in"], n["obj"], n["site"]
        self.shape = [tuple(self.doc["shapes"][k]) for k in n["shape"]]
        self.dtype = [self.doc["dtypes"][k] for k in n["dtype"]]
        self.attr = [n["attr"].get(str(i), {}) for i in range(len(self.ops))]
        self.held = [self.value(v, i) for i, v in enumerate(n["val"])]

    def value(self, v, i):
        if v is None:
            return None
        if isinstance(v, str) and v not in NOT_FINITE:
            return self.file[v]
        return np.asarray(NOT_FINITE.get(v, v) if isinstance(v, str) else v, self.dtype[i])

    def index(self, i):
        """The indices of a movement, from 1: an array, or told as steps."""
        a = self.attr[i]
        if "steps" not in a:
            return self.file[a["idx"]]
        ix = np.array(a["steps"][0])
        for n, step in zip(a["steps"][1::2], a["steps"][2::2]):
            ix = ix[..., None] + np.arange(n) * step
        return ix

    def line(self, i):
        return self.doc["sites"][self.site[i]]["line"]

    def at(self, line, op=None):
        """The nodes of a line, in order."""
        return [i for i in range(len(self.ops)) if self.site[i] >= 0 and self.line(i) == line and op in (None, self.ops[i])]

    def recomputed(self, i, x):
        op, a = self.ops[i], self.attr[i]
        how = {k: tuple(a[k]) if isinstance(a[k], list) else a[k] for k in ("axis", "ddof") if k in a}
        if a.get("keepdims"):
            how["keepdims"] = True
        if op == "cmp":
            return COMPARE[a["cmp"]](*x)
        if op in REDUCE:
            if op in ("sort", "argsort"):
                how = {"axis": a.get("axis", -1)}
            return getattr(np, op)(x[0], **how)
        if op == "round":
            return np.round(x[0], a.get("decimals", 0))
        if op == "norm":
            return np.linalg.norm(x[0], ord=NOT_FINITE.get(a.get("ord"), a.get("ord")), **how)
        if op in ("convolve", "correlate"):
            return getattr(np, op)(x[0], x[1], a["mode"])
        if op == "multi_dot":
            return np.linalg.multi_dot(x)
        if op == "einsum":
            return np.einsum(a["eq"], *x)
        if op == "tensordot":
            return np.tensordot(x[0], x[1], a["axes"] if isinstance(a["axes"], int) else tuple(a["axes"]))
        if op == "gather":
            if len(x) > 1 and a["n"] != [np.size(q) for q in x]:
                raise ValueError("n")
            return np.concatenate([[a.get("fill", 0)]] + [np.ravel(q) for q in x])[self.index(i)]
        if op in ("setitem", "add_at"):
            new, at = np.array(x[0]), self.index(i) - 1
            flat = new.reshape(-1)
            if op == "add_at":
                np.add.at(flat, at, x[1])
            else:
                flat[at] = x[1]
            return new
        return getattr(np, NAMES.get(op, op))(*x)

    def faults(self):
        """What does not follow from its inputs: [(node, why)]."""
        out, now = [], []
        for i, v in enumerate(self.held):
            ins, op, r = [now[q] for q in self.ins[i]], self.ops[i], None
            if any(q >= i for q in self.ins[i]):
                out.append((i, "an input comes later"))
            if v is not None and (v.shape != self.shape[i] or str(v.dtype) != self.dtype[i]):
                out.append((i, "%s %s is said to be %s %s" % (v.dtype, v.shape, self.dtype[i], self.shape[i])))
            if op.split(":")[0] not in SOURCES and all(q is not None for q in ins):
                ins = [q.item() if self.ops[k] == "const" and q.ndim == 0 else q for q, k in zip(ins, self.ins[i])]
                try:
                    with np.errstate(all="ignore"):
                        r = np.asarray(self.recomputed(i, ins))
                    r = r.astype(self.dtype[i]) if r.shape == self.shape[i] else out.append((i, "has shape %s" % (r.shape,)))
                except Exception as e:
                    out.append((i, "%s: %s" % (type(e).__name__, e)))
            if r is not None:
                had, got = v, r
                if v is None and "sample" in self.attr[i]:
                    at, had = zip(*self.attr[i]["sample"])
                    had = np.array([NOT_FINITE.get(q, q) if isinstance(q, str) else q for q in had], float)
                    got = r.reshape(-1)[list(at)]
                if had is not None and not np.allclose(np.asarray(had, float), np.asarray(got, float), 1e-4 if self.dtype[i] == "float32" else 1e-9, 1e-9, True):
                    out.append((i, "is another value"))
            now.append(v if v is not None else r)
        return [(i, "node %d, %s in line %d: %s" % (i, self.ops[i], self.line(i), why)) for i, why in out]


if __name__ == "__main__":
    for path in sys.argv[1:]:
        for _, why in Trace(path).faults():
            print(path, why)
