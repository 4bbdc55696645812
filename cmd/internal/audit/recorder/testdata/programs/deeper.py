import numpy as np
import sys


def down(x, n):
    y = x * 1.0
    return down(y, n + 1)


try:
    down(np.ones(2), 0)
except RecursionError as e:
    print("too deep")


def level(n):
    try:
        return level(n + 1)
    except RecursionError:
        return n


print(level(0) > 900)
sys.exit("a message")
