package chain

import (
	"fmt"
	"math"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/stat"
)

// Spread is the "mean", "sd", "least" or "most" of values, as package stat has it;
// NaNs are none. Of names all of them, each one of them.
func (c *Chain) Spread(kind string, of lang.Text, values []float64, each func(k int) lang.Text) {
	var known []float64
	for _, v := range values {
		if v == v {
			known = append(known, v)
		}
	}
	s, n := stat.Of(known), float64(len(known))
	switch kind { // what is told in one breath is found first
	case "mean":
		c.Formula = lang.T("the mean of %s", of)
	case "sd":
		c.Formula = lang.T("the root of the mean squared distance of %s from their mean", of)
		c.Find(s.Mean, lang.Same("mean"))
	case "least":
		c.Formula = lang.T("the least of %s", of)
		c.Find(s.Max, lang.Same("most"))
	default:
		c.Formula = lang.T("the largest of %s", of)
	}
	for k, v := range values {
		switch {
		case v != v:
		case kind == "mean":
			c.Do(each(k), "", v, c.Result+v)
		case kind == "sd":
			d := v - s.Mean
			c.Do(each(k), fmt.Sprintf("(%v − %v)²", v, s.Mean), float64(d*d), c.Result+float64(d*d))
		case kind == "least" && len(c.Terms) > 0:
			c.Do(each(k), "", v, min(c.Result, v))
		case kind == "most" && len(c.Terms) > 0:
			c.Do(each(k), "", v, max(c.Result, v))
		default:
			c.Do(each(k), "", v, v)
		}
	}
	if kind == "mean" || kind == "sd" {
		c.Do(lang.T("/ seeds"), fmt.Sprintf("%v / %v", c.Result, n), n, c.Result/n)
	}
	if kind == "sd" {
		c.Do(lang.T("its root"), fmt.Sprintf("√%v", c.Result), 0.5, math.Sqrt(c.Result))
	}
}
