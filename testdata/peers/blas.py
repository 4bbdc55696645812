"""Which BLAS this process has loaded."""
import ctypes


def loaded():
    """(name and version, core type) of the OpenBLAS in this process; ("", "")
    where there is none or it cannot be asked."""
    config, core = asked()
    return " ".join(config.split()[:2]), core


def has_own_threads():
    """Whether there is an OpenBLAS here with threads other than OpenMP's."""
    config, _ = asked()
    return bool(config) and "USE_OPENMP" not in config


def asked():
    """What the OpenBLAS in this process says of its build and its core type."""
    for path in libraries():
        try:
            lib = ctypes.CDLL(path)
        except OSError:
            continue
        config = ask(lib, "get_config")
        if config:
            return config, ask(lib, "get_corename")
    return "", ""


def libraries():
    """The paths of the shared libraries that may be a BLAS."""
    try:
        with open("/proc/self/maps") as f:
            paths = {line.split(None, 5)[5].strip() for line in f if "/" in line}
    except OSError:
        return []
    return sorted(path for path in paths if "blas" in path.rsplit("/", 1)[-1].lower())


def ask(lib, what):
    """What openblas_<what>() says, under any of the names builds give it."""
    for prefix in ("", "scipy_"):
        for suffix in ("", "64_", "_64", "64"):
            try:
                f = getattr(lib, prefix + "openblas_" + what + suffix)
            except AttributeError:
                continue
            f.restype = ctypes.c_char_p
            f.argtypes = []
            return f().decode()
    return ""
