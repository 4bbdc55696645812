package audit

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"glassbox/nn/spec"
)

// A folded explanation is the whole one but for the terms it skips, and for
// every kind of tensor there is one long enough to be folded.
func TestExplainFolded(t *testing.T) {
	folds := map[string]bool{}
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
			m := s.T[name]
			for i := range m.Rows {
				for j := range m.Cols {
					e := ElementName{Step: -1, Tensor: name, I: i, J: j}
					full, err := Explain(s, e)
					if err != nil {
						t.Fatal(err)
					}
					for _, keep := range []int{0, 3, 4, 8, 1 << 62} {
						x, err := ExplainFolded(s, e, keep)
						if err != nil {
							t.Fatal(err)
						}
						if x.Skipped > 0 {
							n, _ := spec.ParseName(name)
							folds[n.Kind] = true
						}
						if want := folded(full, max(keep, 3)); !reflect.DeepEqual(x, want) {
							t.Fatalf("%s, keep %d:\n%+v\nwant\n%+v", full.Name, keep, x, want)
						}
					}
				}
			}
		}
	}
	for _, kind := range []string{"z", "p", "loss", "dW", "db", "dh"} {
		if !folds[kind] {
			t.Errorf("no %s was folded", kind)
		}
	}
}

// folded takes the middle terms out of a whole explanation.
func folded(x Explanation, keep int) Explanation {
	if n := len(x.Terms); keep < n && n > 2*keep+2 {
		x.Skipped, x.Before = n-2*keep, x.Terms[n-keep-1].Running
		x.Terms = append(x.Terms[:keep:keep], x.Terms[n-keep:]...)
	}
	x.Inputs = nil
	for _, term := range x.Terms {
		x.Inputs = append(x.Inputs, term.Inputs...)
	}
	return x
}

// What cannot be explained cannot be explained folded, for the same reason.
func TestExplainFoldedRefuses(t *testing.T) {
	s := steps(1, spec.Settings{Rate: 0.1}, 30, 2, 3, 2)
	delete(s.T, "x")
	s.T["dz2"] = s.T["dz2"].RowRange(0, 20)
	for name, want := range map[string]string{
		"dW1": "dW1[0,0] needs x of step 0",
		"z1":  "z1[0,0] needs x of step 0",
		"dW2": "",
		"dh1": "",
		"vW1": "no tensor is called vW1",
	} {
		e := ElementName{Tensor: name}
		_, whole := Explain(s, e)
		_, folded := ExplainFolded(s, e, 8)
		if fmt.Sprint(whole) != fmt.Sprint(folded) || want != "" && !strings.Contains(fmt.Sprint(whole), want) {
			t.Errorf("%s: %v, folded %v, want %q", name, whole, folded, want)
		}
	}
	s.T["h1"] = s.T["h1"].RowRange(0, 7)
	if _, err := ExplainFolded(s, ElementName{Tensor: "dW2"}, 3); err == nil || err.Error() != "dW2[0,0] needs h1[7,0], and h1 is 7×3" {
		t.Errorf("a row that is missing among the skipped: %v", err)
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
		b.Run(name+"/folded", func(b *testing.B) {
			for b.Loop() {
				ExplainFolded(s, e, 8)
			}
		})
	}
}
