package mark

import (
	"cmp"
	"slices"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/nn/audit"
	"glassbox/nn/audit/program"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// Deepest is how many levels of hint there are: that something is wrong, which
// number and by how much, what it should follow from, what to change.
const Deepest = 4

// partOf says what a tensor is.
func partOf(n spec.TensorName) lang.Text {
	switch {
	case n.Suffix == spec.SuffixNew && n.Kind == "b":
		return lang.T("the update of the biases")
	case n.Suffix == spec.SuffixNew:
		return lang.T("the update of the weights")
	case n.Suffix != "":
		return lang.T("what becomes of the weights between two steps")
	}
	switch n.Kind {
	case "x":
		return lang.T("the data")
	case "y":
		return lang.T("the labels")
	case "W", "b":
		return lang.T("the first weights")
	case "z":
		return lang.T("the output of a linear layer")
	case "h":
		return lang.T("the output of an activation")
	case "p":
		return lang.T("the probabilities")
	case "loss":
		return lang.T("the loss")
	case "dz":
		return lang.T("the gradient that a linear layer receives")
	case "dW":
		return lang.T("the weight gradient")
	case "db":
		return lang.T("the bias gradient")
	case "dh":
		return lang.T("the gradient that is passed back")
	}
	return lang.T("a number of the step")
}

// partOfArea is the part of training by name, as a sentence has it.
func partOfArea(area string) lang.Text {
	switch area {
	case "data":
		return lang.T("the data")
	case "start":
		return lang.T("the first weights")
	case "between steps":
		return lang.T("what becomes of the weights between two steps")
	case "forward":
		return lang.T("the forward pass")
	case "loss":
		return lang.T("the loss")
	case "update":
		return lang.T("the update")
	case "evaluation":
		return lang.T("the evaluation")
	}
	return lang.T("the backward pass")
}

// follows says what a tensor follows from.
func follows(n spec.TensorName) lang.Text {
	switch {
	case n.Suffix == spec.SuffixNew:
		return lang.T("An update takes the old value and moves it against its gradient, once: `W_new = W - lr * dW`. Every layer and every bias moves in the same way, in every step.")
	case n.Suffix != "":
		return lang.T("The next step has to start with the very weights that the last update left. Nothing may change them in between: not an evaluation, not a second update.")
	}
	switch n.Kind {
	case "x", "y":
		return lang.T("Row by row, the data and the labels belong together. What shuffles or cuts one of them has to do the same to the other.")
	case "W", "b":
		return lang.T("The first weights are small random numbers, so that every unit begins as another one. For ReLU their spread is the square root of 2 over the number of inputs.")
	case "z":
		return lang.T("A linear layer takes what the layer before gives, times its weights, plus its biases: `z = h @ W + b`. Nothing else happens in it.")
	case "h":
		return lang.T("The activation works on each number by itself. A ReLU keeps what is above 0 and makes all else 0: `h = np.maximum(0, z)`. It leaves `z` as it was.")
	case "p":
		return lang.T("The softmax comes once, at the very end. It works row by row: take off the row's largest number, apply `exp`, and divide by the row's sum. Each row then adds up to 1.")
	case "loss":
		return lang.T("The loss takes, of each row, the log of the probability of the right class: `-np.sum(y * np.log(p))`. Divide by the number of rows if it is to be a mean.")
	case "dz":
		return lang.T("After softmax and cross-entropy it is simply `p - y`, divided by the number of rows if the loss is a mean. In a hidden layer it is the gradient from above, where `z` is above 0, and 0 elsewhere.")
	case "dW":
		return lang.T("The weight gradient is the layer's own input, turned on its side, times the gradient that arrives: `dW = h.T @ dz`. If the loss is a mean, the 1/N is in `dz` already.")
	case "db":
		return lang.T("Each bias is added to every row. So its gradient is the sum of `dz` over the rows: `db = np.sum(dz, axis=0)`. It has the same scale as the weight gradient beside it.")
	case "dh":
		return lang.T("The layer passes back the gradient times its weights, turned on their side: `dh = dz @ W.T`. These are the weights that the forward pass used, before any update.")
	}
	return lang.T("Each number of the step follows from those before it by one formula. Write that formula down and compare it with your line.")
}

// doubted is the first hint: where to look, and no more.
func doubted(m Mistake) lang.Text {
	return lang.T("Something is wrong with %s. Look at the lines that make it. Write beside each one what it should be, and of what shape.", m.Part)
}

// hintsOfTensor are those of a finding in a trace of named tensors. Alone is
// whether nothing else explains its numbers too.
func hintsOfTensor(m Mistake, f audit.Finding, n spec.TensorName, alone bool) []lang.Text {
	second := lang.T("It shows first in step %d, in `%s`. Each number follows from the ones before it, and yet it is not what you will take it for.", f.Step, f.Tensor)
	switch i, j := 0, 0; {
	case f.Off > 0 && len(f.Index) == 2:
		i, j = f.Index[0], f.Index[1]
		second = lang.T("It shows first in step %d: `%s[%d,%d]` is %s and should be %s.", f.Step, f.Tensor, i, j, shown(f.Got), shown(f.Want))
		if k := times(f.Got, f.Want); k != "" && f.Off < f.Elements {
			second = lang.Sentences(second, lang.T("That is %s times as much. Of its %d numbers, %d are off.", k, f.Elements, f.Off))
		} else if k != "" {
			second = lang.Sentences(second, lang.T("That is %s times as much. All %d numbers of it are off.", k, f.Elements))
		} else {
			second = lang.Sentences(second, lang.T("Of its %d numbers, %d are off.", f.Elements, f.Off))
		}
		second = lang.Sentences(second, lang.T("No rounding does that."))
	}
	if m.Name == "not-finite" {
		second = lang.T("It shows first in step %d: `%s[%d,%d]` is %s. No number can be made from that.", f.Step, f.Tensor, f.Index[0], f.Index[1], shown(f.Got))
	}
	last := lang.Of(f.Message).Capital()
	if x, err := faults.Find(m.Name); err == nil {
		last = lang.T("What happens here: %s. What to do: %s.", lang.T(x.Doc), lang.T(x.Fix))
		if !alone {
			last = lang.Sentences(last, lang.T("It takes a second mistake beside this one to give these numbers."))
		}
	}
	return []lang.Text{lang.Sentences(doubted(m), effect(m)), second, follows(n), last}
}

// hintsOfLine are those of a finding in a program.
func hintsOfLine(m Mistake, f program.Finding) []lang.Text {
	second := lang.T("It shows first in step %d, at line %d: `%s`.", f.Step, f.Line, f.Statement)
	if far := part(f.Text, "at [%s] it is %s, not %s", "it is %s, not %s"); !far.IsZero() {
		second = lang.Sentences(second, lang.T("Look at a number of it: %s.", lang.Of(far)))
	}
	if f.Wrong > 1 {
		second = lang.Sentences(second, lang.T("Of the %d gradients that are wrong, %d are wrong because of it.", f.Wrong, f.Mended))
	}
	third := lang.Sentence(lang.Of(f.Text))
	if f.Forward != "" {
		third = lang.Sentences(third, lang.T("The right value is the derivative of the line %s. Do it on paper for a batch of two rows.", f.Forward))
	}
	last := remedy(m.Area)
	if !f.Fix.IsZero() {
		last = lang.T("What to do: %s.", lang.Of(f.Fix))
	}
	if x, err := faults.Find(f.Cause); err == nil {
		last = lang.Sentences(last, lang.T("What happens here: %s. What to do: %s.", lang.T(x.Doc), lang.T(x.Fix)))
	}
	return []lang.Text{lang.Sentences(doubted(m), effect(m)), second, third, last}
}

// remedy is what to do where no change of the line is known: what the part of
// training follows from.
func remedy(area string) lang.Text {
	switch area {
	case "data":
		return follows(spec.TensorName{Kind: "x"})
	case "start":
		return follows(spec.TensorName{Kind: "W"})
	case "forward":
		return follows(spec.TensorName{Kind: "p"})
	case "loss":
		return follows(spec.TensorName{Kind: "loss"})
	case "update":
		return follows(spec.TensorName{Kind: "W", Suffix: spec.SuffixNew})
	case "between steps":
		return follows(spec.TensorName{Kind: "W", Suffix: spec.SuffixNext})
	case "evaluation":
		return lang.T("Test on rows that training never saw. Take the largest number of each row, and count how many are right. An evaluation changes nothing.")
	}
	return lang.T("No single change of the line gives the right numbers. Work the value out by hand for two rows, print both, and go back to where they part.")
}

// hintsOfRaise are those of an exception.
func hintsOfRaise(m Mistake, r *program.Raise) []lang.Text {
	second := lang.T("It stops at line %d: `%s`.", r.Line, r.Statement)
	if r.Line == 0 {
		second = lang.T("It stops before a line of yours.")
	}
	third := lang.T("Python says `%s`. Print the shape of each array in that line just before it, and compare it with the shape that you expect.", strings.TrimSuffix(r.Type+": "+r.Message, ": "))
	last := lang.T("Go from that line back to the first array whose shape or value is not what you expect. The mistake is in the line that makes it.")
	if shapes := r.ShapesText(); !shapes.IsZero() {
		last = lang.Sentences(lang.Sentence(lang.Of(shapes)), last)
	}
	return []lang.Text{lang.Sentences(doubted(m), effect(m)), second, third, last}
}

// part returns the text inside t that has one of the formats, the zero Text
// where none is in it.
func part(t message.Text, formats ...string) message.Text {
	if slices.Contains(formats, t.Format) {
		return t
	}
	for _, a := range t.Args {
		if in, ok := a.(message.Text); ok {
			if found := part(in, formats...); !found.IsZero() {
				return found
			}
		}
	}
	return message.Text{}
}

// until are the hints up to a level.
func (m Mistake) until(level int) []lang.Text {
	return m.Hints[:min(cmp.Or(level, Deepest), len(m.Hints))]
}
