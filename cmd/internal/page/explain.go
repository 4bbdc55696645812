package page

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"maps"
	"math"
	"slices"
	"strings"

	"glassbox/cmd/internal/chain"
	"glassbox/cmd/internal/lang"
)

// Explained is how a number came about, for the cells that name it by Explain and
// for what it says of others: their keys have the same start, up to a slash.
type Explained struct {
	*chain.Chain
	Of      lang.Text // "of test 2"
	Command string    // tells the same
}

// foldAbove terms a sum shows its first and last ends and its large largest ones.
const foldAbove, ends, large = 64, 8, 5

// Shown are the terms of a sum that a page has: all, or its ends and, after them, the
// largest of those that are made of other numbers.
func Shown(terms []chain.Term) (list []chain.Term, largest int) {
	n := len(terms)
	if n <= foldAbove {
		return terms, 0
	}
	most := slices.DeleteFunc(slices.Clone(terms), func(t chain.Term) bool { return len(t.Inputs) == 0 })
	slices.SortStableFunc(most, func(a, b chain.Term) int { return cmp.Compare(math.Abs(b.Value), math.Abs(a.Value)) })
	most = most[:min(large, len(most))]
	return slices.Concat(terms[:ends], terms[n-ends:], most), len(most)
}

// A termJSON is a term or, with a share of all sizes, one of the largest.
type termJSON struct {
	Text    lang.Words `json:"text"`
	Numbers string     `json:"numbers,omitempty"`
	Value   float64    `json:"value"`
	Running float64    `json:"running"`
	Share   float64    `json:"share,omitempty"`
	Inputs  []string   `json:"inputs,omitempty"`
}

// MarshalJSON writes the explanation as the page's script reads it.
func (e Explained) MarshalJSON() ([]byte, error) {
	given, terms, sizes := []termJSON{}, []termJSON{}, 0.0
	for _, g := range e.Given {
		given = append(given, termJSON{Text: lang.Words(g.Text), Value: g.Value})
	}
	for _, t := range e.Terms {
		if len(t.Inputs) > 0 { // the others are what is done with the sum
			sizes += math.Abs(t.Value)
		}
	}
	shown, largest := Shown(e.Terms)
	for i, t := range shown {
		x := termJSON{Text: lang.Words(t.Text), Numbers: t.Numbers, Value: t.Value, Running: t.Running, Inputs: t.Inputs}
		if i >= len(shown)-largest && sizes > 0 {
			x.Share = math.Abs(t.Value) / sizes
		}
		terms = append(terms, x)
	}
	said := map[string]any{"name": e.Name, "of": lang.Words(e.Of), "formula": lang.Words(e.Formula), "given": given, "command": e.Command}
	if n := len(terms) - largest; n < len(e.Terms) {
		said["left"], said["before"], said["head"] = len(e.Terms)-n, e.Terms[len(e.Terms)-ends-1].Running, ends
	}
	said["terms"], said["large"] = terms[:len(terms)-largest], terms[len(terms)-largest:]
	if e.Recorded != nil && math.Float64bits(*e.Recorded) != math.Float64bits(e.Result) {
		said["found"] = *e.Recorded
	}
	return json.Marshal(said)
}

// explainScript is the script of a page with explanations.
var explainScript = "(() => {\n" + ExplainJS + Script(js, "explained") + "})();\n"

// explained is the data of that script: like ones side by side pack best.
func explained(all map[string]Explained) (template.JS, error) {
	keys := slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		_, x, _ := strings.Cut(a, "/")
		_, y, _ := strings.Cut(b, "/")
		return strings.Compare(x+"/"+a, y+"/"+b)
	})
	var b bytes.Buffer
	for i, key := range keys {
		text, err := json.Marshal(all[key])
		if err != nil {
			return "", err
		}
		name, _ := json.Marshal(key)
		b.WriteString("{,"[min(i, 1):][:1])
		b.Write(name)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	data, err := Data(map[string]any{"texts": ScriptTexts(explainScript), "data": Packed(b.Bytes())})
	return template.JS(data), err
}

// Packed is data as a page's script unpacks it: zlib's, in base64.
func Packed(data []byte) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write(data)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic("page: " + err.Error()) // a buffer takes all
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}
