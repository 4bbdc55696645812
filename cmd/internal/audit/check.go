package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync/atomic"
	"text/tabwriter"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/progress"
	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
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
		return fmt.Errorf("%w after %s of %s parameters; a check says nothing before its end", cli.ErrInterrupted, cli.Thousands(done.Load()), cli.Thousands(int64(count)))
	}
	if err != nil {
		return fmt.Errorf("step %d: %w", at, err)
	}
	fmt.Fprintf(stdout, "Gradient check of MLP %s on %s, step %d: %s\n", e.Network(), e.Data.Name, at, batchWords(config, x.Rows))
	printSettings(stdout, set)
	fmt.Fprintf(stdout, "the loss is %.9g, good to %.1e; %d parameters\n\n", report.Loss, report.LossError, count)
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
			err = fmt.Errorf("%w before step %d", cli.ErrInterrupted, at)
		}
		if err != nil {
			return x, y, err
		}
	}
	x, y = e.Next()
	return x, y, nil
}

func batchWords(c experiment.Config, rows int) string {
	switch {
	case c.SGD:
		return "one training row"
	case c.BatchSize > 0:
		return fmt.Sprintf("a batch of %d training rows", rows)
	}
	return fmt.Sprintf("all %d training rows", rows)
}

// printSettings shows the flags that have to do with a single step.
func printSettings(w io.Writer, set *cli.Set, without ...string) {
	fmt.Fprintln(w, "settings")
	set.Settings(append(without, "max_steps", "eval_freq")...).Print(w)
}

func printSweep(w io.Writer, r audit.GradientCheck) {
	which := "all parameters"
	if r.SweepEvery > 1 {
		which = fmt.Sprintf("one parameter in %d", r.SweepEvery)
	}
	fmt.Fprintf(w, "Central differences (f(w+h) − f(w−h))/2h by their step, over %s. A large h truncates:\n", which)
	fmt.Fprintln(w, "the error falls with h². A small h rounds: what the loss may be off by is divided by h.")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "h\tworst rel. error\tat\tmedian\trounding ≤\tat kinks\t")
	for _, s := range r.Sweep {
		if s.Checked == 0 {
			fmt.Fprintf(tw, "%.0e\t–\t\t–\t%.1e\t%d\t\n", s.H, s.Rounding, s.Left)
			continue
		}
		fmt.Fprintf(tw, "%.0e\t%.1e\t%s\t%.1e\t%.1e\t%d\t\n", s.H, s.Worst, s.Where, s.Median, s.Rounding, s.Left)
	}
	tw.Flush()
	fmt.Fprintln(w)
}

func printTensors(w io.Writer, r audit.GradientCheck, guarded bool) {
	fmt.Fprintln(w, "Each element against R(h/2), where D(h) is the difference above, R(h) = (4·D(h/2) − D(h))/3 and")
	fmt.Fprintln(w, "h = ∛2⁻⁵²·max(1, |w|), larger where that is too coarse. Allowed: |R(h/2) − R(h)| for truncation, 6δ/h")
	if guarded {
		fmt.Fprintln(w, "for rounding (δ: what the loss may be off by), and ε's share: the loss is −log(p + ε), so its gradient")
		fmt.Fprintln(w, "is p/(p + ε)·(p − y), while dz = p − y leaves that factor out. Errors are beyond ε's share.")
	} else {
		fmt.Fprintln(w, "for rounding (δ: what the loss may be off by).")
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "tensor\telements\tchecked\tat kinks\twrong\tworst rel. error\tat\tnumeric\tanalytic\tof allowed\tε's share\t")
	for _, t := range r.Tensors {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t", t.Name, t.Elements, t.Checked, t.Left, t.Bad)
		if t.Checked == 0 {
			fmt.Fprintln(tw, "–\t\t\t\t\t\t")
			continue
		}
		x := t.Worst
		fmt.Fprintf(tw, "%.1e\t[%d,%d]\t%.10g\t%.10g\t%s\t%.0e\t\n", x.Relative, x.I, x.J, x.Numeric, x.Analytic, share(x.Off), t.Epsilon)
	}
	tw.Flush()
	for _, t := range r.Tensors {
		if t.Smaller > 0 {
			fmt.Fprintf(w, "%s: a ReLU's kink lay within h for %s, checked with a smaller h\n", t.Name, cli.Plural(t.Smaller, "element"))
		}
		if t.Vague > 0 {
			fmt.Fprintf(w, "%s: rounding hides more than 1 %% of %s, being so small\n", t.Name, cli.Plural(t.Vague, "element"))
		}
		for i, c := range t.Crossings {
			fmt.Fprintf(w, "%s[%d,%d] left out: moving %s[%d,%d] by ±%.0e takes unit %d of layer %s across its kink at row %d (%s[%d,%d])\n",
				t.Name, c.I, c.J, c.Param, c.I, c.J, c.H, c.Unit, c.Tensor[1:], c.Row, c.Tensor, c.Row, c.Unit)
			if more := t.Left - i - 1; i == len(t.Crossings)-1 && more > 0 {
				fmt.Fprintf(w, "%s: %d more left out in the same way\n", t.Name, more)
			}
		}
	}
	for _, t := range r.Tensors {
		if t.Bad > 0 {
			fmt.Fprintf(w, "%s is not the gradient of the loss: %d of %d elements are off%s\n", t.Name, t.Bad, t.Checked, ratioWords(t.Ratio, r))
		}
	}
	fmt.Fprintln(w)
	if len(r.Failed())+len(r.Unchecked()) == 0 {
		fmt.Fprintln(w, "Every gradient is that of the loss.")
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
func ratioWords(c float64, r audit.GradientCheck) string {
	if c == 0 {
		return ""
	}
	n, classes := float64(r.Rows), float64(r.Classes)
	for _, known := range []struct {
		v     float64
		words string
	}{
		{-1, "the sign is wrong"},
		{n, fmt.Sprintf("all are N = %d times the loss's: the loss is a mean, the gradient a sum", r.Rows)},
		{1 / n, fmt.Sprintf("all are 1/N = 1/%d of the loss's: the loss is a sum, the gradient a mean", r.Rows)},
		{1 / classes, fmt.Sprintf("all are 1/C = 1/%d of the loss's", r.Classes)},
		{1 / n / classes, fmt.Sprintf("all are 1/(N·C) = 1/%d of the loss's", r.Rows*r.Classes)},
		{math.Ln10, "all are ln 10 = 2.302585 times the loss's, whose logarithm is decimal"},
	} {
		if math.Abs(c/known.v-1) < 1e-4 {
			return ", " + known.words
		}
	}
	return fmt.Sprintf(", all are %.6g times the loss's", c)
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
		if words := ratioWords(common, r); words != "" {
			return fmt.Errorf("no gradient is that of the loss%s", words)
		}
		are, gradients := "is", "the gradient"
		if len(failed) > 1 {
			are, gradients = "are", "gradients"
		}
		return fmt.Errorf("%s %s not %s of the loss", strings.Join(failed, ", "), are, gradients)
	}
	if left := r.Unchecked(); len(left) > 0 {
		return fmt.Errorf("nothing could be checked in %s: every element is at a ReLU's kink; another start would be right, -at 10 or another -init", strings.Join(left, ", "))
	}
	return nil
}
