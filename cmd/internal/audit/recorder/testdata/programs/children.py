"""Children of the program are no part of what is recorded."""
import multiprocessing
import os
import subprocess
import sys
import threading

import numpy as np

import cloudpickle


def work(k):
    w = np.ones(3) * k
    for _ in range(20):
        w -= 0.1 * w
    return w.sum()


if __name__ == "__main__":
    for how in ("fork", "spawn"):
        with multiprocessing.get_context(how).Pool(2) as pool:
            print(how, pool.map(work, range(3)))
    subprocess.run([sys.executable, "-c", cloudpickle.CALL], input=cloudpickle.dumps(work, 4), check=True)
    out = []
    threads = [threading.Thread(target=lambda: out.append(work(5))) for _ in range(3)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    print(out)
    sys.stdout.flush()
    if os.fork() == 0:
        print("child", work(2))
        sys.stdout.flush()
        os._exit(0)
    os.wait()
    raise KeyboardInterrupt
