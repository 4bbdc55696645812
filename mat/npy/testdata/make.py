"""Writes the .npy and .npz files beside it, which the tests of mat/npy read.

    python3 mat/npy/testdata/make.py

Made with Python 3.11.2 and NumPy 1.24.2. golden_test.go has the same numbers.
"""

import os

import numpy as np

FLOATS = [0.0, -0.0, 1.0, -1.5, np.inf, -np.inf, np.nan, 0.25, 2.0**-14, 2.0**-24, 65504.0, -3.140625]


def numbers(code):
    """Twelve numbers that the type has, among them its extremes."""
    if code == "b1":
        return [i % 3 == 0 for i in range(12)]
    if code[0] == "f":
        return FLOATS
    limits = np.iinfo(code)
    return [0, 1, 2, int(limits.min), int(limits.max), 3, 4, 5, 6, 7, 8, 9]


def kinds():
    arrays = {}
    for code in ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "b1"]:
        for name, order in [("little", "<"), ("big", ">")]:
            a = np.array(numbers(code), dtype=code).astype(order + code)
            arrays[f"{code}_{name}_c"] = a.reshape(2, 3, 2)
            arrays[f"{code}_{name}_fortran"] = np.asfortranarray(a.reshape(2, 3, 2))
    floats = np.array(FLOATS)
    arrays["axes_0"] = np.float64(-1.5)
    arrays["axes_1"] = floats
    arrays["axes_2"] = floats.reshape(3, 4)
    arrays["axes_2_fortran"] = np.asfortranarray(floats.reshape(3, 4))
    arrays["empty_1"] = np.zeros(0)
    arrays["empty_2"] = np.zeros((0, 3))
    arrays["empty_3_fortran"] = np.asfortranarray(np.zeros((3, 2, 0)))
    names = ["moons", "", "größe ✓ 🙂", " a\0b "]
    arrays["text_0"] = np.array("{\"layout\": \"in×out\"}")
    arrays["text_1_little"] = np.array(names).astype("<U10")
    arrays["text_1_big"] = np.array(names).astype(">U10")
    arrays["text_bytes"] = np.array([s.encode() for s in names])
    arrays["text_empty"] = np.array([], dtype="<U1")
    return arrays


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    np.savez("stored.npz", **kinds())
    np.savez_compressed("compressed.npz", **kinds())
    np.savez("none.npz")
    np.savez("small.npz", y=np.array([0, 1]), meta=np.array("ü"))
    np.savez_compressed("small_compressed.npz", y=np.array([0, 1]), meta=np.array("ü"))
    a = np.array(FLOATS).reshape(3, 4)
    for version in [1, 2, 3]:
        with open(f"version{version}.npy", "wb") as f:
            np.lib.format.write_array(f, a, version=(version, 0))
    np.save("fortran.npy", np.asfortranarray(a.astype(">f4")))


main()
