"""Runs scripts in forked children of a Python that has NumPy loaded already.

A line of standard input asks for one: {"dir": its working directory, "argv":
its path and arguments, "output": the file for what it writes}. A line of
standard output answers with its exit status, negative where a signal ended it.
"""
import ast  # and what else the recorder needs
import atexit
import copy
import gc
import hashlib
import importlib.resources
import json
import os
import sys
import tempfile
import threading
import types
import zipfile

import numpy

compiled = {}
gc.collect()
gc.freeze()  # a child's collections leave alone, and so do not copy, what is there


def asked():
    """Waits for requests. Returns one in each child, and None at the end."""
    for line in sys.stdin.buffer:
        request = json.loads(line)
        script = request["argv"][0]
        if script not in compiled:
            with open(script, "rb") as f:
                source = f.read()
            try:
                compiled[script] = compile(source, script, "exec", dont_inherit=True)
            except SyntaxError:
                pass  # the child compiles it again, and says so
        child = os.fork()
        if child == 0:
            return request
        status = os.waitpid(child, 0)[1]
        print(os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status), flush=True)


def leave():
    """Ends a script that did not raise without taking all of Python apart."""
    if ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended[0] & 0xFF)


request = asked()
if request is not None:
    ended = []  # with its exit status
    atexit.register(leave)  # the first to be registered is the last to be called
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in (nothing, 0), (output, 1), (output, 2):
        os.dup2(old, new)
    os.chdir(request["dir"])
    sys.argv = request["argv"]
    script = sys.argv[0]
    sys.path[0] = os.path.dirname(script)
    sys.stdin = open(0)
    main = types.ModuleType("__main__")
    main.__file__ = script
    sys.modules["__main__"] = main
    code = compiled.get(script)
    if code is None:
        with open(script, "rb") as f:
            code = compile(f.read(), script, "exec")
    try:
        exec(code, main.__dict__)
        ended.append(0)
    except SystemExit as e:
        if not isinstance(e.code, (int, type(None))):
            raise
        ended.append(e.code or 0)
