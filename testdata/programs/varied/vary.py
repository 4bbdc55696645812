"""Writes one right NumPy training program, put together at random from the ways
in which people write the same things:

    python3 vary.py SEED [CHOICE=ALTERNATIVE ...]

The first line of the program tells what was chosen other than the plainest, which
is the first of the alternatives. Each concern draws apart, so that to fix one
leaves the others as they are: so a program that is judged wrongly is made smaller.
"""
import random
import re
import sys


class Choices:
    """pick(concern, alternatives) is one of them, the same whenever it is asked."""

    def __init__(self, seed, fixed):
        self.seed, self.fixed, self.made, self.plain = seed, fixed, {}, {}

    def __call__(self, concern, alternatives=()):
        if concern not in self.made:
            alternatives = list(alternatives)
            at = int(random.Random("%s %s" % (self.seed, concern)).random() * len(alternatives))
            wanted = [a for a in alternatives if str(a) == self.fixed.get(concern)]
            self.made[concern], self.plain[concern] = wanted[0] if wanted else alternatives[at], alternatives[0]
        return self.made[concern]

    def rarely(self, concern, of=8):
        return self(concern, [False] * (of - 1) + [True])

    def describe(self):
        """The choices, but for the plainest and those of a text alone."""
        return "seed %s: " % self.seed + ", ".join(
            "%s %s" % (k, v) if v is not True else k for k, v in self.made.items()
            if v != self.plain[k] and not re.search("[{%]", str(v)))


def indent(lines, by=4):
    return [" " * by + line for line in lines]


def assigned(lines):
    """The names that lines set, each once, in their order."""
    names = []
    for line in lines:
        m = re.match(r"\s*(\w+)\s*=[^=]", line)
        if m and m.group(1) not in names:
            names.append(m.group(1))
    return names


def used(names, *lines):
    """Those of the names that stand in the lines."""
    words = set(re.findall(r"\w+", "\n".join(line for part in lines for line in part)))
    return [n for n in names if n in words]


def added(line):
    """An assignment, as a sum onto what is there."""
    return re.sub(r"^(\s*[^=]*?) = ", r"\1 += ", line, count=1)


# How a layer's arrays lie: the products of a layer, of its weight's gradient and
# of its input's, its bias's gradient, and the axis of the classes.
LAYOUTS = {
    "rows": dict(z="{x} @ {W}", dW="{x}.T @ {dz}", dx="{dz} @ {W}.T", axis="1"),
    "turned": dict(z="{x} @ {W}.T", dW="{dz}.T @ {x}", dx="{dz} @ {W}", axis="1"),
    "columns": dict(z="{W} @ {x}", dW="{dz} @ {x}.T", dx="{W}.T @ {dz}", axis="0"),
    "samples": dict(z="{x} @ {W}", dW="np.outer({x}, {dz})", dx="{W} @ {dz}", axis=None),
    "samples turned": dict(z="{W} @ {x}", dW="np.outer({dz}, {x})", dx="{W}.T @ {dz}", axis=None),
}

# What a hidden layer does with z, and its derivatives' ways.
ACTIVATIONS = {
    "tanh": (["np.tanh({z})"],
             ["{g} * (1 - {h} ** 2)", "(1 - {h} * {h}) * {g}", "{g} * (1 - np.tanh({z}) ** 2)", "{g} / np.cosh({z}) ** 2"]),
    "relu": (["np.maximum({z}, 0)", "np.maximum(0, {z})", "{z} * ({z} > 0)", "np.where({z} > 0, {z}, 0)", "np.clip({z}, 0, None)"],
             ["{g} * ({z} > 0)", "{g} * ({h} > 0)", "np.where({z} > 0, {g}, 0)", "masked", "{g} * np.sign({h})"]),
    "sigmoid": (["1 / (1 + np.exp(-{z}))", "1.0 / (1.0 + np.exp(-{z}))", "0.5 * (1 + np.tanh(0.5 * {z}))"],
                ["{g} * {h} * (1 - {h})", "{h} * (1 - {h}) * {g}", "{g} * ({h} - {h} ** 2)"]),
    "leaky": (["np.where({z} > 0, {z}, 0.1 * {z})", "np.maximum({z}, 0.1 * {z})"],
              ["{g} * np.where({z} > 0, 1, 0.1)", "np.where({z} > 0, {g}, 0.1 * {g})", "{g} * (({z} > 0) + 0.1 * ({z} <= 0))"]),
    "softplus": (["np.log(1 + np.exp({z}))", "np.log1p(np.exp({z}))", "np.logaddexp(0, {z})"],
                 ["{g} / (1 + np.exp(-{z}))", "{g} * (1 - np.exp(-{h}))"]),
    "elu": (["np.where({z} > 0, {z}, np.exp({z}) - 1)"],
            ["{g} * np.where({z} > 0, 1, np.exp({z}))", "{g} * np.where({z} > 0, 1, {h} + 1)"]),
    "swish": (["{z} / (1 + np.exp(-{z}))"],
              ["{g} * ({h} + (1 - {h}) / (1 + np.exp(-{z})))"]),
    "softsign": (["{z} / (1 + np.abs({z}))"],
                 ["{g} / (1 + np.abs({z})) ** 2", "{g} * (1 - np.abs({h})) ** 2"]),
    "arctan": (["np.arctan({z})"], ["{g} / (1 + {z} ** 2)"]),
    "hard tanh": (["np.clip({z}, -1, 1)"], ["{g} * (np.abs({z}) < 1)", "{g} * (({z} > -1) & ({z} < 1))"]),
    "sine": (["np.sin({z})"], ["{g} * np.cos({z})"]),
}

# The last layer's p, the loss of each number or row, and the derivative of its
# sum by z; the labels y are 0 and 1, −1 and 1, numbers, rows of 0 and 1, or class
# numbers.
LOSSES = {
    "squares": dict(y="numbers", p="{z}", loss=["({p} - {y}) ** 2", "np.square({p} - {y})"], dz=["2 * ({p} - {y})", "-2 * ({y} - {p})"]),
    "half squares": dict(y="numbers", p="{z}", loss=["0.5 * ({p} - {y}) ** 2", "({y} - {p}) ** 2 / 2"], dz=["({p} - {y})"]),
    "logistic": dict(y="01", p="1 / (1 + np.exp(-{z}))",
                     loss=["-({y} * np.log({p}{e}) + (1 - {y}) * np.log(1 - {p}{e}))", "-{y} * np.log({p}{e}) - (1 - {y}) * np.log(1 - {p}{e})",
                           "(np.logaddexp(0, {z}) - {y} * {z})", "(np.maximum({z}, 0) - {z} * {y} + np.log1p(np.exp(-np.abs({z}))))"],
                     dz=["({p} - {y})"]),
    "cross entropy": dict(y="one hot", p="softmax", loss=["-{y} * np.log({p}{e})"], dz=["({p} - {y})"]),
    "indexed": dict(y="classes", p="softmax", loss=["-np.log({p}{at}{e})"], dz=["indexed"]),
    "smoothed": dict(y="smoothed", p="softmax", loss=["-{y} * np.log({p}{e})"], dz=["({p} - {y})"]),
    "margin": dict(y="signs", p="{z}", loss=["np.log(1 + np.exp(-{y} * {p}))", "np.logaddexp(0, -{y} * {p})"], dz=["-{y} / (1 + np.exp({y} * {p}))"]),
    "hinge": dict(y="signs", p="{z}", loss=["np.maximum(0, 1 - {y} * {p})"], dz=["-{y} * ({y} * {p} < 1)", "np.where({y} * {p} < 1, -{y}, 0)"]),
    "squared hinge": dict(y="signs", p="{z}", loss=["np.maximum(0, 1 - {y} * {p}) ** 2"], dz=["-2 * {y} * np.maximum(0, 1 - {y} * {p})"]),
    "huber": dict(y="numbers", p="{z}", loss=["np.where(np.abs({p} - {y}) < 1, 0.5 * ({p} - {y}) ** 2, np.abs({p} - {y}) - 0.5)"],
                  dz=["np.clip({p} - {y}, -1, 1)", "np.where(np.abs({p} - {y}) < 1, {p} - {y}, np.sign({p} - {y}))"]),
    "log cosh": dict(y="numbers", p="{z}", loss=["np.log(np.cosh({p} - {y}))"], dz=["np.tanh({p} - {y})"]),
    "absolute": dict(y="numbers", p="{z}", loss=["np.abs({p} - {y})"], dz=["np.sign({p} - {y})"]),
    "poisson": dict(y="counts", p="np.exp({z})", loss=["({p} - {y} * {z})"], dz=["({p} - {y})"]),
}

