// Package experiment is Parts II and III of the coursework as a library for
// the commands: the flags, the data they ask for, the network, and its
// training.
package experiment

import (
	"io"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/dataset"
	"glassbox/moons"
	"glassbox/nn"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// Config is all that decides an experiment's numbers.
type Config struct {
	Hidden      []int // units of each hidden layer
	Rate        float64
	Steps       int
	EvalFreq    int // steps between two evaluations
	SGD         bool
	BatchSize   int // 0: all rows
	Momentum    float64
	Init        Init
	Mean        bool             // gradient of the mean loss over the batch, not of its sum
	Activation  *spec.Activation // nil: ReLU
	Loss        *spec.Loss       // nil: cross-entropy behind a softmax
	Decay       float64          // of the weights: λ/2·ΣW² beside the loss
	Optimizer   *spec.Optimizer  // how the parameters step; the first with a momentum is the second
	Seed        uint32
	N           int     // points of make_moons
	Noise       float64 // their standard deviation
	File        string  // of the table, "" for make_moons
	Table       *dataset.Table
	Standardize bool
	AsReported  bool
	Faults      []faults.Fault
}

// Defaults is the experiment without any flag: the right network on two moons.
func Defaults() Config {
	he, _ := InitKind.Parse("he")
	return Config{Hidden: []int{20}, Rate: 0.01, Steps: 1500, EvalFreq: 10, Init: he, Mean: true, Seed: 42, N: 1000, Noise: 0.05, Optimizer: spec.Optimizers[0]}
}

// Flags defines the flags of the experiment at c, with what stands there as
// their defaults. Call c.Resolve when they are parsed.
func Flags(set *cli.Set, c *Config) {
	set.Group("Network and training")
	cli.Var(set, &c.Hidden, "dnn_hidden_units", cli.Ints, "units of each hidden layer, separated by commas")
	cli.Var(set, &c.Rate, "learning_rate", cli.Positive, "step down the gradient, W −= rate·dW")
	cli.Var(set, &c.Steps, "max_steps", cli.AtLeast(1), "training steps")
	cli.Var(set, &c.EvalFreq, "eval_freq", cli.AtLeast(1), "steps between two evaluations")
	cli.Var(set, &c.SGD, "sgd", cli.Switch, "one training row a step, drawn at random, instead of all of them")
	cli.Var(set, &c.BatchSize, "batch_size", cli.AtLeast(0), "rows a step from epochs shuffled anew; 0 takes all rows every step")
	cli.Var(set, &c.Momentum, "momentum", cli.BelowOne, "v = momentum·v + dW; W −= rate·v")
	cli.Var(set, &c.Init, "init", InitKind, "standard deviation of the first weights: he is √(2/in), randn is 1, or a number")
	cli.Var(set, &c.Mean, "reduction", cli.OneOf(cli.Choice[bool]{Word: "mean", Value: true}, cli.Choice[bool]{Word: "sum", Value: false}),
		"gradient of the mean loss over the batch, or of its sum")
	cli.Var(set, &c.Activation, "activation", tableKind(spec.Activations, func(a *spec.Activation) string { return a.Name }, 1), "behind each hidden layer")
	cli.Var(set, &c.Loss, "loss", tableKind(append([]*spec.Loss{{Name: spec.CrossEntropy}}, spec.Losses...), func(l *spec.Loss) string { return l.Name }, 1),
		"cross_entropy has a softmax before it, binary_cross_entropy one sigmoid output, squared errors no activation")
	cli.Var(set, &c.Decay, "l2", cli.UpTo(1e6), "λ of the penalty λ/2·ΣW² on the weights, in the loss and in dW")
	cli.Var(set, &c.Optimizer, "optimizer", tableKind(spec.Optimizers, func(o *spec.Optimizer) string { return o.Name }, 0), "momentum and nesterov have -momentum 0.9 where none is given")
	set.Group("Data")
	cli.Var(set, &c.Seed, "seed", cli.Seed, "of NumPy's generator: the same seed gives NumPy's data, weights and draws")
	cli.Var(set, &c.N, "n", cli.AtLeast(5), "points of make_moons; the first 80 % train, the others test")
	cli.Var(set, &c.Noise, "noise", cli.UpTo(1e6), "standard deviation of make_moons' noise")
	cli.Var(set, &c.File, "data", cli.Text("FILE"), "a table of one's own instead: CSV with the class in the last column, or .npz with x and y")
	cli.Var(set, &c.Standardize, "standardize", cli.Switch, "scale each feature by mean and deviation of its training rows")
	set.Group("Mistakes on purpose")
	cli.Var(set, &c.AsReported, "as_reported", cli.Switch, "the network behind the report's figures: init 1e-4, reduction sum and two faults")
	cli.Var(set, &c.Faults, "fault", faultKind(), "mistakes of the catalogue to build in; -fault ? lists them")
}

// Resolve completes c after its flags have been parsed: what -as_reported
// implies, what goes together, and the table of -data, which may take a while:
// then w, if it is a terminal, shows how far it is.
func (c *Config) Resolve(set *cli.Set, w io.Writer) error {
	if c.AsReported {
		set.Resolve("init", "1e-4")
		set.Resolve("reduction", "sum")
		set.Resolve("fault", faultKind().Format(faults.AsReported))
	}
	if o := c.Optimizer.Name; o == "momentum" || o == "nesterov" {
		set.Resolve("momentum", cli.FormatFloat(spec.DefaultMomentum))
	}
	if c.SGD && c.BatchSize > 0 {
		return cli.Usagef("-sgd takes one row a step and -batch_size %d takes %d: give one of the two", c.BatchSize, c.BatchSize)
	}
	if c.File != "" {
		for _, name := range []string{"n", "noise"} {
			if set.Given(name) {
				return cli.Usagef("-%s belongs to make_moons and -data brings a table: give one of the two", name)
			}
		}
		table, err := dataset.Read(c.File, w)
		if err != nil {
			return err
		}
		c.Table = &table
	}
	return c.Check()
}

// Check refuses what only the data can show to be wrong.
func (c Config) Check() error {
	if err := c.fits(); err != nil {
		return err
	}
	if err := c.steps(); err != nil {
		return err
	}
	rows := c.N
	if c.Table != nil {
		rows = c.Table.X.Rows
	}
	train := moons.TrainRows(rows, trainShare)
	if train < 1 || train == rows {
		return message.Errorf("%d rows cannot be split into training and test rows; 5 or more would be right", rows)
	}
	if c.Loss != nil && c.Loss.Binary && c.Table != nil && len(c.Table.Classes) != 2 {
		return cli.Usagef("-loss %s tells two classes apart and the table has %d; -loss cross_entropy would be right", c.Loss.Name, len(c.Table.Classes))
	}
	if c.BatchSize > train {
		return cli.Usagef("-batch_size: %d is more than the %d training rows", c.BatchSize, train)
	}
	return nil
}

// steps refuses an optimizer and a momentum that do not go together.
func (c Config) steps() error {
	switch o := c.Optimizer; o.Name {
	case "sgd":
	case "momentum", "nesterov":
		if c.Momentum == 0 {
			return cli.Usagef("-optimizer %s needs a -momentum above 0; for example -momentum 0.9", o.Name)
		}
	default:
		if c.Momentum != 0 {
			return cli.Usagef("-momentum belongs to -optimizer momentum and nesterov, and %s has constants of its own: give one of the two", o.Name)
		}
	}
	return nil
}

// tableKind is a row of one of spec's tables. The first rows, which spec's
// settings have without it, are nil.
func tableKind[T any](table []*T, name func(*T) string, plain int) cli.Kind[*T] {
	var choices []cli.Choice[*T]
	for i, row := range table {
		if i < plain {
			row = nil
		}
		choices = append(choices, cli.Choice[*T]{Word: name(table[i]), Value: row})
	}
	return cli.OneOf(choices...)
}

// FromFlags returns the experiment that flags as a user types them ask for,
// with a seed unless they give one.
func FromFlags(flags string, seed uint32) (Config, error) {
	c := Defaults()
	c.Seed = seed
	set := cli.New("part2", "")
	Flags(set, &c)
	if err := set.Parse(strings.Fields(flags), io.Discard); err != nil {
		return c, err
	}
	return c, c.Resolve(set, io.Discard)
}

// With returns c with the flag of that name set to text. It panics when there
// is none.
func (c Config) With(name, text string) (Config, error) {
	set := cli.New("part2", "")
	Flags(set, &c)
	err := set.Assign(name, text)
	return c, err
}

// An Init says how the weights of a layer with in inputs are scaled.
type Init struct {
	Text string
	Std  func(in int) float64
}

// InitKind is he, randn or a standard deviation.
var InitKind = cli.Kind[Init]{
	Hint: "he|randn|STD", Example: "he", Words: []cli.Word{
		{Name: "he", Doc: "√(2/in), in being the inputs of the layer"},
		{Name: "randn", Doc: "1"},
	},
	Format: func(i Init) string { return i.Text },
	Parse: func(text string) (Init, error) {
		switch text {
		case "he":
			return Init{text, nn.He}, nil
		case "randn":
			return Init{text, func(int) float64 { return 1 }}, nil
		}
		std, err := cli.NonNegative.Parse(text)
		if err != nil {
			return Init{}, message.Errorf("%q is neither he nor randn nor a standard deviation; for example -init he or -init 1e-4", text)
		}
		return Init{text, func(int) float64 { return std }}, nil
	},
}

// faultKind is mistakes of the catalogue, separated by commas.
func faultKind() cli.Kind[[]faults.Fault] {
	var words []cli.Word
	var names []string
	for _, f := range faults.InStep {
		words, names = append(words, cli.Word{Name: f.Name, Doc: f.Doc}), append(names, f.Name)
	}
	return cli.Kind[[]faults.Fault]{
		Hint: "NAME,…", Example: "bias-gradient-mean", Words: words,
		Format: func(list []faults.Fault) string {
			return cli.Join(list, ",", func(f faults.Fault) string { return f.Name })
		},
		Parse: func(text string) ([]faults.Fault, error) {
			if text == "" {
				return nil, nil
			}
			var list []faults.Fault
			for name := range strings.SplitSeq(text, ",") {
				name = strings.TrimSpace(name)
				f, err := faults.Find(name)
				if err == nil && !slices.Contains(names, name) {
					return nil, message.Errorf("%s is no mistake of a step's operations, so no network can be run with it; -fault ? lists those that are", name)
				}
				if near := cli.DidYouMean(name, names); err != nil && !near.IsZero() {
					return nil, message.Errorf("no fault is called %q%s -fault ? lists them", name, near)
				}
				if err != nil {
					return nil, err
				}
				if slices.ContainsFunc(list, func(g faults.Fault) bool { return g.Name == f.Name }) {
					return nil, message.Errorf("%s is named twice", f.Name)
				}
				list = append(list, f)
			}
			return list, nil
		},
	}
}
