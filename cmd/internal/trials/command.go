package trials

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

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
}

// Main is the command: it tries the judge, prints what came out and fails where
// a right program was called wrong.
func Main(args []string, stdout, stderr io.Writer) error {
	c := Config{Dirs: "testdata/programs/*", Seed: 1}
	set := cli.New("bench judge", "Records programs that are right, and the same with faults planted in them, judges each, and says what came out.",
		"", "-only lstm", "-mutants 2000")
	set.Group("Trials")
	cli.Var(set, &c.Dirs, "dirs", cli.Text("PATTERN"), "directories of programs, each with its faults.json")
	cli.Var(set, &c.Only, "only", cli.Text("NAME"), "one program alone")
	cli.Var(set, &c.Mutants, "mutants", cli.Between(0, math.MaxInt32), "changes made at random in the place of the planted faults; those count that change the training")
	cli.Var(set, &c.Seed, "seed", cli.Seed, "of the random changes")
	cli.Var(set, &c.Recorder, "recorder", cli.Text("FILE.py"), "another recorder in the place of glassbox_record.py")
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
	ctx, stop := cli.Interruptible()
	defer stop()
	list := Trials(programs)
	if c.Mutants > 0 {
		bar := progress.New(stderr, "changing", c.Mutants)
		list, err = r.Mutants(ctx, filepath.Join(filepath.Dir(c.Dirs), "mutate.py"), programs, c.Mutants, uint64(c.Seed), func() { bar.Add(1) })
		bar.Clear()
		if err != nil {
			return err
		}
	}
	bar := progress.New(stderr, "judging", len(list))
	results, err := r.All(ctx, list, func(Result) { bar.Add(1) })
	bar.Clear()
	Print(stdout, slices.DeleteFunc(results, func(r Result) bool { return r.Outcome == "" }))
	if err != nil {
		return err
	}
	if n := count(results, FalseError); n > 0 {
		return fmt.Errorf("%s called wrong", cli.Plural(n, "right program"))
	}
	return nil
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

func count(results []Result, o Outcome) (n int) {
	for _, r := range results {
		if r.Outcome == o {
			n++
		}
	}
	return n
}
