package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part2"
)

// A report is one run and the flags that asked for it.
type report struct {
	*flags
	run *part2.Run
}

func (r report) printHead(w io.Writer) {
	d := r.run.Exp.Data
	fmt.Fprintf(w, "%s\n%d training rows, %d test rows, seed %d\n", r.run.Title().EN, d.TrainX.Rows, d.TestX.Rows, r.run.Exp.Seed)
	for _, line := range r.run.Preface() {
		fmt.Fprintln(w, part2.Plain(line))
	}
	fmt.Fprintln(w, "settings")
	r.set.Settings("out", "v", "seeds", "sweep").Print(w)
	fmt.Fprintln(w)
}

func (r report) printTail(w io.Writer) {
	if n := len(r.run.Result.Evals); n > 0 {
		rows := [][]string{english(part2.EvalHead())}
		for _, i := range experiment.Evenly(n, part2.ShortTable) {
			rows = append(rows, r.run.EvalRow(i))
		}
		printTable(w, rows)
		fmt.Fprintln(w)
		if !r.run.Planar() { // otherwise the boundary is drawn
			fmt.Fprintln(w, "test rows: class (down) and what was predicted (across)")
			printTable(w, r.run.Confusion())
			fmt.Fprintln(w)
		}
	}
	fmt.Fprintln(w, "fingerprint", r.run.Result.Fingerprint)
	for _, hint := range r.run.Advice() {
		fmt.Fprintln(w, "hint:", part2.Plain(hint))
	}
	r.printBeside(w)
}

// printBeside puts the report's figures and this run's in two lines.
func (r report) printBeside(w io.Writer) {
	rep := r.run.Reported()
	if rep == nil || len(r.run.Result.Evals) == 0 {
		return
	}
	v := r.run.Result.Last()
	mine := fmt.Sprintf("test accuracy %.3f", v.TestAccuracy)
	if rep.Loss != 0 {
		mine += fmt.Sprintf(", loss %.1f", v.Loss)
	}
	fmt.Fprintf(w, "report    %s\nthis run  %d steps: %s\n", rep.Text.EN, v.Step, mine)
}

// printTable prints rows of texts in columns flush right.
func printTable(w io.Writer, rows [][]string) {
	tw := tabwriter.NewWriter(w, 0, 0, 3, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		fmt.Fprintln(tw, strings.Join(row, "\t")+"\t")
	}
	tw.Flush()
}

// english returns the texts as a terminal shows them.
func english(texts []lang.Text) []string {
	var list []string
	for _, t := range texts {
		list = append(list, part2.Plain(t))
	}
	return list
}

// write makes the files of the run.
func (r report) write(out *output.Dir) error {
	figures, err := r.run.Figures()
	if err != nil {
		return err
	}
	return writeAll(out, figures, []file{{"metrics.csv", r.metricsCSV()}}, r.json(), func(written []string) *page.Page {
		return r.run.Page(figures, r.foot(written))
	})
}

func (r report) metricsCSV() []byte {
	var b bytes.Buffer
	b.WriteString("step,loss,train_accuracy,test_accuracy\n")
	for _, v := range r.run.Result.Evals {
		fmt.Fprintf(&b, "%d,%s,%s,%s\n", v.Step, full(v.Loss), full(v.TrainAccuracy), full(v.TestAccuracy))
	}
	return b.Bytes()
}

// full is the shortest text that reads back as v.
func full(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
