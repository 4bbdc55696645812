package program

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"glassbox/mat/nptest"
)

// relationOf is what is said of each kind of fault that is planted in the
// programs of testdata/programs/rules, where it is none of the update.
var relationOf = map[string]string{
	"rows and labels in different orders": "other rows' labels",
	"labels keep their order":             "other rows' labels",
	"labels of other rows":                "other rows' labels",
	"softmax over the batch":              "the wrong axis",
	"softmax over everything":             "the wrong axis",
	"softmax twice":                       "softmax twice",
	"classes encoded from 1":              "labels without a class",
	"labels not encoded":                  "labels not encoded",
	"argmax without an axis":              "argmax without an axis",
	"constant start":                      "equal units",
	"zero start":                          "all zero",
	"integer weights":                     "an integer array",
	"N by N":                              "N by N",
	"logarithm of 0":                      "not finite",
	"seeded in the loop":                  "the same draws",
	"evaluation changes the weights":      "changed outside of training",
}

func TestRulesOfTheForwardPass(t *testing.T) {
	python := nptest.Python(t, "numpy")
	faults := plants(t, "rules")
	files, err := filepath.Glob(programs + "rules/*.py")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".py")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if v := judged(t, python, name, source(t, "rules/"+name)); !v.Clean() || slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Severity != "note" }) {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
		for _, f := range faults[name] {
			t.Run(name+"/"+f.Kind, func(t *testing.T) {
				t.Parallel()
				v, lines := planted(t, python, "rules/"+name, f)
				if x := f.told(t, v, lines); x.Relation != cmp.Or(relationOf[f.Kind], "the update") {
					t.Errorf("told: %s: %v", x.Relation, x)
				}
			})
		}
	}
}

// What may be meant is no error, but it is said.
func TestRemarks(t *testing.T) {
	python := nptest.Python(t, "numpy")
	text := source(t, "rules/blobs")
	for _, c := range []struct {
		old, new string
		line     int
		relation string
		severity string
		says     string
	}{
		{"x_test, y_test = data[120:], labels[120:]", "x_test, y_test = x, y", 10, "tested on training rows", "warning", "the same 120 rows"},
		{"xs[j:j + 40], ys[j:j + 40]", "xs[j:min(j + 40, 119)], ys[j:min(j + 40, 119)]", 42, "rows left out", "warning", "has 1 of the 120 rows"},
		{"for j in range(0, len(x), 40):", "for j in range(0, len(x) - 20, 40):", 0, "", "", ""},
		{"for j in range(0, len(x), 40):\n        loss, grads = gradients(params, xs[j:j + 40], ys[j:j + 40])", "for j in range(0, 105, 35):\n        loss, grads = gradients(params, xs[j:j + 35], ys[j:j + 35])", 42, "rows left out", "note", "has 15 of the 120 rows"},
		{"params[k] - 0.3 * grads[k]", "params[k] - 0.3 * 0.9 ** (3 * epoch + j // 40) * grads[k]", 44, "decay at every step", "warning", "0.9 times the one before"},
		{"0.6 * rng.randn(150, 2)", "0.6 * rng.randn(150, 2) + [0, 200]", 19, "never scaled", "note", "features of about 1"},
	} {
		t.Run(c.relation+" "+c.severity, func(t *testing.T) {
			t.Parallel()
			changed := strings.Replace(text, c.old, c.new, 1)
			if changed == text {
				t.Fatal("the program no longer has this line")
			}
			v := judged(t, python, "blobs", changed)
			if list := errorsOf(v); len(list) > 0 {
				t.Errorf("an error: %v", list)
			}
			if c.relation == "" {
				if len(v.Findings) > 0 {
					t.Errorf("told: %v", v.Findings)
				}
				return
			}
			k := slices.IndexFunc(v.Findings, func(f Finding) bool { return f.Relation == c.relation })
			if k < 0 {
				t.Fatalf("not told: %v", v.Findings)
			}
			if f := v.Findings[k]; f.Severity != c.severity || f.Line != c.line || !strings.Contains(f.Text.String(), c.says) {
				t.Errorf("line %d: %v", c.line, f)
			}
		})
	}
}