# An optimiser's states, how each is carried on (kept × itself + added, or set to
# an expression), and what the learning rate multiplies.
RULES = {
    "sgd": ([], "{g}"),
    "momentum": ([("v", "0.9", "{g}")], "{v}"),
    "dampened": ([("v", "0.9", "0.1 * {g}")], "{v}"),
    "velocity": ([("v", "0.9", "-lr * {g}")], None),
    "nesterov": ([("v", "0.9", "{g}")], "({g} + 0.9 * {v})"),
    "nesterov velocity": ([("v", "0.9", "-lr * {g}")], None),
    "adagrad": ([("c", "1", "{g} ** 2")], "{g} / (np.sqrt({c}) + 1e-8)"),
    "rms": ([("c", "0.9", "0.1 * {g} ** 2")], "{g} / (np.sqrt({c}) + 1e-8)"),
    "rms inside": ([("c", "0.9", "0.1 * {g} * {g}")], "{g} / np.sqrt({c} + 1e-8)"),
    "rms momentum": ([("c", "0.9", "0.1 * {g} ** 2"), ("v", "0.9", "{g} / np.sqrt({c} + 1e-6)")], "{v}"),
    "adam": ([("m", "0.9", "0.1 * {g}"), ("v", "0.999", "0.001 * {g} ** 2")],
             "({m} / (1 - 0.9 ** t)) / (np.sqrt({v} / (1 - 0.999 ** t)) + 1e-8)"),
    "adam in steps": ([("m", "0.9", "(1 - 0.9) * {g}"), ("v", "0.999", "(1 - 0.999) * {g} ** 2"),
                       (None, "mhat", "{m} / (1 - 0.9 ** t)"), (None, "vhat", "{v} / (1 - 0.999 ** t)")],
                      "mhat / (np.sqrt(vhat) + 1e-8)"),
    "adam at once": ([("m", "0.9", "0.1 * {g}"), ("v", "0.999", "0.001 * {g} ** 2")],
                     "np.sqrt(1 - 0.999 ** t) / (1 - 0.9 ** t) * {m} / (np.sqrt({v}) + 1e-8)"),
    "adam uncorrected": ([("m", "0.9", "0.1 * {g}"), ("v", "0.99", "0.01 * {g} ** 2")], "{m} / (np.sqrt({v}) + 1e-6)"),
    "amsgrad": ([("m", "0.9", "0.1 * {g}"), ("v", "0.999", "0.001 * {g} ** 2"), ("peak", None, "np.maximum({peak}, {v})")],
                "{m} / (np.sqrt({peak}) + 1e-8)"),
    "adamax": ([("m", "0.9", "0.1 * {g}"), ("u", None, "np.maximum(0.999 * {u}, np.abs({g}))")],
               "{m} / ((1 - 0.9 ** t) * ({u} + 1e-8))"),
    "nadam": ([("m", "0.9", "0.1 * {g}"), ("v", "0.999", "0.001 * {g} ** 2")],
              "(0.9 * {m} / (1 - 0.9 ** t) + 0.1 * {g} / (1 - 0.9 ** t)) / (np.sqrt({v} / (1 - 0.999 ** t)) + 1e-8)"),
    "adadelta": ([("c", "0.9", "0.1 * {g} ** 2"), (None, "move", "np.sqrt({q} + 1e-6) / np.sqrt({c} + 1e-6) * {g}"),
                  ("q", "0.9", "0.1 * move ** 2")], "move"),
    "sign": ([], "np.sign({g})"),
}
RATES = {"sgd": "0.1", "momentum": "0.03", "dampened": "0.1", "velocity": "0.03", "nesterov": "0.03", "nesterov velocity": "0.03",
         "adagrad": "0.05", "adadelta": "1.0", "sign": "0.002", "rms momentum": "0.002"}
RULE_WEIGHTS = ["sgd"] * 4 + ["momentum"] + ["adam in steps"] * 2 + list(RULES)


class Source:
    """How the random numbers of a program are made."""

    def __init__(self, pick):
        self.way, self.seed = pick("random", ["rs", "np.random", "rng"]), pick("rng seed", range(30))

    def setup(self):
        return ["import numpy as np", {"rs": "rs = np.random.RandomState(%d)", "np.random": "np.random.seed(%d)",
                                       "rng": "rng = np.random.default_rng(%d)"}[self.way] % self.seed]

    def normal(self, *shape):
        if self.way == "rng":
            return "rng.standard_normal((%s))" % ", ".join(map(str, shape))
        return "%s.randn(%s)" % (self.way, ", ".join(map(str, shape)))

    def uniform(self, like):
        return "%s.%s(%s.shape)" % (self.way, "random" if self.way == "rng" else "random_sample", like)

    def integers(self, below, shape):
        return "%s.%s(0, %s, %s)" % (self.way, "integers" if self.way == "rng" else "randint", below, shape)

    def permutation(self, n):
        return "%s.permutation(%s)" % (self.way, n)


class Program:
    """What the concerns share: the choices, the parameters and their names.

    tag ends the names of what a pass makes, and of begins the names of the
    parameters that it is made with, where there are several passes or copies.
    """

    def __init__(self, pick, layouts, namings=("plain", "plain", "dict", "lists", "one list", "self")):
        self.pick, self.random = pick, Source(pick)
        self.layout = pick("layout", layouts)
        self.form = LAYOUTS[self.layout]
        self.axis, self.columns = self.form["axis"], self.form["axis"] == "0"
        self.single = self.axis is None
        self.naming = pick("naming", [n for n in namings if n != "self" or not self.single])
        self.float32 = pick.rarely("float32", 10)
        self.params = []  # (name, expression)
        self.owners = {}  # by the name of a parameter, the layer that keeps it
        self.helpers = []  # functions that the passes use
        self.tag = self.of = ""

    def product(self, kind, **names):
        text = self.form[kind].format(**names)
        how = self.pick("product", ["{} @ {}", "np.dot({}, {})", "{}.dot({})", "np.matmul({}, {})"])
        return how.format(*text.split(" @ ")) if " @ " in text else text

    def summed(self, g):
        """The sum over the samples: a bias's gradient."""
        if self.single:
            return g
        if self.columns:
            return "%s.sum(axis=1, keepdims=True)" % g
        if self.flat():
            return self.pick("bias sum", ["{}.sum(axis=0)", "np.sum({}, axis=0)", "{}.sum(0)"]).format(g)
        return "np.sum(%s, axis=0, keepdims=True)" % g

    def flat(self):
        return self.single or not self.columns and self.pick("flat bias", [True, False])

    def cast(self, text):
        return "(%s).astype(np.float32)" % text if self.float32 else text

    def weight(self, name, a, c):
        """A weight from a to c units."""
        shape = (c, a) if self.layout in ("turned", "columns", "samples turned") else (a, c)
        scale = self.pick("scale", ["0.4", "np.sqrt(2 / %d)", "(1 / np.sqrt(%d))", "0.5"])
        self.params.append((name, self.cast("%s * %s" % (self.random.normal(*shape), scale % a if "%" in scale else scale))))

    def per_unit(self, name, n, fill="zeros"):
        shape = str(n) if self.flat() else "(%d, 1)" % n if self.columns else "(1, %d)" % n
        self.params.append((name, "np.%s(%s%s)" % (fill, shape, ", dtype=np.float32" if self.float32 else "")))

    def helper(self, name, args, body):
        """Defines a function once, and calls it."""
        lines = ["def %s(%s):" % (name, ", ".join(args))] + indent(body)
        if lines[0] not in self.helpers:
            self.helpers += lines
        return lambda *given: "%s(%s)" % (name, ", ".join(given))

    def names(self):
        return [name for name, _ in self.params]

    def letters(self):
        """The names' beginnings: a list is kept of each, where there are lists."""
        return list(dict.fromkeys(n.rstrip("0123456789") for n in self.names()))

    def ref(self, name, prefix=""):
        """A parameter, or with a prefix a state of it, where the program keeps it."""
        prefix = prefix or self.of
        if name in self.owners:
            return "%s.%s%s" % (self.owners[name], prefix, name[0])
        if self.naming == "dict":
            return "%s['%s']" % (prefix or "P", name)
        if self.naming == "one list":
            return "%s[%d]" % (prefix or "P", self.names().index(name))
        if self.naming == "lists":
            letters = name.rstrip("0123456789")
            return "%s%s[%d]" % (prefix, letters, [n for n in self.names() if n.rstrip("0123456789") == letters].index(name))
        return ("self." if self.naming == "self" else "") + prefix + name

    def grad(self, name):
        if self.naming == "dict":
            return "g['%s']" % name
        if name in self.owners:
            return "%s.d%s" % (self.owners[name], name[0])
        return ("self." if self.naming == "self" else "") + self.pick("gradient names", ["d{}", "d{}", "{}_grad", "grad_{}"]).format(name)

    def define(self):
        """The parameters' first values."""
        if self.naming == "dict" and self.pick("dict at once", [True, False]):
            return ["P = {"] + ["    '%s': %s," % p for p in self.params] + ["}"]
        if self.naming == "one list":
            return ["P = [%s]" % ", ".join(e for _, e in self.params)]
        if self.naming == "lists":
            return ["%s = [%s]" % (l, ", ".join(e for n, e in self.params if n.rstrip("0123456789") == l)) for l in self.letters()]
        return (["P = {}"] if self.naming == "dict" else []) + ["%s = %s" % (self.ref(n), e) for n, e in self.params]

    def states(self, letters, start="np.zeros_like({})", names=None):
        """Sets a state of each parameter to what start makes of it."""
        lines = []
        for s in letters:
            if names or self.owners or self.naming in ("plain", "self"):
                lines += ["%s = %s" % (self.ref(n, s), start.format(self.ref(n))) for n in names or self.names()]
            elif self.naming == "dict":
                lines.append("%s = {k: %s for k, p in P.items()}" % (s, start.format("p")))
            elif self.naming == "one list":
                lines.append("%s = [%s for p in P]" % (s, start.format("p")))
            else:
                lines += ["%s%s = [%s for p in %s]" % (s, l, start.format("p"), l) for l in self.letters()]
        return lines

    def mixed(self, prefix, how):
        """Lines that set a copy of each parameter to a mixture of both."""
        return [how.format(self.ref(n, prefix), self.ref(n)) for n in self.names()]


def is_weight(name):
    return name[0] in "WEUV"


# Blocks: each has the lines forward from x to its out, and the lines back from
# the derivative by out, d and its name, to that by x, unless x is the data (first).

class Block:
    def __init__(self, program, number, kind):
        self.p, self.i, self.kind = program, number, kind

    @property
    def out(self):
        return "%s%d%s" % (self.kind, self.i, self.p.tag)

    def local(self, name):
        return "%s%d%s" % (name, self.i, self.p.tag)


