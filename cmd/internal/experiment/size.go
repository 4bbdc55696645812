package experiment

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"glassbox/cmd/internal/cli"
	"glassbox/nn/message"
)

// MostBytes is what one command may hold: more is refused before any of it is
// allocated. 32-bit systems have less.
const MostBytes = (1 + 3*(math.MaxInt>>62)) << 30

// sizes are the numbers in a row of the input, each hidden layer's result, and
// the output.
func (c Config) sizes() []int {
	in, out := 2, 2
	if c.Table != nil {
		in, out = c.Table.X.Cols, len(c.Table.Classes)
	}
	return append(append([]int{in}, c.Hidden...), out)
}

// Params is how many parameters the network has. It does not overflow.
func (c Config) Params() float64 {
	total, sizes := 0.0, c.sizes()
	for k, out := range sizes[1:] {
		total += (float64(sizes[k]) + 1) * float64(out)
	}
	return total
}

// Bytes estimates what the data and the training hold: the points several times
// over while they are made and split, parameters with their gradients,
// velocities and a copy to predict with, and in training and in evaluation a row
// of each layer's results and gradients for each sample.
func (c Config) Bytes() float64 {
	rows, units, sizes := float64(c.N), 0.0, c.sizes()
	if c.Table != nil {
		rows = float64(c.Table.X.Rows)
	}
	for _, n := range sizes[1:] {
		units += float64(n)
	}
	data := 4 * rows * float64(sizes[0]+sizes[len(sizes)-1])
	return 8 * (data + 4*c.Params() + 3*rows*units)
}

// fits refuses an experiment that is too large, with what would fit.
func (c Config) fits() error {
	size := c.Bytes()
	if size <= MostBytes {
		return nil
	}
	advice := message.New("fewer rows would be right")
	narrow := c
	narrow.Hidden = slices.Repeat([]int{1}, len(c.Hidden))
	switch {
	case len(c.Hidden) > 0 && narrow.Bytes() <= MostBytes:
		width := sort.Search(slices.Max(c.Hidden), func(w int) bool {
			narrow.Hidden = slices.Repeat([]int{w + 1}, len(c.Hidden))
			return narrow.Bytes() > MostBytes
		})
		text := cli.Ints.Format(slices.Repeat([]int{round(width)}, len(c.Hidden)))
		advice = message.New("-dnn_hidden_units %s would fit", text)
	case c.Table == nil:
		advice = message.New("-n %d would fit", round(sort.Search(c.N, func(n int) bool { d := c; d.N = n + 1; return d.Bytes() > MostBytes })))
	}
	return cli.Usagef("the network and its data would take %s of memory, and %s is the most: %s", Gigabytes(size), Gigabytes(MostBytes), advice)
}

// round drops all but the first two digits.
func round(n int) int {
	unit := 1
	for n/unit >= 100 {
		unit *= 10
	}
	return n / unit * unit
}

// Gigabytes is a size for people.
func Gigabytes(bytes float64) string { return fmt.Sprintf("%.3g GB", bytes/1e9) }

// RunBytes estimates what the result of a run holds.
func (c Config) RunBytes() float64 {
	return 200 + 48*(float64(c.Steps)/float64(c.EvalFreq)+2) + 8*c.Params()
}
