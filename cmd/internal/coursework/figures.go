package coursework

import (
	"strings"

	"glassbox/cmd/internal/lang"
	"glassbox/cmd/internal/page"
	"glassbox/cmd/internal/part2"
)

// drawn are the figures that each of the report's runs shows.
var drawn = []struct {
	network string
	figures []string
}{
	{fullReported, []string{"accuracy", "loss", "boundary"}},
	{fullRight, []string{"data", "accuracy", "loss", "boundary"}},
	{shortReported, []string{"accuracy", "loss"}},
	{shortRight, []string{"accuracy", "loss"}},
	{longReported, []string{"accuracy", "loss", "boundary"}},
	{longRight, []string{"accuracy", "loss", "boundary"}},
}

// A gallery is the figures of the networks by run and name, "full-right-loss".
type gallery map[string]page.Figure

// draw draws all figures of the networks, on all cores.
func (w *Work) draw() (gallery, error) {
	var sketches []part2.Sketch
	for _, d := range drawn {
		if n := w.network(d.network); n != nil {
			for _, s := range n.Sketches(d.figures...) {
				if !strings.HasSuffix(s.File, "-data.svg") { // it is of all networks
					s.Caption = lang.Sentences(n.whose(), s.Caption)
				}
				sketches = append(sketches, s)
			}
		}
	}
	list, err := part2.Draw(sketches)
	if err != nil {
		return nil, err
	}
	g := gallery{}
	for _, f := range list {
		g[strings.TrimSuffix(f.File, ".svg")] = f.Block()
	}
	return g, nil
}

// whose says which of the two networks it is.
func (n *Network) whose() lang.Text {
	if n.Exp.AsReported {
		return lang.T("As reported.")
	}
	return lang.T("A right network.")
}

// one is a figure alone, nothing where it was not drawn.
func (g gallery) one(name string) []page.Block {
	if f, ok := g[name]; ok {
		return []page.Block{f}
	}
	return nil
}

// beside puts figures of a run as reported and of the right one side by side, a
// pair for each of names.
func (g gallery) beside(reported, right string, names ...string) []page.Block {
	var blocks []page.Block
	for _, name := range names {
		var pair page.Figures
		for _, run := range []string{reported, right} {
			if f, ok := g[run+"-"+name]; ok {
				pair = append(pair, f)
			}
		}
		if len(pair) > 0 {
			blocks = append(blocks, pair)
		}
	}
	return blocks
}
