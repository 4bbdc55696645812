package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/output"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/progress"
	"glassbox/nn/message"
)

// The files of the command.
const (
	indexFile   = "index.html"
	numbersFile = "report.json"
)

// flags are the command line.
type flags struct {
	set    *cli.Set
	config Config
	out    string
}

func newFlags() *flags {
	f := &flags{config: Config{Seed: 42, Seeds: 100}, out: "out/report"}
	f.set = cli.New("report",
		"Runs the whole coursework, as the report ran it and right, and sets each claim of the report beside what was measured.",
		"", "-seed 7", "-seeds 20 -out out/quick")
	f.set.Group("Runs")
	cli.Var(f.set, &f.config.Seed, "seed", cli.Seed, "NumPy's seed, of every run")
	cli.Var(f.set, &f.config.Seeds, "seeds", cli.Between(0, 1_000_000),
		fmt.Sprintf("further seeds, from the one after -seed up: all of them for Part I, at most the first %d for the networks", mostNetworks))
	f.set.Group("Output")
	cli.Var(f.set, &f.out, "out", cli.Text("DIR"), "directory for the page and the numbers")
	return f
}

// parse reads the command line.
func (f *flags) parse(args []string, help io.Writer) error {
	if err := f.set.Parse(args, help); err != nil {
		return err
	}
	return cli.CheckSeeds(f.config.Seed, f.config.Seeds)
}

// settings are the flags that decide the results.
func (f *flags) settings() cli.Settings { return f.set.Settings("out") }

// command repeats the run.
func (f *flags) command() string { return f.set.Command("seed") }

// Main is the command: args without its name.
func Main(args []string, stdout, stderr io.Writer) error {
	f := newFlags()
	if err := f.parse(args, stdout); err != nil {
		return err
	}
	out, err := output.Open("out", f.out, []string{indexFile, numbersFile})
	if err != nil {
		return err
	}
	defer out.Close()
	ctx, stop := cli.Interruptible()
	defer stop()
	var bar *progress.Bar // of the stage in hand
	return f.run(ctx, out, stdout, func(label, unit string, total int) func(n int) {
		bar.Clear()
		bar = progress.New(stderr, label, total)
		bar.SetUnit(unit)
		return bar.Add
	}, func() { bar.Clear() })
}

// run does all that the flags ask for, or as much of it as ctx allows. It calls
// done after the last stage, before it prints.
func (f *flags) run(ctx context.Context, out *output.Dir, stdout io.Writer, stage Stage, done func()) error {
	fmt.Fprintln(stdout, lang.Say("The whole coursework, as the report ran it and right"))
	fmt.Fprintln(stdout, lang.Say("settings"))
	f.settings().Print(stdout)
	fmt.Fprintln(stdout)
	w, err := f.config.Run(ctx, stage)
	done()
	interrupted := errors.Is(err, context.Canceled)
	if err != nil && !interrupted {
		return err
	}
	if w.Perceptron == nil {
		return message.Errorf("%w before the five tests of Part I had ended; nothing was written", cli.ErrInterrupted)
	}
	r := w.Report()
	r.print(stdout)
	err = page.Record{Command: f.command(), Settings: f.settings(), Values: f.json(r), Index: r.Page,
		Numbers: page.File{Name: numbersFile, Note: lang.T("every claim, and all numbers of all runs at full precision")}}.Write(out, stdout)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, lang.SayOf("page   %s", path.Join(out.Path(), indexFile)))
	if interrupted {
		return message.Errorf("%w: %s; this is in %s", cli.ErrInterrupted, w.Progress(), out.Path())
	}
	return nil
}

// print writes a line a claim, and the summary.
func (r Report) print(w io.Writer) {
	if r.Cut {
		fmt.Fprintf(w, "%s\n\n", lang.Say("Interrupted: %s.", r.Progress()))
	}
	name, words := 0, 0
	for _, j := range r.Claims {
		name, words = max(name, cli.Width(j.Name.Here())), max(words, cli.Width(j.Verdict.Text().Here()))
	}
	for i, chapter := range chapters {
		_, head, _ := strings.Cut(strings.ReplaceAll(chapter.heading().Here(), "\u3000", " "), " ") // without its number
		for _, j := range r.Claims {
			if j.Chapter != i+1 {
				continue
			}
			if head != "" {
				fmt.Fprintln(w, head)
				head = ""
			}
			pad := func(text string, width int) string { return text + strings.Repeat(" ", width-cli.Width(text)) }
			line := "  " + pad(j.Name.Here(), name) + "  " + pad(j.Verdict.Text().Here(), words)
			short := lang.Read(j.Short).Here()
			if cli.Width(line+"  "+short) <= cli.Columns {
				fmt.Fprintln(w, line+"  "+short)
				continue
			}
			fmt.Fprintln(w, strings.TrimRight(line, " "))
			cli.Wrap(w, short, "      ", cli.Columns)
		}
	}
	fmt.Fprintln(w)
	for _, text := range r.Summary() {
		cli.Wrap(w, text.Plain(), "", 78)
	}
	fmt.Fprintln(w, "\n"+lang.Say("fingerprint"), r.Fingerprint())
}
