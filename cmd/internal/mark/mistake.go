package mark

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/listing"
	"glassbox/nn/audit"
	"glassbox/nn/audit/program"
	"glassbox/nn/graph"
	"glassbox/nn/spec"
)

// A Mistake is one thing that a submission has wrong, however many of its
// tensors, lines and steps show it.
type Mistake struct {
	// Name is the catalogue's, or what kind of mistake it is: for the class, and
	// for a rubric. It gives the mistake away.
	Name      string           `json:"name"`
	Level     string           `json:"level"` // "error" or "warning"
	Area      string           `json:"area"`  // the part of training, of audit.AreaNames
	Part      lang.Text        `json:"part"`  // what is wrong, no more: "the bias gradient"
	Place     string           `json:"place"` // "net.py:41", or a tensor, "db1"
	Step      int              `json:"step"`  // that shows it first
	Statement string           `json:"statement,omitempty"`
	Excerpt   []listing.Source `json:"excerpt,omitempty"`
	More      int              `json:"more"`  // tensors, lines and steps that show it too
	Hints     []lang.Text      `json:"hints"` // from that something is wrong to what to change
}

// A Judged is what the audit says of a trace: of either kind.
type Judged struct {
	Tensors *audit.Verdict
	Program *program.Verdict
	Graph   *graph.Graph // of a program
}

// mistakes are those of a trace, the earliest first.
func (j Judged) mistakes() []Mistake {
	if j.Program != nil {
		return ofProgram(j.Program, j.Graph)
	}
	return ofTensors(j.Tensors.Findings)
}

// ofTensors makes one mistake of all findings that have one cause: of those
// without, of each kind of tensor.
func ofTensors(list []audit.Finding) (all []Mistake) {
	at := map[string]int{}
	for _, f := range list {
		names := strings.Split(f.Cause, "+")
		n, _ := spec.ParseName(f.Tensor)
		if f.Cause == "" {
			names = []string{"unknown-in-" + n.Kind + n.Suffix}
		}
		for _, name := range names {
			if i, ok := at[name]; ok {
				all[i].More++
				continue
			}
			at[name] = len(all)
			m := Mistake{Name: name, Level: f.Level, Area: areaOf(n), Part: partOf(n), Place: f.Tensor, Step: f.Step}
			m.Hints = hintsOfTensor(m, f, n, f.Cause == name)
			all = append(all, m)
		}
	}
	return all
}

// ofProgram makes one mistake of the findings of one cause of the catalogue, and
// of each other one.
func ofProgram(v *program.Verdict, g *graph.Graph) (all []Mistake) {
	if r := v.Raised; r != nil {
		m := Mistake{Name: "raised-" + r.Type, Level: "error", Area: "forward", Part: lang.T("the run: it stops with an error"),
			Place: v.Program, Statement: r.Statement, Excerpt: listing.Excerpt(g, r.File, r.Line)}
		if r.Line > 0 {
			m.Place = fmt.Sprintf("%s:%d", r.File, r.Line)
		}
		m.Hints = hintsOfRaise(m, r)
		all = append(all, m)
	}
	at := map[string]int{}
	for _, f := range v.Findings {
		if f.Severity == "note" {
			continue
		}
		if i, ok := at[f.Cause]; ok && f.Cause != "" {
			all[i].More++
			continue
		}
		at[f.Cause] = len(all)
		m := Mistake{Name: f.Cause, Level: f.Severity, Area: areaOfFinding(f), Place: fmt.Sprintf("%s:%d", f.File, f.Line), Step: f.Step,
			Statement: f.Statement, Excerpt: listing.Excerpt(g, f.File, f.Line)}
		if m.Name == "" {
			m.Name = slug(f.Relation)
		}
		m.Part = partOfArea(m.Area)
		m.Hints = hintsOfLine(m, f)
		all = append(all, m)
	}
	return all
}

// slug makes a name like the catalogue's of a relation: "a mask missing" is
// mask-missing.
func slug(relation string) string {
	for _, article := range []string{"a ", "an ", "the "} {
		relation = strings.TrimPrefix(relation, article)
	}
	return strings.ReplaceAll(strings.ReplaceAll(relation, "'", ""), " ", "-")
}

// areaOf is the part of training that a tensor belongs to.
func areaOf(n spec.TensorName) string {
	switch {
	case n.Suffix == spec.SuffixNew:
		return "update"
	case n.Suffix != "":
		return "between steps"
	}
	switch n.Kind {
	case "x", "y":
		return "data"
	case "W", "b":
		return "start"
	case "z", "h", "p":
		return "forward"
	case "loss":
		return "loss"
	}
	return "backward"
}

// areaOfRelation are the kinds of mistakes of programs that are neither of a
// derivative nor of an update.
var areaOfRelation = map[string]string{
	"other rows' labels": "data", "labels not encoded": "data", "labels without a class": "data",
	"scaled by the test's": "data", "scaled otherwise": "data", "batches overlap": "data",
	"rows left out": "data", "never scaled": "data", "the same draws": "data",
	"equal units": "start", "an integer array": "start", "all zero": "start",
	"not finite": "forward", "softmax twice": "forward", "the wrong axis": "forward", "N by N": "forward", "dropout without its factor": "forward", "a running average": "forward",
	"another loss":  "loss",
	"never moves":   "update",
	"the condition": "update", "the update": "update", "decay at every step": "update",
	"changed outside of training": "between steps", "the best is left": "between steps",
	"stops on the wrong side": "between steps",
	"tested on training rows": "evaluation", "argmax without an axis": "evaluation",
	"dropout in an evaluation": "evaluation", "statistics of the evaluated": "evaluation",
}

// areaOfFinding is the part of training that a finding of a program belongs to:
// what has a forward line, or gradients that it makes wrong, is a derivative.
func areaOfFinding(f program.Finding) string {
	if area, ok := areaOfRelation[f.Relation]; ok {
		return area
	}
	if f.Forward != "" || f.Wrong > 0 || f.Relation == "not the derivative" || f.Relation == "summed over all axes" {
		return "backward"
	}
	return "update"
}

// shown is a number as a student has it before them: nine digits tell a wrong
// one from a right one.
func shown(x audit.Number) string { return strconv.FormatFloat(float64(x), 'g', 9, 64) }

// times is how many times what it should be a number is, "" where that says nothing.
func times(got, want audit.Number) string {
	k := float64(got) / float64(want)
	if math.IsNaN(k) || math.IsInf(k, 0) || k == 0 || math.Abs(k) > 1e6 || math.Abs(k) < 1e-6 {
		return ""
	}
	return strconv.FormatFloat(k, 'g', 4, 64)
}
