package engine

import (
	"encoding/json"
	"strings"
	"testing"
)

// A training shown up to its last update is the whole; before the first there is
// no line. What cannot be is refused in words.
func TestLearn(t *testing.T) {
	e := New()
	ask := func(args string) (b board) {
		t.Helper()
		answer, _ := e.Call("learn", args, nil)
		if err := json.Unmarshal([]byte(answer), &b); err != nil || b.SVG == "" {
			t.Fatalf("%s: %.200s", args, answer)
		}
		return b
	}
	all := ask(`{"test":5,"rosenblatt":true,"bias":true,"rate":0.01,"seed":42,"updates":-1}`)
	if last := ask(`{"test":5,"rosenblatt":true,"bias":true,"rate":0.01,"seed":42,"updates":100000}`); last.SVG != all.SVG || last.HTML != all.HTML {
		t.Error("the last update is not the whole training")
	}
	if !strings.Contains(ask(`{"test":1,"rate":0.01,"updates":0}`).HTML, "w = (0, 0), b = 0") {
		t.Error("before the first update w is not 0")
	}
	if first := ask(`{"test":5,"rosenblatt":true,"bias":true,"rate":0.01,"seed":42,"updates":1}`); first.HTML == all.HTML || first.Updates != all.Updates {
		t.Error("the first update is the whole training")
	}
	for _, args := range []string{`{"test":0,"rate":1}`, `{"test":6,"rate":1}`, `{"test":1}`, `{"test":1,"rate":1e300}`, `{"test":1,"rate":1,"seed":-1}`, `7`} {
		if answer, _ := e.Call("learn", args, nil); !strings.HasPrefix(answer, `{"error":"`) {
			t.Errorf("%s: %.100s", args, answer)
		}
	}
}
