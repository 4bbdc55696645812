package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/progress"
	"glassbox/nn"
	"glassbox/nn/audit"
)

// pageFlags are those of audit page.
type pageFlags struct {
	set    *cli.Set
	config experiment.Config
	trace  string
	out    string
	steps  stepList
	bar    *progress.Bar
	inspector.Options
}

func newPageFlags() *pageFlags {
	f := &pageFlags{config: experiment.Defaults(), out: "audit.html"}
	f.set = cli.New("audit page", "Writes a page to look into a network, step by step and number by number: our own, the right one beside one with a mistake, or a recorded one.",
		"", "-fault bias-gradient-mean", "-trace trace.npz -o theirs.html", "-sgd -max_steps 45000 -eval_freq 500")
	experiment.Flags(f.set, &f.config)
	f.set.Group("Page")
	cli.Var(f.set, &f.trace, "trace", cli.Text("FILE.npz"), "recorded steps instead of our own run")
	cli.Var(f.set, &f.out, "o", cli.Text("FILE.html"), "file to write")
	steps := stepsKind
	steps.Example = "0:3,100"
	cli.Var(f.set, &f.steps, "steps", steps, "steps to keep: 0:3 is 0, 1 and 2; also single numbers, separated by commas. Without it they are spread over the run")
	cli.Var(f.set, &f.Samples, "samples", samplesKind, "rows whose numbers are kept in any case, from 0: of the training rows, or of a trace's batches")
	return f
}

// runPage writes a page to look into a network.
func runPage(args []string, stdout, stderr io.Writer) error {
	f := newPageFlags()
	if err := f.set.Parse(args, stdout); err != nil {
		return err
	}
	f.Steps = f.steps.numbers
	f.Progress = func(label string, total int) func() {
		f.bar.Clear()
		f.bar = progress.New(stderr, label, total)
		return func() { f.bar.Add(1) }
	}
	defer func() { f.bar.Clear() }()
	if f.trace != "" {
		return f.recorded(stdout)
	}
	return f.own(stdout)
}

// samplesKind is numbers of rows, separated by commas.
var samplesKind = cli.Kind[[]int]{
	Hint: "ROW,…", Example: "17,203", Format: cli.Ints.Format,
	Parse: func(text string) ([]int, error) {
		var list []int
		for field := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(field))
			if err != nil || n < 0 {
				return nil, fmt.Errorf("%q: %q is not the number of a row; for example -samples 17,203", text, field)
			}
			list = append(list, n)
		}
		return list, nil
	},
}

