package program

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/audit"
	"glassbox/nn/graph"
	"glassbox/nn/message"
)

// A Raise is the exception that ended the program.
type Raise struct {
	Type      string           `json:"type"` // "ValueError"
	Message   string           `json:"message"`
	File      string           `json:"file,omitempty"`
	Line      int              `json:"line,omitempty"`
	Statement string           `json:"statement,omitempty"` // the source at that line
	Shapes    map[string][]int `json:"shapes,omitempty"`    // of the arrays that stand in it, by their text
}

// ShapesText says what shapes the arrays of the statement have.
func (r *Raise) ShapesText() message.Text {
	var list message.Text
	for _, name := range slices.Sorted(maps.Keys(r.Shapes)) {
		one := message.New("`%s` is %s", name, graph.ShapeText(r.Shapes[name]))
		if list.IsZero() {
			list = one
		} else {
			list = message.New("%s, %s", list, one)
		}
	}
	return list
}

// Path is where a file of the program lies as seen from where it was started.
func (v *Verdict) Path(file string) string {
	if strings.HasPrefix(v.Program, "-m ") || file == "?" {
		return file
	}
	return path.Join(path.Dir(filepath.ToSlash(v.Program)), file)
}

// cover says of the recording what bounds the verdict on it: the limits it
// met, what ended the program, and why gradients were not judged.
func (j *judge) cover() {
	v := j.verdict
	v.Program = j.g.Program
	var numbers []string
	for _, l := range j.g.End.Limits {
		if place, ok := strings.CutPrefix(l.What, "no arrays in "); ok {
			numbers = append(numbers, place)
			continue
		}
		if _, err := strconv.ParseFloat(l.Limit, 64); err != nil {
			continue // something was left out, by itself no bound of the verdict
		}
		v.Notes = append(v.Notes, message.New("the recording met its limit of %s %s: what came after is not judged", l.Limit, l.What))
	}
	if n := len(numbers); n > 0 {
		if n > 4 {
			numbers = append(numbers[:3:3], "…")
		}
		v.Notes = append(v.Notes, message.New("what works on single numbers, not on arrays, is not judged: %s", strings.Join(numbers, ", ")))
	}
	if e := j.g.End.Error; e != nil && e.Type != "KeyboardInterrupt" {
		v.Raised = &Raise{Type: e.Type, Message: e.Message, File: e.File, Line: e.Line, Shapes: e.Shapes}
		if i := slices.IndexFunc(j.g.Files, func(f graph.File) bool { return f.Name == e.File }); i >= 0 {
			v.Raised.Statement = j.source(i, e.Line)
		}
	}
	for p := range v.Parameters {
		x := &v.Parameters[p]
		if x.Gradient != "not judged" || slices.ContainsFunc(j.params[p], func(q int) bool { return !j.instead[q].IsZero() }) {
			continue
		}
		if q := j.opaqueBehind(j.params[p]); q >= 0 {
			x.Why = message.New("`%s` (%s) is not known to the audit: what passes through it cannot be judged", j.text(q), j.where(q))
		} else if q := j.outsideBehind(j.params[p]); q >= 0 {
			x.Why = message.New("no derivative of the loss reaches it: `%s` (%s) comes from something that is not recorded", j.readHere(q), j.where(q))
		}
	}
}

// opaqueBehind is the first operation that nobody knows of those that a
// parameter's values pass into; -1 if there is none.
func (j *judge) opaqueBehind(c chain) int {
	reached := map[int]bool{}
	for _, n := range c[:len(c)-1] {
		reached[n] = true
	}
	for n := c[0]; n < min(j.n, c[min(2, len(c)-1)]); n++ {
		if !reached[n] && !slices.ContainsFunc(j.in[n], func(q int) bool { return reached[q] }) {
			continue
		}
		if reached[n] = true; j.g.Nodes[n].Op.Opaque() {
			return n
		}
	}
	return -1
}

// outsideBehind is the first array that comes from outside the recorded
// operations once a step has read a parameter: what was made of the parameter by
// something unknown, as far as can be told; -1 if there is none.
func (j *judge) outsideBehind(c chain) int {
	if len(c) < 2 || len(j.cons[c[0]]) == 0 {
		return -1
	}
	for n := j.cons[c[0]][0]; n < min(j.n, c[1]); n++ {
		if j.op[n] == "leaf" && j.float[n] && j.size[n] > 1 && len(j.cons[n]) > 0 {
			return n
		}
	}
	return -1
}

// readHere is the text of a value at the first place that reads it.
func (j *judge) readHere(n int) message.Text {
	c := j.cons[n][0]
	return j.operand(c, slices.Index(j.in[c], n))
}

