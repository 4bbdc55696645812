package audit

import (
	"strings"

	"glassbox/nn/faults"
	"glassbox/nn/message"
)

// attribute names the cause of each finding. Of several mistakes that would
// give it, the one that the trace's other tensors contradict least is taken,
// then the one that explains most findings, then the first of the catalogue.
func attribute(list []Finding, judges []*judge) {
	count, against := map[string]int{}, map[string]int{}
	for _, f := range list {
		for _, m := range f.maybe {
			count[namesOf(m.faults)]++
		}
	}
	contradicted := func(m suspect) int {
		name := namesOf(m.faults)
		n, known := against[name]
		if !known {
			for _, j := range judges {
				n += j.contradictions(m.change)
			}
			against[name] = n
		}
		return n
	}
	for i, f := range list {
		best := -1
		for k, m := range f.maybe {
			if best < 0 {
				best = k
				continue
			}
			b := f.maybe[best]
			less := contradicted(m) - contradicted(b)
			if less < 0 || less == 0 && count[namesOf(m.faults)] > count[namesOf(b.faults)] {
				best = k
			}
		}
		if best < 0 {
			continue
		}
		list[i].Cause, list[i].Level = namesOf(f.maybe[best].faults), "warning"
		for n, x := range f.maybe[best].faults {
			if n == 0 {
				list[i].Message = mending(x)
			} else {
				list[i].Message = message.New("%s; %s", list[i].Message, mending(x))
			}
			if !x.Misleads {
				list[i].Level = "error"
			}
		}
	}
}

func namesOf(list []faults.Fault) string {
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	return strings.Join(names, "+")
}
