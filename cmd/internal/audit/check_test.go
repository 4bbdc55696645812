package audit

import (
	"strings"
	"testing"

	"glassbox/cmd/internal/testkit/golden"
)

// What check prints and how it ends. The numbers are the same on every machine.
func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		args string
		err  string // "" passes
	}{
		"default":  {"", ""},
		"iris":     {"-data ../../../testdata/iris.csv -standardize -dnn_hidden_units 7,5 -learning_rate 0.1 -at 50", ""},
		"batch":    {"-batch_size 32 -at 30 -n 200", ""},
		"single":   {"-sgd -at 40 -n 100 -reduction sum", ""},
		"sum":      {"-reduction sum -n 200 -momentum 0.9 -at 5", ""},
		"reported": {"-as_reported -n 200", "audit: dW1, db1, db2 are not gradients of the loss"},
		"bias":     {"-fault bias-gradient-mean -n 100", "audit: db1, db2 are not gradients of the loss"},
		"scaled":   {"-fault mean-loss-sum-gradient -n 100", "audit: no gradient is that of the loss, all are N = 80 times the loss's: the loss is a mean, the gradient a sum"},
		"sign":     {"-fault dz-sign -n 100", "audit: no gradient is that of the loss, the sign is wrong"},
		"first":    {"-fault gradient-accumulated -n 100", ""}, // there is nothing to add yet
		"later":    {"-fault gradient-accumulated -n 100 -at 2", "audit: dW1, db1, dW2, db2 are not gradients of the loss"},
		"kinks":    {"-init 0 -n 20", "audit: nothing could be checked in dW1, db1: every element is at a ReLU's kink; another start would be right, -at 10 or another -init"},
		"no loss":  {"-fault softmax-missing -n 20", "audit: step 0: the loss is NaN, which has no gradient to check"},
		"help":     {"-h", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && strings.Contains("default iris", name) {
				t.Skip("long")
			}
			out, stderr, status := audits(t, append([]string{"check"}, strings.Fields(c.args)...)...)
			if want := map[bool]int{true: 0, false: 1}[c.err == ""]; status != want || strings.TrimSpace(stderr) != c.err {
				t.Errorf("status %d, want %d; stderr %q, want %q", status, want, stderr, c.err)
			}
			golden.Terminal(t, "check-"+strings.ReplaceAll(name, " ", "-")+".txt", out)
		})
	}
}

func TestCheckUsage(t *testing.T) {
	for args, want := range map[string]string{
		"-at -1":        "-at",
		"extra":         "extra",
		"-fault foo":    "no fault is called",
		"-at 5 -rate 1": "rate",
	} {
		_, stderr, status := audits(t, append([]string{"check"}, strings.Fields(args)...)...)
		if status != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, stderr %q", args, status, stderr)
		}
	}
	if _, stderr, status := audits(t, "check", "-learning_rate", "1e300", "-at", "9", "-n", "20"); status != 1 || !strings.Contains(stderr, "the run has diverged") {
		t.Errorf("status %d, stderr %q", status, stderr)
	}
}
