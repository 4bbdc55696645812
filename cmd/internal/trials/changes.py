"""Changes of NumPy programs: lists them, makes them, and runs what comes out.

Answers one JSON object a line on standard input with one on standard output:

    {"do": "run", "source": …, "name": …, "out": what another one prints}
        → {"out": what the program prints, "error": how it failed, or "",
        "apart": how far its numbers are from the other one's}
    {"do": "list", "source": …, "lines": […]}
        → {"changes": [[line, kind, source], …]}: small changes of the
        arithmetic on these lines: one operator, operand, axis, constant,
        transposition, reduction, function or one += of a statement
    {"do": "mend", "source": wrong, "right": …, "out": what the right one prints,
     "line": …, "text": what was said, "name": …}
        → {"by": …}: "the right statement" if the correction said makes it of
        that line's, "the right operand" if what is said to be wrong is exactly
        what differs, "the right run" if the program so corrected prints what the
        right one does, else ""
"""
import ast
import copy
import json
import os
import re
import runpy
import signal
import sys
import tempfile
import traceback

import numpy  # here, so that each run has it

SECONDS = 20  # of computing that a program may take: of the clock it is more on a busy machine
TRIES = 30  # runs for one finding


def run(source, name):
    """Runs a program in a process of its own."""
    folder = tempfile.mkdtemp(prefix="glassbox-run-")
    path, out, err = (os.path.join(folder, x) for x in (name + ".py", "out", "err"))
    with open(path, "w") as f:
        f.write(source)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            for number, file in ((0, os.devnull), (1, out), (2, err)):
                os.dup2(os.open(file, os.O_RDWR | os.O_CREAT), number)
            sys.stdin, sys.stdout, sys.stderr = (open(n, m) for n, m in ((0, "r"), (1, "w"), (2, "w")))
            os.chdir(folder)
            sys.argv, sys.path[0], sys.dont_write_bytecode = [path], folder, True
            signal.signal(signal.SIGPROF, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_PROF, SECONDS)
            runpy.run_path(path, run_name="__main__")
            status = 0
        except SystemExit as e:
            status = 1 if e.code else 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    text = {}
    for file in (out, err):
        try:
            with open(file, errors="replace") as f:
                text[file] = f.read()
        except OSError:
            text[file] = ""
    for file in os.listdir(folder):
        try:
            os.remove(os.path.join(folder, file))
        except OSError:
            pass
    try:
        os.rmdir(folder)
    except OSError:
        pass
    error = ""
    if status:
        error = (text[err].strip().splitlines() or ["it ended with status %d" % status])[-1]
    return {"out": text[out], "error": error}


def compared(source, name, out):
    """A run, and how far what it prints is from what another one printed."""
    ran = run(source, name)
    ran["apart"] = min(apart(ran["out"], out), sys.float_info.max)
    return ran


# Small changes.

def places(source):
    """Where a line and a column, which ast counts in bytes, are in the source."""
    lines = source.splitlines(True)
    starts = [0]
    for text in lines:
        starts.append(starts[-1] + len(text))

    def at(line, column):
        return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())

    return lambda node: (at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset))


SWAPS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@", ast.Pow: "**"}
FUNCTIONS = ("tanh", "exp", "log", "sqrt", "abs", "sign", "square", "cos", "sin")


def name_of(node):
    """The last name of a variable or attribute."""
    return getattr(node, "attr", getattr(node, "id", getattr(node, "arg", None)))


def is_number(node):
    return node is not None and all(isinstance(n, (ast.Constant, ast.UnaryOp, ast.BinOp, ast.operator, ast.unaryop)) and type(getattr(n, "value", 0)) in (int, float) for n in ast.walk(node))


def settings(tree):
    """The names that a program gives numbers to: rates, decays, bounds."""
    found, functions = set(), {}
    for n in ast.walk(tree):
        if isinstance(n, ast.FunctionDef):
            functions[n.name] = [a.arg for a in n.args.args]
        elif isinstance(n, ast.ClassDef):
            functions.update((n.name, [a.arg for a in m.args.args[1:]]) for m in n.body if isinstance(m, ast.FunctionDef) and m.name == "__init__")
    for n in ast.walk(tree):
        if isinstance(n, ast.Assign):
            for target in n.targets:
                pairs = [(target, n.value)]
                if isinstance(target, ast.Tuple) and isinstance(n.value, ast.Tuple):
                    pairs = zip(target.elts, n.value.elts)
                found.update(name_of(t) for t, v in pairs if is_number(v))
        elif isinstance(n, ast.FunctionDef):
            found.update(a.arg for a, v in zip(n.args.args[::-1], n.args.defaults[::-1]) if is_number(v))
        elif isinstance(n, ast.Call):
            found.update(k.arg for k in n.keywords if is_number(k.value))
            names = functions.get(name_of(n.func), [])
            names = names[1:] if names[:1] == ["self"] else names
            found.update(a for a, v in zip(names, n.args) if is_number(v))
    return found - {None}


