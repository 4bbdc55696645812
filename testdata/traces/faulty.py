"""Traces with a mistake in them, and what a judge must find first."""
import numpy as np

import mistakes as m
from cases import Case, finding, training, warning
from clean import GRADIENTS, PARAMETERS, DeadUnits, SteepLast, m_class, zero_rows
from net import Net

SMALL, DEEP, WIDE = (3, 6, 3), (2, 9, 7, 5, 3), (2, 40, 2)

KEPT = ("-in-place", "-copied", "-parameters", "-gradients", "-no-dh", "-whole-batch", "-1e-05", "-from-zero")

VARIANTS = ("fault-gradient-accumulated-late", "fault-stale-gradient-late", "fault-stale-gradient-again-steps-only",
            "fault-sum-loss-mean-gradient-at-dw", "two-db-mean-dx-with-dw-sum-deep", "unknown-loss-times-1.5-sum")


def cases():
    found = []

    def wrong(name, build, *expect, **more):
        more.setdefault("small", name not in VARIANTS)
        found.append(Case(name, build, more.pop("clean", False), expect, **more))

    def fault(name, net, tensor, sizes=SMALL, step=0, suffix="", level="error", save=None, cause=None, then=(), about="", **more):
        """A case called after its fault."""
        more.setdefault("bias_start", 0.1)
        wrong("fault-" + name + suffix, training(net, sizes, **more), finding(step, tensor, cause or name, level),
              then=then, about=about, small=not suffix or suffix in KEPT, **(save or {}))

    forward(fault, wrong)
    loss(fault, wrong)
    backward(fault, wrong)
    updates(fault, wrong)
    pairs(wrong)
    unknown(wrong)
    edges(wrong)
    return found


def forward(fault, wrong):
    fault("inverted-he-init", m.InvertedHe, "W1", (20, 50, 2), level="warning", bias_start=0.0)
    fault("inverted-he-init", m.InvertedHe, "W2", (2, 60, 2), level="warning", bias_start=0.0, suffix="-two-inputs",
          data="moons", about="with two inputs the first layer's scale is 1 either way")
    fault("bias-not-added", m.NoBias, "z1")
    fault("bias-not-added", m.NoBias, "z1", bias_start=0.0, step=1, steps=3, suffix="-from-zero",
          about="biases start at 0: nothing shows in the first step")
    fault("bias-not-added", m.NoBiasFirst, "z1", DEEP, suffix="-first-layer")
    copied = {"references": False, "bias_start": 0.0}
    stands = {"references": True, "bias_start": 0.0}
    fault("softmax-every-layer", m.SoftmaxEveryLayer, "z1", suffix="-in-place", **stands)
    fault("softmax-every-layer", m.SoftmaxEveryLayer, "h1", suffix="-copied", **copied)
    fault("softmax-every-layer", m.SoftmaxEveryLayer, "z1", DEEP, suffix="-in-place-deep", late_z=False, **stands)
    fault("softmax-every-layer", m.SoftmaxEveryLayer, "h1", DEEP, suffix="-copied-deep", **copied)
    fault("relu-in-place", m.ReluInPlace, "z1", references=True)
    fault("relu-in-place", m.ReluInPlace, "z1", DEEP, references=True, suffix="-deep")
    wrong("edge-softmax-in-place", training(m.SoftmaxInPlace, SMALL, references=True), warning(0, "z2", "softmax-in-place"),
          about="right, but softmax overwrites its argument, so z2 holds p in a trace made without copies")
    fault("relu-missing", m.NoRelu, "h1")
    fault("relu-missing", m.NoRelu, "h1", DEEP, suffix="-deep-float32", dtype=np.float32)
    fault("leaky-slope", m.Leaky, "h1")
    wrong("fault-leaky-slope-0.2", training(type("L", (m.Leaky,), {"slope": 0.2}), SMALL),
          finding(0, "h1", "leaky-slope"), finding(0, "h1", None))
    fault("softmax-missing", m.NoSoftmax, "p")
    fault("softmax-axis-0", m.SoftmaxAxis0, "p")
    fault("softmax-axis-0", m.SoftmaxAxis0, "p", (3, 4, 4), n=4, suffix="-square")
    fault("softmax-axis-0", m.SoftmaxWholeBatch, "p", suffix="-whole-batch")
    fault("softmax-twice", m.SoftmaxTwice, "p")
    fault("softmax-twice", m.SoftmaxTwice, "p", DEEP, mean=False, lr=0.01, suffix="-sum")
    fault("softmax-unnormalised", m.Unnormalised, "p")
    fault("softmax-unnormalised", m.UnnormalisedNoMax, "p", suffix="-without-max")
    fault("softmax-without-max", m_class(m.NoMax, type("S", (SteepLast,), {"steep": 3000.0})), "p")
    fault("softmax-global-max", m_class(m.GlobalMax, type("S", (SteepLast,), {"steep": 3000.0})), "p")
    fault("softmax-global-max", m_class(m.GlobalMax, type("S", (SteepLast,), {"steep": 900.0})), "p", WIDE, n=30,
          data="moons", suffix="-moons", seed=2)