// Covers says how much of the program the verdict speaks of: how many of the
// gradients and updates were checked, and what kept the others from it.
func (v *Verdict) Covers() message.Text {
	n := len(v.Parameters)
	if n == 0 {
		return message.New("no parameter was found, so nothing was checked")
	}
	counted := countedSteps(v.Steps)
	if v.Trainings > 1 {
		counted = message.New("%s of %d trainings", counted, v.Trainings)
	}
	text := message.New("%d of %d gradients and %d of %d updates checked (%s)", v.Judged(), n, v.Updates(), n, counted)
	names := map[string][]string{}
	whys := map[string]message.Text{}
	var order []string
	for _, p := range v.Parameters {
		if p.Gradient != "not judged" {
			continue
		}
		key := p.Why.String()
		if names[key] == nil {
			order = append(order, key)
			whys[key] = p.Why
		}
		names[key] = append(names[key], "`"+p.Name+"`")
	}
	for _, key := range order {
		list := names[key]
		if len(list) > 4 {
			list = append(list[:3:3], "…")
		}
		if key == "" {
			text = message.New("%s; not that of %s", text, strings.Join(list, ", "))
		} else {
			text = message.New("%s; not that of %s: %s", text, strings.Join(list, ", "), whys[key])
		}
	}
	return text
}

func countedSteps(n int) message.Text {
	if n == 1 {
		return message.New("1 step")
	}
	return message.New("%d steps", n)
}

// looked says which steps of training the verdict is on.
func (j *judge) looked() message.Text {
	switch n := len(j.steps); {
	case n == 0:
		return message.Text{}
	case j.n == len(j.g.Nodes) && j.g.End.Why == "the program ended":
		return message.New("all of the program (%s)", countedSteps(n))
	case j.g.End.Behind < len(j.g.Nodes):
		return message.New("the program up to its first %s, and what follows its first epoch", countedSteps(n))
	default:
		return message.New("the program up to its first %s, and nothing of what it does after", countedSteps(n))
	}
}

// areas says which parts of training were judged.
func (j *judge) areas() []audit.Area {
	v := j.verdict
	n := len(v.Parameters)
	state := map[string]string{
		"data": j.data, "start": audit.Spread(n, n), "forward": audit.NotRecorded, "loss": audit.NotRecorded,
		"backward": audit.Spread(v.Judged(), n), "update": audit.Spread(v.Updates(), n), "between steps": audit.NotRecorded, "evaluation": audit.NotRecorded,
	}
	if n > 0 {
		state["forward"] = audit.InPart
	}
	if v.Loss != "" || j.scored {
		state["forward"], state["loss"] = audit.Judged, audit.Judged
		if j.assumed {
			state["loss"] = audit.NotRecorded
		}
	}
	if v.Steps > 1 || j.scored {
		state["between steps"] = audit.Judged
	}
	for i := range j.op { // an accuracy: by a few rules, not by its value
		if j.op[i] == "argmax" || j.op[i] == "cmp" && j.attr(i).Cmp == "Eq" && j.size[i] > 1 {
			state["evaluation"] = audit.InPart
		}
	}
	var list []audit.Area
	for _, name := range audit.AreaNames {
		if state[name] == "" {
			state[name] = audit.NotRecorded
		}
		list = append(list, audit.Area{Name: name, State: state[name]})
	}
	return list
}

// Summary says in a few words what the verdict comes to. It is "clean" only
// where every gradient and every update was checked, and nothing is to be
// warned of.
func (v *Verdict) Summary() message.Text {
	count := map[string]int{}
	for _, f := range v.Findings {
		count[f.Severity]++
	}
	switch warnings := count["warning"]; {
	case count["error"] > 0 && len(v.Findings) == 1:
		return message.New("1 finding")
	case count["error"] > 0:
		return message.New("%d findings", len(v.Findings))
	case warnings == 1:
		return message.New("no error, 1 warning")
	case warnings > 1:
		return message.New("no error, %d warnings", warnings)
	case v.Verdict != "clean":
		return message.New("could not be judged as a whole")
	case v.Updates() < len(v.Parameters):
		return message.New("no fault in what was checked")
	}
	return message.New("clean")
}

// StepEnds returns the last node of each training step of a recording, from
// which on the next one begins; none where no parameter is found.
func StepEnds(g *graph.Graph) (ends []int) {
	list := newView(g).trainings()
	if len(list) < 2 {
		return stepEnds(g)
	}
	for len(list) > 0 {
		p, of, k := part(g, list, nil)
		for _, end := range stepEnds(p) {
			ends = append(ends, of[end])
		}
		list = list[k:]
	}
	return ends
}

// stepEnds is StepEnds of one training.
func stepEnds(g *graph.Graph) (ends []int) {
	j := &judge{view: newView(g), verdict: &Verdict{}}
	if j.prefix(); len(j.params) == 0 {
		return nil
	}
	for _, versions := range j.align(j.params) {
		end := 0
		for _, x := range versions {
			end = max(end, x.new)
		}
		ends = append(ends, end)
	}
	slices.Sort(ends)
	return ends
}
