package part1

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/progress"
	"glassbox/nn/message"
	"glassbox/perceptron"
)

// owned are the files this command may write into its directory.
var owned = []string{"index.html", "run.json", "test?.svg"}

// flags are the command line.
type flags struct {
	Flags
	out string
}

// Flags are those of a run.
type Flags struct {
	Config
	set *cli.Set
	own [len(pairFlags)][]float64 // the numbers of pairFlags
}

// pairFlags describe a pair of one's own, together.
var pairFlags = [...]struct{ name, example, usage string }{
	{"mean1", "1,-6", "class 1's mean; with the three flags below a pair of one's own in place of the five"},
	{"mean2", "-2,-3", "class 2's mean"},
	{"cov1", "3,0,0,4", "class 1's covariance, row by row"},
	{"cov2", "2,0,0,5", "class 2's covariance, row by row"},
}

func newFlags() *flags {
	s := cli.New("part1",
		"Trains the perceptron of Part I on the report's five pairs of Gaussians, or on a pair of one's own.",
		"", "-rule rosenblatt -bias", "-seed 7 -seeds 1000",
		"-mean1 1,-6 -mean2 -2,-3 -cov1 3,0,0,4 -cov2 2,0,0,5 -n 100")
	f := &flags{out: "out/part1"}
	f.Define(s)
	s.Group("Output")
	cli.Var(s, &f.out, "out", cli.Text("DIR"), "directory for the page, the figures and the numbers")
	return f
}

// Define defines the flags in s, with Defaults as their defaults.
func (f *Flags) Define(s *cli.Set) {
	f.set, f.Config = s, Defaults()
	c := &f.Config
	var rules []cli.Choice[perceptron.Rule]
	for _, r := range []perceptron.Rule{perceptron.RuleReport, perceptron.RuleRosenblatt} {
		rules = append(rules, cli.Choice[perceptron.Rule]{Word: r.String(), Value: r})
	}
	s.Group("The perceptron")
	cli.Var(s, &c.Rule, "rule", cli.OneOf(rules...),
		"report: one look at the whole batch an epoch, w += rate·Σ y·x if it is not right on balance. "+
			"rosenblatt: sample by sample, w += rate·y·x where one is wrong, until an epoch has no error")
	cli.Var(s, &c.Bias, "bias", cli.Switch, "learns an offset b too, so that the line need not pass through the origin")
	cli.Var(s, &c.MaxEpochs, "max_epochs", cli.AtLeast(1), "ends the training after this many epochs")
	cli.Var(s, &c.Rate, "learning_rate", cli.Positive, "the size of an update; as w starts at 0 it scales w and changes no answer")
	s.Group("The data")
	cli.Var(s, &c.N, "n", cli.Between(2, 1_000_000), "points of each class; the first 80 % train, the others test")
	for i, p := range pairFlags {
		cli.Var(s, &f.own[i], p.name, cli.Floats(1+strings.Count(p.example, ","), p.example), p.usage)
	}
	cli.Var(s, &c.Seed, "seed", cli.Seed, "NumPy's seed, set afresh for every test")
	cli.Var(s, &c.Seeds, "seeds", cli.Between(0, 1_000_000), "further seeds, from the one after -seed up, for mean ± sd")
}

// Parse reads the command line.
func (f *Flags) Parse(args []string, help io.Writer) error {
	if err := f.set.Parse(args, help); err != nil {
		return err
	}
	c := &f.Config
	if err := cli.CheckSeeds(c.Seed, c.Seeds); err != nil {
		return err
	}
	var given, missing []string
	for _, p := range pairFlags {
		if f.set.Given(p.name) {
			given = append(given, "-"+p.name)
		} else {
			missing = append(missing, "-"+p.name)
		}
	}
	if len(given) == 0 {
		return nil
	}
	if len(missing) > 0 {
		return cli.Usagef("%s without %s: a pair of one's own needs -mean1, -mean2, -cov1 and -cov2", strings.Join(given, ", "), strings.Join(missing, ", "))
	}
	cov := func(v []float64) [2][2]float64 { return [2][2]float64{{v[0], v[1]}, {v[2], v[3]}} }
	p := perceptron.Pair{Mean1: [2]float64(f.own[0]), Mean2: [2]float64(f.own[1]), Cov1: cov(f.own[2]), Cov2: cov(f.own[3])}
	if err := p.Check(); err != nil {
		return cli.Usagef("-%w", err)
	}
	c.Setups = []Setup{{Name: "own", Pair: p}}
	return nil
}

// Settings are the flags that decide the results, without those named and those
// of a pair of one's own where there is none.
func (f *Flags) Settings(without ...string) cli.Settings {
	for _, p := range pairFlags {
		if !f.set.Given(p.name) {
			without = append(without, p.name)
		}
	}
	return f.set.Settings(without...)
}

func (f *flags) settings() cli.Settings { return f.Settings("out") }

// command repeats the run.
func (f *flags) command() string { return f.set.Command("seed") }

// Main is the command: args without its name.
func Main(args []string, stdout, stderr io.Writer) error {
	f := newFlags()
	if err := f.Parse(args, stdout); err != nil {
		return err
	}
	out, err := output.Open("out", f.out, owned)
	if err != nil {
		return err
	}
	defer out.Close()
	ctx, stop := cli.Interruptible()
	defer stop()
	bar := progress.New(stderr, "further seeds", len(f.Setups)*f.Seeds)
	bar.SetUnit("draws")
	return f.run(ctx, out, stdout, func() { bar.Add(1) }, bar.Clear)
}

