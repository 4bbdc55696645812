package main

import (
	"fmt"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/part2"
)

// A dimension is one -sweep: a setting and the values it takes.
type dimension struct {
	name   string
	values []choice
}

// A choice is one value of a dimension.
type choice struct {
	text string
	set  func(*experiment.Config)
}

// parseChoice reads one value of a setting that can be swept.
var parseChoice = map[string]func(text string) (func(*experiment.Config), error){
	"learning_rate": func(text string) (func(*experiment.Config), error) {
		v, err := cli.Positive.Parse(text)
		return func(c *experiment.Config) { c.Rate = v }, err
	},
	"batch_size": func(text string) (func(*experiment.Config), error) {
		v, err := cli.NonNegative.Parse(text)
		if err == nil && v != float64(int(v)) {
			err = fmt.Errorf("%q is not a whole number", text)
		}
		return func(c *experiment.Config) { c.BatchSize = int(v) }, err
	},
	"dnn_hidden_units": func(text string) (func(*experiment.Config), error) {
		v, err := cli.ParseInts(text, "+")
		return func(c *experiment.Config) { c.Hidden = v }, err
	},
	"init": func(text string) (func(*experiment.Config), error) {
		v, err := experiment.ParseInit(text)
		return func(c *experiment.Config) { c.Init = v }, err
	},
	"momentum": func(text string) (func(*experiment.Config), error) {
		v, err := cli.BelowOne.Parse(text)
		return func(c *experiment.Config) { c.Momentum = v }, err
	},
	"noise": func(text string) (func(*experiment.Config), error) {
		v, err := cli.NonNegative.Parse(text)
		return func(c *experiment.Config) { c.Noise = v }, err
	},
}

func parseSweep(text string) (dimension, error) {
	name, values, ok := strings.Cut(text, "=")
	name = strings.TrimSpace(name)
	parse, known := parseChoice[name]
	switch {
	case !ok:
		return dimension{}, fmt.Errorf("%q has no values; for example -sweep learning_rate=0.01,0.1,1", text)
	case !known:
		names := slices.Sorted(func(yield func(string) bool) {
			for name := range parseChoice {
				if !yield(name) {
					return
				}
			}
		})
		return dimension{}, fmt.Errorf("%q cannot be swept; %s can", name, list(names))
	}
	d := dimension{name: name}
	for i, v := range strings.Split(values, ",") {
		v = strings.TrimSpace(v)
		if v == "" {
			return dimension{}, fmt.Errorf("%q: value %d is empty; for example -sweep learning_rate=0.01,0.1,1", text, i+1)
		}
		set, err := parse(v)
		if err != nil {
			return dimension{}, fmt.Errorf("%s, value %d: %w", name, i+1, err)
		}
		if slices.ContainsFunc(d.values, func(c choice) bool { return c.text == v }) {
			return dimension{}, fmt.Errorf("%s: %s is given twice", name, v)
		}
		d.values = append(d.values, choice{v, set})
	}
	return d, nil
}

// grid returns a cell for every combination of the sweeps' values, the last
// one varying fastest; one cell when there is no sweep.
func grid(base experiment.Config, sweeps []string) ([]part2.Cell, error) {
	cells := []part2.Cell{{Config: base}}
	var seen []string
	for _, text := range sweeps {
		d, err := parseSweep(text)
		if err != nil {
			return nil, err
		}
		switch {
		case slices.Contains(seen, d.name):
			return nil, cli.Usagef("-sweep %s is given twice; list all its values in one", d.name)
		case d.name == "batch_size" && base.SGD:
			return nil, cli.Usagef("-sgd takes one row a step: leave it out to sweep batch_size")
		case d.name == "noise" && base.Table != nil:
			return nil, cli.Usagef("-sweep noise belongs to make_moons and -data brings a table")
		}
		seen = append(seen, d.name)
		var next []part2.Cell
		for _, c := range cells {
			for _, v := range d.values {
				n := part2.Cell{Texts: append(slices.Clone(c.Texts), v.text), Config: c.Config}
				v.set(&n.Config)
				if err := n.Config.Check(); err != nil {
					return nil, fmt.Errorf("-sweep %s=%s: %w", d.name, v.text, err)
				}
				next = append(next, n)
			}
		}
		cells = next
	}
	return cells, nil
}

// list joins words as prose does in a short list.
func list(words []string) string { return strings.Join(words, ", ") }
