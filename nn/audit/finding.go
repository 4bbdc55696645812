package audit

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"glassbox/mat"
	"glassbox/nn/message"
	"glassbox/nn/spec"
)

// A Finding is a tensor that does not follow from its own inputs (an error),
// or one that does and yet misleads (a warning).
type Finding struct {
	Level    string       `json:"level"` // "error" or "warning"
	Step     int          `json:"step"`
	Tensor   string       `json:"tensor"`         // its bare name, "db1"
	Index    []int        `json:"index"`          // of the worst element
	Got      Number       `json:"got"`            // as recorded
	Want     Number       `json:"want"`           // as computed from its recorded inputs
	Ratio    Number       `json:"ratio_to_bound"` // their distance in units of the bound
	Off      int          `json:"elements_off"`
	Elements int          `json:"elements"`
	Cause    string       `json:"cause"`   // a name of the catalogue, two joined by +, or ""
	Message  message.Text `json:"message"` // what is wrong and what to change

	// Where are the elements that Off counts, as i·columns + j in ascending
	// order: those beyond the bound, or the first that is not finite. A warning
	// about a tensor as such, whose Off is 0, has those that it speaks of, if
	// any. Expected is the tensor as it follows from its recorded inputs,
	// of the recorded shape, to be read only; 0×0 where the finding compares no
	// such two. Both are missing from the findings of a trace beyond the first
	// 2^23 elements.
	Where    []int      `json:"-"`
	Expected mat.Matrix `json:"-"`

	maybe []suspect // what would give these numbers
}

// A Verdict is what the audit says of one trace.
type Verdict struct {
	File     string         `json:"file"`
	Verdict  string         `json:"verdict"` // "clean", "findings" or "unreadable"
	Error    message.Text   `json:"error,omitzero"`
	Notes    []message.Text `json:"notes"`
	Findings []Finding      `json:"findings"`
	Judged   int            `json:"tensors_judged"`
	Steps    int            `json:"steps"`
	Unjudged []message.Text `json:"not_judged"`
	Areas    []Area         `json:"covers"`             // what the verdict speaks of
	Looked   message.Text   `json:"looked_at,omitzero"` // of which steps
}

// A Number is a float64 that JSON can hold: NaN and the infinities are texts.
type Number float64

// MarshalJSON writes the number, or "NaN", "+Inf", "-Inf".
func (n Number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 1):
		return []byte(`"+Inf"`), nil
	case math.IsInf(v, -1):
		return []byte(`"-Inf"`), nil
	default:
		return json.Marshal(v)
	}
}

// describe says what can be said of numbers no mistake explains.
func describe(got mat.Matrix, want value, j *judge) message.Text {
	w := want.V
	if !sameShape(got, w) {
		return message.Text{}
	}
	if r, ok := constantRatio(got, w); ok {
		return j.ratio(r)
	}
	if got.Rows == got.Cols && got.Rows > 1 && distance(got.Transpose(), w) < 1e-9 {
		return message.New("it is transposed")
	}
	if same, ok := permuted(got, w); ok {
		return message.New("its rows are right but stand in another order (row 0 holds what row %d should)", same)
	}
	if d, ok := constantShift(got, w); ok {
		return message.New("every element is %.6g more than it should be", d)
	}
	return oneLine(got, want)
}

// ratio says what a ratio of all elements is, where it is a known one.
func (j *judge) ratio(r float64) message.Text {
	if math.Abs(r+1) < 1e-6 {
		return message.New("every element is %.6g× what it should be: the sign", r)
	}
	n, c := float64(j.N), 0.0
	if y, ok := j.value(spec.Name("dz", j.L)); ok {
		c = float64(y.V.Cols)
	}
	for _, known := range []struct {
		v       float64
		batched bool // means something where a batch has several rows
		name    message.Text
	}{
		{n, true, message.New("N = %d", j.N)},
		{1 / n, true, message.New("1/N, N = %d", j.N)},
		{-1 / n, true, message.New("−1/N")},
		{c, false, message.New("C = %.0f, the classes", c)},
		{1 / c, false, message.New("1/C")},
		{1 / (n * c), true, message.New("1/(N·C)")},
		{n * n, true, message.New("N²")},
		{1 / (n * n), true, message.New("1/N²")},
		{2, false, message.New("twice")},
		{0.5, false, message.New("half")},
		{j.rate, false, message.New("the rate")},
		{1 / j.rate, false, message.New("1/rate")},
		{math.Ln10, false, message.New("ln 10")},
		{1 / math.Ln10, false, message.New("1/ln 10")},
	} {
		if known.v != 0 && !math.IsInf(known.v, 0) && math.Abs(r/known.v-1) < 1e-6 && (j.N > 1 || !known.batched) {
			return message.New("every element is %.6g× what it should be: %s", r, known.name)
		}
	}
	return message.New("every element is %.6g× what it should be", r)
}

func constantRatio(got, want mat.Matrix) (float64, bool) {
	r, n := 0.0, 0
	for k, g := range got.Data {
		w := want.Data[k]
		if w == 0 && g == 0 {
			continue
		}
		if w == 0 || math.IsNaN(g) || math.IsInf(g/w, 0) {
			return 0, false
		}
		if n++; n == 1 {
			r = g / w
		} else if math.Abs(g/w-r) > 1e-6*math.Abs(r) {
			return 0, false
		}
	}
	return r, n > 0 && r != 0 && math.Abs(r-1) > 1e-6
}

func constantShift(got, want mat.Matrix) (float64, bool) {
	d := got.Data[0] - want.Data[0]
	for k, g := range got.Data {
		if !(math.Abs(g-want.Data[k]-d) <= 1e-6*math.Abs(d)) {
			return 0, false
		}
	}
	return d, d != 0 && len(got.Data) > 1
}

// permuted reports whether got has want's rows in another order, and which of
// them comes first.
func permuted(got, want mat.Matrix) (first int, ok bool) {
	if got.Rows < 2 || got.Rows > 5000 {
		return 0, false
	}
	key := func(m mat.Matrix, i int) string { return fmt.Sprintf("%.8e", m.Row(i)) }
	at := map[string][]int{}
	for i := range want.Rows {
		k := key(want, i)
		at[k] = append(at[k], i)
	}
	for i := range got.Rows {
		k := key(got, i)
		if len(at[k]) == 0 {
			return 0, false
		}
		if i == 0 {
			first = at[k][0]
		}
		at[k] = at[k][1:]
	}
	return first, true
}

// oneLine says when only one row or one column is off.
func oneLine(got mat.Matrix, want value) message.Text {
	off := comparison{with: want}.where(got)
	if len(off) == 0 {
		return message.Text{}
	}
	row, col := off[0]/got.Cols, off[0]%got.Cols
	all := func(is func(k int) bool) bool {
		return !slices.ContainsFunc(off, func(k int) bool { return !is(k) })
	}
	switch {
	case got.Rows > 1 && all(func(k int) bool { return k/got.Cols == row }):
		return message.New("only row %d is off", row)
	case got.Cols > 1 && all(func(k int) bool { return k%got.Cols == col }):
		return message.New("only column %d is off", col)
	}
	return message.Text{}
}
