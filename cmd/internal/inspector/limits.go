package inspector

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
)

// budget is how many bytes of the page the steps may take, if all else of the
// model takes no more than rest.
const budget, rest = 2_600_000, 180_000

// A TooLargeError says that not even the least of a network fits into a page.
type TooLargeError struct {
	Steps int    // that should have been in it
	Size  int    // in bytes, that they would have taken
	Fits  int    // steps that there is room for
	Right string // what would be right
}

func (e *TooLargeError) Error() string {
	text := fmt.Sprintf("%d steps of this network would take %.1f MB with no more than the values of one row each, and a page has room for %.1f MB", e.Steps, float64(e.Size)/1e6, float64(budget)/1e6)
	if e.Right != "" {
		text += ": " + e.Right + " would be right"
	}
	return text
}

// room is what the steps may take beside all else of the model.
func room(m Model) int {
	text, err := json.Marshal(m)
	if err != nil {
		panic("inspector: " + err.Error()) // numbers that JSON has not are null
	}
	return budget - max(0, len(text)-rest)
}

// check refuses what does not go together, and a network that is far too large
// before it is trained.
func (o Options) check(c experiment.Config) error {
	if c.SGD && len(o.Samples) > 0 {
		return cli.Usagef("-samples keeps rows of a batch and -sgd has one row a step: give one of the two")
	}
	if n := len(o.Steps); n > 0 && o.Steps[n-1] >= c.Steps {
		return cli.Usagef("-steps: there is no step %d; with -max_steps %d they are 0 to %d", o.Steps[n-1], c.Steps, c.Steps-1)
	}
	in, classes, _ := data(c)
	need := min(fewest, c.Steps)
	if len(o.Steps) > 0 {
		need = len(o.Steps)
	}
	nets := 1
	if len(c.Faults) > 0 {
		nets = 2
	}
	step := float64(nets) * leastSize(in, c.Hidden, classes, c.Momentum != 0)
	if float64(need)*step < 1.1*budget {
		return o.checkSamples(c)
	}
	return o.explain(&TooLargeError{Steps: need, Size: int(float64(need) * step), Fits: int(budget / step)}, c)
}

// checkSamples holds the rows asked for against those there are.
func (o Options) checkSamples(c experiment.Config) error {
	if len(o.Samples) == 0 {
		return nil
	}
	rows := experiment.New(c).Data.TrainX.Rows
	for _, r := range o.Samples {
		if r >= rows {
			return cli.Usagef("-samples: there is no training row %d; they are 0 to %d", r, rows-1)
		}
	}
	return nil
}

// data is the shape of the data, test rows and all.
func data(c experiment.Config) (in, classes, rows int) {
	if c.Table != nil {
		return c.Table.X.Cols, len(c.Table.Classes), c.Table.X.Rows
	}
	return 2, 2, c.N
}

// leastSize is about what one step of a network takes at the least: the values
// of its parameters before and after, and of their gradients, eight bytes each
// of which six bits a letter write down.
func leastSize(in int, hidden []int, classes int, momentum bool) float64 {
	params, tensors := 0.0, 3.0
	for _, out := range append(slices.Clone(hidden), classes) {
		params += float64((in + 1) * out)
		in = out
	}
	if momentum {
		tensors = 5
	}
	return 0.93 * 8 * 8 / 6 * tensors * params
}

// explain says in err what would be right.
func (o Options) explain(err error, c experiment.Config) error {
	var large *TooLargeError
	if !errors.As(err, &large) {
		return err
	}
	if len(o.Steps) > 0 && large.Fits > 0 {
		large.Right = fmt.Sprintf("%d of -steps", large.Fits)
		return large
	}
	in, classes, _ := data(c)
	nets := 1
	if len(c.Faults) > 0 {
		nets = 2
	}
	// Smaller by an eighth, until it fits with some room.
	hidden := slices.Clone(c.Hidden)
	for range 400 {
		if float64(min(fewest, c.Steps)*nets)*leastSize(in, hidden, classes, c.Momentum != 0) < 0.8*budget {
			break
		}
		for i := range hidden {
			hidden[i] = max(1, hidden[i]*7/8)
		}
	}
	var units []string
	for _, n := range hidden {
		units = append(units, strconv.Itoa(n))
	}
	large.Right = "-dnn_hidden_units " + strings.Join(units, ",")
	return large
}

// candidates is how many steps a run keeps to choose from, so that they take no
// more memory than is common.
func candidates(c experiment.Config) int {
	const memory = 256 << 20
	in, classes, rows := data(c)
	params, width := 0, in+classes
	for _, out := range append(slices.Clone(c.Hidden), classes) {
		params += (in + 1) * out
		width += 4 * out
		in = out
	}
	if c.SGD {
		rows = 1
	} else if c.BatchSize > 0 {
		rows = c.BatchSize
	}
	bytes := 8 * 5 * params
	if len(c.Faults) > 0 {
		bytes += 8 * rows * width
	}
	return min(max(memory/bytes, fewest+1), most)
}
