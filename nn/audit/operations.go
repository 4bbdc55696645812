package audit

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// An operation is what the audit knows of a row of spec's table: its bound and
// its explanation.
type operation struct {
	// whole is the formula of the tensor as a whole, where {0} is its first
	// input: "relu({0})"; ofMean that where the loss is a mean, if it is another.
	whole, ofMean string
	// value computes the tensor from its inputs, each number with its bound. Ways
	// has the right ways where there are several, the one most to be expected
	// first. With neither the tensor is judged with the update.
	value func(j *judge, n spec.TensorName, in []value, u float64) value
	ways  func(j *judge, n spec.TensorName, in []value, u float64) []candidate
	// instead are inputs to take where one of spec's is missing; nil: none.
	instead func(j *judge, n spec.TensorName) ([]value, bool)
	// form is how an element comes about from the inputs, which are there.
	form func(s *Numbered, n spec.TensorName, in []string) Form
}

// right are spec's operations.
var right = spec.Right()

// ErrNoRate is why a new parameter cannot be explained or computed.
var ErrNoRate = message.Errorf("the trace has no lr")

// operations are what the audit knows of them, by spec's kinds.
var operations map[string]operation

func init() { // in a variable's initialization they would refer to themselves
	operations = map[string]operation{
		"z": linearLayer, "h": activation, "p": probabilities, "loss": crossEntropy,
		"dzL": logitGradient, "dh": layerGradient, "dz": activationGradient, "dW": weightsGradient, "db": biasesGradient,
		"count": stepsCounted, "velocity": velocity, "squares": meanSquares, "new": newParameter, "next": nextParameter,
	}
}

// operationOf returns what the audit knows of how n comes about.
func operationOf(n spec.TensorName, L int) operation {
	if op := right.Op(n, L); op != nil {
		return operations[op.Kind]
	}
	return given
}

// over says what an index runs over.
func over(index string, n int) string {
	if n == 1 {
		return index + " = 0"
	}
	return fmt.Sprintf("%s = 0 … %d", index, n-1)
}

// at is the element of a tensor in a row and a column.
func at(tensor, row, col string) Ref { return Ref{Tensor: tensor, Row: row, Col: col} }

// symbols is a text that is the same in every language.
func symbols(format string, args ...any) message.Text {
	return message.Plain(fmt.Sprintf(format, args...))
}

// summed is the form of a sum over n values of an index, which t is called in
// the formula: of the elements of one tensor, or of the products of two. A
// third is added at the end.
func summed(index string, n int, of ...Ref) Form {
	called := strings.NewReplacer("i", "{i}", "j", "{j}", "t", index)
	var factors []string
	for _, r := range of[:min(2, len(of))] {
		factors = append(factors, fmt.Sprintf("%s[%s,%s]", r.Tensor, called.Replace(r.Row), called.Replace(r.Col)))
	}
	f, more := Form{Of: of, Parts: []Part{addends(n, 0)}}, ""
	if len(of) > 1 {
		f.Parts = []Part{products(n)}
	}
	if len(of) > 2 {
		f.Parts, more = append(f.Parts, addends(1, 2)), " + {2}"
	}
	f.Formula = symbols("Σ %s%s, %s", strings.Join(factors, "·"), more, over(index, n))
	return f
}

// products are n terms of a chain of fused multiply-adds, of elements 0 and 1.
func products(n int) Part {
	return Part{n, symbols("{0}·{1}"), symbols("{~0}·{(1)}"), func(e *evaluation, t int) (value, running float64) {
		v, w := e.of[0].at(t), e.of[1].at(t)
		return v * w, math.FMA(v, w, e.running)
	}}
}

// addends are n terms that are added up, elements k.
func addends(n, k int) Part {
	return Part{n, symbols("{%d}", k), symbols("{(%d)}", k), func(e *evaluation, t int) (value, running float64) {
		v := e.of[k].at(t)
		return v, e.running + v
	}}
}

