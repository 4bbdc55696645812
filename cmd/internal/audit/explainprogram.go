package audit

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/mat/npy"
	"glassbox/nn/graph"
)

// isProgram reports whether a file is the trace of a whole program; an
// unreadable one is not.
func isProgram(file string) bool {
	a, err := npy.ReadNPZ(file)
	return err == nil && graph.Is(a)
}

// explainProgram shows what a line of a recorded program computed, or how an
// element of one of its values came about.
func explainProgram(v explanation, file, operand string, step, round int, given bool) error {
	p, ok := parsePlace(operand)
	if !ok {
		return cli.Usagef("%q is no line of a recorded program: net.py:41 shows all its values, 'net.py:41:dW[0,3]' how one number came about", operand)
	}
	g, err := graph.Read(file)
	if err != nil {
		return err
	}
	l := newLines(g)
	f := l.file(p.file)
	if f < 0 {
		var names []string
		for _, x := range g.Files {
			names = append(names, x.Name)
		}
		return cli.Usagef("%s has no file %s; it has %s", file, p.file, strings.Join(names, ", "))
	}
	if p.line > g.Files[f].Lines() {
		return cli.Usagef("%s has %d lines, not %d", g.Files[f].Name, g.Files[f].Lines(), p.line)
	}
	sites := l.sites(f, p.line)
	steps := l.stepsOf(sites)
	if len(steps) == 0 {
		return cli.Usagef("%s:%d computes no array in the recorded part: %s", g.Files[f].Name, p.line, strings.TrimSpace(g.Files[f].Line(p.line)))
	}
	if !given {
		step = steps[min(1, len(steps)-1)] // in the very first, zero biases make values alike
	}
	rounds := l.rounds(sites, step)
	if len(rounds) == 0 {
		return cli.Usagef("%s:%d does not run in step %d, but in the steps %s", g.Files[f].Name, p.line, step, lang.Read(spans(steps)))
	}
	if round >= len(rounds) {
		return cli.Usagef("%s:%d runs %s in step %d: -round is below that", g.Files[f].Name, p.line, lang.Read(cli.Plural(len(rounds), "time")), step)
	}
	fmt.Fprint(v.w, lang.T("%s:%d in step %d of %d", g.Files[f].Name, p.line, step, len(l.ends)).Here())
	if len(rounds) > 1 {
		fmt.Fprint(v.w, lang.T(", round %d of %d", round, len(rounds)).Here())
	}
	fmt.Fprintf(v.w, "\n\n  %s\n\n", cli.OneLine(strings.TrimSpace(g.Files[f].Line(p.line))))
	if p.text == "" {
		return v.line(l, rounds[round])
	}
	n := l.find(rounds[round], p.text)
	if n < 0 {
		return cli.Usagef("%s:%d has no value %s; without a name all are shown", g.Files[f].Name, p.line, p.text)
	}
	return v.element(l, n, p, step, round)
}

// stepsOf are the steps in which some of the expressions run.
func (l *lines) stepsOf(sites []int) (steps []int) {
	for _, s := range sites {
		for _, n := range l.at[s] {
			if k := l.step(n); !slices.Contains(steps, k) {
				steps = append(steps, k)
			}
		}
	}
	slices.Sort(steps)
	return steps
}

// spans writes numbers with runs as "0 to 5".
func spans(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if j > i+1 {
			parts = append(parts, fmt.Sprintf("%d to %d", list[i], list[j]))
		} else {
			for _, n := range list[i : j+1] {
				parts = append(parts, fmt.Sprint(n))
			}
		}
		i = j + 1
	}
	return strings.Join(parts, ", ")
}

// line shows the values of an execution: first what is read, then each
// expression, the innermost first.
func (v explanation) line(l *lines, nodes []int) error {
	rows := [][]string{{lang.Say("expression"), lang.Say("shape"), lang.Say("least"), lang.Say("largest"), lang.Say("numbers"), lang.Say("made at")}}
	shown := map[string]bool{}
	row := func(n int, text string, from bool) {
		if _, err := strconv.ParseFloat(text, 64); shown[text] || err == nil {
			return // a number says itself what it is
		}
		shown[text] = true
		least, largest, numbers := sample(l.g, n, 4)
		where := ""
		if file, line := l.g.Where(n); from && line > 0 {
			where = fmt.Sprintf("%s:%d", file, line)
		}
		rows = append(rows, []string{cli.OneLine(text), graph.ShapeText(l.g.Nodes[n].Shape), least, largest, numbers, where})
	}
	for _, n := range nodes {
		l.operands(n, func(q int, text string) {
			if !slices.Contains(nodes, q) {
				row(q, text, true)
			}
		})
	}
	for _, n := range nodes {
		if text, ok := l.title(n); ok {
			row(n, text, false)
		}
	}
	cli.Table(v.w, rows, "  ", 2, "l", 4, 3, 2, 5)
	return nil
}

