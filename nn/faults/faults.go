// Package faults is a catalogue of mistakes people make in this coursework.
// Each is a named change of operations of nn/spec, so that a network can be
// run with it and someone's numbers can be compared with it.
//
// The catalogue stands in forward.go, loss.go, backward.go, updates.go and
// optimizers.go, by the part of the step: a row is a fault's name, what it does,
// what would be right, and the operations that it changes, in the forms of
// changes.go. around.go has what no operation of a step shows: rows without
// changes, which a judge finds by other numbers. A new fault is a row there, its
// Chinese in cmd/internal/lang, and a row of the golden list of faults.
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
	Kind string // of Kinds: the part of training that it is made in
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

// Kinds are the parts of training, in their order.
var Kinds = []string{"data", "start", "forward", "loss", "backward", "update", "optimizer", "loop", "evaluation", "perceptron"}

// InStep are the mistakes that a network can be run with, in the order of the
// step: where two give the same numbers, the first is named.
var InStep = slices.Concat(of("forward", forward), of("loss", loss), of("backward", backward), of("update", updates), of("optimizer", optimizers))

// All is the catalogue, kind by kind.
var All = func() (list []Fault) {
	for _, kind := range Kinds {
		for _, f := range slices.Concat(InStep, around) {
			if f.Kind == kind {
				list = append(list, f)
			}
		}
	}
	return list
}()

// of gives faults their kind, where they have none of their own.
func of(kind string, list []Fault) []Fault {
	for i := range list {
		if list[i].Kind == "" {
			list[i].Kind = kind
		}
	}
	return list
}

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
