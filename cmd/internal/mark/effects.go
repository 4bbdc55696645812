package mark

import "glassbox/cmd/internal/lang"

// effect is what a mistake does to training: of those known by name, else of the
// part of training that it is in.
func effect(m Mistake) lang.Text {
	switch m.Name {
	case "bias-gradient-mean", "weight-gradient-mean", "dz-divided-by-nc", "rate-divided-by-n", "sum-loss-mean-gradient":
		return lang.T("These steps are too small beside the others. That part of the network learns slowly. The loss still falls, so the curve hides it.")
	case "bias-gradient-sum", "bias-gradient-total", "rate-times-n", "mean-loss-sum-gradient", "update-twice":
		return lang.T("These steps are too large. The loss may jump or blow up, and a rate that looks harmless is not.")
	case "weight-gradient-sign", "bias-gradient-sign", "dz-sign", "update-sign", "sign":
		return lang.T("The step goes uphill. The loss grows where it should fall, or one part of the network works against the rest.")
	case "dx-with-dw", "dx-wrong-transpose", "hidden-gradient-without-w", "dx-updated-weights", "dout-changed":
		return lang.T("The layers below are pulled in a wrong direction. The last layer still learns, so the loss falls, only to a worse end.")
	case "relu-mask-missing", "relu-mask-from-gradient", "relu-mask-inverted", "relu-passes-zero", "leaky-backward-plain", "leaky-slope", "mask-missing", "another-mask":
		return lang.T("Units get a gradient that is not theirs. Training still moves, but the hidden layers learn from noise and end some points lower.")
	case "relu-missing":
		return lang.T("Without the ReLU all layers together are one straight line. No amount of training bends the boundary.")
	case "relu-in-place", "softmax-in-place", "changed-in-place":
		return lang.T("A later line reads other numbers than it was given. What goes wrong then shows far from its cause.")
	case "softmax-every-layer", "softmax-twice", "softmax-missing", "softmax-axis-0", "softmax-unnormalised", "relu-before-softmax":
		return lang.T("What comes out is no longer a fair set of probabilities. Gradients get tiny or wrong, and training may sit on a plateau near ln 2.")
	case "softmax-without-max", "softmax-global-max", "no-epsilon", "not-finite", "saturated-softmax":
		return lang.T("It works while numbers are small. Once they grow, `exp` or `log` leaves the range of floats, and everything after is nan or 0.")
	case "log10", "loss-mean-of-elements":
		return lang.T("The curve you plot is not what training follows. It has another scale, so you cannot compare it with anyone's.")
	case "bias-not-added", "bias-not-updated":
		return lang.T("Without working biases each boundary has to pass through the origin. Accuracy stops short for no reason that you can see.")
	case "parameters-not-updated", "first-layer-not-updated", "last-layer-not-updated", "never-moves":
		return lang.T("What never moves never learns. The rest of the network trains around it, so the loss falls a little and then stays.")
	case "stale-gradient", "stale-gradient-again", "gradient-accumulated", "epoch-gradient", "accumulated", "earlier-steps-value":
		return lang.T("The step goes where an older one should have gone. At small rates it looks fine; at larger ones the loss swings.")
	case "momentum-reset", "rmsprop-reset", "adam-reset":
		return lang.T("The optimiser forgets what it gathered each time. You pay for it and get a plain step in return.")
	case "weight-decay", "momentum", "decay", "decay-missing", "decay-each-step":
		return lang.T("The update follows another rule than the one you say. Your results are then those of other settings.")
	case "inverted-he-init":
		return lang.T("The first weights are far too large or too small. Training starts on a steep slope or on a flat, and wide layers suffer most.")
	case "dead-relu":
		return lang.T("A unit that gives 0 for every row gets no gradient. It will not come back, and the network is smaller than you think.")
	case "labels-rolled", "correct-samples-skipped", "condition", "labels-of-other-rows", "labels-repeat", "labels-not-used", "labels-not-encoded", "labels-all-zero", "classes-from-1":
		return lang.T("The network learns from the wrong rows. The loss may fall, while the accuracy has little to do with it.")
	case "epsilon-in-gradient", "dz-plus-1e-7", "float32-in-between":
		return lang.T("The numbers are off by very little. Training looks the same, but nobody can repeat it, and a gradient check fails.")
	}
	switch m.Area {
	case "data":
		return lang.T("A network learns what it is shown. When rows are lost, mixed up or far too large, no rate makes up for it.")
	case "start":
		return lang.T("Where training begins decides how long it takes. Units that start alike stay alike, and large weights start on a cliff.")
	case "forward":
		return lang.T("All that comes after is made from these numbers. The network you train is then not the one that you describe.")
	case "loss":
		return lang.T("The curve you plot is not what training follows. It may fall while the network gets no better.")
	case "update", "between steps":
		return lang.T("The gradient may be right and still not reach the weights as you think. Your results are then those of another rule.")
	case "evaluation":
		return lang.T("Training is not touched. But the accuracy you report is not the one that you mean, and it is likely too high.")
	}
	return lang.T("The step no longer goes straight down the loss. It may still fall, which is why the curve hides the mistake.")
}
