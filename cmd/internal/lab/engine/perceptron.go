package engine

import (
	"context"
	"encoding/json"
	"fmt"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part1"
	"glassbox/perceptron"
)

// A lesson is what Part I is asked for.
type lesson struct {
	Test       int     `json:"test"` // from 1
	Rosenblatt bool    `json:"rosenblatt"`
	Bias       bool    `json:"bias"`
	Rate       float64 `json:"rate"`
	Seed       uint32  `json:"seed"`
	Updates    int     `json:"updates"` // shown; below 0: all
}

// A board is what the page shows of it.
type board struct {
	SVG     string `json:"svg"`
	HTML    string `json:"html"`
	Updates int    `json:"updates"` // of the whole training
	Command string `json:"command"`
}

// learn runs one of the report's five tests up to an update.
func learn(_ *Engine, args json.RawMessage, _ []byte) (any, []byte, error) {
	a, err := read[lesson](args)
	if err != nil {
		return nil, nil, err
	}
	c := part1.Defaults()
	if a.Test < 1 || a.Test > len(c.Setups) {
		return nil, nil, fmt.Errorf("there is no test %d; 1 to %d would be right", a.Test, len(c.Setups))
	}
	if !(a.Rate > 0 && a.Rate <= 1e6) {
		return nil, nil, fmt.Errorf("the rate %g is not above 0 and up to 1e6", a.Rate)
	}
	c.Seeds, c.Setups, c.Rate, c.Seed, c.Bias = 0, c.Setups[a.Test-1:a.Test], a.Rate, a.Seed, a.Bias
	command := fmt.Sprintf("go run ./cmd/part1 -learning_rate %g -seed %d", a.Rate, a.Seed)
	if a.Rosenblatt {
		c.Rule = perceptron.RuleRosenblatt
		command += " -rule rosenblatt"
	}
	if a.Bias {
		command += " -bias"
	}
	all, err := c.Run(context.Background(), nil)
	if err != nil {
		return nil, nil, err
	}
	b := board{Updates: all.Tests[0].Main().Outcome.Updates, Command: command}
	shown := all
	switch {
	case a.Updates == 0:
		c.Rate = 0 // nothing is learned yet
		c.MaxEpochs = 1
		shown, err = c.Run(context.Background(), nil)
	case a.Updates > 0 && a.Updates < b.Updates:
		c.MaxUpdates = a.Updates
		shown, err = c.Run(context.Background(), nil)
	}
	if err != nil {
		return nil, nil, err
	}
	t := shown.Tests[0]
	blocks, err := t.Blocks()
	if err != nil {
		return nil, nil, err
	}
	v := struct {
		Update, Of int
		Caption    lang.Text
		Texts      []lang.Text
		Bars       []bar
		W          string
	}{Update: t.Main().Outcome.Updates, Of: b.Updates, W: fmt.Sprintf("w = (%g, %g), b = %g", t.Main().Learned.W[0], t.Main().Learned.W[1], t.Main().Learned.B)}
	if a.Updates == 0 {
		v.Update = 0
	}
	for _, x := range blocks {
		switch x := x.(type) {
		case page.Figure:
			b.SVG, v.Caption = x.Drawing.SVG(), x.Caption
		case page.Text:
			if v.Update == v.Of { // they speak of the end
				v.Texts = append(v.Texts, lang.Text(x))
			}
		}
	}
	v.Bars = []bar{{lang.T("test accuracy"), t.Main().Accuracy}, {lang.T("the best line through the origin"), t.Origin}}
	if t.Lines {
		v.Bars = append(v.Bars, bar{lang.T("the best line of all"), t.Line})
	}
	v.Bars = append(v.Bars, bar{lang.T("anything at all, on fresh points (Bayes)"), t.Bayes})
	if t.Report != nil {
		v.Bars = append(v.Bars, bar{lang.T("the report"), *t.Report})
	}
	b.HTML, err = fragment(labParts, "perceptron", v)
	return b, nil, err
}

// A bar is an accuracy, or a ceiling of it.
type bar struct {
	Name  lang.Text
	Value float64
}

// Text is the accuracy in digits.
func (b bar) Text() string { return fmt.Sprintf("%.4f", b.Value) }
