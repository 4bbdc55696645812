package trials

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
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
	Only     string // one program's name
	Recorder string // in the place of ours
	Mutants  int
	Seed     uint32
	Log      string
	Update   bool
}

// Main is the command: it tries the judge, prints what came out and fails where
// a right program was called wrong, or where it did better before.
func Main(args []string, stdout, stderr io.Writer) (err error) {
	c := Config{Dirs: "testdata/programs/*", Seed: 1}
	set := cli.New("bench judge", "Records programs that are right, and the same with faults planted in them, judges each, and says what came out. A fault counts as named where the correction said, tried in the program, makes it right, or its cause is said.",
		"", "-only lstm", "-mutants 2000 -log mutants.jsonl")
	set.Group("Trials")
	cli.Var(set, &c.Dirs, "dirs", cli.Text("PATTERN"), "directories of programs, each with its faults.json")
	cli.Var(set, &c.Only, "only", cli.Text("NAME"), "one program alone")
	cli.Var(set, &c.Mutants, "mutants", cli.Between(0, math.MaxInt32), "changes made at random in the place of the planted faults; those count that change the training")
	cli.Var(set, &c.Seed, "seed", cli.Seed, "of the random changes")
	cli.Var(set, &c.Log, "log", cli.Text("FILE"), "keeps each result; a run that was interrupted goes on from it")
	cli.Var(set, &c.Recorder, "recorder", cli.Text("FILE.py"), "another recorder in the place of glassbox_record.py")
	cli.Var(set, &c.Update, "update", cli.Switch, "writes "+Golden+" beside the directories, which the results are held against")
	if err := set.Parse(args, stdout); err != nil {
		return err
	}
	programs, err := c.programs()
	if err != nil {
		return err
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
	if c.Mutants > 0 {
		bar := progress.New(stderr, "judging", c.Mutants)
		results, err := r.Mutants(ctx, programs, c.Mutants, uint64(c.Seed), log, func() { bar.Add(1) })
		bar.Clear()
		PrintMutants(stdout, results)
		return err
	}
	list := Trials(programs)
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
	if c.Only == "" {
		err = hold(filepath.Join(filepath.Dir(c.Dirs), Golden), table.String(), c.Update)
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
	if c.Only != "" {
		programs = slices.DeleteFunc(programs, func(p Program) bool { return p.Name != c.Only })
	}
	if len(programs) == 0 {
		return nil, cli.Usagef("no program in %s%s; run it inside glassbox's tree, or name directories with -dirs", c.Dirs, map[bool]string{true: " is called " + c.Only}[c.Only != ""])
	}
	return programs, nil
}
