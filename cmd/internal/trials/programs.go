package trials

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Program is a right NumPy training program and the faults planted in it.
type Program struct {
	Group  string // the directory it stands in
	Name   string // its file's name without .py
	Source string
	Faults []Fault
}

// A Fault replaces the first occurrence of Old in a program's source by New. Its
// line is the one in which what is replaced begins to differ; Also lists lines,
// counted from 1 in the changed source, that may rightly be named as well. Cause
// lists phrases of which one names the cause; without them only a correction
// that can be tried is right.
type Fault struct {
	Kind  string   `json:"kind"` // in a few words; faults of one kind share them
	Old   string   `json:"old"`
	New   string   `json:"new"`
	Also  []int    `json:"also,omitempty"`
	Cause []string `json:"cause,omitempty"`
}

// Load reads the programs of dir: every NAME.py but a generator, with the faults
// that faults.json has under NAME.
func Load(dir string) ([]Program, error) {
	text, err := os.ReadFile(filepath.Join(dir, "faults.json"))
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	planted := map[string][]Fault{}
	if err == nil {
		if err := json.Unmarshal(text, &planted); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, "faults.json"), err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.py"))
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(files, func(file string) bool { return filepath.Base(file) == generator }) {
		return nil, nil // they write programs
	}
	var list []Program
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		p := Program{filepath.Base(dir), strings.TrimSuffix(filepath.Base(file), ".py"), string(source), nil}
		p.Faults = planted[p.Name]
		delete(planted, p.Name)
		for _, f := range p.Faults {
			if !strings.Contains(p.Source, f.Old) || f.Old == f.New {
				return nil, fmt.Errorf("%s: the fault %q changes nothing: %q is not there, or stays", file, f.Kind, f.Old)
			}
		}
		list = append(list, p)
	}
	for name := range planted {
		return nil, fmt.Errorf("%s has faults for %s.py, which is not there", filepath.Join(dir, "faults.json"), name)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s has no programs: .py files would be right", dir)
	}
	return list, nil
}

// A Trial is a program as it stands, or with one of its faults.
type Trial struct {
	Program *Program
	Fault   int    // which of the program's, −1 for none
	Kind    string // of the fault
	Source  string
	Lines   []int    // on which the fault may rightly be told
	Cause   []string // phrases that name it
}

// Trials lists the right programs and all their faults.
func Trials(programs []Program) []Trial {
	var list []Trial
	for i := range programs {
		p := &programs[i]
		list = append(list, Trial{Program: p, Fault: -1, Source: p.Source})
		for k, f := range p.Faults {
			list = append(list, Trial{p, k, f.Kind, strings.Replace(p.Source, f.Old, f.New, 1), f.lines(p.Source), f.Cause})
		}
	}
	return list
}

// lines are the lines of the changed source that the fault is on: all that the
// replacement changes, and Also.
func (f Fault) lines(source string) []int {
	first := 1 + strings.Count(source[:strings.Index(source, f.Old)], "\n")
	before, after := strings.Split(f.Old, "\n"), strings.Split(f.New, "\n")
	lines := slices.Clone(f.Also)
	for i, line := range after {
		if i >= len(before) || line != before[i] {
			lines = append(lines, first+i)
		}
	}
	if len(lines) == len(f.Also) { // lines were taken away only
		lines = append(lines, first)
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// name tells a trial from the others: "seen/lstm_batch.3".
func (t Trial) name() string {
	if t.Fault < 0 {
		return t.Program.Group + "/" + t.Program.Name
	}
	return fmt.Sprintf("%s/%s.%d", t.Program.Group, t.Program.Name, t.Fault)
}
