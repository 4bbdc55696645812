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
	"dropout in the evaluation":           "dropout in an evaluation",
	"dropout never switched off":          "dropout in an evaluation",
	"statistics of the test's own rows":   "statistics of the evaluated",
	"running averages never taken":        "statistics of the evaluated",
	"test labels of other rows":           "other rows' labels",
	"validation labels of other rows":     "other rows' labels",
	"every second batch":                  "rows left out",
	"every second slice":                  "rows left out",
	"last batch left out":                 "rows left out",
	"stop on the wrong side":              "stops on the wrong side",
	"stop while the loss falls":           "stops on the wrong side",
	"difference the other way round":      "stops on the wrong side",
	"test on training rows":               "tested on training rows",
}

func TestRulesOfTheForwardPass(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
			if f := v.Findings[k]; f.Severity != c.severity || f.Severity == "warning" && f.Cause != byRelation[c.relation] || f.Line != c.line || !strings.Contains(f.Text.String(), c.says) {
				t.Errorf("line %d: %v", c.line, f)
			}
		})
	}
}

// TestPrepared: samples that were reshaped in the place of turned, and test rows
// scaled by their own mean, are told in two programs each, which are right without.
func TestPrepared(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	classes := `import numpy as np
rng = np.random.RandomState(3)
x = rng.randn(3, 60).T
t = (x[:, 0] + 0.2 * x[:, 1] > 0).astype(int)
x_train, x_test, y_train, y_test = x[:40], x[40:], np.eye(2)[t[:40]], np.eye(2)[t[40:]]
x_test = (x_test - x_train.mean(axis=0)) / x_train.std(axis=0)
x_train = (x_train - x_train.mean(axis=0)) / x_train.std(axis=0)
W = rng.randn(3, 2) * 0.6
def forward(x):
    z = x @ W
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
for step in range(8):
    p = forward(x_train)
    loss = -np.mean(np.sum(y_train * np.log(p + 1e-9), axis=1))
    W -= 0.3 * x_train.T @ (p - y_train) / len(p)
    print(loss, np.mean(forward(x_test).argmax(axis=1) == y_test.argmax(axis=1)))
`
	line := `import numpy as np
rng = np.random.default_rng(4)
raw = rng.normal(2, 3, size=(4, 50))
data = raw.transpose()
target = data @ np.array([1., -2, 0.5, 3])
centre = data[:35].mean(axis=0)
train = data[:35] - centre
test = data[35:] - centre
w, b = np.zeros(4), 0.0
for epoch in range(9):
    miss = train @ w + b - target[:35]
    cost = np.mean(miss ** 2)
    dw, db = 2 * train.T @ miss / len(miss), 2 * miss.mean()
    w = w - 0.02 * dw
    b = b - 0.02 * db
    print(cost, np.mean((test @ w + b - target[35:]) ** 2))
`
	for _, c := range []struct{ name, text, old, new string }{ // by the catalogue's name, or the relation
		{"reshaped-not-transposed", classes, "rng.randn(3, 60).T", "rng.randn(3, 60).reshape(60, 3)"},
		{"reshaped-not-transposed", line, "raw.transpose()", "raw.reshape(50, 4)"},
		{"test-scaled-by-itself", classes, "(x_test - x_train.mean(axis=0)) / x_train.std(axis=0)", "(x_test - x_test.mean(axis=0)) / x_test.std(axis=0)"},
		{"test-scaled-by-itself", line, "data[35:] - centre", "data[35:] - data[35:].mean(axis=0)"},
		{"scaled by the test's", line, "data[:35].mean(axis=0)", "data.mean(axis=0)"},
		{"scaled otherwise", classes, "(x_test - x_train.mean(axis=0)) / x_train.std(axis=0)", "x_test - x_train.mean(axis=0)"},
		{"scaled otherwise", classes, "(x_train - x_train.mean(axis=0)) /", "(x_train - x_train.mean(axis=0)) *"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if v := judged(t, python, "prepared", c.text); !v.Clean() || len(v.Findings) > 0 {
				t.Errorf("right, and told: %s %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
			before, after, _ := strings.Cut(c.text, c.old)
			v := judged(t, python, "prepared", before+c.new+after)
			if len(v.Findings) != 1 || cmp.Or(v.Findings[0].Cause, v.Findings[0].Relation) != c.name || v.Findings[0].Line != 1+strings.Count(before, "\n") {
				t.Errorf("%s %v", v.Verdict, v.Findings)
			}
		})
	}
}

// Labels of other rows are seen however the samples enter; the next of a sequence
// is none.
func TestLabelsOfOtherRows(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for name, kind := range map[string]string{
		"fresh/bn_cnn_loops":           "labels of other rows than the images",
		"fresh/course_caches":          "labels shuffled apart from the columns",
		"fresh/se_sensors":             "labels of the unshuffled rows",
		"essays/keras_like_sequential": "targets not shuffled with inputs",
		"essays/convnet_shapes":        "labels not taken by the shuffled batch index",
		"pupils/softmax_reg":           "data: labels of the unshuffled set",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, program := filepath.Split(name)
			all := plants(t, filepath.Clean(set))[program]
			i := slices.IndexFunc(all, func(f plant) bool { return f.Kind == kind })
			if i < 0 {
				t.Fatal("no such fault")
			}
			v, lines := planted(t, python, name, all[i])
			if x := all[i].told(t, v, lines); x.Relation != "other rows' labels" {
				t.Errorf("told: %s: %v", x.Relation, x)
			}
		})
	}
	// As many classes as features: rows and labels are arrays of one shape.
	const pairs = `import numpy as np
r = np.random.RandomState(5)
c = r.randint(2, size=90)
x = np.where(c[:, None] == 1, 1.0, -1.0) + 0.7 * r.randn(90, 2)
y = np.zeros((90, 2))
y[np.arange(90), c] = 1
W = r.randn(2, 2) * 0.1
for it in range(9):
    k = r.randint(90, size=30)
    xb, yb = x[k], y[k]
    e = np.exp(xb @ W)
    p = e / e.sum(1, keepdims=True)
    print(-np.mean(np.sum(np.log(p) * yb, 1)))
    W = W - 0.5 * xb.T @ (p - yb) / 30
`
	for _, x := range []struct {
		old, new string
		line     int // 0: right
	}{
		{"", "", 0},
		{"W = r.randn", "o = r.permutation(90)\nx, y = x[o], y[o]\nW = r.randn", 0},
		{"W = r.randn", "r.shuffle(x)\nW = r.randn", 7},
		{"yb = x[k], y[k]", "yb = x[k], y[r.randint(90, size=30)]", 10},
	} {
		t.Run("as many classes as features"+x.new, func(t *testing.T) {
			t.Parallel()
			v := judged(t, python, "net", strings.Replace(pairs, x.old, x.new, 1))
			k := slices.IndexFunc(v.Findings, func(f Finding) bool { return f.Relation == "other rows' labels" })
			if x.line == 0 && (k >= 0 || !v.Clean()) || x.line > 0 && (k < 0 || v.Findings[k].Line != x.line) {
				t.Errorf("%s %v, line %d is meant", v.Verdict, v.Findings, x.line)
			}
		})
	}
	t.Run("sequence", func(t *testing.T) {
		t.Parallel()
		v := judged(t, python, "net", `import numpy as np
r = np.random.default_rng(1)
now = np.eye(5)[r.integers(0, 5, 60)]
then = now.copy()
W = r.normal(size=(5, 5)) * 0.1
for it in range(9):
    k = 6 * it
    x, y = now[k:k + 6], then[k + 1:k + 7]
    e = np.exp(x @ W)
    p = e / e.sum(1, keepdims=True)
    print(-np.mean(np.sum(np.log(p) * y, 1)))
    W = W - 0.5 * x.T @ (p - y) / 6
`)
		if !v.Clean() {
			t.Errorf("%s: %v", v.Verdict, v.Findings)
		}
	})
}