class Dense(Block):
    def __init__(self, program, number, a, c, bias=True, names="Wb"):
        super().__init__(program, number, "z")
        self.W, self.b, self.params = names[0] + str(number), names[1] + str(number) if bias else None, True
        self.folded = bias and names == "Wb" and program.layout == "rows" and program.pick.rarely("bias folded", 12)
        if self.folded:
            self.b = None
        program.weight(self.W, a + self.folded, c)
        if self.b:
            program.per_unit(self.b, c)

    def forward(self, x, training=True):
        if self.folded:
            wide = self.local("x")
            return ["%s = np.hstack([%s, np.ones((%s.shape[0], 1))])" % (wide, x, x),
                    "%s = %s" % (self.out, self.p.product("z", x=wide, W=self.p.ref(self.W)))]
        bias = " + " + self.p.ref(self.b) if self.b else ""
        return ["%s = %s%s" % (self.out, self.p.product("z", x=x, W=self.p.ref(self.W)), bias)]

    def backward(self, x, first):
        p, dz = self.p, "d" + self.out
        lines, given, cut = [], x, ""
        if self.folded:
            x, cut = self.local("x"), "[:-1]"
        if self.params:
            lines.append("%s = %s%s" % (p.grad(self.W), p.product("dW", x=x, dz=dz), penalty_gradient(p, self.W)))
            if self.b:
                lines.append("%s = %s" % (p.grad(self.b), p.summed(dz)))
        return lines + ([] if first else ["d%s = %s" % (given, p.product("dx", dz=dz, W=p.ref(self.W) + cut))])


class Activation(Block):
    def __init__(self, program, number):
        super().__init__(program, number, "h")
        first = program.pick("activation", ACTIVATIONS)
        self.name = first if number < 2 else program.pick("deeper activation", [first] * 3 + list(ACTIVATIONS))

        self.named = self.name.replace(" ", "_") if program.pick.rarely("activations are functions", 4) else None

    def forward(self, z, training=True):
        text = self.p.pick(self.name, ACTIVATIONS[self.name][0])
        if self.named:
            return ["%s = %s" % (self.out, self.p.helper(self.named, ["z"], ["return " + text.format(z="z")])(z))]
        return ["%s = %s" % (self.out, text.format(z=z))]

    def backward(self, z, first):
        how, dz = self.p.pick(self.name + " back", ACTIVATIONS[self.name][1]), "d" + z
        if how == "masked":
            return ["%s = d%s.copy()" % (dz, self.out), "%s[%s <= 0] = 0" % (dz, z)]
        given = {"g": "d" + self.out, "z": z, "h": self.out}
        if self.named:
            args = [a for a in "gzh" if "{%s}" % a in how]
            call = self.p.helper(self.named + "_back", args, ["return " + how.format(g="g", z="z", h="h")])
            return ["%s = %s" % (dz, call(*[given[a] for a in args]))]
        return ["%s = %s" % (dz, how.format(**given))]


class Dropout(Block):
    def __init__(self, program, number):
        super().__init__(program, number, "k")

    def forward(self, h, training=True):
        if not training:
            return ["%s = %s" % (self.out, h)]
        return ["%s = (%s < 0.8) / 0.8" % (self.local("mask"), self.p.random.uniform(h)), "%s = %s * %s" % (self.out, h, self.local("mask"))]

    def backward(self, h, first):
        return ["d%s = d%s * %s" % (h, self.out, self.local("mask"))]


class Normalised(Block):
    """Normalises over the units of a sample, or over a batch."""

    def __init__(self, program, number, n):
        super().__init__(program, number, "n")
        self.gamma, self.beta = "gamma%d" % number, "beta%d" % number
        program.per_unit(self.gamma, n, "ones")
        program.per_unit(self.beta, n)
        units = program.single or program.pick("normalised over", ["units", "batch"]) == "units"
        self.over = "" if program.single else "axis=%s, keepdims=True" % (program.axis if units else "01"[program.columns])

    def mean(self, a):
        return "%s.mean(%s)" % (a, self.over)

    def forward(self, z, training=True):
        mu, c, s, u = map(self.local, ["mu", "c", "s", "u"])
        return ["%s = %s" % (mu, self.mean(z)), "%s = %s - %s" % (c, z, mu), "%s = np.sqrt(%s + 1e-5)" % (s, self.mean("(%s ** 2)" % c)),
                "%s = %s / %s" % (u, c, s), "%s = %s * %s + %s" % (self.out, self.p.ref(self.gamma), u, self.p.ref(self.beta))]

    def backward(self, z, first):
        c, s, u, du, dv, dc = map(self.local, ["c", "s", "u", "du", "dv", "dc"])
        d, p = "d" + self.out, self.p
        lines = ["%s = %s" % (p.grad(self.gamma), p.summed("(%s * %s)" % (d, u))), "%s = %s" % (p.grad(self.beta), p.summed(d)),
                 "%s = %s * %s" % (du, d, p.ref(self.gamma))]
        if p.pick("normalised back", ["at once", "in steps"]) == "at once":
            return lines + ["d%s = (%s - %s - %s * %s) / %s" % (z, du, self.mean(du), u, self.mean("(%s * %s)" % (du, u)), s)]
        return lines + ["%s = -%s * 0.5 / %s ** 2" % (dv, self.mean("(%s * %s)" % (du, u)), s),
                        "%s = %s / %s + 2 * %s * %s" % (dc, du, s, dv, c), "d%s = %s - %s" % (z, dc, self.mean(dc))]


class Residual(Block):
    """h and what a layer makes of h."""

    def __init__(self, program, number, n):
        super().__init__(program, number, "r")
        self.dense, self.act = Dense(program, number, n, n), Activation(program, number)

    def forward(self, h, training=True):
        return self.dense.forward(h) + self.act.forward(self.dense.out) + ["%s = %s + %s" % (self.out, h, self.act.out)]

    def backward(self, h, first):
        back = ["d%s = d%s" % (self.act.out, self.out)] + self.act.backward(self.dense.out, False) + self.dense.backward(h, False)
        if self.p.pick("residual back", ["summed", "in place"]) == "summed":
            return back[:-1] + ["d%s = d%s + %s" % (h, self.out, back[-1].split(" = ", 1)[1])]
        return back + ["d%s += d%s" % (h, self.out)]


class Recurrent(Block):
    """A recurrent layer over some time steps, of which the last is its output."""
    cells = {"tanh": ("np.tanh({})", "{g} * (1 - {h} ** 2)"), "relu": ("np.maximum({}, 0)", "{g} * ({h} > 0)"),
             "sigmoid": ("1 / (1 + np.exp(-({})))", "{g} * {h} * (1 - {h})")}

    def __init__(self, program, number, a, c, times):
        super().__init__(program, number, "h")
        self.U, self.V, self.b, self.n, self.times = "U%d" % number, "V%d" % number, "b%d" % number, c, times
        program.weight(self.U, a, c)
        program.weight(self.V, c, c)
        program.per_unit(self.b, c)
        self.cell = self.cells[program.pick("cell", self.cells)]
        self.kept = program.pick("states kept", ["list", "array", "dict"])

    def forward(self, x, training=True):
        p, hs = self.p, self.local("hs")
        shape = "(%d, %s.shape[1])" % (self.n, x) if p.columns else "(len(%s), %d)" % (x, self.n)
        new = self.cell[0].format("%s + %s + %s" % (p.product("z", x="%s[:, :, j]" % x if p.columns else "%s[:, j]" % x, W=p.ref(self.U)),
                                                    p.product("z", x=hs + "[j]", W=p.ref(self.V)), p.ref(self.b)))
        start = {"list": "%s = [np.zeros(%s)]" % (hs, shape), "array": "%s = np.zeros((%d,) + %s)" % (hs, self.times + 1, shape),
                 "dict": "%s = {0: np.zeros(%s)}" % (hs, shape)}[self.kept]
        return [start, "for j in range(%d):" % self.times, "    " + ("%s.append(%s)" if self.kept == "list" else "%s[j + 1] = %s") % (hs, new),
                "%s = %s[%d]" % (self.out, hs, self.times)]

    def backward(self, x, first):
        p, hs, d, da = self.p, self.local("hs"), self.local("dnext"), self.local("da")
        xj = "%s[:, :, j]" % x if p.columns else "%s[:, j]" % x
        lines = ["%s = np.zeros_like(%s)" % (p.grad(n), p.ref(n)) for n in (self.U, self.V, self.b)]
        how = p.pick("times back", ["for j in reversed(range({0})):", "for j in range({0} - 1, -1, -1):", "for j in range({0})[::-1]:"])
        lines += ["%s = d%s" % (d, self.out), how.format(self.times)] + indent([
            "%s = %s" % (da, self.cell[1].format(g=d, h=hs + "[j + 1]")), "%s += %s" % (p.grad(self.U), p.product("dW", x=xj, dz=da)),
            "%s += %s" % (p.grad(self.V), p.product("dW", x=hs + "[j]", dz=da)), "%s += %s" % (p.grad(self.b), p.summed(da)),
            "%s = %s" % (d, p.product("dx", dz=da, W=p.ref(self.V)))])
        return lines + ["%s += %s" % (p.grad(n), penalty_gradient(p, n)[3:]) for n in (self.U, self.V) if penalty_gradient(p, n)]


