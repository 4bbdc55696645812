package trials

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"glassbox/cmd/internal/parallel"
)

// A mutation is one small change of a program's arithmetic, as mutate.py lists
// them: the characters from Start to End are replaced.
type mutation struct {
	line, start, end int
	text, kind       string
}

func (m *mutation) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&m.line, &m.start, &m.end, &m.text, &m.kind})
}

// Mutants changes the programs at random, count times in all, and returns those
// changes that make a difference to training and to nothing else: the first line
// that the program prints stays (the loss before the first update, as a rule)
// and a later one differs.
func (r *Runner) Mutants(ctx context.Context, script string, programs []Program, count int, seed uint64, tick func()) ([]Trial, error) {
	rng := rand.New(rand.NewPCG(seed, 0))
	type draft struct {
		Trial
		right string
		kept  bool
	}
	var drafts []draft
	for i := range programs {
		p := &programs[i]
		cmd := exec.CommandContext(ctx, r.Python, script)
		cmd.Stdin = strings.NewReader(p.Source)
		text, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", filepath.Base(script), p.Name, err)
		}
		var all []mutation
		if err := json.Unmarshal(text, &all); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", filepath.Base(script), p.Name, err)
		}
		right, err := r.plain(ctx, p.Name, p.Source)
		if err != nil {
			return nil, err
		}
		characters := []rune(p.Source)
		each := (count + len(programs) - 1) / len(programs)
		for n, k := range rng.Perm(len(all)) {
			if n == each {
				break
			}
			m := all[k]
			changed := string(characters[:m.start]) + m.text + string(characters[m.end:])
			drafts = append(drafts, draft{Trial{p, k, m.kind, changed, []int{m.line}}, right, false})
		}
	}
	err := parallel.Do(ctx, len(drafts), func(i int) {
		d := &drafts[i]
		out, err := r.plain(ctx, d.Program.Name, d.Source)
		first, _, _ := strings.Cut(d.right, "\n")
		d.kept = err == nil && out != d.right && strings.HasPrefix(out, first+"\n")
		tick()
	})
	var list []Trial
	for _, d := range drafts {
		if d.kept {
			list = append(list, d.Trial)
		}
	}
	return list, err
}

// plain runs a program without recording it and returns what it prints.
func (r *Runner) plain(ctx context.Context, name, source string) (string, error) {
	dir, err := os.MkdirTemp(r.dir, "plain-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, name+".py"), []byte(source), 0o666); err != nil {
		return "", err
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	cmd := exec.CommandContext(ctx, r.Python, name+".py")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OPENBLAS_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1")
	var failed bytes.Buffer
	cmd.Stderr = &failed
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s.py: %w: %.300s", name, err, failed.String())
	}
	return string(out), err
}