// What comes near a mistake of an evaluation, of an epoch or of a stop and is none.
func TestEvaluationsThatAreRight(t *testing.T) {
	t.Parallel()
	python := nptest.Python(t, "numpy")
	for _, c := range []struct{ name, program, old, new string }{
		{"the mean of several passes with dropout", "dropped_units", "p = forward(x, training=False)", "p = (forward(x, training=True) + forward(x, training=True)) / 2"},
		{"units that are masked for good", "dropped_units", "self.mask = (rng.rand(*x.shape) > 0.3) / 0.7", "self.mask = np.ones((len(x), 1)) * (np.arange(10) > 2)"},
		{"dropout on the rows trained on", "dropped_units", "accuracy(x_train, y_train), test_accuracy", "np.mean(np.argmax(forward(x_train, True), axis=1) == np.argmax(y_train, axis=1)), test_accuracy"},
		{"test rows in another order, with their labels", "dropped_units", "accuracy(x_test, y_test)", "accuracy(x_test[::-1], y_test[::-1])"},
		{"batches from the last to the first", "dropped_units", "range(0, 120, 30)", "range(90, -1, -30)"},
		{"a stop where the loss has grown", "dropped_units", "if loss < 0.05:", "if loss > 0.05 + 1e9 * (epoch < 3):"},
		{"rows to validate on of the last two batches", "dropped_units", "range(0, 120, 30)", "range(0, 60, 30)"},
		{"a stop where the loss rises", "running_means", "if before - now < 1e-6:", "if now > before:"},
		{"a loss of two sets of labels", "running_means", "print(epoch, loss, now,", "print(epoch, loss, now, losses(predict(Xv, False)[0], 1 - tv),"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			text := source(t, "rules/"+c.program)
			changed := strings.Replace(text, c.old, c.new, 1)
			if changed == text {
				t.Fatal("the program no longer has this line")
			}
			if v := judged(t, python, c.program, changed); !v.Clean() || len(v.Findings) > 0 {
				t.Errorf("%s: %v %v", v.Verdict, v.Findings, v.Unjudged)
			}
		})
	}
}
