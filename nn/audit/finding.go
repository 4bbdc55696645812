package audit

import (
	"encoding/json"
	"math"

	"glassbox/mat"
	"glassbox/nn/message"
)

// A Finding is a tensor that does not follow from its own inputs (an error),
// or one that does and yet misleads (a warning).
type Finding struct {
	Level    string       `json:"level"` // "error" or "warning"
	Step     int          `json:"step"`
	Tensor   string       `json:"tensor"`         // its bare name, "db1"
	Index    []int        `json:"index"`          // of the worst element
	Got      Number       `json:"got"`            // as recorded
	Want     Number       `json:"want"`           // as computed from its recorded inputs
	Ratio    Number       `json:"ratio_to_bound"` // their distance in units of the bound
	Off      int          `json:"elements_off"`
	Elements int          `json:"elements"`
	Cause    string       `json:"cause"`   // a name of the catalogue, two joined by +, or ""
	Message  message.Text `json:"message"` // what is wrong and what to change

	// Where are the elements that Off counts, as i·columns + j in ascending
	// order: those beyond the bound, or the first that is not finite. A warning
	// about a tensor as such, whose Off is 0, has those that it speaks of, if
	// any. Expected is the tensor as it follows from its recorded inputs,
	// of the recorded shape, to be read only; 0×0 where the finding compares no
	// such two. Both are missing from the findings of a trace beyond the first
	// 2^23 elements.
	Where    []int      `json:"-"`
	Expected mat.Matrix `json:"-"`

	maybe []suspect // what would give these numbers
}

// A Verdict is what the audit says of one trace.
type Verdict struct {
	File     string         `json:"file"`
	Verdict  string         `json:"verdict"` // "clean", "findings" or "unreadable"
	Error    message.Text   `json:"error,omitzero"`
	Notes    []message.Text `json:"notes"`
	Findings []Finding      `json:"findings"`
	Judged   int            `json:"tensors_judged"`
	Steps    int            `json:"steps"`
	Unjudged []message.Text `json:"not_judged"`
}

// A Number is a float64 that JSON can hold: NaN and the infinities are texts.
type Number float64

// MarshalJSON writes the number, or "NaN", "+Inf", "-Inf".
func (n Number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"+Inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Inf"`), nil
	default:
		return json.Marshal(v)
	}
}