def loss(fault, wrong):
    total = {"mean": False, "lr": 0.01}
    fault("log10", m.Log10, "loss")
    fault("log10", m.Log10, "loss", suffix="-sum", **total)
    fault("no-epsilon", type("S", (SteepLast,), {"steep": 30000.0}), "loss", guard="none", eps=0.0)
    for suffix, save in (("", None), ("-declared", {"reduction": True}), ("-no-next", {"drop": ".*_next"})):
        wrong("fault-mean-loss-sum-gradient" + suffix, training(m.LossOnlyMean, SMALL, n=16),
              warning(0, "loss", "mean-loss-sum-gradient"), warning(0, "dz2", "mean-loss-sum-gradient"), **(save or {}))
    wrong("fault-mean-loss-sum-gradient-800", training(m.LossOnlyMean, (2, 20, 2), n=800, steps=1, data="moons", lr=1e-3),
          warning(0, "loss", "mean-loss-sum-gradient"), warning(0, "dz2", "mean-loss-sum-gradient"), small=False)
    wrong("fault-sum-loss-mean-gradient", training(m.LossOnlySum, SMALL, n=16),
          warning(0, "loss", "sum-loss-mean-gradient"), warning(0, "dz2", "sum-loss-mean-gradient"))
    wrong("fault-sum-loss-mean-gradient-at-dw", training(m.LossOnlySum, SMALL, n=16, mean_at="dw"),
          *[warning(0, t, "sum-loss-mean-gradient") for t in ("loss", "dz2", "dW2")])
    fault("dz-sign", m.DzSign, "dz2")
    fault("dz-sign", m.DzSign, "dz4", DEEP, suffix="-deep-sum", **total)
    fault("dz-plus-1e-7", m.DzPlusEpsilon, "dz2", steps=2)
    fault("dz-plus-1e-7", m.DzPlusEpsilonLast, "dz2", suffix="-after-n")
    fault("dz-plus-1e-7", m.DzPlusEpsilon, "dz2", (2, 20, 2), n=40, data="moons", suffix="-sum-moons", **total)
    fault("jacobian-on-fused-gradient", m.JacobianTwice, "dz2")
    fault("jacobian-on-fused-gradient", m.JacobianTwice, "dz2", (2, 8, 2), data="moons", suffix="-two-classes", **total)
    fault("dz-times-derivative", m.SigmoidDerivative, "dz2")
    fault("dz-times-derivative", m.SigmoidDerivative, "dz2", (2, 8, 2), data="moons", suffix="-two-classes", **total)
    fault("dz-without-softmax", m.DzNoSoftmax, "dz2")
    fault("dz-without-softmax", m.DzNoSoftmaxGuarded, "dz2", suffix="-guarded", **total)
    fault("dz-wrong-class", m.DzWrongClass, "dz2")
    fault("dz-wrong-class", m.DzWrongClass, "dz4", DEEP, suffix="-deep-sum", **total)
    for eps in (1e-5, 1e-7):
        fault("epsilon-in-gradient", m.TrueJacobian, "dz2", n=20, eps=eps, level="warning", suffix="-%g" % eps)
    wrong("fault-epsilon-in-gradient-3e-4", training(m.TrueJacobian, SMALL, n=20, eps=3e-4, **total),
          warning(0, "dz2", "epsilon-in-gradient"), finding(0, "loss", None), small=False,
          about="an epsilon that is on nobody's list: a judge may refuse the loss")
    fault("labels-rolled", m.RolledLabels, "loss")
    fault("labels-rolled", type("R", (m.RolledLabels,), {"by": -1}), "dz2", suffix="-back-no-loss", save={"drop": "loss"})
    fault("labels-rolled", m.RolledLabels, "loss", suffix="-sum-class-numbers", save={"y_as": "classes"}, **total)
    fault("correct-samples-skipped", m.SkipCorrect, "dz2", n=20)
    fault("correct-samples-skipped", m.SkipCorrect, "dz2", n=20, suffix="-sum", **total)
    fault("dz-divided-by-nc", m.DzBySize, "dz2")


