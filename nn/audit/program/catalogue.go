package program

import (
	"slices"

	"glassbox/nn/faults"
	"glassbox/nn/message"
)

// A role is what a value is in a network of dense layers.
type role string

// The roles, by the names that tensors of such networks have in traces.
const (
	noRole      role = ""
	weightRole  role = "W" // multiplied with what the layer is given
	biasRole    role = "b" // added to such a product
	linearRole  role = "z" // what an activation is taken of
	hiddenRole  role = "h" // what the next layer is given
	logitsRole  role = "logits"
	resultsRole role = "p"
)

// roleOf reads a value of the forward pass as one of a network of dense layers;
// noRole where it is none.
func (s *step) roleOf(q int) role {
	product := func(n int) bool { return s.op[n] == "matmul" || s.op[n] == "dot" }
	parameter := func(n int) bool { return s.isCur[s.source(n)] }
	layer := func(n int) bool {
		return product(n) && len(s.in[n]) == 2 && parameter(s.in[n][0]) != parameter(s.in[n][1])
	}
	reads := func(n int, is func(c int) bool) bool {
		return slices.ContainsFunc(s.readers(n), func(c int) bool { return s.lossOf[c] && is(c) })
	}
	biased := func(n int) bool {
		return s.op[n] == "add" && len(s.in[n]) == 2 && (layer(s.source(s.in[n][0])) && parameter(s.in[n][1]) || layer(s.source(s.in[n][1])) && parameter(s.in[n][0]))
	}
	switch {
	case s.isCur[q] && reads(q, layer):
		return weightRole
	case s.isCur[q] && reads(q, biased):
		return biasRole
	case s.isCur[q]:
		return noRole
	}
	for x := range s.lossOf {
		if !s.lossOf[x] || s.size[x] != s.size[q] || s.op[x] == "sub" || s.isCur[x] {
			continue
		}
		if z, kind, _, _ := s.probabilities(x); kind != noSquash && (s.root(z) == s.root(q) || biased(z) && slices.Contains(s.in[z], q)) {
			if reads(x, layer) {
				continue // a sigmoid inside
			}
			return logitsRole
		} else if kind != noSquash && s.root(x) == s.root(q) && !reads(x, layer) {
			return resultsRole
		}
	}
	switch {
	case reads(q, layer):
		return hiddenRole
	case layer(q) || biased(q):
		return linearRole
	}
	return noRole
}

// readers are what reads a value, under whatever name or shape.
func (s *step) readers(q int) (out []int) {
	todo := []int{q}
	for n := 0; len(todo) > 0 && n < 40; n++ {
		x := todo[0]
		todo = todo[1:]
		for _, c := range s.cons[x] {
			if s.alias[c] || s.source(c) == s.source(x) {
				todo = append(todo, c)
			} else {
				out = append(out, c)
			}
		}
	}
	return out
}

// catalogued are the mistakes of the catalogue, by what the wrong value is the
// derivative by and how it differs from it.
var catalogued = map[role]map[string]string{
	weightRole: {
		"the sign": "weight-gradient-sign", "accumulated": "gradient-accumulated", "an earlier step's value": "stale-gradient", "a decay": "weight-decay", "a decay missing": "penalty-not-in-gradient",
	},
	biasRole: {
		"the sign": "bias-gradient-sign", "accumulated": "gradient-accumulated", "summed over all axes": "bias-gradient-total",
		"a decay missing": "penalty-not-in-gradient",
	},
	hiddenRole: {
		"transposed": "dx-wrong-transpose", "updated before use": "dx-updated-weights", "elements in another order": "dx-wrong-transpose",
	},
	linearRole: {
		"a mask missing": "relu-mask-missing",
	},
	logitsRole: {
		"the sign": "dz-sign", "a derivative twice": "jacobian-on-fused-gradient", "a derivative missing": "dz-without-softmax",
	},
	resultsRole: {
		"a derivative twice": "jacobian-on-fused-gradient",
	},
}

