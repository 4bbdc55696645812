package audit

import (
	"strconv"
	"strings"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// An Area is a part of training and how far a verdict speaks of it: what is
// called clean is so where it was judged.
type Area struct {
	Name  string `json:"area"`  // of AreaNames
	State string `json:"state"` // Judged, InPart or NotRecorded
}

// AreaNames are the parts of training, in their order.
var AreaNames = []string{"data", "start", "forward", "loss", "backward", "update", "between steps", "evaluation"}

// How far a verdict speaks of an area.
const (
	Judged      = "judged"
	InPart      = "in part"
	NotRecorded = "not recorded"
)

// Spread is the state of an area of which n of total things were judged.
func Spread(n, total int) string {
	switch {
	case n == 0:
		return NotRecorded
	case n < total:
		return InPart
	}
	return Judged
}

// words are each name and state of an area as a text of its own, to be translated.
var words = map[string]message.Text{
	"data": message.New("data"), "start": message.New("start"), "forward": message.New("forward"), "loss": message.New("loss"),
	"backward": message.New("backward"), "update": message.New("update"), "between steps": message.New("between steps"), "evaluation": message.New("evaluation"),
	Judged: message.New("judged"), InPart: message.New("in part"), NotRecorded: message.New("not recorded"),
}

// AreaText is the name of an area, or its state, as a text.
func AreaText(name string) message.Text { return words[name] }

// Areas says what a verdict covers, and of which steps: "judged: data, start; not
// recorded: evaluation; looked at: all 30 steps".
func Areas(list []Area, steps message.Text) message.Text {
	var text message.Text
	for _, state := range []string{Judged, InPart, NotRecorded} {
		var of message.Text
		for _, a := range list {
			switch {
			case a.State != state:
			case of.IsZero():
				of = words[a.Name]
			default:
				of = message.New("%s, %s", of, words[a.Name])
			}
		}
		switch {
		case of.IsZero():
		case text.IsZero():
			text = message.New("%s: %s", words[state], of)
		default:
			text = message.New("%s; %s: %s", text, words[state], of)
		}
	}
	if steps.IsZero() {
		return text
	}
	return message.New("%s; looked at: %s", text, steps)
}

// looked says which steps a trace has, and what none has.
func (t *Trace) looked() message.Text {
	var numbers []string
	for _, s := range t.Steps {
		numbers = append(numbers, strconv.Itoa(s.Number))
	}
	if n := len(numbers); n > 8 {
		numbers = append(append(numbers[:4:4], "…"), numbers[n-2:]...)
	}
	return message.New("the steps %s as the file has them, which says nothing of test rows, of an accuracy, and of rows that no batch here has", strings.Join(numbers, ", "))
}

// areas says of a trace which of its steps' tensors were there to be judged.
func (t *Trace) areas(mem *memory) []Area {
	state := map[string]string{"data": NotRecorded, "start": NotRecorded, "between steps": NotRecorded, "evaluation": NotRecorded}
	have, all := map[string]int{}, map[string]int{}
	count := func(area string, s *Step, names ...string) {
		for _, name := range names {
			all[area]++
			if _, ok := s.T[name]; ok && !mem.unjudged[tensorOf{s.Number, name}] && !(mem.adaptive && area == "update") {
				have[area]++
			}
		}
	}
	for i := range t.Steps {
		s := &t.Steps[i]
		L := layers(s.T)
		_, x := s.T["x"]
		_, y := s.T["y"]
		if x || y {
			state["data"] = InPart // of a few steps' rows it can be said that they go together, not where they come from
		}
		if _, ok := s.T["W1"]; ok && s.Number == 0 {
			state["start"] = Judged
		}
		for k := 1; k <= L; k++ {
			count("forward", s, spec.Name("z", k))
			if k < L {
				count("forward", s, spec.Name("h", k))
				count("backward", s, spec.Name("dh", k))
			}
			count("backward", s, spec.Name("dz", k))
		}
		count("forward", s, "p")
		count("loss", s, "loss")
		for _, p := range spec.ParamNames(L) {
			if _, ok := s.T[p]; !ok {
				continue // a network without biases
			}
			count("backward", s, "d"+p)
			count("update", s, p+spec.SuffixNew)
			if _, ok := s.T[p+spec.SuffixNext]; ok {
				state["between steps"] = InPart
			}
		}
	}
	var list []Area
	for _, name := range AreaNames {
		if all[name] > 0 {
			state[name] = Spread(have[name], all[name])
		}
		list = append(list, Area{name, state[name]})
	}
	return list
}
