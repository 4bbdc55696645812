"""What a case is: a network, its batches, how its trace is written down, and
what a judge must find in it."""
import json
import os
import re

import numpy as np

import net as networks


class Case(object):
    """One trace. expect lists what may be the first finding, the earliest in
    the order of the step: usually one; more where the trace leaves it open.
    A finding without "cause" may name any cause, with null it must name none.
    clean with expect: a judge may find nothing, or that. then: findings that
    must be there besides. The arrays are those of build(). small: one of those
    that are kept in golden/."""

    def __init__(self, name, build, clean, expect=(), then=(), note=None, about="", small=True, keep=1, **saving):
        self.name, self.build, self.clean = name, build, clean
        self.expect, self.then, self.note, self.about = list(expect), list(then), note, about
        self.small, self.keep, self.saving = small, keep, saving

    def entry(self):
        e = {"file": self.name + ".npz", "clean": self.clean, "expect": self.expect}
        if self.then:
            e["then"] = self.then
        if self.note:
            e["note_contains"] = self.note
        if self.about:
            e["about"] = self.about
        return e

    def write(self, folder, small=False):
        steps, net = self.build()
        save(os.path.join(folder, self.name + ".npz"), self.trimmed(steps) if small else steps, net, **self.saving)

    def trimmed(self, steps):
        """Of a trace with a mistake the steps up to the one it must be found
        in, of a right one the first, or as many as keep says; _next only where
        it matters."""
        findings = self.expect + self.then
        last = max([min(steps) + self.keep - 1] + [f["step"] for f in findings])
        after = any(f["tensor"].endswith(("_new", "_next")) for f in findings)
        return {t: {name: a for name, a in tensors.items() if after or not name.endswith("_next")}
                for t, tensors in steps.items() if t <= last}


ANY = object()


def finding(step, tensor, cause=ANY, level="error"):
    f = {"step": step, "tensor": tensor, "level": level}
    if cause is not ANY:
        f["cause"] = cause
    return f


def warning(step, tensor, cause=ANY):
    return finding(step, tensor, cause, "warning")


def training(net, sizes, n=12, steps=2, first=0, data="blobs", batches=None, seed=1, change=None, dtype=float, **settings):
    """Returns build(): the recorded steps {number: tensors} of a run of net,
    a class of networks, and the network. Every step sees the same n samples,
    or, with batches, its own of so many; change(x, y) may alter the data."""

    def build():
        rng = np.random.RandomState(100 + seed)
        total = sum(batches) if batches else n
        if data == "moons":
            x, y = networks.two_moons(total, rng, dtype=dtype)
        else:
            x, y = networks.blobs(total, sizes[0], sizes[-1], rng, dtype=dtype)
        if change:
            x, y = change(x, y)
        model = net(sizes, seed=seed, dtype=np.dtype(dtype).type if dtype is not float else float, **settings)
        recorded, at = {}, 0
        for i in range(first + steps):
            if batches:
                bx, by = x[at:at + batches[i]], y[at:at + batches[i]]
                at += batches[i]
            else:
                bx, by = x, y
            with np.errstate(all="ignore"):
                tensors = model.step(bx, by)
            if i >= first:
                recorded[i] = tensors
        return recorded, model

    return build


def save(path, steps, net, only=None, drop=None, lr=True, reduction=False, meta=None, order="C", big=False,
         y_as=None, per_row=False, compressed=True, extra=None, number_from=0, cast=None):
    """Writes steps as an .npz by hand: "<step>.<name>". only and drop are
    regular expressions of whole names."""
    out = {}
    for t, tensors in steps.items():
        for name, a in tensors.items():
            if only and not re.match("(?:%s)$" % only, name) or drop and re.match("(?:%s)$" % drop, name):
                continue
            if name == "y" and y_as == "classes":
                a = np.argmax(a, axis=1)
            elif name == "y" and y_as:
                a = a.astype(y_as)
            elif name == "loss" and per_row:
                a = -np.log(np.sum(tensors["p"] * tensors["y"], axis=1) + net.eps)
            if cast and name in cast:
                a = a.astype(cast[name])
            if order == "F" and np.ndim(a) == 2:
                a = np.asfortranarray(a)
            if big:
                a = np.asarray(a)
                a = a.astype(a.dtype.newbyteorder(">"))
            out["%d.%s" % (t + number_from, name)] = a
    if lr:
        out["lr"] = np.array(net.lr)
    if reduction:
        out["reduction"] = np.array("mean" if net.mean else "sum")
    if meta:
        out["meta"] = np.array(json.dumps(meta))
    if extra:
        out.update(extra)
    (np.savez_compressed if compressed else np.savez)(path, **out)


def write_index(folder, index):
    with open(os.path.join(folder, "index.json"), "w") as f:
        f.write("[\n" + ",\n".join(json.dumps(e) for e in index) + "\n]\n")