// inCatalogue names the catalogue's mistake that an intervention mends, "" where
// it has none: only in a network of dense layers, and by the relation that was
// found.
func (s *step) inCatalogue(f *intervention, r relation) string {
	kind := s.roleOf(f.about)
	x := f.edit
	switch read := -1; {
	case kind == noRole:
		return ""
	case x != nil && x.from >= 0 && x.to >= 0:
		read = s.source(x.from)
		meant := s.source(x.to)
		switch {
		case kind == hiddenRole && r.name == "another operand" && s.isCur[meant] && s.isBack[read]:
			return "dx-with-dw"
		case kind == weightRole && s.lossOf[read] && s.before([]int{read}, nil)[f.about]:
			return "dw-from-own-output"
		case kind == linearRole && s.lossOf[read] && s.comesFrom(read, meant):
			return "derivative-of-result"
		case kind == weightRole && s.roleOf(meant) == hiddenRole && s.roleOf(read) == linearRole && s.op[meant] == "maximum" && s.comesFrom(meant, read):
			return "dw-from-z"
		}
	}
	if r.name == "a constant" && f.was != nil && f.want != nil {
		rows, _ := s.lengths()
		classes := 0
		if shape := s.shapes[f.about]; len(shape) == 2 {
			classes = shape[0] * shape[1] / max(1, rows)
		}
		c, n := factor(f.was, f.want, 1e-6), float64(rows)
		switch {
		case kind == weightRole && alike(c*n, 1, 1e-6):
			return "weight-gradient-mean"
		case kind == biasRole && alike(c*n, 1, 1e-6):
			return "bias-gradient-mean"
		case kind == biasRole && alike(c, n, 1e-6):
			return "bias-gradient-sum"
		case kind == logitsRole && classes > 1 && alike(c*float64(classes), 1, 1e-6):
			return "dz-divided-by-nc"
		}
	}
	if r.name == "another mask" && kind == linearRole && x != nil && x.kind == maskTurned {
		return "relu-mask-inverted"
	}
	return catalogued[kind][r.name]
}

// byRelation are the mistakes of the catalogue that a relation names, in any program.
var byRelation = map[string]string{
	"other rows' labels": "labels-of-other-rows", "labels not encoded": "labels-not-encoded", "labels without a class": "classes-from-1",
	"rows left out": "rows-left-out", "never scaled": "features-not-scaled", "the same draws": "same-batch-each-step",
	"reshaped": "reshaped-not-transposed", "scaled by itself": "test-scaled-by-itself",
	"equal units": "units-alike", "all zero": "weights-all-zero", "an integer array": "integer-parameters",
	"not finite": "not-finite", "data not finite": "data-not-finite", "softmax twice": "softmax-twice", "the wrong axis": "softmax-axis-0", "N by N": "n-by-n",
	"decay at every step": "decay-each-step", "changed outside of training": "evaluation-changes-parameters",
	"a copy is missing": "best-without-copy", "argmax without an axis": "argmax-of-everything", "tested on training rows": "tested-on-training-rows",
	"dropout in an evaluation": "dropout-in-evaluation", "statistics of the evaluated": "batch-statistics-in-evaluation", "stops on the wrong side": "stops-on-the-wrong-side",
}

// named gives a finding the catalogue's name of its relation. What is the same in
// every step is a batch only where it is called wrong.
func (f Finding) named() Finding {
	if f.Cause == "" && f.Severity != "note" && (f.Relation != "the same draws" || f.Severity == "error") {
		f.Cause = byRelation[f.Relation]
	}
	return f
}

// cause is the catalogue's mistake in a finding: its name, and what the
// catalogue says of it.
func cause(name string) message.Text {
	f, err := faults.Find(name)
	if err != nil {
		return message.Text{}
	}
	return message.New("the catalogue has it as %s: %s", name, message.New(f.Doc))
}

// oddCause is the catalogue's name for a factor that the gradients of weights, or
// those of biases, have and the others do not.
func (s *step) oddCause(odd []entry, ratio float64) string {
	rows, _ := s.lengths()
	kinds := map[role]bool{}
	for _, e := range odd {
		kinds[s.roleOf(s.cur[e.p])] = true
	}
	n := float64(rows)
	switch {
	case rows < 2 || len(kinds) != 1:
	case kinds[biasRole] && alike(ratio*n, 1, 1e-6):
		return "bias-gradient-mean"
	case kinds[biasRole] && alike(ratio, n, 1e-6):
		return "bias-gradient-sum"
	case kinds[weightRole] && alike(ratio*n, 1, 1e-6):
		return "weight-gradient-mean"
	}
	return ""
}
