package audit

import (
	"fmt"
	"math"
	"testing"

	"glassbox/mat"
	"glassbox/nn/spec"
)

// FuzzCompare builds traces of any tensors in any shapes with any numbers:
// they are refused with a reason or judged, never a panic, and what is judged
// is said in full.
func FuzzCompare(f *testing.F) {
	f.Add([]byte{0})
	f.Add([]byte("\x03\x02\x02\x05\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a"))
	for seed := range byte(8) {
		var b []byte
		for i := range byte(90) {
			b = append(b, i*seed*37+seed)
		}
		f.Add(b)
	}
	numbers := []float64{0, 1, -1, 0.5, 1e-9, 1e9, math.NaN(), math.Inf(1), math.Copysign(0, -1), 1e308, 5e-324, 2, 3, -0.25}
	f.Fuzz(func(t *testing.T, data []byte) {
		next := func(n int) int {
			if len(data) == 0 {
				return 0
			}
			v := int(data[0]) % n
			data = data[1:]
			return v
		}
		var trace Trace
		L := 1 + next(3)
		widths := []int{1 + next(3)}
		for range L {
			widths = append(widths, 1+next(4))
		}
		N := 1 + next(5)
		odd := next(4) == 0 // now and then a shape that does not fit
		if next(2) == 0 {
			trace.Rate = 0.1
		}
		trace.Reduction = []string{"", "sum", "mean"}[next(3)]
		names := append([]string{"x", "y"}, append(spec.ParamNames(L), spec.Order(L, spec.Settings{})...)...)
		drop := next(256)
		for number := range 1 + next(3) {
			s := Step{Number: number, T: spec.Tensors{}, Single: map[string]bool{}}
			for i, name := range names {
				if drop>>(uint(i)%8)&1 == 1 && next(3) > 0 {
					continue
				}
				n, _ := spec.ParseName(name)
				kind, k := n.Kind, n.Layer
				r, c := N, widths[k]
				switch kind {
				case "y", "p":
					c = widths[L]
				case "loss":
					r, c = 1, 1
				case "W", "dW":
					r = widths[k-1]
				case "b", "db":
					r = 1
				}
				if odd && next(6) == 0 {
					r, c = next(4), next(4)
				}
				if r*c == 0 {
					return // which is refused where it is read
				}
				m := mat.New(r, c)
				for e := range m.Data {
					m.Data[e] = numbers[next(len(numbers))]
				}
				if kind == "y" {
					clear(m.Data)
					for row := range m.Rows {
						if m.Cols > 0 {
							m.Set(row, next(m.Cols), 1)
						}
					}
				}
				s.T[name] = m
				s.Single[name] = next(7) == 0
			}
			if len(s.T) == 0 || trace.normalize(&s) != nil {
				return
			}
			trace.Steps = append(trace.Steps, s)
		}
		v := Compare(trace)
		for _, f := range v.Findings {
			if f.Level != "error" && f.Level != "warning" || f.Message.IsZero() || f.Tensor == "" || len(f.Index) != 2 {
				t.Errorf("a finding that says too little: %+v", f)
			}
		}
		if v.Verdict == "findings" && len(v.Findings) == 0 {
			t.Error(fmt.Sprint("findings without one: ", v))
		}
	})
}
