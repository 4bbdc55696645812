package mark

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"glassbox/cmd/internal/lang"
	"glassbox/nn/audit"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.npz", "b.py", "c/x.npz", "c/sub/y.py", "d/readme.md", "readme.md", ".hidden.npz", "doe_12_34_train.py", "doe_LATE_12_35_net.py", "A.py", "con.npz", "x y.ipynb"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	list, err := Find(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		text := s.Student + "|" + s.ID + "|" + s.Folder
		for _, f := range s.Files {
			text += "|" + f.Name
		}
		got = append(got, text)
	}
	want := []string{"A||A|A.py", "a||a_2|a.npz", "b||b|b.py", "c||c|sub/y.py|x.npz", "con||_con|con.npz", "d||d|readme.md", "doe|12|doe|net.py|train.py", "x y||x_y|x y.ipynb"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRequirement(t *testing.T) {
	areas := []audit.Area{{Name: "forward", State: audit.Judged}, {Name: "backward", State: audit.InPart}, {Name: "data", State: audit.InPart}}
	for text, want := range map[string]string{
		"none":                 "",
		"forward,data,steps=2": "",
		"steps=3":              "2 steps recorded of 3 asked for",
		"backward":             "backward: in part only",
		"backward=part":        "",
		"evaluation, update":   "evaluation: not recorded; update: not recorded",
		"between":              "between steps: not recorded",
		"backwards":            `"backwards": "backwards" is none of steps=N, data, start, forward, loss, backward, update, between steps, evaluation; none asks for nothing`,
		"steps=x":              `"steps=x": steps=x is no number of steps; for example steps=3`,
		"backward=all":         `"backward=all": backward=all: backward asks for the whole, backward=part for some of it`,
	} {
		r, err := parseRequirement(text)
		var texts []lang.Text
		for _, l := range r.lacks(areas, 2) {
			texts = append(texts, l.Text)
		}
		got := lang.Join(lang.Same("; "), texts...).EN
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestRubric(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rubric.json")
	read := func(text string) (Rubric, error) {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return ReadRubric(file)
	}
	r, err := read(`{"points": 20, "mistakes": {"bias-*": 1, "bias-gradient-*": 2, "bias-gradient-sum": 0.5, "backward": 3, "error": 4}, "parts": {"update": 6}}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		m    Mistake
		want float64
	}{
		{Mistake{Name: "bias-gradient-sum", Area: "backward", Level: "error"}, 0.5},
		{Mistake{Name: "bias-gradient-mean", Area: "backward", Level: "error"}, 2},
		{Mistake{Name: "bias-not-added", Area: "forward", Level: "error"}, 1},
		{Mistake{Name: "dx-with-dw", Area: "backward", Level: "error"}, 3},
		{Mistake{Name: "relu-missing", Area: "forward", Level: "error"}, 4},
		{Mistake{Name: "dead-relu", Area: "forward", Level: "warning"}, 5}, // the default's
	} {
		if got := r.off(c.m); got != c.want {
			t.Errorf("%s takes off %v, want %v", c.m.Name, got, c.want)
		}
	}
	if got := r.grade(Record{Mistakes: []Mistake{{Level: "error"}}}, []Lack{{Part: "update"}, {Part: "loss"}}); got != 0 {
		t.Errorf("%v points, want 0: 20 - 4 - 6 - 10", got)
	}
	for text, want := range map[string]string{
		`{`:                           "is no rubric",
		`{"mistake": {}}`:             `unknown field "mistake"`,
		`{"points": 0}`:               "has to be above 0",
		`{"mistakes": {"error": -1}}`: "0 or above",
		`{"mistakes": {"[": 1}}`:      "a name or a pattern",
		`{} {}`:                       "something follows the object",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestRoster(t *testing.T) {
	file := filepath.Join(t.TempDir(), "roster.csv")
	if err := os.WriteFile(file, []byte("\ufeffSubmission,login,name\na,jd@x.edu,\"Doe, Jane\"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	people, err := ReadRoster(file)
	if err != nil || people["a"] != (Person{Name: "Doe, Jane", Login: "jd@x.edu"}) {
		t.Errorf("%v, %v", people, err)
	}
	if err := os.WriteFile(file, []byte("name\nJane\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadRoster(file); err == nil || !strings.Contains(err.Error(), "submission,name,id,login,section") {
		t.Error(err)
	}
}
