package lang

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// leftover are words that no Chinese text of ours has outside of quotes.
var leftover = regexp.MustCompile(`\b(the|is|are|was|of|and|not|to|it|its|with|for|from|if|else|than|what|which|where|rate|momentum)\b`)

var quotes = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// chinese fails the test unless all of a text that was said is Chinese: that
// its arguments are texts too where they are words no search of the source sees.
func chinese(t *testing.T, where string, said message.Text) {
	t.Helper()
	got := Of(said)
	if rest := leftover.FindString(quotes.ReplaceAllString(got.ZH, "")); rest != "" || !strings.ContainsFunc(got.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		t.Errorf("%s: %q has the Chinese %q", where, got.EN, got.ZH)
	}
	if got.EN != said.String() {
		t.Errorf("%s: the English %q became %q", where, said, got.EN)
	}
}

// Whatever an audit says of the traces there are is Chinese in Chinese.
func TestAuditIsChinese(t *testing.T) {
	files, err := filepath.Glob(root + "testdata/traces/golden/*.npz")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d traces, %v", len(files), err)
	}
	n := 0
	for _, file := range files {
		trace, err := audit.ReadTrace(file)
		if err != nil {
			t.Fatal(err)
		}
		v := audit.Compare(trace)
		said := slices.Concat(v.Notes, v.Unjudged)
		for _, f := range v.Findings {
			said = append(said, f.Message)
		}
		for _, s := range trace.Steps {
			said = append(said, explained(t, trace, s.Number)...)
		}
		for _, text := range said {
			chinese(t, file, text)
		}
		n += len(said)
	}
	if n < 1000 {
		t.Errorf("only %d texts", n)
	}
}

// explained are the notes of the explanations of a step's first elements, and
// why others have none.
func explained(t *testing.T, trace audit.Trace, number int) (said []message.Text) {
	t.Helper()
	s, err := trace.Numbered(number)
	if err != nil {
		t.Fatal(err)
	}
	names := append(s.Names(), "dW9", "z1", "dW2")
	for name, why := range s.Missing {
		names, said = append(names, name), append(said, message.Of(why))
	}
	for _, name := range names {
		m := s.T[name]
		for _, at := range [][2]int{{0, 0}, {m.Rows, m.Cols}} {
			x, err := audit.Explain(s, audit.ElementName{Step: -1, Tensor: name, I: at[0], J: at[1]})
			if err != nil {
				said = append(said, message.Of(err))
			}
			said = append(said, x.Notes...)
		}
	}
	return said
}

// What no trace of ours shows.
func TestRestIsChinese(t *testing.T) {
	for _, tensor := range []string{"x", "z1", "p", "loss", "dW2", "b10_new", "vW3_new"} {
		chinese(t, tensor, message.Of(fmt.Errorf("%w", &nn.NonFiniteError{Step: 12, Tensor: tensor, I: 3, J: 40, Value: 1})))
	}
	_, err := audit.CheckGradients(context.Background(), audit.Checked{Ops: spec.Right(), Params: []mat.Matrix{mat.Of(1, 2, 1e308, 1), mat.New(1, 2)}, X: mat.Of(1, 1, 1e10), Y: mat.Of(1, 2, 1, 0)})
	if err == nil {
		t.Fatal("no error")
	}
	chinese(t, "check", message.Of(err))
	chinese(t, "an empty trace", audit.Compare(audit.Trace{}).Error)
	for _, f := range faults.All {
		chinese(t, f.Name, message.New(f.Doc))
		chinese(t, f.Name, message.New(f.Fix))
	}
}
