"""How a peer answers cmd/bench: lines on standard input and output.

The first line it writes is a JSON object that says what it is. Then

    run WARM REPS WORK...    does the work WARM times, then REPS times, and
                             answers the seconds that the latter took
    check STEPS WORK...      does the work STEPS times from its beginning and
                             answers two numbers that tell what came of it

where WORK is for instance `step moons rows 800`. Whatever goes wrong is
answered by a line that starts with "error:". The end of standard input ends
the peer. Between two lines it sleeps.
"""
import json
import signal
import sys
import time


def serve(about, build):
    """build(words) returns two functions for a work: run(reps), and check(steps),
    which returns two numbers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is cmd/bench's affair
    say(json.dumps(about))
    at, run = None, None
    for line in sys.stdin:
        words = line.split()
        try:
            if words[0] == "check":
                say("%.17g %.17g" % build(words[2:])[1](int(words[1])))
                continue
            if words[0] != "run":
                raise ValueError("no command %s" % words[0])
            if words[3:] != at:  # one work in hand: some have large operands
                at, run = None, None
                run = build(words[3:])[0]
                at = words[3:]
            warm, reps = int(words[1]), int(words[2])
            if warm:
                run(warm)
            start = time.perf_counter()
            did = run(reps) or reps
            took = time.perf_counter() - start
            say("%.9e" % (took * reps / did))
        except Exception as e:
            say("error: %s: %s" % (type(e).__name__, " ".join(str(e).split())))


def say(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def data():
    """The arrays of the file that cmd/bench names: data and first weights."""
    import numpy as np
    with np.load(sys.argv[1]) as f:
        return {name: f[name] for name in f.files}


def epochs(n, size, np):
    """The rows of each step: slices of a permutation drawn anew each epoch."""
    while True:
        order = np.random.permutation(n)
        for i in range(0, n, size):
            yield order[i:i + size]


def outcome(np, p, y, params):
    """What a check answers: the loss of the probabilities p and the sum of the
    squares of the parameters."""
    loss = -np.sum(y * np.log(p + 1e-7)) / len(y)
    return loss, sum(float(np.sum(np.square(w))) for w in params)
