// Package experiment is Parts II and III of the coursework as a library for
// the commands: the flags, the data they ask for, the network, and its
// training.
package experiment

import (
	"fmt"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/dataset"
	"glassbox/nn"
	"glassbox/nn/faults"
)

// Options are the flags that describe an experiment, as the user gave them.
type Options struct {
	set         *cli.Set
	hidden      *[]int
	rate        *float64
	steps       *int
	evalFreq    *int
	sgd         *bool
	batchSize   *int
	momentum    *float64
	seed        *uint32
	n           *int
	noise       *float64
	init        *string
	reduction   *string
	asReported  *bool
	faults      *string
	data        *string
	standardize *bool
}

// Flags defines the experiment's flags on set.
func Flags(set *cli.Set) *Options {
	o := &Options{set: set}
	set.Group("Network and training")
	o.hidden = set.Ints("dnn_hidden_units", []int{20}, "units of each hidden layer, separated by commas")
	o.rate = set.Float("learning_rate", 0.01, cli.Positive, "step down the gradient, W −= rate·dW")
	o.steps = set.Int("max_steps", 1500, 1, "training steps")
	o.evalFreq = set.Int("eval_freq", 10, 1, "steps between two evaluations")
	o.sgd = set.Bool("sgd", false, "one training row a step, drawn at random, instead of all of them")
	o.batchSize = set.Int("batch_size", 0, 0, "rows a step from epochs shuffled anew; 0 takes all rows every step")
	o.momentum = set.Float("momentum", 0, cli.BelowOne, "v = momentum·v + dW; W −= rate·v")
	o.init = set.Func("init", "he", "he|randn|STD", "he", "standard deviation of the first weights: he is √(2/in), randn is 1, or a number",
		func(text string) error { _, err := ParseInit(text); return err })
	o.reduction = set.Choice("reduction", "mean", []string{"mean", "sum"}, "gradient of the mean loss over the batch, or of its sum")
	set.Group("Data")
	o.seed = set.Seed("seed", 42, "of NumPy's generator: the same seed gives NumPy's data, weights and draws")
	o.n = set.Int("n", 1000, 5, "points of make_moons; the first 80 % train, the others test")
	o.noise = set.Float("noise", 0.05, cli.NonNegative, "standard deviation of make_moons' noise")
	o.data = set.String("data", "", "FILE", "a table of one's own instead: CSV with the class in the last column, or .npz with x and y")
	o.standardize = set.Bool("standardize", false, "scale each feature by mean and deviation of its training rows")
	set.Group("Mistakes on purpose")
	o.asReported = set.Bool("as_reported", false, "the network behind the report's figures: init 1e-4, reduction sum and two faults")
	o.faults = set.Func("fault", "", "NAME,…", "bias-gradient-mean", "mistakes of the catalogue to build in; -fault ? lists them",
		func(text string) error { _, err := parseFaults(text); return err })
	return o
}

func names(list []faults.Fault) string {
	var texts []string
	for _, f := range list {
		texts = append(texts, f.Name)
	}
	return strings.Join(texts, ", ")
}

func parseFaults(text string) ([]faults.Fault, error) {
	var list []faults.Fault
	if text == "" {
		return nil, nil
	}
	for name := range strings.SplitSeq(text, ",") {
		f, err := faults.Find(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(list, func(g faults.Fault) bool { return g.Name == f.Name }) {
			return nil, fmt.Errorf("%s is named twice", f.Name)
		}
		list = append(list, f)
	}
	return list, nil
}

// An Init says how the weights of a layer with in inputs are scaled.
type Init struct {
	Text string
	Std  func(in int) float64
}

// ParseInit reads he, randn or a standard deviation.
func ParseInit(text string) (Init, error) {
	switch text {
	case "he":
		return Init{text, nn.He}, nil
	case "randn":
		return Init{text, func(int) float64 { return 1 }}, nil
	}
	std, err := cli.NonNegative.Parse(text)
	if err != nil {
		return Init{}, fmt.Errorf("%q is neither he nor randn nor a standard deviation; for example -init he or -init 1e-4", text)
	}
	return Init{text, func(int) float64 { return std }}, nil
}

// Config is a resolved experiment: all that decides its numbers.
type Config struct {
	Hidden      []int
	Rate        float64
	Steps       int
	EvalFreq    int
	SGD         bool
	BatchSize   int // 0: all rows
	Momentum    float64
	Seed        uint32
	N           int
	Noise       float64
	Init        Init
	Mean        bool
	AsReported  bool
	Faults      []faults.Fault
	Table       *dataset.Table // nil: make_moons
	Standardize bool
}

// Config resolves the flags after the set has been parsed: what -as_reported
// implies, what goes together, and the table of -data.
func (o *Options) Config() (Config, error) {
	if *o.asReported {
		o.set.Resolve("init", "1e-4")
		o.set.Resolve("reduction", "sum")
		o.set.Resolve("fault", strings.ReplaceAll(names(faults.AsReported), " ", ""))
	}
	if *o.sgd && *o.batchSize > 0 {
		return Config{}, cli.Usagef("-sgd takes one row a step and -batch_size %d takes %d: give one of the two", *o.batchSize, *o.batchSize)
	}
	c := Config{
		Hidden: *o.hidden, Rate: *o.rate, Steps: *o.steps, EvalFreq: *o.evalFreq,
		SGD: *o.sgd, BatchSize: *o.batchSize, Momentum: *o.momentum,
		Seed: *o.seed, N: *o.n, Noise: *o.noise, Mean: *o.reduction == "mean",
		AsReported: *o.asReported, Standardize: *o.standardize,
	}
	c.Init, _ = ParseInit(*o.init) // checked when it was parsed
	c.Faults, _ = parseFaults(*o.faults)
	if *o.data != "" {
		for _, name := range []string{"n", "noise"} {
			if o.set.Given(name) {
				return Config{}, cli.Usagef("-%s belongs to make_moons and -data brings a table: give one of the two", name)
			}
		}
		table, err := dataset.Read(*o.data)
		if err != nil {
			return Config{}, err
		}
		c.Table = &table
	}
	return c, c.Check()
}

// Check refuses what only the data can show to be wrong.
func (c Config) Check() error {
	rows := c.N
	if c.Table != nil {
		rows = c.Table.X.Rows
	}
	train := trainRows(rows)
	if train < 1 || train == rows {
		return fmt.Errorf("%d rows cannot be split into training and test rows; 5 or more would be right", rows)
	}
	if c.BatchSize > train {
		return cli.Usagef("-batch_size: %d is more than the %d training rows", c.BatchSize, train)
	}
	return nil
}
