package engine

import (
	"fmt"
	"strings"

	"glassbox/nn/spec"
)

// A Choice is a word of a flag, and what it stands for as a formula.
type Choice struct{ Word, Formula string }

// Choices are the words of -activation, -loss and -optimizer, the default of each
// first, from the tables that the network is computed by.
func Choices() map[string][]Choice {
	list := map[string][]Choice{"loss": {{spec.CrossEntropy, "p = softmax(z); −Σ y·log(p + ε)"}}}
	for _, a := range spec.Activations {
		list["activation"] = append(list["activation"], Choice{a.Name, "h = " + strings.ReplaceAll(a.Formula, "{0}", "z")})
	}
	for _, l := range spec.Losses {
		list["loss"] = append(list["loss"], Choice{l.Name, "p = " + strings.ReplaceAll(l.Output.Formula, "{0}", "z") + "; " + lossFormula(l)})
	}
	for _, o := range spec.Optimizers {
		list["optimizer"] = append(list["optimizer"], Choice{o.Name, stepFormula(o)})
	}
	return list
}

func lossFormula(l *spec.Loss) string {
	if l.Binary {
		return "−y·log(p + ε) − (1 − y)·log(1 − p + ε)"
	}
	text := "Σ (p − y)²"
	if l.PerClass {
		text += "/C"
	}
	if l.Half {
		text = "½·" + text
	}
	return text
}

func stepFormula(o *spec.Optimizer) string {
	text := ""
	for _, kept := range [][2]string{{"v", o.VelocityFormula}, {"s", o.SquaresFormula}} {
		if kept[1] != "" {
			text += kept[0] + " = " + strings.NewReplacer("{0}", kept[0], "{1}", "dW").Replace(kept[1]) + "; "
		}
	}
	along := o.AlongFormula
	for k, name := range o.Uses { // of "d%" and "v%_new": dW and v
		name = strings.TrimSuffix(strings.ReplaceAll(name, "%", ""), spec.SuffixNew)
		if name == "d" {
			name = "dW"
		}
		along = strings.ReplaceAll(along, fmt.Sprintf("{%d}", k+1), name)
	}
	return text + "W −= rate·" + strings.TrimSuffix(along, ", t = t")
}
