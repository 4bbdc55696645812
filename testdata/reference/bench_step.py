"""Times one training step of the 2-20-2 network in NumPy, as JSON.

A step is forward, backward and update of network.py's MLP, with a softmax and
the mean reduction, on 800 points of make_moons: once on all of them, once on a
single one. Every time is in microseconds: the median (and the least) of
--repeats runs of as many steps as fill --slice seconds. NumPy's BLAS runs with
one thread and then with as many as it takes by itself.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def measure(repeats, slice_seconds):
    import common
    import numpy as np
    import part2
    from network import MLP

    np.random.seed(0)
    x, y, _, _ = part2.moons(1000, 0.05)
    model = MLP(2, [20], 2)

    def step(x, y):
        pred = model(x)
        model.backward(model.loss_fc.backward(pred, y))
        model.update(1e-2)

    def full():
        step(x, y)

    def single():
        step(x[5:6], y[5:6])

    def single_drawn():
        i = np.random.randint(len(x))
        step(x[i:i + 1], y[i:i + 1])

    def clock(f):
        n, took = 1, 0.0
        while took < slice_seconds:  # find how many steps fill a slice; warms up too
            n *= 2
            took = elapsed(f, n)
        times = [1e6 * elapsed(f, n) / n for _ in range(repeats)]
        return {"median": statistics.median(times), "min": min(times), "steps": n}

    return {
        "blas": common.blas(),
        "full_batch_us": clock(full),
        "single_sample_us": clock(single),
        "single_sample_with_randint_us": clock(single_drawn),
    }


def elapsed(f, n):
    start = time.perf_counter()
    for _ in range(n):
        f()
    return time.perf_counter() - start


THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def child(args, threads):
    """Measures in a process of its own: a BLAS reads its threads when loaded."""
    env = {k: v for k, v in os.environ.items() if k not in THREADS}
    for name in THREADS:
        env[name] = str(threads)
    out = subprocess.run([sys.executable, os.path.abspath(__file__), "--measure",
                          "--repeats", str(args.repeats), "--slice", str(args.slice)],
                         env=env, check=True, stdout=subprocess.PIPE)
    return json.loads(out.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--slice", type=float, default=0.1, help="seconds of each repeat")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        print(json.dumps(measure(args.repeats, args.slice)))
        return
    import common
    print(json.dumps({
        "made_with": common.made_with(),
        "cpus": os.cpu_count(),
        "one_thread": child(args, 1),
        "default_threads": child(args, os.cpu_count()),
    }, indent=2))


if __name__ == "__main__":
    main()
