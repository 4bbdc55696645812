package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"sync/atomic"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/progress"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// runCheck checks our own network's gradients against difference quotients of
// its loss.
func runCheck(args []string, stdout, stderr io.Writer) error {
	set := cli.New("audit check", "Checks every element of our own network's gradients against difference quotients of its loss.",
		"", "-dnn_hidden_units 7,5 -data testdata/iris.csv -standardize", "-sgd -at 100", "-fault bias-gradient-mean")
	config := experiment.Defaults()
	experiment.Flags(set, &config)
	set.Group("Check")
	at := 0
	cli.Var(set, &at, "at", cli.AtLeast(0), "training steps before the check; the batch is that of the next step")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	if err := config.Resolve(set, stderr); err != nil {
		return err
	}
	e := experiment.New(config)
	x, y, err := trainTo(e, at, stderr)
	if err != nil {
		return err
	}
	params := e.Net.Params()
	e.Net.Forward(x, y)
	e.Net.Backward()
	// The numbers of the network that trains, not those of the operations beside it.
	grads, ops := spec.Tensors{}, nn.Ops()
	switch net := e.Net.(type) {
	case *nn.SGD:
		for k, l := range net.Linears {
			grads[spec.Name("dW", k+1)], grads[spec.Name("db", k+1)] = l.DW, l.DB
		}
	case *spec.Net:
		grads, ops = net.Tensors(), net.Ops
	}
	count := 0
	for _, p := range params {
		count += p.Rows * p.Cols
	}
	bar := progress.New(stderr, "checking", count)
	bar.SetUnit("parameters")
	ctx, stop := cli.Interruptible()
	defer stop()
	var done atomic.Int64
	report, err := audit.CheckGradients(ctx, audit.Checked{
		Ops: ops, Settings: config.Settings(),
		Params: params, X: x, Y: y, Gradients: grads, Progress: func(n int) { bar.Add(n); done.Add(int64(n)) },
	})
	bar.Clear()
	if errors.Is(err, context.Canceled) {
		return message.Errorf("%w after %s of %s parameters; a check says nothing before its end", cli.ErrInterrupted, cli.Thousands(done.Load()), cli.Thousands(int64(count)))
	}
	if err != nil {
		return message.Errorf("step %d: %w", at, err)
	}
	fmt.Fprintln(stdout, lang.Say("Gradient check of MLP %s on %s, step %d: %s", e.Network(), e.Data.Name, at, batchWords(config, x.Rows)))
	printSettings(stdout, set)
	fmt.Fprintf(stdout, "%s\n\n", lang.Say("the loss is %.9g, good to %.1e; %d parameters", report.Loss, report.LossError, count))
	printSweep(stdout, report)
	printTensors(stdout, report, config.Loss == nil || config.Loss.Binary)
	return checkEnding(report)
}

// trainTo trains the experiment's network for at steps and returns the batch of
// the next.
func trainTo(e *experiment.Experiment, at int, stderr io.Writer) (x, y mat.Matrix, err error) {
	if at > 0 {
		ctx, stop := cli.Interruptible()
		defer stop()
		bar := progress.New(stderr, "training", at)
		_, err = nn.Train(ctx, e.Net, e.Next, at, at, nn.Hooks{Step: func(int) { bar.Add(1) }})
		bar.Clear()
		if errors.Is(err, context.Canceled) {
			err = message.Errorf("%w before step %d", cli.ErrInterrupted, at)
		}
		if err != nil {
			return x, y, err
		}
	}
	x, y = e.Next()
	return x, y, nil
}

func batchWords(c experiment.Config, rows int) lang.Text {
	switch {
	case c.SGD:
		return lang.T("one training row")
	case c.BatchSize > 0:
		return lang.T("a batch of %d training rows", rows)
	}
	return lang.T("all %d training rows", rows)
}

// printSettings shows the flags that have to do with a single step.
func printSettings(w io.Writer, set *cli.Set, without ...string) {
	fmt.Fprintln(w, lang.Say("settings"))
	set.Settings(append(without, "max_steps", "eval_freq")...).Print(w)
}

func printSweep(w io.Writer, r audit.GradientCheck) {
	which := lang.T("all parameters")
	if r.SweepEvery > 1 {
		which = lang.T("one parameter in %d", r.SweepEvery)
	}
	cli.Wrap(w, lang.Say("Central differences (f(w+h) − f(w−h))/2h by their step, over %s. A large h truncates: the error falls with h². A small h rounds: what the loss may be off by is divided by h.", which), "", cli.Columns)
	rows := [][]string{{"h", lang.Say("worst rel. error"), lang.Say("at"), lang.Say("median"), lang.Say("rounding ≤"), lang.Say("at kinks")}}
	for _, s := range r.Sweep {
		worst, median := "–", "–"
		if s.Checked > 0 {
			worst, median = fmt.Sprintf("%.1e", s.Worst), fmt.Sprintf("%.1e", s.Median)
		}
		rows = append(rows, []string{fmt.Sprintf("%.0e", s.H), worst, s.Where, median, fmt.Sprintf("%.1e", s.Rounding), strconv.Itoa(s.Left)})
	}
	cli.Table(w, rows, "  ", 2, "r")
	fmt.Fprintln(w)
}