def backward(fault, wrong):
    total = {"mean": False, "lr": 0.01}
    fault("dw-from-z", m.DwFromZ, "dW2")
    fault("dw-from-z", m.DwFromZ, "dW4", DEEP, suffix="-deep")
    fault("weight-gradient-mean", m.DwMean, "dW2")
    fault("weight-gradient-mean", m.DwMean, "dW2", suffix="-sum", **total)
    fault("weight-gradient-sign", m.DwSign, "dW2")
    fault("weight-gradient-sign", m.DwSign, "dW2", suffix="-float32", dtype=np.float32)
    fault("gradient-accumulated", m.Accumulated, "dW2", step=1, steps=3)
    fault("gradient-accumulated", m.Accumulated, "dW4", DEEP, step=1, steps=3, suffix="-batches", batches=[8, 8, 8])
    wrong("fault-gradient-accumulated-late", training(m.Accumulated, SMALL, first=3, steps=3),
          finding(3, "dW2", None), finding(3, "dW2", "gradient-accumulated"),
          about="what the first recorded step has added up is not in the trace")
    for suffix, more in (("", {}), ("-sum", total), ("-float32", {"dtype": np.float32}), ("-row-bias", {"row_bias": True})):
        fault("bias-gradient-mean", m.DbMean, "db2", suffix=suffix, **more)
    fault("bias-gradient-mean", m.DbMean, "db4", DEEP, suffix="-deep", n=30)
    fault("bias-gradient-mean", m.DbMeanFirstLayer, "db1", suffix="-first-layer")
    fault("bias-gradient-mean", m.DbMean, "db2", suffix="-partial-batch", batches=[16, 5], steps=2)
    fault("bias-gradient-mean", m.DbMean, "b1_new", suffix="-parameters", save={"only": PARAMETERS})
    fault("bias-gradient-mean", m.DbMean, "b1_new", (2, 20, 2), n=50, data="moons", suffix="-parameters-sum",
          save={"only": PARAMETERS}, **total)
    fault("bias-gradient-sum", m.DbSum, "db2")
    fault("bias-gradient-sum", m.DbSum, "db2", DEEP[:2] + (2,), suffix="-moons", data="moons", n=20)
    fault("bias-gradient-total", m.DbTotal, "db2")
    fault("bias-gradient-total", m.DbTotal, "db4", DEEP, suffix="-deep")
    fault("bias-gradient-sign", m.DbSign, "db2")
    fault("bias-gradient-sign", m.DbSign, "db2", (2, 8, 2), data="moons", suffix="-two-classes", **total)
    fault("dx-with-dw", m.DxWithDw, "dh1")
    fault("dx-with-dw", m.DxWithDw, "dh3", DEEP, suffix="-deep", **total)
    fault("dx-with-dw", m.DxWithDw, "dh1", suffix="-float32", n=30, dtype=np.float32)
    fault("dx-with-dw", m.DxWithDw, "dz1", suffix="-no-dh", save={"drop": r"dh\d"})
    fault("dx-with-dw", m.DxWithDw, "dW1", suffix="-gradients", save={"only": GRADIENTS})
    fault("dx-with-dw", m.DxWithDw, "W1_new", suffix="-parameters", save={"only": PARAMETERS})
    fault("dx-wrong-transpose", m.DxReshaped, "dh1")
    fault("dx-wrong-transpose", m.DxNotTransposed, "dh1", (3, 6, 6, 3), suffix="-square")
    fault("dx-updated-weights", m.UpdateInBackward, "dh1")
    fault("dx-updated-weights", m.UpdateInBackward, "dh3", DEEP, suffix="-deep-no-new", save={"drop": ".*_(new|next)"})
    fault("hidden-gradient-without-w", m.DxWithoutW, "dh1")
    fault("hidden-gradient-without-w", m.DxWithoutW, "dh3", DEEP, suffix="-deep", **total)
    fault("dout-changed", m.DoutChanged, "dh1", references=True)
    fault("dout-changed", m.DoutChanged, "dh3", DEEP, references=True, suffix="-deep")
    fault("relu-mask-missing", m.NoMask, "dz1")
    fault("relu-mask-missing", m.NoMask, "dz3", DEEP, suffix="-deep-no-dh", save={"drop": r"dh\d"})
    fault("relu-mask-missing", m.NoMask, "W1_new", suffix="-parameters", save={"only": PARAMETERS})
    fault("relu-mask-from-gradient", m.MaskFromGradient, "dz1")
    fault("relu-mask-inverted", m.MaskInverted, "dz1")
    fault("relu-mask-inverted", m.MaskBelow, "dz1", suffix="-strict", change=zero_rows, bias_start=0.0, seed=3)
    fault("relu-passes-zero", m.MaskAtZero, "dz1", change=zero_rows, bias_start=0.0)
    fault("relu-passes-zero", m_class(m.MaskAtZero, DeadUnits), "dz1", suffix="-dead-units")
    # The operation with the mistake in it is not recorded, what follows it is.
    for name, net, drop, tensor in (("softmax-twice", m.SoftmaxTwice, "p", "loss"), ("softmax-axis-0", m.SoftmaxAxis0, "p|loss", "dz2"),
                                    ("bias-not-added", m.NoBias, "z1", "h1"), ("leaky-slope", m.Leaky, "h1", "z2"),
                                    ("dx-wrong-transpose", m.DxReshaped, "dh1", "dz1"), ("dw-from-z", m.DwFromZ, r"dW\d", "W2_new"),
                                    ("bias-gradient-mean", m.DbMean, r"db\d", "b1_new"), ("hidden-gradient-without-w", m.DxWithoutW, "dh3", "dz3")):
        fault(name, net, tensor, DEEP if tensor == "dz3" else SMALL, suffix="-not-recorded", save={"drop": drop})