class Embedding(Block):
    """The rows of a table at a few numbers a sample, their mean, sum or all of them."""

    def __init__(self, program, number, words, c, length):
        super().__init__(program, number, "e")
        self.E, self.c, self.length = "E%d" % number, c, length
        program.params.append((self.E, program.cast("%s * 0.5" % program.random.normal(words, c))))
        self.joined = program.pick("joined", ["mean", "sum", "all"])
        self.units = c * length if self.joined == "all" else c

    def forward(self, x, training=True):
        rows = "%s[%s]" % (self.p.ref(self.E), x)
        return ["%s = %s" % (self.out, "%s.reshape(len(%s), -1)" % (rows, x) if self.joined == "all" else "%s.%s(axis=1)" % (rows, self.joined))]

    def backward(self, x, first):
        p, d, n = self.p, "d" + self.out, " / %d" % self.length if self.joined == "mean" else ""
        g = p.grad(self.E)
        lines = ["%s = np.zeros_like(%s)" % (g, p.ref(self.E))]
        if self.joined == "all":
            how = {"at once": ["np.add.at(%s, %s, %s.reshape(len(%s), %d, %d))" % (g, x, d, x, self.length, self.c)]}
            each = "%s[:, %d * j:%d * (j + 1)]" % (d, self.c, self.c)
        else:
            how = {"at once": ["np.add.at(%s, %s, %s[:, None, :]%s)" % (g, x, d, n)]}
            each = d + n
        how["each"] = ["for j in range(%d):" % self.length, "    np.add.at(%s, %s[:, j], %s)" % (g, x, each)]
        how["loops"] = ["for i in range(len(%s)):" % x, "    for j in range(%d):" % self.length,
                        "        %s[%s[i, j]] += %s" % (g, x, each.replace("[:, ", "[i, ") if self.joined == "all" else d + "[i]" + n)]
        lines += how[p.pick("scattered", ["at once", "each", "loops"])]
        return lines + (["%s += %s" % (g, penalty_gradient(p, self.E)[3:])] if penalty_gradient(p, self.E) else [])


def forward(blocks, x, training=True):
    lines = []
    for b in blocks:
        lines += b.forward(x, training)
        x = b.out
    return lines


def backward(blocks, x, whole=False):
    """The derivatives by all parameters, and by x where the whole is wanted."""
    inputs = [x] + [b.out for b in blocks[:-1]]
    lines = []
    for i in reversed(range(len(blocks))):
        lines += blocks[i].backward(inputs[i], i == 0 and not whole)
    return lines


def network(program, d, k, start=()):
    """The blocks of a network from d inputs, or from a block to start with."""
    pick, blocks, a = program.pick, list(start), d
    h, bias = pick("hidden", [4, 7, 10]), pick("bias", [True] * 9 + [False])
    layers = pick("layers", [2, 2, 3, 1])
    at = len(blocks)
    for i in range(1 + at, layers + at):
        blocks.append(Dense(program, i, a, h, bias))
        if i == 1 and pick.rarely("normalised"):
            blocks.append(Normalised(program, i, h))
        blocks.append(Activation(program, i))
        if i == 1 and pick.rarely("dropout"):
            blocks.append(Dropout(program, i))
        a = h
    if layers > 1 and pick.rarely("residual"):
        blocks.append(Residual(program, layers + at, h))
        at += 1
    return blocks + [Dense(program, layers + at, a, k, bias)]


class Loss:
    """A loss over n samples (a text), and its derivative by the output z."""

    def __init__(self, program, z, y, k, n, kind=None, tag="", factor=""):
        self.p, self.z, self.y, self.k, self.n, self.factor = program, z, y, k, n, factor
        self.prob, self.log, self.tag = "p" + tag, "logp" + tag, tag
        self.kind = kind or program.pick("loss")
        self.form = LOSSES[self.kind]
        self.reduction = program.pick("reduction", ["mean", "mean", "sum", "mean of all"])
        if self.reduction == "mean of all" and k > 1 and self.form["y"] != "numbers":
            self.reduction = "mean"

    def softmax(self):
        over = "axis=%s, keepdims=True" % self.p.axis if self.p.axis else ""
        z, p, how = self.z, self.prob, self.p.pick("softmax", ["shifted", "function", "bare", "log"])
        if how == "function":
            body = ["e = np.exp(z - np.max(z%s))" % (over and ", " + over), "return e / np.sum(e%s)" % (over and ", " + over)]
            return ["%s = %s" % (p, self.p.helper("softmax", ["z"], body)(z))]
        if how == "shifted":
            return ["e%s = np.exp(%s - %s.max(%s))" % (self.tag, z, z, over), "%s = e%s / e%s.sum(%s)" % (p, self.tag, self.tag, over)]
        total = "np.sum(np.exp(%s)%s)" % (z, ", " + over if over else "")
        return ["%s = %s - np.log(%s)" % (self.log, z, total), "%s = np.exp(%s)" % (p, self.log)] if how == "log" else [
            "%s = np.exp(%s) / %s" % (p, z, total)]

    def at(self):
        """Each sample's number at its class."""
        rows = "np.arange(%s)" % self.n
        return "[%s]" % {None: self.y, "1": rows + ", " + self.y, "0": self.y + ", " + rows}[self.p.axis]

    def forward(self):
        return self.softmax() if self.form["p"] == "softmax" else ["%s = %s" % (self.prob, self.form["p"].format(z=self.z))]

    def value(self):
        """The expression of the loss."""
        pick, k1 = self.p.pick, self.k == 1 or self.kind == "indexed"
        each = pick("%s%s written" % (self.kind, self.tag), self.form["loss"]).format(
            p=self.prob, y=self.y, z=self.z, at=self.at(), e=pick("log guard", ["", "", " + 1e-12"]))
        if self.reduction == "sum" or self.p.single:
            return pick("sum written", ["np.sum({})", "({}).sum()"]).format(each)
        if self.reduction == "mean of all" or k1:
            how = pick("mean written", ["np.mean({})", "({}).mean()", "np.average({})"] + (["np.sum({}) / {n}"] if k1 else []))
        else:
            how = pick("row mean written", ["np.sum({}) / {n}", "np.mean(np.sum({}, axis=%s))" % self.p.axis, "np.sum({}, axis=%s).mean()" % self.p.axis])
        return how.format(each, n=self.n)

    def backward(self):
        dz, whole = "d" + self.z, self.reduction == "sum" or self.p.single
        if self.kind == "indexed":
            return ["%s = %s.copy()" % (dz, self.prob), "%s%s -= 1" % (dz, self.at())] + ([] if whole else ["%s /= %s" % (dz, self.n)])
        text = self.p.pick(self.kind + " back", self.form["dz"]).format(p=self.prob, y=self.y)
        n = "" if whole else " / " + (self.prob + ".size" if self.reduction == "mean of all" else self.n)
        return ["%s = %s%s%s" % (dz, self.factor, text, n)]


def labels_of(kind):
    return LOSSES[kind]["y"]


def inputs_and_labels(program, d, k, labels, n, given=None):
    """X and Y, the samples in the layout's order."""
    p, r, pick = program, program.random, program.pick
    rows = "X" if not given else given[1]
    if rows == "itself":
        return [given[0]] + (["X = X.T"] if program.columns else []) + ["Y = X"]
    scores = "%s @ %s + 0.3 * %s" % (rows, r.normal(d, k), r.normal(n, k))
    lines = [given[0] if given else "X = " + p.cast(r.normal(n, d))]
    if labels in ("one hot", "classes", "smoothed"):
        lines.append("labels = np.argmax(%s, axis=1)" % scores)
        if labels == "classes":
            lines.append("Y = labels")
        elif pick("one hot", ["eye", "set"]) == "eye":
            lines.append("Y = " + p.cast("np.eye(%d)[labels]" % k))
        else:
            lines += ["Y = np.zeros((%d, %d)%s)" % (n, k, ", dtype=np.float32" if p.float32 else ""), "Y[np.arange(%d), labels] = 1" % n]
        if labels == "smoothed":
            lines.append("Y = 0.9 * Y + 0.1 / %d" % k)
    else:
        lines.append("Y = " + p.cast({
            "numbers": "np.sin(%s)", "counts": "np.round(np.exp(0.5 * np.tanh(%s)))", "01": "(%s > 0.1) * 1.0",
            "signs": "np.where(%s > 0, 1.0, -1.0)"}[labels] % scores))
    if p.columns:
        how = pick("turned data", ["{}.T", "{}.T.copy()"])
        lines.append("X = " + ("X.transpose(2, 0, 1)" if given else how.format("X")))
        lines += [] if labels == "classes" else ["Y = " + how.format("Y")]
    return lines


def penalty(program):
    return program.pick("penalty", [None] * 7 + ["l2", "l2 not printed", "l1", "in the rule", "decoupled", "decoupled, printed"])


def penalty_gradient(program, name):
    """What a penalty adds where a weight's gradient is made."""
    if penalty(program) in ("l2", "l2 not printed") and program.pick(
            "penalty added", ["after it"] if program.single else ["with it", "after it"]) == "with it":
        return " + lam * " + program.ref(name)
    return ""


def penalty_after(program, grad):
    """What a penalty adds to the gradients that were made."""
    kind, weights = penalty(program), [n for n in program.names() if is_weight(n)]
    if kind == "l1":
        return ["%s += lam * np.sign(%s)" % (grad(n), program.ref(n)) for n in weights]
    if kind in ("l2", "l2 not printed") and not penalty_gradient(program, weights[0]):
        return ["%s += lam * %s" % (grad(n), program.ref(n)) for n in weights]
    return []


def penalty_loss(program):
    """What a penalty that is printed adds to the loss."""
    kind, weights = penalty(program), [program.ref(n) for n in program.names() if is_weight(n)]
    if kind == "l1":
        return ["loss = loss + lam * (%s)" % " + ".join("np.abs(%s).sum()" % w for w in weights)]
    if kind not in ("l2", "decoupled, printed"):
        return []
    return {"each": ["loss = loss + " + " + ".join("0.5 * lam * np.sum(%s ** 2)" % w for w in weights)],
            "sum": ["loss += lam / 2 * (%s)" % " + ".join("np.sum(%s * %s)" % (w, w) for w in weights)],
            "apart": ["penalty = 0.5 * lam * (%s)" % " + ".join("(%s ** 2).sum()" % w for w in weights), "loss = loss + penalty"],
            "generator": ["loss += 0.5 * lam * sum(np.sum(w ** 2) for w in [%s])" % ", ".join(weights)],
            }[program.pick("penalty written", ["each", "sum", "apart", "generator"])]