func printTensors(w io.Writer, r audit.GradientCheck, guarded bool) {
	said := []lang.Text{lang.T("Each element against R(h/2), where D(h) is the difference above, R(h) = (4·D(h/2) − D(h))/3 and h = ∛2⁻⁵²·max(1, |w|), larger where that is too coarse.")}
	if guarded {
		said = append(said, lang.T("Allowed: |R(h/2) − R(h)| for truncation, 6δ/h for rounding (δ: what the loss may be off by), and ε's share: the loss is −log(p + ε), so its gradient is p/(p + ε)·(p − y), while dz = p − y leaves that factor out. Errors are beyond ε's share."))
	} else {
		said = append(said, lang.T("Allowed: |R(h/2) − R(h)| for truncation and 6δ/h for rounding (δ: what the loss may be off by)."))
	}
	cli.Wrap(w, lang.Sentences(said...).Here(), "", cli.Columns)
	rows := [][]string{{lang.Say("tensor"), lang.Say("elements"), lang.Say("checked"), lang.Say("at kinks"), lang.Say("wrong"), lang.Say("worst"), lang.Say("at"),
		lang.Say("numeric"), lang.Say("analytic"), lang.Say("of allowed"), lang.Say("ε's share")}}
	for _, t := range r.Tensors {
		row := []string{t.Name, strconv.Itoa(t.Elements), strconv.Itoa(t.Checked), strconv.Itoa(t.Left), strconv.Itoa(t.Bad), "–", "", "", "", "", ""}
		if x := t.Worst; t.Checked > 0 {
			row = append(row[:5], fmt.Sprintf("%.1e", x.Relative), fmt.Sprintf("[%d,%d]", x.I, x.J), fmt.Sprintf("%.8g", x.Numeric), fmt.Sprintf("%.8g", x.Analytic),
				share(x.Off), fmt.Sprintf("%.0e", t.Epsilon))
		}
		rows = append(rows, row)
	}
	cli.Table(w, rows, "  ", 2, "r", 1, 10, 3, 9)
	for _, t := range r.Tensors {
		if t.Smaller > 0 {
			cli.Wrap(w, lang.Say("%s: a ReLU's kink lay within h for %d of the elements, checked with a smaller h", t.Name, t.Smaller), "", cli.Columns)
		}
		if t.Vague > 0 {
			cli.Wrap(w, lang.Say("%s: rounding hides more than 1 %% of %d of the elements, being so small", t.Name, t.Vague), "", cli.Columns)
		}
		for i, c := range t.Crossings {
			cli.Wrap(w, lang.Say("%s[%d,%d] left out: moving %s[%d,%d] by ±%.0e takes unit %d of layer %s across its kink at row %d (%s[%d,%d])",
				t.Name, c.I, c.J, c.Param, c.I, c.J, c.H, c.Unit, c.Tensor[1:], c.Row, c.Tensor, c.Row, c.Unit), "", cli.Columns)
			if more := t.Left - i - 1; i == len(t.Crossings)-1 && more > 0 {
				fmt.Fprintln(w, lang.Say("%s: %d more left out in the same way", t.Name, more))
			}
		}
	}
	for _, t := range r.Tensors {
		if t.Bad > 0 {
			cli.Wrap(w, lang.Say("%s is not the gradient of the loss: %d of %d elements are off%s", t.Name, t.Bad, t.Checked, ratioWords(t.Ratio, r)), "", cli.Columns)
		}
		if t.Flat > 0 {
			cli.Wrap(w, lang.Say("%s: the loss does not move at all with %d of the elements, whose gradient is not 0", t.Name, t.Flat), "", cli.Columns)
		}
	}
	fmt.Fprintln(w)
	if len(r.Failed())+len(r.Unchecked()) == 0 {
		fmt.Fprintln(w, lang.Say("Every gradient is that of the loss."))
	}
}

// share shows how much of the tolerance a distance takes.
func share(off float64) string {
	switch {
	case off <= 1:
		return fmt.Sprintf("%.0f %%", 100*off)
	case math.IsInf(off, 0):
		return "∞×"
	}
	return fmt.Sprintf("%.2g×", off)
}

// ratioWords says what a constant ratio between gradient and quotient equals.
func ratioWords(c float64, r audit.GradientCheck) lang.Text {
	if c == 0 {
		return lang.Text{}
	}
	n, classes := float64(r.Rows), float64(r.Classes)
	for _, known := range []struct {
		v     float64
		words lang.Text
	}{
		{-1, lang.T(", the sign is wrong")},
		{n, lang.T(", all are N = %d times the loss's: the loss is a mean, the gradient a sum", r.Rows)},
		{1 / n, lang.T(", all are 1/N = 1/%d of the loss's: the loss is a sum, the gradient a mean", r.Rows)},
		{1 / classes, lang.T(", all are 1/C = 1/%d of the loss's", r.Classes)},
		{1 / n / classes, lang.T(", all are 1/(N·C) = 1/%d of the loss's", r.Rows*r.Classes)},
		{math.Ln10, lang.T(", all are ln 10 = 2.302585 times the loss's, whose logarithm is decimal")},
	} {
		if math.Abs(c/known.v-1) < 1e-4 {
			return known.words
		}
	}
	return lang.T(", all are %.6g times the loss's", c)
}

// checkEnding says what the command ends with.
func checkEnding(r audit.GradientCheck) error {
	if failed := r.Failed(); len(failed) > 0 {
		common := r.Tensors[0].Ratio
		for _, t := range r.Tensors {
			if common == 0 || !(math.Abs(t.Ratio/common-1) < 1e-4) {
				common = 0
			}
		}
		if words := ratioWords(common, r); !words.Empty() {
			return message.Errorf("no gradient is that of the loss%s", words)
		}
		if len(failed) > 1 {
			return message.Errorf("%s are not gradients of the loss", strings.Join(failed, ", "))
		}
		return message.Errorf("%s is not the gradient of the loss", failed[0])
	}
	if left := r.Unchecked(); len(left) > 0 {
		return message.Errorf("nothing could be checked in %s: every element is at a ReLU's kink; another start would be right, -at 10 or another -init", strings.Join(left, ", "))
	}
	return nil
}
