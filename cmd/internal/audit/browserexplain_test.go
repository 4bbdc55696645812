package audit

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"glassbox/cmd/internal/experiment"
	"glassbox/cmd/internal/testkit/browser"
	"glassbox/nn/audit"
)

// shown is an explanation as the page has it, its numbers as bits.
type shown struct {
	Formula, Numbers, Result, Found string
	Given                           string
	Left                            int
	Before                          string
	Terms                           []struct{ Text, Numbers, Value, Running string }
}

// ask has the page explain elements of a step.
const ask = `Promise.all(%s.map(name => glassbox.explain(name, %d, %d).then(x => x && {
	formula: x.formula, numbers: x.numbers, result: glassbox.bits(x.result), found: glassbox.bits(x.found),
	given: x.given ? x.given.text + " " + glassbox.bits(x.given.value) : "", left: x.left, before: x.left ? glassbox.bits(x.before) : "",
	terms: x.terms.filter(t => t).map(t => ({text: t.text, numbers: t.numbers, value: glassbox.bits(t.value), running: glassbox.bits(t.running)})),
})))`

func bitsText(v float64) string { return fmt.Sprintf("0x%016x", math.Float64bits(v)) }

// agree holds explanations of the page against those of audit.Explain, text by
// text and bit by bit.
func agree(t *testing.T, p *browser.Page, net int, s *audit.Numbered, names []string) {
	t.Helper()
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, strconv.Quote(name))
	}
	var list []*shown
	p.Eval(fmt.Sprintf(ask, "["+strings.Join(quoted, ", ")+"]", s.Number, net), &list)
	for i, name := range names {
		e, err := audit.ParseElement(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := audit.Explain(s, e)
		if err != nil {
			t.Fatal(err)
		}
		got := list[i]
		if got == nil {
			t.Errorf("%s of step %d is not in the page", name, s.Number)
			continue
		}
		given := ""
		for _, d := range want.Given {
			given = d.Text + " " + bitsText(d.Value)
		}
		found := want.Result
		if want.Recorded != nil {
			found = *want.Recorded
		}
		for _, pair := range [][3]string{{"formula", got.Formula, want.Formula}, {"numbers", got.Numbers, want.Numbers}, {"result", got.Result, bitsText(want.Result)},
			{"given", got.Given, given}, {"found", got.Found, bitsText(found)}} {
			if pair[1] != pair[2] {
				t.Errorf("%s of step %d: its %s is %q, want %q", name, s.Number, pair[0], pair[1], pair[2])
			}
		}
		if len(got.Terms)+got.Left != len(want.Terms) {
			t.Errorf("%s of step %d: %d terms and %d left out, want %d", name, s.Number, len(got.Terms), got.Left, len(want.Terms))
			continue
		}
		head := len(got.Terms) - len(got.Terms)/2
		if got.Left == 0 {
			head = len(got.Terms)
		} else if before := bitsText(want.Terms[head+got.Left-1].Running); got.Before != before {
			t.Errorf("%s of step %d: %s before the last terms, want %s", name, s.Number, got.Before, before)
		}
		for k, term := range got.Terms {
			w := want.Terms[k]
			if k >= head {
				w = want.Terms[k+got.Left]
			}
			if term.Text != w.Text || term.Numbers != w.Numbers || term.Value != bitsText(w.Value) || term.Running != bitsText(w.Running) {
				t.Errorf("%s of step %d, term %d: %q, want %q = %q, %s, %s", name, s.Number, k, term, w.Text, w.Numbers, bitsText(w.Value), bitsText(w.Running))
				break
			}
		}
	}
}

// some returns elements of every tensor of a step that the page has whole, or
// of the rows that it keeps: at most few of each tensor.
func some(p *browser.Page, net, at, few int) (step int, names []string) {
	var kept struct {
		N       int
		Kept    []int
		Tensors []struct {
			Name       string
			Rows, Cols int
			ByRow      bool
		}
	}
	p.Eval(fmt.Sprintf(`(() => { const net = glassbox.model.nets[%d], step = net.steps[%d]; return {n: step.n, kept: step.kept, tensors: net.layouts[step.layout]}; })()`, net, at), &kept)
	r := rand.New(rand.NewPCG(uint64(at), 7))
	for _, x := range kept.Tensors {
		if x.Name == "loss" {
			names = append(names, "loss")
			continue
		}
		for range few {
			i := r.IntN(x.Rows)
			if x.ByRow {
				i = kept.Kept[r.IntN(len(kept.Kept))]
			}
			names = append(names, fmt.Sprintf("%s[%d,%d]", x.Name, i, r.IntN(x.Cols)))
		}
	}
	return kept.N, names
}