def updates(fault, wrong):
    fault("parameters-not-updated", m.NeverUpdated, "W1_new")
    fault("parameters-not-updated", m.NeverUpdated, "W1_new", suffix="-parameters", save={"only": PARAMETERS})
    fault("bias-not-updated", m.BiasNotUpdated, "b1_new")
    fault("first-layer-not-updated", m.SkipsFirst, "W1_new")
    fault("first-layer-not-updated", m.SkipsFirst, "W1_new", DEEP, suffix="-no-lr", save={"lr": False})
    fault("last-layer-not-updated", m.SkipsLast, "W2_new")
    fault("last-layer-not-updated", m.SkipsLast, "W4_new", DEEP, suffix="-deep")
    fault("update-sign", m.UpdateSign, "W1_new")
    fault("update-sign", m.UpdateSign, "W1_new", suffix="-no-lr", save={"lr": False})
    fault("update-twice", m.UpdateTwice, "W1_new")
    fault("rate-divided-by-n", m.RateByN, "W1_new", level="warning")
    fault("rate-times-n", m.RateTimesN, "W1_new", level="warning", lr=0.001)
    wrong("fault-stale-gradient", training(m.StaleGradient, SMALL, steps=4, batches=[9] * 4),
          finding(0, "W1_new", "stale-gradient"), finding(0, "W1_new", "parameters-not-updated"),
          then=[finding(1, "W1_new", "stale-gradient")])
    wrong("fault-stale-gradient-late", training(m.StaleGradient, SMALL, first=4, steps=2, batches=[9] * 6),
          finding(4, "W1_new", None), then=[finding(5, "W1_new", "stale-gradient")],
          about="the gradient that the first recorded step uses is not in the trace")
    fault("weight-decay", m.WeightDecay, "W1_new")
    fault("weight-decay", m.WeightDecayWeights, "W1_new", suffix="-weights", l2=1e-2)
    wrong("fault-weight-decay-3e-3", training(m.WeightDecayWeights, SMALL, l2=3e-3),
          finding(0, "W1_new", "weight-decay"), finding(0, "W1_new", None))
    for mu in (0.5, 0.8):
        wrong("fault-momentum-%g" % mu, training(m.Momentum, SMALL, steps=3, momentum=mu), finding(1, "W1_new", "momentum"),
              clean=True, small=False, about="momentum that nothing declares: a note, or the catalogue's momentum")
    fault("momentum-reset", m.MomentumReset, "W1_new", step=1, steps=3, save={"meta": {"momentum": 0.9}})
    fault("rmsprop-reset", m.RmspropReset, "W1_new", lr=0.01)
    for name, net in (("rmsprop-reset", m.RmspropReset), ("weight-decay", m.WeightDecay), ("update-sign", m.UpdateSign)):
        wrong("fault-%s-next-not-new" % name, training(net, SMALL, lr=0.01), finding(0, "W1_new", name), finding(0, "W1_next", name),
              drop=".*_new", small=False, about="the new parameters are recorded only as the next step finds them")
    fault("rmsprop-reset", type("R", (m.RmspropReset,), {"rho": 0.99}), "W1_new", DEEP, lr=0.001, suffix="-0.99")
    fault("stale-gradient-again", m.StaleAgain, "W1_next", step=1, steps=4)
    wrong("fault-stale-gradient-again-no-next", training(m.StaleAgain, SMALL, steps=4),
          finding(1, "W1_next", "stale-gradient-again"), finding(2, "W1", "stale-gradient-again"), drop=".*_next")
    wrong("fault-stale-gradient-again-steps-only", training(m.StaleAgain, SMALL, steps=4),
          finding(1, "W1_new"), finding(1, "W1_next"), finding(2, "W1"), drop=".*_(new|next)",
          about="without _new it looks like an update made twice")
    fault("float32-in-between", m.HiddenFloat32, "h1")
    fault("float32-in-between", m.DzFloat32, "dz2", suffix="-dz")
    wrong("fault-float32-in-between-product", training(m.ProductFloat32, SMALL, bias_start=0.1),
          finding(0, "z1", None), finding(0, "z1", "float32-in-between"), about="the product itself is float32's")


