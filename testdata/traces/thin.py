"""Right traces with names left out at random: whatever a student records, what
is right must come out clean. The parameters always stay."""
import os
import random

import numpy as np

from cases import save, write_index


def write(folder, cases, count):
    cases = [c for c in cases if c.small and not c.expect]
    rng = random.Random(7)
    built, index = {}, []
    for i in range(count):
        case = rng.choice(cases)
        if case.name not in built:
            with np.errstate(all="ignore"):
                built[case.name] = case.build()
        steps, net = built[case.name]
        names = sorted(set(name for tensors in steps.values() for name in tensors))
        often = rng.choice([0.3, 0.6, 0.9])
        kept = [n for n in names if n[0] in "xyWb" and "_" not in n or rng.random() < often]
        if case.saving.get("drop") or case.saving.get("only"):
            continue
        saving = dict(case.saving, only="|".join(kept), lr=rng.random() < 0.8)
        name = "thin-%03d-%s.npz" % (i, case.name[len("clean-"):])
        save(os.path.join(folder, name), steps, net, **saving)
        out = [n for n in names if n not in kept] + ([] if saving["lr"] else ["lr"])
        index.append({"file": name, "clean": True, "expect": [], "about": "without " + " ".join(out)})
    write_index(folder, index)
