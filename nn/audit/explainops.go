package audit

import (
	"fmt"
	"math"
	"strings"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// explain sets formula, numbers and terms for one element.
func (b *builder) explain(tensor string, i, j int) error {
	kind, k, suffix := split(tensor)
	switch {
	case suffix == "_next":
		b.next(strings.TrimSuffix(tensor, suffix), i, j)
	case suffix == "_new" && kind[0] == 'v':
		b.velocity(tensor[1:len(tensor)-len(suffix)], i, j)
	case suffix == "_new":
		b.update(strings.TrimSuffix(tensor, suffix), i, j)
	case kind == "z":
		b.linear(k, i, j)
	case kind == "h":
		b.relu(k, i, j)
	case kind == "p":
		b.softmax(i, j)
	case kind == "loss":
		b.loss()
	case kind == "dz" && k == b.s.L:
		b.logits(i, j)
	case kind == "dz":
		b.mask(k, i, j)
	case kind == "dW":
		b.weightGradient(k, i, j)
	case kind == "db":
		b.biasGradient(k, j)
	case kind == "dh":
		b.passedBack(k, i, j)
	case kind == "x" || kind == "y":
		b.data(tensor, i, j)
	default:
		b.before(tensor, i, j)
	}
	return b.err
}

// split takes a tensor's name apart: "vW1_new" is "vW", 1, "_new".
func split(tensor string) (kind string, k int, suffix string) {
	for _, s := range []string{"_new", "_next"} {
		if strings.HasSuffix(tensor, s) {
			tensor, suffix = strings.TrimSuffix(tensor, s), s
		}
	}
	kind = strings.TrimRight(tensor, "0123456789")
	fmt.Sscan(tensor[len(kind):], &k)
	return kind, k, suffix
}

// chain adds the n terms a·w of one chain of fused multiply-adds from 0.
func (b *builder) chain(n int, a, w *line) float64 {
	s := 0.0
	for k := range n {
		v, u := a.at(k), w.at(k)
		s = math.FMA(v, u, s)
		if b.skips(s) {
			continue
		}
		nv, nu := a.name(k), w.name(k)
		first := factor(v)
		if k == 0 {
			first = num(v) // nothing stands before it
		}
		b.term(Term{Text: nv + "·" + nu, Numbers: first + "·" + factor(u), Value: v * u, Running: s, Inputs: []string{nv, nu}})
	}
	return s
}

// shownTerms is how many of a sum's terms its numbers start with.
const shownTerms = 3

// sum writes the formula with numbers of what the terms add up to.
func (b *builder) sum() {
	var parts []string
	for n, t := range b.x.Terms {
		if n >= shownTerms && n < len(b.x.Terms)-1 {
			if n == shownTerms {
				parts = append(parts, "…")
			}
			continue
		}
		parts = append(parts, t.Numbers)
	}
	b.x.Numbers = b.x.Name + " = " + strings.Join(parts, " + ")
}

// over says what an index runs over.
func over(index string, n int) string {
	if n == 1 {
		return index + " = 0"
	}
	return fmt.Sprintf("%s = 0 … %d", index, n-1)
}

func (b *builder) linear(k, i, j int) {
	h, W, bias := input(k), spec.Name("W", k), spec.Name("b", k)
	n := b.matrix(W).Rows
	b.x.Formula = fmt.Sprintf("%s = Σ %s[%d,k]·%s[k,%d] + %s, %s", b.x.Name, h, i, W, j, element(bias, 0, j), over("k", n))
	b.expect(n + 1)
	s := b.chain(n, b.row(h, i), b.column(W, j))
	v, name := b.at(bias, 0, j)
	b.term(Term{Text: name, Numbers: factor(v), Value: v, Running: s + v, Inputs: []string{name}})
	b.sum()
}

// single makes an explanation of one term.
func (b *builder) single(formula, numbers, text string, value, result float64, inputs ...string) {
	b.x.Formula, b.x.Numbers = b.x.Name+" = "+formula, b.x.Name+" = "+numbers
	b.term(Term{Text: text, Numbers: numbers, Value: value, Running: result, Inputs: inputs})
}

func (b *builder) relu(k, i, j int) {
	v, name := b.at(spec.Name("z", k), i, j)
	r, numbers, text := v, num(v), name+" passes: it is above 0"
	switch {
	case v <= 0:
		r, numbers, text = 0, "0", fmt.Sprintf("%s = %s is stopped: it is not above 0", name, num(v))
	case v != v:
		text = name + " passes: it is not a number"
	}
	b.single(fmt.Sprintf("%s if %s > 0, else 0", name, name), numbers, text, r, r, name)
}

func (b *builder) mask(k, i, j int) {
	d, nd := b.at(spec.Name("dh", k), i, j)
	z, nz := b.at(spec.Name("z", k), i, j)
	r, numbers, text := 0.0, "0", fmt.Sprintf("%s is stopped: %s = %s is not above 0", nd, nz, num(z))
	if z > 0 {
		r, numbers, text = d, num(d), fmt.Sprintf("%s passes: %s = %s is above 0", nd, nz, num(z))
	}
	b.single(fmt.Sprintf("%s if %s > 0, else 0", nd, nz), numbers, text, r, r, nd, nz)
}

func (b *builder) softmax(i, j int) {
	z := spec.Name("z", b.s.L)
	zs := b.row(z, i)
	n := zs.m.Cols
	b.x.Formula = fmt.Sprintf("%s = e%d / Σ ec, ec = exp(%s[%d,c] − m), m = max %s[%d,c], %s", b.x.Name, j, z, i, z, i, over("c", n))
	m, largest := math.Inf(-1), -1
	for c := range n {
		if v := zs.at(c); v > m || v != v {
			m, largest = v, c
		}
	}
	from := ""
	if largest >= 0 {
		from = zs.name(largest)
	}
	b.x.Given = append(b.x.Given, Definition{"m = " + from, m})
	b.expect(n + 1)
	sum, top := 0.0, 0.0
	for c := range n {
		v := zs.at(c)
		e := mat.Exp(v - m)
		if sum += e; c == j {
			top = e
		}
		if b.skips(sum) {
			continue
		}
		name := zs.name(c)
		b.term(Term{Text: fmt.Sprintf("e%d = exp(%s − m)", c, name), Numbers: fmt.Sprintf("exp(%s − %s)", num(v), factor(m)), Value: e, Running: sum, Inputs: []string{name}})
	}
	b.term(Term{Text: fmt.Sprintf("e%d / Σ", j), Numbers: num(top) + " / " + num(sum), Value: top, Running: top / sum})
	b.x.Numbers = fmt.Sprintf("%s = %s / %s", b.x.Name, num(top), num(sum))
}

func (b *builder) loss() {
	p := b.matrix("p")
	over, terms := "", p.Rows*p.Cols+1
	if b.s.Mean {
		over, terms = " / N", terms+1
	}
	b.expect(terms)
	b.x.Formula = fmt.Sprintf("loss = −(Σ y[n,c]·log(p[n,c] + ε))%s, n = 0 … %d, c = 0 … %d, ε = %g", over, p.Rows-1, p.Cols-1, spec.Epsilon)
	s := 0.0
	labels := b.matrix("y")
	for i := range p.Rows {
		ys, ps := b.rowOf("y", labels, i), b.rowOf("p", p, i)
		for j := range p.Cols {
			y, v := ys.at(j), ps.at(j)
			t := float64(y * mat.Log(v+spec.Epsilon))
			if s += t; b.skips(s) {
				continue
			}
			ny, nv := ys.name(j), ps.name(j)
			b.term(Term{Text: fmt.Sprintf("%s·log(%s + ε)", ny, nv), Numbers: fmt.Sprintf("%s·log(%s + ε)", num(y), num(v)), Value: t, Running: s, Inputs: []string{ny, nv}})
		}
	}
	b.x.Numbers = fmt.Sprintf("loss = −%s", factor(s))
	b.term(Term{Text: "the sign", Numbers: "−" + factor(s), Value: -s, Running: -s})
	if b.s.Mean {
		n := float64(p.Rows)
		b.x.Numbers += fmt.Sprintf(" / %d", p.Rows)
		b.term(Term{Text: fmt.Sprintf("/ N = %d", p.Rows), Numbers: fmt.Sprintf("%s / %d", factor(-s), p.Rows), Value: n, Running: -s / n})
	}
}

func (b *builder) logits(i, j int) {
	p, np := b.at("p", i, j)
	y, ny := b.at("y", i, j)
	d := p - y
	b.x.Formula = fmt.Sprintf("%s = %s − %s", b.x.Name, np, ny)
	b.x.Numbers = fmt.Sprintf("%s = %s − %s", b.x.Name, num(p), factor(y))
	b.term(Term{Text: np, Numbers: num(p), Value: p, Running: p, Inputs: []string{np}})
	b.term(Term{Text: "−" + ny, Numbers: "−" + factor(y), Value: -y, Running: d, Inputs: []string{ny}})
	if b.s.Mean {
		rows := b.matrix("p").Rows
		b.x.Formula = fmt.Sprintf("%s = (%s − %s) / N, N = %d", b.x.Name, np, ny, rows)
		b.x.Numbers = fmt.Sprintf("%s = (%s − %s) / %d", b.x.Name, num(p), factor(y), rows)
		b.term(Term{Text: fmt.Sprintf("/ N = %d", rows), Numbers: fmt.Sprintf("%s / %d", factor(d), rows), Value: float64(rows), Running: d / float64(rows)})
	}
}

func (b *builder) weightGradient(k, i, j int) {
	h, dz := input(k), spec.Name("dz", k)
	n := b.matrix(dz).Rows
	b.x.Formula = fmt.Sprintf("%s = Σ %s[n,%d]·%s[n,%d], %s", b.x.Name, h, i, dz, j, over("n", n))
	b.expect(n)
	b.chain(n, b.column(h, i), b.column(dz, j))
	b.sum()
}

func (b *builder) passedBack(k, i, j int) {
	dz, W := spec.Name("dz", k+1), spec.Name("W", k+1)
	n := b.matrix(W).Cols
	b.x.Formula = fmt.Sprintf("%s = Σ %s[%d,c]·%s[%d,c], %s", b.x.Name, dz, i, W, j, over("c", n))
	b.expect(n)
	b.chain(n, b.row(dz, i), b.row(W, j))
	b.sum()
}

func (b *builder) biasGradient(k, j int) {
	dz := spec.Name("dz", k)
	ds := b.column(dz, j)
	n := ds.m.Rows
	b.x.Formula = fmt.Sprintf("%s = Σ %s[n,%d], %s", b.x.Name, dz, j, over("n", n))
	b.expect(n)
	s := 0.0
	for i := range n {
		v := ds.at(i)
		if s += v; b.skips(s) {
			continue
		}
		name := ds.name(i)
		b.term(Term{Text: name, Numbers: factor(v), Value: v, Running: s, Inputs: []string{name}})
	}
	b.sum()
}

func (b *builder) velocity(name string, i, j int) {
	v, nv := b.at("v"+name, i, j)
	d, nd := b.at("d"+name, i, j)
	m := b.s.Momentum
	b.x.Formula = fmt.Sprintf("%s = momentum·%s + %s, momentum = %s", b.x.Name, nv, nd, num(m))
	b.x.Numbers = fmt.Sprintf("%s = %s·%s + %s", b.x.Name, num(m), factor(v), factor(d))
	old := float64(m * v)
	b.term(Term{Text: "momentum·" + nv, Numbers: num(m) + "·" + factor(v), Value: old, Running: old, Inputs: []string{nv}})
	b.term(Term{Text: nd, Numbers: factor(d), Value: d, Running: old + d, Inputs: []string{nd}})
}

func (b *builder) update(name string, i, j int) {
	w, nw := b.at(name, i, j)
	by := "d" + name
	if b.s.Momentum != 0 {
		by = "v" + name + "_new"
	}
	d, nd := b.at(by, i, j)
	r := b.s.Rate
	if r == 0 && b.err == nil {
		b.err = message.Errorf("%s needs the learning rate, which the trace does not have; -learning_rate gives it", b.x.Name)
	}
	b.x.Formula = fmt.Sprintf("%s = %s − rate·%s, rate = %s", b.x.Name, nw, nd, num(r))
	b.x.Numbers = fmt.Sprintf("%s = %s − %s·%s", b.x.Name, num(w), num(r), factor(d))
	move := float64(r * d)
	b.term(Term{Text: nw, Numbers: num(w), Value: w, Running: w, Inputs: []string{nw}})
	b.term(Term{Text: "−rate·" + nd, Numbers: "−" + num(r) + "·" + factor(d), Value: -move, Running: w - move, Inputs: []string{nd}})
}

func (b *builder) next(name string, i, j int) {
	v, n := b.at(name+"_new", i, j)
	b.single(n+": the next step starts from it", num(v), n, v, v, n)
}

func (b *builder) data(tensor string, i, j int) {
	v := b.matrix(tensor).At(i, j)
	what := fmt.Sprintf("feature %d of row %d of the batch", j, i)
	if tensor == "y" {
		what = fmt.Sprintf("1 if row %d of the batch is of class %d, else 0", i, j)
	}
	b.single(what, num(v), "given", v, v)
}

// before explains a parameter or a velocity by the step before.
func (b *builder) before(tensor string, i, j int) {
	v := b.matrix(tensor).At(i, j)
	source := tensor + "_next"
	if tensor[0] == 'v' {
		source = tensor + "_new"
	}
	if b.s.Number == 0 {
		what := "drawn before the first step"
		if tensor[0] != 'W' {
			what = "0 before the first step"
		}
		if tensor[0] == 'b' && v != 0 {
			what = "set before the first step"
		}
		b.single(what, num(v), "given", v, v)
		return
	}
	name := fmt.Sprintf("%d.%s", b.s.Number-1, element(source, i, j))
	if m, ok := b.s.Prev[source]; ok && i < m.Rows && j < m.Cols {
		v = m.At(i, j)
	}
	b.single(name+": as the step before left it", num(v), name, v, v, name)
}
