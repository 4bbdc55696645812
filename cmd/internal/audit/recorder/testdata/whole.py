"""What recording a whole program must do and must not.

    whole.py RECORDER PROGRAMS     prints "ok NAME" or "not ok NAME: reason"
"""
import json
import os
import subprocess
import sys
import tempfile

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
os.environ.pop("PYTHONHASHSEED", None)
sys.dont_write_bytecode = True

import recompute

RECORDER, PROGRAMS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])


def run(args, cwd=PROGRAMS, **env):
    p = subprocess.Popen([sys.executable] + args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         cwd=cwd, env=dict(os.environ, **env))
    out, err = p.communicate()
    return out.decode(), err.decode(), p.returncode


def recorded(*args, **kw):
    """(output, errors without the recorder's own line, code, trace, that line)"""
    trace = os.path.join(tempfile.mkdtemp(), "trace.npz")
    out, err, code = run([RECORDER, "-o", trace] + list(args), **kw)
    said = [l for l in err.splitlines(True) if l.startswith("glassbox:")]
    return out, "".join(l for l in err.splitlines(True) if l not in said), code, \
        recompute.Trace(trace) if os.path.exists(trace) else None, "".join(said)


def same(program, *args):
    """Output, errors and exit code are what they are without the recorder; the trace holds."""
    plain = run([program] + list(args))
    out, err, code, trace, said = recorded(program, *args)
    for name, a, b in zip(("output", "errors", "exit code"), plain, (out, err, code)):
        assert a == b, "%s: %r, without the recorder %r" % (name, b, a)
    assert said.count("\n") == 1, said
    faults = trace.faults()
    assert not faults, faults[0][1]
    assert not trace.doc["end"]["errors_inside"], trace.doc["end"]["errors_inside"]
    return trace


def check_language():
    same("language.py", "--flag", "x y")


def check_calls():
    same("calls.py")


def check_newer_syntax():
    if sys.version_info >= (3, 11):
        same("modern.py")


def check_errors_and_warnings():
    t = same("raises.py")
    e = t.doc["end"]["error"]
    assert (t.doc["end"]["why"], e["type"], e["file"]) == ("error", "RuntimeError", "raises.py"), t.doc["end"]
    for broken, line in (("broken.py", 3), ("imports_broken.py", 2)):
        e = same(broken).doc["end"]["error"]
        assert (e["type"], e["line"]) == ("SyntaxError", line), e


def check_shapes_where_it_raised():
    e = same("shapes.py").doc["end"]["error"]
    assert e["line"] == 9 and e["shapes"] == {"x": [2, 3], "self.W": [3, 4]}, e
    said = recorded("shapes.py")[4]
    assert "(the program stopped at shapes.py:9: ValueError: x (2,3) and self.W (3,4))" in said, said
    _, _, code, t, _ = recorded("--stop", "shapes.py")      # it ends before there is anything to stop at
    assert code == 1 and t.doc["end"]["error"]["line"] == 9, (code, t.doc["end"])
    with tempfile.TemporaryDirectory() as d:
        with open(os.path.join(d, "p.py"), "w") as f:
            f.write("import sys\nsys.path.append(%r)\nimport numpy as np, glassbox_record\nclass Linear:\n    def __init__(self):\n        self.W = np.ones((3, 4))\n"
                    "    def forward(self, x):\n        return x @ self.W\nglassbox_record.record(globals())\n"
                    "Linear().forward(np.ones((2, 5)))\n" % os.path.dirname(RECORDER))
        err = run(["p.py"], cwd=d)[1]
        assert "nothing was recorded: the program stopped at p.py:8: ValueError: x (2,5) and self.W (3,4)" in err, err
        assert "glassbox_record.py" not in err, err


def check_children_threads_and_interrupts():
    t = same("children.py")
    assert len(t.ops) == 0, t.ops


def check_recursion():
    same("deeper.py")


