import asyncio

import numpy as np


def kind(x):
    match x:
        case {"w": w, **rest}:
            return f"dict of {w.shape} and {sorted(rest)}"
        case [a, *others] if len(others) < 2:
            return f"list from {a}"
        case np.ndarray(ndim=2):
            return "matrix"
        case 0 | 1 as small:
            return small + 10
        case _:
            return "else"


async def wait(x):
    await asyncio.sleep(0)
    return x * 2


async def several(x):
    return [await wait(v) for v in x] + [v async for v in stream(x)]


async def stream(x):
    for v in x:
        yield v + 1


def both(a, /, b, *, c=2):
    return a + b * c


if (n := len(np.arange(3))) > 2:
    print(n, [last := k + 1 for k in [1, 2]], last)
print(kind({"w": np.eye(2), "b": 1}), kind([np.ones(1)]), kind(np.eye(2)), kind(1), kind("x"))
print(asyncio.run(several(np.arange(2.0))), both(np.ones(1), 2, c=3), f"{n=} {np.eye(2)[0]=}")
x = np.arange(4.0)
x[*(0,)] += 2
print(x, x[*(slice(1, 3),)])
