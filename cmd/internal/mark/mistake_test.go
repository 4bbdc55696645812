package mark

import (
	"testing"

	"glassbox/nn/audit/program"
)

// A student who is told to look at the update does not look at the labels.
func TestAreaOfFinding(t *testing.T) {
	for want, list := range map[string][]program.Finding{
		"data":          {{Relation: "other rows' labels"}, {Relation: "labels not encoded"}, {Relation: "labels without a class"}},
		"start":         {{Relation: "equal units"}, {Relation: "an integer array"}},
		"forward":       {{Relation: "softmax twice"}, {Relation: "the wrong axis"}, {Relation: "N by N"}},
		"backward":      {{Relation: "transposed", Forward: "net.py:3"}, {Relation: "a factor missing", Wrong: 2}, {Relation: "not the derivative"}},
		"update":        {{Relation: "the update"}, {Relation: "the condition"}},
		"between steps": {{Relation: "changed outside of training"}},
		"evaluation":    {{Relation: "argmax without an axis"}},
	} {
		for _, f := range list {
			if got := areaOfFinding(f); got != want {
				t.Errorf("%+v is in %s, want %s", f, got, want)
			}
			if part := partOfArea(want); want != "backward" && part.EN == partOfArea("backward").EN {
				t.Errorf("%s has no words", want)
			}
		}
	}
}
