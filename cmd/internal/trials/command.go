package trials

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/progress"
	"glassbox/cmd/internal/python"
)

// Config is what the command tries.
type Config struct {
	Dirs     string // a pattern of directories
	Only     string // names of programs or of trials
	Right    bool   // no faults
	Keep     string // the directory of recordings
	Recorder string // in the place of ours
	Mutants  int
	Varied   int // so many programs put together at random in the place of all
	Seed     uint32
	Log      string
	Update   bool
}

// Main is the command: it tries the judge, prints what came out and fails where
// a right program was called wrong, or where it did better before.
func Main(args []string, stdout, stderr io.Writer) (err error) {
	c := Config{Dirs: "testdata/programs/*", Seed: 1}
	set := cli.New("bench judge", "Records programs that are right, and the same with faults planted in them, judges each, and says what came out. A fault counts as named where the correction said, tried in the program, makes it right, or its cause is said.",
		"", "-only lstm_batch,gru_*.3 -keep recordings", "-mutants 2000 -log mutants.jsonl", "-varied 400 -seed 1000")
	set.Group("Trials")
	cli.Var(set, &c.Dirs, "dirs", cli.Text("PATTERN"), "directories of programs, each with its faults.json")
	cli.Var(set, &c.Only, "only", cli.Text("NAMES"), "these programs alone, or their faults: fresh/gan_ring, gan_ring, gan_*, gan_ring.3")
	cli.Var(set, &c.Right, "right", cli.Switch, "right programs alone, without their faults")
	cli.Var(set, &c.Keep, "keep", cli.Text("DIR"), "keeps programs and recordings there, and records again only what has changed")
	cli.Var(set, &c.Mutants, "mutants", cli.Between(0, math.MaxInt32), "changes made at random in the place of the planted faults; those count that change the training")
	cli.Var(set, &c.Varied, "varied", cli.Between(0, math.MaxInt32), "right programs put together at random by varied/"+generator+" beside the directories, in their place; fails where one is called wrong")
	cli.Var(set, &c.Seed, "seed", cli.Seed, "of the random changes, or of the first of the varied programs")
	cli.Var(set, &c.Log, "log", cli.Text("FILE"), "keeps each result; a run that was interrupted goes on from it")
	cli.Var(set, &c.Recorder, "recorder", cli.Text("FILE.py"), "another recorder in the place of glassbox_record.py")
	cli.Var(set, &c.Update, "update", cli.Switch, "writes "+Golden+" into each directory, which the results are held against")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	if c.Update && (c.Only != "" || c.Right) {
		return cli.Usagef("-update: %s is of all trials of a directory; -only and -right leave some out", Golden)
	}
	var programs []Program
	var list []Trial
	if c.Varied == 0 {
		if programs, err = c.programs(); err != nil {
			return err
		}
		if list = c.trials(programs); len(list) == 0 {
			return cli.Usagef("-only %s: there is no such trial in %s; run it inside glassbox's tree, or name directories with -dirs", c.Only, c.Dirs)
		}
	}
	found, err := python.NumPy()
	if err != nil {
		return err
	}
	r, err := NewRunner(found)
	if err != nil {
		return err
	}
	defer r.Close()
	if r.keep = c.Keep; c.Keep != "" {
		if err := os.MkdirAll(c.Keep, 0o777); err != nil {
			return err
		}
	}
	if c.Recorder != "" {
		if r.recorder, err = filepath.Abs(c.Recorder); err != nil {
			return err
		}
	}
	var log *Log
	if c.Log != "" {
		if log, err = OpenLog(c.Log); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, log.Close()) }()
	}
	ctx, stop := cli.Interruptible()
	defer stop()
	if c.Varied > 0 {
		bar := progress.New(stderr, "judging", c.Varied)
		results, err := r.Varied(ctx, filepath.Join(filepath.Dir(c.Dirs), "varied"), int(c.Seed), c.Varied, func() { bar.Add(1) })
		bar.Clear()
		if err != nil {
			return err
		}
		return PrintVaried(stdout, results)
	}
	if c.Mutants > 0 {
		programs = slices.DeleteFunc(programs, func(p Program) bool {
			return !slices.ContainsFunc(list, func(t Trial) bool { return t.Program.Group == p.Group && t.Program.Name == p.Name })
		})
		bar := progress.New(stderr, "judging", c.Mutants)
		results, err := r.Mutants(ctx, programs, c.Mutants, uint64(c.Seed), log, func() { bar.Add(1) })
		bar.Clear()
		PrintMutants(stdout, results)
		return err
	}
	bar := progress.New(stderr, "judging", len(list))
	results, err := r.All(ctx, list, log, func(Result) { bar.Add(1) })
	bar.Clear()
	var table strings.Builder
	Print(&table, results)
	if _, failed := io.WriteString(stdout, table.String()); err != nil || failed != nil {
		return errors.Join(err, failed)
	}
	wrong := 0
	for _, r := range results {
		if r.Outcome == FalseError {
			wrong++
		}
	}
	if c.Update {
		err = keep(filepath.Dir(c.Dirs), results)
	} else {
		err = hold(stdout, filepath.Dir(c.Dirs), results)
	}
	if wrong > 0 {
		err = errors.Join(fmt.Errorf("%s called wrong", cli.Plural(wrong, "right program")), err)
	}
	return err
}

// programs reads those of the directories.
func (c Config) programs() ([]Program, error) {
	dirs, err := filepath.Glob(c.Dirs)
	if err != nil {
		return nil, cli.Usagef("-dirs: %q is no pattern: %v", c.Dirs, err)
	}
	var programs []Program
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		list, err := Load(dir)
		if err != nil {
			return nil, err
		}
		programs = append(programs, list...)
	}
	if len(programs) == 0 {
		return nil, cli.Usagef("no program in %s; run it inside glassbox's tree, or name directories with -dirs", c.Dirs)
	}
	return programs, nil
}

// trials are those of the programs that Only and Right choose.
func (c Config) trials(programs []Program) []Trial {
	return slices.DeleteFunc(Trials(programs), func(t Trial) bool {
		return c.Right && t.Fault >= 0 || c.Only != "" && !slices.ContainsFunc(strings.Split(c.Only, ","), t.called)
	})
}

// called reports whether a pattern matches the trial's name or its program's,
// with the set before it or without.
func (t Trial) called(pattern string) bool {
	whole := Trial{Program: t.Program, Fault: -1}
	for _, name := range []string{t.name(), whole.name(), path.Base(t.name()), path.Base(whole.name())} {
		if ok, err := path.Match(strings.TrimSpace(pattern), name); ok && err == nil {
			return true
		}
	}
	return false
}
