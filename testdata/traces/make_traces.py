"""Writes traces of NumPy networks, right ones and wrong ones, and what a judge
must find in each.

    python3 make_traces.py OUTDIR           all
    python3 make_traces.py --small OUTDIR   some of them, with fewer steps: what
                                            golden/ holds
    python3 make_traces.py --only dx OUTDIR those with dx in their names
    python3 make_traces.py --thin 300 OUTDIR  300 of the right ones at random, with
                                            names left out at random

OUTDIR/index.json is a list of {"file", "clean", "expect", "then",
"note_contains", "about"}; cases.py says what each means. The same seeds give
the same traces wherever NumPy and its BLAS are the same, and traces that are
equal but for last digits elsewhere. Needs Python 3.7 and NumPy 1.17, or newer.
"""
import argparse
import os
import sys

# Last digits must not depend on how many threads a product is split over.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
sys.dont_write_bytecode = True

import numpy as np  # noqa: E402: after the threads

import clean  # noqa: E402
import faulty  # noqa: E402
import thin  # noqa: E402
from cases import write_index  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description="Write traces for the audit's tests.")
    parser.add_argument("outdir")
    parser.add_argument("--small", action="store_true", help="for keeping: some of them, with fewer steps")
    parser.add_argument("--thin", type=int, default=0, metavar="N", help="N right ones with names left out")
    parser.add_argument("--only", default="", help="those whose name has this in it")
    args = parser.parse_args()
    os.makedirs(args.outdir, exist_ok=True)
    if args.thin:
        thin.write(args.outdir, clean.cases(), args.thin)
        return
    index, names = [], set()
    for case in clean.cases() + faulty.cases():
        if case.name in names:
            sys.exit("two cases are called " + case.name)
        names.add(case.name)
        if args.small and not case.small or args.only not in case.name:
            continue
        with np.errstate(all="ignore"):
            case.write(args.outdir, args.small)
        index.append(case.entry())
    write_index(args.outdir, index)


if __name__ == "__main__":
    main()
