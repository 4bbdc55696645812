package lang

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"glassbox/mat"
	"glassbox/nn"
	"glassbox/nn/audit"
	"glassbox/nn/faults"
	"glassbox/nn/spec"
)

const root = "../../../"

// leftover are words that no Chinese text of ours has outside of quotes.
var leftover = regexp.MustCompile(`\b(the|is|are|was|of|and|not|to|it|its|with|for|from|if|else|than|what|which|where|rate|momentum)\b`)

var quotes = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// translates fails the test unless all of a text has a Chinese.
func translates(t *testing.T, where, english string) {
	t.Helper()
	got, ok := Translate(english)
	switch rest := leftover.FindString(quotes.ReplaceAllString(got.ZH, "")); {
	case !ok:
		t.Errorf("%s: nothing translates %q", where, english)
	case rest != "" || !strings.ContainsFunc(got.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }):
		t.Errorf("%s: %q stands in %q", where, rest, got.ZH)
	case got.EN != english:
		t.Errorf("%s: the English became %q", where, got.EN)
	}
}

func TestCatalogueTranslates(t *testing.T) {
	for _, f := range faults.All {
		for _, text := range []string{f.Doc, f.Fix} {
			if _, ok := table()[text]; !ok {
				t.Errorf("%s: %q is not in the table", f.Name, text)
			}
		}
		translates(t, f.Name, f.Doc+": "+f.Fix)
		for _, g := range faults.All {
			translates(t, f.Name+"+"+g.Name, f.Doc+": "+f.Fix+"; "+g.Doc+": "+g.Fix)
		}
	}
}

// readingTexts are said while a file is read that testdata has not.
var readingTexts = []string{
	"the weights are stored out×in and were read so",
	"entry meta is not a JSON object and was left out",
}

// Whatever an audit says has a Chinese.
func TestAuditTranslates(t *testing.T) {
	said := map[string]string{} // and of which trace
	for _, trace := range allTraces(t) {
		v := audit.Compare(trace)
		for _, text := range slices.Concat(v.Notes, v.Unjudged, []string{v.Error}) {
			said[text] = trace.File
		}
		for _, f := range v.Findings {
			said[f.Message] = trace.File + ", " + f.Tensor
		}
		for _, s := range trace.Steps {
			for text := range explained(trace, s.Number) {
				said[text] = trace.File
			}
		}
	}
	delete(said, "")
	if len(said) < 500 {
		t.Errorf("only %d texts", len(said))
	}
	for text, where := range said {
		translates(t, where, text)
	}
	for _, format := range slices.Concat(composedTexts, findingTexts, noteTexts, explanationTexts) {
		shape := regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(verb.ReplaceAllString(format.EN, "\x00")), "\x00", ".+"))
		if !slices.ContainsFunc(slices.Collect(maps.Keys(said)), shape.MatchString) && !slices.Contains(readingTexts, format.EN) {
			t.Errorf("no trace says %q: nothing shows that it is translated where it is said", format.EN)
		}
	}
}

// explained are the words of all explanations of a step's first and last
// elements.
func explained(trace audit.Trace, number int) map[string]bool {
	said := map[string]bool{}
	s, err := trace.Numbered(number, 0)
	if err != nil {
		return said
	}
	names := s.Names()
	for name := range s.Missing {
		names = append(names, name)
	}
	for _, name := range append(names, "dW9", "z1", "dW2") {
		m := s.T[name]
		for _, at := range [][2]int{{0, 0}, {max(m.Rows-1, 0), max(m.Cols-1, 0)}, {m.Rows, m.Cols}} {
			x, err := audit.ExplainFolded(s, audit.ElementName{Step: -1, Tensor: name, I: at[0], J: at[1]}, 3)
			if err != nil {
				said[err.Error()] = true
			}
			for _, text := range x.Notes {
				said[text] = true
			}
			texts := []string{x.Formula, x.Numbers}
			for _, term := range x.Terms {
				texts = append(texts, term.Text, term.Numbers)
			}
			for _, d := range x.Given {
				texts = append(texts, d.Text)
			}
			for _, text := range texts {
				if leftover.MatchString(text) || text == "given" {
					said[text] = true
				}
			}
		}
	}
	return said
}

func TestEndsTranslate(t *testing.T) {
	for _, tensor := range []string{"x", "z1", "p", "loss", "dW2", "b10_new", "vW3_new"} {
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			translates(t, tensor, (&nn.NonFiniteError{Step: 12, Tensor: tensor, I: 3, J: 40, Value: v}).Error())
		}
	}
	for _, rows := range []string{"training", "test"} {
		translates(t, rows, fmt.Sprintf("step %d, evaluation of the %s rows: tensor p became NaN at [%d,%d]: the run has diverged; a smaller learning rate would be right", 3, rows, 1, 2))
	}
	_, err := audit.CheckGradients(audit.Checked{Ops: spec.Right(), Params: []mat.Matrix{mat.Of(1, 2, math.NaN(), 1), mat.New(1, 2)}, X: mat.New(1, 1), Y: mat.Of(1, 2, 1, 0)})
	if err == nil {
		t.Fatal("no error")
	}
	translates(t, "check", err.Error())
}
