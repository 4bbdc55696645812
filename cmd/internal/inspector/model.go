// Package inspector makes the audit's page: a network that one can look into,
// step by step and number by number.
//
// All numbers are computed here and stored in the page as the 64 bits they
// are; its script lays them out and never computes one.
//
// model.go is what the script is given. run.go makes it of a training run, which
// training.go keeps the steps of, trace.go of a recorded trace. rows.go
// chooses the samples, plan.go as many steps as fit, store.go writes their
// numbers, picture.go draws the data, render.go makes the page. In js, store.js
// and explain.js read numbers and fill explanations, graph.js, plane.js,
// curves.js, tables.js and panel.js draw, main.js has the state.
package inspector

import (
	"math"
	"strconv"

	"glassbox/cmd/internal/lang"
	"glassbox/nn/audit"
)

// A Model is what the page's script is given, as JSON.
type Model struct {
	Layers   []int    `json:"layers"`   // units: inputs, hidden layers, classes
	Features []string `json:"features"` // names of the inputs
	Classes  []string `json:"classes"`
	Planar   bool     `json:"planar"` // two inputs: boundary and hinges can be drawn
	Points   Points   `json:"points"` // the training rows, or the rows of a trace
	Nets     []Net    `json:"nets"`   // one, or the right one and one with a mistake
	// Differs is where the second network's numbers first part from the
	// first's; nil with one network, or where they never do.
	Differs  *Place            `json:"differs"`
	Findings []Finding         `json:"findings"`       // of a trace, in the order of compare
	Left     int               `json:"left,omitempty"` // how many more findings there were
	Texts    map[string]string `json:"texts"`          // the script's texts, English to Chinese
}

// Points are where rows lie in the picture of the data: rounded for drawing,
// the exact numbers are the tensor x of a step.
type Points struct {
	X     Floats     `json:"x"`
	Y     Floats     `json:"y"`
	Class []int      `json:"class"` // −1: not known
	Frame [4]float64 `json:"frame"` // x0, x1, y0, y1
	// All are the columns of the features that the reader may choose a pair of;
	// nil where there are but two.
	All []Floats `json:"all,omitempty"`
	// Row and Of are set where not every row is shown: which ones are, of how
	// many.
	Row []int `json:"row,omitempty"`
	Of  int   `json:"of,omitempty"`
}

// A Net is the run of one network.
type Net struct {
	Name    lang.Text  `json:"name"`    // "the right network", "with bias-gradient-mean", a trace's file
	Note    lang.Text  `json:"note"`    // what the mistake is; may be empty
	Explain string     `json:"explain"` // the command that explains a number, up to its -step
	Layouts [][]Tensor `json:"layouts"`
	Steps   []Step     `json:"steps"`
	Curve   Curve      `json:"curve"`
}

// A Curve is the evaluations of a run; Train and Test are missing for a trace.
type Curve struct {
	Step  []int  `json:"step"`
	Loss  Floats `json:"loss"` // a row
	Train Floats `json:"train"`
	Test  Floats `json:"test"`
}

// A Tensor is how one tensor lies in a step's data: for each kept element, row
// by row, first its value; then, if Explained, its explanation: the given
// quantity if there is one, the value and the running value of each stored
// term, and, where terms are left out, in their place the running value up to
// the last Tail ones, and at the end of the Large largest terms of the sum each
// one's number, its value and its share of the sum of all sizes.
type Tensor struct {
	Name      string      `json:"name"`
	Rows      int         `json:"rows"` // of the whole tensor
	Cols      int         `json:"cols"`
	ByRow     bool        `json:"byRow"` // its rows are samples: only those of Step.Kept are there
	Explained bool        `json:"explained"`
	Given     bool        `json:"given"`
	Terms     int         `json:"terms"`   // of the whole explanation
	Head      int         `json:"head"`    // stored terms from the first on
	Tail      int         `json:"tail"`    // stored terms up to the last; Head + Tail = Terms where none is left out
	Large     int         `json:"large"`   // largest terms that are stored where some are left out
	Formula   string      `json:"formula"` // of the tensor as a whole; empty for what is given
	Form      Form        `json:"form"`
	Notes     []lang.Text `json:"notes"`
}

// A Form is an audit.Form with its texts in both languages.
type Form struct {
	Of      []audit.Ref `json:"of"`
	Formula lang.Words  `json:"formula"`
	Numbers lang.Words  `json:"numbers,omitzero"`
	Given   *Part       `json:"given,omitempty"`
	Parts   []Part      `json:"parts"`
	Cases   []Case      `json:"cases,omitempty"`
}

// A Part is an audit.Part or an audit.Given.
type Part struct {
	Count   int        `json:"count"`
	Text    lang.Words `json:"text"`
	Numbers lang.Words `json:"numbers,omitzero"`
}

// A Case is an audit.Case.
type Case struct {
	Ref  int    `json:"ref"`
	Is   string `json:"is"`
	Form Form   `json:"form"`
}

// A Step is one kept training step.
type Step struct {
	N        int     `json:"n"`
	Layout   int     `json:"layout"` // in Net.Layouts
	Batch    int     `json:"batch"`  // rows of the batch
	Kept     []int   `json:"kept"`   // rows of the batch whose numbers are kept, ascending
	Row      []int   `json:"row"`    // for each of Kept, its place in Points; empty where the batch is not there
	Rate     float64 `json:"rate"`   // 0: not known
	Momentum float64 `json:"momentum"`
	Mean     bool    `json:"mean"`
	Data     string  `json:"data"` // float64s, little-endian, zlib, base64
	Drawing
	Missing map[string]lang.Text `json:"missing"` // tensors that are not there, and why
	Notes   []lang.Text          `json:"notes"`
}

// A Drawing is what the page draws of a step.
type Drawing struct {
	Boundary string       `json:"boundary"` // SVG path in the units of the data: where class 1 is the likelier
	Hinges   [][4]float64 `json:"hinges"`   // x0, y0, x1, y1 for each unit of layer 1; zeros: not in the frame
	Dead     [][]int      `json:"dead"`     // for each hidden layer the units that are 0 for every row
	Differs  []string     `json:"differs"`  // tensors that are not as in the right network
	Right    []bool       `json:"right"`    // for each point, whether the step finds it classified right; empty: not known
}

// A Place is an element of a tensor of a step.
type Place struct {
	Step   int    `json:"step"`
	Tensor string `json:"tensor"`
	I      int    `json:"i"`
	J      int    `json:"j"`
}

// A Finding is what compare found in a trace.
type Finding struct {
	Place
	Level   string    `json:"level"` // "error" or "warning"
	Cause   string    `json:"cause"`
	Message lang.Text `json:"message"`
	Got     string    `json:"got"` // shortest text that reads back
	Want    string    `json:"want"`
	Ratio   string    `json:"ratio"`
	Off     int       `json:"off"`
	Of      int       `json:"of"`
	Where   []int     `json:"where"` // row-major indices of the elements that are off
}

// Floats are numbers for JSON, which has none for NaN and the infinities: they
// are null.
type Floats []float64

// MarshalJSON writes the numbers with as many digits as they need.
func (f Floats) MarshalJSON() ([]byte, error) {
	b := []byte{'['}
	for i, v := range f {
		if i > 0 {
			b = append(b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			b = append(b, "null"...)
		} else {
			b = strconv.AppendFloat(b, v, 'g', -1, 64)
		}
	}
	return append(b, ']'), nil
}

// rounded is v with the given number of significant digits.
func rounded(v float64, digits int) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil {
		return v // beyond the largest number
	}
	return r
}
