package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/output"
)

// A report is one run and what is said about it.
type report struct {
	flags  flags
	exp    *experiment.Experiment
	result experiment.Result
}

// network returns the layers' sizes, "2-20-2".
func (r report) network() string {
	text := strconv.Itoa(r.exp.Data.TrainX.Cols)
	for _, h := range append(append([]int{}, r.exp.Hidden...), len(r.exp.Data.Classes)) {
		text += "-" + strconv.Itoa(h)
	}
	return text
}

// batches says what a step sees.
func batches(c experiment.Config) string {
	switch {
	case c.SGD:
		return "one random row a step"
	case c.BatchSize > 0:
		return fmt.Sprintf("batches of %d rows", c.BatchSize)
	}
	return "all training rows every step"
}

func (r report) title() string {
	return fmt.Sprintf("MLP %s on %s, %s", r.network(), r.exp.Data.Name, batches(r.exp.Config))
}

func (r report) printHead(w io.Writer) {
	d := r.exp.Data
	fmt.Fprintf(w, "%s\n%d training rows, %d test rows, seed %d\n", r.title(), d.TrainX.Rows, d.TestX.Rows, r.exp.Seed)
	for _, line := range r.preface() {
		fmt.Fprintln(w, line)
	}
	fmt.Fprintln(w, "settings")
	r.flags.set.Settings("out", "v", "seeds", "sweep").Print(w)
	fmt.Fprintln(w)
}

// preface says what a network with faults in it is, and why.
func (r report) preface() []string {
	c := r.exp.Config
	switch {
	case c.AsReported:
		return []string{
			"as reported: not a right network but the one behind the report's figures. In training a softmax follows every layer, in place;",
			"the bias gradient is a mean beside a summed weight gradient. These two faults, with randn·1e-4 and the sum, give the report's curves.",
		}
	case len(c.Faults) > 0:
		var lines []string
		for _, f := range c.Faults {
			lines = append(lines, fmt.Sprintf("fault %s: %s.", f.Name, f.Doc))
		}
		return lines
	}
	return nil
}

// tableRows is about how many evaluations a table shows.
const tableRows = 12

// spread returns about n indices of 0 … count−1, the first and the last among
// them, evenly spread.
func spread(count, n int) []int {
	if count <= n {
		n = count
	}
	var at []int
	for i := range n {
		at = append(at, i*(count-1)/max(n-1, 1))
	}
	return at
}

func (r report) printTail(w io.Writer) {
	if len(r.result.Evals) > 0 {
		tw := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
		fmt.Fprintln(tw, strings.Join(evalHead, "\t")+"\t")
		for _, row := range r.evalRows() {
			fmt.Fprintln(tw, strings.Join(row, "\t")+"\t")
		}
		tw.Flush()
		fmt.Fprintln(w)
		if confusion := r.confusion(); confusion != nil {
			fmt.Fprintln(w, "test rows: class (down) and what was predicted (across)")
			tw := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
			for _, row := range confusion {
				fmt.Fprintln(tw, strings.Join(row, "\t")+"\t")
			}
			tw.Flush()
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintln(w, "fingerprint", r.result.Fingerprint)
	for _, line := range r.advice() {
		fmt.Fprintln(w, "hint:", line)
	}
	for _, line := range r.beside() {
		fmt.Fprintln(w, line)
	}
}

var evalHead = []string{"step", "loss", "loss a row", "train acc.", "test acc."}

func (r report) evalRows() [][]string {
	var rows [][]string
	for _, i := range spread(len(r.result.Evals), tableRows) {
		v := r.result.Evals[i]
		rows = append(rows, []string{strconv.Itoa(v.Step), digits(v.Loss), digits(v.Loss / float64(v.Rows)),
			fmt.Sprintf("%.4f", v.TrainAccuracy), fmt.Sprintf("%.4f", v.TestAccuracy)})
	}
	return rows
}

// digits shows a loss with about five digits, always with the same number of
// decimals where losses of one run are compared.
func digits(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.3e", v)
	case v >= 100:
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.4f", v)
}

// confusion returns a table of class by prediction over the test rows, or nil
// where the boundary can be drawn instead.
func (r report) confusion() [][]string {
	d := r.exp.Data
	if d.TrainX.Cols == 2 {
		return nil
	}
	return confusionTable(d, r.exp.Net.Predict(d.TestX))
}

// write makes the files of the run.
func (r report) write(out *output.Dir) error {
	figures, err := r.figures()
	if err != nil {
		return err
	}
	return writeAll(out, figures, []file{{"metrics.csv", r.metricsCSV()}}, r.json(), r.page)
}

func (r report) metricsCSV() []byte {
	var b bytes.Buffer
	b.WriteString("step,loss,train_accuracy,test_accuracy\n")
	for _, v := range r.result.Evals {
		fmt.Fprintf(&b, "%d,%s,%s,%s\n", v.Step, full(v.Loss), full(v.TrainAccuracy), full(v.TestAccuracy))
	}
	return b.Bytes()
}

// full is the shortest text that reads back as v.
func full(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