def check_versions():
    t = same("versions.py")
    src = {l.strip(): k + 1 for k, l in enumerate(t.doc["files"][0]["text"].split("\n"))}

    def one(text, op):
        found = t.at(src[text], op)
        assert len(found) >= 1, "%r has %s" % (text, [t.ops[i] for i in t.at(src[text])])
        return found[0]
    alias, plus = one("b = a", "gather"), one("b += 1", "add")
    assert t.attr[alias].get("alias") == 1 and t.obj[alias] == t.obj[plus] == t.obj[t.ins[alias][0]]
    assert t.attr[plus].get("inplace") == 1 and t.ins[plus][0] == alias
    times, seen = one("v *= 2", "mul"), one("t = a.T", "gather")
    write = t.ins[seen][0]
    assert t.ops[write] == "setitem" and t.attr[write].get("view") == 1 and t.ins[write][1] == times and t.obj[write] == t.obj[plus]
    assert t.obj[one("a[0, 1] = 7", "setitem")] == t.obj[plus]
    part = one("a[:, 2] -= 1.5", "setitem")
    assert t.ops[t.ins[part][1]] == "sub" and t.ops[t.ins[t.ins[part][1]][0]] == "gather"
    assert t.obj[one("np.maximum(a, 2, out=a)", "maximum")] == t.obj[plus]
    one("np.add.at(w, [0, 0, 3], 1.5)", "add_at")
    one("operator.iadd(w, 1)", "mutated")
    one("rng.shuffle(w2)", "mutated")
    twin = one("twin = copy.deepcopy({\"u\": u})[\"u\"]", "copy")
    assert t.obj[twin] != t.obj[t.ins[twin][0]]
    assert len(t.ins[one("z = np.c_[a, np.ones(3)]", "gather")]) == 2
    assert len(t.at(src["col = sum(rows)"], "add")) == 3
    one("return y", "gather")
    assert t.ops[t.ins[one("last = out / (1 + 0.5 * 2 ** 0.5)", "div")][1]] == "add"
    one("mm = (m * m.T).sum(axis=1)", "matmul")
    one("mm = (m * m.T).sum(axis=1)", "sum")
    kinds = [(t.doc["sites"][s]["line"], kind) for s, _, kind, _ in t.doc["kept"]]
    shown = src['print(mean, "%.3f" % total, f"{twice:.2f}")']
    assert kinds.count((shown, "print")) == 3, kinds
    for text, kind in (("kept.append(v)", "append"), ('names["b"] = t', "store"), ("b = a", "name"), ("return y", "return")):
        assert (src[text], kind) in kinds, (text, kinds)


def check_rows_and_their_end():
    t = same("rows.py")
    end = t.doc["end"]
    assert end["why"] == "six updates were recorded" and end["updates"] == 7, end
    assert any(l["what"].startswith("no arrays in rows.py") for l in end["limits"]), end["limits"]
    outer = [i for i in range(len(t.ops)) if t.ops[i] == "outer"]
    site = t.doc["sites"][t.site[outer[0]]]
    assert site["loops"] == [10, 13] and site["args"] == ["dh", "X[i]"], site


def check_trainings_one_after_another():
    for kind, many in (("loops", 2), ("fit", 3), ("rates", 6), ("views", 2), ("tuned", 2), ("epochs", 1), ("rows", 1)):
        end = same("trainings.py", kind).doc["end"]
        assert end["trainings"] == many, (kind, end)
        assert end["why"] == ("the end of the first epoch" if kind == "epochs" else "six updates were recorded"), (kind, end)
        first = recorded("--stop", "trainings.py", kind)[3].doc["end"]
        assert first["trainings"] == 1 and first["behind"] == first["node"] == end["behind"], (kind, first, end)
        assert first["node"] * many < 2 * end["node"] + 400 * (many > 1), (kind, first, end)


