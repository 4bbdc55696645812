package audit

import "testing"

func TestAreas(t *testing.T) {
	list := []Area{{"data", InPart}, {"start", Judged}, {"forward", Judged}, {"evaluation", NotRecorded}}
	if got, want := Areas(list).String(), "judged: start, forward; in part: data; not recorded: evaluation"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	trace := drop(trained(u64, []int{3, 4, 2}, 5, true, 1), func(name string) bool { return name == "loss" || name == "dW1" })
	want := map[string]string{"data": InPart, "start": Judged, "forward": Judged, "loss": NotRecorded, "backward": InPart, "evaluation": NotRecorded}
	for _, a := range Compare(trace).Areas {
		if w := want[a.Name]; w != "" && a.State != w {
			t.Errorf("%s: %s, want %s", a.Name, a.State, w)
		}
	}
}
