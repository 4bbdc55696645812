"""Lists the small changes that can be made to the arithmetic of a program.

    python3 mutate.py < program.py

Prints JSON, a list of [line, start, end, new, kind]: the characters from start
to end of the source are to be replaced by new. A change is one operator, one
operand, one axis, one constant, one transposition or one += of a statement.
"""
import ast
import json
import sys

source = sys.stdin.read()
starts = [0]
for text in source.splitlines(True):
    starts.append(starts[-1] + len(text))
lines = source.splitlines(True)


def at(line, column):
    """The place of a column, which ast counts in bytes, in the source."""
    return starts[line - 1] + len(lines[line - 1].encode()[:column].decode())


def span(node):
    return at(node.lineno, node.col_offset), at(node.end_lineno, node.end_col_offset)


changes = []


def change(node, new, kind, where=None):
    start, end = where or span(node)
    if source[start:end] != new:
        changes.append([node.lineno, start, end, new, kind])


SWAPS = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}
SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.MatMult: "@"}


def between(node, left, right, sign):
    """Where the sign stands between two operands."""
    start, end = span(left)[1], span(right)[0]
    place = source.find(sign, start, end)
    return (place, place + len(sign)) if place >= 0 else None


class Lister(ast.NodeVisitor):
    def visit_BinOp(self, node):
        left, right = source[slice(*span(node.left))], source[slice(*span(node.right))]
        sign = SIGNS.get(type(node.op))
        if type(node.op) in SWAPS:
            where = between(node, node.left, node.right, sign)
            if where:
                change(node, SWAPS[type(node.op)], "operator", where)
        if sign:
            change(node, left, "operand")
            if type(node.op) is not ast.MatMult:
                change(node, right, "operand")
        self.generic_visit(node)

    def visit_UnaryOp(self, node):
        if isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
            change(node, source[slice(*span(node.operand))], "operator")
        self.generic_visit(node)

    def visit_AugAssign(self, node):
        sign = SIGNS.get(type(node.op))
        where = between(node, node.target, node.value, sign + "=") if sign else None
        if where:
            change(node, "=", "+=", where)
            if type(node.op) in SWAPS and sign in "+-":
                change(node, SWAPS[type(node.op)] + "=", "operator", where)
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if node.attr == "T" and isinstance(node.ctx, ast.Load):
            change(node, source[slice(*span(node.value))], "transposition")
        self.generic_visit(node)

    def visit_Call(self, node):
        name = getattr(node.func, "attr", "")
        axes = [k.value for k in node.keywords if k.arg == "axis"]
        if name in ("sum", "mean", "max") and len(node.args) == 1 and isinstance(node.func, ast.Attribute):
            axes += [a for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, int)]
        for axis in axes:
            if isinstance(axis, ast.Constant) and axis.value in (0, 1):
                change(axis, str(1 - axis.value), "axis")
        if name in ("sum", "mean") and isinstance(node.func, ast.Attribute):
            end = span(node.func)[1]
            change(node.func, {"sum": "mean", "mean": "sum"}[name], "reduction", (end - len(name), end))
        if name in ("tanh", "exp", "log", "sqrt") and len(node.args) == 1:
            change(node, source[slice(*span(node.args[0]))], "function")
        self.generic_visit(node)

    def visit_Constant(self, node):
        if type(node.value) in (int, float) and node.value not in (0, 1):
            change(node, repr(node.value * 2), "constant")
        elif node.value in (1,) and type(node.value) in (int, float):
            change(node, "2", "constant")

    def visit_Subscript(self, node):
        self.visit(node.value)  # an index is no arithmetic


Lister().visit(ast.parse(source))
json.dump(changes, sys.stdout)
