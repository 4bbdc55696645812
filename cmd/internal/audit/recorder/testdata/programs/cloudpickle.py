"""Sends a function to another process as the library of this name does: its code,
and the globals that it reads, modules by their names."""
import marshal
import pickle
import types

CALL = """
import importlib, marshal, pickle, sys, types
code, names, modules, x = pickle.load(sys.stdin.buffer)
names.update((k, importlib.import_module(m)) for k, m in modules.items())
print(types.FunctionType(marshal.loads(code), names)(x))
"""


def dumps(f, x):
    names, modules = {}, {}
    for k in f.__code__.co_names:
        v = f.__globals__.get(k)
        if isinstance(v, types.ModuleType):
            modules[k] = v.__name__
        elif k in f.__globals__:
            names[k] = v
    return pickle.dumps((marshal.dumps(f.__code__), names, modules, x))
