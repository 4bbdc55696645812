package trials

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/parallel"
	"glassbox/nn/audit/program"
	"glassbox/nn/graph"
)

// A mutation is one small change of a program's arithmetic.
type mutation struct {
	line         int
	kind, source string
}

func (m *mutation) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&m.line, &m.kind, &m.source})
}

// apart is how far the numbers that two programs print are to be from each
// other, as a share of them, for their parameters to differ beyond rounding.
const apart = 1e-9

// round is how many changes are tried at a time.
const round = 64

// Mutants changes backward passes and updates at random until count changes
// were judged or there are no more. A change counts where the program still runs
// and comes to other numbers, and to others than the changes of that program
// before. Seed and count decide which they are, not the machine; tick is called
// for each that counts.
func (r *Runner) Mutants(ctx context.Context, programs []Program, count int, seed uint64, log *Log, tick func()) ([]Result, error) {
	lists := make([][]mutation, len(programs))
	errs := make([]error, len(programs))
	err := parallel.Do(ctx, len(programs), func(i int) { lists[i], errs[i] = r.mutations(ctx, &programs[i], log) })
	if err == nil {
		err = first(errs)
	}
	if err != nil {
		return nil, err
	}
	// One of each program in turn, so that a few say as much as many.
	rng := rand.New(rand.NewPCG(seed, 0))
	var drafts []Trial
	order := make([][]int, len(programs))
	for i, list := range lists {
		order[i] = rng.Perm(len(list))
	}
	for n, left := 0, true; left; n++ {
		left = false
		for i := range programs {
			if n < len(order[i]) {
				m := lists[i][order[i][n]]
				drafts = append(drafts, Trial{Program: &programs[i], Fault: order[i][n], Kind: m.kind, Source: m.source, Lines: []int{m.line}})
				left = true
			}
		}
	}
	var results []Result
	seen := map[string]bool{}
	for len(drafts) > 0 && len(results) < count && ctx.Err() == nil {
		some := drafts[:min(round, len(drafts))]
		drafts = drafts[len(some):]
		outs, errs := make([]string, len(some)), make([]error, len(some))
		parallel.Do(ctx, len(some), func(i int) { outs[i], errs[i] = r.effect(ctx, some[i], log) })
		if err := first(errs); err != nil {
			return results, err
		}
		var kept []Trial
		for i, t := range some {
			key := t.Program.Group + "/" + t.Program.Name + "\n" + outs[i]
			if outs[i] != "" && !seen[key] && len(results)+len(kept) < count {
				seen[key] = true
				kept = append(kept, t)
			}
		}
		judged, err := r.All(ctx, kept, log, func(Result) { tick() })
		results = append(results, judged...)
		if err != nil {
			return results, err
		}
	}
	return results, ctx.Err()
}

func first(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// mutations lists the changes of the lines that a program's backward pass and
// updates are on.
func (r *Runner) mutations(ctx context.Context, p *Program, log *Log) ([]mutation, error) {
	t := Trial{Program: p, Fault: -1, Source: p.Source}
	var lines []int
	if !log.find("lines", t, &lines) {
		g, v, err := r.judge(ctx, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name(), err)
		}
		lines = trainingLines(g, v)
		if err := log.keep("lines", t, lines); err != nil {
			return nil, err
		}
	}
	if lines == nil {
		return nil, nil
	}
	a, err := r.helpers.ask(ctx, question{Do: "list", Name: p.Name, Source: p.Source, Lines: lines})
	return a.Changes, err
}

// effect returns what a changed program prints, nothing where it fails or prints
// what the right one does.
func (r *Runner) effect(ctx context.Context, t Trial, log *Log) (string, error) {
	var out string
	if log.find("effect", t, &out) {
		return out, nil
	}
	right, err := r.prints(ctx, t.Program)
	if err != nil {
		return "", err
	}
	a, err := r.helpers.ask(ctx, question{Do: "run", Name: t.Program.Name, Source: t.Source, Out: right})
	if err != nil {
		return "", err
	}
	if a.Error == "" && a.Apart > apart {
		out = a.Out
	}
	return out, log.keep("effect", t, out)
}

// trainingLines are the lines that later losses depend on and the first one does
// not: those of the backward pass and the updates. Where no loss is known there
// are none.
func trainingLines(g *graph.Graph, v *program.Verdict) []int {
	where, _, _ := strings.Cut(v.Loss, " ")
	_, number, _ := strings.Cut(where, ":")
	lossLine, err := strconv.Atoi(number)
	if err != nil || len(v.Parameters) == 0 {
		return nil
	}
	ends := program.StepEnds(g)
	if len(ends) == 0 {
		return nil
	}
	var firsts, later []int
	for n := range g.Nodes {
		if _, line := g.Where(n); line == lossLine {
			later = append(later, n)
			if n <= ends[0] {
				firsts = append(firsts, n)
			}
		}
	}
	lines := linesOf(g, later)
	for line := range linesOf(g, firsts) {
		delete(lines, line)
	}
	return slices.Sorted(maps.Keys(lines))
}

// linesOf are the lines of all that some nodes depend on.
func linesOf(g *graph.Graph, nodes []int) map[int]bool {
	lines, seen := map[int]bool{}, map[int]bool{}
	for len(nodes) > 0 {
		n := nodes[len(nodes)-1]
		nodes = nodes[:len(nodes)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		if s := g.Site(n); s != nil {
			for line := s.Line; line <= s.EndLine; line++ {
				lines[line] = true
			}
		}
		nodes = append(nodes, g.Nodes[n].In...)
	}
	return lines
}