def clipping(program, grad):
    """Bounds the gradients, or looks at their norm."""
    kind = program.pick("clip", [None] * 9 + ["norm", "norm", "norm each", "value", "value in place", "norm printed"])
    grads = [grad(n) for n in program.names()]
    listed = "[%s]" % ", ".join(grads)
    if kind in ("norm", "norm printed"):
        lines = ["norm = " + program.pick("norm", ["np.sqrt(sum(np.sum(gr ** 2) for gr in %s))", "np.sqrt(sum((gr ** 2).sum() for gr in %s))",
                                                   "np.linalg.norm([np.linalg.norm(gr) for gr in %s])"]) % listed]
        if kind == "norm printed":
            return lines + ["print(norm)"]
        if program.pick("norm clip", ["if", "min"]) == "min":
            return lines + ["scale = min(1.0, 0.7 / (norm + 1e-6))"] + ["%s = %s * scale" % (g, g) for g in grads]
        how = program.pick("scaled", ["{0} = {0} * (0.7 / norm)", "{0} *= 0.7 / norm"])
        return lines + ["if norm > 0.7:"] + indent([how.format(g) for g in grads])
    return {"norm each": ["for gr in %s:" % listed, "    size = np.linalg.norm(gr)", "    if size > 0.5:", "        gr *= 0.5 / size"],
            "value": ["%s = np.clip(%s, -0.2, 0.2)" % (g, g) for g in grads],
            "value in place": ["for gr in %s:" % listed, "    np.clip(gr, -0.2, 0.2, out=gr)"]}.get(kind, [])


class Optimiser:
    """The update of some parameters, in one of the forms it is written in."""

    def __init__(self, program, gradient=None, names=None, forms=()):
        self.p, pick = program, program.pick
        self.gradient, self.names, self.some = gradient or program.grad, names or program.names(), names
        self.kind = pick("optimiser", RULE_WEIGHTS)
        self.updates, self.step = RULES[self.kind]
        self.letters = [s for s, _, _ in self.updates if s]
        loop = {"dict": ["loop keys"] * 3, "one list": ["loop index"] * 3}.get(program.naming, [])
        self.form = pick("update form", forms or ["each", "each", "zip", "helper new", "helper in place", "object"] + loop)
        self.placed = self.form in ("zip", "helper in place", "object") or self.form != "helper new" and pick("in place", [True, False])
        self.decay = pick("decay", ["after", "before", "shrink", "in"]) if (penalty(program) or "").startswith("decoupled") else None
        self.coupled = penalty(program) == "in the rule"
        self.timed = any(re.search(r"\bt\b", text or "") for text in [self.step] + [a for _, _, a in self.updates])
        self.counts = self.timed and self.form != "object"

    def carry(self, s, kept, more, name):
        """The lines of one state."""
        state, more = name[s], more.format(**name)
        if kept is None:
            return ["%s%s = %s" % (state, "[...]" if self.placed else "", more)]
        if kept == "1":
            return ["%s += %s" % (state, more)] if self.placed else ["%s = %s + %s" % (state, state, more)]
        if self.placed and self.p.pick("state in place", ["apart", "whole"]) == "apart":
            return ["%s *= %s" % (state, kept), "%s += %s" % (state, more)]
        return ["%s%s = %s * %s + %s" % (state, "[...]" if self.placed else "", kept, state, more)]

    def take(self, p, what):
        if self.placed:
            return [self.p.pick("step in place", ["{0} -= {1}", "{0} -= {1}", "{0} += -({1})", "{0}[...] = {0} - {1}"]).format(p, what)]
        return ["%s = %s - %s" % (p, p, what)]

    def shrink(self, p):
        return ["%s *= 1 - lr * lam" % p] if self.placed else ["%s = (1 - lr * lam) * %s" % (p, p)]

    def rule(self, p, g, state, decayed=True):
        """The lines that move one parameter p by its gradient g."""
        name = {s: state(s) for s in self.letters}
        lines, decay = [], decayed and self.decay
        if self.coupled and decayed:
            if self.p.pick("coupled", ["apart", "in it"]) == "apart":
                lines.append("d = %s + lam * %s" % (g, p))
                g = "d"
            else:
                g = "(%s + lam * %s)" % (g, p)
        name["g"] = g
        if decay == "before":
            lines += self.shrink(p)
        if self.kind == "nesterov velocity":
            lines.append("before = " + name["v"] + (".copy()" if self.placed else ""))
        for s, kept, more in self.updates:
            lines += self.carry(s, kept, more, name) if s else ["%s = %s" % (kept, more.format(**name))]
        if self.step is None:
            move = "-0.9 * before + 1.9 * %s" % name["v"] if self.kind == "nesterov velocity" else name["v"]
            lines.append("%s += %s" % (p, move) if self.placed else "%s = %s + %s" % (p, p, move))
        elif decay == "in":
            lines += self.take(p, "lr * (%s + lam * %s)" % (self.step.format(**name), p))
        else:
            lines += self.take(p, "lr * " + self.step.format(**name))
        if decay == "after" or decay == "in" and self.step is None:
            lines += self.take(p, "lr * lam * " + p)
        return lines + (self.shrink(p) if decay == "shrink" else [])

    def listed(self, of):
        return "[%s]" % ", ".join(map(of, self.names))

    def setup(self, mark=""):
        """The states; mark tells two optimisers apart."""
        if self.form == "zip":
            return ["params%s = %s" % (mark, self.listed(self.p.ref))] + ["%ss%s = [np.zeros_like(p) for p in params%s]" % (s, mark, mark) for s in self.letters]
        if self.form == "object":
            return ["opt%s = Optimiser(%s, lr)" % (mark, self.listed(self.p.ref))]
        return self.p.states(self.letters, names=self.some)

    def define(self):
        """The helper or class that the update uses."""
        if self.form.startswith("helper"):
            args = ["p", "g"] + self.letters + (["t"] if self.timed else [])
            back = [] if self.placed else ["return " + ", ".join(["p"] + self.letters)]
            return ["def update(%s):" % ", ".join(args)] + indent(self.rule("p", "g", str) + back)
        if self.form != "object":
            return []
        start = ["self.params, self.lr, self.t = params, lr, 0"] + ["self.%s = [np.zeros_like(p) for p in params]" % s for s in self.letters]
        body = [re.sub(r"\b(t|lr)\b", r"self.\1", b) for b in self.rule("p", "g", "self.{}[i]".format)]
        return (["class Optimiser:", "    def __init__(self, params, lr):"] + indent(start, 8)
                + ["    def step(self, grads):", "        self.t += 1", "        for i, (p, g) in enumerate(zip(self.params, grads)):"] + indent(body, 12))

    def lines(self, mark=""):
        p = self.p
        if self.form == "zip":
            arrays = ["params" + mark, self.listed(self.gradient)] + [s + "s" + mark for s in self.letters]
            return ["for %s in zip(%s):" % (", ".join(["p", "g"] + self.letters), ", ".join(arrays))] + indent(self.rule("p", "g", str))
        if self.form == "object":
            return (["opt%s.lr = lr" % mark] if p.pick("schedule", [None]) else []) + ["opt%s.step(%s)" % (mark, self.listed(self.gradient))]
        if self.form == "loop keys":
            body = self.rule("P[k]", re.sub(r"\[.*\]", "[k]", self.gradient(self.names[0])), "{}[k]".format)
            return [p.pick("keys", ["for k in P:", "for k in P.keys():", "for k in sorted(P):"])] + indent(body)
        if self.form == "loop index":
            return ["grads = " + self.listed(self.gradient), "for i in range(len(P)):"] + indent(self.rule("P[i]", "grads[i]", "{}[i]".format))
        lines = []
        for n in self.names:
            ref, states = p.ref(n), [p.ref(n, s) for s in self.letters]
            if self.form.startswith("helper"):
                call = "update(%s)" % ", ".join([ref, self.gradient(n)] + states + (["t"] if self.timed else []))
                lines.append(call if self.placed else "%s = %s" % (", ".join([ref] + states), call))
            else:
                lines += self.rule(ref, self.gradient(n), lambda s: p.ref(n, s), is_weight(n))
        return lines


def schedule(program):
    """The lines that set the learning rate before an epoch, and after it."""
    kind = program.pick("schedule", [None] * 8 + ["factor", "halved", "inverse", "cosine", "warmup"])
    return {"factor": ([], ["lr *= 0.97"]), "halved": ([], ["if epoch % 4 == 3:", "    lr = lr / 2"]),
            "inverse": (["lr = rate / (1 + 0.1 * epoch)"], []), "cosine": (["lr = 0.5 * rate * (1 + np.cos(np.pi * epoch / 20))"], []),
            "warmup": (["lr = rate * min(1, (epoch + 1) / 4)"], [])}.get(kind, ([], []))


