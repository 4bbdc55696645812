"""A module beside the program."""
import numpy as np

__all__ = ["scale", "doctest"]
_hidden = np.arange(3) * 2


def scale(x):
    return x / 2


def doctest(x):
    """
    >>> doctest(2)
    4
    """
    return x * 2
