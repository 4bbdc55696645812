// Package faults is a catalogue of mistakes people make in this coursework.
// Each is a named change of an operation of nn/spec, so that a network can be
// run with it and someone's numbers can be compared with it.
package faults

import (
	"fmt"
	"strings"

	"glassbox/nn/spec"
)

// A Fault is one mistake.
type Fault struct {
	Name string // in lower case with hyphens, "bias-gradient-mean"
	Doc  string // one sentence: what is done instead of what
	// TrainOnly: prediction is done right.
	TrainOnly bool
	// Change replaces the operations that the mistake is in.
	Change func(*spec.Ops)
}

// All is the catalogue.
var All = []Fault{softmaxEveryLayer, biasGradientMean}

// AsReported are the faults behind the report's figures.
var AsReported = []Fault{softmaxEveryLayer, biasGradientMean}

// Find returns the fault of that name.
func Find(name string) (Fault, error) {
	var names []string
	for _, f := range All {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return Fault{}, fmt.Errorf("no fault is called %q; the catalogue has %s", name, strings.Join(names, ", "))
}

// Put makes net work with the faults. A fault changes what the ones before it
// left only where both change the same operation.
func Put(net *spec.Net, list ...Fault) {
	for _, f := range list {
		f.Change(&net.Ops)
		if !f.TrainOnly {
			f.Change(&net.Predicts)
		}
	}
}