// overRows is the division by the batch's n rows.
func overRows(n int) Part {
	return Part{1, symbols("/ N = %d", n), symbols("{(<)} / %d", n), func(e *evaluation, _ int) (value, running float64) {
		return float64(n), e.running / float64(n)
	}}
}

// alone is one term, element k of Of before anything is added, or 0 where k is
// below 0.
func alone(text, numbers message.Text, k int) Part {
	return Part{1, text, numbers, func(e *evaluation, _ int) (value, running float64) {
		if k < 0 {
			return 0, 0
		}
		v := e.of[k].at(0)
		return v, v
	}}
}

// single is a form's only term.
func single(text message.Text, k int) []Part { return []Part{alone(text, symbols("{#=}"), k)} }

// form returns how the elements of a tensor come about, and from which tensors.
// Element names the one whose explanation an error is about.
func (s *Numbered) form(tensor, element string) (f Form, inputs []string, err error) {
	n, _ := spec.ParseName(tensor) // there is no other
	inputs = []string{tensor}
	if op := right.Op(n, s.L); op != nil {
		inputs = op.Inputs(&s.Step, n)
		for _, name := range inputs {
			if _, ok := s.T[name]; ok {
				continue
			}
			why := s.Missing[name]
			if why == nil {
				why = message.Errorf("it is not recorded, nor can it be computed from what is")
			}
			return f, nil, message.Errorf("%s needs %s of step %d: %s", element, name, s.Number, why)
		}
		if op.Kind == "new" && s.Rate == 0 {
			return f, nil, message.Errorf("%s needs the learning rate: %s", element, ErrNoRate)
		}
	}
	return operationOf(n, s.L).form(s, n, inputs), inputs, nil
}

// Form returns how the elements of a tensor come about. Its error is that of an
// explanation of element [0,0].
func (s *Numbered) Form(tensor string) (Form, error) {
	if _, _, err := s.shape(tensor); err != nil {
		return Form{}, err
	}
	f, _, err := s.form(tensor, element(tensor, 0, 0))
	return f, err
}

// Formula returns how a tensor as a whole comes about, "h1 = relu(z1)"; "" for
// what a step is given.
func (s *Numbered) Formula(tensor string) string {
	n, _ := spec.ParseName(tensor)
	op := right.Op(n, s.L)
	if op == nil || operations[op.Kind].whole == "" {
		return ""
	}
	text := operations[op.Kind].whole
	if s.Mean {
		text = cmp.Or(operations[op.Kind].ofMean, text)
	}
	q, o, rule := s.activation(n.Layer), s.ending(), s.Rule()
	switch op.Kind {
	case "h":
		if q != nil {
			text = q.Name + "({0})"
		}
	case "dz":
		if q != nil {
			text = "{0}·" + q.Name + "′({1})"
		}
	case "p":
		if o != nil {
			text = o.Output.Name + "({0})"
		}
	case "loss":
		if o != nil {
			text = o.lossName().String() + " of {0}, {1}"
		}
	case "dzL":
		if o != nil {
			text = "its derivative by z"
		}
	case "velocity":
		text = rule.VelocityFormula
	case "squares":
		text = rule.SquaresFormula
	case "new":
		text = "{0} − rate·" + rule.AlongFormula
	}
	if s.Decay != 0 && (op.Kind == "dW" || op.Kind == "loss") {
		text += map[string]string{"dW": " + λ·{2}", "loss": " + λ/2·ΣW²"}[op.Kind]
	}
	for k, name := range op.Inputs(&s.Step, n) {
		text = strings.ReplaceAll(text, fmt.Sprintf("{%d}", k), name)
	}
	return tensor + " = " + text
}

// ValueAlone is the form of elements of which only the value is known.
var ValueAlone = Form{Formula: symbols("{#=}"), Parts: []Part{{Count: 1, Text: message.New("given"), Numbers: symbols("{#=}")}}}
