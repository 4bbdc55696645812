"""Remakes the golden files and iris.csv: python3 testdata/reference/make.py

Needs NumPy and scikit-learn; takes about a minute. Names given as arguments
(part1 part2-default ...) remake only those. Other versions of NumPy or of its
BLAS may change last digits; each file says what it was made with.
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "golden")
IRIS = os.path.join(HERE, "..", "iris.csv")

LONG = "--sgd --max_steps 45000 --eval_freq 500"
FILES = {
    "part1": "part1.py --seeds 0-9",
    "part2-default": "part2.py --seeds 0-9 --mode default",
    "part2-default-sgd": "part2.py --seeds 0-9 --mode default --sgd",
    "part2-default-sgd-45000": "part2.py --seeds 0-9 --mode default " + LONG,
    "part2-as_reported": "part2.py --seeds 0-9 --mode as_reported",
    "part2-as_reported-sgd": "part2.py --seeds 0-9 --mode as_reported --sgd",
    "part2-as_reported-sgd-45000": "part2.py --seeds 0-9 --mode as_reported " + LONG,
    "part2-batch": "part2.py --seeds 0-2 --batch_size 96 --momentum 0.9 --dnn_hidden_units 16,8"
                   " --max_steps 500 --learning_rate 0.05",
    "part2-sum": "part2.py --seeds 0-2 --init randn --reduction sum --learning_rate 1e-4 --max_steps 500",
    "iris": "part2.py --seeds 42 --data IRIS",
    "iris-standardized": "part2.py --seeds 42 --data IRIS --standardize",
}


def write_iris():
    """Fisher's iris as scikit-learn ships it, one flower a line."""
    from sklearn.datasets import load_iris
    iris = load_iris()
    names = [name.replace(" (cm)", "").replace(" ", "_") + "_cm" for name in iris.feature_names]
    with open(IRIS, "w", encoding="utf-8", newline="\n") as f:
        f.write(",".join(names + ["species"]) + "\n")
        for row, label in zip(iris.data, iris.target):
            f.write(",".join([repr(float(v)) for v in row] + [str(iris.target_names[label])]) + "\n")


def main():
    names = sys.argv[1:] or ["iris.csv"] + list(FILES)
    unknown = [name for name in names if name != "iris.csv" and name not in FILES]
    if unknown:
        sys.exit("unknown: %s; known: iris.csv %s" % (" ".join(unknown), " ".join(FILES)))
    os.makedirs(GOLDEN, exist_ok=True)
    for name in names:
        if name == "iris.csv":
            write_iris()
            continue
        script, *args = FILES[name].replace("IRIS", IRIS).split()
        made = subprocess.run([sys.executable, os.path.join(HERE, script)] + args,
                              check=True, stdout=subprocess.PIPE)
        with open(os.path.join(GOLDEN, name + ".json"), "wb") as f:
            f.write(made.stdout)
        print("%-28s %6.1f kB" % (name, len(made.stdout) / 1000))


if __name__ == "__main__":
    main()
