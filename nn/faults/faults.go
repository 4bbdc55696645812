// Package faults is a catalogue of mistakes people make in this coursework.
// Each is a named change of operations of nn/spec, so that a network can be
// run with it and someone's numbers can be compared with it.
//
// The catalogue stands in forward.go, loss.go, backward.go and updates.go, by
// the part of the step: a row is a fault's name, what it does, what would be
// right, and the operations that it changes, in the forms of changes.go. A new
// fault is a row there, its Chinese in cmd/internal/lang, and a row of the golden
// list of faults.
package faults

import (
	"fmt"
	"slices"
	"strings"

	"glassbox/nn/spec"
)

// A Fault is one mistake.
type Fault struct {
	Name string // in lower case with hyphens, "bias-gradient-mean"
	Doc  string // what is done instead of what: a clause without a full stop
	Fix  string // what to change, in the words of the assignment's template

	// Misleads marks what follows from its own inputs and yet is not what its
	// author will think it is: a warning, not an error.
	Misleads bool
	// TrainOnly: prediction is done right.
	TrainOnly bool

	// Changes are the operations that the mistake replaces. There is more than
	// one where the same mistake leaves other numbers behind it depending on
	// how it is written or recorded; the first is the one to run a network with.
	Changes []Change
	// Init replaces the standard deviation of the first weights of a layer with
	// in inputs, for a mistake made before the first step; nil otherwise.
	Init func(std float64) float64
}

func fault(name, doc, fix string, changes ...Change) Fault {
	return Fault{Name: name, Doc: doc, Fix: fix, Changes: changes}
}

func misleading(name, doc, fix string, changes ...Change) Fault {
	return Fault{Name: name, Doc: doc, Fix: fix, Changes: changes, Misleads: true}
}

// All is the catalogue, in the order of the step: where two mistakes give the
// same numbers, the first is named.
var All = slices.Concat(forward, loss, backward, updates)

// AsReported are the faults behind the report's figures.
var AsReported = []Fault{must("softmax-every-layer"), must("bias-gradient-mean")}

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

func must(name string) Fault {
	f, err := Find(name)
	if err != nil {
		panic(err)
	}
	return f
}

// Put makes net work with the faults. Where two change the same operation the
// later one changes what the earlier one left.
func Put(net *spec.Net, list ...Fault) {
	for _, f := range list {
		if len(f.Changes) == 0 {
			continue
		}
		f.Changes[0](&net.Ops)
		if !f.TrainOnly {
			f.Changes[0](&net.Predicts)
		}
	}
}