def check_end_of_the_first_epoch():
    """What follows the first round over the batches that is looked at is recorded, up to the next, with the parameters
    as they are then."""
    with tempfile.TemporaryDirectory() as d:
        for name, update, when in (("p.py", "w -= 0.1 * g", ""), ("q.py", "w = w - 0.1 * g", ""), ("r.py", "w -= 0.1 * g", "if epoch == 1: "),
                                   ("s.py", "w = w - 0.1 * g", "if epoch == 2: ")):
            with open(os.path.join(d, name), "w") as f:
                f.write("import numpy as np\nrng = np.random.RandomState(0)\nx = rng.randn(90, 3)\ny = x.sum(1)\nw = np.ones(3) / 2\n"
                        "for epoch in range(3):\n    k = 0\n    while k < 90:\n        b = x[k:k + 3]\n        g = b.T @ (b @ w - y[k:k + 3])\n        " + update +
                        "\n        k += 3\n    " + when + "print(np.mean((x @ w - y) ** 2))\n")
            out, err, code, t, said = recorded(name, cwd=d)
            end = t.doc["end"]
            assert (out, code) == (run([name], cwd=d)[0], 0) and end["why"] == "the end of the first epoch", end
            assert t.doc["nodes"]["val"][max(t.at(13, "mean"))] == float(out.split()[-1 if when else 0]), (out, end)
            assert t.at(13, "dot") + t.at(13, "matmul") and min(t.at(13)) >= end["behind"] > max(t.at(11)), end
            new, = [i for i in t.at(13) if t.ops[i] == "mutated"]
            assert t.ins[new][0] in t.at(11) and not t.faults(), (new, t.ins[new])


def check_limits():
    whole = run(["rows.py"])[0]
    for args, what in ((["--nodes", "400"], "nodes"), (["--mb", "0.05"], "bytes"), (["--seconds", "0.01"], "seconds")):
        out, err, code, t, said = recorded(*(args + ["rows.py"]))
        end = t.doc["end"]
        assert (out, code, end["why"]) == (whole, 0, "limit: " + what), (code, end["why"])
        assert any(l["what"] == what and isinstance(l["limit"], (int, float)) for l in end["limits"]), end["limits"]
        assert not t.faults(), t.faults()[0]
    out, err, code, t, said = recorded("--steps", "2", "--stop", "rows.py")
    assert code == 0 and 0 < len(out) < len(whole) and t.doc["end"]["updates"] == 3, (code, t.doc["end"])


def check_long_preparation():
    """Too long a preparation is forgotten; a step that is too long is not recorded by half."""
    with tempfile.TemporaryDirectory() as d:
        with open(os.path.join(d, "p.py"), "w") as f:
            f.write("import numpy as np\nrng = np.random.RandomState(0)\nkept = []\nfor i in range(400):\n    r = rng.randn(3)\n"
                    "    kept.append((r - r.mean()) / r.std())\nx = np.array(kept)\nw = np.ones((3, 2))\n"
                    "for i in range(9):\n    w -= 0.1 * x.T @ (x @ w - 1) / 400\nprint(w)\n")
        with open(os.path.join(d, "q.py"), "w") as f:
            f.write("import numpy as np\nrng = np.random.RandomState(0)\nx = rng.randn(300, 3)\nw = np.ones(3)\n"
                    "for epoch in range(3):\n    g = np.zeros(3)\n    for i in range(300):\n        e = x[i] @ w - 1\n"
                    "        g += e * x[i]\n    w -= 0.1 * g / 300\nprint(w)\n")
        out, err, code, t, said = recorded("--nodes", "150", "p.py", cwd=d)
        end = t.doc["end"]
        assert (out, code) == (run(["p.py"], cwd=d)[0], 0) and end["updates"] > 6 and not t.faults(), (end, t.faults())
        assert [l["what"] for l in end["limits"]] == ["preparation of data"] and not t.at(6, "div"), end["limits"]
        out, err, code, t, said = recorded("--nodes", "200", "q.py", cwd=d)
        end, sums = t.doc["end"], t.at(9, "add")
        assert (out, code) == (run(["q.py"], cwd=d)[0], 0) and end["updates"] == 0, end
        assert not sums or t.ops[t.ins[sums[0]][0]].startswith("create:"), t.ops[t.ins[sums[0]][0]]


def check_preparation_by_loops():
    """Rows and columns that are scaled one after the other are no parameters, nor is a state by another name,
    nor one of which all times are kept in an array larger than the weights."""
    for program, line in (("habits/loops_of_preparation", 31), ("habits/sampled_text", 77), ("foreign/lstm_bias_row", 108)):
        t = recorded(os.path.join(PROGRAMS, "../../../../../../testdata/programs/%s.py" % program))[3]
        assert t.doc["end"]["updates"] > 6 and t.at(line, "sub"), (program, t.doc["end"])