// run does all that the flags ask for, or as much of it as ctx allows. It calls
// tick after each draw with a further seed, and done after them all, before it
// prints.
func (f *flags) run(ctx context.Context, out *output.Dir, stdout io.Writer, tick, done func()) error {
	c := f.Config
	fmt.Fprintf(stdout, "%s\n%s\n", lang.Say("Perceptron: %s", c.subject()), lang.Say("%s, seed %d", c.sizes(), c.Seed))
	fmt.Fprintln(stdout, lang.Say("settings"))
	f.settings().Print(stdout)
	fmt.Fprintln(stdout)
	r, err := c.Run(ctx, tick)
	done()
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return err
	}
	if len(r.Tests) == 0 {
		return message.Errorf("%w before the first test had ended; nothing was written", cli.ErrInterrupted)
	}
	r.print(stdout)
	if err := f.write(out, stdout, r); err != nil {
		return err
	}
	if interrupted {
		return message.Errorf("%w: %s; this is in %s", cli.ErrInterrupted, r.Progress(), out.Path())
	}
	return nil
}

func (r *Run) print(w io.Writer) {
	if r.Cut {
		fmt.Fprintf(w, "%s\n\n", lang.Say("Interrupted: %s.", r.Progress()))
	}
	cli.Table(w, r.table(), "", 2, "l", 3, 7) // the numbers have equal digits; covariances and weights are in run.json
	fmt.Fprintln(w)
	if r.Seeds > 0 {
		fmt.Fprintln(w, lang.Say("%s: mean ± sd of the accuracy with them", r.span()))
	}
	cli.Wrap(w, lang.Say("origin ≤: the most that any line through the origin has right of these test points"), "", cli.Columns)
	cli.Wrap(w, lang.Say("Bayes ≤: the most that anything can expect to have right of fresh points"), "", cli.Columns)
	for _, t := range r.Tests {
		head := lang.T("%s: accuracy %s", t.Title(), share(t.Main().Accuracy))
		if t.Report != nil {
			head = lang.T("%s, the report's %s", head, share(*t.Report))
		}
		fmt.Fprintf(w, "\n%s\n", head.Plain())
		for _, text := range t.explain() {
			cli.Wrap(w, text.Here(), "  ", 78)
		}
	}
	fmt.Fprintln(w, "\n"+lang.Say("fingerprint"), r.Fingerprint())
}

// table returns the results with a head. A test takes a line for each class
// and each weight.
func (r *Run) table() [][]string {
	head := []string{lang.Say("test"), lang.Say("class"), lang.Say("mean"), lang.Say("covariance"), lang.Say("report"), lang.Say("this run"), lang.Say("updates"), lang.Say("weights")}
	if r.Seeds > 0 {
		head = append(head, r.span().Here())
	}
	table := [][]string{append(head, lang.Say("origin ≤"), lang.Say("Bayes ≤"))}
	for i, x := range r.Tests {
		t := x.Main()
		if i > 0 && t.Learned.Bias {
			table = append(table, nil)
		}
		first := []string{x.Name, "1", numbers(x.Pair.Mean1[:]), rows(x.Pair.Cov1), x.told(), share(t.Accuracy),
			strconv.Itoa(t.Outcome.Updates), "w0 " + weight(t.Learned.W[0])}
		if r.Seeds > 0 {
			first = append(first, x.Spreads[0].cell(r.Seeds))
		}
		first = append(first, share(x.Origin), fmt.Sprintf("%.4f", x.Bayes))
		table = append(table, first,
			[]string{"", "2", numbers(x.Pair.Mean2[:]), rows(x.Pair.Cov2), "", "", "", "w1 " + weight(t.Learned.W[1])})
		if t.Learned.Bias {
			table = append(table, []string{"", "", "", "", "", "", "", "b  " + weight(t.Learned.B)})
		}
	}
	return table
}

// write makes the files of the run, all or none, and says so.
func (f *flags) write(out *output.Dir, stdout io.Writer, r *Run) error {
	rec := page.Record{Command: f.command(), Settings: f.settings(), Values: f.json(r), Index: r.page,
		Numbers: page.File{Name: "run.json", Note: lang.T("settings, results and weights at full precision")}}
	for i, t := range r.Tests {
		fig, err := t.Figure()
		if err != nil {
			return err
		}
		note := lang.T("the figure of test %s", t.Name)
		if t.own() {
			note = lang.T("the figure of the pair")
		}
		rec.Results = append(rec.Results, page.Result{Content: output.Content{Name: figureName(i), Data: []byte(fig.Drawing.First())}, Note: note})
	}
	return rec.Write(out, stdout)
}

func figureName(i int) string { return "test" + strconv.Itoa(i+1) + ".svg" }

// page is the run's index.html, but for what the command line tells.
func (r *Run) page() (*page.Page, error) {
	sections, err := r.sections()
	if err != nil {
		return nil, err
	}
	p := &page.Page{
		Title:    lang.T("Part I: the perceptron"),
		Subtitle: lang.T("%s, %s, seed %d", r.subject().Capital(), r.sizes(), r.Seed),
		Run:      page.Run{Seed: strconv.FormatUint(uint64(r.Seed), 10), Fingerprint: r.Fingerprint()},
		Sections: sections,
	}
	if p.Explained, err = r.Explained(); err != nil {
		return nil, err
	}
	if r.Cut {
		p.Interrupted = lang.T("%s; what follows is what there was.", r.Progress().Capital())
	}
	return p, nil
}
