// Package chain tells how a number came about that is no tensor of a training
// step: where data, weights and draws come from, down to the generator's words,
// and what is counted and averaged in the end.
package chain

import "glassbox/cmd/internal/lang"

// A Chain is an explanation in the making: each operation goes on from the
// running number.
type Chain struct {
	Name     string
	Formula  lang.Text
	Given    []Given
	Terms    []Term
	Result   float64
	Recorded *float64 // what the run itself has; nil: nothing
}

// A Given is a number that the operations use and is found first.
type Given struct {
	Text  lang.Text
	Value float64
}

// A Term is an operation that brings Value and leads to Running.
type Term struct {
	Text           lang.Text
	Numbers        string
	Value, Running float64
	Inputs         []string
}

// Find keeps a number that the operations use and is found first.
func (c *Chain) Find(value float64, text lang.Text) float64 {
	c.Given = append(c.Given, Given{text, value})
	return value
}

// Do adds an operation. Inputs are the names of what it uses.
func (c *Chain) Do(text lang.Text, numbers string, value, running float64, inputs ...string) {
	c.Terms = append(c.Terms, Term{text, numbers, value, running, inputs})
	c.Result = running
}
