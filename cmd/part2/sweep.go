package main

import (
	"fmt"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/part2"
)

// A sweep is a flag of the experiment and the values it takes one by one, as a
// user types them.
type sweep struct {
	name   string
	values []string
}

// swept are the flags that can be.
var swept = []string{"batch_size", "dnn_hidden_units", "init", "learning_rate", "momentum", "noise"}

var sweepKind = cli.Kind[sweep]{
	Hint: "NAME=V,V,…", Example: "learning_rate=0.01,0.1,1",
	Format: func(s sweep) string { return s.name + "=" + strings.Join(s.values, ",") },
	Parse: func(text string) (sweep, error) {
		name, values, ok := strings.Cut(text, "=")
		s := sweep{name: strings.TrimSpace(name)}
		switch {
		case !ok:
			return s, fmt.Errorf("%q has no values; for example -sweep learning_rate=0.01,0.1,1", text)
		case !slices.Contains(swept, s.name):
			return s, fmt.Errorf("%q cannot be swept; %s can%s", s.name, strings.Join(swept, ", "), cli.DidYouMean(s.name, swept))
		}
		for i, v := range strings.Split(values, ",") {
			v = strings.TrimSpace(v)
			if v == "" {
				return s, fmt.Errorf("%q: value %d is empty; for example -sweep learning_rate=0.01,0.1,1", text, i+1)
			}
			if _, err := experiment.Defaults().With(s.name, v); err != nil {
				return s, fmt.Errorf("%s, value %d: %w", s.name, i+1, err)
			}
			if slices.Contains(s.values, v) {
				return s, fmt.Errorf("%s: %s is given twice", s.name, v)
			}
			s.values = append(s.values, v)
		}
		return s, nil
	},
}

// grid returns a cell for every combination of the sweeps' values, the last
// one varying fastest; one cell when there is no sweep.
func grid(base experiment.Config, sweeps []sweep) ([]part2.Cell, error) {
	cells := []part2.Cell{{Config: base}}
	var seen []string
	for _, s := range sweeps {
		switch {
		case slices.Contains(seen, s.name):
			return nil, cli.Usagef("-sweep %s is given twice; list all its values in one", s.name)
		case s.name == "batch_size" && base.SGD:
			return nil, cli.Usagef("-sgd takes one row a step: leave it out to sweep batch_size")
		case s.name == "noise" && base.Table != nil:
			return nil, cli.Usagef("-sweep noise belongs to make_moons and -data brings a table")
		}
		seen = append(seen, s.name)
		var next []part2.Cell
		for _, c := range cells {
			for _, v := range s.values {
				config, err := c.Config.With(s.name, v)
				if err == nil {
					err = config.Check()
				}
				if err != nil {
					return nil, fmt.Errorf("-sweep %s=%s: %w", s.name, v, err)
				}
				next = append(next, part2.Cell{Texts: append(slices.Clone(c.Texts), v), Config: config})
			}
		}
		cells = next
	}
	return cells, nil
}

// list joins words as prose does in a short list.
func list(words []string) string { return strings.Join(words, ", ") }
