package program

import (
	"fmt"
	"slices"
	"strconv"

	"glassbox/nn/audit"
	"glassbox/nn/message"
)

// A Finding is one fault of the program: where it is, what stands against it
// and what to change. The first of a verdict is the earliest cause.
type Finding struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Statement string `json:"statement"` // the source at that line
	Severity  string `json:"level"`     // "error", "warning" or "note"
	Step      int    `json:"step"`      // the training step that shows it, from 0
	// Relation is the kind of the fault, in a word or two: what lies between what
	// stands there and what should.
	Relation string `json:"relation"`
	// Cause is the mistake's name in the catalogue (package faults), where the
	// program is a network of dense layers and the catalogue has it.
	Cause string `json:"cause,omitempty"`
	// Text says what the value should equal and what was found instead.
	Text message.Text `json:"message"`
	// Forward is the line of the forward expression that the right value follows
	// from, its file named as File is: "net.py:13"; nothing if there is none.
	Forward string `json:"forward,omitempty"`
	// Fix is what to change, proven by running the program's own operations again
	// with what should stand there; nothing where it is not known.
	Fix message.Text `json:"fix,omitzero"`
	// Mended of Wrong gradients become right with what should stand there.
	Mended int `json:"mended,omitempty"`
	Wrong  int `json:"wrong,omitempty"`
}

// String writes the finding as compilers do.
func (f Finding) String() string {
	s := fmt.Sprintf("%s:%d: %s: %s\n    %s", f.File, f.Line, f.Severity, f.Statement, f.Text)
	if !f.Fix.IsZero() {
		s += fmt.Sprintf("\n    %s", f.Fix)
	}
	return s
}

// A Parameter is what became of one of the program's parameters.
type Parameter struct {
	Name  string `json:"name"`
	Shape []int  `json:"shape"`
	Steps int    `json:"steps"` // updates recorded
	// Gradient is "right", "wrong", "zero" (within rounding), or "not judged".
	Gradient string `json:"gradient"`
	// Update is "right" (of a known form), "wrong" or "not judged".
	Update string       `json:"update"`
	Why    message.Text `json:"why,omitzero"` // what kept it from being judged
}

// A Verdict is what was found out about a recorded program.
type Verdict struct {
	File    string `json:"file"`    // the trace
	Program string `json:"program"` // as it was started: a path, or "-m" and a module
	// Verdict is "clean" (every gradient was judged and there is nothing to say of
	// it), "warnings" (nothing is wrong, but something misleads), "findings", or
	// "not judged" (nothing is known to be wrong, but not every gradient could be
	// judged).
	Verdict  string    `json:"verdict"`
	Findings []Finding `json:"findings"`
	// Raised is the exception that ended the program, nil if none did.
	Raised     *Raise         `json:"raised,omitempty"`
	Notes      []message.Text `json:"notes"`
	Parameters []Parameter    `json:"parameters"`
	// Unjudged says what could not be judged, and why; a program of which nothing
	// could be is neither right nor wrong.
	Unjudged []message.Text `json:"not_judged"`
	Loss     string         `json:"loss"`  // where and what, "net.py:20 loss = ..."
	Steps    int            `json:"steps"` // training steps recorded
	// Trainings are how many it speaks of: several may follow one another.
	Trainings int `json:"trainings"`
	// Areas says which parts of training the verdict speaks of.
	Areas []audit.Area `json:"covers"`
	// Looked says of which steps it does.
	Looked message.Text `json:"looked_at,omitzero"`
}

// Clean reports that every gradient was judged and nothing is wrong.
func (v *Verdict) Clean() bool { return v.Verdict == "clean" || v.Verdict == "warnings" }

// settle says what the whole comes to.
func (v *Verdict) settle() {
	has := func(level string) bool {
		return slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Severity == level })
	}
	switch {
	case has("error"):
		v.Verdict = "findings"
	case v.Judged() < len(v.Parameters) || len(v.Parameters) == 0:
		v.Verdict = "not judged"
	case has("warning"):
		v.Verdict = "warnings"
	default:
		v.Verdict = "clean"
	}
}

// Judged counts the gradients that were judged.
func (v *Verdict) Judged() (n int) {
	for _, p := range v.Parameters {
		n += b2i(p.Gradient != "not judged")
	}
	return n
}

// Updates counts the updates that were judged.
func (v *Verdict) Updates() (n int) {
	for _, p := range v.Parameters {
		n += b2i(p.Update != "not judged")
	}
	return n
}

// number writes a factor as a reader wants it: 1/8 rather than 0.125.
func number(c float64) string {
	if alike(c, 1, 1e-7) {
		return "1"
	}
	if c != 0 && c > -1 && c < 1 {
		n := 1 / c
		r := float64(int(n + 0.5))
		if n < 0 {
			r = float64(int(n - 0.5))
		}
		if r != 0 && alike(n, r, 1e-7) && r < 1e7 && r > -1e7 {
			if n < 0 {
				return fmt.Sprintf("-1/%d", int(-r))
			}
			return fmt.Sprintf("1/%d", int(r))
		}
	}
	return strconv.FormatFloat(c, 'g', 6, 64)
}
