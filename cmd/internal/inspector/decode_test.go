package inspector

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"testing"

	"glassbox/mat"
	"glassbox/nn/audit"
)

// A decoded step is one as a reader of the page finds it.
type decoded struct {
	step    Step
	tensors map[string]Tensor
	number  map[string][]float64 // all numbers of an element, by its name
}

func called(tensor string, i, j int) string { return fmt.Sprintf("%s[%d,%d]", tensor, i, j) }

// decode unpacks a step by the words of Tensor's comment.
func decode(t *testing.T, layout []Tensor, s Step) decoded {
	t.Helper()
	d := decoded{step: s, tensors: map[string]Tensor{}, number: map[string][]float64{}}
	b, err := base64.StdEncoding.DecodeString(s.Data)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	next := func() float64 {
		if at+8 > len(raw) {
			t.Fatalf("step %d has %d bytes, which is too few", s.N, len(raw))
		}
		at += 8
		return math.Float64frombits(binary.LittleEndian.Uint64(raw[at-8:]))
	}
	for _, x := range layout {
		d.tensors[x.Name] = x
		rows := s.Kept
		if !x.ByRow {
			rows = nil
			for i := range x.Rows {
				rows = append(rows, i)
			}
		}
		for _, i := range rows {
			for j := range x.Cols {
				list := []float64{next()}
				if x.Explained {
					if x.Given {
						list = append(list, next())
					}
					for range x.Head {
						list = append(list, next(), next())
					}
					if x.Head+x.Tail < x.Terms {
						list = append(list, next())
					}
					for range x.Tail {
						list = append(list, next(), next())
					}
					if x.Head+x.Tail < x.Terms {
						for range x.Large {
							list = append(list, next(), next(), next())
						}
					}
				}
				d.number[called(x.Name, i, j)] = list
			}
		}
	}
	if at != len(raw) {
		t.Fatalf("step %d has %d bytes, of which %d belong to its tensors", s.N, len(raw), at)
	}
	return d
}

// value returns the element's value.
func (d decoded) value(t *testing.T, tensor string, i, j int) float64 {
	t.Helper()
	list, ok := d.number[called(tensor, i, j)]
	if !ok {
		t.Fatalf("step %d does not hold %s", d.step.N, called(tensor, i, j))
	}
	return list[0]
}

// follows holds every number of a decoded step against the values it should
// have and against audit's whole explanations of s. It returns how many
// explanations there were, and how many of them folded.
func (d decoded) follows(t *testing.T, s *audit.Numbered, value func(tensor string) mat.Matrix) (explained, folded int) {
	t.Helper()
	if d.step.N != s.Number || d.step.Rate != s.Rate || d.step.Momentum != s.Momentum || d.step.Mean != s.Mean {
		t.Fatalf("%+v is not step %d of %+v", d.step, s.Number, s.Settings)
	}
	for _, x := range d.tensors {
		m := value(x.Name)
		if x.Rows != m.Rows || x.Cols != m.Cols || len(x.Notes) < len(s.Remarks(x.Name)) || x.ByRow && x.Rows != d.step.Batch {
			t.Fatalf("step %d: %+v for a tensor of %s", s.Number, x, m.Shape())
		}
		for i := range m.Rows {
			for j := range m.Cols {
				at := called(x.Name, i, j)
				got, ok := d.number[at]
				if want := !x.ByRow || slices.Contains(d.step.Kept, i); ok != want {
					t.Fatalf("step %d: %s is there: %v", s.Number, at, ok)
				}
				if !ok {
					continue
				}
				want := []float64{m.At(i, j)}
				e, err := audit.Explain(s, audit.ElementName{Step: -1, Tensor: x.Name, I: i, J: j})
				if x.Explained && err != nil {
					t.Fatalf("step %d: %s is explained, and audit says %v", s.Number, at, err)
				}
				if x.Explained {
					if explained++; x.Terms != len(e.Terms) || x.Given != (len(e.Given) == 1) {
						t.Fatalf("step %d: %s: %d terms, given %v; audit has %d, %v", s.Number, at, x.Terms, x.Given, len(e.Terms), e.Given)
					}
					for _, g := range e.Given {
						want = append(want, g.Value)
					}
					for n, term := range e.Terms {
						if n < x.Head || n >= x.Terms-x.Tail {
							want = append(want, term.Value, term.Running)
						} else if n == x.Terms-x.Tail-1 {
							want = append(want, term.Running)
							folded++
						}
					}
				}
				if x.Explained && x.Head+x.Tail < x.Terms {
					want = append(want, largest(x, e.Terms)...)
				}
				if !sameList(got, want) {
					t.Fatalf("step %d: %s has the numbers\n%x, want\n%x", s.Number, at, got, want)
				}
			}
		}
	}
	return explained, folded
}

// largest are the largest terms of a sum as a page stores them: sorted, where the
// page goes through them once.
func largest(x Tensor, terms []audit.Term) (list []float64) {
	longest := slices.MaxFunc(x.Form.Parts, func(a, b Part) int { return a.Count - b.Count })
	from := 0
	for _, p := range x.Form.Parts {
		if p.Count == longest.Count {
			break
		}
		from += p.Count
	}
	size := func(n int) float64 {
		if v := terms[from+n].Value; v == v {
			return math.Abs(v)
		}
		return math.Inf(1)
	}
	sum := 0.0
	order := upTo(longest.Count)
	for _, n := range order {
		sum += size(n)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(size(b), size(a))
	})
	for _, n := range order[:x.Large] {
		share := 0.0
		if sum > 0 && !math.IsInf(sum, 1) {
			share = size(n) / sum
		}
		list = append(list, float64(from+n), terms[from+n].Value, share)
	}
	return list
}

func sameList(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(v, w float64) bool { return math.Float64bits(v) == math.Float64bits(w) || v != v && w != w })
}
