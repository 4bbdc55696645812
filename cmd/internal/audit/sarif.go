package audit

import (
	"fmt"
	"glassbox/cmd/internal/cli"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"glassbox/nn/audit"
	"glassbox/nn/audit/program"
	"glassbox/nn/faults"
)

// The parts of SARIF 2.1.0 that findings need, by the names that its schema
// gives them.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
		// Invocations says whether all could be judged.
		Invocations []sarifInvocation `json:"invocations"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID    string     `json:"id"`
		Short sarifText  `json:"shortDescription"`
		Help  *sarifText `json:"help,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		Rule      string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	sarifLocation struct {
		Physical *sarifPlace    `json:"physicalLocation,omitempty"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifText     `json:"message,omitempty"`
	}
	sarifPlace struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region *sarifRegion `json:"region,omitempty"`
	}
	sarifRegion struct {
		StartLine int        `json:"startLine"`
		Snippet   *sarifText `json:"snippet,omitempty"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifInvocation struct {
		Successful    bool          `json:"executionSuccessful"`
		Notifications []sarifNotice `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotice struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
)

// sarif puts the findings of all verdicts into one log. A finding of a recorded
// program stands at its line, with the forward line beside it; one of a trace of
// named tensors, which knows no lines, at the trace.
func sarif(verdicts []Verdict) sarifLog {
	var r sarifRun
	r.Tool.Driver = sarifDriver{Name: "glassbox", Version: strings.TrimPrefix(cli.Built(), "glassbox "), Rules: []sarifRule{}}
	r.ColumnKind, r.Results = "unicodeCodePoints", []sarifResult{}
	notices := sarifInvocation{Successful: true}
	notice := func(level, text string) {
		notices.Notifications = append(notices.Notifications, sarifNotice{level, sarifText{text}})
	}
	add := func(x sarifResult, rule sarifRule) {
		x.Rule = rule.ID
		x.RuleIndex = slices.IndexFunc(r.Tool.Driver.Rules, func(have sarifRule) bool { return have.ID == rule.ID })
		if x.RuleIndex < 0 {
			x.RuleIndex = len(r.Tool.Driver.Rules)
			r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, rule)
		}
		r.Results = append(r.Results, x)
	}
	for _, v := range verdicts {
		if p := v.Program; p != nil {
			programResults(p, add)
			if p.Verdict != "clean" || p.Updates() < len(p.Parameters) {
				notice("note", p.File+": "+p.Covers().String())
			}
			for _, t := range slices.Concat(p.Notes, p.Unjudged) {
				notice("note", p.File+": "+t.String())
			}
			continue
		}
		t := v.Tensors
		if t.Verdict == "unreadable" {
			notices.Successful = false
			notice("error", t.Error.String())
		}
		for _, u := range t.Unjudged {
			notice("note", t.File+": "+u.String())
		}
		for _, f := range t.Findings {
			at := placeOf(t.File, 0, "")
			at.Logical = []sarifLogical{{fmt.Sprintf("%d.%s", f.Step, f.Tensor), "variable"}}
			add(sarifResult{Level: f.Level, Message: sarifText{fmt.Sprintf("step %d, %s: %s", f.Step, f.Tensor, f.Message)}, Locations: []sarifLocation{at}}, catalogueRule(f))
		}
	}
	r.Invocations = []sarifInvocation{notices}
	return sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{r}}
}

// programResults adds what is wrong with a recorded program.
func programResults(v *program.Verdict, add func(sarifResult, sarifRule)) {
	if e := v.Raised; e != nil {
		text := e.Type + ": " + e.Message
		if shapes := e.ShapesText(); !shapes.IsZero() {
			text += "; " + shapes.String()
		}
		at := placeOf(v.Program, 0, "")
		if e.Line > 0 {
			at = placeOf(v.Path(e.File), e.Line, e.Statement)
		}
		add(sarifResult{Level: "error", Message: sarifText{text}, Locations: []sarifLocation{at}},
			sarifRule{ID: "raised", Short: sarifText{"The program raised an exception."}})
	}
	for _, f := range v.Findings {
		text := f.Text.String()
		if !f.Fix.IsZero() {
			text += ". " + f.Fix.String()
		}
		x := sarifResult{Level: f.Severity, Message: sarifText{text}, Locations: []sarifLocation{placeOf(v.Path(f.File), f.Line, f.Statement)}}
		if file, number, ok := strings.Cut(f.Forward, ":"); ok {
			if line, err := strconv.Atoi(number); err == nil && line > 0 {
				forward := placeOf(v.Path(file), line, "")
				forward.Message = &sarifText{"the forward expression that the right value follows from"}
				x.Related = []sarifLocation{forward}
			}
		}
		add(x, sarifRule{ID: strings.ReplaceAll(f.Relation, " ", "-"), Short: sarifText{"Against the derivative of the program's own loss: " + f.Relation + "."}})
	}
}

// catalogueRule is the entry of the catalogue that a finding names.
func catalogueRule(f audit.Finding) sarifRule {
	if f.Cause == "" {
		return sarifRule{ID: "not-in-the-catalogue", Short: sarifText{"A tensor does not follow from its recorded inputs."}}
	}
	rule := sarifRule{ID: f.Cause, Short: sarifText{f.Cause}}
	for _, k := range faults.All {
		if k.Name == f.Cause {
			rule.Short, rule.Help = sarifText{k.Doc}, &sarifText{"Right: " + k.Fix}
		}
	}
	return rule
}

// placeOf is a line of a file, or with 0 the file.
func placeOf(file string, line int, text string) sarifLocation {
	p := &sarifPlace{}
	u := url.URL{Path: filepath.ToSlash(file)}
	if filepath.IsAbs(file) {
		u.Scheme = "file"
	}
	p.Artifact.URI = u.String()
	if line > 0 {
		p.Region = &sarifRegion{StartLine: line}
		if text != "" {
			p.Region.Snippet = &sarifText{text}
		}
	}
	return sarifLocation{Physical: p}
}