def inside(tree):
    """The lines that are in a loop or in a function: data are made elsewhere."""
    lines = set()
    for n in ast.walk(tree):
        if isinstance(n, (ast.For, ast.While, ast.FunctionDef)):
            lines.update(range(n.lineno, n.end_lineno + 1))
    return lines


class Lister(ast.NodeVisitor):
    """Lists the changes of what it visits. A number, or a setting, that scales an
    update or an average that is kept, bounds a norm or guards a division is
    somebody's choice: another one, or none, is no fault, and is left out."""

    def __init__(self, source, lines):
        tree = ast.parse(source)
        self.source, self.lines = source, lines & inside(tree)
        self.settings = settings(tree)
        self.span = places(source)
        self.found = []
        self.chosen = False  # numbers are choices here

    def choice(self, node):
        """Whether an operand is made of numbers and settings alone, here where
        they are choices."""
        names = [name_of(n) for n in ast.walk(node) if isinstance(n, (ast.Name, ast.Attribute)) and name_of(n) != "self"]
        return self.chosen and all(x in self.settings for x in names) and not any(isinstance(n, (ast.Call, ast.Subscript)) for n in ast.walk(node))

    def text(self, node):
        start, end = self.span(node)
        return self.source[start:end]

    def change(self, node, new, kind, where=None):
        start, end = where or self.span(node)
        if node.lineno in self.lines and self.source[start:end] != new:
            self.found.append([node.lineno, kind, self.source[:start] + new + self.source[end:]])

    def between(self, left, right, sign):
        """Where a sign stands between two operands."""
        start, end = self.span(left)[1], self.span(right)[0]
        place = self.source.find(sign, start, end)
        return (place, place + len(sign)) if place >= 0 else None

    def visit_BinOp(self, node):
        left, right = self.text(node.left), self.text(node.right)
        if type(node.op) in SWAPS:
            where = self.between(node.left, node.right, SIGNS[type(node.op)])
            if where:
                self.change(node, SWAPS[type(node.op)], "operator", where)
        if type(node.op) in SIGNS:
            if not isinstance(node.left, ast.Constant) and not self.choice(node.right):
                self.change(node, left, "operand")
            if type(node.op) not in (ast.MatMult, ast.Pow) and not isinstance(node.right, ast.Constant) and not self.choice(node.left):
                self.change(node, right, "operand")
        self.visit(node.left)
        if isinstance(node.op, ast.Pow):
            before, self.chosen = self.chosen, False
            self.visit(node.right)
            self.chosen = before
        else:
            self.visit(node.right)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
            self.change(node, self.text(node.operand), "operator")
        self.generic_visit(node)

    def visit_AugAssign(self, node):
        where = self.between(node.target, node.value, SIGNS.get(type(node.op), "?") + "=")
        if where:
            self.change(node, "=", "+=", where)
            if isinstance(node.op, (ast.Add, ast.Sub)):
                self.change(node, SWAPS[type(node.op)] + "=", "operator", where)
        self.statement(node, True)

    def visit_Assign(self, node):
        names = {self.text(t) for t in node.targets}
        self.statement(node, any(isinstance(n, (ast.Name, ast.Attribute, ast.Subscript)) and self.text(n) in names for n in ast.walk(node.value)))

    def statement(self, node, renews):
        before, self.chosen = self.chosen, renews
        self.visit(node.value)
        self.chosen = before

    def visit_Attribute(self, node):
        if node.attr == "T" and isinstance(node.ctx, ast.Load):
            self.change(node, self.text(node.value), "transposition")
        self.generic_visit(node)

    def visit_Call(self, node):
        name = name_of(node.func)
        axes = [k.value for k in node.keywords if k.arg == "axis"]
        if name in ("sum", "mean", "max") and len(node.args) == 1 and not axes:
            axes += [a for a in node.args if isinstance(a, ast.Constant) and type(a.value) is int]
        for axis in axes:
            if isinstance(axis, ast.Constant) and axis.value in (0, 1):
                self.change(axis, str(1 - axis.value), "axis")
        if name in ("sum", "mean") and isinstance(node.func, ast.Attribute):
            end = self.span(node.func)[1]
            self.change(node.func, {"sum": "mean", "mean": "sum"}[name], "reduction", (end - len(name), end))
        if name in FUNCTIONS and len(node.args) == 1:
            self.change(node, self.text(node.args[0]), "function")
        before = self.chosen
        self.chosen = before or name in ("clip", "minimum", "maximum", "min", "max")
        self.visit(node.func)
        for argument in node.args:
            self.visit(argument)
        self.chosen = before

    def visit_Constant(self, node):
        value = node.value
        if type(value) not in (int, float) or value == 0 or abs(value) < 1e-4:
            return
        if value == 1:
            self.change(node, "2", "constant")
        elif not self.chosen:
            self.change(node, repr(value * 2), "constant")

    def visit_Subscript(self, node):
        self.visit(node.value)  # an index is no arithmetic