// own writes the page of a run of our own network, or of two.
func (f *pageFlags) own(stdout io.Writer) error {
	if err := f.config.Resolve(f.set); err != nil {
		return err
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	return f.ownUntil(ctx, stdout)
}

func (f *pageFlags) ownUntil(ctx context.Context, stdout io.Writer) error {
	config := f.config
	f.Explain = f.explains()
	m, results, err := inspector.Run(ctx, config, f.Options)
	if err != nil {
		return err
	}
	name, units := "make_moons", []string{}
	if config.Table != nil {
		name = config.Table.Name
	}
	for _, n := range m.Layers {
		units = append(units, strconv.Itoa(n))
	}
	h := inspector.Head{
		Title:    lang.T("A network to look into"),
		Subtitle: lang.T("%s units, trained on %s for %d steps", strings.Join(units, "–"), name, results[0].Steps),
		Settings: f.settings("trace", "o", "steps", "samples"),
		Run:      page.Run{Command: f.set.Command("seed"), Seed: strconv.FormatUint(uint64(config.Seed), 10), Fingerprint: results[len(results)-1].Fingerprint},
	}
	if len(results) == 2 {
		h.Title = lang.T("The right network beside one with a mistake")
	}
	last := results[len(results)-1]
	interrupted := last.Interrupted()
	if interrupted {
		h.Interrupted = lang.T("The run was interrupted after %d of %d steps; the page shows what there was by then.", last.Steps, config.Steps)
	}
	if err := f.write(m, h, stdout); err != nil {
		return err
	}
	var bad *nn.NonFiniteError
	switch err := results[0].Err; {
	case interrupted:
		return fmt.Errorf("%w after %d of %d steps; what was done by then is in %s", cli.ErrInterrupted, last.Steps, config.Steps, f.out)
	case errors.As(err, &bad):
		return fmt.Errorf("%w than -learning_rate %s; what was done by then is in %s", err, cli.FormatFloat(config.Rate), f.out)
	default:
		return err
	}
}

// explains returns for each network the command that explains a number of it,
// up to its -step.
func (f *pageFlags) explains() []string {
	given := f.set.Settings("trace", "o", "steps", "samples")
	for i := range given {
		given[i].Given = given[i].Given || given[i].Name == "seed"
	}
	if len(f.config.Faults) == 0 {
		return []string{explainCommand(given)}
	}
	right := slices.DeleteFunc(slices.Clone(given), func(x cli.Setting) bool { return x.Name == "fault" || x.Name == "as_reported" })
	for i := range right {
		// What else -as_reported sets belongs to the right network too.
		right[i].Given = right[i].Given || f.config.AsReported && (right[i].Name == "init" || right[i].Name == "reduction")
	}
	return []string{explainCommand(right), explainCommand(given)}
}

func (f *pageFlags) settings(without ...string) []page.Setting {
	var list []page.Setting
	for _, x := range f.set.Settings(without...) {
		list = append(list, page.Setting{Name: x.Name, Value: x.Text, Given: x.Given})
	}
	return list
}

// recorded writes the page of a trace.
func (f *pageFlags) recorded(stdout io.Writer) error {
	rate, err := traceRate(f.set, f.config.Rate, "o", "steps", "samples")
	if err != nil {
		return err
	}
	t, err := audit.ReadTrace(f.trace)
	if err != nil {
		return err
	}
	var given cli.Settings
	for _, x := range f.set.Settings() {
		if x.Name == "trace" || x.Name == "learning_rate" {
			given = append(given, x)
		}
	}
	f.Explain = []string{explainCommand(given)}
	m, v, err := inspector.Trace(t, rate, f.Options)
	if err != nil {
		return err
	}
	h := inspector.Head{Title: lang.T("The recorded steps of %s", filepath.Base(t.File)), Run: page.Run{Command: f.set.Command()}}
	switch v.Verdict {
	case "clean":
		h.Subtitle = lang.T("Clean: all %d tensors of %d steps follow from their inputs within rounding", v.Judged, v.Steps)
	case "unreadable":
		h.Subtitle = lang.T("Nothing in it can be judged")
	default:
		h.Subtitle = lang.T("%d findings in %d tensors judged of %d steps", len(v.Findings), v.Judged, v.Steps)
	}
	h.Settings = []page.Setting{{Name: "trace", Value: t.File, Given: true}, {Name: "lr", Value: positive(t.Rate), Given: false}, {Name: "reduction", Value: t.Reduction}}
	if rate != 0 {
		h.Settings[1] = page.Setting{Name: "learning_rate", Value: positive(rate), Given: true}
	}
	return f.write(m, h, stdout)
}

// positive writes a number, nothing for 0.
func positive(v float64) string {
	if v == 0 {
		return ""
	}
	return cli.FormatFloat(v)
}

// write writes the page and says so.
func (f *pageFlags) write(m inspector.Model, h inspector.Head, stdout io.Writer) error {
	html, err := inspector.Render(m, h)
	if err != nil {
		return err
	}
	f.bar.Clear()
	if err := writeWhole(f.out, html); err != nil {
		return err
	}
	kept := 0
	for _, n := range m.Nets {
		kept = max(kept, len(n.Steps))
	}
	_, err = fmt.Fprintf(stdout, "wrote %s: %s, %.2f MB\n", cli.OneLine(f.out), plural(kept, "step"), float64(len(html))/1e6)
	return err
}
