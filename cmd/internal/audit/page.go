package audit

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/inspector"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/progress"
	"glassbox/nn/message"
)

// pageFlags are those of audit page.
type pageFlags struct {
	set    *cli.Set
	config experiment.Config
	trace  string
	out    string
	steps  stepList
	file   *output.File
	bar    *progress.Bar
	inspector.Options
}

func newPageFlags() *pageFlags {
	f := &pageFlags{config: experiment.Defaults(), out: "audit.html"}
	f.set = cli.New("audit page", "Writes a page to look into a network, step by step and number by number: our own, the right one beside one with a mistake, or a recorded one.",
		"", "-fault bias-gradient-mean", "-trace trace.npz -o theirs.html", "-sgd -max_steps 45000 -eval_freq 500", "-part1 2", "-part1 2 -h")
	experiment.Flags(f.set, &f.config)
	f.set.Group("Page")
	cli.Var(f.set, &f.trace, "trace", cli.Text("FILE.npz"), "recorded steps instead of our own run, or a recorded program")
	cli.Var(f.set, &f.out, "o", cli.Text("FILE.html"), "file to write")
	steps := stepsKind
	steps.Example = "0:3,100"
	cli.Var(f.set, &f.steps, "steps", steps, "steps to keep: 0:3 is 0, 1 and 2; also single numbers, separated by commas. Without it they are spread over the run")
	cli.Var(f.set, &f.Samples, "samples", samplesKind, "rows whose numbers are kept in any case, from 0: of the training rows, or of a trace's batches")
	return f
}

// runPage writes a page to look into a network.
func runPage(args []string, stdout, stderr io.Writer) error {
	if aboutPart1(args) {
		return pagePart1(args, stdout)
	}
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
	var err error
	if f.file, err = output.Create("o", f.out); err != nil {
		return err
	}
	defer f.file.Drop()
	if f.trace != "" {
		return f.recorded(stdout)
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	return f.own(ctx, stdout, stderr)
}

// samplesKind is numbers of rows, separated by commas.
var samplesKind = cli.Kind[[]int]{
	Hint: "ROW,…", Example: "17,203", Format: cli.Ints.Format,
	Parse: func(text string) ([]int, error) {
		var list []int
		for field := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(strings.TrimSpace(field))
			if err != nil || n < 0 {
				return nil, message.Errorf("%q: %q is not the number of a row; for example -samples 17,203", text, field)
			}
			list = append(list, n)
		}
		return list, nil
	},
}

// own writes the page of a run of our own network, or of two.
func (f *pageFlags) own(ctx context.Context, stdout, stderr io.Writer) error {
	if err := f.config.Resolve(f.set, stderr); err != nil {
		return err
	}
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
		Settings: f.settings(),
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
	if interrupted {
		return last.Ending(config, f.out)
	}
	return results[0].Ending(config, f.out)
}

// explains returns for each network the command that explains a number of it,
// up to its -step.
func (f *pageFlags) explains() []string {
	const explain = "audit explain"
	given := f.settings()
	if len(f.config.Faults) == 0 {
		return []string{given.Command(explain, "seed")}
	}
	right := slices.DeleteFunc(slices.Clone(given), func(x cli.Setting) bool { return x.Name == "fault" || x.Name == "as_reported" })
	always := []string{"seed"}
	if f.config.AsReported { // what else it sets belongs to the right network too
		always = append(always, "init", "reduction")
	}
	return []string{right.Command(explain, always...), given.Command(explain, "seed")}
}

// settings are those of the run.
func (f *pageFlags) settings() cli.Settings { return f.set.Settings("trace", "o", "steps", "samples") }

// recorded writes the page of a trace of either kind.
func (f *pageFlags) recorded(stdout io.Writer) error {
	rate, err := traceRate(f.set, f.config.Rate, "o", "steps", "samples")
	if err != nil {
		return err
	}
	j := JudgeFile(f.trace, rate)
	if j.Graph != nil && f.set.Given("samples") {
		return cli.Usagef("-samples belongs to steps of named tensors and %s is a recorded program: give one of the two", f.trace)
	}
	f.Explain = []string{f.set.Settings("o", "steps", "samples").Command("audit explain")}
	html, steps, err := j.page(page.Run{Command: f.set.Command()}, f.Options)
	if err != nil {
		return err
	}
	return f.put(html, steps, stdout)
}

// write writes the page and says so.
func (f *pageFlags) write(m inspector.Model, h inspector.Head, stdout io.Writer) error {
	html, err := inspector.Render(m, h)
	if err != nil {
		return err
	}
	kept := 0
	for _, n := range m.Nets {
		kept = max(kept, len(n.Steps))
	}
	return f.put(html, kept, stdout)
}

// put puts a page of so many steps into its file.
func (f *pageFlags) put(html []byte, steps int, stdout io.Writer) error {
	f.bar.Clear()
	if err := f.file.Put(html); err != nil {
		return err
	}
	_, err := fmt.Fprintln(stdout, lang.T("wrote %s: %s, %.2f MB", cli.OneLine(f.out), lang.Read(cli.Plural(steps, "step")), float64(len(html))/1e6).Here())
	return err
}