def check_nothing_is_left_behind():
    with tempfile.TemporaryDirectory() as d:
        with open(os.path.join(d, "p.py"), "w") as f:
            f.write("import builtins\nimport numpy as np\nw = np.ones((3, 2))\ncalls = []\nfor i in range(60):\n"
                    "    d = np.ones((4, 3)).T @ (np.ones((4, 3)) @ w - 1)\n    w = w - 0.01 * d\n"
                    "    if i == 40:\n        f = builtins.__glassbox_open__\n"
                    "        builtins.__glassbox_open__ = lambda i, x: calls.append(i) or f(i, x)\n"
                    "print(calls)\n")
        out = recorded("p.py", cwd=d)[0]
        assert out == "[]\n", out


def check_ways_in():
    with tempfile.TemporaryDirectory() as d:
        os.mkdir(os.path.join(d, "package"))
        body = "import sys\nimport numpy as np\nw = np.ones(3)\nw -= 0.5 * w\nprint(w, __name__, sys.argv[1:])\n"
        for name, text in (("package/__init__.py", "from . import part\n"), ("package/__main__.py", body),
                           ("package/part.py", "import numpy as np\nq = np.arange(3) * 2\n"), ("p.py", body)):
            with open(os.path.join(d, name), "w") as f:
                f.write(text)
        plain = run(["-m", "package", "-x"], cwd=d)
        out, err, code, t, said = recorded("-m", "package", "-x", cwd=d)
        assert (out, err, code) == plain and sorted(f["name"] for f in t.doc["files"]) == ["package/__init__.py", "package/__main__.py", "package/part.py"], (out, err)
        with open(os.path.join(d, "n.ipynb"), "w") as f:
            json.dump({"cells": [{"cell_type": "markdown", "source": ["# text"]},
                                 {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np\n", "w = np.ones(3)"]},
                                 {"cell_type": "code", "source": "w -= 0.5 * w\nprint(w)"}]}, f)
        out, err, code, t, said = recorded("n.ipynb", cwd=d)
        assert (out, err, code) == ("[0.5 0.5 0.5]\n", "", 0) and "sub" in t.ops, (out, err, code)
        with open(os.path.join(d, "old.py"), "w") as f:
            f.write("import glassbox_record\nglassbox_record.record(globals(), 'other.npz')\n" + body)
        out, err, code, t, said = recorded("old.py", cwd=d)
        assert code == 0 and "sub" in t.ops and not os.path.exists(os.path.join(d, "other.npz")), err


def check_running_notebook():
    try:
        import IPython
    except ImportError:
        return
    with tempfile.TemporaryDirectory() as d:
        with open(os.path.join(d, "cells.py"), "w") as f:
            f.write("import sys\nsys.path.insert(0, %r)\n"
                    "from IPython.core.interactiveshell import InteractiveShell\ns = InteractiveShell.instance()\n"
                    "for c in ('%%load_ext glassbox_record', 'import numpy as np\\nw = np.ones((3, 2))\\nx = np.ones((4, 3))',\n"
                    "          'for i in range(9):\\n    d = x @ w - 1\\n    w -= 0.1 * x.T @ d', 'print(w.sum())'):\n"
                    "    s.run_cell(c, store_history=True)\n" % os.path.dirname(RECORDER))
        out, err, code = run(["cells.py"], cwd=d, IPYTHONDIR=d, HOME=d)
        t = recompute.Trace(os.path.join(d, "trace.npz"))
        assert code == 0 and t.doc["end"]["updates"] == 8 and not t.faults(), (out, err, t.doc["end"])
        assert t.doc["files"][t.doc["sites"][t.site[t.at(3, "sub")[0]]]["file"]]["name"].startswith("In ["), t.doc["files"]


def check_problems_are_told_first():
    for args, text in ((["-o", "/no/such/folder/t.npz", "rows.py"], "no folder"), (["none.py"], "no file none.py"),
                       (["--steps", "x", "rows.py"], "numbers above 0"), (["--what", "rows.py"], "is no option"), ([], "which program")):
        out, err, code = run([RECORDER] + args)
        assert code == 2 and not out and text in err and err.count("\n") == 1, (args, out, err)


for name, check in sorted(globals().items()):
    if name.startswith("check_"):
        try:
            check()
            print("ok " + name[6:])
        except Exception as e:
            print("not ok %s: %s: %s" % (name[6:], type(e).__name__, " ".join(str(e).split())[:800]))
        sys.stdout.flush()
