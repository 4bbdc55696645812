package cli

import (
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	x := newTrial()
	args := []string{"-sgd", "-mean1", "-1,2", "-sweep", "momentum=0,0.9", "-sweep", "init=he;x", "-out", "it's here"}
	if err := x.set.Parse(args, io.Discard); err != nil {
		t.Fatal(err)
	}
	list := x.set.Settings("rule", "standardize")
	var names []string
	for _, s := range list {
		names = append(names, s.Name)
		if want := strings.Contains("sgd mean1 sweep out", s.Name); s.Given != want {
			t.Errorf("%s: given %v", s.Name, s.Given)
		}
	}
	if got := strings.Join(names, " "); got != "dnn_hidden_units learning_rate noise momentum init max_steps eval_freq seed sgd mean1 out sweep" {
		t.Errorf("order: %s", got)
	}
	got, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"dnn_hidden_units":[20],"learning_rate":0.01,"noise":0.05,"momentum":0,"init":"he","max_steps":1500,"eval_freq":10,` +
		`"seed":42,"sgd":true,"mean1":[-1,2],"out":"it's here","sweep":["momentum=0,0.9","init=he;x"]}`
	if string(got) != want {
		t.Errorf("JSON\n got %s\nwant %s", got, want)
	}
	if got, want := Shell("it's\u202e\\\x1b"), `$'it\'s\u202e\\\x1b'`; got != want {
		t.Errorf("quoted %s, want %s", got, want)
	}
	if got, want := x.set.Command("seed", "sgd"), `go run ./cmd/part2 -seed 42 -sgd -mean1 -1,2 -out 'it'\''s here' -sweep momentum=0,0.9 -sweep 'init=he;x'`; got != want {
		t.Errorf("command\n got %s\nwant %s", got, want)
	}
}

// TestPrintedSettingsParse types what Print writes, and must get the same
// settings again.
func TestPrintedSettingsParse(t *testing.T) {
	x := newTrial()
	args := strings.Fields("-sgd -standardize no -dnn_hidden_units 7,5 -learning_rate 1e-7 -sweep a=1 -sweep b=2 -init 1e-4 -max_steps 45000")
	if err := x.set.Parse(args, io.Discard); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	x.set.Settings().Print(&b)
	for line := range strings.Lines(b.String()) {
		if len([]rune(line)) > 79 || !strings.HasPrefix(line, "  -") {
			t.Errorf("line %q", line)
		}
	}
	y := newTrial()
	if err := y.set.Parse(strings.Fields(b.String()), io.Discard); err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	got, want := y.set.Settings(), x.set.Settings()
	for i := range got {
		if got[i].Text != want[i].Text || !reflect.DeepEqual(got[i].Value, want[i].Value) {
			t.Errorf("%s: %q, want %q", got[i].Name, got[i].Text, want[i].Text)
		}
	}
	if !strings.Contains(b.String(), "-standardize=false") || !strings.Contains(b.String(), " -sgd ") {
		t.Errorf("switches in\n%s", b.String())
	}
}

func TestNearest(t *testing.T) {
	words := []string{"dnn_hidden_units", "learning_rate", "max_steps", "eval_freq", "sgd", "batch_size", "seed", "seeds", "n", "v"}
	for name, want := range map[string]string{
		"hidden_units": "dnn_hidden_units", "hidden": "dnn_hidden_units", "rate": "learning_rate", "rat": "", "mixed": "", "foo": "", "abd": "", "dnn_hidden_unit": "dnn_hidden_units", "dnn": "dnn_hidden_units", "bs": "batch_size", "leraning_rate": "learning_rate",
		"maxsteps": "max_steps", "max-step": "max_steps", "eval_frequency": "eval_freq", "sdg": "sgd", "see": "seed", "sead": "seed", "q": "", "": "", "verbose": "", "nn": "",
	} {
		if got := nearest(name, words); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abd", 1}, {"abc", "acb", 1}, {"abc", "bc", 1}, {"kitten", "sitting", 3}} {
		if got := edits(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestThousands(t *testing.T) {
	for v, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -100: "-100"} {
		if got := Thousands(v); got != want {
			t.Errorf("Thousands(%v) = %q, want %q", v, got, want)
		}
	}
}
