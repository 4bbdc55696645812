package mark

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"glassbox/cmd/internal/cli"
	"glassbox/cmd/internal/lang"
	"glassbox/nn/audit"
)

// A Requirement is what a submission has to show.
type Requirement struct {
	text  string
	steps int
	parts []required
}

type required struct {
	area   string
	partly bool // judged in part will do
}

// Require is what is asked for unless something else is: a whole step.
var Require, _ = parseRequirement("steps=1,forward,loss,backward,update")

// RequirementKind is "steps=3,backward,update=part".
var RequirementKind = cli.Kind[Requirement]{
	Hint: "PART,…", Example: "steps=3,backward,update,evaluation",
	Format: func(r Requirement) string { return r.text },
	Parse:  parseRequirement,
}

func parseRequirement(text string) (Requirement, error) {
	r := Requirement{text: text}
	for field := range strings.SplitSeq(text, ",") {
		name, value, valued := strings.Cut(strings.TrimSpace(field), "=")
		if name == "between" {
			name = "between steps"
		}
		switch {
		case text == "none":
		case name == "steps":
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				return r, fmt.Errorf("%q: steps=%s is no number of steps; for example steps=3", text, value)
			}
			r.steps = n
		case !slices.Contains(audit.AreaNames, name):
			return r, fmt.Errorf("%q: %q is none of steps=N, %s; none asks for nothing", text, name, strings.Join(audit.AreaNames, ", "))
		case valued && value != "part":
			return r, fmt.Errorf("%q: %s=%s: %s asks for the whole, %s=part for some of it", text, name, value, name, name)
		default:
			// Of the rows of a few steps and of what lies between them no more than a
			// part is ever recorded.
			r.parts = append(r.parts, required{name, valued || name == "data" || name == "between steps"})
		}
	}
	return r, nil
}

// A Lack is something that was asked for and is not there.
type Lack struct {
	Part string    `json:"part"` // of audit.AreaNames, or "steps"
	Text lang.Text `json:"text"`
}

// lacks says what of the requirement a submission does not show.
func (r Requirement) lacks(areas []audit.Area, steps int) (list []Lack) {
	if steps < r.steps {
		list = append(list, Lack{"steps", lang.T("%d steps recorded of %d asked for", steps, r.steps)})
	}
	for _, p := range r.parts {
		switch state := stateOf(areas, p.area); {
		case state == audit.Judged || state == audit.InPart && p.partly:
		case state == audit.InPart:
			list = append(list, Lack{p.area, lang.T("%s: in part only", areaText(p.area))})
		default:
			list = append(list, Lack{p.area, lang.T("%s: not recorded", areaText(p.area))})
		}
	}
	return list
}

// asks reports whether a part is asked for.
func (r Requirement) asks(area string) bool {
	return slices.ContainsFunc(r.parts, func(p required) bool { return p.area == area })
}

func stateOf(areas []audit.Area, name string) string {
	for _, a := range areas {
		if a.Name == name {
			return a.State
		}
	}
	return audit.NotRecorded
}

// states are how far an area is judged, the least first.
var states = []string{audit.NotRecorded, audit.InPart, audit.Judged}

// together are the areas of several traces: each as far as the best shows it.
func together(a, b []audit.Area) []audit.Area {
	var list []audit.Area
	for _, name := range audit.AreaNames {
		list = append(list, audit.Area{Name: name, State: states[max(slices.Index(states, stateOf(a, name)), slices.Index(states, stateOf(b, name)))]})
	}
	return list
}

// areaText is a part of training, or how far it was judged, in both languages.
func areaText(name string) lang.Text { return lang.Of(audit.AreaText(name)) }