// sample describes a value in a few numbers; of a number the range is left out.
func sample(g *graph.Graph, n, most int) (least, largest, numbers string) {
	a, err := g.Value(n)
	if err != nil || len(a.Data) == 0 {
		return "", "", "–"
	}
	if len(a.Shape) > 0 {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, x := range a.Data {
			lo, hi = min(lo, x), max(hi, x)
		}
		least, largest = short(lo), short(hi)
	}
	var list []string
	for _, x := range a.Data[:min(most, len(a.Data))] {
		list = append(list, short(x))
	}
	if len(a.Data) > most {
		list = append(list, "…")
	}
	return least, largest, strings.Join(list, " ")
}

func short(x float64) string { return fmt.Sprintf("%.4g", x) }

// element shows how an element of a value came about; without an index, that
// of a number or the first.
func (v explanation) element(l *lines, n int, p place, step, round int) error {
	shape := l.g.Nodes[n].Shape
	index := 0
	if p.index != nil {
		var err error
		if index, err = flat(shape, p.index); err != nil {
			return cli.Usagef("%s: %w", p.text, err)
		}
	}
	keep := folded
	if v.all {
		keep = 0
	}
	a, err := l.g.Account(n, index, keep)
	if err != nil {
		return err
	}
	if file, line := l.g.Where(n); line > 0 && line != p.line {
		fmt.Fprintln(v.w, "  "+lang.T("made at %s:%d", file, line).Here())
	}
	fmt.Fprintf(v.w, "  %s = %s\n\n", a.Name, read(a.Formula))
	var list []operation
	for _, t := range a.Terms {
		list = append(list, operation{t.Text, t.Numbers, t.Value, t.Running})
	}
	v.operations(list, a.Skipped, a.Before)
	fmt.Fprintf(v.w, "\n%s = %s\n", a.Name, bits(a.Result))
	v.recorded(a.Result, a.Recorded)
	v.goOn(l, a)
	return nil
}

// quoted is a text for a shell.
func quoted(text string) string {
	if !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(text) + `"`
}

// goOn says how to ask for what the largest term is made of.
func (v explanation) goOn(l *lines, a *graph.Account) {
	var big *graph.Term
	for i, t := range a.Terms {
		if len(t.Inputs) > 0 && (big == nil || math.Abs(t.Value) > math.Abs(big.Value)) {
			big = &a.Terms[i]
		}
	}
	if big == nil {
		return
	}
	var list []string
	for _, e := range big.Inputs {
		site := l.g.Nodes[e.Node].Site
		if site < 0 || l.g.Nodes[e.Node].Op.Source() {
			continue
		}
		file, line := l.g.Where(e.Node)
		step := l.step(e.Node)
		what := fmt.Sprintf("%s:%d:%s%s", file, line, l.name(e.Node), unflat(l.g.Nodes[e.Node].Shape, e.Index))
		flags := fmt.Sprintf(" -step %d", step)
		for r, nodes := range l.rounds(l.sites(l.g.Sites[site].File, line), step) {
			if r > 0 && slices.Contains(nodes, e.Node) {
				flags += fmt.Sprintf(" -round %d", r)
			}
		}
		list = append(list, fmt.Sprintf("%s%s %s", v.set.Settings("step", "round", "all").Command("audit explain"), flags, quoted(what)))
	}
	if len(list) == 0 {
		return
	}
	if len(a.Terms) > 1 {
		fmt.Fprintln(v.w, "\n"+lang.T("the largest term is %s = %v", big.Text, big.Value).Here())
	} else {
		fmt.Fprintln(v.w)
	}
	for _, command := range slices.Compact(list) {
		fmt.Fprintln(v.w, lang.T("go on: %s", cli.OneLine(command)).Here())
	}
}
