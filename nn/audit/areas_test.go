package audit

import (
	"math"
	"strings"
	"testing"

	"glassbox/mat"
	"glassbox/nn/message"
)

func TestAreas(t *testing.T) {
	list := []Area{{"data", InPart}, {"start", Judged}, {"forward", Judged}, {"evaluation", NotRecorded}}
	if got, want := Areas(list, message.Text{}).String(), "judged: start, forward; in part: data; not recorded: evaluation"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	trace := Trace{Steps: make([]Step, 12)}
	for n := range trace.Steps {
		trace.Steps[n].Number = n
	}
	if got, want := Areas(list, trace.looked()).String(), "; looked at: the steps 0, 1, 2, 3, …, 10, 11 as the file has them"; !strings.Contains(got, want) {
		t.Errorf("%q lacks %q", got, want)
	}
	trace = drop(trained(u64, []int{3, 4, 2}, 5, true, 1), func(name string) bool { return name == "loss" || name == "dW1" })
	hasAreas(t, Compare(trace), map[string]string{"data": InPart, "start": Judged, "forward": Judged, "loss": NotRecorded, "backward": InPart, "evaluation": NotRecorded})
	// What is recorded and has nothing to be judged by.
	trace = drop(trained(u64, []int{3, 4, 2}, 5, true, 1), func(name string) bool { return name == "x" || name == "h1" || name == "z1" })
	hasAreas(t, Compare(trace), map[string]string{"forward": InPart, "loss": Judged, "backward": InPart})
}

func hasAreas(t *testing.T, v Verdict, want map[string]string) {
	t.Helper()
	for _, a := range v.Areas {
		if w := want[a.Name]; w != "" && a.State != w {
			t.Errorf("%s: %s, want %s", a.Name, a.State, w)
		}
	}
}

// TestAdam: updates by running means that are not recorded are not judged, and
// not called so.
func TestAdam(t *testing.T) {
	type mean struct{ m, v mat.Matrix }
	means, steps := map[string]mean{}, map[string]float64{}
	v := Compare(wayTrace(way{update: func(name string, W, d mat.Matrix) mat.Matrix {
		if means[name].m.Rows == 0 {
			means[name] = mean{mat.New(d.Rows, d.Cols), mat.New(d.Rows, d.Cols)}
		}
		s, next := means[name], W.Clone()
		steps[name]++
		for k, g := range d.Data {
			s.m.Data[k] = 0.9*s.m.Data[k] + 0.1*g
			s.v.Data[k] = 0.999*s.v.Data[k] + 0.001*g*g
			m, v := s.m.Data[k]/(1-math.Pow(0.9, steps[name])), s.v.Data[k]/(1-math.Pow(0.999, steps[name]))
			next.Data[k] -= 0.1 * m / (math.Sqrt(v) + 1e-8)
		}
		return next
	}}))
	if v.Verdict != "clean" || len(v.Unjudged) != 1 {
		t.Errorf("%v %v", causes(v), v.Unjudged)
	}
	hasAreas(t, v, map[string]string{"backward": Judged, "update": NotRecorded})
}