def pairs(wrong):
    total = {"mean": False, "lr": 0.01}
    for suffix, references in (("in-place", True), ("copied", False)):
        first = finding(0, "z1" if references else "h1", "softmax-every-layer")
        then = [finding(0, "db2", "bias-gradient-mean"), finding(0, "db1", "bias-gradient-mean")]
        wrong("two-as-reported-" + suffix, training(m.AsReported, (2, 20, 2), n=16, data="moons", references=references, **total),
              first, then=then)
        wrong("two-as-reported-mean-" + suffix, training(m.AsReported, SMALL, n=16, references=references), first, then=then)
    wrong("two-as-reported-800", training(m.AsReported, (2, 20, 2), n=800, data="moons", references=True, mean=False, lr=1e-3),
          finding(0, "z1", "softmax-every-layer"), small=False,
          then=[finding(0, "db2", "bias-gradient-mean"), finding(0, "db1", "bias-gradient-mean")])
    wrong("two-as-reported-parameters", training(m.AsReported, (2, 20, 2), n=40, data="moons", references=True, **total),
          finding(0, "W1_new"), only=PARAMETERS)
    then = [finding(0, "dh1", "dx-with-dw"), finding(0, "db1", "bias-gradient-mean")]
    wrong("two-db-mean-dx-with-dw", training(m.DxWithDwDbMean, SMALL), finding(0, "db2", "bias-gradient-mean"), then=then)
    wrong("two-db-mean-dx-with-dw-sum-deep", training(m.DxWithDwDbMean, DEEP, **total), finding(0, "db4", "bias-gradient-mean"),
          then=[finding(0, "dh3", "dx-with-dw"), finding(0, "dh1", "dx-with-dw"), finding(0, "db1", "bias-gradient-mean")])
    wrong("two-no-bias-no-mask", training(m_class(m.NoBias, m.NoMask), SMALL, bias_start=0.2), finding(0, "z1", "bias-not-added"),
          then=[finding(0, "dz1", "relu-mask-missing")])
    wrong("two-log10-update-sign", training(m_class(m.Log10, m.UpdateSign), SMALL), finding(0, "loss", "log10"),
          then=[finding(0, "W1_new", "update-sign")])
    wrong("two-mask-dx", training(m_class(m.DxReshaped, m.MaskFromGradient), SMALL), finding(0, "dh1", "dx-wrong-transpose"),
          then=[finding(0, "dz1", "relu-mask-from-gradient")])
    # Both on one tensor: a judge may name either or both.
    wrong("two-on-db-mean-sign", training(m.DbMeanSign, SMALL), finding(0, "db2"))
    wrong("two-on-dw-mean-sign", training(m.DwSignMean, SMALL), finding(0, "dW2"))
    wrong("two-on-dz1", training(m_class(m.DxWithDw, m.NoMask), DEEP), finding(0, "dz3"), drop=r"dh\d")