def batching(program, n, size, labels):
    """How samples are drawn: the helpers, the loop's header, what is selected."""
    kind = program.pick("batches", ["whole", "whole", "permuted", "slices", "drawn", "generator", "split"])
    if program.single and kind != "drawn":
        kind = "whole"
    order, step = "order = " + program.random.permutation(n), "for start in range(0, %d, %d):" % (n // size * size, size)

    def cut(at, how="xb, yb = %s, %s"):
        x, y = ("[:, %s]" % at if c else "[%s]" % at for c in (program.columns, program.columns and labels != "classes"))
        return [how % ("X" + x, "Y" + y)]
    return (kind,) + {
        "whole": ([], [], []),
        "drawn": ([], [], ["rows = %s[:%d]" % (program.random.permutation(n), size)] + cut("rows")),
        "permuted": ([], [order, step], cut("order[start:start + %d]" % size)),
        "slices": ([], [step], cut("start:start + %d" % size)),
        "split": ([], ["for rows in np.array_split(%s, %d):" % (program.random.permutation(n), n // size)], cut("rows")),
        "generator": (["def batches(X, Y):"] + indent([order, step] + indent(["rows = order[start:start + %d]" % size] + cut("rows", "yield %s, %s"))),
                      ["for xb, yb in batches(X, Y):"], [])}[kind]


def reporting(program):
    """The lines after the loss, after an epoch and at the end; None for no loss."""
    return {"each step": (["print(loss)"], [], []), "each epoch": ([], ["print(loss)"], []),
            "some": (["if epoch % 3 == 0:", "    print(epoch, loss)"], [], []),
            "kept": (["losses.append(loss)"], [], ["print(np.array(losses))"]),
            "mean of an epoch": (["running += loss"], ["print(running)"], []),
            "never": (None, [], [])}[program.pick("report", ["each step", "each epoch", "mean of an epoch", "some", "kept", "never"])]


def averaging(program):
    """A running average of the parameters: setup, the lines after an update, the end."""
    kind = program.pick("average", [None] * 9 + ["running", "mean"])
    if not kind:
        return [], [], []
    how = {"running": "{0} = 0.9 * {0} + 0.1 * {1}", "mean": "{0} = {0} + ({1} - {0}) / (epoch + 1)"}[kind]
    return program.states(["a"], "{}.copy()"), program.mixed("a", how), ["print(%s)" % program.ref(program.names()[0], "a")]


def accumulated(program, update):
    """Gradients summed over two batches before an update: setup and lines."""
    total = [program.ref(n, "acc") for n in program.names()]
    clear = program.pick("cleared", ["{} = np.zeros_like({})", "{}[...] = 0", "{}.fill(0)"])
    mean = ["%s /= 2" % s for s in total] if program.pick("accumulated mean", [True, False]) else []
    return (program.states(["acc"]) + ["count = 0"],
            ["%s += %s" % (s, program.grad(n)) for s, n in zip(total, program.names())] + ["count += 1", "if count % 2 == 0:"]
            + indent(mean + update + [clear.format(s, s) for s in total]))


class Structure:
    """A script, functions, one function for the loss and the gradients, or a class."""

    def __init__(self, program, x, y):
        self.p, self.kind, self.x, self.y = program, program.pick("structure", ["script", "script", "functions", "one function"]), x, y
        self.methods = []
        if program.naming == "self":
            self.kind = "class"
        self.given = ["P"] if program.naming in ("dict", "one list") and program.pick("parameters given", [False, True]) else []
        if self.kind != "script":
            self.x, self.y = "x", "y"

    def call(self, made, name, args):
        return "%s = %s(%s)" % (", ".join(made), name, ", ".join(args + self.given))

    def function(self, name, args, body, made):
        return ["def %s(%s):" % (name, ", ".join(args + self.given))] + indent(body + ["return " + ", ".join(made)])

    def again(self, x, front, value):
        """The lines of a forward pass of other samples."""
        if self.kind == "functions" and set(used(assigned(front), value)) <= set(self.known) and not self.p.pick("dropout", [False]):
            return [self.call(self.known, "forward", [x])]
        return front

    def write(self, x, y, front, value, said, back):
        """The functions, and the lines of a step before the update."""
        p = self.p
        grads = ["g"] if p.naming == "dict" else [p.grad(n) for n in p.names()]
        if self.kind == "script":
            return [], front + value + said + back
        if self.kind == "one function":
            made = (["loss"] if value else []) + grads
            return self.function("gradients", ["x", "y"], front + value + back, made), [self.call(made, "gradients", [x, y])] + said
        known = self.known = used(assigned(front), value, back)
        if self.kind == "class":
            shown = used(known, value)  # what the loss is made of is returned, the rest kept
            all_known = ", ".join(known)
            self.methods = (["def forward(self, x):"] + indent(front + ["self.cache = " + all_known, "return " + ", ".join(shown or known[-1:])])
                            + ["def backward(self, x, y):"] + indent([all_known + " = self.cache"] + back))
            args = used(["x", "y"] + known, value)
            if value:
                self.methods += ["def cost(self, %s):" % ", ".join(args)] + indent(value + ["return loss"])
            args = ", ".join({"x": x, "y": y}.get(a, a) for a in args)
            return [], (["%s = model.forward(%s)" % (", ".join(shown), x), "loss = model.cost(%s)" % args] if value else ["model.forward(%s)" % x]
                        ) + said + ["model.backward(%s, %s)" % (x, y)]
        lines = self.function("forward", ["x"], front, known)
        step = [self.call(known, "forward", [x])]
        if value:
            args = used(["x", "y"] + known, value)
            lines += self.function("cost", args, value, ["loss"])
            step += [self.call(["loss"], "cost", [{"x": x, "y": y}.get(a, a) for a in args])] + said
        args = used(["x", "y"] + known, back)
        return (lines + self.function("backward", args, back, grads),
                step + [self.call(grads, "backward", [{"x": x, "y": y}.get(a, a) for a in args])])


def trained(pick, start=None):
    """A network and how it is trained; start is another first layer than a dense one."""
    program = Program(pick, ["rows"] * 4 + {None: ["turned", "columns", "columns", "samples", "samples turned"],
                                            "recurrent": ["turned", "columns"], "embedding": ["turned"]}[start])
    n, size = pick("samples", [30, 48, 60]), pick("batch size", [10, 12, 15])
    d = pick("inputs", [3, 5, 8])
    labels, k = task(pick)
    first, given, units = [], None, d  # given: the inputs' line, and what the labels are made of
    times = pick("times", [3, 4]) if start else None
    if start == "recurrent":
        units = pick("hidden", [4, 7, 10])
        first = [Recurrent(program, 1, d, units, times)]
        given = "X = " + program.cast(program.random.normal(n, times, d)), "X.sum(axis=1)"
    elif start == "embedding":
        first = [Embedding(program, 1, 12, d, times)]
        units = first[0].units
        given = "X = " + program.random.integers(12, "(%d, %d)" % (n, times)), "np.sin(np.eye(12)[X].sum(axis=1) @ %s)" % program.random.normal(12, d)
    itself = labels == "numbers" and not start and pick.rarely("autoencoder", 5)
    k = d if itself else k
    blocks = network(program, units, k, first)
    kind, helpers, loops, select = batching(program, n, size, labels)
    x, y = ("X", "Y") if kind == "whole" else ("xb", "yb")
    held = held_out(program, blocks)
    rows = n + 6 if held else n
    if itself:
        given = "X = " + program.cast(program.random.normal(rows, d)), "itself"
    data = inputs_and_labels(program, d, k, labels, rows, given)
    if program.single:
        return samples(program, blocks, data, n if kind == "whole" else size, k, x, y, select)
    structure = Structure(program, x, y)
    x1, y1 = structure.x, structure.y
    counts = [] if kind == "split" else [str(n if kind == "whole" else size)]  # a split may be uneven
    loss = Loss(program, blocks[-1].out, y1, k, pick("count", counts + ["%s.shape[%d]" % (x1, program.columns)] + ([] if program.columns else ["len(%s)" % x1])))
    said, epoch_end, end = reporting(program)
    value = [] if said is None else ["loss = " + loss.value()] + penalty_loss(program)
    back = (["g = {}"] if program.naming == "dict" else []) + loss.backward() + backward(blocks, x1) + penalty_after(program, program.grad)
    functions, body = structure.write(x, y, forward(blocks, x1) + loss.forward(), value, said or [], back)
    inside = structure.kind == "class"
    accumulating = not inside and pick.rarely("accumulated", 10)
    grad = (lambda name: program.ref(name, "acc")) if accumulating else program.grad
    optimiser = Optimiser(program, grad, forms=["each", "each", "helper new", "helper in place"] if inside else ())
    setup, after, shown = ([], [], []) if inside else averaging(program)
    counted, update = ["t += 1"] if optimiser.counts else [], clipping(program, grad) + optimiser.lines() + after
    if inside:
        structure.methods += ["def update(self):"] + indent(update)
        update = ["model.update()"]
    update = counted + update
    if accumulating:
        more, update = accumulated(program, update)
        setup += more
    if held:
        cut, start, lines = evaluation(program, blocks, loss, structure, k, held)
        data, setup, epoch_end = data + cut, setup + start, lines + epoch_end
    return finish(program, optimiser, data, helpers + functions, setup, loops, select + body + update, epoch_end,
                  (end or []) + shown, methods=structure.methods)


def held_out(program, blocks):
    """How a pass between the epochs is used that nothing is learnt from."""
    if any(isinstance(b, (Normalised, Recurrent, Embedding)) for b in blocks) or program.naming == "self" or program.single:
        return None
    return program.pick("evaluation", [None] * 6 + ["printed", "printed", "stops"])


def evaluation(program, blocks, loss, structure, k, kind):
    """Six samples that are held out of X and Y, and the lines of a pass with them."""
    cut = ":, " if program.columns else ""
    cuts = [c % (cut if of == "X" or loss.form["y"] != "classes" else "") for c in ("[%s:6]", "[%s6:]") for of in "XY"]
    of = Loss(program, loss.z, "YV", k, "6")
    lines = structure.again("XV", forward(blocks, "XV", False) + of.forward(), [of.value()]) + ["val = " + of.value()]
    held = ["XV, YV, X, Y = X%s, Y%s, X%s, Y%s" % tuple(cuts)]
    if kind == "printed":
        return held, [], lines + ["print(val)"]
    kept = ["kept = [%s]" % ", ".join("%s.copy()" % program.ref(n) for n in program.names())]
    return (held, ["best, waited = np.inf, 0"],
            lines + ["if val < best:"] + indent(["best, waited = val, 0"] + kept) + ["else:", "    waited += 1", "    if waited > 5:", "        break"])


def task(pick):
    """What is learnt: the labels' kind and how many outputs there are."""
    labels = labels_of(pick("loss", ["squares", "half squares", "logistic", "logistic", "cross entropy", "cross entropy", "indexed"] + list(LOSSES)))
    return labels, 1 if labels in ("01", "signs") else pick("outputs", [2, 1]) if labels in ("numbers", "counts") else pick("classes", [3, 4])


def samples(program, blocks, data, n, k, x, y, select):
    """The same, one sample at a time."""
    pick, names = program.pick, program.names()
    loss = Loss(program, blocks[-1].out, "y", k, "1")
    at_once = pick("each sample updates", [False, False, True])
    grad = program.grad if at_once else lambda name: program.ref(name, "acc")
    optimiser = Optimiser(program, grad)
    said, epoch_end, end = reporting(program)
    mean = loss.reduction != "sum"
    penalties = penalty_after(program, grad)
    update = clipping(program, grad) + (["t += 1"] if optimiser.counts else []) + optimiser.lines()
    inner = forward(blocks, "x") + loss.forward()
    if said is not None:
        inner += ["loss = " + loss.value()] + (penalty_loss(program) + said if at_once else ["total += loss"])
    inner += (["g = {}"] if program.naming == "dict" else []) + loss.backward() + backward(blocks, "x")
    inner += penalties + update if at_once else ["%s += %s" % (grad(nm), program.grad(nm)) for nm in names]
    header = pick("sample loop", ["for x, y in zip({}, {}):", "for i in range(%d):" % n]).format(x, y)
    if "range" in header:
        inner = ["x, y = %s[i], %s[i]" % (x, y)] + inner
    body = [header] + indent(inner)
    if not at_once:
        body = program.states(["acc"]) + ([] if said is None else ["total = 0"]) + body
        body += ["%s /= %d" % (grad(nm), n) for nm in names] if mean else []
        if said is not None:
            body += ["loss = total / %d" % n if mean else "loss = total"] + penalty_loss(program) + said
        body += penalties + update
    return finish(program, optimiser, data, [], [], [], select + body, epoch_end, end)


def finish(program, optimiser, data, helpers, setup, loops, body, after, end, methods=()):
    """The whole program, of the lines of its parts."""
    pick, before = program.pick, schedule(program)
    rate = RATES.get(optimiser.kind, "0.01")
    if pick("reduction", ["mean"]) == "sum" and optimiser.kind in RATES:
        rate = "%g" % (float(rate) / 20)
    lines, states = program.random.setup() + data, optimiser.setup() + setup
    if methods:
        states = ["class Model:"] + indent(["def __init__(self):"] + indent(program.define() + states) + methods) + ["model = Model()"]
        end = end or ["print(model.%s)" % program.names()[0]]
    elif not program.owners:
        lines += program.define()
    lines += ["lr = " + rate] + (["rate = lr"] if before[0] else [])
    lines += ["lam = " + pick("lam", ["0.01", "0.003", "1e-2"])] if penalty(program) else []
    lines += program.helpers + helpers + optimiser.define() + states + (["t = 0"] if optimiser.counts else [])
    lines += ["losses = []"] if "losses.append(loss)" in "\n".join(body) else []
    for header in reversed((["running = 0"] if "running += loss" in "\n".join(body) else []) + loops):
        body = [header] + (indent(body) if header.startswith("for ") else body)
    lines += ["for epoch in range(%d):" % (6 if loops else 14)] + indent(before[0] + body + before[1] + after)
    return lines + (end or ["print(%s)" % program.ref(program.names()[0])])


def method(name, args, body):
    return ["    def %s(%s):" % (name, ", ".join(["self"] + args))] + indent(body, 8)


def layers(pick):
    """Layers that are objects with a forward and a backward method."""
    program = Program(pick, ["rows", "rows", "turned", "columns"], ("plain",))
    n, size, d = pick("samples", [30, 48, 60]), pick("batch size", [10, 12, 15]), pick("inputs", [3, 5, 8])
    labels, k = task(pick)
    h, deep = pick("hidden", [4, 7, 10]), pick("layers", [2, 2, 3, 1])
    kind, helpers, loops, select = batching(program, n, size, labels)
    x, y = ("X", "Y") if kind == "whole" else ("xb", "yb")
    data = inputs_and_labels(program, d, k, labels, n)
    name = pick("activation", ACTIVATIONS)
    up, down = pick(name, ACTIVATIONS[name][0]), pick(name + " back", ACTIVATIONS[name][1])
    sizes = [d] + [h] * (deep - 1) + [k]
    made, at = [], []
    for i in range(deep):
        at.append(len(made))
        made += ["Linear(%d, %d)" % (sizes[i], sizes[i + 1])] + (["Activation()"] if i + 1 < deep else [])
    held = pick("layers held", ["layers", "net.layers", "names"])
    for i in range(deep):
        owner = "layer%d" % (i + 1) if held == "names" else "%s[%d]" % (held, at[i])
        program.params += [("W%d" % i, ""), ("b%d" % i, "")]
        program.owners.update({"W%d" % i: owner, "b%d" % i: owner})
    optimiser = Optimiser(program, forms=["each", "zip", "helper new", "helper in place", "object", "method", "method"])
    shape = program.layout in ("turned", "columns") and ("c", "a") or ("a", "c")
    bias = "c" if program.flat() else "(c, 1)" if program.columns else "(1, c)"
    states = ["self.%s%s = np.zeros_like(self.%s)" % (s, w, w) for s in (optimiser.letters if optimiser.form == "method" else []) for w in "Wb"]
    penalised = " + lam * self.W" if penalty(program) in ("l2", "l2 not printed") and pick("penalty added", ["with it", "after it"]) == "with it" else ""
    lines = ["class Linear:"] + method("__init__", ["a", "c"], [
        "self.W = " + program.cast("%s * %s" % (program.random.normal(*shape), pick("scale", ["0.4", "np.sqrt(2 / a)", "(1 / np.sqrt(a))", "0.5"]))),
        "self.b = np.zeros(%s%s)" % (bias, ", dtype=np.float32" if program.float32 else "")] + states)
    lines += method("forward", ["x"], ["self.x = x", "return %s + self.b" % program.product("z", x="x", W="self.W")])
    lines += method("backward", ["dz"], ["self.dW = %s%s" % (program.product("dW", x="self.x", dz="dz"), penalised), "self.db = " + program.summed("dz"),
                                         "return " + program.product("dx", dz="dz", W="self.W")])
    if optimiser.form == "method":
        lines += method("update", ["lr"] + (["t"] if optimiser.timed else []), [
            line for w in "Wb" for line in optimiser.rule("self." + w, "self.d" + w, lambda s: "self.%s%s" % (s, w), w == "W")])
    if deep > 1:
        lines += ["class Activation:"] + method("forward", ["z"], ["self.z = z", "self.h = " + up.format(z="z"), "return self.h"])
        lines += method("backward", ["dh"], ["dz = dh.copy()", "dz[self.z <= 0] = 0", "return dz"] if down == "masked" else [
            "return " + down.format(g="dh", z="self.z", h="self.h")])
    loss = Loss(program, "z", "y", k, "y.shape[0]" if labels == "classes" else pick("count", ["y.shape[%d]" % program.columns, "z.shape[%d]" % program.columns]))
    said, epoch_end, end = reporting(program)
    value, back = "return " + loss.value(), loss.backward()
    kept = used(["y", "z"] + assigned(loss.forward()), back)
    lines += ["class Loss:"] + method("forward", ["z", "y"], loss.forward() + ["self.%s = %s" % (a, a) for a in kept] + ([value] if said is not None else []))
    back = back[:-1] + [back[-1].replace("dz = ", "return ", 1)] if back[-1].startswith("dz = ") else back + ["return dz"]
    lines += method("backward", [], ["%s = %s" % (", ".join(kept), ", ".join("self." + a for a in kept))] + back)
    if held == "names":
        names, i = [], 0
        for m in made:
            i += m.startswith("Linear")
            names.append(("layer%d" if m.startswith("Linear") else "act%d") % i)
        lines += ["%s = %s" % p for p in zip(names, made)] + ["criterion = Loss()"]
        step = ["%s = %s.forward(%s)" % (a, b, c) for a, b, c in zip(["out"] * len(names), names, [x] + ["out"] * (len(names) - 1))]
        back = ["d = criterion.backward()"] + ["d = %s.backward(d)" % name for name in reversed(names)]
    elif held == "layers":
        lines += ["layers = [%s]" % ", ".join(made), "criterion = Loss()"]
        step = ["out = " + x, "for layer in layers:", "    out = layer.forward(out)"]
        back = ["d = criterion.backward()", pick("layers back", ["for layer in reversed(layers):", "for layer in layers[::-1]:"]), "    d = layer.backward(d)"]
    else:
        lines += ["class Network:"] + method("__init__", [], ["self.layers = [%s]" % ", ".join(made)])
        lines += method("forward", ["x"], ["for layer in self.layers:", "    x = layer.forward(x)", "return x"])
        lines += method("backward", ["d"], ["for layer in reversed(self.layers):", "    d = layer.backward(d)", "return d"])
        lines += ["net = Network()", "criterion = Loss()"]
        step, back = ["out = net.forward(%s)" % x], ["net.backward(criterion.backward())"]
    step += ["loss = criterion.forward(out, %s)" % y] + penalty_loss(program) + said if said is not None else ["criterion.forward(out, %s)" % y]
    if not penalised:
        back += penalty_after(program, program.grad)
    update = clipping(program, program.grad) + (["t += 1"] if optimiser.counts else [])
    if optimiser.form == "method":
        update += ["%s.update(lr%s)" % (program.owners["W%d" % i], ", t" if optimiser.timed else "") for i in range(deep)]
        optimiser.setup = lambda: []
    else:
        update += optimiser.lines()
    return finish(program, optimiser, data, helpers + lines, [], loops, select + step + back + update, epoch_end, end)


def heads(pick):
    """A network with two outputs, whose losses are added."""
    program = Program(pick, ["rows", "rows", "turned", "columns"], ("plain", "plain", "dict", "lists", "one list"))
    n, d, h = pick("samples", [30, 48, 60]), pick("inputs", [3, 5, 8]), pick("hidden", [4, 7, 10])
    labels, k = task(pick)
    kind = pick("second loss", ["squares", "huber", "half squares", "log cosh"])
    trunk = [Dense(program, 1, d, h), Activation(program, 1)]
    first, second = Dense(program, 2, h, k), Dense(program, 3, h, 1)
    drawn = pick("batches", ["whole", "drawn"]) == "drawn"
    size = 12 if drawn else n
    x, y, y2 = ("xb", "yb", "yb2") if drawn else ("X", "Y", "Y2")
    share = pick("share", ["0.5", "1"])
    a = Loss(program, "z2", y, k, str(size), tag="a")
    b = Loss(program, "z3", y2, 1, str(size), kind=kind, tag="b", factor="" if share == "1" else share + " * ")
    data = inputs_and_labels(program, d, k, labels, n)
    data.insert(1, "Y2 = np.cos(X @ %s)" % program.random.normal(d, 1))
    if program.columns:
        data.append("Y2 = Y2.T")
    said, epoch_end, end = reporting(program)
    body = forward(trunk, x) + first.forward("h1") + second.forward("h1") + a.forward() + b.forward()
    if said is not None:
        both = "{} + {}" if share == "1" else "{} + %s * {}" % share
        if pick("losses", ["apart", "together", "shown"]) == "together":
            body.append("loss = " + both.format(a.value(), b.value() if b.value().startswith(("np.", "(")) else "(%s)" % b.value()))
        else:
            body += ["loss1 = " + a.value(), "loss2 = " + b.value(), "loss = " + both.format("loss1", "loss2")]
            body += ["print(loss1, loss2)"] if pick("losses") == "shown" else []
        body += penalty_loss(program) + said
    back = first.backward("h1", False) + second.backward("h1", False)
    if pick("heads back", ["summed", "in place", "at once"]) == "in place":
        back[-1] = added(back[-1])
    elif pick("heads back") == "summed":
        back[-1] = "dh1 = dh1 + " + back[-1].split(" = ", 1)[1]
    else:
        i = [j for j, line in enumerate(back) if line.startswith("dh1 = ")]
        back[-1] += " + " + back.pop(i[0]).split(" = ", 1)[1]
    body += (["g = {}"] if program.naming == "dict" else []) + a.backward() + b.backward() + back + backward(trunk, x) + penalty_after(program, program.grad)
    optimiser = Optimiser(program)
    body += clipping(program, program.grad) + (["t += 1"] if optimiser.counts else []) + optimiser.lines()
    select = []
    if drawn:
        cut = "[:, rows]" if program.columns else "[rows]"
        select = ["rows = %s[:12]" % program.random.permutation(n), "xb, yb, yb2 = X%s, Y%s, Y2%s" % (cut, "[rows]" if labels == "classes" else cut, cut)]
    return finish(program, optimiser, data, [], [], [], select + body, epoch_end, end)


def rivals(pick):
    """Two networks in turn: one makes samples, the other tells them from given ones."""
    program = Program(pick, ["rows", "rows", "turned", "columns"], ("plain",))
    for concern in ("penalty", "clip"):  # of both networks at once they would be of no use
        pick.fixed[concern] = "None"
    n, d, c, h = pick("batch size", [10, 12, 15]), pick("inputs", [3, 5]), pick("noise", [2, 4]), pick("hidden", [4, 7, 10])
    maker = [Dense(program, 1, c, h), Activation(program, 1), Dense(program, 2, h, d)]
    judge = [Dense(program, 3, d, h, names="VC"), Activation(program, 3), Dense(program, 4, h, 1, names="VC")]
    mine, its = ([name for name in program.names() if name[0] in of] for of in ("Wb", "VC"))
    kind = pick("rivals' loss", ["logistic", "squares", "difference"])
    one = Optimiser(program, names=mine, forms=["each", "zip", "helper new", "helper in place", "object"])
    other = Optimiser(program, names=its)
    shape = (c, n) if program.columns else (n, c)
    real = "%s * 0.5 + 1" % program.random.normal(*((d, n) if program.columns else (n, d)))
    # the loss of what z the judge gives, where it should say that it is given or made
    forms = {"logistic": ("np.mean(np.log(1 + np.exp(-{z})))", "-1 / (1 + np.exp({z})) / {n}", "np.mean(np.log(1 + np.exp({z})))", "1 / (1 + np.exp(-{z})) / {n}"),
             "squares": ("np.mean(({z} - 1) ** 2)", "2 * ({z} - 1) / {n}", "np.mean({z} ** 2)", "2 * {z} / {n}"),
             "difference": ("-np.mean({z})", "-np.ones_like({z}) / {n}", "np.mean({z})", "np.ones_like({z}) / {n}")}[kind]
    yes, dyes, no, dno = (f.replace("{n}", str(n)) for f in forms)

    def tagged(tag, make):
        program.tag = tag
        lines = make()
        program.tag = ""
        return lines

    def through(tag, x, loss, back, whole=False):
        z = "z4" + tag
        return (tagged(tag, lambda: forward(judge, x)), loss.format(z=z), ["d%s = %s" % (z, back.format(z=z))] + tagged(tag, lambda: backward(judge, x, whole)))
    made = forward(maker, "noise")
    f1, l1, b1 = through("r", "real", yes, dyes)
    f2, l2, b2 = through("f", "z2", no, dno)
    grads = [program.grad(name) for name in its]
    b2 = [added(line) if line.split(" = ")[0] in grads else line for line in b2]
    draw = "noise = " + program.random.normal(*shape)
    said = pick("report", ["each step", "never"]) == "each step"
    body = ["real = " + real, draw] + made + f1 + f2 + (["loss = %s + %s" % (l1, l2), "print(loss)"] if said else []) + b1 + b2
    body += (["t += 1"] if one.counts else []) + other.lines("2")
    if kind == "difference":
        body += ["%s = np.clip(%s, -0.5, 0.5)" % (program.ref(w), program.ref(w)) for w in its]
    if pick("noise again", [True, False]):
        body += [draw] + made
    for b in judge:
        b.params = False
    f3, l3, b3 = through("g", "z2", yes, dyes, True)
    body += f3 + (["loss2 = " + l3, "print(loss2)"] if said else []) + b3 + backward(maker, "noise") + one.lines("1")
    setup = other.setup("2") + one.setup("1")
    one.setup = lambda: setup
    return finish(program, one, [], [], [], [], body, [], [])


def values(pick):
    """The values of actions, learnt from their own at the next state, by a copy of
    the network that follows it slowly."""
    program = Program(pick, ["rows", "rows", "turned"], ("plain", "dict", "lists", "one list"))
    n, d, h, k, size = 60, pick("inputs", [3, 5]), pick("hidden", [4, 7, 10]), pick("actions", [2, 3]), pick("batch size", [10, 12, 15])
    blocks = [Dense(program, 1, d, h), Activation(program, 1), Dense(program, 2, h, k)]
    r = program.random
    data = ["S = " + program.cast(r.normal(n, d)), "A = " + r.integers(k, str(n)), "R = " + program.cast("np.sin(S[:, 0]) + 0.1 * A"),
            "S2 = " + program.cast("S + 0.1 * " + r.normal(n, d))]
    optimiser = Optimiser(program)
    program.tag, program.of = "n", "f"
    later = forward(blocks, "then")
    program.tag = program.of = ""
    online = pick("next action", ["copy's", "own"]) == "own"
    if online:
        program.tag = "o"
        later = forward(blocks, "then") + later
        program.tag = ""
    goal = "z2n[np.arange(%d), z2o.argmax(axis=1)]" % size if online else "z2n.max(axis=1)"
    body = ["rows = %s[:%d]" % (r.permutation(n), size), "now, act, r, then = S[rows], A[rows], R[rows], S2[rows]"] + later + ["goal = r + 0.9 * " + goal]
    body += forward(blocks, "now") + ["miss = z2[np.arange(%d), act] - goal" % size]
    said, epoch_end, end = reporting(program)
    kind = pick("value loss", ["squares", "half squares", "huber"])
    value, back = {"squares": ("np.mean(miss ** 2)", "2 * miss"), "half squares": ("0.5 * np.mean(miss ** 2)", "miss"),
                   "huber": ("np.mean(np.where(np.abs(miss) < 1, 0.5 * miss ** 2, np.abs(miss) - 0.5))", "np.clip(miss, -1, 1)")}[kind]
    if said is not None:
        body += ["loss = " + value] + penalty_loss(program) + said
    body += ["dz2 = np.zeros_like(z2)", "dz2[np.arange(%d), act] = %s / %d" % (size, back, size)] + (["g = {}"] if program.naming == "dict" else [])
    body += backward(blocks, "now") + penalty_after(program, program.grad) + clipping(program, program.grad) + (["t += 1"] if optimiser.counts else []) + optimiser.lines()
    follow = pick("copy follows", ["at times", "slowly"])
    if follow == "slowly":
        body += program.mixed("f", "{0} = 0.9 * {0} + 0.1 * {1}")
    else:
        body += ["if epoch % 4 == 3:"] + indent(program.mixed("f", "{0} = {1}.copy()"))
    return finish(program, optimiser, data, [], program.states(["f"], "{}.copy()"), [], body, epoch_end, end)


KINDS = {"trained": trained, "recurrent": lambda pick: trained(pick, "recurrent"), "embedding": lambda pick: trained(pick, "embedding"),
         "layers": layers, "heads": heads, "rivals": rivals, "values": values}


def program(seed, **fixed):
    """The text of a program, and the choices made."""
    pick = Choices(seed, fixed)
    lines = KINDS[pick("kind", ["trained"] * 8 + ["layers"] + list(KINDS)[1:])](pick)
    return "# %s\n%s\n" % (pick.describe(), "\n".join(lines)), pick


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(program(int(sys.argv[1]), **dict(a.split("=", 1) for a in sys.argv[2:]))[0], end="")
