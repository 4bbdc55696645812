"""Run the solutions beside this file under the recorder.

    run.py NAME [FAULT] OUT.npz    one solution, with a mistake put into it or not
    run.py NAME [FAULT] -          the same without the recorder
    run.py --all DIR               every line of solutions.json: NAME.npz or
                                   NAME.FAULT.npz in DIR, and what it prints in
                                   a .txt beside it
    run.py --all DIR --plain       the same without the recorder: the .txt only
    run.py --all DIR --right       the right ones only

Prints what the solution prints and, last, the SHA-256 of its final parameters.
--recorder PATH says where glassbox_record.py is, --steps 0,1,5 which steps.

solutions.json has a line for each: the solution (name, file, the module to
train with, where its classes are), fault (null: it is right), and what an audit
should say of its trace: level (clean, warning, error; meta: no tensor shows it,
only the trace's meta does), the first tensor that is wrong, the step from which
it shows (0 if absent) and the cause by its name in the catalogue ("" where the
catalogue has none).
"""
import argparse
import atexit
import hashlib
import importlib
import json
import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.dont_write_bytecode = True
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDER = os.path.join(HERE, "..", "..", "cmd", "audit", "recorder", "glassbox_record.py")


def table():
    with open(os.path.join(HERE, "solutions.json"), encoding="utf-8") as f:
        return json.load(f)


def recorder(path):
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    import glassbox_record
    return glassbox_record


def digest(arrays):
    h = hashlib.sha256()
    for a in arrays:
        h.update(np.ascontiguousarray(a).tobytes())
    return h.hexdigest()


def run(entry, fault, out, args):
    """Trains the solution; out is None to leave the recorder out."""
    os.environ["FAULT"] = fault or ""
    folder = os.path.dirname(os.path.join(HERE, entry["file"]))
    sys.path.insert(0, HERE)
    if not os.path.exists(os.path.join(folder, "__init__.py")):
        sys.path.insert(0, folder)
    name = entry["module"]
    steps = [int(s) for s in args.steps.split(",")] if args.steps else None
    if entry.get("notebook"):
        cells = importlib.import_module(name)
        space = {"__name__": "__main__"}
        for cell in cells.CELLS:
            exec(cell, space)
        if out:
            recorder(args.recorder).record(space, out, steps=steps)
        exec(cells.TRAIN, space)
        final = space["final"]
    else:
        program = importlib.import_module(name)
        if out:
            recorder(args.recorder).record(importlib.import_module(entry["classes"]), out, steps=steps)
        final = program.train()
    print("digest", digest(final))
    sys.stdout.flush()
    if entry.get("notebook"):
        sys.stderr.flush()
        os._exit(0)


def run_all(folder, args):
    os.makedirs(folder, exist_ok=True)
    if not args.plain:
        recorder(args.recorder)  # once, not in every child
    failed = []
    for entry in table():
        name, fault = entry["name"], entry["fault"]
        if fault and args.right:
            continue
        out = os.path.join(folder, name + ("." + fault if fault else "") + ".npz")
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                sys.stdout = open(out[:-4] + ".txt", "w")
                sys.stderr = open(out[:-4] + ".err", "w")
                run(entry, fault, None if args.plain else out, args)
                atexit._run_exitfuncs()
                status = 0
            except BaseException:
                import traceback
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        if os.waitpid(pid, 0)[1] != 0:
            failed.append(out)
    for out in failed:
        print("failed:", out)
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="NAME [FAULT] OUT")
    parser.add_argument("--all", metavar="DIR")
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--right", action="store_true")
    parser.add_argument("--recorder", default=RECORDER)
    parser.add_argument("--steps")
    args = parser.parse_args()
    if args.all:
        return run_all(args.all, args)
    if len(args.words) not in (2, 3):
        parser.error("expected NAME [FAULT] OUT.npz")
    name, out = args.words[0], args.words[-1]
    fault = args.words[1] if len(args.words) == 3 else None
    for entry in table():
        if entry["name"] == name and entry["fault"] == fault:
            run(entry, fault, None if out == "-" else out, args)
            return 0
    parser.error("solutions.json has no %s with fault %s" % (name, fault))


if __name__ == "__main__":
    sys.exit(main())