// TestPageExplainsAsExplain: what the page says of a number is what the command
// says, to the last bit.
func TestPageExplainsAsExplain(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	b := browser.Start(t)
	for name, args := range map[string]string{
		"default":       "",
		"one row":       "-sgd -max_steps 200 -reduction sum",
		"small batches": "-n 60 -batch_size 7 -momentum 0.9 -max_steps 40 -dnn_hidden_units 40,3",
		"reported":      "-n 80 -as_reported -max_steps 30",
		"table":         "-data ../../../testdata/iris.csv -standardize -max_steps 50",
	} {
		t.Run(name, func(t *testing.T) {
			p := opened(t, b, strings.Fields(args))
			var nets int
			p.Eval(`glassbox.model.nets.length`, &nets)
			for net := range nets {
				of := slices.DeleteFunc(strings.Fields(args), func(flag string) bool { return net < nets-1 && flag == "-as_reported" })
				if net < nets-1 {
					of = append(of, "-init", "1e-4", "-reduction", "sum")
				}
				var steps int
				p.Eval(fmt.Sprintf(`glassbox.model.nets[%d].steps.length`, net), &steps)
				for _, at := range []int{0, 1, steps - 1} {
					n, names := some(p, net, at, 6)
					s, err := stepOfRun(of, n)
					if err != nil {
						t.Fatal(err)
					}
					agree(t, p, net, s, names)
				}
			}
			p.Quiet()
		})
	}
	t.Run("trace", func(t *testing.T) {
		file := traced(t, "-n", "60", "-as_reported", "-steps", "0:3")
		p := opened(t, b, []string{"-trace", file})
		tr, err := audit.ReadTrace(file)
		if err != nil {
			t.Fatal(err)
		}
		for at := range 3 {
			n, names := some(p, 0, at, 6)
			s, err := tr.Numbered(n)
			if err != nil {
				t.Fatal(err)
			}
			agree(t, p, 0, s, names)
		}
	})
}

// stepOfRun is a step of our own run as audit explain has it, with what the
// network that trains has for its tensors.
func stepOfRun(args []string, step int) (*audit.Numbered, error) {
	config, err := experiment.FromFlags(strings.Join(args, " "), 42)
	if err != nil {
		return nil, err
	}
	s, _, err := ownStep(config, step, io.Discard)
	return s, err
}

// TestPageWritesNumbersAsGo: decimal, hexadecimal and bits of numbers of every
// size and kind are written as the program writes them.
func TestPageWritesNumbersAsGo(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e5, 123456, 999999, 1e6, 1234567, 1e20, 1e21, 1e22, 1e-4, 1e-5, 0.00012345, 5e-324, -5e-324,
		math.SmallestNonzeroFloat64 * 3, 2.2250738585072014e-308, 2.225073858507201e-308, math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 0.30000000000000004, 100, 12.5, 1 << 53}
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		numbers = append(numbers, math.Float64frombits(r.Uint64()), (r.Float64()-0.5)*math.Pow10(r.IntN(24)-12))
	}
	var in []string
	for _, v := range numbers {
		in = append(in, fmt.Sprintf(`"0x%016x"`, math.Float64bits(v)))
	}
	var out [][3]string
	p := opened(t, browser.Start(t), []string{"-n", "20", "-max_steps", "2"})
	p.Eval(`(() => { const d = new DataView(new ArrayBuffer(8)); return [`+strings.Join(in, ",")+`].map(text => {
		d.setBigUint64(0, BigInt(text));
		const v = d.getFloat64(0);
		return [glassbox.num(v), glassbox.hex(v), glassbox.bits(v)];
	}); })()`, &out)
	for i, v := range numbers {
		want := [3]string{strconv.FormatFloat(v, 'g', -1, 64), fmt.Sprintf("%x", v), bitsText(v)}
		if v != v {
			want[2] = out[i][2] // which NaN it is, is not kept by every engine
		}
		if out[i] != want {
			t.Errorf("%v is written %q, want %q", v, out[i], want)
		}
	}
}