def changes(source, lines):
    lister = Lister(source, set(lines))
    lister.visit(ast.parse(source))
    found, seen = [], {ast.dump(ast.parse(source))}
    for line, kind, text in lister.found:
        try:
            same = ast.dump(ast.parse(text))
        except SyntaxError:
            continue
        if same not in seen:
            seen.add(same)
            found.append([line, kind, text])
    return found


# What was said, as changes of the statement that it was said of.

NUMBER = r"-?(?:\d+/\d+|\d+\.?\d*(?:e[-+]?\d+)?)"


def parsed(text):
    """The expression that a finding names, None if it is none."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return None


def same(a, b):
    return ast.dump(a) == ast.dump(b)


def negative(node):
    return ast.UnaryOp(op=ast.USub(), operand=node)


def transposed(node):
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return node.value
    return ast.Attribute(value=node, attr="T", ctx=ast.Load())


def operation(op):
    return lambda a, b: ast.BinOp(left=a, op=op, right=b)


times, over, plus, minus = (operation(o) for o in (ast.Mult(), ast.Div(), ast.Add(), ast.Sub()))


def statements_at(tree, line):
    """The innermost statements that the line is part of: of several on it all."""
    found = [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and n.lineno <= line <= n.end_lineno]
    return [n for n in found if not any(m is not n and m in found for m in ast.walk(n))]


def expressions(statement):
    """The expressions of a statement, without the statements inside it."""
    todo = [statement]
    while todo:
        for child in ast.iter_child_nodes(todo.pop()):
            if isinstance(child, ast.stmt):
                continue
            if isinstance(child, ast.expr):
                yield child
            todo.append(child)


class Program:
    """A program in which what is said of a line can be tried."""

    def __init__(self, source, line, which=0):
        self.source, self.tree = source, ast.parse(source)
        self.statement = (statements_at(self.tree, line)[which:] or [None])[0]

    def again(self, source):
        """The program with a statement that was changed by with_: without its
        comments it stands on another line."""
        p = Program(source, 0)
        old, new = ([n for n in ast.walk(x.tree) if isinstance(n, ast.stmt)] for x in (self, p))
        p.statement = new[old.index(self.statement)]
        return p

    def nodes(self, like=None):
        if self.statement is None:
            return []
        list_ = [n for n in expressions(self.statement) if not isinstance(getattr(n, "ctx", None), ast.Store)]
        return [n for n in list_ if like is None or same(n, like)]

    def called(self, text):
        """The nodes that a finding names; what is long it shortens to its beginning."""
        if text.endswith("\u2026"):
            return [n for n in self.nodes() if (ast.get_source_segment(self.source, n) or "").startswith(text[:-1])]
        old = parsed(text)
        return self.nodes(old) if old is not None else []

    def with_(self, node, make):
        """The source with make(node) in the place of node."""
        for parent in ast.walk(self.statement):
            for name, value in ast.iter_fields(parent):
                if value is node:
                    setattr(parent, name, make(copy.deepcopy(node)))
                    text = ast.unparse(ast.fix_missing_locations(self.tree))
                    setattr(parent, name, node)
                    return text
                if isinstance(value, list):
                    for i, item in enumerate(value):
                        if item is node:
                            value[i] = make(copy.deepcopy(node))
                            text = ast.unparse(ast.fix_missing_locations(self.tree))
                            value[i] = node
                            return text
        return None

    def turned(self):
        """The sources with one sign of the statement turned."""
        yield from self.operators(ast.Add, ast.Sub)
        yield from self.operators(ast.Sub, ast.Add)
        for n in self.nodes():
            if isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.USub):
                yield self.with_(n, lambda m: m.operand)
        for n in self.nodes():
            yield self.with_(n, negative)

    def operators(self, was, is_):
        """The sources with one operator of the statement for another."""
        for n in [self.statement] + self.nodes():
            op = getattr(n, "op", None)
            if isinstance(op, was) and isinstance(n, (ast.AugAssign, ast.BinOp)):
                n.op = is_()
                yield ast.unparse(self.tree)
                n.op = op

    def whole(self):
        """What the statement assigns or returns."""
        value = getattr(self.statement, "value", None)
        return [value] if value is not None else []

    def instead(self, *statements):
        """The source with other statements in the place of this one."""
        for parent in ast.walk(self.tree):
            for name in ("body", "orelse", "finalbody"):
                body = getattr(parent, name, None)
                if isinstance(body, list) and self.statement in body:
                    i = body.index(self.statement)
                    body[i:i + 1] = statements
                    text = ast.unparse(ast.fix_missing_locations(self.tree))
                    body[i:i + len(statements)] = [self.statement]
                    return text
        return None

    def added(self, op=ast.Add):
        """The sources with += or -= for =, element by element or not."""
        s = self.statement
        target = s.targets[0] if isinstance(s, ast.Assign) and len(s.targets) == 1 else getattr(s, "target", None)
        if target is None or getattr(s, "value", None) is None:
            return
        yield self.instead(ast.AugAssign(target=copy.deepcopy(target), op=op(), value=s.value))
        if isinstance(target, ast.Subscript):
            at = ast.parse("np.%s.at(0, 0, 0)" % ("subtract" if ast.Sub in (op, type(getattr(s, "op", None))) else "add")).body[0]
            index = target.slice.value if type(target.slice).__name__ == "Index" else target.slice  # Python before 3.9 has it inside
            at.value.args = [copy.deepcopy(target.value), index, s.value]
            at.value.args[0].ctx = ast.Load()
            yield self.instead(at)

    def renamed(self, names):
        """The source with other names in the statement."""
        list_ = [n for n in self.nodes() if isinstance(n, ast.Name) and n.id in names]
        was = [n.id for n in list_]
        for n in list_:
            n.id = names[n.id]
        text = ast.unparse(self.tree)
        for n, name in zip(list_, was):
            n.id = name
        return text

    def written(self):
        """The source with = for +=."""
        s = self.statement
        if isinstance(s, ast.AugAssign):
            yield self.instead(ast.Assign(targets=[s.target], value=s.value))


def value(number):
    a, _, b = number.partition("/")
    return float(a) / float(b or 1)


def constant(x):
    return ast.UnaryOp(op=ast.USub(), operand=ast.Constant(-x)) if x < 0 else ast.Constant(x)


CODE = r"`([^`]+)`(?: \([^()`]*\))?"
COMPARISONS = {"<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "==": ast.Eq, "!=": ast.NotEq}
OTHER_WAY = {ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}


def exchanged(node):
    """A node with its two operands exchanged, None where it has not two."""
    if isinstance(node, ast.BinOp):
        node.left, node.right = node.right, node.left
    elif isinstance(node, ast.Call) and len(node.args) == 2:
        node.args.reverse()
    elif isinstance(node, ast.Call) and len(node.args) == 1 and isinstance(node.func, ast.Attribute) and node.func.attr == "dot":
        node.func.value, node.args[0] = node.args[0], node.func.value
    elif isinstance(node, ast.Call) and len(node.args) == 3:
        node.args[1:] = node.args[:0:-1]
    else:
        return None
    return node


def reduction(node, name, axes, keep):
    """A call of sum or mean with another name or axis."""
    method = not (isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy"))
    node.func.attr = name
    node.args = node.args[:0 if method else 1]
    node.keywords = [k for k in node.keywords if k.arg not in ("axis", "keepdims")]
    if axes:
        axis = ast.Constant(axes[0]) if len(axes) == 1 else ast.Tuple(elts=[ast.Constant(a) for a in axes], ctx=ast.Load())
        node.keywords.append(ast.keyword(arg="axis", value=axis))
    if keep:
        node.keywords.append(ast.keyword(arg="keepdims", value=ast.Constant(True)))
    return node


def candidates(p, text):
    """The programs that what is said may mean. Each phrase of a finding stands
    here with what it comes to in a statement."""
    for meant, not_ in re.findall(CODE + r" is meant, not `([^`]+)`", text):
        new = parsed(meant)
        for n in p.called(not_) if new is not None else []:
            yield p.with_(n, lambda m: new)
        if not_ == "=" and meant in ("+=", "-="):
            yield from p.added(ast.Add if meant == "+=" else ast.Sub)
    for made, phrase in ((times, "lacks the factor"), (over, "is not divided by")):
        for operand, factor in re.findall(CODE + " " + phrase + " `([^`]+)`", text):
            old, new = parsed(operand), parsed(factor)
            if old is not None and new is not None:
                for n in p.nodes(old):
                    yield p.with_(n, lambda m: made(m, new))
    for what, phrase in ((times, "the factor"), (plus, "the term"), (minus, "the term"), (over, "the division by")):
        for operand in re.findall(phrase + " " + CODE + " is missing", text):
            new = parsed(operand)
            for n in p.nodes() if new is not None else []:
                yield p.with_(n, lambda m: what(m, new))
    for c, operand in re.findall(r"(%s) times (?:what it should be|the derivative)(?:: `([^`]+)`)?" % NUMBER, text):
        if value(c):
            old = parsed(operand) if operand else None
            list_ = p.nodes(old) if old is not None else p.whole()
            if old is None:  # the parts of a display, of which one may be meant
                list_ += [n for n in p.nodes() if isinstance(n, ast.Call) and name_of(n.func) in ("sum", "mean")]
            for n in list_:
                yield p.with_(n, lambda m: over(m, constant(value(c))))
    for c, operand, what in re.findall(r"(%s) times " % NUMBER + CODE + r" is (missing|too many)", text):
        term = parsed(operand)
        if term is not None:
            term = term if value(c) == 1 else times(constant(value(c)), term)
            for n in p.whole():
                yield p.with_(n, lambda m: (plus if what == "missing" else minus)(m, term))
    for c in re.findall(r"the term (%s) is missing|lacks (1)$" % NUMBER, text):
        for n in p.nodes():
            yield p.with_(n, lambda m: plus(m, constant(value(c[0] or c[1]))))
    for operand in re.findall(r"(?<!times )`([^`]+)` is too many", text):
        old = parsed(operand)
        for n in p.nodes() if old is not None else []:
            if isinstance(n, ast.BinOp) and same(n.left, old):
                yield p.with_(n, lambda m: m.right)
            if isinstance(n, ast.BinOp) and same(n.right, old):
                yield p.with_(n, lambda m: m.left)
            # What the program calls by a name of its own is some call of one value.
            if isinstance(n, ast.Call) and len(n.args) == 1 and (name_of(n.func) == operand or operand in FUNCTIONS):
                yield p.with_(n, lambda m: m.args[0])
    operators = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div}
    for was, is_ in re.findall(r"`([-+*/])` should be `([-+*/])`", text):
        yield from p.operators(operators[was], operators[is_])
    if "multiplied by the root of the second moment, not divided" in text:
        yield from p.operators(ast.Mult, ast.Div)
    if re.search(r"goes? up the loss|sign (?:of `[^`]+` )?should be the other|a decay takes it away|with the sign against|decay of `[^`]+` has the wrong sign|the step goes the wrong way", text):
        yield from p.turned()
    for operand in re.findall(r"`([^`]+)` should be under the fraction line", text):
        old = parsed(operand)
        for n in p.nodes() if old is not None else []:
            if isinstance(n, ast.BinOp) and same(n.left, old):
                yield p.with_(n, lambda m: over(m.right, m.left))
    for operand, c in re.findall(r"`([^`]+)` should be (%s)(?![\d`])" % NUMBER, text):
        old = parsed(operand)
        for n in p.nodes(old) if old is not None else []:
            yield p.with_(n, lambda m: constant(value(c)))
    for c in re.findall(r"enters it with [^,]+, not (%s)" % NUMBER, text):
        for n in p.nodes():
            yield p.with_(n, lambda m: constant(value(c)))
        for n in p.nodes():
            yield p.with_(n, lambda m: times(constant(value(c)), m))
    for base, was in re.findall(r"should be divided by 1 - (%s)\*\*t; it is divided by 1 - (%s)\*\*t" % (NUMBER, NUMBER), text):
        for n in p.nodes():
            if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow):
                yield p.with_(n.left, lambda m: constant(value(base)))
    for c in re.findall(r"it should decay by (%s)" % NUMBER, text):
        for n in p.nodes():
            alike = [m for m in p.nodes(n) if not isinstance(m, ast.Call)]
            if len(alike) > 1 and not isinstance(n, ast.Constant):
                again = p
                for i in range(len(alike)):
                    again = again.again(again.with_(again.nodes(n)[0], lambda m: constant(value(c))))
                yield ast.unparse(again.tree)
            yield p.with_(n, lambda m: constant(value(c)))
    for pair in re.findall(r"`(\w+)` and `(\w+)` are exchanged", text):
        yield p.renamed(dict(zip(pair, pair[::-1])))
    if "changes the array itself" in text:
        s = p.statement
        if isinstance(s, ast.Assign) and len(s.targets) == 1 and isinstance(s.targets[0], ast.Name):
            every = ast.Subscript(value=ast.Name(id=s.targets[0].id, ctx=ast.Load()), slice=ast.parse("x[...]", mode="eval").body.slice, ctx=ast.Store())
            yield p.instead(ast.Assign(targets=[every], value=s.value))
    for c in re.findall(r"the exponent should be (%s)" % NUMBER, text):
        for n in p.nodes():
            if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow):
                yield p.with_(n.right, lambda m: constant(value(c)))
            if isinstance(n, ast.Call) and len(n.args) == 1:
                yield p.with_(n, lambda m: ast.BinOp(left=m.args[0], op=ast.Pow(), right=constant(value(c))))
    if "sides of the product are exchanged" in text or "two operands are exchanged" in text or "two choices are exchanged" in text or "the other way round is meant" in text or re.search(r"sides of `[-/]` are exchanged", text):
        turn = parsed((re.findall(r"`([^`]+)` should be transposed", text) or [""])[0])
        for n in p.nodes():
            if exchanged(copy.deepcopy(n)) is not None:
                yield p.with_(n, exchanged)
            if turn is not None:
                for part in ast.walk(n):
                    if part is not n and isinstance(part, ast.expr) and same(part, turn) and exchanged(copy.deepcopy(n)) is not None:
                        again = p.again(p.with_(part, transposed))
                        for k in again.nodes():
                            if exchanged(copy.deepcopy(k)) is not None:
                                yield again.with_(k, exchanged)
                        break
    for operand in re.findall(r"`([^`]+)` should be transposed", text):
        old = parsed(operand)
        for n in p.nodes(old) if old is not None else []:
            yield p.with_(n, transposed)
    if re.search(r"is transposed|product should be transposed|transposition is too many", text):
        for n in p.nodes():
            yield p.with_(n, transposed)
    for name, axes, keep in re.findall(r"(sum|mean) over (all axes|axis \d|the axes [\d, and]+\d)(.*?) is meant", text):
        for n in p.nodes():
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in ("sum", "mean", "max", "min"):
                for k in (False, True):
                    yield p.with_(n, lambda m: reduction(m, name, [int(a) for a in re.findall(r"\d", axes)], k))
    axis = re.search(r"over axis (\d) and should be over axis (\d)", text)
    if axis:
        for n in p.nodes():
            if isinstance(n, ast.Constant) and n.value == int(axis[1]):
                yield p.with_(n, lambda m: ast.Constant(int(axis[2])))
    if re.search(r"they should be added|should be added (?:to what is there )?\(`\+=`\)|np\.add\.at or np\.subtract\.at is meant", text):
        yield from p.added()
    if re.search(r"should be written \(`=`\)|is never cleared", text):
        yield from p.written()
    if "the line is too many" in text:
        yield p.instead(ast.Pass())
    for sign in re.findall(r"the comparison should be `([<>=!]+)`", text):
        for n in p.nodes():
            if isinstance(n, ast.Compare):
                yield p.with_(n, lambda m: ast.Compare(left=m.left, ops=[COMPARISONS[sign]()], comparators=m.comparators))
    if "the mask is the other way round" in text:
        for n in p.nodes():
            if isinstance(n, ast.UnaryOp) and isinstance(n.op, ast.Invert):
                yield p.with_(n, lambda m: m.operand)
            if isinstance(n, ast.Compare):
                yield p.with_(n, lambda m: ast.Compare(left=m.left, ops=[OTHER_WAY.get(type(o), type(o))() for o in m.ops], comparators=m.comparators))
    unary = [n for n in p.nodes() if isinstance(n, ast.Call) and len(n.args) == 1]
    for n in unary:
        if "one over it is meant" in text:
            yield p.with_(n, lambda m: over(ast.Constant(1), m))
        if "its square is meant" in text:
            yield p.with_(n, lambda m: times(m, m))
        if "of the negative value" in text:
            yield p.with_(n.args[0], negative)
    if "the gradient's square is meant" in text:
        for n in p.nodes():
            yield p.with_(n, lambda m: times(m, m))
    if "the gradient itself is meant" in text or "the step is a multiple of" in text:
        for n in p.nodes():
            if isinstance(n, ast.BinOp):
                yield p.with_(n, lambda m: m.left)
                yield p.with_(n, lambda m: m.right)
        for n in unary:
            yield p.with_(n, lambda m: m.args[0])
    if "not by its root" in text:
        for n in p.nodes():
            yield p.with_(n, lambda m: ast.BinOp(left=m, op=ast.Pow(), right=ast.Constant(0.5)))


def numbers(text):
    return [float(x) for x in re.findall(r"[-+]?(?:\d+\.\d*(?:e[-+]?\d+)?|\d+|inf|nan)", text)]


def apart(a, b):
    """How far the numbers of two outputs are from each other, at most."""
    a, b = numbers(a), numbers(b)
    if len(a) != len(b):
        return float("inf")
    far = 0.0
    for x, y in zip(a, b):
        if x == y or x != x and y != y:
            continue
        d = abs(x - y) / (abs(x) + abs(y))
        far = max(far, d if d == d else float("inf"))
    return far


def mend(wrong, right, line, text, out, name):
    truth, tried = ast.unparse(ast.parse(right)), []
    places = [Program(wrong, line, i) for i in range(len(statements_at(ast.parse(wrong), line)))]
    for p in places:
        for source in candidates(p, text):
            if source == truth:
                return "the right statement"
            if source is not None and source not in tried:
                tried.append(source)
    limit = 1e-3 * min(1, apart(run(wrong, name)["out"], out)) + 1e-9 if tried else 0
    failed = not tried
    for source in tried[:TRIES]:
        ran = run(source, name)
        if apart(ran["out"], out) < limit:
            return "the right run"
        failed = failed or ran["error"] != ""
    if failed:
        for i, p in enumerate(places):
            if differs_so(p, Program(right, line, i), text):
                return "the right operand"
    return ""


def differs_so(p, q, text):
    """Whether a statement differs from the right one exactly where it is said,
    and how: by a value that goes by another name than the statement could use,
    or by what is left out or too many, told by what it is."""
    wrong, right = ast.unparse(p.tree), ast.unparse(q.tree)
    if re.search(r"makes (?:all|both|the wrong)", text):
        for not_ in re.findall(r"is meant, not `([^`]+)`", text):
            old = parsed(not_)
            for n in p.nodes(old) if old is not None else []:
                if any(not same(n, m) and p.with_(n, lambda _: copy.deepcopy(m)) == right for m in q.nodes()):
                    return True
    sums, factors = (ast.Add, ast.Sub), (ast.Mult, ast.Div)
    if re.search(r"the term `[^`]+` .*is missing|is left out", text) and wrong in shorter(q, sums):
        return True
    if re.search(r"(?:the factor|the division by) `[^`]+` .*is missing|the derivative of the .* is missing", text) and wrong in shorter(q, factors):
        return True
    return "has it in it already" in text and any(right in shorter(p.again(less), factors) for less in [wrong] + shorter(p, factors))


def shorter(p, operators):
    """The sources in which one operand of such an operator is left out."""
    found = []
    for m in p.nodes():
        if isinstance(m, ast.BinOp) and isinstance(m.op, operators):
            found += [p.with_(m, lambda n: n.left), p.with_(m, lambda n: n.right)]
    return found


def answer(q):
    if q["do"] == "run":
        return compared(q["source"], q["name"], q["out"])
    if q["do"] == "list":
        return {"changes": changes(q["source"], q["lines"])}
    return {"by": mend(q["source"], q["right"], q["line"], q["text"], q["out"], q["name"])}


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for question in sys.stdin:
        answers.write(json.dumps(answer(json.loads(question))) + "\n")
        answers.flush()
