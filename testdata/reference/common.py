"""What the reference scripts share: the environment, seeds, and the output."""
import json
import os
import platform
import sys

# One BLAS thread unless the caller says otherwise: the golden files must not
# depend on how a library splits a sum. To be set before NumPy is imported,
# so import this module first.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")


def seed_list(text):
    """ "0-9" -> [0, ..., 9]; "42" -> [42]; "1,4-6" -> [1, 4, 5, 6]. """
    seeds = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds.extend(range(int(first), int(last or first) + 1))
    return seeds


def blas():
    """The BLAS that NumPy is running on, as text."""
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "unknown (threadpoolctl is not installed)"
    found = {
        "%s %s, %s, %s thread(s)" % (lib["internal_api"], lib["version"],
                                     lib.get("architecture", "?"), lib["num_threads"])
        for lib in threadpool_info() if lib.get("user_api") == "blas"
    }
    return "; ".join(sorted(found)) or "unknown"


def made_with():
    """Versions of everything that can change a last digit."""
    import numpy
    import sklearn
    libc = " ".join(platform.libc_ver()) or "unknown libc"
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "sklearn": sklearn.__version__,
        "blas": blas(),
        "machine": "%s %s, %s" % (platform.system(), platform.machine(), libc),
    }


def write(document):
    """Print document as JSON, one line for each member of its "runs".

    json prints the shortest decimal that reads back to the same float64, so
    nothing is rounded. NaN and infinities are refused.
    """
    out = sys.stdout
    out.write("{\n")
    for name, value in document.items():
        if name != "runs":
            out.write("%s: %s,\n" % (json.dumps(name), compact(value)))
    out.write('"runs": [\n')
    out.write(",\n".join(compact(run) for run in document["runs"]))
    out.write("\n]\n}\n")


def compact(value):
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