def unknown(wrong):
    """What is in no catalogue: no cause may be named."""
    total = {"mean": False, "lr": 0.01}
    wrong("unknown-dw-tripled", training(m.DwTripled, SMALL, n=11), finding(0, "dW2", None))
    wrong("unknown-dw-transposed", training(m.DwTransposed, (4, 4, 3)), finding(0, "dW1", None))
    wrong("unknown-dw-column-zero", training(m.DwColumnZero, SMALL), finding(0, "dW2", None))
    wrong("unknown-dz-permuted", training(m.DzPermuted, SMALL), finding(0, "dz2", None))
    wrong("unknown-dz-shifted", training(m.DzShifted, SMALL), finding(0, "dz2", None))
    wrong("unknown-loss-times-1.5", training(m.LossTimes, SMALL), finding(0, "loss", None))
    wrong("unknown-loss-times-1.5-sum", training(m.LossTimes, SMALL, **total), finding(0, "loss", None))
    wrong("unknown-hidden-scaled", training(m.HiddenScaled, DEEP), finding(0, "h1", None))
    wrong("unknown-one-element", training(m.OneElement, DEEP), finding(0, "dh3", None))


def edges(wrong):
    """Numbers that end badly."""
    steep = {"steep": 30000.0}
    wrong("edge-saturated", training(type("S", (SteepLast,), {"steep": 1e6}), SMALL, n=20), warning(0, "p"),
          about="every row of p is a 1 and zeros")
    wrong("edge-dead-relu", training(Dead, SMALL), warning(0, "h1"), about="no hidden unit ever fires")
    wrong("edge-overflow-float32", training(m_class(m.NoMax, type("S", (SteepLast,), {"steep": 300.0})), SMALL, n=20, dtype=np.float32),
          finding(0, "p", "softmax-without-max"), about="exp overflows in float32, at 88.7")
    wrong("edge-diverged", training(Net, SMALL, lr=1e200, first=1, steps=2, change=lambda x, y: (x * 1e60, y)), finding(1, "z1"), finding(1, "z2"), warning(1, "z1"),
          about="products overflow: infinities and NaN follow from their own inputs", only=r"x|y|[Wb]\d|[zh]\d|p|loss")
    wrong("edge-nan-input", training(Net, SMALL, change=nan_input), finding(0, "x"), warning(0, "x"), finding(0, "z1"), warning(0, "z1"))
    wrong("edge-no-epsilon-float32", training(type("S", (SteepLast,), steep), SMALL, guard="none", eps=0.0, dtype=np.float32),
          finding(0, "loss", "no-epsilon"))


class Dead(Net):
    def __init__(self, *args, **settings):
        Net.__init__(self, *args, **settings)
        self.b[1] -= 100


def nan_input(x, y):
    x = x.copy()
    x[4, 1] = np.nan
    return x, y
