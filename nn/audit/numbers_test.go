package audit

import (
	"strings"
	"testing"

	"glassbox/nn/spec"
)

// The numbers of an explanation without its words are those with them.
func TestNumbers(t *testing.T) {
	given := 0
	for _, c := range []struct {
		set   spec.Settings
		steps int
		rows  int
		sizes []int
	}{
		{spec.Settings{Rate: 0.1, Mean: true}, 1, 12, []int{11, 9, 10}},
		{spec.Settings{Rate: 0.3, Momentum: 0.9}, 3, 9, []int{3, 10, 9, 3}},
		{spec.Settings{Rate: 0.1, Momentum: 0.5, Mean: true}, 1, 3, []int{2, 3, 2}},
		{spec.Settings{Rate: 0.1}, 2, 1, []int{2, 20, 2}},
	} {
		s := steps(c.steps, c.set, c.rows, c.sizes...)
		for _, name := range s.Names() {
			form, err := s.Form(name)
			if err != nil {
				t.Fatal(err)
			}
			m := s.T[name]
			for i := range m.Rows {
				for j := range m.Cols {
					want, err := Explain(s, ElementName{Step: -1, Tensor: name, I: i, J: j})
					if err != nil {
						t.Fatal(err)
					}
					g, got, err := s.Numbers(&form, i, j, []float64{7})
					if err != nil || got[0] != 7 || len(got) != 1+2*len(want.Terms) {
						t.Fatalf("%s: %v, %v; want %d terms after a 7", want.Name, got, err, len(want.Terms))
					}
					for n, term := range want.Terms {
						if got[1+2*n] != term.Value || got[2+2*n] != term.Running {
							t.Fatalf("%s: term %d is %v, %v, want %+v", want.Name, n, got[1+2*n], got[2+2*n], term)
						}
					}
					for _, d := range want.Given {
						if given++; g != d.Value {
							t.Fatalf("%s: given %v, want %v", want.Name, g, d.Value)
						}
					}
				}
			}
		}
	}
	if given == 0 {
		t.Error("nothing was given")
	}
}

// A row that is missing is told by both.
func TestNumbersRefuse(t *testing.T) {
	s := steps(1, spec.Settings{Rate: 0.1}, 30, 2, 3, 2)
	s.T["h1"] = s.T["h1"].RowRange(0, 7)
	const want = "dW2[0,0] needs h1[7,0], and h1 is 7×3"
	if _, err := Explain(s, ElementName{Tensor: "dW2"}); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	form, err := s.Form("dW2")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Numbers(&form, 0, 0, nil); err == nil || err.Error() != strings.Replace(want, "dW2[0,0]", "an element", 1) {
		t.Errorf("%v", err)
	}
}

func BenchmarkExplain(b *testing.B) {
	s := steps(1, spec.Settings{Rate: 0.1, Mean: true}, 800, 2, 20, 2)
	for _, name := range []string{"dW1", "dz1", "loss"} {
		e := ElementName{Tensor: name, J: min(3, s.T[name].Cols-1)}
		b.Run(name+"/whole", func(b *testing.B) {
			for b.Loop() {
				Explain(s, e)
			}
		})
		b.Run(name+"/numbers", func(b *testing.B) {
			form, _ := s.Form(name)
			var list []float64
			for b.Loop() {
				_, list, _ = s.Numbers(&form, e.I, e.J, list[:0])
			}
		})
	}
}
